//! Chance, and what it makes of bytes: for the fuzzers in the library,
//! and for those of `tests/it`.

/// Numbers that look like chance.
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        let mut chance = Self(seed.wrapping_mul(2).wrapping_add(1));
        for _ in 0..4 {
            chance.next();
        }
        chance
    }

    pub fn next(&mut self) -> u64 {
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
pub fn mutated(
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
