//! The page of a program that has failed, and what the book shows of
//! one.

mod access;
mod book;
mod page;

use browser::Reader;
use browser::command::Program;
use serde_json::json;

fn home(program: &Program) -> String {
    format!("http://{}", program.address)
}

/// Opens the page of a request that fails.
fn fail(reader: &Reader, program: &Program, path: &str) {
    reader.open(&format!("{}{path}", home(program)));
}

const FAILS: &str = "/number?number=two";

const TITLE: &str = "document.querySelector('h1').textContent";

/// The button is pressed, and the next page is there.
fn try_again(reader: &Reader) {
    leave(reader, "document.querySelector('form button').click()");
}

/// Does what leads to another page, or to the same anew.
fn leave(reader: &Reader, how: &str) {
    let before = reader.text("performance.timeOrigin");
    reader.run(how);
    reader.wait(&format!(
        "performance.timeOrigin !== {before} && \
         document.readyState === 'complete'"
    ));
}

/// What is in the console, but for the failures that are wanted.
fn errors(reader: &Reader) -> Vec<String> {
    let mut errors = reader.errors();
    errors.retain(|e| !e.contains("500 (Internal Server Error)"));
    errors
}

/// The marked line of the place where it began.
fn marked(reader: &Reader) -> String {
    reader.text("document.querySelector('main > pre mark').textContent")
}

/// What is said under a title.
fn under(reader: &Reader, title: &str) -> String {
    reader.text(&format!(
        "[...document.querySelectorAll('h2')].find((title) => \
         title.textContent === {}).nextElementSibling.textContent",
        json!(title)
    ))
}

/// The line of a source that has this text, and its number.
fn line_with<'a>(source: &'a str, text: &str) -> (usize, &'a str) {
    let mut lines = source.lines().zip(1..);
    let found = lines.find(|(line, _)| line.contains(text));
    let (line, number) = found.expect("a line");
    (number, line)
}

/// How a report marks it.
fn as_marked((number, line): (usize, &str)) -> String {
    format!("> {number:4}  {line}")
}
