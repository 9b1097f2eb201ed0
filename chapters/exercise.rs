//! How exercises are checked, and how the checks are proven.
//!
//! A chapter's `exercises/mod.rs` lists its exercises. Each has four
//! files of its name: the reader's in `exercises`, which begins as a
//! copy of the one in `stubs`, an answer in `solutions`, and the check
//! in `wrong`, with answers that it must reject, and some that it
//! must take though they look unusual. `tests/exercises.rs`
//! checks what the reader has written; `tests/proofs.rs` proves the
//! checks.

#![allow(dead_code, reason = "each of the two tests uses a part")]

use std::fmt::{self, Debug, Display};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;
use std::{env, fs, thread};

/// The longest that an answer may take.
const LIMIT: Duration = Duration::from_secs(10);

/// The variable with the file into which a check writes what it found.
/// The book looks there, and not at what is printed or how the process
/// ends: an answer can print, and end it, as well.
const VERDICT: &str = "EXERCISE_VERDICT";

/// The most that is shown of a value.
const SHOWN: usize = 1000;

/// A line's end within a part of a complaint.
const NEXT_LINE: &str = "\n             ";

/// Stands for a hint where none may be given: the answer is right, if
/// not what one expects.
pub const RIGHT: &str = "";

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

/// What is printed or sent, with its head as it is usually written:
/// lines end with LF, and each is as [`field`] has it.
pub fn usual(printed: &str) -> String {
    let (mut usual, mut rest) = (String::new(), printed);
    while let Some((line, behind)) = rest.split_once('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line);
        usual += &(field(line) + "\n");
        rest = behind;
        if line.is_empty() {
            break;
        }
    }
    usual + rest
}

/// A header field's line as it is usually written: neither capitals in
/// its name, or in a type, nor white space around its value mean
/// anything.
pub fn field(line: &str) -> String {
    let Some((name, value)) = line.split_once(':') else {
        return line.into();
    };
    let words = name.split('-').map(|word| {
        let mut word = word.to_ascii_lowercase();
        if let Some(first) = word.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        word
    });
    let name = words.collect::<Vec<_>>().join("-");
    let parts: Vec<_> = value.split(';').map(str::trim).collect();
    match &*name {
        "Content-Type" => {
            format!("{name}: {}", parts.join("; ").to_ascii_lowercase())
        }
        _ => format!("{name}: {}", value.trim()),
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
    pub answer: fn() -> Verdict,
    pub stub: fn() -> Verdict,
    pub solution: fn() -> Verdict,
    /// What the check says of each wrong answer, after the hint that
    /// it must give; or of one that is [`RIGHT`].
    pub wrong: fn() -> Vec<(&'static str, Verdict)>,
}

/// Lists a chapter's exercises: a number and a name each. What is
/// done with them is decided by `crate::judge`.
macro_rules! exercises {
    ($($number:literal $name:ident;)*) => {
        $(pub mod $name;)*

        #[path = "../stubs"]
        mod stubs {
            $(pub mod $name;)*
        }

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
                    answer: || wrong::$name::check($name::$name),
                    stub: || wrong::$name::check(stubs::$name::$name),
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
    let found = match in_time(exercise.answer) {
        Ok(Ok(())) => Ok(()),
        Ok(Err(complaint)) => {
            Err(exercise.failure(&complaint.to_string()))
        }
        Err(text) => Err(exercise.failure(&format!("  {text}\n"))),
    };
    if let Some(file) = env::var_os(VERDICT) {
        let text = match &found {
            Ok(()) => "solved",
            Err(Failure(text)) => text,
        };
        fs::write(file, text).expect("the verdict is written");
    }
    found
}

/// Three parts, and a sentence behind a blank line. The first line of a
/// part has its name in front; each that follows, as in what a panic
/// says, is indented by as much. The book reads this form.
impl Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sent, came_back, expected, hint } = self;
        for (name, text) in [
            ("sent", sent),
            ("came back", came_back),
            ("expected", expected),
        ] {
            let lines = shown(text).replace('\n', NEXT_LINE);
            writeln!(f, "  {name:<9}  {lines}")?;
        }
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

    /// Another hint, if what came back is an answer that lacks
    /// something.
    pub fn hint_unless(
        mut self,
        shown: &str,
        hint: &'static str,
    ) -> Self {
        let is_panic = self.came_back.starts_with("a panic: ");
        if !is_panic && !self.came_back.contains(shown) {
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

    fn read(&self, file: &str) -> String {
        let path = format!("{}/{file}", self.folder);
        fs::read_to_string(path).unwrap_or_default()
    }
}

/// Proves that an exercise can be solved, is not solved by its stub,
/// and that its check names the usual mistakes.
pub fn prove(exercise: &Exercise) -> Result<(), Failure> {
    let Exercise { number, name, .. } = exercise;
    exercise
        .prove_solution()
        .and_then(|()| exercise.prove_wrong())
        .and_then(|()| exercise.prove_stub())
        .map_err(|text| {
            Failure(format!("exercise {number}, {name}: {text}\n"))
        })
}

impl Exercise {
    fn prove_solution(&self) -> Result<(), String> {
        in_time(self.solution)
            .map_err(|text| format!("its solution: {text}"))?
            .map_err(|complaint| {
                format!("its solution fails:\n{complaint}")
            })
    }

    fn prove_wrong(&self) -> Result<(), String> {
        let verdicts = in_time(self.wrong)
            .map_err(|text| format!("a wrong answer: {text}"))?;
        let wrong = verdicts.iter().filter(|(hint, _)| *hint != RIGHT);
        if wrong.count() < 2 {
            return Err("it has fewer than two wrong answers".into());
        }
        for (hint, verdict) in verdicts {
            let told = match verdict {
                Err(complaint) if complaint.hint == hint => continue,
                Ok(()) if hint == RIGHT => continue,
                Err(complaint) if hint == RIGHT => {
                    return Err(format!(
                        "a right answer is told\n{complaint}"
                    ));
                }
                Err(complaint) => format!("is told\n{complaint}"),
                Ok(()) => "passes".into(),
            };
            return Err(format!(
                "a wrong answer must be told\n  {hint}\nand {told}"
            ));
        }
        Ok(())
    }

    fn prove_stub(&self) -> Result<(), String> {
        let Self { number, name, .. } = self;
        let own = format!(
            "a panic: not yet implemented: exercise {number}: "
        );
        match in_time(self.stub) {
            Ok(Err(complaint))
                if complaint.came_back.starts_with(&own)
                    || !complaint
                        .came_back
                        .starts_with("a panic: ") => {}
            Ok(Err(complaint)) => {
                return Err(format!(
                    "its stub fails, but not for its own reason:\n\
                     {complaint}"
                ));
            }
            Ok(Ok(())) => return Err("its stub passes".into()),
            Err(text) => return Err(format!("its stub: {text}")),
        }
        // Readers make of it what they like; CI sees it before them.
        let [stub, file] = ["stubs", "exercises"]
            .map(|folder| format!("{folder}/{name}.rs"));
        match env::var_os("CI").is_none()
            || self.read(&stub) == self.read(&file)
        {
            true => Ok(()),
            false => Err(format!(
                "{} differs from {}",
                self.path(&file),
                self.path(&stub)
            )),
        }
    }
}

/// The beginning of a text that is too long to be read.
fn shown(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        None => text.into(),
        Some((end, _)) => {
            format!("{} … ({} bytes)", &text[..end], text.len())
        }
    }
}

/// Runs something in a thread, for it may never end. The error says
/// what happened instead.
fn in_time<T: Send + 'static>(run: fn() -> T) -> Result<T, String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        // Nobody waits any more when its time was up.
        let _ = sender.send(catch_unwind(run));
    });
    match receiver.recv_timeout(LIMIT) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(panic)) => Err(format!(
            "There was a panic when the answer had been given: {}",
            said(&*panic)
        )),
        Err(RecvTimeoutError::Timeout) => Err(format!(
            "There was no answer within {} seconds. Is there a loop \
             that does not end?",
            LIMIT.as_secs()
        )),
        Err(RecvTimeoutError::Disconnected) => {
            Err("The thread of the check was ended.".into())
        }
    }
}
