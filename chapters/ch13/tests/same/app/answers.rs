//! Statuses, headers and errors.

use super::Shared;
use axum::Router;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{Path, Query};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{
    AppendHeaders, Html, IntoResponse, NoContent, Redirect, Response,
};
use axum::routing::{get, put};
use std::collections::HashMap;
use std::num::ParseIntError;

pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/html", get(async || Html("<p>caf\u{e9}</p>")))
        .route("/methods", get(read).put(written).delete(NoContent))
        .route("/only-put", put(written))
        .route("/head", get(read).head(head))
        .route("/status/{status}", get(status))
        .route("/see-other", get(async || Redirect::to("/html?a=b")))
        .route("/temporary", get(temporary))
        .route("/permanent", get(permanent))
        .route("/cookies", get(cookies))
        .route("/header/{name}", get(own_header))
        .route("/sum/{one}/{two}", get(sum))
        .route("/panic", get(panics))
        .route("/socket", get(socket))
}

async fn read() -> &'static str {
    "read"
}

async fn written(body: String) -> (StatusCode, String) {
    (StatusCode::ACCEPTED, format!("written: {body}"))
}

async fn head() -> [(&'static str, &'static str); 2] {
    [("x-head", "its own"), ("content-length", "1234")]
}

/// With a body, whether the status may have one or not.
async fn status(Path(status): Path<u16>) -> Response {
    match StatusCode::from_u16(status) {
        Ok(status) => (status, "a body").into_response(),
        Err(no) => {
            (StatusCode::BAD_REQUEST, no.to_string()).into_response()
        }
    }
}

async fn temporary() -> Redirect {
    Redirect::temporary("https://example.com/caf%C3%A9")
}

async fn permanent() -> Redirect {
    Redirect::permanent("html")
}

async fn cookies(headers: HeaderMap) -> impl IntoResponse {
    let cookies = headers.get_all(header::COOKIE).iter();
    let cookies: Vec<&[u8]> =
        cookies.map(HeaderValue::as_bytes).collect();
    let set = [
        (header::SET_COOKIE, "a=1; Path=/; HttpOnly"),
        (header::SET_COOKIE, "b=2, and more; Max-Age=10"),
        (
            header::SET_COOKIE,
            "c=; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
        ),
    ];
    (AppendHeaders(set), cookies.join(&b"; "[..]))
}

/// A header of which the name is in the path, the value in the query.
async fn own_header(
    Path(name): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let value = query.get("is").map_or("", |value| value);
    // Latin-1, where that has it.
    let value: Vec<u8> = value
        .chars()
        .map(|c| u8::try_from(c).unwrap_or(b'?'))
        .collect();
    let mut answer = "with a header".into_response();
    let name = header::HeaderName::try_from(name);
    let value = HeaderValue::from_bytes(&value);
    if let (Ok(name), Ok(value)) = (name, value) {
        answer.headers_mut().insert(name, value);
    }
    answer
}

/// An error that is an answer.
enum Refusal {
    NoNumber(ParseIntError),
    TooLarge,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::NoNumber(why) => {
                (StatusCode::UNPROCESSABLE_ENTITY, why.to_string())
                    .into_response()
            }
            Self::TooLarge => {
                StatusCode::INSUFFICIENT_STORAGE.into_response()
            }
        }
    }
}

impl From<ParseIntError> for Refusal {
    fn from(why: ParseIntError) -> Self {
        Self::NoNumber(why)
    }
}

async fn sum(
    Path((one, two)): Path<(String, String)>,
) -> Result<String, Refusal> {
    let (one, two): (u8, u8) = (one.parse()?, two.parse()?);
    let sum = one.checked_add(two).ok_or(Refusal::TooLarge)?;
    Ok(sum.to_string())
}

async fn panics() -> &'static str {
    panic!("as intended")
}

async fn socket(socket: WebSocketUpgrade) -> Response {
    socket.on_upgrade(async |_| {})
}
