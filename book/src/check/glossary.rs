//! The glossary: each of its terms is linked where a page uses it
//! first.

use crate::problem::{Place, Problem};
use std::collections::BTreeSet;
use std::ops::Range;

/// The page with the terms, a heading for each.
pub const FILE: &str = "book/text/glossary.md";

/// Terms that are plain words, too: nobody can tell by the letters
/// which of the two is meant. They are linked where they are bold, for
/// there they are defined, and where the author has linked them.
const PLAIN: [&str; 10] = [
    "block", "boundary", "exchange", "pair", "patience", "record",
    "role", "stream", "token", "turn",
];

#[derive(Default)]
pub struct Glossary {
    terms: Vec<Term>,
}

struct Term {
    /// As it stands in the glossary: `` `start_response` ``.
    name: String,
    lower: String,
    line: usize,
    /// The pages that its entry leads to.
    pages: BTreeSet<String>,
}

impl Term {
    /// Of the glossary's text, from its heading on.
    fn new(heading: &str, line: usize, rest: &[&str]) -> Self {
        let name = heading.trim().to_string();
        let lower = name.to_ascii_lowercase();
        let entry =
            rest.iter().take_while(|line| !line.starts_with("## "));
        let pages = entry.flat_map(|line| {
            let links = line.split("](").skip(1);
            links.filter_map(|link| link.split(['#', ')']).next())
        });
        let pages = pages.map(String::from).collect();
        Self { name, lower, line, pages }
    }

    /// Is it this one, perhaps in the plural?
    fn is(&self, bold: &str) -> bool {
        let bare = |text: &str| text.replace('`', "").to_lowercase();
        let (name, bold) = (bare(&self.name), bare(bold));
        bold == name || bold.strip_suffix('s') == Some(&name)
    }

    fn is_plain(&self) -> bool {
        PLAIN.contains(&self.name.as_str())
    }

    /// The heading's name, as mdBook makes it.
    fn anchor(&self) -> String {
        let letters = self.name.chars().filter_map(|c| match c {
            ' ' => Some('-'),
            c if c.is_alphanumeric() || "-_".contains(c) => {
                Some(c.to_ascii_lowercase())
            }
            _ => None,
        });
        letters.collect()
    }

    /// Where it stands in some prose: as a word of its own, of any
    /// case, perhaps in the plural.
    fn find(&self, prose: &str) -> Option<Range<usize>> {
        let lower = prose.to_ascii_lowercase();
        let name = &self.lower;
        let is_word =
            |c: char| c.is_alphanumeric() || "_-`".contains(c);
        lower.match_indices(name).find_map(|(start, _)| {
            let mut end = start + name.len();
            if lower[end..].starts_with('s') && !name.ends_with('s') {
                end += 1;
            }
            let before = lower[..start].chars().next_back();
            let after = lower[end..].chars().next();
            let is_free = !before.is_some_and(is_word)
                && !after.is_some_and(is_word);
            let is_bold = lower[..start].ends_with("**")
                && lower[end..].starts_with("**");
            let is_meant = is_bold || !self.is_plain();
            (is_free && is_meant).then_some(start..end)
        })
    }
}

impl Glossary {
    /// Reads the terms out of the glossary's text.
    pub fn of(text: &str) -> Self {
        let lines: Vec<&str> = text.lines().collect();
        let terms =
            lines.iter().enumerate().filter_map(|(at, line)| {
                let heading = line.strip_prefix("## ")?;
                Some(Term::new(heading, at + 1, &lines[at + 1..]))
            });
        Self { terms: terms.collect() }
    }

    /// Links the terms of a line that the page has not used before.
    pub fn link(
        &self,
        line: &str,
        used: &mut BTreeSet<String>,
    ) -> String {
        let is_left_alone = line.starts_with('#')
            || line.contains("<summary")
            || line.starts_with('<')
            || line.starts_with("| ---");
        if is_left_alone {
            return line.to_string();
        }
        let mut line = line.to_string();
        let mut lower = line.to_ascii_lowercase();
        for term in &self.terms {
            if line.contains(&format!("glossary.md#{})", term.anchor()))
            {
                used.insert(term.name.clone()); // by the author
            }
            // Most lines have none, and that is quick to see.
            if used.contains(&term.name) || !lower.contains(&term.lower)
            {
                continue;
            }
            let is_code = term.name.starts_with('`');
            let found =
                prose(&line, is_code).into_iter().find_map(|r| {
                    let found = term.find(&line[r.clone()])?;
                    Some(r.start + found.start..r.start + found.end)
                });
            if let Some(range) = found {
                used.insert(term.name.clone());
                let (word, anchor) =
                    (&line[range.clone()], term.anchor());
                let link = format!(
                    "<a class=\"term\" href=\"glossary.html#{anchor}\">\
                     {word}</a>"
                );
                line.replace_range(range, &link);
                lower = line.to_ascii_lowercase();
            }
        }
        line
    }

    /// Terms of two entries, or of none, and entries that no page uses.
    /// `pages` are the chapters' files and texts.
    pub fn problems(
        &self,
        pages: &[(&str, &str)],
        used: &BTreeSet<String>,
    ) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut say = |file: &str, line: usize, message: String| {
            problems
                .push(Problem::new(&Place::new(file, line), message));
        };
        let mut names = BTreeSet::new();
        for Term { name, line, .. } in &self.terms {
            if !names.insert(name.to_lowercase()) {
                say(FILE, *line, format!("`{name}` has two entries"));
            }
            if !used.contains(name) {
                let message = format!("no chapter uses `{name}`");
                say(FILE, *line, message);
            }
        }
        for (file, text) in pages.iter().filter(|(f, _)| is_linked(f)) {
            for (at, line) in text.lines().enumerate() {
                for bold in defined(line) {
                    if let Some(problem) = self.misled(file, bold) {
                        say(file, at + 1, problem);
                    }
                }
            }
        }
        problems
    }

    /// What is wrong with what is defined on a page.
    fn misled(&self, file: &str, bold: &str) -> Option<String> {
        let Some(term) = self.terms.iter().find(|t| t.is(bold)) else {
            return Some(format!(
                "`{bold}` is defined here and has no entry in {FILE}"
            ));
        };
        let page = file.rsplit('/').next().unwrap_or_default();
        let problem = format!(
            "`{bold}` is defined here, and its entry in {FILE} does not \
             lead here: link one of the two, or take another word"
        );
        (!term.pages.contains(page)).then_some(problem)
    }
}

/// Does a page link its terms? Those with a text of their own do.
pub fn is_linked(file: &str) -> bool {
    let name = file.rsplit('/').next().unwrap_or_default();
    name == "introduction.md"
        || name.starts_with("ch") && !name.ends_with("-files.md")
}

/// What is bold within a line: there it is defined. At a line's start,
/// it is a heading of a kind.
fn defined(line: &str) -> impl Iterator<Item = &str> {
    let is_heading = line.starts_with("**");
    let bold = line.split("**").skip(1).step_by(2);
    bold.skip(usize::from(is_heading))
}

/// The parts of a line that are prose: not code, nor links, nor HTML
/// and what is in it. With `code`, code is among them.
fn prose(line: &str, code: bool) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let (mut start, mut at) = (0, 0);
    while at < line.len() {
        let rest = &line[at..];
        let length = skipped(rest, code);
        if length > 0 {
            parts.push(start..at);
            start = at + length;
            at = start;
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    parts.push(start..line.len());
    parts
}

/// The length of what begins here and is no prose.
fn skipped(rest: &str, code: bool) -> usize {
    let to = |end: &str| rest.find(end).map(|at| at + end.len());
    let length = if rest.starts_with("<a ") {
        to("</a>")
    } else if rest.starts_with('<') {
        to(">")
    } else if rest.starts_with('[') {
        let is_link = |end: &usize| rest[*end..].starts_with('(');
        let end = to("]").filter(is_link);
        end.and_then(|end| Some(end + rest[end..].find(')')? + 1))
    } else if rest.starts_with('`') && !code {
        rest[1..].find('`').map(|at| at + 2)
    } else {
        None
    };
    length.unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# Glossary\n\n## environ\nOne. [Chapter 3](ch03.md).\n\n\
                        ## `start_response`\nTwo.\n\n## query string\n\n\
                        ## turn\nLeave. [Chapter 7](ch07.md#turns).\n\n";

    fn linked(lines: &[&str]) -> Vec<String> {
        let glossary = Glossary::of(TEXT);
        let mut used = BTreeSet::new();
        let link = |line: &&str| glossary.link(line, &mut used);
        lines.iter().map(link).collect()
    }

    fn link(anchor: &str, word: &str) -> String {
        format!(
            "<a class=\"term\" href=\"glossary.html#{anchor}\">{word}</a>"
        )
    }

    #[test]
    fn the_first_use_is_linked() {
        let lines = linked(&["An environ, an environ.", "environ"]);
        let first = link("environ", "environ");
        assert_eq!(lines[0], format!("An {first}, an environ."));
        assert_eq!(lines[1], "environ");
    }

    #[test]
    fn plurals_capitals_and_code_are_found() {
        let lines = linked(&["Query strings, and `start_response`"]);
        let (first, second) = (
            link("query-string", "Query strings"),
            link("start_response", "`start_response`"),
        );
        assert_eq!(lines[0], format!("{first}, and {second}"));
    }

    #[test]
    fn code_links_headings_and_parts_of_words_are_left_alone() {
        for line in [
            "## environ",
            "`environ` or `an environ`",
            "[an environ](ch03.md) and <a href=\"x\">environ</a>",
            "<summary>environ</summary>",
            "environment, wsgi-environ, environ_x",
        ] {
            assert_eq!(linked(&[line]), [line]);
        }
    }

    #[test]
    fn a_plain_word_is_linked_where_the_author_says() {
        let turn = link("turn", "turns");
        let lines = [
            "It turns out.",
            "There are **turns**.",
            "A **turn** is lent.",
        ];
        let bold = format!("There are **{turn}**.");
        assert_eq!(linked(&lines), [lines[0], &bold, lines[2]]);
        let by_hand = "a [turn](glossary.md#turn)";
        let lines = [by_hand, "**turn**"];
        assert_eq!(linked(&lines), lines);
    }

    #[test]
    fn a_definition_is_where_its_entry_leads() {
        let glossary = Glossary::of(TEXT);
        let used = glossary.terms.iter().map(|t| t.name.clone());
        let used = used.collect();
        let found = |file: &str| {
            let page = (file, "A **turn**.");
            let problems = glossary.problems(&[page], &used);
            problems.iter().map(|p| p.to_string()).collect::<String>()
        };
        assert_eq!(found("book/text/ch07.md"), "");
        let problem = found("book/text/ch08.md");
        assert!(problem.contains("does not lead here"), "{problem}");
    }

    #[test]
    fn what_is_missing_or_too_much_is_found() {
        let glossary = Glossary::of(&format!("{TEXT}## Environ\n"));
        let page =
            "An **environ** and a **gateway**.\n**Aside.** No.\n";
        let pages = [("book/text/ch03.md", page)];
        let used = ["environ", "Environ", "query string", "turn"];
        let used = used.map(String::from).into();
        let problems = glossary.problems(&pages, &used);
        let texts: Vec<String> =
            problems.iter().map(|p| p.to_string()).collect();
        assert_eq!(texts.len(), 3, "{texts:?}");
        assert!(texts.iter().any(|t| t.contains("`Environ` has two")));
        assert!(texts.iter().any(|t| t.contains("uses ``start_")));
        assert!(
            texts.iter().any(|t| t.contains("`gateway` is defined"))
        );
    }
}
