//! What a visitor's cookie carries.

use crate::Result;
use crate::digest::digest;

/// The secret of a session: 128 random bits, which a cookie has as 32
/// hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Id(u128);

impl Id {
    pub(super) fn new() -> Result<Self> {
        Ok(Self(random()?))
    }

    /// From a cookie: nothing but what [`Id::text`] has made.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let is_digit = |b: &u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
        if text.len() != 32 || !text.iter().all(is_digit) {
            return None;
        }
        let text = str::from_utf8(text).ok()?;
        u128::from_str_radix(text, 16).ok().map(Self)
    }

    pub(super) fn text(self) -> String {
        format!("{:032x}", self.0)
    }

    /// What a store knows it by. Who reads a store cannot make a cookie
    /// of it, and how long a look there takes tells nothing of an id.
    pub(super) fn key(self) -> String {
        digest(self.text().as_bytes())
    }
}

/// Bits that nobody can guess, from the operating system.
pub(crate) fn random() -> Result<u128> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(u128::from_ne_bytes(bytes))
}
