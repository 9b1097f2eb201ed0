//! One program, however it is started: it has to find out, and to
//! serve the same guest book.

#[path = "../../../tests/bound/mod.rs"]
mod bound;

use bound::bound;
use gateway::fastcgi::pairs;
use gateway::fastcgi::record::*;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const PROGRAM: &str = env!("CARGO_BIN_EXE_ch07");
const FIRST: &str = env!("CARGO_BIN_EXE_shortest");

const LONG: Option<Duration> = Some(Duration::from_secs(10));

/// The program, with a guest book of its own.
fn program(folder: &Path) -> Command {
    let mut command = bound(PROGRAM);
    command.env("GUEST_BOOK", folder.join("book"));
    command.env_remove("GATEWAY_INTERFACE");
    command
}

/// A process, which ends with this value.
struct Running(Child);

impl Running {
    fn start(command: &mut Command) -> Self {
        let command = command.stdout(Stdio::piped());
        Self(command.stderr(Stdio::piped()).spawn().unwrap())
    }

    /// The first line that it prints.
    fn line(&mut self) -> String {
        let stdout = self.0.stdout.as_mut().unwrap();
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).unwrap();
        line.trim_end().to_string()
    }

    /// Asks it to stop. What it has printed meanwhile, and how it
    /// ended.
    fn stop(mut self) -> (String, Option<i32>) {
        let id = self.0.id().to_string();
        let status = Command::new("kill").args(["-TERM", &id]).status();
        assert!(status.unwrap().success());
        let mut text = String::new();
        let mut stderr = self.0.stderr.take().unwrap();
        stderr.read_to_string(&mut text).unwrap();
        (text, self.0.wait().unwrap().code())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail if it has ended, as it should have.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

const FORM: &str = "application/x-www-form-urlencoded";

/// The variables of a request.
fn variables(method: &str, body: &str) -> Vec<(&'static str, String)> {
    vec![
        ("REQUEST_METHOD", method.into()),
        ("SCRIPT_NAME", String::new()),
        ("PATH_INFO", "/".into()),
        ("SERVER_NAME", "localhost".into()),
        ("SERVER_PORT", "80".into()),
        ("CONTENT_TYPE", FORM.into()),
        ("CONTENT_LENGTH", body.len().to_string()),
    ]
}

fn cgi(folder: &Path, method: &str, body: &str) -> String {
    let mut command = program(folder);
    command.env("GATEWAY_INTERFACE", "CGI/1.1");
    command.envs(variables(method, body)).stdin(Stdio::piped());
    // A web server may have taken it from the URL.
    command.args(["--fastcgi", "/tmp/socket"]);
    let mut child = Running::start(&mut command);
    let mut stdin = child.0.stdin.take().unwrap();
    stdin.write_all(body.as_bytes()).unwrap();
    let mut answer = String::new();
    let mut stdout = child.0.stdout.take().unwrap();
    stdout.read_to_string(&mut answer).unwrap();
    answer
}

fn fastcgi(
    mut stream: impl Read + Write,
    method: &str,
    body: &str,
) -> String {
    let mut params = Vec::new();
    for (name, value) in variables(method, body) {
        pairs::push(&mut params, name, value);
    }
    let mut records = Vec::new();
    push(&mut records, BEGIN_REQUEST, 1, &[0, 1, 0, 0, 0, 0, 0, 0]);
    for content in [&*params, &[]] {
        push(&mut records, PARAMS, 1, content);
    }
    if !body.is_empty() {
        push(&mut records, STDIN, 1, body.as_bytes());
    }
    push(&mut records, STDIN, 1, &[]);
    stream.write_all(&records).unwrap();
    let mut answer = Vec::new();
    loop {
        let mut header = [0; Header::SIZE];
        stream.read_exact(&mut header).unwrap();
        let header = Header::parse(header).unwrap();
        let mut content = vec![0; header.length.into()];
        stream.read_exact(&mut content).unwrap();
        let mut padding = vec![0; header.padding.into()];
        stream.read_exact(&mut padding).unwrap();
        match header.kind {
            STDOUT => answer.extend(content),
            END_REQUEST => break,
            kind => panic!("type {kind}: {}", content.escape_ascii()),
        }
    }
    String::from_utf8(answer).unwrap()
}

fn tcp(listener: &TcpListener) -> TcpStream {
    let address = listener.local_addr().unwrap();
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(LONG).unwrap();
    stream
}

fn http(address: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(LONG).unwrap();
    let request =
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").expect(answer).1
}

#[test]
fn a_message_left_by_one_way_is_read_by_all() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let form = "name=Zo%C3%AB&message=By+CGI";
    let answer = cgi(folder, "POST", form);
    assert!(
        answer.starts_with("Status: 303 See Other\r\n"),
        "{answer}"
    );

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let socket = OwnedFd::from(listener.try_clone().unwrap());
    let running = Running::start(program(folder).stdin(socket));
    let form = "name=Ada&message=By+FastCGI";
    let answer = fastcgi(tcp(&listener), "POST", form);
    assert!(
        answer.starts_with("Status: 303 See Other\r\n"),
        "{answer}"
    );
    let from_fastcgi = fastcgi(tcp(&listener), "GET", "");

    let mut command = program(folder);
    let mut standalone = Running::start(command.args(["--port", "0"]));
    let line = standalone.line();
    let from_http =
        http(line.strip_prefix("Serving at http://").unwrap());

    let page = body(&from_fastcgi);
    assert!(page.contains("Zoë") && page.contains("By CGI"), "{page}");
    assert!(page.contains("Ada") && page.contains("By FastCGI"));
    assert_eq!(body(&from_http), page);
    assert_eq!(body(&cgi(folder, "GET", "")), page);
    let (log, code) = running.stop();
    assert_eq!(code, Some(0), "{log}");
}

#[test]
fn a_unix_socket_may_be_descriptor_0() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let listener = UnixListener::bind(&path).unwrap();
    let mut command = program(folder.path());
    let running =
        Running::start(command.stdin(OwnedFd::from(listener)));
    for _ in 0..2 {
        let stream = UnixStream::connect(&path).unwrap();
        stream.set_read_timeout(LONG).unwrap();
        let answer = fastcgi(stream, "GET", "");
        assert!(answer.starts_with("Status: 200 OK\r\n"), "{answer}");
    }
    let (log, code) = running.stop();
    assert_eq!(
        log,
        "Stopping when the requests under way are answered\n"
    );
    assert_eq!(code, Some(0));
    assert!(path.exists(), "whoever made it removes it");
}

#[test]
fn it_listens_where_it_is_told_to() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let mut command = program(folder.path());
    command.arg("--fastcgi").arg(&path);
    let mut running = Running::start(&mut command);
    let line = format!("Serving FastCGI at {}", path.display());
    assert_eq!(running.line(), line);
    let answer =
        fastcgi(UnixStream::connect(&path).unwrap(), "GET", "");
    assert!(answer.starts_with("Status: 200 OK\r\n"), "{answer}");
    let (log, code) = Running::start(&mut command).stop_by_itself();
    let line = format!("cannot listen at {}: ", path.display());
    assert!(log.starts_with(&line), "{log}");
    assert_eq!(code, Some(1));
    running.stop();
    assert!(!path.exists());
    let mut command = program(folder.path());
    command.args(["--fastcgi", "127.0.0.1:0"]);
    let mut running = Running::start(&mut command);
    let line = running.line();
    let address = line.strip_prefix("Serving FastCGI at ").unwrap();
    let answer =
        fastcgi(TcpStream::connect(address).unwrap(), "GET", "");
    assert!(answer.starts_with("Status: 200 OK\r\n"), "{answer}");
}

impl Running {
    fn stop_by_itself(mut self) -> (String, Option<i32>) {
        let mut text = String::new();
        let mut stderr = self.0.stderr.take().unwrap();
        stderr.read_to_string(&mut text).unwrap();
        (text, self.0.wait().unwrap().code())
    }
}

#[test]
fn only_web_servers_that_are_named_are_answered() {
    let folder = tempfile::tempdir().unwrap();
    let ask = |servers: &str| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let socket = OwnedFd::from(listener.try_clone().unwrap());
        let mut command = program(folder.path());
        command.env("FCGI_WEB_SERVER_ADDRS", servers).stdin(socket);
        (Running::start(&mut command), tcp(&listener))
    };
    let (_running, stream) = ask("10.0.0.1,127.0.0.1");
    let answer = fastcgi(stream, "GET", "");
    assert!(answer.starts_with("Status: 200 OK\r\n"), "{answer}");
    let (running, mut stream) = ask("10.0.0.1");
    assert_eq!(stream.read(&mut [0]).unwrap(), 0);
    let (log, _) = running.stop();
    assert!(
        log.contains("127.0.0.1 is no web server of ours"),
        "{log}"
    );
    let (running, _stream) = ask("localhost");
    let (log, code) = running.stop_by_itself();
    assert!(log.starts_with("web server \"localhost\": "), "{log}");
    assert_eq!(code, Some(1));
}

#[test]
fn the_first_server_answers() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let socket = OwnedFd::from(listener.try_clone().unwrap());
    let _running = Running::start(bound(FIRST).stdin(socket));
    for _ in 0..2 {
        assert_eq!(
            fastcgi(tcp(&listener), "POST", "a=b"),
            "Content-Type: text/html\r\n\r\nHello World!\n"
        );
    }
}

#[test]
fn ask_prints_a_line_for_each_record() {
    let folder = tempfile::tempdir().unwrap();
    let mut ask = Command::new(env!("CARGO_BIN_EXE_ask"));
    ask.env("GUEST_BOOK", folder.path().join("book"));
    let output =
        ask.args(["ch07", "POST", "/nowhere", "x"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let starts: Vec<&str> =
        text.lines().map(|line| &line[..17]).collect();
    assert_eq!(
        starts,
        [
            "> BEGIN_REQUEST 1",
            "> PARAMS        1",
            "> PARAMS        1",
            "> STDIN         1",
            "> STDIN         1",
            "< STDERR        1",
            "< STDOUT        1",
            "< STDOUT        1",
            "< STDERR        1",
            "< END_REQUEST   1",
        ],
        "{text}"
    );
}
