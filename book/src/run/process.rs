//! Processes that end with this one.

use crate::run::output::Output;
use rustix::io::{Errno, FdFlags, fcntl_setfd};
use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, kill_process,
    kill_process_group, waitid,
};
use std::ffi::OsString;
use std::io::{self, PipeReader, PipeWriter};
use std::os::fd::AsRawFd;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How long a supervisor may take to end what it has in its care.
const LIMIT: Duration = Duration::from_secs(2);

/// A process, and whatever it starts. All end when this is dropped, and
/// when the book ends, however it does.
pub struct Process {
    child: Child,
    ended: Option<ExitStatus>,
    pub output: Output,
}

impl Process {
    /// Starts a command of [`command`]'s. So much of its output is
    /// kept.
    pub fn start(
        mut command: Command,
        limit: usize,
    ) -> io::Result<Self> {
        command.stdin(Stdio::null()).stderr(Stdio::null());
        command.stdout(Stdio::piped());
        let mut child = command.process_group(0).spawn()?;
        let output = Output::new(limit);
        if let Some(stdout) = child.stdout.take() {
            output.read(stdout);
        }
        Ok(Self { child, ended: None, output })
    }

    /// How it has ended, if it has. Then nothing is left of what it had
    /// started.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        if self.ended.is_none() {
            let options = WaitIdOptions::EXITED
                | WaitIdOptions::NOHANG
                | WaitIdOptions::NOWAIT;
            // Until we ask how it has ended, its number is no other's.
            let id = Pid::from_child(&self.child);
            match waitid(WaitId::Pid(id), options) {
                Ok(None) | Err(Errno::INTR) => {}
                _ => self.end_group(),
            }
        }
        self.ended
    }

    /// Waits for its end, as long as that is wanted.
    pub fn wait(
        &mut self,
        is_wanted: impl Fn() -> bool,
    ) -> Option<ExitStatus> {
        let mut pause = Duration::from_millis(1);
        while self.ended().is_none() && is_wanted() {
            thread::sleep(pause);
            pause = Duration::from_millis(20).min(pause * 2);
        }
        self.ended
    }

    /// Ends it, with all that it has started.
    pub fn end(&mut self) {
        if self.ended().is_some() {
            return;
        }
        let _ =
            kill_process(Pid::from_child(&self.child), Signal::TERM);
        let start = Instant::now();
        if self.wait(|| start.elapsed() < LIMIT).is_none() {
            self.end_group();
        }
    }

    fn end_group(&mut self) {
        let group = Pid::from_child(&self.child);
        let _ = kill_process_group(group, Signal::KILL);
        self.ended = self.child.wait().ok();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
        // Its reader may be waiting for somebody who wants more.
        self.output.hold(false);
    }
}

/// A command that is run in a folder, under a supervisor.
pub fn command(
    folder: &Path,
    program: &Path,
) -> Result<Command, String> {
    let line = supervised(folder, program)?;
    let mut command = Command::new(&line[0]);
    command.args(&line[1..]);
    Ok(command)
}

/// How a program is called to be run in a folder, under a supervisor.
/// If the folder's name is empty, it gets one of its own for a time.
pub fn supervised(
    folder: &Path,
    program: &Path,
) -> Result<Vec<OsString>, String> {
    let lifeline = Lifeline::get()
        .map_err(|e| format!("no pipe can be made: {e}"))?;
    if lifeline.writer().is_none() {
        return Err(STOPPING.into());
    }
    let fd = lifeline.reader.as_raw_fd().to_string();
    let mut words: Vec<OsString> =
        vec![own_program()?.into(), "supervise".into(), fd.into()];
    if cfg!(test) {
        // The modules' tests are another program, which is none.
        let line = "cd \"$0\" && exec \"$@\"";
        words = vec!["sh".into(), "-c".into(), line.into()];
    }
    words.extend([folder.into(), program.into()]);
    Ok(words)
}

/// This program, even if another was built in its place meanwhile.
#[cfg(target_os = "linux")]
fn own_program() -> Result<PathBuf, String> {
    Ok("/proc/self/exe".into())
}

#[cfg(not(target_os = "linux"))]
fn own_program() -> Result<PathBuf, String> {
    let path = std::env::current_exe();
    path.map_err(|e| format!("this program is not to be found: {e}"))
}

/// Why nothing is started any more.
pub const STOPPING: &str = "the book is stopping";

/// Ends all processes, and lets no other start.
pub fn end_all() {
    if let Ok(lifeline) = Lifeline::get() {
        lifeline.writer().take();
    }
}

pub fn are_ended() -> bool {
    Lifeline::get().is_ok_and(|lifeline| lifeline.writer().is_none())
}

/// A pipe into which nobody writes. All supervisors read from it: its
/// end is the end of this process, or [`end_all`].
struct Lifeline {
    reader: PipeReader,
    writer: Mutex<Option<PipeWriter>>,
}

impl Lifeline {
    fn get() -> io::Result<&'static Self> {
        static ONE: OnceLock<Lifeline> = OnceLock::new();
        if let Some(one) = ONE.get() {
            return Ok(one);
        }
        let (reader, writer) = io::pipe()?;
        // Whatever we start has this end. The other one nobody has.
        fcntl_setfd(&reader, FdFlags::empty())?;
        let writer = Mutex::new(Some(writer));
        Ok(ONE.get_or_init(|| Self { reader, writer }))
    }

    fn writer(&self) -> MutexGuard<'_, Option<PipeWriter>> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
