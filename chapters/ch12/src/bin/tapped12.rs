//! One request through a tap, to a server that has to think.

use ch12::tap;
use gateway::http::Server;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Duration;

const REQUEST: &str = "\
GET /?number=2 HTTP/1.1\r\n\
Host: localhost\r\n\
Connection: close\r\n\
\r\n";

/// Prints, and tells when a side has closed.
struct Shown(Sender<()>);

impl Write for Shown {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        io::stdout().write_all(bytes)?;
        if String::from_utf8_lossy(bytes).contains(" closes ") {
            let _ = self.0.send(()); // nobody may wait any more
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn main() -> io::Result<()> {
    let app = gateway::app(|_, start_response| {
        let headers =
            [("Content-Type", "text/plain"), ("Content-Length", "28")];
        let mut started = start_response("200 OK", &headers)?;
        started.write_all(b"Let me see ...\n")?;
        thread::sleep(Duration::from_millis(300));
        Ok(started.body("Ferris: I am\n"))
    });
    let server = Server::bind("127.0.0.1:0")?;
    let behind = server.address();
    thread::spawn(move || server.serve(app));
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut client = TcpStream::connect(listener.local_addr()?)?;
    let (sender, closed) = channel();
    let shown = move || tap::run(listener, behind, &mut Shown(sender));
    thread::spawn(shown);
    client.write_all(REQUEST.as_bytes())?;
    client.read_to_end(&mut Vec::new())?;
    drop(client);
    closed.iter().take(2).for_each(drop);
    Ok(())
}
