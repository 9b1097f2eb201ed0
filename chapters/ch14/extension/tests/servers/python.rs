//! Where Python is, and our modules for it.

use std::io::{self, Write};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::{env, fs};

const HERE: &str = env!("CARGO_MANIFEST_DIR");

/// The Python for which `requirements.txt` was installed.
pub const PYTHON: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../../target/ci-tools/python-ext/bin/python"
);

/// A script beside this file.
pub fn script(name: &str) -> PathBuf {
    Path::new(HERE).join("tests/servers").join(name)
}

/// Is the file there? If not, says that a test is skipped.
///
/// # Panics
///
/// It is not, and [`missing`] panics.
pub fn is_there(file: &str) -> bool {
    let is_there = Path::new(file).exists();
    if !is_there {
        missing(file);
    }
    is_there
}

/// Says that a test is skipped for want of something.
///
/// # Panics
///
/// The variable CI is set: there, nothing is skipped.
pub fn missing(what: &str) {
    let what = format!("{what} is missing");
    assert!(env::var_os("CI").is_none(), "{what}, and CI is set");
    // Not by eprintln!, which a passing test keeps to itself.
    let _ = writeln!(io::stderr(), "skipped: {what}");
}

/// A folder with our modules, which are built once, and one of
/// Python's. Cargo gives ours names that Python does not look for.
pub static MODULES: LazyLock<PathBuf> = LazyLock::new(|| {
    // <target>/debug/deps/servers-0123456789abcdef, or release
    let this = env::current_exe().unwrap();
    let built = this.ancestors().nth(2).unwrap();
    let target = built.parent().unwrap();
    let cargo = env::var_os("CARGO").unwrap_or("cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--quiet", "--target-dir"]).arg(target);
    command.args(["-p", "ch14-extension", "--lib"]);
    if built.ends_with("release") {
        command.arg("--release");
    }
    command.args(["--example", "suite"]).current_dir(HERE);
    let output = command.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {errors}");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("modules");
    fs::create_dir_all(&folder).unwrap();
    let outside = Path::new(HERE).join("../../../tests/outside");
    let hello = Path::new(HERE).join("../benches/servers/hello.py");
    for (file, name) in [
        (built.join("libguestbook.so"), "guestbook.abi3.so"),
        (built.join("examples/libsuite.so"), "suite.abi3.so"),
        (outside.join("applications.py"), "applications.py"),
        (outside.join("page.txt"), "page.txt"),
        (hello, "hello.py"),
    ] {
        let link = folder.join(name);
        let _ = fs::remove_file(&link); // of another time
        symlink(file, &link).unwrap();
    }
    folder
});
