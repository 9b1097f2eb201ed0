//! Bodies of requests and of answers, treated badly.

use super::{ask, post, tower};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post as posted};
use futures_util::stream::{self, StreamExt};
use gateway::testing::{self, Answer};
use http_body::{Frame, SizeHint};
use http_body_util::StreamBody;
use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::sync::mpsc;
use std::task::{Context, Poll};

fn get_page(router: Router) -> Answer {
    ask(router, testing::environ("GET", "/"))
}

fn answers(body: fn() -> Body) -> Answer {
    get_page(Router::new().route("/", get(async move || body())))
}

#[test]
fn a_body_shorter_than_its_length_is_an_error() {
    let page = async |body: Bytes| format!("{} bytes", body.len());
    let mut environ = post("/", b"Hello");
    environ.set("CONTENT_LENGTH", "9");
    // A server's input, which tells of it, as ours do.
    struct Cut(&'static [u8]);
    impl io::Read for Cut {
        fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
            match self.0.read(to)? {
                0 => Err(io::Error::other("4 bytes early")),
                length => Ok(length),
            }
        }
    }
    environ.input = Box::new(io::BufReader::new(Cut(b"Hello")));
    let answer = ask(Router::new().route("/", posted(page)), environ);
    assert_eq!(answer.status, "400 Bad Request", "{answer:?}");
}

#[test]
fn a_body_beyond_its_length_is_not_read_on() {
    let page = async |body: Body| {
        let mut blocks = body.into_data_stream();
        let mut count = 0;
        while let Some(block) = blocks.next().await {
            count += block.map_or(1000, |block| block.len());
        }
        count.to_string()
    };
    let mut environ = post("/", b"Hello World");
    environ.set("CONTENT_LENGTH", "5");
    let answer = ask(Router::new().route("/", posted(page)), environ);
    // The server ends it; until then nothing is lost of a block.
    assert_eq!(answer.text(), "11");
}

#[test]
fn a_panic_is_a_500_wherever_it_is() {
    let handler = get(async || -> String { panic!("as intended") });
    let answer = get_page(Router::new().route("/", handler));
    assert_eq!(answer.status, "500 Internal Server Error");
    assert!(answer.log.contains("as intended"), "{}", answer.log);

    let poll = answers(|| {
        let blocks =
            stream::poll_fn(|_| -> Poll<Option<io::Result<Bytes>>> {
                panic!("as intended")
            });
        Body::from_stream(blocks)
    });
    assert_eq!(poll.status, "500 Internal Server Error", "{poll:?}");
    assert!(poll.log.contains("as intended"), "{}", poll.log);

    let call = tower::service_fn(
        |_| -> std::future::Ready<
            Result<axum::http::Response<Body>, io::Error>,
        > { panic!("as intended") },
    );
    let call = ch13::Tower::new(call).unwrap();
    let call = testing::get(&call, "/");
    assert_eq!(call.status, "500 Internal Server Error", "{call:?}");
    assert!(call.log.contains("as intended"), "{}", call.log);
}

#[test]
fn a_panic_in_a_later_block_cuts_the_answer_short() {
    let answer = answers(|| {
        let blocks = stream::iter(0..2).map(|at| match at {
            0 => Ok::<_, Infallible>("one"),
            _ => panic!("as intended"),
        });
        Body::from_stream(blocks)
    });
    assert_eq!((answer.text(), answer.is_cut), ("one".into(), true));
    assert!(answer.log.contains("as intended"), "{}", answer.log);
}

/// A body whose end is bad.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("dropped, as intended");
    }
}

#[test]
fn a_panic_in_a_bodys_drop_ends_nothing_else() {
    let answer = answers(|| {
        let bomb = Bomb;
        let blocks = stream::once(async move {
            // Moved in, and dropped with the stream.
            let _bomb = &bomb;
            Ok::<_, Infallible>("one")
        });
        Body::from_stream(blocks)
    });
    // It falls with the first block, when the future is done with.
    let is_told = answer.log.contains("dropped, as intended");
    assert!(is_told, "{answer:?}");
}

#[test]
fn a_service_that_fails_is_a_500() {
    let fails = tower::service_fn(async |_| {
        Err::<axum::http::Response<Body>, _>(io::Error::other(
            "no luck",
        ))
    });
    let answer = testing::get(&ch13::Tower::new(fails).unwrap(), "/");
    assert_eq!(answer.status, "500 Internal Server Error");
    assert_eq!(answer.log, "GET /: no luck\n");
}

#[test]
fn trailers_are_left_out_and_the_rest_is_whole() {
    let answer = answers(|| {
        let frames = [
            Ok::<_, Infallible>(Frame::data(Bytes::from("one, "))),
            Ok(Frame::trailers(HeaderMap::new())),
            Ok(Frame::data(Bytes::from("two"))),
        ];
        Body::new(StreamBody::new(stream::iter(frames)))
    });
    assert_eq!(answer.text(), "one, two");
    assert!(answer.log.contains("trailers"), "{}", answer.log);
    assert!(!answer.is_cut, "{answer:?}");
}

/// Says that it has so many bytes, and has three.
struct Liar(u64, bool);

impl http_body::Body for Liar {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let is_over = std::mem::replace(&mut self.1, true);
        let block = (!is_over).then(|| Bytes::from("one"));
        Poll::Ready(block.map(|block| Ok(Frame::data(block))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0)
    }
}

#[test]
fn a_size_hint_that_lies_is_found_out() {
    for (length, text, is_cut) in
        [(2, "on", false), (3, "one", false), (9, "one", true)]
    {
        let service = tower::service_fn(move |_| async move {
            let body = Liar(length, false);
            Ok::<_, Infallible>(axum::http::Response::new(body))
        });
        let app = ch13::Tower::new(service).unwrap();
        let answer = testing::get(&app, "/");
        assert_eq!(answer.text(), text, "{length}: {answer:?}");
        assert_eq!(answer.is_cut, is_cut, "{length}: {answer:?}");
    }
}

#[test]
fn a_body_that_spawns_in_its_drop_may() {
    struct Spawns(mpsc::Sender<()>);
    impl Drop for Spawns {
        fn drop(&mut self) {
            let sender = self.0.clone();
            tokio::spawn(async move { sender.send(()) });
        }
    }
    let (sender, receiver) = mpsc::channel();
    let page = async move || {
        let kept = Spawns(sender.clone());
        let one = move |_: &_| _ = &kept;
        let blocks = stream::iter(["one", "two"]).inspect(one);
        Body::from_stream(blocks.map(Ok::<_, Infallible>))
    };
    let app = tower(Router::new().route("/", get(page)));
    // HEAD asks for no block, so the body is dropped as it is.
    for method in ["GET", "HEAD"] {
        let answer = testing::ask(&app, testing::environ(method, "/"));
        assert_eq!(answer.status, "200 OK", "{answer:?}");
        let sent = receiver.recv_timeout(super::support::PATIENCE);
        assert_eq!(sent, Ok(()), "{method}");
    }
}

#[test]
fn a_handler_may_leave_a_body_or_half_of_it() {
    let unread = async || "not read";
    let half = async |body: Body| {
        let first = body.into_data_stream().next().await;
        first.map_or(0, |block| block.unwrap().len()).to_string()
    };
    let router = Router::new()
        .route("/unread", posted(unread))
        .route("/half", posted(half))
        .fallback(StatusCode::NOT_FOUND);
    let app = tower(router);
    let body: &[u8] = &[b'x'; 100_000];
    for (path, right) in [("/unread", "not read"), ("/half", "16384")] {
        let mut environ = testing::environ("POST", path);
        environ.set("CONTENT_LENGTH", body.len().to_string());
        let body = io::Cursor::new(vec![b'x'; 100_000]);
        environ.input = Box::new(body);
        assert_eq!(testing::ask(&app, environ).text(), right);
    }
}
