//! Inputs with mistakes, made by chance, and the same for a seed.
//!
//! FUZZ_EXECUTIONS says how many, FUZZ_SEED with which numbers. One
//! that fails is printed, and tried alone with FUZZ_ONLY.

#[cfg(feature = "url")]
mod form;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

/// Nothing may take longer.
pub const HANG: Duration = Duration::from_secs(5);

/// Numbers that look like chance.
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        let mut chance = Self(seed * 2 + 1);
        for _ in 0..4 {
            chance.next();
        }
        chance
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    pub fn one_of<'a, T: ?Sized>(&mut self, all: &[&'a T]) -> &'a T {
        all[self.below(all.len())]
    }
}

/// One or some of the corpus, with mistakes.
fn mutated(
    chance: &mut Chance,
    corpus: &[&[u8]],
    tokens: &[&[u8]],
) -> Vec<u8> {
    let mut bytes = Vec::new();
    for _ in 0..=chance.below(3) {
        bytes.extend_from_slice(chance.one_of(corpus));
    }
    for _ in 0..chance.below(6) {
        let at = chance.below(bytes.len() + 1);
        let end = bytes.len().min(at + chance.below(20));
        match chance.below(6) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(at..end)),
            2 => bytes.extend_from_within(at..end),
            3 if at < bytes.len() => {
                bytes[at] = chance.next() as u8;
            }
            _ => {
                let token = chance.one_of(tokens).iter().copied();
                bytes.splice(at..at, token);
            }
        }
    }
    bytes
}

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|e| panic!("{name}: {e}")))
}

/// Checks many inputs made of the corpus, with tokens strewn in.
pub fn fuzz(
    corpus: &[&[u8]],
    tokens: &[&[u8]],
    check: impl Fn(&mut Chance, &[u8]),
) {
    let executions = number("FUZZ_EXECUTIONS").unwrap_or(5_000);
    let seed = number("FUZZ_SEED").unwrap_or(1);
    let only = number("FUZZ_ONLY");
    for execution in 0..executions {
        if execution % 100_000 == 99_999 {
            eprintln!("{} of {executions}", execution + 1);
        }
        if only.is_some_and(|only| only != execution) {
            continue;
        }
        let mut chance = Chance::new(seed.wrapping_add(execution));
        let bytes = mutated(&mut chance, corpus, tokens);
        let start = Instant::now();
        let checked = catch_unwind(AssertUnwindSafe(|| {
            check(&mut chance, &bytes);
            let took = start.elapsed();
            assert!(took < HANG, "took {took:?}");
        }));
        if let Err(panic) = checked {
            let text = panic.downcast_ref::<String>();
            let start = &bytes[..bytes.len().min(2000)];
            panic!(
                "FUZZ_SEED={seed} FUZZ_ONLY={execution} \
                 FUZZ_EXECUTIONS={executions}: {} ({} bytes)\n{text:?}",
                start.escape_ascii(),
                bytes.len()
            );
        }
    }
}
