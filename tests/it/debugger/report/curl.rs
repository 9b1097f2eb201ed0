//! The command, as a shell takes it.

use crate::debugger::{browser, fails, sends, unescaped};
use crate::support::Folder;
use gateway::Environ;
use gateway::middleware::debugger;
use gateway::testing::ask;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

/// Says each word that it is given, and what comes to be sent.
const CURL: &str = "#!/bin/sh
printf '%s\\0' \"$@\"
for word; do [ \"$word\" = @- ] && cat; done
exit 0
";

/// Words and body of the command that a page has for a request.
fn sent(request: Environ) -> (Vec<Vec<u8>>, Vec<u8>) {
    let page = ask(&debugger(fails("on purpose")), request);
    let page = page.text();
    let (_, command) = page.split_once("Copy as curl").unwrap();
    let (_, command) =
        command.split_once("<pre tabindex=\"0\">").unwrap();
    let (command, _) = command.split_once("</pre>").unwrap();
    let command = unescaped(command);
    // It is pasted into a terminal.
    let is_order = |c: char| c.is_control() && c != '\n';
    assert!(!command.contains(is_order), "{command}");

    let folder = Folder::new(&format!("curl-{}", fastrand()));
    let curl = folder.path("curl");
    fs::write(&curl, CURL).unwrap();
    fs::set_permissions(&curl, fs::Permissions::from_mode(0o755))
        .unwrap();
    let script = folder.path("command");
    fs::write(&script, &command).unwrap();
    let path = std::env::var("PATH").unwrap();
    let path = format!("{}:{path}", folder.path("").display());
    let mut shell = Command::new("sh");
    shell.arg(script).env("PATH", path).current_dir(folder.path(""));
    let output = shell.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}: {command}");
    assert_eq!(errors, "", "{command}");
    // Nothing was run but curl.
    assert_eq!(fs::read_dir(folder.path("")).unwrap().count(), 2);
    let mut words: Vec<_> =
        output.stdout.split(|b| *b == 0).map(<[u8]>::to_vec).collect();
    let at = words.iter().position(|word| word == b"@-");
    let body = at.map(|at| words.split_off(at + 1));
    let body = body.unwrap_or_default().join(&0);
    (words, body)
}

fn fastrand() -> usize {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    NUMBER.fetch_add(1, Ordering::Relaxed)
}

#[track_caller]
fn has(words: &[Vec<u8>], word: impl AsRef<[u8]>) {
    let word = word.as_ref();
    let shown: Vec<_> =
        words.iter().map(|w| String::from_utf8_lossy(w)).collect();
    assert!(words.iter().any(|w| w == word), "{word:?} in {shown:?}");
}

#[test]
fn a_body_is_the_same_to_the_byte() {
    for body in [
        b"name=Ada".to_vec(),
        "na\u{ef}ve".into(),
        b"it's \"$HOME\" `touch x` $(touch x) \\n %s %% !!".to_vec(),
        b"'; touch x; '".to_vec(),
        b"@/etc/passwd".to_vec(),
        b"one\ntwo\n\n".to_vec(),
        b"one\r\ntwo\r\n".to_vec(),
        b"\x1b[201~; touch x\n".to_vec(),
        b"\0".to_vec(),
        b"\n".to_vec(),
        (0..=255).collect(),
        (0..=255).cycle().take(300_000).collect(),
    ] {
        let (words, sent) = sent(sends("/page?x=y", &body));
        assert_eq!(sent, body);
        has(&words, "POST");
        has(&words, "http://localhost/page?x=y");
    }
}

#[test]
fn without_a_body_nothing_is_said_of_one() {
    for (words, body) in [sent(browser("/page")), sent(sends("/", ""))]
    {
        assert_eq!(body, b"");
        let is_data = |word: &&Vec<u8>| word.starts_with(b"--data");
        assert_eq!(words.iter().find(is_data), None);
    }
}

#[test]
fn a_method_is_no_command() {
    for method in ["`touch$IFS.x`", "$(touch x)", "GET|touch&x", "a'b"]
    {
        let mut request = browser("/");
        request.set("REQUEST_METHOD", method);
        let (words, _) = sent(request);
        has(&words, method);
    }
}

#[test]
fn fields_are_the_same_to_the_byte() {
    let mut request = sends("/it's?`touch x`[1-9]{a,b}", "body");
    for (name, value) in [
        ("HTTP_COOKIE", &b"a=\"it's\"; b=$(touch x)"[..]),
        ("HTTP_X_LATIN", b"na\xefve"),
        ("HTTP_X_ORDER", b"a\x1b[201~b\tc"),
        ("HTTP_X`TOUCH", b"x"),
        ("CONTENT_TYPE", b"text/plain; charset='x'"),
    ] {
        request.set(name, value);
    }
    let (words, _) = sent(request);
    for word in [
        &b"cookie: a=\"it's\"; b=$(touch x)"[..],
        b"x-latin: na\xefve",
        b"x-order: a\x1b[201~b\tc",
        b"x`touch: x",
        b"content-type: text/plain; charset='x'",
        b"host: localhost",
        b"http://localhost/it's?`touch x`[1-9]{a,b}",
    ] {
        has(&words, word);
    }
    let is_length =
        |word: &Vec<u8>| word.starts_with(b"content-length");
    assert!(!words.iter().any(is_length));
}
