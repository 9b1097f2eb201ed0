//! Python's servers, each with one of our applications.

use crate::bound::bound_gently;
use crate::http::{Answer, send_and_stay};
use crate::process::{Folder, Running, until};
use crate::python::{MODULES, PYTHON, is_there, script};
use crate::required::{find, required};
use std::fs::{self, File, Permissions};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::process::Command;

/// A server of Python's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// wsgiref's, with its validator around the application.
    Wsgiref,
    /// The same without the validator, for the bench.
    WsgirefAlone,
    GunicornSync,
    GunicornThreads,
    Waitress,
    /// Apache with mod_wsgi and a process for the application.
    ModWsgi,
    /// The same within Apache's own processes.
    ModWsgiInside,
}

use Kind::*;

pub const ALL: [Kind; 6] = [
    Wsgiref,
    GunicornSync,
    GunicornThreads,
    Waitress,
    ModWsgi,
    ModWsgiInside,
];

/// A server that runs.
pub struct Site {
    pub address: SocketAddr,
    // In this order: the process ends before its folder goes.
    process: Running,
    folder: Folder,
}

impl Site {
    /// All that are installed, one after the other, with an
    /// application that is written as `module:name`.
    pub fn all(app: &str) -> impl Iterator<Item = (Kind, Self)> {
        ALL.into_iter().filter_map(move |kind| {
            Some((kind, Self::start(kind, app)?))
        })
    }

    /// `None` if the server is not installed.
    pub fn start(kind: Kind, app: &str) -> Option<Self> {
        let is_installed = match kind {
            ModWsgi | ModWsgiInside => {
                required("apache2") && is_there(MOD_WSGI)
            }
            _ => is_there(PYTHON),
        };
        // Somebody may take Apache's port between us and Apache.
        let started = || (0..5).find_map(|_| Self::try_to(kind, app));
        is_installed.then(|| started().expect("a server starts"))
    }

    fn try_to(kind: Kind, app: &str) -> Option<Self> {
        let folder = Folder::new();
        let log = File::create(folder.path("log")).unwrap();
        let port = free_port();
        let mut command = command(kind, app, &folder, port);
        command.env("GUEST_BOOK", folder.path("guest-book.txt"));
        command.env("PYTHONPATH", &*MODULES);
        command.stdout(log.try_clone().unwrap()).stderr(log);
        let process = Running::start(&mut command);
        let address = ([127, 0, 0, 1], port).into();
        let mut site = Self { address, process, folder };
        until(|| site.find_port(kind)).flatten()?;
        Some(site)
    }

    /// Is the server at its port? `Some(None)` if it has ended.
    fn find_port(&mut self, kind: Kind) -> Option<Option<()>> {
        let log = self.log();
        if self.process.has_ended() {
            eprintln!("{kind:?} has ended: {log}");
            return Some(None);
        }
        if matches!(kind, ModWsgi | ModWsgiInside) {
            let is_up = log.contains("resuming normal operations");
            return is_up.then_some(Some(()));
        }
        let (_, rest) = log.split_once("http://")?;
        let address = rest.split_once(char::is_whitespace)?.0;
        self.address = address.parse().ok()?;
        Some(Some(()))
    }

    /// What the server has written, and what we have by `wsgi.errors`.
    pub fn log(&self) -> String {
        let log = fs::read(self.folder.path("log")).unwrap_or_default();
        String::from_utf8_lossy(&log).into_owned()
    }

    /// The path of a file that an application is to make or wait for.
    pub fn file(&self, name: &str) -> String {
        format!("{}/{name}", self.folder.text())
    }

    pub fn ask(&self, request: &[u8]) -> Answer {
        Answer::parse(request, &send_and_stay(self.address, request))
    }

    pub fn get(&self, target: &str) -> Answer {
        self.ask(get(target).as_bytes())
    }
}

pub fn get(target: &str) -> String {
    format!(
        "GET {target} HTTP/1.1\r\nHost: localhost\r\n\
         Connection: close\r\n\r\n"
    )
}

/// What starts a server. It ends when we do.
fn command(
    kind: Kind,
    app: &str,
    folder: &Folder,
    port: u16,
) -> Command {
    let mut command = match kind {
        ModWsgi | ModWsgiInside => {
            configure(kind, app, folder, port);
            let mut apache = bound_gently(find("apache2").unwrap());
            apache.arg("-f").arg(folder.path("configuration"));
            apache.args(["-D", "FOREGROUND"]);
            return apache;
        }
        _ => bound_gently(PYTHON),
    };
    match kind {
        Wsgiref => command.arg(script("serve.py")).arg("wsgiref"),
        WsgirefAlone => command.arg(script("serve.py")).arg("alone"),
        Waitress => command.arg(script("serve.py")).arg("waitress"),
        _ => command.args(["-m", "gunicorn", "--bind=127.0.0.1:0"]),
    };
    match kind {
        GunicornSync => command.arg("--worker-class=sync"),
        GunicornThreads => {
            command.args(["--worker-class=gthread", "--threads=4"])
        }
        _ => &mut command,
    };
    command.arg(app);
    command
}

const MOD_WSGI: &str = "/usr/lib/apache2/modules/mod_wsgi.so";

/// Writes Apache's configuration, and the script that it runs.
fn configure(kind: Kind, app: &str, folder: &Folder, port: u16) {
    let path = folder.text();
    let (module, name) = app.split_once(':').unwrap();
    // Apache's user may not read where they are built.
    for module in fs::read_dir(&*MODULES).unwrap() {
        let module = module.unwrap();
        let copy = folder.path(module.file_name().to_str().unwrap());
        fs::copy(module.path(), copy).unwrap();
    }
    let all = Permissions::from_mode(0o777);
    fs::set_permissions(path, all).unwrap();
    let script = format!(
        "import os, sys\n\
         sys.path.insert(0, '{path}')\n\
         os.environ['GUEST_BOOK'] = '{path}/guest-book.txt'\n\
         from {module} import {name} as application\n"
    );
    fs::write(folder.path("app.wsgi"), script).unwrap();
    let is_root = fs::metadata(path).unwrap().uid() == 0;
    let user = match is_root {
        true => "User www-data\nGroup www-data\n",
        false => "",
    };
    let loaded: String = ["mpm_event", "authz_core", "alias", "wsgi"]
        .map(|name| {
            format!(
                "LoadModule {name}_module \
                 /usr/lib/apache2/modules/mod_{name}.so\n"
            )
        })
        .concat();
    let group = match kind {
        ModWsgi => {
            "WSGIDaemonProcess site threads=4\nWSGIProcessGroup site\n"
        }
        _ => "",
    };
    let text = format!(
        "ServerRoot \"{path}\"\nDefaultRuntimeDir \"{path}\"\n\
         PidFile \"{path}/pid\"\nErrorLog \"{path}/log\"\n\
         ServerName localhost\nListen 127.0.0.1:{port}\n\
         AllowEncodedSlashes On\n\
         StartServers 1\n{loaded}{user}\
         WSGISocketPrefix \"{path}/wsgi\"\n{group}\
         WSGIApplicationGroup %{{GLOBAL}}\n\
         WSGIScriptAlias /cgi-bin/app \"{path}/app.wsgi\"\n\
         WSGIScriptAlias / \"{path}/app.wsgi\"\n"
    );
    fs::write(folder.path("configuration"), text).unwrap();
}

fn free_port() -> u16 {
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    socket.local_addr().unwrap().port()
}
