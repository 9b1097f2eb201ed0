//! One file for every Python since 3.9.

use crate::python::{MODULES, missing, script};
use crate::required::find;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

#[test]
fn one_file_is_imported_by_every_python() {
    let mut found = Vec::new();
    for minor in 9..=13 {
        let mut pythons = pythons(minor);
        let Some(python) = pythons.find(|file| is_right(file, minor))
        else {
            continue;
        };
        let mut command = Command::new(&python);
        command.arg(script("interface.py")).arg("--quiet");
        command.env("PYTHONPATH", &*MODULES);
        command.env("RUST_BACKTRACE", "0");
        let output = command.output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        let is_well = output.status.success();
        assert!(is_well, "{}: {errors}", python.display());
        found.push(minor);
    }
    println!("3.x of {found:?}");
    if found.is_empty() {
        missing("a Python of 3.9 to 3.13");
    }
}

/// Where a Python of this version may be.
fn pythons(minor: u32) -> impl Iterator<Item = PathBuf> {
    let name = format!("python3.{minor}");
    let known = [&*name, "python3"].map(find);
    let root = env::var_os("PYENV_ROOT").map(PathBuf::from);
    let root = root.or_else(|| Some(env::home_dir()?.join(".pyenv")));
    let folder =
        root.and_then(|r| fs::read_dir(r.join("versions")).ok());
    let folders = folder.into_iter().flatten().flatten();
    let pyenvs = folders.map(move |f| f.path().join("bin").join(&name));
    known.into_iter().flatten().chain(pyenvs)
}

/// pyenv has a program for each version on PATH, which may not run.
fn is_right(file: &Path, minor: u32) -> bool {
    let mut command = Command::new(file);
    let said = command.arg("--version").output();
    said.is_ok_and(|said| {
        let version = format!("Python 3.{minor}.");
        said.stdout.starts_with(version.as_bytes())
    })
}
