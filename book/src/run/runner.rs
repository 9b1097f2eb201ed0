//! Runs what figures show.

use crate::project::Project;
use crate::run::job::Job;
use crate::run::progress::Progress;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// Says whether what is being made is still wanted.
pub type GoesOn = Arc<dyn Fn() -> bool + Send + Sync>;

/// A job, and the directive that it is for.
#[derive(Clone, Copy)]
pub struct Task<'a> {
    pub directive: &'a str,
    pub job: &'a dyn Job,
}

/// What came of the tasks that were run: what was printed, or what went
/// wrong, by directive.
pub type Outcomes = BTreeMap<String, Result<Vec<String>, String>>;

pub struct Runner<'a> {
    pub project: &'a Project,
    pub goes_on: &'a GoesOn,
    pub progress: &'a Progress,
}

impl Runner<'_> {
    /// Runs all tasks for as long as that is wanted. Those in the
    /// repository and those in its copy do not get in each other's way,
    /// and are run at the same time. What is printed is given to `keep`
    /// at once.
    pub fn run(
        &self,
        tasks: &[Task],
        keep: &(dyn Fn(&Task, &[String]) + Sync),
    ) -> Outcomes {
        self.progress.expect(tasks.len());
        let outcomes = Mutex::new(Outcomes::new());
        thread::scope(|scope| {
            for is_in_copy in [false, true] {
                let lane = tasks
                    .iter()
                    .filter(move |t| t.job.is_in_copy() == is_in_copy);
                let outcomes = &outcomes;
                scope.spawn(move || {
                    for task in lane {
                        if !(self.goes_on)() {
                            return;
                        }
                        let outcome = self.run_one(task, keep);
                        outcomes
                            .lock()
                            .unwrap_or_else(PoisonError::into_inner)
                            .insert(task.directive.into(), outcome);
                    }
                });
            }
        });
        outcomes.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn run_one(
        &self,
        task: &Task,
        keep: &(dyn Fn(&Task, &[String]) + Sync),
    ) -> Result<Vec<String>, String> {
        self.progress.count();
        self.progress.running(&task.job.label());
        let printed = task.job.run(self.project)?;
        // What was saved in the meantime may be what was run.
        if (self.goes_on)() {
            keep(task, &printed);
        }
        Ok(printed)
    }
}
