//! Judges a server by many requests, some of them at a time.

use super::client;
use super::requests::{Request, request};
use std::io::{self, BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

/// Who says nothing for so long says nothing.
pub const PATIENCE: Duration = Duration::from_secs(4);

/// How many requests are under way at a time. Most of them wait.
pub const AT_ONCE: usize = 48;

/// What may come after each.
pub const GOOD: Request = request(
    "a good request",
    "",
    "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    &["200 200"],
);

/// What is found of each, in their order.
pub fn each<T: Sync, R: Send>(
    list: &[T],
    find: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    each_of(list, AT_ONCE, find)
}

/// The same, with so many under way.
pub fn each_of<T: Sync, R: Send>(
    list: &[T],
    at_once: usize,
    find: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let queue = Mutex::new(list.iter().enumerate());
    let next = || queue.lock().expect("no panic").next();
    let found = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(|| {
                while let Some((at, one)) = next() {
                    let of_it = find(one);
                    found.lock().expect("no panic").push((at, of_it));
                }
            });
        }
    });
    let mut found = found.into_inner().expect("no panic");
    found.sort_by_key(|(at, _)| *at);
    found.into_iter().map(|(_, of_it)| of_it).collect()
}

/// What came instead of the right answer, to this request or to a good
/// one after it.
pub fn fault(server: SocketAddr, request: &Request) -> Option<String> {
    [request, &GOOD].into_iter().find_map(|request| {
        let seen = client::observe_for(server, request, PATIENCE);
        (seen != request.right_in_chapter_8()).then_some(seen)
    })
}

/// What it may print before the address.
const BEFORE: &str = "Serving at http://";

/// A program that serves, and prints its address first. It ends with
/// this value.
pub struct Serving {
    child: Child,
    pub address: SocketAddr,
}

impl Serving {
    /// # Errors
    ///
    /// It cannot be started; or it prints no address, which is said in
    /// these words.
    pub fn start(
        command: &mut Command,
        otherwise: &str,
    ) -> io::Result<Self> {
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        // It ends from here on, whatever it prints.
        let (child, address) = (command.spawn()?, ([0; 4], 0).into());
        let mut serving = Self { child, address };
        let stdout = serving.child.stdout.take().expect("is piped");
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let address = line.trim().trim_start_matches(BEFORE).parse();
        let address = address.map_err(|_| io::Error::other(otherwise));
        serving.address = address?;
        Ok(serving)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
