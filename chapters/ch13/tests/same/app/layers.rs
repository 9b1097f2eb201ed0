//! Middleware: axum's own, tower's and tower-http's.

use super::Shared;
use super::extractors::lines;
use axum::body::{Body, Bytes};
use axum::error_handling::HandleErrorLayer;
use axum::extract::Request;
use axum::http::{
    HeaderName, HeaderValue, Method, StatusCode, Uri, header,
};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use axum::{BoxError, Router};
use std::future::pending;
use std::time::Duration;
use tower::layer::Layer;
use tower::{ServiceBuilder, filter};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::cors::{Any, CorsLayer};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::normalize_path::NormalizePathLayer;
use tower_http::propagate_header::PropagateHeaderLayer;
use tower_http::request_id::{
    MakeRequestId, PropagateRequestIdLayer, RequestId,
    SetRequestIdLayer,
};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::validate_request::ValidateRequestHeaderLayer;

pub fn routes() -> Router<Shared> {
    Router::new()
        .nest("/compressed", compressed())
        .nest("/cors", cors())
        .nest("/marked", marked())
        .nest("/timely", timely())
        .nest("/small", small())
        .nest("/caught", caught())
        .nest("/guarded", guarded())
        .nest("/filtered", filtered())
        .nest_service("/trimmed", trimmed())
}

/// Long enough to be worth compressing.
fn text() -> String {
    "All of this has been said before. ".repeat(200)
}

fn compressed() -> Router<Shared> {
    let blocks = async || {
        let blocks = [text(), text()].map(Ok::<_, BoxError>);
        Body::from_stream(futures_util::stream::iter(blocks))
    };
    Router::new()
        .route("/", get(async || text()))
        .route("/blocks", get(blocks))
        .layer(CompressionLayer::new())
}

fn cors() -> Router<Shared> {
    let layer = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([header::CONTENT_TYPE])
        .max_age(Duration::from_secs(60));
    let page = async || "for everybody";
    Router::new().route("/", get(page).post(page)).layer(layer)
}

#[derive(Clone)]
struct Seven;

impl MakeRequestId for Seven {
    fn make_request_id<B>(
        &mut self,
        _: &axum::http::Request<B>,
    ) -> Option<RequestId> {
        Some(RequestId::new(HeaderValue::from_static("seven")))
    }
}

fn marked() -> Router<Shared> {
    let id = HeaderName::from_static("x-request-id");
    let frames = HeaderName::from_static("x-frame-options");
    let group = HeaderName::from_static("x-group");
    let deny = HeaderValue::from_static("DENY");
    let layers = ServiceBuilder::new()
        .layer(SetRequestIdLayer::new(id.clone(), Seven))
        .layer(PropagateRequestIdLayer::new(id))
        .layer(PropagateHeaderLayer::new(group))
        .layer(SetResponseHeaderLayer::if_not_present(frames, deny))
        .layer(middleware::from_fn(stamp));
    let page = async |request: Request| {
        let id = request.extensions().get::<RequestId>();
        format!("{:?}", id.map(RequestId::header_value))
    };
    Router::new().route("/", get(page)).layer(layers)
}

/// Sees the request before, and the answer after.
async fn stamp(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_string();
    let mut answer = next.run(request).await;
    let value = HeaderValue::from_str(&path);
    if let Ok(value) = value {
        answer.headers_mut().append("x-path", value);
    }
    answer
}

fn timely() -> Router<Shared> {
    let status = StatusCode::REQUEST_TIMEOUT;
    let limit = Duration::from_millis(50);
    Router::new()
        .route("/", get(async || "in time"))
        .route("/never", get(pending::<String>))
        .layer(TimeoutLayer::with_status_code(status, limit))
}

fn small() -> Router<Shared> {
    let read = async |bytes: Bytes| format!("{} bytes", bytes.len());
    Router::new()
        .route("/", post(read))
        .layer(RequestBodyLimitLayer::new(10))
}

fn caught() -> Router<Shared> {
    let panics = async || -> String { panic!("as intended") };
    Router::new().route("/", get(panics)).layer(CatchPanicLayer::new())
}

/// Only for those who take JSON and know the word.
fn guarded() -> Router<Shared> {
    let json = "application/json";
    Router::new()
        .route("/", get(async || "come in"))
        .layer(ValidateRequestHeaderLayer::accept(json))
        .layer(middleware::from_fn(authorize))
}

async fn authorize(
    request: Request,
    next: Next,
) -> Result<Response, StatusCode> {
    match request.headers().get(header::AUTHORIZATION) {
        Some(word) if word == "Bearer crab" => {
            Ok(next.run(request).await)
        }
        Some(_) => Err(StatusCode::FORBIDDEN),
        None => Err(StatusCode::UNAUTHORIZED),
    }
}

/// A tower service that fails, with its error made an answer.
fn filtered() -> Router<Shared> {
    let check = |request: Request| match request.uri().query() {
        Some("please") => Ok(request),
        _ => Err(BoxError::from("say please")),
    };
    let failed = async |uri: Uri, error: BoxError| {
        let text = format!("{}: {error}", uri.path());
        (StatusCode::BAD_GATEWAY, text).into_response()
    };
    let layers = ServiceBuilder::new()
        .layer(HandleErrorLayer::new(failed))
        .layer(filter::FilterLayer::new(check));
    Router::new().route("/", get(async || "thanks")).layer(layers)
}

/// A slash at the end makes no difference.
fn trimmed() -> tower_http::normalize_path::NormalizePath<Router> {
    let page =
        async |uri: Uri| lines([("Uri".into(), uri.to_string())]);
    let router = Router::new().route("/page", any(page));
    NormalizePathLayer::trim_trailing_slash().layer(router)
}
