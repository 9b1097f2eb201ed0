//! `recorder`: what its page says, to whom, and for how long.
#![cfg(debug_assertions)] // or there is none

use crate::support::{Log, PATIENCE};
use gateway::exchange::{self, End, Outcome, Protocol};
use gateway::middleware::{debugger, recorder, timing};
use gateway::testing::{self, Answer, ask, get};
use gateway::{
    Application, Block, Body, Environ, ErrorLog, Failure, Layer,
    ResponseHead, Result, app,
};
use std::io::{self, BufRead, Read, Write};
use std::process::Command;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use std::{env, thread};

const TEXT: [(&str, &str); 1] = [("Content-Type", "text/plain")];

fn hello() -> impl Application + Send + Sync {
    recorder(app(|_, start_response| {
        Ok(start_response("200 OK", &TEXT)?.body("Hello"))
    }))
}

/// The page's path, from the log of the first request.
fn path(log: &str) -> String {
    let start = "Exchanges are at http://localhost";
    let line = log.lines().find_map(|line| line.strip_prefix(start));
    line.expect(log).to_string()
}

/// What the page says of one request.
fn page_of(app: &dyn Application, environ: Environ) -> String {
    let path = path(&ask(app, environ).log);
    get(app, &path).text().into_owned()
}

/// What is to be read of the last exchange on a page.
fn last(page: &str) -> (String, String) {
    let (_, last) = page.rsplit_once("<summary>").expect(page);
    let (title, rest) = last.split_once("</summary>").expect(page);
    let (_, text) = rest.split_once('>').expect(page);
    let (text, _) = text.split_once("</pre>").expect(page);
    let plain = |text: &str| {
        let text = text.replace("&lt;", "<").replace("&gt;", ">");
        text.replace("&quot;", "\"").replace("&amp;", "&")
    };
    (plain(title), plain(text))
}

/// A title whose time is left out.
fn untimed(title: &str) -> String {
    let (start, rest) = title.split_once(" in ").expect(title);
    let (time, end) = rest.split_once(" ms").expect(title);
    assert!(time.parse::<f64>().is_ok(), "{title}");
    format!("{start}{end}")
}

#[test]
fn the_address_is_said_once() {
    let hello = hello();
    let first = get(&hello, "/").log;
    assert_eq!(first.lines().count(), 1, "{first}");
    let path = path(&first);
    let token = path.strip_prefix("/_recorder/").expect(&path);
    assert_eq!(token.len(), 33, "{token}");
    for path in ["/", &path, &path] {
        assert_eq!(get(&hello, path).log, "");
    }
}

#[test]
fn all_that_is_said_is_there() {
    let app = recorder(app(|environ, start_response| {
        let mut line = String::new();
        environ.input.read_line(&mut line)?;
        let headers = [("Content-Type", "text/plain"), ("X-A", "b")];
        let mut started = start_response("201 Created", &headers)?;
        started.write_all(b"one")?;
        Ok(started.body(["", " and ", "two"]))
    }));
    let mut environ = testing::environ("POST", "/caf%C3%A9?page=2");
    environ.set("CONTENT_LENGTH", "16");
    environ.set("HTTP_X_FIELD", "its value");
    environ.input = Box::new(&b"a line\nnot read\n"[..]);
    let page = page_of(&app, environ);
    let (title, text) = last(&page);
    assert_eq!(untimed(&title), "POST /café: 201, 11 bytes");
    for line in [
        "REQUEST_METHOD = POST",
        "REQUEST_URI = /caf%C3%A9?page=2",
        "QUERY_STRING = page=2",
        "HTTP_X_FIELD = its value",
        "a line",
        "201 Created",
        "X-A: b",
        "one and two",
    ] {
        assert!(text.lines().any(|l| l == line), "{line}: {text}");
    }
    assert!(!text.contains("not read"), "{text}");
    let after = text.lines().filter_map(|l| l.strip_prefix("after "));
    let blocks = after.map(|l| l.split_once(" ms, ").expect(l));
    let (times, sizes): (Vec<_>, Vec<_>) = blocks.unzip();
    assert_eq!(sizes, ["3 bytes", "5 bytes", "3 bytes"]);
    let times = times.iter().map(|time| time.parse::<f64>().unwrap());
    assert!(times.is_sorted());
}

#[test]
fn an_input_that_is_read_in_any_way_is_noted() {
    for way in 0..3 {
        let app = recorder(app(move |environ, start_response| {
            let input = &mut environ.input;
            match way {
                0 => drop(input.read_to_end(&mut Vec::new())?),
                1 => {
                    let length = input.fill_buf()?.len();
                    input.consume(length);
                }
                _ => {
                    input.read_exact(&mut [0; 3])?;
                    io::copy(input, &mut io::sink())?;
                }
            }
            Ok(start_response("204 No Content", &[])?.body(""))
        }));
        let mut environ = testing::environ("PUT", "/");
        environ.set("CONTENT_LENGTH", "10");
        environ.input = Box::new(&b"ten bytes."[..]);
        let (_, text) = last(&page_of(&app, environ));
        assert!(text.lines().any(|l| l == "ten bytes."), "{text}");
    }
}

#[test]
fn a_head_that_is_changed_is_shown_as_it_was_sent() {
    struct Named;
    impl Layer for Named {
        fn head(&mut self, head: &mut ResponseHead) -> Result<()> {
            head.headers.push("X-Name", "value");
            Ok(())
        }
    }
    for (is_restarted, is_named) in
        [(false, true), (true, false), (true, true)]
    {
        let app = recorder(app(move |_, start_response| {
            let mut started = start_response("200 OK", &TEXT)?;
            if is_named {
                started = started.layer(Named);
            }
            if is_restarted {
                let status = "503 Service Unavailable";
                let html = [("Content-Type", "text/html")];
                started = started.restart(status, &html, "no")?;
            }
            Ok(started.body("Hello"))
        }));
        let page = page_of(&app, testing::environ("GET", "/"));
        let (title, text) = last(&page);
        let is_there = |line| text.lines().any(|l| l == line);
        assert_eq!(is_there("X-Name: value"), is_named);
        assert_eq!(is_there("503 Service Unavailable"), is_restarted);
        assert_eq!(is_there("Content-Type: text/html"), is_restarted);
        assert_eq!(is_there("200 OK"), !is_restarted);
        assert!(title.starts_with(match is_restarted {
            true => "GET /: 503, 5 bytes in ",
            false => "GET /: 200, 5 bytes in ",
        }));
    }
}

#[test]
fn an_error_is_named_wherever_it_comes_from() {
    let blocks = |last: fn() -> Result<Block>| {
        app(move |_, start_response| {
            let blocks = [|| Ok(Block::from(&b"half"[..])), last];
            let blocks = blocks.into_iter().map(|block| block());
            let started = start_response("200 OK", &TEXT)?;
            Ok(started.body(Body::blocks(blocks)))
        })
    };
    struct Bad;
    impl Layer for Bad {
        fn block(&mut self, _: Block) -> Result<Block> {
            Err("no ink".into())
        }
    }
    let layer = app(|_, start_response| {
        let started = start_response("200 OK", &TEXT)?.layer(Bad);
        Ok(started.body("Hello"))
    });
    let short = app(|_, start_response| {
        let body = Body::sized(9, [Ok(b"half".into())]);
        Ok(start_response("200 OK", &TEXT)?.body(body))
    });
    let failure = Failure::new("404 Not Found", "no ink");
    let all: [(Box<dyn Application>, &str); 7] = [
        (
            Box::new(app(|_, _| Err("no ink".into()))),
            "500, 26 bytes, no ink",
        ),
        (Box::new(failure), "404, 14 bytes, 404 Not Found: no ink"),
        (
            Box::new(app(|_, _| panic!("no ink"))),
            "500, 26 bytes, the application panicked: no ink",
        ),
        (
            Box::new(blocks(|| Err("no ink".into()))),
            "200, 4 bytes, no ink",
        ),
        (
            Box::new(blocks(|| panic!("no ink"))),
            "200, 4 bytes, the application panicked: no ink",
        ),
        (Box::new(layer), "500, 26 bytes, no ink"),
        (
            Box::new(short),
            "200, 4 bytes, the body is 5 bytes short of its \
             Content-Length",
        ),
    ];
    for (fails, expected) in all {
        let environ = testing::environ("GET", "/");
        let (title, _) = last(&page_of(&recorder(fails), environ));
        assert_eq!(untimed(&title), format!("GET /: {expected}"));
    }
}

/// Takes so many writes, and breaks.
struct Leaves(usize);

impl Write for Leaves {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 =
            self.0.checked_sub(1).ok_or(io::ErrorKind::BrokenPipe)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

const HTTP: Protocol = Protocol::Http { minor: 1, keep_alive: true };

#[test]
fn a_client_that_leaves_is_not_an_error() {
    let app = recorder(app(|_, start_response| {
        let blocks = std::iter::repeat_with(|| Ok(b"block".into()));
        let body = Body::blocks(blocks);
        Ok(start_response("200 OK", &TEXT)?.body(body))
    }));
    let log = Log::default();
    let mut environ = testing::environ("GET", "/");
    environ.errors = ErrorLog::new(log.clone());
    exchange::run(&app, &mut environ, HTTP, &mut Leaves(3));
    let page = get(&app, &path(&log.text()));
    let (title, _) = last(&page.text());
    let expected = "GET /: 200, 15 bytes, and the client has left";
    assert_eq!(untimed(&title), expected);
}

/// Passes on what is sent, until nobody wants it any more.
struct Wire(Sender<String>);

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let sent = self.0.send(text);
        sent.map_err(|_| io::ErrorKind::BrokenPipe)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A page that is open, as it comes.
struct Open(Receiver<String>);

impl Open {
    /// What comes up to this.
    fn until(&self, end: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        let mut text = String::new();
        while !text.contains(end) {
            assert!(Instant::now() < deadline, "no {end}: {text}");
            text += &self.0.recv_timeout(PATIENCE).expect(&text);
        }
        text
    }

    /// All that still comes.
    fn rest(&self) -> String {
        let deadline = Instant::now() + PATIENCE;
        let mut text = String::new();
        while let Ok(more) = self.0.recv_timeout(PATIENCE) {
            assert!(Instant::now() < deadline, "no end: {text}");
            text += &more;
        }
        text
    }
}

/// A program with a page, which can be opened in other threads.
struct Site {
    app: Arc<dyn Application + Send + Sync>,
    path: String,
    ended: Sender<Outcome>,
    outcomes: Receiver<Outcome>,
}

impl Site {
    fn new() -> Self {
        let app = Arc::new(hello());
        let path = path(&get(&app, "/first").log);
        let (ended, outcomes) = channel();
        Self { app, path, ended, outcomes }
    }

    fn open(&self) -> Open {
        let (sender, receiver) = channel();
        let (app, ended) = (self.app.clone(), self.ended.clone());
        let mut environ = testing::environ("GET", &self.path);
        environ.multithread = true;
        thread::spawn(move || {
            let mut wire = Wire(sender);
            let outcome =
                exchange::run(&app, &mut environ, HTTP, &mut wire);
            // The test may be over.
            let _ = ended.send(outcome);
        });
        let page = Open(receiver);
        page.until("GET /first: 200");
        page
    }
}

#[test]
fn the_page_grows_while_it_is_open() {
    let site = Site::new();
    let page = site.open();
    let times = (0..3).map(|n| {
        // Only if it waits by then can it be seen what wakes it.
        page.until("<!-- -->\n");
        thread::sleep(Duration::from_millis(100));
        let start = Instant::now();
        get(&site.app, &format!("/{n}"));
        let new = page.until(&format!("GET /{n}: 200"));
        assert_eq!(new.matches("<summary>").count(), 1, "{new}");
        assert!(new.contains("</details>"), "{new}");
        start.elapsed()
    });
    // It looks each second, but does not wait for that.
    assert!(times.min().unwrap() < Duration::from_millis(500));
    let again = site.open();
    get(&site.app, "/last");
    page.until("GET /last: 200");
    again.until("GET /last: 200");
}

#[test]
fn it_is_noticed_that_nobody_looks_any_more() {
    let site = Site::new();
    let page = site.open();
    // Nothing happens, but a comment comes now and then.
    page.until("<!-- -->\n");
    drop(page);
    let outcome = site.outcomes.recv_timeout(PATIENCE).unwrap();
    assert_eq!(outcome.end, End::Gone);
}

#[test]
fn with_a_third_page_the_first_ends() {
    let site = Site::new();
    let first = site.open();
    let second = site.open();
    let third = site.open();
    let rest = first.rest();
    let link = "<p><a href=\"\">Go on</a>\n";
    assert!(rest.contains(link), "{rest}");
    let outcome = site.outcomes.recv_timeout(PATIENCE).unwrap();
    assert_eq!(outcome.end, End::Keep);
    get(&site.app, "/more");
    for page in [second, third] {
        let more = page.until("GET /more: 200");
        assert!(!more.contains(link), "{more}");
    }
}

#[test]
fn a_server_with_one_thread_is_not_held_up() {
    let hello = hello();
    let path = path(&get(&hello, "/").log);
    let start = Instant::now();
    let page = get(&hello, &path);
    assert!(start.elapsed() < Duration::from_millis(900));
    assert!(!page.is_cut);
    assert!(page.text().contains("<p><a href=\"\">Go on</a>\n"));
}

#[test]
fn nothing_is_held_up_or_gathered() {
    let (sender, sent) = channel::<String>();
    let sent = Arc::new(Mutex::new(sent));
    let app = recorder(app(move |_, start_response| {
        let sent = Arc::clone(&sent);
        let blocks = (0..3).map(move |n| {
            if n > 0 {
                let sent = sent.lock().unwrap();
                let before = sent.try_recv().unwrap_or_default();
                let wanted = format!("block {}", n - 1);
                assert!(before.contains(&wanted), "{before}");
            }
            Ok(format!("block {n}").into_bytes().into())
        });
        let started = start_response("200 OK", &TEXT)?;
        Ok(started.body(Body::blocks(blocks)))
    }));
    let mut environ = testing::environ("GET", "/");
    environ.errors = ErrorLog::new(io::sink());
    let outcome =
        exchange::run(&app, &mut environ, HTTP, &mut Wire(sender));
    assert_eq!(outcome.end, End::Keep);
}

#[test]
fn little_is_kept_and_only_of_the_last() {
    /// How many blocks have not been dropped.
    #[derive(Clone, Default)]
    struct Held(Arc<()>);
    const LONG: usize = 20_000;
    let held = Held::default();
    let app = recorder({
        let held = held.clone();
        app(move |environ, start_response| {
            io::copy(&mut environ.input, &mut io::sink())?;
            let held = held.clone();
            let blocks = (0..1000).map(move |_| {
                let _one = held.clone();
                Ok(vec![b'#'; 20].into())
            });
            let started = start_response("200 OK", &TEXT)?;
            Ok(started.body(Body::blocks(blocks)))
        })
    });
    let path = path(&get(&app, "/0").log);
    for n in 1..=30 {
        let mut environ = testing::environ("PUT", &format!("/{n}"));
        environ.set("CONTENT_LENGTH", LONG.to_string());
        environ.input = Box::new(&[b'~'; LONG][..]);
        ask(&app, environ);
    }
    assert_eq!(Arc::strong_count(&held.0), 2);
    let page = get(&app, &path).text().into_owned();
    let titles = page.lines().filter(|l| l.contains("<summary>"));
    let numbers: Vec<_> = titles
        .map(|line| line.split(['/', ':']).nth(1).unwrap())
        .collect();
    let expected: Vec<_> = (11..=30).map(|n| n.to_string()).collect();
    assert_eq!(numbers, expected);
    let (_, text) = last(&page);
    let count = |c| text.matches(c).count();
    let after = text.lines().filter(|l| l.starts_with("after "));
    assert_eq!(after.count(), 100);
    let most = 16 * 1024;
    for c in ['#', '~'] {
        assert_eq!(count(c), most, "{c}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn ten_thousand_exchanges_take_no_more_memory_than_a_hundred() {
    const CHILD: &str = "GATEWAY_TEST_RECORDER";
    if env::var_os(CHILD).is_some() {
        return many_exchanges();
    }
    let mut again = Command::new(env::current_exe().unwrap());
    let name = "middleware::recorder::ten_thousand_exchanges_take_no_\
                more_memory_than_a_hundred";
    let again = again.args([name, "--exact"]).env(CHILD, "1");
    let output = again.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    assert!(text.contains("1 passed"), "{text}");
}

#[cfg(target_os = "linux")]
fn many_exchanges() {
    let app = recorder(app(|environ, start_response| {
        io::copy(&mut environ.input, &mut io::sink())?;
        let started = start_response("200 OK", &TEXT)?;
        Ok(started.body(vec![b'x'; 30_000]))
    }));
    let ask_often = |times| {
        for _ in 0..times {
            let mut environ = testing::environ("PUT", "/");
            environ.errors = ErrorLog::new(io::sink());
            environ.set("CONTENT_LENGTH", "30000");
            environ.input = Box::new(&[b'y'; 30_000][..]);
            let outcome = exchange::run(
                &app,
                &mut environ,
                HTTP,
                &mut io::sink(),
            );
            assert_eq!(outcome.bytes, 30_000);
        }
        crate::core::memory::peak()
    };
    let (few, many) = (ask_often(100), ask_often(10_000));
    assert!(many < few + (1 << 20), "{few} and {many} bytes");
}

#[test]
fn only_who_has_the_address_and_sits_here_sees_it() {
    let hello = hello();
    let path = path(&get(&hello, "/").log);
    let wrong = path.replace(|c: char| c.is_ascii_digit(), "x");
    let asked = |path: &str, name: &str, value: &str| {
        let mut environ = testing::environ("GET", path);
        environ.set(name, value);
        ask(&hello, environ)
    };
    let is_page =
        |answer: &Answer| answer.text().contains("The last exchanges");
    for (path, name, value) in [
        (&*path, "X", ""),
        (&*path, "REMOTE_ADDR", "::1"),
        (&*path, "HTTP_HOST", "127.0.0.1:8000"),
        (&*path, "HTTP_HOST", "[::1]"),
    ] {
        assert!(is_page(&asked(path, name, value)), "{name} {value}");
    }
    for (path, name, value) in [
        (&*path, "HTTP_HOST", "evil.example"),
        (&*path, "HTTP_HOST", "localhost.evil.example"),
        (&*path, "HTTP_HOST", ""),
        (&*path, "REMOTE_ADDR", "192.168.1.9"),
        (&*path, "REMOTE_ADDR", ""),
        (&*path, "HTTP_X_FORWARDED_FOR", "127.0.0.1"),
        (&*path, "HTTP_FORWARDED", "for=127.0.0.1"),
        (&*path, "HTTP_VIA", "1.1 proxy"),
        (&*wrong, "X", ""),
        ("/_recorder/", "X", ""),
        ("/_recorder//", "X", ""),
        (&path[..path.len() - 2], "X", ""),
        (&path.replace("recorder", "debugger"), "X", ""),
    ] {
        let answer = asked(path, name, value);
        assert_eq!(answer.text(), "Hello", "{path} {name} {value}");
    }
}

#[test]
fn a_stranger_is_told_no_address_and_the_log_no_strange_host() {
    let hello = hello();
    let mut environ = testing::environ("GET", "/");
    environ.set("HTTP_HOST", "evil.example");
    let log = ask(&hello, environ).log;
    assert!(log.starts_with("Exchanges are at /_recorder/"), "{log}");
}

#[test]
fn it_runs_nothing_loads_nothing_and_is_not_kept() {
    let hello = hello();
    let path = path(&get(&hello, "/").log);
    let headers = get(&hello, &path).headers;
    let value =
        |name| headers.get(name).unwrap_or_default().to_string();
    assert_eq!(value("Content-Type"), "text/html; charset=utf-8");
    assert_eq!(value("Cache-Control"), "no-store");
    assert_eq!(value("X-Frame-Options"), "DENY");
    assert_eq!(value("X-Content-Type-Options"), "nosniff");
    let policy = value("Content-Security-Policy");
    let mut rules = policy.split("; ");
    assert_eq!(rules.next(), Some("default-src 'none'"));
    assert!(!policy.contains("script"), "{policy}");
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    assert_eq!(headers.get("Content-Length"), None);
}

#[test]
fn html_is_text_wherever_it_comes_from() {
    const EVIL: &str =
        "</pre></title><script>alert(\"1\")</script>&lt;";
    let app = recorder(app(|environ, start_response| {
        environ.input.read_to_end(&mut Vec::new())?;
        let headers = [("Content-Type", EVIL), ("X-Evil", EVIL)];
        let status = format!("200 {EVIL}");
        let mut started = start_response(&status, &headers)?;
        write!(started, "{EVIL}")?;
        Err(EVIL.into())
    }));
    let mut environ =
        testing::environ("<script>", "/<script>?<script>");
    environ.set("PATH_INFO", format!("/{EVIL}"));
    environ.set("REMOTE_USER", EVIL);
    environ.set("HTTP_<SCRIPT>", EVIL);
    environ.set("HTTP_USER_AGENT", EVIL);
    environ.set("CONTENT_LENGTH", EVIL.len().to_string());
    environ.input = Box::new(EVIL.as_bytes());
    let page = page_of(&app, environ);
    assert!(!page.contains("<script"), "{page}");
    assert!(!page.contains("<SCRIPT"), "{page}");
    assert_eq!(page.matches("</pre>").count(), 1, "{page}");
    assert_eq!(page.matches("<title>").count(), 1);
    let (_, text) = last(&page);
    // Of it and what is around it nothing is lost.
    assert!(text.matches(EVIL).count() >= 6, "{text}");
}

#[test]
fn secrets_are_covered() {
    let app = recorder(app(|environ, start_response| {
        environ.input.read_to_end(&mut Vec::new())?;
        let headers = [
            ("Content-Type", "text/plain"),
            ("Set-Cookie", "id=hidden"),
            ("Location", "/?token=hidden"),
        ];
        let started = start_response("200 OK", &headers)?;
        Ok(started.body("your password is hidden"))
    }));
    let mut environ = testing::environ("POST", "/?api_key=hidden");
    for (name, value) in [
        ("HTTP_COOKIE", "hidden"),
        ("HTTP_AUTHORIZATION", "hidden"),
        ("HTTP_X_API_KEY", "hidden"),
        ("HTTP_REFERER", "http://localhost/?secret=hidden"),
        ("CONTENT_LENGTH", "15"),
    ] {
        environ.set(name, value);
    }
    environ.input = Box::new(&b"password=hidden"[..]);
    let (_, text) = last(&page_of(&app, environ));
    assert!(!text.contains("hidden"), "{text}");
    assert_eq!(text.matches("(covered)").count(), 10, "{text}");
}

#[test]
fn it_sees_nothing_of_its_own_and_does_not_disturb_the_debugger() {
    let app =
        debugger(recorder(timing(app(|_, _| Err("no ink".into())))));
    let answer = get(&app, "/fails");
    assert!(answer.text().contains("It began at"), "{}", answer.text());
    let path = path(&answer.log);
    get(&app, &path);
    let page = get(&app, &path).text().into_owned();
    assert_eq!(page.matches("<summary>").count(), 1);
    let (title, _) = last(&page);
    assert!(title.contains(" ms, 500 "), "{title}");
    assert!(title.contains("no ink, see http"), "{title}");
}

#[test]
fn a_process_for_each_request_has_no_page() {
    let hello = hello();
    let mut environ = testing::environ("GET", "/");
    environ.run_once = true;
    assert_eq!(ask(&hello, environ).log, "");
}
