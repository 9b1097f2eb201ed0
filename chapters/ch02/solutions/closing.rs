/// What a response holds: blocks that are made as they are asked for.
pub type Blocks = Box<dyn Iterator<Item = String>>;

/// The same blocks, and `close` called when they are done with.
pub fn closing(blocks: Blocks, close: Box<dyn FnOnce()>) -> Blocks {
    Box::new(Closing { blocks, close: Some(close) })
}

struct Closing {
    blocks: Blocks,
    close: Option<Box<dyn FnOnce()>>,
}

impl Iterator for Closing {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        self.blocks.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.blocks.size_hint()
    }
}

impl Drop for Closing {
    fn drop(&mut self) {
        if let Some(close) = self.close.take() {
            close();
        }
    }
}
