//! What a server does with a request, told by its statuses alone, and
//! whether the specifications allow it.

use super::answers::{Answer, answers};
use crate::hostile::client::Seen;
use crate::hostile::requests::{Request, Then};
use std::fmt;
use std::io::{self, ErrorKind};

/// What says that a request is refused.
const REFUSALS: [u16; 8] = [400, 408, 413, 414, 417, 431, 501, 505];

/// What a body without a Content-Length may always be refused with.
const LENGTH_REQUIRED: u16 = 411;

/// What good requests get. A server that has nothing to be posted to
/// says 501 to all of that.
#[derive(Clone, Copy, Debug)]
pub struct Usual {
    pub get: u16,
    pub post: u16,
}

/// What came of a request.
#[derive(Debug, PartialEq)]
pub struct Came {
    pub class: Class,
    /// The statuses, in their order.
    statuses: Vec<u16>,
    pub is_right: bool,
}

/// In words; the worst comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    Gone,
    Smuggled,
    WentOn,
    Strange,
    Interim,
    Failed,
    Silent,
    Closed,
    Answered,
    Stopped,
    Served,
    Refused,
    Stays,
    NotTried,
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gone => "the server is gone",
            Self::Smuggled => "a body run as a request",
            Self::WentOn => "read on where it has to close",
            Self::Strange => "bytes that are no answer",
            Self::Interim => "a 100 that is wrong",
            Self::Failed => "the server failed",
            Self::Silent => "silence",
            Self::Closed => "closed without a word",
            Self::Answered => "answered",
            Self::Stopped => "answered, and the next refused",
            Self::Served => "answered, and the next too",
            Self::Refused => "refused",
            Self::Stays => "the server stays",
            Self::NotTried => "not tried",
        })
    }
}

impl Came {
    /// Something that no answer tells.
    pub fn without(class: Class) -> Self {
        let (statuses, is_right) = (Vec::new(), false);
        Self { class, statuses, is_right }
    }
}

impl fmt::Display for Came {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.class)?;
        if self.statuses.is_empty() {
            return Ok(());
        }
        let statuses = self.statuses.iter().map(u16::to_string);
        let statuses: Vec<String> = statuses.collect();
        write!(f, " ({})", statuses.join(" "))
    }
}

/// An answer, as one of two kinds.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Answer,
    Refusal,
    /// It may be either.
    Both,
    /// The server's own fault.
    Failure,
}

impl Kind {
    fn of(status: u16, usual: &[u16]) -> Self {
        let is_usual = usual.contains(&status);
        match status {
            LENGTH_REQUIRED => Self::Both,
            _ if REFUSALS.contains(&status) && is_usual => Self::Both,
            _ if REFUSALS.contains(&status) => Self::Refusal,
            500.. if !is_usual => Self::Failure,
            _ => Self::Answer,
        }
    }

    fn is(self, expected: Self) -> bool {
        self == expected || self == Self::Both
    }
}

/// One thing that a server may do: answers of these kinds, and perhaps
/// silence.
struct Allowed {
    kinds: Vec<Kind>,
    has_interim: bool,
    is_silence: bool,
}

impl Allowed {
    /// All that the specifications allow.
    fn by(request: &Request) -> Vec<Self> {
        let all = request.right.iter().chain(request.may);
        all.map(|text| Self::parse(text)).collect()
    }

    /// Reads the notation of the table.
    fn parse(text: &str) -> Self {
        let words = || text.split_whitespace();
        let statuses = words().filter_map(|w| w.parse::<u16>().ok());
        let kinds = statuses.filter(|status| *status >= 200);
        Self {
            kinds: kinds.map(|status| Kind::of(status, &[])).collect(),
            has_interim: words().any(|word| word == "100"),
            is_silence: words().any(|word| word == "..."),
        }
    }

    /// A server may close after any answer. After a refusal it may go
    /// on, unless it does not know where the next request begins.
    fn has(&self, kinds: &[Kind], must_close: bool) -> bool {
        let is_closed = kinds.is_empty();
        is_closed == self.kinds.is_empty()
            && kinds.len() <= self.most(must_close)
            && kinds.iter().zip(&self.kinds).all(|(k, e)| k.is(*e))
    }

    /// How many answers there may be.
    fn most(&self, must_close: bool) -> usize {
        let goes_on = !must_close && self.ends_in_refusal();
        self.kinds.len() + usize::from(goes_on)
    }

    fn ends_in_refusal(&self) -> bool {
        self.kinds.last() == Some(&Kind::Refusal)
    }
}

/// Where a request's end is in doubt, nothing more may be read.
fn must_close(request: &Request) -> bool {
    ["6.", "7."].iter().any(|part| request.section.starts_with(part))
}

/// Is something asked for behind it, on the same connection?
fn is_asked(request: &Request) -> bool {
    matches!(request.then, Then::Ask | Then::Send(_))
}

/// Does its client go away without a look?
fn goes(request: &Request) -> bool {
    matches!(request.then, Then::Close | Then::Reset)
}

/// What is right, in words.
pub fn right(request: &Request) -> String {
    if goes(request) {
        return Class::Stays.to_string();
    }
    let allowed = Allowed::by(request);
    let begins =
        |kind| allowed.iter().any(|a| a.kinds.first() == Some(&kind));
    let word = match (begins(Kind::Answer), begins(Kind::Refusal)) {
        (true, true) => "either",
        (true, false) => "answered",
        (false, true) => "refused",
        (false, false) => return "closed".into(),
    };
    let must_close = must_close(request);
    let is_last = allowed.iter().all(|a| a.most(must_close) <= 1);
    let closed = if is_last { ", then closed" } else { "" };
    format!("{word}{closed}")
}

/// Judges what was seen of a request.
pub fn judge(
    request: &Request,
    seen: io::Result<Seen>,
    usual: Usual,
) -> Came {
    let (bytes, is_open) = match seen {
        Ok((bytes, end)) => (bytes, end.is_some()),
        Err(error) => (
            Vec::new(),
            matches!(
                error.kind(),
                ErrorKind::WouldBlock | ErrorKind::TimedOut
            ),
        ),
    };
    if goes(request) {
        let (class, statuses) = (Class::Stays, Vec::new());
        return Came { class, statuses, is_right: true };
    }
    let (all, is_strange) = answers(&bytes);
    let statuses: Vec<u16> = all.iter().map(|a| a.status).collect();
    let mut usual = vec![usual.get, usual.post];
    if request.text.trim_start().starts_with("GET ") {
        usual.truncate(1);
    }
    let kinds: Vec<Kind> = statuses
        .iter()
        .filter(|status| **status >= 200)
        .map(|status| Kind::of(*status, &usual))
        .collect();
    let allowed = Allowed::by(request);
    let must_close = must_close(request);
    let is_free = allowed.iter().any(|a| a.is_silence);
    let is_silent = is_open && (kinds.is_empty() || is_asked(request));
    let class = if is_strange && !is_free {
        Class::Strange
    } else if !is_right_interim(&all, &allowed) {
        Class::Interim
    } else {
        class(&kinds, &allowed, must_close, is_silent)
    };
    let is_allowed = match is_silent || is_strange {
        true => is_free,
        false => allowed.iter().any(|a| a.has(&kinds, must_close)),
    };
    let is_right = is_allowed && class > Class::Interim;
    Came { class, statuses, is_right }
}

fn is_right_interim(all: &[Answer], allowed: &[Allowed]) -> bool {
    let mut interim = all.iter().filter(|a| a.is_interim());
    let is_expected = allowed.iter().any(|a| a.has_interim);
    interim.all(|answer| is_expected && !answer.has_length)
}

fn class(
    kinds: &[Kind],
    allowed: &[Allowed],
    must_close: bool,
    is_silent: bool,
) -> Class {
    let begins_so = |a: &&Allowed| {
        let first = a.kinds.first().zip(kinds.first());
        first.is_some_and(|(expected, kind)| kind.is(*expected))
    };
    let most = |a: &Allowed| a.most(must_close);
    let right = allowed.iter().filter(begins_so).map(most).max();
    let limit = right.or(allowed.iter().map(most).max());
    let limit = limit.unwrap_or_default();
    let over = kinds.len().saturating_sub(limit);
    // The request that follows is among two that may be answered.
    let is_one_too_many = over > 1 || over == 1 && limit > 1;
    match kinds {
        [] if is_silent => Class::Silent,
        [] => Class::Closed,
        _ if is_one_too_many => Class::Smuggled,
        _ if kinds.contains(&Kind::Failure) => Class::Failed,
        _ if over == 1 && right.is_some() => Class::WentOn,
        [Kind::Refusal, ..] => Class::Refused,
        [.., Kind::Refusal] => Class::Stopped,
        _ if is_silent => Class::Silent,
        [_] => Class::Answered,
        _ => Class::Served,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hostile;

    const USUAL: Usual = Usual { get: 200, post: 404 };

    fn request(name: &str) -> &'static Request {
        let all = hostile::all();
        all.into_iter().find(|r| r.name == name).expect("a request")
    }

    fn came_usually(name: &str, seen: &str, usual: Usual) -> String {
        let is_open = seen.ends_with("...");
        let statuses = seen.split_whitespace();
        let statuses = statuses.filter(|word| *word != "...");
        let bytes = statuses.map(|status| {
            format!("HTTP/1.1 {status} x\r\nContent-Length: 0\r\n\r\n")
                .replace("100 x\r\nContent-Length: 0", "100 x")
        });
        let bytes = bytes.collect::<String>().into_bytes();
        let seen = Ok((bytes, is_open.then_some("...")));
        let came = judge(request(name), seen, usual);
        format!("{} {came}", if came.is_right { "✓" } else { "✗" })
    }

    fn came(name: &str, seen: &str) -> String {
        came_usually(name, seen, USUAL)
    }

    #[test]
    fn a_length_in_doubt_is_refused_and_nothing_more_is_read() {
        let name = "Content-Length: -1";
        assert_eq!(right(request(name)), "refused, then closed");
        assert_eq!(came(name, "400"), "✓ refused (400)");
        let on = "✗ read on where it has to close (400 404)";
        assert_eq!(came(name, "400 404"), on);
        let run = "✗ a body run as a request (400 404 404)";
        assert_eq!(came(name, "400 404 404"), run);
        let served = "✗ answered, and the next too (404 404)";
        assert_eq!(came(name, "404 404"), served);
        assert_eq!(came(name, ""), "✗ closed without a word");
        assert_eq!(came(name, "..."), "✗ silence");
        assert_eq!(came(name, "500"), "✗ the server failed (500)");
    }

    #[test]
    fn a_refusal_closes_nothing_where_the_end_is_known() {
        assert_eq!(right(request("no Host")), "refused");
        assert_eq!(came("no Host", "400"), "✓ refused (400)");
        assert_eq!(came("no Host", "400 200"), "✓ refused (400 200)");
        let served = "✗ answered, and the next too (200 200)";
        assert_eq!(came("no Host", "200 200"), served);
        assert_eq!(came("no Host", "400 ..."), "✗ refused (400)");
    }

    #[test]
    fn an_answer_is_of_any_application_and_may_be_the_last() {
        let name = "a body in chunks";
        assert_eq!(right(request(name)), "answered");
        assert_eq!(came(name, "405"), "✓ answered (405)");
        assert_eq!(came(name, "411"), "✓ answered (411)");
        let both = "✓ answered, and the next too (404 200)";
        assert_eq!(came(name, "404 200"), both);
        let stopped = "✗ answered, and the next refused (404 400)";
        assert_eq!(came(name, "404 400"), stopped);
        assert_eq!(came(name, "501"), "✗ refused (501)");
        let name = "Connection: close";
        assert_eq!(right(request(name)), "answered, then closed");
        assert_eq!(came(name, "200"), "✓ answered (200)");
        let on = "✗ read on where it has to close (200 200)";
        assert_eq!(came(name, "200 200"), on);
    }

    #[test]
    fn who_answers_501_to_all_that_is_posted_is_not_to_blame() {
        let usual = Usual { get: 200, post: 501 };
        let came = |name| came_usually(name, "501", usual);
        assert_eq!(came("a body in chunks"), "✓ answered (501)");
        assert_eq!(came("Content-Length: -1"), "✓ answered (501)");
        assert_eq!(came("HTTP/1.9"), "✗ refused (501)");
    }

    #[test]
    fn what_the_specifications_leave_open_is_either() {
        let name = "a folded line";
        assert_eq!(right(request(name)), "either");
        assert_eq!(came(name, "400"), "✓ refused (400)");
        let both = "✓ answered, and the next too (200 200)";
        assert_eq!(came(name, "200 200"), both);
        let name = "a body that does not come";
        assert_eq!(right(request(name)), "either");
        for seen in ["...", "408", "404", ""] {
            assert!(came(name, seen).starts_with("✓"), "{seen}");
        }
    }

    #[test]
    fn a_100_is_for_who_asks_and_has_no_length() {
        let name = "Expect: 100-continue";
        let right = "✓ answered, and the next too (100 404 200)";
        assert_eq!(came(name, "100 404 200"), right);
        let right = "✓ answered, and the next too (404 200)";
        assert_eq!(came(name, "404 200"), right);
        let wrong = "✗ a 100 that is wrong (100 200)";
        assert_eq!(came("HTTP/1.0", "100 200"), wrong);
    }

    #[test]
    fn chapter_8s_answers_are_all_right() {
        for request in hostile::all() {
            if request.is_for_ours() {
                continue;
            }
            for seen in
                request.right.last().into_iter().chain(request.may)
            {
                let came = came(request.name, seen);
                assert!(
                    came.starts_with("✓"),
                    "{}: {came}",
                    request.name
                );
            }
        }
    }
}
