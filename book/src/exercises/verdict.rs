//! What is to be said of the reader's answers, and how it is found out.

use crate::exercises::compiled::compile;
use crate::exercises::complaint::Complaint;
use crate::exercises::exercise::{self, Entry};
use crate::exercises::own_server;
use crate::live::fresh::{CODE, State};
use crate::project::FOLDERS;
use crate::project::Project;
use crate::run::bytes;
use crate::run::shell::Shell;
use std::fs::File;
use std::io::Read;
use std::panic::resume_unwind;
use std::path::Path;
use std::process::ExitStatus;
use std::thread;
use std::time::Duration;
use tempfile::TempDir;

/// What is true of an answer, and why.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    Solved,
    /// It was run, and is not right.
    Wrong(String),
    /// It does not compile.
    Broken(String),
    /// Nobody knows, for something else does not compile.
    Unchecked(String),
    /// Nobody knows, for this machine lacks what the chapter needs.
    Lacking(String),
}

impl Verdict {
    /// The word for it that our pages know.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Solved => "solved",
            Self::Wrong(_) | Self::Broken(_) => "unsolved",
            Self::Unchecked(_) | Self::Lacking(_) => "unchecked",
        }
    }

    /// The same, where it matters why it is not solved.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Wrong(_) => "wrong",
            Self::Broken(_) => "broken",
            Self::Solved | Self::Unchecked(_) | Self::Lacking(_) => {
                self.word()
            }
        }
    }

    /// What the check has found wrong, if it says that in parts.
    pub fn complaint(&self) -> Option<Complaint> {
        match self {
            Self::Wrong(text) => Complaint::of(text),
            _ => None,
        }
    }

    /// Why it is not solved.
    pub fn said(&self) -> &str {
        match self {
            Self::Solved => "",
            Self::Wrong(text)
            | Self::Broken(text)
            | Self::Unchecked(text)
            | Self::Lacking(text) => text,
        }
    }
}

/// An exercise, and what was found.
pub struct Checked {
    pub entry: Entry,
    pub verdict: Verdict,
}

/// How often it is begun anew because something was saved meanwhile.
const TRIES: usize = 3;

/// What is told when that was not often enough.
pub const UNSETTLED: &str = "Files were saved each time that the check \
    ran. Check again when nothing is being saved.";

/// Checks exercises of a chapter. What is found is true of the files in
/// the state that is told with it; there is none if something was saved
/// again and again.
pub fn check(
    project: &Project,
    chapter: &str,
    wanted: &[Entry],
) -> Option<(State, Vec<Checked>)> {
    (0..TRIES).find_map(|_| {
        let before = state(project, chapter);
        let checked = check_once(project, chapter, wanted);
        let after = state(project, chapter);
        (before == after).then_some((before, checked))
    })
}

/// The state of what a chapter's checks are compiled from.
pub fn state(project: &Project, chapter: &str) -> State {
    used(State::of(project, &CODE), chapter)
}

/// Of a state of the code, that of what a chapter's checks are compiled
/// from: of other chapters, what a program of this one can use. An
/// answer may write other files while it runs. The reader's own server
/// is made of other chapters' answers, too.
pub fn used(code: State, chapter: &str) -> State {
    let own = Path::new("chapters").join(chapter);
    let has_server = own_server::CHAPTERS.contains(&chapter);
    code.only(|path| {
        let is_read = path
            .extension()
            .is_some_and(|name| name == "rs" || name == "toml");
        let is_for_tests = path.iter().any(|folder| {
            let is_answer = FOLDERS.iter().any(|f| folder == *f);
            let is_piece = has_server && folder == "exercises";
            folder == "tests" || is_answer && !is_piece
        });
        is_read && (path.starts_with(&own) || !is_for_tests)
    })
}

fn check_once(
    project: &Project,
    chapter: &str,
    wanted: &[Entry],
) -> Vec<Checked> {
    let verdicts: Vec<Verdict> = match compile(project, chapter) {
        Ok(program) => run_all(project, &program, wanted),
        Err(broken) => {
            let all = exercise::of_chapter(project, chapter);
            let all = all.unwrap_or_default();
            let verdict = |entry| broken.verdict(entry, &all);
            wanted.iter().map(verdict).collect()
        }
    };
    wanted
        .iter()
        .zip(verdicts)
        .map(|(entry, verdict)| Checked {
            entry: entry.clone(),
            verdict,
        })
        .collect()
}

/// Runs each in a process of its own, so that none can end another's,
/// and a few at a time.
fn run_all(
    project: &Project,
    program: &Path,
    wanted: &[Entry],
) -> Vec<Verdict> {
    let most = thread::available_parallelism().map_or(2, usize::from);
    let run_some = |some: &[Entry]| {
        thread::scope(|scope| {
            let begin = |entry| {
                scope.spawn(move || {
                    run(project, program, entry).unwrap_or_else(|e| {
                        let title = entry.title();
                        Verdict::Unchecked(format!(
                            "{title} cannot be checked: {e}."
                        ))
                    })
                })
            };
            let running: Vec<_> = some.iter().map(begin).collect();
            let end = |running: thread::ScopedJoinHandle<'_, _>| {
                running.join().unwrap_or_else(|e| resume_unwind(e))
            };
            running.into_iter().map(end).collect::<Vec<Verdict>>()
        })
    };
    wanted.chunks(most).flat_map(run_some).collect()
}

/// The longest that a program may take: more than its check grants the
/// answer, so that it is the check that tells.
const LIMIT: Duration = Duration::from_secs(15);

/// Runs a program that leaves no core file, and that may have 4 GiB of
/// memory: a loop without end often fills a vector.
const LINE: &str = "{ ulimit -c 0; ulimit -v 4194304; } 2>/dev/null; \
    exec \"$0\" \"$@\" 2>&1";

/// The variable with the file into which the check writes what it has
/// found. What is printed, and how the process ends, is the answer's
/// doing as well.
const VERDICT: &str = "EXERCISE_VERDICT";

/// The longest verdict, in bytes: what a check writes is shorter.
const LONGEST: u64 = 64 * 1024;

/// How much is shown of the end of what was printed, in characters.
const END: usize = 2000;

/// Runs the check of one exercise.
fn run(
    project: &Project,
    program: &Path,
    entry: &Entry,
) -> Result<Verdict, String> {
    let folder = TempDir::new().map_err(|e| e.to_string())?;
    let file = folder.path().join("verdict");
    let package = project.root.join("chapters").join(&entry.chapter);
    let shell = Shell {
        folder: &package,
        target: &project.target,
        limit: LIMIT,
    };
    let mut command = shell.command("sh")?;
    command.args(["-c", LINE]).arg(program);
    let test = format!("exercises::{}", entry.name);
    command.args(["--exact", &test, "--nocapture"]);
    command.env(VERDICT, &file);
    let (status, printed) = shell.watch(command)?;
    let mut found = Vec::new();
    if let Ok(file) = File::open(file) {
        let read = file.take(LONGEST).read_to_end(&mut found);
        read.map_err(|e| e.to_string())?;
    }
    let found = String::from_utf8_lossy(&found);
    Ok(judge(entry, &found, status, &printed))
}

/// Goes by what the check has found, and then by how the process ended.
fn judge(
    entry: &Entry,
    found: &str,
    status: Option<ExitStatus>,
    printed: &str,
) -> Verdict {
    let end = match status {
        Some(status) => format!("the program ended ({status})"),
        None => format!(
            "the program did not end in {} s and was stopped",
            LIMIT.as_secs()
        ),
    };
    let reason = match (found, status) {
        ("solved", Some(status)) if status.success() => {
            return Verdict::Solved;
        }
        ("solved", _) => {
            format!("The check found nothing wrong, but then {end}.")
        }
        ("", _) => format!("The check came to no result: {end}."),
        (text, _) => return Verdict::Wrong(text.into()),
    };
    let number = &entry.number;
    Verdict::Wrong(format!(
        "exercise {number} is not solved yet.\n\n  {reason}\n{}",
        quote(printed)
    ))
}

/// The end of what was printed.
fn quote(printed: &str) -> String {
    let printed = printed.trim_start();
    let printed =
        printed.strip_prefix("running 1 test\n").unwrap_or(printed);
    if printed.trim().is_empty() {
        return String::new();
    }
    let printed = bytes::shown(end(printed));
    format!("  The last that it printed:\n\n{printed}")
}

/// The end of a text that may be too long to be read.
pub fn end(text: &str) -> &str {
    let start = text.char_indices().rev().nth(END - 1);
    &text[start.map_or(0, |(at, _)| at)..]
}
