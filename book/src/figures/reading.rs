//! What a chapter is called, and how long it takes to read it.

use crate::draft::{Draft, Page, Piece};
use crate::figures::context::Context;
use crate::figures::directive::Directive;

/// How many words one reads in a minute, and how many lines of code.
const WORDS: usize = 200;
const LINES: usize = 20;

/// What follows is for those who have read a chapter.
pub const END: &str = "## Exercises";

/// The title of a page: its heading's, or its opener's.
pub fn title(text: &str) -> Option<&str> {
    let starts = ["# ", "```opener "];
    text.lines().find_map(|line| {
        starts.iter().find_map(|start| line.strip_prefix(start))
    })
}

/// How long a chapter takes without its exercises, to five minutes.
pub fn minutes(context: &Context, text: &str) -> usize {
    let (file, html) = (String::new(), String::new());
    let page = Page { file, html, text: text.into() };
    let (mut words, mut lines) = (0, 0);
    for (_, piece) in Draft::of(&page).pieces {
        match piece {
            Piece::Prose(END) => break,
            Piece::Prose(text) => {
                words += text.split_whitespace().count();
            }
            Piece::Code(text) => lines += text.lines().count(),
            Piece::Figure { directive, .. } => {
                lines += directive.map_or(0, |it| height(context, &it));
            }
        }
    }
    let minutes = words / WORDS + lines / LINES;
    (minutes.div_ceil(5) * 5).max(5)
}

/// How many lines a figure has to be read. What is wrong with it is said
/// on its own page.
fn height(context: &Context, directive: &Directive) -> usize {
    let Some(listing) = directive.listing() else {
        return directive.text.lines().count();
    };
    let source = context.source(&listing.path);
    let lines = source.and_then(|source| listing.lines(&source));
    lines.map_or(0, |lines| lines.len())
}
