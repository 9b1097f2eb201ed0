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
    // Nothing is no prediction.
    press(&reader, "Keep it, and see");
    assert_eq!(reader.value(&format!("{FOLD}.open")), false);
    reader.run(&format!("{AREA}.value = ' All <b>of</b> them '"));
    press(&reader, "Keep it, and see");
    assert_eq!(reader.value(&format!("{FOLD}.open")), true);
    let said = shown(&reader);
    assert!(said.starts_with("You predicted: All <b>of</b> them"));
    assert_eq!(reader.value(&format!("{AGAIN}.hidden")), true);

    press(&reader, "I was wrong");
    let focus = "document.activeElement.textContent";
    assert_eq!(reader.text(focus), "I was wrong");
    reader.run("location.reload()");
    reader.wait("!!document.querySelector('.prediction q')");
    assert_eq!(shown(&reader), said);
    assert_eq!(reader.value(&format!("{AGAIN}.hidden")), false);
    let link = format!("{AGAIN}.querySelector('a')");
    assert_eq!(reader.text(&format!("{link}.hash")), "#prediction-1");
    let question = reader.text(&format!("{link}.textContent"));
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
