//! The check of exercise 2.3, and answers that it must reject.

use crate::exercise::{Verdict, expect};
use std::cell::Cell;
use std::rc::Rc;

pub const READ: &str = "The gateway";

pub const HINT: &str = "Iterators have a method that looks at each \
    item as it passes. Its closure has to own `total`: `move`.";

type Blocks = Box<dyn Iterator<Item = String>>;
type Answer = fn(Blocks, Rc<Cell<usize>>) -> Blocks;

const SAME: &str = "The blocks are passed on as they are, one by one.";
const BYTES: &str = "Bytes go over the wire: count those, and neither \
    characters nor blocks.";
const EARLY: &str = "A block counts when it is handed out. Asked for \
    no block, the iterator makes none and counts none.";
const ADD: &str = "The total may have a beginning; blocks are added to \
    it.";

fn blocks() -> Blocks {
    Box::new(["ab", "\u{e9}", ""].into_iter().map(String::from))
}

pub fn check(counted: Answer) -> Verdict {
    let sent = "blocks \"ab\", \"\u{e9}\", \"\"";
    let all = || counted(blocks(), Rc::default()).collect::<Vec<_>>();
    let expected = ["ab", "\u{e9}", ""].map(String::from);
    expect(sent, all, expected.into(), SAME)?;
    let after = |taken: usize, from: usize| {
        let total = Rc::new(Cell::new(from));
        let counted = counted(blocks(), Rc::clone(&total));
        // What is in between must not be dropped: it may count then.
        let mut counted = std::mem::ManuallyDrop::new(counted);
        counted.by_ref().take(taken).for_each(drop);
        total.get()
    };
    let sent = |taken| format!("{sent}; {taken} of them asked for");
    expect(sent(0), || after(0, 0), 0, EARLY)?;
    expect(sent(1), || after(1, 0), 2, EARLY)?;
    expect(sent(2), || after(2, 0), 4, BYTES)?;
    expect(sent(3), || after(3, 0), 4, BYTES)?;
    let sent = "blocks \"ab\", \"\u{e9}\", \"\", total 10 already";
    expect(sent, || after(3, 10), 14, ADD)
}

pub const WRONG: [(&str, Answer); 4] = [
    // All at once, and held back until then.
    (EARLY, |blocks, total| {
        let all: Vec<String> = blocks.collect();
        total.set(total.get() + all.concat().len());
        Box::new(all.into_iter())
    }),
    // Characters.
    (BYTES, |blocks, total| {
        Box::new(blocks.inspect(move |block| {
            total.set(total.get() + block.chars().count());
        }))
    }),
    // The last block's length.
    (BYTES, |blocks, total| {
        Box::new(blocks.inspect(move |block| total.set(block.len())))
    }),
    // From zero, whatever was there.
    (ADD, |blocks, total| {
        let mut sum = 0;
        Box::new(blocks.inspect(move |block| {
            sum += block.len();
            total.set(sum);
        }))
    }),
];
