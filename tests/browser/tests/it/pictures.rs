//! The pictures of the book, taken anew from its pages:
//!
//! ```sh
//! cargo test -p browser pictures -- --ignored
//! ```
//!
//! The recording is put together by `img2webp`, of Debian's package
//! `webp`.

use browser::{Book, ROOT, Reader, installed, reading, skip};
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

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

/// What the README says of it, in bytes.
const MOST: u64 = 1_000_000;

#[test]
#[ignore = "writes into the book"]
fn the_readme_shows_a_recording() {
    let Some(img2webp) = installed(&["img2webp"]) else {
        return skip("img2webp is not installed");
    };
    let Some((book, reader)) = reading() else { return };
    reader.resize(960);
    reader.prefer("light");
    let mut film = Film::new(&reader);
    send_and_edit(&book, &mut film);
    mend(&book, &mut film);
    let file = format!("{ROOT}/book/recording.webp");
    film.write(&img2webp, Path::new(&file));
    let length = fs::metadata(&file).expect("a recording").len();
    assert!(length < MOST, "{length} bytes");
}

/// Pictures of the window, and for how many milliseconds each is seen.
struct Film<'a> {
    reader: &'a Reader,
    folder: TempDir,
    frames: Vec<(String, u32)>,
}

impl<'a> Film<'a> {
    fn new(reader: &'a Reader) -> Self {
        let folder = TempDir::new().expect("a folder");
        Self { reader, folder, frames: Vec::new() }
    }

    fn take(&mut self, milliseconds: u32) {
        self.reader
            .value("new Promise((go) => requestAnimationFrame(go))");
        let path = self.folder.path();
        let file = path.join(format!("{}.png", self.frames.len()));
        fs::write(&file, self.reader.window()).expect("a picture");
        let name = file.to_string_lossy().into_owned();
        self.frames.push((name, milliseconds));
    }

    fn write(&self, img2webp: &Path, file: &Path) {
        let mut command = Command::new(img2webp);
        command.args(["-loop", "0", "-min_size", "-lossy", "-q", "75"]);
        for (name, milliseconds) in &self.frames {
            command.args(["-d", &milliseconds.to_string(), name]);
        }
        let made = command.arg("-o").arg(file).status();
        assert!(made.expect("img2webp").success());
    }
}

/// A bar below the page that says what happens beside it.
fn caption(reader: &Reader, text: &str) {
    reader.run(&format!(
        "const bar = document.getElementById('caption') ??\
         document.body.appendChild(document.createElement('p'));\
         bar.id = 'caption'; bar.textContent = '{text}';\
         bar.style.cssText = 'position: fixed; inset: auto 0 0; \
         margin: 0; padding: 12px 24px; z-index: 200; \
         background: var(--fg); color: var(--bg); \
         font: 1.7rem var(--label)'"
    ));
}

/// Puts the first element that a selector names into the window's
/// middle, or its begin at the window's.
fn show(reader: &Reader, selector: &str, block: &str) {
    reader.run(&format!(
        "document.querySelector('{selector}')\
         .scrollIntoView({{ block: '{block}' }})"
    ));
}

/// Presses a button of a figure.
fn press(reader: &Reader, figure: &str, name: &str) {
    let found = format!(
        "[...document.querySelectorAll('{figure} button')]\
         .find((b) => b.textContent === '{name}')"
    );
    reader.wait(&format!("!!{found}"));
    reader.run(&format!("{found}.click()"));
}

fn wait_for_answer(reader: &Reader, figure: &str) {
    reader.wait(&format!(
        "document.querySelector('{figure}.sent .status')\
         ?.textContent.includes('printed')"
    ));
}

fn send_and_edit(book: &Book, film: &mut Film) {
    let reader = film.reader;
    reader.open(&format!("{}/ch01.html", book.address));
    reader
        .wait(&format!("!!document.querySelector('{FIGURE} button')"));
    caption(
        reader,
        "A request, and what the program on your disk answers",
    );
    show(reader, FIGURE, "center");
    film.take(2000);
    press(reader, FIGURE, "Send");
    wait_for_answer(reader, FIGURE);
    film.take(1500);
    caption(reader, "Edit it, and send it again");
    reader.get_ready_to_edit();
    press(reader, FIGURE, "Edit");
    film.take(1000);
    for name in ["", "A", "Ad", "Ada"] {
        reader.run(&format!(
            "const area = document.querySelector('{FIGURE} textarea');\
             area.value = area.value.replace(/[?]\\w*/, '?{name}');\
             area.dispatchEvent(new Event('input'))"
        ));
        film.take(250);
    }
    press(reader, FIGURE, "Send");
    let is_new = format!(
        "document.querySelector('{FIGURE} .response')\
         .textContent.includes('Ada')"
    );
    reader.wait(&is_new);
    film.take(3500);
}

/// A program whose answer is no answer.
const BROKEN: &str = "figure[data-program=\"ch01/broken\"]";

fn mend(book: &Book, film: &mut Film) {
    let reader = film.reader;
    reader.run("document.activeElement.blur()");
    caption(reader, "A program that has forgotten an empty line");
    show(reader, BROKEN, "center");
    film.take(2500);
    let file = "chapters/ch01/src/bin/broken.rs";
    let code = book.read(file);
    let at = code.rfind("    writeln!").expect("its last line");
    let mended =
        format!("{}    writeln!(out)?;\n{}", &code[..at], &code[at..]);
    book.write(file, &mended);
    let listing = "[...document.querySelectorAll('.listing')].find((f) => \
                   f.textContent.includes('src/bin/broken.rs'))";
    let follows =
        format!("{listing}?.textContent.includes('writeln!(out)?;')");
    reader.wait(&follows);
    reader
        .wait(&format!("!!document.querySelector('{BROKEN} button')"));
    caption(reader, "Mend it and save: the page follows");
    reader.run(&format!("{listing}.id = 'mended'"));
    show(reader, "#mended", "start");
    reader.run("scrollBy(0, -80)");
    film.take(2500);
    caption(reader, "Nothing has to be started anew");
    show(reader, BROKEN, "center");
    film.take(1000);
    press(reader, BROKEN, "Send");
    reader.wait(&format!(
        "document.querySelector('{BROKEN} .response')\
         .textContent.includes('200 OK')"
    ));
    film.take(4000);
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
    reader.get_ready_to_edit();
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
