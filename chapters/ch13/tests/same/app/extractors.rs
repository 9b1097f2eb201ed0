//! Handlers that answer with what their extractors say.

use super::Shared;
use axum::extract::rejection::{
    FormRejection, JsonRejection, PathRejection, QueryRejection,
};
use axum::extract::{
    ConnectInfo, Form, MatchedPath, OriginalUri, Path, Query,
    RawPathParams, RawQuery, State,
};
use axum::http::{HeaderMap, Method, StatusCode, Uri, Version, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use axum::{Extension, Json, Router};
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;

pub fn routes() -> Router<Shared> {
    Router::new()
        .route("/", get(async || "the root"))
        .route("/state", get(state))
        .route("/uri", any(uri))
        .route("/uri/{*rest}", any(uri))
        .route("/path/{name}/{number}", get(path))
        .route("/path/{name}/{number}/checked", get(checked_path))
        .route("/rest/{*rest}", get(rest))
        .route("/maybe", get(maybe_path))
        .route("/maybe/{name}", get(maybe_path))
        .route("/query", get(query))
        .route("/query/checked", get(checked_query))
        .route("/query/raw", get(raw_query))
        .route("/fields", any(fields))
        .route("/client", get(client))
        .route("/json", post(json))
        .route("/json/checked", post(checked_json))
        .route("/json/maybe", post(maybe_json))
        .route("/form", get(form).post(form).patch(checked_form))
}

/// Routers within routers.
pub fn nested() -> Router<Shared> {
    let inner = Router::new()
        .route("/", get(uri))
        .route("/{name}", get(uri))
        .fallback(async || (StatusCode::NOT_FOUND, "not in here"));
    Router::new().route("/", get(uri)).nest("/inner", inner)
}

/// Lines of which each is compared on its own.
pub fn lines(
    lines: impl IntoIterator<Item = (String, String)>,
) -> Response {
    let lines = lines.into_iter();
    let lines = lines.map(|(name, value)| format!("{name}={value}\n"));
    let kind = [(header::CONTENT_TYPE, "text/x-lines")];
    (kind, lines.collect::<String>()).into_response()
}

async fn state(
    State(shared): State<Shared>,
    Extension(extension): Extension<&'static str>,
) -> String {
    format!("{}, {extension}", shared.greeting)
}

async fn uri(
    method: Method,
    version: Version,
    uri: Uri,
    OriginalUri(original): OriginalUri,
    matched: MatchedPath,
) -> Response {
    lines([
        ("the method".into(), method.to_string()),
        ("the version".into(), format!("{version:?}")),
        ("Uri".into(), uri.to_string()),
        ("OriginalUri".into(), original.to_string()),
        ("MatchedPath".into(), matched.as_str().into()),
    ])
}

async fn path(Path((name, number)): Path<(String, u32)>) -> String {
    format!("{name:?} and {number}")
}

async fn checked_path(
    path: Result<Path<(String, u32)>, PathRejection>,
) -> Result<String, (StatusCode, String)> {
    match path {
        Ok(Path((name, number))) => Ok(format!("{name} {number}")),
        Err(no) => Err((StatusCode::IM_A_TEAPOT, no.body_text())),
    }
}

async fn rest(Path(rest): Path<String>, raw: RawPathParams) -> String {
    let raw: Vec<_> = raw.iter().collect();
    format!("{rest:?} of {raw:?}")
}

async fn maybe_path(path: Option<Path<String>>) -> String {
    format!("{:?}", path.map(|Path(name)| name))
}

#[derive(Debug, Serialize, Deserialize)]
struct Search {
    word: String,
    page: Option<u32>,
}

async fn query(Query(search): Query<Search>) -> Json<Search> {
    Json(search)
}

async fn checked_query(
    query: Result<Query<Search>, QueryRejection>,
) -> String {
    match query {
        Ok(Query(search)) => format!("{search:?}"),
        Err(no) => format!("refused: {}", no.body_text()),
    }
}

async fn raw_query(RawQuery(query): RawQuery) -> String {
    format!("{query:?}")
}

/// Each field, and how many values it has.
async fn fields(headers: HeaderMap) -> Response {
    lines(headers.keys().map(|name| {
        let values = headers.get_all(name).iter();
        let values: Vec<String> = values
            .map(|value| value.as_bytes().escape_ascii().to_string())
            .collect();
        (format!("{name}:"), values.join(" and "))
    }))
}

async fn client(
    ConnectInfo(client): ConnectInfo<SocketAddr>,
) -> String {
    let has_port = client.port() > 0;
    format!("{}, with a port: {has_port}", client.ip())
}

async fn json(
    Json(search): Json<Search>,
) -> (StatusCode, Json<Search>) {
    (StatusCode::CREATED, Json(search))
}

async fn checked_json(
    json: Result<Json<Search>, JsonRejection>,
) -> Result<Json<Search>, (StatusCode, String)> {
    json.map_err(|no| (no.status(), format!("no: {}", no.body_text())))
}

async fn maybe_json(json: Option<Json<Search>>) -> String {
    format!("{:?}", json.map(|Json(search)| search))
}

async fn form(Form(search): Form<Search>) -> String {
    format!("{search:?}")
}

async fn checked_form(
    form: Result<Form<Search>, FormRejection>,
) -> Response {
    match form {
        Ok(Form(search)) => Json(search).into_response(),
        Err(no) => no.into_response(),
    }
}
