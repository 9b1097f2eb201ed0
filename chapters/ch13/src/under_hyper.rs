//! The site inside of hyper, which axum serves with.

use axum::Router;
use gateway::Application;
use std::io;
use std::net::SocketAddr;
use std::process;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::signal::ctrl_c;

/// Serves at an address, until Ctrl-C.
pub fn serve(
    app: impl Application + Send + Sync + 'static,
    address: &str,
) -> io::Result<()> {
    let router = Router::new().fallback_service(ch13::service(app));
    let site =
        router.into_make_service_with_connect_info::<SocketAddr>();
    Runtime::new()?.block_on(async {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        println!("Serving at http://{address}");
        let serving = axum::serve(listener, site);
        serving.with_graceful_shutdown(asked_to_stop()).await
    })
}

/// A second Ctrl-C does not wait for what is under way.
async fn asked_to_stop() {
    let _ = ctrl_c().await;
    eprintln!("Stopping when the requests under way are answered");
    tokio::spawn(async {
        let _ = ctrl_c().await;
        process::exit(130);
    });
}
