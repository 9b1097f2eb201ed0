//! The check of exercise 14.4, and answers that it must reject or take.

use crate::exercise::{Bytes, RIGHT, Verdict, expect};

pub const READ: &str = "An answer that starts late";

pub const HINT: &str = "In a `loop`, `match blocks.next()` has four \
    arms: an empty block, another one, an exception, and the end. \
    `transpose` makes a `Result` of it, and then `?` takes the \
    exception. Look at `count` when the loop is over.";

type Error = &'static str;
type Block = Result<&'static str, Error>;
type Found = Result<(Option<Vec<u8>>, Option<usize>), Error>;
type Answer = fn(&mut Blocks, Option<usize>) -> Found;

const PLAIN: &str = "The first block is the answer's beginning, as it \
    is.";
const LATER: &str = "This exception comes after the first block. It \
    cuts the body, as it stays in `blocks`, and is not yet known when \
    the head is sent.";
const AHEAD: &str = "What comes after the first block is neither asked \
    for nor put together with it: the application may need a minute \
    to make it, and the client can have the first one now.";
const EMPTY: &str = "Empty blocks say nothing, however many there are: \
    the head is not sent for them.";
const BLANK: &str = "A block is empty if it has no bytes, whatever \
    they look like.";
const END: &str = "There is no block that is not empty: `None`.";
const AGAIN: &str = "It has ended. Nothing may be asked for after \
    that.";
const ERROR: &str = "Nothing has been sent yet, so this exception is \
    the error, as if the application had raised it when it was called. \
    What was to come after it does not matter.";
const UNKNOWN: &str = "Nobody has said how many blocks there are, and \
    to find out means to wait for them. The length is not known.";
const LENGTH: &str = "A list of one block is all of the answer, so its \
    length is known: the bytes of that block.";
const NOTHING: &str = "It has ended, and has had no bytes. So that is \
    its length, 0, whether it was a list or not.";
const MORE: &str = "There is more than one block in this list, and \
    what the others come to is not known before they are asked for.";

/// Blocks, after which there must be no other question.
pub struct Blocks {
    blocks: &'static [Block],
    has_ended: bool,
}

impl Iterator for Blocks {
    type Item = Result<Vec<u8>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        assert!(!self.has_ended, "asked for a block after the end");
        let block = self.blocks.split_off_first();
        self.has_ended = block.is_none();
        block.map(|block| block.map(Vec::from))
    }
}

/// Blocks, how many there are said to be, what is found, and the
/// length. The hints are for these two.
type Case = (
    &'static [Block],
    Option<usize>,
    Result<Option<&'static str>, Error>,
    Option<usize>,
    [&'static str; 2],
);

const KEY: Block = Err("KeyError");

const CASES: [Case; 21] = [
    (&[Ok("tea")], None, Ok(Some("tea")), None, [PLAIN, UNKNOWN]),
    (&[Ok("tea"), KEY], None, Ok(Some("tea")), None, [LATER, UNKNOWN]),
    (
        &[Ok("tea"), Ok(" and milk")],
        None,
        Ok(Some("tea")),
        None,
        [AHEAD, UNKNOWN],
    ),
    (
        &[Ok(""), Ok("tea")],
        None,
        Ok(Some("tea")),
        None,
        [EMPTY, UNKNOWN],
    ),
    (
        &[Ok(""), Ok(""), Ok(""), Ok("tea"), Ok(""), Ok("!")],
        None,
        Ok(Some("tea")),
        None,
        [EMPTY, UNKNOWN],
    ),
    (&[Ok(" \n"), Ok("a")], None, Ok(Some(" \n")), None, [BLANK; 2]),
    (&[Ok("\0"), Ok("a")], None, Ok(Some("\0")), None, [BLANK; 2]),
    (&[], None, Ok(None), Some(0), [END, NOTHING]),
    (&[Ok(""), Ok("")], None, Ok(None), Some(0), [END, NOTHING]),
    (&[KEY, Ok("tea")], None, Err("KeyError"), None, [ERROR; 2]),
    (
        &[Ok(""), Ok(""), KEY, Ok("tea")],
        None,
        Err("KeyError"),
        None,
        [ERROR; 2],
    ),
    (&[Err("OSError")], None, Err("OSError"), None, [ERROR; 2]),
    (&[KEY], Some(1), Err("KeyError"), None, [ERROR; 2]),
    (&[Ok("tea")], Some(1), Ok(Some("tea")), Some(3), [PLAIN, LENGTH]),
    (&[Ok("thé")], Some(1), Ok(Some("thé")), Some(4), [PLAIN, LENGTH]),
    (&[], Some(0), Ok(None), Some(0), [END, NOTHING]),
    (&[Ok("")], Some(1), Ok(None), Some(0), [END, NOTHING]),
    (
        &[Ok("tea"), Ok("!")],
        Some(2),
        Ok(Some("tea")),
        None,
        [AHEAD, MORE],
    ),
    (
        &[Ok(""), Ok("tea")],
        Some(2),
        Ok(Some("tea")),
        None,
        [EMPTY, MORE],
    ),
    (&[Ok(""), Ok("")], Some(2), Ok(None), Some(0), [END, NOTHING]),
    (
        &[Ok("tea"), Ok("!"), KEY],
        Some(3),
        Ok(Some("tea")),
        None,
        [LATER, MORE],
    ),
];

pub fn check(first_block: Answer) -> Verdict {
    for (all, count, first, length, hints) in CASES {
        let sent = match count {
            Some(count) => format!("a list of {count}: {all:?}"),
            None => format!("an iterable: {all:?}"),
        };
        let mut blocks = Blocks { blocks: all, has_ended: false };
        let mut known = None;
        let answer = || {
            let (first, length) = first_block(&mut blocks, count)?;
            known = length;
            Ok(first.map(Bytes))
        };
        let bytes = |text: &str| Bytes(text.into());
        let expected = first.map(|first| first.map(bytes));
        expect(&sent, answer, expected, hints[0])
            .map_err(|told| told.hint_if("after the end", AGAIN))?;
        let is_found = |block: &Block| *block != Ok("");
        let end = all.iter().position(is_found).map(|at| at + 1);
        expect(
            format!("{sent}: what is left of it"),
            || blocks.blocks,
            &all[end.unwrap_or(all.len())..],
            AHEAD,
        )?;
        let sent = format!("{sent}: the length");
        expect(sent, || known, length, hints[1])?;
    }
    Ok(())
}

/// The first block that is not empty.
fn first(blocks: &mut Blocks) -> Result<Option<Vec<u8>>, Error> {
    loop {
        match blocks.next().transpose()? {
            Some(block) if block.is_empty() => {}
            first => return Ok(first),
        }
    }
}

/// With that, and this length.
fn with(
    blocks: &mut Blocks,
    length: impl FnOnce(usize) -> Option<usize>,
) -> Found {
    let first = first(blocks)?;
    let length = first.as_ref().map_or(Some(0), |b| length(b.len()));
    Ok((first, length))
}

/// With the right length.
fn found(first: Option<Vec<u8>>, count: Option<usize>) -> Found {
    let length = first.as_ref().map_or(0, Vec::len);
    let is_known = length == 0 || count == Some(1);
    Ok((first, is_known.then_some(length)))
}

pub const WRONG: [(&str, Answer); 26] = [
    // Step by step.
    (RIGHT, |blocks, count| {
        for block in blocks {
            let block = block?;
            if !block.is_empty() {
                let length = block.len();
                let length = (count == Some(1)).then_some(length);
                return Ok((Some(block), length));
            }
        }
        Ok((None, Some(0)))
    }),
    // With a look at the next.
    (RIGHT, |blocks, count| {
        let mut blocks = blocks.peekable();
        while blocks.next_if_eq(&Ok(Vec::new())).is_some() {}
        found(blocks.next().transpose()?, count)
    }),
    // Nothing.
    (PLAIN, |_, _| Ok((None, None))),
    // All of it at first.
    (LATER, |blocks, count| {
        let all = blocks.collect::<Result<Vec<_>, _>>()?;
        let first = all.into_iter().find(|block| !block.is_empty());
        found(first, count)
    }),
    // All of it together.
    (AHEAD, |blocks, count| {
        let each = blocks.map_while(Result::ok);
        let all: Vec<u8> = each.flatten().collect();
        found(Some(all).filter(|all| !all.is_empty()), count)
    }),
    // All of it at first, and an error when it is its turn.
    (AHEAD, |blocks, count| {
        for block in blocks.collect::<Vec<_>>() {
            let block = block?;
            if !block.is_empty() {
                return found(Some(block), count);
            }
        }
        found(None, count)
    }),
    // Is there another?
    (AHEAD, |blocks, count| {
        let first = first(blocks)?;
        if first.is_some() {
            let _ = blocks.next();
        }
        found(first, count)
    }),
    // The first.
    (EMPTY, |blocks, count| found(blocks.next().transpose()?, count)),
    // The first or the second.
    (EMPTY, |blocks, count| {
        let mut first = blocks.next().transpose()?;
        if first.as_ref().is_some_and(Vec::is_empty) {
            first = blocks.next().transpose()?;
        }
        found(first, count)
    }),
    // White space is nothing.
    (BLANK, |blocks, count| {
        loop {
            match blocks.next().transpose()? {
                Some(block) if block.trim_ascii().is_empty() => {}
                first => return found(first, count),
            }
        }
    }),
    // Nothing is.
    (BLANK, |blocks, count| {
        loop {
            match blocks.next().transpose()? {
                Some(block) if block.iter().all(|&b| b == 0) => {}
                first => return found(first, count),
            }
        }
    }),
    // An empty one for none.
    (END, |blocks, count| {
        let first = first(blocks)?.unwrap_or_default();
        found(Some(first), count)
    }),
    // There is always one.
    (END, |blocks, count| {
        let first = first(blocks)?.expect("a block");
        found(Some(first), count)
    }),
    // Until there is one.
    (AGAIN, |blocks, count| {
        loop {
            match blocks.next().transpose()? {
                Some(block) if !block.is_empty() => {
                    return found(Some(block), count);
                }
                _ => {}
            }
        }
    }),
    // Without those that fail.
    (ERROR, |blocks, count| {
        let mut each = blocks.filter_map(Result::ok);
        found(each.find(|block| !block.is_empty()), count)
    }),
    // What fails has ended.
    (ERROR, |blocks, count| {
        found(first(blocks).unwrap_or_default(), count)
    }),
    // What fails is a panic.
    (ERROR, |blocks, count| found(first(blocks).unwrap(), count)),
    // The first alone may fail.
    (ERROR, |blocks, count| {
        let mut first = blocks.next().transpose()?;
        while first.as_ref().is_some_and(Vec::is_empty) {
            first = blocks.next().and_then(Result::ok);
        }
        found(first, count)
    }),
    // What is there has a length.
    (UNKNOWN, |blocks, _| with(blocks, Some)),
    // It is never known.
    (LENGTH, |blocks, _| with(blocks, |_| None)),
    // As many as there are blocks.
    (LENGTH, |blocks, count| with(blocks, |_| count)),
    // In characters.
    (LENGTH, |blocks, count| {
        let (first, length) = found(first(blocks)?, count)?;
        let text = first.clone().map(String::from_utf8);
        let text = text.transpose().unwrap().unwrap_or_default();
        Ok((first, length.map(|_| text.chars().count())))
    }),
    // Not if there is nothing.
    (NOTHING, |blocks, count| {
        let (first, length) = found(first(blocks)?, count)?;
        let is_there = first.is_some();
        Ok((first, length.filter(|_| is_there)))
    }),
    // One, and no other number.
    (NOTHING, |blocks, count| {
        let (first, length) = found(first(blocks)?, count)?;
        Ok((first, length.filter(|_| count == Some(1))))
    }),
    // Each list.
    (MORE, |blocks, count| {
        with(blocks, |length| count.map(|_| length))
    }),
    // All are alike.
    (MORE, |blocks, count| {
        with(blocks, |length| Some(count? * length))
    }),
];
