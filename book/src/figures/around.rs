//! What stands around the lines of a listing: what opens the items and
//! blocks that they are in, and what closes those again.

use crate::code::blocks::{Block, Kind};
use crate::code::item::Lines;
use crate::code::source::Source;
use proc_macro2::TokenStream;

/// How far a block is indented.
const INDENT: usize = 4;

/// The lines around those of a listing.
#[derive(Debug, Default, PartialEq)]
pub struct Around(Lines);

impl Around {
    /// What belongs around these lines, with or without the `impl`,
    /// the `trait` and the `mod` that they are in.
    pub fn of(source: &Source, lines: &Lines, framed: bool) -> Self {
        let is_wanted = |block: &&Block| {
            framed
                || block.kind != Kind::Frame
                || !is_inside(source, block, lines)
        };
        let blocks: Vec<&Block> =
            source.blocks.iter().filter(is_wanted).collect();
        let mut shown = lines.clone();
        loop {
            let before = shown.len();
            for block in &blocks {
                if block.touches(&shown) {
                    shown.extend(&block.head);
                    shown.insert(block.close);
                    if block.kind == Kind::Literal {
                        shown.extend(block.open..block.close);
                    }
                }
            }
            if shown.len() == before {
                break;
            }
        }
        Self(shown.difference(lines).copied().collect())
    }

    /// The text before and after the lines, without an indent of so
    /// many columns. Where lines are left out, it says so.
    pub fn text(
        &self,
        source: &Source,
        lines: &Lines,
        indent: usize,
    ) -> (String, String) {
        let (mut before, mut after) = (String::new(), String::new());
        let all: Vec<usize> = self.0.union(lines).copied().collect();
        for (at, &line) in all.iter().enumerate() {
            let is_around = self.0.contains(&line);
            let is_before = lines.first().is_some_and(|l| line < *l);
            let into = if is_before { &mut before } else { &mut after };
            let is_cut = all.get(at + 1).is_some_and(|next| {
                let mut between = source.tokens.range(line + 1..*next);
                between.next().is_some()
            });
            let text = source.line(line);
            if is_around {
                into.push_str(text.get(indent..).unwrap_or(""));
                into.push_str(if is_cut { " …\n" } else { "\n" });
            } else if is_cut && self.0.contains(&all[at + 1]) {
                // What closes is less indented than what it closes.
                let depth = self::indent(source.line(all[at + 1]));
                let depth = (depth + INDENT).saturating_sub(indent);
                into.push_str(&format!("{:depth$}…\n", ""));
            }
        }
        (before, after)
    }

    /// The lines, and those around them.
    pub fn with(&self, lines: &Lines) -> Lines {
        self.0.union(lines).copied().collect()
    }
}

/// The column at which a line begins.
pub fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// Whether lines are between the ends of a block, and neither is one of
/// them.
fn is_inside(source: &Source, block: &Block, lines: &Lines) -> bool {
    let ends = block.head.iter().chain([&block.close]);
    let mut ends = ends.filter(|line| source.tokens.contains(line));
    ends.all(|line| !lines.contains(line))
}

/// The `impl`, the `trait` or the `mod` that lines are in.
pub fn frame<'a>(
    source: &'a Source,
    lines: &Lines,
) -> Option<&'a Block> {
    let frames = source.blocks.iter().filter(|block| {
        block.kind == Kind::Frame
            && block.touches(lines)
            && is_inside(source, block, lines)
    });
    frames.max_by_key(|block| block.open)
}

/// Whether a frame says more than the name of what is in it, of which
/// `Type::` is a part: a trait, or what its parameters are.
pub fn is_telling(source: &Source, frame: &Block) -> bool {
    let head = frame.head.iter().map(|line| source.line(*line));
    let head: String = head.flat_map(|line| [line, " "]).collect();
    head.contains('<') || head.contains(" for ")
}

/// What is wrong with the lines that a listing shows, if `lines` are
/// those it is about: a bracket without its other, or a part of a
/// function without its signature.
pub fn fault(
    source: &Source,
    shown: &Lines,
    lines: &Lines,
) -> Option<String> {
    if let Some(line) = stray(source, lines, shown) {
        return Some(format!(
            "line {line} begins a function of which only a part is \
             shown, and is not shown"
        ));
    }
    let text: String =
        shown.iter().flat_map(|l| [source.line(*l), "\n"]).collect();
    let error = text.parse::<TokenStream>().err()?;
    Some(format!(
        "its brackets do not match ({error}); it shows:\n{text}"
    ))
}

/// The first line of a function that is shown in part, without it.
fn stray(
    source: &Source,
    lines: &Lines,
    shown: &Lines,
) -> Option<usize> {
    let functions =
        source.blocks.iter().filter(|b| b.kind == Kind::Function);
    let mut heads = functions.filter_map(|function| {
        let ends = function.head.iter().chain([&function.close]);
        let is_placed = ends.clone().all(|line| shown.contains(line));
        let is_shown = function.touches(lines);
        (is_shown && !is_placed).then(|| function.head.first())?
    });
    heads.next().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r##"//! A log.
impl Log {
    fn a(&self) {}

    /// Writes.
    fn write(
        &self,
        text: &str, // }
    ) -> Result {
        let open = ['{', '\'', '"'];
        self.lines.iter().for_each(|line| {
            emit("}}", line);
            log!({ line });
        });
        match text {
            "{" => one(),
            r#"}"# if open => {
                // {
                two();
            }
            _ if text.is_empty() => {
                three();
            }
            _ => "
}",
        }
        if open {
            four();
        } else {
            five();
            six();
        }
    }
}
"##;

    /// What is shown for lines of `TEXT`, with a mark at those around
    /// them.
    fn shown(lines: impl IntoIterator<Item = usize>) -> String {
        let source = Source::parse("a.rs", TEXT.into()).unwrap();
        let lines: Lines = lines.into_iter().collect();
        let around = Around::of(&source, &lines, false);
        let all = around.with(&lines);
        assert_eq!(fault(&source, &all, &lines), None);
        let (before, after) = around.text(&source, &lines, 4);
        let mark = |text: String| {
            let marked = text.lines().map(|line| format!("~{line}\n"));
            marked.collect::<String>()
        };
        let text = lines.iter().map(|line| {
            format!("{}\n", source.line(*line).get(4..).unwrap_or(""))
        });
        let text: String = text.collect();
        mark(before) + &text + &mark(after)
    }

    const HEAD: &str =
        "~fn write(\n~    &self,\n~    text: &str, // }\n";

    #[test]
    fn a_part_has_the_whole_signature_and_its_blocks() {
        assert_eq!(
            shown([19]),
            format!(
                "{HEAD}~) -> Result {{ …\n~    match text {{ …\n\
                 ~        r#\"}}\"# if open => {{\n\
                 \x20           two();\n~        }} …\n\
                 ~    }} …\n~}}\n"
            )
        );
    }

    #[test]
    fn closures_and_their_calls_are_closed() {
        let wanted = "    self.lines.iter().for_each(|line| {\n\
                      \x20       emit(\"}}\", line);\n\
                      ~        …\n~    }); …\n~}\n";
        let text = shown([11, 12]);
        assert!(text.ends_with(wanted), "{text}");
    }

    #[test]
    fn a_second_branch_has_the_first_before_it() {
        let wanted = "~    if open { …\n~    } else { …\n\
                      \x20       six();\n~    }\n~}\n";
        let text = shown([31]);
        assert!(text.ends_with(wanted), "{text}");
    }

    #[test]
    fn a_first_branch_has_the_second_after_it() {
        let wanted = "    if open {\n        four();\n\
                      ~    } else { …\n~    }\n~}\n";
        let text = shown([27, 28]);
        assert!(text.ends_with(wanted), "{text}");
    }

    #[test]
    fn a_string_of_several_lines_is_shown_whole() {
        let source = Source::parse("a.rs", TEXT.into()).unwrap();
        let around = Around::of(&source, &Lines::from([25]), false);
        let wanted = [6, 7, 8, 9, 15, 24, 26, 33];
        assert_eq!(around.0.into_iter().collect::<Vec<_>>(), wanted);
    }

    #[test]
    fn wherever_a_part_begins_and_ends_it_is_balanced() {
        for first in 2..=34 {
            for last in first..=34 {
                shown(first..=last);
            }
        }
    }

    #[test]
    fn a_whole_function_needs_nothing() {
        let text = shown(6..=33);
        assert!(!text.contains('~'), "{text}");
    }

    #[test]
    fn the_frame_is_shown_when_it_is_asked_for() {
        let source = Source::parse("a.rs", TEXT.into()).unwrap();
        let lines = Lines::from([3]);
        let first = frame(&source, &lines).map(|block| block.open);
        assert_eq!(first, Some(2));
        let around = Around::of(&source, &lines, true);
        let (before, after) = around.text(&source, &lines, 0);
        assert_eq!(before, "impl Log {\n");
        assert_eq!(after, "    …\n}\n");
        let all = (2..=34).collect();
        assert_eq!(frame(&source, &all), None);
    }

    #[test]
    fn what_has_no_other_or_no_signature_is_found() {
        let source = Source::parse("a.rs", TEXT.into()).unwrap();
        let fault = |lines: &[usize], shown: &[usize]| {
            let shown = shown.iter().copied().collect();
            let lines = lines.iter().copied().collect();
            fault(&source, &shown, &lines).unwrap_or_default()
        };
        assert_eq!(fault(&[3], &[3]), "");
        let stray = fault(&[12], &[12]);
        assert!(stray.starts_with("line 6 begins a function"));
        let all = [6, 7, 8, 9, 11, 12, 33];
        let open = fault(&[12], &all);
        assert!(open.starts_with("its brackets do not match ("));
        assert!(open.contains("\n        self.lines"), "{open}");
        assert!(fault(&[2], &[2]).contains("do not match"));
        let whole = [6, 7, 8, 9, 10, 11, 12, 14, 33];
        assert_eq!(fault(&[10, 12], &whole), "");
    }
}
