//! Which other files a Rust file is made of.
//!
//! It is read line by line, as rustfmt leaves it: to parse a whole
//! library would take longer than all else that is done for a page.

use std::path::{Path, PathBuf};

/// A file that is named in another.
#[derive(Debug, PartialEq)]
pub struct Named {
    pub path: PathBuf,
    /// Do its own modules stand beside it, as those of main.rs do, or
    /// in a folder of its name?
    pub is_root: bool,
}

/// The files that a file names: its modules, and what it includes.
/// Those that are for tests alone are left out, and not all that are
/// named are there.
pub fn named(path: &Path, text: &str, is_root: bool) -> Vec<Named> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let stem = path.file_stem().unwrap_or_default();
    let inside = match is_root {
        true => folder.to_path_buf(),
        false => folder.join(stem),
    };
    let mut search = Search {
        beside: folder.into(),
        inside,
        open: Vec::new(),
        found: included(folder, text),
    };
    let mut attributes: Vec<&str> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let code = line.trim_start();
        match code.starts_with("#[") {
            true => attributes.push(code),
            false => {
                let indent = line.len() - code.len();
                search.line(indent, code, &attributes);
                attributes.clear();
            }
        }
    }
    search.found
}

struct Search {
    /// The folder of the file, and the one of its modules.
    beside: PathBuf,
    inside: PathBuf,
    open: Vec<Open>,
    found: Vec<Named>,
}

/// A module within a file.
struct Open {
    indent: usize,
    is_test: bool,
    /// Where its own modules are.
    folder: PathBuf,
}

impl Search {
    fn line(&mut self, indent: usize, code: &str, attributes: &[&str]) {
        self.open.retain(|open| open.indent < indent);
        let is_in_test = self.open.iter().any(|open| open.is_test);
        let Some((name, is_inline)) =
            module(code).filter(|_| !is_in_test)
        else {
            return;
        };
        let (beside, inside) = match self.open.last() {
            Some(Open { folder, .. }) => (folder, folder),
            None => (&self.beside, &self.inside),
        };
        let path = attributes.iter().find_map(|a| path_of(a));
        let path = path.map(|path| beside.join(path));
        let is_test = attributes.iter().any(|a| is_test(a));
        if is_inline {
            let folder = path.unwrap_or(inside.join(name));
            self.open.push(Open { indent, is_test, folder });
        } else if let Some(path) = path.filter(|_| !is_test) {
            self.found.push(Named { path, is_root: true });
        } else if !is_test {
            let path = inside.join(format!("{name}.rs"));
            let folder = inside.join(name).join("mod.rs");
            self.found.push(Named { path, is_root: false });
            self.found.push(Named { path: folder, is_root: true });
        }
    }
}

/// The name in `mod x;` and `pub(crate) mod x {`, and whether it is the
/// latter.
fn module(code: &str) -> Option<(&str, bool)> {
    let (visibility, rest) = code.split_once("mod ")?;
    let visibility = visibility.trim_end();
    let is_module = visibility.is_empty()
        || visibility == "pub"
        || visibility.starts_with("pub(") && visibility.ends_with(')');
    let name = rest.strip_suffix(';');
    let inline = rest.strip_suffix(" {");
    let found = name.map(|n| (n, false)).or(inline.map(|n| (n, true)));
    found.filter(|_| is_module)
}

/// `#[path = "…"]`.
fn path_of(attribute: &str) -> Option<&str> {
    let path = attribute.strip_prefix("#[path = \"")?;
    path.strip_suffix("\"]")
}

/// `#[cfg(test)]`, `#[cfg(all(test, …))]`.
fn is_test(attribute: &str) -> bool {
    attribute == "#[cfg(test)]"
        || attribute.starts_with("#[cfg(all(test,")
}

/// `include_str!("…")` and the like, wherever they stand.
fn included(folder: &Path, text: &str) -> Vec<Named> {
    let mut found = Vec::new();
    for name in ["include!(", "include_str!(", "include_bytes!("] {
        for (at, _) in text.match_indices(name) {
            let rest = text[at + name.len()..].trim_start();
            let path = rest.strip_prefix('"').and_then(|rest| {
                rest.split_once('"').map(|(path, _)| path)
            });
            found.extend(path.map(|path| {
                let path = folder.join(path);
                Named { path, is_root: true }
            }));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(path: &str, text: &str, is_root: bool) -> Vec<String> {
        let found = named(Path::new(path), text, is_root);
        let name = |n: Named| n.path.to_string_lossy().into_owned();
        found.into_iter().map(name).collect()
    }

    #[test]
    fn modules_stand_beside_a_root_and_below_another_file() {
        let text = "mod a;\n";
        let root = ["tests/a.rs", "tests/a/mod.rs"];
        assert_eq!(names("tests/http.rs", text, true), root);
        let below = ["src/http/a.rs", "src/http/a/mod.rs"];
        assert_eq!(names("src/http.rs", text, false), below);
    }

    #[test]
    fn a_path_leads_elsewhere() {
        let text = r#"
#[path = "../b.rs"]
mod a;

mod c {
    #[path = "../d"]
    pub(crate) mod e {
        mod f;
    }

    fn g() {}
}

#[path = "z"]
mod h {
    #[path = "i.rs"]
    mod i;
}
"#;
        assert_eq!(
            names("x/y.rs", text, false),
            [
                "x/../b.rs",
                "x/y/c/../d/f.rs",
                "x/y/c/../d/f/mod.rs",
                "x/z/i.rs"
            ]
        );
    }

    #[test]
    fn what_is_for_tests_alone_is_left_out() {
        let text = r#"
#[cfg(test)]
mod a;
#[cfg(all(test, unix))]
#[path = "b.rs"]
mod b;

#[cfg(test)]
mod tests {
    mod c;

    fn d() {}
}

#[cfg(unix)]
pub mod e;
"#;
        let found = ["e.rs", "e/mod.rs"];
        assert_eq!(names("x.rs", text, true), found);
    }

    #[test]
    fn what_is_included_is_found_anywhere() {
        let text = "const A: &str = include_str!(\"a.txt\");\n\
                    fn b() { c!(include_bytes!(\n\"../d.html\")) }";
        let found = ["x/a.txt", "x/../d.html"];
        assert_eq!(names("x/y.rs", text, true), found);
    }
}
