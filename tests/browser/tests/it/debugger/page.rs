//! The page itself: to be read by all, and to be tried again from.

use super::*;
use crate::axe::{axe, violations_now};
use browser::chromium;

/// A request whose page is of the last kind: it cannot be tried again.
const TOO_LONG: &str = "
    const form = document.createElement('form');
    Object.assign(form, { method: 'post', action: '/number?number=two' });
    const area = document.createElement('textarea');
    area.name = 'long';
    area.value = 'x'.repeat(1 << 20);
    form.append(area);
    document.body.append(form);
    form.submit()";

/// Opens each page that there is, and has it looked at.
fn each_page(
    reader: &Reader,
    program: &Program,
    mut look: impl FnMut(&str),
) {
    fail(reader, program, FAILS);
    look("first");
    let all = "document.querySelector('main > p > a:last-of-type')";
    let all = reader.text(&format!("{all}.href"));
    try_again(reader);
    assert_eq!(
        reader.text("document.querySelectorAll('section').length"),
        "2"
    );
    look("failed again");
    edit(reader, "number=two", "number=2");
    try_again(reader);
    assert_eq!(reader.text(TITLE), "It is answered");
    look("answered");
    fail(reader, program, "/panic?number=7");
    look("panic");
    leave(reader, TOO_LONG);
    assert_eq!(
        reader.text("document.querySelectorAll('form').length"),
        "0"
    );
    let said = reader.text("document.querySelector('main').innerText");
    assert!(
        said.contains("It cannot be tried again from here"),
        "{said}"
    );
    look("obstacle");
    reader.open(&all);
    assert_eq!(reader.text(TITLE), "The last failures");
    look("list");
}

/// Edits the request, which stays folded.
fn edit(reader: &Reader, from: &str, to: &str) {
    reader.run(&format!(
        "const area = document.querySelector('textarea');\
         area.value = area.value.replaceAll('{from}', '{to}')"
    ));
}

#[test]
fn it_is_clean_in_light_and_dark_and_on_a_phone() {
    let Some(axe) = axe() else { return };
    let Some(chromium) = chromium() else { return };
    let program = Program::start("ch12");
    let reader = Reader::start(&chromium);
    let mut found = Vec::new();
    each_page(&reader, &program, |state| {
        for is_open in [false, true] {
            reader.run(&format!(
                "document.querySelectorAll('details')\
                 .forEach((fold) => {{ fold.open = {is_open}; }})"
            ));
            for (scheme, width) in [
                ("light", 390),
                ("dark", 390),
                ("dark", 1200),
                ("light", 1200),
            ] {
                reader.prefer(scheme);
                reader.resize(width);
                let mut said = violations_now(&reader, &axe);
                let over =
                    "document.documentElement.scrollWidth - innerWidth";
                if reader.number(over) > 0.0 {
                    said += "the page scrolls sideways";
                }
                if !said.is_empty() {
                    found.push(format!(
                        "{state}, {scheme}, {width} px: {said}"
                    ));
                }
            }
        }
    });
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert_eq!(errors(&reader), Vec::<String>::new());
}

/// Its first screen has all that one looks for.
#[test]
fn the_place_and_the_button_are_seen_at_once() {
    let Some(chromium) = chromium() else { return };
    let program = Program::start("ch12");
    let reader = Reader::start(&chromium);
    for path in [FAILS, "/panic?number=7", "/first"] {
        fail(&reader, &program, path);
        for width in [390, 1200] {
            reader.resize(width);
            for what in ["h1", "form button", "main > pre mark"] {
                let bottom = reader.number(&format!(
                    "document.querySelector('{what}')\
                     .getBoundingClientRect().bottom"
                ));
                assert!(bottom < 900.0, "{what}, {path}, {width} px");
            }
        }
    }
    // The button stays when one reads on.
    reader.run(
        "document.querySelectorAll('details')\
                .forEach((fold) => { fold.open = true; })",
    );
    reader.run("document.querySelector('form details').open = false");
    reader.run("scrollTo(0, 1500)");
    let top = "document.querySelector('form button')\
               .getBoundingClientRect().top";
    reader.wait(&format!("scrollY > 200 && {top} >= 0 && {top} < 50"));
}

/// What the keyboard comes to, one after the other.
fn stops(reader: &Reader) -> Vec<String> {
    reader.run("document.activeElement.blur()");
    let mut stops = Vec::new();
    for _ in 0..200 {
        reader.press("Tab");
        let stop = reader.text(
            "(() => { const on = document.activeElement;\
             if (on === document.body) return 'end';\
             const { top, bottom } = on.getBoundingClientRect();\
             const seen = bottom > 0 && top < innerHeight;\
             return `${on.localName}${seen ? '' : ' unseen'}`; })()",
        );
        if stop == "end" {
            return stops;
        }
        stops.push(stop);
    }
    panic!("no end: {stops:?}");
}

#[test]
fn the_keyboard_reaches_all_and_sends_what_was_edited() {
    let Some(chromium) = chromium() else { return };
    let program = Program::start("ch12");
    let reader = Reader::start(&chromium);
    fail(&reader, &program, FAILS);
    // All that can be operated, and what may scroll.
    let all = "[...document.querySelectorAll('button, summary, textarea, \
               pre, a[href]')].filter((e) => e.checkVisibility())\
               .map((e) => e.localName).join(' ')";
    let folded = reader.text(all);
    assert_eq!(stops(&reader).join(" "), folded);
    reader.run(
        "document.querySelectorAll('details')\
         .forEach((fold) => { fold.open = true; })",
    );
    let open = reader.text(all);
    assert!(open.len() > folded.len());
    assert_eq!(stops(&reader).join(" "), open);

    fail(&reader, &program, FAILS);
    for _ in 0..2 {
        reader.press("Tab");
    }
    reader.press("Enter");
    reader.press("Tab");
    reader.wait("document.activeElement.localName === 'textarea'");
    reader.run(
        "const area = document.activeElement;\
         const at = area.value.indexOf('number=two');\
         area.setSelectionRange(at + 7, at + 10)",
    );
    reader.tab.type_str("41").expect("keys");
    let shifted = "document.activeElement.value.includes('number=41')";
    reader.wait(shifted);
    let before = reader.text("performance.timeOrigin");
    reader.run("document.querySelector('form button').focus()");
    reader.press("Enter");
    reader.wait(&format!("performance.timeOrigin !== {before}"));
    reader.wait(&format!("{TITLE} === 'It is answered'"));
    assert!(under(&reader, "Now").ends_with("\n41\n"));
    // It is there to be edited once more.
    let request =
        reader.text("document.querySelector('textarea').value");
    assert!(request.contains("QUERY_STRING=number=41\n"), "{request}");
    let last = under(&reader, "Last time");
    assert!(last.contains("invalid digit"), "{last}");
    assert_eq!(errors(&reader), Vec::<String>::new());
}
