//! How many may do something at a time.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// So many turns, each of which is somebody's or free.
pub(crate) struct Turns {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    free: usize,
    waiting: usize,
}

impl Turns {
    pub(crate) fn new(free: usize) -> Self {
        let state = Mutex::new(State { free, waiting: 0 });
        Self { state, changed: Condvar::new() }
    }

    /// Waits for a turn, and has it for as long as `work` takes.
    pub(crate) fn take<T>(&self, work: impl FnOnce() -> T) -> T {
        let mut state = self.state();
        state.waiting += 1;
        let mut state = self
            .changed
            .wait_while(state, |state| state.free == 0)
            .unwrap_or_else(PoisonError::into_inner);
        state.waiting -= 1;
        state.free -= 1;
        drop(state);
        let _turn = Turn(self);
        work()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A turn, which is given back whatever becomes of the work.
struct Turn<'a>(&'a Turns);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.free += 1;
        let is_wanted = state.waiting > 0;
        drop(state);
        // To wake somebody is a call of the system, also in vain.
        if is_wanted {
            self.0.changed.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::catch_unwind;

    #[test]
    fn a_turn_is_given_back_by_a_panic() {
        let turns = Turns::new(1);
        for _ in 0..2 {
            let work = || turns.take(|| panic!("at work"));
            assert!(catch_unwind(work).is_err());
        }
        assert_eq!(turns.take(|| 7), 7);
    }
}
