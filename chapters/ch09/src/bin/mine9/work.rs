//! Requests at work, and the end of it.

use crate::chapter9;
use crate::http::{self, Connection};
use crate::mine::{attempt, piece};
use gateway::Failure;
use std::io::{self, BufReader};
use std::net;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Answers one request. May another one follow?
pub trait Answer:
    Fn(&mut Connection) -> io::Result<bool> + Send + Sync + 'static
{
}

impl<T> Answer for T where
    T: Fn(&mut Connection) -> io::Result<bool> + Send + Sync + 'static
{
}

/// How many requests are at work at a time.
pub const AT_WORK: usize = 64;

/// Answers what has come, if there is a permit for it.
pub fn work(
    stream: net::TcpStream,
    free: &Mutex<usize>,
    answer: &impl Answer,
) -> Option<net::TcpStream> {
    let connection = Mutex::new(Some(BufReader::new(stream)));
    let place =
        || connection.lock().unwrap_or_else(PoisonError::into_inner);
    let permits = piece!(chapter9::permits);
    let is_done = attempt(|| {
        permits(free, &|| {
            let mut place = place();
            while let Some(connection) = &mut *place {
                match answer(connection) {
                    Ok(true) if connection.buffer().is_empty() => break,
                    Ok(true) => {}
                    _ => *place = None,
                }
            }
        })
    });
    let mut left = place().take();
    if is_done != Some(true)
        && let Some(connection) = &mut left
    {
        let status = "503 Service Unavailable";
        let no = Failure::new(status, "there is no permit");
        let _ = http::refuse(connection, no.into());
        return None;
    }
    left.map(BufReader::into_inner)
}

pub fn at_work(free: &Mutex<usize>) -> usize {
    let free = free.lock().unwrap_or_else(PoisonError::into_inner);
    AT_WORK.saturating_sub(*free)
}

/// Ctrl-C, and who waits for it.
#[derive(Default)]
pub struct Stop {
    is_asked: Mutex<bool>,
    bell: Condvar,
}

impl Stop {
    pub fn ask(&self) {
        let lock = self.is_asked.lock();
        *lock.unwrap_or_else(PoisonError::into_inner) = true;
        self.bell.notify_all();
    }

    pub fn wait(&self) {
        let hour = Duration::from_secs(3600);
        let theirs = piece!(chapter9::wait_for_stop);
        let ours = chapter9::ours::wait_for_stop::wait_for_stop;
        let (flag, bell) = (&self.is_asked, &self.bell);
        loop {
            let is_asked = attempt(|| theirs(flag, bell, hour))
                .unwrap_or_else(|| ours(flag, bell, hour));
            if is_asked {
                return;
            }
        }
    }
}
