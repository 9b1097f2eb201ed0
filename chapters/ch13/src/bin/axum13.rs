//! The board under hyper, where its author runs it.

use axum::Extension;
use axum::extract::ConnectInfo;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use std::env;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let port = env::args().nth(2).unwrap_or("8000".into());
    let listener =
        TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    println!("Serving at http://{}", listener.local_addr()?);
    let board = ch13::board();
    loop {
        let (stream, client) = listener.accept().await?;
        let board = board.clone().layer(Extension(ConnectInfo(client)));
        tokio::spawn(
            http1::Builder::new()
                // For a client that has said all before the answer, as
                // those of the book's figures do.
                .half_close(true)
                .serve_connection(
                    TokioIo::new(stream),
                    TowerToHyperService::new(board),
                ),
        );
    }
}
