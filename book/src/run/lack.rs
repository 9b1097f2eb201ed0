//! What this machine lacks that a package needs, as its build script
//! says it: chapter 14 needs Python, and the rest of the book does not.

use crate::project::Project;
use crate::run::job::{Input, Job};
use crate::run::runner::Outcomes;
use crate::run::shell::Shell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The script's sentence in what cargo said. It is no fault of the
/// code's, and holds until something is installed.
pub fn lack(said: &str) -> Option<&str> {
    said.lines().find_map(|line| {
        let (package, text) = line
            .trim_start()
            .strip_prefix("error: ")?
            .split_once(": ")?;
        let (name, version) = package.split_once('@')?;
        let is_package = !name.contains(' ')
            && version.starts_with(|c: char| c.is_ascii_digit());
        is_package.then_some(text)
    })
}

/// Packages whose build scripts were asked. What a command line makes
/// of such a failure, nobody can tell.
pub struct Asked<'a> {
    project: &'a Project,
    said: Mutex<BTreeMap<PathBuf, Option<String>>>,
}

impl<'a> Asked<'a> {
    pub fn of(project: &'a Project) -> Self {
        Self { project, said: Mutex::default() }
    }

    /// What cargo says of a package that a job needs, if that cannot be
    /// built here.
    pub fn lack(&self, job: &dyn Job) -> Option<String> {
        job.inputs().iter().find_map(|input| match input {
            Input::Package(folder)
            | Input::Tests { package: folder, .. } => self.ask(folder),
            Input::Path(_) | Input::Everything => None,
        })
    }

    fn ask(&self, folder: &Path) -> Option<String> {
        if !self.project.root.join(folder).join("build.rs").is_file() {
            return None;
        }
        let said = self.said.lock();
        let mut said = said.unwrap_or_else(PoisonError::into_inner);
        let of = || {
            let name = folder.file_name()?.to_string_lossy();
            let line = format!("cargo build -q -p {name}");
            let said = Shell::at(self.project).run(&line).ok()?.output;
            lack(&said).is_some().then_some(said)
        };
        said.entry(folder.into()).or_insert_with(of).clone()
    }
}

/// Directives whose programs cannot be built here, and the sentence.
pub type Lacks = BTreeMap<String, String>;

/// Takes them out of what came of the programs.
pub fn take_lacks(outcomes: &mut Outcomes) -> Lacks {
    let mut lacks = Lacks::new();
    outcomes.retain(|directive, outcome| {
        let text = outcome.as_ref().err().and_then(|said| lack(said));
        if let Some(text) = text {
            lacks.insert(directive.clone(), text.into());
        }
        text.is_none()
    });
    lacks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_script_is_told_from_the_compiler() {
        let said = "`cargo build -q` failed:\nwarning: unused\n\
                    error: ch14@0.1.0: no python3: none. Install it.\n\
                    error: build script logged errors\n";
        let wanted = "no python3: none. Install it.";
        assert_eq!(lack(said), Some(wanted));
        for other in [
            "error: cannot find value `x` in this scope",
            "error: a@b: c",
            "error: no such command: `x@1.2: y`",
            "error[E0425]: ch14@0.1.0: no",
            "the log says: ch14@0.1.0: no",
        ] {
            assert_eq!(lack(other), None, "{other}");
        }
    }
}
