//! The virtual environment with the packages that
//! `requirements.txt` names.

use crate::process::Folder;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, iter};

/// Its folder, or `None` if it is not there: then it says that a test
/// is skipped.
///
/// # Panics
///
/// It is not there, and the variable CI is set.
pub fn environment() -> Option<PathBuf> {
    let folder = env::var_os("CH14_PYTHON").map(PathBuf::from);
    let folder = folder.unwrap_or_else(|| {
        let top = Path::new(env!("CARGO_MANIFEST_DIR"));
        top.join("../../target/ci-tools/python-elsewhere")
    });
    // What is installed last of all.
    if folder.join("bin/wsgidav").is_file() {
        return Some(folder);
    }
    let missing = format!(
        "{} does not have the packages of requirements.txt",
        folder.display()
    );
    assert!(env::var_os("CI").is_none(), "{missing}, and CI is set");
    // Not by eprintln!, which a passing test keeps to itself.
    let _ = writeln!(io::stderr(), "skipped: {missing}");
    None
}

/// Has a program find the packages, the applications of this test, and
/// a folder for what they keep.
pub fn prepare(command: &mut Command, python: &Path, site: &Folder) {
    let bin = python.join("bin");
    let path = env::var_os("PATH").unwrap_or_default();
    let path = iter::once(bin).chain(env::split_paths(&path));
    let path = env::join_paths(path).unwrap();
    let apps = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/elsewhere/apps");
    command.env("PATH", path).env("PYTHONPATH", apps);
    // Nothing is written beside them.
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    command.env("SITE", site.path("")).current_dir(site.path(""));
    // A set has the same order everywhere.
    command.env("PYTHONHASHSEED", "0");
    command.env_remove("GATEWAY_INTERFACE");
}
