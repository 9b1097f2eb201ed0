//! What is said of one failure, whoever it is said to.

use super::frames::{Frame, absolute, excerpt, function, is_edited};
use super::request;
use crate::diagnostics::{Notes, Trace, Value};
use crate::error::causes;
use crate::{Environ, Error, exchange};
use std::fmt;

/// A failure.
#[derive(Debug)]
pub struct Report {
    /// Its number in this process.
    pub number: usize,
    /// The request and the error, in a line each.
    pub title: String,
    pub error: String,
    pub sections: Vec<Section>,
    /// The request, as it can be sent again.
    pub request: Vec<u8>,
    /// Is its body all there?
    pub is_whole: bool,
}

/// A part of it.
#[derive(Debug, Default)]
pub struct Section {
    pub title: String,
    pub lines: Vec<String>,
    /// The line that is meant, among these.
    pub marked: Option<usize>,
    /// The file, line and column that it is about.
    pub place: Option<Place>,
    pub shown: Shown,
}

/// A file, a line and a column.
pub type Place = (String, u32, u32);

/// How much of a section is shown before somebody asks.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    #[default]
    All,
    Title,
    /// The title, even in a text: there are secrets in it.
    Covered,
}

impl Report {
    pub fn new(
        error: &Error,
        notes: &Notes,
        environ: &Environ,
    ) -> Self {
        let mut all = causes(&**error).map(ToString::to_string);
        let first = all.next().unwrap_or_default();
        let mut sections = vec![Section::new("Because of", all)];
        match &error.trace {
            Some(trace) => sections.extend(way(trace, notes)),
            None => {
                let at = error.location();
                let at = (at.file().into(), at.line(), at.column());
                sections.push(Section::of_place("It began here", at));
            }
        }
        let log = notes.log.lines().map(String::from);
        sections.push(Section::new("In the log", log));
        sections.extend(of_request(notes));
        sections.retain(|s| !s.lines.is_empty());
        Self {
            number: 0,
            title: exchange::request(environ),
            error: first,
            sections,
            request: request::written(&notes.variables, &notes.input),
            is_whole: notes.is_whole,
        }
    }
}

impl fmt::Display for Report {
    /// The report as text, without what is covered.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.title, self.error)?;
        for section in &self.sections {
            writeln!(f, "\n{}", section.title)?;
            let covered = ["(covered)".to_string()];
            let lines = match section.shown {
                Shown::Covered => &covered[..],
                _ => &section.lines,
            };
            for (at, line) in lines.iter().enumerate() {
                let is_marked = section.marked == Some(at);
                let mark = if is_marked { '>' } else { ' ' };
                writeln!(f, "{mark} {line}")?;
            }
        }
        Ok(())
    }
}

impl Section {
    fn new(
        title: impl Into<String>,
        lines: impl IntoIterator<Item = String>,
    ) -> Self {
        let (title, lines) = (title.into(), Vec::from_iter(lines));
        Self { title, lines, ..Self::default() }
    }

    /// The source around a place.
    fn of_place(what: &str, place: Place) -> Self {
        let (file, line, column) = &place;
        let path = absolute(file);
        let mut title = format!("{what}: {file}:{line}:{column}");
        if is_edited(&path) {
            title += ", edited since this program was built";
        }
        let lines = excerpt(&path, *line).unwrap_or_else(|why| {
            vec![format!("The source is not shown: {why}")]
        });
        let number = format!("{line:4}  ");
        let marked = lines.iter().position(|l| l.starts_with(&number));
        let place = Some((path, *line, *column));
        Self { title, lines, marked, place, ..Self::default() }
    }
}

/// The place where it began, and the functions of the program on the
/// way there, each with the values that were noted in it.
fn way(trace: &Trace, notes: &Notes) -> Vec<Section> {
    let frames = Frame::of(trace);
    let mut values: Vec<&Value> = notes.values.iter().collect();
    let place = (trace.file.clone(), trace.line, trace.column);
    let mut sections = vec![Section::of_place("It began here", place)];
    for frame in frames.iter().filter(|frame| frame.is_ours()) {
        let is_of = |value: &&Value| {
            frame.file.ends_with(value.file)
                && frame.function() == function(value.function)
        };
        let (here, others) = values.into_iter().partition(is_of);
        values = others;
        let here: Vec<&Value> = here;
        let (line, column) = frame.place;
        let is_first =
            line == trace.line && frame.file.ends_with(&trace.file);
        if !is_first {
            let place = (frame.file.clone(), line, column);
            let what = format!("On the way, in {}", frame.name);
            sections.push(Section::of_place(&what, place));
        }
        if let Some(section) = sections.last_mut() {
            section.lines.extend(here.iter().map(|v| v.line()));
        }
    }
    let others = values.iter().map(|value| {
        format!("{}:{}: {}", value.file, value.line, value.line())
    });
    sections.push(Section::new("Values", others));
    let outermost = frames.iter().rev();
    let passed: Vec<_> =
        outermost.filter_map(|f| f.middleware()).collect();
    let mut passed: Vec<_> =
        passed.into_iter().map(String::from).collect();
    passed.dedup();
    sections.push(Section::new("Middleware on the way", passed));
    let all = frames.iter().map(|frame| {
        let (line, column) = frame.place;
        format!("{} at {}:{line}:{column}", frame.name, frame.file)
    });
    let title = format!("All {} functions on the way", frames.len());
    let mut all = Section::new(title, all);
    all.shown = Shown::Title;
    sections.push(all);
    sections
}

/// The variables, and what came of the body.
fn of_request(notes: &Notes) -> Vec<Section> {
    let mut environ = Environ::new();
    environ.restore(notes.variables.clone());
    let variables = environ.variables().into_iter();
    let variables = variables
        .map(|(name, value)| (name, String::from_utf8_lossy(value)));
    let (covered, plain): (Vec<_>, Vec<_>) = variables
        .partition(|(name, value)| is_secret(name) || is_secret(value));
    let line = |(name, value)| format!("{name} = {value}");
    let covered =
        Section::new("Covered", covered.into_iter().map(line));
    let plain =
        Section::new("The environ", plain.into_iter().map(line));
    let input = String::from_utf8_lossy(&notes.input);
    let title = format!(
        "The input: {} of {} bytes were read",
        notes.read,
        notes.input.len(),
    );
    let is_covered = is_secret(&input);
    let input = Section::new(title, input.lines().map(String::from));
    let shown = |is_covered| match is_covered {
        true => Shown::Covered,
        false => Shown::All,
    };
    vec![
        Section { shown: shown(is_covered), ..input },
        Section { shown: Shown::Title, ..plain },
        Section { shown: Shown::Covered, ..covered },
    ]
}

/// Does a name or a text speak of what nobody else should see?
fn is_secret(text: &str) -> bool {
    const WORDS: [&str; 8] = [
        "API_KEY",
        "AUTHORIZATION",
        "COOKIE",
        "CREDENTIAL",
        "PASSW",
        "PRIVATE",
        "SECRET",
        "TOKEN",
    ];
    let text = text.to_ascii_uppercase().replace('-', "_");
    WORDS.iter().any(|word| text.contains(word))
}
