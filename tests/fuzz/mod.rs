//! Inputs with mistakes, made by chance, and the same for a seed.
//!
//! FUZZ_EXECUTIONS says how many, FUZZ_SEED with which numbers. One
//! that fails is printed, and tried alone with FUZZ_ONLY.

#[cfg(feature = "url")]
mod form;
mod mutated;

pub use mutated::Chance;
use mutated::mutated;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

/// Nothing may take longer.
pub const HANG: Duration = Duration::from_secs(5);

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
