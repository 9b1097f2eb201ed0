//! A Redis server of the tests' own, and what can come between.

use crate::support::{Folder, wait_until};
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::{net::UnixStream, process::CommandExt};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, OnceLock};
use std::{env, fs, process, thread};

/// A server that ends with this value, or with this process, however
/// that ends: a shell waits for the end of its input.
pub struct Server {
    shell: Child,
    socket: PathBuf,
}

const SCRIPT: &str = r#"
redis-server --port 0 --unixsocket "$1" --unixsocketperm 777 --save '' \
    --appendonly no --databases 30000 --dir "${1%/*}" >"$1.log" 2>&1 &
read -r line
kill $!
wait $!
rm -rf "$2""#;

impl Server {
    /// Starts one that listens there. A folder that is named is removed
    /// when it has ended.
    pub fn start(socket: PathBuf, folder: Option<PathBuf>) -> Self {
        let mut command = Command::new("sh");
        command.args(["-c", SCRIPT, "sh"]).arg(&socket);
        command.arg(folder.unwrap_or_default());
        command.stdin(Stdio::piped()).process_group(0);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let shell = command.spawn().unwrap();
        wait_until("Redis answers", || {
            UnixStream::connect(&socket).is_ok()
        });
        Self { shell, socket }
    }

    /// The URL of a database.
    pub fn database(&self, number: usize) -> String {
        let socket = self.socket.display();
        format!("redis+unix://{socket}?db={number}")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        self.shell.wait().unwrap();
    }
}

/// The one that all tests of this process have, each in databases of
/// its own; or none, if Redis is not installed.
pub fn shared() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    let start = || {
        let name = format!("gateway-{}-redis", process::id());
        let folder = env::temp_dir().join(name);
        fs::create_dir(&folder).unwrap();
        Server::start(folder.join("socket"), Some(folder))
    };
    SERVER.get_or_init(|| is_installed().then(start)).as_ref()
}

/// One for a test that stops it, and its folder.
pub fn own(name: &str) -> Option<(Server, Folder)> {
    is_installed().then(|| {
        let folder = Folder::new(name);
        (Server::start(folder.path("socket"), None), folder)
    })
}

fn is_installed() -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    let is_there = env::split_paths(&path)
        .any(|folder| folder.join("redis-server").is_file());
    if !is_there {
        let missing = "redis-server is not installed";
        assert!(
            env::var_os("CI").is_none(),
            "{missing}, and CI is set"
        );
        // Not by eprintln!, which a passing test keeps to itself.
        let _ = writeln!(io::stderr(), "skipped: {missing}");
    }
    is_there
}

/// What a connection does when it is told to make a change.
#[derive(Clone, Copy, PartialEq)]
pub enum Cut {
    Never,
    /// The server is not told.
    Before,
    /// The server's answer is lost.
    After,
}

/// Goes between a store and a server, and cuts connections. What is
/// said to it is in one write, and the answer is short.
pub struct Between {
    pub url: String,
    cut: Arc<Mutex<Cut>>,
}

impl Between {
    pub fn new(socket: PathBuf) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let cut = Arc::new(Mutex::new(Cut::Never));
        let shared = cut.clone();
        thread::spawn(move || {
            for client in listener.incoming() {
                let server = UnixStream::connect(&socket).unwrap();
                let cut = shared.clone();
                thread::spawn(move || {
                    pass(client.unwrap(), server, cut)
                });
            }
        });
        let url = format!("redis://user:secret@{address}");
        Self { url, cut }
    }

    pub fn set(&self, cut: Cut) {
        *self.cut.lock().unwrap() = cut;
    }
}

fn pass(client: TcpStream, server: UnixStream, cut: Arc<Mutex<Cut>>) {
    let (mut from, mut to) = (client, server);
    let mut back = (to.try_clone().unwrap(), from.try_clone().unwrap());
    let is_lost = Arc::new(Mutex::new(false));
    let lost = is_lost.clone();
    let answers = thread::spawn(move || {
        let mut bytes = [0; 65536];
        while let Ok(n @ 1..) = back.0.read(&mut bytes) {
            if *lost.lock().unwrap() {
                break;
            }
            let _ = back.1.write_all(&bytes[..n]);
        }
        let _ = back.1.shutdown(Shutdown::Both);
    });
    let mut bytes = [0; 65536];
    while let Ok(n @ 1..) = from.read(&mut bytes) {
        let is_change = bytes[..n].windows(4).any(|w| w == b"EXEC");
        match *cut.lock().unwrap() {
            Cut::Before if is_change => break,
            Cut::After if is_change => *is_lost.lock().unwrap() = true,
            _ => {}
        }
        to.write_all(&bytes[..n]).unwrap();
    }
    let _ = to.shutdown(Shutdown::Both);
    answers.join().unwrap();
}
