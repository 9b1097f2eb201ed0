//! The check of exercise 13.5, and answers that it must reject or take.

use crate::exercise::{RIGHT, Verdict, expect};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Condvar, Mutex, mpsc};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

pub const READ: &str = "Somebody else's";

pub const HINT: &str = "The documentation of `std::task::Wake` has an \
    example that is nearly it. What it lacks is a flag beside the \
    thread, an `AtomicBool`: the waker sets it, and then unparks. \
    After a `Pending`, park `while !flag.swap(false, …)`. The flag is \
    looked at first, so nothing is lost; it is looked at again after \
    each park, so nobody else's `unpark` counts.";

type Output = &'static str;
type Tea = Pin<Box<dyn Future<Output = Output>>>;
type Answer = fn(Tea) -> Output;

const READY: &str = "Poll first: some futures are ready at once, and \
    wake nobody.";
const WAKER: &str = "It was woken by another thread. The waker has to \
    call the thread that waits, which is not the one that `wake` is \
    called in.";
const BUSY: &str = "It may be polled once, and then only after it was \
    woken. To ask again and again is what wakers are there to spare.";
const ASLEEP: &str = "Until it is woken, the thread has to sleep, in \
    `thread::park`, and not to look at a clock or a flag again and \
    again.";
const LOST: &str = "It was woken while it was being polled. That has \
    to count: do not forget it before you wait, and hold nothing while \
    you poll that the waker needs.";
const AGAIN: &str = "A future may be pending any number of times, and \
    each time the waker it is given has to work, at once.";
const STALE: &str = "An `unpark` is kept until the next `park`, which \
    ends at once: when that of a wake-up was not needed, it ends the \
    wrong one. After each park, look at the flag again.";
const TWICE: &str = "It was woken three times at once. A waker does \
    not wait for anybody.";
const SPURIOUS: &str = "Somebody has unparked the thread, and nobody \
    has woken the future. Whether it was woken has to be noted \
    elsewhere: in a flag that the waker sets.";
const TAKEN: &str = "While it was polled, it was woken, and then \
    parked the thread itself, as any lock or channel may do: the \
    `unpark` was used up by that. Look at the flag before you park.";
const AFTER: &str = "What has been ready must not be polled again: the \
    output is in what the last poll returned.";
const LATE: &str = "A waker may be called when its future has long \
    been ready. It has no effect then, and no panic.";
const OWN: &str = "This future was not woken, but one before it: each \
    has a waker and a flag of its own.";

/// What there is to know of a future.
#[derive(Default)]
struct Record {
    polls: AtomicUsize,
    wakes: AtomicUsize,
    is_ready: AtomicBool,
    is_awake: AtomicBool,
    /// Nobody waits any more.
    is_over: AtomicBool,
    kept: Mutex<Option<Waker>>,
}

impl Record {
    fn wake(&self, waker: &Waker) {
        self.wakes.fetch_add(1, SeqCst);
        waker.wake_by_ref();
    }

    /// It is ready, after this in another thread.
    fn later(
        self: &Arc<Self>,
        waker: &Waker,
        what: impl FnOnce(&Self) + Send + 'static,
    ) {
        let (record, waker) = (Arc::clone(self), waker.clone());
        thread::spawn(move || {
            what(&record);
            record.is_ready.store(true, SeqCst);
            record.wake(&waker);
        });
    }
}

/// What happens in a poll, given which one it is. Is it ready?
type Boil = fn(usize, &Waker, &Arc<Record>) -> bool;

struct Kettle {
    record: Arc<Record>,
    boil: Boil,
    is_done: bool,
}

impl Future for Kettle {
    type Output = Output;

    fn poll(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Output> {
        let (boil, record) = (self.boil, Arc::clone(&self.record));
        let polls = record.polls.fetch_add(1, SeqCst) + 1;
        assert!(!self.is_done, "polled after it was ready");
        let found = if record.is_over.load(SeqCst) {
            "nothing"
        } else if polls > 1 + record.wakes.load(SeqCst) {
            "a poll of what nobody has woken"
        } else if !boil(polls, context.waker(), &record) {
            return Poll::Pending;
        } else if record.is_awake.load(SeqCst) {
            "tea, and the thread had not slept"
        } else {
            "tea"
        };
        self.is_done = true;
        Poll::Ready(found)
    }
}

/// Has one been seen that hangs? The others, of which the proofs know
/// many, are not waited for as long.
static HANGS: AtomicBool = AtomicBool::new(false);

/// What an answer makes of futures, one after the other: of the last
/// one. If one has kept its waker, that is called when it has come to
/// its end.
fn made(block_on: Answer, boils: &'static [Boil]) -> Output {
    let record: Arc<Mutex<Arc<Record>>> = Arc::default();
    let (sender, receiver) = mpsc::channel();
    let current = Arc::clone(&record);
    let waiting = thread::spawn(move || {
        let each = |boil: &Boil| {
            let record = Arc::<Record>::default();
            *current.lock().unwrap() = Arc::clone(&record);
            let (boil, is_done) = (*boil, false);
            let kettle =
                Kettle { record: Arc::clone(&record), boil, is_done };
            let found = block_on(Box::pin(kettle));
            if let Some(waker) = record.kept.lock().unwrap().take() {
                waker.wake();
            }
            found
        };
        let all = || boils.iter().map(each).fold("", |_, found| found);
        let _ = sender.send(catch_unwind(AssertUnwindSafe(all)));
    });
    let limit = if HANGS.load(SeqCst) { 300 } else { 1500 };
    match receiver.recv_timeout(Duration::from_millis(limit)) {
        Ok(Ok(found)) => found,
        Ok(Err(panic)) => resume_unwind(panic),
        Err(_) => {
            HANGS.store(true, SeqCst);
            record.lock().unwrap().is_over.store(true, SeqCst);
            waiting.thread().unpark();
            "nothing, and it seems that nothing will"
        }
    }
}

/// A moment, in which a thread falls asleep.
const MOMENT: Duration = Duration::from_millis(10);

/// The times that a thread has gone to sleep; `None` while it is awake.
/// Only Linux says so.
fn sleeps(status: &str) -> Option<String> {
    let status = std::fs::read_to_string(status).ok()?;
    let line = |name| status.lines().find(|l| l.starts_with(name));
    let is_asleep = line("State:")?.contains("sleeping");
    is_asleep.then_some(line("voluntary_ctxt_switches:")?.into())
}

fn has_slept(status: &str) -> bool {
    let has_stayed = || {
        let before = sleeps(status);
        thread::sleep(MOMENT);
        before.is_some() && before == sleeps(status)
    };
    let is_told = cfg!(target_os = "linux");
    !is_told || (0..20).any(|_| has_stayed())
}

const CASES: [(&str, &[Boil], &str, &str); 9] = [
    ("a future that is ready", &[|_, _, _| true], READY, BUSY),
    (
        "a future that another thread wakes",
        &[|poll, waker, record| {
            if poll == 1 {
                record.later(waker, |_| thread::sleep(MOMENT));
            }
            record.is_ready.load(SeqCst)
        }],
        WAKER,
        BUSY,
    ),
    (
        "a future that is woken while it is polled",
        &[|poll, waker, record| {
            if poll == 1 {
                record.wake(waker);
            }
            poll == 2
        }],
        LOST,
        BUSY,
    ),
    (
        "a future that takes a while",
        &[|poll, waker, record| {
            if poll == 1 {
                let id = std::fs::read_link("/proc/thread-self");
                let id = id.unwrap_or_default();
                let status = format!("/proc/{}/status", id.display());
                record.later(waker, move |record| {
                    let is_awake = !has_slept(&status);
                    record.is_awake.store(is_awake, SeqCst);
                });
            }
            record.is_ready.load(SeqCst)
        }],
        ASLEEP,
        BUSY,
    ),
    (
        "a future that is woken ten times",
        &[|poll, waker, record| {
            match poll {
                10.. => {}
                2 => record.later(waker, |_| thread::sleep(MOMENT)),
                _ if poll % 2 == 1 => record.wake(waker),
                _ => record.later(waker, |_| {}),
            }
            poll == 10
        }],
        AGAIN,
        STALE,
    ),
    (
        "a future that is woken three times at once",
        &[|poll, waker, record| {
            if poll == 1 {
                (0..3).for_each(|_| record.wake(waker));
                record.later(waker, |_| thread::sleep(MOMENT));
            }
            record.is_ready.load(SeqCst)
        }],
        TWICE,
        BUSY,
    ),
    (
        "a future whose thread is unparked by somebody else",
        &[|poll, waker, record| {
            if poll == 1 {
                let waiting = thread::current();
                record.later(waker, move |_| {
                    for _ in 0..3 {
                        thread::sleep(MOMENT / 4);
                        waiting.unpark();
                    }
                    thread::sleep(MOMENT / 4);
                });
            }
            record.is_ready.load(SeqCst)
        }],
        SPURIOUS,
        SPURIOUS,
    ),
    (
        "a future that is woken, and then parks its thread",
        &[|poll, waker, record| {
            if poll == 1 {
                record.wake(waker);
                thread::park_timeout(MOMENT);
            }
            poll == 2
        }],
        TAKEN,
        BUSY,
    ),
    (
        "a future, after one that was woken late",
        &[
            |_, waker, record| {
                *record.kept.lock().unwrap() = Some(waker.clone());
                true
            },
            |poll, waker, record| {
                if poll == 1 {
                    record.later(waker, |_| thread::sleep(MOMENT));
                }
                record.is_ready.load(SeqCst)
            },
        ],
        LATE,
        OWN,
    ),
];

pub fn check(block_on: Answer) -> Verdict {
    for (sent, boils, hint, early) in CASES {
        let answer = || made(block_on, boils);
        let verdict = expect(sent, answer, "tea", hint);
        verdict.map_err(|complaint| {
            complaint
                .hint_if("nobody has woken", early)
                .hint_if("after it was ready", AFTER)
        })?;
    }
    Ok(())
}

/// A waker that does this.
struct Does<F>(F);

impl<F: Fn() + Send + Sync> Wake for Does<F> {
    fn wake(self: Arc<Self>) {
        (self.0)();
    }
}

fn waker(does: impl Fn() + Send + Sync + 'static) -> Waker {
    Arc::new(Does(does)).into()
}

fn unparking(thread: Thread) -> Waker {
    waker(move || thread.unpark())
}

/// With this waker, and this after each poll but the last.
fn by(mut tea: Tea, waker: &Waker, mut wait: impl FnMut()) -> Output {
    loop {
        match tea.as_mut().poll(&mut Context::from_waker(waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => wait(),
        }
    }
}

/// With a flag that a waker sets, and this to wait with.
fn flagged(tea: Tea, mut wait: impl FnMut(&AtomicBool)) -> Output {
    let flag = Arc::new(AtomicBool::new(false));
    let (set, thread) = (Arc::clone(&flag), thread::current());
    let waker = waker(move || {
        set.store(true, SeqCst);
        thread.unpark();
    });
    by(tea, &waker, || wait(&flag))
}

/// The wrong ones that only Linux tells.
const AWAKE: usize = if cfg!(target_os = "linux") { 3 } else { 0 };

pub const WRONG: [(&str, Answer); 21 + AWAKE] = [
    // A channel.
    (RIGHT, |tea| {
        let (sender, receiver) = mpsc::channel();
        let waker = waker(move || {
            let _ = sender.send(());
        });
        by(tea, &waker, || receiver.recv().unwrap_or(()))
    }),
    // A lock and a condition, without a thread to be named.
    (RIGHT, |tea| {
        let pair = Arc::new((Mutex::new(false), Condvar::new()));
        let its = Arc::clone(&pair);
        let waker = waker(move || {
            *its.0.lock().unwrap() = true;
            its.1.notify_one();
        });
        by(tea, &waker, || {
            let is_woken = pair.0.lock().unwrap();
            let woken = pair.1.wait_while(is_woken, |is| !*is);
            *woken.unwrap() = false;
        })
    }),
    // Round and round.
    #[cfg(target_os = "linux")]
    (ASLEEP, |tea| {
        flagged(tea, |flag| {
            while !flag.swap(false, SeqCst) {
                std::hint::spin_loop();
            }
        })
    }),
    // Round and round, and others may, too.
    #[cfg(target_os = "linux")]
    (ASLEEP, |tea| {
        flagged(tea, |flag| {
            while !flag.swap(false, SeqCst) {
                thread::yield_now();
            }
        })
    }),
    // A look at the flag each millisecond.
    #[cfg(target_os = "linux")]
    (ASLEEP, |tea| {
        flagged(tea, |flag| {
            while !flag.swap(false, SeqCst) {
                thread::sleep(Duration::from_millis(1));
            }
        })
    }),
    // First asleep.
    (READY, |tea| {
        thread::park();
        let thread = thread::current();
        by(tea, &unparking(thread), thread::park)
    }),
    // Again and again.
    (BUSY, |tea| by(tea, Waker::noop(), || {})),
    // Politely.
    (BUSY, |tea| {
        by(tea, &unparking(thread::current()), thread::yield_now)
    }),
    // Every millisecond.
    (BUSY, |tea| {
        let wait = || thread::sleep(Duration::from_millis(1));
        by(tea, Waker::noop(), wait)
    }),
    // Not for long.
    (BUSY, |tea| {
        let wait = || thread::park_timeout(Duration::from_millis(1));
        by(tea, &unparking(thread::current()), wait)
    }),
    // A waker that does nothing.
    (WAKER, |tea| by(tea, Waker::noop(), thread::park)),
    // The thread that is awake anyway.
    (WAKER, |tea| {
        let waker = waker(|| thread::current().unpark());
        by(tea, &waker, thread::park)
    }),
    // Forgotten before waiting.
    (LOST, |tea| {
        flagged(tea, |flag| {
            flag.store(false, SeqCst);
            while !flag.load(SeqCst) {
                thread::park();
            }
        })
    }),
    // A condition of nothing.
    (LOST, |tea| {
        let pair = Arc::new((Mutex::new(()), Condvar::new()));
        let its = Arc::clone(&pair);
        let waker = waker(move || its.1.notify_all());
        by(tea, &waker, || {
            let lock = pair.0.lock().unwrap();
            drop(pair.1.wait(lock).unwrap());
        })
    }),
    // Locked while it is polled.
    (LOST, |mut tea| {
        let pair = Arc::new((Mutex::new(false), Condvar::new()));
        let its = Arc::clone(&pair);
        let waker = waker(move || {
            *its.0.lock().unwrap() = true;
            its.1.notify_one();
        });
        let mut context = Context::from_waker(&waker);
        let mut is_woken = pair.0.lock().unwrap();
        loop {
            match tea.as_mut().poll(&mut context) {
                Poll::Ready(output) => return output,
                Poll::Pending => {}
            }
            is_woken = pair.1.wait_while(is_woken, |is| !*is).unwrap();
            *is_woken = false;
        }
    }),
    // The second time will do.
    (AGAIN, |mut tea| {
        let waker = unparking(thread::current());
        let mut context = Context::from_waker(&waker);
        match tea.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
        match tea.as_mut().poll(&mut context) {
            Poll::Ready(output) => output,
            Poll::Pending => unreachable!("it was woken"),
        }
    }),
    // A waker for the first time, and none for the others.
    (AGAIN, |mut tea| {
        let first = unparking(thread::current());
        let mut wakers = [&first, &first].into_iter();
        loop {
            let waker = wakers.next().unwrap_or(Waker::noop());
            let mut context = Context::from_waker(waker);
            match tea.as_mut().poll(&mut context) {
                Poll::Ready(output) => return output,
                Poll::Pending => thread::park(),
            }
        }
    }),
    // A message that has to be taken.
    (TWICE, |tea| {
        let (sender, receiver) = mpsc::sync_channel(1);
        let waker = waker(move || {
            let _ = sender.send(());
        });
        by(tea, &waker, || receiver.recv().unwrap_or(()))
    }),
    // As in the documentation.
    (SPURIOUS, |tea| {
        by(tea, &unparking(thread::current()), thread::park)
    }),
    // The flag decides once.
    (STALE, |tea| {
        flagged(tea, |flag| {
            if !flag.swap(false, SeqCst) {
                thread::park();
            }
        })
    }),
    // Asleep first, and then the flag.
    (TAKEN, |tea| {
        flagged(tea, |flag| {
            loop {
                thread::park();
                if flag.swap(false, SeqCst) {
                    break;
                }
            }
        })
    }),
    // Once more, for the output.
    (AFTER, |mut tea| {
        let waker = unparking(thread::current());
        let mut context = Context::from_waker(&waker);
        while tea.as_mut().poll(&mut context).is_pending() {
            thread::park();
        }
        by(tea, &waker, thread::park)
    }),
    // Somebody will take it.
    (LATE, |tea| {
        let (sender, receiver) = mpsc::channel();
        let waker = waker(move || sender.send(()).unwrap());
        by(tea, &waker, || receiver.recv().unwrap())
    }),
    // One flag for all.
    (OWN, |tea| {
        static IS_WOKEN: AtomicBool = AtomicBool::new(false);
        let thread = thread::current();
        let waker = waker(move || {
            IS_WOKEN.store(true, SeqCst);
            thread.unpark();
        });
        by(tea, &waker, || {
            while !IS_WOKEN.swap(false, SeqCst) {
                thread::park();
            }
        })
    }),
];
