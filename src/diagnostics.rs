//! What is noted of the request under way, in the thread that serves
//! it: for whoever has to explain what became of it.

use crate::middleware::guard::covered;
use crate::trace::Trace;
use crate::{Environ, Variables};
use std::cell::{Cell, RefCell};
use std::fmt::Debug;
use std::io::{self, BufRead, Read};
use std::mem;
use std::panic::{self, AssertUnwindSafe, Location, catch_unwind};
use std::sync::Once;

/// The longest that is kept of an input and a log, in bytes, and of a
/// value, in characters.
pub(crate) const INPUT_LIMIT: usize = 1 << 20;
const LOG_LIMIT: usize = 64 * 1024;
const VALUE_LIMIT: usize = 1000;
const VALUES_LIMIT: usize = 100;

/// All that is noted of one request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Notes {
    /// The variables as they were in the beginning.
    pub variables: Variables,
    /// What was read of the input, if it is not too long.
    pub input: Vec<u8>,
    /// How much of it the application has read.
    pub read: usize,
    /// Is that all that the client has sent? Until the notes are made:
    /// was its end seen?
    pub is_whole: bool,
    /// Its lines in the error log.
    pub log: String,
    /// What [`watch!`](crate::watch) was given.
    pub values: Vec<String>,
}

impl Notes {
    /// An environ with the variables of the beginning.
    pub fn environ(&self) -> Environ {
        let mut environ = Environ::new();
        environ.restore(self.variables.clone());
        environ
    }
}

thread_local! {
    static IS_ON: Cell<bool> = const { Cell::new(false) };
    static NOTES: RefCell<Notes> = RefCell::default();
    static PANIC: Cell<Option<Trace>> = const { Cell::new(None) };
}

/// Begins the notes of a request. From now on errors that are made in
/// this thread know how the program got to them.
pub(crate) fn begin(environ: &mut Environ) {
    IS_ON.set(true);
    PANIC.set(None); // of one that was caught
    let has_body = environ.has_body();
    note(|notes| {
        environ.save_to(&mut notes.variables);
        notes.is_whole = !has_body;
        notes.input.clear();
        notes.log.clear();
        notes.values.clear();
    });
    tee(environ, note_input);
}

/// What was noted, and the rest of the input, as far as it is kept.
pub(crate) fn notes(environ: &mut Environ) -> Notes {
    note(|notes| notes.read = notes.input.len());
    // It goes through the tee, if that is still there: what else may
    // stand in its place was read before.
    let mut rest = (&mut environ.input).take(INPUT_LIMIT as u64);
    // What cannot be read is not whole, and that is seen below.
    let _ = io::copy(&mut rest, &mut io::sink());
    let length = environ.get("CONTENT_LENGTH");
    let length = length.and_then(|length| length.parse().ok());
    note(|notes| {
        let kept = notes.input.len();
        let is_whole = length.map(|length: usize| length == kept);
        notes.is_whole =
            kept < INPUT_LIMIT && is_whole.unwrap_or(notes.is_whole);
    });
    NOTES.with_borrow(Notes::clone)
}

fn note(change: impl FnOnce(&mut Notes)) {
    NOTES.with_borrow_mut(change);
}

/// Notes a line of the error log.
pub(crate) fn log(line: &str) {
    if IS_ON.get() {
        note(|notes| {
            let room = LOG_LIMIT.saturating_sub(notes.log.len());
            notes.log.extend(line.chars().take(room));
        });
    }
}

/// Has panics noted, in threads that take notes; what was done about
/// them before is done, too.
pub(crate) fn catch_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if let Some(at) = info.location() {
                PANIC.set(trace(at));
            }
            before(info);
        }));
    });
}

/// The way to the panic that was caught just now.
pub(crate) fn last_panic() -> Option<Trace> {
    PANIC.take()
}

/// The way to here, if this thread takes notes.
pub(crate) fn trace(at: &Location<'_>) -> Option<Trace> {
    IS_ON.get().then(|| Trace::here(at))
}

/// What was read; nothing, at the end.
fn note_input(bytes: &[u8]) {
    note(|notes| {
        notes.is_whole |= bytes.is_empty();
        let room = INPUT_LIMIT - notes.input.len();
        notes.input.extend_from_slice(&bytes[..bytes.len().min(room)]);
    });
}

/// Has noted what is read of the input from now on, and at its end
/// nothing.
pub(crate) fn tee(
    environ: &mut Environ,
    note: impl FnMut(&[u8]) + Send + 'static,
) {
    if environ.has_body() {
        let input =
            mem::replace(&mut environ.input, Box::new(io::empty()));
        environ.input = Box::new(Tee(input, note));
    }
}

struct Tee<N>(Box<dyn BufRead + Send>, N);

impl<N: FnMut(&[u8])> Read for Tee<N> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.0.read(buffer)?;
        if !buffer.is_empty() {
            (self.1)(&buffer[..read]);
        }
        Ok(read)
    }
}

impl<N: FnMut(&[u8])> BufRead for Tee<N> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let bytes = self.0.fill_buf()?;
        if bytes.is_empty() {
            (self.1)(bytes);
        }
        Ok(bytes)
    }

    fn consume(&mut self, length: usize) {
        // It is there already, and does not have to be waited for.
        if length > 0
            && let Ok(bytes) = self.0.fill_buf()
        {
            (self.1)(&bytes[..length.min(bytes.len())]);
        }
        self.0.consume(length);
    }
}

/// Notes values, for the page that the
/// [`debugger`](crate::middleware::debugger()) makes if the request
/// fails: their names, and what `{:?}` writes of them, a thousand
/// characters at most; and a hundred values. One whose name or text
/// speaks of a secret is covered.
///
/// Without a debugger it does nothing, and costs a nanosecond. A value
/// that panics when it is written does no harm.
///
/// ```
/// use gateway::middleware::debugger;
/// use gateway::{testing, watch};
///
/// let app = debugger(gateway::app(|environ, _| {
///     let query = environ.get("QUERY_STRING").unwrap_or_default();
///     watch!(query);
///     Err("not today".into())
/// }));
/// let report = testing::get(&app, "/?page=2").text().into_owned();
/// assert!(report.contains("query = \"page=2\""));
/// ```
#[macro_export]
macro_rules! watch {
    ($($value:expr),+ $(,)?) => {
        if $crate::is_watched() {
            $($crate::watched(stringify!($value), &$value);)+
        }
    };
}

#[doc(hidden)]
pub fn is_watched() -> bool {
    IS_ON.get()
}

#[doc(hidden)]
#[track_caller]
pub fn watched(name: &str, value: &dyn Debug) {
    let at = Location::caller();
    let write = AssertUnwindSafe(|| format!("{value:?}"));
    let text = catch_unwind(write);
    let text = text.unwrap_or("a value that panics".into());
    let text: String = text.chars().take(VALUE_LIMIT).collect();
    note(|notes| {
        if notes.values.len() < VALUES_LIMIT {
            let (file, line) = (at.file(), at.line());
            let text = covered(name, &text);
            let value = format!("{name} = {text}, at {file}:{line}");
            notes.values.push(value);
        }
    });
}
