//! The functions and classes of a Python file, by their indents.

use crate::code::item::{Items, Lines};

/// Each with its decorators: `hello`, `Book`, `Book.sign`.
pub fn items(text: &str) -> Items {
    let lines: Vec<&str> = text.lines().collect();
    let mut around: Vec<(usize, &str)> = Vec::new();
    let mut all = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let Some(name) = name(line) else { continue };
        let depth = indent(line);
        around.retain(|(other, _)| *other < depth);
        around.push((depth, name));
        let is_decorator = |line: &&&str| {
            indent(line) == depth && line.trim().starts_with('@')
        };
        let before = lines[..at].iter().rev();
        let before = before.take_while(is_decorator).count();
        let is_inside = |line: &&&str| {
            // Parameters on lines of their own end with a bracket.
            let rest = line.trim_start();
            let is_end = indent(line) == depth && rest.starts_with(')');
            rest.is_empty() || indent(line) > depth || is_end
        };
        let after = lines[at + 1..].iter().take_while(is_inside);
        let lines = at + 1 - before..=at + 1 + after.count();
        let names: Vec<&str> = around.iter().map(|a| a.1).collect();
        all.push((names.join("."), lines.collect::<Lines>()));
    }
    Items::named(all)
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// What a line defines.
fn name(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let line = line.strip_prefix("async ").unwrap_or(line);
    let rest =
        line.strip_prefix("def ").or(line.strip_prefix("class "))?;
    rest.split(['(', ':', ' ']).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
import os

def hello(
    environ,
):
    return [b'']

@app.route('/')
@twice
async def book():

    pass
class Book(Base):
    size = 1

    def sign(self):
        pass

    def show(self): pass
";

    #[test]
    fn what_is_defined_is_found_by_its_name() {
        let lines = |name: &str| {
            let lines = items(TEXT).find(name).unwrap();
            (*lines.first().unwrap(), *lines.last().unwrap())
        };
        assert_eq!(lines("hello"), (3, 7));
        assert_eq!(lines("book"), (8, 12));
        assert_eq!(lines("Book"), (13, 19));
        assert_eq!(lines("Book.sign"), (16, 18));
        assert_eq!(lines("Book.show"), (19, 19));
        let error = items(TEXT).find("sign").unwrap_err();
        let wanted = "has no item `sign`; it has: Book, Book.show, ";
        assert!(error.starts_with(wanted), "{error}");
    }
}
