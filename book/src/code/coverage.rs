//! Which lines of code some page prints.
//!
//! A line of code is one that is not blank, not a comment, not a test.
//! It is printed if a listing prints it; besides, the header and the
//! end of an `impl`, `trait` or `mod` go with anything printed from
//! inside, and a line of closing brackets goes with the one above it.

use crate::code::item::{Lines, frames};
use crate::code::source::Source;
use crate::project::{Project, files};
use std::collections::BTreeMap;

/// The lines of each file that are printed on some page.
pub type Printed = BTreeMap<String, Lines>;

/// How much of a folder is printed.
pub struct Coverage {
    pub folder: String,
    pub code: usize,
    /// What is missing: file and lines.
    pub missing: Vec<(String, Lines)>,
}

impl Coverage {
    pub fn of(
        project: &Project,
        folder: &str,
        printed: &Printed,
    ) -> Result<Self, String> {
        let mut coverage = Self {
            folder: folder.into(),
            code: 0,
            missing: Vec::new(),
        };
        for path in files(&project.root.join(folder)) {
            let path =
                path.strip_prefix(&project.root).unwrap_or(&path);
            let path = path.to_string_lossy();
            if !path.ends_with(".rs") {
                continue;
            }
            let source = Source::parse(&path, project.read(&path)?)?;
            let none = Lines::new();
            let lines = printed.get(&*path).unwrap_or(&none);
            let missing = missing(&source, lines);
            coverage.code += source.code.len();
            if !missing.is_empty() {
                coverage.missing.push((path.into_owned(), missing));
            }
        }
        Ok(coverage)
    }

    pub fn printed(&self) -> usize {
        let missing = self.missing.iter().map(|(_, lines)| lines.len());
        self.code - missing.sum::<usize>()
    }
}

/// The lines of code that are not printed.
fn missing(source: &Source, printed: &Lines) -> Lines {
    let mut printed = printed.clone();
    let frames = source.rust.as_ref().map(frames).unwrap_or_default();
    for (frame, inside) in frames {
        if !printed.is_disjoint(&inside) {
            printed.extend(frame);
        }
    }
    let mut above = None;
    for &line in &source.code {
        let goes_along = is_closing(source.line(line))
            && above.is_some_and(|line| printed.contains(&line));
        if goes_along {
            printed.insert(line);
        }
        above = Some(line);
    }
    source.code.difference(&printed).copied().collect()
}

/// Whether a line has nothing but closing brackets.
fn is_closing(line: &str) -> bool {
    line.trim().chars().all(|c| "})];,".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
use std::io;

/// A log.
impl Log {
    fn a() {
        one();
    }

    fn b() {}
}
";

    fn missing_if(printed: &[usize]) -> Vec<usize> {
        let source = Source::parse("a.rs", TEXT.into()).unwrap();
        let printed = printed.iter().copied().collect();
        missing(&source, &printed).into_iter().collect()
    }

    #[test]
    fn a_header_goes_with_what_is_inside() {
        assert_eq!(missing_if(&[]), [1, 4, 5, 6, 7, 9, 10]);
        assert_eq!(missing_if(&[9]), [1, 5, 6, 7]);
    }

    #[test]
    fn an_end_goes_with_the_line_above() {
        assert_eq!(missing_if(&[1, 5, 6]), [9]);
        assert_eq!(missing_if(&[1, 5]), [6, 7, 9]);
    }
}
