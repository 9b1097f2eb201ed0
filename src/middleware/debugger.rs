//! What went wrong: a page for each failure, and the same request once
//! more.

mod frames;
pub(crate) mod guard;
mod page;
mod report;
mod request;

pub use frames::{Frame, frames};
pub use guard::TOKEN;

use crate::error::{describe, guarded};
use crate::exchange::{self, Protocol};
use crate::input::read_all;
use crate::{
    Application, Environ, Error, Failure, Key, Layer, Response, Result,
    StartResponse, diagnostics,
};
use guard::Guard;
use page::{Html, Page};
use report::Report;
use std::cell::Cell;
use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

/// Is in the environ of each request that a debugger watches: whoever
/// makes pages for errors lets them pass then.
pub const DEBUGGER: Key<()> = Key::new("gateway.debugger");

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
/// a name of this machine, through no proxy that says so, and not if
/// the server listens at an address that others reach. Their addresses
/// have a random part, which is another in each process, or what the
/// variable [`GATEWAY_DEBUGGER`](TOKEN) says: at least 16 letters and
/// digits. In a release build there is no debugger without this
/// variable: then it is the application alone.
///
/// The variable `GATEWAY_EDITOR` makes places links:
/// `vscode://file/{file}:{line}:{column}`.
///
/// It is the outermost of middleware.
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
    let desk = Guard::new().map(|guard| Arc::new(Desk::new(guard)));
    crate::app(move |environ, start_response| {
        let Some(desk) = &desk else {
            return app.call(environ, start_response);
        };
        match desk.guard.page(environ) {
            Some(page) => {
                desk.show(&page, &app, environ)?.answer(start_response)
            }
            None => desk.watch(&app, environ, start_response),
        }
    })
}

/// How many failures are kept.
const KEPT: usize = 20;

/// The longest answer to a second try that is shown, in bytes.
const SHOWN: usize = 64 * 1024;

/// The longest form that asks for one, in bytes.
const FORM_LIMIT: u64 = 8 << 20;

/// The failures, and who may see them.
struct Desk {
    guard: Guard,
    failures: Mutex<Failures>,
}

#[derive(Default)]
struct Failures {
    count: usize,
    kept: VecDeque<Arc<Report>>,
}

thread_local! {
    /// The failure that this thread has explained last.
    static LAST: Cell<Option<Arc<Report>>> = const { Cell::new(None) };
}

impl Desk {
    fn new(guard: Guard) -> Self {
        diagnostics::catch_panics();
        Self { guard, failures: Mutex::default() }
    }

    /// Calls the application, and explains what goes wrong.
    fn watch(
        self: &Arc<Self>,
        app: &dyn Application,
        environ: &mut Environ,
        start_response: StartResponse<'_>,
    ) -> Result<Response> {
        if environ.extension(DEBUGGER).is_some() {
            return app.call(environ, start_response);
        }
        environ.insert(DEBUGGER, ());
        diagnostics::begin(environ);
        let late = Late(Arc::clone(self));
        let start: StartResponse = Box::new(|status, headers| {
            Ok(start_response(status, headers)?.layer(late))
        });
        let called = guarded(|| app.call(environ, start));
        called.map_err(|error| {
            self.explain(&error, environ).unwrap_or(error)
        })
    }

    /// The failure that is answered in the place of an error, if that
    /// is to be explained.
    fn explain(
        &self,
        error: &Error,
        environ: &mut Environ,
    ) -> Option<Error> {
        let explained = guarded(|| {
            let failure = Failure::find(error).cloned();
            let mut failure = failure.unwrap_or_else(|| {
                Failure::new(ERROR, describe(error))
            });
            if !failure.status.starts_with('5') {
                return Ok(None);
            }
            let notes = diagnostics::notes(environ);
            let report = self.keep(Report::new(error, &notes, environ));
            let number = report.number.to_string();
            let address = self.guard.address(environ, &number);
            failure.reason += &format!(", see {address}");
            if self.guard.admits(environ) {
                let page = self.page(&report, None, environ);
                failure = page.fail(failure);
            }
            Ok(Some(failure))
        });
        match explained {
            Ok(failure) => failure.map(Error::from),
            Err(own) => {
                let reason =
                    format!("{error}, and the debugger failed: {own}");
                Some(Failure::new(ERROR, reason).into())
            }
        }
    }

    /// Puts a failure to the last ones, under a number.
    fn keep(&self, mut report: Report) -> Arc<Report> {
        let failures = self.failures.lock();
        let mut failures =
            failures.unwrap_or_else(PoisonError::into_inner);
        failures.count += 1;
        report.number = failures.count;
        let report = Arc::new(report);
        failures.kept.push_front(Arc::clone(&report));
        failures.kept.truncate(KEPT);
        LAST.set(Some(Arc::clone(&report)));
        report
    }

    /// The page of a failure, beside what was said the last time.
    fn page(
        &self,
        report: &Report,
        last: Option<&str>,
        environ: &Environ,
    ) -> Page {
        let text = report.to_string();
        if !Page::is_html(environ) {
            return Page::text(text);
        }
        let mut html = Html::new(&report.error, &report.title);
        if let Some(last) = last {
            html.beside(last, &text);
        }
        html.report(report);
        let address = |page| self.guard.path(environ, page);
        match self.obstacle(report, environ) {
            Some(obstacle) => html.paragraph(&obstacle),
            None => {
                html.form(&address("again"), &report.request, &text)
            }
        }
        let origin = self.guard.origin(environ);
        if let Some(command) = request::curl(&origin, &report.request) {
            html.folded("As a command (with its secrets)", &command);
        }
        html.link(&address(""), "The last failures");
        html.page()
    }

    /// Why the same request cannot be sent again, if it cannot.
    fn obstacle(
        &self,
        report: &Report,
        environ: &Environ,
    ) -> Option<String> {
        if environ.multiprocess && !self.guard.is_given {
            return Some(format!(
                "This program runs in more than one process, and each \
                 has another token, so that this page may lead to one \
                 that does not know it. Start it with the variable \
                 {TOKEN}: at least 16 random letters and digits."
            ));
        }
        (!report.is_whole).then(|| {
            "The request's body was not kept whole: it is too long, or \
             the application has not left the rest to be read."
                .into()
        })
    }

    /// A page of our own.
    fn show(
        self: &Arc<Self>,
        page: &str,
        app: &dyn Application,
        environ: &mut Environ,
    ) -> Result<Page> {
        if page == "again" && self.guard.allows(environ) {
            return self.again(app, environ);
        }
        let failures = self.failures.lock();
        let failures = failures.unwrap_or_else(PoisonError::into_inner);
        if page.is_empty() {
            let mut html = Html::new("The last failures", "");
            for report in &failures.kept {
                let number = report.number.to_string();
                let path = self.guard.path(environ, &number);
                html.link(&path, &report.title);
            }
            return Ok(html.page());
        }
        let mut kept = failures.kept.iter();
        let is =
            |report: &&Arc<Report>| report.number.to_string() == page;
        let report = kept.find(is).cloned();
        drop(failures);
        let gone = || Failure::new("404 Not Found", "no such failure");
        let report = report.ok_or_else(gone)?;
        Ok(self.page(&report, None, environ))
    }

    /// Sends a request again, to the program as it is now.
    fn again(
        self: &Arc<Self>,
        app: &dyn Application,
        environ: &mut Environ,
    ) -> Result<Page> {
        let sent = read_all(&mut *environ.input, FORM_LIMIT)?;
        let form = request::Form::read(&sent);
        let base = environ.save();
        request::fill(&form.request, environ)?;
        LAST.set(None);
        let mut sent = Short(Vec::new());
        let watched = crate::app(|environ, start| {
            self.watch(app, environ, start)
        });
        exchange::run(&watched, environ, Protocol::Cgi, &mut sent);
        environ.restore(base);
        if let Some(report) = LAST.take() {
            return Ok(self.page(&report, Some(&form.last), environ));
        }
        let answer = String::from_utf8_lossy(&sent.0);
        let mut html = Html::new("It is answered", "");
        html.beside(&form.last, &answer);
        html.form(
            &self.guard.path(environ, "again"),
            &form.request,
            &form.last,
        );
        Ok(html.page())
    }
}

const ERROR: &str = "500 Internal Server Error";

/// Explains what goes wrong when the application has returned.
struct Late(Arc<Desk>);

impl Layer for Late {
    fn has_head(&self) -> bool {
        false
    }

    fn failed(
        &mut self,
        error: &Error,
        environ: &mut Environ,
    ) -> Option<Error> {
        self.0.explain(error, environ)
    }
}

/// The beginning of an answer. What is longer is as good as sent to a
/// client that has left.
struct Short(Vec<u8>);

impl Write for Short {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = SHOWN - self.0.len();
        if room == 0 && !bytes.is_empty() {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        let length = bytes.len().min(room);
        self.0.extend_from_slice(&bytes[..length]);
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
