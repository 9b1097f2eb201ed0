//! Servers that others reach show nothing, whoever asks.

use crate::debugger::fails;
use crate::support::{Client, Folder, Log};
use gateway::fastcgi::{pairs, record};
use gateway::middleware::debugger;
use gateway::{ErrorLog, fastcgi, http, server};
use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::unix::net::UnixStream;
use std::thread;

const REQUEST: &str = "GET / HTTP/1.1\r\nHost: localhost\r\n\
    Accept: text/html\r\nConnection: close\r\n\r\n";

/// What a server says to this request, asked at `to`.
macro_rules! said {
    ($server:expr, $ask:expr) => {{
        let server = $server.unwrap();
        let log = Log::default();
        let server = server.errors(ErrorLog::new(log.clone()));
        let (address, stopper) = (server.address(), server.stopper());
        let serving = thread::spawn(move || {
            server.serve(debugger(fails("a secret of the program")))
        });
        let answer: String = $ask(address);
        stopper.stop();
        serving.join().unwrap().unwrap();
        (answer, log.text())
    }};
}

/// Over loopback, where the address is all of the machine's.
fn ask_http(address: SocketAddr) -> String {
    let ip: IpAddr = match address {
        SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
        SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
    };
    let mut client = Client::new((ip, address.port()).into());
    client.send(REQUEST);
    client.rest()
}

const VARIABLES: [(&str, &str); 6] = [
    ("REQUEST_METHOD", "GET"),
    ("PATH_INFO", "/"),
    ("SERVER_PORT", "80"),
    ("HTTP_HOST", "localhost"),
    ("HTTP_ACCEPT", "text/html"),
    ("REMOTE_ADDR", "127.0.0.1"),
];

fn ask_fastcgi(address: SocketAddr) -> String {
    let mut params = Vec::new();
    for (name, value) in VARIABLES {
        pairs::push(&mut params, name, value);
    }
    let mut bytes = Vec::new();
    let begin = [0, 1, 0, 0, 0, 0, 0, 0];
    record::push(&mut bytes, record::BEGIN_REQUEST, 1, &begin);
    record::push(&mut bytes, record::PARAMS, 1, &params);
    record::push(&mut bytes, record::PARAMS, 1, &[]);
    record::push(&mut bytes, record::STDIN, 1, &[]);
    let at = (Ipv4Addr::LOCALHOST, address.port());
    let mut client = Client::new(at.into());
    client.send(bytes);
    let mut answer = Vec::new();
    client.0.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[track_caller]
fn is_shown((answer, log): (String, String)) {
    assert!(answer.contains("500 Internal Server Error\r\n"));
    assert!(answer.contains("<button>Try again"), "{answer}");
    let see = "a secret of the program, see http://localhost";
    assert!((log + &answer).contains(see));
}

#[track_caller]
fn is_hidden((answer, log): (String, String)) {
    assert!(answer.contains("500 Internal Server Error\r\n"));
    assert!(answer.contains("\r\n\r\n500 Internal"), "{answer}");
    // Under FastCGI the log comes with it.
    let page = answer.split("\r\n\r\n").nth(1).unwrap();
    assert!(!page.contains("<html"), "{page}");
    let said = "a secret of the program, see /_debugger/";
    assert!((log + &answer).contains(said));
}

#[test]
fn http_shows_pages_at_a_loopback_address_alone() {
    is_shown(said!(http::Server::bind("127.0.0.1:0"), ask_http));
    is_hidden(said!(http::Server::bind("0.0.0.0:0"), ask_http));
}

#[test]
fn tiny_http_does_too() {
    is_shown(said!(server::Server::bind("127.0.0.1:0"), ask_http));
    is_hidden(said!(server::Server::bind("0.0.0.0:0"), ask_http));
}

#[test]
fn fastcgi_does_too() {
    is_shown(said!(fastcgi::Server::bind("127.0.0.1:0"), ask_fastcgi));
    is_hidden(said!(fastcgi::Server::bind("0.0.0.0:0"), ask_fastcgi));
}

/// Also where the machine has no IPv6: then there is nothing to hide.
#[test]
fn they_do_with_ipv6() {
    if let Err(error) = http::Server::bind("[::1]:0") {
        println!("skipped: no IPv6 here: {error}");
        return;
    }
    is_shown(said!(http::Server::bind("[::1]:0"), ask_http));
    is_hidden(said!(http::Server::bind("[::]:0"), ask_http));
    is_shown(said!(server::Server::bind("[::1]:0"), ask_http));
    is_hidden(said!(server::Server::bind("[::]:0"), ask_http));
}

/// Nobody knows who is at the other end of a file: a proxy, as a rule.
#[test]
fn a_unix_socket_has_no_peer() {
    let folder = Folder::new("debugger-unix");
    let path = folder.path("socket");
    let ask = |_| {
        let mut stream = UnixStream::connect(&path).unwrap();
        stream.write_all(REQUEST.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    is_hidden(said!(http::Server::bind_unix(&path), ask));
}
