//! What the compiler proves: each program in `compile_fail/` is a
//! mistake that PEP 3333 forbids, and must not compile.
//!
//! The last line of each says which error it is, and no more: the rest
//! of a message differs from one compiler to the next.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

#[test]
fn starting_twice_does_not_compile() {
    is_refused("start_twice.rs");
}

#[test]
fn a_response_without_a_start_does_not_compile() {
    is_refused("never_start.rs");
}

#[test]
fn writing_after_the_body_does_not_compile() {
    is_refused("write_after_body.rs");
}

#[test]
fn middleware_that_starts_twice_does_not_compile() {
    is_refused("middleware_starts_twice.rs");
}

#[test]
fn middleware_that_closes_twice_does_not_compile() {
    is_refused("middleware_closes_twice.rs");
}

/// Were the library not found, every program would fail to compile.
#[test]
fn the_same_application_without_the_mistake_compiles() {
    let text = read("write_after_body.rs");
    let mistake = "    writeln!(started, \"one thing more\")?;\n";
    assert_eq!(text.matches(mistake).count(), 1);
    let mended =
        text.replace(mistake, "").replace("mut started", "started");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let path = folder.join("mended.rs");
    fs::write(&path, mended).unwrap();
    let output = compile(&path);
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{message}");
}

fn is_refused(name: &str) {
    let text = read(name);
    let expected = text.lines().last().unwrap();
    let expected = expected.strip_prefix("// ").unwrap();
    let output = compile(&folder().join(name));
    let message = String::from_utf8_lossy(&output.stderr);
    let errors: Vec<&str> = message
        .lines()
        .filter(|line| line.starts_with("error["))
        .collect();
    assert_eq!(errors, [expected], "of {name}, rustc says:\n{message}");
}

fn read(name: &str) -> String {
    fs::read_to_string(folder().join(name)).unwrap()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compile_fail")
}

/// Compiles a program against the library that this test was built
/// with: the newest of those in the folder of the test itself.
fn compile(program: &Path) -> Output {
    let test = std::env::current_exe().unwrap();
    let dependencies = test.parent().unwrap();
    let rustc = std::env::var_os("RUSTC").unwrap_or("rustc".into());
    Command::new(rustc)
        .args(["--edition", "2024", "--crate-type", "bin"])
        .args(["--emit", "metadata", "--out-dir"])
        .arg(env!("CARGO_TARGET_TMPDIR"))
        .arg("-L")
        .arg(format!("dependency={}", dependencies.display()))
        .arg("--extern")
        .arg(format!("gateway={}", library(dependencies).display()))
        .arg(program)
        .output()
        .unwrap()
}

fn library(dependencies: &Path) -> PathBuf {
    let entries = fs::read_dir(dependencies).unwrap();
    let libraries = entries.map(|entry| entry.unwrap().path());
    let mut libraries: Vec<PathBuf> = libraries
        .filter(|path| {
            let name = path.file_name().unwrap().to_string_lossy();
            name.starts_with("libgateway-") && name.ends_with(".rlib")
        })
        .collect();
    libraries.sort_by_key(|path| {
        fs::metadata(path).unwrap().modified().unwrap()
    });
    libraries.pop().expect("cargo has built the library")
}
