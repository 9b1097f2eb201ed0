//! The program behind web servers: by FastCGI and by CGI.

use crate::http::{Answer, send};
use crate::process::{Folder, Running, until};
use crate::required::required;
use crate::site::{self, PROGRAM, Site};
use crate::web_servers::{free_port, start_nginx};
use gateway::Environ;
use gateway::cgi::Script;
use gateway::testing;
use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::{PermissionsExt, symlink};

const CODE: &str = include_str!("../python/served.py");

/// nginx, and a program that speaks FastCGI at a Unix socket.
pub struct Nginx {
    address: SocketAddr,
    _nginx: Running,
    pub site: Site,
}

impl Nginx {
    /// `None` if nginx is not installed.
    pub fn start(folder: Folder, name: &str) -> Option<Self> {
        Self::with(folder, name, |_| {})
    }

    pub fn with(
        folder: Folder,
        name: &str,
        prepare: impl FnOnce(&mut std::process::Command),
    ) -> Option<Self> {
        if !required("nginx") {
            return None;
        }
        let socket = folder.path("socket");
        let place = socket.to_str().unwrap().to_string();
        let mut command =
            site::command(&folder, &[name, "--fastcgi", &place]);
        prepare(&mut command);
        let site = Site::with(command, folder);
        assert!(until(|| socket.exists().then_some(())).is_some());
        // nginx may have another user.
        let open = |path, mode| {
            let mode = fs::Permissions::from_mode(mode);
            fs::set_permissions(path, mode).unwrap();
        };
        open(site.folder.path(""), 0o755);
        open(socket, 0o777);
        let started = (0..5).find_map(|_| {
            let port = free_port();
            let text =
                include_str!("../../../../tests/outside/matrix/nginx-fastcgi.conf")
                    .replace("8080", &port.to_string())
                    .replace("127.0.0.1:9000", &format!("unix:{place}"))
                    .replace("fastcgi_param HTTPS", "fastcgi_request_buffering off; client_max_body_size 9m; fastcgi_param HTTPS");
            Some((start_nginx(&site.folder, &text, port)?, port))
        });
        let (nginx, port) = started.expect("nginx starts");
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        Some(Self { address, _nginx: nginx, site })
    }

    pub fn ask(&self, request: &[u8]) -> Answer {
        Answer::parse(request, &send(self.address, request))
    }

    fn get(&self, path: &str) -> Answer {
        let line = format!("GET /cgi-bin/app{path} HTTP/1.1");
        site::ask(self.address, &line, "")
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

#[test]
fn nginx_is_served_by_fastcgi() {
    let folder = site::folder("served", CODE);
    let Some(mut nginx) = Nginx::start(folder, "served") else {
        return;
    };
    let hello = format!("Hello from {}", nginx.site.id());
    assert_eq!(nginx.get("/hello").text(), hello);
    let line = "POST /cgi-bin/app/size HTTP/1.1";
    let body = "x".repeat(300_000);
    let answer = site::ask(nginx.address, line, &body);
    assert_eq!(answer.text(), "300000");
    let answer = nginx.get("/fail");
    assert_eq!(answer.status, "500 Internal Server Error");
    let log =
        || nginx.site.text("errors").contains("ValueError: on purp");
    assert!(until(|| log().then_some(())).is_some());
    nginx.site.mark("wake");
    assert_eq!(nginx.get("/stream").text(), "first, second");
    nginx.site.signal("-TERM");
    assert!(nginx.site.ended().success());
    assert!(nginx.site.text("out").ends_with("printed at exit\n"));
}

/// The program by CGI, in the folder of its module.
fn script(folder: &Folder, name: &str) -> Script {
    let program = folder.path("app");
    symlink(PROGRAM, &program).unwrap();
    Script::new(program)
        .variable("WSGI_APPLICATION", name)
        .variable("PYTHONDONTWRITEBYTECODE", "1")
}

fn environ(method: &str, path: &str, body: &'static [u8]) -> Environ {
    let mut environ = testing::environ(method, path);
    environ.set("CONTENT_LENGTH", body.len().to_string());
    environ.input = Box::new(body);
    environ
}

#[test]
fn a_process_for_each_request_answers_by_cgi() {
    let folder = site::folder("served", CODE);
    let script = script(&folder, "served");
    let ask = |method, path, body| {
        testing::ask(&script, environ(method, path, body))
    };
    let first = ask("GET", "/hello", b"").text().into_owned();
    assert!(first.starts_with("Hello from "), "{first}");
    assert_ne!(ask("GET", "/hello", b"").text(), first);
    let flags = ask("GET", "/flags", b"");
    assert_eq!(flags.text(), "multiprocess, run_once");
    assert_eq!(ask("POST", "/size", b"a\nb").text(), "3");
    assert_eq!(ask("HEAD", "/hello", b"").body, b"");
    assert_eq!(ask("GET", "/none", b"").status, "404 Not Found");
}

#[test]
fn what_is_printed_is_not_in_the_answer() {
    let folder = site::folder("served", CODE);
    let script = script(&folder, "served");
    let answer = testing::ask(&script, environ("GET", "/print", b""));
    assert_eq!(answer.text(), "the answer");
    let lines: Vec<&str> = answer.log.lines().collect();
    let expected =
        ["printed at import", "printed, café", "printed at exit"];
    assert_eq!(lines, expected);
}

#[test]
fn a_script_that_fails_says_why_in_the_log() {
    let folder = site::folder("served", CODE);
    let failing = script(&folder, "served");
    let answer = testing::ask(&failing, environ("GET", "/fail", b""));
    assert_eq!(answer.status, "500 Internal Server Error");
    let why = "ValueError: on purpose";
    assert!(answer.log.contains(why), "{}", answer.log);
    let other = site::folder("other", "");
    let missing = script(&other, "nowhere");
    let answer = testing::ask(&missing, environ("GET", "/", b""));
    assert_eq!(answer.status, "502 Bad Gateway");
    let why = "No module named 'nowhere'";
    assert!(answer.log.contains(why), "{}", answer.log);
}
