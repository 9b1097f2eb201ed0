//! Apache, lighttpd and nginx, each with a configuration of its own, in a
//! folder of its own, at a port that is free.

use crate::bound::bound_gently;
use crate::http::{Answer, send};
use crate::process::{Folder, LIMIT, Running, until};
use crate::required::{find, required};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::{env, fs};

/// A web server that runs the programs of some chapters by CGI.
pub struct WebServer {
    address: SocketAddr,
    // In this order: the process ends before its folder goes.
    _process: Running,
    folder: Folder,
}

/// Which web server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Apache,
    Lighttpd,
}

/// The programs, by name: `/cgi-bin/ch01` and so on.
const PROGRAMS: [&str; 11] = [
    "ch01",
    "variables",
    "greet",
    "missing",
    "broken",
    "ch02",
    "greeter",
    "ch03",
    "values",
    "echo",
    "examples/applications",
];

/// The user that a web server becomes when root has started it.
const USER: &str = "www-data";

impl WebServer {
    /// Starts it; `None` if it is not installed.
    pub fn start(kind: Kind) -> Option<Self> {
        if !required(kind.program()) {
            return None;
        }
        let folder = Folder::new();
        install_programs(&folder);
        // Somebody may take the port between us and the web server.
        let started = (0..5).find_map(|_| {
            let port = free_port();
            let text = kind.runs_programs(&folder, port);
            kind.start_in(&folder, port, &text)
        });
        let Some((process, address)) = started else {
            panic!("{kind:?} does not start: {}", error_log(&folder))
        };
        Some(Self { address, _process: process, folder })
    }

    /// Sends a request of these lines, and a body.
    pub fn ask(&self, lines: &[&str], body: &str) -> Answer {
        let host = format!("Host: {}", self.address);
        let (first, fields) = lines.split_first().unwrap();
        let head = [&[*first, &host, "Connection: close"], fields];
        let request = head.concat().join("\r\n") + "\r\n\r\n" + body;
        let bytes = send(self.address, request.as_bytes());
        Answer::parse(request.as_bytes(), &bytes)
    }

    pub fn get(&self, target: &str) -> Answer {
        self.ask(&[&format!("GET {target} HTTP/1.1")], "")
    }

    /// Waits until the error log has a line with this text.
    pub fn wait_for_error(&self, text: &str) {
        let log = || error_log(&self.folder);
        let found = until(|| log().contains(text).then_some(()));
        assert!(found.is_some(), "{text:?} is not in {}", log());
    }
}

impl Kind {
    pub fn program(self) -> &'static str {
        match self {
            Kind::Apache => "apache2",
            Kind::Lighttpd => "lighttpd",
        }
    }

    /// The configuration with which it runs programs by CGI.
    fn runs_programs(self, folder: &Folder, port: u16) -> String {
        match self {
            Kind::Apache => apache(folder, port),
            Kind::Lighttpd => lighttpd(folder, port),
        }
    }

    /// Starts it with a configuration that has it listen at the port,
    /// and waits until it does.
    pub fn start_in(
        self,
        folder: &Folder,
        port: u16,
        text: &str,
    ) -> Option<(Running, SocketAddr)> {
        let configuration = folder.path("configuration");
        fs::write(&configuration, text).unwrap();
        let output = fs::File::create(folder.path("output")).unwrap();
        let mut command = bound_gently(find(self.program()).unwrap());
        command.arg("-f").arg(&configuration);
        match self {
            Kind::Apache => command.args(["-D", "FOREGROUND"]),
            Kind::Lighttpd => command.arg("-D"),
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
        is_ours.then_some((process, address))
    }
}

/// Starts nginx with a site of the book, which listens at the port.
pub fn start_nginx(
    folder: &Folder,
    site: &str,
    port: u16,
) -> Option<Running> {
    let path = folder.text();
    let temporary: String = TEMPORARY
        .map(|kind| format!("{kind}_temp_path {path}/{kind};\n"))
        .concat();
    let text = format!(
        "daemon off;\npid {path}/pid;\nerror_log {path}/errors;\n\
         events {{}}\nhttp {{\naccess_log off;\n{temporary}{site}}}\n"
    );
    let configuration = folder.path("configuration");
    fs::write(&configuration, text).unwrap();
    let mut command = bound_gently(find("nginx").unwrap());
    command.arg("-e").arg(folder.path("errors"));
    command.arg("-c").arg(&configuration).arg("-p").arg(path);
    let mut process = Running::start(&mut command);
    let listens = until(|| {
        let is_up = TcpStream::connect(("127.0.0.1", port)).is_ok();
        (is_up || process.has_ended()).then_some(is_up)
    });
    let is_ours = listens == Some(true) && !process.has_ended();
    is_ours.then_some(process)
}

const TEMPORARY: [&str; 5] =
    ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];

/// The file of a certificate for `localhost`.
pub const CERTIFICATE: &str = "certificate.pem";

/// Makes one, with its key in `key.pem`.
pub fn make_certificate(folder: &Folder) {
    let mut command = Command::new("openssl");
    command.args(["req", "-x509", "-newkey", "rsa:2048", "-nodes"]);
    command.args(["-subj", "/CN=localhost", "-days", "1"]);
    command.args(["-addext", "subjectAltName=DNS:localhost"]);
    command.arg("-out").arg(folder.path(CERTIFICATE));
    command.arg("-keyout").arg(folder.path("key.pem"));
    let output = command.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
}

/// As Debian runs it: threads, and CGI by `mod_cgid`.
fn apache(folder: &Folder, port: u16) -> String {
    let folder = folder.text();
    let user = match is_root(folder) {
        true => format!("User {USER}\nGroup {USER}"),
        false => String::new(),
    };
    format!(
        r#"
ServerRoot "{folder}"
DefaultRuntimeDir "{folder}"
PidFile "{folder}/pid"
ErrorLog "{folder}/logs/error.log"
ServerName localhost
Listen 127.0.0.1:{port}
LoadModule mpm_event_module {APACHE_MODULES}/mod_mpm_event.so
LoadModule cgid_module {APACHE_MODULES}/mod_cgid.so
LoadModule alias_module {APACHE_MODULES}/mod_alias.so
LoadModule authz_core_module {APACHE_MODULES}/mod_authz_core.so
ScriptSock "{folder}/cgid"
StartServers 1
{user}
ScriptAlias "/cgi-bin/" "{folder}/cgi-bin/"
"#
    )
}

const APACHE_MODULES: &str = "/usr/lib/apache2/modules";

fn lighttpd(folder: &Folder, port: u16) -> String {
    let folder = folder.text();
    let user = match is_root(folder) {
        true => format!(
            "server.username = \"{USER}\"\n\
             server.groupname = \"{USER}\""
        ),
        false => String::new(),
    };
    format!(
        r#"
server.modules = ( "mod_cgi" )
server.document-root = "{folder}"
server.upload-dirs = ( "{folder}/uploads" )
server.errorlog = "{folder}/logs/error.log"
server.breakagelog = "{folder}/logs/stderr.log"
server.bind = "127.0.0.1"
server.port = {port}
{user}
$HTTP["url"] =~ "^/cgi-bin/" {{ cgi.assign = ( "" => "" ) }}
"#
    )
}

/// Is this process root's? What it creates tells.
fn is_root(folder: &str) -> bool {
    fs::metadata(folder).unwrap().uid() == 0
}

pub fn free_port() -> u16 {
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    socket.local_addr().unwrap().port()
}

/// What the web server and the programs have written there.
pub fn error_log(folder: &Folder) -> String {
    let names =
        ["logs/error.log", "logs/stderr.log", "output", "errors"];
    let logs = names.map(|name| {
        let log = fs::read(folder.path(name)).unwrap_or_default();
        String::from_utf8_lossy(&log).into_owned()
    });
    logs.concat()
}

/// Copies the programs to where a web server of another user may read
/// them: a home folder is often closed.
fn install_programs(folder: &Folder) {
    let open = |folder: &Path, mode| {
        let mode = fs::Permissions::from_mode(mode);
        fs::set_permissions(folder, mode).unwrap();
    };
    open(&folder.path(""), 0o755);
    let scripts = folder.path("cgi-bin");
    fs::create_dir(&scripts).unwrap();
    open(&scripts, 0o755);
    for name in ["logs", "uploads"] {
        fs::create_dir(folder.path(name)).unwrap();
        open(&folder.path(name), 0o777);
    }
    for name in PROGRAMS {
        let program = BUILT.join(name);
        let copy = scripts.join(program.file_name().unwrap());
        if let Err(error) = fs::copy(&program, &copy) {
            panic!("{}: {error}", program.display());
        }
        open(&copy, 0o755);
    }
}

/// The folder of the chapters' programs, which are built once.
static BUILT: LazyLock<PathBuf> = LazyLock::new(|| {
    // <target>/debug/deps/outside-0123456789abcdef
    let this = env::current_exe().unwrap();
    let target = this.ancestors().nth(3).unwrap().to_path_buf();
    let cargo = env::var_os("CARGO").unwrap_or("cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--quiet", "--target-dir"]).arg(&target);
    command.args(["--bins", "--example", "applications"]);
    for package in ["gateway", "ch01", "ch02", "ch03"] {
        command.args(["-p", package]);
    }
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    let output = command.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {errors}");
    target.join("debug")
});
