//! What visitors type, the URLs that they ask for, where they come
//! from, and the proxies that they come through.

mod blocks;
mod form;
mod host;
mod multipart_table;
mod parts;
mod path;
mod proxy;
mod shifts;
mod target;
mod url;

use gateway::{Environ, Failure};

fn environ(variables: &[(&str, &str)]) -> Environ {
    let mut environ = Environ::new();
    for (name, value) in variables {
        environ.set(name, value);
    }
    environ
}

/// The status that an error is answered with.
fn status(error: impl Into<gateway::Error>) -> String {
    let error = error.into();
    let failure = Failure::find(&error).expect("a failure");
    let text = failure.to_string();
    text.split(": ").next().unwrap().to_string()
}

/// Numbers that look like chance, and are the same in each run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }

    fn pick<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}
