//! Python's packages for these tests, in target/ci-tools/python.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::{env, fs};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

const PLACE: &str = "target/ci-tools/python";

const REQUIREMENTS: &str = "chapters/ch14/tests/requirements.txt";

/// Where they are. If they are not, says that a test is skipped, and
/// how to have them; where the variable CI is set, installs them.
///
/// # Panics
///
/// They cannot be installed.
pub fn packages() -> Option<PathBuf> {
    static FOUND: LazyLock<Option<PathBuf>> = LazyLock::new(|| {
        if find().is_none() && env::var_os("CI").is_some() {
            install();
        }
        find()
    });
    if FOUND.is_none() {
        // Not by eprintln!, which a passing test keeps to itself.
        let _ = writeln!(
            io::stderr(),
            "skipped: no packages; python3 -m venv {PLACE} && \
             {PLACE}/bin/pip install -r {REQUIREMENTS}"
        );
    }
    FOUND.clone()
}

fn find() -> Option<PathBuf> {
    let versions =
        fs::read_dir(Path::new(ROOT).join(PLACE).join("lib"));
    let all = versions.into_iter().flatten().flatten();
    let mut all = all.map(|entry| entry.path().join("site-packages"));
    all.find(|packages| {
        ["django", "flask"]
            .iter()
            .all(|name| packages.join(name).exists())
    })
}

fn install() {
    let python = env::var_os("PYTHON").unwrap_or("python3".into());
    let pip = format!("{PLACE}/bin/pip");
    let install = ["install", "--quiet", "-r", REQUIREMENTS];
    for (program, arguments) in [
        (python.as_os_str(), &["-m", "venv", PLACE][..]),
        (pip.as_ref(), &install),
    ] {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(ROOT);
        let output = command.output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{command:?}: {errors}");
    }
}
