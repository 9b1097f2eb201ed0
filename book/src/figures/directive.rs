//! What a fenced block asks for.

use crate::exercises::exercise::Exercise;
use crate::figures::attack::Attack;
use crate::figures::choices::Choices;
use crate::figures::compile_fail::CompileFail;
use crate::figures::console::Console;
use crate::figures::context::Context;
use crate::figures::drawing::Drawing;
use crate::figures::exchange::Exchange;
use crate::figures::figure::Figure;
use crate::figures::listing::Listing;
use crate::figures::map::Map;
use crate::figures::opener::Opener;
use crate::figures::rules::Rules;
use crate::figures::sabotage::Sabotage;
use crate::run::job::Job;

/// A block that becomes a figure.
pub struct Directive {
    /// The block as it was written, which tells it from all others.
    pub text: String,
    name: &'static str,
    figure: Box<dyn Figure>,
}

type Parsed = Result<Box<dyn Figure>, String>;

/// Reads what stands behind the name, and the lines below.
type Parse = fn(&str, &[&str]) -> Parsed;

fn boxed<F: Figure + 'static>(parsed: Result<F, String>) -> Parsed {
    parsed.map(|figure| Box::new(figure) as Box<dyn Figure>)
}

/// All that there are.
const DIRECTIVES: [(&str, Parse); 12] = [
    ("listing", |info, body| boxed(Listing::parse(info, body))),
    ("console", |info, body| boxed(Console::parse(info, body))),
    ("exchange", |info, body| boxed(Exchange::parse(info, body))),
    ("sabotage", |info, body| boxed(Sabotage::parse(info, body))),
    ("drawing", |info, body| boxed(Drawing::parse(info, body))),
    ("compile-fail", |info, body| {
        boxed(CompileFail::parse(info, body))
    }),
    ("exercise", |info, body| boxed(Exercise::parse(info, body))),
    ("opener", |info, body| boxed(Opener::parse(info, body))),
    ("attack", |info, body| boxed(Attack::parse(info, body))),
    ("rules", |info, body| boxed(Rules::parse(info, body))),
    ("choices", |info, body| boxed(Choices::parse(info, body))),
    ("map", |info, body| boxed(Map::parse(info, body))),
];

/// Languages that a block may be written in, without being a directive.
const LANGUAGES: [&str; 15] = [
    "",
    "text",
    "rust",
    "rust,ignore",
    "python",
    "sh",
    "toml",
    "html",
    "http",
    "json",
    "c",
    "css",
    "diff",
    "markdown",
    "xml",
];

impl Directive {
    /// The directive of a block, or `None` for ordinary code.
    pub fn parse(
        info: &str,
        body: &[&str],
    ) -> Result<Option<Self>, String> {
        let (name, rest) = info.split_once(' ').unwrap_or((info, ""));
        let all = DIRECTIVES.iter();
        let known = all.into_iter().find(|(known, _)| *known == name);
        match known {
            Some((name, parse)) => {
                let figure = parse(rest.trim(), body)
                    .map_err(|e| format!("{name}: {e}"))?;
                let mut text = info.to_string();
                for line in body {
                    text.push('\n');
                    text.push_str(line);
                }
                Ok(Some(Self { text, name, figure }))
            }
            None if LANGUAGES.contains(&name) => Ok(None),
            None => {
                let known = DIRECTIVES.map(|(name, _)| name);
                Err(format!(
                    "`{name}` is neither a directive ({}) nor a \
                     language that is known here",
                    known.join(", ")
                ))
            }
        }
    }

    /// What is run for it.
    pub fn job(&self) -> Option<&dyn Job> {
        self.figure.job()
    }

    pub fn listing(&self) -> Option<&Listing> {
        self.figure.listing()
    }

    /// The HTML of the figure, on one line.
    pub fn render(
        &self,
        context: &Context,
        printed: &[String],
    ) -> Result<String, String> {
        let html = self.figure.render(context, printed);
        html.map_err(|e| self.blame(&e))
    }

    /// A message that says what it is about.
    pub fn blame(&self, message: &str) -> String {
        format!("{}: {message}", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(info: &str, body: &[&str]) -> String {
        Directive::parse(info, body).err().unwrap()
    }

    #[test]
    fn ordinary_code_is_left_alone_and_slips_are_not() {
        assert!(matches!(Directive::parse("sh", &["ls"]), Ok(None)));
        let error = error("listng a.rs", &[]);
        assert!(
            error.starts_with("`listng` is neither a directive (list"),
            "{error}"
        );
    }

    #[test]
    fn what_is_wrong_with_one_is_said_by_its_name() {
        let error = error("drawing", &["->"]);
        assert!(
            error.starts_with("drawing: it has no text"),
            "{error}"
        );
    }

    #[test]
    fn a_directive_is_its_text() {
        let body = ["$ ls", "", "$ pwd"];
        let console = Directive::parse("console bytes", &body).unwrap();
        let text = console.unwrap().text;
        assert_eq!(text, "console bytes\n$ ls\n\n$ pwd");
    }
}
