//! `{{…}}` in prose: values that nobody types.

use crate::check::debts::{self, Debts};
use crate::code::item;
use crate::figures::context::Context;
use crate::markdown::outside_code;
use std::ops::Range;

/// What stands between the braces.
#[derive(Debug, PartialEq)]
pub enum Value<'a> {
    /// How many lines of code a file or an item has.
    Lines {
        path: &'a str,
        item: Option<&'a str>,
    },
    /// The literal of a const, or a value of a TOML file.
    Const {
        path: &'a str,
        name: &'a str,
    },
    Debt(&'a str),
    Repaid(&'a str),
    Debts,
    /// The text of a Markdown file.
    Include(&'a str),
}

impl<'a> Value<'a> {
    pub fn parse(text: &'a str) -> Result<Self, String> {
        let text = text.trim();
        let (name, rest) = text.split_once(' ').unwrap_or((text, ""));
        let rest = rest.trim();
        let (first, second) = match rest.split_once(' ') {
            Some((first, second)) => (first, Some(second.trim())),
            None => (rest, None),
        };
        match (name, first, second) {
            ("lines", path, item) if !path.is_empty() => {
                Ok(Self::Lines { path, item })
            }
            ("const", path, Some(name)) => {
                Ok(Self::Const { path, name })
            }
            ("debt", id, Some(_)) if !id.is_empty() => {
                Ok(Self::Debt(rest))
            }
            ("repaid", id, None) if !id.is_empty() => {
                Ok(Self::Repaid(id))
            }
            ("debts", "", None) => Ok(Self::Debts),
            ("include", path, None) if !path.is_empty() => {
                Ok(Self::Include(path))
            }
            _ => Err(format!(
                "`{{{{{text}}}}}` is none of `{{{{lines PATH ITEM}}}}`, \
                 `{{{{const PATH NAME}}}}`, \
                 `{{{{debt ID chNN: what}}}}`, `{{{{repaid ID}}}}`, \
                 `{{{{debts}}}}`, `{{{{include PATH}}}}`"
            )),
        }
    }

    pub fn render(
        &self,
        context: &Context,
        debts: &Debts,
    ) -> Result<String, String> {
        match self {
            Self::Lines { path, item } => count(context, path, *item),
            Self::Const { path, name } if path.ends_with(".toml") => {
                setting(&context.project.read(path)?, name)
                    .ok_or(format!("const: {path} has no `{name}`"))
            }
            Self::Const { path, name } => {
                let source = context.source(path)?;
                let rust = source.rust.as_ref();
                rust.and_then(|file| item::constant(file, name)).ok_or(
                    format!("const: {path} has no const `{name}`"),
                )
            }
            Self::Debt(text) => {
                let (id, _, _) = debts::parse(text)?;
                Ok(debts.mark(id))
            }
            Self::Repaid(id) => Ok(debts.repaid_mark(id)),
            Self::Debts => Ok(debts.list()),
            Self::Include(path) => context.project.read(path),
        }
    }
}

/// The text or the number that has this dotted name.
fn setting(toml: &str, name: &str) -> Option<String> {
    let table: toml::Table = toml.parse().ok()?;
    let mut names = name.split('.');
    let first = table.get(names.next()?)?;
    match names.try_fold(first, |value, name| value.get(name))? {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        _ => None,
    }
}

fn count(
    context: &Context,
    path: &str,
    item: Option<&str>,
) -> Result<String, String> {
    let source = context.source(path)?;
    let lines = match (item, &source.items) {
        (None, _) => source.all_lines(),
        (Some(item), Some(items)) => items
            .find(item)
            .map_err(|e| format!("lines: {path} {e}"))?,
        (Some(_), None) => {
            return Err(format!("lines: {path} is not Rust"));
        }
    };
    Ok(lines.intersection(&source.code).count().to_string())
}

/// The `{{…}}` of a line, leaving out code spans: where each stands,
/// braces included, and what is inside.
pub fn values(line: &str) -> Vec<(Range<usize>, &str)> {
    let mut found = Vec::new();
    let prose = outside_code(line);
    let is_prose = |at: usize| prose.iter().any(|r| r.contains(&at));
    let mut at = 0;
    while let Some(open) = line[at..].find("{{").map(|i| at + i) {
        let Some(length) = line[open..].find("}}") else {
            break;
        };
        if is_prose(open) {
            let range = open..open + length + 2;
            found.push((range, &line[open + 2..open + length]));
            at = open + length + 2;
        } else {
            at = open + 2;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_outside_of_code() {
        let line = "a {{debts}} `{{debts}}` {{debt x ch02: `y` z}}.";
        let found: Vec<_> = values(line).iter().map(|v| v.1).collect();
        assert_eq!(found, ["debts", "debt x ch02: `y` z"]);
    }

    #[test]
    fn a_setting_is_found_by_its_dotted_name() {
        let toml = "a = 'b'\n[c.d-e]\nf = 7\n";
        let of = |name| setting(toml, name);
        assert_eq!(of("a").as_deref(), Some("b"));
        assert_eq!(of("c.d-e.f").as_deref(), Some("7"));
        assert_eq!(of("c.f").or(of("c.d-e")).or(of("a.b")), None);
    }

    #[test]
    fn a_value_is_one_of_six() {
        let lines = Value::parse("lines src/lib.rs impl A for B");
        let item = Some("impl A for B");
        assert_eq!(
            lines,
            Ok(Value::Lines { path: "src/lib.rs", item })
        );
        assert_eq!(Value::parse("repaid x"), Ok(Value::Repaid("x")));
        let include = Value::parse("include tests/a.md");
        assert_eq!(include, Ok(Value::Include("tests/a.md")));
        let error = Value::parse("line src/lib.rs").unwrap_err();
        let begin = "`{{line src/lib.rs}}` is none of `{{lines PATH";
        assert!(error.starts_with(begin), "{error}");
    }
}
