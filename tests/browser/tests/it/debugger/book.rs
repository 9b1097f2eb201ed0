//! Programs that fail in the book: in a tab, and in a figure.

use super::*;
use browser::{Book, build_in, chromium, reading};

const FILE: &str = "chapters/ch12/src/failing.rs";

/// What fails there.
const PARSED: &str = "Ok(text.parse()?)";

#[test]
fn a_program_is_mended_while_its_page_is_open() {
    let Some(chromium) = chromium() else { return };
    let book = Book::serve();
    // On a machine that is busy, that may take longer than a page may.
    build_in(&book.folder, &["-p", "ch12", "--bin", "ch12"]);
    let reader = Reader::start(&chromium);
    let source = book.read(FILE);
    reader.open(&format!("{}/cgi-bin/ch12{FAILS}", book.address));
    let title =
        "GET /cgi-bin/ch12/number: invalid digit found in string";
    assert_eq!(reader.text(TITLE), title);
    let (number, line) = line_with(&source, PARSED);
    assert_eq!(marked(&reader), as_marked((number, line)));
    let began = under(&reader, "It began at");
    assert!(began.contains(&format!("{FILE}:{number}:")), "{began}");
    assert!(under(&reader, "Values").contains("text = \"two\", at "));
    // The variable that has the token is nowhere, for reports are shown
    // to others.
    let page = reader.text("document.documentElement.outerHTML");
    assert!(!page.contains("GATEWAY_DEBUGGER"), "{page}");

    // It is built before it is tried again, and fails elsewhere.
    let moved = source.replace(PARSED, &format!("\n    {PARSED}"));
    book.write(FILE, &moved);
    try_again(&reader);
    assert_eq!(reader.text(TITLE), title);
    assert_eq!(marked(&reader), as_marked((number + 1, line)));
    let [last, now] = ["Last time", "Now"].map(|column| {
        let text = under(&reader, column);
        assert!(text.starts_with(title), "{text}");
        text
    });
    let place = |number| format!("{FILE}:{number}:");
    assert!(last.contains(&place(number)), "{last}");
    assert!(now.contains(&place(number + 1)), "{now}");
    let differ = reader.text(
        "[...document.querySelectorAll('section mark')]\
         .map((mark) => mark.textContent).join('\\n')",
    );
    assert!(differ.contains(&place(number + 1)), "{differ}");
    assert!(!differ.contains("Values"), "{differ}");

    let mended =
        source.replace(PARSED, "Ok(text.parse().unwrap_or(7))");
    book.write(FILE, &mended);
    try_again(&reader);
    assert_eq!(reader.text(TITLE), "It is answered");
    let now = under(&reader, "Now");
    assert!(now.starts_with("Status: 200 OK\n"), "{now}");
    assert!(now.ends_with("\n7\n"), "{now}");
    let last = under(&reader, "Last time");
    assert!(last.contains(&place(number + 1)), "{last}");

    book.write(FILE, &source);
    a_figure_shows_the_same(&book, &reader, &source);
    assert_eq!(errors(&reader), Vec::<String>::new());
}

const FIGURE: &str = "document.querySelector('figure.exchange')";

/// Opens the first chapter, and waits until its figure can be sent.
fn open_first(book: &Book, reader: &Reader) {
    reader.open(&format!("{}/ch01.html", book.address));
    wait_for_figure(reader);
}

fn wait_for_figure(reader: &Reader) {
    reader.wait(&format!("!!{FIGURE}?.querySelector('.live-bar')"));
}

/// Presses a button of the figure until something is true: if the page
/// is loaded anew meanwhile, because a figure was made, the answer is
/// lost.
fn press_until(reader: &Reader, name: &str, what: &str) {
    let button = format!(
        "[...{FIGURE}.querySelectorAll('button')].find((button) => \
         button.textContent === '{name}')"
    );
    let pressed = format!(
        "(async () => {{\
         if ({what}) return true;\
         const button = {button};\
         button?.focus();\
         if (!{FIGURE}.live.isSending) button?.click();\
         await new Promise((go) => setTimeout(go, 200));\
         return {what}; }})()"
    );
    reader.wait(&pressed);
}

/// The figure has a side of this name.
fn has(name: &str) -> String {
    format!("!!{FIGURE}.querySelector('.side.{name}')")
}

/// What the figure says in a side, when it has one.
fn side(reader: &Reader, name: &str) -> String {
    reader.wait(&format!("!!{FIGURE}.querySelector('.side.{name}')"));
    reader.text(&format!(
        "{FIGURE}.querySelector('.side.{name}').innerText"
    ))
}

const STATUS: &str =
    "document.querySelector('figure.exchange .status')";

/// Saves the program, and waits for the page to follow.
fn save(book: &Book, reader: &Reader, source: &str) {
    let before = reader.text("performance.timeOrigin");
    book.write("chapters/ch01/src/main.rs", source);
    reader.wait(&format!("performance.timeOrigin !== {before}"));
    wait_for_figure(reader);
}

#[test]
fn a_figure_says_where_its_program_has_panicked() {
    let Some((book, reader)) = reading() else { return };
    let source = book.read("chapters/ch01/src/main.rs");
    let panics = source.replace(
        "let mut out",
        "assert_eq!(1 + 1, 3);\n    let mut out",
    );
    assert_ne!(panics, source);
    book.write("chapters/ch01/src/main.rs", &panics);
    open_first(&book, &reader);
    press_until(&reader, "Send", &has("report"));
    let report = side(&reader, "report");
    let expected = "assertion `left == right` failed";
    assert!(report.contains(expected), "{report}");
    let (number, line) = line_with(&panics, "1 + 1");
    let place = format!("chapters/ch01/src/main.rs:{number}:");
    assert!(report.contains(&place), "{report}");
    let mark = format!("{FIGURE}.querySelector('.report mark')");
    let mark = reader.text(&format!("{mark}.textContent"));
    assert_eq!(mark, as_marked((number, line)));
    let response = side(&reader, "response");
    assert!(response.contains("502 Bad Gateway"), "{response}");
    assert!(!report.contains("was edited since"), "{report}");

    // The page follows what is saved, and the report stays.
    let edited = format!("{panics}\n// more\n");
    save(&book, &reader, &edited);
    reader.wait(&format!(
        "{FIGURE}.querySelector('.report').innerText\
         .includes('The program was edited since.')"
    ));
    save(&book, &reader, &source);
    let printed =
        format!("{STATUS}.textContent.startsWith('as printed')");
    press_until(&reader, "Try again", &printed);
    let response = side(&reader, "response");
    assert!(response.contains("Hello World!"), "{response}");
    let gone = format!("{FIGURE}.querySelectorAll('.report').length");
    assert_eq!(reader.number(&gone), 0.0);
    // The button is gone, and the focus is not.
    reader.wait("document.activeElement.textContent === 'Send'");

    // What does not compile is tried again in the same way.
    save(&book, &reader, &source.replace("let mut", "let it be"));
    press_until(&reader, "Send", &has("failed"));
    let failed = side(&reader, "failed");
    assert!(failed.starts_with("It does not compile"), "{failed}");
    assert!(failed.trim_end().ends_with("Try again"), "{failed}");
    assert_eq!(errors(&reader), Vec::<String>::new());
}

/// What the debugger of a program says, as text, and what became of
/// the program.
fn a_figure_shows_the_same(book: &Book, reader: &Reader, source: &str) {
    open_first(book, reader);
    // As if the chapter had this figure; to make it would take longer.
    let request =
        format!("GET {FAILS} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    reader.run(&format!(
        "Object.assign({FIGURE}.dataset, {{ program: 'ch12', how: '' }});\
         {FIGURE}.live.requests = [Wire.encode({})]",
        json!(request)
    ));
    press_until(reader, "Send", &has("report"));
    let report = side(reader, "report");
    let title = "GET /number: invalid digit found in string";
    assert!(report.contains(title), "{report}");
    let mark = format!("{FIGURE}.querySelector('.report mark')");
    let mark = reader.text(&format!("{mark}.textContent"));
    assert_eq!(mark, as_marked(line_with(source, PARSED)));
    // What need not be read is folded.
    let folds = reader.text(&format!(
        "[...{FIGURE}.querySelectorAll('.report summary')]\
         .map((summary) => summary.textContent).join('\\n')"
    ));
    assert!(folds.contains("The environ"), "{folds}");
    assert!(!report.contains("REQUEST_METHOD"), "{report}");
    if let Some(axe) = crate::axe::axe() {
        let said = crate::axe::violations(reader, &axe, 0);
        assert_eq!(said, "");
    }
    assert_eq!(crate::axe::sideways(reader), "");

    book.write(FILE, &source.replace(PARSED, "Ok(7)"));
    press_until(reader, "Try again", &format!("!{}", has("report")));
    let response = side(reader, "response");
    assert!(response.contains("200 OK"), "{response}");
}
