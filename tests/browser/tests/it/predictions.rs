//! What a reader predicts: kept in the browser, and asked again.

use browser::{Reader, reading_together};

/// Presses the button of the first prediction that has this name.
fn press(reader: &Reader, name: &str) {
    reader.run(&format!(
        "[...document.querySelectorAll('.prediction button')]\
         .find((b) => b.textContent === '{name}').click()"
    ));
}

/// The text of all that the first one shows.
fn shown(reader: &Reader) -> String {
    reader.text("document.querySelector('.prediction').textContent")
}

const FOLD: &str = "document.querySelector('#prediction-1')";
const AREA: &str = "document.querySelector('.prediction textarea')";
const AGAIN: &str = "document.querySelector('.prediction.again')";

#[test]
fn a_prediction_is_kept_and_asked_again_where_it_was_wrong() {
    let Some((book, reader)) = reading_together() else { return };
    reader.open(&format!("{}/ch01.html", book.address));
    reader.wait(&format!("!!{AREA} && !{FOLD}.open"));
    let is_asked_again = format!("{AGAIN}.checkVisibility()");
    assert_eq!(reader.value(&is_asked_again), false);
    // Nothing is no prediction.
    press(&reader, "Keep it, and see");
    assert_eq!(reader.value(&format!("{FOLD}.open")), false);
    reader.run(&format!(
        "{AREA}.value = ' All <b>of</b> them '; {AREA}.focus()"
    ));
    reader.wait("Parts.load('keys.js').then(() => true)");
    reader.press_with_control("Enter");
    assert_eq!(reader.value(&format!("{FOLD}.open")), true);
    let said = shown(&reader);
    assert!(said.starts_with("You predicted: All <b>of</b> them"));
    assert_eq!(reader.value(&format!("{AGAIN}.hidden")), true);

    press(&reader, "I was wrong");
    let focus = "document.activeElement.textContent";
    assert_eq!(reader.text(focus), "I was wrong");
    reader.reload();
    assert_eq!(shown(&reader), said);
    assert_eq!(reader.value(&format!("{AGAIN}.hidden")), false);
    let question = reader
        .text(&format!("{AGAIN}.querySelector('li').textContent"));
    assert!(
        question.starts_with("of the eight variables"),
        "{question}"
    );

    press(&reader, "I was right");
    assert_eq!(reader.value(&format!("{AGAIN}.hidden")), true);
    press(&reader, "Predict again");
    assert_eq!(reader.text(focus), "");
    assert_eq!(
        reader.text("document.activeElement.id"),
        "prediction-1-text"
    );
    assert_eq!(reader.value(&format!("{FOLD}.open")), false);
    assert_eq!(reader.errors(), Vec::<String>::new());
}

#[test]
fn a_prediction_is_chosen_and_asked_again_where_it_was_wrong() {
    let Some((book, reader)) = reading_together() else { return };
    reader.open(&format!("{}/ch02.html", book.address));
    let fold = "document.querySelector('#prediction-2')";
    let place = format!("{fold}.nextElementSibling");
    let choices = format!(
        "[...{place}.querySelectorAll('fieldset button')]\
         .map((b) => b.textContent).join()"
    );
    let focus = "document.activeElement.textContent";
    reader.wait(&format!("{choices} === 'The first,The second,Both'"));
    let output = format!("{place}.nextElementSibling");
    let output = format!("{output}.querySelector('.output')");
    let seen = format!(
        "getComputedStyle({output}).visibility + \
         ({output}.innerText.trim() ? ' text' : ' nothing')"
    );
    let height = format!("{output}.getBoundingClientRect().height");
    let before = reader.number(&height);
    assert_eq!(reader.text(&seen), "hidden nothing");

    // By keyboard.
    reader.run(&format!("{place}.querySelector('button').focus()"));
    reader.press("Tab");
    assert_eq!(reader.text(focus), "The second");
    reader.press("Enter");
    assert_eq!(reader.value(&format!("{fold}.open")), true);
    assert_eq!(reader.text(&seen), "visible text");
    assert!((reader.number(&height) - before).abs() < 1.0);
    assert_eq!(reader.text(focus), "Predict again");
    let said = "You predicted: The second You were wrong.Predict again";
    let is_said = format!("{place}.textContent === '{said}'");
    reader.wait(&is_said);
    let marks = format!(
        "[...{fold}.querySelectorAll('.choices li')].map((li) => \
         getComputedStyle(li, '::marker').content).join()"
    );
    assert_eq!(reader.text(&marks), "normal,\"✗ \",\"✓ \"");

    reader.reload();
    assert_eq!(reader.value(&is_said), true);
    let again = format!("{AGAIN}.querySelector('button')");
    reader.wait(&format!(
        "{again}.textContent === 'which of the two will the program \
         print?'"
    ));
    // Led there, one is asked, and not told.
    reader.run(&format!("{again}.click()"));
    assert_eq!(reader.text(focus), "The first");
    assert_eq!(reader.value(&format!("{fold}.open")), false);
    reader
        .run(&format!("{place}.querySelectorAll('button')[2].click()"));
    reader.wait(&format!(
        "{place}.textContent.includes('You were right.')"
    ));
    assert_eq!(reader.value(&format!("{AGAIN}.hidden")), true);
    assert_eq!(reader.errors(), Vec::<String>::new());
}

#[test]
fn without_scripts_the_choices_are_in_the_fold() {
    let Some((book, reader)) = reading_together() else { return };
    reader.without_scripts();
    reader.open(&format!("{}/ch02.html", book.address));
    let fold = "document.querySelectorAll('main > details')[1]";
    let choices = format!("{fold}.querySelector('.choices')");
    let is_seen = format!("{choices}.checkVisibility()");
    assert_eq!(reader.value(&is_seen), false);
    reader.run(&format!("{fold}.open = true"));
    assert_eq!(reader.value(&is_seen), true);
    assert_eq!(
        reader.text(&format!("{choices}.innerText")),
        "The first\nThe second\nBoth"
    );
}
