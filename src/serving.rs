//! What our servers share: connections that wait for their clients and
//! need no thread, a bounded number of requests at work, slow clients,
//! and the end.

mod buffer;
mod client;
#[cfg_attr(test, path = "../tests/fuzz/clock.rs")]
mod clock;
mod crew;
mod patience;
mod places;
mod socket;
mod sync;
mod watch;
#[cfg(test)]
#[path = "../tests/fuzz/world.rs"]
pub(crate) mod world;

use crate::access_log::Entry;
use crate::exchange::Outcome;
use crate::{Application, Environ, ErrorLog, program};
pub(crate) use buffer::Buffer;
use client::Client;
use clock::now;
use crew::Work;
pub(crate) use patience::Patience;
pub(crate) use socket::{Listener, Socket};
use std::cell::{Cell, RefCell};
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr, ToSocketAddrs};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Weak};
use std::thread::{Builder, Scope, scope};
use std::time::{Duration, Instant};
use std::{fmt, fs};
pub(crate) use sync::lock;
use watch::Watch;

/// A server that is listening: [`http::Server`](crate::http::Server) or
/// [`fastcgi::Server`](crate::fastcgi::Server).
pub struct Server<P> {
    crew: Arc<Crew>,
    address: SocketAddr,
    file: Option<SocketFile>,
    pub(crate) settings: Settings<P>,
}

/// What is said of a server before it serves.
pub(crate) struct Settings<P> {
    pub(crate) threads: usize,
    pub(crate) around_work: Around,
    pub(crate) around_waits: Around,
    pub(crate) limits: Limits,
    pub(crate) errors: ErrorLog,
    pub(crate) access_log: Option<ErrorLog>,
    /// Does it listen where other machines reach it?
    pub(crate) is_open: bool,
    /// What its protocol alone has.
    pub(crate) own: P,
}

impl<P> Settings<P> {
    /// Writes the line of an answer into the access log.
    pub(crate) fn log(&self, entry: Option<Entry>, outcome: &Outcome) {
        if let (Some(log), Some(entry)) = (&self.access_log, entry) {
            entry.write(log, outcome);
        }
    }
}

/// A function around what a thread does, which it calls once.
pub type Around = fn(&mut (dyn FnMut() + Send));

/// A protocol, to which a server's connections belong.
pub(crate) trait Protocol:
    Default + Send + Sync + 'static
{
    /// What a client may ask, unless it is said.
    fn limits() -> Limits;

    /// What is to be done before a program serves.
    fn prepare(server: Server<Self>) -> io::Result<Server<Self>> {
        Ok(server)
    }

    /// What a program says when it listens.
    fn says(&self, place: &str) -> Option<String>;

    /// A client has come; `None` if it is not let in.
    fn open(
        settings: &Arc<Settings<Self>>,
        socket: Arc<Socket>,
        peer: Option<SocketAddr>,
    ) -> Option<(Box<dyn Connection>, Deadline)>;
}

/// How much a client may ask of a [`Server`]. The greatest value of a
/// limit means that there is none, and zero that nothing is waited for;
/// of connections there may be one at least.
///
/// ```
/// let limits = gateway::http::Limits {
///     body: 1 << 20,
///     ..Default::default()
/// };
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The longest request body, in bytes.
    pub body: u64,
    /// How many connections are held at a time. Others wait to be
    /// accepted.
    pub connections: usize,
    /// How long a connection without a request is kept.
    pub idle: Duration,
    /// How long a request's head may take, from its first byte on.
    pub head: Duration,
    /// How long a client may keep a thread waiting, for a body or with
    /// an answer. Each 1000 bytes that get through are worth a second;
    /// those of an answer may earn ten minutes in advance, since nobody
    /// can see how many of them the client has read.
    pub wait: Duration,
    /// How long a stop waits for the requests that are under way.
    pub stop: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 1 << 30,
            connections: 20_000,
            idle: Duration::from_secs(60),
            head: Duration::from_secs(10),
            wait: Duration::from_secs(60),
            stop: Duration::from_secs(10),
        }
    }
}

/// Stops a [`Server`] from another thread.
#[derive(Debug, Clone)]
pub struct Stopper(Weak<Crew>);

impl Stopper {
    /// Lets [`Server::serve`] return when the requests that are under
    /// way are answered. New connections are refused from now on.
    pub fn stop(&self) {
        if let Some(crew) = self.0.upgrade() {
            crew.stop();
        }
    }
}

type Crew = crew::Crew<Client, Watch>;

/// A connection, as its protocol has it.
pub(crate) trait Connection: Send {
    /// Takes bytes that have come.
    fn take(&mut self, bytes: &[u8]);

    /// Does what can be done with them: one request at most.
    fn go_on(&mut self, caller: &mut Caller<'_>) -> Next;

    /// More should have come by now.
    fn give_up(&mut self, caller: &mut Caller<'_>) -> Next;
}

/// What a thread calls an application with.
pub(crate) struct Caller<'a> {
    pub(crate) app: &'a dyn Application,
    /// The same for all requests: its memory is used again.
    pub(crate) environ: Environ,
    /// Where is read to.
    block: Box<[u8; BLOCK]>,
}

/// What becomes of a connection after a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// More has to come, by then. All that has come was taken.
    Wait(Deadline),
    /// The last answer is sent.
    Leave,
    /// There may be more to do.
    Again,
    Close,
}

/// When a time is up; `None` for never.
pub(crate) type Deadline = Option<Instant>;

/// From now on. No limit is none, however it is written.
pub(crate) fn within(limit: Duration) -> Deadline {
    now().checked_add(limit)
}

pub(crate) fn is_over(until: Deadline) -> bool {
    until.is_some_and(|until| until <= now())
}

thread_local! {
    /// Whose turn this thread has.
    static CREW: RefCell<Option<Arc<Crew>>> = const {
        RefCell::new(None)
    };
    /// What is around its waits.
    static AROUND: Cell<Around> = const { Cell::new(|wait| wait()) };
}

/// Waits for a client. If the thread has a turn, and is not one of the
/// application's own, others have it meanwhile.
fn lending<T>(wait: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    let crew = CREW.with_borrow(Clone::clone);
    let _lent = crew.as_ref().map(|crew| crew.lend()).transpose()?;
    wait()
}

/// How much is read at a time, in bytes.
pub(crate) const BLOCK: usize = 8192;

impl<P> fmt::Debug for Server<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Server({:?})", self.address)
    }
}

#[allow(private_bounds)] // which protocols there are is ours to say
impl<P: Protocol> Server<P> {
    /// Listens at an address, such as `127.0.0.1:8000`; port 0 takes
    /// one that is free.
    ///
    /// # Errors
    ///
    /// The address cannot be had, most often because another program
    /// is listening there.
    pub fn bind(address: impl ToSocketAddrs) -> io::Result<Self> {
        Self::listen(Listener::tcp(address)?)
    }

    /// Listens at a Unix socket: a file that must not be there yet, and
    /// that is removed at the end.
    ///
    /// # Errors
    ///
    /// The file cannot be made.
    #[cfg(unix)]
    pub fn bind_unix(path: impl AsRef<Path>) -> io::Result<Self> {
        let path = path.as_ref();
        let mut server = Self::listen(Listener::unix(path)?)?;
        server.file = Some(SocketFile(path.to_path_buf()));
        Ok(server)
    }

    pub(crate) fn listen(listener: Listener) -> io::Result<Self> {
        let nowhere = (Ipv4Addr::UNSPECIFIED, 0).into();
        let address = listener.address();
        let is_open = address
            .is_some_and(|a| !a.ip().to_canonical().is_loopback());
        let address = address.unwrap_or(nowhere);
        let (watch, waker) = Watch::new(listener)?;
        let wake = move || {
            // If that cannot be done, the next look is soon.
            let _ = waker.wake();
        };
        let settings = Settings {
            threads: 4,
            around_work: |work| work(),
            around_waits: |wait| wait(),
            limits: P::limits(),
            errors: ErrorLog::stderr(),
            access_log: None,
            is_open,
            own: P::default(),
        };
        let crew = Arc::new(Crew::new(watch, wake));
        Ok(Self { crew, address, file: None, settings })
    }

    /// The address that it listens at; `0.0.0.0:0`, which is none, if
    /// that is a Unix socket.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many requests are served at a time: 4 unless this is said,
    /// and 1 at least. One that waits for its client does not count, so
    /// an application may be called from more threads.
    pub fn threads(mut self, threads: usize) -> Self {
        self.settings.threads = threads.max(1);
        self
    }

    /// For an application with a lock that its threads hold, such as
    /// Python's: each of ours works inside of one function, which takes
    /// the lock, and waits inside of another, which lets go of it
    /// meanwhile. Both call what they are given, once.
    pub fn around_threads(
        mut self,
        work: Around,
        wait: Around,
    ) -> Self {
        self.settings.around_work = work;
        self.settings.around_waits = wait;
        self
    }

    /// Where messages go that belong to no request, and under HTTP
    /// `wsgi.errors`: standard error unless this is said.
    pub fn errors(mut self, errors: ErrorLog) -> Self {
        self.settings.errors = errors;
        self
    }

    /// Where a line for each request goes, in the common log format;
    /// nowhere unless this is said.
    pub fn access_log(mut self, log: ErrorLog) -> Self {
        self.settings.access_log = Some(log);
        self
    }

    /// How much a client may ask.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.settings.limits = limits;
        self
    }

    /// A handle that stops it.
    pub fn stopper(&self) -> Stopper {
        Stopper(Arc::downgrade(&self.crew))
    }

    /// Serves until it is stopped. The requests that are under way
    /// then are answered, if that can be done within the limit; other
    /// connections are closed.
    ///
    /// # Errors
    ///
    /// The system cannot be asked what has arrived; a thread cannot be
    /// had; or some requests were cut short by a stop.
    pub fn serve(self, app: impl Application + Sync) -> io::Result<()> {
        let settings = Arc::new(self.settings);
        self.crew.set_turns(settings.threads);
        let serving = Serving {
            crew: &self.crew,
            settings: &settings,
            app: &app,
        };
        let cut = scope(|scope| {
            serving.start(scope)?;
            Ok::<_, io::Error>(self.crew.end(settings.limits.stop))
        })?;
        self.crew.finish()?;
        match cut {
            0 => Ok(()),
            _ => Err(io::Error::other(format!(
                "{cut} requests under way were cut short by the stop"
            ))),
        }
    }

    /// Serves until Ctrl-C or SIGTERM, as a program's `main` does: it
    /// says where it listens, and ends with an error if a request was
    /// cut short, or still is not over some seconds after the limit.
    pub fn run(self, app: impl Application + Sync) -> ExitCode {
        let served = P::prepare(self).and_then(|server| {
            let stopper = server.stopper();
            let limit = server.settings.limits.stop;
            program::on_signal(limit, move || stopper.stop());
            let place = match &server.file {
                Some(SocketFile(path)) => path.display().to_string(),
                None => server.address.to_string(),
            };
            if let Some(line) = server.settings.own.says(&place) {
                program::say(&mut io::stdout(), &line);
            }
            server.serve(app)
        });
        program::exit_code(served)
    }
}

/// The file of a Unix socket, which is ours to remove.
struct SocketFile(PathBuf);

impl Drop for SocketFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0); // it may be gone already
    }
}

/// A server at work.
struct Serving<'a, P> {
    crew: &'a Arc<Crew>,
    settings: &'a Arc<Settings<P>>,
    app: &'a (dyn Application + Sync),
}

impl<P: Protocol> Serving<'_, P> {
    fn start<'s>(&'s self, scope: &'s Scope<'s, '_>) -> io::Result<()> {
        let work = move || {
            (self.settings.around_work)(&mut || self.work(scope));
        };
        Builder::new().spawn_scoped(scope, work).map(drop)
    }

    /// What each thread does.
    fn work<'s>(&'s self, scope: &'s Scope<'s, '_>) {
        CREW.set(Some(Arc::clone(self.crew)));
        AROUND.set(self.settings.around_waits);
        let mut caller = self.caller();
        while let Some(work) = self.next() {
            for _ in 0..work.missing {
                if let Err(error) = self.start(scope) {
                    self.crew.miss();
                    let line = format!("no thread to be had: {error}");
                    say(&self.settings.errors, &line);
                }
            }
            self.visit(work, &mut caller);
        }
        CREW.set(None);
    }

    fn caller(&self) -> Caller<'_> {
        let environ = Environ::new();
        Caller { app: self.app, environ, block: Box::new([0; BLOCK]) }
    }

    /// What is to be done; `None` if the thread is to end.
    fn next(&self) -> Option<Work<'_, Client, Watch>> {
        let mut next = None;
        (self.settings.around_waits)(&mut || {
            next = self.crew.next(|watch| watch.look(self));
        });
        next
    }

    /// Visits a client, and puts it back into its place.
    fn visit<'s>(
        &'s self,
        work: Work<'_, Client, Watch>,
        caller: &mut Caller<'s>,
    ) {
        let Work { key, connection: mut client, turn, .. } = work;
        let visit = AssertUnwindSafe(|| client.visit(caller));
        match catch_unwind(visit) {
            Ok(next) => {
                let is_idle = client.is_idle();
                turn.put(key, client, next, is_idle);
            }
            Err(_) => {
                turn.lose(key);
                *caller = self.caller();
                let line = "a connection is lost: our own fault";
                say(&self.settings.errors, line);
            }
        }
    }
}

/// A line for the error log.
pub(crate) fn say(errors: &ErrorLog, line: &str) {
    // Nobody is left to be told that a log cannot be written.
    let _ = writeln!(errors.clone(), "{line}");
}
