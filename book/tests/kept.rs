//! What programs print is kept in the repository.

mod fixture;

use fixture::{
    CONSOLE, Fixture, MAIN, PENDING, Served, assert_has, main_part,
    stderr,
};
use std::fs;

const TRANSCRIPT: &str = "book/transcripts/ch01.txt";
const SOURCES: &str = "book/transcripts/sources.txt";

/// What stands on a figure from before the last change.
const STALE: &str = "<figure class=\"stale ";

/// A page that has everything that `check` wants.
const WHOLE: &str = "# One\n\n```console\n$ cargo run -p ch01\n```\n\n\
    ```listing chapters/ch01/src/main.rs\n```\n";

/// With a record, and no memory of having run anything.
fn recorded(page: &str) -> Fixture {
    let fixture = Fixture::new(page);
    let output = fixture.run(&["record"]);
    assert!(output.status.success(), "{}", stderr(&output));
    fs::remove_dir_all(fixture.root.join("target")).unwrap();
    fixture
}

fn read(fixture: &Fixture, file: &str) -> String {
    fs::read_to_string(fixture.root.join(file)).unwrap()
}

/// Replaces a text in a file.
fn change(fixture: &Fixture, file: &str, old: &str, new: &str) {
    let text = read(fixture, file);
    assert_has(&text, old);
    fixture.write(file, &text.replace(old, new));
}

/// The command, where there is no other program at all.
fn alone(fixture: &Fixture, arguments: &[&str]) -> String {
    let mut command = fixture.alone(arguments);
    let output = command.env("PATH", "/nowhere").output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let page = fixture.root.join("target/book/html/ch01.html");
    main_part(&fs::read_to_string(page).unwrap())
}

#[test]
fn a_fresh_clone_shows_all_figures_and_runs_nothing() {
    let fixture = recorded(
        "# One\n\n```console\n$ cargo run -p ch01\n```\n\n\
         ```exchange ch01\nGET /cgi-bin/ch01 HTTP/1.1\n\
         Host: localhost\n\n```\n\n\
         ```sabotage chapters/ch01/src/main.rs exit=3\n\
         -    println!();\n+    std::process::exit(3);\n\
         $ cargo run -p ch01\n```\n",
    );
    let page = alone(&fixture, &["build"]);
    assert_has(&page, "Hello from None");
    assert_has(&page, "HTTP/1.1 200 OK<span");
    assert_has(&page, "<ins>+    std::process::exit(3);</ins>");
    fs::remove_dir_all(fixture.root.join("target")).unwrap();
    let served = Served::start(&fixture, &["serve", "--port", "0"]);
    assert_eq!(main_part(&served.get("/ch01.html")), page);
    assert!(!fixture.root.join("target/debug").exists());
}

#[test]
fn a_transcript_is_text_that_can_be_read() {
    let fixture = recorded(CONSOLE);
    assert_eq!(
        read(&fixture, TRANSCRIPT),
        "# Written by `cargo run -p book -- record`, and compared by \
         `check`.\n\n> console\n> $ cargo run -p ch01\noutput\n\
         | Content-Type: text/plain\n|\n| Hello from None\n"
    );
    let sources = read(&fixture, SOURCES);
    let mut lines = sources.lines();
    assert!(lines.nth(1).unwrap().starts_with("rustc 1."), "{sources}");
    let files: Vec<&str> =
        lines.map(|l| l.split_once(' ').unwrap().1).collect();
    assert_eq!(
        files,
        [
            "Cargo.lock",
            "Cargo.toml",
            "chapters/ch01/Cargo.toml",
            "chapters/ch01/src/main.rs"
        ]
    );
}

#[test]
fn a_readers_edit_is_shown_and_leaves_the_record_alone() {
    let fixture = recorded(CONSOLE);
    let before = read(&fixture, TRANSCRIPT) + &read(&fixture, SOURCES);
    let served = Served::start(&fixture, &["serve", "--port", "0"]);
    assert_has(&served.get("/ch01.html"), "Hello from None");
    let changed = MAIN.replace("Hello", "Goodbye");
    fixture.write("chapters/ch01/src/main.rs", &changed);
    let page = served.get("/ch01.html");
    assert_has(&page, STALE);
    assert_has(&page, "Hello from None");
    let page = served.wait_for("Goodbye from None");
    assert!(!page.contains(STALE), "{page}");
    // And back.
    fixture.write("chapters/ch01/src/main.rs", MAIN);
    let page = served.get("/ch01.html");
    assert_has(&page, "Hello from None");
    assert!(!page.contains(STALE), "{page}");
    let after = read(&fixture, TRANSCRIPT) + &read(&fixture, SOURCES);
    assert_eq!(before, after);
}

#[test]
fn what_a_figure_does_not_use_does_not_make_it_stale() {
    let fixture = recorded(CONSOLE);
    for file in [
        "chapters/ch01/tests/more.rs",
        "chapters/ch01/exercises/one.rs",
        "chapters/other.rs",
        "src/lib.rs",
        "book/src/main.rs",
        "book/text/ch01.md",
    ] {
        let page = match file.ends_with(".md") {
            true => format!("{CONSOLE}\nMore.\n"),
            false => "fn main() {}".into(),
        };
        fixture.write(file, &page);
        alone(&fixture, &["build"]);
    }
    change(&fixture, "chapters/ch01/src/main.rs", "Hello", "Hi");
    assert_has(&fixture.page(), "Hi from None");
    change(&fixture, "book/text/ch01.md", "$ cargo", "$ : 1; cargo");
    assert_has(&fixture.page(), "$ </span><b>: 1; cargo");
}

#[test]
fn check_shows_what_is_printed_otherwise() {
    let fixture = recorded(WHOLE);
    let well = fixture.run(&["check"]);
    assert!(well.status.success(), "{}", stderr(&well));

    change(&fixture, TRANSCRIPT, "Hello from", "Hello to");
    let problems = fixture.problems();
    let wanted = "book/text/ch01.md:3: console: it does not print what \
                  book/transcripts/ch01.txt:3 has; if it is right, \
                  `cargo run -p book -- record` keeps what there is";
    assert_has(&problems, wanted);
    assert_has(&problems, "\n-| Hello to None\n+| Hello from None\n");
    assert_eq!(
        problems.lines().filter(|l| l.contains(".md:")).count(),
        1
    );

    // Nothing is run for the record after a check.
    let kept = stderr(&fixture.run(&["record"]));
    assert!(!kept.contains("cargo run"), "{kept}");
    assert_has(&read(&fixture, TRANSCRIPT), "Hello from None");
}

#[test]
fn check_wants_a_record_of_what_is_there() {
    let fixture = recorded(WHOLE);
    let new = format!("{WHOLE}\n```console\n$ echo new\n```\n");
    fixture.write("book/text/ch01.md", &new);
    change(
        &fixture,
        "chapters/ch01/src/main.rs",
        "fn main",
        "// More.\nfn main",
    );
    let problems = fixture.problems();
    assert_has(
        &problems,
        "book/text/ch01.md:10: console: what it prints is not kept; ",
    );
    assert_has(
        &problems,
        "book/transcripts/sources.txt:1: it is of another state of \
         chapters/ch01/src/main.rs: readers",
    );
    assert!(!problems.contains(":3: "), "{problems}");

    fixture.write(
        "book/text/ch01.md",
        &new.replace("$ cargo", "$ : ;cargo"),
    );
    let problems = fixture.problems();
    assert_has(
        &problems,
        "book/transcripts/ch01.txt:3: console: no figure shows it; `ca",
    );
    let output = fixture.run(&["record"]);
    let written = String::from_utf8_lossy(&output.stdout);
    assert_eq!(written, format!("{TRANSCRIPT}\n{SOURCES}\n"));
    let well = fixture.run(&["check"]);
    assert!(well.status.success(), "{}", stderr(&well));
}

/// A program that does not compile.
const BROKEN: &str = "# One\n\n```sabotage chapters/ch01/src/main.rs \
    exit=101\n+    no();\n     println!();\n$ cargo run -p ch01\n\
    ```\n\n```listing chapters/ch01/src/main.rs\n```\n";

#[test]
fn other_words_of_another_compiler_are_a_warning() {
    let fixture = recorded(BROKEN);
    let sources = read(&fixture, SOURCES);
    let rustc = sources.lines().nth(1).unwrap();
    change(&fixture, TRANSCRIPT, "cannot find", "there is no");
    // By the same compiler, it is a problem.
    assert_has(&fixture.problems(), "ch01.md:3: sabotage: it does not");

    change(&fixture, SOURCES, rustc, "rustc 0.9.0 (of old)");
    let output = fixture.run(&["check"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let said = stderr(&output);
    assert_has(
        &said,
        "warning: book/text/ch01.md:3: the compiler has other words \
         for it: book/transcripts/ch01.txt:3 has those of rustc 0.9.0 \
         (of old), and this is ",
    );
    assert_has(&said, rustc);
    assert_has(&said, "\n-| error[E0425]: there is no function `no`");

    // What the program prints is not the compiler's.
    change(&fixture, TRANSCRIPT, "output\n", "output\n| More.\n");
    assert_has(&fixture.problems(), "ch01.md:3: sabotage: it does not");
}

#[test]
fn what_fails_is_one_problem() {
    let fixture = recorded(WHOLE);
    let text = MAIN.replace("fn main() {", "fn main() {\n    no();");
    fixture.write("chapters/ch01/src/main.rs", &text);
    let problems = fixture.problems();
    assert_has(&problems, "book/text/ch01.md:3: console: `cargo run");
    assert!(!problems.contains("ch01.txt"), "{problems}");
}

#[test]
fn nothing_is_recorded_of_a_book_that_is_wrong() {
    let fixture = recorded(CONSOLE);
    let before = read(&fixture, TRANSCRIPT);
    let page = format!("{CONSOLE}\n```console\n$ exit 1\n```\n");
    fixture.write("book/text/ch01.md", &page);
    let output = fixture.run(&["record"]);
    assert_eq!(output.status.code(), Some(1));
    assert_has(&stderr(&output), "ch01.md:7: console: `exit 1` ended");
    assert_eq!(read(&fixture, TRANSCRIPT), before);
}

#[test]
fn the_page_that_is_read_comes_first() {
    let console = |name: &str| {
        format!("```console\n$ echo {name} | tee -a order\n```\n\n")
    };
    let wait = "```console\n$ echo begun >> order; \
                while [ ! -e go ]; do sleep 0.02; done\n```\n\n";
    let first =
        format!("# One\n\n{wait}{}{}", console("a"), console("b"));
    let fixture = Fixture::new(&first);
    let second = format!("# Two\n\n{}{}", console("c"), console("d"));
    fixture.write("book/text/ch02.md", &second);
    let summary = "# Summary\n\n- [One](ch01.md)\n- [Two](ch02.md)\n";
    fixture.write("book/text/SUMMARY.md", summary);
    let served = Served::start(&fixture, &["serve", "--port", "0"]);
    let order = || {
        let text = fs::read_to_string(fixture.root.join("order"));
        text.unwrap_or_default()
    };
    fixture::wait_until("the first figure is begun", || {
        order() == "begun\n"
    });
    assert_has(&served.get("/ch01.html"), PENDING);
    assert_has(&served.get("/ch02.html"), PENDING);
    fixture.write("go", "");
    fixture::wait_until("all figures are made", || {
        order().lines().count() == 5
    });
    assert_eq!(order(), "begun\nc\nd\na\nb\n");
}

#[test]
fn the_first_page_has_two_names() {
    let fixture = recorded(CONSOLE);
    let served = Served::start(&fixture, &["serve", "--port", "0"]);
    change(&fixture, "chapters/ch01/src/main.rs", "Hello", "Goodbye");
    for name in ["/", "/index.html", "/ch01.html"] {
        assert_has(&served.get(name), STALE);
    }
}
