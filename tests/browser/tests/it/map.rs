//! The first page: what it is to who comes first, and how far one is.

use browser::{LIMIT, Reader, reading, reading_together};
use std::thread;
use std::time::{Duration, Instant};

const STEP: &str = "document.querySelector('.way .step')";

/// The row of a chapter.
fn row(page: &str) -> String {
    format!("document.querySelector('.way li[data-page={page}]')")
}

/// What a chapter's row says, apart from its title.
fn said(reader: &Reader, page: &str) -> String {
    let row = row(page);
    reader.text(&format!(
        "[...{row}.querySelectorAll('p')]\
         .map((p) => p.textContent.trim()).join(' | ')"
    ))
}

/// What is filled: the text of each, and where it leads.
fn filled(reader: &Reader) -> String {
    reader.text(
        "[...document.querySelectorAll('main .filled')]\
         .map((a) => `${a.textContent} -> ${a.getAttribute('href')}`)\
         .join(', ')",
    )
}

const BEGIN: &str =
    "Begin: The Many Frameworks Problem -> introduction.html";

#[test]
fn who_comes_first_is_told_where_to_begin_also_without_scripts() {
    let Some((book, reader)) = reading_together() else { return };
    reader.open(&format!("{}/", book.address));
    let asked = "performance.getEntriesByType('resource')\
                 .some((entry) => entry.name.includes('/live/state') \
                 && entry.responseEnd > 0)";
    reader.wait(asked);
    let check = |reader: &Reader| {
        assert_eq!(filled(reader), BEGIN);
        assert_eq!(reader.value(&format!("!{STEP}")), true);
        let said = said(reader, "ch01");
        assert!(said.ends_with(" min | 7 exercises"), "{said}");
        let links = "[...document.querySelectorAll('.way li > a')]\
                     .map((a) => a.getAttribute('href')).join(' ')";
        let chapters = (1..=14).map(|n| format!("ch{n:02}.html"));
        let all: Vec<String> = chapters.collect();
        let all = format!("introduction.html {}", all.join(" "));
        assert_eq!(reader.text(links), all);
    };
    check(&reader);
    reader.without_scripts();
    reader.open(&format!("{}/start.html", book.address));
    check(&reader);
    assert_eq!(reader.errors(), Vec::<String>::new());
}

/// Reads a chapter as far as a heading, and then opens the map.
fn read_to(reader: &Reader, address: &str, page: &str, id: &str) {
    reader.open(&format!("{address}/{page}.html"));
    let title = format!("document.getElementById('{id}')");
    reader.wait(&format!(
        "document.readyState === 'complete' && !!{title}"
    ));
    reader.run(&format!("{title}.scrollIntoView()"));
    reader.wait(&format!(
        "Math.abs({title}.getBoundingClientRect().top) < innerHeight / 2"
    ));
    reader.open(&format!("{address}/"));
    reader.wait(&format!("!!{STEP}"));
    reader.wait(&format!("{}.matches('.here')", row(page)));
}

#[test]
fn the_map_knows_where_one_was_and_what_comes_next() {
    let Some((book, reader)) = reading_together() else { return };
    let address = &book.address;
    read_to(&reader, address, "ch02", "break-it");
    let title = format!("{STEP}.querySelector('.big').textContent");
    assert_eq!(reader.text(&title), "Break it");
    let text = reader.text(&format!("{STEP}.textContent"));
    let where_ = "Chapter 2, The Smallest Gateway, where you left it \
                  today.";
    assert!(text.contains(where_), "{text}");
    let on = "Go on reading -> ch02.html#break-it";
    assert_eq!(filled(&reader), on);
    assert!(said(&reader, "ch02").contains("you are here"));
    reader.run("document.querySelector('main .filled').click()");
    reader.wait("location.hash === '#break-it'");

    // At its end are the exercises, and the next chapter.
    read_to(&reader, address, "ch02", "exercises");
    let do_it = "Go to exercise 2.1 -> ch02.html#exercise-2.1";
    reader.wait(&format!("{STEP}.textContent.includes('2.1')"));
    assert_eq!(filled(&reader), do_it);
    let other = format!("{STEP}.querySelector('.filled + a')");
    let other = reader.text(&format!("{other}.textContent"));
    assert_eq!(other, "Read on: Everything a Request Knows");

    // A chapter that is looked at again is where one is.
    read_to(&reader, address, "introduction", "the-question");
    let next = "Read it -> ch01.html";
    assert_eq!(filled(&reader), next);
    let is_done = format!("{}.matches('.done')", row("introduction"));
    assert_eq!(reader.value(&is_done), true);
    assert_eq!(reader.errors(), Vec::<String>::new());
}

#[test]
fn a_solved_exercise_is_on_the_map() {
    let Some((book, reader)) = reading() else { return };
    reader.open(&format!("{}/", book.address));
    assert_eq!(filled(&reader), BEGIN);
    let list = book.read("chapters/ch01/exercises/mod.rs");
    let name =
        list.split("1.1 ").nth(1).and_then(|s| s.split(';').next());
    let name = name.expect("its name");
    let solution =
        book.read(&format!("chapters/ch01/solutions/{name}.rs"));
    let path = format!("chapters/ch01/exercises/{name}.rs");
    book.write(&path, &solution);
    // The page is open meanwhile, and need not be loaded anew.
    reader.run("window.isSame = true");
    let shown = format!(
        "{}.querySelector('.count')?.textContent.trim()",
        row("ch01")
    );
    // The chapter is compiled for it, and others may be building.
    let deadline = Instant::now() + 5 * LIMIT;
    let is_there = format!("{shown} === '1 of 7 solved'");
    while reader.value(&is_there) != true {
        let shown = reader.text(&shown);
        assert!(Instant::now() < deadline, "it says still: {shown}");
        thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(reader.value("window.isSame"), true);
    let dots = "document.querySelectorAll('.dots .solved').length";
    assert_eq!(reader.number(dots), 1.0);
    let do_it = "Go to exercise 1.2 -> ch01.html#exercise-1.2";
    assert_eq!(filled(&reader), do_it);
    // Of the reader's own server, nothing is theirs yet.
    assert_eq!(reader.value("!document.querySelector('.own')"), true);
    assert_eq!(reader.errors(), Vec::<String>::new());
}
