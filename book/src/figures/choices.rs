//! `choices`: what a prediction may be, of which one is right. It is
//! the first thing in the fold that has the answer.

use crate::figures::context::Context;
use crate::figures::figure::Figure;
use crate::figures::html;

#[derive(Debug, PartialEq)]
pub struct Choices(Vec<Choice>);

#[derive(Debug, PartialEq)]
struct Choice {
    is_right: bool,
    text: String,
}

impl Choices {
    pub fn parse(info: &str, body: &[&str]) -> Result<Self, String> {
        if !info.is_empty() {
            return Err(format!("`{info}` is not expected here"));
        }
        let choices: Result<Vec<_>, _> =
            body.iter().map(|line| choice(line)).collect();
        let choices = choices?;
        let right = choices.iter().filter(|one| one.is_right).count();
        match (right, choices.len()) {
            (1, 2..) => Ok(Self(choices)),
            _ => Err("write the right one with `+ ` before it, and \
                      one or more others with `- `"
                .into()),
        }
    }
}

fn choice(line: &str) -> Result<Choice, String> {
    let (is_right, text) =
        match (line.strip_prefix("+ "), line.strip_prefix("- ")) {
            (Some(text), _) => (true, text),
            (_, Some(text)) => (false, text),
            _ => return Err(format!("`{line}` is no choice")),
        };
    Ok(Choice { is_right, text: text.trim().into() })
}

impl Figure for Choices {
    fn render(
        &self,
        _context: &Context,
        _printed: &[String],
    ) -> Result<String, String> {
        Ok(self.html())
    }
}

impl Choices {
    fn html(&self) -> String {
        let item = |Choice { is_right, text }: &Choice| {
            let mark = if *is_right { " data-right=\"\"" } else { "" };
            format!("<li{mark}>{}</li>", with_code(text))
        };
        let items: String = self.0.iter().map(item).collect();
        format!("<ul class=\"choices\">{items}</ul>")
    }
}

/// Text in which back quotes stand around code.
fn with_code(text: &str) -> String {
    let piece = |(at, piece): (usize, &str)| {
        let piece = html::escape(piece);
        match at % 2 {
            0 => piece,
            _ => format!("<code>{piece}</code>"),
        }
    };
    text.split('`').enumerate().map(piece).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_right_and_code_is_code() {
        let body = ["- `A<B>`, or none", "+ Both"];
        let choices = Choices::parse("", &body).unwrap();
        assert_eq!(
            choices.html(),
            "<ul class=\"choices\">\
             <li><code>A&lt;B&gt;</code>, or none</li>\
             <li data-right=\"\">Both</li></ul>"
        );
    }

    #[test]
    fn a_choice_without_a_right_one_or_an_other_is_refused() {
        let error = |body: &[&str]| Choices::parse("", body).err();
        let lacks = |body: &[&str]| {
            error(body).unwrap().starts_with("write the right one")
        };
        assert!(lacks(&["+ Both"]));
        assert!(lacks(&["- One", "- Two"]));
        assert!(lacks(&["+ One", "+ Two"]));
        let other = error(&["+ One", "Two"]);
        assert_eq!(other.as_deref(), Some("`Two` is no choice"));
    }
}
