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
        let done = work();
        let mut state = self.state();
        state.free += 1;
        let is_wanted = state.waiting > 0;
        drop(state);
        // To wake somebody is a call of the system, also in vain.
        if is_wanted {
            self.changed.notify_one();
        }
        done
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
