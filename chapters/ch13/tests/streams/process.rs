//! The server's process, and what it tells.

use crate::bound::bound;
use std::io::{self, BufRead, BufReader, Lines, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, ChildStdout, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

/// Longer than anything takes, unless it hangs.
pub const LONG: Duration = Duration::from_secs(30);

pub struct Server {
    pub address: SocketAddr,
    pub is_fastcgi: bool,
    beside: SocketAddr,
    child: Child,
    /// What it still says, when it ends.
    _lines: Lines<BufReader<ChildStdout>>,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Counts {
    pub made: u64,
    pub came: u64,
    pub begun: u64,
    pub dropped: u64,
    pub failed: u64,
}

impl Server {
    pub fn start(kind: &str) -> Self {
        let this = env::current_exe().expect("this program");
        let mut command = bound(this);
        command.args(["--ignored", "--exact", "served::serve"]);
        command.arg("--nocapture").env("STREAMS_SERVE", kind);
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("a process");
        let stdout = child.stdout.take().expect("is piped");
        let mut lines = BufReader::new(stdout).lines();
        let line = lines.find_map(|line| {
            Some(line.ok()?.strip_prefix("at ")?.to_string())
        });
        let line = line.expect("it starts");
        let (address, beside) = line.split_once(' ').expect("two");
        let address = address.parse().expect("an address");
        let beside = beside.parse().expect("an address");
        let is_fastcgi = kind == "fastcgi";
        Self { address, is_fastcgi, beside, child, _lines: lines }
    }

    pub fn tell(&self, line: &str) -> Counts {
        let say = || {
            let mut stream = TcpStream::connect(self.beside)?;
            writeln!(stream, "{line}")?;
            io::read_to_string(stream)
        };
        let text = say().expect("it answers");
        let counts: Vec<u64> = text
            .split_whitespace()
            .map(|word| word.parse().expect("a number"))
            .collect();
        let &[made, came, begun, dropped, failed] = &*counts else {
            panic!("five counts: {text}");
        };
        Counts { made, came, begun, dropped, failed }
    }

    pub fn counts(&self) -> Counts {
        self.tell("")
    }

    /// Waits until a count is as it should be; how long that took.
    pub fn wait(&self, is: impl Fn(&Counts) -> bool) -> Duration {
        let start = Instant::now();
        loop {
            let counts = self.counts();
            if is(&counts) {
                return start.elapsed();
            }
            assert!(start.elapsed() < LONG, "{counts:?}");
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// Waits until nothing moves any more: all buffers are full.
    pub fn stand_still(&self) -> Counts {
        let mut before = self.counts();
        loop {
            thread::sleep(Duration::from_millis(30));
            let now = self.counts();
            if now == before {
                return now;
            }
            before = now;
        }
    }

    /// A line of the kernel's account of the process, in KiB.
    pub fn memory(&self, name: &str) -> u64 {
        let path = format!("/proc/{}/status", self.child.id());
        let status = fs::read_to_string(path).expect("Linux");
        let line = status.lines().find(|l| l.starts_with(name));
        let word = line.expect("a line").split_whitespace().nth(1);
        word.expect("a word").parse().expect("a number")
    }

    /// Waits until the process has ended; did it end well?
    pub fn ended(&mut self) -> bool {
        let start = Instant::now();
        while start.elapsed() < LONG {
            if let Ok(Some(status)) = self.child.try_wait() {
                return status.success();
            }
            thread::sleep(Duration::from_millis(5));
        }
        false
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
