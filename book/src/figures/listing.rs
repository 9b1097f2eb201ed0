//! `listing`: an item of a source file.

use crate::code::item::Lines;
use crate::code::source::Source;
use crate::figures::around::{self, Around};
use crate::figures::context::Context;
use crate::figures::figure::Figure;
use crate::figures::html;
use crate::figures::places::is_files;

/// The widest line that fits a page and a phone.
pub const WIDTH: usize = 72;

/// What a listing prints.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listing {
    pub path: String,
    /// The item, or nothing for the whole file.
    pub item: Option<String>,
    /// Whether `///` comments are printed too.
    pub docs: bool,
    pub from: Option<String>,
    pub to: Option<String>,
}

impl Listing {
    pub fn parse(info: &str, body: &[&str]) -> Result<Self, String> {
        let (info, docs) = match info.strip_suffix("+docs") {
            Some(info) => (info.trim_end(), true),
            None => (info, false),
        };
        let (path, item) = match info.split_once(' ') {
            Some((path, item)) => (path, Some(item.trim().to_string())),
            None => (info, None),
        };
        if path.is_empty() {
            return Err("no file; write `listing PATH ITEM`".into());
        }
        let path = path.to_string();
        let mut listing = Self { path, item, docs, ..Self::default() };
        for line in body.iter().filter(|l| !l.trim().is_empty()) {
            match line.trim().split_once(": ") {
                Some(("from", text)) => {
                    listing.from = Some(text.into())
                }
                Some(("to", text)) => listing.to = Some(text.into()),
                _ => {
                    return Err(format!(
                        "`{line}` is neither `from: TEXT` nor `to: TEXT`; \
                         the code itself comes from {}",
                        listing.path
                    ));
                }
            }
        }
        Ok(listing)
    }

    /// All of a file.
    pub fn is_whole(&self) -> bool {
        let parts = [&self.item, &self.from, &self.to];
        parts.iter().all(|part| part.is_none())
    }

    /// Where the lines are from, with a link to all of the file.
    fn caption(&self, context: &Context, lines: &Lines) -> String {
        let path = html::escape(&self.path);
        let page = context.page();
        let path = match context.places.file(&page, &self.path, lines) {
            Some(link) => format!("<a href=\"{link}\">{path}</a>"),
            None => format!("<b>{path}</b>"),
        };
        let item = match self.item.as_deref() {
            None => String::new(),
            Some(item) => format!(" <b>{}</b>", html::escape(item)),
        };
        let ranges = ranges(lines);
        format!("{path}{item} <i>{ranges}</i>")
    }

    /// What the caption or the file's page can lead to.
    fn anchor(&self, context: &Context, lines: &Lines) -> String {
        let (page, path) = (context.page(), &self.path);
        let id = match context.places.files().get(path) {
            Some(file) if *file == page => context.anchor(path, None),
            Some(_) => context.anchor(path, lines.first()),
            None => String::new(),
        };
        match id.as_str() {
            "" => String::new(),
            id => format!("\" id=\"{id}"),
        }
    }

    /// The lines that are printed.
    pub fn lines(&self, source: &Source) -> Result<Lines, String> {
        let mut lines = match (&self.item, &source.items) {
            (None, _) => source.all_lines(),
            (Some(item), Some(items)) => items
                .find(item)
                .map_err(|e| format!("{} {e}", self.path))?,
            (Some(item), None) => {
                return Err(format!(
                    "{} has no items that are known; leave out `{item}`",
                    self.path
                ));
            }
        };
        if !self.docs {
            lines.retain(|line| !source.docs.contains(line));
        }
        self.narrow(source, &mut lines)?;
        trim(source, &mut lines);
        Ok(lines)
    }

    /// What is printed of a file.
    pub fn text(&self, source: &Source) -> Result<String, String> {
        let lines = self.lines(source)?;
        Ok(print(source, &lines, indent(source, &lines)))
    }

    /// Whether the `impl` is shown that these lines are in.
    fn is_framed(
        &self,
        context: &Context,
        source: &Source,
        lines: &Lines,
    ) -> bool {
        let is_part = self.from.is_some() || self.to.is_some();
        let frame = around::frame(source, lines);
        let is_wanted = frame.is_some_and(|frame| {
            is_part || around::is_telling(source, frame)
        });
        let line = frame.map(|frame| frame.open);
        context.enters(&self.path, line, is_wanted)
    }

    /// What `check` does not let pass.
    fn faults(
        &self,
        source: &Source,
        lines: &Lines,
        shown: &Lines,
    ) -> Vec<String> {
        let path = &self.path;
        let wide = shown.iter().filter_map(|line| {
            let text = source.line(*line);
            let width = text.chars().count();
            (width > WIDTH).then(|| {
                let text = text.trim();
                format!(
                    "listing: a line of {path} is {width} columns wide; \
                     make it {WIDTH} at most: {text}"
                )
            })
        });
        let mut faults: Vec<String> = wide.collect();
        if source.rust.is_some() {
            let fault = around::fault(source, shown, lines);
            let said = |why| format!("listing of {path}: {why}");
            faults.extend(fault.map(said));
        }
        faults
    }

    /// Keeps what stands between `from` and `to`.
    fn narrow(
        &self,
        source: &Source,
        lines: &mut Lines,
    ) -> Result<(), String> {
        let begins = |line: &usize, text: &str| {
            source.line(*line).trim().starts_with(text)
        };
        let missing = |key: &str, text: &str| {
            let item = self.item.as_deref().unwrap_or("the file");
            format!(
                "{}: no line of {item} starts with `{text}` ({key}); \
                 it prints:\n{}",
                self.path,
                print(source, lines, indent(source, lines))
            )
        };
        let mut first = lines.first().copied().unwrap_or(1);
        let mut last = lines.last().copied().unwrap_or(1);
        if let Some(text) = &self.from {
            let found = lines.iter().find(|line| begins(line, text));
            first = *found.ok_or_else(|| missing("from", text))?;
            last = first;
        }
        if let Some(text) = &self.to {
            let mut after = lines.range(first..);
            let found = after.find(|line| begins(line, text));
            last = *found.ok_or_else(|| missing("to", text))?;
        }
        lines.retain(|line| (first..=last).contains(line));
        Ok(())
    }
}

impl Figure for Listing {
    fn render(
        &self,
        context: &Context,
        _printed: &[String],
    ) -> Result<String, String> {
        let source = context.source(&self.path)?;
        let lines = self.lines(&source)?;
        let framed = self.is_framed(context, &source, &lines);
        let around = Around::of(&source, &lines, framed);
        let shown = around.with(&lines);
        for fault in self.faults(&source, &lines, &shown) {
            context.advise(fault);
        }
        context.print(&self.path, &lines);
        let indent = indent(&source, &shown);
        let (before, after) = around.text(&source, &lines, indent);
        let text = print(&source, &lines, indent);
        let code = html::colored(language(&self.path), &text);
        let is_file = is_files(&context.page()) && self.is_whole();
        let marks = match is_file {
            true => context.places.marks(&self.path, &source, &lines),
            false => String::new(),
        };
        let (before, after) = (dimmed(&before), dimmed(&after));
        let pre = format!("<pre>{before}{code}{after}{marks}</pre>");
        let class = format!("listing{}", self.anchor(context, &lines));
        let caption = self.caption(context, &lines);
        Ok(html::figure(&class, &caption, &pre))
    }

    fn listing(&self) -> Option<&Listing> {
        Some(self)
    }
}

/// What stands around a listing's lines.
fn dimmed(text: &str) -> String {
    match text {
        "" => String::new(),
        text => format!("<span>{}</span>", html::lines(text)),
    }
}

/// Drops blank lines at both ends.
fn trim(source: &Source, lines: &mut Lines) {
    let is_blank = |line: usize| source.line(line).trim().is_empty();
    while lines.first().is_some_and(|line| is_blank(*line)) {
        lines.pop_first();
    }
    while lines.last().is_some_and(|line| is_blank(*line)) {
        lines.pop_last();
    }
}

/// The indent that all of these lines have.
fn indent(source: &Source, lines: &Lines) -> usize {
    let texts = lines.iter().map(|line| source.line(*line));
    let texts = texts.filter(|line| !line.trim().is_empty());
    texts.map(around::indent).min().unwrap_or(0)
}

/// The text of lines, without an indent of so many columns.
fn print(source: &Source, lines: &Lines, indent: usize) -> String {
    let dedent =
        |line: &usize| source.line(*line).get(indent..).unwrap_or("");
    lines.iter().map(|l| format!("{}\n", dedent(l))).collect()
}

/// `line 3`, `lines 3–5, 9`.
fn ranges(lines: &Lines) -> String {
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    for &line in lines {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == line => *last = line,
            _ => ranges.push((line, line)),
        }
    }
    // Where many comments are left out, the first and the last tell
    // where to look.
    if let [(first, _), _, .., (_, last)] = ranges[..] {
        ranges = vec![(first, last)];
    }
    let range = |&(first, last): &(usize, usize)| match first == last {
        true => first.to_string(),
        false => format!("{first}–{last}"),
    };
    let all: Vec<String> = ranges.iter().map(range).collect();
    let noun = if lines.len() == 1 { "line" } else { "lines" };
    format!("{noun} {}", all.join(", "))
}

/// What mdBook's highlighter calls a file's language.
pub fn language(path: &str) -> &str {
    match path.rsplit('.').next().unwrap_or_default() {
        "rs" => "rust",
        "py" => "python",
        "sh" => "bash",
        "html" => "xml",
        "toml" | "lock" => "toml",
        "c" | "css" | "js" | "json" => {
            path.rsplit('.').next().unwrap_or("")
        }
        _ => "text",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
impl Log {
    /// Opens.
    fn open() {
        let a = 1;
        let b = 2;
        b
    }
}
";

    fn listing(body: &[&str]) -> Result<(String, String), String> {
        let source = Source::parse("a.rs", TEXT.into()).unwrap();
        let listing = Listing::parse("a.rs Log::open", body)?;
        let lines = listing.lines(&source)?;
        let indent = indent(&source, &lines);
        Ok((print(&source, &lines, indent), ranges(&lines)))
    }

    #[test]
    fn an_item_is_printed_without_its_docs_and_its_indent() {
        let (text, lines) = listing(&[]).unwrap();
        assert!(text.starts_with("fn open() {\n    let a"), "{text}");
        assert_eq!(lines, "lines 3–7");
    }

    #[test]
    fn an_item_may_be_of_python() {
        let text = "import os\n\ndef f():\n    pass\n\nx = 1\n";
        let source = Source::parse("a.py", text.into()).unwrap();
        let listing = Listing::parse("a.py f", &[]).unwrap();
        let text = listing.text(&source).unwrap();
        assert_eq!(text, "def f():\n    pass\n");
        assert_eq!(language(&listing.path), "python");
    }

    #[test]
    fn docs_are_printed_when_asked_for() {
        let source = Source::parse("a.rs", TEXT.into()).unwrap();
        let listing = Listing::parse("a.rs Log::open +docs", &[]);
        let lines = listing.unwrap().lines(&source).unwrap();
        assert_eq!(lines.first(), Some(&2));
    }

    #[test]
    fn from_and_to_narrow_it() {
        let (text, lines) = listing(&["from: let a"]).unwrap();
        assert_eq!((&*text, &*lines), ("let a = 1;\n", "line 4"));
        let (text, lines) =
            listing(&["from: let a", "to: let b"]).unwrap();
        assert_eq!(text, "let a = 1;\nlet b = 2;\n");
        assert_eq!(lines, "lines 4–5");
    }

    #[test]
    fn a_line_that_is_not_there_is_an_error() {
        let error = listing(&["from: let c"]).unwrap_err();
        let begin =
            "a.rs: no line of Log::open starts with `let c` (from)";
        assert!(error.starts_with(begin), "{error}");
    }

    #[test]
    fn code_in_the_markdown_is_an_error() {
        let error = listing(&["fn open() {}"]).unwrap_err();
        assert!(error.contains("comes from a.rs"), "{error}");
    }
}
