use gateway::Body;

/// Messages that are made one by one, some of them by strangers.
pub type Messages = Box<dyn Iterator<Item = String>>;

/// A body of the type `text/event-stream`, to which a page listens
/// with `EventSource`.
///
/// For each line of a message it has a line: `data:`, a space, the
/// text. An empty line ends the message. A message that is empty has
/// one line, and a line end at the end of a message begins another.
/// For the browser each of LF, CR LF and CR ends a line, wherever it
/// comes from; we write LF. A message is a block of its own, made
/// when the server asks for it and no sooner.
///
/// Of the messages `a` and `b\nc` the blocks are `data: a\n\n` and
/// `data: b\ndata: c\n\n`.
pub fn events(messages: Messages) -> Body {
    let _ = messages;
    todo!("exercise 5.4: make a block of each message")
}
