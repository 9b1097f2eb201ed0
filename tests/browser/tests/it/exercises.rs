//! What *Check* shows, and what a Send whose program does not compile
//! does.

use browser::{Book, Reader, reading};

const ANSWER: &str = "chapters/ch01/exercises/response.rs";
const SECTION: &str = "document.getElementById('exercise-1.1')";

/// Opens chapter 1.
fn open(book: &Book, reader: &Reader) {
    reader.open(&format!("{}/ch01.html", book.address));
    reader.wait(&format!("!!{SECTION}.querySelector('.live-bar')"));
}

/// Saves an answer to the first exercise, and waits until the page
/// shows it.
fn answer(book: &Book, reader: &Reader, text: &str) {
    book.write(ANSWER, text);
    let line = text.lines().find(|line| line.starts_with("pub fn"));
    let shown = format!(
        "{SECTION}.querySelector('.listing code')?.textContent\
         .includes({:?}) && !!{SECTION}.querySelector('.live-bar') \
         && {SECTION}.querySelector('.said').textContent === ''",
        line.expect("a function")
    );
    reader.wait(&shown);
}

/// Checks the first exercise until this is said of it: others may be
/// building for long.
fn check(reader: &Reader, wanted: &str) {
    let said = format!("{SECTION}.querySelector('.said').textContent");
    let mut answers = Vec::new();
    while answers.last().is_none_or(|answer| answer != wanted) {
        assert!(answers.len() < 5, "{answers:?}");
        reader.run(&format!(
            "{SECTION}.querySelector('.live-bar button').click()"
        ));
        reader.wait(&format!("!{said}.startsWith('checking')"));
        answers.push(reader.text(&said));
    }
}

/// The text of all that a selector finds in what was found.
fn found(reader: &Reader, selector: &str) -> String {
    reader.text(&format!(
        "[...{SECTION}.querySelector('.found')\
         .querySelectorAll('{selector}')]\
         .map((part) => part.textContent).join('|')"
    ))
}

/// One after the other, for all are about the same file.
#[test]
fn what_came_of_a_check_is_shown_and_leads_on() {
    let Some((book, reader)) = reading() else { return };
    a_wrong_answer_is_shown_beside_what_was_expected(&book, &reader);
    a_solved_exercise_shows_both_answers_and_leads_on(&book, &reader);
    a_compile_error_leads_into_the_editor(&book, &reader);
    a_program_that_does_not_compile_has_links_too(&book, &reader);
    assert_eq!(reader.errors(), Vec::<String>::new());
}

fn a_wrong_answer_is_shown_beside_what_was_expected(
    book: &Book,
    reader: &Reader,
) {
    open(book, reader);
    check(reader, "Exercise 1.1 is not solved yet.");
    reader.wait(&format!("!!{SECTION}.querySelector('.found table')"));
    assert_eq!(found(reader, "th"), "sent|came back|expected");
    assert_eq!(
        found(reader, "td"),
        "response(\"<p>Hi</p>\")|\
         \"Content-Type: text/html\\n<p>Hi</p>\"|\
         \"Content-Type: text/html\\n\\n<p>Hi</p>\""
    );
    assert_eq!(found(reader, "mark"), "<|\\n");
    // What is to be read is on this page.
    let read = format!("{SECTION}.querySelector('.found a')");
    assert_eq!(
        reader.text(&format!(
            "document.querySelector({read}.hash).textContent"
        )),
        "How a header ends"
    );
    assert_eq!(
        reader.value(&format!("{SECTION}.classList.contains('wrong')")),
        true
    );
    // A panic has no place where it differs.
    let panics =
        "pub fn response(_: &str) -> String { panic!(\"a\\nb\") }\n";
    answer(book, reader, panics);
    check(reader, "Exercise 1.1 is not solved yet.");
    reader.wait(&format!("!!{SECTION}.querySelector('.found table')"));
    assert_eq!(found(reader, ".came td"), "a panic: a\nb");
    assert_eq!(found(reader, "mark"), "");
    // What has no parts is told in words.
    let ends = "pub fn response(_: &str) -> String { std::process::exit(0) }\n";
    answer(book, reader, ends);
    check(reader, "Exercise 1.1 is not solved yet.");
    reader.wait(&format!("!!{SECTION}.querySelector('.found pre')"));
    assert!(found(reader, "pre").contains("exit status: 0"));
    assert_eq!(found(reader, "table"), "");
}

fn a_solved_exercise_shows_both_answers_and_leads_on(
    book: &Book,
    reader: &Reader,
) {
    open(book, reader);
    let solution = book.read("chapters/ch01/solutions/response.rs");
    let other = solution.replace("html: &str", "page: &str");
    let other = other.replace("{html}", "{page}");
    answer(book, reader, &other);
    check(reader, "Solved.");
    let codes = format!("{SECTION}.querySelectorAll('.both code')");
    reader.wait(&format!("{codes}.length === 2"));
    assert_eq!(found(reader, ".title"), "Yours|Ours");
    let text = |at| reader.text(&format!("{codes}[{at}].textContent"));
    let yours = "pub fn response(page: &str) -> String {\n    \
                 format!(\"Content-Type: text/html\\n\\n{page}\")\n}";
    assert_eq!(text(0), yours);
    assert_eq!(text(1), yours.replace("page", "html"));
    // Both are colored.
    assert_eq!(
        reader.value(&format!(
            "[...{codes}].every((code) => \
             !!code.querySelector('.hljs-string'))"
        )),
        true
    );
    let next = "Next: exercise 1.2, escape_attribute";
    assert_eq!(found(reader, "a"), next);
    let link = format!("{SECTION}.querySelector('.onward a')");
    assert_eq!(reader.text(&format!("{link}.hash")), "#exercise-1.2");
    // It leads past what turns out to be solved. (The page is told
    // soon that this is not so.)
    let led = reader.text(&format!(
        "(async () => {{ for (const n of [2, 3, 4, 5, 6, 7]) \
         document.getElementById('exercise-1.' + n)\
         .classList.add('solved'); await null; \
         return {link}.pathname + {link}.hash }})()"
    ));
    assert_eq!(led, "/ch02.html#exercise-2.1");
}

/// Two errors.
const BROKEN: &str = "pub fn response(html: &str) -> String {\n    \
    let n: u8 = \"\";\n    let m: u8 = html;\n    String::new()\n}\n";

fn a_compile_error_leads_into_the_editor(book: &Book, reader: &Reader) {
    open(book, reader);
    answer(book, reader, BROKEN);
    check(reader, "Exercise 1.1 does not compile.");
    let compiler = format!("{SECTION}.querySelector('.compiler')");
    reader.wait(&format!("!!{compiler}"));
    assert_eq!(found(reader, "summary"), "1 more error");
    // Nothing is opened before it is known by what.
    reader.run(&format!(
        "{compiler}.querySelector('.place button').click()"
    ));
    assert_eq!(
        reader.text("document.activeElement.localName"),
        "select"
    );
    let choose = |name: &str| {
        reader.run(&format!(
            "const select = {compiler}.querySelector('select');\
             select.value = '{name}';\
             select.dispatchEvent(new Event('change'))"
        ));
    };
    let first = format!("{compiler}.querySelector('.place a').href");
    let root = book.folder.canonicalize().expect("a folder");
    let path = format!("{}/{ANSWER}", root.display());
    choose("vscode");
    let links = reader.text(&format!(
        "[...{compiler}.querySelectorAll('.place a')]\
         .map((link) => link.href).join('|')"
    ));
    let wanted = ["2:17", "3:17"]
        .map(|place| format!("vscode://file{path}:{place}"));
    assert_eq!(links, wanted.join("|"));
    // It is the reader's choice on all pages.
    assert_eq!(reader.text("localStorage.getItem('editor')"), "vscode");
    choose("idea");
    let address = reader.text(&first);
    let start = format!("idea://open?file={path}&line=");
    assert!(address.starts_with(&start), "{address}");
    choose("none");
    reader.run(&format!(
        "navigator.clipboard.writeText = async (text) => {{ \
         window.copied = text; }};\
         {compiler}.querySelector('.place button').click()"
    ));
    reader.wait(&format!("window.copied?.startsWith('{path}:')"));
}

fn a_program_that_does_not_compile_has_links_too(
    book: &Book,
    reader: &Reader,
) {
    // A name that has to be encoded in an address.
    let main = "chapters/ch01/src/main.rs";
    let module = "#[path = \"a b%#é.rs\"] mod a;\n";
    book.write("chapters/ch01/src/a b%#é.rs", "fn a() { x }\n");
    let text = format!("{module}{}", book.read(main));
    book.write(main, &text);
    open(book, reader);
    reader.run(
        "localStorage.setItem('editor', 'zed');\
         window.figure = document.querySelector(\
         'figure.exchange[data-program=ch01]');\
         figure.querySelector('.live-bar button').click()",
    );
    let link = "figure.querySelector('.failed .place a')";
    reader.wait(&format!("!!{link}"));
    let end = "/chapters/ch01/src/a%20b%25%23%C3%A9.rs:1:10";
    let address = reader.text(&format!("{link}.href"));
    assert!(address.starts_with("zed://file/"), "{address}");
    assert!(address.ends_with(end), "{address}");
    // Its lines are not broken, and can be scrolled by keyboard.
    let code = "figure.querySelector('.failed code')";
    assert_eq!(
        reader.text(&format!("getComputedStyle({code}).whiteSpace")),
        "pre"
    );
    reader.resize(390);
    reader.wait(&format!(
        "{code}.scrollWidth > {code}.clientWidth \
         && {code}.tabIndex === 0"
    ));
}
