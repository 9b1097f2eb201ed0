//! `supervise`: a process that has a command run, and ends it when the
//! book ends, whatever has ended that.
//!
//! Who is killed can end nobody any more. So each command has a
//! supervisor for a parent, which has a pipe from the book: when the
//! book is gone, the system closes the other end of it.

use rustix::io::Errno;
use rustix::process::{
    Pid, Resource, Rlimit, Signal, WaitOptions, WaitStatus, getpid,
    kill_current_process_group, kill_process, setpgid, setrlimit, wait,
};
use rustix::stdio::{dup2_stderr, dup2_stdin, dup2_stdout};
use std::ffi::{OsStr, OsString};
use std::fs::{File, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{self, Command, ExitCode, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::{io, thread};
use tempfile::{Builder, TempDir};

/// What a shell says of a command that it cannot start.
const NOT_STARTED: u8 = 127;

/// Runs what `supervise FD FOLDER PROGRAM ARGUMENT…` says, and ends as
/// it does.
///
/// FD is our end of the pipe. When that ends, and at SIGTERM, the
/// command is ended, with all that it has started. What outlives the
/// command is ended, too. If FD is 0, there is no standard input for it.
/// If FOLDER is empty, it gets one that is gone behind it.
pub fn run(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.collect();
    let [fd, folder, program, arguments @ ..] = &arguments[..] else {
        eprintln!("error: this is for the book itself to start");
        return ExitCode::from(2);
    };
    let mut command = Command::new(program);
    command.args(arguments);
    if fd == "0" {
        command.stdin(Stdio::null());
    }
    match supervise(command, fd, Path::new(folder)) {
        Ok(status) => end_like(status),
        Err(error) => {
            eprintln!("{} does not start: {error}", program.display());
            ExitCode::from(NOT_STARTED)
        }
    }
}

fn supervise(
    mut command: Command,
    fd: &OsStr,
    folder: &Path,
) -> io::Result<WaitStatus> {
    // So that to end our group is to end nobody else.
    let _ = setpgid(None, None); // it may be ours already
    adopt_orphans();
    ctrlc::set_handler(|| end()).map_err(io::Error::other)?;
    let mut name = OsString::from("/dev/fd/");
    name.push(fd);
    let mut pipe = File::open(name)?;
    thread::Builder::new().spawn(move || {
        // Nothing ever comes. An error is an end as well.
        let _ = io::copy(&mut pipe, &mut io::sink());
        end()
    })?;
    match folder.as_os_str().is_empty() {
        true => command.current_dir(own_folder()?),
        false => command.current_dir(folder),
    };
    let child = Pid::from_child(&command.spawn()?);
    let _ = let_go_of_streams();
    let status = wait_for(child);
    clean_up();
    Ok(status)
}

/// What is to be removed at the end.
static OWN_FOLDER: Mutex<Option<TempDir>> = Mutex::new(None);

/// A folder that only this user sees.
fn own_folder() -> io::Result<PathBuf> {
    let only_user = Permissions::from_mode(0o700);
    let folder = Builder::new().permissions(only_user).tempdir()?;
    let path = folder.path().to_path_buf();
    *lock(&OWN_FOLDER) = Some(folder);
    Ok(path)
}

/// Leaves nothing behind.
fn clean_up() {
    end_descendants();
    drop(lock(&OWN_FOLDER).take());
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Lets go of the command's streams: a pipe has not ended as long as
/// anybody has it.
fn let_go_of_streams() -> io::Result<()> {
    let null =
        File::options().read(true).write(true).open("/dev/null")?;
    dup2_stdin(&null)?;
    dup2_stdout(&null)?;
    Ok(dup2_stderr(&null)?)
}

fn wait_for(child: Pid) -> WaitStatus {
    loop {
        match wait(WaitOptions::empty()) {
            Ok(Some((pid, status))) if pid == child => return status,
            // It is being ended, and we are.
            Err(Errno::CHILD) => thread::park(),
            // An orphan has ended.
            _ => {}
        }
    }
}

/// Ends as the command did: by the same signal, too, if we can.
fn end_like(status: WaitStatus) -> ExitCode {
    let Some(number) = status.terminating_signal() else {
        let number = status.exit_status().unwrap_or_default();
        return ExitCode::from(number as u8);
    };
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    let _ = setrlimit(Resource::Core, none);
    if let Some(signal) = Signal::from_named_raw(number)
        && ![Signal::INT, Signal::TERM, Signal::HUP].contains(&signal)
    {
        // Rust's runtime handles some, but only once.
        let _ = kill_process(getpid(), signal);
        let _ = kill_process(getpid(), signal);
    }
    // As a shell would say it.
    ExitCode::from(128 + number as u8)
}

/// Ends all, and us.
fn end() -> ! {
    clean_up();
    // Where children cannot be listed, this is what ends them.
    let _ = kill_current_process_group(Signal::KILL);
    process::exit(1)
}

#[cfg(target_os = "linux")]
use linux::{adopt_orphans, end_descendants};

/// Elsewhere a process that leaves its group is lost sight of.
#[cfg(not(target_os = "linux"))]
fn adopt_orphans() {}

#[cfg(not(target_os = "linux"))]
fn end_descendants() {}

#[cfg(target_os = "linux")]
mod linux {
    use super::*;
    use rustix::process::set_child_subreaper;
    use std::fs;
    use std::time::{Duration, Instant};

    /// How long the end of a process may take that was killed.
    const LIMIT: Duration = Duration::from_secs(1);

    /// Whoever loses his parent below us becomes our child, wherever he
    /// has gone.
    pub fn adopt_orphans() {
        let _ = set_child_subreaper(Some(getpid()));
    }

    /// Ends all children, and theirs, which are ours then.
    pub fn end_descendants() {
        static ONCE: Mutex<()> = Mutex::new(());
        let _once = lock(&ONCE);
        let start = Instant::now();
        while start.elapsed() < LIMIT {
            match wait(WaitOptions::NOHANG) {
                Ok(Some(_)) | Err(Errno::INTR) => {}
                Ok(None) => {
                    for child in children() {
                        let _ = kill_process(child, Signal::KILL);
                    }
                    thread::sleep(Duration::from_millis(1));
                }
                Err(_) => return, // there is none any more
            }
        }
    }

    /// Those of all our threads.
    fn children() -> Vec<Pid> {
        let tasks = fs::read_dir("/proc/self/task").into_iter();
        let lists = tasks.flatten().flatten().filter_map(|task| {
            fs::read_to_string(task.path().join("children")).ok()
        });
        let all = lists.collect::<String>();
        let numbers = all.split_whitespace().flat_map(str::parse);
        numbers.filter_map(Pid::from_raw).collect()
    }
}
