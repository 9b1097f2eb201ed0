//! How exercises are checked, and how the checks are proven.
//!
//! A chapter's `exercises/mod.rs` lists its exercises. Each has three
//! files of its name: the stub in `exercises`, an answer in
//! `solutions`, and the check in `wrong`, with answers that it must
//! reject. `tests/exercises.rs` checks what the reader has written;
//! `tests/proofs.rs` proves the checks.

#![allow(dead_code, reason = "each of the two tests uses a part")]

use std::fmt::{self, Debug, Display};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;
use std::{env, fs, thread};

/// The longest that an answer may take.
const LIMIT: Duration = Duration::from_secs(10);

/// What a check says of an answer.
pub type Verdict = Result<(), Complaint>;

/// What is not right yet.
#[derive(Clone, Debug)]
pub struct Complaint {
    sent: String,
    came_back: String,
    expected: String,
    hint: &'static str,
}

/// Asks for an answer, and compares it with what is expected.
pub fn expect<T: PartialEq + Debug>(
    sent: impl Display,
    answer: impl FnOnce() -> T,
    expected: T,
    hint: &'static str,
) -> Verdict {
    let came_back = match catch_unwind(AssertUnwindSafe(answer)) {
        Ok(value) if value == expected => return Ok(()),
        Ok(value) => format!("{value:?}"),
        Err(panic) => format!("a panic: {}", said(&*panic)),
    };
    let sent = sent.to_string();
    let expected = format!("{expected:?}");
    Err(Complaint { sent, came_back, expected, hint })
}

/// What a panic said.
fn said(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or(panic.downcast_ref::<&str>().copied()).unwrap_or("")
}

/// Bytes that are shown as a literal, not as numbers.
#[derive(PartialEq)]
pub struct Bytes(pub Vec<u8>);

impl Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b\"{}\"", self.0.escape_ascii())
    }
}

/// An exercise, as `exercises!` puts it together.
pub struct Exercise {
    pub number: &'static str,
    pub name: &'static str,
    /// The chapter's folder.
    pub folder: &'static str,
    /// Where in the book its knowledge is.
    pub read: &'static str,
    /// What the book says of it, folded.
    pub hint: &'static str,
    pub stub: fn() -> Verdict,
    pub solution: fn() -> Verdict,
    /// What the check says of each wrong answer, after the hint that
    /// it must give.
    pub wrong: fn() -> Vec<(&'static str, Verdict)>,
}

/// Lists a chapter's exercises: a number and a name each. What is
/// done with them is decided by `crate::judge`.
macro_rules! exercises {
    ($($number:literal $name:ident;)*) => {
        $(pub mod $name;)*

        #[path = "../solutions"]
        mod solutions {
            $(pub mod $name;)*
        }

        #[path = "../wrong"]
        mod wrong {
            $(pub mod $name;)*
        }

        $(
            #[test]
            fn $name() -> Result<(), crate::exercise::Failure> {
                crate::judge(&crate::exercise::Exercise {
                    number: stringify!($number),
                    name: stringify!($name),
                    folder: env!("CARGO_MANIFEST_DIR"),
                    read: wrong::$name::READ,
                    hint: wrong::$name::HINT,
                    stub: || wrong::$name::check($name::$name),
                    solution: || {
                        wrong::$name::check(solutions::$name::$name)
                    },
                    wrong: || {
                        let check = wrong::$name::check;
                        let all = wrong::$name::WRONG.iter();
                        all.map(|(hint, answer)| {
                            (*hint, check(*answer))
                        })
                        .collect()
                    },
                })
            }
        )*
    };
}

/// Why a test has failed, in words.
pub struct Failure(String);

impl Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Checks what the reader has written.
pub fn check(exercise: &Exercise) -> Result<(), Failure> {
    match in_time(exercise.stub) {
        Some(Ok(())) => Ok(()),
        Some(Err(complaint)) => {
            Err(exercise.failure(&complaint.to_string()))
        }
        None => {
            let limit = LIMIT.as_secs();
            let text = format!(
                "  There was no answer within {limit} seconds. Is \
                 there a loop that does not end?\n"
            );
            Err(exercise.failure(&text))
        }
    }
}

impl Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sent, came_back, expected, hint } = self;
        writeln!(f, "  sent       {sent}")?;
        writeln!(f, "  came back  {came_back}")?;
        writeln!(f, "  expected   {expected}")?;
        writeln!(f, "\n  {hint}")
    }
}

impl Complaint {
    /// Another hint, if what came back shows the mistake.
    pub fn hint_if(mut self, shown: &str, hint: &'static str) -> Self {
        if self.came_back.contains(shown) {
            self.hint = hint;
        }
        self
    }
}

impl Exercise {
    fn failure(&self, text: &str) -> Failure {
        let Self { number, name, read, .. } = self;
        let chapter = number.split('.').next().unwrap_or_default();
        Failure(format!(
            "exercise {number} is not solved yet.\n\n{text}  Read \
             chapter {chapter}, \"{read}\".\n  Your answer goes into \
             {}.\n",
            self.path(&format!("exercises/{name}.rs"))
        ))
    }

    /// A file of the chapter, as one sees it from the root.
    fn path(&self, file: &str) -> String {
        let chapter = self.folder.rsplit(['/', '\\']).next();
        format!("chapters/{}/{file}", chapter.unwrap_or_default())
    }

    /// Whether the stub is as its author left it. In CI it has to be.
    fn is_untouched(&self) -> bool {
        if env::var_os("CI").is_some() {
            return true;
        }
        let file = format!("exercises/{}.rs", self.name);
        let path = format!("{}/{file}", self.folder);
        let text = fs::read_to_string(path).unwrap_or_default();
        let git = Command::new("git")
            .args(["diff", "--quiet", "HEAD", "--", &file])
            .current_dir(self.folder)
            .stderr(Stdio::null())
            .status();
        text.contains(&format!("exercise {}: ", self.number))
            && git.is_ok_and(|status| status.success())
    }
}

/// Proves that an exercise can be solved, is not solved by its stub,
/// and that its check names the usual mistakes.
pub fn prove(exercise: &Exercise) -> Result<(), Failure> {
    let Exercise { number, name, .. } = exercise;
    let fail = |text: String| {
        Err(Failure(format!("exercise {number}, {name}: {text}\n")))
    };
    match in_time(exercise.solution) {
        Some(Ok(())) => {}
        Some(Err(complaint)) => {
            return fail(format!("its solution fails:\n{complaint}"));
        }
        None => return fail("its solution does not end".into()),
    }
    let Some(verdicts) = in_time(exercise.wrong) else {
        return fail("a wrong answer does not end".into());
    };
    if verdicts.len() < 2 {
        return fail("it has fewer than two wrong answers".into());
    }
    for (hint, verdict) in verdicts {
        match verdict {
            Err(complaint) if complaint.hint == hint => {}
            Err(complaint) => {
                return fail(format!(
                    "a wrong answer must be told\n  {hint}\nand is \
                     told\n{complaint}"
                ));
            }
            Ok(()) => {
                return fail(format!(
                    "a wrong answer passes that must be told\n  {hint}"
                ));
            }
        }
    }
    if !exercise.is_untouched() {
        // Whatever the reader has made of it, the proofs stand.
        return Ok(());
    }
    let own =
        format!("a panic: not yet implemented: exercise {number}: ");
    match in_time(exercise.stub) {
        Some(Err(complaint))
            if complaint.came_back.starts_with(&own)
                || !complaint.came_back.starts_with("a panic: ") =>
        {
            Ok(())
        }
        Some(Err(complaint)) => fail(format!(
            "its stub fails, but not for its own reason:\n{complaint}"
        )),
        // A solved exercise is no reason for a red test.
        Some(Ok(())) if env::var_os("CI").is_none() => Ok(()),
        Some(Ok(())) => fail("its stub passes".into()),
        None => fail("its stub does not end".into()),
    }
}

/// Runs something in a thread, for it may never end.
fn in_time<T: Send + 'static>(run: fn() -> T) -> Option<T> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        // Nobody waits any more when its time was up.
        let _ = sender.send(run());
    });
    receiver.recv_timeout(LIMIT).ok()
}
