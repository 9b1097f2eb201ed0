//! The web server's side of CGI: a process for each request.

use crate::{
    Application, Block, Body, Environ, ErrorLog, Failure, Headers,
    Response, Result, StartResponse, input::read_all, response_head,
};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::{Errno, ioctl_fionbio, ioctl_fionread, read, write};
use rustix::process::{Pid, Signal, kill_process_group};
use std::ffi::{OsStr, OsString};
use std::io::{self, BufRead, BufReader, Cursor, Read, Write};
use std::os::unix::{ffi::OsStrExt, process::CommandExt};
use std::path::{self, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, iter};

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
/// A program may go on when its answer is complete. Until it has ended
/// the request is at work, and dropping the body waits for it. Only a
/// program whose answer is cut short is ended before its time: when
/// the client leaves, for one (section 3.4).
///
/// ```no_run
/// use std::time::Duration;
///
/// let hello = gateway::cgi::Script::new("target/debug/ch01")
///     .time_limit(Duration::from_secs(5));
/// ```
#[derive(Debug, Clone)]
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
        let absolute = path::absolute(&program).ok();
        Self {
            program: absolute.filter(|_| is_path).unwrap_or(program),
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

    /// The time from the program's start to its end, whatever it waits
    /// for: a slow client, too. `Duration::MAX` is no limit.
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.time_limit = limit;
        self
    }

    /// The longest request body, in bytes; `u64::MAX` is no limit. It
    /// is held in memory, so that one without a Content-Length can be
    /// given one.
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
        let mut output = BufReader::new(self.start(environ)?);
        let head = head(&mut output)?;
        let (status, headers) = parse(&head)?;
        // Checked here, because it is the program's failure, not ours.
        let pairs = headers.pairs();
        response_head::check(&status, &pairs).map_err(nonsense)?;
        let started = start_response(&status, &pairs)?;
        let length = headers.get("Content-Length");
        let owed = length.map_or(Ok(u64::MAX), str::parse)?;
        Ok(started.body(Body::blocks(blocks(output, owed))))
    }
}

/// The request's meta-variables (RFC 3875, section 4.1), and three that
/// all web servers add.
const META_VARIABLES: &str = "AUTH_TYPE CONTENT_TYPE PATH_INFO \
    PATH_TRANSLATED QUERY_STRING REMOTE_ADDR REMOTE_HOST REMOTE_IDENT \
    REMOTE_USER REQUEST_METHOD SCRIPT_NAME SERVER_NAME SERVER_PORT \
    SERVER_PROTOCOL SERVER_SOFTWARE HTTPS REMOTE_PORT REQUEST_URI";

fn is_for_programs(name: &str) -> bool {
    META_VARIABLES.split(' ').any(|variable| variable == name)
        || name.starts_with("HTTP_") && name != "HTTP_PROXY"
}

impl Script {
    /// The program and its environment, built from nothing.
    fn command(&self, environ: &Environ) -> Result<Command> {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).env_clear();
        command.envs(env::var_os("PATH").map(|path| ("PATH", path)));
        for (name, value) in environ.variables() {
            if value.contains(&0) {
                let reason = format!("a NUL byte in {name}");
                return Err(Failure::bad_request(reason).into());
            }
            if is_for_programs(name) {
                command.env(name, OsStr::from_bytes(value));
            }
        }
        command.env("GATEWAY_INTERFACE", "CGI/1.1");
        command.envs(self.variables.iter().map(|(n, v)| (n, v)));
        let folder = self.program.parent();
        if let Some(folder) = folder.filter(|f| f.is_absolute()) {
            command.current_dir(folder);
        }
        Ok(command)
    }

    /// Starts the program, in a group with all that it will start.
    fn start(&self, environ: &mut Environ) -> Result<Program> {
        let body = read_all(&mut *environ.input, self.body_limit)?;
        let mut command = self.command(environ)?;
        if !body.is_empty() {
            command.env("CONTENT_LENGTH", body.len().to_string());
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        command.stderr(Stdio::piped()).process_group(0);
        let child = command.spawn().map_err(|error| {
            let name = self.program.display();
            bad_gateway(format!("{name} does not start: {error}"))
        })?;
        let program = Program {
            child,
            body: Cursor::new(body),
            log: environ.errors.clone(),
            started: Instant::now(),
            limit: self.time_limit,
            is_awaited: true,
            has_ended: false,
        };
        for pipe in program.pipes() {
            ioctl_fionbio(pipe, true)?;
        }
        Ok(program)
    }
}

/// A program at work. What it prints can be read.
///
/// Our ends of its three pipes never block: whichever is ready is seen
/// to, so that none can fill up and stop the program.
struct Program {
    child: Child,
    /// What it has not got yet of the request's body.
    body: Cursor<Vec<u8>>,
    log: ErrorLog,
    started: Instant,
    limit: Duration,
    /// Does somebody wait for what it prints? Then its answer is cut
    /// short if it is ended now.
    is_awaited: bool,
    has_ended: bool,
}

/// How long `poll` waits at most; some systems' cannot wait for weeks.
const MINUTE: Duration = Duration::from_secs(60);

impl Read for Program {
    /// Reads what the program prints, until it has ended well.
    ///
    /// What is not awaited is read, too, and dropped. Then it is the
    /// program's end that counts, not that of its output, which a
    /// process that it leaves behind may hold open.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut pause = Duration::from_micros(100);
        while !self.has_ended {
            let prints = self.is_awaited && self.child.stdout.is_some();
            if !prints && let Some(status) = self.child.try_wait()? {
                self.finish();
                if !status.success() {
                    let reason = format!("it ended with {status}");
                    Err(bad_gateway(reason))?;
                }
                break;
            }
            // There is no wait for a process with a limit of time, so
            // we look again. At first soon: it may be about to end.
            self.wait(if prints { MINUTE } else { pause })?;
            pause = Duration::from_millis(20).min(pause * 2);
            let stdout = &mut self.child.stdout;
            let length = attempt(stdout, |out| read(out, &mut *buffer));
            if length > 0 && self.is_awaited {
                return Ok(length);
            }
        }
        Ok(0)
    }
}

impl Program {
    /// The open pipes, and what there is to wait for.
    fn pipes(&self) -> Vec<PollFd<'_>> {
        let Child { stdin, stdout, stderr, .. } = &self.child;
        let fed = stdin.iter().map(|p| PollFd::new(p, PollFlags::OUT));
        let out = stdout.iter().map(|p| PollFd::new(p, PollFlags::IN));
        let err = stderr.iter().map(|p| PollFd::new(p, PollFlags::IN));
        fed.chain(out).chain(err).collect()
    }

    /// Waits until a pipe is ready, `longest` at most; feeds the
    /// program, and logs what it has written to standard error.
    fn wait(&mut self, longest: Duration) -> io::Result<()> {
        let left = self.limit.saturating_sub(self.started.elapsed());
        if left.is_zero() {
            let reason = "it overran its time limit and was ended";
            Err(Failure::new("504 Gateway Timeout", reason))?;
        }
        // If a signal interrupts it, there is nothing to do yet.
        let timeout = left.min(longest).try_into().ok();
        let _ = poll(&mut self.pipes(), timeout.as_ref());
        let Child { stdin, stderr, .. } = &mut self.child;
        let rest = self.body.fill_buf()?;
        let length = attempt(stdin, |stdin| write(stdin, rest));
        self.body.consume(length);
        let mut said = [0; 8192];
        let length = attempt(stderr, |err| read(err, &mut said));
        // Nobody is left to be told that the log cannot be written.
        let _ = self.log.write_all(&said[..length]);
        Ok(())
    }

    /// Logs the last words of a program that has ended: what is in the
    /// pipe, and no more. Another may write to it without end.
    fn finish(&mut self) {
        self.has_ended = true;
        if let Some(stderr) = &mut self.child.stderr {
            let there = ioctl_fionread(&*stderr).unwrap_or(0);
            let _ = io::copy(&mut stderr.take(there), &mut self.log);
        }
        let _ = self.log.flush();
    }
}

impl Drop for Program {
    /// Ends a program whose answer is cut short: its head was nonsense,
    /// or the client has left in the middle (RFC 3875, section 3.4).
    ///
    /// Any other has done nothing wrong: nobody has asked for its body,
    /// or all that it promised was passed on. It has the rest of its
    /// time. We wait for it here, so that no more programs run than
    /// there are requests at work.
    fn drop(&mut self) {
        let lives = !self.is_awaited;
        if lives && let Err(e) = self.read(&mut [0; 8192]) {
            // On a line of its own, which each clone has.
            let _ = writeln!(self.log.clone(), "after its answer: {e}");
        }
        // Once it has ended, its number may be another's.
        if !self.has_ended {
            let group = Pid::from_child(&self.child);
            let _ = kill_process_group(group, Signal::KILL);
            let _ = self.child.kill(); // it may have left the group
            let _ = self.child.wait();
            self.finish();
        }
    }
}

/// Moves what a pipe has, or takes, at the moment, and closes it at its
/// end. It is no error if a program does not read its input.
fn attempt<P>(
    pipe: &mut Option<P>,
    moves: impl FnOnce(&P) -> Result<usize, Errno>,
) -> usize {
    match pipe.as_ref().map(moves) {
        Some(Ok(moved)) if moved > 0 => return moved,
        Some(Err(Errno::AGAIN | Errno::INTR)) => {}
        _ => *pipe = None,
    }
    0
}

/// The longest head, in bytes.
const HEAD_LIMIT: usize = 64 * 1024;

/// Reads the head, in Latin-1, up to the first empty line. A line may
/// end in LF or in CR LF (RFC 3875, section 7.2).
fn head(output: &mut impl BufRead) -> Result<String> {
    let mut head = vec![b'\n'];
    for byte in output.bytes() {
        head.push(byte?);
        if head.ends_with(b"\n\n") || head.ends_with(b"\n\r\n") {
            return Ok(head.into_iter().map(char::from).collect());
        }
        if head.len() > HEAD_LIMIT {
            Err(nonsense("a head without an end"))?;
        }
    }
    Err(nonsense("no blank line ends its head").into())
}

/// The status and headers of a head (RFC 3875, section 6.3).
fn parse(head: &str) -> Result<(String, Headers)> {
    let mut headers = Headers::default();
    for line in head.lines().filter(|line| !line.is_empty()) {
        let Some((name, value)) = line.split_once(':') else {
            Err(nonsense(format!("{line:?} is not a header")))?
        };
        let is_status = name.eq_ignore_ascii_case("Status");
        if is_status && headers.get("Status").is_some() {
            Err(nonsense("two Status headers"))?;
        }
        // Not `trim`: in Latin-1 it takes the end of UTF-8's "à".
        headers.push(name, value.trim_matches([' ', '\t']));
    }
    let status = headers.remove("Status");
    let has = |name| headers.get(name).is_some();
    let status = match status {
        // It may lack a reason here (section 6.3.3), but not in ours.
        Some(code) if code.len() == 3 => format!("{code} Unknown"),
        Some(status) => status,
        None if has("Location") => "302 Found".into(),
        None if has("Content-Type") => "200 OK".into(),
        None => Err(nonsense("no Content-Type, Location or Status"))?,
    };
    Ok((status, headers))
}

/// The body, block by block: `owed` bytes, if there are so many.
fn blocks(
    mut output: BufReader<Program>,
    mut owed: u64,
) -> impl Iterator<Item = Result<Block>> {
    output.get_mut().is_awaited = false;
    iter::from_fn(move || {
        output.get_mut().is_awaited = true;
        let block = match output.fill_buf() {
            Ok([]) => return None,
            Ok(block) => block.to_vec(),
            Err(error) => return Some(Err(error.into())),
        };
        output.consume(block.len());
        owed = owed.saturating_sub(block.len() as u64);
        output.get_mut().is_awaited = owed > 0;
        Some(Ok(block.into()))
    })
}

fn nonsense(reason: impl std::fmt::Display) -> Failure {
    bad_gateway(format!("the program's output: {reason}"))
}

fn bad_gateway(reason: String) -> Failure {
    Failure::new("502 Bad Gateway", reason)
}
