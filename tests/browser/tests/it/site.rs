//! The static site, read below a path as on GitHub Pages, and from the
//! disk: nothing on it is dead.

use browser::site::StaticSite;
use browser::{Reader, reading_together};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Where all links and assets of a page lead, as the browser sees it.
const TARGETS: &str = "JSON.stringify([...new Set(\
    [...document.querySelectorAll('[href], [src]')]\
    .map((e) => e.href?.baseVal ?? e.href ?? e.src))])";

const IDS: &str = "JSON.stringify([...document.querySelectorAll('[id]')]\
    .map((e) => e.id))";

/// The pictures of a page that are not shown.
const PICTURES: &str = "(async () => { const broken = [];\
    for (const picture of document.images) {\
    picture.loading = 'eager';\
    await picture.decode().catch(() => broken.push(picture.src)); }\
    return broken.join(' '); })()";

/// Presses the buttons that are shown, three of each kind, and says
/// which ones do nothing that can be noticed.
const PRESS_ALL: &str = "(async () => { let noted = 0;\
    const note = () => { noted++; };\
    new MutationObserver(note).observe(document, { subtree: true,\
    childList: true, attributes: true, characterData: true });\
    document.addEventListener('focusin', note);\
    const shown = (e) => e.isConnected && e.getClientRects().length;\
    const dead = []; const pressed = {};\
    const all = 'button:not(.theme-selected)';\
    for (const button of document.querySelectorAll(all)) {\
    const kind = button.className + button.title + button.id;\
    if (!shown(button) || pressed[kind] > 2) continue;\
    pressed[kind] = (pressed[kind] ?? 0) + 1;\
    noted = 0; document.activeElement.blur(); button.click();\
    await new Promise((go) => setTimeout(go, 0));\
    if (!noted) dead.push(button.outerHTML); }\
    return dead.join('\\n'); })()";

fn list(reader: &Reader, expression: &str) -> Vec<String> {
    let json: Value =
        serde_json::from_str(&reader.text(expression)).expect("JSON");
    let values = json.as_array().expect("a list").iter();
    values.map(|v| v.as_str().unwrap_or("?").into()).collect()
}

/// The names of all pages of the site.
fn pages(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name())
        .map(|name| name.to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".html"))
        .collect();
    names.sort();
    assert!(names.len() > 20, "{names:?}");
    names
}

/// Reads all pages of the site at this base, and says what is dead.
fn dead(reader: &Reader, base: &str, folder: &Path) -> Vec<String> {
    let mut dead = Vec::new();
    let (mut ids, mut targets) = (BTreeMap::new(), BTreeMap::new());
    for page in pages(folder) {
        // The one is not read at its own name, nor from the disk; the
        // other in a frame, and has no icon.
        if page == "404.html" || page == "toc.html" {
            continue;
        }
        reader.open(&format!("{base}{page}"));
        targets.insert(page.clone(), list(reader, TARGETS));
        let found: BTreeSet<String> =
            list(reader, IDS).into_iter().collect();
        for (what, script) in
            [("a picture", PICTURES), ("a button", PRESS_ALL)]
        {
            let said = reader.text(script);
            if !said.is_empty() {
                dead.push(format!("{what} on {page}: {said}"));
            }
        }
        ids.insert(page, found);
    }
    for (page, targets) in &targets {
        for target in targets {
            if !leads_somewhere(target, base, folder, &ids) {
                dead.push(format!("a link on {page}: {target}"));
            }
        }
    }
    dead.extend(reader.errors());
    for address in reader.requests() {
        if !address.starts_with(base) && !address.starts_with("data:") {
            dead.push(format!("asked for {address}"));
        }
    }
    dead
}

fn leads_somewhere(
    target: &str,
    base: &str,
    folder: &Path,
    ids: &BTreeMap<String, BTreeSet<String>>,
) -> bool {
    let Some(name) = target.strip_prefix(base) else {
        // Other sites are there, as far as we know.
        return target.starts_with("https://");
    };
    let (path, place) = name.split_once('#').unwrap_or((name, ""));
    let path = if path.is_empty() { "index.html" } else { path };
    let place = decoded(place);
    folder.join(path).is_file()
        && (place.is_empty()
            || ids.get(path).is_some_and(|ids| ids.contains(&place)))
}

/// The text that a fragment stands for.
fn decoded(escaped: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = escaped;
    while let Some((before, after)) = rest.split_once('%') {
        bytes.extend(before.bytes());
        let (digits, behind) = after.split_at(2);
        bytes.push(u8::from_str_radix(digits, 16).expect("digits"));
        rest = behind;
    }
    bytes.extend(rest.bytes());
    String::from_utf8(bytes).expect("text")
}

/// The results of a search, which are links as well.
fn search(reader: &Reader, base: &str, folder: &Path) {
    reader.open(&format!("{base}ch01.html?search=wsgi.errors"));
    let results = "JSON.stringify([...document.querySelectorAll(\
                   '#mdbook-searchresults a')].map((a) => \
                   a.href.split(/[?#]/)[0]))";
    reader.wait(&format!("{results}.includes('ch04.html')"));
    for target in list(reader, results) {
        let none = BTreeMap::new();
        let leads = leads_somewhere(&target, base, folder, &none);
        assert!(leads, "{target}");
    }
}

#[test]
fn below_a_path_nothing_of_the_static_site_is_dead() {
    let Some((book, reader)) = reading_together() else { return };
    let folder = book.build();
    let site = StaticSite::serve(&folder);
    search(&reader, &site.address, &folder);
    let dead = dead(&reader, &site.address, &folder);
    assert!(dead.is_empty(), "{}", dead.join("\n"));
}

#[test]
fn from_the_disk_nothing_of_the_static_site_is_dead() {
    let Some((book, reader)) = reading_together() else { return };
    let folder = book.build();
    let base = format!("file://{}/", folder.display());
    search(&reader, &base, &folder);
    let dead = dead(&reader, &base, &folder);
    assert!(dead.is_empty(), "{}", dead.join("\n"));
}

#[test]
fn a_deep_address_that_leads_nowhere_has_a_page_with_its_style() {
    let Some((book, reader)) = reading_together() else { return };
    let folder = book.build();
    let site = StaticSite::serve(&folder);
    let address = format!("{}no/such/page.html", site.address);
    reader.open(&address);
    assert!(reader.text("document.title").starts_with("Page not"));
    let none = BTreeMap::new();
    for target in list(&reader, TARGETS) {
        let leads =
            leads_somewhere(&target, &site.address, &folder, &none);
        // Its own places are on a page that has no name.
        let is_own = target.contains("#document-not-found")
            || target == format!("{address}#mdbook-content");
        assert!(leads || is_own, "{target}");
    }
    // The page itself is the one thing that is not there.
    let errors = reader.errors();
    let others: Vec<&String> =
        errors.iter().filter(|e| !e.ends_with(&address)).collect();
    assert!(others.is_empty(), "{others:?}");
    let size =
        "getComputedStyle(document.querySelector('main')).fontFamily";
    assert!(reader.text(size).contains("Literata"));
}

#[test]
fn a_static_page_has_no_button_that_needs_the_book() {
    let Some((book, reader)) = reading_together() else { return };
    let page = book.build().join("ch03.html");
    reader.open(&format!("file://{}", page.display()));
    assert_eq!(
        reader.number("document.querySelectorAll('.live-bar').length"),
        0.0
    );
    let text = reader.text("document.querySelector('main').innerText");
    assert!(text.contains("HTTP/1.1 200 OK"), "{text}");
}

#[test]
fn a_page_is_shown_before_any_script_of_ours_is_there() {
    let Some((book, reader)) = reading_together() else { return };
    let mut site = StaticSite::serve_without_scripts(&book.build());
    let address = format!("{}ch01.html", site.address);
    reader.tab.navigate_to(&address).expect("an address");
    reader.wait(
        "performance.getEntriesByName('first-contentful-paint').length > 0",
    );
    reader.wait(
        "document.querySelector('main h1')?.offsetHeight > 0 && \
         document.querySelector('main').innerText.length > 10000",
    );
    assert_eq!(reader.text("typeof Parts"), "undefined");
    assert_eq!(reader.text("document.readyState"), "loading");
    site.held = None;
    reader.wait("document.readyState === 'complete'");
    assert_eq!(reader.text("typeof Parts"), "object");
}
