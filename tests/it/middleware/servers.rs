//! Ids and labels under all four ways to be served.

use crate::support::{Client, Log};
use gateway::fastcgi::{pairs, record};
use gateway::middleware::{REQUEST_ID, request_id, timing};
use gateway::{Application, ErrorLog, app, cgi, fastcgi, http, server};
use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::SocketAddr;
use std::process::{Command, Output};
use std::{env, thread};

/// Says its id to the log and to the client; `/fails` fails.
fn application() -> impl Application + Send + Sync {
    request_id(timing(app(|environ, start_response| {
        let id = environ.extension(REQUEST_ID).cloned();
        let id = id.unwrap_or_default();
        writeln!(environ.errors, "saying {id}.")?;
        if environ.get("PATH_INFO").as_deref() == Some("/fails") {
            return Err(format!("failing {id}.").into());
        }
        let text = [("Content-Type", "text/plain")];
        let started = start_response("200 OK", &text)?;
        Ok(started.body(format!("<{id}>")))
    })))
}

const THREADS: usize = 4;
/// Of each thread, on one connection.
const REQUESTS: usize = 20;

/// Every line of the log has the label of the id that it speaks of;
/// there is one of the application's for each request.
#[track_caller]
fn check(log: &str, asked: usize, answered: &BTreeSet<String>) {
    let mut ids = BTreeSet::new();
    for line in log.lines() {
        let label = line.strip_prefix('[');
        let label = label.and_then(|line| line.split_once("] "));
        let Some((id, rest)) = label else {
            panic!("no label: {line}")
        };
        if let Some((_, said)) = rest.rsplit_once("ing ") {
            assert_eq!(said, format!("{id}."), "{line}");
        }
        if rest.starts_with("saying") {
            assert!(ids.insert(id.to_string()), "twice: {line}");
        }
    }
    assert_eq!(ids.len(), asked, "{log}");
    assert!(ids.is_superset(answered), "{log}");
}

/// Asks from several threads, several times on one connection.
fn ask_all(
    ask: impl Fn(usize) -> Vec<String> + Sync,
) -> BTreeSet<String> {
    thread::scope(|scope| {
        let ask = &ask;
        let start = |n| scope.spawn(move || ask(n));
        let threads: Vec<_> = (0..THREADS).map(start).collect();
        let ids = threads.into_iter().map(|t| t.join().unwrap());
        ids.flatten().collect()
    })
}

fn between(text: &str, start: &str, end: &str) -> String {
    let (_, rest) = text.split_once(start).expect("a start");
    rest.split_once(end).expect("an end").0.to_string()
}

/// The ids of the answers on one kept connection; the last request
/// fails.
fn ask_http(address: SocketAddr) -> Vec<String> {
    let mut client = Client::new(address);
    let ids = (0..REQUESTS).map(|_| {
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        let answer = client.until(">");
        let id = between(&answer, "<", ">");
        let named = format!("X-Request-Id: {id}\r\n");
        assert!(answer.contains(&named), "{answer}");
        id
    });
    let ids = ids.collect();
    client.send("GET /fails HTTP/1.1\r\nHost: a\r\n\r\n");
    client.until("500 Internal Server Error\n");
    ids
}

/// A request, for a connection that is kept.
fn fastcgi_request(path: &str) -> Vec<u8> {
    let mut params = Vec::new();
    pairs::push(&mut params, "REQUEST_METHOD", "GET");
    pairs::push(&mut params, "PATH_INFO", path);
    let mut bytes = Vec::new();
    let begin = [0, 1, 1, 0, 0, 0, 0, 0];
    record::push(&mut bytes, record::BEGIN_REQUEST, 1, &begin);
    record::push(&mut bytes, record::PARAMS, 1, &params);
    record::push(&mut bytes, record::PARAMS, 1, &[]);
    record::push(&mut bytes, record::STDIN, 1, &[]);
    bytes
}

/// A whole answer: what came on standard output and standard error.
fn fastcgi_answer(client: &mut Client) -> [String; 2] {
    let mut streams = [Vec::new(), Vec::new()];
    loop {
        let mut header = [0; record::Header::SIZE];
        client.0.read_exact(&mut header).unwrap();
        let header = record::Header::parse(header).unwrap();
        let length = usize::from(header.length);
        let mut content = vec![0; length + usize::from(header.padding)];
        client.0.read_exact(&mut content).unwrap();
        content.truncate(length);
        match header.kind {
            record::STDOUT => streams[0].extend(content),
            record::STDERR => streams[1].extend(content),
            record::END_REQUEST => break,
            other => panic!("a record of type {other}"),
        }
    }
    streams.map(|bytes| String::from_utf8(bytes).unwrap())
}

/// As over HTTP; the log is the web server's to write.
fn ask_fastcgi(address: SocketAddr, mut log: Log) -> Vec<String> {
    let mut client = Client::new(address);
    let mut ask = |path| {
        client.send(fastcgi_request(path));
        let [answer, errors] = fastcgi_answer(&mut client);
        // In one piece: other threads write, too.
        log.write_all(errors.as_bytes()).unwrap();
        answer
    };
    let ids = (0..REQUESTS).map(|_| between(&ask("/"), "<", ">"));
    let ids = ids.collect();
    assert!(ask("/fails").contains("500 Internal Server Error\n"));
    ids
}

/// The ids that an access log has, where a dash would be.
fn named(access: &str) -> BTreeSet<String> {
    let ids = access.lines().map(|line| {
        let mut words = line.split(' ');
        let id = words.nth(1).unwrap();
        assert_eq!(words.next(), Some("-"), "{line}");
        assert!(words.next().unwrap().starts_with('['), "{line}");
        id.to_string()
    });
    ids.collect()
}

/// A test for each server, which have their methods in common and no
/// trait.
macro_rules! never_share {
    ($($name:ident: $server:ty, $ask:expr;)*) => {$(
        #[test]
        fn $name() {
            let server = <$server>::bind("127.0.0.1:0").unwrap();
            let (log, access) = (Log::default(), Log::default());
            let server = server
                .threads(THREADS)
                .errors(ErrorLog::new(log.clone()))
                .access_log(ErrorLog::new(access.clone()));
            let (address, stopper) =
                (server.address(), server.stopper());
            let serving =
                thread::spawn(move || server.serve(application()));
            let ids = ask_all(|_| $ask(address, log.clone()));
            stopper.stop();
            serving.join().unwrap().unwrap();
            assert_eq!(ids.len(), THREADS * REQUESTS);
            let asked = THREADS * (REQUESTS + 1);
            check(&log.text(), asked, &ids);
            let named = named(&access.text());
            assert_eq!(named.len(), asked);
            assert!(named.is_superset(&ids));
        }
    )*};
}

never_share! {
    requests_of_a_kept_connection_and_of_threads_never_share_an_id:
        http::Server, |address, _| ask_http(address);
    under_fastcgi_neither:
        fastcgi::Server, ask_fastcgi;
    under_tiny_http_neither:
        server::Server, |address, _| ask_http(address);
}

/// Is not a test, but the program that the next one starts.
#[test]
#[ignore = "is started by another test"]
fn is_a_cgi_program() {
    cgi::run(application());
}

fn cgi_program(path: &str) -> Output {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", "--ignored", "--nocapture", "-q"]);
    command.arg("middleware::servers::is_a_cgi_program");
    command.env("REQUEST_METHOD", "GET").env("PATH_INFO", path);
    command.output().unwrap()
}

#[test]
fn processes_of_cgi_never_share_an_id() {
    let log = Log::default();
    let ids = ask_all(|_| {
        let mut ids = Vec::new();
        for path in ["/", "/", "/", "/fails"] {
            let output = cgi_program(path);
            log.clone().write_all(&output.stderr).unwrap();
            let answer = String::from_utf8(output.stdout).unwrap();
            if path == "/" {
                ids.push(between(&answer, "<", ">"));
            }
        }
        ids
    });
    assert_eq!(ids.len(), THREADS * 3);
    check(&log.text(), THREADS * 4, &ids);
}
