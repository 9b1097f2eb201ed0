//! A tap: what clients and a server say to each other is passed on, and
//! drawn.

mod talk;

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;
use talk::{Side, Talk, count, heading};

/// How many drawings may wait. While a terminal stands still, what has
/// no room among them is not passed on.
const WAITING: usize = 1000;

/// Passes on what is said between the clients that come to `listener`
/// and the server, and draws it until it cannot be drawn any more.
///
/// # Errors
///
/// `out` takes no more, or the address of `listener` is not known.
pub fn run(
    listener: TcpListener,
    server: SocketAddr,
    out: &mut dyn Write,
) -> io::Result<()> {
    let own = listener.local_addr()?;
    writeln!(out, "http://{own} leads to http://{server}\n")?;
    out.write_all(heading().as_bytes())?;
    out.flush()?;
    let (sender, drawings) = sync_channel(WAITING);
    thread::spawn(move || accept(&listener, server, &sender));
    for drawing in drawings {
        out.write_all(drawing.as_bytes())?;
        out.flush()?;
    }
    Ok(())
}

fn accept(
    listener: &TcpListener,
    server: SocketAddr,
    sender: &SyncSender<String>,
) {
    let mut number = 0;
    loop {
        let Ok((client, _)) = listener.accept() else {
            // Too many files are open: some will be closed.
            thread::sleep(Duration::from_millis(100));
            continue;
        };
        number += 1;
        let talk = Mutex::new(Talk::new(number));
        let sender = sender.clone();
        let connection = Connection { talk, sender };
        thread::spawn(move || connection.join(&client, server));
    }
}

struct Connection {
    talk: Mutex<Talk>,
    sender: SyncSender<String>,
}

impl Connection {
    fn join(&self, client: &TcpStream, server: SocketAddr) {
        self.draw(Side::Client, "connects", b"");
        match TcpStream::connect(server) {
            Ok(server) => thread::scope(|scope| {
                scope.spawn(|| {
                    self.pass_on(Side::Client, client, &server);
                });
                self.pass_on(Side::Server, &server, client);
            }),
            Err(e) if e.kind() == ErrorKind::ConnectionRefused => {
                let why = format!(
                    "nothing listens at {server}: start the server"
                );
                self.draw(Side::Server, &why, b"");
            }
            Err(e) => self.draw(Side::Server, &e.to_string(), b""),
        }
    }

    /// Passes on what one side says, until it has said all or the other
    /// has left.
    fn pass_on(
        &self,
        side: Side,
        mut from: &TcpStream,
        mut to: &TcpStream,
    ) {
        // Otherwise bytes wait until others are acknowledged.
        let _ = to.set_nodelay(true);
        let mut buffer = [0; 64 * 1024];
        let last = loop {
            let bytes = match from.read(&mut buffer) {
                Ok(0) => break "closes".into(),
                Ok(read) => &buffer[..read],
                Err(e) if e.kind() == ErrorKind::Interrupted => {
                    continue;
                }
                Err(error) => break format!("leaves: {error}"),
            };
            // Before anybody can answer it.
            self.draw(side, &count(bytes.len()), bytes);
            if to.write_all(bytes).is_err() {
                return; // whoever it was for has left
            }
        };
        self.draw(side, &last, b"");
        // The other side may go on. If it has left, so be it.
        let _ = to.shutdown(Shutdown::Write);
    }

    fn draw(&self, side: Side, what: &str, bytes: &[u8]) {
        let talk = self.talk.lock();
        let mut talk = talk.unwrap_or_else(PoisonError::into_inner);
        // Nobody is left to draw for when the program ends.
        let _ = self.sender.send(talk.draw(side, what, bytes));
    }
}
