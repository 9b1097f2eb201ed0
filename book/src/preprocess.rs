//! mdBook's preprocessor protocol, for plain `mdbook build book`.

use crate::builder;
use crate::elsewhere;
use crate::project::Project;
use crate::workshop::{Programs, Workshop};
use std::io::{self, Write};

/// Whether a renderer can show our figures: they are HTML.
pub fn supports(renderer: &str) -> bool {
    renderer == "html"
}

/// Reads a book from standard input, writes it to standard output with
/// the directives replaced.
pub fn run() -> Result<(), String> {
    let (context, mut book) =
        mdbook_preprocessor::parse_input(io::stdin()).map_err(|e| {
            format!("{e:#}; mdBook runs this, by book/book.toml")
        })?;
    // mdBook says where the book is; the repository is around it.
    let root =
        context.root.canonicalize().map_err(|e| e.to_string())?;
    let root = root.parent().ok_or("book/ has no parent folder")?;
    let project = Project::at(root);
    let source = root.join("book").join(&context.config.book.src);
    let workshop = Workshop::open(&project, Programs::Missing);
    let (_, made) = builder::process(&workshop, &source, &mut book);
    elsewhere::unlink(&mut book);
    if !made.problems.is_empty() {
        let lines = made.problems.iter().map(|p| format!("{p}\n"));
        return Err(lines.collect::<String>().trim_end().into());
    }
    let text = serde_json::to_vec(&book).map_err(|e| e.to_string())?;
    io::stdout().write_all(&text).map_err(|e| e.to_string())
}
