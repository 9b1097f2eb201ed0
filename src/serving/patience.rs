//! How long a client may keep a thread waiting.

use std::io::{self, ErrorKind};
use std::time::Duration;

/// The time that a client has left. Each 1000 bytes that get through
/// are worth a second.
#[derive(Debug, Clone)]
pub(crate) struct Patience {
    left: Duration,
    most: Duration,
    /// Before it, bytes have but gone where there was room.
    has_waited: bool,
}

/// How much time the bytes of an answer may earn in advance. A client's
/// system takes some megabytes at once, and then none until the client
/// has read a good part of them; how many are read nobody can see.
const IN_ADVANCE: Duration = Duration::from_secs(600);

impl Patience {
    /// With who sends a body: no more than the limit, at any time.
    pub(crate) fn with_sender(limit: Duration) -> Self {
        Self { left: limit, most: limit, has_waited: false }
    }

    /// With who reads an answer.
    pub(crate) fn with_reader(limit: Duration) -> Self {
        let most = limit.saturating_add(IN_ADVANCE);
        Self { left: limit, most, has_waited: false }
    }

    pub(crate) fn left(&self) -> Duration {
        self.left
    }

    /// Bytes got through: none of them did, for sure, before the
    /// first wait.
    pub(crate) fn earn(&mut self, bytes: usize) {
        if !self.has_waited {
            return;
        }
        let earned = Duration::from_millis(bytes as u64);
        self.left = self.left.saturating_add(earned).min(self.most);
    }

    /// # Errors
    ///
    /// There was no more of it.
    pub(crate) fn spend(&mut self, time: Duration) -> io::Result<()> {
        self.has_waited = true;
        self.left = self.left.saturating_sub(time);
        match self.left.is_zero() {
            true => Err(ErrorKind::TimedOut.into()),
            false => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn what_there_was_room_for_buys_no_time() {
        let mut patience = Patience::with_reader(SECOND);
        patience.earn(1_000_000);
        assert!(patience.spend(SECOND).is_err());
    }

    #[test]
    fn what_gets_through_does_up_to_a_limit() {
        let mut patience = Patience::with_reader(SECOND);
        assert!(patience.spend(SECOND / 2).is_ok());
        patience.earn(2000);
        assert_eq!(patience.left(), SECOND / 2 + 2 * SECOND);
        patience.earn(usize::MAX);
        assert_eq!(patience.left(), SECOND + IN_ADVANCE);
    }

    #[test]
    fn a_sender_has_nothing_in_advance() {
        let mut patience = Patience::with_sender(SECOND);
        assert!(patience.spend(SECOND / 2).is_ok());
        patience.earn(100);
        assert_eq!(patience.left(), SECOND / 2 + SECOND / 10);
        patience.earn(10_000);
        assert_eq!(patience.left(), SECOND);
    }

    #[test]
    fn no_limit_is_none() {
        let mut patience = Patience::with_reader(Duration::MAX);
        assert!(patience.spend(SECOND).is_ok());
        patience.earn(usize::MAX);
        assert_eq!(patience.left(), Duration::MAX);
    }
}
