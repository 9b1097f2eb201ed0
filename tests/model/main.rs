//! Who watches, who works, who waits, who stops: `serving/crew.rs` as it
//! stands, with threads and locks of `shuttle`, which runs one thread at
//! a time and decides at each lock which one goes on. If a wake-up is
//! lost all stands still, and shuttle prints the schedule that led there.
//!
//! `MODEL_SCHEDULES=100000 cargo test --release --test model` tries more
//! schedules of each case; `MODEL_SEED=7` tries others.

#[path = "../../src/serving/crew.rs"]
mod crew;
#[path = "../../src/serving/places.rs"]
mod places;
mod serving;
mod sync;

use Act::{Again, Busy, Close, Hold, Late, Lend, Open, Panic, Pass};
use serving::{Server, Socket};
use shuttle::rand::{Rng, thread_rng};
use shuttle::scheduler::{
    DfsScheduler, PctScheduler, RandomScheduler, Scheduler,
};
use shuttle::{Config, MaxSteps, Runner};
use std::env;
use std::panic::catch_unwind;
use std::time::Instant;

/// As in `serving.rs`.
enum Next {
    Wait(Deadline),
    Leave,
    Again,
    Close,
}

type Deadline = Option<Instant>;

/// What a client sends, and what the visit does that finds it.
#[derive(Clone, Copy, PartialEq)]
enum Act {
    /// It waits for the next.
    Pass,
    /// It comes again, though there may be nothing.
    Again,
    /// It goes on when a visit of another connection says `Open`.
    Hold,
    /// The same, and its turn is lent meanwhile.
    Lend,
    Open,
    /// It waits for the next, and a stop waits for it.
    Busy,
    /// It does not wait for long.
    Late,
    /// In a stop that waits, it comes when newcomers are refused.
    Close,
    Panic,
}

/// When does the server end? All but the first come at any moment.
#[derive(Clone, Copy, PartialEq)]
enum End {
    /// By a stop, when all that was sent is done.
    Done,
    /// By a stop, which waits.
    Stop,
    /// By a stop, which cuts.
    Cut,
    /// The watch fails.
    Error,
    /// The watch panics.
    Panic,
}

/// What is tried.
struct Case {
    turns: usize,
    clients: Vec<Vec<Act>>,
    end: End,
    /// How many connections there may be.
    room: usize,
    /// How many threads cannot be had, when they are asked for.
    missing: usize,
}

impl Case {
    fn new(turns: usize, clients: &[&[Act]], end: End) -> Self {
        let clients =
            clients.iter().map(|acts| acts.to_vec()).collect();
        Self { turns, clients, end, room: 9, missing: 0 }
    }

    fn count(&self, act: Act) -> usize {
        self.clients.iter().flatten().filter(|a| **a == act).count()
    }
}

fn number(name: &str, default: u64) -> u64 {
    env::var(name).map_or(default, |n| n.parse().expect(name))
}

fn schedules() -> usize {
    number("MODEL_SCHEDULES", 100) as usize
}

/// Tries a case in many orders: any at all, and such in which a thread
/// is seldom interrupted.
fn check(case: impl Fn() -> Case + Send + Sync + Copy + 'static) {
    let seed = number("MODEL_SEED", 12);
    run(RandomScheduler::new_from_seed(seed, schedules()), case);
    run(PctScheduler::new_from_seed(seed, 3, schedules()), case);
}

fn run(
    scheduler: impl Scheduler + 'static,
    case: impl Fn() -> Case + Send + Sync + 'static,
) {
    let mut config = Config::new();
    config.max_steps = MaxSteps::FailAfter(20_000);
    Runner::new(scheduler, config).run(move || Server::serve(case()));
}

#[test]
fn every_arrival_is_visited() {
    check(|| Case::new(1, &[&[Pass, Pass], &[Again, Pass]], End::Done));
    check(|| {
        let clients: &[&[_]] =
            &[&[Pass, Pass], &[Again], &[Pass, Again]];
        Case::new(2, clients, End::Done)
    });
}

#[test]
fn who_works_leaves_the_other_turns_to_others() {
    let clients: &[&[_]] = &[&[Pass, Hold], &[Pass, Pass, Open]];
    check(|| Case::new(2, clients, End::Done));
}

#[test]
fn who_waits_for_a_client_lends_his_turn() {
    check(|| Case::new(1, &[&[Lend, Pass], &[Open]], End::Done));
    let clients: &[&[_]] = &[&[Lend, Again], &[Lend], &[Pass, Open]];
    check(|| Case::new(1, clients, End::Done));
    check(|| Case::new(2, clients, End::Done));
}

#[test]
fn whoever_is_spare_leaves_no_work_behind() {
    check(|| {
        let busy: &[_] = &[Lend, Again, Again, Pass];
        let clients = [busy, busy, busy, &[Open, Pass]];
        Case::new(1, &clients, End::Done)
    });
}

#[test]
fn a_panic_costs_one_connection_and_no_turn() {
    let clients: &[&[_]] = &[&[Panic], &[Pass, Panic], &[Pass, Pass]];
    check(|| Case::new(1, clients, End::Done));
    check(|| Case::new(2, clients, End::Done));
    check(|| Case::new(1, clients, End::Stop));
}

#[test]
fn who_finds_no_room_is_let_in_later() {
    let clients: &[&[_]] = &[&[Pass, Close], &[Panic], &[Busy, Close]];
    check(|| Case { room: 1, ..Case::new(1, clients, End::Done) });
    check(|| Case { room: 2, ..Case::new(2, clients, End::Done) });
}

#[test]
fn whose_time_is_up_is_visited() {
    check(|| Case::new(1, &[&[Late], &[Busy, Late]], End::Done));
}

#[test]
fn a_stop_waits_for_those_under_way() {
    let clients: &[&[_]] = &[&[Busy, Pass, Close], &[Pass, Again]];
    check(|| Case::new(1, clients, End::Stop));
    check(|| Case::new(2, clients, End::Stop));
}

#[test]
fn a_stop_cuts_those_that_are_left() {
    let clients: &[&[_]] = &[&[Lend, Pass], &[Busy], &[Panic]];
    check(|| Case::new(1, clients, End::Cut));
    check(|| Case::new(2, clients, End::Cut));
}

#[test]
fn without_a_watch_all_ends() {
    let clients: &[&[_]] = &[&[Lend], &[Pass, Busy]];
    check(|| Case::new(1, clients, End::Error));
    check(|| Case::new(1, clients, End::Panic));
}

#[test]
fn without_another_thread_it_goes_on() {
    let clients: &[&[_]] = &[&[Pass, Pass], &[Pass], &[Again, Pass]];
    check(|| Case { missing: 99, ..Case::new(1, clients, End::Done) });
    check(|| Case { missing: 1, ..Case::new(2, clients, End::Done) });
}

#[test]
fn a_thread_that_was_missing_is_asked_for_again() {
    let clients: &[&[_]] = &[&[Pass, Lend], &[Pass, Open]];
    check(|| Case { missing: 1, ..Case::new(1, clients, End::Done) });
}

#[test]
fn whatever_comes() {
    check(|| {
        let mut random = thread_rng();
        let mut any = |range| random.gen_range(range);
        let mut clients = vec![vec![Open]];
        for _ in 0..any(2..4) {
            let acts = [Pass, Pass, Again, Lend];
            let mut client: Vec<_> =
                (0..any(0..4)).map(|_| acts[any(0..4)]).collect();
            client.extend([None, Some(Panic), Some(Close)][any(0..3)]);
            clients.push(client);
        }
        let ends = [End::Done, End::Cut, End::Error, End::Panic];
        let (turns, end) = (any(1..3), ends[any(0..4)]);
        Case { clients, ..Case::new(turns, &[], end) }
    });
}

/// All stands still at the end, as it has to: what comes for one that
/// is lost is never done. Nobody goes round in circles.
#[test]
fn who_has_nothing_to_do_sleeps() {
    for seed in 0..50 {
        let clients: &[&[_]] =
            &[&[Panic, Pass], &[Pass; 20], &[Pass; 20]];
        let case = || Case::new(2, clients, End::Done);
        let any = RandomScheduler::new_from_seed(seed, 1);
        let failure = catch_unwind(|| run(any, case)).unwrap_err();
        let message = failure.downcast::<String>().unwrap();
        assert!(message.starts_with("deadlock"), "{message}");
    }
}

/// One order after the other, as far as one gets: there are too many.
#[test]
fn the_smallest_case_in_all_orders() {
    for end in [End::Done, End::Stop] {
        let orders = DfsScheduler::new(Some(schedules()), false);
        run(orders, move || Case::new(1, &[&[Pass]], end));
    }
}
