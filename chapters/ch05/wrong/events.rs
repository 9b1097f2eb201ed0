//! The check of exercise 5.4, and answers that it must reject.

use crate::exercise::{Verdict, expect};
use gateway::Body;
use std::cell::Cell;
use std::rc::Rc;

pub const READ: &str = "The clock";

pub const HINT: &str = "`Body::blocks` takes an iterator of results: \
    `map` the messages. `lines` is almost what you need for a message, \
    and differs in three places; look at `split`, which takes several \
    characters in an array.";

type Messages = Box<dyn Iterator<Item = String>>;
type Answer = fn(Messages) -> Body;

const FORM: &str = "A line `data: `, the text, a line end; and an empty \
    line behind it.";
const LINES: &str = "Each line of a message has its own `data: `. The \
    browser drops a line without one, or takes it for an order.";
const EMPTY: &str = "An empty message is a message: `data: ` and \
    nothing behind it. Without a line of data the browser reports \
    nothing.";
const LAST: &str = "A line end at the end of a message is part of it: \
    behind it comes one more line, which is empty.";
const CR: &str = "A CR ends a line for the browser, with a LF behind \
    it or without. What a stranger writes behind one would be an order \
    to the browser.";
const ONLY: &str = "LF, CR LF and CR end a line, and nothing else \
    does: what else Unicode takes for a line's end is text here.";
const BLOCKS: &str = "A message is a block, and a block a message: the \
    server sends it before it asks for the next.";
const EARLY: &str = "A message is made when its block is asked for. \
    Made sooner, it keeps the ones before it waiting.";

/// The blocks, as text.
fn blocks(answer: Answer, messages: &[&str]) -> Vec<String> {
    let messages: Vec<_> =
        messages.iter().map(ToString::to_string).collect();
    let body = answer(Box::new(messages.into_iter()));
    body.map(|block| match block {
        Ok(block) => String::from_utf8_lossy(&block).into_owned(),
        Err(error) => format!("an error: {error}"),
    })
    .collect()
}

/// How many messages have been made when `taken` blocks were taken.
fn made(answer: Answer, taken: usize) -> usize {
    let count = Rc::new(Cell::new(0));
    let own = Rc::clone(&count);
    let messages = (0..3).map(move |n| {
        own.set(own.get() + 1);
        n.to_string()
    });
    let mut body = answer(Box::new(messages));
    body.by_ref().take(taken).for_each(drop);
    count.get()
}

pub fn check(events: Answer) -> Verdict {
    for (message, expected, hint) in [
        ("a", "data: a\n\n", FORM),
        ("Caf\u{e9}: 1", "data: Caf\u{e9}: 1\n\n", FORM),
        (" a ", "data:  a \n\n", FORM),
        ("b\nc", "data: b\ndata: c\n\n", LINES),
        ("b\n\nc", "data: b\ndata: \ndata: c\n\n", LINES),
        ("", "data: \n\n", EMPTY),
        ("b\r\nc", "data: b\ndata: c\n\n", CR),
        ("b\rc", "data: b\ndata: c\n\n", CR),
        ("b\r\r\n\nc", "data: b\ndata: \ndata: \ndata: c\n\n", CR),
        ("a\n", "data: a\ndata: \n\n", LAST),
        ("\n", "data: \ndata: \n\n", LAST),
        ("a\u{b}b\u{2028}", "data: a\u{b}b\u{2028}\n\n", ONLY),
        ("a\r", "data: a\ndata: \n\n", LAST),
    ] {
        let answer = || blocks(events, &[message]).concat();
        let sent = format!("the message {message:?}");
        expect(sent, answer, expected.to_string(), hint)?;
    }
    let two = ["data: a\n\n", "data: b\ndata: c\n\n"];
    expect(
        r#"the messages "a" and "b\nc""#,
        || blocks(events, &["a", "b\nc"]),
        two.map(String::from).into(),
        BLOCKS,
    )?;
    for taken in 0..=3 {
        let sent = format!("3 messages, {taken} blocks asked for");
        expect(sent, || made(events, taken), taken, EARLY)?;
    }
    Ok(())
}

/// A block of these lines.
fn event<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let lines = lines.map(|line| format!("data: {line}\n"));
    lines.chain(["\n".into()]).collect()
}

pub const WRONG: [(&str, Answer); 5] = [
    // The message as it comes.
    (LINES, |messages| {
        Body::blocks(messages.map(|message| {
            let event = format!("data: {message}\n\n");
            Ok(event.into_bytes().into())
        }))
    }),
    // `lines` has none for an empty text.
    (EMPTY, |messages| {
        Body::blocks(messages.map(|message| {
            Ok(event(message.lines()).into_bytes().into())
        }))
    }),
    // A CR passes.
    (CR, |messages| {
        Body::blocks(messages.map(|message| {
            let message = message.replace("\r\n", "\n");
            Ok(event(message.split('\n')).into_bytes().into())
        }))
    }),
    // All are waited for.
    (EARLY, |messages| {
        let events = messages.map(|message| {
            let message = message.replace("\r\n", "\n");
            event(message.split(['\n', '\r']))
        });
        events.collect::<Vec<String>>().into()
    }),
    // All that ends a line in Unicode.
    (ONLY, |messages| {
        Body::blocks(messages.map(|message| {
            let message = message.replace("\r\n", "\n");
            let ends = ['\n', '\r', '\u{b}', '\u{85}', '\u{2028}'];
            Ok(event(message.split(ends)).into_bytes().into())
        }))
    }),
];
