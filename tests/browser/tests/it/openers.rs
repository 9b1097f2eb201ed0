//! How a chapter opens, and the drawing that moves.

use browser::{Reader, reading_together};
use headless_chrome::protocol::cdp::Emulation;

const BUTTON: &str = "document.querySelector('.moves button')";
const SAID: &str =
    "document.querySelector('.moves [role=status]').textContent";
const MOVING: &str = "document.getAnimations()\
    .filter((a) => a.effect.target.closest('.moves')).length";

fn prefer_less_motion(reader: &Reader) {
    let feature = Emulation::MediaFeature {
        name: "prefers-reduced-motion".into(),
        value: "reduce".into(),
    };
    let media = Emulation::SetEmulatedMedia {
        media: None,
        features: Some(vec![feature]),
    };
    reader.tab.call_method(media).expect("less motion");
}

/// Where the parts of the drawing that is shown are, and how visible.
fn parts(reader: &Reader) -> String {
    reader.text(
        "JSON.stringify([...document.querySelectorAll('[data-part]')]\
         .filter((part) => part.getBoundingClientRect().width > 0)\
         .map((part) => [part.dataset.part, getComputedStyle(part).opacity,\
         part.getBoundingClientRect().x - part.ownerSVGElement\
         .getBoundingClientRect().x]))",
    )
}

/// Stops the drawing at such a share of its time.
fn stop_at(reader: &Reader, share: f64) {
    reader.run(&format!(
        "document.getAnimations().forEach((a) => {{ \
         a.currentTime = {share} * a.effect.getTiming().duration; }})"
    ));
}

/// Waits until the request of the drawing was answered.
fn answered(reader: &Reader) {
    reader.wait(&format!("{SAID}.includes(' 200 OK, after ')"));
    reader.wait(&format!("{BUTTON}.ariaDisabled === 'false'"));
}

#[test]
fn a_drawing_moves_when_its_request_is_sent_and_comes_to_rest() {
    let Some((book, reader)) = reading_together() else { return };
    for width in [1200, 390] {
        reader.resize(width);
        reader.open(&format!("{}/ch01.html", book.address));
        reader.wait(&format!("!!{BUTTON}"));
        let still = parts(&reader);
        assert_eq!(still.matches("\"1\"").count(), 5, "{still}");
        assert_eq!(reader.number(MOVING), 0.0);

        // It is looked at as long as that takes.
        reader.run(
            "const { animate } = Element.prototype; \
             Element.prototype.animate = function (...all) { \
             const it = animate.apply(this, all); \
             it.pause(); return it; }",
        );
        reader.run(&format!("{BUTTON}.focus()"));
        reader.press("Enter");
        reader.wait(&format!("{MOVING} === 5"));
        for (share, shown) in [
            (0.1, ["request"].as_slice()),
            (0.32, &["environment", "process"]),
            (0.6, &["output", "process"]),
            (0.85, &["response"]),
        ] {
            stop_at(&reader, share);
            let parts = parts(&reader);
            for name in [
                "request",
                "environment",
                "output",
                "response",
                "process",
            ] {
                let is_shown =
                    parts.contains(&format!("[\"{name}\",\"1\""));
                let wanted = shown.contains(&name);
                assert_eq!(is_shown, wanted, "{name} in {parts}");
            }
            assert_ne!(parts, still);
        }
        reader.run("document.getAnimations().forEach((a) => a.play())");
        answered(&reader);
        assert_eq!(reader.number(MOVING), 0.0);
        assert_eq!(parts(&reader), still);
        let focus = format!("document.activeElement === {BUTTON}");
        assert_eq!(reader.value(&focus), true);
    }
    // It was a request.
    let sent = |address: &&String| address.contains("/live/send?");
    assert_eq!(reader.requests().iter().filter(sent).count(), 2);
    assert_eq!(
        reader.value(
            "document.querySelector('figure.exchange.sent') !== null"
        ),
        true
    );
    assert_eq!(reader.errors(), Vec::<String>::new());
}

#[test]
fn nothing_moves_for_who_wants_less_motion_and_the_sentence_is_there() {
    let Some((book, reader)) = reading_together() else { return };
    prefer_less_motion(&reader);
    reader.open(&format!("{}/ch01.html", book.address));
    reader.wait(&format!("!!{BUTTON}"));
    let still = parts(&reader);
    reader.run(
        "window.began = 0; const { animate } = Element.prototype; \
         Element.prototype.animate = function (...all) { \
         began++; return animate.apply(this, all); }",
    );
    reader.run(&format!("{BUTTON}.click()"));
    answered(&reader);
    assert_eq!(reader.number("began"), 0.0);
    assert_eq!(parts(&reader), still);
    assert_eq!(reader.errors(), Vec::<String>::new());
}

#[test]
fn each_chapter_says_what_falls_short_and_what_will_be_built() {
    let Some((book, reader)) = reading_together() else { return };
    for chapter in 1..=9 {
        reader.open(&format!("{}/ch0{chapter}.html", book.address));
        let number = reader.text(
            "getComputedStyle(document.querySelector('main h1'), '::before')\
             .content",
        );
        assert_eq!(number, format!("\"{chapter}\""));
        let first = "document.querySelector('main').firstElementChild";
        let text = reader.text(&format!("{first}.innerText"));
        let exercises = reader
            .number("document.querySelectorAll('.exercise').length");
        for part in [
            " minutes",
            &format!("{exercises} exercises"),
            "What falls short now",
            "What you will have built",
        ] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
    }
}

#[test]
fn the_arrows_at_a_pages_end_say_where_they_lead() {
    let Some((book, reader)) = reading_together() else { return };
    reader.open(&format!("{}/ch01.html", book.address));
    let arrow = |which: &str| {
        let arrow =
            format!("document.querySelector('.nav-wrapper .{which}')");
        (
            reader.text(&format!("{arrow}.innerText.trim()")),
            reader.text(&format!("{arrow}.ariaLabel")),
        )
    };
    let next = "Next: The Smallest Gateway".to_string();
    assert_eq!(arrow("next"), (next.clone(), next));
    let previous = "Previous: The Many Frameworks Problem".to_string();
    assert_eq!(arrow("previous"), (previous.clone(), previous));
}
