//! A Redis server of the tests' own, and what can come between.

use crate::support::{Folder, wait_until};
use std::io::{self, Write};
use std::os::unix::{net::UnixStream, process::CommandExt};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::{env, fs, process};

/// A server that ends with this value, or with this process, however
/// that ends: a shell waits for the end of its input.
pub struct Server {
    shell: Child,
    socket: PathBuf,
}

const SCRIPT: &str = r#"
redis-server --port 0 --unixsocket "$1" --unixsocketperm 777 --save '' \
    --appendonly no --databases 4096 --dir "${1%/*}" >"$1.log" 2>&1 &
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
