//! A page of Markdown, cut into lines of prose and fenced blocks.
//!
//! mdBook's own parser does not say on which line a block stands, and
//! an error that does not is of little use.

/// A piece of a page, in order.
#[derive(Debug, PartialEq)]
pub enum Part<'a> {
    /// A line outside of fences.
    Text { line: usize, text: &'a str },
    /// A fenced code block.
    Block(Fence<'a>),
}

/// A fenced code block.
#[derive(Debug, PartialEq)]
pub struct Fence<'a> {
    /// The line of the opening fence, from 1.
    pub line: usize,
    pub indent: &'a str,
    /// What stands behind the opening fence.
    pub info: &'a str,
    pub body: Vec<&'a str>,
    /// The block as it stands in the page, fences included.
    pub source: Vec<&'a str>,
}

pub fn parts(page: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut lines = page.lines().enumerate();
    while let Some((index, text)) = lines.next() {
        let line = index + 1;
        let Some((indent, marker, info)) = opening(text) else {
            parts.push(Part::Text { line, text });
            continue;
        };
        let mut source = vec![text];
        let mut body = Vec::new();
        for (_, text) in lines.by_ref() {
            source.push(text);
            if closes(text, marker) {
                break;
            }
            body.push(text.strip_prefix(indent).unwrap_or(text));
        }
        parts.push(Part::Block(Fence {
            line,
            indent,
            info,
            body,
            source,
        }));
    }
    parts
}

/// The indent, the fence and the info string of an opening fence.
fn opening(line: &str) -> Option<(&str, &str, &str)> {
    let rest = line.trim_start();
    let indent = &line[..line.len() - rest.len()];
    let fence = rest.chars().next().filter(|c| "`~".contains(*c))?;
    let info = rest.trim_start_matches(fence);
    let marker = &rest[..rest.len() - info.len()];
    let is_code_span = fence == '`' && info.contains('`');
    (marker.len() >= 3 && !is_code_span).then_some((
        indent,
        marker,
        info.trim(),
    ))
}

fn closes(line: &str, marker: &str) -> bool {
    let line = line.trim();
    line.starts_with(marker)
        && line.trim_start_matches(&marker[..1]).is_empty()
}

/// The byte ranges of a line's prose: what is not in a code span.
pub fn outside_code(line: &str) -> Vec<std::ops::Range<usize>> {
    let mut prose = Vec::new();
    let mut at = 0;
    while let Some(open) = line[at..].find('`').map(|i| at + i) {
        let rest = line[open..].trim_start_matches('`');
        let ticks = &line[open..line.len() - rest.len()];
        let code = open + ticks.len();
        prose.push(at..open);
        // A run of back quotes that nothing closes is prose.
        at = match line[code..].find(ticks) {
            Some(length) => code + length + ticks.len(),
            None => code,
        };
    }
    prose.push(at..line.len());
    prose
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_knows_its_line_and_its_body() {
        let page = "one\n\n```listing a.rs b\nfrom: x\n```\ntwo\n";
        let parts = parts(page);
        let Part::Block(block) = &parts[2] else {
            panic!("{parts:?}");
        };
        assert_eq!(block.line, 3);
        assert_eq!(block.info, "listing a.rs b");
        assert_eq!(block.body, ["from: x"]);
        assert_eq!(parts[3], Part::Text { line: 6, text: "two" });
    }

    #[test]
    fn a_longer_fence_holds_shorter_ones() {
        let page = "````text\n```listing a\n```\n````\nafter";
        let parts = parts(page);
        assert_eq!(parts.len(), 2);
        let Part::Block(block) = &parts[0] else {
            panic!("{parts:?}");
        };
        assert_eq!(block.body, ["```listing a", "```"]);
    }

    #[test]
    fn an_indented_block_is_dedented() {
        let parts = parts("- item\n\n  ```console\n  $ ls\n  ```\n");
        let Part::Block(block) = &parts[2] else {
            panic!("{parts:?}");
        };
        assert_eq!((block.indent, block.body[0]), ("  ", "$ ls"));
    }

    #[test]
    fn code_spans_are_not_prose() {
        let line = "say `{{debts}}` or ``a`b`` and go";
        let prose: Vec<_> =
            outside_code(line).into_iter().map(|r| &line[r]).collect();
        assert_eq!(prose, ["say ", " or ", " and go"]);
    }
}
