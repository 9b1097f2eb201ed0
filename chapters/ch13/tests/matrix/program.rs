//! Chapter 7's application for all servers, beside three frameworks.

#[path = "../../../../tests/outside/matrix/application.rs"]
mod application;

use application::application;
use axum::Router;
use ch13::{Tower, board, guest_book, service};
use gateway::cgi::Script;
use gateway::middleware::mount;
use gateway::{Application, Result, app};
use std::env;
use std::net::SocketAddr;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

type Site = Box<dyn Application + Send + Sync>;

fn site() -> Result<Site> {
    let script =
        concat!(env!("CARGO_MANIFEST_DIR"), "/site/cgi/hello.sh");
    let all = mount()
        .at("/", application)
        .at("/axum", Tower::new(board())?)
        .at("/book", guest_book(ch06::file())?)
        .at("/cgi", Script::new(script));
    Ok(Box::new(all))
}

fn main() -> Result<()> {
    if env::var_os("GATEWAY_INTERFACE").is_some() {
        gateway::cgi::run(site()?);
        return Ok(());
    }
    match env::args().nth(1).as_deref() {
        Some("fastcgi") => {
            let server = gateway::fastcgi::Server::bind("127.0.0.1:0");
            server?.run(site()?);
        }
        Some("tiny_http") => {
            let server = gateway::server::Server::bind("127.0.0.1:0")?;
            println!("Serving at http://{}", server.address());
            server.serve(site()?)?;
        }
        Some("hyper") => {
            hyper(Router::new().fallback_service(of(site()?)))?
        }
        Some("hyper_nested") => {
            let nested = of(site()?);
            hyper(Router::new().nest_service("/cgi-bin/app", nested))?;
        }
        Some("tower") => http(Tower::new(of(site()?))?)?,
        _ => http(site()?)?,
    }
    Ok(())
}

fn of(site: Site) -> ch13::AppService<impl Application + Send + Sync> {
    service(app(move |environ, start| site.call(environ, start)))
}

fn http(site: impl Application + Send + Sync) -> Result<()> {
    let server = gateway::http::Server::bind("127.0.0.1:0")?;
    println!("Serving at http://{}", server.address());
    Ok(server.serve(site)?)
}

fn hyper(router: Router) -> Result<()> {
    let site =
        router.into_make_service_with_connect_info::<SocketAddr>();
    Runtime::new()?.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("Serving at http://{}", listener.local_addr()?);
        Ok(axum::serve(listener, site).await?)
    })
}
