//! The web server's side of CGI: a process for each request.

use crate::{
    Application, Block, Body, Environ, ErrorLog, Failure, Response,
    Result, StartResponse, input, response_head,
};
use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::time::{Duration, Instant};
use std::{env, mem, path, thread};

/// An application that runs a CGI program for each request, as a web
/// server does (RFC 3875).
///
/// The program gets the CGI variables of the environ, PATH, and
/// nothing else of this process's environment; it never gets
/// HTTP_PROXY. What it writes to standard error goes to `wsgi.errors`.
/// One that cannot be started, or prints no head, is answered with
/// `502 Bad Gateway`, one that takes too long with `504 Gateway
/// Timeout`; if that comes after its head, the answer is cut short.
///
/// A `Location` without a `Status` is answered with `302 Found`, a
/// local one too (section 6.2.2 would have the server go there itself).
///
/// ```no_run
/// use std::time::Duration;
///
/// let hello = gateway::cgi::Script::new("target/debug/ch01")
///     .time_limit(Duration::from_secs(5));
/// ```
pub struct Script {
    program: PathBuf,
    arguments: Vec<OsString>,
    variables: Vec<(OsString, OsString)>,
    time_limit: Duration,
    body_limit: u64,
}

impl Script {
    /// Runs `program`: a path, or a name that is looked for in PATH.
    ///
    /// A path's folder becomes the working directory (RFC 3875,
    /// section 7.2). It has 30 seconds, and bodies of 16 MiB at most.
    pub fn new(program: impl Into<PathBuf>) -> Self {
        let program = program.into();
        let is_path = program.components().count() > 1;
        let program = match path::absolute(&program) {
            Ok(absolute) if is_path => absolute,
            _ => program,
        };
        Self {
            program,
            arguments: Vec::new(),
            variables: Vec::new(),
            time_limit: Duration::from_secs(30),
            body_limit: 16 << 20,
        }
    }

    /// Adds an argument, for an interpreter that is told its script.
    pub fn arg(mut self, argument: impl Into<OsString>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Adds a variable to the program's environment.
    pub fn variable(
        mut self,
        name: impl Into<OsString>,
        value: impl Into<OsString>,
    ) -> Self {
        self.variables.push((name.into(), value.into()));
        self
    }

    /// The time from the start to the last byte of the answer.
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.time_limit = limit;
        self
    }

    /// The longest request body, in bytes. It is held in memory, so
    /// that one without a Content-Length can be given one.
    pub fn body_limit(mut self, limit: u64) -> Self {
        self.body_limit = limit;
        self
    }
}

impl Application for Script {
    fn call(
        &self,
        environ: &mut Environ,
        start_response: StartResponse<'_>,
    ) -> Result<Response> {
        let body = self.read_body(environ)?;
        let command = self.command(environ, body.len())?;
        let errors = environ.errors.clone();
        let deadline = Instant::now() + self.time_limit;
        let mut output = Output::of(command, body, errors, deadline)?;
        let (head, rest) = output.head()?;
        let (status, headers) = parse(&head)?;
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(n, v)| (&**n, &**v)).collect();
        // Checked here, because it is the program's failure, not ours.
        response_head::check(&status, &headers).map_err(nonsense)?;
        let started = start_response(&status, &headers)?;
        let first = Some(Ok(Block::from(rest)));
        Ok(started.body(Body::blocks(first.into_iter().chain(output))))
    }
}

/// The request's meta-variables (RFC 3875, section 4.1), and two that
/// all web servers add.
const META_VARIABLES: [&str; 19] = [
    "AUTH_TYPE",
    "CONTENT_TYPE",
    "GATEWAY_INTERFACE",
    "HTTPS",
    "PATH_INFO",
    "PATH_TRANSLATED",
    "QUERY_STRING",
    "REMOTE_ADDR",
    "REMOTE_HOST",
    "REMOTE_IDENT",
    "REMOTE_USER",
    "REQUEST_METHOD",
    "REQUEST_URI",
    "SCRIPT_NAME",
    "SERVER_NAME",
    "SERVER_PORT",
    "SERVER_PROTOCOL",
    "SERVER_SOFTWARE",
    "REMOTE_PORT",
];

fn is_for_programs(name: &str) -> bool {
    META_VARIABLES.contains(&name)
        || name.starts_with("HTTP_") && name != "HTTP_PROXY"
}

impl Script {
    fn read_body(&self, environ: &mut Environ) -> Result<Vec<u8>> {
        let mut body = Vec::new();
        let mut input = (&mut environ.input).take(self.body_limit + 1);
        input.read_to_end(&mut body)?;
        if body.len() as u64 > self.body_limit {
            return Err(input::too_large(self.body_limit).into());
        }
        Ok(body)
    }

    /// The program and its environment, built from nothing.
    fn command(
        &self,
        environ: &Environ,
        length: usize,
    ) -> Result<Command> {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).env_clear();
        if let Some(path) = env::var_os("PATH") {
            command.env("PATH", path);
        }
        for (name, value) in environ.variables() {
            if value.contains(&0) {
                let reason = format!("a NUL byte in {name}");
                return Err(Failure::bad_request(reason).into());
            }
            if is_for_programs(name) {
                command.env(name, os_string(value));
            }
        }
        if length > 0 {
            command.env("CONTENT_LENGTH", length.to_string());
        }
        command.env("GATEWAY_INTERFACE", "CGI/1.1");
        command.envs(self.variables.iter().map(|(n, v)| (n, v)));
        let folder = self.program.parent();
        if let Some(folder) = folder.filter(|f| *f != "") {
            command.current_dir(folder);
        }
        own_group(&mut command);
        Ok(command)
    }
}

/// What a running program prints, block by block.
///
/// Two threads read its two streams, so that neither can fill up and
/// stop it; dropping this ends the program.
struct Output {
    program: Child,
    blocks: Receiver<Vec<u8>>,
    errors: Receiver<()>,
    deadline: Instant,
    is_over: bool,
}

impl Output {
    /// Starts the program and feeds it the request's body.
    fn of(
        mut command: Command,
        body: Vec<u8>,
        mut log: ErrorLog,
        deadline: Instant,
    ) -> Result<Self> {
        let stdin = match body.is_empty() {
            true => Stdio::null(),
            false => Stdio::piped(),
        };
        command.stdin(stdin);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut program = command.spawn().map_err(|error| {
            let name = command.get_program().to_string_lossy();
            bad_gateway(format!("{name} does not start: {error}"))
        })?;
        let (sender, blocks) = mpsc::sync_channel(4);
        if let Some(stdout) = program.stdout.take() {
            thread::spawn(move || pass_on(stdout, sender));
        }
        let (sender, errors) = mpsc::channel();
        if let Some(mut stderr) = program.stderr.take() {
            thread::spawn(move || {
                let _ = io::copy(&mut stderr, &mut log);
                drop((log, sender)); // the log may hold a line
            });
        }
        if let Some(mut stdin) = program.stdin.take() {
            // A program need not read its input.
            thread::spawn(move || drop(stdin.write_all(&body)));
        }
        Ok(Self { program, blocks, errors, deadline, is_over: false })
    }

    /// The head as it was printed, and what came with it of the body.
    fn head(&mut self) -> Result<(Vec<u8>, Vec<u8>)> {
        let mut printed = Vec::new();
        loop {
            if let Some(end) = head_end(&printed) {
                let rest = printed.split_off(end);
                return Ok((printed, rest));
            }
            if printed.len() > HEAD_LIMIT {
                return Err(nonsense("a head without an end"));
            }
            match self.next_block()? {
                Some(block) => printed.extend(block),
                None => {
                    return Err(nonsense(
                        "no blank line ends its head",
                    ));
                }
            }
        }
    }

    /// The next block, or `None` when the program has ended well.
    fn next_block(&mut self) -> Result<Option<Vec<u8>>> {
        match self.blocks.recv_timeout(self.time_left()) {
            Ok(block) => return Ok(Some(block)),
            Err(RecvTimeoutError::Timeout) => {
                return Err(self.overrun());
            }
            Err(RecvTimeoutError::Disconnected) => {}
        }
        let status = self.wait()?;
        match status.success() {
            true => Ok(None),
            false => {
                Err(bad_gateway(format!("it ended with {status}")))
            }
        }
    }

    /// Waits until the log is whole and the program has ended.
    fn wait(&mut self) -> Result<ExitStatus> {
        let _ = self.errors.recv_timeout(self.time_left());
        // There is no wait with a limit. A program that has closed its
        // output is about to end: this is short.
        while self.time_left() > Duration::ZERO {
            if let Some(status) = self.program.try_wait()? {
                return Ok(status);
            }
            thread::sleep(Duration::from_micros(200));
        }
        Err(self.overrun())
    }

    fn time_left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    fn overrun(&mut self) -> crate::Error {
        kill(&mut self.program);
        let reason = "it overran its time limit and was ended";
        let status = "504 Gateway Timeout";
        Failure::new(status, reason).into()
    }
}

impl Iterator for Output {
    type Item = Result<Block>;

    fn next(&mut self) -> Option<Result<Block>> {
        if mem::replace(&mut self.is_over, true) {
            return None;
        }
        let block = self.next_block().transpose()?;
        self.is_over = block.is_err();
        Some(block.map(Block::from))
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        if let Ok(None) = self.program.try_wait() {
            kill(&mut self.program);
        }
    }
}

/// The most that is read in search of a head's end, in bytes.
const HEAD_LIMIT: usize = 64 * 1024;

/// Reads until the end, or until nobody wants more.
fn pass_on(mut stdout: impl Read, blocks: SyncSender<Vec<u8>>) {
    let mut block = vec![0; 8 * 1024];
    loop {
        match stdout.read(&mut block) {
            Ok(0) => return,
            Ok(n) if blocks.send(block[..n].to_vec()).is_ok() => {}
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            _ => return,
        }
    }
}

/// Where the head ends: after the first empty line. A line may end in
/// LF or in CR LF (RFC 3875, section 7.2).
fn head_end(printed: &[u8]) -> Option<usize> {
    let mut line_start = 0;
    for (at, &byte) in printed.iter().enumerate() {
        if byte == b'\n' {
            if matches!(&printed[line_start..at], b"" | b"\r") {
                return Some(at + 1);
            }
            line_start = at + 1;
        }
    }
    None
}

/// The status and headers of a head (RFC 3875, section 6.3).
fn parse(head: &[u8]) -> Result<(String, Vec<(String, String)>)> {
    let head: String = head.iter().map(|&b| char::from(b)).collect();
    let mut status = None;
    let mut headers = Vec::new();
    for line in head.lines().filter(|line| !line.is_empty()) {
        let Some((name, value)) = line.split_once(':') else {
            return Err(nonsense(format!("{line:?} is not a header")));
        };
        // Not `trim`: in Latin-1 it takes the end of UTF-8's "à".
        let value = value.trim_matches([' ', '\t']).to_string();
        if !name.eq_ignore_ascii_case("Status") {
            headers.push((name.to_string(), value));
        } else if status.replace(value).is_some() {
            return Err(nonsense("two Status headers"));
        }
    }
    let is_given = |wanted: &str| {
        headers.iter().any(|(n, _)| n.eq_ignore_ascii_case(wanted))
    };
    let status = match status {
        // It may lack a reason here (section 6.3.3), but not in ours.
        Some(code) if code.len() == 3 => format!("{code} Unknown"),
        Some(status) => status,
        None if is_given("Location") => "302 Found".into(),
        None if is_given("Content-Type") => "200 OK".into(),
        None => {
            return Err(nonsense(
                "no Content-Type, Location or Status",
            ));
        }
    };
    Ok((status, headers))
}

fn nonsense(reason: impl std::fmt::Display) -> crate::Error {
    bad_gateway(format!("the program's output: {reason}"))
}

fn bad_gateway(reason: String) -> crate::Error {
    Failure::new("502 Bad Gateway", reason).into()
}

/// Puts the program and all that it will start into a group.
#[cfg(unix)]
fn own_group(command: &mut Command) {
    std::os::unix::process::CommandExt::process_group(command, 0);
}

#[cfg(not(unix))]
fn own_group(_command: &mut Command) {}

/// Ends the program and what it has started.
fn kill(program: &mut Child) {
    kill_group(program);
    // Both fail only if it has ended already.
    let _ = program.kill();
    let _ = program.wait();
}

#[cfg(unix)]
fn kill_group(program: &Child) {
    use rustix::process::{Pid, Signal, kill_process_group};
    let group = Pid::from_child(program);
    let _ = kill_process_group(group, Signal::KILL);
}

#[cfg(not(unix))]
fn kill_group(_program: &Child) {}

#[cfg(unix)]
fn os_string(bytes: &[u8]) -> OsString {
    std::os::unix::ffi::OsStringExt::from_vec(bytes.to_vec())
}

#[cfg(not(unix))]
fn os_string(bytes: &[u8]) -> OsString {
    String::from_utf8_lossy(bytes).into_owned().into()
}
