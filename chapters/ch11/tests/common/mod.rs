//! The guest book with a place for what it keeps, and a visitor.

pub mod visits;

use crate::http::{Answer, send_and_stay};
use crate::process::Folder;
use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;

/// Where it keeps its entries and sessions. A web server may run it as
/// another user.
pub struct Place {
    pub folder: Folder,
}

impl Place {
    /// `sessions` is what the variable says, where `HERE` is the
    /// folder.
    pub fn new(sessions: &str) -> Self {
        let folder = Folder::new();
        let here = folder.text();
        let sessions = sessions.replace("HERE", here);
        let script = format!(
            "#!/bin/sh\n\
             export GUEST_BOOK='{here}/book' SESSIONS='{sessions}'\n\
             export SITE='{here}/site'\n\
             case $1 in\n\
             http) set -- --port 0 ;;\n\
             tiny_http) set -- --tiny-http --port 0 ;;\n\
             fastcgi) set -- --fastcgi 127.0.0.1:0 ;;\n\
             hyper) set -- --hyper 127.0.0.1:0 ;;\n\
             esac\n\
             exec '{here}/guest-book' \"$@\"\n"
        );
        let open = Permissions::from_mode(0o777);
        fs::set_permissions(here, open).unwrap();
        fs::write(folder.path("text"), script).unwrap();
        install(crate::PROGRAM, folder.path("guest-book"));
        install(folder.path("text"), folder.path("program"));
        Self { folder }
    }

    /// The program, which serves by `http`, `fastcgi` and so on if that
    /// is its argument.
    pub fn program(&self) -> PathBuf {
        self.folder.path("program")
    }
}

/// Copies a program, by a process of its own. If this one had written
/// it, whatever another thread starts might have it open still, and
/// then it does not start: "Text file busy".
fn install(from: impl AsRef<OsStr>, to: PathBuf) {
    let mut command = Command::new("install");
    command.args(["-m", "755"]).arg(from).arg(to);
    assert!(command.status().unwrap().success(), "{command:?}");
}

/// A browser, as far as forms and one cookie go.
#[derive(Clone)]
pub struct Visitor {
    pub address: SocketAddr,
    /// Where the guest book is, at that address.
    pub mount: &'static str,
    pub id: Option<String>,
    /// The one in the last page.
    pub token: String,
}

impl Visitor {
    pub fn of(address: SocketAddr, mount: &'static str) -> Self {
        Self { address, mount, id: None, token: String::new() }
    }

    /// Sends a request with a field, or none, and a form. `HERE` is the
    /// guest book's origin in it, and `TOKEN` the last page's.
    pub fn ask(
        &mut self,
        line: &str,
        field: &str,
        form: &str,
    ) -> Answer {
        let (method, path) = line.split_once(' ').unwrap();
        let (address, mount) = (self.address, self.mount);
        let mut head = format!(
            "{method} {mount}{path} HTTP/1.1\r\nHost: {address}\r\n\
             Connection: close\r\n"
        );
        if let Some(id) = &self.id {
            head += &format!("Cookie: gateway_session={id}\r\n");
        }
        if !field.is_empty() {
            head += &format!("{field}\r\n");
        }
        if method == "POST" {
            let form = form.replace("TOKEN", &self.token);
            let length = form.len();
            head += &format!(
                "Content-Type: application/x-www-form-urlencoded\r\n\
                 Content-Length: {length}\r\n\r\n{form}"
            );
        } else {
            head += "\r\n";
        }
        let request = head
            .replace("HERE", &format!("http://{address}"))
            .replace("TOKEN", &self.token);
        let answer = send_and_stay(address, request.as_bytes());
        let answer = Answer::parse(request.as_bytes(), &answer);
        self.note(&answer);
        answer
    }

    /// Remembers what a browser would.
    fn note(&mut self, answer: &Answer) {
        let field = answer.get("Set-Cookie").unwrap_or_default();
        if let [id] = between(&field, "gateway_session=", ";")[..] {
            self.id = (!id.is_empty()).then(|| id.to_string());
        }
        let page = answer.text();
        let tokens = between(&page, "name=\"csrf\" value=\"", "\"");
        if let Some(token) = tokens.first() {
            self.token = token.to_string();
        }
    }

    pub fn log_in(&mut self, name: &str, password: &str) -> Answer {
        let form = format!("name={name}&password={password}");
        self.ask("POST /login", "Origin: HERE", &form)
    }

    pub fn sign(&mut self, message: &str) -> Answer {
        let form = format!("message={message}");
        self.ask("POST /", "Origin: HERE", &form)
    }
}

/// What is between these on a page, each time.
pub fn between<'p>(
    page: &'p str,
    start: &str,
    end: &str,
) -> Vec<&'p str> {
    let rests = page.split(start).skip(1);
    rests.filter_map(|rest| rest.split(end).next()).collect()
}

/// The messages to the visitor.
pub fn said(page: &str) -> Vec<&str> {
    between(page, "<p role=\"status\">", "</p>")
}
