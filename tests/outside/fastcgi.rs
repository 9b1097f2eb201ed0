//! The configurations that chapter 7 prints, and one of nginx that keeps
//! its connections: web servers, and our FastCGI server behind them.

use crate::http::Answer;
use crate::process::{Folder, LIMIT, Running, until};
use crate::required::required;
use crate::strangers;
use crate::web_servers::{Kind, error_log, free_port, start_nginx};
use gateway::ProxyField::{For, Host, Proto};
use gateway::fastcgi::{Server, Stopper};
use gateway::{
    Application, Body, Environ, ErrorLog, Response, Result,
    StartResponse,
};
use std::fs;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// All variables, a line for each, and the length of the body.
fn application(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let path = environ.get("PATH_INFO").unwrap_or_default();
    let message = format!("asked for {path}");
    writeln!(environ.errors, "{message}")?;
    let mut page = String::new();
    for (name, value) in environ.variables() {
        page += &format!("{name}={}\n", value.escape_ascii());
    }
    let length = io::copy(&mut environ.input, &mut io::sink())?;
    page += &format!("{length} bytes\n");
    let headers = [("Content-Type", "text/plain")];
    Ok(start_response("200 OK", &headers)?.body(page))
}

/// A web server, and ours behind it.
struct Site {
    address: SocketAddr,
    back: Stopper,
    thread: Option<JoinHandle<io::Result<()>>>,
    // In this order: the process ends before its folder goes.
    _process: Running,
    folder: Folder,
}

impl Site {
    /// Starts both; `None` if the web server is not installed.
    fn start(
        program: &str,
        app: impl Application + Send + Sync + 'static,
    ) -> Option<Self> {
        if !required(program.split(' ').next()?) {
            return None;
        }
        let server = Server::bind("127.0.0.1:0").unwrap();
        let server = server.errors(ErrorLog::new(io::sink()));
        let (place, back) = (server.address(), server.stopper());
        let thread = thread::spawn(move || server.serve(app));
        let folder = Folder::new();
        let text = match program {
            NGINX_AS_IT_COMES => AS_IT_COMES,
            "nginx" => include_str!("fastcgi/nginx.conf"),
            "lighttpd" => include_str!("fastcgi/lighttpd.conf"),
            _ => include_str!("fastcgi/apache.conf"),
        };
        let (process, address) = start(program, &folder, text, place);
        let thread = Some(thread);
        Some(Self { address, back, thread, _process: process, folder })
    }

    fn ask(&self, line: &str, body: &str) -> Answer {
        let length = body.len();
        let request = format!(
            "{line} HTTP/1.1\r\nHost: localhost\r\n\
             Content-Length: {length}\r\nConnection: close\r\n\r\n\
             {body}"
        );
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        // Nothing is said of an end: nginx would take it for a client
        // that has gone.
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        Answer::parse(request.as_bytes(), &bytes)
    }

    fn wait_for_error(&self, text: &str) {
        let log = || error_log(&self.folder);
        let found = until(|| log().contains(text).then_some(()));
        assert!(found.is_some(), "{text:?} is not in {}", log());
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.back.stop();
        let served = self.thread.take().map(JoinHandle::join);
        if !thread::panicking() {
            assert!(matches!(served, Some(Ok(Ok(())))), "{served:?}");
        }
    }
}

/// With a connection for each request: what a reader begins with.
const NGINX_AS_IT_COMES: &str = "nginx as it comes";

const AS_IT_COMES: &str = "
server {
    listen 127.0.0.1:8080;
    location / {
        fastcgi_pass 127.0.0.1:9000;
        include /etc/nginx/fastcgi_params;
        fastcgi_param SCRIPT_NAME \"\";
        fastcgi_param PATH_INFO $uri;
    }
}
";

/// Starts a web server with these lines, but for the ports: its own is
/// 8080 there, and ours 9000.
pub fn start(
    program: &str,
    folder: &Folder,
    text: &str,
    ours: SocketAddr,
) -> (Running, SocketAddr) {
    let mode = fs::Permissions::from_mode(0o777);
    fs::set_permissions(folder.path(""), mode.clone()).unwrap();
    fs::create_dir(folder.path("logs")).unwrap();
    fs::set_permissions(folder.path("logs"), mode).unwrap();
    // Somebody may take the port between us and the web server.
    let started = (0..5).find_map(|_| {
        let port = free_port();
        // A port that is put in may look like the other.
        let its_own = port.to_string();
        let pieces = text.split("9000");
        let pieces = pieces.map(|t| t.replace("8080", &its_own));
        let pieces: Vec<_> = pieces.collect();
        let text = pieces.join(&ours.port().to_string());
        match program {
            "apache2" => {
                let text = apache(folder) + &text;
                Kind::Apache.start_in(folder, port, &text)
            }
            "lighttpd" => {
                let text = lighttpd(folder) + &text;
                Kind::Lighttpd.start_in(folder, port, &text)
            }
            _ => {
                let process = start_nginx(folder, &text, port)?;
                Some((process, ([127, 0, 0, 1], port).into()))
            }
        }
    });
    let Some(started) = started else {
        panic!("{program} does not start: {}", error_log(folder))
    };
    started
}

fn lighttpd(folder: &Folder) -> String {
    let folder = folder.text();
    format!(
        "server.document-root = \"{folder}\"\n\
         server.upload-dirs = ( \"{folder}\" )\n\
         server.errorlog = \"{folder}/logs/error.log\"\n"
    )
}

fn apache(folder: &Folder) -> String {
    let folder = folder.text();
    let modules = ["mpm_event", "authz_core", "proxy", "proxy_fcgi"];
    let modules = modules.map(|name| {
        let file = format!("/usr/lib/apache2/modules/mod_{name}.so");
        format!("LoadModule {name}_module {file}\n")
    });
    let user = match is_root() {
        true => "User www-data\nGroup www-data\n",
        false => "",
    };
    format!(
        "ServerRoot \"{folder}\"\nDefaultRuntimeDir \"{folder}\"\n\
         PidFile \"{folder}/pid\"\nServerName localhost\n\
         ErrorLog \"{folder}/logs/error.log\"\n{user}{}",
        modules.concat()
    )
}

/// Apache insists on another user then.
fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

/// A variable's value on the page.
fn value<'a>(page: &'a str, name: &str) -> Option<&'a str> {
    let start = format!("{name}=");
    page.lines().find_map(|line| line.strip_prefix(&start))
}

/// What holds behind every web server.
fn serves(program: &str) {
    let Some(site) = Site::start(program, application) else {
        return;
    };
    let answer = site.ask("GET /caf%C3%A9/a?b=%20c", "");
    assert_eq!(answer.status, "200 OK");
    let page = answer.text();
    for (name, expected) in [
        ("REQUEST_METHOD", "GET"),
        ("SCRIPT_NAME", ""),
        ("PATH_INFO", "/caf\\xc3\\xa9/a"),
        ("QUERY_STRING", "b=%20c"),
        ("REMOTE_ADDR", "127.0.0.1"),
    ] {
        assert_eq!(value(&page, name), Some(expected), "{name}");
    }
    site.wait_for_error("asked for /caf");
}

fn takes_a_body(program: &str) {
    let Some(site) = Site::start(program, application) else {
        return;
    };
    let body = "x".repeat(300_000);
    let page = site.ask("POST /", &body).text();
    assert_eq!(value(&page, "CONTENT_LENGTH"), Some("300000"));
    assert!(page.ends_with("\n300000 bytes\n"), "{page}");
}

/// The client's address is a variable, and no field is believed.
fn lets_no_stranger_be_somebody_else(program: &str) {
    if !required("curl") {
        return;
    }
    let app = strangers::application([For, Proto, Host]);
    let Some(site) = Site::start(program, app) else { return };
    let port = site.address.port();
    strangers::are_not_believed("http://127.0.0.1", port, &[]);
}

/// An answer that breaks off, with a length or without.
fn breaks_off(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let text = ("Content-Type", "text/plain");
    let mut headers = vec![text];
    if environ.bytes("PATH_INFO") == Some(b"/length") {
        headers.push(("Content-Length", "10"));
    }
    let blocks = [Ok(b"one".into()), Err("and no more".into())];
    let started = start_response("200 OK", &headers)?;
    Ok(started.body(Body::blocks(blocks)))
}

/// What comes for `GET` on a connection that the client would keep, in
/// so much time: the bytes, and did the connection end?
fn get(site: &Site, path: &str, limit: Duration) -> (String, bool) {
    let mut stream = TcpStream::connect(site.address).unwrap();
    stream.set_read_timeout(Some(limit)).unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    let has_ended = match stream.read_to_end(&mut bytes) {
        Err(e) if e.kind() == ErrorKind::WouldBlock => false,
        ended => ended.is_ok(),
    };
    (String::from_utf8_lossy(&bytes).into_owned(), has_ended)
}

/// The client can tell: neither the last chunk comes nor the length,
/// and the connection ends.
fn shows_that_it_is_cut(program: &str) {
    let Some(site) = Site::start(program, breaks_off) else { return };
    for path in ["/stream", "/length"] {
        let (answer, has_ended) = get(&site, path, LIMIT);
        assert!(has_ended, "{path}: the client waits: {answer}");
        assert!(!answer.ends_with("0\r\n\r\n"), "{path}: {answer}");
    }
    site.wait_for_error("and no more");
}

#[test]
fn nginx_shows_that_an_answer_was_cut() {
    shows_that_it_is_cut("nginx");
}

#[test]
fn nginx_as_it_comes_shows_that_an_answer_was_cut() {
    shows_that_it_is_cut(NGINX_AS_IT_COMES);
}

/// A stream cannot be cut so that it notices; chapter 7 says so.
#[test]
fn lighttpd_shows_it_where_there_is_a_length() {
    let Some(site) = Site::start("lighttpd", breaks_off) else {
        return;
    };
    let (answer, has_ended) = get(&site, "/length", LIMIT);
    assert!(has_ended && answer.ends_with("one"), "{answer}");
    let (answer, _) = get(&site, "/stream", Duration::from_secs(1));
    // It gathers an answer before it sends it, and counts what it has.
    assert!(answer.contains("\r\nContent-Length: 3\r\n"), "{answer}");
}

/// It neither ends such an answer nor the connection, at first.
#[test]
fn apache_leaves_it_open() {
    let Some(site) = Site::start("apache2", breaks_off) else { return };
    for path in ["/stream", "/length"] {
        let second = Duration::from_secs(1);
        let (answer, _) = get(&site, path, second);
        assert!(!answer.ends_with("0\r\n\r\n"), "{path}: {answer}");
    }
}

#[test]
fn nginx_asks_us() {
    serves("nginx");
}

#[test]
fn nginx_passes_a_body_on() {
    takes_a_body("nginx");
}

#[test]
fn nginx_lets_no_stranger_be_somebody_else() {
    lets_no_stranger_be_somebody_else("nginx");
}

#[test]
fn lighttpd_asks_us() {
    serves("lighttpd");
}

#[test]
fn lighttpd_passes_a_body_on() {
    takes_a_body("lighttpd");
}

#[test]
fn lighttpd_lets_no_stranger_be_somebody_else() {
    lets_no_stranger_be_somebody_else("lighttpd");
}

#[test]
fn apache_asks_us() {
    serves("apache2");
}

#[test]
fn apache_passes_a_body_on() {
    takes_a_body("apache2");
}

#[test]
fn apache_lets_no_stranger_be_somebody_else() {
    lets_no_stranger_be_somebody_else("apache2");
}
