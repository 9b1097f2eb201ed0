//! What a reader does with a listing, done in Chromium.

use browser::{Reader, reading_together};

/// Parts of a function, with lines around them.
const PARTS: &str =
    "[...document.querySelectorAll('.listing pre > span + code')]";

/// Whether something is in the window.
fn is_seen(what: &str) -> String {
    format!(
        "(() => {{ const box = ({what})?.getBoundingClientRect();\
         return box && box.height > 0 && box.top >= 0 \
         && box.top < innerHeight; }})()"
    )
}

#[test]
fn a_caption_leads_into_the_folded_file_and_a_mark_leads_back() {
    let Some((book, reader)) = reading_together() else { return };
    reader.open(&format!("{}/ch03.html", book.address));
    reader
        .run("document.querySelector('.listing figcaption a').click()");
    reader.wait("location.pathname === '/ch03-files.html'");
    let mark = "document.getElementById(\
                decodeURIComponent(location.hash.slice(1)))";
    reader.wait(&format!("{mark}?.closest('details').open === true"));
    reader.wait(&is_seen(mark));
    reader.run(&format!("{mark}.querySelector('a').click()"));
    reader.wait("location.pathname === '/ch03.html'");
    reader.wait(&is_seen(mark));
    let figure = format!("{mark}.matches('figure.listing')");
    assert!(reader.text(&format!("String({figure})")) == "true");
    assert_eq!(reader.errors(), Vec::<String>::new());
}

#[test]
fn what_is_folded_is_unfolded_without_the_browsers_help() {
    let Some((book, reader)) = reading_together() else { return };
    reader.open(&format!("{}/ch03-files.html", book.address));
    let fold = "document.querySelector('small[id]').closest('details')";
    // This changes the address, and nothing is looked for.
    reader.run(
        "history.pushState(null, '', '#' + encodeURIComponent(\
         document.querySelector('small[id]').id))",
    );
    assert_eq!(reader.text(&format!("String({fold}.open)")), "false");
    reader.run("dispatchEvent(new HashChangeEvent('hashchange'))");
    reader.wait(&format!("{fold}.open"));
}

#[test]
fn what_is_around_a_part_is_not_copied() {
    let Some((book, reader)) = reading_together() else { return };
    reader.open(&format!("{}/ch05.html", book.address));
    reader.wait("!!document.querySelector('.listing .clip-button')");
    // What is copied is in a field of its own at that moment.
    reader.run(
        "document.execCommand = () => { window.copied = \
         document.querySelector('body > textarea').value; \
         return true; }",
    );
    reader.run(&format!(
        "{PARTS}[0].parentNode.querySelector('.clip-button').click()"
    ));
    reader.wait("!!window.copied");
    let copied = reader.text("window.copied.trim()");
    assert_eq!(
        copied,
        reader.text(&format!("{PARTS}[0].innerText.trim()"))
    );
    assert!(!copied.contains('…'), "{copied}");
    // One button, and not one for each piece.
    let buttons = format!(
        "{PARTS}[0].parentNode.querySelectorAll('.clip-button').length"
    );
    assert_eq!(reader.number(&buttons), 1.0);
}

#[test]
fn what_is_around_a_part_can_be_read_in_each_theme() {
    let Some((book, reader)) = reading_together() else { return };
    reader.open(&format!("{}/ch05.html", book.address));
    for theme in ["light", "rust", "coal", "navy", "ayu"] {
        choose(&reader, theme);
        let around = format!("{PARTS}[0].previousElementSibling");
        let background = |what: &str| {
            format!("getComputedStyle({what}).backgroundColor")
        };
        // As if they were one block.
        reader.wait(&format!(
            "{} === {}",
            background(&around),
            background(&format!("{PARTS}[0]"))
        ));
        let contrast = contrast(&reader, &around);
        println!("{theme}: {contrast}");
        assert!(contrast >= 4.5, "{theme}: {contrast}");
    }
}

fn choose(reader: &Reader, theme: &str) {
    reader.run(&format!(
        "document.getElementById('mdbook-theme-{theme}').click()"
    ));
    reader.wait(&format!(
        "document.documentElement.classList.contains('{theme}')"
    ));
}

/// As WCAG counts it.
fn contrast(reader: &Reader, element: &str) -> f64 {
    reader.number(&format!(
        "(() => {{\
         const style = getComputedStyle({element});\
         const light = (color) => {{\
             const [r, g, b] = color.match(/[0-9.]+/g).map((part) => {{\
                 const c = part / 255;\
                 return c <= 0.04045 ? c / 12.92\
                     : ((c + 0.055) / 1.055) ** 2.4; }});\
             return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05; }};\
         const both = [light(style.color), light(style.backgroundColor)];\
         return Math.max(...both) / Math.min(...both); }})()"
    ))
}
