//! The program, run on a small book of its own.

mod fixture;

use fixture::{
    CONSOLE, Fixture, MAIN, PENDING, PROGRAM, Served, assert_has,
    main_part, stderr,
};
use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

#[test]
fn a_page_shows_what_the_program_prints_now() {
    let fixture = Fixture::new(CONSOLE);
    assert_has(&fixture.page(), "Hello from None");
    let changed = MAIN.replace("Hello", "Goodbye");
    fixture.write("chapters/ch01/src/main.rs", &changed);
    let page = fixture.page();
    assert_has(&page, "Goodbye from None");
    assert!(!page.contains("Compiling"), "{page}");
}

#[test]
fn what_has_not_changed_is_not_run_again() {
    let fixture = Fixture::new(CONSOLE);
    fixture.page();
    let again = stderr(&fixture.run(&["build"]));
    assert!(!again.contains("console"), "{again}");
}

#[test]
fn a_broken_program_is_found_with_file_and_line() {
    let fixture = Fixture::new(CONSOLE);
    fixture.page();
    fixture.write("chapters/ch01/src/main.rs", "fn main() { x }\n");
    let problems = fixture.problems();
    assert_has(
        &problems,
        "book/text/ch01.md:3: console: `cargo run -p ch01` ended with \
         status 101, not 0",
    );
    assert_has(&problems, "cannot find value `x`");
}

#[test]
fn a_program_that_fails_is_found_with_what_it_printed() {
    let fixture = Fixture::new(CONSOLE);
    let failing =
        "fn main() { println!(\"no\"); std::process::exit(3) }";
    fixture.write("chapters/ch01/src/main.rs", failing);
    let problems = fixture.problems();
    assert_has(&problems, "book/text/ch01.md:3: console: ");
    assert_has(&problems, "with status 3, not 0");
    assert_has(&problems, "It printed:\nno\n");
}

#[test]
fn a_listing_names_what_there_is() {
    let page =
        "# One\n\n```listing chapters/ch01/src/main.rs mian\n```\n";
    let problems = Fixture::new(page).problems();
    assert_has(
        &problems,
        "book/text/ch01.md:3: listing: chapters/ch01/src/main.rs has no \
         item `mian`; it has: main\n",
    );
}

#[test]
fn a_listing_says_where_it_lives() {
    let page =
        "# One\n\n```listing chapters/ch01/src/main.rs main\n```\n";
    let html = Fixture::new(page).page();
    assert_has(&html, "<b>chapters/ch01/src/main.rs</b>");
    assert_has(&html, "<i>lines 1–5</i>");
    assert_has(&html, "println!(\"Content-Type");
}

#[test]
fn a_finished_chapter_prints_all_of_its_code() {
    let page = "# One\n\n```listing chapters/ch01/src/main.rs main\n\
                from: fn\nto: println!();\n```\n";
    let problems = Fixture::new(page).problems();
    assert_has(
        &problems,
        "chapters/ch01/src/main.rs:4: printed on no page: lines 4, 5; \
         list them in book/text/ch01.md",
    );
}

#[test]
fn a_book_without_problems_is_said_to_be_well() {
    let page = "# One\n\n```listing chapters/ch01/src/main.rs\n```\n";
    let output = Fixture::new(page).run(&["check"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let summary = String::from_utf8_lossy(&output.stdout).into_owned();
    let share =
        "chapters/ch01/src: 5 of 5 lines of code printed (100 %)";
    assert_has(&summary, share);
    assert_has(&summary, "All is well.");
}

#[test]
fn a_wide_line_is_found() {
    let fixture = Fixture::new(
        "# One\n\n```listing chapters/ch01/src/main.rs\n```\n",
    );
    let wide = format!("fn main() {{}} // {}\n", "x".repeat(60));
    fixture.write("chapters/ch01/src/main.rs", &wide);
    let wanted = "book/text/ch01.md:3: listing: a line of \
                  chapters/ch01/src/main.rs is 76 columns wide";
    assert_has(&fixture.problems(), wanted);
}

#[test]
fn figures_need_text_alternatives() {
    let page = "# One\n\n```drawing\n-->\n```\n\n![](a.png)\n";
    let fixture = Fixture::new(page);
    fixture.write("book/text/a.png", "");
    let problems = fixture.problems();
    let drawing = "ch01.md:3: drawing: it has no text alternative";
    assert_has(&problems, drawing);
    let image = "ch01.md:7: the image `a.png` has no text alternative";
    assert_has(&problems, image);
}

#[test]
fn links_and_anchors_must_lead_somewhere() {
    let page = "# One\n\n[a](ch09.md)\n\n[b](debts.md#none)\n\n\
                [c](debts.md#debts) [d](#one) [e](https://a.example/)\n";
    let problems = Fixture::new(page).problems();
    assert_has(&problems, "book/text/ch01.md:3: link to `ch09.html`: ");
    assert_has(
        &problems,
        "book/text/ch01.md:5: link to `debts.html#none`: `debts.html` \
         has no `#none`",
    );
    assert!(!problems.contains(":7:"), "{problems}");
}

#[test]
fn a_debt_is_listed_and_must_be_repaid_in_its_chapter() {
    let page =
        "# One\n\nHere.{{debt limits ch02: nothing is bounded}}\n";
    let fixture = Fixture::new(page);
    assert_has(&fixture.page(), "href=\"debts.html#limits\"");
    let list = fixture.root.join("target/book/html/debts.html");
    let list = fs::read_to_string(list).unwrap();
    assert_has(&list, "nothing is bounded");

    let summary = "# Summary\n\n- [One](ch01.md)\n- [Two](ch02.md)\n\
                   - [Debts](debts.md)\n";
    fixture.write("book/text/SUMMARY.md", summary);
    fixture.write("book/text/ch02.md", "# Two\n");
    let problems = fixture.problems();
    assert_has(
        &problems,
        "book/text/ch01.md:3: debt: `limits` is due in ch02, which has \
         no `{{repaid limits}}`",
    );
    fixture.write(
        "book/text/ch02.md",
        "# Two\n\nDone{{repaid limits}}.\n",
    );
    assert!(!fixture.problems().contains("limits"));
}

#[test]
fn words_that_hide_a_condition_are_found() {
    let page = "# One\n\nFine.\nIt is just so.\n";
    let wanted = "book/text/ch01.md:4: the word `just`";
    assert_has(&Fixture::new(page).problems(), wanted);
}

#[test]
fn an_exchange_shows_both_sides_and_the_log() {
    let page = "# One\n\n```exchange ch01\nGET /cgi-bin/ch01 HTTP/1.1\n\
                Host: localhost\n\n```\n";
    let fixture = Fixture::new(page);
    let loud =
        MAIN.replace("{\n", "{\n    eprintln!(\"so it goes\");\n");
    fixture.write("chapters/ch01/src/main.rs", &loud);
    let html = fixture.page();
    assert_has(&html, "GET /cgi-bin/ch01 HTTP/1.1<i>");
    assert_has(&html, "HTTP/1.1 200 OK<i>");
    assert_has(&html, "Date: Sun, 06 Nov 1994 08:49:37 GMT");
    assert_has(&html, "Hello from Some(\"/cgi-bin/ch01\")");
    assert_has(&html, "so it goes");
}

/// Answers one request, and logs it afterwards.
const SERVER: &str = r#"use std::io::{Read, Write};
fn main() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    println!("Serving at http://{}", listener.local_addr().unwrap());
    let (mut stream, _) = listener.accept().unwrap();
    let read = stream.read(&mut [0; 1000]).unwrap();
    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    stream.write_all(answer).unwrap();
    eprintln!("read {read} bytes");
}
"#;

#[test]
fn a_program_that_serves_is_started_for_an_exchange() {
    let page = "# One\n\n```exchange ch05\nGET / HTTP/1.1\n\n```\n";
    let fixture = Fixture::new(page);
    let package = "[package]\nname = \"ch05\"\nedition = \"2024\"\n";
    fixture.write("chapters/ch05/Cargo.toml", package);
    fixture.write("chapters/ch05/src/main.rs", SERVER);
    let html = fixture.page();
    assert_has(&html, "HTTP/1.1 200 OK<i>");
    assert_has(&html, "read 18 bytes");
    fixture.write("chapters/ch05/src/main.rs", "fn main() {}");
    let wanted = "book/text/ch01.md:3: exchange: `target/debug/ch05 \
                  --port 0` did not print where it serves";
    assert_has(&fixture.problems(), wanted);
}

#[test]
fn a_sabotage_leaves_the_repository_alone() {
    let page = "# One\n\n```sabotage chapters/ch01/src/main.rs exit=101\n\
                -    println!();\n+    panic!(\"sawn\");\n\
                $ cargo run -p ch01\n```\n";
    let fixture = Fixture::new(page);
    let html = fixture.page();
    assert_has(&html, "<del>-    println!();</del>");
    assert_has(&html, "sawn");
    assert_has(&html, "panicked at chapters/ch01/src/main.rs:3:5");
    let main = fixture.root.join("chapters/ch01/src/main.rs");
    assert_eq!(fs::read_to_string(main).unwrap(), MAIN);
}

#[test]
fn plain_mdbook_makes_the_same_page() {
    let fixture = Fixture::new(CONSOLE);
    let ours = fixture.page();
    let output = fixture.root.join("target/book/html");
    fs::remove_dir_all(&output).unwrap();
    let book = fixture.root.join("book");
    let book = mdbook_driver::MDBook::load(book).unwrap();
    book.build().unwrap();
    let theirs = fs::read_to_string(output.join("ch01.html")).unwrap();
    assert_has(&theirs, "Hello from None");
    assert_eq!(ours, main_part(&theirs));
}

#[test]
fn help_is_everywhere_and_slips_are_answered_with_it() {
    let run = |arguments: &[&str]| {
        Command::new(PROGRAM).args(arguments).output().unwrap()
    };
    for arguments in [&["--help"][..], &["-h"], &["check", "--help"]] {
        let output = run(arguments);
        assert!(output.status.success());
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_has(&text, "Usage: cargo run -p book");
    }
    assert!(run(&["--version"]).stdout.starts_with(b"book "));
    let output = run(&["chek"]);
    assert_eq!(output.status.code(), Some(2));
    let text = stderr(&output);
    assert_has(&text, "error: there is no command `chek`\n\nBuilds");
    assert_has(&text, "Usage: cargo run -p book");
    assert!(run(&["preprocess", "supports", "html"]).status.success());
    let epub = run(&["preprocess", "supports", "epub"]);
    assert_eq!(epub.status.code(), Some(1));
}

#[test]
fn a_port_that_was_asked_for_must_be_free() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = Fixture::new("# One\n").run(&["--port", &port]);
    assert_eq!(output.status.code(), Some(1));
    let wanted = format!(
        "error: 127.0.0.1:{port} is taken by another program; stop that \
         one, or choose another with --port N (0 takes any)"
    );
    assert_has(&stderr(&output), &wanted);
}

#[test]
fn the_usual_port_may_be_taken() {
    // Whoever has it, it is taken.
    let taken = TcpListener::bind("127.0.0.1:3000");
    let fixture = Fixture::new("# One\n");
    let served = Served::start(&fixture, &[]);
    assert_ne!(served.port, 3000);
    assert_has(&served.get("/"), "HTTP/1.1 200 OK");
    drop(taken);
}

#[test]
fn pages_and_programs_are_served_as_they_are_on_the_disk() {
    let fixture = Fixture::new("# One\n");
    let served = Served::start(&fixture, &["serve", "--port", "0"]);
    let page = served.get("/ch01.html");
    assert_has(&page, "Content-Type: text/html; charset=utf-8\r\n");
    assert_has(&page, "Cache-Control: no-cache\r\n");
    assert_has(&served.get("/no"), "HTTP/1.1 404 Not Found\r\n");

    let hello = served.get_program("/cgi-bin/ch01/x");
    assert_has(&hello, "Hello from Some(\"/cgi-bin/ch01\")");
    let changed = MAIN.replace("Hello", "Goodbye");
    fixture.write("chapters/ch01/src/main.rs", &changed);
    assert_has(&served.get_program("/cgi-bin/ch01"), "Goodbye from ");
    fixture.write("chapters/ch01/src/main.rs", "fn main() { x }\n");
    let broken = served.get_program("/cgi-bin/ch01");
    assert_has(&broken, "HTTP/1.1 500 Internal Server Error\r\n");
    assert_has(&broken, "cannot find value `x`");
}

#[test]
fn a_page_is_built_again_when_its_text_or_its_program_is_saved() {
    let fixture = Fixture::new(CONSOLE);
    let served = Served::start(&fixture, &["serve", "--port", "0"]);
    assert_has(&served.made(), "Hello from");
    let changed = MAIN.replace("Hello", "Goodbye");
    fixture.write("chapters/ch01/src/main.rs", &changed);
    // Until the program was run again, the page says what it is.
    let page = served.get("/ch01.html");
    assert_has(&page, "Hello from");
    assert_has(&page, "<figure class=\"stale ");
    served.wait_for("Goodbye from");
    let text = format!("{CONSOLE}\nA new end.\n");
    fixture.write("book/text/ch01.md", &text);
    assert_has(&served.get("/ch01.html"), "A new end.");
}

#[test]
fn a_page_can_be_read_before_its_figures_are_made() {
    let wait = "while [ ! -e go ]; do sleep 0.05; done; echo gone";
    let text = format!("# One\n\n```console\n$ {wait}\n```\n");
    let fixture = Fixture::new(&text);
    let served = Served::start(&fixture, &["serve", "--port", "0"]);
    assert_has(&served.get("/ch01.html"), PENDING);
    fixture.write("go", "");
    assert_has(&served.made(), "gone");
}

#[test]
fn nothing_is_served_to_others_or_from_elsewhere() {
    let fixture = Fixture::new("# One\n");
    let served = Served::start(&fixture, &["--port", "0"]);
    let rebound = served.get_as("/", "evil.example:3000");
    assert_has(&rebound, "HTTP/1.1 403 Forbidden\r\n");
    assert_has(&served.get_as("/", "[::1]:3000"), " 200 OK\r\n");
    for path in
        ["/../ch01.html", "/%2e%2e/cache", "/..%2f..%2fCargo.toml"]
    {
        let answer = served.get(path);
        let is_refused = answer.starts_with("HTTP/1.1 404")
            || answer.starts_with("HTTP/1.1 400");
        assert!(is_refused, "{path}: {answer}");
    }
}

/// The real book's list of what it is made of has not been outgrown.
#[test]
fn book_toml_names_our_own_preprocessor() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("book.toml");
    let text = fs::read_to_string(path).unwrap();
    assert_has(
        &text,
        "command = \"cargo run -q -p book -- preprocess\"",
    );
}
