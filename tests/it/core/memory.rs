//! How much memory an answer takes: in a process of its own, which is
//! this program with a variable set.
#![cfg(target_os = "linux")]

use gateway::exchange::{self, Protocol};
use gateway::{Environ, testing};
use std::io;
use std::process::Command;
use std::{env, fs};

const LENGTH: usize = 200 << 20;
const CHILD: &str = "GATEWAY_TEST_MEMORY";

/// The most memory that this process ever held, in bytes.
pub fn peak() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|l| l.starts_with("VmHWM:"));
    let number = line.unwrap().split_ascii_whitespace().nth(1);
    number.unwrap().parse::<usize>().unwrap() << 10
}

#[test]
fn a_large_block_is_held_once() {
    if env::var_os(CHILD).is_some() {
        return large_block();
    }
    let mut again = Command::new(env::current_exe().unwrap());
    let name = "core::memory::a_large_block_is_held_once";
    let again = again.args([name, "--exact"]).env(CHILD, "1");
    let output = again.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
}

fn large_block() {
    let app = gateway::app(|_, start_response| {
        let text = [("Content-Type", "text/plain")];
        Ok(start_response("200 OK", &text)?.body(vec![1; LENGTH]))
    });
    for protocol in
        [Protocol::Cgi, Protocol::Http { minor: 1, keep_alive: true }]
    {
        let mut environ = Environ::new();
        let out = &mut io::sink();
        let outcome = exchange::run(&app, &mut environ, protocol, out);
        assert_eq!(outcome.bytes, LENGTH as u64);
    }
    let chunked = gateway::app(|_, start_response| {
        let text = [("Content-Type", "text/plain")];
        let block = || Ok(vec![1; LENGTH].into());
        let blocks = std::iter::once_with(block);
        let body = gateway::Body::blocks(blocks);
        Ok(start_response("200 OK", &text)?.body(body))
    });
    let mut environ = testing::environ("GET", "/");
    let protocol = Protocol::Http { minor: 1, keep_alive: true };
    exchange::run(&chunked, &mut environ, protocol, &mut io::sink());
    let most = LENGTH + LENGTH / 5;
    assert!(peak() < most, "{} MiB", peak() >> 20);
}
