//! One application where another finds nothing.

use crate::{Application, Failure, Response, Result, StartResponse};
use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read};
use std::mem;
use std::rc::Rc;
use std::sync::{Arc, Mutex};

/// Asks one application, and if it says 404, another. More are asked by
/// nesting: `first_found(a, first_found(b, c))`.
///
/// A 404 is said to `start_response`, or by a [`Failure`]. The second
/// finds the environ's variables as the first did; what that has put
/// under a [`Key`](crate::Key) stays. What the last says is the answer,
/// whatever it says.
///
/// The first must say it before it takes anything that cannot be put
/// back. If it has read some of the request's body, or started an
/// answer with another status, its 404 is the answer.
///
/// ```
/// use gateway::middleware::first_found;
/// use gateway::{Failure, testing};
///
/// let empty = gateway::app(|_, _| {
///     Err(Failure::new("404 Not Found", "there is nothing").into())
/// });
/// let hello = gateway::app(|_, start_response| {
///     let text = [("Content-Type", "text/plain")];
///     Ok(start_response("200 OK", &text)?.body("Hello"))
/// });
/// let answer = testing::get(&first_found(empty, hello), "/");
/// assert_eq!(answer.text(), "Hello");
/// assert_eq!(answer.log, "");
/// ```
pub fn first_found(
    first: impl Application,
    second: impl Application,
) -> impl Application {
    crate::app(move |environ, start_response| {
        let saved = environ.save();
        let none = Box::new(io::empty());
        let input = Lent::new(mem::replace(&mut environ.input, none));
        environ.input = Box::new(BufReader::new(input.clone()));
        let ours = Rc::new(Cell::new(Some(start_response)));
        let (theirs, body) = (Rc::clone(&ours), input.clone());
        let start: StartResponse = Box::new(move |status, headers| {
            if status.starts_with("404 ") && body.is_whole() {
                return Err(Failure::new(status, NOT_HERE).into());
            }
            let start_response = theirs.take();
            start_response.ok_or(TOO_LATE)?(status, headers)
        });
        let result = first.call(environ, start);
        if !says_404(&result) {
            return result;
        }
        match (ours.take(), input.take_back()) {
            (Some(start_response), Some(input)) => {
                environ.restore(saved);
                environ.input = input;
                second.call(environ, start_response)
            }
            _ => result,
        }
    })
}

const NOT_HERE: &str = "the next application is asked";
const TOO_LATE: &str = "start_response outlives the call";

fn says_404(result: &Result<Response>) -> bool {
    let failure = result.as_ref().err().and_then(Failure::find);
    failure.is_some_and(|no| no.status.starts_with("404 "))
}

/// The request's body, lent to an application.
#[derive(Clone)]
struct Lent(Arc<Mutex<Input>>);

struct Input {
    source: Box<dyn BufRead + Send>,
    is_whole: bool,
}

impl Lent {
    fn new(source: Box<dyn BufRead + Send>) -> Self {
        Self(Arc::new(Mutex::new(Input { source, is_whole: true })))
    }

    /// Is nothing read of it? If it is locked, a thread of the
    /// application's is about to.
    fn is_whole(&self) -> bool {
        self.0.try_lock().is_ok_and(|input| input.is_whole)
    }

    /// Takes it back if it is whole, wherever the application has put
    /// its end of it.
    fn take_back(&self) -> Option<Box<dyn BufRead + Send>> {
        let mut input = self.0.try_lock().ok()?;
        let none = Box::new(io::empty());
        input.is_whole.then(|| mem::replace(&mut input.source, none))
    }
}

impl Read for Lent {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let mut input = self.0.lock().map_err(|_| GONE)?;
        let read = input.source.read(to)?;
        input.is_whole &= read == 0;
        Ok(read)
    }
}

/// A thread of the application's has panicked while it read.
const GONE: io::ErrorKind = io::ErrorKind::Other;
