//! A page, read into the pieces that are made one by one.

use crate::figures::directive::Directive;
use crate::markdown::{Fence, Part, parts};
use crate::problem::Place;
use crate::run::runner::Task;

/// A page before it is made.
pub struct Page {
    /// The Markdown file, as seen from the root.
    pub file: String,
    /// What it becomes: `ch01.html`.
    pub html: String,
    pub text: String,
}

impl Page {
    /// `ch01`.
    pub fn name(&self) -> String {
        self.html.trim_end_matches(".html").replace('/', "-")
    }
}

pub struct Draft<'a> {
    pub page: &'a Page,
    /// In order, with the place where each stands.
    pub pieces: Vec<(Place, Piece<'a>)>,
}

pub enum Piece<'a> {
    /// A line of prose.
    Prose(&'a str),
    /// A block of code, which stays as it is.
    Code(String),
    /// A directive, or what is wrong with it.
    Figure { indent: &'a str, directive: Result<Directive, String> },
}

impl<'a> Draft<'a> {
    pub fn of(page: &'a Page) -> Self {
        let piece = |part| match part {
            Part::Text { line, text } => {
                (Place::new(&page.file, line), Piece::Prose(text))
            }
            Part::Block(block) => {
                let place = Place::new(&page.file, block.line);
                (place, Piece::of(&block))
            }
        };
        let pieces = parts(&page.text).into_iter().map(piece);
        Self { page, pieces: pieces.collect() }
    }

    /// Its directives, but for those that are wrong.
    pub fn directives(
        &self,
    ) -> impl Iterator<Item = (&Place, &Directive)> {
        self.pieces.iter().filter_map(|(place, piece)| match piece {
            Piece::Figure { directive, .. } => {
                Some((place, directive.as_ref().ok()?))
            }
            _ => None,
        })
    }

    /// What is to be run for one of them.
    pub fn task<'d>(
        &'d self,
        directive: &'d Directive,
    ) -> Option<Task<'d>> {
        let (page, text) = (&self.page.file, &directive.text);
        let job = directive.job()?;
        Some(Task { page, directive: text, job })
    }
}

impl<'a> Piece<'a> {
    fn of(block: &Fence<'a>) -> Self {
        let indent = block.indent;
        match Directive::parse(block.info, &block.body).transpose() {
            None => Self::Code(block.source.join("\n")),
            Some(directive) => Self::Figure { indent, directive },
        }
    }
}
