//! `cgi::run`, in processes of its own.

use crate::support::{PATIENCE, example, wait_until};
use std::ffi::{OsStr, OsString};
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::net::{UnixDatagram, UnixStream};
use std::process::{Child, Command, Output, Stdio};

const HEAD: &str = "Status: 200 OK\r\nContent-Type: text/plain\r\n";

/// A process with no environment at all.
fn program(path: &str) -> Command {
    let mut command = Command::new(example("cgi_test"));
    command.env_clear().stdin(Stdio::null());
    if !path.is_empty() {
        command.env("PATH_INFO", path);
    }
    command
}

/// Ends a program that a failed test has left waiting.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What a program prints that ends by itself, and prints no more than
/// its pipes hold.
fn output(command: &mut Command) -> Output {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    end(command.spawn().unwrap())
}

fn end(child: Child) -> Output {
    let mut child = Ended(child);
    let mut status = None;
    wait_until("the program's end", || {
        status = child.0.try_wait().unwrap();
        status.is_some()
    });
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    if let Some(mut pipe) = child.0.stdout.take() {
        pipe.read_to_end(&mut stdout).unwrap();
    }
    let mut pipe = child.0.stderr.take().unwrap();
    pipe.read_to_end(&mut stderr).unwrap();
    Output { status: status.unwrap(), stdout, stderr }
}

fn run(path: &str, variables: &[(&str, &str)]) -> Output {
    output(program(path).envs(variables.iter().copied()))
}

/// Runs it with `input`, and returns what it left unread as well.
fn with_input(
    path: &str,
    length: impl AsRef<OsStr>,
    input: &[u8],
) -> (Output, Vec<u8>) {
    let (mut ours, theirs) = UnixStream::pair().unwrap();
    ours.write_all(input).unwrap();
    ours.shutdown(std::net::Shutdown::Write).unwrap();
    let mut rest = theirs.try_clone().unwrap();
    let mut command = program(path);
    command.env("CONTENT_LENGTH", length);
    command.stdin(Stdio::from(OwnedFd::from(theirs)));
    let output = output(&mut command);
    drop(command); // and its end of the pair
    let mut left = Vec::new();
    rest.read_to_end(&mut left).unwrap();
    (output, left)
}

#[track_caller]
fn says(output: &Output, stdout: &str, stderr: &str, code: i32) {
    assert_eq!(String::from_utf8_lossy(&output.stdout), stdout);
    assert_eq!(String::from_utf8_lossy(&output.stderr), stderr);
    assert_eq!(output.status.code(), Some(code));
}

fn whole(body: &str) -> String {
    format!("{HEAD}Content-Length: {}\r\n\r\n{body}", body.len())
}

fn page(status: &str) -> String {
    let length = status.len() + 1;
    format!(
        "Status: {status}\r\nContent-Type: text/plain\r\n\
         Content-Length: {length}\r\n\r\n{status}\n"
    )
}

#[test]
fn no_environment_at_all_is_enough() {
    says(&run("", &[]), &whole("Hello\nWorld!"), "", 0);
}

// PEP 3333, 706-722; RFC 3875, 4.1
#[test]
fn the_environ_says_what_cgi_is() {
    let text = "PATH_INFO=/environ\nhttp (false, true, true)\n";
    says(&run("/environ", &[]), &whole(text), "", 0);
}

#[test]
fn values_that_are_not_utf_8_arrive_as_they_are() {
    let mut command = program("/environ");
    command.env("HTTP_X", OsString::from_vec(b"caf\xe9".to_vec()));
    let text = "HTTP_X=caf\\xe9\nPATH_INFO=/environ\n\
        http (false, true, true)\n";
    says(&output(&mut command), &whole(text), "", 0);
}

#[test]
fn a_name_that_is_not_utf_8_does_not_stop_it() {
    let mut command = program("");
    command.env(OsString::from_vec(b"caf\xe9".to_vec()), "x");
    says(&output(&mut command), &whole("Hello\nWorld!"), "", 0);
}

// httpoxy.org
#[test]
fn http_proxy_is_ignored() {
    let output = run("/environ", &[("HTTP_PROXY", "evil:80")]);
    let text = "PATH_INFO=/environ\nhttp (false, true, true)\n";
    says(&output, &whole(text), "", 0);
}

// RFC 3875, 4.1.18
#[test]
fn what_has_a_name_of_its_own_is_not_told_twice() {
    let output = run(
        "/environ",
        &[
            ("HTTP_CONTENT_LENGTH", "5"),
            ("HTTP_CONTENT_TYPE", "text/plain"),
        ],
    );
    let text = "PATH_INFO=/environ\nhttp (false, true, true)\n";
    says(&output, &whole(text), "", 0);
}

// PEP 3333, 668
#[test]
fn https_tells_the_scheme() {
    for (value, scheme) in [
        ("on", "https"),
        ("1", "https"),
        ("yes", "https"),
        ("off", "http"),
        ("", "http"),
    ] {
        let output = run("/environ", &[("HTTPS", value)]);
        let text = String::from_utf8(output.stdout).unwrap();
        let last = format!("\n{scheme} (false, true, true)\n");
        assert!(text.ends_with(&last), "{value:?}: {text}");
    }
}

// RFC 3875, 4.1.2 and 4.2; PEP 3333, 753-763
#[test]
fn the_body_is_content_length_bytes_and_the_rest_is_left() {
    for (length, body, left) in [
        ("0", "", "123456"),
        ("", "", "123456"),
        ("5", "12345", "6"),
        ("6", "123456", ""),
    ] {
        let (output, rest) = with_input("/echo", length, b"123456");
        says(&output, &whole(body), "", 0);
        assert_eq!(String::from_utf8_lossy(&rest), left, "{length:?}");
    }
}

#[test]
fn a_body_without_content_length_is_none() {
    let mut child = program("/echo")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Open all the time: whoever reads it waits for ever.
    let _stdin = child.stdin.take().unwrap();
    let output = end(child);
    says(&output, &whole(""), "", 0);
}

#[test]
fn a_body_that_ends_early_is_a_bad_request() {
    let (output, _) = with_input("/echo", "7", b"123456");
    let log = "- /echo: 400 Bad Request: \
        the request's body ends 1 bytes early\n";
    says(&output, &page("400 Bad Request"), log, 0);
}

#[test]
fn an_early_end_of_a_body_that_is_not_read_does_not_matter() {
    let (output, _) = with_input("", "18446744073709551615", b"123456");
    says(&output, &whole("Hello\nWorld!"), "", 0);
}

/// Apache's mod_cgid loses the answer otherwise.
#[test]
fn what_the_application_leaves_of_the_body_is_read() {
    for (path, body) in [
        ("", "Hello\nWorld!"),
        ("/limited", "12"),
        ("/replaced", "Hello\nWorld!"),
        ("/forgotten", "Hello\nWorld!"),
    ] {
        let (output, rest) = with_input(path, "5", b"123456");
        says(&output, &whole(body), "", 0);
        assert_eq!(String::from_utf8_lossy(&rest), "6", "{path}");
    }
}

#[test]
fn an_error_leaves_nothing_of_the_body_either() {
    for path in ["/error", "/panic", "/cut"] {
        let (_, rest) = with_input(path, "5", b"123456");
        assert_eq!(String::from_utf8_lossy(&rest), "6", "{path}");
    }
}

/// The thread waits for what never comes.
#[cfg(target_os = "linux")]
#[test]
fn a_thread_that_still_reads_does_not_keep_the_process() {
    let mut child = program("/elsewhere")
        .env("CONTENT_LENGTH", "10")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"123456").unwrap();
    let output = end(child);
    says(&output, &whole("123456"), "", 0);
}

#[test]
fn a_content_length_that_is_no_number_is_a_bad_request() {
    let digits = "111111111111111111111";
    assert_eq!(digits.len(), 21);
    for wrong in ["+5", "-1", "five", " 5", "5 ", "0x5", digits] {
        let (output, left) = with_input("/echo", wrong, b"123456");
        let log = format!(
            "- /echo: 400 Bad Request: \
             CONTENT_LENGTH is {wrong:?}, no number\n"
        );
        says(&output, &page("400 Bad Request"), &log, 0);
        assert_eq!(left, b"123456");
    }
}

#[test]
fn a_content_length_that_is_not_utf_8_is_a_bad_request() {
    let wrong = OsString::from_vec(b"5\xff".to_vec());
    let (output, _) = with_input("/echo", wrong, b"123456");
    assert_eq!(output.stdout, page("400 Bad Request").as_bytes());
}

// RFC 3875, 4.3.3
#[test]
fn head_has_the_length_and_no_body() {
    let output = run("", &[("REQUEST_METHOD", "HEAD")]);
    says(&output, &format!("{HEAD}Content-Length: 12\r\n\r\n"), "", 0);
}

#[test]
fn an_error_is_answered_and_logged() {
    let output = run("/error", &[("REQUEST_METHOD", "GET")]);
    let log = "GET /error: no ink\n";
    says(&output, &page("500 Internal Server Error"), log, 0);
}

#[test]
fn a_panic_is_answered_and_logged() {
    let output = run("/panic", &[("REQUEST_METHOD", "GET")]);
    let page = page("500 Internal Server Error");
    assert_eq!(String::from_utf8_lossy(&output.stdout), page);
    let log = String::from_utf8_lossy(&output.stderr);
    let ours = "GET /panic: the application panicked: no paper\n";
    assert!(log.ends_with(ours), "{log}");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn an_answer_that_is_cut_short_ends_the_program_with_1() {
    let output = run("/cut", &[]);
    says(&output, &format!("{HEAD}\r\nhalf"), "- /cut: no ink\n", 1);
}

#[test]
fn the_error_log_is_stderr_in_whole_lines() {
    let output = run("/log", &[]);
    says(&output, &whole("logged"), "one line\nhalf a line\n", 0);
}

// PEP 3333, 526-531
#[test]
fn a_block_can_be_read_before_the_next_is_made() {
    let mut command = program("/steps");
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = Ended(command.spawn().unwrap());
    let mut stdin = child.0.stdin.take().unwrap();
    let mut stdout = child.0.stdout.take().unwrap();
    let mut next = |expected: &str| {
        let mut read = vec![0; expected.len()];
        stdout.read_exact(&mut read).unwrap();
        assert_eq!(String::from_utf8_lossy(&read), expected);
    };
    next(&format!("{HEAD}\r\none"));
    stdin.write_all(b"x").unwrap();
    next("two");
    stdin.write_all(b"x").unwrap();
    next("three");
    wait_until("the end", || child.0.try_wait().unwrap().is_some());
    assert!(child.0.wait().unwrap().success());
}

#[test]
fn the_head_and_the_first_block_go_out_in_one_write() {
    let (ours, theirs) = UnixDatagram::pair().unwrap();
    ours.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut command = program("");
    command.stdout(Stdio::from(OwnedFd::from(theirs)));
    command.stderr(Stdio::piped());
    assert!(end(command.spawn().unwrap()).status.success());
    let mut first = [0; 1000];
    let length = ours.recv(&mut first).unwrap();
    let first = String::from_utf8_lossy(&first[..length]);
    assert_eq!(first, whole("Hello\nWorld!"));
}

// RFC 3875, 3.4; Rust turns SIGPIPE into an error
#[test]
fn a_server_that_stops_reading_ends_it_quietly() {
    let mut command = program("/endless");
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut [0; 20_000]).unwrap();
    drop(stdout);
    says(&end(child), "", "", 0);
}

#[test]
fn a_server_that_does_not_read_at_all_ends_it_quietly() {
    let (ours, theirs) = UnixStream::pair().unwrap();
    drop(ours);
    let mut command = program("");
    command.stdout(Stdio::from(OwnedFd::from(theirs)));
    command.stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    says(&end(child), "", "", 0);
}

// RFC 3875, 4.4
#[test]
fn arguments_are_not_looked_at() {
    let output = output(program("").args(["--help", "-x"]));
    says(&output, &whole("Hello\nWorld!"), "", 0);
}

#[test]
fn it_ends_by_itself() {
    let mut child =
        Ended(program("").stdout(Stdio::null()).spawn().unwrap());
    wait_until("the end", || child.0.try_wait().unwrap().is_some());
}
