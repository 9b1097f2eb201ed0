//! The check of exercise 11.4, and answers that it must reject or take.

use crate::exercise::{RIGHT, Verdict, expect};
use std::time::{Duration, SystemTime};

pub const READ: &str = "How long?";

pub const HINT: &str = "`now.duration_since(used)` is a `Duration`, or \
    an error if `used` is still to come: `unwrap_or_default` makes it \
    zero then. Durations can be compared with `>=`. Add nothing to a \
    time: that may panic.";

type Answer = fn(
    now: SystemTime,
    begun: SystemTime,
    used: SystemTime,
    idle: Duration,
    lifetime: Duration,
) -> bool;

const IDLE: &str = "It is over when it has not been used for as long \
    as `idle`.";
const LIFETIME: &str = "It is over when it is as old as `lifetime`, \
    however much it is used: whoever has stolen it uses it, too.";
const ALIVE: &str = "Neither limit has been reached.";
const EDGE: &str = "When exactly that much time has passed, it is \
    over, and not a moment earlier.";
const EXACT: &str = "Times are exact: half a second counts, too.";
const BACK: &str = "The clock may have gone back: no time has passed \
    then, and that is no error.";
const EACH: &str = "Each limit counts alone: that one of the times is \
    still to come does not keep the other limit from being reached.";
const NEVER: &str = "`Duration::MAX` is never reached, and no time can \
    be so long after another: do not add it, compare what has passed.";
const ZERO: &str = "A limit of zero has been reached at once.";

const MAX: u64 = u64::MAX;

fn duration(milliseconds: u64) -> Duration {
    match milliseconds {
        MAX => Duration::MAX,
        limit => Duration::from_millis(limit),
    }
}

/// Seconds, or what has a name.
fn shown(milliseconds: u64) -> String {
    match milliseconds {
        MAX => "Duration::MAX".into(),
        time => format!("{} s", time as f64 / 1000.0),
    }
}

pub fn check(is_over: Answer) -> Verdict {
    for (now, begun, used, idle, lifetime, expected, hint) in [
        (40_000, 0, 20_000, 30_000, 90_000, false, ALIVE),
        (80_000, 0, 79_000, 30_000, 90_000, false, ALIVE),
        (0, 0, 0, 30_000, 90_000, false, ALIVE),
        (60_000, 0, 20_000, 30_000, 90_000, true, IDLE),
        (60_000, 0, 0, 30_000, 90_000, true, IDLE),
        (100_000, 0, 99_000, 30_000, 90_000, true, LIFETIME),
        (100_000, 0, 100_000, 30_000, 90_000, true, LIFETIME),
        (50_000, 0, 45_000, 90_000, 30_000, true, LIFETIME),
        (50_000, 40_000, 45_000, 90_000, 30_000, false, ALIVE),
        (900_000, 0, 20_000, 30_000, 90_000, true, IDLE),
        (49_999, 0, 20_000, 30_000, 90_000, false, EDGE),
        (50_000, 0, 20_000, 30_000, 90_000, true, EDGE),
        (50_001, 0, 20_000, 30_000, 90_000, true, EDGE),
        (89_999, 0, 89_000, 30_000, 90_000, false, EDGE),
        (90_000, 0, 89_000, 30_000, 90_000, true, EDGE),
        (1_200, 0, 0, 1_500, 9_000, false, EXACT),
        (1_600, 0, 0, 1_500, 9_000, true, EXACT),
        (2_300, 0, 2_200, 1_000, 2_500, false, EXACT),
        (2_400, 900, 1_900, 1_000, 1_500, true, EXACT),
        (2_100, 900, 1_900, 1_000, 1_500, false, EXACT),
        (10_000, 0, 20_000, 30_000, 90_000, false, BACK),
        (10_000, 20_000, 20_000, 30_000, 90_000, false, BACK),
        (10_000, 20_000, 5_000, 30_000, 90_000, false, BACK),
        (0, 900_000, 900_000, 30_000, 90_000, false, BACK),
        (95_000, 0, 96_000, 30_000, 90_000, true, EACH),
        (90_000, 100_000, 50_000, 30_000, 90_000, true, EACH),
        (90_000, 100_000, 60_001, 30_000, 90_000, false, EACH),
        (900_000, 0, 10_000, MAX, MAX, false, NEVER),
        (900_000, 0, 10_000, MAX, 90_000, true, NEVER),
        (900_000, 0, 10_000, 30_000, MAX, true, NEVER),
        (900_000, 0, 890_000, 30_000, MAX, false, NEVER),
        (10_000, 20_000, 30_000, MAX, MAX, false, NEVER),
        (10_000, 0, 10_000, 0, 90_000, true, ZERO),
        (10_000, 10_000, 10_000, 30_000, 0, true, ZERO),
        (10_000, 0, 20_000, 0, 90_000, true, ZERO),
    ] {
        let sent = format!(
            "begun: {}, used: {}, now: {}, idle: {}, lifetime: {}",
            shown(begun),
            shown(used),
            shown(now),
            shown(idle),
            shown(lifetime),
        );
        let time = |at| {
            let start = Duration::from_secs(1_800_000_000);
            SystemTime::UNIX_EPOCH + start + duration(at)
        };
        let [now, begun, used] = [now, begun, used].map(time);
        let limits = [idle, lifetime].map(duration);
        let answer = || is_over(now, begun, used, limits[0], limits[1]);
        expect(sent, answer, expected, hint)?;
    }
    Ok(())
}

/// How much time has passed; none if the clock has gone back.
fn passed(now: SystemTime, since: SystemTime) -> Duration {
    now.duration_since(since).unwrap_or_default()
}

pub const WRONG: [(&str, Answer); 18] = [
    // As long as it is used, it lives.
    (LIFETIME, |now, _, used, idle, _| passed(now, used) >= idle),
    // How old it is.
    (IDLE, |now, begun, _, _, lifetime| passed(now, begun) >= lifetime),
    // The limits are in each other's place.
    (ALIVE, |now, begun, used, idle, lifetime| {
        passed(now, used) >= lifetime || passed(now, begun) >= idle
    }),
    // Its lifetime begins anew with each use.
    (LIFETIME, |now, _, used, idle, lifetime| {
        passed(now, used) >= idle.min(lifetime)
    }),
    // How old it was when it was used.
    (IDLE, |_, begun, used, idle, lifetime| {
        let age = passed(used, begun);
        age >= lifetime || age >= idle.max(lifetime)
    }),
    // More than its time.
    (EDGE, |now, begun, used, idle, lifetime| {
        passed(now, used) > idle || passed(now, begun) > lifetime
    }),
    // Whole seconds.
    (EXACT, |now, begun, used, idle, lifetime| {
        passed(now, used).as_secs() >= idle.as_secs()
            || passed(now, begun).as_secs() >= lifetime.as_secs()
    }),
    // A clock goes forward.
    (BACK, |now, begun, used, idle, lifetime| {
        let passed = |at| now.duration_since(at).unwrap();
        passed(used) >= idle || passed(begun) >= lifetime
    }),
    // What is not of this time is over.
    (BACK, |now, begun, used, idle, lifetime| {
        let is_over = |at, limit| {
            now.duration_since(at).map_or(true, |t| t >= limit)
        };
        is_over(used, idle) || is_over(begun, lifetime)
    }),
    // So much before is as good as so much after.
    (BACK, |now, begun, used, idle, lifetime| {
        let passed = |at| {
            now.duration_since(at).unwrap_or_else(|e| e.duration())
        };
        passed(used) >= idle || passed(begun) >= lifetime
    }),
    // What is not of this time is left alone.
    (EACH, |now, begun, used, idle, lifetime| {
        match (now.duration_since(used), now.duration_since(begun)) {
            (Ok(used), Ok(begun)) => used >= idle || begun >= lifetime,
            _ => false,
        }
    }),
    // Used is never before begun.
    (EACH, |now, begun, used, idle, lifetime| {
        let used = used.max(begun);
        passed(now, used) >= idle || passed(now, begun) >= lifetime
    }),
    // The moment in which it ends.
    (NEVER, |now, begun, used, idle, lifetime| {
        used + idle <= now || begun + lifetime <= now
    }),
    // The moment before which it must have been.
    (NEVER, |now, begun, used, idle, lifetime| {
        used <= now - idle || begun <= now - lifetime
    }),
    // A moment that no clock knows is one of the past.
    (NEVER, |now, begun, used, idle, lifetime| {
        let is_over = |at: SystemTime, limit| {
            at.checked_add(limit).is_none_or(|end| end <= now)
        };
        is_over(used, idle) || is_over(begun, lifetime)
    }),
    // Zero is no limit.
    (ZERO, |now, begun, used, idle, lifetime| {
        let is_over = |at, limit: Duration| {
            !limit.is_zero() && passed(now, at) >= limit
        };
        is_over(used, idle) || is_over(begun, lifetime)
    }),
    // The moment in which it ends, if there is one; a time that is to
    // come is `now`.
    (RIGHT, |now, begun, used, idle, lifetime| {
        [(used, idle), (begun, lifetime)].into_iter().any(|(at, of)| {
            let end = at.min(now).checked_add(of);
            end.is_some_and(|end| end <= now)
        })
    }),
    // An error is no time.
    (RIGHT, |now, begun, used, idle, lifetime| {
        let is_reached =
            |at, limit: Duration| match now.duration_since(at) {
                Ok(passed) => limit <= passed,
                Err(_) => limit.is_zero(),
            };
        is_reached(used, idle) | is_reached(begun, lifetime)
    }),
];
