//! Bodies: what is sent, and what comes back.

use super::Shared;
use super::extractors::lines;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Multipart, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use futures_util::stream::{self, Stream, StreamExt};
use http_body::Frame;
use http_body_util::StreamBody;
use std::convert::Infallible;
use std::io;
use tokio::task::yield_now;

pub fn routes() -> Router<Shared> {
    let unlimited = DefaultBodyLimit::disable();
    Router::new()
        .route("/bytes", post(async |bytes: Bytes| bytes))
        .route("/string", post(async |text: String| text))
        .route("/echo", post(echo))
        .route("/count", post(count))
        .route("/hints", any(hints))
        .route("/ignore", post(async || "not read"))
        .route("/half", post(half))
        .route("/multipart", post(multipart).layer(unlimited))
        .route("/limited", post(read).layer(DefaultBodyLimit::max(10)))
        .route("/blocks", get(async || Body::from_stream(three())))
        .route("/blocks/sized", get(sized))
        .route("/blocks/short", get(async || declared("20")))
        .route("/blocks/long", get(async || declared("10")))
        .route("/blocks/none", get(none))
        .route("/blocks/empty", get(async || blocks(["", "one", ""])))
        .route("/blocks/large", get(large))
        .route("/blocks/broken", get(broken))
        .route("/blocks/broken-at-once", get(broken_at_once))
        .route("/blocks/trailers", get(trailers))
        .route("/events", get(events))
}

async fn echo(headers: HeaderMap, body: Body) -> Response {
    let kind = headers.get(header::CONTENT_TYPE).cloned();
    let kind = kind.map(|kind| [(header::CONTENT_TYPE, kind)]);
    let blocks = body.into_data_stream();
    match kind {
        Some(kind) => (kind, Body::from_stream(blocks)).into_response(),
        None => Body::from_stream(blocks).into_response(),
    }
}

async fn count(body: Body) -> Result<String, (StatusCode, String)> {
    let mut blocks = body.into_data_stream();
    let (mut length, mut sum) = (0, 0_u64);
    while let Some(block) = blocks.next().await {
        let block = block.map_err(|_| {
            (StatusCode::BAD_REQUEST, "cut short".to_string())
        })?;
        length += block.len();
        sum = block.iter().fold(sum, |sum, &byte| {
            sum.wrapping_mul(31).wrapping_add(byte.into())
        });
    }
    Ok(format!("{length} bytes, {sum:x}"))
}

/// What a body says of itself before it is read.
async fn hints(request: Request) -> Response {
    let body = request.into_body();
    let hint = http_body::Body::size_hint(&body);
    let ended = http_body::Body::is_end_stream(&body);
    lines([
        ("the length".into(), format!("{:?}", hint.exact())),
        ("at its end".into(), ended.to_string()),
    ])
}

/// Reads until there are 1,000 bytes, and leaves the rest.
async fn half(body: Body) -> String {
    let mut blocks = body.into_data_stream();
    let mut length = 0;
    while length < 1000 {
        match blocks.next().await {
            Some(Ok(block)) => length += block.len(),
            other => return format!("{other:?} after {length}"),
        }
    }
    "at least 1000".into()
}

async fn read(bytes: Bytes) -> String {
    format!("{} bytes", bytes.len())
}

async fn multipart(mut form: Multipart) -> Result<String, Response> {
    let mut text = String::new();
    let refused = IntoResponse::into_response;
    while let Some(field) = form.next_field().await.map_err(refused)? {
        let name = field.name().map(String::from);
        let file = field.file_name().map(String::from);
        let kind = field.content_type().map(String::from);
        let bytes = field.bytes().await.map_err(refused)?;
        let length = bytes.len();
        text += &format!("{name:?} {file:?} {kind:?} {length}\n");
    }
    Ok(text)
}

fn blocks<const N: usize>(blocks: [&'static str; N]) -> Body {
    let blocks = blocks.map(Ok::<_, Infallible>);
    Body::from_stream(stream::iter(blocks))
}

fn three() -> impl Stream<Item = Result<&'static str, Infallible>> {
    stream::iter(["one, ", "two, ", "three"].map(Ok))
}

async fn sized() -> Response {
    declared("15")
}

/// 15 bytes, whatever the header says.
fn declared(length: &'static str) -> Response {
    let length = [(header::CONTENT_LENGTH, length)];
    (length, Body::from_stream(three())).into_response()
}

async fn none() -> Body {
    Body::from_stream(stream::empty::<Result<Bytes, Infallible>>())
}

async fn large() -> Body {
    let block = Bytes::from("0123456789abcdef".repeat(4096));
    let blocks = stream::repeat(Ok::<_, Infallible>(block));
    Body::from_stream(blocks.take(48))
}

/// An error after a block that has had its time to be sent.
async fn broken() -> Body {
    let steps = stream::iter(0..2).then(async |step| {
        if step == 0 {
            return Ok("one, ");
        }
        yield_now().await;
        Err(io::Error::other("broken"))
    });
    Body::from_stream(steps)
}

async fn broken_at_once() -> Body {
    let error = io::Error::other("broken");
    Body::from_stream(stream::iter([Ok("one, "), Err(error)]))
}

async fn trailers() -> Response {
    let mut fields = HeaderMap::new();
    fields.insert("x-sum", "3".parse().expect("a value"));
    let frames = [
        Ok::<_, Infallible>(Frame::data(Bytes::from("one"))),
        Ok(Frame::trailers(fields)),
    ];
    let body = StreamBody::new(stream::iter(frames));
    ([(header::TRAILER, "x-sum")], Body::new(body)).into_response()
}

async fn events() -> Sse<impl Stream<Item = Result<Event, Infallible>>>
{
    let events = stream::iter(1..=3).map(|number| {
        let event = Event::default().event("tick").id("7");
        Ok(event.data(format!("number {number}\nof 3")))
    });
    Sse::new(events).keep_alive(KeepAlive::default())
}
