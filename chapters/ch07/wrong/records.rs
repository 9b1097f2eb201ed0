//! The check of exercise 7.3, and answers that it must reject.

use crate::exercise::{Bytes, Verdict, expect};

pub const READ: &str = "What a record is";

pub const HINT: &str = "In a loop: `split_first_chunk` takes the eight \
    bytes of a header off, if they are there, and `split_at_checked` \
    the content together with its padding. Wherever something is \
    missing, the loop ends, and what it had begun with is what is left.";

type Record = (u8, u16, Vec<u8>);
type Answer = fn(&[u8]) -> (Vec<Record>, usize);

const ORDER: &str = "Of two bytes that are a number, the first counts \
    256 times.";
const PADDING: &str = "The padding is no content, but it belongs to \
    the record, and what follows begins behind it.";
const EMPTY: &str = "A record without content is a record: it ends a \
    stream.";
const CUT: &str = "A record that has not come whole, up to its last \
    byte of padding, is not taken, and none of its bytes counts.";
const HUGE: &str = "Content and padding together may be longer than a \
    `u16` says.";
const ALL: &str = "All records are told, of whatever type and number, \
    in the order in which they came.";

pub fn check(records: Answer) -> Verdict {
    let call = |bytes: &[u8]| {
        let (all, length) = records(bytes);
        let shown = |(kind, id, content)| (kind, id, Bytes(content));
        (all.into_iter().map(shown).collect::<Vec<_>>(), length)
    };
    let shown = |bytes: &[u8]| {
        format!("records(b\"{}\")", bytes.escape_ascii())
    };
    let long =
        [b"\x01\x06\x12\x34\x01\x03\0\0", &[b'x'; 259][..]].concat();
    let huge = [&b"\x01\x06\0\0\xff\xff\xff\0"[..], &[b'x'; 65_790]];
    let huge = huge.concat();
    let first = &b"\x01\x05\x12\x34\0\x02\x02\0Hi\0\0"[..];
    let empty = &b"\x01\x05\0\0\0\0\0\0"[..];
    let end = &b"\x01\x03\0\0\0\0\0\0"[..];
    let all = [first, empty, end, &long].concat();
    let hi = || (5, 0x1234, Bytes(b"Hi".to_vec()));
    let nothing = |kind| (kind, 0, Bytes(Vec::new()));
    let many = || (6, 0x1234, Bytes(vec![b'x'; 259]));
    let whole = vec![hi(), nothing(5), nothing(3), many()];
    for (bytes, expected, hint) in [
        (empty, vec![nothing(5)], EMPTY),
        (&long, vec![many()], ORDER),
        (first, vec![hi()], PADDING),
        (&[first, empty].concat(), vec![hi(), nothing(5)], PADDING),
        (&all, whole, ALL),
        (&huge, vec![(6, 0, Bytes(vec![b'x'; 65_535]))], HUGE),
        (&[], vec![], CUT),
    ] {
        let expected = (expected, bytes.len());
        expect(shown(bytes), || call(bytes), expected, hint)?;
    }
    for end in 0..first.len() {
        let bytes = &all[..end];
        expect(shown(bytes), || call(bytes), (vec![], 0), CUT)?;
    }
    for end in first.len()..first.len() + empty.len() {
        let (bytes, expected) =
            (&all[..end], (vec![hi()], first.len()));
        expect(shown(bytes), || call(bytes), expected, CUT)?;
    }
    Ok(())
}

/// Right, but for what the functions say.
fn split(
    bytes: &[u8],
    number: fn([u8; 2]) -> u16,
    skipped: fn(u8) -> usize,
    is_end: fn(u16) -> bool,
) -> (Vec<Record>, usize) {
    let (mut records, mut at) = (Vec::new(), 0);
    while let Some(header) = bytes.get(at..at + 8) {
        let length = number([header[4], header[5]]);
        if is_end(length) {
            break;
        }
        let content = at + 8..at + 8 + usize::from(length);
        let next = content.end + skipped(header[6]);
        if next > bytes.len() {
            break;
        }
        let id = number([header[2], header[3]]);
        records.push((header[1], id, bytes[content].to_vec()));
        at = next;
    }
    (records, at)
}

pub const WRONG: [(&str, Answer); 5] = [
    // The padding is left for the next header.
    (PADDING, |b| split(b, u16::from_be_bytes, |_| 0, |_| false)),
    // The less significant byte first.
    (ORDER, |b| split(b, u16::from_le_bytes, usize::from, |_| false)),
    // An empty record ends it all.
    (EMPTY, |b| split(b, u16::from_be_bytes, usize::from, |n| n == 0)),
    // What has come of a record is taken for all of it.
    (CUT, |bytes| {
        let mut more = bytes.to_vec();
        let whole =
            split(bytes, u16::from_be_bytes, usize::from, |_| false);
        if whole.1 < bytes.len() {
            more.extend([0; 300]);
            let all =
                split(&more, u16::from_be_bytes, usize::from, |_| {
                    false
                });
            return (all.0, bytes.len());
        }
        whole
    }),
    // The end of a request taken for the end of all.
    (ALL, |bytes| {
        let (mut all, length) =
            split(bytes, u16::from_be_bytes, usize::from, |_| false);
        let end = all.iter().position(|(kind, ..)| *kind == 3);
        all.truncate(end.map_or(all.len(), |at| at + 1));
        (all, length)
    }),
];
