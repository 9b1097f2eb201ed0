//! A server as `serving.rs` has it, with a system and clients that are
//! made up, and what must be true of it in any order.

use crate::crew::{Crew, Work};
use crate::sync::{Condvar, Mutex, MutexGuard, lock, rest};
use crate::{Act, Case, Deadline, End, Next};
use shuttle::thread;
use std::collections::VecDeque;
use std::io;
use std::mem::take;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Where somebody waits to be accepted: no connection.
const LISTENER: usize = usize::MAX;

/// The operating system, and what is known of those at work.
struct System {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// On which connections something has happened.
    events: Vec<usize>,
    is_woken: bool,
    /// Who waits to be accepted.
    backlog: VecDeque<usize>,
    clients: Vec<Client>,
    is_gate_open: bool,
    /// Are newcomers refused?
    is_closed: bool,
    fault: Option<End>,
    /// How many acts are not done.
    left: usize,
    threads: usize,
    started: usize,
    missed: usize,
}

#[derive(Default)]
struct Client {
    sent: VecDeque<Act>,
    /// Does nothing follow? Of every other client this is told.
    has_ended: bool,
    is_open: bool,
    is_cut: bool,
    /// Has a thread it in hand, and the turn still that it began with?
    hand: Option<bool>,
}

/// The server's end of a connection.
pub(crate) struct Socket {
    key: usize,
    system: Arc<System>,
}

impl Socket {
    pub(crate) fn cut(&self) {
        let mut state = lock(&self.system.state);
        state.clients[self.key].is_cut = true;
        state.events.push(self.key);
        self.system.changed.notify_all();
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        lock(&self.system.state).clients[self.key].is_open = false;
        self.system.changed.notify_all();
    }
}

/// The server's part of a connection.
struct Connection {
    key: usize,
    is_idle: bool,
    until: Deadline,
}

pub(crate) struct Server {
    case: Case,
    crew: Crew<Connection, ()>,
    system: Arc<System>,
}

impl Server {
    /// Serves, with clients and somebody who ends it.
    pub(crate) fn serve(case: Case) {
        let left = case.clients.iter().map(Vec::len).sum();
        let clients = case.clients.iter().map(|_| Client::default());
        let clients = clients.collect();
        let state = State { left, clients, ..State::default() };
        let (state, changed) = (Mutex::new(state), Condvar::new());
        let system = Arc::new(System { state, changed });
        let bell = Arc::clone(&system);
        let wake = move || {
            lock(&bell.state).is_woken = true;
            bell.changed.notify_all();
        };
        let crew = Crew::new((), wake);
        crew.set_turns(case.turns);
        let server = Arc::new(Self { case, crew, system });
        assert!(server.start());
        let mut others = vec![server.spawn(Self::end)];
        for key in 0..server.case.clients.len() {
            others.push(server.spawn(move |server| server.send(key)));
        }
        let waits = matches!(server.case.end, End::Done | End::Stop);
        let limit = if waits { Duration::MAX } else { Duration::ZERO };
        let cut = server.crew.end(limit);
        assert!(!waits || cut == 0, "{cut} were cut");
        server.until(|state| state.threads == 0);
        server.change(|state| state.is_closed = true);
        others.into_iter().for_each(|other| other.join().unwrap());
        let has_failed = server.crew.finish().is_err();
        let state = server.state();
        assert_eq!(has_failed, state.fault.is_some());
        assert!(!state.clients.iter().any(|client| client.is_open));
    }

    fn spawn(
        self: &Arc<Self>,
        work: impl FnOnce(&Arc<Self>) + Send + 'static,
    ) -> thread::JoinHandle<()> {
        let server = Arc::clone(self);
        thread::spawn(move || work(&server))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.system.state)
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state());
        self.system.changed.notify_all();
    }

    /// Waits until something is so.
    fn until(&self, is_so: impl Fn(&State) -> bool) {
        let mut state = self.state();
        while !is_so(&state) {
            state = rest(&self.system.changed, state, None);
        }
    }

    fn send(&self, key: usize) {
        self.change(|state| {
            state.backlog.push_back(key);
            state.events.push(LISTENER);
        });
        let acts = &self.case.clients[key];
        for (number, act) in acts.iter().enumerate() {
            if (*act, self.case.end) == (Act::Close, End::Stop) {
                self.until(|state| state.is_closed);
            }
            self.change(|state| {
                let client = &mut state.clients[key];
                client.sent.push_back(*act);
                client.has_ended =
                    key % 2 == 1 && number + 1 == acts.len();
                state.events.push(key);
            });
        }
    }

    fn end(self: &Arc<Self>) {
        let end = self.case.end;
        if matches!(end, End::Error | End::Panic) {
            return self.change(|state| state.fault = Some(end));
        }
        let lingers = |c: &Client| c.has_ended && c.is_open;
        self.until(|state| {
            let is_served =
                state.left == 0 && !state.clients.iter().any(lingers);
            end != End::Done || is_served
        });
        self.crew.stop();
    }

    fn start(self: &Arc<Self>) -> bool {
        let mut state = self.state();
        if state.started > 0 && state.missed < self.case.missing {
            state.missed += 1;
            return false;
        }
        state.started += 1;
        state.threads += 1;
        let most = 1 + self.case.turns + self.case.count(Act::Lend);
        assert!(state.started <= most, "a thread too many");
        drop(state);
        self.spawn(|server| {
            let work = AssertUnwindSafe(|| server.work());
            let has_panicked = catch_unwind(work).is_err();
            assert!(!has_panicked || server.case.end == End::Panic);
            server.change(|state| state.threads -= 1);
        });
        true
    }

    /// What each thread does.
    fn work(self: &Arc<Self>) {
        while let Some(work) = self.crew.next(|()| self.look()) {
            for _ in 0..work.missing {
                if !self.start() {
                    self.crew.miss();
                }
            }
            let Work { key, connection: mut client, turn, .. } = work;
            self.take(key);
            let visit = AssertUnwindSafe(|| self.visit(&mut client));
            let visited = catch_unwind(visit);
            self.state().clients[key].hand = None;
            match visited {
                Ok(next) => {
                    let is_idle = client.is_idle;
                    turn.put(key, client, next, is_idle);
                }
                Err(_) => turn.lose(key),
            }
        }
    }

    fn take(&self, key: usize) {
        let mut state = self.state();
        let hand = state.clients[key].hand.replace(true);
        assert_eq!(hand, None, "a connection in two hands");
        let has_turn = |client: &&Client| client.hand == Some(true);
        let working = state.clients.iter().filter(has_turn).count();
        assert!(working <= self.case.turns, "a turn too many");
    }

    fn visit(&self, client: &mut Connection) -> Next {
        let Connection { key, is_idle, until } = client;
        let mut state = self.state();
        let act = state.clients[*key].sent.pop_front();
        let has_ended = act.is_none() && state.clients[*key].has_ended;
        drop(state);
        match act {
            Some(Act::Hold) => self.hold(*key),
            Some(Act::Lend) => self.lend(*key),
            Some(Act::Busy) => *is_idle = false,
            Some(Act::Late) => *until = Some(Instant::now()),
            _ => {}
        }
        let is_late = act.is_none() && until.is_some();
        let is_done = is_late || act.is_some_and(|a| a != Act::Late);
        let mut state = self.state();
        state.is_gate_open |= act == Some(Act::Open);
        state.left -= usize::from(is_done);
        let is_cut = state.clients[*key].is_cut;
        let is_more = !state.clients[*key].sent.is_empty();
        drop(state);
        self.system.changed.notify_all();
        match act {
            // Without the hook, which would print it.
            Some(Act::Panic) => resume_unwind(Box::new(())),
            Some(Act::Close) => Next::Leave,
            _ if is_cut || is_late || has_ended => Next::Close,
            Some(Act::Again) => Next::Again,
            _ if is_more => Next::Again,
            _ => Next::Wait(*until),
        }
    }

    fn lend(&self, key: usize) {
        self.state().clients[key].hand = Some(false);
        let _lent = self.crew.lend().unwrap();
        self.hold(key);
    }

    fn hold(&self, key: usize) {
        self.until(|s| s.is_gate_open || s.clients[key].is_cut);
    }

    /// Waits until something happens, and tells the crew. It looks by
    /// itself only if a time may be up: that hides lost wake-ups.
    fn look(&self) -> io::Result<()> {
        if self.crew.is_stopping() {
            self.change(|state| state.is_closed = true);
        }
        if self.case.count(Act::Late) > 0 && !self.crew.is_empty() {
            thread::yield_now();
        } else {
            self.until(|s| {
                let is_quiet = s.events.is_empty() && s.fault.is_none();
                s.is_woken || !is_quiet
            });
        }
        let mut state = self.state();
        state.is_woken = false;
        let (events, fault) = (take(&mut state.events), state.fault);
        let has_ended = |key: usize| {
            state.clients.get(key).is_some_and(|c| c.has_ended)
        };
        let events = events.into_iter().map(|k| (k, has_ended(k)));
        let events: Vec<_> = events.collect();
        drop(state);
        match fault {
            Some(End::Error) => return Err(io::ErrorKind::Other.into()),
            Some(_) => resume_unwind(Box::new(())),
            None => self.crew.arrived(events.into_iter()),
        }
        self.accept();
        self.crew.check(Instant::now());
        Ok(())
    }

    fn accept(&self) {
        let asks = |s: &State| !s.is_closed && !s.backlog.is_empty();
        while asks(&self.state()) && self.crew.has_room(self.case.room)
        {
            let mut state = self.state();
            let key = state.backlog.pop_front().unwrap();
            state.clients[key].is_open = true;
            if !state.clients[key].sent.is_empty() {
                state.events.push(key);
            }
            drop(state);
            let system = Arc::clone(&self.system);
            let socket = Arc::new(Socket { key, system });
            let client = Connection { key, is_idle: true, until: None };
            self.crew.add(key, socket, client, None);
        }
    }
}
