//! The check of exercise 12.2, and answers that it must reject or take.

use crate::exercise::{RIGHT, Verdict, expect};

pub const READ: &str = "A backtrace is a text";

pub const HINT: &str = "`trim` each line. Keep the name of a function \
    in a variable until the next line has shown whether there is a \
    place; `take()` it then, so that no other line gets it. \
    `strip_prefix(\"at \")` finds a place, and `rsplit_once(':')` \
    takes one number from its end, so call it twice: with a column the \
    second number is the line, and without one `parse` fails there.";

type Frame<'b> = (&'b str, &'b str, u32);

type Answer = for<'b> fn(&'b str) -> Vec<Frame<'b>>;

const FRAME: &str = "A function and the place on the line after it: \
    the name, the file, and the first of the two numbers.";
const LINE: &str = "The first of two numbers is the line; the second \
    is the column.";
const ORDER: &str = "They stay in the order of the backtrace.";
const NONE: &str = "A function without a place is left out, and the \
    next place is not its own.";
const ALL: &str = "Every function with a place counts, whoever has \
    written it, and however often it is there.";
const COLUMN: &str = "A place may end after the line, without a \
    column.";
const SPACE: &str = "A file may have spaces in its name, and so may a \
    function.";
const COLON: &str = "A file may have colons in it, as all have on \
    Windows: the numbers are at the end.";
const NAME: &str = "The name is everything after the first `: `, \
    whatever is in it.";
const AT: &str = "A place is a line that begins with `at `, after its \
    spaces. Elsewhere it is a part of a name.";
const INDENT: &str = "How many spaces are in front, and how long the \
    number is, says nothing.";
const OTHER: &str = "A function's line begins with a number. What a \
    program prints before a backtrace, and after it, is not a part of \
    it.";
const STRAY: &str = "A place that comes after no function belongs to \
    none.";
const NOWHERE: &str = "Without a line it is not a place, and the \
    function is left out.";
const EMPTY: &str = "Where there is no function there is no frame.";

const PLAIN: &str = "   0: tea::pour
             at \
    ./src/tea.rs:12:34
   1: tea::serve
             at \
    ./src/main.rs:5:6
";

const PARTS: &str = "   0: std::panicking::panic_handler
   1: \
    __rust_try
   2: tea::pour
             at ./src/tea.rs:12:34
   \
    3: __libc_start_main
   4: tea::pour
             at \
    ./src/tea.rs:14:3
   5: _start
";

const MANY: &str = "   7: core::ops::function::Fn::call
             \
    at /rustc/1234/library/core/src/ops/function.rs:79:5
   8: \
    tea::pour
             at ./src/tea.rs:12:34
   9: tea::pour
      \
           at ./src/tea.rs:12:34
  10: start_thread
             at \
    ./nptl/pthread_create.c:442:8
";

const PRINTED: &str = "
thread 'main' panicked at \
    src/tea.rs:12:34:
more: tea
at five:17
stack backtrace:
   0: \
    tea::pour
             at ./src/tea.rs:12:34
note: Some details \
    are omitted, run with `RUST_BACKTRACE=full`
at noon: 12:00
";

const CASES: [(&str, &[Frame<'_>], &str); 19] = [
    (
        "   0: tea::pour\n             at ./src/tea.rs:12:34\n",
        &[("tea::pour", "./src/tea.rs", 12)],
        FRAME,
    ),
    (
        PLAIN,
        &[
            ("tea::pour", "./src/tea.rs", 12),
            ("tea::serve", "./src/main.rs", 5),
        ],
        ORDER,
    ),
    ("", &[], EMPTY),
    ("disabled backtrace", &[], EMPTY),
    ("   0: tea::pour\n   1: tea::serve\n", &[], NONE),
    (
        PARTS,
        &[
            ("tea::pour", "./src/tea.rs", 12),
            ("tea::pour", "./src/tea.rs", 14),
        ],
        NONE,
    ),
    (
        MANY,
        &[
            (
                "core::ops::function::Fn::call",
                "/rustc/1234/library/core/src/ops/function.rs",
                79,
            ),
            ("tea::pour", "./src/tea.rs", 12),
            ("tea::pour", "./src/tea.rs", 12),
            ("start_thread", "./nptl/pthread_create.c", 442),
        ],
        ALL,
    ),
    (
        "   0: tea::pour\n             at ./src/tea.rs:12\n",
        &[("tea::pour", "./src/tea.rs", 12)],
        COLUMN,
    ),
    (
        "   0: tea::pour\n             at ./green tea/main.rs:1:2\n",
        &[("tea::pour", "./green tea/main.rs", 1)],
        SPACE,
    ),
    (
        "   0: <tea::Pot as tea::Pour>::pour\n      at ./tea.rs:1:2\n",
        &[("<tea::Pot as tea::Pour>::pour", "./tea.rs", 1)],
        SPACE,
    ),
    (
        "   0: tea::pour\n             at C:\\tea\\main.rs:12:5\n",
        &[("tea::pour", r"C:\tea\main.rs", 12)],
        COLON,
    ),
    (
        "   0: tea::pour\n             at C:\\tea\\main.rs:12\n",
        &[("tea::pour", r"C:\tea\main.rs", 12)],
        COLON,
    ),
    (
        "   0: pour<tea: Hot>: fn(dyn Tea)\n             at a.rs:1:2\n",
        &[("pour<tea: Hot>: fn(dyn Tea)", "a.rs", 1)],
        NAME,
    ),
    (
        "   0: tea::{closure at tea.rs:3:4}\n   1: tea::chat room\n\
             at a.rs:1:2\n",
        &[("tea::chat room", "a.rs", 1)],
        AT,
    ),
    (
        "0: a\nat a.rs:1:2\n 1000: b\n\t\tat b.rs:3:4\r\n",
        &[("a", "a.rs", 1), ("b", "b.rs", 3)],
        INDENT,
    ),
    (
        "             at a.rs:1:2\n   0: a\n             at a.rs:3:4\n",
        &[("a", "a.rs", 3)],
        STRAY,
    ),
    (
        "   0: a\n   at a.rs:3:4\n   at b.rs:5:6\n",
        &[("a", "a.rs", 3)],
        STRAY,
    ),
    (
        "   0: a\n             at nowhere\n   1: b\n   at b.rs:3:4\n",
        &[("b", "b.rs", 3)],
        NOWHERE,
    ),
    (PRINTED, &[("tea::pour", "./src/tea.rs", 12)], OTHER),
];

pub fn check(frames: Answer) -> Verdict {
    for (backtrace, expected, hint) in CASES {
        let answer = || frames(backtrace);
        expect(backtrace, answer, expected.to_vec(), hint)
            .map_err(|told| told.hint_if(", 34)", LINE))?;
    }
    Ok(())
}

/// What is after the number, if it is the line of a function.
fn function(line: &str) -> Option<&str> {
    let (number, name) = line.split_once(": ")?;
    number.parse::<u32>().is_ok().then_some(name)
}

fn place(line: &str) -> Option<(&str, u32)> {
    divided(line.strip_prefix("at ")?)
}

fn divided(place: &str) -> Option<(&str, u32)> {
    let (start, last) = place.rsplit_once(':')?;
    let last = last.parse().ok()?;
    match start.rsplit_once(':').map(|(f, n)| (f, n.parse())) {
        Some((file, Ok(line))) => Some((file, line)),
        _ => Some((start, last)),
    }
}

/// By what finds a function and a place in a line without its spaces.
fn by<'b>(
    backtrace: &'b str,
    function: fn(&'b str) -> Option<&'b str>,
    place: fn(&'b str) -> Option<(&'b str, u32)>,
) -> Vec<Frame<'b>> {
    let lines: Vec<_> = backtrace.lines().map(str::trim).collect();
    let pairs = lines.windows(2);
    pairs
        .filter_map(|pair| {
            let (file, line) = place(pair[1])?;
            Some((function(pair[0])?, file, line))
        })
        .collect()
}

pub const WRONG: [(&str, Answer); 20] = [
    // The column.
    (LINE, |backtrace| {
        by(backtrace, function, |line| {
            let place = line.strip_prefix("at ")?;
            let (file, column) = place.rsplit_once(':')?;
            let file = file.rsplit_once(':').map_or(file, |p| p.0);
            Some((file, column.parse().ok()?))
        })
    }),
    // The number is a part of the name.
    (FRAME, |backtrace| {
        by(backtrace, |l| function(l).map(|_| l), place)
    }),
    // The outmost first.
    (ORDER, |backtrace| {
        let mut frames = by(backtrace, function, place);
        frames.reverse();
        frames
    }),
    // All functions.
    (NONE, |backtrace| {
        let lines: Vec<_> = backtrace.lines().map(str::trim).collect();
        let frames =
            lines.iter().enumerate().filter_map(|(at, line)| {
                let name = function(line)?;
                let place =
                    lines.get(at + 1).and_then(|line| place(line));
                let (file, line) = place.unwrap_or(("", 0));
                Some((name, file, line))
            });
        frames.collect()
    }),
    // All names and all places, in turn.
    (NONE, |backtrace| {
        let lines = || backtrace.lines().map(str::trim);
        let names = lines().filter_map(function);
        let places = lines().filter_map(place);
        let pairs = names.zip(places);
        pairs.map(|(name, (file, line))| (name, file, line)).collect()
    }),
    // Two lines are a frame.
    (NONE, |backtrace| {
        let lines: Vec<_> = backtrace.lines().map(str::trim).collect();
        let pairs = lines.chunks(2);
        let frames = pairs.filter_map(|pair| {
            let (file, line) = place(pair.get(1)?)?;
            Some((function(pair[0])?, file, line))
        });
        frames.collect()
    }),
    // Without what is of no interest.
    (ALL, |backtrace| {
        let mut frames = by(backtrace, function, place);
        frames.retain(|frame| !frame.1.starts_with("/rustc/"));
        frames
    }),
    // Each once.
    (ALL, |backtrace| {
        let mut frames = by(backtrace, function, place);
        frames.dedup();
        frames
    }),
    // There are two numbers.
    (COLUMN, |backtrace| {
        by(backtrace, function, |line| {
            let place = line.strip_prefix("at ")?;
            let mut parts = place.rsplitn(3, ':');
            let (_, line) = (parts.next()?, parts.next()?.parse());
            Some((parts.next()?, line.ok()?))
        })
    }),
    // The second word.
    (SPACE, |backtrace| {
        by(backtrace, function, |line| {
            let place = line.strip_prefix("at ")?;
            divided(place.split(' ').next_back()?)
        })
    }),
    // A name is a word.
    (SPACE, |backtrace| {
        by(backtrace, |line| function(line)?.split(' ').next(), place)
    }),
    // Up to the first colon.
    (COLON, |backtrace| {
        by(backtrace, function, |line| {
            let place = line.strip_prefix("at ")?;
            let (file, rest) = place.split_once(':')?;
            Some((file, rest.split(':').next()?.parse().ok()?))
        })
    }),
    // After the last colon.
    (NAME, |backtrace| {
        by(backtrace, |line| function(line)?.rsplit(": ").next(), place)
    }),
    // Somewhere there is `at `.
    (AT, |backtrace| {
        let (mut frames, mut name) = (Vec::new(), None);
        for line in backtrace.lines().map(str::trim) {
            if let Some((_, at)) = line.split_once("at ") {
                let place = divided(at.trim_end_matches('}'));
                let frame = name.take().zip(place);
                frames.extend(frame.map(|(n, (f, l))| (n, f, l)));
            } else {
                name = function(line);
            }
        }
        frames
    }),
    // As many spaces as usual.
    (INDENT, |backtrace| {
        let lines: Vec<_> = backtrace.lines().collect();
        let pairs = lines.windows(2);
        let frames = pairs.filter_map(|pair| {
            let spaces = pair[0].starts_with("  ");
            let (file, line) = place(pair[1].trim())?;
            let name = function(pair[0].trim())?;
            spaces.then_some((name, file, line))
        });
        frames.collect()
    }),
    // There is always one before.
    (STRAY, |backtrace| {
        let (mut frames, mut name) = (Vec::new(), "?");
        for line in backtrace.lines().map(str::trim) {
            if let Some((file, line)) = place(line) {
                frames.push((name, file, line));
                name = "";
            } else if let Some(function) = function(line) {
                name = function;
            }
        }
        frames.retain(|frame| !frame.0.is_empty());
        frames
    }),
    // The name stays.
    (STRAY, |backtrace| {
        let (mut frames, mut name) = (Vec::new(), None);
        for line in backtrace.lines().map(str::trim) {
            let frame = name.zip(place(line));
            frames.extend(frame.map(|(n, (f, l))| (n, f, l)));
            if place(line).is_none() {
                name = function(line);
            }
        }
        frames
    }),
    // Nowhere is somewhere.
    (NOWHERE, |backtrace| {
        by(backtrace, function, |line| {
            let place = line.strip_prefix("at ")?;
            divided(place).or(Some((place, 0)))
        })
    }),
    // What has a colon is a function.
    (OTHER, |backtrace| {
        by(
            backtrace,
            |line| line.split_once(": ").map(|parts| parts.1),
            place,
        )
    }),
    // Two lines at a time.
    (RIGHT, |backtrace| by(backtrace, function, place)),
];
