//! The check of exercise 8.2, and answers that it must reject.

use crate::exercise::{Verdict, expect};
use std::time::Duration;

pub const READ: &str = "A slow client";

pub const HINT: &str = "`Duration` has a method that subtracts and \
    says when that cannot be, and one that adds and stops at the most. \
    Add, cut at the limit, subtract, in this order.";

type Answer = fn(Duration, Duration, u64, Duration) -> Option<Duration>;

const SPENT: &str = "Waiting uses it up.";
const EARNED: &str = "A thousand bytes are worth a second.";
const FIRST: &str = "What came is added before the wait is taken away: \
    together they may be enough.";
const OVER: &str = "When we have waited for longer than there was \
    patience, it is used up.";
const ALL: &str = "All of it may be used, to the last moment.";
const MOST: &str = "Nobody can save up more than the limit: a gigabyte \
    must not buy a silence of days.";
const HUGE: &str = "A stranger says how many bytes there are: no \
    number of them may make it panic.";
const FAR: &str = "A client may be given all the time there is: then \
    nothing can be added to it, and that is no reason to panic.";
const WIDE: &str = "More bytes than a `u32` can count earn more than \
    what is left when they are cut to one.";
const FINE: &str = "Time does not come in whole milliseconds.";
const SLOW: &str = "A byte a second is worth a thousandth of what it \
    costs. A client must not be able to go on like that.";
const STEADY: &str = "Who sends as much as time costs may go on for \
    ever.";

fn show(left: u64, waited: u64, bytes: u64) -> String {
    format!(
        "{left} ms left, {waited} ms waited, {bytes} bytes, a limit of \
         5000 ms"
    )
}

pub fn check(patience: Answer) -> Verdict {
    let ms = Duration::from_millis;
    for (left, waited, bytes, expected, hint) in [
        (5000, 0, 0, Some(5000), SPENT),
        (5000, 1200, 0, Some(3800), SPENT),
        (1000, 0, 250, Some(1250), EARNED),
        (2000, 3000, 1500, Some(500), FIRST),
        (1000, 1000, 0, Some(0), ALL),
        (0, 1000, 1000, Some(0), ALL),
        (1000, 1001, 0, None, OVER),
        (0, 1001, 1000, None, OVER),
        (5000, 0, 1_000_000_000, Some(5000), MOST),
        (4000, 1000, 3000, Some(4000), MOST),
        (5000, 0, u64::MAX, Some(5000), HUGE),
        (0, 1000, 1 << 32, Some(4000), WIDE),
    ] {
        let answer = || {
            let left = patience(ms(left), ms(waited), bytes, ms(5000));
            left.map(|left| left.as_millis())
        };
        expect(show(left, waited, bytes), answer, expected, hint)?;
    }
    let us = Duration::from_micros;
    let fine = || patience(us(1999), us(1100), 1, ms(5000));
    let sent = "1999 us left, 1100 us waited, a byte, a limit of 5 s";
    expect(sent, fine, Some(us(1899)), FINE)?;
    let exact = || patience(ms(5000), us(1), 0, ms(5000));
    let sent = "5 s left, 1 us waited, no byte, a limit of 5 s";
    expect(sent, exact, Some(us(4_999_999)), FINE)?;
    let most = Duration::MAX;
    let far = || patience(most, ms(0), 1000, most);
    let sent =
        "no end of it left, nothing waited, 1000 bytes, no limit";
    expect(sent, far, Some(most), FAR)?;
    // How many seconds of so many bytes it lasts, up to a thousand.
    let lasts = |bytes| {
        let mut left = Some(ms(5000));
        let second = |_: &usize| {
            left = left
                .and_then(|l| patience(l, ms(1000), bytes, ms(5000)));
            left.is_some()
        };
        (0..1000).take_while(second).count()
    };
    let sent = "a byte a second, and a limit of 5 s";
    expect(sent, || lasts(1), 5, SLOW)?;
    let sent = "1000 bytes a second, a thousand times";
    expect(sent, || lasts(1000), 1000, STEADY)
}

pub const WRONG: [(&str, Answer); 7] = [
    // Every byte renews it.
    (EARNED, |left, waited, bytes, limit| match bytes {
        0 => left.checked_sub(waited),
        _ => Some(limit),
    }),
    // Saved up without a limit.
    (MOST, |left, waited, bytes, _| {
        left.saturating_add(Duration::from_millis(bytes))
            .checked_sub(waited)
    }),
    // Never used up.
    (OVER, |left, waited, bytes, limit| {
        let earned = Duration::from_millis(bytes);
        let most = left.saturating_add(earned).min(limit);
        Some(most.saturating_sub(waited))
    }),
    // Cut at the limit after the waiting.
    (MOST, |left, waited, bytes, limit| {
        let earned = Duration::from_millis(bytes);
        let sum = left.saturating_add(earned);
        Some(sum.checked_sub(waited)?.min(limit))
    }),
    // A sum that may be too large.
    (FAR, |left, waited, bytes, limit| {
        let sum = left + Duration::from_millis(bytes);
        sum.min(limit).checked_sub(waited)
    }),
    // Bytes counted in 32 bits.
    (WIDE, |left, waited, bytes, limit| {
        let earned = Duration::from_millis(u64::from(bytes as u32));
        left.saturating_add(earned).min(limit).checked_sub(waited)
    }),
    // Whole milliseconds.
    (FINE, |left, waited, bytes, limit| {
        let [left, waited, limit] =
            [left, waited, limit].map(|time| time.as_millis() as u64);
        let sum = left.saturating_add(bytes).min(limit);
        sum.checked_sub(waited).map(Duration::from_millis)
    }),
];
