//! The book and the chapters' programs, served by the gateway's own
//! server: by one for each, since they are two origins.

use crate::live::site::Site;
use crate::live::{THREADS, THREADS_OF_OTHERS};
use gateway::http::{Limits, Server};
use gateway::middleware::debugger;
use gateway::{Application, Environ, StartResponse};
use std::io::{self, ErrorKind};
use std::thread;
use std::time::Duration;

/// Where the book is served unless something else is asked for.
pub const DEFAULT_PORT: u16 = 3000;

/// Where the chapters' programs are then.
pub const PROGRAMS_PORT: u16 = 3001;

/// How long a stop waits for requests that are under way.
const STOP: Duration = Duration::from_secs(1);

/// Where both are.
#[derive(Clone, Copy)]
pub struct Ports {
    pub book: u16,
    pub programs: u16,
}

pub struct Servers {
    book: Server,
    programs: Server,
}

/// Listens on this machine only. The usual ports may be taken, for then
/// others do as well; a port that was asked for must be had.
pub fn listen(asked: Option<u16>) -> Result<Servers, String> {
    let book = match asked {
        Some(port) => bind(port).map_err(|e| explain(port, &e))?,
        None => bind_or_any(DEFAULT_PORT, || {
            eprintln!("Port {DEFAULT_PORT} is taken; here is another.");
        })?,
    };
    let programs = match asked {
        Some(_) => bind(0).map_err(|e| explain(0, &e))?,
        None => bind_or_any(PROGRAMS_PORT, || {})?,
    };
    Ok(Servers {
        book: book.threads(THREADS),
        programs: programs.threads(THREADS_OF_OTHERS),
    })
}

fn bind(port: u16) -> io::Result<Server> {
    // At a stop all programs are ended, so this is for clients.
    let limits = Limits { stop: STOP, ..Limits::default() };
    Ok(Server::bind(("127.0.0.1", port))?.limits(limits))
}

fn bind_or_any(
    usual: u16,
    is_taken: impl FnOnce(),
) -> Result<Server, String> {
    match bind(usual) {
        Ok(server) => Ok(server),
        Err(e) if e.kind() == ErrorKind::AddrInUse => {
            is_taken();
            bind(0).map_err(|e| explain(0, &e))
        }
        Err(e) => Err(explain(usual, &e)),
    }
}

fn explain(port: u16, error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::AddrInUse => format!(
            "127.0.0.1:{port} is taken by another program; stop that \
             one, or choose another with --port N (0 takes any)"
        ),
        _ => format!("cannot listen at 127.0.0.1:{port}: {error}"),
    }
}

impl Servers {
    pub fn ports(&self) -> Ports {
        Ports {
            book: self.book.address().port(),
            programs: self.programs.address().port(),
        }
    }

    /// What stops both.
    pub fn stopper(&self) -> impl Fn() + Send + 'static {
        let stoppers = [self.book.stopper(), self.programs.stopper()];
        move || stoppers.iter().for_each(gateway::http::Stopper::stop)
    }

    /// Serves until they are stopped.
    pub fn serve(self, site: &Site) -> io::Result<()> {
        let stop = self.stopper();
        let run =
            gateway::app(|environ, start| site.run(environ, start));
        let shown = debugger(&run);
        let programs = gateway::app(|environ, start| {
            // To who copied a command, the answer is that of the page.
            let inner: &dyn Application = match is_browser(environ) {
                true => &shown,
                false => &run,
            };
            site.guarded(inner, environ, start)
        });
        let book =
            |environ: &mut Environ,
             start_response: StartResponse<'_>| {
                site.answer(environ, start_response)
            };
        thread::scope(|scope| {
            scope.spawn(|| {
                if let Err(e) = self.programs.serve(programs) {
                    eprintln!("error: the programs' server ended: {e}");
                }
            });
            let served = self.book.serve(book);
            stop();
            served
        })
    }
}

/// A page that went wrong is shown to who can read one.
fn is_browser(environ: &Environ) -> bool {
    let accept = environ.get("HTTP_ACCEPT").unwrap_or_default();
    accept.contains("text/html")
}

/// Opens a page in the reader's browser.
pub fn open(address: &str) {
    let program = match std::env::consts::OS {
        "macos" => "open",
        "windows" => "explorer",
        _ => "xdg-open",
    };
    let mut command = std::process::Command::new(program);
    if let Err(e) = command.arg(address).spawn() {
        eprintln!("{program} does not start ({e}); open {address}");
    }
}
