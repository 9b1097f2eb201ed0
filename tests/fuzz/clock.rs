//! In place of src/serving/clock.rs. A thread that has entered a world
//! of the fuzzer's has that world's time; to wait there lets the world
//! go on, and takes none in truth.

use mio::net::TcpStream;
use mio::{Events, Poll};
use rustix::event::{PollFd, PollFlags, poll};
use std::cell::RefCell;
use std::io;
use std::rc::Rc;
use std::time::{Duration, Instant};

pub(crate) trait World {
    fn now(&self) -> Instant;

    /// Lets something happen, or so much time pass. Has the thread lent
    /// its turn?
    fn go_on(&self, limit: Option<Duration>, is_lent: bool);
}

thread_local! {
    static WORLD: RefCell<Option<Rc<dyn World>>> = const {
        RefCell::new(None)
    };
}

pub(crate) fn enter(world: Option<Rc<dyn World>>) {
    WORLD.set(world);
}

fn world() -> Option<Rc<dyn World>> {
    WORLD.with_borrow(Clone::clone)
}

pub(crate) fn now() -> Instant {
    world().map_or_else(Instant::now, |world| world.now())
}

pub(crate) fn wait_for_one(
    stream: &TcpStream,
    event: PollFlags,
    limit: Duration,
) {
    match world() {
        Some(world) => world.go_on(Some(limit), true),
        None => {
            let limit = limit.try_into().ok();
            let mut streams = [PollFd::new(stream, event)];
            let _ = poll(&mut streams, limit.as_ref());
        }
    }
}

pub(crate) fn wait_for_any(
    at: &mut Poll,
    events: &mut Events,
    limit: Option<Duration>,
) -> io::Result<()> {
    let Some(world) = world() else { return at.poll(events, limit) };
    at.poll(events, Some(Duration::ZERO))?;
    if events.is_empty() {
        world.go_on(limit, false); // what comes of it, is seen next time
    }
    Ok(())
}
