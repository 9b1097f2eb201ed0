//! A command that a page has for its readers, tried in bash.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::thread::{self, JoinHandle};
use std::time::Duration;
use tempfile::TempDir;

/// How long a command may take, in seconds, and a read while it runs:
/// the book may have to build the program.
const LIMIT: u64 = 120;

/// What a command did at the address that it was given.
pub struct Ran {
    pub sent: Vec<u8>,
    pub printed: String,
}

/// Runs a command in bash, with a server in between that keeps what
/// goes to the other one. The command has the address twice at most:
/// as `host:port`, and as bash has it.
///
/// # Panics
///
/// It does not end in time.
#[must_use]
pub fn run(command: &str, host: &str, server: SocketAddr) -> Ran {
    let relay = Listening::relay(server);
    run_at(command, host, relay)
}

/// Runs a command against a server that answers so many bytes, and
/// keeps all that come.
#[must_use]
pub fn run_for(command: &str, host: &str, length: usize) -> Ran {
    let sink = Listening::sink(length);
    run_at(command, host, sink)
}

fn run_at(command: &str, host: &str, at: Listening) -> Ran {
    let bash = |host: &str| host.replace(':', "/");
    let here = at.address.to_string();
    let command =
        command.replace(host, &here).replace(&bash(host), &bash(&here));
    let output = Command::new("timeout")
        .args([&LIMIT.to_string(), "bash", "-c", &command])
        .output()
        .expect("timeout, and bash");
    let is_late = output.status.code() == Some(124);
    assert!(!is_late, "not done in {LIMIT} s: {command}");
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    Ran { sent: at.end(), printed }
}

/// A server for one connection.
struct Listening {
    address: SocketAddr,
    thread: JoinHandle<Vec<u8>>,
}

impl Listening {
    fn new(
        serve: impl FnOnce(TcpStream) -> Vec<u8> + Send + 'static,
    ) -> Self {
        let listener =
            TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("its address");
        let thread = thread::spawn(move || {
            let (stream, _) = listener.accept().expect("a client");
            drop(listener);
            limit(&stream);
            serve(stream)
        });
        Self { address, thread }
    }

    fn relay(to: SocketAddr) -> Self {
        Self::new(move |client| {
            let server = TcpStream::connect(to).expect("the server");
            limit(&server);
            thread::scope(|scope| {
                let up = scope.spawn(|| pass_on(&client, &server));
                pass_on(&server, &client);
                up.join().expect("what was sent")
            })
        })
    }

    fn sink(length: usize) -> Self {
        Self::new(move |mut client| {
            let mut sent = vec![0; length];
            let expected = client.read_exact(&mut sent);
            if expected.is_err() {
                return b"(less came)".to_vec();
            }
            let answer = "HTTP/1.1 204 No Content\r\n\r\n";
            let _ = client.write_all(answer.as_bytes());
            let _ = client.shutdown(Shutdown::Write);
            // What came besides is kept as well.
            let _ = client.read_to_end(&mut sent);
            sent
        })
    }

    /// What was sent, when nothing comes any more.
    fn end(self) -> Vec<u8> {
        // If no command came, this one does.
        let _ = TcpStream::connect(self.address);
        self.thread.join().expect("what was sent")
    }
}

fn limit(stream: &TcpStream) {
    let limit = Some(Duration::from_secs(LIMIT));
    stream.set_read_timeout(limit).expect("a limit");
}

/// Passes on what comes, and its end; a connection that was reset has
/// ended, too.
fn pass_on(mut from: &TcpStream, mut to: &TcpStream) -> Vec<u8> {
    let mut passed = Vec::new();
    let mut block = [0; 8192];
    while let Ok(length @ 1..) = from.read(&mut block) {
        passed.extend_from_slice(&block[..length]);
        let _ = to.write_all(&block[..length]);
    }
    let _ = to.shutdown(Shutdown::Write);
    passed
}

/// A chapter's program that serves, as the book starts it for a figure.
pub struct Program {
    pub address: SocketAddr,
    child: Child,
    /// Where it runs.
    pub folder: TempDir,
}

impl Program {
    /// Starts `ch05`, or `ch08/first`, or chapter 14's with one of its
    /// Python modules, `ch14/hello`.
    ///
    /// # Panics
    ///
    /// It cannot be built, or does not say where it serves.
    #[must_use]
    pub fn start(target: &str) -> Self {
        let (chapter, name) =
            target.split_once('/').unwrap_or((target, target));
        let modules = Path::new(crate::ROOT)
            .join("chapters")
            .join(chapter)
            .join("python");
        let is_module = modules.join(format!("{name}.py")).is_file();
        let bin = if is_module { chapter } else { name };
        build(target, &["-p", chapter, "--bin", bin]);
        let folder = TempDir::new().expect("a folder");
        let mut command = Command::new(crate::program(bin));
        if is_module {
            let application = format!("{name}:application");
            command.env("WSGI_APPLICATION", application);
            command.env("PYTHONPATH", modules);
        }
        let mut child = command
            .args(["--port", "0", "--threads", "1"])
            .current_dir(folder.path())
            .env_remove("GUEST_BOOK")
            .env_remove("SESSIONS")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let mut line = String::new();
        let out = child.stdout.take().expect("its output");
        BufReader::new(out).read_line(&mut line).expect("a line");
        let address = line
            .split("http://")
            .nth(1)
            .and_then(|rest| rest.split_whitespace().next())
            .and_then(|a| a.trim_end_matches('/').parse().ok());
        let address = address.expect("its address");
        Self { address, child, folder }
    }
}

/// Builds a program, once.
fn build(target: &str, arguments: &[&str]) {
    static BUILT: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let mut built = BUILT.lock().expect("a program that was built");
    if built.insert(target.into()) {
        crate::build(arguments);
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
