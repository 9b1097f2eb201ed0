//! What is said of a request, and whether it is that request.

#[cfg(unix)]
mod curl;

use super::{
    TEXT, address, again, between, browser, fails, form, formless,
    sends, submitted, unescaped,
};
use crate::core::anything::Chance;
use gateway::middleware::debugger;
use gateway::testing::{ask, get};
use gateway::{Application, Body, Environ, app, watch};
use std::collections::BTreeMap;
use std::io::{BufRead, Cursor, Read, Write};
use std::sync::Mutex;

type Request = (BTreeMap<String, Vec<u8>>, Vec<u8>);

/// Notes what it is asked, and fails.
fn noting(noted: &Mutex<Vec<Request>>) -> impl Application {
    debugger(app(|environ, _| {
        let mut body = Vec::new();
        environ.input.read_to_end(&mut body)?;
        let variables = environ.variables().into_iter();
        let owned = |(n, v): (&str, &[u8])| (n.to_owned(), v.to_vec());
        let request = (variables.map(owned).collect(), body);
        noted.lock().unwrap().push(request);
        Err("on purpose".into())
    }))
}

/// Any bytes in any variables, whose names are as odd, and any body.
fn random(chance: &Chance) -> Environ {
    let bytes = |most: u64| -> Vec<u8> {
        let length = chance.next() % most;
        let plain = chance.once_in(2);
        let one = |_| match plain {
            true => {
                b"azAZ0\n =*%&'\"<>@:/.\\"[chance.next() as usize % 20]
            }
            false => chance.next() as u8,
        };
        (0..length).map(one).collect()
    };
    let mut environ = Environ::new();
    for _ in 0..chance.next() % 9 {
        let name = match chance.once_in(2) {
            true => String::from_utf8_lossy(&bytes(9)).into_owned(),
            false => format!("HTTP_X{}", chance.next() % 4),
        };
        environ.set(&name, bytes(30));
    }
    let method = chance.of(&["POST", "PUT", "`x`", "GET"]);
    environ.set("REQUEST_METHOD", method);
    environ.remove("CONTENT_LENGTH");
    let body = bytes(200);
    let has_length = chance.once_in(2) || method == "GET";
    if has_length && !body.is_empty() {
        environ.set("CONTENT_LENGTH", body.len().to_string());
    }
    environ.input = Box::new(Cursor::new(body));
    environ
}

#[test]
fn a_request_is_sent_again_to_the_byte() {
    let noted = Mutex::new(Vec::new());
    let app = noting(&noted);
    let (path, _) = address(&ask(&app, browser("/")));
    let pages = path.trim_end_matches('1');
    let chance = Chance::new(12);
    for n in 0..1000 {
        noted.lock().unwrap().clear();
        ask(&app, random(&chance));
        let number = 2 + 2 * n;
        let page = ask(&app, browser(&format!("{pages}{number}")));
        again(&app, &page);
        let mut noted = noted.lock().unwrap();
        let (variables, body) = noted.pop().unwrap();
        let (mut before, body_before) = noted.pop().unwrap();
        assert_eq!(body, body_before, "{n}: {before:?}");
        if let Some(length) = variables.get("CONTENT_LENGTH") {
            // One in chunks has none at first.
            before.insert("CONTENT_LENGTH".into(), length.clone());
            assert_eq!(*length, body.len().to_string().into_bytes());
        }
        assert_eq!(variables, before, "{n}");
    }
}

#[test]
fn a_field_of_any_name_is_sent_again() {
    let noted = Mutex::new(Vec::new());
    let app = noting(&noted);
    // All that a field's name may have (RFC 9110, section 5.6.2).
    let mut request = browser("/");
    for name in ["HTTP_X*", "HTTP_X%2A", "HTTP_!#$%&'*+.^`|~", "*", "="]
    {
        request.set(name, "plain");
        request.set(&format!("{name}2"), b"\xff");
    }
    again(&app, &ask(&app, request));
    let noted = noted.lock().unwrap();
    assert_eq!(noted[0], noted[1]);
    assert_eq!(noted[1].0["HTTP_X*"], b"plain");
}

#[test]
fn what_is_new_is_marked_beside_the_last_time() {
    let app = debugger(app(|environ, _| {
        let name = environ.get("HTTP_NAME").unwrap_or_default();
        watch!(name);
        Err("on purpose".into())
    }));
    let mut request = browser("/");
    request.set("HTTP_NAME", "Ada <1815>");
    let page = ask(&app, request);
    assert!(!page.text().contains("<h2>Last time</h2>"));
    // The first time, other functions were on the way.
    let page = again(&app, &again(&app, &page));
    let text = page.text();
    let beside = between(&text, "<div>", "</div>");
    assert!(!beside.contains("<mark>"), "{beside}");

    let mut form = form(&text);
    form[2] = form[2].replace("HTTP_NAME=Ada <1815>", "HTTP_NAME=Joe");
    let page = ask(&app, submitted(&form));
    let text = page.text();
    let beside = between(&text, "<div>", "</div>");
    let (last, now) = beside.split_once("<h2>Now</h2>").unwrap();
    for (side, name) in [(last, "Ada &lt;1815&gt;"), (now, "Joe")] {
        let marks: Vec<_> = side.split("<mark>").skip(1).collect();
        assert_eq!(marks.len(), 2, "{side}");
        let value = format!("  name = &quot;{name}&quot;, at ");
        assert!(marks[0].starts_with(&value), "{side}");
        let variable = format!("  HTTP_NAME = {name}</mark>");
        assert!(marks[1].starts_with(&variable), "{side}");
        assert!(
            side.contains("\nGET /: on purpose\n")
                || side.contains(">GET /: on purpose\n"),
            "{side}"
        );
    }
}

/// The title of the input in a report, and the lines under it.
#[track_caller]
fn input(app: &impl Application, mut request: Environ) -> String {
    request.set("HTTP_ACCEPT", "text/plain");
    let report = ask(app, request).text().into_owned();
    let Some((_, input)) = report.split_once("\nThe input, ") else {
        return String::new();
    };
    input.split("\n\n").next().unwrap().to_string()
}

#[test]
fn the_input_is_shown_however_much_of_it_was_read() {
    type Read = fn(&mut Environ) -> std::io::Result<()>;
    let reads: [(&str, Read); 7] = [
        ("0 of 11", |_| Ok(())),
        ("5 of 11", |e| e.input.read_exact(&mut [0; 5])),
        ("11 of 11", |e| e.input.read_exact(&mut [0; 11])),
        ("11 of 11", |e| e.input.read_to_end(&mut vec![]).map(drop)),
        ("6 of 11", |e| {
            e.input.fill_buf()?;
            e.input.consume(6);
            Ok(())
        }),
        ("6 of 11", |e| {
            e.input.read_until(b' ', &mut vec![]).map(drop)
        }),
        // Read, and put back for those further inside.
        ("11 of 11", |e| {
            let mut body = Vec::new();
            e.input.read_to_end(&mut body)?;
            e.input = Box::new(Cursor::new(body));
            e.input.read_exact(&mut [0; 2])
        }),
    ];
    for (said, read) in reads {
        let app = debugger(app(|environ, _| {
            read(environ)?;
            Err("on purpose".into())
        }));
        let expected = format!("{said} bytes read\n  hello there");
        assert_eq!(input(&app, sends("/", "hello there")), expected);
        let mut chunked = sends("/", "hello there");
        chunked.remove("CONTENT_LENGTH");
        assert_eq!(input(&app, chunked), expected);
        let page = ask(&app, sends("/", "hello there"));
        let [_, _, request] = form(&page.text());
        assert!(request.ends_with("wsgi.input=hello there\n"));
    }
    assert_eq!(input(&debugger(fails("none")), browser("/")), "");
}

#[test]
fn what_moves_into_the_body_is_noted_as_far_as_it_was_read() {
    let app = debugger(app(|environ, start_response| {
        let empty = Box::new(Cursor::new(""));
        let mut input = std::mem::replace(&mut environ.input, empty);
        let started = start_response("200 OK", &TEXT)?;
        let blocks = (0..).map(move |n| {
            let mut block = vec![0; 5];
            input.read_exact(&mut block)?;
            match n {
                1 => Err("two are too many".into()),
                _ => Ok(block.into()),
            }
        });
        Ok(started.body(Body::blocks(blocks)))
    }));
    let answer = ask(&app, sends("/", "hello there"));
    assert!(answer.is_cut);
    let (path, _) = address(&answer);
    let page = ask(&app, browser(&path));
    let text = page.text();
    let read = "<h2>The input, 10 of 10 bytes read</h2>";
    assert!(text.contains(read), "{text}");
    assert!(text.contains("\">  hello ther\n"), "{text}");
    assert!(text.contains("cannot be tried again"), "{text}");
}

/// The real one, which reads a form and gives it back.
#[cfg(feature = "session")]
#[test]
fn a_form_that_csrf_has_read_is_whole() {
    use gateway::middleware::csrf;
    use gateway::middleware::session::{MemoryStore, session};
    use std::sync::Arc;
    let inner = app(|environ, start_response| {
        if environ.bytes("REQUEST_METHOD") == Some(b"GET") {
            let token = csrf::token(environ)?;
            return Ok(start_response("200 OK", &TEXT)?.body(token));
        }
        environ.input.read_exact(&mut [0; 4])?;
        Err("on purpose".into())
    });
    let store = Arc::new(MemoryStore::new());
    let app = debugger(session(csrf::csrf(inner), store));
    let first = get(&app, "/");
    let cookie = first.headers.get("Set-Cookie").unwrap();
    let cookie = cookie.split(';').next().unwrap();
    let body = format!("name=Ada&csrf={}", first.text());
    let mut request = sends("/", &body);
    let kind = "application/x-www-form-urlencoded";
    request.set("CONTENT_TYPE", kind);
    request.set("HTTP_COOKIE", cookie);
    let page = ask(&app, request);
    let text = page.text();
    assert!(text.contains("<h1>POST /: on purpose</h1>"), "{text}");
    let length = body.len();
    let read = format!("The input, {length} of {length} bytes read");
    assert!(text.contains(&read), "{text}");
    let page = again(&app, &page);
    assert!(page.text().contains("<h1>POST /: on purpose</h1>"));
}

#[test]
fn log_and_values_are_those_of_this_request() {
    let app = debugger(app(|environ, start_response| {
        let path = environ.get("PATH_INFO").unwrap_or_default();
        let path = path.into_owned();
        watch!(path);
        writeln!(environ.errors, "log of {path}")?;
        let mut body = String::new();
        environ.input.read_to_string(&mut body)?;
        match &*path {
            "/fine" => Ok(start_response("200 OK", &TEXT)?.body("ok")),
            _ => Err(format!("error of {path}").into()),
        }
    }));
    // Not as they stand in this source, which is in the report.
    let [one, two] = [1, 2].map(|n| format!("/number{n}"));
    for paths in [[&*one, &two], ["/fine", &one]] {
        ask(&app, sends(paths[0], format!("body of {}", paths[0])));
        let mut request = browser(paths[1]);
        request.set("HTTP_ACCEPT", "*/*");
        let answer = ask(&app, request);
        let report = answer.text();
        let before = format!("of {}", paths[0]);
        assert!(!report.contains(&before), "{report}");
        let log = format!("\n\nIn the log\n  log of {}\n\n", paths[1]);
        assert!(report.contains(&log), "{report}");
        let values = between(&report, "\nValues\n", "\n\n");
        let value = format!("  path = {:?}, at tests/it/", paths[1]);
        assert!(values.starts_with(&value), "{report}");
        assert_eq!(values.lines().count(), 1);
        assert!(!report.contains("The input"), "{report}");
    }
}

/// A report is text, and says the place first.
#[test]
fn a_report_begins_with_what_is_wrong_and_where() {
    let app = debugger(app(|_, _| {
        let error: gateway::Error = "on purpose".into(); // here
        Err(error)
    }));
    let line = include_str!("report.rs").lines();
    let line = line.enumerate().find(|(_, l)| l.ends_with("// here"));
    let (at, source) = line.unwrap();
    let column = source.find("\"on").unwrap() + 14;
    let report = get(&app, "/page").text().into_owned();
    let mut lines = report.lines();
    assert_eq!(lines.next(), Some("GET /page: on purpose"));
    assert_eq!(lines.next(), Some(""));
    assert_eq!(lines.next(), Some("It began at"));
    let place = format!("  {}:{}:{column}", file!(), at + 1);
    assert_eq!(lines.next(), Some(&*place));
    let marked = format!("> {:4}  {source}", at + 1);
    let marks = lines.filter(|line| line.starts_with("> "));
    assert_eq!(marks.collect::<Vec<_>>()[0], marked, "{report}");
    let page = ask(&app, browser("/page"));
    assert!(unescaped(&page.text()).contains(&marked));
}

/// A traceback of another language's is one.
#[test]
fn an_error_of_several_lines_keeps_them() {
    let app = debugger(fails("What:\n  in <this>\nNo: why"));
    let answer = ask(&app, browser("/"));
    let line = "GET /: 500 Internal Server Error: What:\n      \
                in <this>\n    No: why\n    see http://localhost";
    assert!(answer.log.starts_with(line), "{}", answer.log);
    let page = formless(&answer.text());
    let pre = "<h1>GET /: What:</h1>\n\n<pre tabindex=\"0\">    \
               in &lt;this&gt;\n  No: why\n</pre>\n";
    assert!(page.contains(pre), "{page}");
}
