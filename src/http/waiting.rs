//! Connections that wait for their clients, and need no thread.

use super::Limits;
use super::connection::Connection;
use super::socket::{Listener, Socket};
use super::stop::Stop;
use super::turn::Turn;
use crate::ErrorLog;
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Registry, Token, Waker};
use std::collections::VecDeque;
use std::io::{self, ErrorKind, Write};
use std::mem::take;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::{Duration, Instant};

/// All connections of a server.
///
/// One worker at a time watches them. It leaves with the first that
/// has something to read, and another worker takes its place.
pub(crate) struct Waiting {
    watch: Mutex<Watch>,
    turn: Turn,
    connections: Mutex<Connections>,
    registry: Registry,
    waker: Waker,
    pub(crate) stop: Stop,
}

/// What the worker that watches needs.
struct Watch {
    poll: Poll,
    events: Events,
    listener: Option<Listener>,
    /// May somebody be waiting to be accepted?
    is_asked: bool,
    /// Why nobody could be, the last time.
    trouble: Option<ErrorKind>,
    /// When to see whose time is up.
    next_check: Instant,
}

/// How often that is.
const CHECK: Duration = Duration::from_millis(100);

const LISTENER: Token = Token(usize::MAX);
const WAKER: Token = Token(usize::MAX - 1);

impl Waiting {
    pub(crate) fn new(mut listener: Listener) -> io::Result<Self> {
        let poll = Poll::new()?;
        let registry = poll.registry().try_clone()?;
        let source = listener.source();
        registry.register(source, LISTENER, Interest::READABLE)?;
        Ok(Self {
            waker: Waker::new(&registry, WAKER)?,
            registry,
            watch: Mutex::new(Watch {
                poll,
                events: Events::with_capacity(256),
                listener: Some(listener),
                is_asked: false,
                trouble: None,
                next_check: Instant::now() + CHECK,
            }),
            turn: Turn::default(),
            connections: Mutex::default(),
            stop: Stop::default(),
        })
    }

    /// A connection with something to read, or whose time is up;
    /// `None` when the server is stopping.
    ///
    /// # Errors
    ///
    /// The system cannot be asked.
    pub(crate) fn next(
        &self,
        limits: &Limits,
        errors: &ErrorLog,
    ) -> io::Result<Option<Arc<Connection>>> {
        if let Some(connection) = self.ready() {
            return Ok(Some(connection));
        }
        let mut watch = self.turn.wait(|| try_lock(&self.watch));
        let next = self.on_watch(&mut watch, limits, errors);
        drop(watch);
        let is_more = !lock(&self.connections).ready.is_empty();
        self.turn.leave(is_more);
        next
    }

    /// Does so until there is a connection, or the server is stopped.
    fn on_watch(
        &self,
        watch: &mut Watch,
        limits: &Limits,
        errors: &ErrorLog,
    ) -> io::Result<Option<Arc<Connection>>> {
        loop {
            if self.stop.is_asked() {
                watch.listener = None; // newcomers are refused
                return Ok(None);
            }
            // Whoever watched before may have left some.
            if let Some(connection) = self.ready() {
                return Ok(Some(connection));
            }
            self.look(watch, limits, errors)?;
        }
    }

    fn ready(&self) -> Option<Arc<Connection>> {
        lock(&self.connections).ready.pop_front()
    }

    /// Waits until something happens, and takes note of it.
    fn look(
        &self,
        watch: &mut Watch,
        limits: &Limits,
        errors: &ErrorLog,
    ) -> io::Result<()> {
        let is_alone = lock(&self.connections).count() == 0;
        watch.wait(is_alone)?;
        let mut connections = lock(&self.connections);
        for event in &watch.events {
            match event.token() {
                LISTENER => watch.is_asked = true,
                WAKER => {}
                Token(place) => connections.arrived(place),
            }
        }
        if watch.is_asked {
            let accepted = self.accept(watch, &mut connections, limits);
            watch.complain(accepted, errors);
        }
        if watch.next_check <= Instant::now() {
            connections.check(Instant::now());
            watch.next_check = Instant::now() + CHECK;
        }
        Ok(())
    }

    /// Accepts those that ask, as long as there is room.
    fn accept(
        &self,
        watch: &mut Watch,
        connections: &mut Connections,
        limits: &Limits,
    ) -> io::Result<()> {
        let Some(listener) = &watch.listener else { return Ok(()) };
        while connections.count() < limits.connections {
            match listener.accept() {
                Ok((stream, peer)) => {
                    let until = Instant::now() + limits.idle;
                    self.admit(connections, stream, peer, until)?;
                }
                Err(e) if e.kind() == ErrorKind::WouldBlock => {
                    watch.is_asked = false;
                    break;
                }
                Err(e) if e.kind() == ErrorKind::ConnectionAborted => {}
                Err(e) => return Err(e),
            }
        }
        connections.is_full = watch.is_asked;
        Ok(())
    }

    fn admit(
        &self,
        connections: &mut Connections,
        stream: TcpStream,
        peer: Option<SocketAddr>,
        until: Instant,
    ) -> io::Result<()> {
        let place = connections.free_place();
        let mut socket = Socket::new(stream);
        let (source, token) = (socket.source(), Token(place));
        self.registry
            .register(source, token, Interest::READABLE)
            .inspect_err(|_| connections.free(place))?;
        let connection = Connection::new(place, socket, peer, until);
        let connection = Arc::new(connection);
        connections.places[place] = Place::Waits(connection, until);
        Ok(())
    }

    /// Takes a connection back, to wait for its client until then.
    pub(crate) fn wait(&self, place: usize, until: Instant) {
        lock(&self.connections).wait(place, until);
    }

    /// Takes a connection back that may have more to read already. It
    /// has to queue, so that nobody keeps a worker for himself.
    pub(crate) fn again(&self, connection: Arc<Connection>) {
        lock(&self.connections).ready.push_back(connection);
    }

    /// Lets a connection go.
    pub(crate) fn close(&self, place: usize) {
        let mut connections = lock(&self.connections);
        connections.free(place);
        if take(&mut connections.is_full) {
            self.wake(); // to accept another
        }
    }

    /// Interrupts the worker that watches.
    fn wake(&self) {
        // If that cannot be done, the next check is soon.
        let _ = self.waker.wake();
    }

    /// Makes `next` return `None`.
    pub(crate) fn ask_to_stop(&self) {
        self.stop.ask();
        self.wake();
    }

    /// Ends every connection, also in the middle of an answer.
    pub(crate) fn shut_down(&self) {
        for place in &lock(&self.connections).places {
            if let Place::Waits(connection, _)
            | Place::Busy(connection, _) = place
            {
                connection.socket.shut_down();
            }
        }
    }
}

impl Watch {
    fn wait(&mut self, is_alone: bool) -> io::Result<()> {
        let now = Instant::now();
        let left = self.next_check.saturating_duration_since(now);
        // Without a connection, nobody's time can be up.
        let left = (!is_alone || self.is_asked).then_some(left);
        match self.poll.poll(&mut self.events, left) {
            Err(e) if e.kind() != ErrorKind::Interrupted => Err(e),
            _ => Ok(()),
        }
    }

    /// Tells the log that nobody can be accepted, for lack of
    /// descriptors, say: once, though it is tried at every check.
    fn complain(
        &mut self,
        accepted: io::Result<()>,
        errors: &ErrorLog,
    ) {
        let trouble = accepted.err();
        let kind = trouble.as_ref().map(io::Error::kind);
        if let Some(error) = trouble.filter(|_| kind != self.trouble) {
            // Nobody is left to be told that a log cannot be written.
            let _ = writeln!(errors.clone(), "cannot accept: {error}");
        }
        self.trouble = kind;
    }
}

/// Every connection has a place, whose number is its token.
#[derive(Default)]
struct Connections {
    places: Vec<Place>,
    free: Vec<usize>,
    ready: VecDeque<Arc<Connection>>,
    /// Are others waiting for a place?
    is_full: bool,
}

enum Place {
    Free,
    /// The client has until then.
    Waits(Arc<Connection>, Instant),
    /// A worker has it, or will. Has something arrived meanwhile?
    Busy(Arc<Connection>, bool),
}

impl Connections {
    fn count(&self) -> usize {
        self.places.len() - self.free.len()
    }

    fn free_place(&mut self) -> usize {
        self.free.pop().unwrap_or_else(|| {
            self.places.push(Place::Free);
            self.places.len() - 1
        })
    }

    /// Something has arrived, or so it seems: what was told of a
    /// connection may reach the next in its place, which then finds
    /// nothing, and waits again.
    fn arrived(&mut self, place: usize) {
        match &mut self.places[place] {
            Place::Waits(..) => self.wake(place),
            Place::Busy(_, has_arrived) => *has_arrived = true,
            Place::Free => {}
        }
    }

    fn wake(&mut self, place: usize) {
        if let Place::Waits(connection, _) = &self.places[place] {
            let connection = Arc::clone(connection);
            self.ready.push_back(Arc::clone(&connection));
            self.places[place] = Place::Busy(connection, false);
        }
    }

    fn wait(&mut self, place: usize, until: Instant) {
        if let Place::Busy(connection, has_arrived) =
            &self.places[place]
        {
            let connection = Arc::clone(connection);
            let has_arrived = *has_arrived;
            self.places[place] = Place::Waits(connection, until);
            if has_arrived {
                self.wake(place);
            }
        }
    }

    fn free(&mut self, place: usize) {
        self.places[place] = Place::Free;
        self.free.push(place);
    }

    /// Wakes those whose time is up.
    fn check(&mut self, now: Instant) {
        for place in 0..self.places.len() {
            if let Place::Waits(_, until) = self.places[place]
                && until <= now
            {
                self.wake(place);
            }
        }
    }
}

fn try_lock<T>(mutex: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
    match mutex.try_lock() {
        Err(TryLockError::WouldBlock) => None,
        Err(TryLockError::Poisoned(error)) => Some(error.into_inner()),
        Ok(guard) => Some(guard),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    fn connection() -> Arc<Connection> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let client = std::net::TcpStream::connect(address).unwrap();
        let socket = Socket::new(TcpStream::from_std(client));
        Arc::new(Connection::new(0, socket, None, Instant::now()))
    }

    #[test]
    fn what_arrives_while_a_worker_has_it_is_not_forgotten() {
        let until = Instant::now() + Duration::from_secs(3600);
        let mut connections = Connections::default();
        let place = connections.free_place();
        connections.places[place] = Place::Busy(connection(), false);
        connections.arrived(place);
        connections.wait(place, until);
        assert_eq!(connections.ready.len(), 1);
        // That was all: now it waits.
        connections.ready.clear();
        connections.wait(place, until);
        assert_eq!(connections.ready.len(), 0);
    }
}
