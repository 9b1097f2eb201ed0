//! A server, and whoever comes to it, on one thread and in a time of
//! their own. The crew, the watch and the sockets are the real ones:
//! whenever a thread of theirs would wait, a client acts, or time
//! passes. The same script leads to the same exchange.

use super::{
    CREW, Caller, Limits, Protocol, Server, Serving, SocketFile, clock,
};
use crate::fuzz::Chance;
use crate::{Application, ErrorLog};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::mem::take;
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use std::{env, fs, process};

pub(crate) struct World<P: 'static> {
    serving: &'static Serving<'static, P>,
    file: SocketFile,
    now: Cell<Instant>,
    clients: RefCell<Vec<Client>>,
    /// How many threads the server would have.
    threads: Cell<usize>,
    /// What those call the application with that have nothing to do.
    callers: RefCell<Vec<Caller<'static>>>,
    /// How often somebody has waited in this run.
    waits: Cell<usize>,
    /// In how many waits with a turn lent somebody else comes, to see
    /// whether it is.
    until_probe: Cell<usize>,
    /// What he sends, and what his answer contains.
    probe: (Vec<u8>, &'static str),
    fault: RefCell<Option<String>>,
    access_log: Lines,
    errors: Lines,
}

/// What a client does.
pub(crate) struct Script {
    /// How much later each piece is sent than the one before.
    pub(crate) pieces: VecDeque<(Duration, Vec<u8>)>,
    pub(crate) end: End,
}

/// What it does when all is sent.
#[derive(Debug, Clone, Copy)]
pub(crate) enum End {
    /// Says that nothing follows.
    Finish,
    /// Says nothing.
    Silence,
    /// Sends the same again and again, so often.
    Pest(&'static [u8], Duration),
}

/// What came of it.
pub(crate) struct Told {
    pub(crate) answers: Vec<u8>,
    /// The lines of both logs.
    pub(crate) access_log: String,
    pub(crate) errors: String,
    /// How long it took, on the world's clock.
    pub(crate) time: Duration,
}

/// What only a probe's line in the access log contains.
pub(crate) const PROBE: &str = "/probe";

/// The panic that an application is asked for.
pub(crate) const ASKED_FOR: &str = "as it was asked for";

/// So short that not much has to happen.
fn limits() -> Limits {
    Limits {
        body: 1 << 16,
        connections: 10,
        idle: Duration::from_secs(3),
        head: Duration::from_secs(2),
        wait: Duration::from_secs(3),
        ..Limits::default()
    }
}

/// How long a client is kept that sends no request: one that ends the
/// last one's body, is idle, and begins another, each when its time is
/// all but over. And a moment to see it.
const PATIENCE: Duration =
    Duration::from_millis(3_000 + 3_000 + 2_000 + 300);

/// How long a client is kept that has ended.
const SOON: Duration = Duration::from_millis(300);

/// No run has more waits.
const WAITS: usize = 3_000;

/// With one turn there are never more threads: one works, one has lent
/// its turn, and two have nothing to do.
const THREADS: usize = 5;

const MILLISECOND: Duration = Duration::from_millis(1);

impl<P: Protocol> World<P> {
    pub(crate) fn enter(
        app: &'static (dyn Application + Sync),
        probe: (Vec<u8>, &'static str),
    ) -> Rc<Self> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("gateway-fuzz-{}-{count}", process::id());
        let path = env::temp_dir().join(name);
        let _ = fs::remove_file(&path); // of one that was killed
        let (access_log, errors) = (Lines::default(), Lines::default());
        let server = Server::<P>::bind_unix(&path).expect("a socket");
        let server = server
            .threads(1)
            .limits(limits())
            .errors(ErrorLog::new(errors.clone()))
            .access_log(ErrorLog::new(access_log.clone()));
        // Few worlds are made in all.
        let crew: &_ = Box::leak(Box::new(server.crew));
        let settings: &_ =
            Box::leak(Box::new(Arc::new(server.settings)));
        let serving =
            Box::leak(Box::new(Serving { crew, settings, app }));
        crew.set_turns(settings.threads);
        CREW.set(Some(Arc::clone(crew)));
        let world = Rc::new(Self {
            serving,
            file: server.file.expect("a file"),
            now: Cell::new(Instant::now()),
            clients: RefCell::default(),
            threads: Cell::new(1),
            callers: RefCell::default(),
            waits: Cell::new(0),
            until_probe: Cell::new(0),
            probe,
            fault: RefCell::default(),
            access_log,
            errors,
        });
        clock::enter(Some(world.clone()));
        world
    }

    /// Stops the server, and goes back to our own time.
    pub(crate) fn leave(&self) {
        clock::enter(None);
        CREW.set(None);
        self.serving.crew.stop();
        for _ in 0..self.threads.get() {
            assert!(self.serving.next().is_none(), "a thread goes on");
        }
        self.serving.crew.finish().expect("nothing has failed");
    }

    /// A client comes, and is served until it is gone.
    pub(crate) fn run(
        &self,
        chance: &mut Chance,
        script: Script,
    ) -> Result<Told, String> {
        self.waits.set(0);
        let start = self.now.get();
        let pauses = script.pieces.iter().map(|(pause, _)| *pause);
        let limit = match script.end {
            End::Finish => SOON + pauses.sum(),
            End::Silence | End::Pest(..) => Duration::MAX,
        };
        self.until_probe.set(chance.below(6));
        let run = AssertUnwindSafe(|| {
            let client = self.serve(script);
            // The turn is there again.
            self.send_probe();
            client
        });
        let client = catch_unwind(run);
        if let Some(fault) = self.fault.take() {
            return Err(fault);
        }
        let client =
            client.unwrap_or_else(|panic| resume_unwind(panic));
        let access_log = self.access_log.take();
        let lines = access_log.lines().filter(|l| !l.contains(PROBE));
        let told = Told {
            answers: client.answers,
            access_log: lines.map(|line| format!("{line}\n")).collect(),
            errors: self.errors.take(),
            time: self.now.get() - start,
        };
        if told.time > limit {
            return Err(format!("it has ended, kept {:?}", told.time));
        }
        match told.errors.lines().find(|line| is_ours(line)) {
            Some(line) => Err(line.into()),
            None => Ok(told),
        }
    }

    /// Serves a client until it is gone, and all others with it.
    fn serve(&self, script: Script) -> Client {
        self.clients.borrow_mut().push(self.client(script));
        loop {
            self.turn();
            if self.serving.crew.is_empty() {
                break;
            }
        }
        let client = self.clients.borrow_mut().pop();
        let client = client.expect("it was there");
        if client.is_over {
            return client;
        }
        let answers = client.answers.escape_ascii();
        let read = (&client.stream).read(&mut [0]);
        self.fail(&format!(
            "a connection is not closed: {answers}, {read:?}"
        ))
    }

    /// Somebody else is served, even if one of the others waits.
    fn send_probe(&self) {
        self.until_probe.set(usize::MAX); // one is enough
        let pieces = [(Duration::ZERO, self.probe.0.clone())].into();
        let script = Script { pieces, end: End::Finish };
        let is_alone = self.serving.crew.is_empty();
        self.clients.borrow_mut().push(self.client(script));
        let is_over = || self.clients.borrow().last().unwrap().is_over;
        while !is_over() || is_alone && !self.serving.crew.is_empty() {
            self.turn();
        }
        let probe = self.clients.borrow_mut().pop();
        let answers = probe.map(|p| p.answers).unwrap_or_default();
        let answers = answers.escape_ascii().to_string();
        if !answers.contains(self.probe.1) {
            self.fail(&format!("another client gets {answers:?}"));
        }
    }

    fn client(&self, script: Script) -> Client {
        let stream =
            UnixStream::connect(&self.file.0).expect("it listens");
        stream.set_nonblocking(true).expect("an option");
        let now = self.now.get();
        Client {
            stream,
            script,
            due: Some(now),
            heard: now,
            answers: Vec::new(),
            is_over: false,
        }
    }

    /// What each thread does, once.
    fn turn(&self) {
        let mut threads = self.threads.get();
        match self.serving.next() {
            None => threads -= 1, // there are too many
            Some(work) => {
                threads += work.missing;
                self.threads.set(threads);
                let caller = self.callers.borrow_mut().pop();
                let new = || self.serving.caller();
                let mut caller = caller.unwrap_or_else(new);
                self.serving.visit(work, &mut caller);
                self.callers.borrow_mut().push(caller);
                self.receive();
                threads = self.threads.get();
            }
        }
        self.threads.set(threads);
        if self.fault.borrow().is_some() {
            self.fail("the same");
        }
        if !(1..=THREADS).contains(&threads) {
            self.fail(&format!("{threads} threads"));
        }
    }

    /// Is there anything for one of the clients?
    fn receive(&self) -> bool {
        let mut clients = self.clients.borrow_mut();
        let receive = |c: &mut Client| c.receive(self.now.get());
        clients.iter_mut().map(receive).filter(|&is| is).count() > 0
    }

    /// Ends the run: somebody else's code may be around us.
    fn fail(&self, fault: &str) -> ! {
        let mut first = self.fault.borrow_mut();
        first.get_or_insert_with(|| fault.into());
        drop(first);
        resume_unwind(Box::new("the fuzzer has found something"))
    }
}

impl<P: Protocol> clock::World for World<P> {
    fn now(&self) -> Instant {
        self.now.get()
    }

    fn go_on(&self, limit: Option<Duration>, is_lent: bool) {
        self.waits.set(self.waits.get() + 1);
        if self.waits.get() > WAITS {
            self.fail("no end");
        }
        if is_lent {
            match self.until_probe.get().checked_sub(1) {
                None => return self.send_probe(),
                Some(left) => self.until_probe.set(left),
            }
            if self.receive() {
                return; // there may be room now
            }
        }
        let mut clients = self.clients.borrow_mut();
        let next = clients.iter_mut().filter(|c| c.due.is_some());
        let next = next.min_by_key(|client| client.due);
        let until = limit.map(|limit| self.now.get() + limit);
        match (next, until) {
            (Some(client), until)
                if until
                    .is_none_or(|until| client.due < Some(until)) =>
            {
                self.now.set(self.now.get().max(client.due.unwrap()));
                client.act();
            }
            (_, Some(until)) => self.now.set(until),
            (_, None) => self.fail("a wait without an end"),
        }
        let longest = clients.iter().filter(|c| !c.is_over);
        let longest = longest.map(|c| self.now.get() - c.heard).max();
        if longest.is_some_and(|longest| longest > PATIENCE) {
            drop(clients);
            self.fail("a client is not thrown out");
        }
    }
}

/// A client, at its end.
struct Client {
    stream: UnixStream,
    script: Script,
    /// When it acts next.
    due: Option<Instant>,
    /// When it has begun something, or was answered.
    heard: Instant,
    answers: Vec<u8>,
    /// Has the server closed?
    is_over: bool,
}

impl Client {
    fn act(&mut self) {
        let now = self.due.expect("something is due");
        let Some((_, piece)) = self.script.pieces.pop_front() else {
            match self.script.end {
                End::Pest(bytes, pause) => {
                    // There may be nobody any more.
                    let _ = self.stream.write(bytes);
                    self.due = Some(now + pause);
                }
                End::Finish => {
                    let _ = self.stream.shutdown(Shutdown::Write);
                    self.due = None;
                }
                End::Silence => self.due = None,
            }
            return;
        };
        self.heard = now;
        match self.stream.write(&piece) {
            Ok(length) if length < piece.len() => {
                let rest = (MILLISECOND, piece[length..].to_vec());
                self.script.pieces.push_front(rest);
            }
            Err(e) if e.kind() == ErrorKind::WouldBlock => {
                self.script.pieces.push_front((MILLISECOND, piece));
            }
            _ => {}
        }
        let pause = self.script.pieces.front().map(|(pause, _)| *pause);
        self.due = Some(now + pause.unwrap_or_default());
        if pause.is_none() {
            self.act(); // the end comes with the last piece
        }
    }

    fn receive(&mut self, now: Instant) -> bool {
        let length = self.answers.len();
        let mut block = [0; 4096];
        while !self.is_over {
            match self.stream.read(&mut block) {
                Ok(length @ 1..) => {
                    self.answers.extend_from_slice(&block[..length]);
                    self.heard = now;
                }
                Err(e) if e.kind() == ErrorKind::WouldBlock => break,
                // A reset is an end, too.
                _ => self.is_over = true,
            }
        }
        self.answers.len() > length
    }
}

impl Script {
    /// The bytes at once, and their end.
    pub(crate) fn at_once(bytes: &[u8]) -> Self {
        let pieces = [(Duration::ZERO, bytes.to_vec())].into();
        Self { pieces, end: End::Finish }
    }

    /// The bytes in two pieces, or in many, each a little later.
    pub(crate) fn cut(chance: &mut Chance, bytes: &[u8]) -> Self {
        let pause = MILLISECOND * chance.below(20) as u32;
        let is_in_two = chance.below(2) == 0;
        let longest = bytes.len() / 15 + 1;
        let mut rest = bytes;
        let mut pieces = VecDeque::new();
        while !rest.is_empty() {
            let length = match pieces.len() {
                0 if is_in_two => chance.below(rest.len() + 1),
                _ if is_in_two => rest.len(),
                _ => rest.len().min(1 + chance.below(longest)),
            };
            let (piece, others) = rest.split_at(length);
            pieces.push_back((pause, piece.to_vec()));
            rest = others;
        }
        Self { pieces, end: End::Finish }
    }

    /// One that does not end: the bytes, and then silence, or something
    /// now and then.
    pub(crate) fn endless(
        chance: &mut Chance,
        bytes: &[u8],
        dirt: &[&'static [u8]],
    ) -> Self {
        let pause = MILLISECOND * [20, 300, 900][chance.below(3)];
        let end = match chance.below(4) {
            0 => End::Silence,
            _ => End::Pest(dirt[chance.below(dirt.len())], pause),
        };
        Self { end, ..Self::at_once(bytes) }
    }
}

/// The library must not panic, whatever is caught.
fn is_ours(line: &str) -> bool {
    line.contains("our own fault")
        || line.contains("panicked") && !line.ends_with(ASKED_FOR)
}

/// What was written into a log.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    fn take(&self) -> String {
        let lines = take(&mut *self.0.lock().expect("no panic"));
        String::from_utf8(lines).expect("text")
    }
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
