use gateway::{Block, Body};

/// Messages that are made one by one, some of them by strangers.
pub type Messages = Box<dyn Iterator<Item = String>>;

/// A body of the type `text/event-stream`, to which a page listens
/// with `EventSource`.
pub fn events(messages: Messages) -> Body {
    Body::blocks(messages.map(|message| Ok(event(&message))))
}

fn event(message: &str) -> Block {
    let mut event = String::new();
    for line in message.replace("\r\n", "\n").split(['\n', '\r']) {
        event += &format!("data: {line}\n");
    }
    event.push('\n');
    event.into_bytes().into()
}
