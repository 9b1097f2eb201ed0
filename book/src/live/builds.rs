//! Builds of the chapters' programs: as few as can be.

use super::Trouble;
use super::turns::{Turn, Turns};
use crate::live::fresh::{CODE, State};
use crate::project::Project;
use crate::run::lack::lack;
use crate::run::programs::{Program, Programs, Target};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How many may be under way at a time.
const MOST: usize = 2;

/// How long to wait for one's turn.
const WAIT: Duration = Duration::from_secs(20);

/// By their targets: what was built, and the state of the code before.
type Built = HashMap<String, (State, Program)>;

pub struct Builds {
    project: Project,
    turns: Turns,
    built: Mutex<Built>,
}

impl Builds {
    pub fn of(project: &Project) -> Self {
        Self {
            project: project.clone(),
            turns: Turns::new(MOST),
            built: Mutex::default(),
        }
    }

    /// The newest build of a program: one is made if something was
    /// saved since the last.
    pub fn build(&self, target: &Target) -> Result<Program, Trouble> {
        if let Some(program) = self.known(target, &self.state()) {
            return Ok(program);
        }
        let _turn = self.turn()?;
        let state = self.state();
        // Another may have made it in the meantime.
        if let Some(program) = self.known(target, &state) {
            return Ok(program);
        }
        let programs = Programs::of(&self.project);
        let program = programs.build(target).map_err(refused)?;
        let built = (state, program.clone());
        self.built().insert(target.to_string(), built);
        Ok(program)
    }

    fn state(&self) -> State {
        State::of(&self.project, &CODE)
    }

    fn known(&self, target: &Target, state: &State) -> Option<Program> {
        let built = self.built();
        let (then, program) = built.get(&target.to_string())?;
        let is_newest = then == state && program.is_there();
        is_newest.then(|| program.clone())
    }

    /// Leave to build, or to run checks, which are built first.
    pub fn turn(&self) -> Result<Turn, Trouble> {
        self.turn_within(WAIT)
    }

    fn turn_within(&self, limit: Duration) -> Result<Turn, Trouble> {
        self.turns.turn(limit).ok_or_else(|| {
            let limit = limit.as_secs();
            Trouble::Busy(format!(
                "Other programs are being built or checked. This one \
                 has waited for them for {limit} s, and was given up."
            ))
        })
    }

    fn built(&self) -> MutexGuard<'_, Built> {
        self.built.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a machine lacks is not the reader's to mend in the code.
fn refused(said: String) -> Trouble {
    match lack(&said) {
        Some(text) => Trouble::Run(text.into()),
        None => Trouble::Build(said),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn who_has_waited_in_vain_is_told_so() {
        let builds = Builds::of(&Project::at(Path::new("/nowhere")));
        let turn = || builds.turn_within(Duration::ZERO);
        let (first, second) = (turn(), turn());
        assert!(first.is_ok() && second.is_ok());
        let Err(Trouble::Busy(text)) = turn() else {
            panic!("a third is built at the same time");
        };
        assert!(text.contains("has waited for them for 0 s"), "{text}");
        drop(first);
        assert!(turn().is_ok());
    }
}
