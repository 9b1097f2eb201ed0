//! The check of exercise 9.4, and answers that it must reject.

use crate::exercise::{Verdict, expect};
use std::sync::{Arc, Condvar, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

pub const READ: &str = "The end";

pub const HINT: &str = "`Condvar` has `wait_timeout_while`. It looks \
    before it waits and after each ring, and counts the time over all \
    of them.";

type Answer = fn(&Mutex<bool>, &Condvar, Duration) -> bool;

const BEFORE: &str = "The stop may have come before us. Nobody rings \
    again for those who come late.";
const WAKES: &str = "A stop has to wake us at once, and not when the \
    time is up.";
const RINGS: &str = "The bell has rung, and there was no stop.";
const LATE: &str = "When the time is up, there was no stop.";
const LOOKS: &str = "To look again and again keeps a processor busy \
    for nothing: let the bell wake you.";
const TOTAL: &str = "The limit is for all of the wait: a ring does not \
    begin it anew.";
const FOR_EVER: &str = "Whoever is in no hurry says `Duration::MAX`: no \
    clock goes as far, and to add it to a time is a panic.";
const STAYS: &str = "Others wait for the same stop. Whoever takes it away \
    when he has seen it keeps it from them.";

/// What is asked of an answer while it waits.
#[derive(Clone, Copy)]
enum Deed {
    Nothing,
    Stop,
    /// Rings, and goes on with it.
    Ring,
    /// Sets the flag, and forgets the bell.
    Set,
}

/// A long time, and one that is up soon.
const LONG: Duration = Duration::from_secs(2);
const SHORT: Duration = Duration::from_millis(200);

/// What it says, and whether it said that in less than half of the
/// long time.
fn wait(
    answer: Answer,
    is_stopping: bool,
    limit: Duration,
    deed: Deed,
) -> (bool, bool) {
    let state = Arc::new((Mutex::new(is_stopping), Condvar::new()));
    let (end, has_ended) = mpsc::channel::<()>();
    let theirs = Arc::clone(&state);
    let other = thread::spawn(move || {
        let (is_stopping, bell) = &*theirs;
        // Every tenth of a second, until the answer has come.
        while has_ended.recv_timeout(SHORT / 2)
            == Err(mpsc::RecvTimeoutError::Timeout)
        {
            match deed {
                Deed::Nothing => {}
                Deed::Ring => bell.notify_all(),
                Deed::Set => {
                    *is_stopping.lock().expect("no panic") = true;
                    break;
                }
                Deed::Stop => {
                    *is_stopping.lock().expect("no panic") = true;
                    bell.notify_all();
                    break;
                }
            }
        }
    });
    let start = Instant::now();
    let said = answer(&state.0, &state.1, limit);
    let is_soon = start.elapsed() < LONG / 2;
    drop(end);
    other.join().expect("no panic");
    (said, is_soon)
}

pub fn check(wait_for_stop: Answer) -> Verdict {
    let before = || wait(wait_for_stop, true, LONG, Deed::Nothing);
    let sent = "a stop that came before, and 2 s";
    expect(sent, before, (true, true), BEFORE)?;
    let now =
        || wait(wait_for_stop, true, Duration::ZERO, Deed::Nothing);
    let sent = "a stop that came before, and no time";
    expect(sent, now, (true, true), BEFORE)?;
    let forever =
        || wait(wait_for_stop, true, Duration::MAX, Deed::Nothing);
    let sent = "a stop that came before, and `Duration::MAX`";
    expect(sent, forever, (true, true), FOR_EVER)?;
    let stays = || {
        let (is_stopping, bell) = (Mutex::new(true), Condvar::new());
        [SHORT; 2]
            .map(|limit| wait_for_stop(&is_stopping, &bell, limit))
    };
    let sent = "a stop that came before, for which two wait";
    expect(sent, stays, [true, true], STAYS)?;
    let never = || wait(wait_for_stop, false, SHORT, Deed::Nothing);
    expect("no stop in 200 ms", never, (false, true), LATE)?;
    let stop = || wait(wait_for_stop, false, LONG, Deed::Stop);
    expect("a stop soon, and 2 s", stop, (true, true), WAKES)?;
    let ring = || wait(wait_for_stop, false, SHORT * 2, Deed::Ring);
    let sent = "a ring every 100 ms and no stop, in 400 ms";
    let found = expect(sent, ring, (false, true), RINGS);
    found.map_err(|complaint| complaint.hint_if("(false, f", TOTAL))?;
    let silent = || wait(wait_for_stop, false, LONG, Deed::Set).1;
    let sent = "a stop without a ring, and 2 s: was that soon";
    expect(sent, silent, false, LOOKS)
}

pub const WRONG: [(&str, Answer); 6] = [
    // Waits before it looks.
    (BEFORE, |is_stopping, bell, limit| {
        let state = is_stopping.lock().expect("no panic");
        *bell.wait_timeout(state, limit).expect("no panic").0
    }),
    // Looks every few milliseconds.
    (LOOKS, |is_stopping, _, limit| {
        let start = Instant::now();
        while start.elapsed() < limit {
            if *is_stopping.lock().expect("no panic") {
                return true;
            }
            thread::sleep(Duration::from_millis(5));
        }
        *is_stopping.lock().expect("no panic")
    }),
    // Takes each ring for a stop.
    (RINGS, |is_stopping, bell, limit| {
        let state = is_stopping.lock().expect("no panic");
        if *state {
            return true;
        }
        let waited = bell.wait_timeout(state, limit);
        !waited.expect("no panic").1.timed_out()
    }),
    // Begins anew at each ring, up to fifteen times.
    (TOTAL, |is_stopping, bell, limit| {
        let mut state = is_stopping.lock().expect("no panic");
        for _ in 0..15 {
            if *state {
                return true;
            }
            let waited = bell.wait_timeout(state, limit);
            let (next, late) = waited.expect("no panic");
            state = next;
            if late.timed_out() {
                break;
            }
        }
        *state
    }),
    // The time at which it is up.
    (FOR_EVER, |is_stopping, bell, limit| {
        let end = Instant::now() + limit;
        let mut state = is_stopping.lock().expect("no panic");
        while !*state {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            let waited = bell.wait_timeout(state, left);
            state = waited.expect("no panic").0;
        }
        *state
    }),
    // Takes the stop for its own.
    (STAYS, |is_stopping, bell, limit| {
        let state = is_stopping.lock().expect("no panic");
        let waited =
            bell.wait_timeout_while(state, limit, |state| !*state);
        std::mem::take(&mut waited.expect("no panic").0)
    }),
];
