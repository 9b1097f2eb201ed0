use std::cell::Cell;
use std::rc::Rc;

/// What a response holds: blocks that are made as they are asked for.
pub type Blocks = Box<dyn Iterator<Item = String>>;

/// The same blocks, counted as they pass.
pub fn counted(blocks: Blocks, total: Rc<Cell<usize>>) -> Blocks {
    Box::new(blocks.inspect(move |block| {
        total.set(total.get() + block.len());
    }))
}
