//! What is said of one failure, as text: titles, and under each lines
//! that are indented. What ends with `…` need not be read at first.

use crate::diagnostics::Notes;
use crate::error::{SHOWN, causes, said};
use crate::error_log::harmless;
use crate::middleware::guard::covered;
use crate::trace::{Trace, nearby, source, source_of_panic};
use crate::{Environ, Error, exchange};
use std::mem;

/// The report of a failure. Its first line is the request and what is
/// wrong.
pub(super) fn report(
    error: &Error,
    notes: &Notes,
    environ: &Environ,
) -> String {
    let mut all = causes(&**error).map(|cause| said(cause, SHOWN));
    let what = all.next().unwrap_or_default().replace('\n', "\n  ");
    let mut text = format!("{}: {what}\n", exchange::request(environ));
    section(&mut text, "Because of", all);
    if let Some(source) = source_of_panic(&notes.log) {
        text += &format!("\nThe program panicked at\n{source}");
    }
    match &error.trace {
        Some(trace) => way(trace, &mut text),
        None => began(&error.location().to_string(), &mut text),
    }
    section(&mut text, "Values", &notes.values);
    section(&mut text, "In the log", notes.log.lines());
    let input = String::from_utf8_lossy(&notes.input);
    let (read, length) = (notes.read, notes.input.len());
    let title = format!("The input, {read} of {length} bytes read");
    section(&mut text, &title, covered("", &input).lines());
    let variables = environ.variables().into_iter();
    let variables = variables.map(|(name, value)| {
        let value = String::from_utf8_lossy(value);
        format!("{name} = {}", covered(name, &value))
    });
    section(&mut text, "The environ …", variables);
    let lines = text.lines().map(|l| harmless(l.as_bytes()) + "\n");
    lines.collect()
}

/// Adds what has a title, if there is something to say.
fn section<T: AsRef<str>>(
    text: &mut String,
    title: &str,
    lines: impl IntoIterator<Item = T>,
) {
    let mut title = format!("\n{title}\n");
    for line in lines {
        *text += &mem::take(&mut title);
        let line = line.as_ref().replace('\n', "\n  ");
        *text += &format!("  {line}\n");
    }
}

fn began(place: &str, text: &mut String) {
    *text += &format!("\nIt began at\n{}", source(place));
}

/// Adds the place where it began, and the functions on the way there:
/// of the program itself with their source, of middleware by its name.
fn way(trace: &Trace, text: &mut String) {
    const LIBRARY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/");
    const THEIRS: &str =
        "/rustc/ /rust/deps/ /rustlib/ /registry/src/ /git/checkouts/";
    let frames = trace.frames();
    began(trace.began(&frames), text);
    let (here, _) = trace.place.rsplit_once(':').unwrap_or_default();
    let (mut passed, mut all) = (Vec::new(), Vec::new());
    for (name, place) in frames {
        let file = place.strip_prefix(LIBRARY).unwrap_or_default();
        if file.starts_with("exchange") && !passed.is_empty() {
            break; // what has called it is a server
        }
        if let Some(file) = file.strip_prefix("middleware/") {
            let end = file.find(['/', '.']).unwrap_or(file.len());
            passed.push(file[..end].to_string());
        }
        let is_here = place.contains(&format!("{here}:"));
        let mut theirs = THEIRS.split(' ').chain([LIBRARY]);
        let is_theirs = theirs.any(|t| place.contains(t));
        if place.starts_with('/') && !is_theirs && !is_here {
            let source = source(&place);
            *text += &format!("\nOn the way, in {name} …\n{source}");
        }
        all.push(format!("{name}, {}", nearby(&place)));
    }
    passed.dedup();
    section(text, "Middleware on the way, the inmost first", passed);
    section(text, "All functions on the way …", all);
}
