//! Turns: so many may do something at a time, and others wait.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub struct Turns(Arc<Shared>);

struct Shared {
    free: Mutex<usize>,
    given_back: Condvar,
}

/// Leave to do it, for as long as this is kept.
pub struct Turn(Arc<Shared>);

impl Turns {
    pub fn new(most: usize) -> Self {
        let (free, given_back) = (Mutex::new(most), Condvar::new());
        Self(Arc::new(Shared { free, given_back }))
    }

    /// Waits for a turn, as long as the limit says.
    pub fn turn(&self, limit: Duration) -> Option<Turn> {
        let Shared { free, given_back } = &*self.0;
        let is_none = |free: &mut usize| *free == 0;
        let (mut free, _) = given_back
            .wait_timeout_while(lock(free), limit, is_none)
            .unwrap_or_else(PoisonError::into_inner);
        *free = free.checked_sub(1)?;
        Some(Turn(Arc::clone(&self.0)))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        *lock(&self.0.free) += 1;
        self.0.given_back.notify_one();
    }
}

fn lock(free: &Mutex<usize>) -> MutexGuard<'_, usize> {
    free.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn only_some_have_a_turn_at_a_time() {
        let turns = Turns::new(2);
        let now = || turns.turn(Duration::ZERO);
        let (first, second) = (now(), now());
        assert!(first.is_some() && second.is_some());
        assert!(now().is_none() && now().is_none());
        drop(first);
        assert!(now().is_some());
    }

    #[test]
    fn who_waits_has_the_turn_that_is_given_back() {
        let turns = Turns::new(1);
        let first = turns.turn(Duration::ZERO);
        thread::scope(|scope| {
            let second = scope.spawn(|| {
                turns.turn(Duration::from_secs(20)).is_some()
            });
            drop(first);
            assert!(second.join().unwrap());
        });
    }
}
