//! What was printed for a figure, as a file has it for people to read.
//!
//! ```text
//! > exchange ch01
//! > GET /cgi-bin/ch01 HTTP/1.1
//! >
//! answer
//! | HTTP/1.1 200 OK␍
//! log
//! ```
//!
//! First the directive, then each text that came of it, below its name.
//! A character that cannot be seen, and a space at a line's end, are
//! written as Unicode's picture of it; a byte that is not part of UTF-8
//! as its number, behind another picture. A text whose last line has no
//! end says so, as `diff` does.

use crate::run::bytes;
use std::fmt;
use std::str::Chars;

#[derive(Clone, Debug, PartialEq)]
pub struct Transcript {
    /// The block in the Markdown that asks for it.
    pub directive: String,
    pub texts: Vec<Text>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// What it is: `output`, `answer`, `log`.
    pub name: String,
    pub text: String,
}

/// What stands below a last line without an end.
const NO_END: &str = "\\ no line end";

/// The pictures of what cannot be seen begin here, with NUL's.
const PICTURES: u32 = 0x2400;

/// The picture of a space.
const SPACE: char = '␠';

/// What stands before a picture that was printed as such, and before
/// the two digits of a byte.
const LITERAL: char = '␦';

impl Transcript {
    pub fn printed(&self) -> Vec<String> {
        self.texts.iter().map(|text| text.text.clone()).collect()
    }

    /// The texts as the file has them.
    pub fn shown(&self) -> String {
        let mut shown = String::new();
        for Text { name, text } in &self.texts {
            shown.push_str(name);
            shown.push('\n');
            for line in text.split_inclusive('\n') {
                let line = line.strip_suffix('\n').unwrap_or(line);
                shown.push_str(&marked('|', line));
                shown.push('\n');
            }
            if !text.is_empty() && !text.ends_with('\n') {
                shown.push_str(NO_END);
                shown.push('\n');
            }
        }
        shown
    }
}

impl fmt::Display for Transcript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in self.directive.split('\n') {
            writeln!(f, "{}", marked('>', line))?;
        }
        f.write_str(&self.shown())
    }
}

/// The transcripts of a file, each with the number of its first line.
pub fn parse(file: &str) -> Vec<(usize, Transcript)> {
    let mut all: Vec<(usize, Transcript)> = Vec::new();
    for (index, line) in file.lines().enumerate() {
        let last = all.last_mut().map(|(_, last)| last);
        let (mark, rest) = line.split_at(line.len().min(1));
        let rest = || original(rest.strip_prefix(' ').unwrap_or(rest));
        match (mark, last) {
            ("" | "#", _) => {}
            (">", Some(last)) if last.texts.is_empty() => {
                last.directive.push('\n');
                last.directive.push_str(&rest());
            }
            (">", _) => {
                let directive = rest();
                let texts = Vec::new();
                let new = Transcript { directive, texts };
                all.push((index + 1, new));
            }
            ("|", Some(Transcript { texts, .. })) => {
                if let Some(Text { text, .. }) = texts.last_mut() {
                    text.push_str(&rest());
                    text.push('\n');
                }
            }
            ("\\", Some(Transcript { texts, .. })) => {
                if let Some(Text { text, .. }) = texts.last_mut() {
                    text.pop();
                }
            }
            (_, Some(Transcript { texts, .. })) => {
                let (name, text) = (line.into(), String::new());
                texts.push(Text { name, text });
            }
            // Before the first directive, nothing is meant.
            (_, None) => {}
        }
    }
    all
}

/// A line behind its mark.
fn marked(mark: char, line: &str) -> String {
    let mut marked = String::from(mark);
    if !line.is_empty() {
        marked.push(' ');
        marked.push_str(&seen(line));
    }
    marked
}

/// A line whose characters can be seen.
fn seen(line: &str) -> String {
    let is_picture = |c: char| ('\u{2400}'..=LITERAL).contains(&c);
    let mut seen = String::new();
    for c in line.chars() {
        match c {
            '\t' => seen.push(c),
            c if c.is_ascii_control() => seen.push(picture(c)),
            c if is_picture(c) => {
                seen.push(LITERAL);
                seen.push(c);
            }
            c => match bytes::byte(c) {
                Some(byte) => seen += &format!("{LITERAL}{byte:02x}"),
                None => seen.push(c),
            },
        }
    }
    if seen.ends_with(' ') {
        seen.pop();
        seen.push(SPACE);
    }
    seen
}

/// The picture of an ASCII control character.
fn picture(control: char) -> char {
    let number = match control {
        '\x7f' => 0x21,
        control => control as u32,
    };
    char::from_u32(PICTURES + number).unwrap_or(control)
}

/// The line that is seen so.
fn original(seen: &str) -> String {
    let mut original = String::new();
    let mut chars = seen.chars();
    while let Some(c) = chars.next() {
        let number = (c as u32).wrapping_sub(PICTURES);
        original.push(match c {
            LITERAL => literal(&mut chars),
            '␡' => '\x7f',
            _ if number <= 0x20 => char::from(number as u8),
            c => c,
        });
    }
    original
}

/// What is behind that picture.
fn literal(rest: &mut Chars<'_>) -> char {
    let digits = rest.as_str().get(..2);
    let byte = digits.and_then(|two| u8::from_str_radix(two, 16).ok());
    if let Some(byte) = byte {
        rest.nth(1);
        return bytes::character(byte);
    }
    rest.next().unwrap_or(LITERAL)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::to_text;

    fn transcript(
        directive: &str,
        texts: &[(&str, &str)],
    ) -> Transcript {
        let text = |&(name, text): &(&str, &str)| Text {
            name: name.into(),
            text: text.into(),
        };
        Transcript {
            directive: directive.into(),
            texts: texts.iter().map(text).collect(),
        }
    }

    #[test]
    fn a_transcript_can_be_read() {
        let exchange = transcript(
            "exchange ch01\nGET / HTTP/1.1\n\na=1 ",
            &[("answer", "HTTP/1.1 200 OK\r\n\r\nhi"), ("log", "")],
        );
        let text = "> exchange ch01\n> GET / HTTP/1.1\n>\n> a=1␠\n\
                    answer\n| HTTP/1.1 200 OK␍\n| ␍\n| hi\n\
                    \\ no line end\nlog\n";
        assert_eq!(exchange.to_string(), text);
        assert_eq!(parse(text), [(1, exchange)]);
    }

    #[test]
    fn a_byte_that_is_no_text_can_be_read() {
        let gzip = to_text(b"\x1f\x8b\x08\0\xe9\n\xff8b \n");
        let all = transcript("exchange ch01", &[("answer", &gzip)]);
        let text = "> exchange ch01\nanswer\n\
                    | ␟␦8b␈␀␦e9\n| ␦ff8b␠\n";
        assert_eq!(all.to_string(), text);
        assert_eq!(parse(text), [(1, all)]);
    }

    #[test]
    fn whatever_is_printed_comes_back() {
        let bytes: Vec<u8> = (0..=255).rev().collect();
        for text in [
            &*to_text(&bytes),
            &to_text("␦8b\u{ef80}␦".as_bytes()),
            "␦8b ␦",
            "",
            "\n",
            "\n\n",
            " \n",
            "a",
            "a\n ",
            "\r\n\r",
            "\0\t\x1b[1m\x7f\n",
            "> a\n| b\n# c\n\\ d\nname\n",
            "é ␍ ␦ ␠\n␦",
            "  indented  \n",
            "\u{85}\u{a0}\u{2028}",
        ] {
            let one = transcript("console\n$ x", &[("output", text)]);
            let two = transcript(
                "console\n$ y",
                &[("a", text), ("b", text), ("c", "")],
            );
            let file = format!("# A remark.\n\n{one}\n{two}");
            let parsed = parse(&file);
            let parsed: Vec<_> =
                parsed.into_iter().map(|(_, t)| t).collect();
            assert_eq!(parsed, [one, two], "{text:?}");
            // An editor may take what stands at the end of lines.
            for line in file.lines() {
                assert_eq!(line, line.trim_end_matches([' ', '\r']));
            }
        }
    }

    #[test]
    fn the_line_of_each_is_known() {
        let file = "# x\n\n> a\noutput\n| b\n\n> c\n> d\noutput\n";
        let lines: Vec<usize> =
            parse(file).into_iter().map(|(line, _)| line).collect();
        assert_eq!(lines, [3, 7]);
    }

    #[test]
    fn line_ends_of_another_system_are_line_ends() {
        let file = "> a\r\noutput\r\n| b␍\r\n| c\r\n";
        let wanted = transcript("a", &[("output", "b\r\nc\n")]);
        assert_eq!(parse(file), [(1, wanted)]);
    }
}
