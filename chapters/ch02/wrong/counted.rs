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
const LAZY: &str = "A block is made when it is asked for. Made sooner, \
    it keeps the one before it waiting.";
const HINTED: &str = "The gateway sends a Content-Length when \
    `size_hint` says that there is one block: pass that on, too.";
const SUM: &str = "Each block is added to what there was before it.";

fn blocks() -> Blocks {
    Box::new(["ab", "\u{e9}", ""].into_iter().map(String::from))
}

/// How many blocks have been made when `taken` were asked for.
fn made(answer: Answer, taken: usize) -> usize {
    let count = Rc::new(Cell::new(0));
    let own = Rc::clone(&count);
    let blocks = blocks().inspect(move |_| own.set(own.get() + 1));
    let mut blocks = answer(Box::new(blocks), Rc::default());
    blocks.by_ref().take(taken).for_each(drop);
    count.get()
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
    let one = || after(1, 0);
    let found = expect(sent(1), one, 2, EARLY);
    // The number of blocks.
    found.map_err(|c| c.hint_if("1", BYTES))?;
    let two = || after(2, 0);
    let found = expect(sent(2), two, 4, BYTES);
    // The two bytes of the second block alone.
    found.map_err(|c| c.hint_if("2", SUM))?;
    expect(sent(3), || after(3, 0), 4, BYTES)?;
    let sent = "blocks \"ab\", \"\u{e9}\", \"\", total 10 already";
    expect(sent, || after(3, 10), 14, ADD)?;
    for taken in 0..=3 {
        let sent = format!("3 blocks, {taken} of them asked for: made");
        expect(sent, || made(counted, taken), taken, LAZY)?;
    }
    let hint = || counted(blocks(), Rc::default()).size_hint();
    expect("3 blocks; size_hint()", hint, (3, Some(3)), HINTED)
}

pub const WRONG: [(&str, Answer); 7] = [
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
    (SUM, |blocks, total| {
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
    // Asks whether it was the last before it hands a block out.
    (LAZY, |blocks, total| {
        let mut blocks = blocks.peekable();
        Box::new(std::iter::from_fn(move || {
            let block = blocks.next()?;
            total.set(total.get() + block.len());
            let _is_last = blocks.peek().is_none();
            Some(block)
        }))
    }),
    // How many blocks there are is lost.
    (HINTED, |blocks, total| {
        Box::new(blocks.scan(total, |total, block| {
            total.set(total.get() + block.len());
            Some(block)
        }))
    }),
    // Blocks.
    (BYTES, |blocks, total| {
        Box::new(blocks.inspect(move |_| total.set(total.get() + 1)))
    }),
];
