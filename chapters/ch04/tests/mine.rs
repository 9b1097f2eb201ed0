//! `mine4`, with our pieces.

use std::process::Command;

/// What it prints for a path, and what it logs behind the stamp.
fn answer(path: &str) -> (String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mine4"));
    command.arg("--ours").env_clear().env("PATH_INFO", path);
    command.env("QUERY_STRING", "a\"b").env("REMOTE_ADDR", "::1");
    let output = command.output().unwrap();
    let log = String::from_utf8(output.stderr).unwrap();
    let (whose, line) = log.split_once('\n').unwrap();
    assert_eq!(whose, "yours: none; ours: 4.1, 4.2, 4.3, 4.4, 4.5");
    let (stamp, line) = line.split_once(' ').unwrap();
    assert!(stamp.parse::<u64>().is_ok(), "{log}");
    let page = String::from_utf8(output.stdout).unwrap();
    (page.replace('\r', ""), line.into())
}

#[test]
fn each_answer_can_be_seen() {
    let (page, log) = answer("/file/none");
    assert!(page.starts_with("Status: 404 Not Found\n"), "{page}");
    assert!(page.ends_with("\n\nSorry: 404 Not Found\n"), "{page}");
    assert!(log.starts_with("404 Not Found: "), "{log}");
    let (page, _) = answer("/x");
    assert!(page.starts_with("Status: 200 OK\n"), "{page}");
    let (_, log) = answer("/login");
    assert_eq!(log, "login failed: \"a\\\"b\" from ::1\n");
    let (_, log) = answer("/x");
    assert_eq!(log, "/x: is not a page\n");
}
