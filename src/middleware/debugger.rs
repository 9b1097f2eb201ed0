//! What went wrong: a page for each failure, and the same request once
//! more.

mod page;
mod report;
mod request;

use crate::diagnostics::{self, Notes};
use crate::error::describe;
use crate::exchange::{self, EXPLAIN, Protocol};
use crate::middleware::guard::{self, Guard};
use crate::{
    Application, Environ, Error, Failure, Response, Result,
    StartResponse,
};
use std::cell::Cell;
use std::io::Read;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Shows what went wrong, to who sits at the same machine, and sends
/// the same request again.
///
/// An error or a panic is answered with a page instead of a bare `500
/// Internal Server Error`: its causes, the place of the `?` that made
/// it, the functions on the way there with their source, the values
/// that [`watch!`](crate::watch) noted, the request, and its lines in
/// the log. What comes when some of the answer has been sent has a page
/// of its own, whose address is in the error log. Who accepts no HTML
/// gets it as text. A [`Failure`] that is not the server's (`404 Not
/// Found`) is an answer, and passes.
///
/// *Try again* calls the application once more with the same request,
/// or with another that was made of it, and shows what is different
/// from the last time.
///
/// Pages are shown only for a request that comes from this machine, for
/// a name of this machine, through no proxy that says so, not in
/// HTTP/1.0, and not if the server listens at an address that others
/// reach. Their addresses
/// have a random part, which is another in each process, or what the
/// variable `GATEWAY_DEBUGGER` says: at least 16 letters and
/// digits. In a release build there is no debugger without this
/// variable: then it is the application alone.
///
/// The variable `GATEWAY_EDITOR` makes places links:
/// `vscode://file/{file}:{line}:{column}`.
///
/// It is the outermost of middleware. The environ has the key
/// `gateway.debugger` below it: whoever makes pages for errors lets
/// them pass then.
///
/// ```
/// use gateway::middleware::debugger;
/// use gateway::testing;
///
/// let app = debugger(gateway::app(|_, _| {
///     let number: u32 = "two".parse()?;
///     Err(format!("{number} is not enough").into())
/// }));
/// let answer = testing::get(&app, "/page");
/// assert_eq!(answer.status, "500 Internal Server Error");
/// let report = answer.text();
/// assert!(report.contains("invalid digit found in string"));
/// assert!(report.contains("let number: u32 = \"two\".parse()?;"));
/// ```
pub fn debugger(app: impl Application) -> impl Application {
    let desk = Guard::new("debugger").map(|guard| {
        diagnostics::catch_panics();
        Arc::new(Desk { guard, failures: Mutex::default() })
    });
    crate::app(move |environ, start_response| match &desk {
        None => app.call(environ, start_response),
        Some(desk) => match desk.guard.page(environ) {
            None => desk.watch(&app, environ, start_response),
            Some(page) => {
                let page = desk.show(&page, &app, environ)?;
                let headers = page.headers.pairs();
                let started = start_response(&page.status, &headers)?;
                Ok(started.body(page.page))
            }
        },
    })
}

/// The longest answer to another try that is shown, in bytes.
const SHOWN: usize = 64 * 1024;

/// The failures, and who may see them.
struct Desk {
    guard: Guard,
    failures: Mutex<Vec<Arc<Failed>>>,
}

/// A request that has failed.
struct Failed {
    number: usize,
    report: String,
    notes: Notes,
}

thread_local! {
    /// The one that this thread has explained last.
    static LAST: Cell<Option<Arc<Failed>>> = const { Cell::new(None) };
}

impl Desk {
    /// Calls the application. What goes wrong from now on is explained
    /// to the exchange.
    fn watch(
        self: &Arc<Self>,
        app: &dyn Application,
        environ: &mut Environ,
        start_response: StartResponse<'_>,
    ) -> Result<Response> {
        if environ.extension(EXPLAIN).is_none() {
            diagnostics::begin(environ);
            let desk = Arc::clone(self);
            environ.insert(
                EXPLAIN,
                Box::new(move |e, environ| desk.explain(e, environ)),
            );
        }
        app.call(environ, start_response)
    }

    /// What is answered in the place of an error, if it is for us. The
    /// log gets the address of its page.
    fn explain(
        &self,
        error: &Error,
        environ: &mut Environ,
    ) -> Option<Error> {
        let known = Failure::find(error).cloned();
        let mut failure = known.unwrap_or_else(|| {
            Failure::new("500 Internal Server Error", describe(error))
        });
        if !failure.status.starts_with('5') {
            return None;
        }
        let notes = diagnostics::notes(environ);
        environ.restore(notes.variables.clone());
        let report = report::report(error, &notes, environ);
        let mut failures = self.lock();
        let number = failures.first().map_or(1, |f| f.number + 1);
        let failed = Arc::new(Failed { number, report, notes });
        failures.insert(0, Arc::clone(&failed));
        failures.truncate(20); // are kept
        LAST.set(Some(Arc::clone(&failed)));
        let page = self.guard.address(environ, &number.to_string());
        failure.reason += &match environ.run_once {
            true => format!("\n{}", failed.report), // no page stays
            false if failure.reason.contains('\n') => {
                format!("\nsee {page}")
            }
            false => format!(", see {page}"),
        };
        if self.guard.admits(environ) {
            failure = self.page(failure, &failed, None, environ);
        }
        Some(failure.into())
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Arc<Failed>>> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a failure's page: text, unless HTML is accepted. With what
    /// was said the last time, it shows what is different.
    fn page(
        &self,
        page: Failure,
        failed: &Failed,
        last: Option<&str>,
        environ: &Environ,
    ) -> Failure {
        let Failed { report, notes, .. } = failed;
        let accept = environ.get("HTTP_ACCEPT").unwrap_or_default();
        if !accept.contains("text/html") {
            let kind = "text/plain; charset=utf-8";
            return guard::private(page.page(kind, &**report));
        }
        let beside = last.map(|last| page::beside(last, report));
        let again = self.guard.path(environ, "again");
        let form = match (environ.multiprocess, notes.is_whole) {
            (true, _) if !self.guard.is_given => SEVERAL.into(),
            (_, false) => CUT.into(),
            _ => page::form(&again, &request::written(notes), report),
        };
        let all = self.guard.path(environ, "");
        let all = page::link(&all, "The last failures");
        let curl = notes.is_whole.then(|| request::curl(notes));
        let report = [&**report, &curl.unwrap_or_default()].concat();
        let (title, sections) = page::sections(&report);
        let beside = beside.unwrap_or_default();
        let html = [form, beside, sections, all].concat();
        guard::page(page, title, &html)
    }

    /// A page of our own.
    fn show(
        self: &Arc<Self>,
        page: &str,
        app: &dyn Application,
        environ: &mut Environ,
    ) -> Result<Failure> {
        let empty = Failure::new("200 OK", "");
        if page == "again" && self.guard.allows(environ) {
            return self.again(empty, app, environ);
        }
        let mut links = String::new();
        for failed in &*self.lock() {
            let number = failed.number.to_string();
            if number == page {
                return Ok(self.page(empty, failed, None, environ));
            }
            let (title, _) = page::sections(&failed.report);
            let path = self.guard.path(environ, &number);
            links += &page::link(&path, title);
        }
        Ok(guard::page(empty, "The last failures", &links))
    }

    /// Sends a request again, to the program as it is now.
    fn again(
        self: &Arc<Self>,
        empty: Failure,
        app: &dyn Application,
        environ: &mut Environ,
    ) -> Result<Failure> {
        let mut parts = environ.parts(16 << 20)?;
        let mut fields = [Vec::new(), Vec::new()];
        for field in &mut fields {
            if let Some(mut part) = parts.next_part()? {
                part.read_to_end(field)?;
            }
        }
        let [last, request] =
            fields.each_ref().map(|f| String::from_utf8_lossy(f));
        let before = environ.save();
        request::read(&request, environ);
        let mut shown = vec![0; SHOWN];
        let mut room = &mut shown[..];
        LAST.set(None);
        let watched = crate::app(|environ, start_response| {
            self.watch(app, environ, start_response)
        });
        exchange::run(&watched, environ, Protocol::Cgi, &mut room);
        let end = if room.is_empty() { ", up to here" } else { "" };
        let length = SHOWN - room.len();
        environ.restore(before);
        if let Some(failed) = LAST.take() {
            return Ok(self.page(empty, &failed, Some(&last), environ));
        }
        let answer = String::from_utf8_lossy(&shown[..length]);
        let path = self.guard.path(environ, "again");
        let html = page::form(&path, &request, &last)
            + &page::beside(&last, &answer);
        Ok(guard::page(empty, &format!("It is answered{end}"), &html))
    }
}

const SEVERAL: &str = "<p>To try it again from here, start the program \
    with the variable GATEWAY_DEBUGGER, 16 random letters: it runs in \
    several processes, and each has another token without.";

const CUT: &str = "<p>It cannot be tried again from here, since its \
    body is too long, or out of reach.";
