//! Chapter 1 by the keyboard alone, from the address bar on: what has
//! the focus can be seen at each stop, and is never lost.

use browser::{Book, Reader, reading_together};

/// How often one may have to press Tab from one thing to the next.
const STOPS: usize = 120;

/// Whether what has the focus can be seen: what is amiss, or nothing.
const SEEN: &str = "(() => { const e = document.activeElement;\
    if (!e || e === document.body) return 'nothing has the focus';\
    const { outlineStyle, outlineWidth } = getComputedStyle(e);\
    const box = e.getBoundingClientRect();\
    const says = (what) => `${what}: ${e.outerHTML.slice(0, 120)}`;\
    if (outlineStyle === 'none' || parseFloat(outlineWidth) < 2)\
    return says('it has no outline');\
    if (!box.width || !box.height) return says('it has no size');\
    if (box.bottom < 0 || box.top > innerHeight || box.right < 0)\
    return says('it is not in the window');\
    return ''; })()";

/// How what has the focus is called, and where it is.
const NAME: &str = "(() => { const e = document.activeElement;\
    return e.ariaLabel || e.textContent.trim(); })()";

/// A reader who has no mouse.
struct Keyboard<'a>(&'a Reader);

impl Keyboard<'_> {
    /// Presses Tab until what has the focus makes this true, and gives
    /// back how often.
    fn tab_to(&self, what: &str, is_there: &str) -> usize {
        for at in 1..=STOPS {
            self.0.press("Tab");
            let amiss = self.0.text(SEEN);
            assert_eq!(amiss, "", "on the way to {what}");
            let here =
                format!("(({is_there})(document.activeElement))");
            if self.0.value(&here) == true {
                println!("{what}: {at} times Tab");
                return at;
            }
        }
        panic!("{what} is not reached: {}", self.0.text(NAME));
    }

    /// What has this name, in the first exchange or elsewhere.
    fn tab_to_named(&self, name: &str, home: &str) -> usize {
        let is_there = format!(
            "(e) => !!e.closest('{home}') && \
             (e.ariaLabel || e.textContent.trim())\
             .split(', ')[0] === '{name}'"
        );
        self.tab_to(name, &is_there)
    }

    /// Goes past the table of contents, which is the first thing that
    /// one can do.
    fn skip(&self) {
        self.0.press("Tab");
        assert_eq!(self.0.text(SEEN), "", "the way past it");
        assert_eq!(self.0.text(NAME), "Skip to content");
        self.0.press("Enter");
    }

    fn has_focus(&self, what: &str, is_there: &str) {
        self.0.wait(&format!("({is_there})(document.activeElement)"));
        assert_eq!(self.0.text(SEEN), "", "{what}");
    }
}

const FIGURE: &str = "main figure.exchange";
const EXERCISE: &str = "section.exercise";

fn status(home: &str) -> String {
    format!(
        "document.querySelector('{home}')\
         .querySelector('[role=status]').textContent"
    )
}

fn open<'a>(book: &Book, reader: &'a Reader) -> Keyboard<'a> {
    reader.open(&format!("{}/ch01.html", book.address));
    reader
        .wait(&format!("!!document.querySelector('{FIGURE} button')"));
    Keyboard(reader)
}

#[test]
fn a_request_is_sent_and_edited_from_the_address_bar_on() {
    let Some((book, reader)) = reading_together() else { return };
    let keyboard = open(&book, &reader);
    keyboard.skip();
    let tabs = keyboard.tab_to_named("Send", FIGURE);
    assert!(tabs < 10, "{tabs} times Tab from the page's beginning");
    // What is to come of it is in sight.
    let place = "document.activeElement.getBoundingClientRect().bottom";
    let room = format!("innerHeight - {place}");
    assert!(reader.number(&room) > 200.0);
    reader.press("Enter");
    let said = status(FIGURE);
    reader.wait(&format!("/^\\W*as printed/i.test({said})"));
    assert!(reader.text(NAME).starts_with("Send"));

    keyboard.tab_to_named("Edit", FIGURE);
    reader.press("Enter");
    let area = "(e) => e.localName === 'textarea'";
    keyboard.has_focus("the request", area);
    reader.run("document.activeElement.setSelectionRange(0, 3)");
    reader.tab.type_str("HEAD").expect("keys");
    reader.press_with_control("Enter");
    reader.wait(&format!("/not as printed|differ/i.test({said})"));
    keyboard.has_focus("the request, sent", area);
    // Escape takes nothing away; the next key does.
    reader.press("Escape");
    let named = |name| format!("(e) => e.textContent === '{name}'");
    keyboard.has_focus("the way out", &named("As printed"));
    let typed = "document.querySelector('main textarea')?.value ?? ''";
    assert!(reader.text(typed).starts_with("HEAD /"));
    reader.press("Enter");
    keyboard.has_focus("what began it", &named("Edit"));
    assert_eq!(reader.text(typed), "");

    // The arrows are for the button that has the focus.
    reader.press("ArrowRight");
    reader.press("ArrowLeft");
    keyboard.has_focus("what it was", &named("Edit"));
    assert_eq!(reader.text("location.pathname"), "/ch01.html");
    assert_eq!(reader.errors(), Vec::<String>::new());
}

#[test]
fn the_table_of_contents_is_opened_and_closed() {
    let Some((book, reader)) = reading_together() else { return };
    // Where it is closed at first.
    reader.resize(1000);
    let keyboard = open(&book, &reader);
    let toggle = "(e) => e.id === 'mdbook-sidebar-toggle'";
    keyboard.tab_to("its button", toggle);
    reader.press("Enter");
    let here = "(e) => e.matches('.sidebar a.active')";
    keyboard.has_focus("the page's entry", here);
    let said = "document.activeElement.ariaExpanded";
    keyboard.tab_to("its button", toggle);
    assert_eq!(reader.text(said), "true");
    reader.press("Enter");
    reader.wait(&format!("{said} === 'false'"));
    keyboard.has_focus("its button", toggle);
    assert_eq!(reader.errors(), Vec::<String>::new());
}

#[test]
fn an_exercise_is_checked_and_its_hint_unfolded() {
    let Some((book, reader)) = reading_together() else { return };
    // Where a reader is who has come by a link.
    let keyboard = open(&book, &reader);
    reader.run("location.hash = '#exercises'");
    keyboard.tab_to("Check", "(e) => /^Check/.test(e.ariaLabel)");
    reader.press("Enter");
    let said = status(EXERCISE);
    reader.wait(&format!("/solved/i.test({said})"));
    keyboard.has_focus("Check", "(e) => /^Check/.test(e.ariaLabel)");
    let fold = format!(
        "(e) => e.localName === 'summary' && !!e.closest('{EXERCISE}')"
    );
    keyboard.tab_to("a fold", &fold);
    reader.press("Enter");
    reader.wait("document.activeElement.parentElement.open");
    assert_eq!(reader.errors(), Vec::<String>::new());
}

#[test]
fn from_the_end_of_a_page_one_goes_on_to_the_next() {
    let Some((book, reader)) = reading_together() else { return };
    let keyboard = open(&book, &reader);
    reader.run(
        "const last = [...document.querySelectorAll('main summary')]\
         .at(-1); last.focus()",
    );
    let next = "(e) => e.rel?.includes('next') && e.offsetHeight > 0";
    keyboard.tab_to("the next page", next);
    reader.press("Enter");
    reader.wait("location.pathname === '/ch02.html'");
    assert_eq!(reader.errors(), Vec::<String>::new());
}
