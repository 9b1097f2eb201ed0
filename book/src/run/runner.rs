//! Runs what figures show.

use crate::project::Project;
use crate::run::job::Job;
use crate::run::lack::Asked;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

/// Who waits for what is run.
pub trait Reader: Send + Sync {
    /// Whether it is still wanted.
    fn goes_on(&self) -> bool {
        true
    }

    /// The pages that are looked at, the newest first: their figures
    /// come before all others.
    fn pages(&self) -> Vec<String> {
        Vec::new()
    }
}

/// Nobody: all is wanted, in the order of the book.
pub struct Nobody;

impl Reader for Nobody {}

/// A job, and the directive that it is for.
#[derive(Clone, Copy)]
pub struct Task<'a> {
    /// The Markdown file.
    pub page: &'a str,
    pub directive: &'a str,
    pub job: &'a dyn Job,
}

/// What came of the tasks that were run: what was printed, or what went
/// wrong, by directive.
pub type Outcomes = BTreeMap<String, Result<Vec<String>, String>>;

pub struct Runner<'a> {
    pub project: &'a Project,
    pub reader: &'a dyn Reader,
    /// Is told what is begun.
    pub begin: &'a (dyn Fn(&Task) + Sync),
    /// Is given what was printed, at once.
    pub keep: &'a (dyn Fn(&Task, &[String]) + Sync),
}

impl Runner<'_> {
    /// Runs all tasks for as long as that is wanted, each directive's
    /// once. Those in the repository and those in its copy do not get
    /// in each other's way, and are run at the same time.
    pub fn run(&self, tasks: Vec<Task>) -> Outcomes {
        let outcomes = Mutex::new(Outcomes::new());
        let asked = &Asked::of(self.project);
        let (copied, own): (Vec<Task>, Vec<Task>) =
            tasks.into_iter().partition(|task| task.job.is_in_copy());
        thread::scope(|scope| {
            for mut lane in [own, copied] {
                let outcomes = &outcomes;
                scope.spawn(move || {
                    while self.reader.goes_on()
                        && let Some(task) = self.next(&mut lane)
                    {
                        let outcome = self.run_one(&task, asked);
                        let name = task.directive.to_string();
                        lock(outcomes).insert(name, outcome);
                    }
                });
            }
        });
        outcomes.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the one that is looked at, or else the first.
    fn next<'a>(&self, lane: &mut Vec<Task<'a>>) -> Option<Task<'a>> {
        let pages = self.reader.pages();
        let rank = |task: &Task| {
            let rank = pages.iter().position(|page| page == task.page);
            rank.unwrap_or(usize::MAX)
        };
        let next = *lane.iter().min_by_key(|task| rank(task))?;
        lane.retain(|task| task.directive != next.directive);
        Some(next)
    }

    fn run_one(
        &self,
        task: &Task,
        asked: &Asked,
    ) -> Result<Vec<String>, String> {
        (self.begin)(task);
        if let Some(said) = asked.lack(task.job) {
            return Err(said);
        }
        let printed = task.job.run(self.project)?;
        // What was saved in the meantime may be what was run.
        if self.reader.goes_on() {
            (self.keep)(task, &printed);
        }
        Ok(printed)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::job::Input;
    use std::path::Path;

    /// Somebody who turns to the second page while the first is made.
    #[derive(Default)]
    struct Turning {
        done: Mutex<Vec<String>>,
    }

    impl Reader for Turning {
        fn goes_on(&self) -> bool {
            lock(&self.done).len() < 5
        }

        fn pages(&self) -> Vec<String> {
            match lock(&self.done).len() {
                0 => vec![],
                1 => vec!["two".into()],
                _ => vec!["three".into(), "two".into()],
            }
        }
    }

    struct Said(bool);

    impl Job for Said {
        fn label(&self) -> String {
            "said".into()
        }

        fn inputs(&self) -> Vec<Input> {
            Vec::new()
        }

        fn names(&self) -> Vec<String> {
            Vec::new()
        }

        fn run(&self, _: &Project) -> Result<Vec<String>, String> {
            match self.0 {
                true => Ok(vec!["yes".into()]),
                false => Err("no".into()),
            }
        }
    }

    #[test]
    fn what_is_looked_at_is_run_first_and_nothing_twice() {
        let reader = Turning::default();
        let runner = Runner {
            project: &Project::at(Path::new("/nowhere")),
            reader: &reader,
            begin: &|_| {},
            keep: &|task, printed| {
                assert_eq!(printed, ["yes"]);
                lock(&reader.done).push(task.directive.into());
            },
        };
        let task = |page, directive| Task {
            page,
            directive,
            job: &Said(true),
        };
        let tasks = vec![
            task("one", "a"),
            task("one", "b"),
            task("two", "c"),
            task("two", "a"),
            task("two", "d"),
            task("three", "e"),
            task("three", "c"),
            task("four", "f"),
        ];
        let outcomes = runner.run(tasks);
        assert_eq!(*lock(&reader.done), ["a", "c", "e", "d", "b"]);
        assert_eq!(outcomes.len(), 5);
    }

    #[test]
    fn what_fails_is_not_kept() {
        let runner = Runner {
            project: &Project::at(Path::new("/nowhere")),
            reader: &Nobody,
            begin: &|_| {},
            keep: &|_, _| panic!("kept"),
        };
        let job = &Said(false);
        let tasks = vec![Task { page: "one", directive: "a", job }];
        let outcomes = runner.run(tasks);
        assert_eq!(outcomes["a"], Err("no".into()));
    }
}
