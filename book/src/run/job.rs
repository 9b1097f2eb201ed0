//! Something that is run for a figure.

use crate::project::Project;

pub trait Job: Send + Sync {
    /// What is said while it runs.
    fn label(&self) -> String;

    /// Is it run in the copy of the repository, where things are broken?
    fn is_in_copy(&self) -> bool {
        false
    }

    /// What is printed, made the same in every run.
    fn run(&self, project: &Project) -> Result<Vec<String>, String>;
}
