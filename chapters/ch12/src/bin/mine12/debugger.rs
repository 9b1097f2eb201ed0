//! A debugger whose page is text, made of the exercises' answers.

use crate::chapter12;
use crate::mine::{attempt, piece};
use gateway::{
    Application, Environ, Error, Failure, Response, Result,
    StartResponse, Variables,
};
use std::backtrace::Backtrace;
use std::cell::Cell;
use std::hash::{BuildHasher, RandomState};
use std::io::{Cursor, Read};
use std::panic::{self, AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::sync::{Mutex, PoisonError};

/// The longest body of a request, in bytes.
const LIMIT: u64 = 64 * 1024;

/// What went wrong, and what is known of it.
struct Failed {
    error: Error,
    place: String,
    /// That of a panic.
    backtrace: String,
}

thread_local! {
    /// The panic that was last in this thread.
    static PANIC: Cell<Option<Failed>> = const { Cell::new(None) };
}

/// A request that can be sent once more.
type Request = (Variables, Vec<u8>);

struct Debugger<A> {
    inner: A,
    token: String,
    /// The one that has failed last.
    last: Mutex<Option<Request>>,
}

/// Answers what goes wrong with a page, and sends the last request that
/// did once more.
pub fn debugger(
    inner: impl Application + Sync,
) -> impl Application + Sync {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        PANIC.set(Some(noted(panic)));
        before(panic);
    }));
    let random = || RandomState::new().hash_one("mine12");
    let token = format!("{:016x}{:016x}", random(), random());
    let debugger = Debugger { inner, token, last: Mutex::default() };
    gateway::app(move |environ, start_response| {
        debugger.call(environ, start_response)
    })
}

/// No answer of an exercise is called here: a panic in it would be the
/// end of the program.
fn noted(panic: &PanicHookInfo<'_>) -> Failed {
    let text = panic.to_string();
    let message = text.split_once('\n').map_or("", |parts| parts.1);
    let place = panic.location().map(ToString::to_string);
    Failed {
        error: message.into(),
        place: place.unwrap_or_default(),
        backtrace: Backtrace::force_capture().to_string(),
    }
}

impl<A: Application> Debugger<A> {
    fn call(
        &self,
        environ: &mut Environ,
        start_response: StartResponse<'_>,
    ) -> Result<Response> {
        let path = environ.get("PATH_INFO").unwrap_or_default();
        let (variables, body) = match path.starts_with("/again/") {
            true => self.again(environ)?,
            false => (environ.save(), read(environ)?),
        };
        environ.restore(variables.clone());
        environ.input = Box::new(Cursor::new(body.clone()));
        let call = || self.inner.call(environ, start_response);
        let failed = match catch_unwind(AssertUnwindSafe(call)) {
            Ok(Ok(response)) => return Ok(response),
            Ok(Err(error)) => {
                let known = Failure::find(&error);
                if known.is_some_and(|f| !f.status.starts_with('5')) {
                    return Err(error);
                }
                let place = error.location().to_string();
                Failed { error, place, backtrace: String::new() }
            }
            Err(_) => PANIC.take().ok_or("a panic without a place")?,
        };
        environ.restore(variables.clone());
        let (why, page) = self.page(&failed, environ, &body);
        let last = self.last.lock();
        *last.unwrap_or_else(PoisonError::into_inner) =
            Some((variables, body));
        let failure = Failure::new("500 Internal Server Error", why)
            .page("text/plain; charset=utf-8", page)
            .header("Cache-Control", "no-store");
        Err(failure.into())
    }

    /// The request to be sent once more, if this one may ask for it.
    fn again(&self, environ: &Environ) -> Result<Request> {
        let may_replay =
            || piece!(chapter12::may_replay)(environ, &self.token);
        if attempt(may_replay) != Some(true) {
            let reason = "it may not send a request";
            Err(Failure::new("403 Forbidden", reason))?;
        }
        let last = self.last.lock();
        let last = last.unwrap_or_else(PoisonError::into_inner);
        let none = || Failure::new("404 Not Found", "nothing failed");
        Ok(last.clone().ok_or_else(none)?)
    }

    /// Why it failed, for the log, and the page.
    fn page(
        &self,
        failed: &Failed,
        environ: &Environ,
        body: &[u8],
    ) -> (String, String) {
        let get = |name| environ.get(name).unwrap_or_default();
        let causes = || piece!(chapter12::causes)(&*failed.error);
        let why = attempt(causes).unwrap_or("12.1 panicked\n".into());
        let mut page = format!(
            "{} {} failed:\n\n{why}\nIt began at {}.\n",
            get("REQUEST_METHOD"),
            get("PATH_INFO"),
            failed.place
        );
        if !failed.backtrace.is_empty() {
            page += "\nOur functions on the way, the inmost first:\n";
            page += &way(&failed.backtrace);
        }
        page += "\nThe request:\n";
        let body = [("its body", body)];
        for (name, value) in environ.variables().into_iter().chain(body)
        {
            let value = String::from_utf8_lossy(value);
            let covered = || piece!(chapter12::covered)(name, &value);
            let shown = attempt(covered);
            let shown = shown.unwrap_or("12.4 panicked".into());
            page += &format!("  {name} = {shown}\n");
        }
        // What comes from a client is not for a shell.
        let origin = format!("http://127.0.0.1:{}", get("SERVER_PORT"));
        page += &format!(
            "\nOnce more:\n  curl -X POST -H 'Origin: {origin}' \
             {origin}/again/{}\n",
            self.token
        );
        (why.trim_end().into(), page)
    }
}

fn read(environ: &mut Environ) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    let mut input = (&mut environ.input).take(LIMIT + 1);
    if input.read_to_end(&mut body)? as u64 > LIMIT {
        let status = "413 Content Too Large";
        Err(Failure::new(status, "too much to keep"))?;
    }
    Ok(body)
}

/// The functions between this file's two: the one that notes a panic,
/// and the one that calls the application.
fn way(backtrace: &str) -> String {
    let is_ours = |file: &str| piece!(chapter12::is_ours)(file);
    let frames = || {
        let frames = piece!(chapter12::frames)(backtrace);
        let ours = frames.into_iter().filter(|frame| is_ours(frame.1));
        let way = ours
            .skip_while(|frame| is_here(frame.1))
            .take_while(|frame| !is_here(frame.1));
        let lines = way.map(|(function, file, line)| {
            format!("  {function}, line {line} of {file}\n")
        });
        lines.collect()
    };
    attempt(frames).unwrap_or("  12.2 or 12.3 panicked\n".into())
}

fn is_here(file: &str) -> bool {
    file.ends_with("mine12/debugger.rs")
}
