//! A page, read into the pieces that are made one by one.

use crate::figures::directive::Directive;
use crate::markdown::{Fence, Part, parts};
use crate::problem::Place;

/// A page before it is made.
pub struct Page {
    /// The Markdown file, as seen from the root.
    pub file: String,
    /// What it becomes: `ch01.html`.
    pub html: String,
    pub text: String,
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
    pub fn directives(&self) -> impl Iterator<Item = &Directive> {
        self.pieces.iter().filter_map(|(_, piece)| match piece {
            Piece::Figure { directive, .. } => directive.as_ref().ok(),
            _ => None,
        })
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
