//! What middleware puts between an application and the exchange.

use crate::{Block, ResponseHead, Result};

/// A part of middleware through which an answer goes on its way out.
///
/// Middleware puts it on the [`Started`](crate::Started) that its
/// `start_response` returns; what is put there first is the outermost.
/// The exchange lets it have the head just before its first byte goes
/// out, whichever head it is by then, and each block that is not empty,
/// whether it was written or returned. It keeps the blocks' boundaries
/// if it returns a block for each that it is given, be it an empty one
/// (PEP 3333, "Middleware Handling of Block Boundaries").
///
/// An error in it is answered like one of the application. An error
/// page comes from the server, and goes through no layer.
///
/// ```
/// use gateway::{
///     Block, Environ, Layer, ResponseHead, Result, StartResponse,
/// };
///
/// struct Loud;
///
/// impl Layer for Loud {
///     fn head(&mut self, head: &mut ResponseHead) -> Result<()> {
///         head.headers.set("X-Volume", 11);
///         Ok(())
///     }
///
///     fn block(&mut self, block: Block) -> Result<Block> {
///         Ok(block.to_ascii_uppercase().into())
///     }
/// }
///
/// let hello = gateway::app(|_, start_response| {
///     let text = [("Content-Type", "text/plain")];
///     Ok(start_response("200 OK", &text)?.body("Hello"))
/// });
/// let loud = gateway::app(|environ, start_response| {
///     let start: StartResponse = Box::new(|status, headers| {
///         Ok(start_response(status, headers)?.layer(Loud))
///     });
///     hello(environ, start)
/// });
/// let answer = gateway::testing::get(&loud, "/");
/// assert_eq!(answer.headers.get("X-Volume"), Some("11"));
/// assert_eq!(answer.text(), "HELLO");
/// ```
pub trait Layer {
    /// Will [`head`](Layer::head) change anything? If no layer says
    /// so, the head goes out as it is, and is not read back for them.
    fn has_head(&self) -> bool {
        true
    }

    /// Changes the head. This is its last moment: what was done in the
    /// application, or in making the first block, is done.
    ///
    /// # Errors
    ///
    /// Whatever goes wrong: the answer can still be another.
    fn head(&mut self, head: &mut ResponseHead) -> Result<()> {
        let _ = head;
        Ok(())
    }

    /// Changes a block. Of a response without a body there is none.
    ///
    /// # Errors
    ///
    /// Whatever goes wrong: the answer is cut short, if some of it has
    /// been sent.
    fn block(&mut self, block: Block) -> Result<Block> {
        Ok(block)
    }

    /// Adds what is still to come behind the last block.
    ///
    /// # Errors
    ///
    /// As for a block.
    fn end(&mut self) -> Result<Block> {
        Ok(Block::default())
    }
}
