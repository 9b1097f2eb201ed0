//! An axum application, which knows nothing of the gateway.

use axum::body::Body;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Form, Json, Router};
use futures_util::stream;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::sleep;

#[derive(Clone, Serialize)]
struct Note {
    text: String,
    from: String,
}

#[derive(Deserialize)]
struct NewNote {
    text: String,
}

type Notes = Arc<Mutex<Vec<Note>>>;

/// A board of notes.
pub fn board() -> Router {
    Router::new()
        .route("/", get(all).post(pin))
        .route("/{number}", get(one))
        .route("/ticks", get(ticks))
        .with_state(Notes::default())
}

async fn all(State(notes): State<Notes>) -> Json<Vec<Note>> {
    let notes = notes.lock().unwrap_or_else(PoisonError::into_inner);
    Json(notes.clone())
}

async fn pin(
    State(notes): State<Notes>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    Form(NewNote { text }): Form<NewNote>,
) -> (StatusCode, Json<usize>) {
    let mut notes =
        notes.lock().unwrap_or_else(PoisonError::into_inner);
    notes.push(Note { text, from: from.ip().to_string() });
    (StatusCode::CREATED, Json(notes.len() - 1))
}

async fn one(
    State(notes): State<Notes>,
    Path(number): Path<usize>,
) -> Result<Json<Note>, StatusCode> {
    let notes = notes.lock().unwrap_or_else(PoisonError::into_inner);
    let note = notes.get(number).ok_or(StatusCode::NOT_FOUND)?;
    Ok(Json(note.clone()))
}

/// A line every 200 milliseconds, for as long as somebody reads.
async fn ticks() -> impl IntoResponse {
    let ticks = stream::unfold(0, async |n| {
        sleep(Duration::from_millis(200)).await;
        Some((Ok::<_, Infallible>(format!("tick {n}\n")), n + 1))
    });
    ([(CONTENT_TYPE, "text/plain")], Body::from_stream(ticks))
}
