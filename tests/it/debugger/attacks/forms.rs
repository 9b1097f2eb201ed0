//! Who may have a request sent again, and what is sent then.

use crate::debugger::{
    PLAIN, TEXT, address, again, between, browser, failure, form,
    multipart, sends, submitted,
};
use gateway::middleware::debugger;
use gateway::testing::{Answer, ask};
use gateway::{Application, Body, Environ, app};
use std::io::{Cursor, Read};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Fails, and counts how often it is called.
fn counting(count: &AtomicUsize) -> impl Application {
    debugger(app(|_, _| {
        count.fetch_add(1, Ordering::Relaxed);
        Err("on purpose".into())
    }))
}

#[test]
fn only_our_own_page_has_a_request_sent_again() {
    let count = AtomicUsize::new(0);
    let app = counting(&count);
    let page = ask(&app, browser("/"));
    let form = form(&page.text());
    type Change = fn(&mut Environ);
    let changes: [(&str, Change); 15] = [
        ("no Origin", |e| {
            e.remove("HTTP_ORIGIN");
        }),
        ("an empty one", |e| e.set("HTTP_ORIGIN", "")),
        ("null", |e| e.set("HTTP_ORIGIN", "null")),
        ("foreign", |e| e.set("HTTP_ORIGIN", "http://evil.example")),
        ("port", |e| e.set("HTTP_ORIGIN", "http://localhost:8000")),
        ("scheme", |e| e.set("HTTP_ORIGIN", "https://localhost")),
        ("none", |e| e.set("HTTP_ORIGIN", "localhost")),
        ("name", |e| e.set("HTTP_ORIGIN", "http://127.0.0.1")),
        ("longer", |e| e.set("HTTP_ORIGIN", "http://localhost.evil")),
        ("two", |e| {
            let two = "http://localhost http://evil.example";
            e.set("HTTP_ORIGIN", two);
        }),
        ("path", |e| e.set("HTTP_ORIGIN", "http://localhost/")),
        ("GET", |e| e.set("REQUEST_METHOD", "GET")),
        ("PUT", |e| e.set("REQUEST_METHOD", "PUT")),
        ("HEAD", |e| e.set("REQUEST_METHOD", "HEAD")),
        ("no method", |e| {
            e.remove("REQUEST_METHOD");
        }),
    ];
    for (name, change) in changes {
        let mut request = submitted(&form);
        change(&mut request);
        let answer = ask(&app, request);
        assert_eq!(count.load(Ordering::Relaxed), 1, "{name}");
        assert_eq!(answer.log, "", "{name}");
        if name != "HEAD" {
            let list = "<h1>The last failures</h1>";
            assert!(answer.text().contains(list), "{name}");
        }
    }
    // And no other page does.
    for page in ["", "1", "2", "again/", "Again", "x"] {
        let mut form = form.clone();
        form[0] = form[0].replace("/again", &format!("/{page}"));
        ask(&app, submitted(&form));
        assert_eq!(count.load(Ordering::Relaxed), 1, "{page}");
    }
    again(&app, &page);
    assert_eq!(count.load(Ordering::Relaxed), 2);
}

/// Says what it was sent, and fails the first time.
fn echo(environ: &mut Environ) -> gateway::Result<String> {
    let mut body = Vec::new();
    environ.input.read_to_end(&mut body)?;
    let peer = environ.get("REMOTE_ADDR").unwrap_or_default();
    let length = environ.get("CONTENT_LENGTH").unwrap_or_default();
    let sum = body.iter().fold(0u64, |sum, &byte| {
        sum.wrapping_mul(31).wrapping_add(byte.into())
    });
    Ok(format!("peer {peer}, {length} is {}, {sum}.", body.len()))
}

fn mended() -> impl Application {
    debugger(app(|environ, start_response| {
        let said = echo(environ)?;
        if environ.bytes("HTTP_MENDED").is_none() {
            return Err(said.into());
        }
        Ok(start_response("200 OK", &TEXT)?.body(said))
    }))
}

/// The same request, answered.
#[track_caller]
fn once_more(app: &impl Application, page: &Answer) -> String {
    let mut form = form(&page.text());
    form[2] += "HTTP_MENDED=yes\n";
    let answer = ask(app, submitted(&form));
    assert_eq!(answer.status, "200 OK", "{}", answer.log);
    let text = answer.text().into_owned();
    assert!(text.contains("<h1>It is answered</h1>"), "{text}");
    text
}

/// What was said the first time is said once more.
#[track_caller]
fn is_the_same(app: &impl Application, first: Environ) {
    let page = ask(app, first);
    let text = page.text();
    let said = between(&text, "<title>", "</title>");
    let (_, said) = said.split_once(": peer").unwrap();
    let answer = once_more(app, &page);
    let (_, now) = answer.split_once("<h2>Now</h2>").unwrap();
    assert!(now.contains(said), "{said}: {now}");
}

#[test]
fn a_body_is_sent_again_whatever_is_in_it() {
    let app = mended();
    let all_bytes: Vec<u8> = (0..=255).collect();
    for body in [
        b"name=Ada".to_vec(),
        b"one\ntwo\r\nthree\rfour\n\n".to_vec(),
        b"X=y\nwsgi.input=z\nHTTP_MENDED=no".to_vec(),
        b"--X--\r\n--X\r\n".to_vec(),
        b"%41%zz%".to_vec(),
        b" ".to_vec(),
        all_bytes.clone(),
        all_bytes.repeat(4095),
        b"a".repeat((1 << 20) - 1),
    ] {
        is_the_same(&app, sends("/", body));
    }
    // In chunks, it has no length before, and one afterwards.
    let mut chunked = sends("/", "five\n");
    chunked.remove("CONTENT_LENGTH");
    let answer = once_more(&app, &ask(&app, chunked));
    assert!(answer.contains("peer 127.0.0.1, 5 is 5, "), "{answer}");
}

#[test]
fn a_body_that_is_not_known_as_a_whole_is_not_sent_again() {
    let reads_some = debugger(app(|environ, _| {
        // It takes the rest with it, as a form's parts do.
        let empty = Box::new(Cursor::new(b""));
        let mut input = std::mem::replace(&mut environ.input, empty);
        input.read_exact(&mut [0; 3])?;
        Err("three are enough".into())
    }));
    let reads_none = debugger(app(|environ, _| {
        environ.input = Box::new(Cursor::new(b""));
        Err("on purpose".into())
    }));
    let fails = debugger(app(|_, _| Err("on purpose".into())));
    let mut chunked = sends("/", "eleven byte");
    chunked.remove("CONTENT_LENGTH");
    let mut none = sends("/", "eleven byte");
    none.remove("CONTENT_LENGTH");
    let mut short = sends("/", "eleven byte");
    short.set("CONTENT_LENGTH", "12");
    for page in [
        ask(&reads_some, sends("/", "eleven byte")),
        ask(&reads_some, chunked),
        ask(&reads_none, sends("/", "eleven byte")),
        ask(&reads_none, none),
        ask(&fails, short),
        ask(&fails, sends("/", "a".repeat(1 << 20))),
        ask(&fails, sends("/", "a".repeat(5 << 20))),
    ] {
        let text = page.text();
        assert!(text.contains("cannot be tried again"), "{text}");
        assert!(!text.contains("<form"));
    }
}

#[test]
fn one_that_streams_for_ever_is_cut_and_one_that_never_reads_ends() {
    let app = debugger(app(|environ, start_response| {
        if environ.bytes("HTTP_MENDED").is_none() {
            return Err("on purpose".into());
        }
        let started = start_response("200 OK", &TEXT)?;
        let block = |n: u64| Ok(format!("{n}\n").into_bytes().into());
        Ok(started.body(Body::blocks((0..).map(block))))
    }));
    for body in ["", "nobody reads this"] {
        let page = ask(&app, sends("/", body));
        let mut form = form(&page.text());
        form[2] += "HTTP_MENDED=yes\n";
        let answer = ask(&app, submitted(&form));
        let text = answer.text();
        // It is not known how it ends, and the page says so.
        assert!(text.contains("<h1>It is answered, up to here</h1>"));
        assert!(text.contains("<mark>9999</mark>\n"));
        assert!(!text.contains("<mark>99999</mark>\n"));
        assert_eq!(answer.log, "");
    }
}

#[test]
fn a_failure_of_the_second_try_is_shown_wherever_it_is() {
    // The client sees 60 kB of it.
    let late = debugger(app(|_, start_response| {
        let started = start_response("200 OK", &TEXT)?;
        Ok(started.body(Body::blocks((0..7).map(|n| match n {
            6 => Err("too late".into()),
            _ => Ok("0123456789\n".repeat(900).into_bytes().into()),
        }))))
    }));
    let answer = ask(&late, browser("/"));
    assert!(answer.is_cut);
    let (path, _) = address(&answer);
    let page = again(&late, &ask(&late, browser(&path)));
    assert!(page.text().contains("<h1>GET /: too late</h1>"));

    let not_found = debugger(app(|environ, _| {
        match environ.bytes("HTTP_MENDED") {
            None => failure("503 Service Unavailable"),
            Some(_) => failure("404 Not Found"),
        }
    }));
    let page = ask(&not_found, browser("/"));
    let page = once_more(&not_found, &page);
    assert!(page.contains("<mark>Status: 404 Not Found</mark>"));
}

#[test]
fn forms_that_are_none_of_ours_do_no_harm() {
    let count = AtomicUsize::new(0);
    let app = counting(&count);
    let page = ask(&app, browser("/"));
    let [path, ..] = form(&page.text());
    let part = |name: &str, value: &[u8]| {
        let disposition =
            format!("Content-Disposition: form-data; name=\"{name}\"");
        [
            b"--X\r\n",
            disposition.as_bytes(),
            b"\r\n\r\n",
            value,
            b"\r\n",
        ]
        .concat()
    };
    let last = part("last", b"said");
    let good = part("request", b"REQUEST_METHOD=GET\nPATH_INFO=/x\n");
    let end = b"--X--\r\n".to_vec();
    // What is missing is empty, and what is more is not read.
    for (parts, is_called) in [
        (vec![], true),
        (vec![&last], true),
        (vec![&last, &good], true),
        (vec![&last, &good, &last, &good], true),
        (vec![&part("last", b"\xff\xfe"), &good], true),
        (
            vec![&last, &part("request", b"X=\xff\n\xfe\n=\n*=%\n")],
            true,
        ),
        (vec![&b"--X\r\n\r\n".to_vec()], false),
        (vec![&b"--X\r\nContent-Disposition".to_vec()], false),
    ] {
        let before = count.load(Ordering::Relaxed);
        let parts: Vec<_> = parts.into_iter().cloned().collect();
        let body = [parts.concat(), end.clone()].concat();
        let answer = ask(&app, multipart(&path, body));
        let calls = count.load(Ordering::Relaxed) - before;
        assert_eq!(calls, usize::from(is_called));
        let status =
            if is_called { "200 OK" } else { "400 Bad Request" };
        assert_eq!(answer.status, status, "{}", answer.log);
    }
    let before = count.load(Ordering::Relaxed);
    let cut = [last, good].concat();
    assert_eq!(
        ask(&app, multipart(&path, cut)).status,
        "400 Bad Request"
    );
    let long = part("last", &b"a".repeat(17 << 20));
    assert_eq!(
        ask(&app, multipart(&path, long)).status,
        "413 Content Too Large"
    );
    let mut other = multipart(&path, "last=a&request=b");
    other.set("CONTENT_TYPE", "application/x-www-form-urlencoded");
    assert_eq!(ask(&app, other).status, "415 Unsupported Media Type");
    assert_eq!(count.load(Ordering::Relaxed), before);
}

/// Who is at the machine may send what they like; what comes of it is
/// still theirs alone.
#[test]
fn another_peer_in_the_request_gets_nobody_more() {
    let app = mended();
    let page = ask(&app, browser("/"));
    let mut form = form(&page.text());
    form[2] = form[2].replace("127.0.0.1", "192.0.2.1");
    assert!(form[2].contains("REMOTE_ADDR=192.0.2.1"));
    form[2] = form[2].replace("localhost", "evil.example");
    let answer = ask(&app, submitted(&form));
    // The application sees that one, and the page is for who has asked.
    let text = answer.text();
    assert!(text.contains("peer 192.0.2.1, "), "{text}");
    assert!(text.contains("<button>Try again"));
    assert!(!text.contains("action=\"http"));
    assert!(!answer.log.contains("evil.example"), "{}", answer.log);

    // How the page is shown is for who asks to say, as well.
    form[2] = form[2].replace("HTTP_ACCEPT", "HTTP_X");
    let answer = ask(&app, submitted(&form));
    assert!(answer.text().contains("<button>Try again"));

    // The other way round nothing is won, either: the page that asks
    // has to be let in first.
    form[2] = form[2].replace("192.0.2.1", "127.0.0.1");
    let mut from_elsewhere = submitted(&form);
    from_elsewhere.set("REMOTE_ADDR", "192.0.2.1");
    let answer = ask(&app, from_elsewhere);
    assert_eq!(answer.text(), PLAIN);
    // And no page of ours is asked for inside of another.
    let inner = form[0].clone();
    form[2] = form[2].replace("PATH_INFO=/", "PATH_INFO=") + "";
    form[2] = form[2]
        .replace("PATH_INFO=\n", &format!("PATH_INFO={inner}\n"));
    assert!(form[2].contains("_debugger/"));
    let answer = ask(&app, submitted(&form));
    assert!(answer.text().contains("_debugger/"));
    assert!(!answer.text().contains("The last failures</h1>"));
}
