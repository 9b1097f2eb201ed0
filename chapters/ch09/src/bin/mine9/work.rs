//! Requests at work, by 9.2, and the end of it, by 9.4.

use crate::chapter9;
use crate::core::Core;
use crate::http::{self, Connection};
use crate::mine::{attempt, piece};
use gateway::Failure;
use mio::Waker;
use std::io::{self, BufReader};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Answers one request. May another one follow?
pub type Answer =
    dyn Fn(&mut Connection) -> io::Result<bool> + Send + Sync;

/// How many requests are at work at a time.
const AT_WORK: usize = 64;

/// A client after its request, if it stays.
pub type Done = (u32, Option<TcpStream>);

/// A thread for each request that is whole, if there is a permit.
#[derive(Clone)]
pub struct Workers {
    answer: Arc<Answer>,
    free: Arc<Mutex<usize>>,
    back: Option<(Sender<Done>, Arc<Waker>)>,
}

impl Workers {
    fn new(answer: Arc<Answer>) -> Self {
        let free = Arc::new(Mutex::new(AT_WORK));
        Self { answer, free, back: None }
    }

    /// Where clients come out again, and who is woken then.
    pub fn give_back_to(&mut self, waker: Waker) -> Receiver<Done> {
        let (sender, receiver) = channel();
        self.back = Some((sender, Arc::new(waker)));
        receiver
    }

    pub fn start(&self, key: u32, stream: TcpStream) {
        let workers = self.clone();
        thread::spawn(move || {
            let stream = workers.work(stream);
            if let Some((sender, waker)) = &workers.back {
                let _ = sender.send((key, stream));
                let _ = waker.wake();
            }
        });
    }

    /// Answers what has come, and returns a client that stays.
    fn work(&self, stream: TcpStream) -> Option<TcpStream> {
        let client = Mutex::new(Some(BufReader::new(stream)));
        let permits = piece!(chapter9::permits);
        let work = || {
            let mut client = lock(&client);
            while let Some(connection) = &mut *client {
                match (self.answer)(connection) {
                    Ok(true) if connection.buffer().is_empty() => break,
                    Ok(true) => {}
                    _ => *client = None,
                }
            }
        };
        let is_done = attempt(|| permits(&self.free, &work));
        let mut client = lock(&client).take();
        if is_done != Some(true) {
            let status = "503 Service Unavailable";
            let no = Failure::new(status, "there is no permit");
            let _ = http::refuse(client.as_mut()?, no.into());
            return None;
        }
        client.map(BufReader::into_inner)
    }

    fn at_work(&self) -> usize {
        AT_WORK.saturating_sub(*lock(&self.free))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ctrl-C, and who waits for it.
#[derive(Default)]
struct Stop {
    is_asked: Mutex<bool>,
    bell: Condvar,
}

impl Stop {
    fn ask(&self) {
        *lock(&self.is_asked) = true;
        self.bell.notify_all();
    }

    fn wait(&self) {
        let hour = Duration::from_secs(3600);
        let theirs = piece!(chapter9::wait_for_stop);
        let ours = chapter9::ours::wait_for_stop::wait_for_stop;
        let (flag, bell) = (&self.is_asked, &self.bell);
        while !attempt(|| theirs(flag, bell, hour))
            .unwrap_or_else(|| ours(flag, bell, hour))
        {}
    }
}

/// How long a stop waits for requests that are under way.
const LIMIT: Duration = Duration::from_secs(3);

/// Serves until Ctrl-C.
pub fn serve(answer: Arc<Answer>) -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("Serving at http://{}", listener.local_addr()?);
    let stop = Arc::new(Stop::default());
    let asked = Arc::clone(&stop);
    ctrlc::set_handler(move || asked.ask())
        .map_err(io::Error::other)?;
    let workers = Workers::new(answer);
    let core = Core::new(listener, workers.clone())?;
    thread::spawn(move || core.run());
    stop.wait();
    let start = Instant::now();
    while workers.at_work() > 0 && start.elapsed() < LIMIT {
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}
