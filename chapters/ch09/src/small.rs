//! Waiting in a page: a client that says nothing has no thread.

use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Registry, Token, Waker};
use std::collections::HashMap;
use std::io::{self, BufReader, ErrorKind};
use std::net;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// A client, and what of its bytes we have read ahead.
pub type Connection = BufReader<net::TcpStream>;

/// Answers one request. May another one follow?
pub type Answer<'a> =
    &'a (dyn Fn(&mut Connection) -> io::Result<bool> + Sync);

const LISTENER: Token = Token(0);
const WAKER: Token = Token(1);

/// Serves any number of clients with so many workers.
pub fn serve(
    listener: net::TcpListener,
    workers: usize,
    answer: Answer,
) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let mut listener = TcpListener::from_std(listener);
    let poll = Poll::new()?;
    register(poll.registry(), &mut listener, LISTENER)?;
    let waker = Waker::new(poll.registry(), WAKER)?;
    let (ready, queue) = channel();
    let (done, back) = channel();
    let queue = Mutex::new(queue);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| work(&queue, answer, done.clone(), &waker));
        }
        let streams = HashMap::new();
        let waiting = Waiting { poll, streams, next: 2 };
        waiting.wait(&listener, ready, back)
    })
}

fn register(
    at: &Registry,
    source: &mut impl mio::event::Source,
    token: Token,
) -> io::Result<()> {
    at.register(source, token, Interest::READABLE)
}

/// Clients that have said nothing yet, or nothing more.
struct Waiting {
    poll: Poll,
    streams: HashMap<Token, TcpStream>,
    next: usize,
}

impl Waiting {
    /// Hands each client that says something to a worker.
    fn wait(
        mut self,
        listener: &TcpListener,
        ready: Sender<net::TcpStream>,
        back: Receiver<net::TcpStream>,
    ) -> io::Result<()> {
        let mut events = Events::with_capacity(100);
        loop {
            match self.poll.poll(&mut events, None) {
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                polled => polled?,
            }
            for event in &events {
                match event.token() {
                    LISTENER => {
                        while let Ok((stream, _)) = listener.accept() {
                            self.add(stream)?;
                        }
                    }
                    WAKER => {
                        for stream in back.try_iter() {
                            stream.set_nonblocking(true)?;
                            self.add(TcpStream::from_std(stream))?;
                        }
                    }
                    token => {
                        let _ = ready.send(self.take(token)?);
                    }
                }
            }
        }
    }

    /// Puts a client among those that wait.
    fn add(&mut self, mut stream: TcpStream) -> io::Result<()> {
        let token = Token(self.next);
        self.next += 1;
        register(self.poll.registry(), &mut stream, token)?;
        self.streams.insert(token, stream);
        Ok(())
    }

    /// Takes one out again.
    fn take(&mut self, token: Token) -> io::Result<net::TcpStream> {
        let stream = self.streams.remove(&token);
        let mut stream = stream.ok_or(ErrorKind::NotFound)?;
        self.poll.registry().deregister(&mut stream)?;
        let stream = net::TcpStream::from(stream);
        stream.set_nonblocking(false)?;
        Ok(stream)
    }
}

/// A worker: answers what has come, and gives the client back.
fn work(
    queue: &Mutex<Receiver<net::TcpStream>>,
    answer: Answer,
    done: Sender<net::TcpStream>,
    waker: &Waker,
) {
    let lock = || queue.lock().unwrap_or_else(PoisonError::into_inner);
    let next = || lock().recv();
    while let Ok(stream) = next() {
        let mut connection = BufReader::new(stream);
        while let Ok(true) = answer(&mut connection) {
            if connection.buffer().is_empty() {
                let _ = done.send(connection.into_inner());
                let _ = waker.wake();
                break;
            }
        }
    }
}
