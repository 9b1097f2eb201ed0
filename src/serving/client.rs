//! A client, and what a thread does at a visit.

use super::{
    BLOCK, Caller, Connection, Deadline, Next, Socket, is_over, within,
};
use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

/// How long a client has to read the last answer.
const LEAVE_LIMIT: Duration = Duration::from_secs(2);

/// How many blocks are read in a visit, so that it has an end.
const BLOCKS: usize = 8;

/// A client, at our end.
pub(crate) struct Client {
    socket: Arc<Socket>,
    /// `None` after its last answer.
    connection: Option<Box<dyn Connection>>,
    until: Deadline,
}

impl Client {
    pub(crate) fn new(
        socket: Arc<Socket>,
        connection: Box<dyn Connection>,
        until: Deadline,
    ) -> Self {
        Self { socket, connection: Some(connection), until }
    }

    /// May a stop close it while it waits?
    pub(crate) fn is_idle(&self) -> bool {
        self.connection.is_some()
    }

    /// Does what can be done now, a bounded amount of it: something has
    /// come, or the time is up.
    pub(crate) fn visit(&mut self, caller: &mut Caller<'_>) -> Next {
        let mut is_drained = false;
        for _ in 0..BLOCKS {
            match &mut self.connection {
                Some(connection) => match connection.go_on(caller) {
                    Next::Wait(until) => self.until = until,
                    next => return self.leave_if_asked(next),
                },
                None if is_over(self.until) => return Next::Close,
                None => {}
            }
            if is_drained {
                return Next::Wait(self.until);
            }
            match self.socket.read_now(&mut caller.block[..]) {
                Ok(0) => return Next::Close,
                Ok(length) => {
                    // All that was there: more will be an event again
                    // (epoll(7), questions 9 and 10). Elsewhere mio is
                    // told only by a read that finds nothing.
                    is_drained = cfg!(unix) && length < BLOCK;
                    if let Some(connection) = &mut self.connection {
                        connection.take(&caller.block[..length]);
                    }
                }
                Err(e) if e.kind() == ErrorKind::WouldBlock => {
                    return self.wait(caller);
                }
                Err(_) => return Next::Close,
            }
        }
        Next::Again
    }

    fn wait(&mut self, caller: &mut Caller<'_>) -> Next {
        match &mut self.connection {
            _ if !is_over(self.until) => Next::Wait(self.until),
            Some(connection) => {
                let next = connection.give_up(caller);
                self.leave_if_asked(next)
            }
            None => Next::Close,
        }
    }

    /// After the last answer, what comes is thrown away: to close at
    /// once would make the client lose what it has not read yet (RFC
    /// 9112, section 9.6).
    fn leave_if_asked(&mut self, next: Next) -> Next {
        if next != Next::Leave {
            return next;
        }
        self.socket.finish();
        self.connection = None;
        self.until = within(LEAVE_LIMIT);
        Next::Again
    }
}
