//! The check of exercise 9.3, and answers that it must reject.

use crate::exercise::{Verdict, expect};
use std::time::Duration;

pub const READ: &str = "Room at the door";

pub const HINT: &str = "`filter_map` drops those at work. `max` \
    compares pairs by their first, and then by their second; \
    `std::cmp::Reverse` turns an order round.";

type Answer = fn(&[(u32, Option<Duration>)]) -> Option<u32>;

const LONGEST: &str = "It is the one that has been idle longest.";
const KEY: &str = "The answer is the key of the one that is idle, and not \
    where it is in the list.";
const WORK: &str = "One that has a request under way is never closed. The \
    others may be, for however short a time they have been idle.";
const NOBODY: &str = "If nobody is idle, nobody is closed.";
const ALIKE: &str = "Of two that are alike the smaller key goes, \
    wherever it is in the list.";
const AGES: &str = "A `Duration` can be longer than a `u64` has \
    nanoseconds: compare it as it is.";
const FINE: &str = "A millisecond decides, and a nanosecond, too.";

pub fn check(idle_longest: Answer) -> Verdict {
    let ms = |ms| Some(Duration::from_millis(ms));
    let long = Some(Duration::MAX);
    // 2 to the 64th nanoseconds.
    let ages = Some(Duration::new(18_446_744_073, 709_551_616));
    let less = Some(Duration::MAX - Duration::from_nanos(1));
    let cases: [(&[_], _, _); 13] = [
        (&[(7, ms(1000))], Some(7), KEY),
        (&[(7, ms(1000)), (9, ms(3000))], Some(9), LONGEST),
        (&[(7, ms(3000)), (9, ms(1000))], Some(7), LONGEST),
        (&[(5, ms(1)), (6, ms(3)), (8, ms(2))], Some(6), LONGEST),
        (&[], None, NOBODY),
        (&[(7, None)], None, NOBODY),
        (&[(7, None), (9, ms(1000))], Some(9), WORK),
        (&[(7, None), (9, ms(0))], Some(9), WORK),
        (&[(7, ms(2)), (9, ms(2))], Some(7), ALIKE),
        (&[(9, ms(2)), (7, ms(2)), (8, ms(2))], Some(7), ALIKE),
        (&[(7, ms(1200)), (9, ms(1900))], Some(9), FINE),
        (&[(7, less), (9, long)], Some(9), FINE),
        (&[(7, ms(1)), (9, ages)], Some(9), AGES),
    ];
    for (clients, expected, hint) in cases {
        let sent = format!("{clients:?}");
        expect(sent, || idle_longest(clients), expected, hint)?;
    }
    Ok(())
}

pub const WRONG: [(&str, Answer); 5] = [
    // The last of those that are alike.
    (ALIKE, |clients| {
        let idle = clients.iter().filter(|(_, idle)| idle.is_some());
        idle.max_by_key(|(_, idle)| *idle).map(|(key, _)| *key)
    }),
    // `None` is the least, but it is there.
    (NOBODY, |clients| {
        let key = |&(key, idle): &(u32, Option<Duration>)| {
            (idle, std::cmp::Reverse(key))
        };
        let all = clients.iter().copied();
        all.max_by_key(key).map(|(key, _)| key)
    }),
    // In whole seconds.
    (FINE, |clients| {
        let idle = clients.iter().filter_map(|(key, idle)| {
            Some((idle.as_ref()?.as_secs(), std::cmp::Reverse(*key)))
        });
        let longest = idle.max();
        // Those of less than a second are told apart.
        match longest {
            Some((0, _)) => clients
                .iter()
                .filter_map(|(key, idle)| {
                    Some(((*idle)?, std::cmp::Reverse(*key)))
                })
                .max()
                .map(|(_, key)| key.0),
            longest => longest.map(|(_, key)| key.0),
        }
    }),
    // The one that has been idle for the shortest time.
    (LONGEST, |clients| {
        let idle = clients
            .iter()
            .filter_map(|(key, idle)| idle.map(|idle| (idle, *key)));
        idle.min().map(|(_, key)| key)
    }),
    // A number that is too small for it.
    (AGES, |clients| {
        let idle = clients.iter().filter_map(|(key, idle)| {
            let nanoseconds = idle.as_ref()?.as_nanos() as u64;
            Some((std::cmp::Reverse(nanoseconds), *key))
        });
        idle.min().map(|(_, key)| key)
    }),
];
