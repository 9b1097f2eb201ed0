//! The check of exercise 4.4, and answers that it must reject.

use crate::exercise::{Verdict, expect};
use std::cell::Cell;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};

pub const READ: &str = "Line by line";

pub const HINT: &str = "A struct with three fields: the log, the \
    clock, and whether a line has begun and not ended. \
    `split_inclusive` cuts bytes behind each line end. What `write` \
    returns is how many of the caller's bytes it has taken.";

type Answer =
    fn(Box<dyn Write + Send>, fn() -> String) -> Box<dyn Write + Send>;

const STAMP: &str = "A line begins with the stamp and a space, and is \
    otherwise as it was written.";
const TAKEN: &str = "`write` returns how many of the caller's bytes \
    were taken; the stamp is not the caller's.";
const EACH: &str = "A piece with several lines in it needs several \
    stamps.";
const PIECES: &str = "A line that is written in pieces is one line, \
    and has one stamp, at its beginning.";
const LATER: &str = "A stamp is written when its line begins, and not \
    when the line before it ends: that may be hours earlier.";
const KEPT: &str = "What is written goes out at once, even if its line \
    has not ended.";
const FIRST: &str = "A line begins with its first byte. Where nothing is \
    written, none has begun.";
const ONE: &str = "One write comes in, and one goes out, or lines of \
    several processes will mix.";
const ALL: &str = "This log takes some bytes at a time, as `write` may; \
    `write_all` goes on until all of them are written.";
const BYTES: &str = "A log is written in bytes, and a piece may end \
    within a character: pass on what comes, and do not make text of it.";
const LF: &str = "A line ends with a line feed, and with nothing else.";
const PASS: &str = "A flush, or an error of the log, is passed on, and \
    no other is made up.";

thread_local! {
    static NOW: Cell<u32> = const { Cell::new(0) };
}

/// A clock that ticks when it is looked at.
fn clock() -> String {
    NOW.set(NOW.get() + 1);
    format!("{}:", NOW.get())
}

/// A log that keeps what was written to it, and tells where a write
/// ends.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<Vec<u8>>>>);

impl Kept {
    fn push(&self, bytes: &[u8]) {
        if let Ok(mut all) = self.0.lock() {
            all.push(bytes.to_vec());
        }
    }

    fn bytes(&self) -> Vec<Vec<u8>> {
        self.0.lock().map(|all| all.clone()).unwrap_or_default()
    }

    fn all(&self) -> Vec<String> {
        let text = |bytes: &Vec<u8>| {
            String::from_utf8_lossy(bytes).into_owned()
        };
        self.bytes().iter().map(text).collect()
    }
}

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.push(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.push(b"(a flush)");
        Ok(())
    }
}

/// The writes that the log gets, for these writes.
fn writes(stamped: Answer, pieces: &[&str]) -> Vec<String> {
    NOW.set(0);
    let kept = Kept::default();
    let mut log = stamped(Box::new(kept.clone()), clock);
    for piece in pieces {
        log.write_all(piece.as_bytes()).expect("a log that works");
    }
    kept.all()
}

/// A log that takes two bytes at a time.
struct Slow(Kept);

impl Write for Slow {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(&bytes[..bytes.len().min(2)])
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A log on a disk that is full.
struct Full;

impl Write for Full {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::Error::other("the disk is full"))
    }

    fn flush(&mut self) -> io::Result<()> {
        Err(io::Error::other("the disk is full"))
    }
}

pub fn check(stamped: Answer) -> Verdict {
    let text = |pieces: &[&str], expected: &str, hint| {
        let sent = format!("the writes {pieces:?}");
        let text = || writes(stamped, pieces).concat();
        let found = expect(sent, text, expected.to_string(), hint);
        found.map_err(|c| {
            c.hint_if("\"\"", KEPT).hint_if("(a flush)", PASS)
        })
    };
    let taken = || {
        let mut log = stamped(Box::new(io::sink()), clock);
        log.write(b"a\n").map_err(|error| error.to_string())
    };
    expect("write(b\"a\\n\")", taken, Ok(2), TAKEN)?;
    text(&["a\n"], "1: a\n", STAMP)
        .map_err(|c| c.hint_if("2: ", LATER))?;
    text(&["\n"], "1: \n", STAMP)?;
    text(&["a\n", "b\n"], "1: a\n2: b\n", STAMP)?;
    text(&["a\nb\n"], "1: a\n2: b\n", EACH)?;
    text(&["a\n\nb\n"], "1: a\n2: \n3: b\n", EACH)?;
    text(&["a", "b\n"], "1: ab\n", PIECES)?;
    text(&["a", "\n", "b\n"], "1: a\n2: b\n", PIECES)?;
    text(&["a\nb", "c\nd"], "1: a\n2: bc\n3: d", PIECES)?;
    text(&["a\rb\r\n"], "1: a\rb\r\n", LF)?;
    let cut = || {
        NOW.set(0);
        let kept = Kept::default();
        let mut log = stamped(Box::new(kept.clone()), clock);
        for piece in [b"Andr\xc3", &b"\xa9\n"[..]] {
            log.write_all(piece).expect("a log that works");
        }
        String::from_utf8_lossy(&kept.bytes().concat()).into_owned()
    };
    let sent = r#"the writes [b"Andr\xc3", b"\xa9\n"]"#;
    expect(sent, cut, "1: Andr\u{e9}\n".into(), BYTES)?;
    let writes = || writes(stamped, &["a\nb", "\n"]);
    let expected = ["1: a\n2: b", "\n"].map(String::from);
    let sent = "the writes [\"a\\nb\", \"\\n\"], and where they end";
    expect(sent, writes, expected.into(), ONE)?;
    let slow = || {
        NOW.set(0);
        let kept = Kept::default();
        let mut log = stamped(Box::new(Slow(kept.clone())), clock);
        log.write_all(b"lost\n").expect("a log that works");
        kept.all().concat()
    };
    let sent = "write_all(b\"lost\\n\"), and a log that takes 2 bytes \
                at a time";
    expect(sent, slow, "1: lost\n".into(), ALL)?;
    let nothing = || {
        NOW.set(0);
        let kept = Kept::default();
        let mut log = stamped(Box::new(kept.clone()), clock);
        let taken = log.write(b"").map_err(|error| error.to_string());
        (taken, kept.all().concat())
    };
    expect("write(b\"\")", nothing, (Ok(0), String::new()), FIRST)?;
    let flushed = || {
        let kept = Kept::default();
        let mut log = stamped(Box::new(kept.clone()), clock);
        log.flush().expect("a log that works");
        kept.all()
    };
    expect("flush()", flushed, vec!["(a flush)".into()], PASS)?;
    let full = || {
        let mut log = stamped(Box::new(Full), clock);
        let written = log.write(b"a\n").is_err();
        (written, log.flush().is_err())
    };
    let sent = "a write and a flush on a full disk; are they errors?";
    expect(sent, full, (true, true), PASS)
}

/// Changes each write by a rule of one's own.
struct Changed<F>(Box<dyn Write + Send>, F);

impl<F: FnMut(&str) -> String> Write for Changed<F> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = (self.1)(&String::from_utf8_lossy(bytes));
        self.0.write_all(text.as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Says how much it has written, rather than how much it has taken.
struct Long(Box<dyn Write + Send>, fn() -> String);

impl Write for Long {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = [(self.1)().as_bytes(), b" ", bytes].concat();
        self.0.write(&text)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Right, but for what makes text of the bytes, and what ends a line.
struct Stamped {
    log: Box<dyn Write + Send>,
    clock: fn() -> String,
    is_begun: bool,
    text: fn(&[u8]) -> Vec<u8>,
    ends: &'static [u8],
}

impl Write for Stamped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut out = Vec::new();
        for byte in (self.text)(bytes) {
            if !self.is_begun {
                out.extend(((self.clock)() + " ").bytes());
            }
            out.push(byte);
            self.is_begun = !self.ends.contains(&byte);
        }
        self.log.write_all(&out)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.log.flush()
    }
}

pub const WRONG: [(&str, Answer); 6] = [
    // The number of bytes that came out.
    (TAKEN, |log, clock| Box::new(Long(log, clock))),
    // A write taken for a line.
    (EACH, |log, clock| {
        let stamp = move |text: &str| format!("{} {text}", clock());
        Box::new(Changed(log, stamp))
    }),
    // Each piece taken for a line, or several.
    (PIECES, |log, clock| {
        let stamp = move |text: &str| {
            let lines = text.split_inclusive('\n');
            lines.map(|line| format!("{} {line}", clock())).collect()
        };
        Box::new(Changed(log, stamp))
    }),
    // Behind each line end the stamp of a line to come.
    (LATER, |log, clock| {
        let mut is_first = true;
        let stamp = move |text: &str| {
            let mut stamped = String::new();
            if is_first {
                stamped = format!("{} ", clock());
                is_first = false;
            }
            for c in text.chars() {
                stamped.push(c);
                if c == '\n' {
                    stamped += &format!("{} ", clock());
                }
            }
            stamped
        };
        Box::new(Changed(log, stamp))
    }),
    // Text, and what is none is lost.
    (BYTES, |log, clock| {
        let text = |bytes: &[u8]| {
            String::from_utf8_lossy(bytes).as_bytes().to_vec()
        };
        let (is_begun, ends) = (false, b"\n");
        Box::new(Stamped { log, clock, is_begun, text, ends })
    }),
    // A CR taken for the end of a line, as in `EventSource`.
    (LF, |log, clock| {
        let (is_begun, ends) = (false, b"\r\n");
        let text = <[u8]>::to_vec;
        Box::new(Stamped { log, clock, is_begun, text, ends })
    }),
];
