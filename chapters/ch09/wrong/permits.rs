//! The check of exercise 9.2, and answers that it must reject.

use crate::exercise::{Verdict, expect};
use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Barrier, Mutex, TryLockError};
use std::thread::{self, scope};
use std::time::{Duration, Instant};

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
const BUSY: &str = "That somebody else looks at `free` just now does not \
    mean that there is no permit: wait for the lock.";
const GONE: &str = "Nobody waits for a permit: where there is none, the \
    answer is given at once.";
const STEP: &str = "Two have worked where there was a permit for one. To \
    look at the number and to change it has to be done under one lock.";
const ONE: &str = "Give one back, whatever the number is by then: others \
    have come and gone while you worked.";

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

/// The answer to somebody who asks before something is done, if he has
/// not gone away by then.
fn asking(
    permits: Answer,
    free: &Mutex<usize>,
    then: impl FnOnce(),
) -> bool {
    scope(|scope| {
        let asking = scope.spawn(|| permits(free, &|| {}));
        let began = Instant::now();
        // Who waits has not answered yet.
        while !asking.is_finished()
            && began.elapsed() < Duration::from_millis(200)
        {
            thread::sleep(Duration::from_millis(1));
        }
        then();
        asking.join().is_ok_and(|answer| answer)
    })
}

/// The answer to somebody who comes while another holds the lock.
fn while_locked(permits: Answer) -> bool {
    let free = Mutex::new(1);
    let held = free.lock().expect("no panic");
    asking(permits, &free, || drop(held))
}

/// The answer to somebody who comes before there is a permit.
fn too_early(permits: Answer) -> bool {
    let free = Mutex::new(0);
    asking(permits, &free, || *self::free(&free) = 1)
}

/// Whether two have worked at once where there was one permit.
fn was_crowded(permits: Answer) -> bool {
    let free = Mutex::new(1);
    let (inside, was_crowded) =
        (AtomicUsize::new(0), AtomicBool::new(false));
    let work = || {
        if inside.fetch_add(1, Ordering::SeqCst) > 0 {
            was_crowded.store(true, Ordering::SeqCst);
        }
        thread::yield_now();
        inside.fetch_sub(1, Ordering::SeqCst);
    };
    let began = Instant::now();
    let ask = || {
        while began.elapsed() < Duration::from_millis(400) {
            // A number below zero panics, and is seen as well.
            let call = || permits(&free, &work);
            if catch_unwind(AssertUnwindSafe(call)).is_err() {
                was_crowded.store(true, Ordering::SeqCst);
            }
        }
    };
    scope(|scope| {
        for _ in 0..8 {
            scope.spawn(ask);
        }
    });
    was_crowded.into_inner()
}

/// How many of two permits there are when one has worked, and another
/// has begun in the meantime and ended afterwards.
fn after_both(permits: Answer) -> usize {
    let free = Mutex::new(2);
    let meet = Barrier::new(2);
    let meet_twice = || {
        meet.wait();
        meet.wait();
    };
    scope(|scope| {
        scope.spawn(|| {
            // The first is at work.
            meet.wait();
            // So are both; and then the first has ended.
            if !permits(&free, &meet_twice) {
                meet_twice();
            }
        });
        if !permits(&free, &meet_twice) {
            meet_twice();
        }
        meet.wait();
    });
    free.into_inner().unwrap_or_else(|e| e.into_inner())
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
    expect("a work that panics, and who sees it", seen, true, SEEN)?;
    let locked = || while_locked(permits);
    let sent = "one free, while another holds the lock for a moment";
    expect(sent, locked, true, BUSY)?;
    // Who has come late three times has waited.
    let waits = || (0..3).all(|_| too_early(permits));
    let sent = "none free, and one a moment later; was that waited for";
    expect(sent, waits, false, GONE)?;
    let sent = "two threads for a while, and one permit; were both at \
                work at once";
    expect(sent, || was_crowded(permits), false, STEP)?;
    let sent = "two permits, and two works, of which the second began \
                before the first had ended";
    expect(sent, || after_both(permits), 2, ONE)
}

fn free(free: &Mutex<usize>) -> std::sync::MutexGuard<'_, usize> {
    free.lock().unwrap_or_else(|e| e.into_inner())
}

/// Gives permits back, as it is told to.
struct Back<'a>(&'a Mutex<usize>, fn(usize, usize) -> usize, usize);

impl Drop for Back<'_> {
    fn drop(&mut self) {
        let mut count = free(self.0);
        *count = (self.1)(*count, self.2);
    }
}

pub const WRONG: [(&str, Answer); 8] = [
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
    // Nobody waits, not even for the lock.
    (BUSY, |count, work| {
        match count.try_lock() {
            Ok(mut left) if *left > 0 => *left -= 1,
            _ => return false,
        }
        let _back = Back(count, |now, _| now + 1, 0);
        work();
        true
    }),
    // Looks, and takes it afterwards.
    (STEP, |count, work| {
        let left = *free(count);
        if left == 0 {
            return false;
        }
        thread::sleep(Duration::from_millis(1));
        let mut now = free(count);
        *now = now.saturating_sub(1);
        drop(now);
        let _back = Back(count, |now, _| now + 1, 0);
        work();
        true
    }),
    // Puts back the number that there was.
    (ONE, |count, work| {
        let mut left = free(count);
        let before = *left;
        if before == 0 {
            return false;
        }
        *left -= 1;
        drop(left);
        let _back = Back(count, |_, before| before, before);
        work();
        true
    }),
    // A second chance for who finds none.
    (GONE, |count, work| {
        let end = Instant::now() + Duration::from_millis(300);
        while *free(count) == 0 {
            if Instant::now() > end {
                return false;
            }
            thread::yield_now();
        }
        *free(count) -= 1;
        let _back = Back(count, |now, _| now + 1, 0);
        work();
        true
    }),
];
