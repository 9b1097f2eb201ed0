//! Request smuggling: a front and our server behind it must see the
//! same requests, however a client writes them.
//!
//! The fronts are as careless as they can be told to be, and each marks
//! what it passes on. A request without the mark was hidden in another
//! one's body.

use crate::fastcgi::start;
use crate::http::send_and_stay;
use crate::process::{Folder, Running};
use crate::required::required;
use gateway::fastcgi::pairs;
use gateway::fastcgi::record::{self, BEGIN_REQUEST, PARAMS, STDIN};
use gateway::http::Stopper;
use gateway::{
    Environ, ErrorLog, Response, Result, StartResponse, fastcgi, http,
};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

/// A front, and what it speaks to ours.
#[derive(Clone, Copy)]
struct Front {
    program: &'static str,
    text: &'static str,
    speaks: Protocol,
}

#[derive(Clone, Copy)]
enum Protocol {
    Http,
    FastCgi,
}

/// A front at work, and our server behind it.
struct Site {
    address: SocketAddr,
    seen: Seen,
    back: Stopper,
    thread: Option<JoinHandle<io::Result<()>>>,
    // In this order: the process ends before its folder goes.
    _process: Running,
    _folder: Folder,
}

/// The targets that ours was asked for, each with the front's mark.
type Seen = Arc<Mutex<Vec<String>>>;

impl Site {
    /// Starts both; `None` if the front is not installed.
    fn start(front: Front) -> Option<Self> {
        if !required(front.program) {
            return None;
        }
        let seen = Seen::default();
        let (ours, back, thread) = serve(front.speaks, &seen);
        let folder = Folder::new();
        let (process, address) =
            start(front.program, &folder, front.text, ours);
        Some(Self {
            address,
            seen,
            back,
            thread: Some(thread),
            _process: process,
            _folder: folder,
        })
    }

    /// Sends requests, the last of which ends the connection. Returns
    /// which of them our server has answered, and which it has seen.
    fn send(&self, requests: &str) -> (Vec<String>, Vec<String>) {
        let bytes = requests.chars().map(|c| c as u8);
        let bytes: Vec<u8> = bytes.collect();
        let answers = send_and_stay(self.address, &bytes);
        let answers = String::from_utf8_lossy(&answers);
        let seen = |line: &str| line.strip_prefix(SEEN).map(Into::into);
        let answered = answers.lines().filter_map(seen).collect();
        (answered, self.seen.lock().unwrap().drain(..).collect())
    }

    /// What the two do not agree on.
    fn disagreement(&self, requests: &str) -> Option<String> {
        for requests in [&*(requests.to_string() + LAST), LAST] {
            let (answered, seen) = self.send(requests);
            let is_marked = |request: &String| request.ends_with(MARK);
            if answered != seen || !seen.iter().all(is_marked) {
                let text = requests.escape_debug();
                return Some(format!(
                    "{answered:?} answered, {seen:?} seen: {text}"
                ));
            }
        }
        None
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

/// Serves an application that writes down what it is asked for, and
/// answers with that. It reads the body, unless it is told to leave it.
fn serve(
    speaks: Protocol,
    seen: &Seen,
) -> (SocketAddr, Stopper, JoinHandle<io::Result<()>>) {
    let seen = Arc::clone(seen);
    let app = move |environ: &mut Environ,
                    start_response: StartResponse<'_>|
          -> Result<Response> {
        let get = |name| environ.get(name).unwrap_or_default();
        let request = get("REQUEST_URI") + " " + get("HTTP_X_FRONT");
        let request = request.into_owned();
        if !request.starts_with("/leave") {
            io::copy(&mut environ.input, &mut io::sink())?;
        }
        let page = format!("{SEEN}{request}\n");
        seen.lock().unwrap().push(request);
        let headers = [("Content-Type", "text/plain")];
        Ok(start_response("200 OK", &headers)?.body(page))
    };
    let errors = ErrorLog::new(io::sink());
    match speaks {
        Protocol::Http => {
            let server = http::Server::bind("127.0.0.1:0").unwrap();
            let server = server.errors(errors);
            let (address, back) = (server.address(), server.stopper());
            (address, back, thread::spawn(move || server.serve(app)))
        }
        Protocol::FastCgi => {
            let server = fastcgi::Server::bind("127.0.0.1:0").unwrap();
            let server = server.errors(errors);
            let (address, back) = (server.address(), server.stopper());
            (address, back, thread::spawn(move || server.serve(app)))
        }
    }
}

/// Where a page begins, and where the mark ends.
const SEEN: &str = "seen ";
const MARK: &str = " yes";

const LAST: &str =
    "GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

/// What is to be hidden.
const HIDDEN: &str = "GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n";

/// Fields of which one of the two may think otherwise, of a body that
/// is told by its length, and by its chunks.
const FIELDS: [&str; 23] = [
    "X: y",
    "Transfer-Encoding: chunked",
    "Transfer-Encoding : chunked",
    "Transfer-Encoding\t: chunked",
    " Transfer-Encoding: chunked",
    "Transfer-Encoding:\r\n chunked",
    "X: y\r\n Transfer-Encoding: chunked",
    "X: y\nTransfer-Encoding: chunked",
    "X: y\rTransfer-Encoding: chunked",
    "Transfer-Encoding:\u{b}chunked",
    "Transfer-Encoding: xchunked",
    "Transfer-Encoding: ,chunked",
    "Transfer-Encoding: chunked, identity",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: x",
    "Transfer-Encoding\0: chunked",
    "Transfer_Encoding: chunked",
    "Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked",
    "Connection: Content-Length",
    "Content-Length: 0",
    "Content-Length : 0",
    "Content_Length: 0",
    "Expect: 100-continue",
    "Connection: Upgrade\r\nUpgrade: x",
];

/// Bodies in chunks of which one of the two may find another end.
const CHUNKS: [&str; 16] = [
    "5\r\nhello\r\n0\r\n\r\n",
    "5;\nhello\r\n0\r\n\r\n",
    "5;a=\"\n\"\r\nhello\r\n0\r\n\r\n",
    "5 \r\nhello\r\n0\r\n\r\n",
    "5\nhello\r\n0\r\n\r\n",
    "5\rhello\r\n0\r\n\r\n",
    "0x5\r\nhello\r\n0\r\n\r\n",
    "+5\r\nhello\r\n0\r\n\r\n",
    "5\r\nhello\n0\r\n\r\n",
    "5\r\nhello0\r\n\r\n",
    "5\r\nhelloXX2\r\n45\r\n0\r\n\r\n",
    "5\r\nhello\r\n0\n\n",
    "5\r\nhello\r\n0\r\n\n",
    "5\r\nhello\r\n0\r\nContent-Length: 9\r\n\r\n",
    "5\r\nhello\r\n0\r\nX: y\r\n Z: y\r\n\r\n",
    "5\r\nhello\r\n0\r\nX:",
];

/// The same in records, for who takes a body for those.
fn hidden_records() -> String {
    let (mut records, mut variables) = (Vec::new(), Vec::new());
    pairs::push(&mut variables, "REQUEST_URI", "/hidden");
    record::push(
        &mut records,
        BEGIN_REQUEST,
        1,
        &[0, 1, 1, 0, 0, 0, 0, 0],
    );
    for content in [&variables[..], &[]] {
        record::push(&mut records, PARAMS, 1, content);
    }
    record::push(&mut records, STDIN, 1, &[]);
    records.into_iter().map(char::from).collect()
}

/// All that is sent, each with something hidden.
fn all_pairs() -> Vec<String> {
    let size = format!("{:x}\r\n", HIDDEN.len());
    let in_chunks = format!("{size}{HIDDEN}\r\n0\r\n\r\n");
    let behind_chunks = format!("0\r\n\r\n{HIDDEN}");
    let bodies = [
        (size.len(), &*in_chunks),
        (behind_chunks.len(), &behind_chunks),
        (HIDDEN.len(), HIDDEN),
    ];
    let records = hidden_records();
    let mut all = Vec::new();
    for path in ["/read", "/leave"] {
        let mut post = |field: &str, length: usize, body: &str| {
            all.push(format!(
                "POST {path} HTTP/1.1\r\nHost: a\r\n{field}\r\n\
                 Content-Length: {length}\r\n\r\n{body}"
            ));
        };
        for field in FIELDS {
            for (length, body) in bodies {
                post(field, length, body);
            }
        }
        post("X: y", records.chars().count(), &records);
    }
    for body in CHUNKS {
        all.push(format!(
            "POST /read HTTP/1.1\r\nHost: a\r\n\
             Transfer-Encoding: chunked\r\n\r\n{body}{HIDDEN}"
        ));
    }
    all
}

/// The client gets an answer of ours for each request that ours has
/// seen, all of which the front has passed on.
fn both_see_the_same(front: Front) {
    let Some(site) = Site::start(front) else { return };
    let two = "GET /one HTTP/1.1\r\nHost: a\r\n\r\n".to_string() + LAST;
    let (answered, seen) = site.send(&two);
    assert_eq!(seen, ["/one yes", "/last yes"]);
    assert_eq!(answered, seen);
    let all = all_pairs();
    let wrong = all.iter().filter_map(|pair| site.disagreement(pair));
    let wrong: Vec<_> = wrong.collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn nginx_and_ours_see_the_same_by_http() {
    both_see_the_same(Front {
        program: "nginx",
        text: include_str!("smuggling/nginx-http.conf"),
        speaks: Protocol::Http,
    });
}

#[test]
fn nginx_and_ours_see_the_same_by_fastcgi() {
    both_see_the_same(Front {
        program: "nginx",
        text: include_str!("smuggling/nginx-fastcgi.conf"),
        speaks: Protocol::FastCgi,
    });
}

#[test]
fn apache_and_ours_see_the_same_by_http() {
    both_see_the_same(Front {
        program: "apache2",
        text: include_str!("smuggling/apache-http.conf"),
        speaks: Protocol::Http,
    });
}

#[test]
fn apache_and_ours_see_the_same_by_fastcgi() {
    both_see_the_same(Front {
        program: "apache2",
        text: include_str!("smuggling/apache-fastcgi.conf"),
        speaks: Protocol::FastCgi,
    });
}

#[test]
fn lighttpd_and_ours_see_the_same_by_http() {
    both_see_the_same(Front {
        program: "lighttpd",
        text: include_str!("smuggling/lighttpd-http.conf"),
        speaks: Protocol::Http,
    });
}

#[test]
fn lighttpd_and_ours_see_the_same_by_fastcgi() {
    both_see_the_same(Front {
        program: "lighttpd",
        text: include_str!("smuggling/lighttpd-fastcgi.conf"),
        speaks: Protocol::FastCgi,
    });
}
