//! The check of exercise 7.2, and answers that it must reject.

use crate::exercise::{Verdict, expect};

pub const READ: &str = "Names and values";

pub const HINT: &str = "`first_chunk` returns four bytes as an array, \
    if they are there, and `u32::from_be_bytes` makes a number of \
    them. A mask with `&` takes the first bit off.";

type Answer = fn(&[u8]) -> Option<(usize, usize)>;

const SHORT: &str = "A byte below 128 is the whole length, and what \
    follows does not matter.";
const LONG: &str = "Four bytes are a length, the most significant \
    first, without the first bit of all.";
const MASK: &str = "The first bit only says that there are four \
    bytes. It is no part of the number.";
const CUT: &str = "If a byte of the length has not come yet, there is \
    no length yet.";
const WASTE: &str = "A small number may be written with four bytes, \
    too.";

pub fn check(pair_length: Answer) -> Verdict {
    let bytes: [(&[u8], _, _); 13] = [
        (b"\x0bSCRIPT_NAME", Some((11, 1)), SHORT),
        (b"\x7f", Some((127, 1)), SHORT),
        (b"\0\0\0\0", Some((0, 1)), SHORT),
        (b"\x80\0\0\x80", Some((128, 4)), LONG),
        (b"\x80\x01\x02\x03\x04", Some((0x01_0203, 4)), LONG),
        (b"\xff\0\0\0", Some((0x7f00_0000, 4)), MASK),
        (b"\xff\xff\xff\xff", Some((0x7fff_ffff, 4)), MASK),
        (b"\x80\0\0\x05", Some((5, 4)), WASTE),
        (b"\x80\0\0\0", Some((0, 4)), WASTE),
        (b"", None, CUT),
        (b"\x80", None, CUT),
        (b"\x80\0", None, CUT),
        (b"\x80\0\x01", None, CUT),
    ];
    for (bytes, expected, hint) in bytes {
        let sent =
            format!("pair_length(b\"{}\")", bytes.escape_ascii());
        expect(sent, || pair_length(bytes), expected, hint)?;
    }
    Ok(())
}

/// The number that four bytes are, with all bits.
fn number(bytes: &[u8]) -> Option<usize> {
    Some(u32::from_be_bytes(*bytes.first_chunk()?) as usize)
}

pub const WRONG: [(&str, Answer); 4] = [
    // The length is always one byte.
    (LONG, |bytes| Some(((*bytes.first()?).into(), 1))),
    // The first bit is left in.
    (LONG, |bytes| match *bytes.first()? {
        first @ 0..128 => Some((first.into(), 1)),
        _ => Some((number(bytes)?, 4)),
    }),
    // The sign bit of one byte only, and then three.
    (MASK, |bytes| match *bytes.first()? {
        first @ 0..128 => Some((first.into(), 1)),
        _ => Some((number(bytes)? & 0xff_ffff, 4)),
    }),
    // What is missing is taken for zero.
    (CUT, |bytes| match *bytes.first()? {
        first @ 0..128 => Some((first.into(), 1)),
        _ => {
            let mut four = [bytes, &[0; 4]].concat();
            four.truncate(4);
            Some((number(&four)? & 0x7fff_ffff, 4))
        }
    }),
];
