//! HTML as it goes into Markdown.
//!
//! A figure is one line: a blank line would end it, and what follows
//! would be read as Markdown.

use crate::run::bytes::{byte, has_bytes};
use std::fmt::Write;

pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// A block of text that keeps its lines. `inside` is HTML.
pub fn pre(class: &str, inside: &str) -> String {
    // The parser drops a line break right behind `<pre>`: code begins.
    let inside = inside.replace('\n', "&#10;");
    format!(
        "<pre class=\"{class}\"><code class=\"nohighlight\">\
         {inside}</code></pre>"
    )
}

/// Code that mdBook colors.
pub fn code(language: &str, text: &str) -> String {
    format!("<pre>{}</pre>", colored(language, text))
}

/// The same, for a block that has more in it.
pub fn colored(language: &str, text: &str) -> String {
    let text = lines(text);
    format!("<code class=\"language-{language}\">{text}</code>")
}

/// Text that keeps its lines.
pub fn lines(text: &str) -> String {
    escape(text).replace('\n', "&#10;")
}

/// A figure with a caption above it; both are HTML.
pub fn figure(class: &str, caption: &str, inside: &str) -> String {
    let caption = match caption {
        "" => String::new(),
        text => format!("<figcaption>{text}</figcaption>"),
    };
    format!("<figure class=\"{class}\">{caption}{inside}</figure>")
}

/// Text that came out of a program, with its invisible characters
/// made visible, bar the ends of its lines.
pub fn output(text: &str) -> String {
    lines_of_output(&text.replace("\r\n", "\n"), has_bytes(text))
}

fn lines_of_output(text: &str, is_binary: bool) -> String {
    let mut html = String::new();
    for c in text.chars() {
        match c {
            '\n' => html.push(c),
            '\t' if !is_binary => html.push(c),
            _ => push(&mut html, c, is_binary),
        }
    }
    html
}

/// The same, with the ends of lines as well.
pub fn bytes(text: &str) -> String {
    let is_binary = has_bytes(text);
    let mut html = String::new();
    for c in text.chars() {
        push(&mut html, c, is_binary);
        if c == '\n' {
            html.push(c);
        }
    }
    html
}

/// A message as the wire has it. The CR at the end of a line is marked
/// for the style sheet, which does not show it until it is asked to;
/// there are many, so the mark is short.
pub fn message(text: &str) -> String {
    let is_binary = has_bytes(text);
    let mut html = String::new();
    for line in text.split_inclusive('\n') {
        match line.strip_suffix("\r\n") {
            Some(line) => {
                html.push_str(&lines_of_output(line, is_binary));
                html.push_str("<i></i>\n");
            }
            None => html.push_str(&lines_of_output(line, is_binary)),
        }
    }
    html
}

/// What cannot be seen has a name: in text, that of the character;
/// beside bytes that are no text, its number, as theirs.
fn push(html: &mut String, c: char, is_binary: bool) {
    let number = byte(c).or_else(|| {
        let is_one = c.is_ascii_control() && !"\r\n".contains(c);
        (is_binary && is_one).then_some(c as u8)
    });
    let name = match number {
        Some(number) => format!("\\x{number:02x}"),
        None if c.is_control() => c.escape_default().to_string(),
        None => return html.push_str(&escape(&c.to_string())),
    };
    const END: &str = "</span>";
    // One mark for all that follow each other: there may be many.
    match html.ends_with(END) {
        true => html.truncate(html.len() - END.len()),
        false => html.push_str("<span class=\"control\">"),
    }
    let _ = write!(html, "{name}{END}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::bytes::to_text;

    #[test]
    fn a_figure_is_one_line() {
        let html = figure("x", "y", &code("rust", "a\n\nb\n"));
        assert!(!html.contains('\n'), "{html}");
        assert!(html.contains("a&#10;&#10;b"), "{html}");
    }

    #[test]
    fn bytes_that_are_no_text_have_their_numbers() {
        let control = |name: &str| {
            format!("<span class=\"control\">{name}</span>")
        };
        let all = |names: &[&str]| control(&names.concat());
        let gzip = to_text(b"\x1f\x8b\x08\t<");
        let names = all(&[r"\x1f", r"\x8b", r"\x08", r"\x09"]);
        assert_eq!(output(&gzip), format!("{names}&lt;"));
        let shown = message(&format!("a\t\r\n\r\n\x1b{gzip}\r"));
        let [tab, end] = [r"\x09", r"\r"].map(control);
        let names = all(&[r"\x1b", r"\x1f", r"\x8b", r"\x08", r"\x09"]);
        let wanted =
            format!("a{tab}<i></i>\n<i></i>\n{names}&lt;{end}");
        assert_eq!(shown, wanted);
        // In a text, they are characters.
        assert_eq!(
            message("\t\x1f"),
            format!("\t{}", control(r"\u{1f}"))
        );
        // So is one that is not ASCII, everywhere.
        let next = all(&[r"\u{85}", r"\xe9"]);
        assert_eq!(output(&to_text(b"\xc2\x85\xe9")), next);
    }

    #[test]
    fn bytes_show_the_ends_of_lines() {
        let end = "<span class=\"control\">\\r\\n</span>\n";
        assert_eq!(bytes("a\r\n"), format!("a{end}"));
        assert_eq!(output("a\r\n"), "a\n");
        assert_eq!(
            output("\x1b[1m"),
            "<span class=\"control\">\\u{1b}</span>[1m"
        );
    }
}
