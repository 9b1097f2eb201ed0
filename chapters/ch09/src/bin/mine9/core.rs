//! Chapter 9's core in small, of the exercises' answers: a client
//! waits without a thread until its request is whole.

use crate::chapter9;
use crate::mine::{attempt, piece};
use crate::work::{Answer, work};
use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token, Waker};
use std::collections::HashMap;
use std::io::{self, ErrorKind};
use std::net;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// How many clients there may be.
const ROOM: usize = 500;

/// How long half a request may wait for its other half without a
/// thread. After that, the answer waits for it, with its own patience.
const HALF: Duration = Duration::from_secs(1);

/// The two that are not clients.
const LISTENER: u32 = 0;
const WAKER: u32 = 1;

pub struct Core<A> {
    poll: Poll,
    listener: TcpListener,
    clients: HashMap<u32, Client>,
    next: u32,
    answer: Arc<A>,
    free: Arc<Mutex<usize>>,
    waker: Arc<Waker>,
    done: Sender<Done>,
    back: Receiver<Done>,
}

struct Client {
    /// `None` while a request is at work.
    stream: Option<TcpStream>,
    since: Instant,
    has_begun: bool,
}

/// A client after its request, if it stays.
type Done = (u32, Option<net::TcpStream>);

impl<A: Answer> Core<A> {
    pub fn new(
        listener: net::TcpListener,
        answer: Arc<A>,
        free: Arc<Mutex<usize>>,
    ) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        let mut listener = TcpListener::from_std(listener);
        let poll = Poll::new()?;
        let token = Token(LISTENER as usize);
        poll.registry().register(
            &mut listener,
            token,
            Interest::READABLE,
        )?;
        let waker = Waker::new(poll.registry(), Token(WAKER as usize))?;
        let waker = Arc::new(waker);
        let (done, back) = channel();
        let (clients, next) = (HashMap::new(), WAKER + 1);
        Ok(Self {
            poll,
            listener,
            clients,
            next,
            answer,
            free,
            waker,
            done,
            back,
        })
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
                match event.token().0 as u32 {
                    LISTENER => self.welcome()?,
                    WAKER => self.take_back()?,
                    key => self.look(key, event.is_read_closed())?,
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
                    let since = client.since.elapsed();
                    (*key, client.stream.as_ref().map(|_| since))
                });
                let idle: Vec<_> = idle.collect();
                let longest = piece!(chapter9::idle_longest);
                match attempt(|| longest(&idle)).flatten() {
                    Some(key) => drop(self.clients.remove(&key)),
                    None => continue,
                }
            }
            self.next = self.next.checked_add(1).unwrap_or(WAKER + 1);
            self.put(self.next, stream)?;
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

    fn put(
        &mut self,
        key: u32,
        mut stream: TcpStream,
    ) -> io::Result<()> {
        let token = Token(key as usize);
        let registry = self.poll.registry();
        registry.register(&mut stream, token, Interest::READABLE)?;
        let (since, has_begun) = (Instant::now(), false);
        let stream = Some(stream);
        let client = Client { stream, since, has_begun };
        self.clients.insert(key, client);
        Ok(())
    }

    /// Has a whole request come? A worker reads what is too long to be
    /// seen, and what ends early.
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
        if is_end
            || length % seen.len() == 0
            || attempt(is_whole).unwrap_or(true)
        {
            return self.hand_over(key);
        }
        if !client.has_begun {
            (client.has_begun, client.since) = (true, Instant::now());
        }
        Ok(())
    }

    /// Gives a client to a thread of its own, for as long as it asks.
    fn hand_over(&mut self, key: u32) -> io::Result<()> {
        let client = self.clients.get_mut(&key);
        let client = client.ok_or(ErrorKind::NotFound)?;
        client.has_begun = false;
        let stream = client.stream.take();
        let mut stream = stream.ok_or(ErrorKind::NotFound)?;
        self.poll.registry().deregister(&mut stream)?;
        let stream = net::TcpStream::from(stream);
        stream.set_nonblocking(false)?;
        let answer = Arc::clone(&self.answer);
        let free = Arc::clone(&self.free);
        let (done, waker) =
            (self.done.clone(), Arc::clone(&self.waker));
        thread::spawn(move || {
            let stream = work(stream, &free, &*answer);
            let _ = done.send((key, stream));
            let _ = waker.wake();
        });
        Ok(())
    }
}
