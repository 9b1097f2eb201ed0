//! The servers, ended with their values.

use axum::Router;
use ch13::service;
use gateway::http::{Server, Stopper};
use gateway::{Application, ErrorLog};
use std::io;
use std::net::SocketAddr;
use std::thread::{self, JoinHandle};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

pub struct Hyper {
    pub address: SocketAddr,
    runtime: Option<Runtime>,
}

impl Hyper {
    /// An application alone.
    pub fn of<A>(app: A) -> Self
    where
        A: Application + Send + Sync + 'static,
    {
        Self::start(Router::new().fallback_service(service(app)))
    }

    pub fn start(router: Router) -> Self {
        let runtime = Runtime::new().expect("threads");
        let listener =
            runtime.block_on(TcpListener::bind("127.0.0.1:0"));
        let listener = listener.expect("a port");
        let address = listener.local_addr().expect("an address");
        let service =
            router.into_make_service_with_connect_info::<SocketAddr>();
        runtime.spawn(async {
            axum::serve(listener, service).await.expect("serves");
        });
        Self { address, runtime: Some(runtime) }
    }
}

impl Drop for Hyper {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// gateway::http.
pub struct Ours {
    pub address: SocketAddr,
    stopper: Stopper,
    thread: Option<JoinHandle<()>>,
}

impl Ours {
    pub fn of<A>(app: A) -> Self
    where
        A: Application + Send + Sync + 'static,
    {
        let server = Server::bind("127.0.0.1:0").expect("a port");
        let server = server.errors(ErrorLog::new(io::sink()));
        let (address, stopper) = (server.address(), server.stopper());
        let serve = move || server.serve(app).expect("serves");
        let thread = Some(thread::spawn(serve));
        Self { address, stopper, thread }
    }
}

impl Drop for Ours {
    fn drop(&mut self) {
        self.stopper.stop();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
