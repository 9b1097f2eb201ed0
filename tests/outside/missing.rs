//! What becomes of tests whose program a machine lacks.

use crate::process::Folder;
use crate::required::required;
use std::env;
use std::process::Command;

/// Runs the tests of this file's binary whose names contain `filter`
/// where no program is installed.
fn where_nothing_is_installed(
    filter: &str,
    ci: Option<&str>,
) -> (bool, String) {
    let folder = Folder::new();
    let mut command = Command::new(env::current_exe().unwrap());
    command.arg(filter).env("PATH", folder.path("bin"));
    command.env_remove("CI").envs(ci.map(|ci| ("CI", ci)));
    let output = command.output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    (output.status.success(), text)
}

#[test]
fn a_program_in_path_is_found() {
    assert!(required("sh"));
}

/// Tests, and the program that they need.
const NEEDED: [(&str, &str); 11] = [
    ("oracle::", "python3"),
    ("chapters::apache::", "apache2"),
    ("chapters::lighttpd::", "lighttpd"),
    ("nginx::", "nginx"),
    ("fastcgi::apache", "apache2"),
    ("fastcgi::lighttpd", "lighttpd"),
    ("fastcgi::nginx", "nginx"),
    ("smuggling::apache", "apache2"),
    ("smuggling::lighttpd", "lighttpd"),
    ("smuggling::nginx", "nginx"),
    ("urls::", "python3"),
];

#[test]
fn a_missing_program_skips_its_tests_and_is_named() {
    for (filter, program) in NEEDED {
        let (passed, text) = where_nothing_is_installed(filter, None);
        assert!(passed, "{text}");
        let note = format!("skipped: {program} is not installed\n");
        assert!(text.contains(&note), "{text}");
        assert!(!text.contains("running 0 tests"), "{text}");
    }
}

#[test]
fn a_missing_program_fails_its_tests_where_ci_is_set() {
    for (filter, program) in NEEDED {
        let (passed, text) =
            where_nothing_is_installed(filter, Some("true"));
        assert!(!passed, "{text}");
        let note = format!("{program} is not installed, and CI is set");
        assert!(text.contains(&note), "{text}");
        assert!(
            text.contains("test result: FAILED. 0 passed"),
            "{text}"
        );
    }
}
