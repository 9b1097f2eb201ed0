use std::sync::{Mutex, MutexGuard, PoisonError};

/// One permit, which is given back when this value goes.
struct Permit<'a>(&'a Mutex<usize>);

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        *lock(self.0) += 1;
    }
}

fn lock(free: &Mutex<usize>) -> MutexGuard<'_, usize> {
    free.lock().unwrap_or_else(PoisonError::into_inner)
}

fn take(free: &Mutex<usize>) -> Option<Permit<'_>> {
    let mut count = lock(free);
    *count = count.checked_sub(1)?;
    Some(Permit(free))
}

/// Does the `work`, if there is a permit for it, and says whether it
/// has.
pub fn permits(free: &Mutex<usize>, work: &dyn Fn()) -> bool {
    let permit = take(free);
    if permit.is_some() {
        work();
    }
    permit.is_some()
}
