//! How long it takes to read a chapter.

use crate::markdown::{Part, parts};

/// Words of prose in a minute.
const WORDS: usize = 200;

/// Figures in a minute: most are a few lines of code.
const FIGURES: usize = 4;

/// The minutes for a chapter without its exercises, to the nearest five.
pub fn minutes(text: &str) -> usize {
    let (mut words, mut figures) = (0, 0);
    for part in parts(text) {
        match part {
            Part::Text { text: "## Exercises", .. } => break,
            Part::Text { text, .. } => {
                words += text.split_whitespace().count();
            }
            Part::Block(_) => figures += 1,
        }
    }
    let minutes = words / WORDS + figures / FIGURES;
    ((minutes + 2) / 5 * 5).max(5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_figures_take_time_and_exercises_are_not_read() {
        let words = "word ".repeat(1500);
        let figures = "```sh\nls\n```\n".repeat(8);
        assert_eq!(minutes(&words), 5);
        assert_eq!(minutes(&format!("{words}\n{figures}")), 10);
        let text = format!("{words}\n## Exercises\n{words}\n{words}");
        assert_eq!(minutes(&text), 5);
        assert_eq!(minutes(""), 5);
    }
}
