//! What happened in an exchange under our own server, and when.

use super::environ;
use crate::run::client::Answer;
use gateway::{Block, Environ, Response, StartResponse};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// How many blocks, or reads, are told one by one.
const MOST: usize = 32;

/// How much is kept of a block, in bytes.
const LONGEST: usize = 2000;

/// Notes what passes between a server and an application, as it does.
///
/// A connection may bring several requests: they are counted, and the
/// first is what is told of.
#[derive(Clone, Default)]
pub struct Steps(Arc<Mutex<Noted>>);

#[derive(Default)]
struct Noted {
    /// How often the application was called, and when it was first.
    calls: usize,
    called: Option<Instant>,
    environ: Option<Value>,
    started: Option<Started>,
    blocks: Vec<Passed>,
    more: usize,
}

/// A call of `start_response` that was no error.
struct Started {
    at: Instant,
    status: String,
    headers: Vec<(String, String)>,
}

/// A block that the server has asked for, and got.
struct Passed {
    at: Instant,
    length: usize,
    text: String,
}

impl Steps {
    /// The application is called.
    pub fn call(&self) {
        let mut noted = self.lock();
        noted.calls += 1;
        noted.called.get_or_insert_with(Instant::now);
    }

    /// This is what it was called with.
    pub fn keep(&self, environ: &Environ) {
        let mut noted = self.lock();
        noted.environ.get_or_insert_with(|| environ::list(environ));
    }

    /// Hears the call of `start_response`.
    pub fn hear<'r>(
        &self,
        start_response: StartResponse<'r>,
    ) -> StartResponse<'r> {
        let steps = self.clone();
        Box::new(move |status, headers| {
            let at = Instant::now();
            let started = start_response(status, headers)?;
            steps.note(|noted| {
                let owned = |(name, value): &(&str, &str)| {
                    (name.to_string(), value.to_string())
                };
                let headers = headers.iter().map(owned).collect();
                let status = status.to_string();
                noted.started = Some(Started { at, status, headers });
            });
            Ok(started)
        })
    }

    /// Sees the blocks of the body, as the server asks for them.
    pub fn watch(&self, response: Response) -> Response {
        let steps = self.clone();
        let see = move |block: Block| {
            steps.note(|noted| noted.pass(&block));
            block
        };
        response.map(|body| body.map_blocks(see))
    }

    /// The call of `start_response`; null if there was none.
    pub fn started(&self, answer: &Answer) -> Value {
        let noted = self.lock();
        let told = noted.started.as_ref().map(|started| {
            json!({
                "at": answer.ms(started.at),
                "status": started.status,
                "headers": started.headers,
            })
        });
        told.unwrap_or_default()
    }

    /// When each of the steps was; what did not happen has no time.
    pub fn told(&self, answer: &Answer) -> Value {
        let noted = self.lock();
        let block = |block: &Passed| {
            json!({
                "at": answer.ms(block.at),
                "length": block.length,
                "text": block.text,
            })
        };
        let blocks: Vec<Value> =
            noted.blocks.iter().map(block).collect();
        let read = |(at, length): &(Instant, usize)| json!({ "at": answer.ms(*at), "length": length });
        let reads = answer.reads.iter();
        let reads: Vec<Value> = reads.take(MOST).map(read).collect();
        json!({
            "calls": noted.calls,
            "called": noted.called.map(|at| answer.ms(at)),
            "blocks": blocks,
            "moreBlocks": noted.more,
            "moreReads": answer.reads.len() - reads.len(),
            "reads": reads,
        })
    }

    pub fn environ(&self) -> Value {
        self.lock().environ.clone().unwrap_or_default()
    }

    /// Notes something, if it is of the first call.
    fn note(&self, take: impl FnOnce(&mut Noted)) {
        let mut noted = self.lock();
        if noted.calls == 1 {
            take(&mut noted);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Noted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Noted {
    fn pass(&mut self, block: &[u8]) {
        if self.blocks.len() == MOST {
            self.more += 1;
            return;
        }
        let (at, length) = (Instant::now(), block.len());
        let kept = &block[..length.min(LONGEST)];
        let text = String::from_utf8_lossy(kept).into_owned();
        self.blocks.push(Passed { at, length, text });
    }
}
