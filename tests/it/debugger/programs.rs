//! Programs of their own, with the variables that a test wants.

use super::{PLAIN, address, between, fails};
use gateway::middleware::debugger;
use gateway::testing::get;
use std::env;
use std::process::Command;

/// Is not a test, but the program that the others start: it fails, and
/// says the token.
#[test]
#[ignore = "is started by another test"]
fn is_a_program() {
    let answer = get(&debugger(fails("on purpose")), "/");
    assert_ne!(answer.text(), PLAIN);
    println!("token {}.", address(&answer).1);
}

/// Is not a test, either: it shows the page of a request to `path`.
pub fn program(name: &str) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", "--ignored", "--nocapture", "-q", name]);
    command
}

pub fn said(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout).unwrap()
}

/// The token of a program that is started with this variable.
pub fn token(given: Option<&str>) -> String {
    let mut command = program("debugger::programs::is_a_program");
    match given {
        Some(given) => command.env("GATEWAY_DEBUGGER", given),
        None => command.env_remove("GATEWAY_DEBUGGER"),
    };
    between(&said(&mut command), "token ", ".").to_string()
}

#[test]
fn the_token_can_be_given() {
    for given in ["0123456789abcdef", "aVeryLongOneThatGoesOnAndOn42"] {
        assert_eq!(token(Some(given)), given);
    }
}

#[test]
fn one_that_can_be_guessed_or_is_no_segment_is_ignored() {
    for given in [
        "",
        "0",
        "0123456789abcde",
        "0123456789/abcdef",
        "../../../../../../..",
        "0123456789abcdef ",
        "0123456789-abcdef",
        "0123456789%2Fabcdef",
        "\u{e9}0123456789abcdef",
        "\u{661}\u{662}\u{663}\u{664}\u{665}\u{666}\u{667}\u{668}",
    ] {
        let token = token(Some(given));
        assert_ne!(token, given);
        assert_eq!(token.len(), 32, "{given:?}: {token}");
        let is_hexadecimal =
            |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        assert!(token.bytes().all(is_hexadecimal), "{token}");
    }
}

#[test]
fn each_process_has_another() {
    let mut all = [token(None), token(None), token(None)];
    all.sort();
    assert!(all[0] != all[1] && all[1] != all[2], "{all:?}");
}
