//! Sockets that do not block, until somebody chooses to wait.

use mio::event::Source;
use mio::net::{TcpListener, TcpStream};
use socket2::SockRef;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{self, Shutdown, SocketAddr, ToSocketAddrs};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// A socket that listens.
pub(crate) enum Listener {
    Tcp(TcpListener),
    #[cfg(unix)]
    Unix(mio::net::UnixListener),
}

/// How many connections the system keeps while we are busy. More than
/// the standard library asks for: a crowd may come at once.
const BACKLOG: i32 = 4096;

impl Listener {
    pub(crate) fn tcp(address: impl ToSocketAddrs) -> io::Result<Self> {
        let listener = net::TcpListener::bind(address)?;
        let options = SockRef::from(&listener);
        options.listen(BACKLOG)?;
        options.set_nonblocking(true)?;
        // Accepted sockets inherit it. Without it the end of an answer
        // waits 40 ms for the client to acknowledge its start.
        options.set_tcp_nodelay(true)?;
        Ok(Self::Tcp(TcpListener::from_std(listener)))
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
    /// Was it told to block, for now?
    blocks: AtomicBool,
}

impl Socket {
    pub(crate) fn new(stream: TcpStream) -> Self {
        Self { stream, blocks: AtomicBool::new(false) }
    }

    pub(crate) fn source(&mut self) -> &mut TcpStream {
        &mut self.stream
    }

    /// Reads what is there; `WouldBlock` if nothing is.
    pub(crate) fn read_now(
        &self,
        buffer: &mut [u8],
    ) -> io::Result<usize> {
        if self.blocks.swap(false, Ordering::AcqRel) {
            SockRef::from(&self.stream).set_nonblocking(true)?;
        }
        retried(|| (&self.stream).read(buffer))
    }

    /// Reads, and waits for the client as long as `patience` says.
    pub(crate) fn read(
        &self,
        buffer: &mut [u8],
        patience: &mut Patience,
    ) -> io::Result<usize> {
        let read = || (&self.stream).read(buffer);
        self.wait(read, patience)
    }

    /// Writes, and waits for the client as long as `patience` says.
    pub(crate) fn write(
        &self,
        bytes: &[u8],
        patience: &mut Patience,
    ) -> io::Result<usize> {
        let write = || (&self.stream).write(bytes);
        self.wait(write, patience)
    }

    fn wait(
        &self,
        mut transfer: impl FnMut() -> io::Result<usize>,
        patience: &mut Patience,
    ) -> io::Result<usize> {
        let options = SockRef::from(&self.stream);
        if !self.blocks.load(Ordering::Acquire) {
            match retried(&mut transfer) {
                Err(e) if e.kind() == ErrorKind::WouldBlock => {}
                transferred => return transferred,
            }
            options.set_nonblocking(false)?;
            self.blocks.store(true, Ordering::Release);
        }
        // No time at all would mean any time.
        let left = patience.left.max(Duration::from_millis(1));
        options.set_read_timeout(Some(left))?;
        options.set_write_timeout(Some(left))?;
        patience.spend(|| retried(&mut transfer))
    }

    /// Says that nothing more will be sent, and leaves the client time
    /// to read it: to close at once would take back what it has not.
    pub(crate) fn finish(&self) {
        // A client that has gone need not be told.
        let _ = self.stream.shutdown(Shutdown::Write);
    }

    /// Ends whatever waits for it.
    pub(crate) fn shut_down(&self) {
        let _ = self.stream.shutdown(Shutdown::Both);
    }

    /// Makes closing it an error for the client.
    pub(crate) fn reset(&self) {
        let options = SockRef::from(&self.stream);
        let _ = options.set_linger(Some(Duration::ZERO));
    }
}

fn retried(
    mut transfer: impl FnMut() -> io::Result<usize>,
) -> io::Result<usize> {
    loop {
        match transfer() {
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            transferred => return transferred,
        }
    }
}

/// How long a client may keep a thread waiting.
///
/// It is used up while we wait, and earned back by bytes, so that a
/// byte now and then does not hold a thread for ever.
#[derive(Debug, Clone)]
pub(crate) struct Patience {
    limit: Duration,
    left: Duration,
}

/// How many bytes earn a second.
const BYTES_A_SECOND: u32 = 1000;

impl Patience {
    pub(crate) fn new(limit: Duration) -> Self {
        Self { limit, left: limit }
    }

    fn spend(
        &mut self,
        transfer: impl FnOnce() -> io::Result<usize>,
    ) -> io::Result<usize> {
        let start = Instant::now();
        let bytes = transfer().map_err(|error| match error.kind() {
            ErrorKind::WouldBlock => ErrorKind::TimedOut.into(),
            _ => error,
        })?;
        self.settle(start.elapsed(), bytes)?;
        Ok(bytes)
    }

    /// Takes the time that was waited, and gives what the bytes earn.
    fn settle(
        &mut self,
        waited: Duration,
        bytes: usize,
    ) -> io::Result<()> {
        let second = Duration::from_secs(1) / BYTES_A_SECOND;
        let count = u32::try_from(bytes).unwrap_or(u32::MAX);
        let earned = second.saturating_mul(count);
        self.left = (self.left + earned)
            .min(self.limit)
            .checked_sub(waited)
            .ok_or(ErrorKind::TimedOut)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn a_byte_now_and_then_does_not_renew_patience() {
        let mut patience = Patience::new(50 * MS);
        let waits =
            (1..9).find(|_| patience.settle(20 * MS, 1).is_err());
        assert_eq!(waits, Some(3));
    }

    #[test]
    fn bytes_earn_time_and_no_more_than_the_limit() {
        let mut patience = Patience::new(50 * MS);
        for _ in 0..5 {
            patience.settle(20 * MS, 1000).unwrap();
        }
        patience.settle(MS, usize::MAX).unwrap();
        assert!(patience.settle(MS, 0).is_ok());
        assert!(patience.settle(50 * MS, 0).is_err());
    }
}
