//! Builds of the chapters' programs: as few as can be.

use super::Trouble;
use crate::live::fresh::{CODE, State};
use crate::project::Project;
use crate::run::programs::{Programs, Target};
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// How many may be under way at a time.
const MOST: usize = 2;

pub struct Builds {
    project: Project,
    under_way: AtomicUsize,
    /// The state of the code when a program was built.
    built: Mutex<HashMap<String, State>>,
}

/// Leave to build, for as long as it is kept.
pub struct Turn<'a>(&'a AtomicUsize);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Builds {
    pub fn of(project: &Project) -> Self {
        Self {
            project: project.clone(),
            under_way: AtomicUsize::new(0),
            built: Mutex::default(),
        }
    }

    /// Builds a program if something was saved since. Tells whether it
    /// did.
    pub fn build(&self, target: &Target) -> Result<bool, Trouble> {
        let state = State::of(&self.project, &CODE);
        let name = target.to_string();
        let built = || {
            self.built.lock().unwrap_or_else(PoisonError::into_inner)
        };
        if built().get(&name) == Some(&state) {
            return Ok(false);
        }
        let _turn = self.turn()?;
        let programs = Programs::of(&self.project);
        programs.build(target).map_err(Trouble::Build)?;
        built().insert(name, state);
        Ok(true)
    }

    /// Leave to build, unless too many have it.
    pub fn turn(&self) -> Result<Turn<'_>, Trouble> {
        let turn = Turn(&self.under_way);
        match self.under_way.fetch_add(1, Ordering::AcqRel) {
            count if count < MOST => Ok(turn),
            _ => Err(Trouble::Busy),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_some_may_build_at_a_time() {
        let project = Project::at(std::path::Path::new("/nowhere"));
        let builds = Builds::of(&project);
        let first = builds.turn();
        let second = builds.turn();
        assert!(first.is_ok() && second.is_ok());
        assert!(matches!(builds.turn(), Err(Trouble::Busy)));
        assert!(matches!(builds.turn(), Err(Trouble::Busy)));
        drop(first);
        assert!(builds.turn().is_ok());
    }
}
