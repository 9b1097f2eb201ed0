//! A program that serves by itself.

use crate::project::Project;
use crate::run::bytes;
use crate::run::normalize::normalize;
use crate::run::process::Process;
use crate::run::programs::Program;
use crate::run::shell::Shell;
use std::io;
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

/// How long it may take until it says where it serves.
const START: Duration = Duration::from_secs(10);

/// How long it may take to let somebody in.
const CONNECT: Duration = Duration::from_secs(1);

/// The most that is kept of what it logs, in bytes.
pub const LOG_LIMIT: usize = 64 * 1024;

/// A running server. It is ended when this is dropped.
pub struct Serving {
    process: Process,
    address: SocketAddr,
}

impl Serving {
    /// Starts a program with one thread: the logs of two requests come
    /// in their order.
    pub fn start(
        project: &Project,
        program: &Program,
    ) -> Result<Self, String> {
        Self::start_with(project, program, "--threads 1")
    }

    /// The same, with as many threads as it takes by itself.
    pub fn with_threads(
        project: &Project,
        program: &Program,
    ) -> Result<Self, String> {
        Self::start_with(project, program, "")
    }

    /// Starts a program on a port of its own choosing, and waits for
    /// the line that says which.
    fn start_with(
        project: &Project,
        program: &Program,
        flags: &str,
    ) -> Result<Self, String> {
        let path = program.path.to_string_lossy().into_owned();
        let name = normalize(&path, project);
        // A new folder, so that it finds no file of an earlier run.
        let folder = Path::new("");
        let shell = Shell { folder, ..Shell::at(project) };
        let mut command = shell.command("sh")?;
        // What it logs comes in one stream with what it prints.
        let line = format!("exec \"$0\" --port 0 {flags} 2>&1");
        command.args(["-c", &line, &path]);
        command.envs(program.variables());
        let process = Process::start(command, LOG_LIMIT)
            .map_err(|e| format!("{name} does not start: {e}"))?;
        let address = process.output.find(START, line_with_address);
        let Some(address) = address else {
            let printed = bytes::shown(&process.output.take());
            return Err(format!(
                "`{name} --port 0` did not print where it serves, a \
                 line with http://127.0.0.1:PORT; it printed:\n{printed}"
            ));
        };
        // As long as nobody asks, what it logs has to wait.
        process.output.hold(true);
        Ok(Self { process, address })
    }

    pub fn connect(&self) -> io::Result<TcpStream> {
        TcpStream::connect_timeout(&self.address, CONNECT)
    }

    /// Has something done, and reads what it logs meanwhile: until it
    /// has logged nothing for so long, but no longer than `most`.
    pub fn logging<T>(
        &self,
        quiet: Duration,
        most: Duration,
        work: impl FnOnce() -> T,
    ) -> (T, String) {
        let output = &self.process.output;
        if output.is_cut() {
            // What nobody has asked for.
            output.take();
        }
        output.hold(false);
        let done = work();
        output.settle(quiet, most);
        output.hold(true);
        (done, output.take())
    }

    /// How its process has ended, if it has by itself.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.process.ended()
    }

    /// The same, for one that may be about to end.
    pub fn ended_within(
        &mut self,
        limit: Duration,
    ) -> Option<ExitStatus> {
        let start = Instant::now();
        self.process.wait(|| start.elapsed() < limit)
    }
}

/// Takes out the lines until the one that has an address.
fn line_with_address(printed: &mut Vec<u8>) -> Option<SocketAddr> {
    let mut end = 0;
    for line in printed.split_inclusive(|byte| *byte == b'\n') {
        end += line.len();
        let text = String::from_utf8_lossy(line);
        if line.ends_with(b"\n")
            && let Some(address) = address(&text)
        {
            printed.drain(..end);
            return Some(address);
        }
    }
    None
}

/// The address in a line like `Serving at http://127.0.0.1:8000`.
fn address(line: &str) -> Option<SocketAddr> {
    let (_, rest) = line.split_once("http://")?;
    let end =
        rest.find(|c: char| !(c.is_ascii_digit() || ".:".contains(c)));
    rest[..end.unwrap_or(rest.len())].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_found_in_a_line() {
        let line = "Serving at http://127.0.0.1:8000/ (Ctrl-C stops)\n";
        assert_eq!(address(line).unwrap().port(), 8000);
        assert_eq!(address("Starting\n"), None);
    }
}
