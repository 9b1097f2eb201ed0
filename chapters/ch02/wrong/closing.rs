//! The check of exercise 2.5, and answers that it must reject.

use crate::exercise::{Verdict, expect};
use std::cell::Cell;
use std::rc::Rc;

pub const READ: &str = "The gateway";

pub const HINT: &str = "A struct with two fields, the blocks and an \
    `Option<Box<dyn FnOnce()>>`. `drop` has only `&mut self`, and \
    calling an `FnOnce` consumes it: `take()` gets it out of the \
    option. `send` asks for a `size_hint`; what becomes of it?";

type Blocks = Box<dyn Iterator<Item = String>>;
type Answer = fn(Blocks, Box<dyn FnOnce()>) -> Blocks;

const SAME: &str = "The blocks are passed on as they are.";
const EARLY: &str = "It was closed while blocks could still be asked \
    for.";
const LEFT: &str = "The visitor has left before the last block, and \
    nothing was closed.";
const HINTED: &str = "The gateway sends a Content-Length when \
    `size_hint` says that there is one block: pass that on, too.";
const LAZY: &str = "A block is made when it is asked for. Made sooner, \
    it keeps the one before it waiting.";

fn blocks() -> Blocks {
    Box::new(["a", "b"].into_iter().map(String::from))
}

/// How often it was closed: when `taken` blocks had been asked for,
/// and when the iterator had been dropped.
fn closed(closing: Answer, taken: usize) -> (usize, usize) {
    let count = Rc::new(Cell::new(0));
    let own = Rc::clone(&count);
    let close = Box::new(move || own.set(own.get() + 1));
    let mut blocks = closing(blocks(), close);
    blocks.by_ref().take(taken).for_each(drop);
    let before = count.get();
    drop(blocks);
    (before, count.get())
}

/// How many blocks have been made when `taken` were asked for.
fn made(answer: Answer, taken: usize) -> usize {
    let count = Rc::new(Cell::new(0));
    let own = Rc::clone(&count);
    let blocks = blocks().inspect(move |_| own.set(own.get() + 1));
    let mut blocks = answer(Box::new(blocks), Box::new(|| {}));
    blocks.by_ref().take(taken).for_each(drop);
    count.get()
}

pub fn check(closing: Answer) -> Verdict {
    let sent = "blocks \"a\", \"b\"";
    let all = || closing(blocks(), Box::new(|| {})).collect::<Vec<_>>();
    expect(sent, all, vec!["a".to_string(), "b".into()], SAME)?;
    for (taken, hint) in [(0, EARLY), (1, EARLY), (2, EARLY)] {
        let sent = format!("{sent}; {taken} asked for");
        expect(sent, || closed(closing, taken).0, 0, hint)?;
    }
    for (taken, hint) in [(0, LEFT), (1, LEFT), (2, LEFT), (3, LEFT)] {
        let sent = format!("{sent}; {taken} asked for, then dropped");
        expect(sent, || closed(closing, taken).1, 1, hint)?;
    }
    for taken in 0..=2 {
        let sent = format!("{sent}; {taken} asked for: made");
        expect(sent, || made(closing, taken), taken, LAZY)?;
    }
    let hint = || closing(blocks(), Box::new(|| {})).size_hint();
    expect(format!("{sent}; size_hint()"), hint, (2, Some(2)), HINTED)
}

/// Closes when the blocks have ended, if anybody gets that far.
struct AtTheEnd(Blocks, Option<Box<dyn FnOnce()>>);

impl Iterator for AtTheEnd {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        let block = self.0.next();
        if block.is_none()
            && let Some(close) = self.1.take()
        {
            close();
        }
        block
    }
}

/// Closes when dropped, and keeps to itself how many blocks there are.
struct Silent(Blocks, Option<Box<dyn FnOnce()>>);

impl Iterator for Silent {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        self.0.next()
    }
}

impl Drop for Silent {
    fn drop(&mut self) {
        if let Some(close) = self.1.take() {
            close();
        }
    }
}

pub const WRONG: [(&str, Answer); 4] = [
    // Before anything was sent.
    (EARLY, |blocks, close| {
        close();
        blocks
    }),
    // After the last block, which may never be asked for.
    (LEFT, |blocks, close| Box::new(AtTheEnd(blocks, Some(close)))),
    // One method of `Iterator` forgotten.
    (HINTED, |blocks, close| Box::new(Silent(blocks, Some(close)))),
    // All of them made, and then passed on.
    (LAZY, |blocks, close| {
        let all: Vec<_> = blocks.collect();
        Box::new(Silent(Box::new(all.into_iter()), Some(close)))
    }),
];
