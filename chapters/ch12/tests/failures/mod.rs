//! Each way to fail, the place where it must be said to begin, and the
//! page that says it.

pub mod page;
pub mod program;

use page::Report;

/// A way to fail.
#[derive(Debug, Clone, Copy)]
pub struct Failure {
    pub path: &'static str,
    /// Some source, of which there is one in the program, with `|`
    /// where the error has to be found.
    pub at: &'static str,
    /// Has some of the answer been sent by then?
    pub is_late: bool,
}

const fn early(path: &'static str, at: &'static str) -> Failure {
    Failure { path, at, is_late: false }
}

const fn late(path: &'static str, at: &'static str) -> Failure {
    Failure { path, at, is_late: true }
}

pub const ALL: [Failure; 23] = [
    early("/number?number=x", "Ok(|text.parse()?)"),
    early("/panic?number=7", "|[1, 2, 3][number(environ)?"),
    early("/busy", "\"too much to do\").|into()"),
    early("/started", "\"an error after start_response\".|into()"),
    early("/started-panic", "|panic!(\"a panic after start_response"),
    late("/written", "\"an error after the first bytes\".|into()"),
    late("/written-panic", "|panic!(\"a panic after the first bytes"),
    late("/full", "|started.write_all(b\"more than four"),
    early("/first", "\"an error in a block\".|into()"),
    early("/first-panic", "|panic!(\"a panic in a block\")"),
    late("/later", "|panic!(\"block {n} is one too many\")"),
    late("/later-error", "= |2_u32.checked_sub(n).ok_or("),
    late("/drop", "|panic!(\"a panic when the body is dropped"),
    early("/before", "\"an error before the call\".|into()"),
    early("/before-panic", "|panic!(\"a panic before the call\")"),
    early("/after", "\"an error after the call\".|into()"),
    early("/after-panic", "|panic!(\"a panic after the call\")"),
    early("/head", "\"a layer does not like the head\".|into()"),
    early("/head-panic", "|panic!(\"a layer panics at the head\")"),
    early("/block", "|panic!(\"a layer does not like {text:?}\")"),
    early("/block-error", "\"a layer's error at a block\".|into()"),
    late("/end", "\"a layer has nothing to add\".|into()"),
    late("/end-panic", "|panic!(\"a layer panics at the end\")"),
];

/// The program's sources, as the compiler names them.
pub const SOURCES: [(&str, &str); 2] = [
    (
        "chapters/ch12/src/failing.rs",
        include_str!("../../src/failing.rs"),
    ),
    (
        "chapters/ch12/src/watched.rs",
        include_str!("../../src/watched.rs"),
    ),
];

/// A place in a source.
#[derive(Debug)]
pub struct Place {
    pub file: &'static str,
    pub line: usize,
    pub column: usize,
    /// The line itself.
    pub text: &'static str,
}

impl Place {
    /// The only one of which this is the source, at its `|`.
    pub fn of(marked: &str) -> Self {
        let (before, after) = marked.split_once('|').expect("a mark");
        let searched = [before, after].concat();
        let mut found = Vec::new();
        for (file, source) in SOURCES {
            for (at, text) in source.lines().enumerate() {
                if let Some(start) = text.find(&searched) {
                    let column = start + before.len() + 1;
                    let line = at + 1;
                    found.push(Self { file, line, column, text });
                }
            }
        }
        let place = found.pop().expect(marked);
        assert!(found.is_empty(), "{marked:?} is in {found:?}, too");
        place
    }

    /// What a report says otherwise.
    pub fn fault(&self, report: &Report) -> Option<String> {
        let Self { file, line, column, text } = self;
        let right = format!("{file}:{line}:{column}");
        let Some((place, marked)) = report.began() else {
            return Some(format!("no place is in {:?}", report.0));
        };
        // Its folder is named if the program knows it.
        if place != right && !place.ends_with(&format!("/{right}")) {
            return Some(format!("it names {place}, not {right}"));
        }
        let right = format!("> {line:4}  {text}");
        (marked != right.trim_end())
            .then(|| format!("it marks {marked:?}, not {right:?}"))
    }
}
