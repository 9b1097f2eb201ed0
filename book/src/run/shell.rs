//! Commands, run as a reader would run them.

use crate::project::Project;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::{Duration, Instant};
use std::{env, thread};

/// The longest that a command may take, compiling included.
pub const LIMIT: Duration = Duration::from_secs(120);

/// The most that is kept of what a command prints.
const OUTPUT_LIMIT: usize = 4 << 20;

/// What a reader's environment has in common with ours. Everything
/// else stays out: cargo's variables, and CGI's above all.
const KEPT: [&str; 12] = [
    "PATH",
    "HOME",
    "USER",
    "TMPDIR",
    "CARGO_HOME",
    "RUSTUP_HOME",
    "RUSTUP_TOOLCHAIN",
    "CARGO_NET_OFFLINE",
    "SYSTEMROOT",
    "HTTPS_PROXY",
    "https_proxy",
    "SSL_CERT_FILE",
];

/// How a command ended, and what it printed.
#[derive(Debug)]
pub struct Ended {
    pub status: Option<i32>,
    pub output: String,
}

/// A place to run commands in.
pub struct Shell<'a> {
    pub folder: &'a Path,
    pub target: &'a Path,
    pub limit: Duration,
}

impl<'a> Shell<'a> {
    pub fn at(project: &'a Project) -> Self {
        Self {
            folder: &project.root,
            target: &project.target,
            limit: LIMIT,
        }
    }

    /// A command with a clean environment.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        let kept = KEPT.iter().filter_map(|name| {
            env::var_os(name).map(|value| (name, value))
        });
        command
            .current_dir(self.folder)
            .env_clear()
            .envs(kept)
            .env("CARGO_TARGET_DIR", self.target)
            .env("CARGO_TERM_COLOR", "never")
            .env("CARGO_TERM_PROGRESS_WHEN", "never")
            .env("LANG", "C.UTF-8")
            .stdin(Stdio::null());
        command
    }

    /// Runs a line of `sh`, both of its streams into one.
    pub fn run(&self, line: &str) -> Result<Ended, String> {
        let mut command = self.command("sh");
        // One pipe, so that lines come in the order of their writing.
        command.args(["-c", &format!("exec 2>&1\n{line}")]);
        self.finish(command, line)
    }

    /// Runs a command to its end, or ends it when its time is up.
    fn finish(
        &self,
        command: Command,
        line: &str,
    ) -> Result<Ended, String> {
        let (status, output) = self
            .watch(command)
            .map_err(|e| format!("`{line}` does not start: {e}"))?;
        let Some(status) = status else {
            return Err(format!(
                "`{line}` did not end in {} s and was stopped; it had \
                 printed:\n{output}",
                self.limit.as_secs_f32(),
            ));
        };
        let output = without_progress(&output);
        Ok(Ended { status: status.code(), output })
    }

    /// Waits for the end of a command, or brings it about when its time
    /// is up: then there is no status. What it has started ends with
    /// it. Of what it prints, the beginning is kept.
    pub fn watch(
        &self,
        mut command: Command,
    ) -> Result<(Option<ExitStatus>, String), String> {
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        own_group(&mut command);
        let start = Instant::now();
        let mut child = command.spawn().map_err(|e| e.to_string())?;
        let output = child.stdout.take().map(Output::of);
        let status = wait(&mut child, start + self.limit);
        kill(&mut child);
        Ok((status, output.map(Output::text).unwrap_or_default()))
    }
}

/// What a command prints.
struct Output {
    bytes: Arc<Mutex<Vec<u8>>>,
    ended: mpsc::Receiver<()>,
}

impl Output {
    /// Reads in a thread: the end may never come.
    fn of(mut from: impl Read + Send + 'static) -> Self {
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let (sender, ended) = mpsc::channel();
        let read = Arc::clone(&bytes);
        thread::spawn(move || {
            let mut block = [0; 8192];
            while let Ok(length @ 1..) = from.read(&mut block) {
                let mut kept = lock(&read);
                let free = OUTPUT_LIMIT - kept.len();
                kept.extend_from_slice(&block[..length.min(free)]);
            }
            // Nobody may wait any more.
            let _ = sender.send(());
        });
        Self { bytes, ended }
    }

    /// What has come when the command has ended: a process that went
    /// out of its group may write on.
    fn text(self) -> String {
        let _ = self.ended.recv_timeout(Duration::from_millis(500));
        String::from_utf8_lossy(&lock(&self.bytes)).into_owned()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn wait(child: &mut Child, deadline: Instant) -> Option<ExitStatus> {
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) if Instant::now() < deadline => {
                thread::sleep(Duration::from_millis(2));
            }
            _ => return None,
        }
    }
}

/// A group of its own, so that what it starts can be ended with it.
#[cfg(unix)]
fn own_group(command: &mut Command) {
    std::os::unix::process::CommandExt::process_group(command, 0);
}

#[cfg(not(unix))]
fn own_group(_command: &mut Command) {}

fn kill(child: &mut Child) {
    kill_group(child);
    // Fails only if it has ended by itself.
    let _ = child.kill();
    let _ = child.wait();
}

#[cfg(unix)]
fn kill_group(child: &Child) {
    use rustix::process::{Pid, Signal, kill_process_group};
    let _ = kill_process_group(Pid::from_child(child), Signal::KILL);
}

#[cfg(not(unix))]
fn kill_group(_child: &Child) {}

/// What cargo says about its own work: a word that ends at column 12.
const PROGRESS: [&str; 14] = [
    "Compiling",
    "Finished",
    "Running",
    "Blocking",
    "Downloading",
    "Downloaded",
    "Updating",
    "Locking",
    "Adding",
    "Checking",
    "Fresh",
    "Building",
    "Doc-tests",
    "Executable",
];

/// Leaves out cargo's progress, which depends on what was built before.
fn without_progress(output: &str) -> String {
    let is_progress = |line: &str| {
        let (Some(head), Some(rest)) = (line.get(..12), line.get(12..))
        else {
            return false;
        };
        PROGRESS.contains(&head.trim_start()) && rest.starts_with(' ')
    };
    output
        .split_inclusive('\n')
        .filter(|line| !is_progress(line))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell() -> Shell<'static> {
        Shell {
            folder: Path::new("/"),
            target: Path::new("/target"),
            limit: Duration::from_millis(300),
        }
    }

    #[test]
    fn both_streams_come_in_order_with_the_status() {
        let line = "echo one; echo two >&2; echo three; exit 3";
        let ended = shell().run(line).unwrap();
        assert_eq!(ended.output, "one\ntwo\nthree\n");
        assert_eq!(ended.status, Some(3));
    }

    #[test]
    fn the_environment_is_clean() {
        let ended = shell().run("env | grep CARGO_PKG").unwrap();
        assert_eq!(ended.output, "");
    }

    #[test]
    fn a_child_that_keeps_the_pipe_is_not_waited_for() {
        let start = Instant::now();
        let ended = shell().run("sleep 60 & echo begun").unwrap();
        assert_eq!(ended.output, "begun\n");
        assert!(start.elapsed() < Duration::from_secs(5));
    }

    #[test]
    fn output_without_end_is_not_kept() {
        let mut command = shell().command("yes");
        command.arg("a line that is not short");
        let (status, output) = shell().watch(command).unwrap();
        assert_eq!(status, None);
        assert!(output.len() <= OUTPUT_LIMIT);
    }

    #[test]
    fn a_command_that_hangs_is_stopped_with_its_children() {
        let line = "echo begun; sleep 60 | cat";
        let start = Instant::now();
        let error = shell().run(line).unwrap_err();
        assert!(error.contains("did not end in 0.3 s"), "{error}");
        assert!(error.ends_with("begun\n"), "{error}");
        assert!(start.elapsed() < Duration::from_secs(5));
    }

    #[test]
    fn progress_is_left_out() {
        let output = "   Compiling ch01 v0.1.0\n    Finished `dev`\n\
                      \x20    Running `target/debug/ch01`\nHello\n";
        assert_eq!(without_progress(output), "Hello\n");
        let own = "Running late\n";
        assert_eq!(without_progress(own), own);
    }
}
