//! Who works, who watches, who waits, and who sleeps.

use super::places::{Places, Rests};
use super::sync::{Condvar, Mutex, MutexGuard, lock, rest};
use super::{Deadline, Next, Socket};
use std::io::{self, ErrorKind};
use std::mem::{forget, take};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

/// The threads of a server, and its connections `C`.
///
/// A connection that waits for its client lies here, and needs no
/// thread. One thread watches them all, by the means of `W`. A turn is
/// needed to answer a request, and is lent to others in a wait for a
/// client. A thread with nothing to do watches, if none does, or sleeps.
pub(crate) struct Crew<C, W> {
    state: Mutex<State<C, W>>,
    asleep: Condvar,
    called: Condvar,
    ended: Condvar,
    /// Interrupts the thread that watches.
    wake: Box<dyn Fn() + Send + Sync>,
}

struct State<C, W> {
    /// `None` while a thread has it.
    watch: Option<W>,
    /// How often a thread has taken it.
    looks: u64,
    places: Places<C>,
    /// How many may work at a time.
    turns: usize,
    threads: usize,
    working: usize,
    /// How many have lent their turn.
    lent: usize,
    asleep: usize,
    called: Called,
    /// Are others waiting for a place?
    is_full: bool,
    is_stopping: bool,
    /// Why nobody can watch any more.
    failure: Option<io::Error>,
}

/// Which thread was called out of its sleep: one at a time.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Called {
    Nobody,
    /// A sleeper, which has not heard it yet.
    Sleeper,
    /// It has, and lingers: the watch may be taken again.
    Lingers,
    /// It need not linger.
    Awake,
}

/// A connection to be visited, and the turn to do so.
pub(crate) struct Work<'a, C, W> {
    pub(crate) key: usize,
    pub(crate) connection: C,
    pub(crate) turn: Turn<'a, C, W>,
    /// How many threads are to be started, so that one watches, and
    /// each turn that is free can be taken.
    pub(crate) missing: usize,
}

/// How many turns may be lent at a time. Beyond it a slow client is
/// given up, so that there is an end to the threads.
const MOST_LENT: usize = 2000;

/// How long a thread that was called waits for the one that left the
/// watch: to wake it takes longer than a short answer does. If the
/// answer is a long one, newcomers wait for as long as this.
const MOMENT: Duration = Duration::from_millis(5);

impl<C, W> Crew<C, W> {
    pub(crate) fn new(
        watch: W,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        let state = State {
            watch: Some(watch),
            looks: 0,
            places: Places::new(),
            turns: 1,
            threads: 1,
            working: 0,
            lent: 0,
            asleep: 0,
            called: Called::Nobody,
            is_full: false,
            is_stopping: false,
            failure: None,
        };
        Self {
            state: Mutex::new(state),
            asleep: Condvar::new(),
            called: Condvar::new(),
            ended: Condvar::new(),
            wake: Box::new(wake),
        }
    }

    /// How many may work at a time. To be said before they begin.
    pub(crate) fn set_turns(&self, turns: usize) {
        lock(&self.state).turns = turns;
    }

    /// Something to do; `None` if the thread is to end.
    ///
    /// `look` waits until something happens, and tells the crew.
    pub(crate) fn next(
        &self,
        look: impl Fn(&mut W) -> io::Result<()>,
    ) -> Option<Work<'_, C, W>> {
        let mut state = lock(&self.state);
        loop {
            if state.is_over() {
                break;
            }
            if state.can_start()
                && let Some((key, connection)) = state.places.next()
            {
                state.working += 1;
                let missing = state.missing();
                state.threads += missing;
                self.call(state);
                let turn = Turn(self);
                return Some(Work { key, connection, turn, missing });
            }
            if let Some(watch) = state.watch.take() {
                state.looks += 1;
                drop(state);
                let watch = Some(watch);
                Watching { crew: self, watch }.look(&look);
                state = lock(&self.state);
            } else if state.idle() > state.turns + 1 {
                break; // there are enough without this one
            } else {
                state = self.sleep(state);
            }
        }
        state.threads -= 1;
        None
    }

    /// Sees to it that somebody takes what is there to be done: a
    /// connection, or the watch. Lets go of the lock first, for whoever
    /// comes wants it.
    fn call(&self, mut state: MutexGuard<'_, State<C, W>>) {
        let can_start = state.can_start();
        if !can_start && state.watch.is_none() {
            return;
        }
        if state.asleep == 0 {
            drop(state);
            if can_start {
                (self.wake)();
            }
            return;
        }
        // To call in vain would cost as much.
        match state.called {
            Called::Nobody => {
                state.called = Called::Sleeper;
                drop(state);
                self.asleep.notify_one();
            }
            Called::Lingers if can_start => {
                state.called = Called::Awake;
                drop(state);
                self.called.notify_one();
            }
            _ => {}
        }
    }

    fn sleep<'a>(
        &self,
        mut state: MutexGuard<'a, State<C, W>>,
    ) -> MutexGuard<'a, State<C, W>> {
        state.asleep += 1;
        while state.called != Called::Sleeper && !state.is_over() {
            state = rest(&self.asleep, state, None);
        }
        // Who left the watch may be back in a moment, again and again.
        let mut seen = None;
        state.called = Called::Awake;
        while !state.can_start()
            && !state.is_over()
            && seen != Some(state.looks)
        {
            seen = Some(state.looks);
            state.called = Called::Lingers;
            state = rest(&self.called, state, Some(MOMENT));
        }
        state.called = Called::Nobody;
        state.asleep -= 1;
        state
    }

    /// A thread could not be started.
    pub(crate) fn miss(&self) {
        lock(&self.state).threads -= 1;
    }

    /// Gives a connection its place. One that comes too late is closed.
    pub(crate) fn add(
        &self,
        key: usize,
        socket: Arc<Socket>,
        connection: C,
        until: Deadline,
    ) {
        let mut state = lock(&self.state);
        if state.is_stopping {
            drop(state); // to close a socket takes a while
            return;
        }
        let rests = Rests { connection, until, is_idle: true };
        state.places.add(key, socket, rests);
    }

    /// Is there a place for another? If not, the watch is woken when
    /// there is.
    pub(crate) fn has_room(&self, limit: usize) -> bool {
        let mut state = lock(&self.state);
        state.is_full = state.places.count() >= limit;
        !state.is_full
    }

    /// Has nobody's time to be looked at?
    pub(crate) fn is_empty(&self) -> bool {
        lock(&self.state).places.count() == 0
    }

    /// Something has arrived on these; and is it the end, after what
    /// else there may be?
    pub(crate) fn arrived(
        &self,
        events: impl Iterator<Item = (usize, bool)>,
    ) {
        let mut state = lock(&self.state);
        events.for_each(|(key, is_end)| {
            state.places.arrived(key, is_end);
        });
    }

    /// The time is looked at.
    pub(crate) fn check(&self, now: Instant) {
        lock(&self.state).places.check(now);
    }

    fn close(
        &self,
        mut state: MutexGuard<'_, State<C, W>>,
        key: usize,
    ) {
        let place = state.places.remove(key);
        if take(&mut state.is_full) {
            (self.wake)(); // to accept another
        }
        self.end_if_over(&state);
        drop(state);
        drop(place);
    }

    /// Asks for the end: nobody new is let in, and those without a
    /// request are closed.
    pub(crate) fn stop(&self) {
        let mut state = lock(&self.state);
        state.is_stopping = true;
        let closed = state.places.remove_idle();
        self.end_if_over(&state);
        self.ended.notify_all();
        (self.wake)();
        drop(state);
        drop(closed);
    }

    pub(crate) fn is_stopping(&self) -> bool {
        lock(&self.state).is_stopping
    }

    fn end_if_over(&self, state: &State<C, W>) {
        if state.is_over() {
            (self.wake)();
            self.asleep.notify_all();
            self.ended.notify_all();
            self.called.notify_all();
        }
    }

    /// Waits for a stop, and then for those that are under way, as long
    /// as the limit says. Cuts those that are left, and counts them.
    pub(crate) fn end(&self, limit: Duration) -> usize {
        let mut state = lock(&self.state);
        while !state.is_stopping && !state.is_over() {
            state = rest(&self.ended, state, None);
        }
        let until = Instant::now().checked_add(limit);
        while !state.is_over() {
            let now = Instant::now();
            let left = until.map(|u| u.saturating_duration_since(now));
            if left == Some(Duration::ZERO) {
                break;
            }
            state = rest(&self.ended, state, left);
        }
        state.places.cut()
    }

    /// Nobody can watch any more.
    fn fail(&self, error: io::Error) {
        let mut state = lock(&self.state);
        state.failure.get_or_insert(error);
        self.end_if_over(&state);
    }

    /// Lets go of all that is left, when the threads have ended.
    ///
    /// # Errors
    ///
    /// Nobody could watch any more.
    pub(crate) fn finish(&self) -> io::Result<()> {
        let mut state = lock(&self.state);
        state.watch = None;
        state.places = Places::new();
        state.failure.take().map_or(Ok(()), Err)
    }
}

impl<C, W> State<C, W> {
    fn can_start(&self) -> bool {
        self.working < self.turns && self.places.count_ready() > 0
    }

    /// How many threads have nothing to do but to watch.
    fn idle(&self) -> usize {
        self.threads - self.working - self.lent
    }

    /// How many threads are needed besides. A crowd would come in too
    /// slowly if each newcomer's thread started but the next one's.
    fn missing(&self) -> usize {
        let free = self.turns.saturating_sub(self.working);
        let wanted = 1 + free.min(self.places.count_ready());
        wanted.saturating_sub(self.idle())
    }

    fn is_over(&self) -> bool {
        let is_stopped = self.is_stopping && self.places.count() == 0;
        is_stopped || self.failure.is_some()
    }
}

/// A turn, which is given back whatever becomes of the visit.
pub(crate) struct Turn<'a, C, W>(&'a Crew<C, W>);

impl<'a, C, W> Turn<'a, C, W> {
    /// Gives a connection back after the visit. A stop may close it
    /// while it waits, if it is idle.
    pub(crate) fn put(
        self,
        key: usize,
        connection: C,
        next: Next,
        is_idle: bool,
    ) {
        let (crew, mut state) = self.give_back();
        match next {
            Next::Wait(until) if !(state.is_stopping && is_idle) => {
                let rests = Rests { connection, until, is_idle };
                state.places.rest(key, rests);
            }
            Next::Again => state.places.again(key, connection),
            _ => crew.close(state, key),
        }
    }

    /// The connection is lost: the visit of it has panicked.
    pub(crate) fn lose(self, key: usize) {
        let (crew, state) = self.give_back();
        crew.close(state, key);
    }

    /// Whoever had it goes on to `next`, and need not be called.
    fn give_back(
        self,
    ) -> (&'a Crew<C, W>, MutexGuard<'a, State<C, W>>) {
        let crew = self.0;
        forget(self); // it is given back here
        let mut state = lock(&crew.state);
        state.working -= 1;
        (crew, state)
    }
}

impl<C, W> Drop for Turn<'_, C, W> {
    fn drop(&mut self) {
        lock(&self.0.state).working -= 1;
    }
}

impl<C, W> Crew<C, W> {
    /// Lends the turn of this thread to others while it waits.
    pub(crate) fn lend(&self) -> io::Result<Lent<'_, C, W>> {
        let mut state = lock(&self.state);
        if state.lent >= MOST_LENT {
            let reason = "too many clients are waited for";
            return Err(io::Error::new(ErrorKind::TimedOut, reason));
        }
        state.lent += 1;
        state.working -= 1;
        self.call(state);
        Ok(Lent(self))
    }
}

/// A turn that is lent, until its thread goes on. The thread does not
/// wait for a turn then: it may hold what those who have one wait for.
pub(crate) struct Lent<'a, C, W>(&'a Crew<C, W>);

impl<C, W> Drop for Lent<'_, C, W> {
    fn drop(&mut self) {
        let mut state = lock(&self.0.state);
        state.lent -= 1;
        state.working += 1;
    }
}

/// The watch, in the hands of a thread.
struct Watching<'a, C, W> {
    crew: &'a Crew<C, W>,
    watch: Option<W>,
}

impl<C, W> Watching<'_, C, W> {
    fn look(mut self, look: impl Fn(&mut W) -> io::Result<()>) {
        let looked = self.watch.as_mut().map_or(Ok(()), look);
        if let Err(error) = looked {
            self.crew.fail(error);
        }
    }
}

impl<C, W> Drop for Watching<'_, C, W> {
    fn drop(&mut self) {
        if thread::panicking() {
            let error = io::Error::other("the watch has panicked");
            self.crew.fail(error);
        }
        lock(&self.crew.state).watch = self.watch.take();
    }
}
