//! Servers of all kinds, each in a process that ends with a test.

use crate::applications::application;
use crate::bound::{bound, bound_gently};
use gateway::ErrorLog;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};
use tempfile::TempDir;

/// How long one may take to start or to end.
const LIMIT: Duration = Duration::from_secs(20);

pub struct Running {
    pub address: SocketAddr,
    child: Child,
    _folder: Option<TempDir>,
}

impl Running {
    /// Starts a program that prints its address in a line.
    pub fn start(command: &mut Command) -> Self {
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("a process");
        let stdout = child.stdout.take().expect("is piped");
        let mut lines = BufReader::new(stdout).lines();
        let address = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.parse().ok());
        // It may print more.
        thread::spawn(|| lines.for_each(drop));
        let running = |address| Self { address, child, _folder: None };
        running(address.expect("an address"))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let id = self.child.id().to_string();
        // nginx ends its own processes then.
        let _ = Command::new("kill").args(["-TERM", &id]).status();
        let end = Instant::now() + LIMIT;
        while matches!(self.child.try_wait(), Ok(None))
            && Instant::now() < end
        {
            thread::sleep(Duration::from_millis(10));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A server, and its name with its version.
pub type Named = (String, Running);

const ASKED: &str = "SERVE_UNTIL_KILLED";

/// This very program, as one of our servers.
pub fn ours(chapter: &str) -> Running {
    let program = env::current_exe().expect("a path");
    let mut command = bound(program);
    let test = "servers::serves_if_asked";
    command.args(["--exact", test, "--nocapture"]);
    command.env(ASKED, chapter);
    Running::start(&mut command)
}

#[test]
fn serves_if_asked() {
    let errors = ErrorLog::new(io::sink());
    match env::var(ASKED).as_deref() {
        Ok("5") => {
            let server = gateway::server::Server::bind("127.0.0.1:0");
            let server = server.expect("a port");
            println!("\n{}", server.address());
            server.errors(errors).serve(application).expect("serves");
        }
        Ok(_) => {
            let server = gateway::http::Server::bind("127.0.0.1:0");
            let server = server.expect("a port");
            println!("\n{}", server.address());
            server.errors(errors).serve(application).expect("serves");
        }
        Err(_) => {}
    }
}

const WSGIREF: &str = "\
from wsgiref.simple_server import *
class Quiet(WSGIRequestHandler):
    def log_message(self, *_): pass
server = make_server('127.0.0.1', 0, demo_app, handler_class=Quiet)
print('127.0.0.1:%d' % server.server_port, flush=True)
server.serve_forever()
";

/// Python's own, which serves one client at a time.
pub fn wsgiref() -> Option<Named> {
    let python = required("python3")?;
    let version = version(&python, "--version")?;
    let mut command = bound(&python);
    let running = Running::start(command.args(["-c", WSGIREF]));
    Some((format!("wsgiref of {version}"), running))
}

/// nginx, with a page.
pub fn nginx() -> Option<Named> {
    let program = required("nginx")?;
    let version = version(&program, "-v")?;
    let version = version.rsplit('/').next()?;
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().to_str().expect("a plain path");
    let open = fs::Permissions::from_mode(0o755);
    fs::set_permissions(path, open).expect("rights");
    fs::write(folder.path().join("index.html"), "Hello\n")
        .expect("a page");
    // Somebody may take the port between us and nginx.
    let started = (0..5).find_map(|_| {
        let socket = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = socket.local_addr().expect("its address");
        drop(socket);
        let file = folder.path().join("configuration");
        fs::write(&file, configuration(path, address)).expect("a file");
        let mut command = bound_gently(&program);
        command.arg("-e").arg(folder.path().join("errors"));
        command.arg("-c").arg(&file).arg("-p").arg(path);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().expect("a process");
        listens(&mut child, address).then_some((child, address))
    });
    let (child, address) = started.expect("nginx starts");
    let running = Running { address, child, _folder: Some(folder) };
    Some((format!("nginx {version}"), running))
}

fn listens(child: &mut Child, address: SocketAddr) -> bool {
    let end = Instant::now() + LIMIT;
    while Instant::now() < end {
        if !matches!(child.try_wait(), Ok(None)) {
            return false;
        }
        if TcpStream::connect(address).is_ok() {
            return true;
        }
        thread::sleep(Duration::from_millis(5));
    }
    false
}

fn configuration(path: &str, address: SocketAddr) -> String {
    let kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    let temporary =
        kinds.map(|kind| format!("{kind}_temp_path {path}/{kind};\n"));
    format!(
        "daemon off;\npid {path}/pid;\nerror_log {path}/errors;\n\
         events {{}}\nhttp {{\naccess_log off;\n{}\
         server {{ listen {address}; root {path}; }}\n}}\n",
        temporary.concat()
    )
}

/// A program's path. If it is not installed, says that a test is
/// skipped.
///
/// # Panics
///
/// It is not, and the variable CI is set: there, nothing is skipped.
fn required(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    // Debian does not give `sbin` to users.
    let sbin = ["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from);
    let found = env::split_paths(&path)
        .chain(sbin)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file());
    if found.is_none() {
        let missing = format!("{program} is not installed");
        assert!(
            env::var_os("CI").is_none(),
            "{missing}, and CI is set"
        );
        // Not by eprintln!, which a passing test keeps to itself.
        let _ = writeln!(io::stderr(), "skipped: {missing}");
    }
    found
}

/// The line that a program prints of itself.
fn version(program: &PathBuf, flag: &str) -> Option<String> {
    let output = Command::new(program).arg(flag).output().ok()?;
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    Some(text.lines().next()?.split(" (").next()?.to_string())
}
