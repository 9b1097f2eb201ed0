//! Processes and folders that are gone when a test ends, however it
//! ends.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};
use std::{env, process};

/// How long a program may take to start, answer or stop.
pub const LIMIT: Duration = Duration::from_secs(20);

/// A new folder, which is removed at the end.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("gateway-outside-{}-{count}", process::id());
        let folder = env::temp_dir().join(name);
        fs::create_dir(&folder).unwrap();
        Self(folder)
    }

    /// Its own path, for a configuration.
    pub fn text(&self) -> &str {
        self.0.to_str().unwrap()
    }

    /// The path of something in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A process that is ending may remove its own files from it.
        let gone = until(|| {
            (fs::remove_dir_all(&self.0).is_ok() || !self.0.exists())
                .then_some(())
        });
        if gone.is_none() {
            eprintln!("{} is left over", self.0.display());
        }
    }
}

/// A process that is ended at the end.
pub struct Running(pub Child);

impl Running {
    pub fn start(command: &mut Command) -> Self {
        match command.spawn() {
            Ok(child) => Self(child),
            Err(error) => panic!("{command:?}: {error}"),
        }
    }

    pub fn has_ended(&mut self) -> bool {
        !matches!(self.0.try_wait(), Ok(None))
    }

    /// SIGTERM, on which a web server ends its own processes too.
    fn terminate(&mut self) {
        let id = self.0.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &id]).status();
        until(|| self.has_ended().then_some(()));
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.has_ended() {
            self.terminate();
        }
        // Both fail if it has ended, as it should have.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Asks again and again, but not for ever.
pub fn until<T>(mut ready: impl FnMut() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + LIMIT;
    while Instant::now() < deadline {
        if let Some(value) = ready() {
            return Some(value);
        }
        thread::sleep(Duration::from_millis(5));
    }
    None
}

#[test]
fn a_process_and_a_folder_are_gone_after_a_panic() {
    let (send, receive) = std::sync::mpsc::channel();
    let panicked = thread::spawn(move || {
        let folder = Folder::new();
        let mut sleep = Command::new("sleep");
        // If it is left over, it must not keep a pipe of ours open.
        sleep.arg("1000").stdout(process::Stdio::null());
        sleep.stderr(process::Stdio::null());
        let running = Running::start(&mut sleep);
        fs::write(folder.path("file"), "").unwrap();
        send.send((folder.path(""), running.0.id())).unwrap();
        panic!("as intended");
    });
    assert!(panicked.join().is_err());
    let (folder, id) = receive.recv().unwrap();
    assert!(!folder.exists());
    let id = id.to_string();
    let mut check = Command::new("kill");
    check.args(["-0", &id]).stderr(process::Stdio::null());
    assert!(!check.status().unwrap().success());
}
