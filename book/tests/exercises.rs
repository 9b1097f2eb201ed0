//! Exercises of a small repository: on the page, checked, put back.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, fs, process};

const PAGE: &str = "# One\n\n```listing chapters/ch01/src/lib.rs\n```\n\n\
                    ```exercise 1.1\n```\n\n```exercise 1.2\n```\n";

/// How the chapters' checks are run.
const HARNESS: &str = include_str!("../../chapters/exercise.rs");
const TEST: &str =
    include_str!("../../chapters/ch01/tests/exercises.rs");

const WRONG: &str = "\
use crate::exercise::{Verdict, expect};
pub const READ: &str = \"One\";
pub const HINT: &str = \"Count *again*.\";
pub fn check(answer: fn() -> u8) -> Verdict {
    expect(\"answer()\", answer, NUMBER, \"Count.\")
}
pub const WRONG: [(&str, fn() -> u8); 2] =
    [(\"Count.\", || 7), (\"Count.\", || 8)];
";

/// A repository with two exercises, gone when it is dropped.
struct Fixture {
    root: PathBuf,
}

impl Fixture {
    fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("book-exercises-{}-{number}", process::id());
        let fixture = Self { root: env::temp_dir().join(name) };
        let root = "[workspace]\nmembers = [\"chapters/*\"]\n\
                    resolver = \"3\"\n";
        fixture.write("Cargo.toml", root);
        let package =
            "[package]\nname = \"ch01\"\nedition = \"2024\"\n";
        fixture.write("chapters/ch01/Cargo.toml", package);
        fixture.write("chapters/ch01/src/lib.rs", "pub fn f() {}\n");
        fixture.write("chapters/exercise.rs", HARNESS);
        fixture.write("chapters/ch01/tests/exercises.rs", TEST);
        fixture.write("chapters/ch01/tests/proofs.rs", "");
        let list = "exercises! {\n    1.1 one;\n    1.2 two;\n}\n";
        fixture.write("chapters/ch01/exercises/mod.rs", list);
        for (number, name) in [("1.1", "one"), ("1.2", "two")] {
            let stub = format!(
                "/// Count to *{name}*.\npub fn {name}() -> u8 {{\n    \
                 todo!(\"exercise {number}: count\")\n}}\n"
            );
            fixture.write(&file("exercises", name), &stub);
            fixture.write(&file("stubs", name), &stub);
            let value = if name == "one" { 1 } else { 2 };
            let solution = format!(
                "/// Counts.\npub fn {name}() -> u8 {{\n    {value}\n}}\n"
            );
            fixture.write(&file("solutions", name), &solution);
            let wrong = WRONG.replace("NUMBER", &value.to_string());
            fixture.write(&file("wrong", name), &wrong);
        }
        fixture.write(
            "book/text/SUMMARY.md",
            "# Summary\n\n- [One](ch01.md)\n",
        );
        fixture.write("book/text/ch01.md", PAGE);
        let config = "[book]\ntitle = \"T\"\nsrc = \"text\"\n[build]\n\
                      build-dir = \"../target/book/html\"\n";
        fixture.write("book/book.toml", config);
        fixture
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root.join(path)).unwrap()
    }

    /// Writes a solution where the stub was.
    fn solve(&self, name: &str) {
        let solution = self.read(&file("solutions", name));
        self.write(&file("exercises", name), &solution);
    }

    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(&self.root)
            .env_remove("CARGO_TARGET_DIR");
        command
    }

    fn book(&self, arguments: &[&str], input: &str) -> Output {
        let mut child = self
            .command(env!("CARGO_BIN_EXE_book"), arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(input.as_bytes()).unwrap();
        drop(stdin);
        child.wait_with_output().unwrap()
    }

    /// What a command printed that ended well.
    fn printed(&self, arguments: &[&str], input: &str) -> String {
        let output = self.book(arguments, input);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn problems(&self) -> String {
        let output = self.book(&["check"], "");
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.root);
    }
}

fn file(folder: &str, name: &str) -> String {
    format!("chapters/ch01/{folder}/{name}.rs")
}

#[track_caller]
fn assert_has(text: &str, wanted: &str) {
    assert!(text.contains(wanted), "no {wanted:?} in:\n{text}");
}

#[test]
fn a_page_has_task_stub_command_hint_and_solution() {
    let fixture = Fixture::new();
    fixture.printed(&["build"], "");
    let html = fixture.read("target/book/html/ch01.html");
    let (_, html) = html.split_once("<main>").unwrap();
    let (html, _) = html.split_once("</main>").unwrap();
    assert_has(html, "id=\"exercise-1.1\"");
    assert_has(html, "Count to <em>one</em>.");
    assert_has(html, "todo!(\"exercise 1.1: count\")");
    assert_has(html, "cargo test -p ch01 --test exercises one");
    assert_has(html, "Count <em>again</em>.");
    assert_has(html, "<b>chapters/ch01/solutions/one.rs</b>");
}

#[test]
fn an_answer_is_shown_and_no_program_run_again() {
    let fixture = Fixture::new();
    let page = format!("{PAGE}\n```console\n$ echo hello\n```\n");
    fixture.write("book/text/ch01.md", &page);
    fixture.printed(&["build"], "");
    fixture.solve("one");
    let output = fixture.book(&["build"], "");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(!told.contains("console"), "{told}");
    let html = fixture.read("target/book/html/ch01.html");
    assert!(!html.contains("exercise 1.1: count"), "{html}");
}

#[test]
fn a_whole_exercise_is_well() {
    let text = Fixture::new().printed(&["check"], "");
    assert_has(&text, "All is well.");
}

#[test]
fn a_half_added_exercise_is_found() {
    let fixture = Fixture::new();
    let remove = |path: &str| {
        fs::remove_file(fixture.root.join(path)).unwrap();
    };
    remove(&file("solutions", "one"));
    remove(&file("stubs", "one"));
    fixture.write(&file("wrong", "three"), WRONG);
    let few = "pub const WRONG: [u8; 1] = [7];\n";
    fixture.write(&file("wrong", "two"), few);
    let page = PAGE.replace("```exercise 1.2\n```\n", "");
    fixture.write("book/text/ch01.md", &page);
    remove("chapters/ch01/tests/proofs.rs");
    let problems = fixture.problems();
    for wanted in [
        "exercise 1.1: chapters/ch01/solutions/one.rs cannot be read",
        "exercise 1.1: chapters/ch01/stubs/one.rs cannot be read",
        "`three` has a file and no line here",
        "exercise 1.2: chapters/ch01/wrong/two.rs has no `HINT`",
        "two.rs has 1 wrong answers in `WRONG`",
        "`READ` of chapters/ch01/wrong/two.rs is ``, which is no heading",
        "exercise 1.2: it stands on no page",
        "chapters/ch01/tests/proofs.rs cannot be read",
    ] {
        assert_has(&problems, wanted);
    }
}

#[test]
fn progress_is_what_the_checks_say_now() {
    let fixture = Fixture::new();
    let text = fixture.printed(&["progress"], "");
    assert_has(&text, "  [ ] 1.1 one\n  [ ] 1.2 two\n");
    assert_has(&text, "0 of 2 solved\n");
    fixture.solve("one");
    let text = fixture.printed(&["progress"], "");
    assert_has(&text, "  [x] 1.1 one\n  [ ] 1.2 two\n");
    assert_has(&text, "The next one is exercise 1.2, in ");
    fixture.write(&file("exercises", "two"), "pub fn two( {}\n");
    let text = fixture.printed(&["progress"], "");
    assert_has(&text, "  [?] 1.1 one\n  [!] 1.2 two\n");
    assert_has(&text, "0 of 2 solved\n");
    assert_has(&text, "Exercise 1.2 does not compile. See what");
    let same = fixture.printed(&["progress", "1"], "");
    assert_eq!(same, text);
    let refused = fixture.book(&["progress", "9"], "");
    assert_eq!(refused.status.code(), Some(1));
    let message = String::from_utf8(refused.stderr).unwrap();
    assert_has(&message, "chapter 9 has no exercises; ");
    assert_has(&message, "those that have are ch01\n");
}

#[test]
fn a_chapter_that_cannot_be_built_here_hides_no_other() {
    let fixture = Fixture::new();
    let package = "[package]\nname = \"ch14\"\nedition = \"2024\"\n";
    fixture.write("chapters/ch14/Cargo.toml", package);
    fixture.write("chapters/ch14/src/lib.rs", "");
    let lack = "no python3: none. Install it.";
    let build =
        format!("fn main() {{ println!(\"cargo::error={lack}\") }}");
    fixture.write("chapters/ch14/build.rs", &build);
    let test = "chapters/ch01/tests/exercises.rs";
    for path in [
        test.into(),
        file("exercises", "mod"),
        file("exercises", "one"),
        file("exercises", "two"),
        file("stubs", "one"),
        file("wrong", "one"),
        file("wrong", "two"),
    ] {
        let text = fixture.read(&path).replace("1.", "14.");
        fixture.write(&path.replace("ch01", "ch14"), &text);
    }
    fixture.solve("one");
    let text = fixture.printed(&["progress"], "");
    assert_has(&text, "  [x] 1.1 one\n  [ ] 1.2 two\nChapter 14\n");
    let said = format!("\n  [?] 14.2 two\n\n[?] {lack}\n\n[####");
    assert_has(&text, &said);
    assert_has(&text, "1 of 4 solved\n\nThe next one is exercise 1.2");
    assert_eq!(text.matches(lack).count(), 1, "{text}");
    let text = fixture.printed(&["progress", "14"], "");
    let left = "Exercise 14.1 is left, and cannot be checked here:\n";
    assert_has(&text, left);
    assert_has(&fixture.printed(&["reset", "14.1"], ""), "as it was");
}

/// A server that says what came of two requests.
const MINE: &str = r#"fn main() {
    let word = std::env::args().nth(1);
    assert_eq!(word.as_deref(), Some("score"));
    println!("right\tshared\ta\t200\t200");
    println!("wrong\thostile\tb (RFC 9112, 7.1)\t400\t200");
}
"#;

#[test]
fn progress_has_the_servers_score_when_a_piece_is_the_readers() {
    let fixture = Fixture::new();
    let main = "chapters/ch09/src/bin/mine9/main.rs";
    fixture.write(main, MINE);
    fixture.write("chapters/ch08/src/lib.rs", "");
    let files = [
        file("exercises", "mod"),
        file("exercises", "one"),
        file("stubs", "one"),
        file("solutions", "one"),
        file("wrong", "one"),
        "chapters/ch01/tests/exercises.rs".into(),
    ];
    for number in ["8", "9"] {
        let chapter = format!("ch0{number}");
        let package = format!(
            "[package]\nname = \"{chapter}\"\nedition = \"2024\"\n"
        );
        let path = format!("chapters/{chapter}/Cargo.toml");
        fixture.write(&path, &package);
        for path in &files {
            let text = fixture.read(path).replace("    1.2 two;\n", "");
            let text = text.replace("1.1", &format!("{number}.1"));
            fixture.write(&path.replace("ch01", &chapter), &text);
        }
    }
    let text = fixture.printed(&["progress"], "");
    assert!(!text.contains("Your server"), "{text}");
    let path = file("exercises", "one").replace("ch01", "ch08");
    let begun = fixture.read(&path) + "// begun\n";
    fixture.write(&path, &begun);
    let text = fixture.printed(&["progress"], "");
    let score = "\nYour server (mine9): 1 of 1 requests, 0 of 1 hostile \
                 ones; the next: b (RFC 9112, 7.1): expected 400, \
                 got 200\n";
    assert!(text.ends_with(score), "{text}");
    // A piece is begun in chapter 8 alone.
    for (chapter, has_score) in [("8", true), ("9", true), ("1", false)]
    {
        let text = fixture.printed(&["progress", chapter], "");
        assert_eq!(text.ends_with(score), has_score, "{text}");
    }
    fixture.write(main, "fn main() { x }");
    let text = fixture.printed(&["progress"], "");
    let why = "(mine9) cannot be tried. See why:\n  \
               cargo run -p ch09 --bin mine9 -- score\n";
    assert!(text.ends_with(why), "{text}");
}

#[test]
fn a_watcher_runs_the_checks_again_on_each_save() {
    let fixture = Fixture::new();
    let mut child = fixture
        .command(env!("CARGO_BIN_EXE_book"), &["supervise", "0"])
        .args([".", env!("CARGO_BIN_EXE_book"), "progress", "--watch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines =
        BufReader::new(child.stdout.take().unwrap()).lines();
    let mut until = |wanted: &str| {
        let mut seen = String::new();
        for line in lines.by_ref().map(Result::unwrap) {
            seen += &format!("{line}\n");
            if line.contains(wanted) {
                return seen;
            }
        }
        panic!("no {wanted:?} in:\n{seen}")
    };
    let seen = until("Waiting for you");
    assert_has(&seen, "not yet implemented: exercise 1.1: count");
    fixture.solve("one");
    assert_has(&until("Waiting for you"), "1 of 2 solved");
    fixture.solve("two");
    assert_has(&until("Waiting for you"), "All exercises are solved.");
    // It ends with its standard input, so in any case.
    child.wait().unwrap();
}

#[test]
fn a_stub_is_put_back_after_asking_and_the_answer_kept() {
    let fixture = Fixture::new();
    let path = file("exercises", "one");
    let stub = fixture.read(&path);
    let reset = |answer| fixture.printed(&["reset", "1.1"], answer);
    assert_has(&reset(""), "is as it was");
    // How lines end is nobody's answer.
    fixture.write(&path, &stub.replace('\n', "\r\n"));
    assert_has(&reset(""), "is as it was");

    fixture.solve("one");
    let answer = fixture.read(&path);
    assert_has(&reset("n\n"), "Nothing was changed.");
    assert_eq!(fixture.read(&path), answer);
    assert_has(&reset("y\n"), "It is back.");
    assert_eq!(fixture.read(&path), stub);
    assert_eq!(fixture.read("target/book/answers/one.rs"), answer);

    // What was kept before stays.
    fixture.write(&path, "// another\n");
    assert_has(&reset("y\n"), "answers/one-2.rs");
    assert_eq!(fixture.read("target/book/answers/one.rs"), answer);
    let another = fixture.read("target/book/answers/one-2.rs");
    assert_eq!(another, "// another\n");

    fs::remove_file(fixture.root.join(&path)).unwrap();
    assert_has(&reset("y\n"), "It is back.\n");
    assert_eq!(fixture.read(&path), stub);

    let output = fixture.book(&["reset", "7.7"], "");
    assert_eq!(output.status.code(), Some(1));
    let wanted = "there is no exercise 7.7; there are: 1.1, 1.2";
    assert_has(&String::from_utf8_lossy(&output.stderr), wanted);
}
