//! Drawings on a phone: their letters can be read, and what has to be
//! scrolled sideways says so.

use browser::reading_together;

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
