//! The body that a token is looked for in, and the token itself.

use super::*;
use gateway::middleware::first_found;

/// A form with a token, of so many bytes.
fn form(token: &str, length: usize) -> String {
    let start = format!("csrf={token}&text=");
    let rest = "x".repeat(length - start.len());
    start + &rest
}

fn post(body: impl BufRead + Send + 'static) -> Environ {
    let mut environ = environ("POST", "/");
    environ.set("CONTENT_TYPE", FORM);
    environ.input = Box::new(body);
    environ
}

/// Gives a byte at a time.
struct Slowly<R>(R);

impl<R: Read> Read for Slowly<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let room = to.len().min(1);
        self.0.read(&mut to[..room])
    }
}

#[test]
fn the_application_has_the_body_whole() {
    for (name, store) in stores() {
        let site = site(&store);
        let mut ada = Visitor::default();
        let token = ada.get(&site, "/").text().into_owned();
        for length in [100, 8 * 1024, 64 * 1024] {
            let body = form(&token, length);
            let whole = Cursor::new(body.clone());
            let slowly = Slowly(Cursor::new(body.clone()));
            for environ in
                [post(whole), post(BufReader::with_capacity(1, slowly))]
            {
                let answer = ada.ask(&site, environ);
                let reached = format!("reached: {body}");
                assert!(answer.text() == reached, "{name}, {length}");
            }
        }
        // One more is too many to look for a token in.
        let long = post(Cursor::new(form(&token, 64 * 1024 + 1)));
        let answer = ada.ask(&site, long);
        assert_eq!(answer.status, "413 Content Too Large", "{name}");
        // Nobody looks there if it is known already.
        for (field, value) in [
            ("HTTP_SEC_FETCH_SITE", "same-origin"),
            ("HTTP_ORIGIN", "http://localhost"),
            ("HTTP_X_CSRF_TOKEN", &token),
        ] {
            let body = "csrf=none&".to_string() + &"x".repeat(1 << 20);
            let mut environ = post(Cursor::new(body.clone()));
            environ.set(field, value);
            let answer = ada.ask(&site, environ);
            assert!(answer.text() == format!("reached: {body}"));
        }
    }
}

#[test]
fn the_application_reads_its_form_as_ever() {
    for (name, store) in stores() {
        let inner = app(|environ, start_response| {
            let token = csrf::token(environ)?;
            if environ.bytes("REQUEST_METHOD") == Some(b"GET") {
                let started = start_response("200 OK", &TEXT)?;
                return Ok(started.body(token));
            }
            let form = environ.form(16 * 1024)?;
            let fields: Vec<_> = form.fields().skip(1).collect();
            let shown = format!("{fields:?}");
            Ok(start_response("200 OK", &TEXT)?.body(shown))
        });
        let site = session(csrf(inner), Arc::clone(&store));
        let mut ada = Visitor::default();
        let token = ada.get(&site, "/").text().into_owned();
        for (kind, status) in [
            (FORM, "200 OK"),
            (
                "Application/X-WWW-Form-URLencoded; charset=utf-8",
                "200 OK",
            ),
            ("application/x-www-form-urlencodedx", "403 Forbidden"),
        ] {
            let body = format!("csrf={token}&name=Zo%C3%AB&tag=a&tag=");
            let mut environ = post(Cursor::new(body));
            environ.set("CONTENT_TYPE", kind);
            let answer = ada.ask(&site, environ);
            assert_eq!(answer.status, status, "{name}, {kind}");
            if status == "200 OK" {
                let fields =
                    r#"[("name", "Zoë"), ("tag", "a"), ("tag", "")]"#;
                assert_eq!(answer.text(), fields, "{name}");
            }
        }
        // Its own limit is its own affair.
        let long = post(Cursor::new(form(&token, 17 * 1024)));
        let answer = ada.ask(&site, long);
        assert_eq!(answer.status, "413 Content Too Large", "{name}");
    }
}

/// Ends as a server says it of a client that has gone.
struct Cut(Cursor<String>);

impl Read for Cut {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        match self.0.read(to)? {
            0 => {
                Err(Failure::bad_request("the body ends early").into())
            }
            read => Ok(read),
        }
    }
}

#[test]
fn a_body_that_is_cut_short_or_no_text_is_the_clients_mistake() {
    for (name, store) in stores() {
        let site = site(&store);
        let mut ada = Visitor::default();
        let token = ada.get(&site, "/").text().into_owned();
        let cut = Cut(Cursor::new(form(&token, 100)));
        let answer = ada.ask(&site, post(BufReader::new(cut)));
        assert_eq!(answer.status, "400 Bad Request", "{name}");
        assert!(answer.log.ends_with("the body ends early\n"));
        for wrong in ["&x=%ff", "&%C3=x", "&x=\u{0}%80"] {
            let body = form(&token, 100) + wrong;
            let answer = ada.ask(&site, post(Cursor::new(body)));
            assert_eq!(answer.status, "400 Bad Request", "{name}");
        }
    }
}

/// None is like another, and all are good until the session is renewed.
#[test]
fn each_page_has_a_token_of_its_own() {
    for (name, store) in stores() {
        let site = site(&store);
        let mut ada = Visitor::default();
        let tokens: Vec<_> = (0..50)
            .map(|_| ada.get(&site, "/").text().into_owned())
            .collect();
        let passes = |ada: &mut Visitor, token: &str| {
            let mut environ = environ("POST", "/");
            environ.set("HTTP_X_CSRF_TOKEN", token);
            ada.ask(&site, environ).status == "200 OK"
        };
        let secret = ada.sees(&store, csrf::TOKEN);
        for (at, token) in tokens.iter().enumerate() {
            assert_eq!(token.len(), 64, "{name}");
            assert!(!token.contains(&secret), "{name}");
            for other in &tokens[..at] {
                // Nothing of some length is in both.
                let in_both = (0..52)
                    .any(|at| other.contains(&token[at..at + 12]));
                assert!(!in_both, "{name}: {token}, {other}");
            }
            assert!(passes(&mut ada, token), "{name}");
        }
        ada.does(&store, Session::renew);
        for token in &tokens {
            assert!(!passes(&mut ada, token), "{name}");
        }
        // Two on one page, of which the first begins the session.
        let two = app(|environ, start_response| {
            let two = [csrf::token(environ)?, csrf::token(environ)?];
            Ok(start_response("200 OK", &TEXT)?.body(two.join(" ")))
        });
        let mut ferris = Visitor::default();
        let two = session(two, Arc::clone(&store));
        let two = ferris.get(&two, "/").text().into_owned();
        for token in two.split(' ') {
            assert!(passes(&mut ferris, token), "{name}");
        }
    }
}

#[test]
fn a_token_needs_a_session_that_can_keep_it() {
    let answer = get(&csrf(inner()), "/");
    assert!(answer.log.contains("no session: put"), "{}", answer.log);
    for (name, store) in stores() {
        let full = session(inner(), Arc::clone(&store)).limit(35);
        let answer = get(&full, "/");
        assert!(answer.log.contains("36 bytes; 35 may be kept"));
        let late = |environ: &mut Environ, start: StartResponse| {
            let mut started = start("200 OK", &TEXT)?;
            write!(started, "x")?;
            let token = csrf::token(environ)?;
            Result::Ok(started.body(token))
        };
        let answer = get(&session(late, Arc::clone(&store)), "/");
        assert!(answer.log.contains("the head is out"), "{name}");
    }
}

/// Around it, whoever answers has the body; inside of the first, which
/// has read of it then, that one's 404 is the answer.
#[test]
fn first_found_asks_the_second_with_the_body_or_not_at_all() {
    for (name, store) in stores() {
        let none = Failure::new("404 Not Found", "nothing");
        let store = || Arc::clone(&store);
        let around =
            session(csrf(first_found(none.clone(), inner())), store());
        let inside = session(first_found(csrf(none), inner()), store());
        let mut ada = Visitor::default();
        let token = ada.get(&around, "/").text().into_owned();
        let body = form(&token, 100);
        let answer = ada.ask(&around, post(Cursor::new(body.clone())));
        assert_eq!(answer.text(), format!("reached: {body}"), "{name}");
        let answer = ada.ask(&inside, post(Cursor::new(body)));
        assert_eq!(answer.status, "404 Not Found", "{name}");
        // Nor is it asked for a form that is refused.
        let answer = ada.ask(&inside, post(Cursor::new("csrf=x")));
        assert_eq!(answer.status, "403 Forbidden", "{name}");
    }
}
