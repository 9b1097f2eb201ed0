//! What axe-core finds on the pages, in all themes and states, and
//! whether they fit into windows of all widths.

use browser::{ROOT, Reader, reading, reading_together, skip};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

const THEMES: [&str; 5] = ["light", "rust", "coal", "navy", "ayu"];

/// A phone's widths, a window's, and that window's at a zoom of 200 %.
const WIDTHS: [u32; 4] = [320, 390, 650, 1300];

/// axe-core, which `.ci/run` installs.
pub fn axe() -> Option<String> {
    let file =
        Path::new(ROOT).join("target/ci-tools/axe-core/axe.min.js");
    let text = fs::read_to_string(&file).ok();
    if text.is_none() {
        skip("axe-core is not installed in target/ci-tools");
    }
    text
}

/// Has the page shown in a theme, as its menu does.
fn choose(reader: &Reader, theme: &str) {
    // A page that was just loaded anew may not listen yet.
    reader.wait(&format!(
        "document.documentElement.classList.contains('{theme}') || \
         (document.getElementById('mdbook-theme-{theme}').click(), \
         false)"
    ));
}

/// Rules that mdBook's frame breaks: its title is in no landmark, and
/// its button for the sidebar is a label.
const NOT_ASKED: [&str; 2] = ["region", "aria-allowed-role"];

/// The texts whose colors, on what is behind them, have not been looked
/// at, on this page or another one of this browser's.
const UNSEEN: &str = "(() => {\
    const seen = new Set(JSON.parse(sessionStorage.getItem('seen')));\
    const known = new Map([[null, '']]);\
    const behind = (e) => {\
        if (!known.has(e)) {\
            const it = getComputedStyle(e);\
            const own = `${it.backgroundColor} ${it.backgroundImage} \
                ${it.opacity}`;\
            const isClear = own.startsWith('rgba(0, 0, 0, 0) none')\
                && it.opacity === '1';\
            const rest = behind(e.parentElement);\
            known.set(e, isClear ? rest : `${rest}/${own}`);\
        }\
        return known.get(e); };\
    const isText = (node) => node.nodeType === 3 && node.data.trim();\
    const unseen = [...document.querySelectorAll('body *')].filter((e) => {\
        if (!e.matches('input, select, textarea')\
            && ![...e.childNodes].some(isText)) return false;\
        if (!e.checkVisibility({ visibilityProperty: true })) return false;\
        const { color, fontSize, fontWeight } = getComputedStyle(e);\
        const it = [color, fontSize, fontWeight, behind(e)].join();\
        return !seen.has(it) && seen.add(it); });\
    sessionStorage.setItem('seen', JSON.stringify([...seen]));\
    return unseen; })()";

/// What axe-core finds on a page without themes of its own.
pub fn violations_now(reader: &Reader, axe: &str) -> String {
    if reader.text("typeof axe") == "undefined" {
        reader.run(axe);
    }
    run(reader, "document", &json!({}))
}

/// What axe-core finds in all themes: in one with all of its rules. From
/// theme to theme, colors alone differ, and what it has said of some is
/// true of all texts that have them.
pub fn violations(reader: &Reader, axe: &str, turn: usize) -> String {
    if reader.text("typeof axe") == "undefined" {
        reader.run(axe);
    }
    let off = NOT_ASKED.map(|rule| (rule, json!({ "enabled": false })));
    let off: BTreeMap<&str, Value> = off.into_iter().collect();
    let all = json!({ "resultTypes": ["violations"], "rules": off });
    let colors = json!({ "runOnly": ["color-contrast"] });
    let mut found = String::new();
    for (at, theme) in THEMES.iter().enumerate() {
        choose(reader, theme);
        let is_its = at == turn % THEMES.len();
        reader.run(&format!("window.unseen = {UNSEEN}"));
        let said = match is_its {
            true => run(reader, "document", &all),
            false if reader.number("unseen.length") == 0.0 => continue,
            false => run(reader, "{ include: unseen }", &colors),
        };
        if !said.is_empty() {
            found.push_str(&format!("{theme}: {said}\n"));
        }
    }
    found
}

/// What axe-core finds in a part of the page.
fn run(reader: &Reader, part: &str, options: &Value) -> String {
    reader.text(&format!(
        "axe.run({part}, {options}).then((result) => \
         result.violations.map((v) => `${{v.id}} (${{v.impact}}): \
         ${{v.nodes.length}} times: \
         ${{v.nodes[0].html.slice(0, 200)}} \
         ${{v.nodes[0].failureSummary}}`).join('\\n'))"
    ))
}

/// All that scrolls sideways and may not: code, drawings and tables
/// may.
const SIDEWAYS: &str = "(() => { const found = [];\
    const MAY = 'pre, figure, .table-wrapper, textarea, .sidebar';\
    const over = document.documentElement.scrollWidth - innerWidth;\
    if (over > 0) found.push(`the page, by ${over} px`);\
    for (const e of document.querySelectorAll('body *')) {\
    if (e.scrollWidth <= e.clientWidth + 1 || !e.clientWidth) continue;\
    if (!/auto|scroll/.test(getComputedStyle(e).overflowX)) continue;\
    if (e.closest(MAY)) continue;\
    found.push(e.outerHTML.slice(0, 150)); }\
    return found.join('\\n'); })()";

/// What does not fit, at all widths.
pub fn sideways(reader: &Reader) -> String {
    let mut found = String::new();
    for width in WIDTHS {
        reader.resize(width);
        // The sidebar takes a moment to make room.
        let said = reader.text(&format!(
            "(async () => {{ let said;\
             for (let frame = 0; frame < 120; frame++) {{\
             await new Promise((go) => requestAnimationFrame(go));\
             said = {SIDEWAYS}; if (!said) break; }}\
             return said; }})()"
        ));
        if !said.is_empty() {
            found.push_str(&format!("at {width} px: {said}\n"));
        }
    }
    found
}

#[test]
fn every_page_is_clean_and_in_all_themes_can_be_read() {
    let Some(axe) = axe() else { return };
    let Some((book, reader)) = reading_together() else { return };
    let (mut found, mut slowest) = (Vec::new(), Duration::ZERO);
    for (at, page) in book.pages().iter().enumerate() {
        let start = Instant::now();
        reader.open(&format!("{}/{page}", book.address));
        let said = violations(&reader, &axe, at);
        if !said.is_empty() {
            found.push(format!("{page}, {said}"));
        }
        slowest = slowest.max(start.elapsed());
    }
    println!("the slowest page took {slowest:?}");
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn nothing_scrolls_sideways_but_what_may() {
    let Some((book, reader)) = reading_together() else { return };
    let mut found = Vec::new();
    for page in book.pages() {
        reader.open(&format!("{}/{page}", book.address));
        let said = sideways(&reader);
        if !said.is_empty() {
            found.push(format!("{page}, {said}"));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

const FIGURE: &str = "document.querySelector('main figure.exchange[data-program=\"ch02\"]')";

/// Presses the button of the figure that has this name.
fn press(reader: &Reader, name: &str) {
    reader.run(&format!(
        "[...{FIGURE}.querySelectorAll('button')].find((button) => \
         button.textContent.trim() === '{name}').click()"
    ));
}

#[test]
fn a_page_is_clean_with_all_open_that_can_be() {
    let Some(axe) = axe() else { return };
    let Some((book, reader)) = reading() else { return };
    reader.open(&format!("{}/ch02.html", book.address));
    reader.wait(&format!("!!{FIGURE}?.querySelector('button')"));
    let mut found = Vec::new();
    let mut look = |turn: usize, state: &str| {
        reader.resize(1300);
        let said = violations(&reader, &axe, turn);
        if !said.is_empty() {
            found.push(format!("{state}, {said}"));
        }
        let said = sideways(&reader);
        if !said.is_empty() {
            found.push(format!("{state}, {said}"));
        }
    };
    let fold = "document.querySelectorAll('main details')\
                .forEach((fold) => { fold.open = true; })";
    // An answer that differs, and the request that did it.
    reader.get_ready_to_edit();
    press(&reader, "Edit");
    reader.run(&format!(
        "const area = {FIGURE}.querySelector('textarea');\
         area.value = area.value.replace('GET', 'HEAD');\
         area.dispatchEvent(new Event('input'))"
    ));
    press(&reader, "Send");
    reader.wait(&format!("{FIGURE}.classList.contains('sent')"));
    reader.run(fold);
    look(0, "with a request edited and folds open");

    reader.run(
        "document.querySelector('section.exercise .live-bar button')\
         .click()",
    );
    let file = "chapters/ch02/src/lib.rs";
    let broken = format!("{}\nlet it = ;\n", book.read(file));
    book.write(file, &broken);
    let now = "performance.timeOrigin";
    let loaded = reader.number(now);
    reader.wait(&format!("{now} !== {loaded}"));
    reader.get_ready_to_edit();
    press(&reader, "Send");
    reader.wait(&format!(
        "/does not compile/.test({FIGURE}.textContent)"
    ));
    reader.run(fold);
    look(1, "with a compiler's error");

    reader.open(&format!("{}/ch02.html?search=gateway", book.address));
    reader.wait(
        "document.querySelectorAll('#mdbook-searchresults a')\
         .length > 5",
    );
    look(2, "with results of a search");
    assert!(found.is_empty(), "{}", found.join("\n"));
}
