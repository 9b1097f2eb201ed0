//! The site inside of hyper, which axum serves with.

use axum::Router;
use gateway::Application;
use std::io;
use std::net::SocketAddr;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

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
        axum::serve(listener, site)
            .with_graceful_shutdown(async {
                let _ = tokio::signal::ctrl_c().await;
            })
            .await
    })
}
