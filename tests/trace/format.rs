//! How Rust writes a backtrace: nobody promises that it stays so.

use super::{LINES, Trace, frames};
use std::panic::Location;
use std::time::Duration;

/// As Rust 1.89 to 1.95 write it.
const WRITTEN: &str = "   0: std::backtrace::Backtrace::create
   1: <gateway::error::Error as core::convert::From<E>>::from
             at /rustc/0123/library/core/src/convert/mod.rs:778:9
   2: number<u32>
             at ./src/number.rs:56:8
   3: __rust_try
  10: ch12::failing::{{closure}}
             at /a folder/src/failing.rs:19:22
";

const HELP: &str = "Rust writes backtraces otherwise than before: \
    mend `frames` in src/trace.rs, and WRITTEN in its test.";

#[test]
fn a_backtrace_as_we_know_it_is_read() {
    let unknown = "an unknown place";
    let read = frames(WRITTEN);
    let expected = [
        ("std::backtrace::Backtrace::create", unknown),
        (
            "<gateway::error::Error as core::convert::From<E>>::from",
            "/rustc/0123/library/core/src/convert/mod.rs:778:9",
        ),
        ("number<u32>", "./src/number.rs:56:8"),
        ("__rust_try", unknown),
        (
            "ch12::failing::{{closure}}",
            "/a folder/src/failing.rs:19:22",
        ),
    ];
    let expected = expected.map(|(n, p)| (n.into(), p.into()));
    assert_eq!(read, expected, "`frames` does not read what it should");
}

#[test]
fn a_source_that_is_newer_than_the_program_says_so() {
    let name = format!("gateway-edited-{}.rs", std::process::id());
    let file = std::env::temp_dir().canonicalize().unwrap().join(name);
    let shown = |age| {
        std::fs::write(&file, "one\ntwo\nthree\n").unwrap();
        let time = std::time::SystemTime::now() - age;
        let opened = std::fs::File::options().append(true).open(&file);
        opened.unwrap().set_modified(time).unwrap();
        super::source(&format!("{}:2:1", file.display()))
    };
    let new = shown(Duration::ZERO);
    let old = shown(Duration::from_secs(1_000_000_000));
    std::fs::remove_file(&file).unwrap();
    assert!(old.contains("\n>    2  two\n"), "{old}");
    let edited = "  (edited since this program was built)\n";
    assert_eq!(new, old + edited);
}

#[test]
fn without_lines_it_says_how_to_have_them() {
    let bare = "   0: one\n   1: two\n";
    let (name, place) = &frames(bare)[0];
    assert_eq!((&**name, &**place), ("no place is known", LINES));
}

/// A trace, and the line of each function on the way to it.
type Way = (Trace, Vec<u32>);

fn from((trace, mut lines): Way, line: u32) -> Way {
    lines.push(line);
    (trace, lines)
}

fn inmost() -> Way {
    (Trace::here(Location::caller()), vec![line!()])
}

#[inline(always)]
fn inlined() -> Way {
    from(inmost(), line!())
}

fn generic<T>(_: T) -> Way {
    from(inlined(), line!())
}

trait Walk {
    fn method(&self) -> Way;
}

impl Walk for u8 {
    fn method(&self) -> Way {
        from(generic(*self), line!())
    }
}

fn in_a_closure() -> Way {
    let closure = |number: u8| from(number.method(), line!());
    closure(1)
}

#[test]
fn a_backtrace_of_this_rust_is_read() {
    let names = ["inmost", "inlined", "generic", "method", "closure"];
    let (trace, lines) = in_a_closure();
    let text = trace.backtrace.to_string();
    let all = trace.frames();
    let ours = all.iter().filter(|f| f.1.contains("/format.rs:"));
    let ours: Vec<_> = ours.take(names.len()).collect();
    assert!(
        ours.len() == names.len(),
        "{HELP} Of five functions of this file it finds {ours:?} in\n\
         {text}"
    );
    for ((name, line), frame) in names.iter().zip(lines).zip(ours) {
        let (found, place) = frame;
        assert!(
            found.contains(name),
            "{HELP} `{name}` is called {found:?} in\n{text}"
        );
        assert!(
            place.contains(&format!("/format.rs:{line}:")),
            "{HELP} `{name}` is at line {line}, and is said to be at \
             {place:?} in\n{text}"
        );
        assert!(
            place.starts_with('/'),
            "{HELP} The file of {place:?} is not found from here."
        );
    }
}
