//! Waiting in small, by 9.1 and 9.3: a client has no thread until its
//! request is whole.

use crate::chapter9;
use crate::mine::{attempt, piece};
use crate::work::{Done, Workers};
use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token, Waker};
use std::collections::HashMap;
use std::io::{self, ErrorKind};
use std::net;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

/// How many clients there may be.
const ROOM: usize = 500;

/// How long half a request may wait for its other half. After that it
/// is the answer's, whose patience is 8.2.
const HALF: Duration = Duration::from_secs(1);

const LISTENER: Token = Token(0);
const WAKER: Token = Token(1);

/// All clients, by their keys.
pub struct Core {
    poll: Poll,
    listener: TcpListener,
    clients: HashMap<u32, Client>,
    next: u32,
    workers: Workers,
    back: Receiver<Done>,
}

struct Client {
    /// `None` while a request is at work.
    stream: Option<TcpStream>,
    since: Instant,
    has_begun: bool,
}

impl Core {
    pub fn new(
        listener: net::TcpListener,
        mut workers: Workers,
    ) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        let mut listener = TcpListener::from_std(listener);
        let poll = Poll::new()?;
        let at = poll.registry();
        at.register(&mut listener, LISTENER, Interest::READABLE)?;
        let back = workers.give_back_to(Waker::new(at, WAKER)?);
        let (clients, next) = (HashMap::new(), 2);
        Ok(Self { poll, listener, clients, next, workers, back })
    }

    /// Watches all that wait, for ever.
    pub fn run(mut self) -> io::Result<()> {
        let mut events = Events::with_capacity(100);
        loop {
            match self.poll.poll(&mut events, Some(HALF / 2)) {
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                polled => polled?,
            }
            for event in &events {
                match event.token() {
                    LISTENER => self.welcome()?,
                    WAKER => self.take_back()?,
                    Token(key) => {
                        self.look(key as u32, event.is_read_closed())?;
                    }
                }
            }
            let late = self.clients.iter().filter(|(_, client)| {
                client.has_begun && client.since.elapsed() > HALF
            });
            let late: Vec<u32> = late.map(|(key, _)| *key).collect();
            for key in late {
                self.hand_over(key)?;
            }
        }
    }

    /// Lets in who is at the door, and makes room if there is none.
    fn welcome(&mut self) -> io::Result<()> {
        while let Ok((stream, _)) = self.listener.accept() {
            if self.clients.len() >= ROOM {
                let idle = self.clients.iter().map(|(key, client)| {
                    let idle = client.since.elapsed();
                    (*key, client.stream.as_ref().map(|_| idle))
                });
                let idle: Vec<_> = idle.collect();
                let longest = piece!(chapter9::idle_longest);
                match attempt(|| longest(&idle)).flatten() {
                    Some(key) => drop(self.clients.remove(&key)),
                    None => continue,
                }
            }
            self.put(self.next, stream)?;
            self.next += 1;
        }
        Ok(())
    }

    fn take_back(&mut self) -> io::Result<()> {
        while let Ok((key, stream)) = self.back.try_recv() {
            self.clients.remove(&key);
            if let Some(stream) = stream {
                stream.set_nonblocking(true)?;
                self.put(key, TcpStream::from_std(stream))?;
            }
        }
        Ok(())
    }

    fn put(&mut self, key: u32, mut at: TcpStream) -> io::Result<()> {
        let token = Token(key as usize);
        let registry = self.poll.registry();
        registry.register(&mut at, token, Interest::READABLE)?;
        let (stream, since, has_begun) =
            (Some(at), Instant::now(), false);
        let client = Client { stream, since, has_begun };
        self.clients.insert(key, client);
        Ok(())
    }

    /// Has a whole request come? What is too long to be seen, or ends
    /// early, is the answer's.
    fn look(&mut self, key: u32, is_end: bool) -> io::Result<()> {
        let Some(client) = self.clients.get_mut(&key) else {
            return Ok(());
        };
        let Some(stream) = &client.stream else { return Ok(()) };
        let mut seen = vec![0; 1 << 16];
        let length = match stream.peek(&mut seen) {
            Err(e) if e.kind() == ErrorKind::WouldBlock => {
                return Ok(());
            }
            length => length.unwrap_or(0),
        };
        let is_whole = || piece!(chapter9::is_whole)(&seen[..length]);
        let is_enough = is_end || length == 0 || length == seen.len();
        if is_enough || attempt(is_whole).unwrap_or(true) {
            return self.hand_over(key);
        }
        if !client.has_begun {
            (client.has_begun, client.since) = (true, Instant::now());
        }
        Ok(())
    }

    fn hand_over(&mut self, key: u32) -> io::Result<()> {
        let client = self.clients.get_mut(&key);
        let client = client.ok_or(ErrorKind::NotFound)?;
        client.has_begun = false;
        let mut stream =
            client.stream.take().ok_or(ErrorKind::NotFound)?;
        self.poll.registry().deregister(&mut stream)?;
        let stream = net::TcpStream::from(stream);
        stream.set_nonblocking(false)?;
        self.workers.start(key, stream);
        Ok(())
    }
}
