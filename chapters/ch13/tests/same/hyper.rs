//! The application under hyper, as axum serves it.

use crate::app;
use axum::Router;
use std::net::SocketAddr;
use std::path::Path;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

pub struct Hyper {
    pub address: SocketAddr,
    // Dropped, it ends the tasks.
    _runtime: Runtime,
}

impl Hyper {
    /// Serves the application below a path.
    pub fn start(files: &Path, mount: &str) -> Self {
        let router = app::router(files);
        let router = match mount {
            "" => router,
            mount => Router::new().nest_service(mount, router),
        };
        let service =
            router.into_make_service_with_connect_info::<SocketAddr>();
        let runtime = Runtime::new().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0");
        let listener = runtime.block_on(listener).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(async { axum::serve(listener, service).await });
        Self { address, _runtime: runtime }
    }
}
