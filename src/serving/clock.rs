//! What time it is, and all waits for clients. The fuzzer puts a clock
//! of its own in place of this file, on which an hour takes no time.

use mio::net::TcpStream;
use mio::{Events, Poll};
use rustix::event::{PollFd, PollFlags, poll};
use std::io;
use std::time::{Duration, Instant};

pub(crate) fn now() -> Instant {
    Instant::now()
}

/// Waits for one client, as long as the limit says, or less.
pub(crate) fn wait_for_one(
    stream: &TcpStream,
    event: PollFlags,
    limit: Duration,
) {
    let limit = limit.try_into().ok();
    let mut streams = [PollFd::new(stream, event)];
    // If a signal interrupts it, we try a little earlier.
    let _ = poll(&mut streams, limit.as_ref());
}

/// Waits for any.
///
/// # Errors
///
/// The system cannot be asked.
pub(crate) fn wait_for_any(
    at: &mut Poll,
    events: &mut Events,
    limit: Option<Duration>,
) -> io::Result<()> {
    at.poll(events, limit)
}
