//! Threads, and the connections that they have.

use crate::ErrorLog;
use rustix::event::{PollFd, PollFlags, poll};
use std::collections::BTreeMap;
use std::io::{self, ErrorKind, PipeReader, PipeWriter, Write};
use std::net::{IpAddr, Shutdown, TcpListener, TcpStream};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixListener;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// A socket that listens.
pub(crate) enum Listener {
    Tcp(TcpListener),
    Unix(UnixListener),
}

impl Listener {
    /// Takes a connection from those that wait. Its reads and writes
    /// wait as long as `limit` says.
    fn accept(
        &self,
        limit: Duration,
    ) -> io::Result<(TcpStream, Option<IpAddr>)> {
        let (stream, peer) = match self {
            Self::Tcp(listener) => {
                let (stream, peer) = listener.accept()?;
                // The end of an answer must not wait until the web
                // server has acknowledged its start.
                stream.set_nodelay(true)?;
                (stream, Some(peer.ip().to_canonical()))
            }
            Self::Unix(listener) => {
                // To the system a stream is a stream.
                let (stream, _) = listener.accept()?;
                (TcpStream::from(OwnedFd::from(stream)), None)
            }
        };
        stream.set_nonblocking(false)?;
        stream.set_read_timeout(Some(limit))?;
        stream.set_write_timeout(Some(limit))?;
        Ok((stream, peer))
    }

    fn set_nonblocking(&self) -> io::Result<()> {
        match self {
            Self::Tcp(listener) => listener.set_nonblocking(true),
            Self::Unix(listener) => listener.set_nonblocking(true),
        }
    }

    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Tcp(listener) => listener.as_fd(),
            Self::Unix(listener) => listener.as_fd(),
        }
    }
}

/// The threads of a server, each of which has a connection, or waits
/// for one.
pub(crate) struct Pool {
    pub(crate) listener: Listener,
    /// One thread at a time waits there, and the others for it.
    accepting: Mutex<()>,
    /// Its other end is closed to wake who waits.
    pipe: PipeReader,
    members: Mutex<Members>,
}

struct Members {
    limit: usize,
    threads: usize,
    /// How many of them have no connection, or will soon have none.
    free: usize,
    /// How many of these still have to close one.
    closing: usize,
    /// Connections without a request, the oldest first, but those that
    /// have not had one yet last.
    idle: BTreeMap<Place, Arc<TcpStream>>,
    /// How many there have been.
    count: u64,
    /// `None` when the server is stopping.
    open: Option<PipeWriter>,
}

/// Whether it is a new connection, and a number.
type Place = (bool, u64);

/// How long accepting rests after a failure.
const PAUSE: Duration = Duration::from_millis(500);

/// A connection, and where it comes from, if that has an address.
pub(crate) type Accepted = (TcpStream, Option<IpAddr>);

impl Pool {
    pub(crate) fn new(listener: Listener) -> io::Result<Self> {
        // Another process may be quicker to accept.
        listener.set_nonblocking()?;
        let (pipe, writer) = io::pipe()?;
        let members = Members {
            limit: 1,
            threads: 1,
            free: 1,
            closing: 0,
            idle: BTreeMap::new(),
            count: 0,
            open: Some(writer),
        };
        Ok(Self {
            listener,
            accepting: Mutex::new(()),
            pipe,
            members: Mutex::new(members),
        })
    }

    /// How many threads there may be.
    pub(crate) fn limit(&self, limit: usize) {
        lock(&self.members).limit = limit.max(1);
    }

    /// Waits for a connection; `None` when the server is stopping.
    pub(crate) fn accept(
        &self,
        limit: Duration,
        errors: &ErrorLog,
    ) -> Option<Accepted> {
        let _accepting = lock(&self.accepting);
        loop {
            match self.wait().and_then(|()| self.listener.accept(limit))
            {
                _ if lock(&self.members).open.is_none() => return None,
                Ok(accepted) => return Some(accepted),
                Err(error) => complain(&error, errors),
            }
        }
    }

    fn wait(&self) -> io::Result<()> {
        let mut both = [
            PollFd::from_borrowed_fd(
                self.listener.as_fd(),
                PollFlags::IN,
            ),
            PollFd::new(&self.pipe, PollFlags::IN),
        ];
        poll(&mut both, None)?;
        Ok(())
    }

    /// A free thread has taken a connection. Tells whether another is
    /// to be started in its place.
    pub(crate) fn begin(&self) -> bool {
        let mut members = lock(&self.members);
        members.free -= 1;
        let is_more =
            members.free == 0 && members.threads < members.limit;
        if is_more {
            members.threads += 1;
            members.free += 1;
        }
        members.make_room();
        is_more
    }

    /// There was no such thread to be had.
    pub(crate) fn fail(&self) {
        let mut members = lock(&self.members);
        members.threads -= 1;
        members.free -= 1;
        members.make_room();
    }

    /// Its connection is closed, and the thread is free again.
    pub(crate) fn end(&self) {
        let mut members = lock(&self.members);
        match members.closing {
            0 => members.free += 1,
            _ => members.closing -= 1,
        }
    }

    /// Waits for a request on a connection; `false` if none comes, or
    /// the connection is closed to make room, or for the stop.
    pub(crate) fn wait_idle(
        &self,
        stream: &Arc<TcpStream>,
        is_new: bool,
        wait: impl FnOnce() -> bool,
    ) -> bool {
        let mut members = lock(&self.members);
        if members.open.is_none() {
            return false;
        }
        let place = (is_new, members.count);
        members.count += 1;
        members.idle.insert(place, Arc::clone(stream));
        members.make_room();
        drop(members);
        let has_come = wait();
        lock(&self.members).idle.remove(&place);
        has_come
    }

    /// Wakes those who wait, for a connection or on one.
    pub(crate) fn stop(&self) {
        let mut members = lock(&self.members);
        members.open = None;
        for stream in members.idle.values() {
            close(stream);
        }
    }
}

impl Members {
    /// A connection without a request must not keep others out: if no
    /// thread is free, the oldest is closed. New ones have been let in
    /// to send a request, and are given the time.
    fn make_room(&mut self) {
        if self.free == 0
            && let Some(oldest) = self.idle.first_entry()
            && let (false, _) = oldest.key()
        {
            close(&oldest.remove());
            self.free += 1;
            self.closing += 1;
        }
    }
}

/// Makes who waits for a request see the connection's end.
fn close(stream: &TcpStream) {
    // It may have ended by itself.
    let _ = stream.shutdown(Shutdown::Read);
}

fn complain(error: &io::Error, errors: &ErrorLog) {
    match error.kind() {
        ErrorKind::WouldBlock
        | ErrorKind::Interrupted
        | ErrorKind::ConnectionAborted => {}
        _ => {
            // Nobody is left to be told that a log cannot be written.
            let _ = writeln!(errors.clone(), "cannot accept: {error}");
            thread::sleep(PAUSE);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_makes_room_but_no_new_one() {
        let listener =
            TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let stream = TcpStream::connect(address).expect("connects");
        let stream = Arc::new(stream);
        let pool = Pool::new(Listener::Tcp(listener)).expect("a pool");
        let mut members = lock(&pool.members);
        for place in [(true, 0), (false, 2), (false, 1)] {
            members.idle.insert(place, Arc::clone(&stream));
        }
        let left = |members: &mut Members| {
            members.free = 0;
            members.make_room();
            members.idle.keys().copied().collect::<Vec<_>>()
        };
        assert_eq!(left(&mut members), [(false, 2), (true, 0)]);
        assert_eq!(left(&mut members), [(true, 0)]);
        assert_eq!(left(&mut members), [(true, 0)]);
        members.free = 1;
        members.idle.insert((false, 3), stream);
        members.make_room();
        assert_eq!(members.idle.len(), 2, "a thread is free");
    }
}
