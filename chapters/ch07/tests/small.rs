//! `small7` behind nginx, with the file that the book prints, and the
//! requests that every server has to answer alike.

#[allow(dead_code)]
#[path = "../../../tests/outside/matrix/application.rs"]
mod application;
#[path = "../../../tests/bound/mod.rs"]
mod bound;
#[allow(dead_code)]
#[path = "../../../tests/outside/http.rs"]
mod http;
#[path = "../../../tests/outside/process.rs"]
mod process;
#[path = "../../../tests/outside/matrix/requests.rs"]
mod requests;

use bound::{bound, bound_gently};
use process::{Folder, Running, until};
use servers::{Kind, Site};
use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::Stdio;
use std::{env, thread};

/// What the shared requests are sent to.
mod servers {
    use crate::http::{Answer, send_and_stay};
    use crate::process::{Folder, Running};
    use std::net::SocketAddr;

    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Kind {
        /// `small`, with the requests' own application.
        Small,
        /// A server that does not take part, with an answer of its own.
        #[allow(dead_code)]
        CgiApache,
    }

    pub const ALL: [Kind; 1] = [Kind::Small];

    /// The file has the application at the top; this one knows where
    /// it is asked for.
    pub const MOUNT: &str = "/cgi-bin/app";

    pub struct Site {
        pub address: SocketAddr,
        // In this order: the processes end before their folder goes.
        pub _nginx: Running,
        pub _program: Option<Running>,
        pub folder: Folder,
    }

    impl Site {
        pub fn start(_: Kind) -> Option<Self> {
            super::small_with_the_requests_application()
        }

        pub fn ask(&self, request: &[u8]) -> Answer {
            let bytes = send_and_stay(self.address, request);
            Answer::parse(request, &bytes)
        }
    }
}

fn small_with_the_requests_application() -> Option<Site> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let back = listener.local_addr().unwrap();
    // It listens until the tests end.
    thread::spawn(move || {
        ch07::small::serve(&listener, &application::application)
    });
    behind_nginx(Folder::new(), back, None)
}

/// A program of this chapter, with a guest book of its own.
fn program(path: &str) -> Option<Site> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let back = listener.local_addr().unwrap();
    let folder = Folder::new();
    let mut command = bound(path);
    command.env("GUEST_BOOK", folder.path("book"));
    command.env_remove("GATEWAY_INTERFACE");
    command.stdin(OwnedFd::from(listener)).stderr(Stdio::null());
    let program = Running::start(&mut command);
    behind_nginx(folder, back, Some(program))
}

const SMALL: &str = env!("CARGO_BIN_EXE_small7");
const LIBRARY: &str = env!("CARGO_BIN_EXE_ch07");

/// Starts nginx with the file that the book prints, but for the ports,
/// as the book says; `None` if it is not installed.
fn behind_nginx(
    folder: Folder,
    back: SocketAddr,
    program: Option<Running>,
) -> Option<Site> {
    const NGINX: &str = "/usr/sbin/nginx";
    if !Path::new(NGINX).exists() {
        assert!(env::var_os("CI").is_none(), "{NGINX}, and CI is set");
        eprintln!("skipped: there is no {NGINX}");
        return None;
    }
    let text = include_str!("../nginx.conf");
    // Somebody may take the port between us and nginx.
    let started = (0..5).find_map(|_| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let mut pieces = text.split("127.0.0.1:8080");
        let (start, end) = (pieces.next()?, pieces.next()?);
        let end = end.replace("127.0.0.1:9000", &back.to_string());
        let text = format!("{start}{address}{end}");
        let file = folder.path("nginx.conf");
        fs::write(&file, text).unwrap();
        let mut command = bound_gently(NGINX);
        command.args(["-e", "stderr", "-p", folder.text()]);
        let errors = File::create(folder.path("errors")).unwrap();
        command.arg("-c").arg(&file).stderr(errors);
        let mut nginx = Running::start(&mut command);
        let listens = until(|| {
            let is_up = TcpStream::connect(address).is_ok();
            (is_up || nginx.has_ended()).then_some(is_up)
        });
        let is_ours = listens == Some(true) && !nginx.has_ended();
        is_ours.then_some((nginx, address))
    });
    let Some((nginx, address)) = started else {
        panic!("nginx does not start: {}", log(&folder));
    };
    Some(Site { address, _nginx: nginx, _program: program, folder })
}

/// What nginx has written into its log.
fn log(folder: &Folder) -> String {
    let log = fs::read(folder.path("errors")).unwrap_or_default();
    String::from_utf8_lossy(&log).into_owned()
}

/// The answer, as it came, without the fields that say nothing of us.
fn get(site: &Site, target: &str) -> String {
    let request = format!(
        "GET {target} HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\
         Connection: close\r\n\r\n"
    );
    let answer = http::send_and_stay(site.address, request.as_bytes());
    let answer = String::from_utf8(answer).unwrap();
    let lines = answer.split_inclusive('\n').filter(|line| {
        let own = ["Server: ", "Date: ", "Connection: "];
        !own.iter().any(|name| line.starts_with(name))
    });
    lines.collect()
}

/// The two that chapter 3's `complete` and the library's `set` answer.
/// From version 1.23 on, nginx joins a field that comes twice.
#[test]
fn it_answers_all_but_two_of_the_shared_requests() {
    let Some(site) = Site::start(Kind::Small) else { return };
    let (_, faults) = requests::outcome(Kind::Small, &site);
    let faults: Vec<&str> = faults
        .iter()
        .filter_map(|fault| fault.split(": ").next())
        .filter(|fault| *fault != "Small, a field twice")
        .collect();
    assert_eq!(faults, ["Small, httpoxy"]);
}

/// Its length takes four bytes.
#[test]
fn a_long_cookie_comes_through() {
    let Some(site) = Site::start(Kind::Small) else { return };
    let cookie = "x".repeat(300);
    let request = format!(
        "GET /cgi-bin/app/environ HTTP/1.1\r\nHost: localhost\r\n\
         Cookie: {cookie}\r\nConnection: close\r\n\r\n"
    );
    let page = site.ask(request.as_bytes()).text();
    assert!(
        page.contains(&format!("HTTP_COOKIE={cookie}\n")),
        "{page}"
    );
}

/// Sends a request that asks for `/echo`, and reads its answer.
fn echo(stream: &mut TcpStream, flags: u8, body: &[u8]) -> Vec<u8> {
    use gateway::fastcgi::{pairs, record::*};
    let (mut bytes, mut params) = (Vec::new(), Vec::new());
    pairs::push(&mut params, "PATH_INFO", "/echo");
    let begin = [0, RESPONDER as u8, flags, 0, 0, 0, 0, 0];
    push(&mut bytes, BEGIN_REQUEST, 9, &begin);
    push(&mut bytes, PARAMS, 9, &params);
    push(&mut bytes, PARAMS, 9, b"");
    push(&mut bytes, STDIN, 9, body);
    push(&mut bytes, STDIN, 9, b"");
    stream.write_all(&bytes).unwrap();
    let mut answer = Vec::new();
    let mut header = [0; Header::SIZE];
    loop {
        stream.read_exact(&mut header).unwrap();
        let header = Header::parse(header).unwrap();
        assert_eq!(header.id, 9);
        let mut content = vec![0; header.length.into()];
        stream.read_exact(&mut content).unwrap();
        match header.kind {
            END_REQUEST => return answer,
            _ => answer.extend(content),
        }
    }
}

#[test]
fn a_connection_is_kept_as_the_flag_says_beside_a_silent_one() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let mut command = bound(SMALL);
    command.stdin(OwnedFd::from(listener));
    let _running = Running::start(&mut command);
    let _silent = TcpStream::connect(address).unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(process::LIMIT)).unwrap();
    for (flags, body) in [(1, b"one"), (1, b"two"), (0, b"end")] {
        let answer = echo(&mut stream, flags, body);
        let text = answer.escape_ascii().to_string();
        assert!(answer.ends_with(body), "{text}");
    }
    assert_eq!(stream.read(&mut [0]).unwrap(), 0);
}

#[test]
fn the_guest_book_is_signed_behind_nginx() {
    let Some(site) = program(SMALL) else { return };
    let form = "name=Zo%C3%AB&message=Hello";
    let request = format!(
        "POST / HTTP/1.1\r\nHost: localhost\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{form}",
        form.len()
    );
    let answer = site.ask(request.as_bytes());
    assert_eq!(answer.status, "303 See Other", "{}", answer.text());
    let page = get(&site, "/");
    assert!(page.contains("Zoë"), "{page}");
}

/// What the book prints of nginx: made here, since the book's own
/// figures are to need no web server.
#[test]
fn the_book_prints_what_comes_through_nginx() {
    for (file, name, path, target, ends_well) in [
        ("url.md", "small7", SMALL, "/url/a/b?x=1", true),
        ("late-small7.md", "small7", SMALL, "/late", true),
        ("late-ch07.md", "ch07", LIBRARY, "/late", false),
    ] {
        let Some(site) = program(path) else { return };
        let answer = get(&site, target);
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
        let is_chunked = answer.contains("\r\nTransfer-Encoding: ");
        let is_whole = !is_chunked || answer.ends_with("0\r\n\r\n");
        assert_eq!(is_whole, ends_well, "{name}: {answer}");
        let answer = answer.replace('\r', "");
        let text = format!("```text\n{}\n```\n", answer.trim_end());
        let printed = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/nginx")
            .join(file);
        if fs::read_to_string(&printed).unwrap_or_default() != text {
            let new = Path::new(env!("CARGO_TARGET_TMPDIR")).join(file);
            File::create(&new)
                .and_then(|mut made| made.write_all(text.as_bytes()))
                .unwrap();
            panic!(
                "{} is not what comes, {}:\n{text}",
                printed.display(),
                new.display()
            );
        }
    }
}

/// A log line ends up where the text says.
#[test]
fn only_the_library_tells_the_web_servers_log() {
    for (path, is_told) in [(SMALL, false), (LIBRARY, true)] {
        let Some(site) = program(path) else { return };
        assert!(get(&site, "/nowhere").contains("404 Not Found"));
        let line = "nothing is at /nowhere";
        let told = || log(&site.folder).contains(line).then_some(());
        match is_told {
            true => assert!(until(told).is_some(), "{path}"),
            // The answer is there, and what is said comes before it.
            false => assert!(told().is_none(), "{path}"),
        }
    }
}
