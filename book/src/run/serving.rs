//! A program that serves by itself, for one exchange.

use crate::project::Project;
use crate::run::normalize::normalize;
use crate::run::shell::Shell;
use std::io::{self, BufRead, BufReader};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;
use tempfile::TempDir;

/// How long it may take until it says where it serves.
const START: Duration = Duration::from_secs(10);

/// How long nothing more must come before the log counts as whole:
/// a line may be written after the answer has gone out.
const QUIET: Duration = Duration::from_millis(150);

/// A running server. It is ended when this is dropped.
pub struct Serving {
    child: Child,
    /// Where it runs, so that it finds no file of an earlier run.
    _folder: TempDir,
    pub address: SocketAddr,
    lines: Receiver<String>,
}

impl Serving {
    /// Starts a program on a port of its own choosing, and waits for
    /// the line that says which.
    pub fn start(
        project: &Project,
        program: &Path,
    ) -> Result<Self, String> {
        let path = program.to_string_lossy().into_owned();
        let name = normalize(&path, project);
        let mut command = Shell::at(project).command("sh");
        // What it logs comes in one stream with what it prints. With one
        // thread, the logs of two requests come in their order.
        let line = "exec \"$0\" --port 0 --threads 1 2>&1";
        let folder = TempDir::new()
            .map_err(|e| format!("no folder for {name}: {e}"))?;
        command.current_dir(folder.path());
        command.args(["-c", line, &path]).stdout(Stdio::piped());
        let mut child = command
            .spawn()
            .map_err(|e| format!("{name} does not start: {e}"))?;
        let lines = read(child.stdout.take());
        let mut serving = Self {
            child,
            _folder: folder,
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            lines,
        };
        serving.address = serving.wait_for_address(&name)?;
        Ok(serving)
    }

    fn wait_for_address(
        &self,
        name: &str,
    ) -> Result<SocketAddr, String> {
        let mut printed = String::new();
        while let Ok(line) = self.lines.recv_timeout(START) {
            if let Some(address) = address(&line) {
                return Ok(address);
            }
            printed.push_str(&line);
        }
        Err(format!(
            "`{name} --port 0` did not print where it serves, a line \
             with http://127.0.0.1:PORT; it printed:\n{printed}"
        ))
    }

    /// What it has logged since it began to serve.
    pub fn log(&self) -> String {
        self.log_within(QUIET)
    }

    /// What it has logged since the last time, until nothing comes for
    /// so long.
    pub fn log_within(&self, quiet: Duration) -> String {
        let mut log = String::new();
        while let Ok(line) = self.lines.recv_timeout(quiet) {
            log.push_str(&line);
        }
        log
    }

    pub fn connect(&self) -> io::Result<TcpStream> {
        TcpStream::connect(self.address)
    }

    /// Has its process ended by itself?
    pub fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // Both fail only if it has ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads lines in a thread, for a wait for them must have an end.
fn read(
    from: Option<impl std::io::Read + Send + 'static>,
) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut from = BufReader::new(from?);
        let mut line = Vec::new();
        while from.read_until(b'\n', &mut line).is_ok_and(|n| n > 0) {
            let text = String::from_utf8_lossy(&line).into_owned();
            sender.send(text).ok()?;
            line.clear();
        }
        Some(())
    });
    receiver
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
