//! A program that starts anew when its files are saved.

use rustix::process::{Signal, getpid, kill_process};
use std::collections::BTreeMap;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};
use std::{env, fs, thread};

/// Has a file been saved?
static SAVED: AtomicBool = AtomicBool::new(false);

/// Stops this process, as SIGTERM does, once a file has been saved: it
/// answers first what it has begun to.
pub fn watch(before: Files) {
    thread::spawn(|| {
        wait(before);
        SAVED.store(true, Ordering::SeqCst);
        // It is there.
        let _ = kill_process(getpid(), Signal::TERM);
    });
}

/// Starts it anew, if that is why it has stopped.
pub fn if_saved() {
    if SAVED.load(Ordering::SeqCst) {
        start_anew(&[]);
    }
}

/// Starts it anew once a file has been saved.
pub fn when_saved(before: Files) {
    wait(before);
    start_anew(&[]);
}

/// In the same process, so that whoever has started it keeps it.
pub fn start_anew(variables: &[(&str, &str)]) {
    let program = env::current_exe();
    let error = program.map(|program| {
        let mut program = Command::new(program);
        program.args(env::args_os().skip(1));
        program.envs(variables.iter().copied()).exec()
    });
    let error = error.unwrap_or_else(|error| error);
    eprintln!("cannot start anew: {error}");
}

pub type Files = BTreeMap<PathBuf, SystemTime>;

fn wait(before: Files) {
    loop {
        thread::sleep(Duration::from_millis(300));
        let now = files();
        let is_new = |(file, time): &(&PathBuf, &SystemTime)| {
            before.get(*file) != Some(time)
        };
        let gone = before.keys().find(|file| !now.contains_key(*file));
        let saved = now.iter().find(is_new).map(|(file, _)| file);
        if let Some(file) = saved.or(gone) {
            eprintln!("{} was saved: starting anew", file.display());
            return;
        }
    }
}

/// The Python files below the working folder, and when they were saved.
pub fn files() -> Files {
    let mut files = Files::new();
    add(Path::new("."), &mut files);
    files
}

fn add(folder: &Path, files: &mut Files) {
    // Who cannot be read is not watched.
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        // A virtual environment has the modules of others.
        let is_others = name.as_encoded_bytes().starts_with(b".")
            || path.join("pyvenv.cfg").exists();
        let Ok(kind) = entry.file_type() else { continue };
        if kind.is_dir() && !is_others {
            add(&path, files);
        } else if path.extension().is_some_and(|end| end == "py")
            && let Ok(time) =
                entry.metadata().and_then(|m| m.modified())
        {
            let path = path.strip_prefix(".").unwrap_or(&path);
            files.insert(path.to_path_buf(), time);
        }
    }
}
