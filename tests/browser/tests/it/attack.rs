//! The page with the hostile requests, and a server under attack.

use browser::{Book, Reader, build_in, reading, reading_together};

const RUN_ALL: &str =
    "document.querySelector('.attack .live-bar > button')";
const SAID: &str =
    "document.querySelector('.attack .said').textContent";

/// The row of a request.
fn row(name: &str) -> String {
    format!(
        "[...document.querySelectorAll('.attack tbody tr')].find((row) \
         => row.querySelector('summary')?.textContent === '{name}')"
    )
}

fn open(book: &Book, reader: &Reader) {
    reader.open(&format!("{}/attack.html", book.address));
    reader.wait(&format!("!!{RUN_ALL}"));
}

/// Presses a button until the server could be built: others may be
/// building for long.
fn press(reader: &Reader, button: &str) {
    for _ in 0..5 {
        reader.run(&format!("{button}.click()"));
        reader.wait(&format!("{RUN_ALL}.textContent !== 'Stop'"));
        let complains =
            "!!document.querySelector('.attack .complaint')";
        if reader.value(complains) == false {
            return;
        }
    }
    panic!("{}", reader.text(SAID));
}

/// Builds the reader's server in the copy, as the book does, which
/// gives up when that takes long.
fn build(book: &Book) {
    build_in(&book.folder, &["-p", "ch09", "--bin", "mine9"]);
}

fn came(reader: &Reader, name: &str) -> String {
    reader.text(&format!("{}.children[2].textContent", row(name)))
}

#[test]
fn a_row_that_was_wrong_is_right_when_the_exercise_is_solved() {
    let Some((book, reader)) = reading() else { return };
    // Whatever the head says, there is no body.
    let path = "chapters/ch08/exercises/body_length.rs";
    let nothing = "pub fn body_length(\n\
        \x20   _: &[(&str, &str)],\n    _: bool,\n\
        ) -> Result<Option<u64>, &'static str> {\n    Ok(Some(0))\n}\n";
    book.write(path, nothing);
    build(&book);
    open(&book, &reader);
    let name = "Content-Length: 5x";
    let run = format!("{}.querySelector('td button')", row(name));
    assert_eq!(
        reader.text(&format!("{run}.getAttribute('aria-label')")),
        "Run Content-Length: 5x"
    );
    // What is said above is out of sight.
    reader.run(&format!("{run}.click()"));
    assert_eq!(came(&reader, name), "building, or waiting …");
    reader.wait(&format!("{RUN_ALL}.textContent !== 'Stop'"));
    press(&reader, &run);
    let wrong = came(&reader, name);
    assert!(wrong.starts_with("✗ wrong "), "{wrong}");
    assert!(wrong.contains("418"), "{wrong}");
    let score = "document.querySelector('.attack .score').textContent";
    assert!(reader.text(score).starts_with("0 of 2"));

    let solution = "chapters/ch08/solutions/body_length.rs";
    book.write(path, &book.read(solution));
    press(&reader, &run);
    assert_eq!(came(&reader, name), "✓ right 400");
    assert!(reader.text(score).starts_with("1 of 2"));

    press(&reader, RUN_ALL);
    let said = reader.text(SAID);
    assert!(said.contains(" right, 0 wrong, "), "{said}");
    let not_run = "[...document.querySelectorAll('.filters button')]\
                   .find((b) => b.textContent === 'Not run 0')";
    assert_eq!(reader.value(&format!("!!{not_run}")), true);
    assert_eq!(reader.errors(), Vec::<String>::new());
}

#[test]
fn the_rows_can_be_filtered_and_chapter_5s_server_attacked() {
    let Some((book, reader)) = reading_together() else { return };
    open(&book, &reader);
    let choice = "document.querySelector('.attack select')";
    reader.run(&format!(
        "{choice}.value = 'ch05'; \
         {choice}.dispatchEvent(new Event('change'))"
    ));
    for name in ["Content-Length of 2^62", "no Host"] {
        let run = format!("{}.querySelector('td button')", row(name));
        press(&reader, &run);
    }
    let ended = came(&reader, "Content-Length of 2^62");
    assert_eq!(ended, "✗ wrong the process ends");
    assert_eq!(came(&reader, "no Host"), "✓ right 400 200");
    let filter = |name: &str| {
        format!(
            "[...document.querySelectorAll('.filters button')]\
             .find((b) => b.textContent.startsWith('{name} '))"
        )
    };
    reader.run(&format!("{}.click()", filter("Wrong")));
    let rows = "[...document.querySelectorAll('.attack tbody tr')]\
                .filter((row) => row.checkVisibility() \
                && row.querySelector('summary'))";
    assert_eq!(reader.number(&format!("{rows}.length")), 1.0);
    let pressed =
        format!("{}.getAttribute('aria-pressed')", filter("Wrong"));
    assert_eq!(reader.text(&pressed), "true");
    // Another server has not been asked.
    reader.run(&format!(
        "{choice}.value = 'ch08'; \
         {choice}.dispatchEvent(new Event('change'))"
    ));
    let none = format!("{}.textContent", filter("Wrong"));
    assert_eq!(reader.text(&none), "Wrong 0");
    for width in [320, 390, 1300] {
        reader.resize(width);
        let over = "document.documentElement.scrollWidth - innerWidth";
        assert!(reader.number(over) <= 0.0, "{width} px");
    }
    assert_eq!(reader.errors(), Vec::<String>::new());
}

#[test]
fn without_the_book_the_rows_are_a_table_without_buttons() {
    let Some((book, reader)) = reading_together() else { return };
    reader.without_scripts();
    reader.open(&format!("{}/attack.html", book.address));
    let buttons = "document.querySelectorAll('.attack button').length";
    assert_eq!(reader.number(buttons), 0.0);
    let rows = "document.querySelectorAll('.attack details').length";
    assert!(reader.number(rows) > 200.0);
    let right = format!("{}.children[1].textContent", row("no Host"));
    assert_eq!(reader.text(&right), "400");
}
