//! The glossary: its terms are linked where the author says so. The
//! letters do not tell who is meant when something *turns out*.

use crate::problem::{Place, Problem};
use std::collections::BTreeSet;
use std::fmt::Write;

/// The page with the terms, a heading for each.
pub const FILE: &str = "book/text/glossary.md";

/// How the chapters link to it.
const PAGE: &str = "glossary.md#";

#[derive(Default)]
pub struct Glossary {
    terms: Vec<Term>,
}

struct Term {
    /// As it stands in the glossary: `` `start_response` ``.
    name: String,
    line: usize,
    /// The pages that its entry leads to.
    pages: BTreeSet<String>,
}

impl Term {
    /// Of the glossary's text, from its heading on.
    fn new(heading: &str, line: usize, rest: &[&str]) -> Self {
        let name = heading.trim().to_string();
        let entry =
            rest.iter().take_while(|line| !line.starts_with("## "));
        let pages = entry.flat_map(|line| {
            let links = line.split("](").skip(1);
            links.filter_map(|link| link.split(['#', ')']).next())
        });
        let pages = pages.map(String::from).collect();
        Self { name, line, pages }
    }

    /// Is it this one, perhaps in the plural?
    fn is(&self, bold: &str) -> bool {
        let bare = |text: &str| text.replace('`', "").to_lowercase();
        let (name, bold) = (bare(&self.name), bare(bold));
        bold == name || bold.strip_suffix('s') == Some(&name)
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

    /// Links what a line defines, and takes note of the terms that it
    /// uses: those, and what its author has linked.
    pub fn link(
        &self,
        line: &str,
        used: &mut BTreeSet<String>,
    ) -> String {
        let mut text = String::new();
        for (at, piece) in line.split("**").enumerate() {
            if at > 0 {
                text.push_str("**");
            }
            let is_bold = at % 2 == 1 && (at > 1 || !is_heading(line));
            let term = self.terms.iter().find(|term| term.is(piece));
            match term.filter(|_| is_bold) {
                Some(term) if used.insert(term.name.clone()) => {
                    let anchor = term.anchor();
                    let _ = write!(text, "[{piece}]({PAGE}{anchor})");
                }
                _ => text.push_str(piece),
            }
        }
        for rest in text.split(PAGE).skip(1) {
            let anchor = rest.split(')').next().unwrap_or_default();
            let is_meant = |term: &&Term| term.anchor() == anchor;
            let term = self.terms.iter().find(is_meant);
            used.extend(term.map(|term| term.name.clone()));
        }
        text
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

/// Does a page have terms? Those with a text of their own do.
pub fn is_linked(file: &str) -> bool {
    let name = file.rsplit('/').next().unwrap_or_default();
    name == "introduction.md"
        || name.starts_with("ch") && !name.ends_with("-files.md")
}

/// What is bold within a line: there it is defined.
fn defined(line: &str) -> impl Iterator<Item = &str> {
    let bold = line.split("**").skip(1).step_by(2);
    bold.skip(usize::from(is_heading(line)))
}

/// Bold at a line's start is a heading of a kind.
fn is_heading(line: &str) -> bool {
    line.starts_with("**")
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

    #[test]
    fn spelling_links_nothing() {
        for line in [
            "An environ, Query strings, and `start_response`.",
            "## turn",
            "It turns out that **nothing** is meant.",
            "**Turn.** A heading of a kind.",
        ] {
            assert_eq!(linked(&[line]), [line]);
        }
    }

    #[test]
    fn what_is_defined_is_linked_once() {
        let lines = linked(&[
            "There are **turns**, and **`start_response`**.",
            "**One.** A **turn** of a **query string**.",
        ]);
        let turns = "**[turns](glossary.md#turn)**";
        let call = "**[`start_response`](glossary.md#start_response)**";
        assert_eq!(lines[0], format!("There are {turns}, and {call}."));
        let query = "**[query string](glossary.md#query-string)**";
        assert_eq!(
            lines[1],
            format!("**One.** A **turn** of a {query}.")
        );
    }

    #[test]
    fn the_authors_links_stay_and_count() {
        let glossary = Glossary::of(TEXT);
        let mut used = BTreeSet::new();
        let line = "A [turn](glossary.md#turn), [such](glossary.md#environ), \
                    a **turn** and [none](glossary.md#none)";
        let linked = glossary.link(line, &mut used);
        // What stands before is what is linked.
        let defined =
            line.replace("**turn**", "**[turn](glossary.md#turn)**");
        assert_eq!(linked, defined);
        let used: Vec<String> = used.into_iter().collect();
        assert_eq!(used, ["environ", "turn"]);
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
