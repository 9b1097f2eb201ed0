//! Who may ask the book and its programs, and what a browser is told.

mod fixture;

use fixture::{
    Fixture, MAIN, PATIENCE, Reader, Served, assert_has, text,
    wait_until,
};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Instant;

/// A book that is read, and where its programs are.
struct Site {
    reader: Reader,
    port: u16,
    programs: u16,
}

impl Site {
    fn new() -> Self {
        Self::of("# One\n")
    }

    fn of(page: &str) -> Self {
        let fixture = Fixture::new(page);
        let served = Served::start(&fixture, &["--port", "0"]);
        let page = served.get("/ch01.html");
        let (_, port) = page.split_once("data-programs=\"").unwrap();
        let programs = port.split('"').next().unwrap().parse().unwrap();
        let port = served.port;
        let reader = Reader::of(fixture, served);
        Self { reader, port, programs }
    }

    fn get(&self, path: &str) -> String {
        self.reader.served.get(path)
    }

    /// What the book answers to a request with these fields.
    fn book(&self, line: &str, fields: &[&str]) -> String {
        ask(self.port, line, fields)
    }

    /// What is answered where the programs are.
    fn programs(&self, line: &str, fields: &[&str]) -> String {
        ask(self.programs, line, fields)
    }

    /// A program leaves something behind when it is run.
    fn watch_runs(&self) {
        let path = self.reader.fixture.root.join("was-run");
        let note = format!("std::fs::write({path:?}, \"\").unwrap();");
        let main = MAIN.replacen('{', &format!("{{\n    {note}"), 1);
        self.reader.fixture.write("chapters/ch01/src/main.rs", &main);
    }

    fn was_run(&self) -> bool {
        self.reader.fixture.root.join("was-run").exists()
    }
}

fn ask(port: u16, line: &str, fields: &[&str]) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let mut head = format!("{line} HTTP/1.1\r\nConnection: close\r\n");
    if !fields.iter().any(|field| field.starts_with("Host:")) {
        head += &format!("Host: 127.0.0.1:{port}\r\n");
    }
    for field in fields {
        head += &format!("{field}\r\n");
    }
    write!(stream, "{head}Content-Length: 0\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn header<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    let (head, _) = answer.split_once("\r\n\r\n").unwrap();
    let lead = format!("{name}: ");
    head.lines().find_map(|line| line.strip_prefix(&lead))
}

#[test]
fn programs_are_another_origin_than_the_pages() {
    let site = Site::new();
    assert_ne!(site.programs, site.port);
    // Links and forms that go to the book are led there.
    let path = "/cgi-bin/ch01/caf%C3%A9/x%20y%2Fa+b:%2520?a%3Cb&c=d";
    let led = site.book(&format!("GET {path}"), &[]);
    assert_has(&led, "HTTP/1.1 307 Temporary Redirect\r\n");
    let there = format!("http://127.0.0.1:{}{path}", site.programs);
    assert_eq!(header(&led, "Location"), Some(&*there));
    let led = site.book("POST /cgi-bin/ch01", &["Host: localhost:80"]);
    let there =
        format!("http://localhost:{}/cgi-bin/ch01", site.programs);
    assert_eq!(header(&led, "Location"), Some(&*there));
    // There the programs are, and nothing else.
    let hello = site.programs("GET /cgi-bin/ch01/x", &[]);
    assert_has(&hello, "Hello from Some(\"/cgi-bin/ch01\")");
    for path in [
        "/",
        "/ch01.html",
        "/live/state?page=ch01.html",
        "/cgi-bin/rm",
        "/cgi-bin/",
        "/cgi-bin/ch99",
    ] {
        let answer = site.programs(&format!("GET {path}"), &[]);
        assert!(!answer.starts_with("HTTP/1.1 2"), "{path}: {answer}");
        assert!(!answer.contains("live-token"), "{path}: {answer}");
    }
}

#[test]
fn a_page_says_where_the_programs_are() {
    let site = Site::of(
        "# One\n\nGo to <http://127.0.0.1:3001/cgi-bin/ch01>.\n",
    );
    let page = site.get("/ch01.html");
    let port = site.programs;
    let there = format!(">http://127.0.0.1:{port}/cgi-bin/ch01</a>");
    assert_has(&page, &there);
}

#[test]
fn no_other_site_has_a_program_run() {
    let site = Site::new();
    site.watch_runs();
    let book = format!("Origin: http://127.0.0.1:{}", site.port);
    let same = "Sec-Fetch-Site: same-site";
    let navigate = "Sec-Fetch-Mode: navigate";
    let document = "Sec-Fetch-Dest: document";
    let refused: &[(&str, &[&str])] = &[
        // Under a name that is made to lead here.
        ("GET", &["Host: evil.example"]),
        ("GET", &["Host: evil.example:3001"]),
        ("GET", &["Host:"]),
        ("GET", &["Host: 127.0.0.1.evil.example"]),
        // Forms and scripts of other sites.
        ("POST", &["Origin: http://evil.example"]),
        ("POST", &["Origin: null"]),
        ("GET", &["Origin: http://evil.example"]),
        ("GET", &["Sec-Fetch-Site: cross-site"]),
        ("GET", &["Sec-Fetch-Site: cross-site", navigate, document]),
        // Of other servers on this machine, and of the book's pages:
        // what a page of the book loads is not from here.
        ("POST", &["Origin: http://127.0.0.1:9"]),
        ("POST", &[&book]),
        ("POST", &[&book, same, navigate, document]),
        ("GET", &[same]),
        ("GET", &[same, "Sec-Fetch-Mode: no-cors"]),
        ("GET", &[same, navigate, "Sec-Fetch-Dest: iframe"]),
        ("GET", &[same, navigate, "Sec-Fetch-Dest: embed"]),
        ("POST", &[same, navigate, document]),
    ];
    for (method, fields) in refused {
        let line = format!("{method} /cgi-bin/ch01");
        let answer = site.programs(&line, fields);
        let is_refused = answer.starts_with("HTTP/1.1 403")
            || fields == &["Host:"]
                && answer.starts_with("HTTP/1.1 400");
        assert!(is_refused, "{method} {fields:?}: {answer}");
        assert!(!site.was_run(), "{method} {fields:?}");
        // The book leads nobody there, either.
        if !fields.contains(&&*book) {
            let answer = site.book(&line, fields);
            let is_led = answer.starts_with("HTTP/1.1 307");
            assert!(!is_led, "{method} {fields:?}: {answer}");
        }
    }
    let own = format!("Origin: http://127.0.0.1:{}", site.programs);
    let answered: &[(&str, &[&str])] = &[
        // The address line, and programs such as curl.
        ("GET", &[]),
        ("GET", &["Sec-Fetch-Site: none", navigate, document]),
        // A link on a page of the book.
        ("GET", &[same, navigate, document]),
        // A form of the program's own.
        ("POST", &[&own, "Sec-Fetch-Site: same-origin"]),
    ];
    for (method, fields) in answered {
        let line = format!("{method} /cgi-bin/ch01");
        let answer = site.programs(&line, fields);
        assert_has(&answer, "HTTP/1.1 200 OK\r\n");
    }
    assert!(site.was_run());
}

#[test]
fn each_answer_forbids_frames_guesses_and_other_origins() {
    let site = Site::new();
    let page = site.get("/ch01.html");
    let style = page.split("href=\"").find(|l| l.starts_with("css/"));
    let style = style.unwrap().split('"').next().unwrap();
    let style = format!("GET /{style}");
    for (line, fields) in [
        ("GET /", &[][..]),
        ("HEAD /ch01.html", &[]),
        ("GET /print.html", &[]),
        (&style, &[]),
        ("GET /none.html", &[]),
        ("POST /ch01.html", &[]),
        ("GET /cgi-bin/ch01", &[]),
        ("GET /live/state?page=ch01.html", &[]),
        ("GET /", &["Host: evil.example"]),
    ] {
        let answer = site.book(line, fields);
        let header = |name| header(&answer, name).unwrap_or_default();
        assert_eq!(header("X-Frame-Options"), "DENY", "{line}");
        assert_eq!(
            header("X-Content-Type-Options"),
            "nosniff",
            "{line}"
        );
        assert_eq!(header("Referrer-Policy"), "same-origin", "{line}");
        for name in [
            "Cross-Origin-Resource-Policy",
            "Cross-Origin-Opener-Policy",
        ] {
            assert_eq!(header(name), "same-origin", "{line}: {name}");
        }
        let policy = header("Content-Security-Policy");
        assert_has(policy, "default-src 'none'");
        assert_has(policy, "frame-ancestors 'none'");
        assert!(!policy.contains("unsafe-eval"), "{line}: {policy}");
        let scripts =
            policy.split("; ").find(|p| p.starts_with("script"));
        let scripts = scripts.unwrap_or_default();
        assert!(!scripts.contains("unsafe"), "{line}: {policy}");
    }
    // The table of contents is framed where there are no scripts.
    let answer = site.book("GET /toc.html", &[]);
    let options = header(&answer, "X-Frame-Options");
    assert_eq!(options, Some("SAMEORIGIN"));
    let policy = header(&answer, "Content-Security-Policy").unwrap();
    assert_has(policy, "frame-ancestors 'self'");
    assert!(!answer.contains("live-token"), "{answer}");
}

#[test]
fn scripts_of_the_frame_run_and_those_of_the_text_do_not() {
    let site = Site::of("# One\n\n<script>alert(1)</script>\n");
    let page = site.get("/ch01.html");
    let policy = header(&page, "Content-Security-Policy").unwrap();
    let (_, nonce) = policy.split_once("'nonce-").unwrap();
    let nonce = nonce.split('\'').next().unwrap();
    assert!(nonce.len() >= 32, "{nonce}");
    let numbered = format!("<script nonce=\"{nonce}\">");
    let (start, rest) = page.split_once("<main>").unwrap();
    let (middle, end) = rest.split_once("</main>").unwrap();
    assert!(start.contains(&numbered), "{start}");
    for part in [start, end] {
        assert!(!part.contains("<script>"), "{part}");
        assert!(!part.contains(" onload="), "{part}");
    }
    assert_has(middle, "<script>alert(1)</script>");
    // Nobody can know the next one.
    assert!(!site.get("/ch01.html").contains(nonce));
}

#[test]
fn who_is_refused_is_told_why() {
    let site = Site::new();
    let token = format!("X-Live-Token: {}", site.reader.token);
    let check = "POST /live/check?exercise=1.1";
    let old = site.book(check, &["X-Live-Token: 0"]);
    assert_has(&old, "HTTP/1.1 403 Forbidden\r\n");
    assert_has(&old, "{\"trouble\":\"The book was started anew");
    // Through a port forward that puts its own name before the port.
    let origin = "Origin: https://x-3000.example.dev";
    let forwarded = site.book(check, &[&token, origin]);
    assert_has(&forwarded, "HTTP/1.1 403 Forbidden\r\n");
    assert_has(
        &forwarded,
        "{\"trouble\":\"This page was opened at \
         https://x-3000.example.dev. There it can be read",
    );
    let (port, programs) = (site.port, site.programs);
    let advice = format!(
        "ssh -L {port}:127.0.0.1:{port} \
         -L {programs}:127.0.0.1:{programs} HOST"
    );
    assert_has(&forwarded, &advice);
    assert!(!forwarded.contains("started anew"), "{forwarded}");
    // Or asks under that name: then not even pages are answered.
    let renamed = site.book("GET /", &["Host: x-3000.example.dev"]);
    assert_has(&renamed, "HTTP/1.1 403 Forbidden\r\n");
    assert_has(&renamed, &advice);
    assert_has(&renamed, "cargo run -p book -- build");
    // A forward to another port of the reader's own machine is none.
    let host = "Host: localhost:8080";
    let origin = "Origin: http://localhost:8080";
    let answer = site.book(check, &[&token, host, origin]);
    assert!(!answer.starts_with("HTTP/1.1 403"), "{answer}");
}

/// Does not end if it is told so.
const HANGING: &str = r#"fn main() {
    if std::env::var("QUERY_STRING").unwrap() == "hang" {
        std::thread::sleep(std::time::Duration::MAX);
    }
    println!("Content-Type: text/plain\n\nended");
}
"#;

#[test]
fn strangers_have_only_so_many_programs_run_at_a_time() {
    let site = Site::new();
    let main = "chapters/ch01/src/main.rs";
    site.reader.fixture.write(main, HANGING);
    let ask = |query| {
        site.programs(&format!("GET /cgi-bin/ch01{query}"), &[])
    };
    assert_has(&ask(""), "\r\nended");
    let start = Instant::now();
    let is_full = AtomicBool::new(false);
    let hang = || {
        while !is_full.load(Ordering::Acquire) {
            let answer = ask("?hang");
            if answer.starts_with("HTTP/1.1 503 ") {
                is_full.store(true, Ordering::Release);
            } else {
                assert_has(&answer, "HTTP/1.1 504 ");
            }
            assert!(start.elapsed() < PATIENCE, "all are run");
        }
    };
    thread::scope(|scope| {
        (0..9).for_each(|_| drop(scope.spawn(hang)));
        wait_until("one is refused", || {
            is_full.load(Ordering::Acquire)
        });
        // That was theirs: the reader has turns of another kind.
        let request = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
        let sent = site.reader.send("program=ch01&how=cgi", request);
        assert_has(text(&sent, "answer"), "ended");
    });
    let is_answered = || ask("").starts_with("HTTP/1.1 200 ");
    wait_until("turns are given back", is_answered);
}

/// Writes down who may look into the folder where it runs.
const SERVING: &str = r#"
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
fn main() {
    let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    println!("Serving at http://{}", socket.local_addr().unwrap());
    for stream in socket.incoming() {
        let mut stream = stream.unwrap();
        stream.read_to_string(&mut String::new()).unwrap();
        let mode = std::fs::metadata(".").unwrap().permissions().mode();
        write!(stream, "HTTP/1.1 200 OK\r\n\r\nmode {mode:o}").unwrap();
    }
}
"#;

#[cfg(unix)]
#[test]
fn what_a_server_keeps_is_for_its_user_alone() {
    let Site { reader, .. } = Site::new();
    let package = "[package]\nname = \"ch05\"\nedition = \"2024\"\n";
    reader.fixture.write("chapters/ch05/Cargo.toml", package);
    reader.fixture.write("chapters/ch05/src/main.rs", SERVING);
    let request = "GET / HTTP/1.1\r\n\r\n";
    let sent = reader.send("program=ch05&how=", request);
    assert_has(text(&sent, "answer"), "mode 40700");
}
