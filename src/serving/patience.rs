//! How long a client may keep a thread waiting.

use std::io::{self, ErrorKind};
use std::time::Duration;

/// The time that a client has left. Each 1000 bytes that get through
/// are worth a second.
#[derive(Debug, Clone)]
pub(crate) struct Patience {
    left: Duration,
    most: Duration,
}

/// How much time the bytes of an answer may earn in advance. A client's
/// system takes some megabytes at once, and then none until the client
/// has read a good part of them; how many are read nobody can see.
const IN_ADVANCE: Duration = Duration::from_secs(600);

impl Patience {
    /// With who sends a body: no more than the limit, at any time.
    pub(crate) fn with_sender(limit: Duration) -> Self {
        Self { left: limit, most: limit }
    }

    /// With who reads an answer.
    pub(crate) fn with_reader(limit: Duration) -> Self {
        Self { left: limit, most: limit.saturating_add(IN_ADVANCE) }
    }

    pub(crate) fn left(&self) -> Duration {
        self.left
    }

    pub(crate) fn earn(&mut self, bytes: usize) {
        let earned = Duration::from_millis(bytes as u64);
        self.left = self.left.saturating_add(earned).min(self.most);
    }

    /// # Errors
    ///
    /// There was no more of it.
    pub(crate) fn spend(&mut self, time: Duration) -> io::Result<()> {
        self.left = self.left.saturating_sub(time);
        match self.left.is_zero() {
            true => Err(ErrorKind::TimedOut.into()),
            false => Ok(()),
        }
    }
}
