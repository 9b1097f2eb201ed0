//! `sabotage`: a change that breaks something, made in a copy of the
//! repository, and what is seen to fail then.

use crate::figures::console::{
    commands, exit_status, inputs, names, run_all, transcript,
};
use crate::figures::context::Context;
use crate::figures::figure::Figure;
use crate::figures::html;
use crate::project::{Project, mirror};
use crate::run::job::{Input, Job};
use crate::run::normalize::normalize;
use crate::run::shell::{LIMIT, Shell};
use std::fs;

#[derive(Debug, PartialEq)]
pub struct Sabotage {
    pub path: String,
    /// Lines that begin with ` `, `-` or `+`.
    pub change: Vec<String>,
    pub commands: Vec<String>,
    pub exit: i32,
}

impl Sabotage {
    pub fn parse(info: &str, body: &[&str]) -> Result<Self, String> {
        let mut words = info.split_whitespace();
        let path =
            words.next().ok_or("no file; write `sabotage FILE`")?;
        let exit = words.next().map_or(Ok(0), exit_status)?;
        let first = body.iter().position(|line| line.starts_with("$ "));
        let (change, body) = body.split_at(first.unwrap_or(body.len()));
        if let Some(line) = change.iter().find(|line| !is_change(line))
        {
            return Err(format!(
                "`{line}` begins with none of ` `, `-`, `+`, `$ `"
            ));
        }
        if !change.iter().any(|line| line.starts_with(['-', '+'])) {
            return Err(
                "nothing is changed; write a line with `-`".into()
            );
        }
        Ok(Self {
            path: path.into(),
            change: change.iter().map(|l| l.to_string()).collect(),
            commands: commands(body)?,
            exit,
        })
    }

    /// The file with the change made.
    fn apply(&self, text: &str) -> Result<String, String> {
        let old: Vec<&str> = self.side('-');
        let lines: Vec<&str> = text.lines().collect();
        let exact = places(&lines, &old, |a, b| a == b);
        let found = match exact.is_empty() {
            true => places(&lines, &old, |a, b| a.trim() == b.trim()),
            false => exact,
        };
        let at = match &found[..] {
            [at] => *at,
            [] => {
                return Err(format!(
                    "{} does not have the lines to be changed:\n{}",
                    self.path,
                    old.join("\n")
                ));
            }
            more => {
                return Err(format!(
                    "{} has them {} times; add lines of context:\n{}",
                    self.path,
                    more.len(),
                    old.join("\n")
                ));
            }
        };
        let indent = missing_indent(lines[at], old[0]);
        let new = self.side('+');
        let new = new.iter().map(|line| format!("{indent}{line}"));
        let before = lines[..at].iter().map(|l| l.to_string());
        let after =
            lines[at + old.len()..].iter().map(|l| l.to_string());
        let all = before.chain(new).chain(after);
        Ok(all.map(|line| line + "\n").collect())
    }

    /// The lines before (`-`) or after (`+`) the change, with context.
    fn side(&self, mark: char) -> Vec<&str> {
        let lines = self.change.iter();
        lines
            .filter(|l| l.starts_with([mark, ' ']) || l.is_empty())
            .map(|line| line.get(1..).unwrap_or_default())
            .collect()
    }
}

impl Job for Sabotage {
    fn label(&self) -> String {
        let commands = self.commands.join("; ");
        format!("sabotage {} {commands}", self.path)
    }

    fn inputs(&self) -> Vec<Input> {
        let mut inputs = inputs(&self.commands);
        for path in ["book/src/figures/sabotage.rs", &self.path] {
            inputs.push(Input::Path(path.into()));
        }
        inputs
    }

    fn names(&self) -> Vec<String> {
        names(&self.commands)
    }

    fn is_in_copy(&self) -> bool {
        true
    }

    fn run(&self, project: &Project) -> Result<Vec<String>, String> {
        let changed = self.apply(&project.read(&self.path)?)?;
        let failed = |e| format!("no copy could be made: {e}");
        let scratch = project.scratch();
        // Until the figure is made: its change is in the copy.
        let _lock = project.lock_scratch().map_err(failed)?;
        mirror(&project.root, &COPIED, &scratch).map_err(failed)?;
        let path = scratch.join(&self.path);
        fs::write(&path, changed).map_err(failed)?;
        let shell = Shell {
            folder: &scratch,
            target: &project.scratch_target(),
            limit: LIMIT,
        };
        let outputs = run_all(&self.commands, self.exit, &shell)?;
        let normal = |o: &String| normalize(o, project);
        Ok(outputs.iter().map(normal).collect())
    }
}

impl Figure for Sabotage {
    fn job(&self) -> Option<&dyn Job> {
        Some(self)
    }

    fn render(
        &self,
        _context: &Context,
        printed: &[String],
    ) -> Result<String, String> {
        let path = html::escape(&self.path);
        let caption = format!(
            "<span class=\"path\">{path}</span> \
             <span class=\"lines\">changed for a moment</span>"
        );
        let diff: String =
            self.change.iter().map(|l| diff(l)).collect();
        let diff = html::pre("diff", &diff);
        let shown = transcript(&self.commands, printed, html::output);
        let shown = html::pre("transcript", &shown);
        Ok(html::figure("sabotage", &caption, &(diff + &shown)))
    }
}

fn is_change(line: &str) -> bool {
    line.is_empty() || line.starts_with([' ', '-', '+'])
}

fn diff(line: &str) -> String {
    let text = html::escape(line);
    match line.chars().next() {
        Some('-') => format!("<del>{text}</del>\n"),
        Some('+') => format!("<ins>{text}</ins>\n"),
        _ => format!("{text}\n"),
    }
}

/// Where `wanted` stands in `lines`.
fn places(
    lines: &[&str],
    wanted: &[&str],
    same: fn(&str, &str) -> bool,
) -> Vec<usize> {
    if wanted.is_empty() {
        return Vec::new();
    }
    let windows = lines.windows(wanted.len()).enumerate();
    let is_same =
        |w: &[&str]| w.iter().zip(wanted).all(|(a, b)| same(a, b));
    windows.filter(|(_, w)| is_same(w)).map(|(i, _)| i).collect()
}

/// What the file's line has in front of the one that was given.
fn missing_indent(found: &str, given: &str) -> String {
    let width = |line: &str| line.len() - line.trim_start().len();
    " ".repeat(width(found).saturating_sub(width(given)))
}

/// What a program needs to be built: not the text of the book.
const COPIED: [&str; 10] = [
    "src",
    "chapters",
    "tests",
    "benches",
    "book/src",
    "book/Cargo.toml",
    "Cargo.toml",
    "Cargo.lock",
    ".cargo",
    "rust-toolchain.toml",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn apply(body: &[&str]) -> Result<String, String> {
        let text = "fn a() {\n    one();\n    two();\n    one();\n}\n";
        let mut body = body.to_vec();
        body.push("$ true");
        Sabotage::parse("a.rs exit=101", &body)?.apply(text)
    }

    #[test]
    fn a_line_is_replaced() {
        let new = apply(&["-    two();", "+    three();"]).unwrap();
        let expected =
            "fn a() {\n    one();\n    three();\n    one();\n}\n";
        assert_eq!(new, expected);
    }

    #[test]
    fn the_indent_may_be_left_out() {
        let new = apply(&["-two();", "+three();", "+four();"]).unwrap();
        assert!(new.contains("\n    three();\n    four();\n"), "{new}");
    }

    #[test]
    fn context_tells_places_apart() {
        let error = apply(&["-    one();"]).unwrap_err();
        assert!(error.starts_with("a.rs has them 2 times"), "{error}");
        let new = apply(&["-    one();", " }"]).unwrap();
        assert_eq!(new, "fn a() {\n    one();\n    two();\n}\n");
    }

    #[test]
    fn lines_that_are_not_there_are_named() {
        let error = apply(&["-    none();"]).unwrap_err();
        assert_eq!(
            error,
            "a.rs does not have the lines to be changed:\n    none();"
        );
        let error = apply(&["two();"]).unwrap_err();
        assert!(
            error.starts_with("`two();` begins with none"),
            "{error}"
        );
    }
}
