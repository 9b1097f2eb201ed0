//! A report in HTML.

use crate::middleware::guard::escape;
use crate::trace::absolute;
use std::{collections::HashSet, env};

/// A report's first line, and all others: what is wrong, if that has
/// more lines, titles, and lines of which one is marked. What need not
/// be read is folded.
pub(super) fn sections(report: &str) -> (&str, String) {
    let (title, lines) = report.split_once('\n').unwrap_or_default();
    let (mut html, mut end) = (String::new(), "");
    for line in lines.lines().filter(|line| !line.is_empty()) {
        let text = escape(line);
        if line.starts_with(' ') && end.is_empty() {
            (html, end) = (PRE.into(), "</pre>\n");
        }
        if line.starts_with("> ") {
            html += &format!("<mark>{text}</mark>\n");
        } else if line.starts_with(' ') {
            html += &(linked(line).unwrap_or(text) + "\n");
        } else if let Some(title) = text.strip_suffix(" …") {
            html += &format!(
                "{end}<details><summary>{title}</summary>{PRE}"
            );
            end = "</pre></details>\n";
        } else {
            html += &format!("{end}<h2>{text}</h2>\n{PRE}");
            end = "</pre>\n";
        }
    }
    (title, html + end)
}

/// It scrolls, so the keyboard has to come to it.
const PRE: &str = "<pre tabindex=\"0\">";

/// A place, as a link that opens it in the editor, if there is one.
fn linked(line: &str) -> Option<String> {
    let template = env::var("GATEWAY_EDITOR").ok()?;
    let mut parts = line.trim().rsplitn(3, ':');
    let (column, number) = (parts.next()?, parts.next()?);
    let file = absolute(parts.next()?);
    let link = template
        .replace("{file}", file.to_str().filter(|_| file.is_file())?)
        .replace("{line}", number)
        .replace("{column}", column);
    Some(format!("<a href=\"{}\">{}</a>", escape(&link), escape(line)))
}

/// What was said the last time beside what is said now. What only one
/// of them says is marked.
pub(super) fn beside(last: &str, now: &str) -> String {
    let column = |title: &str, text: &str, other: &str| {
        let other: HashSet<_> = other.lines().collect();
        let mark = |line| match other.contains(line) {
            true => escape(line) + "\n",
            false => format!("<mark>{}</mark>\n", escape(line)),
        };
        let lines: String = text.lines().map(mark).collect();
        format!("<section><h2>{title}</h2>{PRE}{lines}</pre></section>")
    };
    let last_time = column("Last time", last, now);
    format!("<div>{last_time}{}</div>", column("Now", now, last))
}

/// The form that sends a request again, as it was or edited.
pub(super) fn form(path: &str, request: &str, last: &str) -> String {
    let [path, request, last] = [path, request, last].map(escape);
    format!(include_str!("form.html"), path, last, request)
}

pub(super) fn link(path: &str, text: &str) -> String {
    format!("<p><a href=\"{}\">{}</a>\n", escape(path), escape(text))
}
