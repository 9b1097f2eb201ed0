//! What is said of answers, whatever they do: by Check, by the marks
//! in the sidebar, and by `progress`.

#![cfg(unix)]

mod fixture;

use fixture::{Fixture, Served, assert_has};
use serde_json::Value;
use std::fmt::Write;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How the chapters' checks are run, but for the time they grant.
const HARNESS: &str = include_str!("../../chapters/exercise.rs");
const TEST: &str =
    include_str!("../../chapters/ch01/tests/exercises.rs");

/// All exercises of the fixture have this check.
const CHECK: &str = r#"
use crate::exercise::{Verdict, expect};
pub const READ: &str = "One";
pub const HINT: &str = "Count.";
pub fn check(answer: fn() -> String) -> Verdict {
    expect("answer()", answer, "1".into(), "Give back 1.")
}
pub const WRONG: [(&str, fn() -> String); 0] = [];
"#;

/// What a stub does.
const STUB: &str = "todo!(\"exercise: count\")";

/// What is true of an answer: that it is solved, or, with the words
/// that are to be told, that it is not.
#[derive(Clone, Copy, PartialEq)]
enum Truth {
    Solved,
    No(&'static str),
}

use Truth::{No, Solved};

const LATE: Truth = No("There was no answer within 2 seconds.");

/// The longest that a check may take: less than what ends it.
const PATIENCE: Duration = Duration::from_secs(12);

/// Answers: a name, what it does, and what is true of it.
const KINDS: [(&str, &str, Truth); 27] = [
    ("is_right", "1.to_string()", Solved),
    ("is_wrong", "2.to_string()", No("came back  \"2\"")),
    ("untouched", STUB, No("a panic: not yet implemented: ex")),
    ("endless_loop", "loop { std::hint::spin_loop() }", LATE),
    ("endless_sleep", "loop { thread::park() }", LATE),
    (
        "sleep",
        "thread::sleep(std::time::Duration::from_millis(300));\n\
         1.to_string()",
        Solved,
    ),
    ("aborts", "process::abort()", No("(signal: 6 (SIGABRT)")),
    ("exits", "process::exit(0)", No("ended (exit status: 0)")),
    ("exits_badly", "process::exit(1)", No("ended (exit status: 1)")),
    (
        "exits_with_boasts",
        "println!(\"test exercises::exits_with_boasts ... ok\\n\\n\
         test result: ok. 1 passed; 0 failed\\nsolved\");\n\
         process::exit(0)",
        No("ended (exit status: 0)"),
    ),
    (
        "boasts",
        "print!(\"test exercises::boasts ... ok\\n\");\n\
         eprintln!(\"solved\\nError: all is well\");\n 2.to_string()",
        No("came back  \"2\""),
    ),
    (
        "a_thread_aborts",
        "thread::spawn(|| process::abort()).join().ok();\n\
         1.to_string()",
        No("(signal: 6 (SIGABRT)"),
    ),
    (
        "is_killed",
        "let id = process::id().to_string();\n\
         Command::new(\"kill\").args([\"-9\", &id]).status().ok();\n\
         thread::park();\n 1.to_string()",
        No("(signal: 9 (SIGKILL)"),
    ),
    (
        "overflows",
        "fn f(n: u64) -> u64 { if n == 0 { 1 } else { f(n + 1) + n } }\n\
         f(std::hint::black_box(1)).to_string()",
        No("overflowed its stack"),
    ),
    (
        "a_thread_panics",
        "thread::spawn(|| panic!(\"oh\")).join().ok();\n\
         1.to_string()",
        Solved,
    ),
    (
        "catches_a_panic",
        "std::panic::catch_unwind(|| panic!(\"oh\")).is_err()\
         .to_string()",
        No("came back  \"true\""),
    ),
    (
        "exits_when_it_panics",
        "std::panic::set_hook(Box::new(|_| process::exit(0)));\n\
         panic!(\"oh\")",
        No("ended (exit status: 0)"),
    ),
    (
        "its_panic_panics",
        "struct Bomb;\n impl Drop for Bomb {\n\
         fn drop(&mut self) { panic!(\"again\") }\n }\n\
         std::panic::panic_any(Bomb)",
        No("There was a panic when the answer had been given: again"),
    ),
    (
        "endless_output",
        "loop { println!(\"test exercises::endless_output ... ok\") }",
        LATE,
    ),
    (
        "much_output",
        "let line = \"x\".repeat(999);\n\
         for _ in 0..5_000 { eprintln!(\"{line}\") }\n\
         1.to_string()",
        Solved,
    ),
    (
        "much_output_and_an_end",
        "let line = \"x\".repeat(999);\n\
         for _ in 0..5_000 { eprintln!(\"{line}\") }\n\
         process::exit(3)",
        No("ended (exit status: 3)"),
    ),
    (
        "output_that_is_no_text",
        "use std::io::Write;\n\
         std::io::stdout().write_all(b\"\\xff\\x00\\xfe\").ok();\n\
         process::exit(4)",
        No("ended (exit status: 4)"),
    ),
    (
        "a_long_answer",
        "\"x\".repeat(9_999_999)",
        No("came back  \"xxx"),
    ),
    (
        "a_child_stays",
        "let child = Command::new(\"sleep\").arg(\"600\").spawn();\n\
         let id = child.unwrap().id().to_string();\n\
         std::fs::write(\"../../child\", id).ok();\n 1.to_string()",
        Solved,
    ),
    (
        "a_child_stays_behind_a_loop",
        "Command::new(\"sleep\").arg(\"600\").spawn().ok();\n\
         loop { thread::park() }",
        LATE,
    ),
    (
        "much_memory",
        "let much = Vec::<u8>::with_capacity(5 << 30);\n\
         std::hint::black_box(&much);\n 1.to_string()",
        No("(signal: 6 (SIGABRT)"),
    ),
    (
        "writes_files",
        "std::fs::write(\"exercises/notes.txt\", \"x\").ok();\n\
         1.to_string()",
        Solved,
    ),
];

/// A repository with exercises, and the book served from it.
struct Book {
    served: Served,
    token: String,
    // Behind the server, which works in it.
    fixture: Fixture,
}

impl Book {
    /// With these answers.
    fn new(answers: &[(&str, &str)]) -> Self {
        let fixture = Fixture::new("# One\n");
        let harness = HARNESS.replace("from_secs(10)", "from_secs(2)");
        assert_ne!(harness, HARNESS);
        fixture.write("chapters/exercise.rs", &harness);
        fixture.write("chapters/ch01/tests/exercises.rs", TEST);
        fixture.write("chapters/ch01/src/lib.rs", "");
        let mut list = String::from("exercises! {\n");
        for (index, (name, body)) in answers.iter().enumerate() {
            writeln!(list, "1.{} {name};", index + 1).unwrap();
            fixture.write(&file("exercises", name), &text(name, body));
            let stub = text(name, STUB);
            fixture.write(&file("stubs", name), &stub);
            let solution = text(name, "1.to_string()");
            fixture.write(&file("solutions", name), &solution);
            fixture.write(&file("wrong", name), CHECK);
        }
        list.push_str("}\n");
        fixture.write("chapters/ch01/exercises/mod.rs", &list);
        let served = Served::start(&fixture, &["--port", "0"]);
        let page = served.get("/ch01.html");
        let (_, rest) = page
            .split_once("<meta name=\"live-token\" content=\"")
            .unwrap();
        let token = rest.split('"').next().unwrap().to_string();
        Self { served, token, fixture }
    }

    fn write(&self, name: &str, body: &str) {
        self.fixture.write(&file("exercises", name), &text(name, body));
    }

    fn ask(&self, line: &str) -> Value {
        let (port, token) = (self.served.port, &self.token);
        let head = format!(
            "{line} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\
             X-Live-Token: {token}"
        );
        let answer = self.served.ask(&head, "");
        let (_, json) = answer.split_once("\r\n\r\n").unwrap();
        serde_json::from_str(json)
            .unwrap_or_else(|_| panic!("{answer}"))
    }

    /// Whether Check finds an exercise solved, and what it says.
    fn check(&self, number: usize) -> (bool, String) {
        let line = format!("POST /live/check?exercise=1.{number}");
        let result = self.ask(&line);
        let said = result["said"].as_str();
        let said = said.or(result["trouble"].as_str());
        let said = said.unwrap_or_else(|| panic!("{result}"));
        let is_solved = result["solved"] == true;
        assert_eq!(result["kind"] == "solved", is_solved, "{result}");
        // What has parts is shown by them.
        let has_parts = said.contains("\n  came back  ");
        let complaint = &result["complaint"];
        assert_eq!(complaint.is_object(), has_parts, "{result}");
        (is_solved, said.to_string())
    }

    #[track_caller]
    fn assert_unsolved(&self, number: usize, wanted: &str) -> String {
        let (is_solved, said) = self.check(number);
        assert!(!is_solved, "1.{number} is solved");
        assert_has(&said, wanted);
        said
    }

    fn marks_now(&self) -> Vec<String> {
        let state = self.ask("GET /live/state?page=ch01.html");
        let marks = state["exercises"]["ch01"].as_array();
        let marks = marks.unwrap_or_else(|| panic!("{state}"));
        let word = |mark: &Value| mark[1].as_str().unwrap().into();
        marks.iter().map(word).collect()
    }

    /// The words of the sidebar, when all is checked.
    fn marks(&self) -> Vec<String> {
        let mut marks = Vec::new();
        wait("the marks", Duration::from_secs(60), || {
            marks = self.marks_now();
            marks.iter().all(|mark| mark != "checking")
        });
        marks
    }

    /// The signs of the table that `progress` prints.
    fn signs(&self) -> (Vec<char>, String) {
        let output = self.fixture.run(&["progress", "1"]);
        assert!(output.status.success(), "{output:?}");
        let table = String::from_utf8(output.stdout).unwrap();
        let sign =
            |line: &str| line.strip_prefix("  [")?.chars().next();
        (table.lines().filter_map(sign).collect(), table)
    }
}

fn file(folder: &str, name: &str) -> String {
    format!("chapters/ch01/{folder}/{name}.rs")
}

/// A file with a function that does this. It has a warning or two, as
/// one that somebody works on.
fn text(name: &str, body: &str) -> String {
    format!(
        "#[allow(unused_imports)]\n\
         use std::{{process, process::Command, thread}};\n\n\
         /// Counts.\n#[allow(unreachable_code)]\n\
         pub fn {name}() -> String {{\n    let begun = 0;\n\
         {body}\n}}\n"
    )
}

fn wait(what: &str, limit: Duration, mut is: impl FnMut() -> bool) {
    let deadline = Instant::now() + limit;
    while !is() {
        assert!(Instant::now() < deadline, "{what} did not come");
        thread::sleep(Duration::from_millis(20));
    }
}

/// Asserts that what Check says of an exercise is true, and comes in
/// time: the first has to wait for the compiler.
fn assert_true(book: &Book, number: usize) {
    let (name, _, truth) = KINDS[number - 1];
    let start = Instant::now();
    let (is_solved, said) = book.check(number);
    let took = start.elapsed();
    assert!(number < 3 || took < PATIENCE, "{name}: {took:?}");
    match truth {
        Solved => {
            assert!(is_solved, "{name}: {said}");
            assert_eq!(said, "", "{name}");
        }
        No(words) => {
            assert!(!is_solved, "{name}");
            assert!(said.contains(words), "{name}: {said}");
            let length = said.len();
            assert!(length < 10_000, "{name}: {length} bytes");
        }
    }
}

#[test]
fn what_is_said_of_an_answer_is_true_whatever_it_does() {
    let answers = KINDS.map(|(name, body, _)| (name, body));
    let book = Book::new(&answers);
    let numbers: Vec<usize> = (1..=KINDS.len()).collect();
    for some in numbers.chunks(2) {
        thread::scope(|scope| {
            let check = |number| {
                let book = &book;
                scope.spawn(move || assert_true(book, number));
            };
            some.iter().copied().for_each(check);
        });
    }
    let child = std::fs::read(book.fixture.root.join("child"));
    let child = String::from_utf8(child.unwrap()).unwrap();
    let is_running = || {
        let mut kill = Command::new("kill");
        kill.args(["-0", &child]).stderr(Stdio::null());
        kill.status().unwrap().success()
    };
    let limit = Duration::from_secs(5);
    wait("the child's end", limit, || !is_running());

    // A second book knows nothing yet.
    let solved = KINDS.map(|(_, _, truth)| truth == Solved);
    let words = solved.map(|is| if is { "solved" } else { "unsolved" });
    assert_eq!(book.marks(), words);
    let (signs, table) = book.signs();
    let wanted = solved.map(|is| if is { 'x' } else { ' ' });
    assert_eq!(signs, wanted, "{table}");
}

const BROKEN: &str = "Exercise 1.2 does not compile";

/// A book with three exercises, the second of which does this.
fn with_second(body: &str) -> Book {
    let one = "let unused = 1;\n 1.to_string()";
    Book::new(&[("one", one), ("two", body), ("three", "todo!()")])
}

#[test]
fn what_does_not_compile_is_told_by_its_name() {
    let book = with_second("2");
    let said = book.assert_unsolved(2, BROKEN);
    assert_has(&said, "expected `String`, found integer");
    assert_has(&said, " --> chapters/ch01/exercises/two.rs:");
    let wanted = "until it does, exercise 1.1 cannot be checked.\n";
    let said = book.assert_unsolved(1, wanted);
    assert!(said.starts_with(BROKEN), "{said}");
    assert_has(&said, "expected `String`, found integer");
    assert!(!said.contains("warning"), "{said}");
    assert_eq!(book.marks(), ["unchecked", "unsolved", "unchecked"]);
    let (signs, table) = book.signs();
    assert_eq!(signs, ['?', '!', '?'], "{table}");
    assert_has(&table, &format!("\n{BROKEN}. See what cargo says:"));
    assert_has(&table, "0 of 3 solved");
    // If both are broken, each is told what is its own.
    book.write("one", "no_such_thing()");
    let said = book.assert_unsolved(2, BROKEN);
    assert!(!said.contains("no_such_thing"), "{said}");
    let said = book.assert_unsolved(1, "Exercise 1.1 does not compile");
    assert!(!said.contains("integer"), "{said}");
}

#[test]
fn whatever_keeps_it_from_compiling() {
    let book = with_second("1.to_string()");
    let path = file("exercises", "two");
    for text in [
        // Another type than its check asks for; no such function; a
        // brace that is missing.
        "pub fn two(n: u8) -> String { n.to_string() }\n",
        "fn three() {}\n",
        "pub fn two() -> String {\n",
    ] {
        book.fixture.write(&path, text);
        book.assert_unsolved(1, BROKEN);
        book.assert_unsolved(2, BROKEN);
    }
    std::fs::remove_file(book.fixture.root.join(&path)).unwrap();
    book.assert_unsolved(1, BROKEN);
}

#[test]
fn the_chapter_is_told_from_its_exercises() {
    let book = with_second("1.to_string()");
    let lib = "chapters/ch01/src/lib.rs";
    book.fixture.write(lib, "pub fn f() -> u8 { \"\" }\n");
    let wanted = "until it does, exercise 1.1 cannot be checked.\n";
    let said = book.assert_unsolved(1, wanted);
    assert!(said.starts_with(lib), "{said}");
    assert_eq!(book.marks(), ["unchecked"; 3]);
    let (signs, table) = book.signs();
    assert_eq!(signs, ['?'; 3], "{table}");
    book.fixture.write(lib, "");
    let manifest = "chapters/ch01/Cargo.toml";
    book.fixture.write(manifest, "[package\n");
    let wanted = "Exercise 1.1 cannot be checked.\n\n";
    let said = book.assert_unsolved(1, wanted);
    assert_has(&said, "Cargo.toml");
}

#[test]
fn a_save_during_the_check_counts() {
    let book = Book::new(&[
        (
            "one",
            "std::fs::write(\"../../begun\", \"\").unwrap();\n\
             while !std::path::Path::new(\"../../go\").exists() {\n\
             thread::sleep(std::time::Duration::from_millis(5));\n}\n\
             1.to_string()",
        ),
        (
            "two",
            "let me = \"exercises/two.rs\";\n\
             let text = std::fs::read(me).unwrap();\n\
             std::fs::write(me, text).unwrap();\n 1.to_string()",
        ),
    ]);
    let begun = book.fixture.root.join("begun");
    thread::scope(|scope| {
        let check = scope.spawn(|| book.check(1));
        let limit = Duration::from_secs(60);
        wait("the check's begin", limit, || begun.exists());
        book.write("one", "2.to_string()");
        book.fixture.write("go", "");
        let (is_solved, said) = check.join().unwrap();
        assert!(!is_solved);
        assert_has(&said, "came back  \"2\"");
    });
    // Who saves on and on is told that nothing can be said.
    book.assert_unsolved(2, "Files were saved each time");
    book.write("two", "1.to_string()");
    assert_eq!(book.marks(), ["unsolved", "solved"]);
}

#[test]
fn what_an_answer_uses_counts() {
    let book =
        Book::new(&[("one", "ch01::one().to_string()"), ("two", STUB)]);
    let lib = "chapters/ch01/src/lib.rs";
    let write = |number: u8| {
        let text = format!("pub fn one() -> u8 {{ {number} }}\n");
        book.fixture.write(lib, &text);
    };
    write(1);
    assert_eq!(book.marks(), ["solved", "unsolved"]);
    write(2);
    // A stub is not run.
    assert_eq!(book.marks_now(), ["checking", "unsolved"]);
    assert_eq!(book.marks(), ["unsolved", "unsolved"]);
    write(1);
    let (is_solved, said) = book.check(1);
    assert!(is_solved, "{said}");
    assert_eq!(book.marks_now(), ["solved", "unsolved"]);
    // It is one although its lines end otherwise.
    let stub = text("one", STUB).replace('\n', "\r\n");
    book.fixture.write(&file("exercises", "one"), &stub);
    assert_eq!(book.marks_now(), ["unsolved", "unsolved"]);
}

#[test]
fn a_process_that_does_not_end_is_ended() {
    // Who prints how the test went waits for the lock.
    let locks = "std::mem::forget(std::io::stdout().lock());\n";
    let right = format!("{locks} 1.to_string()");
    let wrong = format!("{locks} 2.to_string()");
    let book = Book::new(&[("one", &right), ("two", &wrong)]);
    thread::scope(|scope| {
        scope.spawn(|| {
            let found = "found nothing wrong, but then the program did \
                         not end in 15 s and was stopped";
            book.assert_unsolved(1, found);
        });
        scope.spawn(|| book.assert_unsolved(2, "came back  \"2\""));
    });
}
