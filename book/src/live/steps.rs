//! What happened in an exchange under our own server, and when.

use super::environ;
use crate::run::bytes;
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
        let text = bytes::to_text(cut(block));
        self.blocks.push(Passed { at, length, text });
    }
}

/// As much of a block as is kept. No character is cut, or it would look
/// like bytes that are no text.
fn cut(block: &[u8]) -> &[u8] {
    let is_inside = |byte: &u8| byte & 0xc0 == 0x80;
    let inside = (LONGEST - 3..=LONGEST).rev();
    let mut ends =
        inside.filter(|&end| !block.get(end).is_some_and(is_inside));
    let end = ends.next().unwrap_or(LONGEST);
    &block[..end.min(block.len())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::send::under_our_server;
    use gateway::{Body, ErrorLog};
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;
    use std::{io, iter, thread};

    const REQUEST: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    const PAUSE: Duration = Duration::from_millis(30);

    /// Two blocks, and a pause before each.
    fn slow(
        _: &mut Environ,
        start_response: StartResponse<'_>,
    ) -> gateway::Result<Response> {
        let started = start_response(
            "200 OK",
            &[("Content-Type", "text/plain")],
        )?;
        let blocks = ["one", "three"].into_iter().map(|text| {
            thread::sleep(PAUSE);
            Ok(text.as_bytes().into())
        });
        Ok(started.body(Body::blocks(blocks)))
    }

    /// What is told of these requests to an application.
    fn told(
        requests: &str,
        app: impl Fn(
            &mut Environ,
            StartResponse<'_>,
        ) -> gateway::Result<Response>
        + Send
        + Sync,
    ) -> (Value, Value) {
        let steps = Steps::default();
        let log = ErrorLog::new(io::sink());
        let answer = under_our_server(
            requests.as_bytes(),
            log,
            |environ: &mut Environ,
             start_response: StartResponse<'_>| {
                steps.call();
                steps.keep(environ);
                let response = app(environ, steps.hear(start_response));
                response.map(|response| steps.watch(response))
            },
        );
        let Ok(answer) = answer else { panic!("no answer") };
        (steps.started(&answer), steps.told(&answer))
    }

    fn ms(value: &Value) -> f64 {
        value.as_f64().unwrap_or_else(|| panic!("a time: {value}"))
    }

    #[test]
    fn each_step_has_its_time() {
        let (call, steps) = told(REQUEST, slow);
        assert_eq!(call["status"], "200 OK");
        let headers = json!([["Content-Type", "text/plain"]]);
        assert_eq!(call["headers"], headers);
        let [one, three] = &steps["blocks"].as_array().unwrap()[..]
        else {
            panic!("not two blocks: {steps}");
        };
        assert_eq!(
            (&one["text"], &one["length"]),
            (&json!("one"), &json!(3))
        );
        assert_eq!(three["text"], "three");
        let reads = steps["reads"].as_array().unwrap();
        let times = [
            &steps["called"],
            &call["at"],
            &one["at"],
            &three["at"],
            &reads.last().unwrap()["at"],
        ];
        let times = times.map(ms);
        assert!(times.is_sorted(), "{times:?}");
        let pause = PAUSE.as_secs_f64() * 1000.0;
        assert!(times[2] - times[1] >= pause, "{times:?}");
        assert!(times[3] - times[2] >= pause, "{times:?}");
        // The client has the first block before there is a second.
        assert!(ms(&reads[0]["at"]) >= times[2], "{reads:?}");
    }

    #[test]
    fn only_the_first_of_several_requests_is_told_of() {
        let requests = REQUEST.repeat(3);
        let number = AtomicUsize::new(0);
        let (call, steps) = told(&requests, |_, start_response| {
            let number = number.fetch_add(1, Ordering::Relaxed);
            let status = format!("20{number} Well");
            let text = [("Content-Type", "text/plain")];
            Ok(start_response(&status, &text)?.body(status))
        });
        assert_eq!(call["status"], "200 Well");
        assert_eq!(steps["calls"], 3);
        let blocks = steps["blocks"].as_array().unwrap();
        assert_eq!(blocks.len(), 1);
        assert_eq!(blocks[0]["text"], "200 Well");
    }

    #[test]
    fn what_was_not_called_is_not_told() {
        let (call, steps) = told("GET\r\n\r\n", slow);
        assert!(call.is_null(), "{call}");
        assert!(steps["called"].is_null(), "{steps}");
        assert_eq!(steps["blocks"], json!([]));
        // A call that the server refuses is none.
        let (call, steps) = told(REQUEST, |_, start_response| {
            Ok(start_response("much", &[])?.body(""))
        });
        assert!(call.is_null(), "{call}");
        assert_eq!(steps["calls"], 1);
    }

    #[test]
    fn no_character_is_cut() {
        let text = |block: &[u8]| bytes::to_text(cut(block));
        for shift in 0..4 {
            for c in ["é", "€", "😀"] {
                let all = "x".repeat(shift) + &c.repeat(2000);
                let cut = text(all.as_bytes());
                assert!(all.starts_with(&cut), "{shift} {c}");
                assert!(cut.len() > LONGEST - 4, "{}", cut.len());
            }
        }
        assert_eq!(text("é".as_bytes()), "é");
        assert_eq!(text(&[0x80; 2001]).chars().count(), LONGEST);
    }

    #[test]
    fn what_is_long_is_cut_and_counted() {
        let (_, steps) = told(REQUEST, |_, start_response| {
            let text = [("Content-Type", "text/plain")];
            let block = || Ok("x".repeat(5000).into_bytes().into());
            let blocks = iter::repeat_with(block).take(40);
            let started = start_response("200 OK", &text)?;
            Ok(started.body(Body::blocks(blocks)))
        });
        let blocks = steps["blocks"].as_array().unwrap();
        assert_eq!(
            (blocks.len(), &steps["moreBlocks"]),
            (32, &json!(8))
        );
        assert_eq!(blocks[0]["length"], 5000);
        assert_eq!(blocks[0]["text"].as_str().unwrap().len(), 2000);
    }
}
