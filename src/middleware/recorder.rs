//! What is asked and answered: the last exchanges, on a page.

mod noted;

use crate::diagnostics::tee;
use crate::exchange::OVER;
use crate::middleware::guard::{self, Guard};
use crate::{
    Application, Block, Body, Environ, Failure, Layer, Response,
    ResponseHead, Result, StartResponse,
};
use noted::Noted;
use std::collections::VecDeque;
use std::io::Write;
use std::iter;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, Once, PoisonError};
use std::time::{Duration, Instant};

/// Shows the last twenty exchanges, to who sits at the same machine.
///
/// Of each there are the request's line and fields, the input as far as
/// the application has read it, the status and headers, when each block
/// came and how long it was, and the end or the error; of the input and
/// of the body what they begin with, 16 KiB of each.
///
/// The page's address is in the error log, with the first request. It
/// is seen by whom the [`debugger`](crate::middleware::debugger())
/// shows its pages, and what that covers is covered; without a debug
/// build or the variable `GATEWAY_DEBUGGER` there is none.
///
/// The page grows while it is open: an exchange is added when it has
/// ended. So long it takes one of the server's threads; it ends after
/// ten minutes, or when two others have been opened. A server with one
/// thread sends what there is.
///
/// It is outside of all middleware whose work is to be seen, but for
/// the debugger. With several processes, each has a page.
///
/// ```
/// use gateway::middleware::recorder;
/// use gateway::testing;
///
/// let app = recorder(gateway::app(|_, start_response| {
///     let text = [("Content-Type", "text/plain")];
///     Ok(start_response("200 OK", &text)?.body("Hello"))
/// }));
/// let log = testing::get(&app, "/greeting").log;
/// let page = log.trim().split("http://localhost").nth(1).unwrap();
/// let page = testing::get(&app, page).text().into_owned();
/// assert!(page.contains("GET /greeting: 200, 5 bytes in "));
/// ```
pub fn recorder(app: impl Application) -> impl Application {
    let recorder = Guard::new("recorder").map(|guard| {
        let (record, has_changed) = <_>::default();
        let is_announced = Once::new();
        Arc::new(Recorder { guard, is_announced, record, has_changed })
    });
    crate::app(move |environ, start_response| match &recorder {
        Some(recorder) if !environ.run_once => {
            match recorder.guard.page(environ) {
                Some(_) => recorder.show(environ, start_response),
                None => recorder.watch(&app, environ, start_response),
            }
        }
        _ => app.call(environ, start_response),
    })
}

/// How many exchanges are kept.
const KEPT: usize = 20;

/// How many may watch, and for how long.
const WATCHERS: usize = 2;
const WATCH: Duration = Duration::from_secs(600);

/// After how long a silence something is sent, lest a watcher who has
/// left be kept.
const SILENCE: Duration = Duration::from_secs(1);

struct Recorder {
    guard: Guard,
    is_announced: Once,
    record: Mutex<Record>,
    has_changed: Condvar,
}

#[derive(Default)]
struct Record {
    /// How many exchanges have ended, and the last, latest first.
    ended: usize,
    last: VecDeque<Shared>,
    /// How many have begun to watch.
    watchers: usize,
}

/// An exchange, which is noted from several places.
type Shared = Arc<Mutex<Noted>>;

/// What is locked, even if somebody has panicked there.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Recorder {
    /// Calls the application, and has noted what is said.
    fn watch(
        self: &Arc<Self>,
        app: &dyn Application,
        environ: &mut Environ,
        start_response: StartResponse<'_>,
    ) -> Result<Response> {
        self.is_announced.call_once(|| {
            let page = self.guard.address(environ, "");
            // Who cannot read the log cannot be told.
            let _ = writeln!(environ.errors, "Exchanges are at {page}");
        });
        let exchange = Arc::new(Mutex::new(Noted::new(environ)));
        let (recorder, input) = (Arc::clone(self), exchange.clone());
        tee(environ, move |bytes| lock(&input).read(bytes));
        let ended = exchange.clone();
        environ.insert(
            OVER,
            Box::new(move |outcome, error| {
                lock(&ended).end(outcome, error);
                let mut record = lock(&recorder.record);
                record.ended += 1;
                record.last.push_front(ended);
                record.last.truncate(KEPT);
                // It takes a while even if nobody waits.
                if record.watchers > 0 {
                    recorder.has_changed.notify_all();
                }
            }),
        );
        let start: StartResponse = Box::new(|status, headers| {
            let started = start_response(status, headers)?;
            lock(&exchange).start(status, headers);
            Ok(started.layer(Noting(exchange)))
        });
        app.call(environ, start)
    }

    /// The page, which goes on while exchanges end.
    fn show(
        self: &Arc<Self>,
        environ: &Environ,
        start_response: StartResponse<'_>,
    ) -> Result<Response> {
        let empty = Failure::new("200 OK", "");
        let mut page = guard::page(empty, "The last exchanges", "");
        page.page.truncate(page.page.len() - "</main>\n".len());
        let headers = page.headers.pairs();
        let started = start_response("200 OK", &headers)?;
        let mut record = lock(&self.record);
        record.watchers += 1;
        let time =
            if environ.multithread { WATCH } else { <_>::default() };
        let watcher = Watcher {
            recorder: Arc::clone(self),
            last: record.watchers + WATCHERS,
            until: Instant::now() + time,
            seen: 0,
            is_over: false,
        };
        self.has_changed.notify_all();
        let page = iter::once(Ok(page.page.into()));
        Ok(started.body(Body::blocks(page.chain(watcher))))
    }
}

/// Notes what an application answers.
struct Noting(Shared);

impl Layer for Noting {
    /// It is noted when it is begun, and again if it changes.
    fn has_head(&self) -> bool {
        false
    }

    fn head(&mut self, head: &mut ResponseHead) -> Result<()> {
        lock(&self.0).start(&head.status, &head.headers.pairs());
        Ok(())
    }

    fn block(&mut self, block: Block) -> Result<Block> {
        lock(&self.0).block(&block);
        Ok(block)
    }
}

/// The exchanges as they end, until others watch or it is late.
struct Watcher {
    recorder: Arc<Recorder>,
    /// The number of the watcher who takes its place.
    last: usize,
    until: Instant,
    /// How many exchanges it has seen.
    seen: usize,
    is_over: bool,
}

impl Iterator for Watcher {
    type Item = Result<Block>;

    fn next(&mut self) -> Option<Result<Block>> {
        if self.is_over {
            return None;
        }
        let Recorder { record, has_changed, .. } = &*self.recorder;
        let mut record = lock(record);
        if record.ended == self.seen && Instant::now() < self.until {
            let waited = has_changed.wait_timeout(record, SILENCE);
            (record, _) =
                waited.unwrap_or_else(PoisonError::into_inner);
        }
        let new = record.last.len().min(record.ended - self.seen);
        let new: Vec<_> = record.last.range(..new).cloned().collect();
        self.seen = record.ended;
        self.is_over = record.watchers >= self.last
            || self.until <= Instant::now();
        drop(record);
        let mut html: String =
            new.iter().rev().map(|e| lock(e).html()).collect();
        if self.is_over {
            html += "<p><a href=\"\">Go on</a>\n";
        } else if html.is_empty() {
            html += "<!-- -->\n";
        }
        Some(Ok(html.into_bytes().into()))
    }
}
