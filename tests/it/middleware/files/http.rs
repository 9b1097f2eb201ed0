//! Files behind our own server.

use super::{mounted, write};
use crate::support::{Client, Folder, Log, wait_until};
use gateway::http::{Server, Stopper};
use gateway::middleware::files;
use gateway::{Application, ErrorLog};
use std::fs::File;
use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::thread::{self, JoinHandle};

/// A server in this process, stopped with this value.
struct Serving {
    address: SocketAddr,
    stopper: Stopper,
    log: Log,
    thread: Option<JoinHandle<io::Result<()>>>,
}

impl Serving {
    fn start(app: impl Application + Send + Sync + 'static) -> Self {
        let log = Log::default();
        let server = Server::bind("127.0.0.1:0").unwrap();
        let server = server.errors(ErrorLog::new(log.clone()));
        let (address, stopper) = (server.address(), server.stopper());
        let thread = Some(thread::spawn(move || server.serve(app)));
        Self { address, stopper, log, thread }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.stopper.stop();
        let served = self.thread.take().map(JoinHandle::join);
        assert!(matches!(served, Some(Ok(Ok(())))), "{served:?}");
    }
}

/// Sparse, and more than the sockets' buffers take.
const MUCH: u64 = 64 << 20;

#[test]
fn a_client_can_tell_that_a_file_has_changed_on_the_way() {
    let folder = Folder::new("files-changes-http");
    let path = folder.path("file");
    for change in ["shorter", "longer", "other"] {
        File::create(&path).unwrap().set_len(MUCH).unwrap();
        let server = Serving::start(files(folder.path("")));
        let mut client = Client::new(server.address);
        client.send("GET /file HTTP/1.1\r\nHost: localhost\r\n\r\n");
        let head = client.until("\r\n\r\n");
        let length = format!("Content-Length: {MUCH}\r\n");
        assert!(head.contains(&length), "{head}");
        let mut file = File::options().write(true).open(&path).unwrap();
        match change {
            "shorter" => file.set_len(10).unwrap(),
            "longer" => file.set_len(MUCH + 1).unwrap(),
            _ => file.write_all(b"other").unwrap(),
        }
        let mut rest = Vec::new();
        // It may be reset.
        let _ = client.0.read_to_end(&mut rest);
        assert!((rest.len() as u64) < MUCH, "{change}: sent whole");
        assert!(rest.iter().all(|&byte| byte == 0), "{change}");
        let said = "GET /file: 503 Service Unavailable: \
                    the file has changed";
        wait_until(said, || server.log.text().contains(said));
    }
}

#[test]
fn parts_and_redirects_are_right_over_a_connection_that_stays() {
    let folder = Folder::new("files-http");
    write(&folder, "blog/index.html", "0123456789");
    let server = Serving::start(mounted(files(folder.path(""))));
    let mut client = Client::new(server.address);
    let mut ask = |line: &str, field: &str, end: &str| {
        let host = "Host: localhost";
        client
            .send(format!("{line} HTTP/1.1\r\n{host}\r\n{field}\r\n"));
        client.until(end)
    };
    let page = "/static/blog/index.html";
    let get = format!("GET {page}");
    let whole = ask(&get, "", "\r\n\r\n0123456789");
    assert!(whole.starts_with("HTTP/1.1 200 OK\r\n"), "{whole}");
    let part = ask(&get, "Range: bytes=2-4\r\n", "\r\n\r\n234");
    assert!(part.starts_with("HTTP/1.1 206 "), "{part}");
    assert!(part.contains("\r\nContent-Range: bytes 2-4/10\r\n"));
    let head = ask(&format!("HEAD {page}"), "", "\r\n\r\n");
    assert!(head.contains("\r\nContent-Length: 10\r\n"), "{head}");
    let beyond = "\r\n\r\n416 Range Not Satisfiable\n";
    let beyond = ask(&get, "Range: bytes=10-\r\n", beyond);
    assert!(beyond.contains("\r\nContent-Range: bytes */10\r\n"));
    let moved = "\r\n\r\n301 Moved Permanently\n";
    let moved = ask("GET /static/blog?a=b", "", moved);
    let location = "\r\nLocation: /static/blog/?a=b\r\n";
    assert!(moved.contains(location), "{moved}");
    let none = "\r\n\r\n404 Not Found\n";
    ask("GET /static/..%2F..%2Fetc/passwd", "", none);
    ask("GET /static/blog/index.html%00", "", none);
    let tag = whole.lines().find(|line| line.starts_with("ETag: "));
    let tag = tag.unwrap().trim_start_matches("ETag: ");
    let field = format!("If-None-Match: {tag}\r\n");
    let same = ask(&get, &field, "\r\n\r\n");
    assert!(same.starts_with("HTTP/1.1 304 "), "{same}");
}
