//! Words that the book does without, because they hide a condition.

use crate::markdown::{Part, outside_code, parts};
use crate::problem::{Place, Problem};

const WORDS: [&str; 8] = [
    "simply",
    "just",
    "obviously",
    "of course",
    "easy",
    "basically",
    "currently",
    "note that",
];

/// The forbidden words of a page. Code and quotations (`>`) may have
/// them.
pub fn problems(file: &str, text: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    for part in parts(text) {
        let Part::Text { line, text } = part else {
            continue;
        };
        if text.trim_start().starts_with('>') {
            continue;
        }
        for word in words(text) {
            let message = format!(
                "the word `{word}`; state the condition instead, or \
                 leave it out"
            );
            let place = Place::new(file, line);
            problems.push(Problem::new(&place, message));
        }
    }
    problems
}

fn words(line: &str) -> Vec<&'static str> {
    let mut prose = String::new();
    for range in outside_code(line) {
        // A code span stands between words.
        prose.push_str(&line[range]);
        prose.push_str(" ` ");
    }
    let is_letter = |c: char| c.is_alphanumeric() || c == '\'';
    let words: Vec<String> = without_tags(&prose)
        .split(|c| !is_letter(c))
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let text = format!(" {} ", words.join(" "));
    let has = |word: &&str| text.contains(&format!(" {word} "));
    WORDS.into_iter().filter(has).collect()
}

/// The text without HTML tags and the targets of links.
fn without_tags(text: &str) -> String {
    let mut result = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['<', ']']) {
        result.push_str(&rest[..at]);
        let tail = &rest[at..];
        let end = match tail.starts_with("](") {
            true => tail.find(')'),
            false if tail.starts_with('<') => tail.find('>'),
            false => Some(0),
        };
        result.push(' ');
        rest = &tail[end.map_or(1, |end| end + 1)..];
    }
    result + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forbidden_words_are_named_with_their_line() {
        let text = "Fine.\nIt is Just so, of course.\n> just a quote\n";
        let found: Vec<String> = problems("a.md", text)
            .iter()
            .map(|p| p.to_string())
            .collect();
        assert_eq!(found.len(), 2);
        assert!(found[0].starts_with("a.md:2: the word `just`;"));
        assert!(found[1].starts_with("a.md:2: the word `of course`;"));
    }

    #[test]
    fn code_and_other_words_are_free() {
        let lines = "adjust `just` justice [a](just.html) <b just>\n";
        let code = "```text\njust\n```\n";
        assert_eq!(problems("a.md", lines), []);
        assert_eq!(problems("a.md", code), []);
    }
}
