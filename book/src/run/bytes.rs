//! Bytes as text, without loss.
//!
//! What a program prints may be no text: a compressed body, a name in
//! Latin-1. Each byte that is not part of UTF-8 becomes a character for
//! private use, from U+EF80 to U+EFFF, as in MirBSD's OPTU-8. Where
//! these characters are in the bytes themselves, they count as such
//! bytes, too; so any bytes come back from their text.

use std::fmt::Write;
use std::ops::RangeInclusive;

/// What stands for bytes. They end as the bytes' own numbers do.
const BYTES: RangeInclusive<char> = '\u{ef80}'..='\u{efff}';

pub fn to_text(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match byte(c) {
                Some(_) => {
                    let bytes = c.to_string().into_bytes();
                    text.extend(bytes.into_iter().map(character));
                }
                None => text.push(c),
            }
        }
        text.extend(chunk.invalid().iter().copied().map(character));
    }
    text
}

pub fn from_text(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    for c in text.chars() {
        match byte(c) {
            Some(byte) => bytes.push(byte),
            None => bytes.extend(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    bytes
}

/// The byte that a character stands for, if it does.
pub fn byte(c: char) -> Option<u8> {
    BYTES.contains(&c).then_some(c as u8)
}

/// The character for a byte of 0x80 or more.
pub fn character(byte: u8) -> char {
    char::from_u32(0xef00 + u32::from(byte)).unwrap_or_default()
}

/// Does a text have bytes in it that are none?
pub fn has_bytes(text: &str) -> bool {
    text.chars().any(|c| byte(c).is_some())
}

/// The text as a terminal or a message may have it: with such bytes
/// written out.
pub fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match byte(c) {
            Some(byte) => {
                let _ = write!(shown, "\\x{byte:02x}");
            }
            None => shown.push(c),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What bytes are put together from, to be hostile.
    const PIECES: [&[u8]; 14] = [
        b"a",
        b"\r\n",
        b"\0",
        b"\x1f\x8b\x08\0",
        b"\x80",
        b"\xc3",
        b"\xff",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        "é".as_bytes(),
        "\u{fffd}".as_bytes(),
        "\u{ef80}".as_bytes(),
        "\u{efff}".as_bytes(),
        "😀".as_bytes(),
    ];

    #[test]
    fn any_bytes_come_back_from_their_text() {
        let mut seed: usize = 7;
        let mut any = |count: usize| {
            seed = seed * 48_271 % 2_147_483_647;
            seed % count
        };
        for _ in 0..20_000 {
            let mut bytes = Vec::new();
            for _ in 0..any(12) {
                match any(2) {
                    0 => bytes.extend(PIECES[any(PIECES.len())]),
                    _ => bytes.push(any(256) as u8),
                }
            }
            let text = to_text(&bytes);
            assert_eq!(from_text(&text), bytes, "{text:?}");
        }
    }

    #[test]
    fn text_stays_as_it_is() {
        for text in ["", "a\r\n\0", "é😀\u{fffd}\u{e000}\u{ef7f}"] {
            assert_eq!(to_text(text.as_bytes()), text);
            assert!(!has_bytes(text), "{text}");
            assert_eq!(shown(text), text);
        }
    }

    #[test]
    fn each_byte_that_is_no_text_is_one_character() {
        assert_eq!(to_text(b"Andr\xe9"), "Andr\u{efe9}");
        let cut = &"é😀".as_bytes()[..4];
        assert_eq!(to_text(cut), "é\u{eff0}\u{ef9f}");
        // Nothing else has these characters.
        let own = to_text("\u{ef80}".as_bytes());
        assert_eq!(own, "\u{efee}\u{efbe}\u{ef80}");
        assert_eq!(shown(&own), r"\xee\xbe\x80");
    }
}
