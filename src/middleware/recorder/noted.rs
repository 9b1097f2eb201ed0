//! What is noted of an exchange, and how it is shown.

use crate::error::{describe, guarded};
use crate::exchange::{self, End, Outcome};
use crate::middleware::guard::{covered, escape};
use crate::{Environ, Error, Variables};
use httpdate::HttpDate;
use std::time::{Duration, Instant, SystemTime};

/// How many bytes are kept of an input or a body, and of how many
/// blocks the time and the length.
const BYTES: usize = 16 * 1024;
const BLOCKS: usize = 100;

pub(super) struct Noted {
    began: Instant,
    variables: Variables,
    input: Vec<u8>,
    head: String,
    blocks: Vec<(Duration, usize)>,
    body: Vec<u8>,
    /// Of the answer: its status, its bytes, and how long it took.
    sent: (u16, u64, Duration),
    /// Why there is no more.
    why: String,
}

impl Noted {
    pub fn new(environ: &Environ) -> Self {
        Self {
            began: Instant::now(),
            variables: environ.save(),
            input: Vec::new(),
            head: String::new(),
            blocks: Vec::new(),
            body: Vec::new(),
            sent: <_>::default(),
            why: String::new(),
        }
    }

    pub fn read(&mut self, bytes: &[u8]) {
        keep(&mut self.input, bytes);
    }

    pub fn start(&mut self, status: &str, headers: &[(&str, &str)]) {
        self.head = String::with_capacity(500);
        self.head += status;
        for (name, value) in headers {
            self.head.extend(["\n", name, ": ", value]);
        }
    }

    pub fn block(&mut self, block: &[u8]) {
        if self.blocks.len() < BLOCKS {
            self.blocks.push((self.began.elapsed(), block.len()));
        }
        keep(&mut self.body, block);
    }

    pub fn end(&mut self, outcome: &Outcome, error: Option<&Error>) {
        let time = self.began.elapsed();
        self.sent = (outcome.status, outcome.bytes, time);
        self.why = match (&outcome.end, error) {
            (End::Gone, _) => ", and the client has left".into(),
            (_, None) => String::new(),
            (_, Some(error)) => {
                let why = guarded(|| Ok(describe(error)));
                format!(", {}", why.unwrap_or_else(|e| e.to_string()))
            }
        };
    }

    /// A line, and what is seen when it is opened.
    pub fn html(&self) -> String {
        let mut environ = Environ::new();
        environ.restore(self.variables.clone());
        let request = exchange::request(&environ);
        let ((status, bytes, time), why) = (self.sent, &self.why);
        let time = milliseconds(time);
        let title = format!(
            "{request}: {status}, {bytes} bytes in {time}{why}"
        );
        let began = SystemTime::now() - self.began.elapsed();
        let mut text = format!("{}\n", HttpDate::from(began));
        for (name, value) in environ.variables() {
            let value = String::from_utf8_lossy(value);
            text += &format!("{name} = {}\n", covered(name, &value));
        }
        let input = String::from_utf8_lossy(&self.input);
        text.extend(["\n", covered("", &input), "\n\n"]);
        for line in self.head.lines() {
            text.extend([covered("", line), "\n"]);
        }
        for &(time, length) in &self.blocks {
            let time = milliseconds(time);
            text += &format!("after {time}, {length} bytes\n");
        }
        let body = String::from_utf8_lossy(&self.body);
        text.extend(["\n", covered("", &body)]);
        let (title, text) = (escape(&title), escape(&text));
        format!(
            "<details><summary>{title}</summary>\
             <pre tabindex=\"0\">{text}</pre></details>\n"
        )
    }
}

/// Puts bytes to others, as long as there is room.
fn keep(kept: &mut Vec<u8>, bytes: &[u8]) {
    let room = BYTES - kept.len();
    kept.extend_from_slice(&bytes[..room.min(bytes.len())]);
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}
