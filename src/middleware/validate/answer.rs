//! An answer that is watched: its body, and its way through the layers.

use super::notes::{Bytes, Inside, Notes, Shared};
use super::rule::Rule::*;
use super::{Side, compare, head};
use crate::{Block, Body, Layer, ResponseHead, Result};

/// What is known of one call, from both sides of it.
#[derive(Clone)]
pub(super) struct Call {
    pub(super) side: Side,
    pub(super) notes: Shared<Notes>,
    /// To be told, or to be read, as the side is.
    pub(super) inside: Shared<Inside>,
    pub(super) accept: Option<String>,
}

impl Call {
    fn add(&self, add: impl FnOnce(&mut Bytes)) {
        match self.side {
            Side::Inside => add(&mut self.inside.lock().bytes),
            _ => add(&mut self.notes.lock().bytes),
        }
    }

    fn find(&self, rule: super::Rule, what: String) {
        self.notes.lock().find(self.side.answers(), (rule, what));
    }
}

/// The body, with its length, in hands that count.
pub(super) fn watched(body: Body, call: &Call) -> Body {
    let length = body.length();
    let mut notes = call.notes.lock();
    (notes.is_open, notes.length) = (true, length);
    drop(notes);
    call.inside.lock().open += u32::from(call.side == Side::Inside);
    let call = call.clone();
    let watched =
        Watched { body, call, given: 0, bytes: 0, has_failed: false };
    match length {
        Some(length) => Body::sized(length, watched),
        None => Body::blocks(watched),
    }
}

struct Watched {
    body: Body,
    call: Call,
    /// Blocks, and bytes in them.
    given: u64,
    bytes: u64,
    has_failed: bool,
}

impl Iterator for Watched {
    type Item = Result<Block>;

    fn next(&mut self) -> Option<Result<Block>> {
        if self.has_failed {
            let who = self.call.side.asks();
            let found = (AfterError, "asked once more".to_string());
            self.call.notes.lock().find(who, found);
        }
        let before = self.call.inside.lock().taken;
        let block = self.body.next();
        match &block {
            Some(Ok(block)) => self.count(block, before),
            Some(Err(_)) => self.has_failed = true,
            None if self.body.next().is_some() => {
                self.call.find(Ended, "a block after None".into());
            }
            None => self.compare_length(),
        }
        block
    }
}

impl Watched {
    /// Inside of middleware, what the layer sees need not be what the
    /// application has returned.
    fn compare_length(&self) {
        let (call, bytes) = (&self.call, self.bytes);
        let inside = call.inside.lock();
        if call.side == Side::Inside
            && !inside.has_written
            && let Some(head) = &inside.head
            && let Some(length) = head.length.filter(|&l| l != bytes)
        {
            let text = format!("{length} said, {bytes} there");
            call.find(Length, text);
        }
    }

    fn count(&mut self, block: &[u8], before: u64) {
        self.given += 1;
        self.bytes += block.len() as u64;
        self.call.add(|bytes| bytes.returned.add(block));
        let mut inside = self.call.inside.lock();
        match self.call.side {
            Side::Alone => {}
            Side::Inside => inside.taken += 1,
            Side::Outside => {
                let at_once = inside.taken - before;
                let held = inside.taken.saturating_sub(self.given);
                drop(inside);
                if at_once > 1 || held > 0 {
                    let taken = at_once.max(held + 1);
                    let text = format!("{taken} went in for one");
                    self.call.find(Boundaries, text);
                }
            }
        }
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.call.notes.lock().is_open = false;
        let is_inside = self.call.side == Side::Inside;
        self.call.inside.lock().open -= u32::from(is_inside);
    }
}

/// The layer that sees the head and all blocks, and changes nothing.
pub(super) struct Seen {
    call: Call,
    head: Option<ResponseHead>,
    count: u64,
}

impl Seen {
    pub(super) fn new(call: Call) -> Self {
        Self { call, head: None, count: 0 }
    }

    pub(super) fn starts_with(
        &self,
        status: &str,
        headers: &[(&str, &str)],
    ) {
        let is_bodiless = head::is_bodiless(status);
        self.call.notes.lock().is_bodiless = is_bodiless;
        let head = Some(head::started(status, headers));
        let mut inside = self.call.inside.lock();
        match self.call.side {
            Side::Alone => {}
            Side::Inside => inside.started = head,
            Side::Outside => inside.passed_on = head,
        }
    }

    /// The head as the application has given it. Middleware may have
    /// changed it on its way to `start_response`, unless there was a
    /// restart, which goes past that.
    fn given(&self, head: &ResponseHead) -> ResponseHead {
        let mut inside = self.call.inside.lock();
        let is_it =
            inside.passed_on.as_ref().is_some_and(|passed_on| {
                passed_on.status == head.status
                    && passed_on.headers == head.headers
            });
        let started = inside.started.take().filter(|_| is_it);
        let head = match started {
            Some(started) => ResponseHead {
                length: started.length.or(head.length),
                ..started
            },
            None => head.clone(),
        };
        inside.head = Some(head.clone());
        head
    }

    /// What the head says of the length of what passes here.
    fn length(&self) -> Option<u64> {
        let is_here = self.call.side != Side::Inside;
        let head = self.head.as_ref().filter(|_| is_here);
        head.and_then(|head| head.length)
    }

    /// All blocks have gone by.
    fn finish(&self) {
        let (call, inside) = (&self.call, self.call.inside.lock());
        let is_same = call.notes.lock().bytes == inside.bytes;
        if call.side == Side::Outside
            && !is_same
            && let (Some(from), Some(to)) = (&inside.head, &self.head)
            && let Some(etag) = compare::same_strong(from, to)
        {
            let text = format!("ETag: {etag}, of two bodies");
            call.find(Strong, text);
        }
    }
}

impl Layer for Seen {
    fn head(&mut self, head: &mut ResponseHead) -> Result<()> {
        let call = &self.call;
        let mut found = match call.side {
            Side::Inside => head::check(&self.given(head)),
            _ => head::check(head),
        };
        let inside = call.inside.lock();
        if call.side == Side::Outside
            && let Some(from) = &inside.head
        {
            let accept = call.accept.as_deref();
            found.extend(compare::check(from, head, accept));
        }
        drop(inside);
        let mut notes = call.notes.lock();
        if notes.is_bodiless && head::is_bodiless(&head.status) {
            found.extend(notes.length.filter(|&n| n > 0).map(|n| {
                (NoBody, format!("{}, and {n} bytes", head.status))
            }));
        }
        for found in found {
            notes.find(call.side.answers(), found);
        }
        self.head = Some(head.clone());
        notes.settle()
    }

    fn block(&mut self, block: Block) -> Result<Block> {
        let is_first = self.count == 0;
        self.count += block.len() as u64;
        self.call.add(|bytes| bytes.sent.add(&block));
        let is_written = !self.call.notes.lock().is_open;
        self.call.inside.lock().has_written |= is_written;
        match self.length() {
            Some(length) if self.count > length => {
                let count = self.count;
                let text = format!("{length} said, {count} there");
                let mut notes = self.call.notes.lock();
                // Of the first block nothing has been sent yet.
                notes.is_late = !is_first;
                notes.find(self.call.side.answers(), (Length, text));
                notes.settle()?;
            }
            Some(length) if self.count == length => self.finish(),
            _ => {}
        }
        Ok(block)
    }

    fn end(&mut self) -> Result<Block> {
        if let Some(length) = self.length().filter(|&n| n > self.count)
        {
            let text = format!("{length} said, {} there", self.count);
            self.call.find(Length, text);
        }
        self.finish();
        Ok(Block::default())
    }
}

impl Drop for Seen {
    /// The exchange drops the body before the layers.
    fn drop(&mut self) {
        let is_open = self.call.notes.lock().is_open;
        let kept = match self.call.side {
            Side::Alone if is_open => "the server",
            Side::Outside if is_open => "the server",
            Side::Outside if self.call.inside.lock().open > 0 => {
                "the middleware"
            }
            _ => return,
        };
        let found = (Kept, "it is still there".to_string());
        self.call.notes.lock().find(kept, found);
    }
}
