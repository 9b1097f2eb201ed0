//! What a crowd costs one who only wants a page.

use super::clients::{Seen, Size, crowd};
use super::{Running, Table, ask, verdict};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

const CROWD: Size =
    Size { posts: 500, reads: 500, breaks: 200, silent: 200 };

/// For a short run, or for many.
const SMALL: Size =
    Size { posts: 60, reads: 60, breaks: 20, silent: 20 };

/// How long the crowd stays, unless it is said.
const SECONDS: u64 = 30;

/// Whoever waits longer has met a stall.
const STALL: Duration = Duration::from_secs(1);

/// The most memory that the server may have had, in KiB.
const MEMORY: u64 = 200 << 10;

/// How long requests have taken, sorted: on a connection that is kept,
/// and on a fresh one each. And how much longer than it wanted one who
/// asks has slept: for that the server cannot be blamed.
struct Times {
    kept: Vec<Duration>,
    fresh: Vec<Duration>,
    overslept: Duration,
}

impl Times {
    fn measure(server: &Running, long: Duration) -> Self {
        let until = Instant::now() + long;
        thread::scope(|scope| {
            let kept = scope.spawn(|| {
                let mut stream = server.connect();
                repeat(until, || ask(&mut stream))
            });
            let (fresh, overslept) = repeat(until, || {
                let start = Instant::now();
                ask(&mut server.connect());
                start.elapsed()
            });
            let (kept, too) = kept.join().expect("no panic");
            Self { kept, fresh, overslept: overslept.max(too) }
        })
    }

    fn longest(&self) -> Duration {
        *self.kept.last().max(self.fresh.last()).expect("some")
    }
}

/// One each few milliseconds.
fn repeat(
    until: Instant,
    mut one: impl FnMut() -> Duration,
) -> (Vec<Duration>, Duration) {
    let (mut times, mut overslept) = (Vec::new(), Duration::ZERO);
    while Instant::now() < until {
        times.push(one());
        let start = Instant::now();
        thread::sleep(PAUSE);
        overslept = overslept.max(start.elapsed() - PAUSE);
    }
    times.sort_unstable();
    (times, overslept)
}

const PAUSE: Duration = Duration::from_millis(3);

/// Asks amid a crowd. What the server looks like is asked at its end.
fn amid(
    server: &Running,
    size: Size,
    long: Duration,
) -> (Times, Seen, u64) {
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        let all = scope.spawn(|| crowd(server.address, size, &is_over));
        let over = Over(&is_over);
        let times = Times::measure(server, long);
        let threads = server.status("Threads");
        drop(over);
        (times, all.join().expect("no panic"), threads)
    })
}

/// Sends the crowd home, also when a request has failed.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

pub fn part(times: &[Duration], percent: usize) -> Duration {
    times[(times.len() * percent / 100).min(times.len() - 1)]
}

/// Runs one crowd; short if the variable says how many seconds. Tells
/// whether the server stands: how fast it is depends on the machine.
pub fn one(short: Option<u64>, table: &mut Table) -> bool {
    let (size, seconds) = match short {
        Some(seconds) => (SMALL, seconds),
        None => (CROWD, SECONDS),
    };
    let long = Duration::from_secs(seconds);
    let server = Running::start();
    let alone = Times::measure(&server, long / 2);
    let (amid, seen, threads) = amid(&server, size, long);
    let memory = server.status("VmHWM");
    let Size { posts, reads, breaks, silent } = size;
    let name = format!(
        "{posts} slow bodies, {reads} slow readers, {breaks} pests \
         and {silent} silent"
    );
    table.row(&name, &amid.kept, threads, memory);
    println!(
        "{posts} that post and {reads} that read 1.1 kB/s, \
         {breaks} with line breaks, {silent} silent, {seconds} s"
    );
    for (name, amid, alone) in [
        ("kept", &amid.kept, &alone.kept),
        ("fresh", &amid.fresh, &alone.fresh),
    ] {
        let bar = part(alone, 99) * 2 + Duration::from_millis(10);
        println!(
            "  GET on a {name} connection: p50 {:.1?}, p99 {:.1?}, \
             max {:.1?}; alone {:.1?}, {:.1?}, {:.1?} \
             (bar for p99 {bar:.1?}: {}), {} times",
            part(amid, 50),
            part(amid, 99),
            amid[amid.len() - 1],
            part(alone, 50),
            part(alone, 99),
            alone[alone.len() - 1],
            verdict(part(amid, 99) < bar),
            amid.len(),
        );
    }
    let (longest, cut) = (amid.longest(), seen.cut);
    // Each slow client has a thread, or it has not been let in.
    let all = threads >= (posts + reads) as u64;
    println!(
        "  the longest wait: {longest:.1?} (bar {STALL:?}: {}); \
         the machine's own: {:.1?}",
        verdict(longest < STALL),
        amid.overslept
    );
    println!("  cut: {cut} (bar 0: {})", verdict(cut == 0));
    let thrown_out = seen.thrown_out > 0;
    println!(
        "  line breaks thrown out: {} times ({})",
        seen.thrown_out,
        verdict(thrown_out)
    );
    println!("  threads: {threads} (all at work: {})", verdict(all));
    println!(
        "  memory: {memory} KiB (bar {MEMORY}: {})",
        verdict(memory < MEMORY)
    );
    longest < STALL && cut == 0 && thrown_out && all && memory < MEMORY
}

/// Small crowds, one after another at one server.
pub fn many(count: usize) -> bool {
    let server = Running::start();
    let (mut longest, mut missed) = (Duration::ZERO, 0);
    for number in 1..=count {
        let (times, seen, threads) =
            amid(&server, SMALL, Duration::from_secs(2));
        longest = longest.max(times.longest());
        println!(
            "crowd {number}: p99 {:.1?}, longest {:.1?} (the \
             machine's own: {:.1?}), cut {}, thrown out {}, \
             threads {threads}",
            part(&times.kept, 99),
            times.longest(),
            times.overslept,
            seen.cut,
            seen.thrown_out
        );
        missed += usize::from(times.longest() >= STALL || seen.cut > 0);
    }
    println!(
        "{count} crowds, the longest wait {longest:.1?}; \
         {missed} with a stall or a cut: {}",
        verdict(missed == 0)
    );
    missed == 0
}
