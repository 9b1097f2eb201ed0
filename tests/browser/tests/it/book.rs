//! What a reader does with the book, done in Chromium.

use browser::{ROOT, Reader, reading, reading_together};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::time::Instant;

/// Some of what the tests ask the page, by name.
const HELPERS: &str = "
    figure = document.querySelector('figure.exchange[data-program=ch03]');
    status = () => figure.querySelector('.status').textContent;
    answer = () => figure.querySelector('.side.response').innerText;
    button = (name, where = figure) => [...where.querySelectorAll('button')]
        .find((button) => button.textContent === name);
    ";

fn helpers(reader: &Reader) {
    reader.get_ready_to_edit();
    let window = HELPERS.replace("    figure =", "window.figure =");
    let window = window.replace("    status =", "window.status_ =");
    let window = window.replace("    answer =", "window.answer =");
    let window = window.replace("    button =", "window.button =");
    reader.run(window.trim().trim_end_matches(';'));
}

fn send(reader: &Reader) {
    reader.run("figure.querySelector('.status').textContent = ''");
    reader.run("button('Send').click()");
    reader.wait(
        "button('Send').ariaDisabled !== 'true' && \
         (/printed|as the request does/.test(status_()) \
         || /compile|work/.test(answer()))",
    );
}

const CH03: &str = "chapters/ch03/src/lib.rs";

#[test]
fn a_request_is_sent_to_the_program_as_it_is_saved() {
    let Some((book, reader)) = reading() else { return };
    reader.open(&format!("{}/ch03.html", book.address));
    helpers(&reader);
    send(&reader);
    let status = reader.text("status_()");
    assert!(status.starts_with("as printed, "), "{status}");
    let environ = "figure.querySelector('details.environ').textContent";
    assert!(reader.text(environ).contains("REQUEST_METHODGET"));

    let source = book.read(CH03);
    let changed = source.replace("<h1>Keys in", "<h1>All keys in");
    assert_ne!(source, changed);
    book.write(CH03, &changed);
    // The page follows, and is loaded anew.
    reader.wait(
        "document.querySelector('main').textContent\
                 .includes('<h1>All keys in')",
    );
    helpers(&reader);
    let start = Instant::now();
    send(&reader);
    println!("after an edit: {:?}", start.elapsed());
    let status = reader.text("status_()");
    assert!(status.starts_with("not as printed: "), "{status}");
    let marked = "[...figure.querySelectorAll('.response ins')]\
                  .map((ins) => ins.textContent).join('')";
    assert!(reader.text("answer()").contains("<h1>All keys in"));
    assert!(reader.text(marked).contains("Content-Length"));

    book.write(CH03, &source.replace("<h1>Keys in", "<h1>\" oops"));
    reader.wait(
        "document.querySelector('main').textContent\
                 .includes('oops')",
    );
    helpers(&reader);
    send(&reader);
    let answer = reader.text("answer()");
    assert!(answer.starts_with("It does not compile"), "{answer}");
    assert!(answer.contains("chapters/ch03/src/lib.rs"), "{answer}");
    // What the text is about is there still, and hidden until it is
    // predicted.
    let printed = "figure.querySelector('.failed + .response')";
    let text = reader.text(&format!("{printed}.textContent"));
    assert!(text.contains("HTTP/1.1 200 OK"), "{text}");
    let seen = reader.text(&format!("{printed}.innerText"));
    assert!(!seen.contains("HTTP/1.1 200 OK"), "{seen}");

    // As when a figure is being made, which must not hold up the rest.
    reader.run(
        "document.querySelector('figure.console')\
                .classList.add('pending')",
    );
    book.write(CH03, &source);
    reader.wait(
        "!document.querySelector('main').textContent\
                 .includes('oops')",
    );
    helpers(&reader);
    send(&reader);
    assert!(reader.text("status_()").starts_with("as printed, "));
    let times = reader.value(
        "(async () => { const times = [];\
         for (let i = 0; i < 41; i++) {\
         const start = performance.now(); button('Send').click();\
         await new Promise((done) => { const look = () =>\
         button('Send').ariaDisabled === 'true'\
         ? setTimeout(look, 0) : done();\
         setTimeout(look, 0); });\
         times.push(performance.now() - start); }\
         return times.sort((a, b) => a - b)[20]; })()",
    );
    println!("an unchanged program, p50 of 41: {times} ms");
    assert_eq!(reader.errors(), Vec::<String>::new());
}

#[test]
fn a_request_is_edited_by_keyboard_alone() {
    let Some((book, reader)) = reading_together() else { return };
    reader.open(&format!("{}/ch03.html", book.address));
    helpers(&reader);
    let focused = |text: &str| {
        format!(
            "document.activeElement.textContent === '{text}' && \
             figure.contains(document.activeElement)"
        )
    };
    let tab_to = |text: &str| {
        for _ in 0..500 {
            if reader.value(&focused(text)) == Value::Bool(true) {
                return;
            }
            reader.press("Tab");
        }
        panic!("{text} is not reached");
    };
    tab_to("Send");
    reader.press("Enter");
    reader.wait("status_().startsWith('as printed')");
    tab_to("Edit");
    reader.press("Enter");
    reader.wait("document.activeElement.tagName === 'TEXTAREA'");
    // The arrows move in the text, and do not turn the page.
    for key in ["ArrowRight", "ArrowLeft"] {
        reader.press(key);
    }
    reader.run("document.activeElement.setSelectionRange(0, 3)");
    reader.tab.type_str("HEAD").expect("keys");
    reader.press_with_control("Enter");
    reader.wait("status_().includes(', as the request does, ')");
    let body = "Message.textOf(figure.querySelector('.response code'))";
    assert!(!reader.text(body).contains("<h1>"));
    reader.press("Escape");
    reader.press("Enter");
    reader.wait("!figure.querySelector('textarea')");
    // It is hidden again, until it is predicted.
    let printed = "figure.querySelector('.response code').textContent";
    assert!(reader.text(printed).contains("<h1>"));
    assert!(reader.text("location.pathname").ends_with("/ch03.html"));
    assert_eq!(reader.errors(), Vec::<String>::new());
}

#[test]
fn a_malformed_request_is_sent_byte_by_byte() {
    let Some((book, reader)) = reading_together() else { return };
    reader.open(&format!("{}/ch03.html", book.address));
    helpers(&reader);
    reader.run("button('Edit').click(); button('\\\\r\\\\n').click()");
    let shown = reader.text("figure.querySelector('textarea').value");
    assert!(shown.contains("Host: localhost\\r\n"), "{shown}");
    // Without its CR, and with a byte that no text has.
    let broken = shown.replace("localhost\\r", "localhost\\xff");
    let json = serde_json::json!(broken);
    reader.run(&format!(
        "figure.querySelector('textarea').value = {json}"
    ));
    send(&reader);
    assert!(reader.text("answer()").contains("400 Bad Request"));
    let curl = "window.copied = null; navigator.clipboard.writeText = \
                async (text) => { window.copied = text; };\
                button('As printed').click(); button('Copy as curl').click()";
    reader.run(curl);
    reader.wait("window.copied !== null");
    let command = reader.text("window.copied");
    let output = std::process::Command::new("sh")
        .args(["-c", &command])
        .output()
        .expect("a shell");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("<h1>Keys in"), "{command}: {output:?}");
}

#[test]
fn a_solved_exercise_is_marked() {
    let Some((book, reader)) = reading() else { return };
    reader.open(&format!("{}/ch01.html", book.address));
    helpers(&reader);
    let mark = "document.querySelector('.sidebar a[href$=\"ch01.html\"] \
                .done')?.textContent";
    reader.wait(&format!("{mark} === '0/7'"));
    let exercise = "document.getElementById('exercise-1.1')";
    let said = format!("{exercise}.querySelector('.said').textContent");
    let check = format!("button('Check', {exercise}).click()");
    reader.run(&check);
    reader
        .wait(&format!("{said} === 'Exercise 1.1 is not solved yet.'"));
    let found =
        format!("{exercise}.querySelector('.found').textContent");
    reader.wait(&format!("{found}.includes('expected')"));

    let list = book.read("chapters/ch01/exercises/mod.rs");
    let name =
        list.split("1.1 ").nth(1).and_then(|s| s.split(';').next());
    let name = name.expect("its name");
    let path = format!("chapters/ch01/exercises/{name}.rs");
    let solution =
        book.read(&format!("chapters/ch01/solutions/{name}.rs"));
    // The page shows what is written, so it is loaded anew.
    let write = |text: &str| {
        book.write(&path, text);
        reader.wait(&format!("{said} === ''"));
        helpers(&reader);
    };
    // An answer that ends the process has said nothing of itself.
    let exits = ") -> String { std::process::exit(0);";
    write(&solution.replace(") -> String {", exits));
    reader.run(&check);
    reader.wait(&format!("{found}.includes('exit status: 0')"));
    reader.wait(&format!("{mark} === '0/7'"));
    write(&solution.replace("format!", "no_such_macro!"));
    reader.run(&check);
    reader.wait(&format!("{said}.includes('1.1 does not compile')"));
    reader.wait(&format!("{mark} === '0/7'"));
    write(&solution);
    reader.run(&check);
    reader.wait(&format!("{said} === 'Solved.'"));
    // It is above the hint, and does not lie on it.
    reader.wait(&format!(
        "{exercise}.querySelector('.said').getBoundingClientRect()\
         .bottom <= {exercise}.querySelector('.said + *')\
         .getBoundingClientRect().top"
    ));
    reader.wait(&format!("{exercise}.classList.contains('solved')"));
    reader.wait(&format!("{mark} === '1/7'"));
    assert_eq!(reader.errors(), Vec::<String>::new());
}

#[test]
fn the_readers_own_server_is_tried_from_its_page() {
    let Some((book, reader)) = reading() else { return };
    // Nobody has a body.
    let path = "chapters/ch08/exercises/body_length.rs";
    let refusing = "pub fn body_length(\n\
        \x20   _: &[(&str, &str)],\n    _: bool,\n\
        ) -> Result<Option<u64>, &'static str> {\n    Ok(Some(0))\n}\n";
    book.write(path, refusing);
    reader.open(&format!("{}/ch09.html", book.address));
    helpers(&reader);
    let section = "document.querySelector('section.own-server')";
    let said = format!("{section}.querySelector('.said').textContent");
    let run = format!("button('Try all requests', {section}).click()");
    // Others may be building for long.
    for _ in 0..5 {
        reader.run(&run);
        reader.wait(&format!("!{said}.startsWith('trying')"));
        if reader.text(&said).starts_with("Your server (mine9): ") {
            break;
        }
    }
    let next = format!("{said}.includes('the next: a body: ')");
    reader.wait(&next);
    let first = format!(
        "{section}.querySelector('tbody tr').textContent\
         .startsWith('✗a body200 Hello500 Internal Server Error')"
    );
    reader.wait(&first);
    // A table, all of whose rows have the same width.
    let widths = reader.number(&format!(
        "new Set(Array.from({section}.querySelectorAll('tr'), \
         (row) => row.offsetWidth)).size"
    ));
    assert_eq!(widths, 1.0);
    assert_eq!(reader.errors(), Vec::<String>::new());
}

#[test]
fn a_page_that_is_saved_is_loaded_where_the_reader_was() {
    let Some((book, reader)) = reading() else { return };
    reader.open(&format!("{}/ch02.html", book.address));
    helpers(&reader);
    reader.run(
        "document.querySelectorAll('main details')[1].open = true;\
         scrollTo(0, 2000)",
    );
    // It has asked once for what there is.
    let asked = "performance.getEntriesByType('resource')\
                 .some((entry) => entry.name.includes('/live/state'))";
    reader.wait(asked);
    let text = book.read("book/text/ch02.md");
    let start = Instant::now();
    book.write("book/text/ch02.md", &format!("{text}\nA new end.\n"));
    reader.wait(
        "document.querySelector('main').textContent\
                 .includes('A new end.')",
    );
    println!("a saved text is shown after {:?}", start.elapsed());
    reader.wait("document.querySelectorAll('main details')[1].open");
    reader.wait("scrollY === 2000");
}

#[test]
fn the_search_finds_wsgi_errors() {
    let Some((book, reader)) = reading_together() else { return };
    reader.open(&format!(
        "{}/ch01.html?search=wsgi.errors",
        book.address
    ));
    let results = "document.getElementById('mdbook-searchresults') ?? \
                   document.getElementById('searchresults')";
    reader.wait(&format!(
        "[...({results}).querySelectorAll('a')]\
         .some((a) => a.href.includes('ch04.html'))"
    ));
}

#[test]
fn every_page_is_fit_to_be_read() {
    let Some((book, reader)) = reading_together() else { return };
    let mut heavy = Vec::new();
    for page in book.pages() {
        reader.open(&format!("{}/{page}", book.address));
        let weight = reader.number(
            "(async () => { const names = performance\
             .getEntriesByType('resource').map((entry) => entry.name)\
             .filter((name) => !/fonts|searchindex|live\\//.test(name));\
             let sum = 0;\
             for (const name of [location.href, ...new Set(names)]) {\
             sum += (await (await fetch(name)).arrayBuffer()).byteLength; }\
             return sum; })()",
        );
        println!("{page}: {weight} bytes");
        if weight >= 400_000.0 {
            heavy.push(format!("{page}: {weight}"));
        }
        // Our scripts come behind the text.
        let early = "[...document.head.querySelectorAll('script[src]')]\
                     .filter((s) => /live|pending/.test(s.src)).length";
        assert_eq!(reader.number(early), 0.0, "{page}");
        for width in [390, 1200] {
            reader.resize(width);
            let over =
                "document.documentElement.scrollWidth - innerWidth";
            assert!(reader.number(over) <= 0.0, "{page} at {width} px");
        }
    }
    assert_eq!(reader.errors(), Vec::<String>::new());
    for address in reader.requests() {
        let is_ours = address.starts_with(&book.address)
            || address.starts_with("data:");
        assert!(is_ours, "{address}");
    }
    assert_eq!(heavy, Vec::<String>::new());
}

#[test]
fn the_page_to_print_has_all_chapters() {
    let Some((book, reader)) = reading_together() else { return };
    let titles = fs::read_to_string(
        Path::new(ROOT).join("book/text/SUMMARY.md"),
    );
    reader.open(&format!("{}/print.html", book.address));
    let text = reader.text(
        "[...document.querySelectorAll('main h1')]\
         .map((title) => title.textContent).join('\\n')",
    );
    for line in titles.expect("a summary").lines() {
        let link =
            line.split_once('[').and_then(|(_, l)| l.split_once(']'));
        if let Some((title, rest)) = link
            && !rest.starts_with("()")
            // The first page has the book's title.
            && !rest.starts_with("(start.md)")
        {
            assert!(text.contains(title), "{title} is not in:\n{text}");
        }
    }
}

#[test]
fn without_scripts_everything_is_there_and_no_dead_button() {
    let Some((book, reader)) = reading_together() else { return };
    reader.without_scripts();
    for page in book.pages() {
        reader.open(&format!("{}/{page}", book.address));
        let buttons = "document.querySelectorAll('.live-bar').length";
        assert_eq!(reader.number(buttons), 0.0, "{page}");
        let empty = "[...document.querySelectorAll('main figure')]\
                     .filter((figure) => !figure.textContent.trim() \
                     && !figure.querySelector('svg')).length";
        assert_eq!(reader.number(empty), 0.0, "{page}");
    }
    reader.open(&format!("{}/ch03.html", book.address));
    let text = reader.text("document.querySelector('main').innerText");
    assert!(text.contains("HTTP/1.1 200 OK"), "{text}");
    assert!(text.contains("cargo test -p ch03 --test exercises"));
}
