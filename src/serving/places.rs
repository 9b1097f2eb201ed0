//! Where a server's connections are.

use super::{Deadline, Socket};
use std::collections::{HashMap, VecDeque};
use std::mem::take;
use std::sync::Arc;
use std::time::Instant;

/// The connections `C` of a server. Each has a place, by its key: there
/// it rests while it waits for its client. When something arrives it
/// queues, and then a thread has it.
pub(crate) struct Places<C> {
    places: HashMap<usize, Place<C>>,
    /// What is to be visited.
    ready: VecDeque<(usize, C)>,
}

/// The place of a connection, kept for it while a thread has it.
pub(crate) struct Place<C> {
    socket: Arc<Socket>,
    rests: Option<Rests<C>>,
    /// Has something arrived while a thread had it?
    has_arrived: bool,
    /// Is nothing to follow what has arrived?
    has_ended: bool,
}

/// A connection that waits for its client, until then.
pub(crate) struct Rests<C> {
    pub(crate) connection: C,
    pub(crate) until: Deadline,
    /// May a stop close it?
    pub(crate) is_idle: bool,
}

impl<C> Places<C> {
    pub(crate) fn new() -> Self {
        Self { places: HashMap::new(), ready: VecDeque::new() }
    }

    pub(crate) fn count(&self) -> usize {
        self.places.len()
    }

    pub(crate) fn count_ready(&self) -> usize {
        self.ready.len()
    }

    pub(crate) fn add(
        &mut self,
        key: usize,
        socket: Arc<Socket>,
        rests: Rests<C>,
    ) {
        let (has_arrived, has_ended) = (false, false);
        let rests = Some(rests);
        let place = Place { socket, rests, has_arrived, has_ended };
        self.places.insert(key, place);
    }

    /// The one that has been ready for longest, for a visit.
    pub(crate) fn next(&mut self) -> Option<(usize, C)> {
        self.ready.pop_front()
    }

    /// Takes one back that may have more to do. It has to queue, so
    /// that nobody keeps a thread.
    pub(crate) fn again(&mut self, key: usize, connection: C) {
        self.ready.push_back((key, connection));
    }

    /// Takes one back that waits for its client.
    pub(crate) fn rest(&mut self, key: usize, rests: Rests<C>) {
        if let Some(place) = self.places.get_mut(&key) {
            place.rests = Some(rests);
            if take(&mut place.has_arrived) || place.has_ended {
                self.arrived(key, false);
            }
        }
    }

    /// Something has arrived. Who has ended is visited until it is
    /// closed: a visit may be content with what comes before the end,
    /// which is told of once.
    pub(crate) fn arrived(&mut self, key: usize, is_end: bool) {
        let Some(place) = self.places.get_mut(&key) else { return };
        place.has_ended |= is_end;
        match place.rests.take() {
            Some(rests) => {
                self.ready.push_back((key, rests.connection))
            }
            None => place.has_arrived = true,
        }
    }

    /// Those whose time is up are visited, too.
    pub(crate) fn check(&mut self, now: Instant) {
        let is_late = |place: &Place<C>| {
            let until = place.rests.as_ref().and_then(|r| r.until);
            until.is_some_and(|until| until <= now)
        };
        let late = self.places.iter().filter(|(_, p)| is_late(p));
        let late: Vec<usize> = late.map(|(key, _)| *key).collect();
        late.into_iter().for_each(|key| self.arrived(key, false));
    }

    /// Lets a place go, which is dropped by the caller: to close a
    /// socket takes a while.
    pub(crate) fn remove(&mut self, key: usize) -> Option<Place<C>> {
        self.places.remove(&key)
    }

    /// Lets all go that are idle.
    pub(crate) fn remove_idle(&mut self) -> Vec<(usize, Place<C>)> {
        let is_idle = |place: &mut Place<C>| {
            place.rests.as_ref().is_some_and(|rests| rests.is_idle)
        };
        self.places.extract_if(|_, place| is_idle(place)).collect()
    }

    /// Ends all that are left, and counts those that do not rest.
    pub(crate) fn cut(&self) -> usize {
        let left = self.places.values();
        left.clone().for_each(|place| place.socket.cut());
        left.filter(|place| place.rests.is_none()).count()
    }
}
