//! axum under the gateway, in few lines.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use gateway::{Application, Result, app};
use tokio::runtime::Builder;
use tower::ServiceExt;

/// A Router as an application, as far as pages go.
pub fn axum(router: Router) -> Result<impl Application + Send + Sync> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    Ok(app(move |environ, start_response| {
        let path = environ.get("PATH_INFO").unwrap_or_default();
        let request = Request::get(&*path).body(Body::empty())?;
        let answer = router.clone().oneshot(request);
        let (head, body) = runtime.block_on(answer)?.into_parts();
        let page = runtime.block_on(to_bytes(body, usize::MAX))?;
        let status = head.status.to_string();
        let text = [("Content-Type", "text/plain")];
        Ok(start_response(&status, &text)?.body(page.to_vec()))
    }))
}
