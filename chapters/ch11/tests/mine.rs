//! `mine11`, with our pieces.

#[path = "../../program.rs"]
mod program;

use program::{LIMIT, Program, bound};
use std::io::{BufRead, BufReader, Read, Write};
use std::process::Stdio;
use std::sync::Mutex;
use std::sync::mpsc::{self, Receiver};
use std::thread;

/// The server, and the lines of its log.
struct Mine {
    program: Program,
    log: Mutex<Receiver<String>>,
}

impl Mine {
    /// With limits in seconds, and keys.
    fn start(limits: &[&str], keys: &str) -> Self {
        let mut command = bound(env!("CARGO_BIN_EXE_mine11"));
        command.args(limits).arg("--ours").env("MINE_KEYS", keys);
        command.stderr(Stdio::piped());
        let mut program = Program::serving(&mut command, "http");
        let stderr =
            BufReader::new(program.child.stderr.take().unwrap());
        let (sender, log) = mpsc::channel();
        // It ends with the program, whose log that is.
        thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        Self { program, log: Mutex::new(log) }
    }

    /// Reads the log until a line ends so.
    fn logged(&self, end: &str) {
        let log = self.log.lock().unwrap();
        loop {
            let line = log.recv_timeout(LIMIT).expect(end);
            if line.ends_with(end) {
                return;
            }
        }
    }

    /// The whole answer.
    fn ask(&self, line: &str, fields: &str, body: &str) -> String {
        let mut stream = self.program.connect();
        let length = body.len();
        let request = format!(
            "{line} HTTP/1.1\r\nHost: mine\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {length}\r\n{fields}\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// The page, for a visitor with this cookie.
    fn page(&self, cookie: &str) -> String {
        let field = format!("Cookie: {cookie}");
        let answer = self.ask("GET /mine", &field, "");
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        answer
    }

    /// Sends a form, and returns the cookie that is set, if one is.
    fn send(&self, to: &str, cookie: &str, form: &str) -> String {
        let line = format!("POST /mine/{to}");
        let fields = format!("Origin: http://mine\r\nCookie: {cookie}");
        let answer = self.ask(&line, &fields, form);
        assert!(
            answer.starts_with("HTTP/1.1 303 See Other\r\n"),
            "{answer}"
        );
        let set = answer.split_once("\r\nSet-Cookie: ");
        let value = set.and_then(|set| set.1.split(';').next());
        value.unwrap_or_default().to_string()
    }
}

const KEYS: &str = "new,old";

#[test]
fn a_visitor_is_known_until_logged_out() {
    let mine = Mine::start(&[], KEYS);
    mine.logged(
        "yours: none; ours: 1.4, 1.5, 8.1, 8.2, 8.3, 8.4, 8.5, 9.1, \
         9.2, 9.3, 9.4, 10.3, 10.4, 10.5, 11.1, 11.2, 11.3, 11.4, 11.5",
    );
    assert!(mine.page("").contains("<button>Log in"));
    let id = mine.send("login", "", "name=%3CFerris%3E");
    let cookies = format!("a; b=\"c\";{id}");
    assert!(mine.page(&cookies).contains("You are &lt;Ferris&gt;."));
    mine.send("sign", &cookies, "message=Tea%21");
    let entry = "<dt>&lt;Ferris&gt;</dt>\n<dd>Tea!</dd>\n";
    assert!(mine.page("").contains(entry));
    // Whoever logs in gets another id, and the old one is nobody's.
    let ada = mine.send("login", &id, "name=Ada");
    assert_ne!(ada, id);
    assert!(!mine.page(&id).contains("You are"));
    assert!(mine.page(&ada).contains("You are Ada."));
    assert_eq!(mine.send("logout", &ada, ""), "mine=");
    assert!(!mine.page(&ada).contains("You are"));
}

#[test]
fn two_tabs_both_count() {
    let mine = Mine::start(&[], KEYS);
    let id = mine.send("login", "", "name=Ferris");
    mine.send("count", &id, "count=left");
    thread::scope(|scope| {
        let slow = scope
            .spawn(|| mine.send("count", &id, "count=left&slow=on"));
        mine.logged("left waits for another tab");
        mine.send("count", &id, "count=right");
        slow.join().unwrap();
    });
    assert!(mine.page(&id).contains("Left: 2, right: 1."));
}

#[test]
fn a_slow_tab_does_not_undo_a_logout() {
    let mine = Mine::start(&[], KEYS);
    let id = mine.send("login", "", "name=Ferris");
    thread::scope(|scope| {
        let slow = scope
            .spawn(|| mine.send("count", &id, "count=left&slow=on"));
        mine.logged("left waits for another tab");
        mine.send("logout", &id, "");
        slow.join().unwrap();
    });
    mine.logged("the session has ended meanwhile");
    assert!(!mine.page(&id).contains("You are"));
}

#[test]
fn a_session_comes_to_its_end() {
    for (limits, is_known) in
        [(["3600", "3600"], true), (["0", "3600"], false)]
    {
        let mine = Mine::start(&limits, KEYS);
        let id = mine.send("login", "", "name=Ferris");
        let page = mine.page(&id);
        assert_eq!(page.contains("You are"), is_known, "{limits:?}");
    }
    let mine = Mine::start(&["3600", "0"], KEYS);
    let id = mine.send("login", "", "name=Ferris");
    assert!(!mine.page(&id).contains("You are"));
}

#[test]
fn a_theme_is_taken_from_who_has_a_key() {
    let is_dark = |mine: &Mine, cookie: &str| {
        mine.page(cookie).contains("background: #222")
    };
    let old = Mine::start(&[], "old").send("theme", "", "theme=dark");
    let mine = Mine::start(&[], KEYS);
    assert!(is_dark(&mine, &old));
    let new = mine.send("theme", "", "theme=dark");
    assert_ne!(new, old);
    assert!(is_dark(&mine, &new));
    assert!(!is_dark(&mine, "theme=dark"));
    assert!(!is_dark(&mine, &new[..new.len() - 1]));
    let light = mine.send("theme", "", "theme=light");
    assert!(!is_dark(&mine, &light.replace("light", "dark")));
    let mine = Mine::start(&[], "new");
    assert!(is_dark(&mine, &new) && !is_dark(&mine, &old));
}

#[test]
fn a_form_from_elsewhere_does_nothing() {
    let mine = Mine::start(&[], KEYS);
    let id = mine.send("login", "", "name=Ferris");
    for origin in ["http://evil.example", "https://mine", "null"] {
        let fields = format!("Cookie: {id}\r\nOrigin: {origin}");
        let answer = mine.ask("POST /mine/logout", &fields, "");
        assert!(
            answer.starts_with("HTTP/1.1 403 Forbidden\r\n"),
            "{answer}"
        );
        assert!(mine.page(&id).contains("You are Ferris."));
    }
}

#[test]
fn the_guest_book_is_still_there() {
    let mine = Mine::start(&[], KEYS);
    let answer = mine.ask("GET /url?a=b", "A: b", "");
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("\r\n\r\nhttp://mine/url?a=b\n"));
}
