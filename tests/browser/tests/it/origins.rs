//! What a chapter's program can do to the book: nothing, whatever it
//! prints.

use browser::{Book, Reader, reading};

/// A page that tries all that it may to get at the book, whose address
/// is in its query, and says what came of each.
const EVIL: &str = r##"fn main() {
    println!("Content-Type: text/html\n");
    println!("{}", PAGE);
}

const PAGE: &str = r#"<!DOCTYPE html><p id="said"></p><script>
const book = location.search.slice(1);
const read = (options) => fetch(book + "/ch01.html", options)
    .then((answer) => answer.text());
const frame = () => new Promise((done, fail) => {
    const frame = document.createElement("iframe");
    frame.onload = () => {
        try {
            done(frame.contentWindow.document.body.innerHTML);
        } catch (error) {
            fail(error);
        }
    };
    frame.src = book + "/ch01.html";
    document.body.append(frame);
});
const script = () => new Promise((done, fail) => {
    const script = document.createElement("script");
    script.onload = () => done("loaded");
    script.onerror = () => fail(Error("not loaded"));
    script.src = book + "/searchindex.js";
    document.body.append(script);
});
const opener = async () => window.opener.document.body.innerHTML;
const check = (path, options) => fetch(book + path, options)
    .then((answer) => `answered ${answer.status}`);
const post = { method: "POST", mode: "no-cors", body: "x" };
const asked = { method: "POST", headers: { "X-Live-Token": "0" } };
const attempts = {
    read: () => read({}),
    blind: () => read({ mode: "no-cors" }),
    credentials: () => read({ credentials: "include" }),
    frame, script, opener,
    check: () => check("/live/check?exercise=1.1", post),
    asked: () => check("/live/check?exercise=1.1", asked),
};
(async () => {
    const said = [];
    for (const [name, attempt] of Object.entries(attempts)) {
        const end = await attempt().then(
            (got) => `got ${String(got).slice(0, 60)}`, () => "refused");
        said.push(`${name}: ${end}`);
    }
    document.getElementById("said").textContent = said.join("\n");
})();
</script>"#;
"##;

const REFUSED: &str = "read: refused\nblind: refused\n\
    credentials: refused\nframe: refused\nscript: refused\n\
    opener: refused\ncheck: refused\nasked: refused";

const LINK: &str = "document.querySelector('main a[href$=\"/cgi-bin/ch01/greet?Ferris\"]')";

/// Follows a link of the first chapter's to its program, which knows
/// where the book is.
fn follow(reader: &Reader, book: &Book) {
    reader.open(&format!("{}/ch01.html", book.address));
    let address = &book.address;
    reader.run(&format!(
        "const link = {LINK};\
         link.href = link.href.replace('Ferris', '{address}');\
         link.click()"
    ));
}

#[test]
fn a_program_reaches_nothing_of_the_book() {
    let Some((book, reader)) = reading() else { return };
    book.write("chapters/ch01/src/bin/greet.rs", EVIL);
    follow(&reader, &book);
    let said = "document.getElementById('said')?.textContent";
    reader.wait(&format!("!!{said}"));
    let origin = reader.text("location.origin");
    assert_ne!(origin, book.address);
    assert_eq!(reader.text(said), REFUSED);
}
