//! The check of exercise 1.2, and answers that it must reject.

use crate::exercise::{Verdict, expect};

pub const READ: &str = "A name that is not a name";

pub const HINT: &str = "`ch01::escape` can be called from your file. \
    It does three of the five; which has to come first?";

type Answer = fn(&str) -> String;

const PLAIN: &str = "What is none of the five characters stays as it \
    is.";
const TAGS: &str = "What is harmful between tags is no better in an \
    attribute: `&`, `<` and `>` are escaped here as well.";
const DOUBLE: &str = "A double quote ends the value; HTML writes \
    `&quot;` when it means the character.";
const SINGLE: &str = "Values are written between single quotes, too; \
    HTML writes `&#39;` for one.";
const ORDER: &str = "An ampersand has been escaped twice: the other \
    replacements bring new ones in, so it goes first.";

const TYPED: &str = "What looks escaped already is what the visitor \
    has typed: it is escaped like any other text.";

pub fn check(escape_attribute: Answer) -> Verdict {
    for (text, expected, hint) in [
        ("Andr\u{e9}", "Andr\u{e9}", PLAIN),
        ("a<b>", "a&lt;b&gt;", TAGS),
        ("this & that", "this &amp; that", TAGS),
        ("5\" x", "5&quot; x", DOUBLE),
        ("it's", "it&#39;s", SINGLE),
        ("\"&'", "&quot;&amp;&#39;", ORDER),
        ("&quot;", "&amp;quot;", ORDER),
        ("&amp;", "&amp;amp;", TYPED),
    ] {
        expect(
            format!("escape_attribute({text:?})"),
            || escape_attribute(text),
            expected.to_string(),
            hint,
        )
        .map_err(|complaint| {
            complaint
                .hint_if("&amp;quot;", ORDER)
                .hint_if("&amp;#39;", ORDER)
                .hint_if("&amp;lt;", ORDER)
        })?;
    }
    Ok(())
}

pub const WRONG: [(&str, Answer); 5] = [
    // The chapter's function, which is for text between tags.
    (DOUBLE, ch01::escape),
    // One kind of quotes.
    (SINGLE, |text| ch01::escape(text).replace('"', "&quot;")),
    // The quotes alone.
    (TAGS, |text| text.replace('"', "&quot;").replace('\'', "&#39;")),
    // The ampersand after what brought in new ones.
    (ORDER, |text| ch01::escape(&text.replace('"', "&quot;"))),
    // Nothing escaped twice, whoever did it first.
    (TYPED, |text| {
        let text = ch01::escape(text).replace("&amp;amp;", "&amp;");
        text.replace('"', "&quot;").replace('\'', "&#39;")
    }),
];
