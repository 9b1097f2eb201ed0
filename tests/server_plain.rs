//! `gateway::server`: bytes in, bytes out.

#[path = "it/support/mod.rs"]
mod support;

use gateway::server::{Server, Stopper};
use gateway::{
    Body, Environ, ErrorLog, Response, Result, StartResponse,
};
use std::io::{self, ErrorKind, Read, Write};
use std::mem::replace;
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use support::{Client, Log, wait_until};

const HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\
    Date: D\r\nServer: S\r\n";

/// What the application waits for, and what it tells.
struct Gate {
    go: Receiver<()>,
    reached: Sender<()>,
}

/// A server in this process, stopped with this value.
struct Serving {
    address: SocketAddr,
    stopper: Stopper,
    thread: Option<JoinHandle<io::Result<()>>>,
    go: Sender<()>,
    reached: Receiver<()>,
    errors: Log,
    access: Log,
}

impl Serving {
    fn start() -> Self {
        let (errors, access) = (Log::default(), Log::default());
        let server = Server::bind("127.0.0.1:0")
            .unwrap()
            .body_limit(10)
            .errors(ErrorLog::new(errors.clone()))
            .access_log(ErrorLog::new(access.clone()));
        let (address, stopper) = (server.address(), server.stopper());
        let (go, waits) = channel();
        let (tells, reached) = channel();
        let gate = Gate { go: waits, reached: tells };
        let gate = Arc::new(Mutex::new(gate));
        let app =
            move |environ: &mut Environ,
                  start_response: StartResponse| {
                application(&gate, environ, start_response)
            };
        let thread = Some(thread::spawn(move || server.serve(app)));
        Self { address, stopper, thread, go, reached, errors, access }
    }

    fn client(&self) -> Client {
        Client::new(self.address)
    }

    /// Sends a request on a connection of its own.
    fn ask(&self, request: &str) -> String {
        let mut client = self.client();
        client.send(request);
        client.rest()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.stopper.stop();
        // In a test that has failed it may never end.
        if let Some(thread) = self.thread.take()
            && !thread::panicking()
        {
            end(thread);
        }
    }
}

/// The end of a server that was stopped.
fn end(thread: JoinHandle<io::Result<()>>) {
    wait_until("the end of serve", || thread.is_finished());
    let served = thread.join();
    assert!(matches!(served, Ok(Ok(()))), "{served:?}");
}

fn application(
    gate: &Arc<Mutex<Gate>>,
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let path = environ.get("PATH_INFO").unwrap_or_default().to_string();
    let body: Body = match path.as_str() {
        "/echo" => {
            let mut bytes = Vec::new();
            environ.input.read_to_end(&mut bytes)?;
            bytes.into()
        }
        "/stream" => {
            let gate = Arc::clone(gate);
            let names = ["one", "two", "three"].into_iter().enumerate();
            Body::blocks(names.map(move |(n, name)| {
                if n > 0 {
                    gate.lock().unwrap().go.recv()?;
                }
                Ok(name.as_bytes().into())
            }))
        }
        "/wait" => {
            let gate = gate.lock().unwrap();
            gate.reached.send(())?;
            gate.go.recv()?;
            "waited".into()
        }
        "/error" => return Err("no ink".into()),
        _ => "Hello".into(),
    };
    let headers = [
        ("Content-Type", "text/plain"),
        ("Date", "D"),
        ("Server", "S"),
    ];
    Ok(start_response("200 OK", &headers)?.body(body))
}

fn whole(body: &str) -> String {
    format!("{HEAD}Content-Length: {}\r\n\r\n{body}", body.len())
}

fn closing(body: &str) -> String {
    let length = body.len();
    let close = "Connection: close\r\n\r\n";
    format!("{HEAD}Content-Length: {length}\r\n{close}{body}")
}

#[test]
fn get_is_answered() {
    let serving = Serving::start();
    let request =
        "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
    assert_eq!(serving.ask(request), closing("Hello"));
}

#[test]
fn head_has_no_body() {
    let serving = Serving::start();
    let mut client = serving.client();
    client.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
    let head = format!("{HEAD}Content-Length: 5\r\n\r\n");
    assert_eq!(client.until("\r\n\r\n"), head);
    client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_eq!(client.until("Hello"), whole("Hello"));
}

#[test]
fn a_connection_is_kept_for_more_requests() {
    let serving = Serving::start();
    let mut client = serving.client();
    for _ in 0..3 {
        client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        assert_eq!(client.until("Hello"), whole("Hello"));
    }
}

#[test]
fn http_1_0_closes_after_one_answer() {
    let serving = Serving::start();
    assert_eq!(serving.ask("GET / HTTP/1.0\r\n\r\n"), closing("Hello"));
}

#[test]
fn a_chunked_request_is_decoded() {
    let serving = Serving::start();
    let mut client = serving.client();
    client.send(
        "POST /echo HTTP/1.1\r\nHost: h\r\n\
         Transfer-Encoding: chunked\r\n\r\n\
         3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
    );
    assert_eq!(client.until("abcde"), whole("abcde"));
}

#[test]
fn a_body_that_is_not_read_is_not_the_next_request() {
    let serving = Serving::start();
    let mut client = serving.client();
    for body in [
        "Content-Length: 5\r\n\r\nGET /",
        "Transfer-Encoding: chunked\r\n\r\n5\r\nGET /\r\n0\r\n\r\n",
    ] {
        client.send(format!("POST / HTTP/1.1\r\nHost: h\r\n{body}"));
        assert_eq!(client.until("Hello"), whole("Hello"));
        client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        assert_eq!(client.until("Hello"), whole("Hello"));
    }
}

/// Of one that is refused as well: what is left of it would be the next
/// request.
#[test]
fn a_body_of_a_refused_request_is_not_the_next_request() {
    let serving = Serving::start();
    let mut client = serving.client();
    for body in [
        "Content-Length: 5\r\n\r\nGET /",
        "Transfer-Encoding: chunked\r\n\r\n5\r\nGET /\r\n0\r\n\r\n",
    ] {
        client.send(format!("POST / HTTP/1.1\r\nHost: a b\r\n{body}"));
        let refused = client.until("400 Bad Request\n");
        assert!(refused.starts_with("HTTP/1.1 400 "), "{refused}");
        client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        assert_eq!(client.until("Hello"), whole("Hello"));
    }
}

/// tiny_http reads no other, and undoes no chunks.
#[test]
fn an_upgrade_is_the_last_request_and_has_no_chunks() {
    let serving = Serving::start();
    let upgrade = "POST /echo HTTP/1.1\r\nHost: h\r\n\
        Connection: keep-alive, Upgrade\r\nUpgrade: x\r\n";
    let length = format!("{upgrade}Content-Length: 3\r\n\r\nabc");
    assert_eq!(serving.ask(&length), closing("abc"));
    let chunks =
        "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    let text = serving.ask(&format!("{upgrade}{chunks}"));
    assert!(text.starts_with("HTTP/1.1 501 Not Impl"), "{text:?}");
    assert!(text.contains("Connection: close\r\n"), "{text:?}");
}

/// What is wrong with a body is known when it is read, and then nothing
/// more of it is waited for.
#[test]
fn a_broken_body_is_400_at_once() {
    let serving = Serving::start();
    let mut client = serving.client();
    client.send(
        "POST /echo HTTP/1.1\r\nHost: h\r\n\
         Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    );
    let text = client.until("400 Bad Request\n");
    assert!(text.starts_with("HTTP/1.1 400 Bad Request"), "{text:?}");
}

/// A worker has one environ for all of its requests.
#[test]
fn nothing_of_a_request_is_left_for_the_next() {
    let server = Server::bind("127.0.0.1:0").unwrap().threads(1);
    let (address, stopper) = (server.address(), server.stopper());
    let app = |environ: &mut Environ, start: StartResponse| {
        let mut seen = format!("{:?}", environ.variables().keys());
        seen += if environ.multithread { " threads" } else { " one" };
        environ.multithread = true;
        environ.set("LEFT", "behind");
        let text = [("Content-Type", "text/plain")];
        Ok(start("200 OK", &text)?.body(seen))
    };
    let thread = thread::spawn(move || server.serve(app));
    let ask = |fields: &str| {
        let mut client = Client::new(address);
        client.send(format!("GET / HTTP/1.0\r\n{fields}\r\n"));
        let answer = client.rest();
        let (_, seen) = answer.split_once("\r\n\r\n").unwrap();
        seen.to_owned()
    };
    let before = ask("");
    assert!(before.ends_with(" one"), "{before}");
    assert!(ask("Cookie: a\r\n").contains("HTTP_COOKIE"));
    assert!(ask("Host: /\r\n").starts_with("400"));
    assert_eq!(ask(""), before);
    stopper.stop();
    end(thread);
}

/// An application may keep its input for as long as it likes.
#[test]
fn an_input_that_is_kept_does_not_keep_the_connection() {
    let server = Server::bind("127.0.0.1:0").unwrap();
    let (address, stopper) = (server.address(), server.stopper());
    let kept = Arc::new(Mutex::new(Vec::new()));
    let keeps = Arc::clone(&kept);
    let app = move |environ: &mut Environ, start: StartResponse| {
        let input = replace(&mut environ.input, Box::new(io::empty()));
        keeps.lock().unwrap().push(input);
        let text = [("Content-Type", "text/plain")];
        Ok(start("200 OK", &text)?.body("kept"))
    };
    let thread = thread::spawn(move || server.serve(app));
    let mut client = Client::new(address);
    for _ in 0..3 {
        client.send(
            "POST / HTTP/1.1\r\nHost: h\r\n\
             Content-Length: 2000\r\n\r\n",
        );
        client.send("x".repeat(2000));
        client.until("kept");
    }
    client.send("GET / HTTP/1.0\r\n\r\n");
    assert!(client.rest().ends_with("kept"));
    let mut kept = kept.lock().unwrap();
    let error = kept[0].read(&mut [0]).unwrap_err().to_string();
    assert!(error.ends_with("when the answer began"), "{error}");
    stopper.stop();
    end(thread);
}

const EXPECT: &str = "HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\
    Content-Length: 3\r\nExpect: 100-continue\r\n\r\n";

// RFC 9110, 10.1.1
#[test]
fn reading_a_body_says_100_continue_first() {
    let serving = Serving::start();
    let mut client = serving.client();
    client.send(format!("POST /echo {EXPECT}"));
    let interim = client.until("\r\n\r\n");
    assert!(interim.starts_with("HTTP/1.1 100 Continue\r\n"));
    client.send("abc");
    assert_eq!(client.rest(), closing("abc"));
}

/// tiny_http says 100 all the same: the client then owes the body.
#[test]
fn a_body_that_is_not_wanted_is_answered_when_it_has_come() {
    let serving = Serving::start();
    let mut client = serving.client();
    client.send(format!("POST / {EXPECT}"));
    let interim = client.until("\r\n\r\n");
    assert!(interim.starts_with("HTTP/1.1 100 Continue\r\n"));
    client.send("abc");
    assert_eq!(client.rest(), closing("Hello"));
}

// PEP 3333, 526-531
#[test]
fn blocks_arrive_one_by_one() {
    let serving = Serving::start();
    let mut client = serving.client();
    client.send("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n");
    let head = format!("{HEAD}Transfer-Encoding: chunked\r\n\r\n");
    assert_eq!(client.until("one\r\n"), head + "3\r\none\r\n");
    serving.go.send(()).unwrap();
    assert_eq!(client.until("two\r\n"), "3\r\ntwo\r\n");
    serving.go.send(()).unwrap();
    assert_eq!(client.until("0\r\n\r\n"), "5\r\nthree\r\n0\r\n\r\n");
}

#[test]
fn a_body_of_the_limit_is_taken_and_one_byte_more_is_413() {
    let serving = Serving::start();
    let post =
        "POST /echo HTTP/1.1\r\nHost: h\r\nConnection: close\r\n";
    let ten = format!("{post}Content-Length: 10\r\n\r\n0123456789");
    assert_eq!(serving.ask(&ten), closing("0123456789"));
    for over in [
        "Content-Length: 11\r\n\r\n0123456789a",
        "Transfer-Encoding: chunked\r\n\r\n\
         b\r\n0123456789a\r\n0\r\n\r\n",
    ] {
        let text = serving.ask(&format!("{post}{over}"));
        let status = "HTTP/1.1 413 Content Too Large\r\n";
        assert!(text.starts_with(status), "{text:?}");
    }
    let log = "POST /echo: 413 Content Too Large: \
        the body has more than 10 bytes\n";
    assert_eq!(serving.errors.text(), log.repeat(2));
}

#[test]
fn an_error_is_a_500_and_the_next_request_is_answered() {
    let serving = Serving::start();
    let mut client = serving.client();
    client.send("GET /error HTTP/1.1\r\nHost: h\r\n\r\n");
    let text = client.until("500 Internal Server Error\n");
    assert!(text.starts_with("HTTP/1.1 500 Internal Server Error\r\n"));
    assert_eq!(serving.errors.text(), "GET /error: no ink\n");
    client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_eq!(client.until("Hello"), whole("Hello"));
}

#[test]
fn no_length_takes_a_worker_away() {
    let serving = Serving::start();
    let length = format!("Content-Length: {}", u64::MAX);
    let mut unanswered = Vec::new();
    for _ in 0..8 {
        let mut client = serving.client();
        client.send(format!(
            "POST / HTTP/1.1\r\nHost: a\r\n{length}\r\n\r\n"
        ));
        unanswered.push(client);
        // tiny_http may let a connection wait for the thread of
        // another that never ends; then a third is served.
        wait_until("a request is answered", || {
            let mut stream =
                TcpStream::connect(serving.address).unwrap();
            let moment = Some(Duration::from_millis(300));
            stream.set_read_timeout(moment).unwrap();
            stream
                .write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                .unwrap();
            let mut start = [0; 12];
            stream.read_exact(&mut start).is_ok()
                && start == *b"HTTP/1.1 200"
        });
    }
}

#[test]
fn each_request_is_a_line_of_the_access_log() {
    let serving = Serving::start();
    serving.ask("GET /a?b HTTP/1.0\r\n\r\n");
    wait_until("a line", || serving.access.text().ends_with('\n'));
    let line = serving.access.text();
    let (start, rest) = line.split_once('[').unwrap();
    let (time, end) = rest.split_once(']').unwrap();
    assert_eq!(start, "127.0.0.1 - - ");
    assert_eq!(time.len(), "06/Nov/1994:08:49:37 +0000".len());
    assert_eq!(end, " \"GET /a?b HTTP/1.0\" 200 5\n");
}

#[test]
fn stop_finishes_the_requests_under_way() {
    let mut serving = Serving::start();
    let mut client = serving.client();
    client.send("GET /wait HTTP/1.1\r\nHost: h\r\n\r\n");
    serving.reached.recv().unwrap();
    serving.stopper.stop();
    serving.go.send(()).unwrap();
    assert_eq!(client.until("waited"), whole("waited"));
    end(serving.thread.take().unwrap());
}

#[test]
fn stop_without_a_request_ends_it() {
    let mut serving = Serving::start();
    serving.stopper.stop();
    end(serving.thread.take().unwrap());
}

#[test]
fn an_address_in_use_is_said_to_be() {
    let serving = Serving::start();
    let error = Server::bind(serving.address).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::AddrInUse);
}

/// What was refused once is refused for good: what follows would
/// follow a gap.
#[test]
fn a_refused_body_stays_refused() {
    let server = Server::bind("127.0.0.1:0").unwrap().body_limit(10);
    let (address, stopper) = (server.address(), server.stopper());
    let (tells, reached) = channel();
    let app = move |environ: &mut Environ, start: StartResponse| {
        let read = |environ: &mut Environ| {
            let read = environ.input.read_to_end(&mut Vec::new());
            read.unwrap_err().to_string()
        };
        let first = read(environ);
        tells.send(()).unwrap();
        let seen = format!("{first}, {}", first == read(environ));
        Ok(start("200 OK", &[("Content-Type", "text/plain")])?
            .body(seen))
    };
    let app = Mutex::new(app);
    let thread = thread::spawn(move || {
        server.serve(
            move |environ: &mut Environ, start: StartResponse| {
                (app.lock().unwrap())(environ, start)
            },
        )
    });
    let mut client = Client::new(address);
    client.send(
        "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\
         Transfer-Encoding: chunked\r\n\r\n\
         14\r\n01234567890123456789\r\n",
    );
    reached.recv_timeout(support::PATIENCE).unwrap();
    client.send("5\r\nafter\r\n0\r\n\r\n");
    let answer = client.rest();
    let seen = "413 Content Too Large: the body has more than 10 \
        bytes, true";
    assert!(answer.ends_with(seen), "{answer}");
    stopper.stop();
    end(thread);
}
