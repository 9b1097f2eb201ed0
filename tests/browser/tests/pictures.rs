//! The pictures of the book, taken anew from its pages:
//!
//! ```sh
//! cargo test -p browser --test pictures -- --ignored
//! ```

use browser::{Book, ROOT, Reader, reading};
use std::fs;

/// The figure that the introduction shows.
const FIGURE: &str = "figure[data-program=\"ch01/greet\"]";

#[test]
#[ignore = "writes into the book"]
fn the_introduction_shows_a_figure_that_was_sent() {
    let Some((book, reader)) = reading() else { return };
    reader.resize(1000);
    for scheme in ["light", "dark"] {
        reader.prefer(scheme);
        send_edited(&book, &reader);
        let picture = reader.picture(FIGURE);
        let file = format!("{ROOT}/book/text/figure-{scheme}.png");
        fs::write(file, picture).expect("a picture");
    }
}

#[test]
#[ignore = "writes into the book"]
fn the_readme_shows_a_page() {
    let Some((book, reader)) = reading() else { return };
    reader.resize(1240);
    reader.prefer("light");
    send_edited(&book, &reader);
    reader.run(&format!(
        "document.querySelector('{FIGURE}')\
         .scrollIntoView({{ block: 'end' }}); scrollBy(0, 40)"
    ));
    reader.value("new Promise((go) => setTimeout(go, 500))");
    let file = format!("{ROOT}/book/picture.png");
    fs::write(file, reader.window()).expect("a picture");
}

/// Has the program greet somebody else.
fn send_edited(book: &Book, reader: &Reader) {
    reader.open(&format!("{}/ch01.html", book.address));
    let button = |name: &str| {
        reader.run(&format!(
            "const figure = document.querySelector('{FIGURE}');\
             [...figure.querySelectorAll('button')]\
             .find((b) => b.textContent === '{name}').click()"
        ));
    };
    reader
        .wait(&format!("!!document.querySelector('{FIGURE} button')"));
    button("Edit");
    reader.run(&format!(
        "const area = document.querySelector('{FIGURE} textarea');\
         area.value = area.value.replace('Ferris', 'Ada');\
         area.dispatchEvent(new Event('input'))"
    ));
    button("Send");
    reader.wait(&format!("!!document.querySelector('{FIGURE}.sent')"));
    reader.run("document.activeElement.blur()");
}
