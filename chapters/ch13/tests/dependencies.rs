//! What the library and the other chapters are built without.

use std::env;
use std::process::Command;

/// The names of what a package needs, with all its features.
fn needs(package: &str) -> Vec<String> {
    let mut command =
        Command::new(env::var_os("CARGO").unwrap_or("cargo".into()));
    command.args(["tree", "--locked", "--offline", "--all-features"]);
    command.args(["-e", "normal", "--prefix", "none", "-p", package]);
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    let output = command.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {errors}");
    let text = String::from_utf8(output.stdout).unwrap();
    let names = text.lines().filter_map(|line| line.split(' ').next());
    names.map(str::to_string).collect()
}

fn of_async(package: &str) -> Vec<String> {
    let mut names = needs(package);
    names.retain(|name| {
        let mut words = name.split('-');
        let first = words.next().unwrap_or_default();
        ["axum", "hyper", "tokio", "tower"].contains(&first)
    });
    names
}

#[test]
fn only_this_chapter_needs_axum() {
    let chapters = (1..=12).map(|n| format!("ch{n:02}"));
    for package in chapters.chain(["gateway".into()]) {
        assert_eq!(of_async(&package), [""; 0], "{package}");
    }
    // The test is of something.
    let ours = of_async("ch13");
    for name in ["axum", "hyper", "tokio", "tower"] {
        assert!(ours.iter().any(|n| n == name), "{name}: {ours:?}");
    }
}
