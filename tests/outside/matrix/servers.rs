//! The servers, each with the same program.

use crate::bound::{bound, bound_gently};
use crate::http::{Answer, send_and_stay};
use crate::process::{Folder, LIMIT, Running, until};
use crate::required::{find, required};
use crate::web_servers::free_port;
use gateway::cgi::Script;
use gateway::http::{Server, Stopper};
use gateway::{
    Application, Environ, ErrorLog, Response, Result, StartResponse,
};
use std::fs;
use std::io::{self, BufRead, BufReader};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::Stdio;
use std::thread::{self, JoinHandle};

/// How the program is run, and by whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(dead_code, reason = "some are chapter 13's alone")]
pub enum Kind {
    CgiApache,
    CgiLighttpd,
    CgiBook,
    FastcgiApache,
    FastcgiLighttpd,
    FastcgiNginx,
    Http,
    HttpNginx,
    /// Chapter 5's server, which is not in the book's table.
    TinyHttp,
    /// hyper, for chapter 13.
    Hyper,
    /// hyper, where axum has a path for the program.
    HyperNested,
    /// Chapter 8's server, with the program as a tower service between
    /// two adapters.
    Tower,
}

use Kind::*;

pub const ALL: [Kind; 8] = [
    CgiApache,
    CgiLighttpd,
    CgiBook,
    FastcgiApache,
    FastcgiLighttpd,
    FastcgiNginx,
    Http,
    HttpNginx,
];

impl Kind {
    /// The heading of its column.
    pub fn name(self) -> &'static str {
        match self {
            CgiApache => "CGI, Apache",
            CgiLighttpd => "CGI, lighttpd",
            CgiBook => "CGI, the book",
            FastcgiApache => "FastCGI, Apache",
            FastcgiLighttpd => "FastCGI, lighttpd",
            FastcgiNginx => "FastCGI, nginx",
            Http => "HTTP",
            HttpNginx => "HTTP, nginx",
            TinyHttp => "HTTP, tiny_http",
            Hyper => "hyper",
            HyperNested => "hyper, nested",
            Tower => "HTTP, there and back",
        }
    }

    /// The web server's program, if it takes one.
    fn program(self) -> Option<&'static str> {
        match self {
            CgiApache | FastcgiApache => Some("apache2"),
            CgiLighttpd | FastcgiLighttpd => Some("lighttpd"),
            FastcgiNginx | HttpNginx => Some("nginx"),
            CgiBook | Http | TinyHttp | Hyper | HyperNested | Tower => {
                None
            }
        }
    }
}

/// Where the application is, under all of them.
pub const MOUNT: &str = "/cgi-bin/app";

/// A server with the program.
pub struct Site {
    pub address: SocketAddr,
    /// The port of the program behind a web server.
    pub back: u16,
    // In this order: the processes end before their folder goes.
    _web_server: Option<Running>,
    _program: Option<Running>,
    _book: Option<Book>,
    pub folder: Folder,
}

impl Site {
    /// Starts all of it; `None` if the web server is not installed.
    /// The program serves by `http`, `fastcgi` and so on if its
    /// argument says so.
    pub fn with(kind: Kind, program: &Path) -> Option<Self> {
        if !kind.program().is_none_or(required) {
            return None;
        }
        let folder = Folder::new();
        open_to_all(&folder, program);
        let how = match kind {
            CgiApache | CgiLighttpd | CgiBook => None,
            Http | HttpNginx => Some("http"),
            TinyHttp => Some("tiny_http"),
            Hyper => Some("hyper"),
            HyperNested => Some("hyper_nested"),
            Tower => Some("tower"),
            FastcgiApache | FastcgiLighttpd | FastcgiNginx => {
                Some("fastcgi")
            }
        };
        let start = |how| serving(program, how, &folder);
        let (program, back) = how.map(start).unzip();
        let mut site = Self {
            address: back.unwrap_or(([127, 0, 0, 1], 0).into()),
            back: back.map_or(0, |address| address.port()),
            _web_server: None,
            _program: program,
            _book: None,
            folder,
        };
        if kind == CgiBook {
            let book = Book::start(&site.folder.path("cgi-bin/app"));
            site.address = book.address;
            site._book = Some(book);
        } else if kind.program().is_some() {
            site.start_web_server(kind);
        }
        Some(site)
    }

    fn start_web_server(&mut self, kind: Kind) {
        let folder = &self.folder;
        // Somebody may take the port between us and the web server.
        let started = (0..5).find_map(|_| {
            let port = free_port();
            let process = web_server(kind, folder, port, self.back)?;
            Some((process, port))
        });
        let Some((process, port)) = started else {
            let log = folder.path("logs/error.log");
            let log = fs::read_to_string(log).unwrap_or_default();
            let output = folder.path("output");
            let output = fs::read_to_string(output).unwrap_or_default();
            panic!("{kind:?} does not start: {log}{output}");
        };
        self.address.set_port(port);
        self._web_server = Some(process);
    }

    pub fn ask(&self, request: &[u8]) -> Answer {
        Answer::parse(request, &send_and_stay(self.address, request))
    }
}

/// Starts the program as a server of its own.
pub fn serving(
    program: &Path,
    how: &str,
    folder: &Folder,
) -> (Running, SocketAddr) {
    let mut command = bound(program);
    command.arg(how).env("SITE", folder.path(""));
    command.env_remove("GATEWAY_INTERFACE");
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    let mut program = Running::start(&mut command);
    let mut line = String::new();
    let stdout = program.0.stdout.take().unwrap();
    BufReader::new(stdout).read_line(&mut line).unwrap();
    let address = line.trim_end().rsplit([' ', '/']).next();
    let address = address.and_then(|address| address.parse().ok());
    let Some(address) = address else { panic!("{how}: {line:?}") };
    (program, address)
}

/// The book's own way: a process for each request, behind our server.
struct Book {
    address: SocketAddr,
    stopper: Stopper,
    thread: Option<JoinHandle<io::Result<()>>>,
}

impl Book {
    fn start(program: &Path) -> Self {
        let server = Server::bind("127.0.0.1:0").unwrap();
        let server = server.errors(ErrorLog::new(io::sink()));
        let (address, stopper) = (server.address(), server.stopper());
        let script = Script::new(program);
        let app = move |environ: &mut Environ,
                        start_response: StartResponse<'_>|
              -> Result<Response> {
            // As the book does it: the first two parts name a program.
            environ.shift_path();
            environ.shift_path();
            script.call(environ, start_response)
        };
        let thread = Some(thread::spawn(move || server.serve(app)));
        Self { address, stopper, thread }
    }
}

impl Drop for Book {
    fn drop(&mut self) {
        self.stopper.stop();
        let served = self.thread.take().map(JoinHandle::join);
        assert!(matches!(served, Some(Ok(Ok(())))), "{served:?}");
    }
}

/// Starts a web server at the port, and waits until it listens.
fn web_server(
    kind: Kind,
    folder: &Folder,
    port: u16,
    back: u16,
) -> Option<Running> {
    let text = configuration(kind, folder, port, back);
    let path = folder.path("configuration");
    fs::write(&path, text).unwrap();
    let output = fs::File::create(folder.path("output")).unwrap();
    let name = kind.program().unwrap();
    let mut command = bound_gently(find(name).unwrap());
    // What it leaves to its programs is the same everywhere.
    command.env_clear().env("PATH", "/usr/bin:/bin");
    match name {
        "apache2" => {
            command.arg("-f").arg(&path).args(["-D", "FOREGROUND"])
        }
        "lighttpd" => command.arg("-f").arg(&path).arg("-D"),
        _ => {
            let log = folder.path("logs/error.log");
            command.arg("-e").arg(log).arg("-c").arg(&path);
            command.args(["-p", folder.text()])
        }
    };
    command.stdout(output.try_clone().unwrap()).stderr(output);
    let mut process = Running::start(&mut command);
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let listens = until(|| {
        let connected = TcpStream::connect_timeout(&address, LIMIT);
        let is_up = connected.is_ok();
        (is_up || process.has_ended()).then_some(is_up)
    });
    // Whoever has ended is not the one that listens there.
    let is_ours = listens == Some(true) && !process.has_ended();
    is_ours.then_some(process)
}

/// The files that the book prints, with this folder and these ports.
fn configuration(
    kind: Kind,
    folder: &Folder,
    port: u16,
    back: u16,
) -> String {
    let text = match kind {
        CgiApache => include_str!("apache-cgi.conf"),
        CgiLighttpd => include_str!("lighttpd-cgi.conf"),
        FastcgiApache => include_str!("apache-fastcgi.conf"),
        FastcgiLighttpd => include_str!("lighttpd-fastcgi.conf"),
        FastcgiNginx => include_str!("nginx-fastcgi.conf"),
        HttpNginx => include_str!("nginx-http.conf"),
        _ => unreachable!("these are no web servers"),
    };
    let path = folder.text();
    let text = text.replace("/srv/site", path);
    let text = text.replace("8080", &port.to_string());
    let text = text.replace("9000", &back.to_string());
    let is_root = fs::metadata(path).unwrap().uid() == 0;
    let user = if is_root { "www-data" } else { "" };
    match kind.program().unwrap() {
        "apache2" => format!("{}{text}", apache(path, user)),
        "lighttpd" => format!("{}{text}", lighttpd(path, user)),
        _ => nginx(path, &text),
    }
}

fn apache(path: &str, user: &str) -> String {
    let user = match user {
        "" => String::new(),
        user => format!("User {user}\nGroup {user}\n"),
    };
    let modules: String = [
        "mpm_event",
        "authz_core",
        "alias",
        "setenvif",
        "cgid",
        "proxy",
        "proxy_fcgi",
    ]
    .map(|name| {
        format!(
            "LoadModule {name}_module \
             /usr/lib/apache2/modules/mod_{name}.so\n"
        )
    })
    .concat();
    format!(
        "ServerRoot \"{path}\"\nDefaultRuntimeDir \"{path}\"\n\
         PidFile \"{path}/pid\"\nErrorLog \"{path}/logs/error.log\"\n\
         ScriptSock \"{path}/cgid\"\nServerName localhost\n\
         StartServers 1\n{modules}{user}"
    )
}

fn lighttpd(path: &str, user: &str) -> String {
    let user = match user {
        "" => String::new(),
        user => format!(
            "server.username = \"{user}\"\n\
             server.groupname = \"{user}\"\n"
        ),
    };
    format!(
        "server.document-root = \"{path}\"\n\
         server.upload-dirs = ( \"{path}/uploads\" )\n\
         server.errorlog = \"{path}/logs/error.log\"\n{user}"
    )
}

fn nginx(path: &str, site: &str) -> String {
    let temporary: String =
        ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|kind| format!("{kind}_temp_path {path}/{kind};\n"))
            .concat();
    format!(
        "daemon off;\npid {path}/pid;\n\
         error_log {path}/logs/error.log;\nevents {{}}\n\
         http {{\naccess_log off;\n{temporary}{site}}}\n"
    )
}

/// Makes the folder one that a web server of another user can work in,
/// with the program: a home folder is often closed.
fn open_to_all(folder: &Folder, program: &Path) {
    let open = |name: &str, mode| {
        let mode = fs::Permissions::from_mode(mode);
        fs::set_permissions(folder.path(name), mode).unwrap();
    };
    open("", 0o755);
    for name in ["cgi-bin", "files", "logs", "uploads"] {
        fs::create_dir(folder.path(name)).unwrap();
        open(name, 0o777);
    }
    fs::copy(program, folder.path("cgi-bin/app")).unwrap();
    open("cgi-bin/app", 0o755);
}
