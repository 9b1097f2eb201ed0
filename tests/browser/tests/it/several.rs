//! A request that is sent several times at once, and one that is sent
//! anew with each save.

use browser::{Book, Reader, reading, reading_together};
use serde_json::json;

/// Keeps pages from being loaded anew, as those that have nothing of
/// what is saved. Figures are made meanwhile.
const FROZEN: &str = "
    window.fetch = ((real) => async (what, options) => {
        const answer = await real(what, options);
        if (!what.startsWith('/live/state')) return answer;
        const state = await answer.json();
        return Response.json({ ...state, text: '', page: '' });
    })(window.fetch)";

/// Holds back what a page loads when it is needed.
const HELD: &str = "
    const held = new Promise((done) => { window.letGo = done; });
    HTMLHeadElement.prototype.append = function (part) {
        held.then(() => this.appendChild(part));
    }";

/// Opens a page, whose first figure that has this program and first
/// line is what the following is about. It is not loaded anew until
/// the result is released.
fn open(
    reader: &Reader,
    book: &Book,
    page: &str,
    figure: (&str, &str),
) -> String {
    let (program, line) = figure;
    let is_it = format!(
        "figure.dataset.program === {} && \
         figure.querySelector('.request code').textContent\
         .startsWith({})",
        json!(program),
        json!(line)
    );
    let tools = format!(
        "window.figure = () => \
         [...document.querySelectorAll('figure.exchange')]\
         .find((figure) => {is_it});\
         window.button = (name) => \
         [...figure().querySelectorAll('button')]\
         .find((button) => button.textContent.startsWith(name));"
    );
    reader.on_each_page(&tools);
    let frozen = reader.on_each_page(FROZEN);
    reader.open(&format!("{}/{page}", book.address));
    reader.wait("!!figure()?.live && !figure().live.saved");
    frozen
}

/// Types a request in place of the printed one.
fn edit(reader: &Reader, text: &str) {
    reader.get_ready_to_edit();
    reader.run(&format!(
        "button('Edit').click();\
         const area = figure().querySelector('textarea');\
         area.value = {};\
         area.dispatchEvent(new Event('input', {{ bubbles: true }}))",
        json!(text)
    ));
}

// --- Several at once

/// When each was sent, was seen to begin, and ended.
type Times = Vec<[f64; 3]>;

/// Sends so many, and reads the picture.
fn send_several(reader: &Reader, count: usize, delay: usize) -> Times {
    reader.wait("!!figure().querySelector('.several form')");
    reader.run(&format!(
        "const [count, delay] = figure().querySelectorAll('.several input');\
         count.value = {count};\
         delay.value = {delay};\
         delay.dispatchEvent(new Event('input', {{ bubbles: true }}));\
         figure().querySelector('.several form').requestSubmit()"
    ));
    reader.wait(
        "!!figure().querySelector('.several :is(.times, .failed)')",
    );
    let rows = reader.text(
        "JSON.stringify([...figure().querySelectorAll('.times tbody tr')]\
         .map((row) => [...row.querySelectorAll('td')].slice(0, 3)\
         .map((cell) => Number(cell.textContent))))",
    );
    let rows: Times = serde_json::from_str(&rows).expect("times");
    assert_eq!(rows.len(), count, "{}", panel(reader));
    for [sent, began, ended] in &rows {
        assert!(sent <= began && began <= ended, "{rows:?}");
    }
    assert!(rows.is_sorted_by_key(|row| row[0]), "{rows:?}");
    rows
}

fn panel(reader: &Reader) -> String {
    reader.text("figure().querySelector('.several').innerText")
}

/// How many were at work at the most, if that is from when the one
/// before lets it begin. What is printed is rounded.
fn waited(mut rows: Times, workers: usize) {
    rows.sort_by(|a, b| a[1].total_cmp(&b[1]));
    let mut ends: Vec<f64> = rows.iter().map(|row| row[2]).collect();
    ends.sort_by(f64::total_cmp);
    for (row, end) in rows[workers..].iter().zip(&ends) {
        assert!(row[1] > *end, "{workers} workers, {rows:?}");
    }
    let ends_first = ends[0];
    for row in &rows[..workers] {
        assert!(row[1] < ends_first, "{workers} workers, {rows:?}");
    }
}

#[test]
fn of_six_requests_at_once_four_are_answered_by_four_workers() {
    let Some((book, reader)) = reading_together() else { return };
    open(&reader, &book, "ch05.html", ("ch05", "GET /clock HTTP/1.1"));
    assert_eq!(reader.text("button('Several').ariaExpanded"), "false");
    reader.run("button('Several').focus()");
    reader.press("Enter");
    reader.wait("document.activeElement.type === 'number'");
    assert_eq!(reader.text("button('Several').ariaExpanded"), "true");
    // The page's own shortcuts do not work in it.
    reader.press("ArrowLeft");
    let times = send_several(&reader, 6, 0);
    waited(times, 4);
    assert_eq!(
        reader
            .text("figure().querySelector('caption').firstChild.data"),
        "When each of six requests was sent, and the first byte and \
         the end of its answer came"
    );
    let shown = panel(&reader);
    assert!(shown.contains("all six answers are alike"), "{shown}");
    let lanes = reader.text(
        "[...figure().querySelectorAll('.lane')].map((lane) => \
         lane.ariaLabel.replace(/[0-9.]+/g, 'N')).join('|')",
    );
    let lane = "N ms: waits for the first byte; \
                N ms: bytes of the answer come";
    assert_eq!(lanes, [lane; 6].join("|"));
    // A bar is as long as its time.
    let is_true = "[...figure().querySelectorAll('.times tbody tr')]\
        .every((row) => {\
            const [, began, ended] = [...row.querySelectorAll('td')]\
                .map((cell) => Number(cell.textContent));\
            const bar = row.querySelector('.works').getBoundingClientRect();\
            const all = row.querySelector('.lane').getBoundingClientRect();\
            const most = Number(figure().querySelector('.axis')\
                .lastChild.textContent.replace(' ms', ''));\
            const error = bar.width / all.width - (ended - began) / most;\
            return Math.abs(error) < 0.02; })";
    assert_eq!(reader.text(is_true), "true", "{shown}");

    // All of it is there still when the page is loaded anew.
    reader.reload();
    reader.wait("!!document.querySelector('.times')");
    reader.run(
        "window.panel = document.querySelector('.several');\
         panel.querySelector('input').focus()",
    );
    assert_eq!(reader.text("panel.innerText"), shown);
    reader.press("Escape");
    assert_eq!(reader.text("panel.isConnected"), "false");
    let focused = "document.activeElement.textContent";
    assert_eq!(reader.text(focused), "Several");
    assert_eq!(reader.errors(), Vec::<String>::new());
}

#[test]
fn of_one_worker_each_waits_for_the_one_before() {
    let Some((book, reader)) = reading_together() else { return };
    let first = ("ch08/first", "GET /values");
    open(&reader, &book, "ch08.html", first);
    edit(&reader, "GET /clock HTTP/1.1\nHost: a\n\n");
    reader.run("button('Several').click()");
    let times = send_several(&reader, 3, 50);
    assert!(times[1][0] >= 45.0 && times[2][0] >= 90.0, "{times:?}");
    waited(times, 1);
}

#[test]
fn of_programs_that_are_run_for_each_the_call_is_seen() {
    let Some((book, reader)) = reading_together() else { return };
    let figure = ("ch01/greet", "GET ");
    open(&reader, &book, "ch01.html", figure);
    reader.run("button('Several').click()");
    let times = send_several(&reader, 4, 0);
    // No one waits for another.
    let ends = times.iter().map(|row| row[2]).fold(f64::MAX, f64::min);
    assert!(times.iter().all(|row| row[1] < ends), "{times:?}");
    assert_eq!(
        reader
            .text("figure().querySelector('caption').firstChild.data"),
        "When each of four requests was sent, began and ended"
    );
    // No number that is not allowed is sent.
    reader.run(
        "figure().querySelector('.several input').value = 17;\
         window.asked = performance.getEntriesByType('resource')\
         .filter(({ name }) => name.includes('/live/several')).length;\
         figure().querySelector('.several form').requestSubmit()",
    );
    assert_eq!(reader.number("asked"), 1.0);
    assert_eq!(
        reader.text(
            "figure().querySelector('.several form').checkValidity()"
        ),
        "false"
    );
    assert_eq!(reader.errors(), Vec::<String>::new());
}

// --- Again on save

const MAIN: &str = "chapters/ch01/src/main.rs";

const TYPED: &str = "figure()?.querySelector('textarea')?.value";

/// Waits until the figure says something that begins so, while what is
/// marked in its answer is this, and what is typed is there. All of it
/// at once, for the page may be loaded anew at any moment.
fn wait_for(reader: &Reader, said: &str, marked: &str, typed: &str) {
    reader.wait(&format!(
        "figure().live.status.textContent.startsWith({}) && \
         [...figure().querySelectorAll('.response ins')]\
         .map(Message.textOf).join('') === {} && {TYPED} === {}",
        json!(said),
        json!(marked),
        json!(typed)
    ));
}

#[test]
fn what_was_sent_is_sent_again_with_each_save() {
    let Some((book, reader)) = reading() else { return };
    let request = "GET /cgi-bin/ch01 HTTP/1.1";
    let figure = ("ch01", request);
    let frozen = open(&reader, &book, "ch01.html", figure);
    assert_eq!(reader.text("button('Again on save').hidden"), "true");
    let mine = format!("{request}\nHost: localhost\nX-Mine: 1\n\n");
    edit(&reader, &mine);
    // What was typed is there after a reload, before it is sent; and
    // nobody can edit or send anything else until it is.
    let held = reader.on_each_page(HELD);
    reader.reload();
    assert_eq!(reader.text("figure().live.bar.inert"), "true");
    reader.run("letGo()");
    reader.wait_for(TYPED, &mine);
    assert_eq!(reader.text("figure().live.bar.inert"), "false");
    reader.release(held);
    reader.run("button('Send').click()");
    wait_for(&reader, "as printed", "", &mine);
    reader.run("button('Again on save').click()");
    reader.wait_for("button('Again on save').ariaPressed", "true");

    // A page that stays sends it, and nothing else.
    reader.run("window.isOld = true");
    let main = book.read(MAIN);
    let hello = |name| main.replace("Hello World", name);
    book.write(MAIN, &hello("Hello Reader"));
    let said = "2 lines differ from the last answer; not as printed";
    let page = |name| format!("<html><body>{name}!</body></html>\n");
    let marked = format!("28\r\n{}", page("Hello Reader"));
    wait_for(&reader, said, &marked, &mine);
    assert_eq!(reader.text("isOld"), "true");
    let sent = "document.querySelectorAll('.sent').length";
    assert_eq!(reader.number(sent), 1.0);

    // It is there still when the page is loaded anew, which is what a
    // save of something that it prints does.
    reader.release(frozen);
    reader.reload();
    wait_for(&reader, said, &marked, &mine);
    book.write(MAIN, &hello("Hello Writer"));
    let said = "1 line differs from the last answer; not as printed";
    wait_for(&reader, said, &page("Hello Writer"), &mine);

    // What does not compile says so, and the next save tries again.
    book.write(MAIN, "fn main() { x }");
    reader.wait(
        "!!document.querySelector('.failed')?.textContent\
         .includes('cannot find value `x`')",
    );
    book.write(MAIN, &hello("Hello Writer"));
    let said = "as the last answer; not as printed";
    wait_for(&reader, said, "", &mine);

    // Until it is not wanted any more.
    open(&reader, &book, "ch01.html", figure);
    let pressed = "button('Again on save').ariaPressed";
    assert_eq!(reader.text(pressed), "true");
    reader.run("button('Again on save').click()");
    reader.wait_for(pressed, "false");
    let asked = "performance.getEntriesByType('resource')\
        .filter(({ name }) => name.includes('/live/send')).length";
    let looked = asked.replace("send", "state");
    let before = reader.number(asked);
    book.write(MAIN, &main);
    reader.run(&format!("window.looked = {looked}"));
    reader.wait(&format!("{looked} > window.looked + 3"));
    assert_eq!(reader.number(asked), before);
    assert_eq!(reader.errors(), Vec::<String>::new());
}
