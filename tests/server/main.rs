//! The server on `tiny_http` as a program: what it takes, how it ends,
//! and what it needs. What the command line says is for chapter 8's as
//! well.
//!
//! The program under test is this very one, started again with a
//! variable set; so it has no test harness of its own.

mod applications;
mod client;
mod flags;
mod limits;
mod process;
mod stop;

use std::panic::catch_unwind;
use std::process::ExitCode;
use std::{env, thread};

macro_rules! tests {
    ($($module:ident::$test:ident)*) => {
        const TESTS: &[(&str, fn())] =
            &[$((stringify!($test), $module::$test)),*];
    };
}

tests! {
    flags::help_lists_the_options
    flags::wrong_flags_are_named
    flags::the_variable_port_is_read
    flags::an_address_in_use_is_named
    flags::it_listens_where_it_is_told
    stop::a_signal_lets_requests_finish
    stop::a_second_signal_ends_at_once
    stop::a_stop_does_not_wait_for_ever
    stop::a_stop_under_load_cuts_nothing
    limits::a_reader_that_stops_is_given_up
    limits::memory_does_not_grow_with_a_body
    limits::each_block_is_a_chunk
    limits::a_body_over_the_limit_is_413
    limits::input_ends_when_the_answer_begins
    limits::the_access_log_has_each_request
}

fn main() -> ExitCode {
    let app = applications::application;
    match env::var(process::SERVE).as_deref() {
        Ok("server") => return gateway::server::run(app),
        Ok(_) => {
            let flags = env::args_os().skip(1);
            return gateway::http::run_with(app, flags, flags::OWN);
        }
        Err(_) => {}
    }
    let asked: Vec<String> =
        env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    let is_asked = |(name, _): &&(&str, fn())| {
        asked.is_empty() || asked.iter().any(|a| name.contains(a))
    };
    let run = |&(name, test): &(&'static str, fn())| {
        (name, thread::spawn(move || catch_unwind(test)))
    };
    let running: Vec<_> =
        TESTS.iter().filter(is_asked).map(run).collect();
    let mut exit = ExitCode::SUCCESS;
    for (name, test) in running {
        let passed = matches!(test.join(), Ok(Ok(())));
        println!(
            "test {name} ... {}",
            if passed { "ok" } else { "FAILED" }
        );
        if !passed {
            exit = ExitCode::FAILURE;
        }
    }
    exit
}
