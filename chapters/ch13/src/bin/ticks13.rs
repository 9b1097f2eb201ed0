//! Three lines, a while apart: when do they arrive?

use axum::Router;
use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use ch13::Tower;
use futures_util::stream;
use gateway::exchange::{self, Protocol};
use gateway::{Application, Environ, Result};
use std::convert::Infallible;
use std::io::{self, Write};
use std::time::Duration;
use tokio::time::sleep;

const WHILE: Duration = Duration::from_millis(100);

async fn ticks() -> impl IntoResponse {
    let ticks = stream::unfold(0, async |n| {
        sleep(WHILE).await;
        let line = Ok::<_, Infallible>(format!("tick {n}\n"));
        (n < 3).then_some((line, n + 1))
    });
    ([(CONTENT_TYPE, "text/plain")], Body::from_stream(ticks))
}

/// Prints which lines come together.
struct Wire;

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        let ticks = text.lines().filter(|l| l.starts_with("tick"));
        println!("  {}", ticks.collect::<Vec<_>>().join(", "));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn show(name: &str, app: &dyn Application) {
    println!("{name}");
    let mut environ = Environ::new();
    environ.set("REQUEST_METHOD", "GET");
    environ.set("PATH_INFO", "/");
    exchange::run(app, &mut environ, Protocol::Cgi, &mut Wire);
}

fn main() -> Result<()> {
    let router = Router::new().route("/", get(ticks));
    show("small", &ch13::small::axum(router.clone())?);
    show("Tower", &Tower::new(router)?);
    Ok(())
}
