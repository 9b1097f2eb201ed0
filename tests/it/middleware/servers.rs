//! Ids and labels, and what `mount` and `first_found` move, under all
//! four ways to be served.

use crate::support::{Client, Log};
use gateway::fastcgi::{pairs, record};
use gateway::middleware::{
    REQUEST_ID, first_found, mount, request_id, timing,
};
use gateway::{
    Application, Environ, ErrorLog, Response, Result, StartResponse,
    app, cgi, fastcgi, http, server,
};
use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::SocketAddr;
use std::process::{Command, Output, Stdio};
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

/// Says where it is, and what is left of the body.
fn echo(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let get = |name| environ.get(name).unwrap_or_default();
    let [script, path] = ["SCRIPT_NAME", "PATH_INFO"].map(get);
    let mut page = format!("<{script} {path} ");
    environ.input.read_to_string(&mut page)?;
    let text = [("Content-Type", "text/plain")];
    Ok(start_response("200 OK", &text)?.body(page + ">"))
}

/// At `/echo` the first finds nothing; at `/mine` it reads before it
/// says so.
fn site() -> impl Application + Send + Sync {
    let none = |_: &mut Environ, start_response: StartResponse<'_>| {
        Ok(start_response("404 Not Found", &[])?.body(""))
    };
    let reads = app(|environ, start_response| {
        environ.input.read_exact(&mut [0; 1])?;
        let text = [("Content-Type", "text/plain")];
        Ok(start_response("404 Not Found", &text)?.body("<mine>"))
    });
    mount()
        .at("/", application())
        .at("/echo", first_found(none, echo))
        .at("/mine", first_found(reads, echo))
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

/// Asks from several threads.
fn ask_all(ask: impl Fn() -> Vec<String> + Sync) -> BTreeSet<String> {
    thread::scope(|scope| {
        let ask = &ask;
        let start = |_| scope.spawn(ask);
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

/// What `/echo` and `/mine` say to a body, in this order.
const ECHOES: [(&str, &str); 4] = [
    ("/echo/x", "/echo /x Hello"),
    ("/mine", "mine"),
    ("/echo", "/echo  Hello"),
    ("/echo/x", "/echo /x Hello"),
];

/// Sends bodies on one kept connection.
fn echo_http(address: SocketAddr) {
    let mut client = Client::new(address);
    for (path, said) in ECHOES {
        client.send(format!(
            "POST {path} HTTP/1.1\r\nHost: a\r\n\
             Content-Length: 5\r\n\r\nHello"
        ));
        assert_eq!(between(&client.until(">"), "<", ">"), said);
        client.send(format!(
            "POST {path} HTTP/1.1\r\nHost: a\r\n\
             Expect: 100-continue\r\nContent-Length: 5\r\n\r\n"
        ));
        let go_on = client.until("\r\n\r\n");
        assert!(go_on.starts_with("HTTP/1.1 100 "), "{go_on}");
        client.send("Hello");
        assert_eq!(between(&client.until(">"), "<", ">"), said);
    }
}

fn echo_fastcgi(address: SocketAddr) {
    let mut client = Client::new(address);
    for (path, said) in ECHOES {
        client.send(fastcgi_request(path, "Hello"));
        let [answer, _] = fastcgi_answer(&mut client);
        assert_eq!(between(&answer, "<", ">"), said);
    }
}

/// A request, for a connection that is kept.
fn fastcgi_request(path: &str, body: &str) -> Vec<u8> {
    let mut params = Vec::new();
    let method = if body.is_empty() { "GET" } else { "POST" };
    pairs::push(&mut params, "REQUEST_METHOD", method);
    pairs::push(&mut params, "PATH_INFO", path);
    let length = body.len().to_string();
    pairs::push(&mut params, "CONTENT_LENGTH", &length);
    let mut bytes = Vec::new();
    let begin = [0, 1, 1, 0, 0, 0, 0, 0];
    record::push(&mut bytes, record::BEGIN_REQUEST, 1, &begin);
    record::push(&mut bytes, record::PARAMS, 1, &params);
    record::push(&mut bytes, record::PARAMS, 1, &[]);
    if !body.is_empty() {
        record::push(&mut bytes, record::STDIN, 1, body.as_bytes());
    }
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
        client.send(fastcgi_request(path, ""));
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

/// The ids that an access log has for those that ask for one, where a
/// dash would be.
fn named(access: &str) -> BTreeSet<String> {
    let ours = access.lines().filter(|line| line.contains("\"GET "));
    let ids = ours.map(|line| {
        let mut words = line.split(' ');
        let id = words.nth(1).unwrap();
        assert_eq!(words.next(), Some("-"), "{line}");
        assert!(words.next().unwrap().starts_with('['), "{line}");
        id.to_string()
    });
    ids.collect()
}

/// A server that listens, and what ends it.
struct Serving {
    address: SocketAddr,
    log: Log,
    access: Log,
    end: Box<dyn FnOnce()>,
}

/// Starts one; they have their methods in common, and no trait.
macro_rules! serve {
    ($server:ty) => {{
        let server = <$server>::bind("127.0.0.1:0").unwrap();
        let (log, access) = (Log::default(), Log::default());
        let server = server
            .threads(THREADS)
            .errors(ErrorLog::new(log.clone()))
            .access_log(ErrorLog::new(access.clone()));
        let (address, stopper) = (server.address(), server.stopper());
        let serving = thread::spawn(move || server.serve(site()));
        let end = Box::new(move || {
            stopper.stop();
            serving.join().unwrap().unwrap();
        });
        Serving { address, log, access, end }
    }};
}

/// Asks from several threads, and looks at the logs.
fn never_share(
    serving: Serving,
    ask: impl Fn(SocketAddr, Log) -> Vec<String> + Sync,
) {
    let Serving { address, log, access, end } = serving;
    let ids = ask_all(|| ask(address, log.clone()));
    end();
    assert_eq!(ids.len(), THREADS * REQUESTS);
    let asked = THREADS * (REQUESTS + 1);
    check(&log.text(), asked, &ids);
    let named = named(&access.text());
    assert_eq!(named.len(), asked);
    assert!(named.is_superset(&ids));
}

#[test]
fn requests_of_a_kept_connection_and_of_threads_never_share_an_id() {
    never_share(serve!(http::Server), |at, _| ask_http(at));
}

#[test]
fn nor_do_they_under_tiny_http() {
    never_share(serve!(server::Server), |at, _| ask_http(at));
}

#[test]
fn nor_do_they_under_fastcgi() {
    never_share(serve!(fastcgi::Server), ask_fastcgi);
}

#[test]
fn a_body_reaches_who_is_asked_second() {
    let Serving { address, end, .. } = serve!(http::Server);
    echo_http(address);
    end();
}

#[test]
fn so_it_does_under_tiny_http() {
    let Serving { address, end, .. } = serve!(server::Server);
    echo_http(address);
    end();
}

#[test]
fn so_it_does_under_fastcgi() {
    let Serving { address, end, .. } = serve!(fastcgi::Server);
    echo_fastcgi(address);
    end();
}

/// Is not a test, but the program that the next one starts.
#[test]
#[ignore = "is started by another test"]
fn is_a_cgi_program() {
    cgi::run(site());
}

fn cgi_program(path: &str, body: &str) -> Output {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", "--ignored", "--nocapture", "-q"]);
    command.arg("middleware::servers::is_a_cgi_program");
    command.env("REQUEST_METHOD", "GET").env("PATH_INFO", path);
    command.env("CONTENT_LENGTH", body.len().to_string());
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut program = command.stderr(Stdio::piped()).spawn().unwrap();
    let stdin = program.stdin.take();
    stdin.unwrap().write_all(body.as_bytes()).unwrap();
    program.wait_with_output().unwrap()
}

#[test]
fn nor_do_processes_of_cgi() {
    let log = Log::default();
    let ids = ask_all(|| {
        let mut ids = Vec::new();
        for path in ["/", "/", "/", "/fails"] {
            let output = cgi_program(path, "");
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

#[test]
fn so_it_does_under_cgi() {
    for (path, said) in ECHOES {
        let output = cgi_program(path, "Hello");
        let answer = String::from_utf8(output.stdout).unwrap();
        assert_eq!(between(&answer, "<", ">"), said);
    }
}
