//! Who asks from elsewhere, or through somebody, sees nothing.

use crate::debugger::{PLAIN, TEXT, address, browser, fails, sends};
use gateway::middleware::debugger;
use gateway::testing::{Answer, ask};
use gateway::{Environ, Failure, app};

/// Is a page shown for a request that was changed so? Nothing, or all.
#[track_caller]
fn is_shown(change: impl Fn(&mut Environ)) -> bool {
    let app = debugger(fails("a secret of the program"));
    let mut request = browser("/");
    change(&mut request);
    let answer = ask(&app, request);
    assert_eq!(answer.status, "500 Internal Server Error");
    let page = answer.text();
    let is_plain = page == PLAIN;
    assert_ne!(is_plain, page.contains("a secret of the program"));
    assert_ne!(is_plain, page.contains("<button>Try again"));
    let kind = answer.headers.get("Content-Type").unwrap();
    assert_eq!(is_plain, kind == "text/plain");
    // Whoever asks, the log says it: with the host if that is ours.
    let see = if is_plain { "see /_debugger/" } else { "see http://" };
    assert!(answer.log.contains(see), "{}", answer.log);
    assert!(answer.log.contains("a secret of the program, see "));
    !is_plain
}

#[test]
fn only_names_of_this_machine_are_for_us() {
    for host in [
        "localhost",
        "localhost:8000",
        "127.0.0.1",
        "127.0.0.1:8000",
        "[::1]",
        "[::1]:8000",
    ] {
        assert!(is_shown(|e| e.set("HTTP_HOST", host)), "{host}");
    }
    for host in [
        "",
        ":8000",
        "evil.example",
        "evil.example:8000",
        "LOCALHOST",
        "localhost.",
        "localhost.:8000",
        "localhost.evil.example",
        "evil.localhost",
        "127.0.0.1.evil",
        "127.0.0.1.evil:80",
        "127.0.0.2",
        "127.1",
        "0.0.0.0",
        "2130706433",
        "::1",
        "[::1",
        "[::]",
        "[::ffff:127.0.0.1]",
        "localhost:80:80",
        "localhost::80",
        "localhost@evil.example",
        "evil.example@localhost",
        "evil.example, localhost",
        "localhost, evil.example",
        "localhost evil.example",
        " localhost",
        "localhost:x",
        "evil.example/localhost",
        "localhost\0",
        "loc\u{e4}lhost",
    ] {
        assert!(!is_shown(|e| e.set("HTTP_HOST", host)), "{host}");
    }
    assert!(!is_shown(|e| {
        e.remove("HTTP_HOST");
    }));
    assert!(!is_shown(|e| e.set("HTTP_HOST", b"localhost\xff")));
}

#[test]
fn only_peers_at_this_machine_are_let_in() {
    for peer in ["127.0.0.1", "127.4.5.6", "::1", "::ffff:127.0.0.1"] {
        assert!(is_shown(|e| e.set("REMOTE_ADDR", peer)), "{peer}");
    }
    for peer in [
        "",
        "192.0.2.1",
        "10.0.0.1",
        "172.17.0.1",
        "0.0.0.0",
        "128.0.0.1",
        "::",
        "::2",
        "fe80::1",
        "2001:db8::1",
        "::ffff:192.0.2.1",
        "::127.0.0.1",
        "unknown",
        "localhost",
        "unix:",
        "127.0.0.1:4711",
        "127.0.0.1, 192.0.2.1",
        "127.1",
        "0177.0.0.1",
        " 127.0.0.1",
    ] {
        assert!(!is_shown(|e| e.set("REMOTE_ADDR", peer)), "{peer}");
    }
    assert!(!is_shown(|e| {
        e.remove("REMOTE_ADDR");
    }));
}

#[test]
fn no_proxy_that_says_so_is_let_in() {
    for name in [
        "HTTP_FORWARDED",
        "HTTP_VIA",
        "HTTP_X_FORWARDED",
        "HTTP_X_FORWARDED_BY",
        "HTTP_X_FORWARDED_FOR",
        "HTTP_X_FORWARDED_HOST",
        "HTTP_X_FORWARDED_PORT",
        "HTTP_X_FORWARDED_PROTO",
        "HTTP_X_FORWARDED_SERVER",
        "HTTP_X_REAL_IP",
    ] {
        for value in ["", "127.0.0.1", "for=127.0.0.1", "1.1 here"] {
            assert!(!is_shown(|e| e.set(name, value)), "{name}");
        }
    }
    assert!(is_shown(|e| e.set("HTTP_X_FORWARD", "127.0.0.1")));
}

/// nginx asks so, if it is not told to say for whom.
#[test]
fn a_proxy_that_says_nothing_is_known_by_its_version() {
    for (version, is_let_in) in
        [("HTTP/1.0", false), ("HTTP/1.1", true)]
    {
        let shown = is_shown(|e| e.set("SERVER_PROTOCOL", version));
        assert_eq!(shown, is_let_in, "{version}");
    }
}

/// Asks for a page of ours, the address of which is known.
fn shows(change: impl Fn(&mut Environ)) -> Answer {
    let app = debugger(app(|environ, start_response| {
        match environ.bytes("PATH_INFO") {
            Some(b"/") => Err("a secret of the program".into()),
            _ => Ok(start_response("200 OK", &TEXT)?.body("theirs")),
        }
    }));
    let (path, _) = address(&ask(&app, browser("/")));
    let mut request = browser(&path);
    change(&mut request);
    ask(&app, request)
}

#[test]
fn who_knows_the_token_has_to_be_here_all_the_same() {
    let page = shows(|_| {});
    assert!(page.text().contains("a secret of the program"));
    let changes: [fn(&mut Environ); 5] = [
        |e| e.set("REMOTE_ADDR", "192.0.2.1"),
        |e| e.set("HTTP_X_FORWARDED_FOR", "127.0.0.1"),
        |e| e.set("HTTP_VIA", "1.1 proxy"),
        // The name was made to lead here (DNS rebinding).
        |e| e.set("HTTP_HOST", "evil.example:8000"),
        |e| {
            e.set("HTTP_HOST", "evil.example:8000");
            e.set("HTTP_ORIGIN", "http://evil.example:8000");
            e.set("REQUEST_METHOD", "POST");
        },
    ];
    for change in changes {
        assert_eq!(shows(change).text(), "theirs");
    }
}

#[test]
fn the_log_names_no_host_that_a_stranger_chose() {
    let app = debugger(fails("a secret of the program"));
    for host in ["evil.example", "localhost.evil.example", "\n[x] "] {
        let mut request = browser("/");
        request.set("HTTP_HOST", host);
        let log = ask(&app, request).log;
        assert!(log.contains(", see /_debugger/"), "{log}");
        assert!(!log.contains("evil.example"), "{log}");
        assert_eq!(log.lines().count(), 1, "{log}");
    }
}

/// The program's own headers come with its failures: one that opens it
/// to all origins is not meant for a page like this.
#[test]
fn no_other_origin_may_read_the_page() {
    let app = debugger(app(|_, _| {
        let failure = Failure::new("503 Service Unavailable", "busy");
        let open = failure.header("Access-Control-Allow-Origin", "*");
        Err(open.header("Retry-After", "10").into())
    }));
    let answer = ask(&app, browser("/"));
    let get = |name| answer.headers.get(name);
    assert!(answer.text().contains("<button>Try again"));
    assert_eq!(get("Access-Control-Allow-Origin"), None);
    assert_eq!(get("Retry-After"), Some("10"));
}

/// Each page, as the guard sends it.
#[test]
fn pages_are_kept_by_nobody_and_run_nothing() {
    let app = debugger(fails("on purpose"));
    let first = ask(&app, browser("/"));
    let (path, token) = address(&first);
    let list = ask(&app, browser(&format!("/_debugger/{token}/")));
    let mut nonces = Vec::new();
    for page in [first, ask(&app, browser(&path)), list] {
        let text = page.text();
        let get = |name| page.headers.get(name).unwrap();
        let nonce =
            crate::debugger::between(&text, "<style nonce=\"", "\"");
        assert_eq!(nonce.len(), 32);
        let policy = format!(
            "default-src 'none'; style-src 'nonce-{nonce}'; \
             form-action 'self'; base-uri 'none'; \
             frame-ancestors 'none'"
        );
        nonces.push(nonce.to_string());
        assert_eq!(get("Content-Security-Policy"), policy);
        assert_eq!(get("Content-Type"), "text/html; charset=utf-8");
        is_private(&page);
    }
    nonces.sort();
    nonces.dedup();
    assert_eq!(nonces.len(), 3);
    let mut request = browser("/");
    request.set("HTTP_ACCEPT", "*/*");
    let text = ask(&app, request);
    let kind = text.headers.get("Content-Type");
    assert_eq!(kind, Some("text/plain; charset=utf-8"));
    is_private(&text);
}

#[track_caller]
fn is_private(page: &Answer) {
    for (name, value) in [
        ("X-Frame-Options", "DENY"),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),
        ("Cache-Control", "no-store"),
    ] {
        assert_eq!(page.headers.get(name), Some(value));
    }
}

#[test]
fn what_is_no_failure_of_the_program_passes() {
    for status in [
        "301 Moved Permanently",
        "400 Bad Request",
        "401 Unauthorized",
        "404 Not Found",
        "413 Content Too Large",
        "499 Whatever",
    ] {
        let app = debugger(app(|_, _| {
            let failure = Failure::new(status, "so it is");
            Err(failure.header("Location", "/there").into())
        }));
        for request in [browser("/"), sends("/", "body")] {
            let answer = ask(&app, request);
            assert_eq!(answer.status, status);
            assert_eq!(answer.text(), format!("{status}\n"));
            assert_eq!(answer.headers.get("Location"), Some("/there"));
            assert_eq!(answer.headers.get("Cache-Control"), None);
            assert!(!answer.log.contains("_debugger"));
        }
    }
}

#[test]
fn without_a_body_there_is_no_page() {
    let failing = debugger(fails("on purpose"));
    let mut request = browser("/");
    request.set("REQUEST_METHOD", "HEAD");
    let answer = ask(&failing, request);
    assert_eq!(answer.status, "500 Internal Server Error");
    assert_eq!(answer.body, b"");
    assert!(answer.log.contains("on purpose, see http://localhost/_"));
    let (path, _) = address(&answer);
    assert!(
        ask(&failing, browser(&path)).text().contains("on purpose")
    );

    let empty = debugger(app(|_, start_response| {
        Ok(start_response("204 No Content", &[])?.body(""))
    }));
    let answer = ask(&empty, browser("/"));
    assert_eq!((&*answer.status, &*answer.log), ("204 No Content", ""));
    assert_eq!(answer.headers.get("Cache-Control"), None);
}
