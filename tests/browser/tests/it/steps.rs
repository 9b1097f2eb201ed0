//! An exchange step by step, and FastCGI's records, done in Chromium.

use browser::{Book, Reader, reading_together};
use serde_json::Value;

/// The first exchange of the page.
const FIGURE: &str = "document.querySelector('figure.exchange')";

fn press(reader: &Reader, name: &str) {
    reader.run(&format!(
        "[...{FIGURE}.querySelectorAll('button')]\
         .find((b) => b.textContent === '{name}').click()"
    ));
}

/// Sends the first exchange of a page, and opens its steps.
fn open_steps(book: &Book, reader: &Reader, page: &str) {
    reader.open(&format!("{}/{page}", book.address));
    // A page whose figures are made anew is loaded anew, too.
    reader.wait(&format!(
        "!!{FIGURE}?.live \
         && !document.querySelector('figure:is(.pending, .stale)')"
    ));
    let wire = format!("{FIGURE}.live.wire");
    assert_eq!(reader.value(&format!("{wire}.hidden")), true);
    press(reader, "Send");
    reader.wait(&format!("!{wire}.hidden"));
    press(reader, "Wire");
    reader.wait(&format!(
        "{FIGURE}.querySelectorAll('.card').length === 5"
    ));
    assert_eq!(reader.text(&format!("{wire}.ariaPressed")), "true");
}

/// What each of the cards shows.
fn cards(reader: &Reader) -> Vec<String> {
    let text = reader.text(&format!(
        "JSON.stringify([...{FIGURE}.querySelectorAll('.card')]\
         .map((card) => card.textContent))"
    ));
    serde_json::from_str(&text).expect("texts")
}

/// The first time of each card that has one.
fn times(reader: &Reader) -> Vec<f64> {
    let text = reader.text(&format!(
        "JSON.stringify([...{FIGURE}.querySelectorAll('.steps time')]\
         .map((time) => parseFloat(time.textContent)))"
    ));
    let times: Vec<Option<f64>> =
        serde_json::from_str(&text).expect("times");
    times.into_iter().flatten().collect()
}

fn assert_shows(card: &str, parts: &[&str]) {
    for part in parts {
        assert!(card.contains(part), "{part:?} is not in {card}");
    }
}

#[test]
fn an_exchange_is_gone_through_by_keyboard() {
    let Some((book, reader)) = reading_together() else { return };
    open_steps(&book, &reader, "ch02.html");
    let said = reader.text(&format!("{FIGURE}.live.result.answer"));
    let all = cards(&reader);
    let sent =
        reader.number(&format!("{FIGURE}.live.result.sent.length"));
    assert_shows(
        &all[0],
        &["1. Bytes in", &format!("{sent} bytes"), "GET /cgi-bin/ch02"],
    );
    assert_shows(&all[1], &["2. The environ", "REQUEST_METHODGET"]);
    assert_shows(&all[2], &["3. start_response", "\"200 OK\""]);
    assert_shows(&all[3], &["4. Blocks", "Hello"]);
    assert_shows(&all[4], &["5. Bytes out", "HTTP/1.1 200 OK"]);
    assert!(!said.is_empty());
    let bytes =
        format!("{FIGURE}.querySelector('li.back:last-child pre')");
    let shown = reader.text(&format!("{bytes}.textContent"));
    assert_eq!(shown, said.replace('\r', ""));
    let times = times(&reader);
    assert_eq!(times.len(), 5);
    assert!(times.is_sorted(), "{times:?}");

    let range = format!("{FIGURE}.querySelector('[type=range]')");
    reader.run(&format!("{range}.focus()"));
    let output =
        format!("{FIGURE}.querySelector('output').textContent");
    let open = format!(
        "[...{FIGURE}.querySelectorAll('.card .body')]\
         .filter((body) => body.offsetHeight > 0).length"
    );
    assert_eq!(reader.text(&output), "5 of 5, bytes out");
    // The page's own keys, which turn it, do not hear of these.
    reader.run(
        "window.heard = ''; document.addEventListener('keydown', \
         (event) => { window.heard += event.key; })",
    );
    for (key, text, count) in [
        ("ArrowLeft", "4 of 5, blocks", 4.0),
        ("ArrowLeft", "3 of 5, start_response", 3.0),
        ("Home", "1 of 5, bytes in", 1.0),
        ("ArrowRight", "2 of 5, the environ", 2.0),
        ("End", "5 of 5, bytes out", 5.0),
    ] {
        reader.press(key);
        assert_eq!(reader.text(&output), text);
        assert_eq!(reader.number(&open), count);
        let value = format!("{range}.getAttribute('aria-valuetext')");
        assert_eq!(reader.text(&value), text);
    }
    reader.run(&format!(
        "{FIGURE}.querySelector('[aria-label=\"Step back\"]').focus()"
    ));
    reader.press("Enter");
    assert_eq!(reader.text(&output), "4 of 5, blocks");
    reader.press("ArrowRight");
    assert_eq!(reader.text("window.heard"), "");

    // To edit is to see the messages again.
    let sides =
        format!("{FIGURE}.querySelector('.sides').offsetHeight");
    assert_eq!(reader.number(&sides), 0.0);
    press(&reader, "Edit");
    assert!(reader.number(&sides) > 0.0);
    assert_eq!(
        reader.text("document.activeElement.localName"),
        "textarea"
    );
    // As it looks without steps.
    let edge = "getComputedStyle(document.activeElement).borderColor";
    let client = "getComputedStyle(document.querySelector(\
                  '.message .client .start')).color";
    reader.wait(&format!("{edge} === {client}"));
    assert_eq!(
        reader.text(&format!("{FIGURE}.live.wire.ariaPressed")),
        "false"
    );
    assert_eq!(reader.errors(), Vec::<String>::new());
}

#[test]
fn a_part_is_lit_in_each_step_that_has_it() {
    let Some((book, reader)) = reading_together() else { return };
    open_steps(&book, &reader, "ch02.html");
    // A browser that others keep busy may be late to have the focus.
    reader.wait(&format!(
        "(() => {{\
             const part = {FIGURE}\
                 .querySelector('.steps .client [data-part=http_host]');\
             part.blur();\
             part.focus();\
             const lit = {FIGURE}.querySelectorAll('.steps .lit');\
             return [...lit].map((part) => part.textContent).join()\
                 === 'localhost,localhost';\
         }})()"
    ));
}

#[test]
fn what_happens_inside_a_program_that_serves_is_not_made_up() {
    let Some((book, reader)) = reading_together() else { return };
    open_steps(&book, &reader, "ch05.html");
    let all = cards(&reader);
    assert_shows(&all[1], &["chapter 8's server", "REQUEST_METHODGET"]);
    assert_shows(&all[2], &["inside the program"]);
    assert_shows(&all[4], &["HTTP/1.1 200 OK"]);
    let times = times(&reader);
    assert_eq!(times.len(), 2, "{times:?}");
    // They are found again over a reload.
    reader.run(&format!(
        "{FIGURE}.live.steps.go(3);\
         {FIGURE}.querySelector('[type=range]').focus()"
    ));
    reader.reload();
    reader.wait(&format!(
        "document.activeElement.type === 'range' && \
         {FIGURE}.querySelector('output').textContent.startsWith('3')"
    ));
    assert_eq!(cards(&reader), all);
}

#[test]
fn records_that_are_printed_are_seen_byte_by_byte() {
    let Some((book, reader)) = reading_together() else { return };
    reader.open(&format!("{}/ch07.html", book.address));
    // They come with the first sign of a reader.
    reader.run("dispatchEvent(new Event('pointerover'))");
    reader.wait("!!document.querySelector('.records-bar button')");
    let figure = "document.querySelector('.records-bar')\
                  .closest('figure')";
    let output = format!("{figure}.querySelector('.output')");
    let printed = reader.text(&format!("{output}.textContent"));
    reader.run(&format!(
        "{figure}.querySelector('.records-bar button').click()"
    ));
    // The style sheet may come a moment later.
    reader.wait(&format!("{output}.offsetHeight === 0"));
    let rows = reader.text(&format!(
        "JSON.stringify([...{figure}.querySelectorAll('.records li')]\
         .map((row) => [...row.querySelectorAll('.name, .header > *, \
         .bytes')].map((part) => part.textContent)))"
    ));
    let rows: Vec<Vec<String>> =
        serde_json::from_str(&rows).expect("rows");
    let lines: Vec<&str> = printed.trim().lines().collect();
    assert_eq!(rows.len(), lines.len(), "{printed}");
    let begin = &rows[0];
    assert_eq!(begin[0], "BEGIN_REQUEST");
    assert_eq!(begin[1..7], ["01", "01", "00 01", "00 08", "00", "00"]);
    assert_eq!(begin[7], r"\x00\x01\x00\x00\x00\x00\x00\x00");
    for (row, line) in rows.iter().zip(lines) {
        let length = row[4].replace(' ', "");
        let length = u16::from_str_radix(&length, 16).expect("hex");
        assert!(
            line.contains(&format!(" {length}+")),
            "{line}: {row:?}"
        );
    }
    let length = format!("{figure}.querySelector('.length')");
    reader.run(&format!("{length}.focus()"));
    let lit =
        format!("{figure}.querySelectorAll('.records .lit').length");
    assert_eq!(reader.number(&lit), 1.0);
    reader.run(&format!("{length}.blur()"));
    assert_eq!(reader.value(&lit), Value::from(0));
    assert_eq!(reader.errors(), Vec::<String>::new());
}
