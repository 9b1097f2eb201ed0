//! The servers that are compared.

use crate::bound::bound_gently;
use crate::load;
use std::env;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    Ours,
    Sync,
    Gthread,
    Waitress,
    Wsgiref,
    Bjoern,
}

pub const PAGE: &str = "/";

/// How many times the requests of others ours is to answer, at least.
pub const BARS: [(Kind, Kind, f64); 3] = [
    (Kind::Ours, Kind::Sync, 2.0),
    (Kind::Ours, Kind::Gthread, 2.0),
    (Kind::Ours, Kind::Bjoern, 1.2),
];

const HELLO: &str = "Hello World!\n";

const FOLDER: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/benches/servers");

impl Kind {
    const ALL: [Self; 6] = [
        Self::Ours,
        Self::Sync,
        Self::Gthread,
        Self::Waitress,
        Self::Wsgiref,
        Self::Bjoern,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Sync => "gunicorn sync",
            Self::Gthread => "gunicorn gthread",
            Self::Waitress => "waitress",
            Self::Wsgiref => "wsgiref",
            Self::Bjoern => "bjoern",
        }
    }

    fn command(self, application: &str, port: u16) -> Command {
        let place = format!("127.0.0.1:{port}");
        let (module, name) =
            application.split_once(':').expect("has a name");
        let code = match self {
            Self::Ours => {
                let mut command =
                    bound_gently(env!("CARGO_BIN_EXE_ch14"));
                command.arg(application).arg(format!("--port={port}"));
                return command;
            }
            Self::Sync | Self::Gthread => {
                let kind = match self {
                    Self::Sync => "sync",
                    _ => "gthread",
                };
                let mut command = bound_gently(python());
                command
                    .args(["-m", "gunicorn", "-w", "1", "-b", &place]);
                command.args(["-k", kind, "--threads"]);
                // More than one makes another kind of sync.
                let threads =
                    if self == Self::Sync { "1" } else { "4" };
                command.arg(threads).arg(application);
                return command;
            }
            Self::Waitress => format!(
                "from waitress import serve; \
                 serve(app, listen='{place}')"
            ),
            Self::Wsgiref => format!(
                "from wsgiref.simple_server import *
class Quiet(WSGIRequestHandler):
    def log_message(self, *args): pass
make_server('127.0.0.1', {port}, app, handler_class=Quiet)\
.serve_forever()"
            ),
            Self::Bjoern => {
                format!(
                    "import bjoern; bjoern.run(app, '127.0.0.1', {port})"
                )
            }
        };
        let mut command = bound_gently(python());
        let import = format!("from {module} import {name} as app\n");
        command.args(["-c", &[import, code].concat()]);
        command
    }
}

fn venv() -> PathBuf {
    let usual = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../target/ci-tools/python"
    );
    env::var_os("VENV").map_or(usual.into(), PathBuf::from)
}

fn python() -> PathBuf {
    venv().join("bin/python")
}

/// All whose packages are there.
pub fn all(application: &str) -> Vec<Running> {
    let is_here = |kind: &Kind| {
        let module = match kind {
            Kind::Ours | Kind::Wsgiref => return true,
            Kind::Sync | Kind::Gthread => "import gunicorn",
            Kind::Waitress => "import waitress",
            Kind::Bjoern => "import bjoern",
        };
        let mut python = Command::new(python());
        python.args(["-c", module]).stderr(Stdio::null());
        python.status().is_ok_and(|status| status.success())
    };
    let kinds = Kind::ALL.into_iter().filter(is_here);
    kinds.map(|kind| Running::start(kind, application)).collect()
}

/// A server in a process of its own, which ends with this value.
pub struct Running {
    pub kind: Kind,
    pub address: SocketAddr,
    process: Child,
}

impl Running {
    /// # Panics
    ///
    /// It does not start, or answers wrongly.
    fn start(kind: Kind, application: &str) -> Self {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
        let address = free.and_then(|free| free.local_addr());
        let address = address.expect("a port");
        let mut command = kind.command(application, address.port());
        let path = env::var_os("PATH").unwrap_or_default();
        let path = env::join_paths(
            [venv().join("bin")]
                .into_iter()
                .chain(env::split_paths(&path)),
        );
        command.current_dir(FOLDER).env("PATH", path.expect("a path"));
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut process = command.spawn().expect("a process");
        while std::net::TcpStream::connect(address).is_err() {
            let ended = process.try_wait().expect("is ours");
            assert!(ended.is_none(), "{}: {ended:?}", kind.name());
            thread::sleep(Duration::from_millis(20));
        }
        load::check(address, PAGE, HELLO);
        Self { kind, address, process }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has processes of its own, which it ends.
        let pid = self.process.id().to_string();
        let _ = Command::new("kill").arg(pid).status();
        let _ = self.process.wait();
    }
}
