//! Listings: where they are, and how much of the library they print.

mod fixture;

use fixture::{Fixture, assert_has, main_part, stderr};
use std::fs;

const LIBRARY: &str = r#"//! A crew.

pub struct Crew {
    places: Vec<u8>,
}

impl Crew {
    pub fn next(&mut self) -> Option<u8> {
        loop {
            let place = self.places.pop()?;
            if place != b'}' {
                return Some(place);
            }
        }
    }

    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }
}
"#;

const PART: &str = "# One\n\n```listing src/crew.rs Crew::next\n\
    from: if place\nto: return\n```\n\n\
    ```listing chapters/ch01/src/main.rs\n```\n";

const FILES: &str = "# Files\n\n<details><summary>One</summary>\n\n\
    ```listing src/crew.rs\n```\n\n</details>\n";

/// A library of one file, which is on the page of files.
fn book(page: &str, files: &str) -> Fixture {
    let fixture = Fixture::new(page);
    fixture.write("src/crew.rs", LIBRARY);
    let summary = "# Summary\n\n- [One](ch01.md)\n\
                   \x20 - [Files](ch01-files.md)\n";
    fixture.write("book/text/SUMMARY.md", summary);
    fixture.write("book/text/ch01-files.md", files);
    fixture
}

/// With a goal in percent.
fn aimed(whole: usize, module: usize) -> Fixture {
    let fixture = book(PART, FILES);
    let path = fixture.root.join("book/book.toml");
    let config = fs::read_to_string(path).unwrap();
    let goal = format!(
        "{config}[preprocessor.gateway.printed]\n\
         whole = {whole}\nmodule = {module}\n"
    );
    fixture.write("book/book.toml", &goal);
    fixture
}

#[test]
fn a_part_of_a_function_has_around_it_what_it_is_in() {
    let page = book(PART, FILES).page();
    let before = "<pre><span>impl Crew {\n    \
                  pub fn next(&amp;mut self) -&gt; Option&lt;u8&gt; {\n\
                  \x20       loop { …\n</span><code";
    assert_has(&page, before);
    assert_has(&page, ">            if place != b'}' {\n");
    let after = "return Some(place);</code><span>            }\n\
                 \x20       }\n    } …\n}\n</span></pre>";
    assert_has(&page, after);
    assert_has(&page, "<b>Crew::next</b> <i>lines 11–12</i>");
}

#[test]
fn the_next_of_the_same_impl_does_without_its_name() {
    let next =
        "```listing src/crew.rs Crew::next\nfrom: let place\n```\n";
    let page = book(&format!("{PART}\n{next}"), FILES).page();
    // Another file is between.
    assert_eq!(page.matches("impl Crew").count(), 2, "{page}");
    let part = PART.split("\n\n```listing chap").next().unwrap();
    let page = book(&format!("{part}\n\n{next}"), FILES).page();
    assert_eq!(page.matches("impl Crew").count(), 1, "{page}");
    assert_eq!(page.matches("pub fn next").count(), 2, "{page}");
}

#[test]
fn a_caption_leads_to_the_file_and_the_file_leads_back() {
    let fixture = book(PART, FILES);
    let page = fixture.page();
    assert_has(&page, "<figure class=\"listing\" id=\"crew.rs:11\">");
    let link = "<a href=\"ch01-files.html#crew.rs:11\">src/crew.rs</a>";
    assert_has(&page, link);
    // What is on no page of files does not link.
    assert_has(&page, "<b>chapters/ch01/src/main.rs</b>");
    let path = fixture.root.join("target/book/html/ch01-files.html");
    let files = main_part(&fs::read_to_string(path).unwrap());
    assert_has(&files, "<figure class=\"listing\" id=\"crew.rs\">");
    let mark = "<small id=\"crew.rs:11\" style=\"--row:10\">\
                <a href=\"ch01.html#crew.rs:11\" \
                aria-label=\"line 11 in chapter 1\">ch. 1</a></small>";
    assert_has(&files, mark);
}

#[test]
fn the_librarys_files_are_whole_on_some_page() {
    let problems = book(PART, "# Files\n").problems();
    assert_has(
        &problems,
        "book/text/ch01.md:3: src/crew.rs is printed here and whole on \
         no page of files; add `listing src/crew.rs` to one",
    );
}

#[test]
fn the_share_of_each_module_is_counted_without_the_pages_of_files() {
    let output = book(PART, FILES).run(&["share"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let table = String::from_utf8_lossy(&output.stdout).into_owned();
    // The ends of the `if`, the `loop` and the function, and of the
    // `impl` both, go along with the two lines.
    assert_has(
        &table,
        "src/crew.rs                      7 of    16   43 %\n",
    );
    assert_has(
        &table,
        "src, printed in chapters         7 of    16   43 %\n",
    );
}

#[test]
fn a_share_that_falls_below_its_goal_is_found() {
    let output = aimed(43, 43).run(&["check"]);
    let problems = stderr(&output);
    assert!(output.status.success(), "{problems}");
    let table = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_has(
        &table,
        "src/crew.rs                      7 of    16   43 %\n",
    );
    let whole = "book/book.toml:1: the chapters print 43 % of src, and \
                 are to print 44 %";
    assert_has(&aimed(44, 43).problems(), whole);
    let module = "src/crew.rs:1: the chapters print 43 % of this module, \
                  and are to print 44 %";
    assert_has(&aimed(43, 44).problems(), module);
}

#[test]
fn a_term_is_linked_where_it_is_marked() {
    let page = "# One\n\nIt turns out. A **turn** is a \
                [turn](glossary.md#turn).\n";
    let fixture = Fixture::new(page);
    let glossary =
        "# Glossary\n\n## turn\nIt is lent. [One](ch01.md).\n";
    fixture.write("book/text/glossary.md", glossary);
    let summary = "# Summary\n\n- [One](ch01.md)\n\
                   - [Glossary](glossary.md)\n";
    fixture.write("book/text/SUMMARY.md", summary);
    let html = fixture.page();
    let link = "<a href=\"glossary.html#turn\">turn</a>";
    let wanted =
        format!("It turns out. A <strong>{link}</strong> is a {link}.");
    assert_has(&html, &wanted);
}
