//! The check of exercise 7.5, and answers that it must reject.

use crate::exercise::{Verdict, expect};

pub const READ: &str = "What goes out";

pub const HINT: &str = "Write a helper that appends one record. A \
    block that is too long for one is cut by `chunks`, which makes \
    nothing of an empty block.";

type Answer = fn(u16, &[&[u8]]) -> Vec<u8>;

const BYTES: &str = "A header is eight bytes, and numbers stand in it \
    with the more significant byte first.";
const EMPTY: &str = "An empty block must not become a record: that \
    would end the stream, and the rest of the page be lost.";
const END: &str = "The stream ends with a record without content, and \
    then the request ends, also where there was no block.";
const LONG: &str = "A content has 65,535 bytes at the most. A longer \
    block becomes several records.";

/// The stream and what ends it, as far as there are records; and
/// whether all lengths were right.
fn shown(mut bytes: &[u8]) -> String {
    let (mut text, mut length) = (String::new(), 0);
    while let Some((header, rest)) = bytes.split_first_chunk::<8>() {
        let &[version, kind, id1, id0, length1, length0, padding, _] =
            header;
        let size = usize::from(u16::from_be_bytes([length1, length0]));
        let id = u16::from_be_bytes([id1, id0]);
        let Some((content, rest)) = rest.split_at_checked(size) else {
            return text + " and a record that is cut";
        };
        bytes = rest;
        match (version, kind, content, padding) {
            (1, 6, [], 0) => {
                text += &format!("{length} bytes of {id}, ");
            }
            (1, 6, _, 0) => length += size,
            (1, 3, [0, 0, 0, 0, 0, 0, 0, 0], 0) => {
                text += &format!("end of {id}, ");
            }
            _ => text += &format!("{header:?}, "),
        }
    }
    text + &format!("{} more", bytes.len())
}

pub fn check(answer: Answer) -> Verdict {
    let hi = b"\x01\x06\0\x01\0\x02\0\0Hi\x01\x06\0\x01\0\0\0\0\
               \x01\x03\0\x01\0\x08\0\0\0\0\0\0\0\0\0\0";
    let call = || answer(1, &[b"Hi"]).escape_ascii().to_string();
    let expected = hi.escape_ascii().to_string();
    let found = expect("answer(1, &[b\"Hi\"])", call, expected, BYTES);
    let end = br"\x01\x06\x00\x01\x00\x00\x00\x00".escape_ascii();
    found.map_err(|c| c.hint_unless(&end.to_string(), END))?;
    let high = || shown(&answer(0xfffe, &[b"Hi"]));
    let expected = "2 bytes of 65534, end of 65534, 0 more";
    expect("answer(65534, &[b\"Hi\"])", high, expected.into(), BYTES)
        .map_err(|c| c.hint_if(" 0 bytes", END))?;
    let long = vec![b'x'; 200_000];
    let cases: [(&[&[u8]], _, _); 8] = [
        (&[b"a", b"b"], 2, END),
        (&[], 0, END),
        (&[b""], 0, EMPTY),
        (&[b"", b"a", b"", b"b", b""], 2, EMPTY),
        (&[&long[..300]], 300, BYTES),
        (&[&long[..65_535]], 65_535, LONG),
        (&[&long[..65_536]], 65_536, LONG),
        (&[&long, b"a"], 200_001, LONG),
    ];
    for (blocks, length, hint) in cases {
        let id = 0x0102;
        let lengths: Vec<usize> =
            blocks.iter().map(|b| b.len()).collect();
        let sent = format!("blocks of {lengths:?} bytes");
        let call = || shown(&answer(id, blocks));
        let expected =
            format!("{length} bytes of 258, end of 258, 0 more");
        // The number, cut to a byte or turned round.
        expect(sent, call, expected, hint).map_err(|complaint| {
            complaint
                .hint_if(" of 2,", BYTES)
                .hint_if(" of 513,", BYTES)
        })?;
    }
    Ok(())
}

/// A record; one that is too long is cut.
fn record(kind: u8, id: u16, content: &[u8]) -> Vec<u8> {
    let ([i, d], [l, n]) =
        (id.to_be_bytes(), (content.len() as u16).to_be_bytes());
    [&[1, kind, i, d, l, n, 0, 0], content].concat()
}

fn end(id: u16) -> Vec<u8> {
    [record(6, id, &[]), record(3, id, &[0; 8])].concat()
}

pub const WRONG: [(&str, Answer); 5] = [
    // A record for each block.
    (EMPTY, |id, blocks| {
        let out = blocks.iter().flat_map(|b| record(6, id, b));
        out.chain(end(id)).collect()
    }),
    // Only blocks that fit.
    (LONG, |id, blocks| {
        let blocks = blocks.iter().filter(|b| !b.is_empty());
        let out = blocks.flat_map(|b| record(6, id, b));
        out.chain(end(id)).collect()
    }),
    // No end of the stream.
    (END, |id, blocks| {
        let pieces = blocks.iter().flat_map(|b| b.chunks(0xffff));
        let out = pieces.flat_map(|b| record(6, id, b));
        out.chain(record(3, id, &[0; 8])).collect()
    }),
    // Without a block nothing is ended.
    (END, |id, blocks| {
        let pieces = blocks.iter().flat_map(|b| b.chunks(0xffff));
        let out: Vec<u8> =
            pieces.flat_map(|b| record(6, id, b)).collect();
        match out.is_empty() {
            true => record(3, id, &[0; 8]),
            false => [out, end(id)].concat(),
        }
    }),
    // Half of the number.
    (BYTES, |id, blocks| {
        let id = id & 0xff;
        let pieces = blocks.iter().flat_map(|b| b.chunks(0xffff));
        let out = pieces.flat_map(|b| record(6, id, b));
        out.chain(end(id)).collect()
    }),
];
