//! gunicorn, our server, and ours behind nginx, each with the same
//! application.

use crate::bound::{bound, bound_gently};
use crate::process::{Folder, Running, until};
use crate::python::prepare;
use crate::required::required;
use crate::web_servers::{free_port, start_nginx};
use std::fs;
use std::io::{self, BufRead, BufReader, Read};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;
use std::thread;

/// Which server, and how it is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Gunicorn,
    Http,
    Nginx,
}

impl Kind {
    /// What the table calls it.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Gunicorn => "gunicorn",
            Kind::Http => "HTTP",
            Kind::Nginx => "FastCGI, nginx",
        }
    }
}

/// A server with an application.
pub struct Site {
    pub address: SocketAddr,
    // In this order: the processes end before their folder goes.
    _nginx: Option<Running>,
    _program: Running,
    pub folder: Folder,
}

impl Site {
    /// Starts it; `None` if nginx is not installed.
    pub fn start(kind: Kind, app: &str, python: &Path) -> Option<Self> {
        if kind == Kind::Nginx && !required("nginx") {
            return None;
        }
        let folder = Folder::new();
        let open = fs::Permissions::from_mode(0o755);
        fs::set_permissions(folder.path(""), open).unwrap();
        let (program, back) = serve(kind, app, python, &folder);
        let (nginx, port) = match kind {
            Kind::Nginx => nginx(&folder, back),
            _ => (None, back.port()),
        };
        let address = ([127, 0, 0, 1], port).into();
        Some(Self { address, _nginx: nginx, _program: program, folder })
    }
}

fn serve(
    kind: Kind,
    app: &str,
    python: &Path,
    folder: &Folder,
) -> (Running, SocketAddr) {
    let mut command = match kind {
        Kind::Gunicorn => bound_gently(python.join("bin/gunicorn")),
        _ => bound(env!("CARGO_BIN_EXE_ch14")),
    };
    prepare(&mut command, python, folder);
    command.arg(app);
    let port = free_port();
    match kind {
        Kind::Gunicorn => command.args(GUNICORN),
        Kind::Http => command.args(["--port", "0"]),
        // It does not say where it listens.
        Kind::Nginx => {
            command.arg(format!("--fastcgi=127.0.0.1:{port}"))
        }
    };
    if kind == Kind::Nginx {
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut program = Running::start(&mut command);
        let address = ([127, 0, 0, 1], port).into();
        let listens = until(|| {
            assert!(!program.has_ended(), "{app} does not start");
            TcpStream::connect(address).ok()
        });
        assert!(listens.is_some(), "{app} does not start");
        return (program, address);
    }
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut program = Running::start(&mut command);
    let out = program.0.stdout.take().unwrap();
    let errors = program.0.stderr.take().unwrap();
    let address = match kind {
        Kind::Http => address_of(out, errors, app),
        _ => address_of(errors, out, app),
    };
    (program, address)
}

const GUNICORN: [&str; 5] =
    ["--bind", "127.0.0.1:0", "--threads", "4", "--no-control-socket"];

/// Reads until a line has an address, and then on, lest the program
/// wait for a reader.
fn address_of(
    told: impl Read + Send + 'static,
    mut other: impl Read + Send + 'static,
    app: &str,
) -> SocketAddr {
    thread::spawn(move || io::copy(&mut other, &mut io::sink()));
    let mut lines = BufReader::new(told).lines();
    let mut seen = String::new();
    for line in lines.by_ref() {
        let line = line.unwrap();
        let words = line.split([' ', '/']);
        let address = words.filter_map(|word| word.parse().ok()).next();
        if let Some(address) = address {
            thread::spawn(move || lines.for_each(drop));
            return address;
        }
        seen += &format!("{line}\n");
    }
    panic!("{app} does not start: {seen}")
}

/// nginx, with the parameters that Debian's package has for a program
/// that has all of the site.
fn nginx(folder: &Folder, back: SocketAddr) -> (Option<Running>, u16) {
    // Somebody may take the port between us and nginx.
    let started = (0..5).find_map(|_| {
        let port = free_port();
        let site = include_str!("nginx.conf")
            .replace("8080", &port.to_string())
            .replace("127.0.0.1:9000", &back.to_string());
        Some((start_nginx(folder, &site, port)?, port))
    });
    let (nginx, port) = started.expect("nginx starts");
    (Some(nginx), port)
}
