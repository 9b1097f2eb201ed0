//! Commands, run as a reader would run them.

use crate::project::Project;
use crate::run::process::{self, Process};
use std::env;
use std::path::Path;
use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};

/// The longest that a command may take, compiling included.
pub const LIMIT: Duration = Duration::from_secs(120);

/// The most that is kept of what a command prints, in bytes.
const OUTPUT_LIMIT: usize = 4 << 20;

/// What a reader's environment has in common with ours. Everything
/// else stays out: cargo's variables, and CGI's above all.
const KEPT: [&str; 14] = [
    "PATH",
    "PYTHON",
    "HOME",
    "USER",
    "TMPDIR",
    "CARGO_HOME",
    "RUSTUP_HOME",
    "RUSTUP_TOOLCHAIN",
    "CARGO_NET_OFFLINE",
    "CARGO_PROFILE_DEV_DEBUG",
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

/// A place to run commands in. If the folder's name is empty, each has
/// one of its own, for as long as it runs.
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

    /// A command with a clean environment, which ends with the book.
    pub fn command(&self, program: &str) -> Result<Command, String> {
        let program = program.as_ref();
        let mut command = process::command(self.folder, program)?;
        let kept = KEPT.iter().filter_map(|name| {
            env::var_os(name).map(|value| (name, value))
        });
        command
            .env_clear()
            .envs(kept)
            .env("CARGO_TARGET_DIR", self.target)
            .env("CARGO_TERM_COLOR", "never")
            .env("CARGO_TERM_PROGRESS_WHEN", "never")
            .env("LANG", "C.UTF-8");
        Ok(command)
    }

    /// Runs a line of `sh`, both of its streams into one.
    pub fn run(&self, line: &str) -> Result<Ended, String> {
        let mut command = self.command("sh")?;
        // One pipe, so that lines come in the order of their writing.
        command.args(["-c", &format!("exec 2>&1\n{line}")]);
        let (status, output) = self
            .watch(command)
            .map_err(|e| format!("`{line}` does not start: {e}"))?;
        if process::are_ended() {
            return Err(process::STOPPING.into());
        }
        let Some(status) = status else {
            return Err(format!(
                "`{line}` did not end in {} s and was stopped; it had \
                 printed:\n{output}",
                self.limit.as_secs_f32()
            ));
        };
        let output = without_progress(&output);
        Ok(Ended { status: status.code(), output })
    }

    /// Waits for the end of a command of ours, or brings it about when
    /// its time is up: then there is no status. What it has started
    /// ends with it. Of what it prints, the beginning is kept.
    pub fn watch(
        &self,
        command: Command,
    ) -> Result<(Option<ExitStatus>, String), String> {
        let start = Instant::now();
        let mut process = Process::start(command, OUTPUT_LIMIT)
            .map_err(|e| e.to_string())?;
        let status = process.wait(|| start.elapsed() < self.limit);
        process.end();
        // Nobody is left who writes, but where some can hide.
        process.output.finish(Duration::from_secs(1));
        Ok((status, process.output.take()))
    }
}

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
            limit: LIMIT,
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
    fn a_command_that_hangs_is_stopped_with_its_children() {
        let line = "echo begun; sleep 60 | cat";
        let start = Instant::now();
        let limit = Duration::from_millis(300);
        let shell = Shell { limit, ..shell() };
        let error = shell.run(line).unwrap_err();
        assert!(error.contains("did not end in 0.3 s"), "{error}");
        assert!(error.ends_with("begun\n"), "{error}");
        assert!(start.elapsed() < Duration::from_secs(20));
    }

    #[test]
    fn what_a_command_leaves_behind_ends_with_it() {
        let ended = shell().run("sleep 60 & echo $!").unwrap();
        let look = format!("ps -o stat= -p {}", ended.output.trim());
        let start = Instant::now();
        loop {
            let state = shell().run(&look).unwrap().output;
            // Gone, or waiting for init to take note of it.
            if state.trim().is_empty() || state.starts_with('Z') {
                return;
            }
            assert!(start.elapsed().as_secs() < 20, "{state}");
        }
    }

    #[test]
    fn of_output_without_end_the_beginning_is_kept() {
        let limit = Duration::from_secs(2);
        let shell = Shell { limit, ..shell() };
        let mut command = shell.command("yes").unwrap();
        command.arg("x".repeat(10_000));
        let (status, output) = shell.watch(command).unwrap();
        assert_eq!(status, None);
        let told = "\n(This was cut after 4096 KiB.)\n";
        assert!(output.ends_with(told));
        assert_eq!(output.len(), OUTPUT_LIMIT + told.len());
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
