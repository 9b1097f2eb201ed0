//! How long a client may keep a thread waiting.

use std::io::{self, ErrorKind};
use std::time::Duration;

/// The time that a client has left. Each 1000 bytes that get through
/// are worth a second, but it never has more than at the start.
#[derive(Debug, Clone)]
pub(crate) struct Patience {
    left: Duration,
    most: Duration,
}

impl Patience {
    pub(crate) fn new(limit: Duration) -> Self {
        Self { left: limit, most: limit }
    }

    pub(crate) fn left(&self) -> Duration {
        self.left
    }

    /// Bytes got through.
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

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn what_gets_through_buys_time_up_to_the_limit() {
        let mut patience = Patience::new(SECOND);
        assert!(patience.spend(SECOND / 2).is_ok());
        patience.earn(100);
        assert_eq!(patience.left(), SECOND / 2 + SECOND / 10);
        patience.earn(usize::MAX);
        assert_eq!(patience.left(), SECOND);
        assert!(patience.spend(SECOND).is_err());
    }

    #[test]
    fn no_limit_is_none() {
        let mut patience = Patience::new(Duration::MAX);
        assert!(patience.spend(SECOND).is_ok());
        patience.earn(usize::MAX);
        assert_eq!(patience.left(), Duration::MAX);
    }
}
