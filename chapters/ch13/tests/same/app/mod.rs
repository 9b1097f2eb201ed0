//! An application as axum's documentation teaches to write one, which
//! knows of no server.

mod answers;
mod bodies;
mod extractors;
mod layers;

use axum::http::{StatusCode, Uri};
use axum::{Extension, Router};
use std::path::Path;
use std::sync::Arc;
use tower_http::services::ServeDir;

/// What the handlers share.
#[derive(Clone)]
pub struct Shared {
    greeting: Arc<str>,
}

/// The whole application, with a folder of files.
pub fn router(files: &Path) -> Router {
    let shared = Shared { greeting: "Good day".into() };
    Router::new()
        .merge(extractors::routes())
        .merge(bodies::routes())
        .merge(answers::routes())
        .merge(layers::routes())
        .nest("/outer", extractors::nested())
        .nest_service("/files", ServeDir::new(files))
        .fallback(not_found)
        .layer(Extension("an extension"))
        .with_state(shared)
}

async fn not_found(uri: Uri) -> (StatusCode, String) {
    let text = format!("nothing is at {}", uri.path());
    (StatusCode::NOT_FOUND, text)
}
