//! Pages of ours have addresses that cannot be guessed.

use crate::core::anything::Chance;
use crate::debugger::{TEXT, address, browser, programs};
use gateway::middleware::debugger;
use gateway::testing::ask;
use gateway::{Application, app};

/// Fails at `/`, and has a page for all else.
fn site() -> impl Application {
    debugger(app(|environ, start_response| {
        match environ.bytes("PATH_INFO") {
            Some(b"/") => Err("a secret of the program".into()),
            _ => Ok(start_response("200 OK", &TEXT)?.body("theirs")),
        }
    }))
}

#[track_caller]
fn is_theirs(site: &impl Application, path: &str) {
    let answer = ask(site, browser(path));
    assert_eq!(answer.text(), "theirs", "{path}");
}

#[test]
fn a_token_is_right_as_a_whole_or_not_at_all() {
    let site = site();
    let (path, token) = address(&ask(&site, browser("/")));
    assert_eq!(path, format!("/_debugger/{token}/1"));
    let page = ask(&site, browser(&path));
    assert!(page.text().contains("a secret of the program"));

    let other = "0123456789abcdef0123456789abcdef";
    assert_eq!(other.len(), token.len());
    let flipped = |at: usize| {
        let mut token = token.clone().into_bytes();
        token[at] ^= 1;
        String::from_utf8(token).unwrap()
    };
    for wrong in [
        "",
        "wrong",
        other,
        &token[..31],
        &token[1..],
        &format!("{token}0"),
        &format!("0{token}"),
        &format!("{token}{token}"),
        &token.to_uppercase(),
        &format!("{}%00", &token[..31]),
    ] {
        // One of digits alone has no upper case.
        if wrong != token {
            is_theirs(&site, &format!("/_debugger/{wrong}/1"));
            is_theirs(&site, &format!("/_debugger/{wrong}/"));
        }
    }
    for at in 0..token.len() {
        is_theirs(&site, &format!("/_debugger/{}/1", flipped(at)));
    }
    for path in [
        "/_debugger",
        "/_debugger/",
        &format!("/_debugger/{token}"),
        &format!("/_debugger{token}/1"),
        &format!("/debugger/{token}/1"),
        &format!("/_DEBUGGER/{token}/1"),
        &format!("/x/_debugger/{token}/1"),
        &format!("//_debugger/{token}/1"),
        &format!("/_debugger//{token}/1"),
    ] {
        is_theirs(&site, path);
    }
}

#[test]
fn ten_thousand_guesses_find_nothing() {
    let site = site();
    let (_, token) = address(&ask(&site, browser("/")));
    let chance = Chance::new(12);
    for _ in 0..10_000 {
        // Even if most of it is known.
        let tail = format!("{:08x}", chance.next() as u32);
        let guess = format!("{}{tail}", &token[..24]);
        if guess != token {
            is_theirs(&site, &format!("/_debugger/{guess}/1"));
        }
    }
}

#[test]
fn another_process_has_another_token() {
    let site = site();
    let (_, token) = address(&ask(&site, browser("/")));
    let theirs = programs::token(None);
    assert_ne!(theirs, token);
    is_theirs(&site, &format!("/_debugger/{theirs}/1"));
    is_theirs(&site, &format!("/_debugger/{theirs}/"));
}
