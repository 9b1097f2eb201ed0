//! The page on a phone: what is drawn can be read, what has to be
//! scrolled sideways says so, and nothing lies in the way.

use browser::{Reader, reading_together};

/// The size of the smallest letters of each drawing, as shown, with
/// what it shows.
const LETTERS: &str = "JSON.stringify([...document.querySelectorAll(
    'main svg')].filter((svg) => svg.getBoundingClientRect().width
        && svg.querySelector('text')).map((svg) => {
    const { a, d } = svg.getScreenCTM();
    const sizes = [...svg.querySelectorAll('text, tspan')]
        .map((text) => parseFloat(getComputedStyle(text).fontSize));
    const name = svg.closest('[aria-label]')?.ariaLabel ?? 'no name';
    return [Math.min(...sizes) * Math.min(a, d), name];
}))";

/// What is wider than its box, and has neither a shadow nor a place in
/// the order of the keyboard.
const UNSIGNED: &str = "JSON.stringify([...document.querySelectorAll(
    'main *')].filter((box) => box.scrollWidth > box.clientWidth + 1
        && /auto|scroll/.test(getComputedStyle(box).overflowX)
        && box.checkVisibility())
    .filter((box) => {
        const style = getComputedStyle(box);
        const hasShadow = style.backgroundImage.includes('gradient')
            && style.backgroundAttachment.includes('local');
        return !hasShadow;
    }).map((box) => box.outerHTML.slice(0, 120)))";

#[test]
fn letters_of_drawings_can_be_read_on_a_phone() {
    let Some((book, reader)) = reading_together() else { return };
    let (mut count, mut small) = (0, Vec::new());
    let mut unsigned = Vec::new();
    for page in book.pages() {
        reader.open(&format!("{}/{page}", book.address));
        for width in [390, 320] {
            reader.resize(width);
            let letters = reader.text(LETTERS);
            let letters: Vec<(f64, String)> =
                serde_json::from_str(&letters).expect("sizes");
            count += letters.len();
            let too_small =
                letters.into_iter().filter(|(size, _)| *size < 11.0);
            small.extend(too_small.map(|l| (page.clone(), width, l)));
            let boxes = reader.text(UNSIGNED);
            let boxes: Vec<String> =
                serde_json::from_str(&boxes).expect("boxes");
            unsigned.extend(
                boxes.into_iter().map(|b| (page.clone(), width, b)),
            );
        }
    }
    // More than two a chapter, at both widths.
    assert!(count > 40, "{count}");
    assert!(small.is_empty(), "{small:#?}");
    assert!(unsigned.is_empty(), "{unsigned:#?}");
}

#[test]
fn drawings_of_the_first_pages_fit_a_phone() {
    let Some((book, reader)) = reading_together() else { return };
    // So much a phone of 390 px leaves between its margins; here, a
    // bar to scroll with may take of it.
    reader.resize(390);
    for page in ["introduction", "ch01", "ch05"] {
        reader.open(&format!("{}/{page}.html", book.address));
        let wide = "[...document.querySelectorAll('.drawing')]\
                    .filter((box) => box.scrollWidth > 350)\
                    .map((box) => box.textContent).join('\\n')";
        assert_eq!(reader.text(wide), "", "{page}");
    }
}

#[test]
fn after_a_leap_upwards_the_bar_is_at_the_top() {
    let Some((book, reader)) = reading_together() else { return };
    reader.resize(390);
    reader.open(&format!("{}/ch01.html", book.address));
    let bar = "document.getElementById('mdbook-menu-bar')\
               .getBoundingClientRect()";
    reader.run("scrollTo(0, 9000)");
    reader.wait(&format!("{bar}.bottom < 0"));
    reader.run("scrollBy(0, -400)");
    reader.wait(&format!("{bar}.top === 0"));
}

/// Opens the contents.
fn open_contents(reader: &Reader) {
    reader.run(
        "document.getElementById('mdbook-sidebar-toggle').click()",
    );
    assert_eq!(reader.value(IS_OPEN), true);
}

const IS_OPEN: &str =
    "document.documentElement.classList.contains('sidebar-visible')";

#[test]
fn the_contents_close_by_what_is_chosen_and_by_a_tap_beside_them() {
    let Some((book, reader)) = reading_together() else { return };
    reader.resize(390);
    reader.open(&format!("{}/ch01.html", book.address));
    open_contents(&reader);
    // What closes them comes when they are first opened.
    let link =
        "document.querySelector('.sidebar a[href$=\"#exercises\"]')";
    reader.wait(&format!("({link}.click(), !{IS_OPEN})"));
    assert_eq!(reader.text("location.hash"), "#exercises");
    open_contents(&reader);
    let beside = "document.querySelector('main a[href*=glossary]')";
    reader.run(&format!("{beside}.click()"));
    assert_eq!(reader.value(IS_OPEN), false);
    assert_eq!(reader.text("location.hash"), "#exercises");

    reader.resize(1300);
    open_contents(&reader);
    reader.run(&format!("{link}.click()"));
    assert_eq!(reader.value(IS_OPEN), true);
}

#[test]
fn no_field_is_so_small_that_a_phone_enlarges_the_page() {
    let Some((book, reader)) = reading_together() else { return };
    reader.be_touched();
    reader.open(&format!("{}/ch01.html", book.address));
    reader.get_ready_to_edit();
    let edit = "[...document.querySelectorAll('.exchange button')]\
                .find((button) => button.textContent === 'Edit')";
    reader.run(&format!("{edit}.click()"));
    let area = "document.querySelector('.exchange textarea')";
    reader.wait(&format!("!!{area}"));
    assert_eq!(reader.text(&format!("{area}.autocapitalize")), "none");
    let small = "[...document.querySelectorAll('main textarea, #mdbook-searchbar')]\
                 .map((field) => parseFloat(getComputedStyle(field).fontSize))\
                 .filter((size) => size < 16).length";
    assert_eq!(reader.number(small), 0.0);
    let fields = "document.querySelectorAll('main textarea').length";
    assert!(reader.number(fields) >= 2.0);
}
