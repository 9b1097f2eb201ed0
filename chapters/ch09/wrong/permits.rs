//! The check of exercise 9.2, and answers that it must reject.

use crate::exercise::{Verdict, expect};
use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, TryLockError};

pub const READ: &str = "A worker that dies";

pub const HINT: &str = "A type of your own, with a `Drop` that gives \
    one back, does it in every case: make one when you have taken a \
    permit, and let it go at the end. Let go of the lock before you \
    work.";

type Answer = fn(&Mutex<usize>, &dyn Fn()) -> bool;

const DONE: &str = "With a permit the work is done, once, and the \
    answer says so.";
const NONE: &str = "Without a permit nothing is done.";
const TAKEN: &str = "While the work is done, there is one permit less.";
const LOCKED: &str = "While the work is done, others have to be able \
    to look at `free`: whoever holds its lock that long lets one work \
    at a time.";
const BACK: &str = "When the work is done, the permit is given back.";
const PANIC: &str = "When the work panics, the permit is given back, \
    too, or after some panics there is none.";
const SEEN: &str = "The panic is for the caller to see.";

/// How often the work was done, what was free meanwhile, and what is
/// afterwards.
fn count(permits: Answer, free: usize) -> (bool, u32, Vec<String>) {
    let free = Mutex::new(free);
    let times = Cell::new(0);
    let seen = Mutex::new(Vec::new());
    let look = || match free.try_lock() {
        Ok(count) => count.to_string(),
        Err(TryLockError::WouldBlock) => "locked".into(),
        Err(TryLockError::Poisoned(_)) => "poisoned".into(),
    };
    let answer = permits(&free, &|| {
        times.set(times.get() + 1);
        seen.lock().expect("no panic").push(look());
    });
    let mut seen = seen.into_inner().expect("no panic");
    seen.push(look());
    (answer, times.get(), seen)
}

/// What is free after the work has panicked, and whether that was seen.
fn after_panic(permits: Answer) -> (usize, bool) {
    let free = Mutex::new(2);
    let work = || panic::resume_unwind(Box::new("the work's own"));
    let call = || permits(&free, &work);
    let seen = catch_unwind(AssertUnwindSafe(call)).is_err();
    let free = free.into_inner().unwrap_or_else(|e| e.into_inner());
    (free, seen)
}

pub fn check(permits: Answer) -> Verdict {
    let done = |free| {
        let (answer, times, _) = count(permits, free);
        (answer, times)
    };
    expect("one free", || done(1), (true, 1), DONE)?;
    expect("none free", || done(0), (false, 0), NONE)?;
    let meanwhile = || count(permits, 3).2.remove(0);
    let hint = "three free, while one works";
    let found = expect(hint, meanwhile, "2".to_string(), TAKEN);
    found.map_err(|complaint| complaint.hint_if("locked", LOCKED))?;
    let after = |free| count(permits, free).2.pop();
    expect(
        "three free, after it",
        || after(3),
        Some("3".into()),
        BACK,
    )?;
    expect("none free, after it", || after(0), Some("0".into()), NONE)?;
    let nested = || {
        let free = Mutex::new(1);
        let inner = Cell::new(true);
        let work = || inner.set(permits(&free, &|| {}));
        (permits(&free, &work), inner.get())
    };
    let sent = "one free, and the work asks for another";
    expect(sent, nested, (true, false), TAKEN)?;
    let free = || after_panic(permits).0;
    expect("two free, after the work has panicked", free, 2, PANIC)?;
    let seen = || after_panic(permits).1;
    expect("a work that panics, and who sees it", seen, true, SEEN)
}

fn free(free: &Mutex<usize>) -> std::sync::MutexGuard<'_, usize> {
    free.lock().unwrap_or_else(|e| e.into_inner())
}

pub const WRONG: [(&str, Answer); 4] = [
    // Given back by hand.
    (PANIC, |count, work| {
        if *free(count) == 0 {
            return false;
        }
        *free(count) -= 1;
        work();
        *free(count) += 1;
        true
    }),
    // One at a time.
    (LOCKED, |count, work| {
        let mut count = free(count);
        if *count == 0 {
            return false;
        }
        *count -= 1;
        work();
        *count += 1;
        true
    }),
    // Never given back.
    (BACK, |count, work| {
        let mut left = free(count);
        let Some(less) = left.checked_sub(1) else { return false };
        *left = less;
        drop(left);
        work();
        true
    }),
    // The panic is swallowed.
    (SEEN, |count, work| {
        if *free(count) == 0 {
            return false;
        }
        *free(count) -= 1;
        let _ = catch_unwind(AssertUnwindSafe(work));
        *free(count) += 1;
        true
    }),
];
