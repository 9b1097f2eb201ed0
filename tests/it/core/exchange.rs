//! The rules between an application and the wire, one test a rule.
//! Bare numbers in comments are lines of PEP 3333.

use crate::support::{Folder, Log};
use gateway::exchange::{self, End, Outcome, Protocol};
use gateway::{
    Application, Body, Environ, ErrorLog, Failure, Response, Result,
    StartResponse,
};
use std::cell::{Cell, RefCell};
use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::ops::Range;
use std::rc::Rc;

const TEXT: [(&str, &str); 1] = [("Content-Type", "text/plain")];
/// With these the server adds no field whose value changes.
const DATED: [(&str, &str); 3] =
    [("Content-Type", "text/plain"), ("Date", "D"), ("Server", "S")];
const DATED_HEAD: &str = "HTTP/1.1 200 OK\r\n\
    Content-Type: text/plain\r\nDate: D\r\nServer: S\r\n";
const CGI_HEAD: &str = "Status: 200 OK\r\nContent-Type: text/plain\r\n";
const CGI_500: &str = "Status: 500 Internal Server Error\r\n\
    Content-Type: text/plain\r\nContent-Length: 26\r\n\r\n\
    500 Internal Server Error\n";
const HTTP10: Protocol = Protocol::Http { minor: 0, keep_alive: false };
const HTTP11: Protocol = Protocol::Http { minor: 1, keep_alive: true };

/// What happened, in order.
#[derive(Clone, Default)]
struct Events(Rc<RefCell<Vec<String>>>);

impl Events {
    fn add(&self, event: impl Into<String>) {
        self.0.borrow_mut().push(event.into());
    }

    fn all(&self) -> Vec<String> {
        self.0.borrow().clone()
    }

    fn count(&self, event: &str) -> usize {
        self.0.borrow().iter().filter(|e| *e == event).count()
    }
}

/// Records each write; those numbered `broken` fail.
struct Wire<'a> {
    asked: &'a Asked,
    bytes: Vec<u8>,
    writes: usize,
}

impl Write for Wire<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writes += 1;
        if self.asked.broken.contains(&(self.writes - 1)) {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        let bytes = &bytes[..bytes.len().min(self.asked.at_most)];
        self.bytes.extend_from_slice(bytes);
        let text = String::from_utf8_lossy(bytes);
        self.asked.events.add(format!("write {text}"));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.asked.events.add("flush");
        Ok(())
    }
}

struct Asked {
    method: &'static str,
    path: &'static str,
    protocol: Protocol,
    events: Events,
    broken: Range<usize>,
    at_most: usize,
}

struct Answered {
    bytes: Vec<u8>,
    log: String,
    outcome: Outcome,
}

fn asked(protocol: Protocol) -> Asked {
    Asked {
        method: "GET",
        path: "/",
        protocol,
        events: Events::default(),
        broken: 0..0,
        at_most: usize::MAX,
    }
}

fn head(protocol: Protocol) -> Asked {
    Asked { method: "HEAD", ..asked(protocol) }
}

/// GET / of a CGI program.
fn cgi(app: impl Application) -> Answered {
    asked(Protocol::Cgi).run(app)
}

impl Asked {
    fn run(&self, app: impl Application) -> Answered {
        let log = Log::default();
        let mut environ = Environ::new();
        environ.set("REQUEST_METHOD", self.method);
        environ.set("PATH_INFO", self.path);
        environ.errors = ErrorLog::new(log.clone());
        let mut out = Wire { asked: self, bytes: vec![], writes: 0 };
        let outcome =
            exchange::run(&app, &mut environ, self.protocol, &mut out);
        drop(environ);
        Answered { bytes: out.bytes, log: log.text(), outcome }
    }
}

impl Answered {
    #[track_caller]
    fn says(self, bytes: &str, log: &str) -> Self {
        assert_eq!(String::from_utf8_lossy(&self.bytes), bytes);
        assert_eq!(self.log, log);
        self
    }

    #[track_caller]
    fn ends(self, end: End) -> Self {
        assert_eq!(self.outcome.end, end);
        self
    }
}

fn answer(
    status: &'static str,
    headers: &'static [(&'static str, &'static str)],
    body: impl Fn() -> Body,
) -> impl Application {
    move |_: &mut Environ, start_response: StartResponse| {
        Ok(start_response(status, headers)?.body(body()))
    }
}

fn failing(error: &'static str) -> impl Application {
    move |_: &mut Environ, _: StartResponse| Err(error.into())
}

/// A body that tells what is asked of it, and when it is dropped.
struct Told(Events, std::slice::Iter<'static, &'static str>);

impl Iterator for Told {
    type Item = Result<gateway::Block>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.add("ask");
        Some(match *self.1.next()? {
            "error" => Err("out of paper".into()),
            "panic" => panic!("out of ink"),
            block => Ok(block.as_bytes().into()),
        })
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        self.0.add("close");
    }
}

fn told(events: &Events, blocks: &'static [&'static str]) -> Body {
    Body::blocks(Told(events.clone(), blocks.iter()))
}

fn telling(
    events: &Events,
    blocks: &'static [&'static str],
) -> impl Application + use<> {
    let events = events.clone();
    answer("200 OK", &DATED, move || told(&events, blocks))
}

fn stream(blocks: &'static [&'static str]) -> impl Application {
    telling(&Events::default(), blocks)
}

fn status(status: &'static str) -> Answered {
    cgi(answer(status, &TEXT, || "x".into()))
}

#[track_caller]
fn refuses_status(wrong: &'static str, reason: &str) {
    let log = format!("GET /: status {wrong:?}: {reason}\n");
    status(wrong).says(CGI_500, &log);
}

#[track_caller]
fn refuses(name: &str, value: &str, reason: &str) {
    let app = |_: &mut Environ, start_response: StartResponse| {
        let headers = [("Content-Type", "t"), (name, value)];
        Ok(start_response("200 OK", &headers)?.body("x"))
    };
    let log = format!("GET /: header {name:?}: {reason}\n");
    cgi(app).says(CGI_500, &log);
}

const SHAPE: &str = "not like \"200 OK\", from 200 to 599";

// 805-809; RFC 9110, 15.2: a 1xx is not the last answer
#[test]
fn status_199_is_refused() {
    refuses_status("199 Almost", SHAPE);
}

#[test]
fn status_200_is_sent() {
    status("200 OK")
        .says(&format!("{CGI_HEAD}Content-Length: 1\r\n\r\nx"), "");
}

#[test]
fn status_599_is_sent() {
    let answered = status("599 Odd");
    assert!(answered.bytes.starts_with(b"Status: 599 Odd\r\n"));
    assert_eq!(answered.outcome.status, 599);
}

#[test]
fn status_600_is_refused() {
    refuses_status("600 Over", SHAPE);
}

// 805-809; RFC 3875, 6.3.3
#[test]
fn a_status_is_three_digits_a_space_and_a_reason() {
    for wrong in [
        "", "200", "200 ", "20 OK", "2000 OK", "200OK", "200\tOK",
        "OK 200", "+20 OK", "200  OK", " 200 OK", "200 OK ",
    ] {
        refuses_status(wrong, SHAPE);
    }
}

// 809-811
#[test]
fn a_status_has_no_control_characters() {
    refuses_status("200 O\0K", r"'\0' at byte 5 of its value");
    refuses_status("200 OK\r\nX: y", r"'\r' at byte 6 of its value");
    refuses_status("200 OK\n", SHAPE);
}

// 816-818; RFC 9110, 5.6.2
#[test]
fn a_header_name_is_a_token() {
    refuses("", "x", "a name must not be empty");
    refuses("X:", "x", "byte 1 of its name is not a token's");
    refuses("X Y", "x", "byte 1 of its name is not a token's");
    refuses("XX\n", "x", "byte 2 of its name is not a token's");
    refuses("É", "x", "byte 0 of its name is not a token's");
}

// 820-824
#[test]
fn a_header_value_has_no_control_characters() {
    refuses("X", "a\r\nY: b", r"'\r' at byte 1 of its value");
    refuses("X", "a\n", r"'\n' at byte 1 of its value");
    refuses("X", "a\0", r"'\0' at byte 1 of its value");
    refuses("X", "a\tb", r"'\t' at byte 1 of its value");
    refuses("X", "a\x1f", r"'\u{1f}' at byte 1 of its value");
    refuses("X", "a\x7f", r"'\u{7f}' at byte 1 of its value");
}

#[test]
fn space_and_tilde_are_no_control_characters() {
    cgi(answer("200 OK", &[("Content-Type", "a ~")], || "x".into()))
        .says(
            "Status: 200 OK\r\nContent-Type: a ~\r\n\
             Content-Length: 1\r\n\r\nx",
            "",
        );
}

// 837-849, 952-956; RFC 9110, 7.6.1; RFC 3875, 6.3.3
#[test]
fn the_servers_own_headers_are_refused() {
    for name in [
        "Connection",
        "Keep-Alive",
        "Proxy-Authenticate",
        "Proxy-Authorization",
        "Proxy-Connection",
        "Status",
        "TE",
        "Trailer",
        "Trailers",
        "Transfer-Encoding",
        "UPGRADE",
    ] {
        refuses(name, "x", "is the server's to send");
    }
}

// 1094-1106
#[test]
fn a_head_is_sent_in_latin_1() {
    let headers = &[("Content-Type", "t"), ("X", "\u{80}é\u{ff}")];
    let answered = cgi(answer("200 Ça", headers, || "x".into()));
    assert_eq!(
        answered.bytes,
        b"Status: 200 \xc7a\r\nContent-Type: t\r\n\
          X: \x80\xe9\xff\r\nContent-Length: 1\r\n\r\nx"
    );
}

#[test]
fn what_is_not_in_latin_1_is_refused() {
    refuses("X", "\u{100}", "'Ā' at byte 0 of its value");
    refuses_status("200 \u{100}", "'Ā' at byte 4 of its value");
}

// RFC 9110, 5.3
#[test]
fn a_field_that_has_one_value_is_refused_the_second_time() {
    for name in ["Content-Length", "content-type", "DATE", "Location"] {
        let app = |_: &mut Environ, start_response: StartResponse| {
            let headers = [(name, "1"), (name, "1")];
            Ok(start_response("200 OK", &headers)?.body("x"))
        };
        let log = format!("header {name:?}: may be given once only");
        cgi(app).says(CGI_500, &format!("GET /: {log}\n"));
    }
}

#[test]
fn repeated_cookies_are_kept_in_order() {
    const COOKIES: [(&str, &str); 3] = [
        ("Set-Cookie", "b"),
        ("Content-Type", "t"),
        ("Set-Cookie", "a"),
    ];
    cgi(answer("200 OK", &COOKIES, || "x".into())).says(
        "Status: 200 OK\r\nSet-Cookie: b\r\nContent-Type: t\r\n\
         Set-Cookie: a\r\nContent-Length: 1\r\n\r\nx",
        "",
    );
}

// RFC 9110, 8.6
#[test]
fn a_content_length_is_a_number() {
    for wrong in ["", "+1", "1 ", "-1", "18446744073709551616"] {
        let reason = format!("{wrong:?} is not a number of bytes");
        refuses("Content-Length", wrong, &reason);
    }
}

// RFC 3875, 6.3.1
#[test]
fn a_body_without_content_type_is_sent_and_logged() {
    cgi(answer("200 OK", &[], || "x".into())).says(
        "Status: 200 OK\r\nContent-Length: 1\r\n\r\nx",
        "GET /: a body without a Content-Type\n",
    );
}

#[test]
fn an_empty_body_needs_no_content_type() {
    cgi(answer("200 OK", &[], || "".into()))
        .says("Status: 200 OK\r\nContent-Length: 0\r\n\r\n", "");
}

#[test]
fn a_content_type_without_a_body_is_logged() {
    for status in ["204 No Content", "304 Not Modified"] {
        cgi(answer(status, &TEXT, || "".into())).says(
            &format!(
                "Status: {status}\r\nContent-Type: text/plain\r\n\r\n"
            ),
            "GET /: a Content-Type without a body\n",
        );
    }
}

// 826-835
#[test]
fn date_and_server_are_not_added_when_given_in_any_case() {
    const GIVEN: [(&str, &str); 3] =
        [("Content-Type", "t"), ("dAtE", "D"), ("server", "S")];
    asked(HTTP11).run(answer("200 OK", &GIVEN, || "x".into())).says(
        "HTTP/1.1 200 OK\r\nContent-Type: t\r\ndAtE: D\r\n\
         server: S\r\nContent-Length: 1\r\n\r\nx",
        "",
    );
}

#[test]
fn date_and_server_are_added_when_not_given() {
    let answered =
        asked(HTTP11).run(answer("200 OK", &TEXT, || "x".into()));
    let text = String::from_utf8(answered.bytes).unwrap();
    let lines: Vec<&str> = text.split("\r\n").collect();
    let like = "Date: Sun, 06 Nov 1994 08:49:37 GMT";
    assert_eq!(lines[3].len(), like.len(), "{text}");
    assert!(lines[3].starts_with("Date: "), "{text}");
    assert!(lines[3].ends_with(" GMT"), "{text}");
    assert!(lines[4].starts_with("Server: gateway/"), "{text}");
}

// 851-866
#[test]
fn start_response_sends_nothing() {
    let asked = asked(Protocol::Cgi);
    let events = asked.events.clone();
    asked.run(|_: &mut Environ, start_response: StartResponse| {
        let started = start_response("200 OK", &TEXT)?;
        events.add("started");
        Ok(started.body("x"))
    });
    assert_eq!(asked.events.all()[0], "started");
}

// 892-898: the second call does not compile; a first that failed is
// no licence either
#[test]
fn a_refused_head_is_not_sent_even_if_its_error_is_dropped() {
    let app = |_: &mut Environ, start_response: StartResponse| {
        assert!(start_response("nonsense", &TEXT).is_err());
        Err("no second chance".into())
    };
    cgi(app).says(CGI_500, "GET /: no second chance\n");
}

fn restarting(
    written: &'static str,
    headers: &'static [(&'static str, &'static str)],
) -> impl Application {
    move |_: &mut Environ, start_response: StartResponse| {
        let first = [("Content-Type", "text/html"), ("X", "1")];
        let mut started = start_response("200 OK", &first)?;
        started.write_all(written.as_bytes())?;
        let started =
            started.restart("503 Busy", headers, "the cause")?;
        Ok(started.body("later"))
    }
}

// 868-875
#[test]
fn restart_before_the_head_was_sent_replaces_it_wholly() {
    let answered = cgi(restarting("", &TEXT)).says(
        "Status: 503 Busy\r\nContent-Type: text/plain\r\n\
         Content-Length: 5\r\n\r\nlater",
        "",
    );
    assert_eq!(answered.outcome.status, 503);
}

// 877-890
#[test]
fn restart_after_the_head_was_sent_gives_the_error_back() {
    cgi(restarting("half", &TEXT))
        .says(
            "Status: 200 OK\r\nContent-Type: text/html\r\n\
             X: 1\r\n\r\nhalf",
            "GET /: the cause\n",
        )
        .ends(End::Reset);
}

#[test]
fn restart_checks_its_head_too() {
    cgi(restarting("", &[("Connection", "close")])).says(
        CGI_500,
        "GET /: header \"Connection\": is the server's to send\n",
    );
}

// 1065-1082
#[test]
fn what_is_written_is_sent_before_write_returns() {
    let asked = asked(Protocol::Cgi);
    let events = asked.events.clone();
    let app = |_: &mut Environ, start_response: StartResponse| {
        let mut started = start_response("200 OK", &TEXT)?;
        started.write_all(b"one")?;
        events.add("written");
        started.write_all(b"two")?;
        Ok(started.body(["three", "four"]))
    };
    asked.run(app).says(&format!("{CGI_HEAD}\r\nonetwothreefour"), "");
    let first = format!("write {CGI_HEAD}\r\none");
    assert_eq!(asked.events.all()[..3], [&first, "flush", "written"]);
}

// 526-531, 987-1009; the head and the first block go out as one
#[test]
fn a_block_is_sent_and_flushed_before_the_next_is_asked_for() {
    let asked = asked(Protocol::Cgi);
    let app = telling(&asked.events, &["one", "", "two"]);
    asked.run(app);
    let first =
        format!("write {CGI_HEAD}Date: D\r\nServer: S\r\n\r\none");
    assert_eq!(
        asked.events.all(),
        [
            "ask",
            &first,
            "flush",
            "ask",
            "ask",
            "write two",
            "flush",
            "ask",
            "flush",
            "close"
        ]
    );
}

// RFC 9110, 15.3.6; RFC 9112, 6.3: a client waits for its body
#[test]
fn a_205_says_that_it_is_empty_and_asks_for_no_block() {
    const BARE: [(&str, &str); 2] = [("Date", "D"), ("Server", "S")];
    let head = "HTTP/1.1 205 Reset Content\r\nDate: D\r\nServer: S\r\n";
    let events = Events::default();
    let app = {
        let events = events.clone();
        answer("205 Reset Content", &BARE, move || {
            told(&events, &["hello"])
        })
    };
    for protocol in [HTTP11, HTTP10] {
        let answered = asked(protocol).run(&app as &dyn Application);
        let text = String::from_utf8(answered.bytes).unwrap();
        assert!(text.starts_with(head), "{text}");
        assert!(text.contains("\r\nContent-Length: 0\r\n"), "{text}");
        assert!(text.ends_with("\r\n\r\n"), "{text}");
        assert_eq!((&*answered.log, answered.outcome.bytes), ("", 0));
    }
    assert_eq!(events.count("ask"), 0);
    // It may say so itself, and nothing else.
    const ZERO: [(&str, &str); 1] = [("Content-Length", "0")];
    cgi(answer("205 Reset Content", &ZERO, || "hello".into())).says(
        "Status: 205 Reset Content\r\nContent-Length: 0\r\n\r\n",
        "",
    );
    const FIVE: [(&str, &str); 1] = [("Content-Length", "5")];
    cgi(answer("205 Reset Content", &FIVE, || "hello".into())).says(
        CGI_500,
        "GET /: header \"Content-Length\": a 205 has no body\n",
    );
}

// The server may send it together with what ends the answer
#[test]
fn the_end_of_a_plain_body_is_left_to_the_server() {
    let asked = asked(Protocol::Cgi);
    let app = |_: &mut Environ, start_response: StartResponse| {
        Ok(start_response("200 OK", &TEXT)?.body("one"))
    };
    asked
        .run(app)
        .says(&format!("{CGI_HEAD}Content-Length: 3\r\n\r\none"), "");
    let events = asked.events.all();
    assert_eq!(events.len(), 1, "{events:?}");
}

// RFC 9110, 9.3.2: nobody knows how long the page would be
#[test]
fn an_empty_body_for_head_announces_no_length() {
    let asked = head(HTTP11);
    asked
        .run(answer("200 OK", &DATED, || "".into()))
        .says(&format!("{DATED_HEAD}\r\n"), "");
    let asked = head(HTTP11);
    asked
        .run(answer("200 OK", &DATED, || "x".into()))
        .says(&format!("{DATED_HEAD}Content-Length: 1\r\n\r\n"), "");
}

/// What is longer is not copied to stand behind the head.
#[test]
fn a_block_of_16_kib_goes_out_in_one_write_and_a_longer_one_in_two() {
    for (length, writes) in [(16 << 10, 1), ((16 << 10) + 1, 2)] {
        let asked = asked(Protocol::Cgi);
        let app = |_: &mut Environ, start: StartResponse<'_>| {
            let block = "x".repeat(length);
            Ok(start("200 OK", &TEXT)?.body(block))
        };
        let answered = asked.run(app);
        assert_eq!(answered.outcome.bytes, length as u64);
        assert!(answered.bytes.ends_with(&b"x".repeat(length)));
        assert_eq!(asked.events.all().len(), writes, "{length}");
    }
    // In chunks, a third ends the chunk, and one more the body.
    let asked = asked(HTTP11);
    let app = |_: &mut Environ, start: StartResponse<'_>| {
        let block = "x".repeat(20_000).into_bytes();
        let body = Body::blocks([Ok(block.into())]);
        Ok(start("200 OK", &DATED)?.body(body))
    };
    let answered = asked.run(app);
    let body = format!("4e20\r\n{}\r\n0\r\n\r\n", "x".repeat(20_000));
    assert!(answered.bytes.ends_with(body.as_bytes()));
}

/// What is in the environ may take its time when it is dropped.
#[test]
fn an_answer_does_not_wait_for_what_is_left_in_the_environ() {
    struct Slow(std::sync::mpsc::Sender<()>);
    impl Drop for Slow {
        fn drop(&mut self) {
            self.0.send(()).unwrap();
        }
    }
    const KEY: gateway::Key<Slow> = gateway::Key::new("test.last");
    let (sender, dropped) = std::sync::mpsc::channel();
    let asked = asked(Protocol::Cgi);
    let app = |environ: &mut Environ, start: StartResponse<'_>| {
        environ.insert(KEY, Slow(sender.clone()));
        Ok(start("200 OK", &TEXT)?.body("one"))
    };
    asked.run(app);
    assert!(dropped.try_recv().is_ok());
    assert_eq!(asked.events.all().last().unwrap(), "flush");
}

// 549-556: not before its last bytes are on their way
#[test]
fn a_body_that_may_have_to_be_closed_is_flushed_before() {
    let asked = asked(Protocol::Cgi);
    let body = telling(&asked.events, &["one"]);
    let app = |environ: &mut Environ, start: StartResponse<'_>| {
        body.call(
            environ,
            Box::new(|status, headers| {
                let length = ("Content-Length", "3");
                start(status, &[headers, &[length]].concat())
            }),
        )
    };
    asked.run(app);
    let events = asked.events.all();
    assert!(events[1].ends_with("one"), "{events:?}");
    assert_eq!(events[2], "flush");
    assert_eq!(events.last().unwrap(), "close");
}

// 346-350, 851-859
#[test]
fn empty_blocks_send_nothing_so_that_an_error_can_still_answer() {
    for protocol in [Protocol::Cgi, HTTP10, HTTP11] {
        let answered = asked(protocol).run(stream(&["", "", "error"]));
        assert_eq!(answered.outcome.status, 500);
        assert_eq!(answered.log, "GET /: out of paper\n");
    }
}

#[test]
fn an_empty_write_sends_nothing() {
    let app = |_: &mut Environ, start_response: StartResponse| {
        let mut started = start_response("200 OK", &TEXT)?;
        assert_eq!(started.write(b"")?, 0);
        Err("in time".into())
    };
    cgi(app).says(CGI_500, "GET /: in time\n");
}

// RFC 9112, 7.1: a chunk of no bytes is the last
#[test]
fn an_empty_block_does_not_end_a_chunked_body() {
    let coding = "Transfer-Encoding: chunked\r\n\r\n";
    asked(HTTP11)
        .run(stream(&["one", "", "two"]))
        .says(
            &format!(
                "{DATED_HEAD}{coding}3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n"
            ),
            "",
        )
        .ends(End::Keep);
}

// 549-556
#[test]
fn the_body_is_closed_once_however_the_request_ends() {
    let whole = || asked(HTTP11);
    let gone = || Asked { broken: 1..9, ..whole() };
    let cases: [(&str, Asked, &[&str], End); 6] = [
        ("normal", whole(), &["a", "b"], End::Keep),
        ("error", whole(), &["a", "error", "b"], End::Cut),
        ("panic", whole(), &["a", "panic", "b"], End::Cut),
        ("error at once", whole(), &["error"], End::Keep),
        ("client gone", gone(), &["a", "b", "c"], End::Gone),
        ("HEAD", head(HTTP11), &["a"], End::Keep),
    ];
    for (name, asked, blocks, end) in cases {
        let events = Events::default();
        let answered = asked.run(telling(&events, blocks));
        assert_eq!(events.count("close"), 1, "{name}");
        assert_eq!(answered.outcome.end, end, "{name}");
    }
}

#[test]
fn the_body_is_closed_once_under_204_304_and_a_reached_length() {
    const ONE: [(&str, &str); 2] =
        [("Content-Length", "1"), ("Content-Type", "t")];
    for (status, headers) in [
        ("204 No Content", &[][..]),
        ("304 Not Modified", &[]),
        ("200 OK", &ONE),
    ] {
        let events = Events::default();
        let body = || told(&events, &["a", "b"]);
        cgi(answer(status, headers, body));
        assert_eq!(events.count("close"), 1, "{status}");
    }
}

#[test]
fn the_body_of_an_application_that_fails_is_closed_once() {
    let events = Events::default();
    let app = |_: &mut Environ, start_response: StartResponse| {
        let started = start_response("200 OK", &TEXT)?;
        let _response = started.body(told(&events, &["a"]));
        Err("after all not".into())
    };
    cgi(app).says(CGI_500, "GET /: after all not\n");
    assert_eq!(events.all(), ["close"]);
}

// 549-556: "upon completion of the current request"
#[test]
fn the_body_is_closed_after_the_last_bytes_are_sent() {
    for protocol in [Protocol::Cgi, HTTP10, HTTP11] {
        for blocks in [&[][..], &["one"], &["one", ""]] {
            let asked = asked(protocol);
            asked.run(telling(&asked.events, blocks));
            let events = asked.events.all();
            assert_eq!(events.last().unwrap(), "close", "{events:?}");
        }
    }
}

fn announced(
    length: &'static str,
    body: impl Fn() -> Body,
) -> impl Application {
    move |_: &mut Environ, start_response: StartResponse| {
        let mut headers = DATED.to_vec();
        headers.push(("Content-Length", length));
        Ok(start_response("200 OK", &headers)?.body(body()))
    }
}

fn with_length(length: u64, body: &str) -> String {
    format!("{DATED_HEAD}Content-Length: {length}\r\n\r\n{body}")
}

const LONG: &str = "GET /: the body is longer than its Content-Length; \
    the rest is not sent\n";

// 920-924
#[test]
fn a_body_of_exactly_its_content_length_is_sent_whole() {
    let answered = asked(HTTP11)
        .run(announced("4", || "four".into()))
        .says(&with_length(4, "four"), "")
        .ends(End::Keep);
    assert_eq!(answered.outcome.bytes, 4);
}

#[test]
fn a_body_one_byte_over_its_content_length_is_cut_there() {
    let answered = asked(HTTP11)
        .run(announced("3", || "four".into()))
        .says(&with_length(3, "fou"), LONG)
        .ends(End::Keep);
    assert_eq!(answered.outcome.bytes, 3);
}

// 924-927
#[test]
fn a_body_one_byte_under_its_content_length_ends_the_connection() {
    asked(HTTP11)
        .run(announced("5", || "four".into()))
        .says(
            &with_length(5, "four"),
            "GET /: the body is 1 bytes short of its Content-Length\n",
        )
        .ends(End::Cut);
}

#[test]
fn no_block_is_asked_for_after_the_content_length_is_reached() {
    let events = Events::default();
    let body = || told(&events, &["ab", "cd", "ef"]);
    asked(HTTP11)
        .run(announced("4", body))
        .says(&with_length(4, "abcd"), "")
        .ends(End::Keep);
    assert_eq!(events.count("ask"), 2);
}

#[test]
fn a_content_length_of_0_lets_nothing_out() {
    for (body, log) in [("x", LONG), ("", "")] {
        asked(HTTP11)
            .run(announced("0", || body.into()))
            .says(&with_length(0, ""), log)
            .ends(End::Keep);
    }
}

#[test]
fn a_write_past_the_content_length_fails() {
    let app = |_: &mut Environ, start_response: StartResponse| {
        let headers = [("Content-Length", "2"), ("Content-Type", "t")];
        let mut started = start_response("200 OK", &headers)?;
        let error = started.write_all(b"abc").unwrap_err();
        let reason = "the body is longer than its Content-Length; \
            the rest is not sent";
        assert_eq!(error.to_string(), reason);
        Ok(started.body(""))
    };
    let head = "Content-Length: 2\r\nContent-Type: t\r\n\r\n";
    cgi(app).says(
        &format!("Status: 200 OK\r\n{head}ab"),
        "GET /: the body is longer than its Content-Length; the rest \
         is not sent\n",
    );
}

// 929-950
#[test]
fn a_known_length_is_announced() {
    for body in [
        || Body::from("ab"),
        || Body::from("ab".to_string()),
        || Body::from(b"ab".to_vec()),
        || Body::from(&b"ab"[..]),
        || Body::from(["a", "b"]),
        || Body::from(vec!["a".to_string(), "b".to_string()]),
        || Body::from([b"ab".to_vec()]),
    ] {
        cgi(answer("200 OK", &TEXT, body)).says(
            &format!("{CGI_HEAD}Content-Length: 2\r\n\r\nab"),
            "",
        );
    }
}

#[test]
fn the_length_of_an_iterator_is_not_announced() {
    cgi(answer("200 OK", &TEXT, || {
        told(&Events::default(), &["a", "b"])
    }))
    .says(&format!("{CGI_HEAD}\r\nab"), "");
}

#[test]
fn the_length_of_a_body_after_write_is_not_announced() {
    let app = |_: &mut Environ, start_response: StartResponse| {
        let mut started = start_response("200 OK", &TEXT)?;
        started.write_all(b"a")?;
        Ok(started.body("b"))
    };
    cgi(app).says(&format!("{CGI_HEAD}\r\nab"), "");
}

// 942-950; RFC 9112, 6.1: no chunks for 1.0
#[test]
fn an_unknown_length_ends_with_the_connection_under_1_0() {
    asked(Protocol::Http { minor: 0, keep_alive: true })
        .run(stream(&["ab", "c"]))
        .says(&format!("{DATED_HEAD}Connection: close\r\n\r\nabc"), "")
        .ends(End::Close);
}

// RFC 9112, 9.3
#[test]
fn keep_alive_is_said_to_1_0_and_close_to_1_1() {
    let keep = Protocol::Http { minor: 0, keep_alive: true };
    let close = Protocol::Http { minor: 1, keep_alive: false };
    for (protocol, connection, end) in [
        (HTTP11, "", End::Keep),
        (close, "Connection: close\r\n", End::Close),
        (keep, "Connection: keep-alive\r\n", End::Keep),
        (HTTP10, "Connection: close\r\n", End::Close),
    ] {
        let length = "Content-Length: 1\r\n";
        asked(protocol)
            .run(answer("200 OK", &DATED, || "x".into()))
            .says(&format!("{DATED_HEAD}{length}{connection}\r\nx"), "")
            .ends(end);
    }
}

// RFC 9112, 7.1
#[test]
fn a_chunks_size_is_hexadecimal() {
    let app = answer("200 OK", &DATED, || {
        Body::blocks([
            Ok(vec![b'x'; 255].into()),
            Ok(vec![b'y'; 16].into()),
        ])
    });
    let text = String::from_utf8(asked(HTTP11).run(app).bytes).unwrap();
    let (_, body) = text.split_once("\r\n\r\n").unwrap();
    let (x, y) = ("x".repeat(255), "y".repeat(16));
    let expected = format!("ff\r\n{x}\r\n10\r\n{y}\r\n0\r\n\r\n");
    assert_eq!(body, expected);
}

#[test]
fn an_error_after_a_chunk_leaves_the_last_chunk_out() {
    let coding = "Transfer-Encoding: chunked\r\n\r\n";
    asked(HTTP11)
        .run(stream(&["one", "error"]))
        .says(
            &format!("{DATED_HEAD}{coding}3\r\none\r\n"),
            "GET /: out of paper\n",
        )
        .ends(End::Cut);
}

// RFC 3875, 4.3.3; RFC 9110, 9.3.2
#[test]
fn head_sends_no_body_and_asks_for_none() {
    let events = Events::default();
    let answered = head(HTTP11).run(telling(&events, &["a"]));
    let answered = answered.says(&format!("{DATED_HEAD}\r\n"), "");
    assert_eq!(answered.outcome.bytes, 0);
    assert_eq!(events.all(), ["close"]);
}

#[test]
fn head_keeps_the_applications_content_length() {
    head(HTTP11)
        .run(announced("400", || "".into()))
        .says(&with_length(400, ""), "")
        .ends(End::Keep);
}

#[test]
fn head_announces_the_length_that_get_would() {
    head(HTTP11)
        .run(answer("200 OK", &DATED, || "four".into()))
        .says(&with_length(4, ""), "")
        .ends(End::Keep);
}

#[test]
fn head_drops_what_is_written() {
    let app = |_: &mut Environ, start_response: StartResponse| {
        let mut started = start_response("200 OK", &DATED)?;
        started.write_all(b"dropped")?;
        Ok(started.body("too"))
    };
    head(HTTP11).run(app).says(&format!("{DATED_HEAD}\r\n"), "");
}

// RFC 9112, 6.1 to 6.3
#[test]
fn a_204_or_304_has_no_body_no_coding_and_no_generated_length() {
    const BARE: [(&str, &str); 2] = [("Date", "D"), ("Server", "S")];
    for status in ["204 No Content", "304 Not Modified"] {
        let fields = "Date: D\r\nServer: S\r\n\r\n";
        asked(HTTP11)
            .run(answer(status, &BARE, || "body".into()))
            .says(&format!("HTTP/1.1 {status}\r\n{fields}"), "")
            .ends(End::Keep);
    }
}

// RFC 9110, 8.6
#[test]
fn a_204_is_refused_a_content_length_and_a_304_keeps_its_own() {
    const ONE: [(&str, &str); 1] = [("Content-Length", "1")];
    cgi(answer("204 No Content", &ONE, || "".into())).says(
        CGI_500,
        "GET /: header \"Content-Length\": \
         a 204 has no body, so no length\n",
    );
    cgi(answer("304 Not Modified", &ONE, || "".into())).says(
        "Status: 304 Not Modified\r\nContent-Length: 1\r\n\r\n",
        "",
    );
}

// 551-553
#[test]
fn a_client_that_has_gone_is_not_logged() {
    for broken in [0..9, 1..9] {
        let asked = Asked { broken, ..asked(HTTP11) };
        let answered = asked.run(stream(&["a", "b"]));
        assert_eq!(answered.log, "");
        assert_eq!(answered.outcome.end, End::Gone);
    }
}

#[test]
fn write_tells_the_application_that_the_client_has_gone() {
    let app = |_: &mut Environ, start_response: StartResponse| {
        let mut started = start_response("200 OK", &TEXT)?;
        let error = started.write_all(b"a").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
        Err(error.into())
    };
    let gone = Asked { broken: 0..9, ..asked(Protocol::Cgi) };
    gone.run(app).says("", "").ends(End::Gone);
}

// 920-924 would be broken by a gap: the rest is not where it belongs
#[test]
fn nothing_is_sent_after_a_write_that_failed() {
    let app = |_: &mut Environ, start_response: StartResponse| {
        let mut started = start_response("200 OK", &TEXT)?;
        started.write_all(b"a")?;
        assert!(started.write_all(b"lost").is_err());
        assert!(started.write_all(b"b").is_err());
        Ok(started.body("c"))
    };
    let stumbles = Asked { broken: 1..2, ..asked(Protocol::Cgi) };
    let sent = format!("{CGI_HEAD}\r\na");
    stumbles.run(app).says(&sent, "").ends(End::Gone);
}

// wsgiref/handlers.py, 465-476
#[test]
fn partial_writes_are_completed() {
    Asked { at_most: 3, ..asked(HTTP11) }
        .run(announced("9", || "ninebytes".into()))
        .says(&with_length(9, "ninebytes"), "");
}

// 1158-1163
#[test]
fn an_error_before_the_head_is_answered_with_500_and_logged() {
    cgi(failing("no ink"))
        .says(CGI_500, "GET /: no ink\n")
        .ends(End::Close);
}

#[test]
fn a_panic_before_the_head_is_answered_with_500_and_logged() {
    let app = |_: &mut Environ, _: StartResponse| -> Result<Response> {
        panic!("no {}", "paper")
    };
    let log = "GET /: the application panicked: no paper\n";
    cgi(app).says(CGI_500, log);
}

#[test]
fn a_panic_with_a_value_that_is_not_text_is_logged() {
    let app = |_: &mut Environ, _: StartResponse| -> Result<Response> {
        std::panic::panic_any(5)
    };
    let log =
        "GET /: the application panicked: a value that is not text\n";
    cgi(app).says(CGI_500, log);
}

#[test]
fn an_error_replaces_a_head_that_was_not_sent() {
    let app = |_: &mut Environ, start_response: StartResponse| {
        start_response("200 OK", &[("X", "1"), ("Content-Type", "t")])?;
        Err("no ink".into())
    };
    cgi(app).says(CGI_500, "GET /: no ink\n");
}

#[test]
fn a_panic_after_the_head_cuts_the_answer() {
    cgi(answer("200 OK", &TEXT, || {
        told(&Events::default(), &["a", "panic", "b"])
    }))
    .says(
        &format!("{CGI_HEAD}\r\na"),
        "GET /: the application panicked: out of ink\n",
    )
    .ends(End::Reset);
}

#[test]
fn an_error_after_write_cuts_the_answer() {
    let app = |_: &mut Environ, start_response: StartResponse| {
        let mut started = start_response("200 OK", &TEXT)?;
        started.write_all(b"a")?;
        Err("no ink".into())
    };
    let sent = format!("{CGI_HEAD}\r\na");
    cgi(app).says(&sent, "GET /: no ink\n").ends(End::Reset);
}

#[test]
fn a_failure_whose_status_cannot_be_sent_is_a_500() {
    for (status, shown, why) in [
        ("404", "404", "not like \"200 OK\", from 200 to 599"),
        ("99 Low", "99 Low", "not like \"200 OK\", from 200 to 599"),
        ("200 A\rX", "200 A\\rX", "'\\r' at byte 5 of its value"),
    ] {
        let log = format!(
            "GET /: {shown}: no page\nGET /: status {status:?}: {why}\n"
        );
        cgi(Failure::new(status, "no page")).says(CGI_500, &log);
    }
}

#[test]
fn a_failure_has_its_own_status_even_inside_an_io_error() {
    for is_wrapped in [false, true] {
        let app = |_: &mut Environ, _: StartResponse| {
            let status = "404 Not Found";
            let failure = Failure::new(status, "no page");
            Err(match is_wrapped {
                true => io::Error::from(failure).into(),
                false => failure.into(),
            })
        };
        cgi(app).says(
            "Status: 404 Not Found\r\nContent-Type: text/plain\r\n\
             Content-Length: 14\r\n\r\n404 Not Found\n",
            "GET /: 404 Not Found: no page\n",
        );
    }
}

#[test]
fn an_error_that_answers_head_sends_no_page() {
    let (head_500, _) = CGI_500.split_once("\r\n\r\n").unwrap();
    head(Protocol::Cgi)
        .run(failing("no"))
        .says(&format!("{head_500}\r\n\r\n"), "HEAD /: no\n");
}

#[test]
fn a_line_break_in_the_path_does_not_forge_a_line_of_the_log() {
    Asked { path: "/a\nGET /: \x1b[2J\"", ..asked(Protocol::Cgi) }
        .run(failing("no"))
        .says(CGI_500, "GET /a\\nGET /: \\u{1b}[2J\\\": no\n");
}

#[test]
fn a_line_break_in_an_error_does_not_forge_a_line_of_the_log() {
    cgi(failing("no \"Ada\"\nGET /: fine"))
        .says(CGI_500, "GET /: no \"Ada\"\n    GET /: fine\n");
}

#[test]
fn the_lines_of_a_panic_after_the_first_are_indented() {
    let app = |_: &mut Environ, _: StartResponse| -> Result<Response> {
        panic!("left: 1\nright: 2")
    };
    let log =
        "GET /: the application panicked: left: 1\n    right: 2\n";
    cgi(app).says(CGI_500, log);
}

#[test]
fn the_causes_of_an_error_are_logged() {
    let app = |_: &mut Environ, _: StartResponse| {
        let cause = io::Error::other("the cause");
        Err(Caused(cause).into())
    };
    cgi(app).says(CGI_500, "GET /: the error: the cause\n");
}

#[derive(Debug)]
struct Caused(io::Error);

impl std::fmt::Display for Caused {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("the error")
    }
}

impl std::error::Error for Caused {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

// 682-704: the server says where its errors go
#[test]
fn an_error_is_logged_though_the_application_replaced_wsgi_errors() {
    let theirs = Log::default();
    let app = |environ: &mut Environ, _: StartResponse| {
        environ.errors = ErrorLog::new(theirs.clone());
        Err("no".into())
    };
    cgi(app).says(CGI_500, "GET /: no\n");
    assert_eq!(theirs.text(), "");
}

#[test]
fn a_log_that_cannot_be_written_does_not_stop_the_answer() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut environ = Environ::new();
    environ.errors = ErrorLog::new(Full);
    let (app, mut out) = (failing("no"), Vec::new());
    exchange::run(&app, &mut environ, Protocol::Cgi, &mut out);
    assert_eq!(String::from_utf8(out).unwrap(), CGI_500);
}

// 562-567: the type proves a start, not that it was this request's
#[test]
fn a_response_of_another_exchange_is_refused() {
    for body in ["x", ""] {
        let kept = Cell::new(None);
        cgi(|_: &mut Environ, start_response: StartResponse| {
            kept.set(Some(start_response("200 OK", &TEXT)?.body(body)));
            Err("kept".into())
        });
        let app = |_: &mut Environ, _: StartResponse| {
            Ok(kept.take().expect("one call"))
        };
        let log = "GET /: a response without start_response\n";
        cgi(app).says(CGI_500, log);
    }
}

fn file(folder: &Folder, bytes: &[u8], position: u64) -> File {
    let mut options = File::options();
    options.create_new(true).read(true).write(true);
    let mut file = options.open(folder.path("file")).unwrap();
    file.write_all(bytes).unwrap();
    file.seek(SeekFrom::Start(position)).unwrap();
    file
}

// 1457-1552
#[test]
fn a_file_is_sent_from_where_it_stands_with_its_length() {
    let folder = Folder::new("stands");
    let file = Cell::new(Some(file(&folder, b"0123456789", 7)));
    let body = || file.take().expect("one call").into();
    asked(HTTP11)
        .run(answer("200 OK", &DATED, body))
        .says(&with_length(3, "789"), "");
}

#[test]
fn a_file_stops_at_the_content_length() {
    let folder = Folder::new("stops");
    let file = Cell::new(Some(file(&folder, b"0123456789", 0)));
    let body = || file.take().expect("one call").into();
    asked(HTTP11)
        .run(announced("4", body))
        .says(&with_length(4, "0123"), LONG);
}

#[test]
fn a_large_file_is_sent_block_by_block() {
    let folder = Folder::new("large");
    let body = Body::from(file(&folder, &[7; 150_000], 0));
    assert_eq!(body.length(), Some(150_000));
    let lengths: Vec<_> = body.map(|b| b.unwrap().len()).collect();
    assert_eq!(lengths, [65_536, 65_536, 18_928]);
}

#[test]
fn a_file_that_shrinks_while_it_is_sent_is_cut() {
    let folder = Folder::new("shrinks");
    let file = file(&folder, b"0123456789", 0);
    let body = || {
        let body = Body::from(file.try_clone().unwrap());
        file.set_len(4).unwrap();
        body
    };
    asked(HTTP11)
        .run(answer("200 OK", &DATED, body))
        .says(
            &with_length(10, "0123"),
            "GET /: the body is 6 bytes short of its Content-Length\n",
        )
        .ends(End::Cut);
}
