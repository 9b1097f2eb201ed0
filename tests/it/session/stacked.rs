//! Sessions inside and around other middleware.

use super::acts::{TEXT, cookies, key, site};
use super::{Visitor, stores};
use gateway::middleware::session::{Session, session};
use gateway::middleware::{
    first_found, mount, timing, validate, validate_middleware,
};
use gateway::testing::{ask, environ, get};
use gateway::{
    Application, Environ, Failure, Layer, ResponseHead, StartResponse,
    app,
};
use std::cell::Cell;
use std::io::Write;
use std::sync::Arc;

#[cfg(feature = "conditional")]
#[test]
fn a_304_brings_the_cookie_too() {
    use gateway::middleware::conditional;
    for (name, store) in stores() {
        let page = app(|environ, start_response| {
            Session::of(environ)?.set("name", "Ada")?;
            let headers = [TEXT[0], ("ETag", "\"1\"")];
            Ok(start_response("200 OK", &headers)?.body("Hello"))
        });
        let outside = conditional(session(page, Arc::clone(&store)));
        let inside = session(conditional(page), Arc::clone(&store));
        let sites: [&dyn Application; 2] = [&outside, &inside];
        for site in sites {
            let mut environ = environ("GET", "/");
            environ.set("HTTP_IF_NONE_MATCH", "\"1\"");
            let mut ada = Visitor::default();
            let answer = ada.ask(&site, environ);
            assert_eq!(answer.status, "304 Not Modified", "{name}");
            assert_eq!(answer.headers.get("Vary"), Some("Cookie"));
            assert_eq!(ada.sees(&store, "name"), "Ada", "{name}");
        }
    }
}

/// Fails when it is given the head, as often as it is said.
struct Fails(Cell<u32>);

impl Layer for Fails {
    fn head(&mut self, _: &mut ResponseHead) -> gateway::Result<()> {
        match self.0.get() {
            0 => Ok(()),
            left => {
                self.0.set(left - 1);
                Err("no head".into())
            }
        }
    }
}

fn failing<A: Application>(app: A, times: u32) -> impl Application {
    gateway::app(move |environ, start_response| {
        let start: StartResponse = Box::new(move |status, headers| {
            let started = start_response(status, headers)?;
            Ok(started.layer(Fails(Cell::new(times))))
        });
        app.call(environ, start)
    })
}

#[test]
fn what_is_not_touched_stays_so_whoever_else_has_the_head() {
    for (name, store) in stores() {
        let mut ada = Visitor::ada(&store);
        let page = site(&store, |_| Ok(String::new()));
        let answer = ada.get(&timing(page), "/");
        assert!(answer.headers.get("Server-Timing").is_some());
        for of in ["Set-Cookie", "Vary", "Cache-Control"] {
            assert_eq!(answer.headers.get(of), None, "{name}");
        }
    }
}

/// It has been stored by then, as the documentation says; a session
/// that has begun is not lost for an application that goes on.
#[test]
fn an_error_further_out_comes_too_late() {
    for (name, store) in stores() {
        let mut ada = Visitor::ada(&store);
        let sets = || {
            site(&store, |session| {
                session.set("page", 2)?;
                Ok(String::new())
            })
        };
        let answer = ada.get(&failing(sets(), 1), "/");
        assert_eq!(answer.log, "GET /: no head\n", "{name}");
        assert_eq!(cookies(&answer), [""; 0], "{name}");
        assert_eq!(ada.sees(&store, "page"), "2", "{name}");
        // The application hears of it, and says something else.
        let again = app(|environ, start_response| {
            Session::of(environ)?.set("page", 3)?;
            let mut started = start_response("200 OK", &TEXT)?;
            let error = write!(started, "x").unwrap_err();
            let status = "503 Service Unavailable";
            Ok(started.restart(status, &TEXT, error)?.body("y"))
        });
        let again = failing(session(again, Arc::clone(&store)), 1);
        let mut ferris = Visitor::default();
        let answer = ferris.get(&again, "/");
        assert_eq!(answer.status, "503 Service Unavailable", "{name}");
        assert_eq!(cookies(&answer).len(), 1, "{name}");
        assert_eq!(ferris.sees(&store, "page"), "3", "{name}");
    }
}

/// What is touched by a layer's head inside counts.
#[test]
fn a_layer_inside_may_begin_a_session() {
    struct Begins(Session);

    impl Layer for Begins {
        fn head(
            &mut self,
            _: &mut ResponseHead,
        ) -> gateway::Result<()> {
            self.0.set("name", "Ada")
        }
    }

    for (name, store) in stores() {
        let inner = app(|environ, start_response| {
            let session = Session::of(environ)?;
            let started = start_response("200 OK", &TEXT)?;
            Ok(started.layer(Begins(session)).body("x"))
        });
        let mut ada = Visitor::default();
        ada.get(&session(inner, Arc::clone(&store)), "/");
        assert_eq!(ada.sees(&store, "name"), "Ada", "{name}");
    }
}

fn not_found(
    environ: &mut Environ,
    _: StartResponse<'_>,
) -> gateway::Result<gateway::Response> {
    if let Ok(session) = Session::of(environ) {
        session.set("asked", "first")?;
    }
    Err(Failure::new("404 Not Found", "nothing").into())
}

#[test]
fn first_found_has_one_session_inside_and_none_is_left_over_outside() {
    for (name, store) in stores() {
        let second = app(|environ, start_response| {
            Session::of(environ)?.set("asked", "second")?;
            Ok(start_response("200 OK", &TEXT)?.body("x"))
        });
        // Around both: it is one request, and one session.
        let both =
            session(first_found(not_found, second), Arc::clone(&store));
        let mut ada = Visitor::default();
        ada.get(&both, "/");
        assert_eq!(ada.sees(&store, "asked"), "second", "{name}");
        // Around the first alone: the second has none, and is told.
        let first = session(not_found, Arc::clone(&store));
        let answer = get(&first_found(first, second), "/");
        assert!(answer.log.contains("no session: put"), "{name}");
        // One for each.
        let [a, b] = [0, 1].map(|_| Arc::clone(&store));
        let each =
            first_found(session(not_found, a), session(second, b));
        let mut ada = Visitor::default();
        let answer = ada.get(&each, "/");
        assert_eq!(cookies(&answer).len(), 1, "{name}");
        assert_eq!(ada.sees(&store, "asked"), "second", "{name}");
        // And one around: the second finds that.
        let first = session(not_found, Arc::clone(&store));
        let outer = session(
            first_found(first.cookie("other"), second),
            Arc::clone(&store),
        );
        let mut ada = Visitor::default();
        let answer = ada.get(&outer, "/");
        assert_eq!(cookies(&answer).len(), 1, "{name}");
        assert_eq!(ada.sees(&store, "asked"), "second", "{name}");
    }
}

#[test]
fn a_session_is_the_same_wherever_it_is_mounted() {
    for (name, store) in stores() {
        let shows = app(|environ, start_response| {
            let session = Session::of(environ)?;
            let path = environ.get("SCRIPT_NAME").unwrap_or_default();
            let before = session.get("at")?.unwrap_or("-".into());
            session.set("at", path)?;
            Ok(start_response("200 OK", &TEXT)?.body(before))
        });
        let around = session(
            mount().at("/", shows).at("/blog", shows),
            Arc::clone(&store),
        );
        let mut ada = Visitor::default();
        assert_eq!(ada.get(&around, "/").text(), "-", "{name}");
        let cookie = ada.cookie.clone();
        assert_eq!(ada.get(&around, "/blog/x").text(), "", "{name}");
        assert_eq!(ada.get(&around, "/").text(), "/blog", "{name}");
        let own = || session(shows, Arc::clone(&store));
        let inside = mount().at("/", own()).at("/blog", own());
        assert_eq!(ada.get(&inside, "/blog").text(), "", "{name}");
        assert_eq!(ada.get(&inside, "/").text(), "/blog", "{name}");
        assert_eq!(ada.cookie, cookie, "{name}");
        // Nothing is mounted there: nothing is said of sessions.
        let none = session(mount().at("/a", own()), Arc::clone(&store));
        let answer = ada.get(&none, "/");
        assert_eq!(answer.status, "404 Not Found", "{name}");
        assert_eq!(answer.headers.get("Vary"), None, "{name}");
    }
}

#[test]
fn the_validator_has_nothing_to_say() {
    type Act = fn(&Session) -> gateway::Result<()>;
    let acts: [Act; 7] = [
        |_| Ok(()),
        |session| session.get("name").map(drop),
        |session| session.set("page", 1),
        |session| session.flash("Welcome"),
        |session| session.flashes().map(drop),
        |session| session.renew(),
        |session| session.end(),
    ];
    for (name, store) in stores() {
        for method in ["GET", "HEAD", "POST"] {
            let mut ada = Visitor::ada(&store);
            for act in acts {
                let page = app(move |environ, start_response| {
                    act(&Session::of(environ)?)?;
                    let started = start_response("200 OK", &TEXT)?;
                    Ok(started.body(["one", "two"]))
                });
                let site = validate_middleware(page, |inner| {
                    session(inner, Arc::clone(&store))
                });
                let answer =
                    ada.ask(&validate(site), environ(method, "/"));
                assert_eq!(answer.status, "200 OK", "{name}");
                assert_eq!(answer.log, "", "{name}");
            }
            assert_eq!(ada.cookie, None, "{name}");
        }
    }
}

#[test]
fn what_an_application_says_of_caches_stays() {
    for (name, store) in stores() {
        let inner = app(|environ, start_response| {
            Session::of(environ)?.set("name", "Ada")?;
            let headers = [
                TEXT[0],
                ("cache-control", "private, max-age=60"),
                ("vary", "Accept-Language, cookie"),
                ("Set-Cookie", "theme=dark"),
            ];
            Ok(start_response("200 OK", &headers)?.body("x"))
        });
        let answer = get(&session(inner, Arc::clone(&store)), "/");
        let control = answer.headers.get("Cache-Control");
        assert_eq!(control, Some("private, max-age=60"), "{name}");
        let vary = Some("Accept-Language, cookie");
        assert_eq!(answer.headers.get("Vary"), vary, "{name}");
        let [theme, id] = &cookies(&answer)[..] else {
            panic!("{name}")
        };
        assert_eq!(theme, "theme=dark", "{name}");
        assert!(id.starts_with("gateway_session="), "{name}");
    }
}

/// `https` is what `behind_proxy` says, if it stands around.
#[test]
fn behind_a_proxy_the_cookie_is_as_the_visitor_comes() {
    use gateway::{ProxyField, behind_proxy};
    for (name, store) in stores() {
        let sets = site(&store, |session| {
            session.set("name", "Ada")?;
            Ok(String::new())
        });
        let proxy = "127.0.0.1".parse().unwrap();
        let sets = behind_proxy(sets, [proxy], [ProxyField::Proto]);
        for (scheme, expected) in [
            ("https", "__Host-gateway_session="),
            ("http", "gateway_session="),
        ] {
            let mut environ = environ("GET", "/");
            environ.set("HTTP_X_FORWARDED_FOR", "192.0.2.1");
            environ.set("HTTP_X_FORWARDED_PROTO", scheme);
            let answer = ask(&sets, environ);
            let [cookie] = &cookies(&answer)[..] else {
                panic!("{name}: {answer:?}")
            };
            assert!(cookie.starts_with(expected), "{name}: {cookie}");
            let is_secure = cookie.contains("; Secure");
            assert_eq!(is_secure, scheme == "https", "{name}");
            let id = cookie.split(['=', ';']).nth(1).unwrap();
            assert!(store.load(&key(id)).unwrap().is_some());
        }
    }
}
