//! `first_found`: who is asked, and what is left for the second.

use gateway::middleware::{first_found, mount};
use gateway::testing::{self, ask, get};
use gateway::{
    Application, Block, Body, Environ, Error, Failure, Key, Layer,
    Response, Result, StartResponse, app,
};
use std::cell::Cell;
use std::io::{self, BufReader, Read, Write};
use std::rc::Rc;
use std::sync::mpsc;
use std::{mem, thread};

const TEXT: [(&str, &str); 1] = [("Content-Type", "text/plain")];

fn says(
    status: &'static str,
    page: &'static str,
) -> impl Application + Send + Sync {
    app(move |_, start_response| {
        Ok(start_response(status, &TEXT)?.body(page))
    })
}

fn fails(
    make: impl Fn() -> Error + Send + Sync,
) -> impl Application + Send + Sync {
    app(move |_, _| Err(make()))
}

fn not_found() -> Failure {
    Failure::new("404 Not Found", "there is nothing")
}

/// What is left of the request's body, with the environ's path.
fn rest(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let mut text = String::new();
    for name in ["SCRIPT_NAME", "PATH_INFO", "X"] {
        text += &format!("{:?} ", environ.get(name));
    }
    text += environ.url_scheme;
    text += ": ";
    environ.input.read_to_string(&mut text)?;
    Ok(start_response("200 OK", &TEXT)?.body(text))
}

const UNTOUCHED: &str = r#"Some("") Some("/x") None http: Hello"#;

fn post() -> Environ {
    let mut environ = testing::environ("POST", "/x");
    environ.set("CONTENT_LENGTH", "5");
    environ.input = Box::new(&b"Hello"[..]);
    environ
}

#[test]
fn the_second_is_asked_however_the_first_says_404() {
    let shouts = app(|_, start_response| {
        let result = start_response("404 Not Found", &TEXT);
        let started =
            result.map_err(|error| not_found().caused_by(error))?;
        Ok(started.body("never"))
    });
    let firsts: [Box<dyn Application>; 6] = [
        Box::new(says("404 Not Found", "no")),
        Box::new(says("404 Nothing At All", "no")),
        Box::new(fails(|| not_found().into())),
        Box::new(fails(|| io::Error::from(not_found()).into())),
        Box::new(not_found()),
        Box::new(shouts),
    ];
    for first in firsts {
        let app = first_found(first, rest);
        let answer = ask(&app, post());
        assert_eq!(answer.text(), UNTOUCHED);
        // Of what is not answered the log is not told.
        assert_eq!(answer.log, "");
    }
}

#[test]
fn whatever_else_the_first_says_is_the_answer() {
    for status in ["200 OK", "403 Forbidden", "405 No", "410 No"] {
        let app = first_found(says(status, "mine"), says("200 OK", ""));
        let answer = get(&app, "/");
        assert_eq!(
            (&*answer.status, &*answer.text()),
            (status, "mine")
        );
    }
    let refuses = || Failure::new("403 Forbidden", "no").into();
    let app = first_found(fails(refuses), says("200 OK", "no"));
    assert_eq!(get(&app, "/").status, "403 Forbidden");
    let app =
        first_found(fails(|| "404 ".into()), says("200 OK", "no"));
    let answer = get(&app, "/");
    assert_eq!(answer.status, "500 Internal Server Error");
    assert_eq!(answer.log, "GET /: 404 \n");
    // It breaks the head's rules, and is told so.
    let app = first_found(says("404", ""), says("200 OK", "no"));
    assert!(get(&app, "/").log.contains("not like \"200 OK\""));
}

#[test]
fn what_the_last_says_is_the_answer() {
    let (a, b) =
        (says("404 Not Found", "a"), says("404 Not Found", "b"));
    let app = first_found(a, first_found(b, says("404 Gone", "c")));
    let answer = get(&app, "/");
    assert_eq!(answer.status, "404 Gone");
    assert_eq!(answer.text(), "c");
    let app = first_found(not_found(), fails(|| "no ink".into()));
    assert_eq!(get(&app, "/").log, "GET /: no ink\n");
    let a = || says("404 Not Found", "a");
    let both = first_found(not_found(), a());
    let app = first_found(first_found(a(), both), rest);
    assert_eq!(ask(&app, post()).text(), UNTOUCHED);
}

#[test]
fn a_404_stands_once_the_input_is_read() {
    type App = fn(&mut Environ, StartResponse<'_>) -> Result<Response>;
    let firsts: [App; 3] = [
        |environ, start_response| {
            environ.input.read_exact(&mut [0; 1])?;
            Ok(start_response("404 Not Found", &TEXT)?.body("mine"))
        },
        |environ, _| {
            environ.input.read_exact(&mut [0; 1])?;
            Err(not_found().page("text/plain", "mine").into())
        },
        // It does not stop at the error.
        |environ, start_response| {
            let started = start_response("404 Not Found", &TEXT);
            environ.input.read_exact(&mut [0; 1])?;
            assert!(started.is_err());
            Err(not_found().page("text/plain", "mine").into())
        },
    ];
    for first in firsts {
        let answer = ask(&first_found(first, rest), post());
        assert_eq!(answer.status, "404 Not Found");
        assert_eq!(answer.text(), "mine");
    }
}

#[test]
fn to_read_a_body_that_is_not_there_takes_nothing() {
    let first = app(|environ, start_response| {
        let mut body = Vec::new();
        environ.input.read_to_end(&mut body)?;
        Ok(start_response("404 Not Found", &TEXT)?.body(body))
    });
    let app = first_found(first, says("200 OK", "yes"));
    assert_eq!(get(&app, "/").text(), "yes");
}

#[test]
fn the_second_finds_the_environ_as_the_first_did() {
    thread_local! {
        static KEPT: Cell<Option<Box<dyn Read>>> = const {
            Cell::new(None)
        };
    }
    const WHO: Key<&str> = Key::new("test.who");
    let wild = app(|environ, start_response| {
        environ.insert(WHO, "the first");
        environ.shift_path();
        environ.set("X", "y");
        environ.remove("REQUEST_METHOD");
        environ.url_scheme = "https";
        let none = Box::new(io::empty());
        let input = mem::replace(&mut environ.input, none);
        match environ.get("QUERY_STRING").as_deref() {
            Some("keep") => KEPT.set(Some(Box::new(input))),
            Some("wrap") => {
                let two = BufReader::new(input.take(2));
                environ.input = Box::new(two);
            }
            _ => drop(input),
        }
        Ok(start_response("404 Not Found", &TEXT)?.body(""))
    });
    let second = |environ: &mut Environ, start: StartResponse<'_>| {
        // But for what only the first knows how to take back.
        assert_eq!(environ.extension(WHO), Some(&"the first"));
        rest(environ, start)
    };
    let app = first_found(wild, second);
    for query in ["", "keep", "wrap"] {
        let mut environ = post();
        environ.set("QUERY_STRING", query);
        assert_eq!(ask(&app, environ).text(), UNTOUCHED);
    }
    // What it has kept is not the second's body.
    let mut text = String::new();
    KEPT.take().unwrap().read_to_string(&mut text).unwrap();
    assert_eq!(text, "");
}

#[test]
fn a_404_stands_while_a_thread_of_the_first_reads() {
    struct Slow(mpsc::Sender<()>, mpsc::Receiver<()>);
    impl Read for Slow {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            self.0.send(()).unwrap();
            self.1.recv().unwrap();
            Ok(0)
        }
    }
    let (says_reads, reads) = mpsc::channel();
    let (go_on, wait) = mpsc::channel();
    let first = app(|environ, start_response| {
        let none = Box::new(io::empty());
        let mut input = mem::replace(&mut environ.input, none);
        thread::spawn(move || input.read(&mut [0; 9]));
        reads.recv().unwrap();
        Ok(start_response("404 Not Found", &TEXT)?.body("mine"))
    });
    let mut environ = testing::environ("POST", "/");
    environ.input = Box::new(BufReader::new(Slow(says_reads, wait)));
    let answer = ask(&first_found(first, rest), environ);
    go_on.send(()).unwrap();
    assert_eq!(answer.text(), "mine");
}

#[test]
fn a_404_stands_once_another_status_was_started() {
    let restarts = app(|_, start_response| {
        let started = start_response("200 OK", &TEXT)?;
        let started =
            started.restart("404 Not Found", &TEXT, "it is gone")?;
        Ok(started.body("mine"))
    });
    let app = first_found(restarts, says("200 OK", "no"));
    let answer = get(&app, "/");
    assert_eq!(answer.status, "404 Not Found");
    assert_eq!(answer.text(), "mine");
    let gives_up = gateway::app(|_, start_response| {
        let _started = start_response("200 OK", &TEXT)?;
        Err(not_found().into())
    });
    let app = first_found(gives_up, says("200 OK", "no"));
    assert_eq!(get(&app, "/").status, "404 Not Found");
    let writes = gateway::app(|_, start_response| {
        write!(start_response("200 OK", &TEXT)?, "half")?;
        Err(not_found().into())
    });
    let app = first_found(writes, says("200 OK", "no"));
    let answer = get(&app, "/");
    assert_eq!((&*answer.text(), answer.is_cut), ("half", true));
}

#[test]
fn a_404_of_the_bodys_first_block_stands() {
    let late = app(|_, start_response| {
        let blocks = std::iter::once_with(|| Err(not_found().into()));
        Ok(start_response("200 OK", &TEXT)?.body(Body::blocks(blocks)))
    });
    let app = first_found(late, says("200 OK", "no"));
    assert_eq!(get(&app, "/").status, "404 Not Found");
}

struct Upper;

impl Layer for Upper {
    fn block(&mut self, block: Block) -> Result<Block> {
        Ok(block.to_ascii_uppercase().into())
    }
}

#[test]
fn a_layer_of_the_first_is_not_put_on_the_seconds_answer() {
    let upper = |inner: Box<dyn Application>| {
        app(move |environ, start_response| {
            let start: StartResponse = Box::new(|status, headers| {
                Ok(start_response(status, headers)?.layer(Upper))
            });
            inner.call(environ, start)
        })
    };
    let first = upper(Box::new(says("404 Not Found", "first")));
    let app = first_found(first, says("200 OK", "second"));
    assert_eq!(get(&app, "/").text(), "second");
    let first = upper(Box::new(says("200 OK", "first")));
    let app = first_found(first, says("200 OK", "second"));
    assert_eq!(get(&app, "/").text(), "FIRST");
    let second = upper(Box::new(says("200 OK", "second")));
    let app = first_found(says("404 Not Found", "first"), second);
    assert_eq!(get(&app, "/").text(), "SECOND");
}

/// Counts how often it is dropped.
struct Counted(Rc<Cell<usize>>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.set(self.0.get() + 1);
    }
}

#[test]
fn close_is_not_lost_and_is_called_once_on_each_body_there_was() {
    let dropped = Rc::new(Cell::new(0));
    let counts = |status: &'static str, fails: bool| {
        let dropped = Rc::clone(&dropped);
        app(move |_, start_response| {
            let counted = Counted(Rc::clone(&dropped));
            let blocks = (0..2).map(move |n| {
                let _kept = &counted;
                match fails && n == 1 {
                    true => Err("no ink".into()),
                    false => Ok(Block::from(&b"x"[..])),
                }
            });
            let body = Body::blocks(blocks);
            Ok(start_response(status, &TEXT)?.body(body))
        })
    };
    for fails in [false, true] {
        let first = counts("404 Not Found", fails);
        let second = counts("200 OK", fails);
        let app = first_found(first, second);
        for asked in 1..=3 {
            dropped.set(0);
            let answer = get(&app, "/");
            assert_eq!(answer.is_cut, fails);
            // One of each: the first's was made before it was declined.
            assert_eq!(dropped.get(), 2, "request {asked}");
        }
    }
}

#[test]
fn it_can_be_called_from_several_threads() {
    fn shared(_: &(impl Application + Send + Sync)) {}
    shared(&first_found(says("404 No", ""), says("200 OK", "")));
}

#[test]
fn mounts_and_it_stand_in_each_other() {
    let blog = mount().at("/blog", says("404 Not Found", ""));
    let app = first_found(blog, rest);
    assert_eq!(ask(&app, post()).text(), UNTOUCHED);
    let mut environ = post();
    environ.set("PATH_INFO", "/blog/x");
    let page = r#"Some("") Some("/blog/x") None http: Hello"#;
    assert_eq!(ask(&app, environ).text(), page);
    let shifts = |environ: &mut Environ, _: StartResponse<'_>| {
        environ.shift_path();
        Err(not_found().into())
    };
    let app = mount().at("/blog", first_found(shifts, rest));
    let mut environ = post();
    environ.set("PATH_INFO", "/blog/x");
    let page = r#"Some("/blog") Some("/x") None http: Hello"#;
    assert_eq!(ask(&app, environ).text(), page);
    // 404 of a mount is one, too.
    let app = mount().at("/", first_found(app, rest));
    assert_eq!(ask(&app, post()).text(), UNTOUCHED);
}
