//! The board, as its author runs it.

use std::env;
use std::net::SocketAddr;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let port = env::args().nth(2).unwrap_or("8000".into());
    let listener =
        TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    println!("Serving at http://{}", listener.local_addr()?);
    let board = ch13::board();
    let board =
        board.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, board).await
}
