//! The configuration that chapter 8 prints: nginx speaks TLS and
//! HTTP/2 for our server.

use crate::process::{Folder, Running};
use crate::required::required;
use crate::strangers;
use crate::web_servers::{
    CERTIFICATE, free_port, make_certificate, start_nginx,
};
use gateway::ProxyField::{For, Host, Proto};
use gateway::http::{Server, Stopper};
use gateway::{
    Application, Environ, ErrorLog, Response, Result, StartResponse,
};
use std::process::Command;
use std::thread::{self, JoinHandle};
use std::{fs, io};

/// nginx, and our server behind it.
struct Site {
    port: u16,
    back: Stopper,
    thread: Option<JoinHandle<io::Result<()>>>,
    // In this order: the process ends before its folder goes.
    _nginx: Running,
    folder: Folder,
}

/// All variables, a line for each, and the length of the body.
fn application(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let mut page = String::new();
    for (name, value) in environ.variables() {
        page += &format!("{name}={}\n", value.escape_ascii());
    }
    let length = io::copy(&mut environ.input, &mut io::sink())?;
    page += &format!("{length} bytes\n");
    let headers = [("Content-Type", "text/plain")];
    Ok(start_response("200 OK", &headers)?.body(page))
}

impl Site {
    /// Starts both; `None` if a program is not installed.
    fn start(
        site: &str,
        app: impl Application + Send + Sync + 'static,
    ) -> Option<Self> {
        let programs = ["nginx", "openssl", "curl"];
        if !programs.into_iter().all(required) {
            return None;
        }
        let server = Server::bind("127.0.0.1:0").unwrap();
        let server = server.errors(ErrorLog::new(io::sink()));
        let (address, back) = (server.address(), server.stopper());
        let thread = thread::spawn(move || server.serve(app));
        let folder = Folder::new();
        make_certificate(&folder);
        let back_end = format!("server {address}");
        // Somebody may take the port between us and nginx.
        let started = (0..5).find_map(|_| {
            let port = free_port();
            let site = site
                .replace("8443", &port.to_string())
                .replace("8080", &port.to_string())
                .replace("server 127.0.0.1:8000", &back_end)
                .replace("server 127.0.0.1:9000", &back_end);
            Some((start_nginx(&folder, &site, port)?, port))
        });
        let (nginx, port) = started.expect("nginx starts");
        let thread = Some(thread);
        Some(Self { port, back, thread, _nginx: nginx, folder })
    }

    /// What curl gets for the path, over TLS and HTTP/2, or fails to.
    fn ask(&self, path: &str, options: &[&str]) -> String {
        let mut command = Command::new("curl");
        command.args(["--silent", "--show-error", "--http2"]);
        command.arg("--cacert").arg(self.folder.path(CERTIFICATE));
        command.args(["--write-out", "HTTP/%{http_version}\n"]);
        command.args(options);
        command.arg(format!("https://localhost:{}{path}", self.port));
        let output = command.output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{errors}");
        String::from_utf8(output.stdout).unwrap()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.back.stop();
        let served = self.thread.take().map(JoinHandle::join);
        assert!(matches!(served, Some(Ok(Ok(())))), "{served:?}");
    }
}

/// What chapter 8 prints.
const SITE: &str = include_str!("nginx.conf");

/// A variable's value on the page.
fn value<'a>(page: &'a str, name: &str) -> Option<&'a str> {
    let start = format!("{name}=");
    page.lines().find_map(|line| line.strip_prefix(&start))
}

#[test]
fn nginx_speaks_tls_and_http_2_for_us() {
    let Some(site) = Site::start(SITE, application) else { return };
    let page = site.ask("/caf%C3%A9?a=%20b", &[]);
    assert!(page.ends_with("HTTP/2\n"), "{page}");
    let host = format!("localhost:{}", site.port);
    for (name, expected) in [
        ("SERVER_PROTOCOL", "HTTP/1.1"),
        ("PATH_INFO", "/caf\\xc3\\xa9"),
        ("QUERY_STRING", "a=%20b"),
        ("HTTP_HOST", &host),
        ("HTTP_X_FORWARDED_FOR", "127.0.0.1"),
        ("HTTP_X_FORWARDED_PROTO", "https"),
        ("HTTP_X_FORWARDED_HOST", &host),
    ] {
        assert_eq!(value(&page, name), Some(expected), "{name}");
    }
    assert_eq!(value(&page, "HTTP_CONNECTION"), None);
}

#[test]
fn nginx_keeps_its_connection_to_us() {
    let Some(site) = Site::start(SITE, application) else { return };
    let port = || {
        let page = site.ask("/", &[]);
        value(&page, "REMOTE_PORT").map(str::to_string)
    };
    let first = port();
    assert!(first.is_some());
    assert_eq!(port(), first);
}

#[test]
fn a_body_gets_through_nginx() {
    let Some(site) = Site::start(SITE, application) else { return };
    let body = "x".repeat(300_000);
    let file = site.folder.path("body");
    fs::write(&file, body).unwrap();
    let data = format!("@{}", file.display());
    let page = site.ask("/", &["--data-binary", &data]);
    assert!(page.contains("\n300000 bytes\n"), "{page}");
}

#[test]
fn nginx_lets_no_stranger_be_somebody_else() {
    let app = strangers::application([For, Proto, Host]);
    let Some(site) = Site::start(SITE, app) else { return };
    let certificate = site.folder.path(CERTIFICATE);
    let options = ["--cacert", certificate.to_str().unwrap()];
    strangers::are_not_believed(
        "https://localhost",
        site.port,
        &options,
    );
}

/// With `$proxy_add_x_forwarded_for`, what he says comes first.
#[test]
fn nor_where_it_adds_to_what_he_says() {
    let app = strangers::application([For, Proto]);
    let site = include_str!("matrix/nginx-http.conf");
    let Some(site) = Site::start(site, app) else { return };
    let port = site.port;
    strangers::are_not_believed("http://127.0.0.1", port, &[]);
}
