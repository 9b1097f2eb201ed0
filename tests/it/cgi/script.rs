//! `cgi::Script`: the server's side of CGI, with real programs.

use super::watched;
use crate::support::{Folder, Log, PATIENCE, example, wait_until};
use gateway::cgi::Script;
use gateway::exchange::{self, End, Outcome, Protocol};
use gateway::{Application, Environ, ErrorLog};
use std::io::{self, Cursor, Write};
use std::process::Command;
use std::time::{Duration, Instant};
use std::{env, fs};

pub const TEXT: &str = "Content-Type: text/plain\r\n";

/// Where an answer goes: a client that leaves after `patience` writes.
struct Client {
    bytes: Vec<u8>,
    patience: usize,
}

impl Write for Client {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.patience == 0 {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        self.patience -= 1;
        self.bytes.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub struct Answered {
    pub text: String,
    pub log: String,
    pub outcome: Outcome,
}

pub fn get(path: &str) -> Environ {
    let mut environ = Environ::new();
    environ.set("REQUEST_METHOD", "GET");
    environ.set("PATH_INFO", path);
    environ
}

pub fn post(path: &str, body: Vec<u8>) -> Environ {
    let mut environ = get(path);
    environ.set("REQUEST_METHOD", "POST");
    environ.input = Box::new(Cursor::new(body));
    environ
}

/// Asks, and returns what the log was told as well.
pub fn send(
    app: &impl Application,
    mut environ: Environ,
    out: &mut dyn Write,
) -> (Outcome, String) {
    let log = Log::default();
    environ.errors = ErrorLog::new(log.clone());
    let outcome = watched(|| {
        exchange::run(app, &mut environ, Protocol::Cgi, out)
    });
    drop(environ);
    (outcome, log.text())
}

pub fn ask_with(
    script: &Script,
    environ: Environ,
    patience: usize,
) -> Answered {
    let mut out = Client { bytes: Vec::new(), patience };
    let (outcome, log) = send(script, environ, &mut out);
    let text = String::from_utf8_lossy(&out.bytes).into_owned();
    Answered { text, log, outcome }
}

pub fn ask(script: &Script, environ: Environ) -> Answered {
    ask_with(script, environ, usize::MAX)
}

impl Answered {
    #[track_caller]
    pub fn says(self, text: &str, log: &str) -> Self {
        assert_eq!(self.text, text);
        assert_eq!(self.log, log);
        self
    }

    #[track_caller]
    pub fn ends(self, end: End) -> Self {
        assert_eq!(self.outcome.end, end);
        self
    }
}

pub fn program() -> Script {
    Script::new(example("cgi_test")).time_limit(PATIENCE)
}

pub fn sh(lines: &str) -> Script {
    Script::new("sh").arg("-c").arg(lines).time_limit(PATIENCE)
}

/// A program that prints these bytes, as `printf` writes them.
pub fn prints(format: &str) -> Script {
    sh(&format!("printf '{format}'"))
}

pub fn answer(status: &str, headers: &str, body: &str) -> String {
    format!("Status: {status}\r\n{headers}\r\n{body}")
}

#[track_caller]
fn bad_gateway(script: &Script, reason: &str) {
    let log = format!("GET /: 502 Bad Gateway: {reason}\n");
    let page = "Content-Length: 16\r\n\r\n502 Bad Gateway\n";
    ask(script, get("/")).says(
        &format!("Status: 502 Bad Gateway\r\n{TEXT}{page}"),
        &log,
    );
}

#[track_caller]
fn nonsense(format: &str, reason: &str) {
    let reason = format!("the program's output: {reason}");
    bad_gateway(&prints(format), &reason);
}

#[test]
fn a_program_is_run() {
    let length = "Content-Length: 12\r\n";
    ask(&program(), get("")).says(
        &answer("200 OK", &format!("{TEXT}{length}"), "Hello\nWorld!"),
        "",
    );
}

// RFC 3875, 4.1: what is not listed here has leaked
#[test]
fn the_environment_is_made_from_nothing_but_path() {
    let mut environ = get("/process");
    environ.set("QUERY_STRING", "a=b");
    environ.set("HTTP_X", "x");
    environ.set("HTTP_PROXY", "evil:80");
    environ.set("HOME_GROWN", "x");
    environ.set("LD_PRELOAD", "x");
    let script = program().variable("ADDED", "yes");
    let text = ask(&script, environ).text;
    let (_, body) = text.split_once("\r\n\r\n").unwrap();
    let path = env::var("PATH").unwrap();
    assert_eq!(
        body,
        format!(
            "ADDED=yes\nGATEWAY_INTERFACE=CGI/1.1\nHTTP_X=x\n\
             PATH={path}\nPATH_INFO=/process\nQUERY_STRING=a=b\n\
             REQUEST_METHOD=GET\n"
        )
    );
    assert!(env::vars_os().count() > 1, "nothing could have leaked");
}

#[test]
fn values_that_are_not_utf_8_arrive_as_they_are() {
    let mut environ = get("/process");
    environ.set("QUERY_STRING", b"caf\xe9");
    let text = ask(&program(), environ).text;
    assert!(text.contains("QUERY_STRING=caf\\xe9\n"), "{text}");
}

#[test]
fn a_nul_byte_in_the_path_is_a_bad_request() {
    let page = "Content-Length: 16\r\n\r\n400 Bad Request\n";
    ask(&program(), get("/a\0b")).says(
        &format!("Status: 400 Bad Request\r\n{TEXT}{page}"),
        "GET /a\\0b: 400 Bad Request: a NUL byte in PATH_INFO\n",
    );
}

// RFC 3875, 7.2
#[test]
fn the_working_directory_is_the_programs_folder() {
    let folder = example("cgi_test").parent().unwrap().to_path_buf();
    let folder = folder.canonicalize().unwrap().display().to_string();
    let text = ask(&program(), get("/folder")).text;
    let (_, body) = text.split_once("\r\n\r\n").unwrap();
    assert_eq!(body, folder);
}

// RFC 3875, 4.2
#[test]
fn the_body_is_fed() {
    let text = ask(&program(), post("/echo", b"hello".to_vec())).text;
    assert!(text.ends_with("\r\n\r\nhello"), "{text}");
}

// RFC 3875, 4.1.2: after transfer codings were taken off
#[test]
fn content_length_is_that_of_the_body_that_came() {
    let mut environ = post("/process", b"hello".to_vec());
    environ.set("CONTENT_LENGTH", "999");
    environ.set("HTTP_TRANSFER_ENCODING", "chunked");
    let text = ask(&program(), environ).text;
    assert!(text.contains("\nCONTENT_LENGTH=5\n"), "{text}");
}

#[test]
fn a_large_body_goes_in_while_the_answer_comes_out() {
    let body: Vec<u8> =
        (0..1 << 20).map(|n: u32| b'a' + (n % 23) as u8).collect();
    let answered = ask(&program(), post("/both", body.clone()));
    let (_, echo) = answered.text.split_once("\r\n\r\n").unwrap();
    assert!(echo.as_bytes() == body, "{} bytes", echo.len());
    assert_eq!(answered.log, "");
}

#[test]
fn a_large_body_need_not_be_read() {
    let script = prints("Content-Type: t\\n\\nunread");
    let answered = ask(&script, post("/", vec![b'x'; 1 << 20]));
    let text = answer("200 OK", "Content-Type: t\r\n", "unread");
    answered.says(&text, "").ends(End::Close);
}

#[test]
fn a_body_may_be_as_long_as_its_limit_and_no_longer() {
    let script = || program().body_limit(5);
    let text = ask(&script(), post("/echo", b"12345".to_vec())).text;
    assert!(text.ends_with("\r\n\r\n12345"), "{text}");
    let page = "Content-Length: 22\r\n\r\n413 Content Too Large\n";
    ask(&script(), post("/echo", b"123456".to_vec())).says(
        &format!("Status: 413 Content Too Large\r\n{TEXT}{page}"),
        "POST /echo: 413 Content Too Large: \
         the body has more than 5 bytes\n",
    );
}

// RFC 3875, 6.2, 6.3 and 7.2
#[test]
fn lines_of_a_head_end_in_lf_or_cr_lf() {
    for end in ["\\n", "\\r\\n"] {
        let script = prints(&format!(
            "Content-Type: t{end}Status: 404 Not Found{end}{end}a\\r\\n"
        ));
        let text =
            answer("404 Not Found", "Content-Type: t\r\n", "a\r\n");
        ask(&script, get("/")).says(&text, "");
    }
}

#[test]
fn a_location_alone_is_302_found() {
    let text = answer("302 Found", "Location: /x\r\n", "");
    let text = text.replace("/x\r\n", "/x\r\nContent-Length: 0\r\n");
    ask(&prints("Location: /x\\n\\n"), get("/")).says(&text, "");
}

#[test]
fn a_location_with_a_status_keeps_the_status() {
    let script = prints("Location: /x\\nSTATUS: 303 See Other\\n\\n");
    let text = ask(&script, get("/")).text;
    assert!(text.starts_with("Status: 303 See Other\r\n"), "{text}");
}

/// In Latin-1 the last byte of `à` in UTF-8 is a space of a kind.
#[test]
fn only_spaces_and_tabs_around_a_value_are_cut_off() {
    let script =
        prints("Content-Type: t\\nX: \\t \\303\\240 \\t\\n\\n");
    let text = ask(&script, get("/")).text;
    assert!(text.contains("\r\nX: à\r\n"), "{text:?}");
}

/// RFC 3875, 6.3.3: `reason-phrase = *TEXT`
#[test]
fn a_status_without_a_reason_is_a_status() {
    for line in ["Status: 404", "Status: 404 "] {
        let script =
            prints(&format!("{line}\\nContent-Type: t\\n\\nx"));
        let text = ask(&script, get("/")).text;
        assert!(text.starts_with("Status: 404 "), "{text:?}");
    }
}

#[test]
fn nothing_is_no_answer() {
    nonsense("", "no blank line ends its head");
}

#[test]
fn a_head_needs_a_blank_line() {
    nonsense("Content-Type: t\\n", "no blank line ends its head");
}

#[test]
fn a_head_needs_a_cgi_field() {
    let reason = "no Content-Type, Location or Status";
    nonsense("\\nbody", reason);
    nonsense("X: y\\n\\nbody", reason);
}

#[test]
fn a_line_that_is_no_header_is_refused() {
    nonsense("Hello\\n\\n", "\"Hello\" is not a header");
}

#[test]
fn a_space_before_the_colon_is_refused() {
    nonsense(
        "Status: 200 OK\\nContent-Type : t\\n\\n",
        "header \"Content-Type \": byte 12 of its name is not a token's",
    );
}

// RFC 3875, 6.3: no continuation lines
#[test]
fn a_continued_line_is_refused() {
    nonsense(
        "Content-Type: t\\n more: x\\n\\n",
        "header \" more\": byte 0 of its name is not a token's",
    );
}

// RFC 3875, 6.3.4
#[test]
fn a_header_of_the_connection_is_refused() {
    nonsense(
        "Content-Type: t\\nConnection: close\\n\\n",
        "header \"Connection\": is the server's to send",
    );
}

// RFC 3875, 6.3: each CGI field once
#[test]
fn two_statuses_are_refused() {
    nonsense(
        "Status: 200 OK\\nStatus: 200 OK\\n\\n",
        "two Status headers",
    );
}

#[test]
fn a_status_out_of_range_is_refused() {
    nonsense(
        "Status: 999 Odd\\n\\n",
        "status \"999 Odd\": not like \"200 OK\", from 200 to 599",
    );
}

#[test]
fn a_head_without_an_end_is_given_up() {
    let script =
        sh("while :; do echo 'X: yyyyyyyyyyyyyyyyyyyyy'; done");
    bad_gateway(&script, "the program's output: a head without an end");
}

#[test]
fn a_program_that_is_missing_is_a_bad_gateway() {
    let folder = Folder::new("missing");
    let path = folder.path("none");
    let reason = format!(
        "{} does not start: No such file or directory (os error 2)",
        path.display()
    );
    bad_gateway(&Script::new(&path), &reason);
}

#[test]
fn a_program_that_fails_before_its_head_is_a_bad_gateway() {
    bad_gateway(&sh("exit 3"), "it ended with exit status: 3");
}

#[test]
fn a_program_that_is_killed_is_a_bad_gateway() {
    let reason = "it ended with signal: 9 (SIGKILL)";
    bad_gateway(&sh("kill -KILL $$"), reason);
}

#[test]
fn a_program_that_fails_after_its_head_is_cut() {
    let script = sh("printf 'Content-Type: t\\n\\nhalf'; exit 3");
    ask(&script, get("/"))
        .says(
            &answer("200 OK", "Content-Type: t\r\n", "half"),
            "GET /: 502 Bad Gateway: it ended with exit status: 3\n",
        )
        .ends(End::Reset);
}

pub const SHORT: Duration = Duration::from_millis(300);
pub const OVERRUN: &str = "GET /: 504 Gateway Timeout: \
    it overran its time limit and was ended\n";

#[test]
fn a_program_that_overruns_before_its_head_is_a_gateway_timeout() {
    let start = Instant::now();
    let page = "Content-Length: 20\r\n\r\n504 Gateway Timeout\n";
    ask(&sh("exec sleep 300").time_limit(SHORT), get("/")).says(
        &format!("Status: 504 Gateway Timeout\r\n{TEXT}{page}"),
        OVERRUN,
    );
    assert!(start.elapsed() >= SHORT);
    assert!(start.elapsed() < PATIENCE);
}

#[test]
fn a_program_that_overruns_in_its_body_is_cut() {
    let script = program().time_limit(Duration::from_secs(2));
    let answered = ask(&script, get("/asleep"));
    let log = OVERRUN.replace("/:", "/asleep:");
    answered
        .says(&answer("200 OK", TEXT, "first"), &log)
        .ends(End::Reset);
}

/// A process by its id, which a script has written into a file.
pub fn is_alive(pid: &str) -> bool {
    let mut command = Command::new("kill");
    command.args(["-0", pid]).stderr(std::process::Stdio::null());
    // A zombie that nobody has waited for has ended as well.
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"));
    let is_zombie = stat.is_ok_and(|stat| stat.contains(") Z "));
    command.status().unwrap().success() && !is_zombie
}

#[test]
fn what_the_program_started_is_ended_with_it() {
    let folder = Folder::new("grandchild");
    let path = folder.path("pid");
    let script = "sleep 300 & echo $! > \"$PID\"; wait";
    let script = sh(script).variable("PID", &path).time_limit(SHORT);
    let answered = ask(&script, get("/"));
    assert_eq!(answered.outcome.status, 504);
    let pid = fs::read_to_string(&path).unwrap();
    wait_until("the end of sleep", || !is_alive(pid.trim()));
}

#[test]
fn a_client_that_leaves_ends_the_program() {
    let folder = Folder::new("leaves");
    let path = folder.path("pid");
    // It writes no more, so that no SIGPIPE ends it.
    let script = "echo $$ > \"$PID\"; \
        printf 'Content-Type: t\\n\\nx'; exec sleep 300";
    let script = sh(script).variable("PID", &path);
    let answered = ask_with(&script, get("/"), 0);
    assert_eq!(answered.outcome.end, End::Gone);
    assert_eq!(answered.log, "");
    let pid = fs::read_to_string(&path).unwrap();
    wait_until("the end of sh", || !is_alive(pid.trim()));
}

#[test]
fn the_log_gets_what_comes_after_stdout_was_closed() {
    let script = sh("printf 'Content-Type: t\\n\\nx'; exec >&-; \
        sleep 0.1; echo late >&2; printf half >&2");
    ask(&script, get("/")).says(
        &answer("200 OK", "Content-Type: t\r\n", "x"),
        "late\nhalf\n",
    );
}

#[test]
fn stderr_goes_to_the_log_in_whole_lines() {
    let script = sh("for part in a b c; do printf $part >&2; done; \
        echo >&2; printf 'Content-Type: t\\n\\n'");
    let log = ask(&script, get("/")).log;
    assert_eq!(log, "abc\n");
}

#[test]
fn much_stderr_does_not_stop_the_program() {
    let script = sh("yes line | head -n 50000 >&2; \
        printf 'Content-Type: t\\n\\nx'");
    let answered = ask(&script, get("/"));
    let text = answer("200 OK", "Content-Type: t\r\n", "x");
    assert_eq!(answered.text, text);
    assert_eq!(answered.log.len(), 5 * 50_000);
}

#[test]
fn the_time_limit_is_not_waited_for() {
    let start = Instant::now();
    let script = prints("Content-Type: t\\n\\nx")
        .time_limit(Duration::from_secs(3600));
    ask(&script, get("/")).ends(End::Close);
    assert!(start.elapsed() < PATIENCE);
}
