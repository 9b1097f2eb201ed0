//! Sockets. None of them ever blocks: a thread that has to wait for a
//! client says so, and others work meanwhile.

use super::clock::{now, wait_for_one};
use super::{AROUND, Patience, lending};
use crate::input::too_late;
use mio::event::Source;
use mio::net::{TcpListener, TcpStream};
use rustix::event::PollFlags;
use socket2::SockRef;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{self, Shutdown, SocketAddr, ToSocketAddrs};
#[cfg(unix)]
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// A socket that listens.
pub(crate) enum Listener {
    Tcp(TcpListener),
    #[cfg(unix)]
    Unix(mio::net::UnixListener),
}

/// How many connections the system keeps while we are busy. More than
/// the standard library asks for: a crowd may come at once.
const BACKLOG: i32 = 4096;

/// How much of an answer the system takes before its client's system
/// does, in bytes.
#[cfg(any(target_os = "linux", target_os = "android"))]
const UNSENT: u32 = 128 * 1024;

impl Listener {
    pub(crate) fn tcp(address: impl ToSocketAddrs) -> io::Result<Self> {
        Self::from_std(net::TcpListener::bind(address)?)
    }

    /// Accepted sockets inherit the options.
    pub(crate) fn from_std(
        listener: net::TcpListener,
    ) -> io::Result<Self> {
        let options = SockRef::from(&listener);
        options.listen(BACKLOG)?;
        options.set_nonblocking(true)?;
        // Without it the end of an answer waits 40 ms for the client to
        // acknowledge its start.
        options.set_tcp_nodelay(true)?;
        #[cfg(any(target_os = "linux", target_os = "android"))]
        options.set_tcp_notsent_lowat(UNSENT)?;
        Ok(Self::Tcp(TcpListener::from_std(listener)))
    }

    #[cfg(unix)]
    pub(crate) fn unix(path: &Path) -> io::Result<Self> {
        let listener = mio::net::UnixListener::bind(path);
        let listener = listener.map_err(|error| {
            let advice = match error.kind() {
                ErrorKind::AddrInUse => {
                    "; if no server is using it, \
                    a killed one has left it: remove it"
                }
                _ => "",
            };
            let place = path.display();
            let text = format!("{place}: {error}{advice}");
            io::Error::new(error.kind(), text)
        })?;
        Ok(Self::Unix(listener))
    }

    /// The TCP address that it listens at.
    pub(crate) fn address(&self) -> Option<SocketAddr> {
        match self {
            Self::Tcp(listener) => listener.local_addr().ok(),
            #[cfg(unix)]
            Self::Unix(_) => None,
        }
    }

    /// Takes a connection from those that wait, if there is one.
    pub(crate) fn accept(
        &self,
    ) -> io::Result<(TcpStream, Option<SocketAddr>)> {
        match self {
            Self::Tcp(listener) => {
                let (stream, peer) = listener.accept()?;
                Ok((stream, Some(peer)))
            }
            #[cfg(unix)]
            Self::Unix(listener) => {
                // To the system a stream is a stream.
                let (stream, _) = listener.accept()?;
                let stream = std::os::fd::OwnedFd::from(stream);
                let stream = net::TcpStream::from(stream);
                Ok((TcpStream::from_std(stream), None))
            }
        }
    }

    pub(crate) fn source(&mut self) -> &mut dyn Source {
        match self {
            Self::Tcp(listener) => listener,
            #[cfg(unix)]
            Self::Unix(listener) => listener,
        }
    }
}

/// Our end of a connection.
pub(crate) struct Socket {
    stream: TcpStream,
    /// Have we ended it, in the middle of something?
    is_cut: AtomicBool,
}

/// Tries again if a signal has come meanwhile.
fn uninterrupted(
    mut attempt: impl FnMut() -> io::Result<usize>,
) -> io::Result<usize> {
    loop {
        match attempt() {
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

/// How long a wait is at most before the socket is tried again. Some
/// systems tell that there is room only when a third is free, which a
/// slow client may take minutes for.
const AGAIN: Duration = Duration::from_secs(1);

impl Socket {
    pub(crate) fn new(stream: TcpStream) -> Self {
        Self { stream, is_cut: AtomicBool::new(false) }
    }

    /// The address at which the client has found us.
    #[cfg(feature = "http")]
    pub(crate) fn local_address(&self) -> Option<SocketAddr> {
        self.stream.local_addr().ok()
    }

    /// Reads what is there; `WouldBlock` if nothing is.
    pub(crate) fn read_now(&self, to: &mut [u8]) -> io::Result<usize> {
        uninterrupted(|| (&self.stream).read(to))
    }

    /// Reads, and waits for the client if need be.
    ///
    /// # Errors
    ///
    /// As for a socket; `408 Request Timeout` if the client has no time
    /// left.
    pub(crate) fn read(
        &self,
        to: &mut [u8],
        patience: &mut Patience,
    ) -> io::Result<usize> {
        let read = || self.read_now(to);
        match self.transfer(PollFlags::IN, patience, read) {
            Ok(0) if self.is_cut() => Err(stopped()),
            Err(e) if is_late(&e) => Err(too_late().into()),
            read => read,
        }
    }

    /// Writes, and waits for the client if need be.
    ///
    /// # Errors
    ///
    /// As for a socket; `TimedOut` if the client has no time left.
    pub(crate) fn write(
        &self,
        bytes: &[u8],
        patience: &mut Patience,
    ) -> io::Result<usize> {
        let write = || uninterrupted(|| (&self.stream).write(bytes));
        match self.transfer(PollFlags::OUT, patience, write) {
            Err(e) if is_late(&e) => Err(io::Error::new(
                ErrorKind::TimedOut,
                "the client takes nothing",
            )),
            written => written,
        }
    }

    fn transfer(
        &self,
        event: PollFlags,
        patience: &mut Patience,
        mut attempt: impl FnMut() -> io::Result<usize>,
    ) -> io::Result<usize> {
        let done = match attempt() {
            Err(e) if e.kind() == ErrorKind::WouldBlock => {
                lending(|| self.wait(event, patience, attempt))
            }
            done => done,
        };
        match done {
            Err(_) if self.is_cut() => Err(stopped()),
            done => done.inspect(|length| patience.earn(*length)),
        }
    }

    fn wait(
        &self,
        event: PollFlags,
        patience: &mut Patience,
        mut attempt: impl FnMut() -> io::Result<usize>,
    ) -> io::Result<usize> {
        loop {
            let start = now();
            let limit = patience.left().min(AGAIN);
            AROUND.get()(&mut || {
                wait_for_one(&self.stream, event, limit);
            });
            let done = attempt();
            let spent = patience.spend(now() - start);
            match done {
                Err(e) if e.kind() == ErrorKind::WouldBlock => spent?,
                done => return done,
            }
        }
    }

    /// Sends no more.
    pub(crate) fn finish(&self) {
        // The client may have gone, and then it is finished anyway.
        let _ = self.stream.shutdown(Shutdown::Write);
    }

    /// Lets the client see that the answer is not whole, where a mere
    /// end would pass for its end. A Unix socket has no such sign.
    pub(crate) fn reset(&self) {
        let socket = SockRef::from(&self.stream);
        let _ = socket.set_linger(Some(Duration::ZERO));
    }

    /// Ends it, also for a thread that is waiting there.
    pub(crate) fn cut(&self) {
        self.is_cut.store(true, Ordering::Release);
        let _ = self.stream.shutdown(Shutdown::Both);
    }

    fn is_cut(&self) -> bool {
        self.is_cut.load(Ordering::Acquire)
    }
}

/// Has the client no time left?
fn is_late(error: &io::Error) -> bool {
    error.kind() == ErrorKind::TimedOut && error.get_ref().is_none()
}

fn stopped() -> io::Error {
    io::Error::new(ErrorKind::TimedOut, "the server is stopped")
}
