/// What a response holds: blocks that are made as they are asked for.
pub type Blocks = Box<dyn Iterator<Item = String>>;

/// The same blocks, and `close` called when they are done with.
///
/// An application that has opened a file or a connection for its body
/// wants to know when it may close it: after the last block, or when
/// the visitor has left and nobody asks for more. In both cases the
/// gateway drops the iterator, and so `close` is called then, once,
/// and never sooner.
pub fn closing(blocks: Blocks, close: Box<dyn FnOnce()>) -> Blocks {
    let _ = (blocks, close);
    todo!("exercise 2.5: write an iterator that implements Drop")
}
