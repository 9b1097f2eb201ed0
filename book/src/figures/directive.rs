//! What a fenced block asks for.

use crate::exercises::exercise::Exercise;
use crate::figures::compile_fail::CompileFail;
use crate::figures::console::Console;
use crate::figures::drawing::Drawing;
use crate::figures::exchange::Exchange;
use crate::figures::listing::Listing;
use crate::figures::rules::Rules;
use crate::figures::sabotage::Sabotage;
use crate::workshop::Workshop;

#[derive(Debug, PartialEq)]
pub enum Directive {
    Listing(Listing),
    Console(Console),
    Exchange(Exchange),
    Sabotage(Sabotage),
    CompileFail(CompileFail),
    Drawing(Drawing),
    Exercise(Exercise),
    Rules(Rules),
}

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
        let (name, rest) = match info.split_once(' ') {
            Some((name, rest)) => (name, rest.trim()),
            None => (info, ""),
        };
        let directive = match name {
            "listing" => Listing::parse(rest, body).map(Self::Listing),
            "console" => Console::parse(rest, body).map(Self::Console),
            "exchange" => {
                Exchange::parse(rest, body).map(Self::Exchange)
            }
            "sabotage" => {
                Sabotage::parse(rest, body).map(Self::Sabotage)
            }
            "drawing" => Drawing::parse(rest, body).map(Self::Drawing),
            "compile-fail" => {
                CompileFail::parse(rest, body).map(Self::CompileFail)
            }
            "exercise" => {
                Exercise::parse(rest, body).map(Self::Exercise)
            }
            "rules" => Rules::parse(rest, body).map(Self::Rules),
            name if LANGUAGES.contains(&name) => return Ok(None),
            name => {
                return Err(format!(
                    "`{name}` is neither a directive (listing, console, \
                     exchange, sabotage, drawing, compile-fail, exercise, rules) nor a \
                     language that is known here"
                ));
            }
        };
        let error = |e| format!("{name}: {e}");
        directive.map(Some).map_err(error)
    }

    /// Whether programs are run for it.
    pub fn is_slow(&self) -> bool {
        !matches!(
            self,
            Self::Listing(_)
                | Self::Drawing(_)
                | Self::Exercise(_)
                | Self::Rules(_)
        )
    }

    /// Is it run in a copy of the repository?
    pub fn is_sabotage(&self) -> bool {
        matches!(self, Self::Sabotage(_))
    }

    pub fn name(&self) -> &str {
        match self {
            Self::Listing(_) => "listing",
            Self::Console(_) => "console",
            Self::Exchange(_) => "exchange",
            Self::Sabotage(_) => "sabotage",
            Self::CompileFail(_) => "compile-fail",
            Self::Drawing(_) => "drawing",
            Self::Exercise(_) => "exercise",
            Self::Rules(_) => "rules",
        }
    }

    /// The HTML of the figure, on one line.
    pub fn render(
        &self,
        workshop: &Workshop,
    ) -> Result<String, String> {
        let html = match self {
            Self::Listing(d) => d.render(workshop),
            Self::Drawing(d) => Ok(d.render()),
            Self::Exercise(d) => d.render(workshop),
            Self::Rules(d) => d.render(workshop),
            Self::Console(d) => workshop
                .remember(&d.key(), &d.label(), || d.run(workshop))
                .map(|outputs| d.render(&outputs)),
            Self::Exchange(d) => workshop
                .remember(&d.key(), &d.label(), || d.run(workshop))
                .map(|outputs| d.render(&outputs)),
            Self::Sabotage(d) => workshop
                .remember(&d.key(), &d.label(), || d.run(workshop))
                .map(|outputs| d.render(&outputs)),
            Self::CompileFail(d) => workshop
                .remember(&d.label(), &d.label(), || d.run(workshop))
                .and_then(|outputs| d.render(workshop, &outputs)),
        };
        html.map_err(|e| format!("{}: {e}", self.name()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_code_is_left_alone_and_slips_are_not() {
        assert_eq!(Directive::parse("sh", &["ls"]), Ok(None));
        let error = Directive::parse("listng a.rs", &[]).unwrap_err();
        assert!(error.starts_with("`listng` is neither"), "{error}");
        let error = Directive::parse("drawing", &["->"]).unwrap_err();
        assert!(
            error.starts_with("drawing: it has no text"),
            "{error}"
        );
    }
}
