//! What a thread needs that watches.

use super::clock::{now, wait_for_any};
use super::socket::{Listener, Socket};
use super::{Client, Protocol, Serving, say};
use crate::ErrorLog;
use mio::event::Source;
use mio::{Events, Interest, Poll, Registry, Token, Waker};
use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Who comes, and on which connections something has come.
pub(crate) struct Watch {
    poll: Poll,
    events: Events,
    listener: Option<Listener>,
    /// May somebody be waiting to be accepted?
    is_asked: bool,
    /// Why nobody could be, the last time.
    trouble: Option<ErrorKind>,
    /// When to see whose time is up.
    next_check: Instant,
    /// The number of the next connection.
    next_key: usize,
}

/// How often that is.
const CHECK: Duration = Duration::from_millis(100);

const LISTENER: Token = Token(0);
const WAKER: Token = Token(1);

fn register(
    at: &Registry,
    source: &mut (impl Source + ?Sized),
    token: Token,
) -> io::Result<()> {
    at.register(source, token, Interest::READABLE)
}

impl Watch {
    /// And what interrupts the thread that watches.
    pub(crate) fn new(
        mut listener: Listener,
    ) -> io::Result<(Self, Waker)> {
        let poll = Poll::new()?;
        register(poll.registry(), listener.source(), LISTENER)?;
        let waker = Waker::new(poll.registry(), WAKER)?;
        let watch = Self {
            poll,
            events: Events::with_capacity(256),
            listener: Some(listener),
            is_asked: false,
            trouble: None,
            next_check: now() + CHECK,
            next_key: 2,
        };
        Ok((watch, waker))
    }

    /// Waits until something happens, and tells the crew.
    ///
    /// # Errors
    ///
    /// The system cannot be asked.
    pub(super) fn look<P: Protocol>(
        &mut self,
        serving: &Serving<'_, P>,
    ) -> io::Result<()> {
        let crew = serving.crew;
        if crew.is_stopping() {
            self.listener = None; // newcomers are refused
        }
        self.wait(crew.is_empty())?;
        let events = self.events.iter();
        self.is_asked |= events.clone().any(|e| e.token() == LISTENER);
        crew.arrived(events.map(|e| (e.token().0, e.is_read_closed())));
        if self.is_asked {
            let accepted = self.accept(serving);
            self.complain(accepted, &serving.settings.errors);
        }
        if self.next_check <= now() {
            crew.check(now());
            self.next_check = now() + CHECK;
        }
        Ok(())
    }

    fn wait(&mut self, is_alone: bool) -> io::Result<()> {
        let now = now();
        let left = self.next_check.saturating_duration_since(now);
        // Without a connection, nobody's time can be up.
        let left = (!is_alone || self.is_asked).then_some(left);
        match wait_for_any(&mut self.poll, &mut self.events, left) {
            Err(e) if e.kind() == ErrorKind::Interrupted => {
                self.events.clear();
                Ok(())
            }
            polled => polled,
        }
    }

    /// Accepts those that ask, as long as there is room.
    fn accept<P: Protocol>(
        &mut self,
        serving: &Serving<'_, P>,
    ) -> io::Result<()> {
        let Serving { crew, settings, .. } = serving;
        let Some(listener) = &self.listener else { return Ok(()) };
        while crew.has_room(settings.limits.connections.max(1)) {
            let (mut stream, peer) = match listener.accept() {
                Err(e) if e.kind() == ErrorKind::ConnectionAborted => {
                    continue;
                }
                Err(e) if e.kind() == ErrorKind::WouldBlock => {
                    self.is_asked = false;
                    break;
                }
                accepted => accepted?,
            };
            let key = self.next_key;
            self.next_key += 1;
            register(self.poll.registry(), &mut stream, Token(key))?;
            let socket = Arc::new(Socket::new(stream));
            let opened = P::open(settings, Arc::clone(&socket), peer);
            if let Some((connection, until)) = opened {
                let theirs = Arc::clone(&socket);
                let client = Client::new(theirs, connection, until);
                crew.add(key, socket, client, until);
            }
        }
        Ok(())
    }

    /// Tells the log that nobody can be accepted, for lack of
    /// descriptors, say: once, though it is tried at every check.
    fn complain(&mut self, accepted: io::Result<()>, log: &ErrorLog) {
        let trouble = accepted.err();
        let kind = trouble.as_ref().map(io::Error::kind);
        if let Some(error) = trouble.filter(|_| kind != self.trouble) {
            say(log, &format!("cannot accept: {error}"));
        }
        self.trouble = kind;
    }
}
