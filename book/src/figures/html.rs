//! HTML as it goes into Markdown.
//!
//! A figure is one line: a blank line would end it, and what follows
//! would be read as Markdown.

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
    let text = text.replace("\r\n", "\n");
    let mut html = String::new();
    for c in text.chars() {
        match c {
            '\n' | '\t' => html.push(c),
            _ => push(&mut html, c),
        }
    }
    html
}

/// The same, with the ends of lines as well.
pub fn bytes(text: &str) -> String {
    let mut html = String::new();
    for c in text.chars() {
        push(&mut html, c);
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
    let mut html = String::new();
    for line in text.split_inclusive('\n') {
        match line.strip_suffix("\r\n") {
            Some(line) => {
                html.push_str(&output(line));
                html.push_str("<i></i>\n");
            }
            None => html.push_str(&output(line)),
        }
    }
    html
}

fn push(html: &mut String, c: char) {
    if c.is_control() {
        let name = c.escape_default();
        let _ = write!(html, "<span class=\"control\">{name}</span>");
    } else {
        html.push_str(&escape(c.encode_utf8(&mut [0; 4])));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_one_line() {
        let html = figure("x", "y", &code("rust", "a\n\nb\n"));
        assert!(!html.contains('\n'), "{html}");
        assert!(html.contains("a&#10;&#10;b"), "{html}");
    }

    #[test]
    fn bytes_show_the_ends_of_lines() {
        let end = "<span class=\"control\">\\r</span>\
                   <span class=\"control\">\\n</span>\n";
        assert_eq!(bytes("a\r\n"), format!("a{end}"));
        assert_eq!(output("a\r\n"), "a\n");
        assert_eq!(
            output("\x1b[1m"),
            "<span class=\"control\">\\u{1b}</span>[1m"
        );
    }
}
