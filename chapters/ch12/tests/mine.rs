//! `mine12`, with our pieces.

#[path = "../../program.rs"]
mod program;

use program::{Program, bound};
use std::fs;
use std::io::{Read, Write};
use std::process::Stdio;

/// The server, whose log is not looked at.
struct Mine(Program);

const SITE: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/src/bin/mine12/site.rs");

/// The number of the line of the site that has this in it.
fn line(of: &str) -> usize {
    let text = fs::read_to_string(SITE).unwrap();
    1 + text.lines().position(|line| line.contains(of)).unwrap()
}

impl Mine {
    fn start() -> Self {
        let mut command = bound(env!("CARGO_BIN_EXE_mine12"));
        command.args(["--port", "0", "--ours"]).stderr(Stdio::null());
        Self(Program::serving(&mut command, "http"))
    }

    /// The whole answer. `HERE` is the server, in a field.
    fn ask(&self, line: &str, fields: &str, body: &str) -> String {
        let (address, length) = (self.0.address, body.len());
        let fields = fields.replace("HERE", &address.to_string());
        let kind = "application/x-www-form-urlencoded";
        let request = format!(
            "{line} HTTP/1.1\r\nHost: {address}\r\n\
             Connection: close\r\nContent-Type: {kind}\r\n\
             Content-Length: {length}\r\n{fields}\r\n{body}"
        );
        let mut stream = self.0.connect();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// The page of a request that fails.
    fn page(&self, line: &str, fields: &str, body: &str) -> String {
        let answer = self.ask(line, fields, body);
        assert!(answer.starts_with(FAILED), "{answer}");
        answer.split_once("\r\n\r\n").unwrap().1.to_string()
    }
}

const FAILED: &str = "HTTP/1.1 500 Internal Server Error\r\n";

/// The path at the end of a page that sends the request once more.
fn again(page: &str) -> &str {
    let at = page.find("/again/").expect(page);
    page[at..].trim_end()
}

#[track_caller]
fn assert_has(page: &str, lines: &[&str]) {
    let text = lines.join("\n");
    assert!(page.contains(&text), "{page}\nhas to contain\n{text}");
}

#[test]
fn a_panic_has_its_place_and_our_functions_on_the_way() {
    let page = Mine::start().page("GET /cakes?guests=0", "", "");
    let inmost = line("10 / guests");
    let began = format!(
        "GET /cakes failed:\n\nattempt to divide by zero\n\nIt began \
         at chapters/ch12/src/bin/mine12/site.rs:{inmost}:5.\n\nOur \
         functions on the way, the inmost first:\n"
    );
    let (start, rest) = page.split_once(&began).expect(&page);
    assert_eq!(start, "");
    let (way, _) = rest.split_once("\n\n").unwrap();
    let way: Vec<&str> = way.lines().collect();
    for (at, function, line) in [
        (0, "share", inmost),
        (1, "cakes", line("share(guests.parse()?)")),
        (2, "site", line("=> cakes(environ)?")),
    ] {
        // A compiler may leave out the path of a name.
        let place = format!("{function}, line {line} of ");
        assert!(way[at].contains(&place), "{page}");
        assert!(way[at].ends_with("/mine12/site.rs"), "{page}");
    }
    assert!(!page.contains("/rustc/"), "{page}");
    assert!(!page.contains("mine12/debugger.rs"), "{page}");
}

#[test]
fn an_error_has_its_causes_and_the_place_of_its_question_mark() {
    let mine = Mine::start();
    let page = mine.page("GET /tea", "", "");
    let place = format!(
        "It began at chapters/ch12/src/bin/mine12/site.rs:{}:",
        line("Ok(water.map_err(NoTea)?)")
    );
    assert_has(
        &page,
        &[
            "GET /tea failed:",
            "",
            "no tea",
            "no water, and none is in sight",
            "No such file or directory (os error 2)",
            "",
            &place,
        ],
    );
    let page = mine.page("GET /snake", "", "");
    assert_eq!(page.matches("a snake\n").count(), 10);
    assert_has(&page, &["a snake", "…", ""]);
}

#[test]
fn secrets_are_covered_and_the_rest_is_not() {
    let fields = "Cookie: id=7f3\r\nX-Api-Key: 7f4\r\nX-Tea: 7f5\r\n";
    let form = "name=Ada&pass%77ord=7f6&page=2";
    let page =
        Mine::start().page("POST /login?token=7f7&a=b", fields, form);
    for shown in [
        "nobody is called \"Ada\"\n",
        "  HTTP_COOKIE = (covered)\n",
        "  HTTP_X_API_KEY = (covered)\n",
        "  HTTP_X_TEA = 7f5\n",
        "  QUERY_STRING = token=(covered)&a=b\n",
        "  REQUEST_URI = /login?token=(covered)&a=b\n",
        "  its body = name=Ada&pass%77ord=(covered)&page=2\n",
    ] {
        assert!(page.contains(shown), "{shown}{page}");
    }
    for secret in ["7f3", "7f4", "7f6", "7f7"] {
        assert!(!page.contains(secret), "{secret} {page}");
    }
}

#[test]
fn the_last_request_that_failed_is_sent_once_more() {
    let mine = Mine::start();
    let first = mine.page("POST /login?a=b", "", "name=Ada");
    assert!(mine.ask("GET /", "", "").starts_with("HTTP/1.1 200 OK"));
    let line = format!("POST {}", again(&first));
    let second = mine.page(&line, "Origin: http://HERE\r\n", "");
    assert_eq!(first, second);
}

#[test]
fn nobody_else_has_it_sent() {
    let mine = Mine::start();
    let page = mine.page("GET /tea", "", "");
    let path = again(&page);
    let ours = "Origin: http://HERE\r\n";
    for (line, fields) in [
        (format!("GET {path}"), ours.to_string()),
        (format!("POST {path}"), String::new()),
        (format!("POST {path}"), "Origin: http://a.b\r\n".into()),
        (format!("POST {path}"), format!("{ours}Via: 1.1 a\r\n")),
        (format!("POST {path}0"), ours.to_string()),
        ("POST /again/".into(), ours.to_string()),
    ] {
        let answer = mine.ask(&line, &fields, "");
        let is_refused =
            answer.starts_with("HTTP/1.1 403 Forbidden\r\n");
        assert!(is_refused, "{line} {fields} {answer}");
    }
}

#[test]
fn what_does_not_fail_is_answered_as_without() {
    let mine = Mine::start();
    let answer = mine.ask("GET /cakes?guests=5", "", "");
    assert!(answer.ends_with("\r\n\r\n2 for each\n"), "{answer}");
    let answer = mine.ask("GET /nowhere", "", "");
    assert!(answer.starts_with("HTTP/1.1 404 Not Found\r\n"));
    let answer = mine.ask("POST /", "", &"a".repeat(70_000));
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
}
