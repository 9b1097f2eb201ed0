//! Values that change from run to run, made the same in every book.

use crate::project::Project;
use std::path::Path;

/// What stands in the book for any date in a header: the example of
/// RFC 9110, section 5.6.7.
const DATE: &str = "Sun, 06 Nov 1994 08:49:37 GMT";

/// What stands for the number of a thread that panicked.
const ID: &str = "4711";

/// What stands for a port that the system chose.
const PORT: &str = "8000";

/// The least port that a system chooses by itself. Those below are
/// somebody's choice.
const LEAST_PORT: u16 = 32_768;

/// What stands for the client's port.
const CLIENT_PORT: &str = "54321";

/// The same date, as the common log format has it.
const LOG_DATE: &str = "06/Nov/1994:08:49:37 +0000";

/// What stands for a tag that `files` makes, and for what is the same
/// in all ids of a process's requests.
const TAG: &str = "5d41402abc4b2a76";

/// What stands for a request's id.
const REQUEST: &str = "5d41402abc4b2a76-1";

/// What stands for the ids of sessions: the first in a text, the second
/// and so on.
const SESSIONS: [&str; 4] = [
    "5d41402abc4b2a76b9719d911017c592",
    "7d793037a0760186574b0282f2f435e7",
    "bc9ffcbf5c3fd1c5a1f6c0a4d1a5a0b3",
    "1b8a2c6fd0e94b07a0c8b6f3d7e5a914",
];

/// What stands for a form's token.
const TOKEN: &str = "9e107d9d372bb6826bd81d3542a419d6\
                     e4d909c290d0fb1ca068ffaddf22cbd0";

/// Replaces paths, dates, ports, threads' numbers, ids and times.
pub fn normalize(text: &str, project: &Project) -> String {
    let text = sessions(&paths(text, project));
    let lines = text.split_inclusive('\n');
    lines.filter(|line| !is_about_a_file(line)).map(line).collect()
}

/// rustc writes a long type into a file whose name is a new one each
/// time, and says so in two notes.
fn is_about_a_file(line: &str) -> bool {
    line.contains("= note: the full name for the type has been written")
        || line.contains("= note: consider using `--verbose` to print")
}

fn paths(text: &str, project: &Project) -> String {
    let text = shorten(text, &project.scratch_target(), "target");
    let text = shorten(&text, &project.scratch(), "");
    let text = shorten(&text, &project.target, "target");
    shorten(&text, &project.root, "")
}

/// Replaces an absolute folder by one as seen from the root.
fn shorten(text: &str, folder: &Path, short: &str) -> String {
    let folder = folder.to_string_lossy();
    let inside = match short {
        "" => String::new(),
        _ => format!("{short}/"),
    };
    let here = if short.is_empty() { "." } else { short };
    text.replace(&format!("{folder}/"), &inside).replace(&*folder, here)
}

/// An answer with its body in one chunk. In how many that of a CGI
/// program comes is a matter of the moment: our server sends what is
/// there.
pub fn one_chunk(answer: &[u8]) -> Vec<u8> {
    const END: &[u8] = b"\r\n\r\n";
    let at = answer.windows(END.len()).position(|w| w == END);
    let (head, mut rest) =
        answer.split_at(at.map_or(answer.len(), |at| at + END.len()));
    let mut joined = head.to_vec();
    if is_chunked(head) {
        let mut data = Vec::new();
        while let Some((chunk, after)) = chunk(rest) {
            data.extend_from_slice(chunk);
            rest = after;
        }
        if !data.is_empty() {
            joined.extend(format!("{:x}\r\n", data.len()).bytes());
            joined.extend(data);
            joined.extend(b"\r\n");
        }
    }
    joined.extend(rest);
    joined
}

fn is_chunked(head: &[u8]) -> bool {
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    head.lines().any(|line| line == "transfer-encoding: chunked")
}

/// The content of a chunk that is not the last, and what follows it.
fn chunk(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.windows(2).position(|w| w == b"\r\n")?;
    let length = std::str::from_utf8(&bytes[..end]).ok()?;
    let length = usize::from_str_radix(length, 16).ok()?;
    let rest = &bytes[end + 2..];
    if length == 0 || length > rest.len() {
        return None;
    }
    let (content, rest) = rest.split_at(length);
    Some((content, rest.strip_prefix(b"\r\n")?))
}

/// A row that a tap has drawn begins with a connection's number and a
/// time in milliseconds. Of those that somebody waited for the hundreds
/// are kept.
fn tapped(line: &str) -> Option<String> {
    let (start, rest) = line.split_once(" │")?;
    let (number, time) = start.split_at_checked(3)?;
    let time: f64 = time.trim().parse().ok()?;
    let time = match time < 100.0 {
        true => 0.1,
        false => (time / 100.0).floor() * 100.0,
    };
    Some(format!("{number} {time:8.1} │{rest}"))
}

fn line(line: &str) -> String {
    let line = date(line);
    let line = tapped(&line).unwrap_or(line);
    let line = after(&line, " Date: ", http_date, DATE);
    let line = after(&line, "/_debugger/", session, SESSIONS[0]);
    let line = after(&line, "/rustc/", hexadecimal, "…");
    let line = after(&line, "127.0.0.1:", port, PORT);
    let line = after(&line, "localhost:", port, PORT);
    let line = after(&line, "[::1]:", port, PORT);
    let line = variable(&line, "SERVER_PORT", PORT);
    let line = variable(&line, "REMOTE_PORT", CLIENT_PORT);
    let line = after(&line, " - [", time_of_day, LOG_DATE);
    let line = after(&line, "ETag: \"", tag, TAG);
    let line = after(&line, "X-Request-Id: ", request, REQUEST);
    let line = after(&line, "127.0.0.1 ", request, REQUEST);
    let line = match line.starts_with('[') {
        true => after(&line, "[", request, REQUEST),
        false => line,
    };
    let line =
        after(&line, "name=\"csrf\" value=\"", csrf_token, TOKEN);
    let line = after(&line, "head after ", milliseconds, "0.1 ms");
    let line = after(&line, "end after ", milliseconds, "0.2 ms");
    let line = after(&line, "head;dur=", decimal, "0.1");
    let line = after(&line, "finished in ", seconds, "…");
    let line = after(&line, "target(s) in ", seconds, "0.01s");
    // thread 'main' (4711) panicked at …
    match line.trim_start().starts_with("thread '") {
        true => after(&line, "' (", digits, ID),
        false => line,
    }
}

/// Replaces the ids of sessions, so that the same stay the same.
fn sessions(text: &str) -> String {
    let mut seen: Vec<&str> = Vec::new();
    let mut parts = text.split("gateway_session=");
    let mut result = parts.next().unwrap_or_default().to_string();
    for part in parts {
        result.push_str("gateway_session=");
        let (id, rest) = part.split_at(session(part));
        if !id.is_empty() && !seen.contains(&id) {
            seen.push(id);
        }
        let at = seen.iter().position(|other| *other == id);
        let new = at.map_or("", |at| SESSIONS[at % SESSIONS.len()]);
        result.push_str(new);
        result.push_str(rest);
    }
    result
}

/// The value of a `Date`, and of a file's `Last-Modified`.
fn date(line: &str) -> String {
    let end = line.find(':').map_or(0, |at| at + 1);
    let name = &line[..end];
    let names = ["date:", "last-modified:"];
    if !names.iter().any(|n| name.eq_ignore_ascii_case(n)) {
        return line.into();
    }
    let end = &line[line.trim_end().len()..];
    format!("{name} {DATE}{end}")
}

/// The length of a date, in the middle of a line.
fn http_date(text: &str) -> usize {
    let date = text.get(..DATE.len()).unwrap_or_default();
    if date.ends_with(" GMT") { DATE.len() } else { 0 }
}

/// Replaces what `measure` recognizes behind each `lead`.
fn after(
    line: &str,
    lead: &str,
    measure: fn(&str) -> usize,
    new: &str,
) -> String {
    let mut result = String::new();
    let mut rest = line;
    while let Some(at) = rest.find(lead) {
        let (before, value) = rest.split_at(at + lead.len());
        result.push_str(before);
        let length = measure(value);
        if length > 0 {
            result.push_str(new);
        }
        rest = &value[length..];
    }
    result + rest
}

/// Replaces a variable's number, however it is told from its name.
fn variable(line: &str, name: &str, new: &str) -> String {
    let line = after(line, &format!("{name} = "), digits, new);
    let line = after(&line, &format!("{name}="), digits, new);
    after(&line, &format!("{name}: "), digits, new)
}

/// The length of what stands in the brackets of a log line.
fn time_of_day(text: &str) -> usize {
    text.find(']').unwrap_or(0)
}

fn hexadecimal(text: &str) -> usize {
    let end = |c: char| !c.is_ascii_hexdigit();
    text.find(end).unwrap_or(text.len())
}

fn digits(text: &str) -> usize {
    text.len()
        - text.trim_start_matches(|c: char| c.is_ascii_digit()).len()
}

/// The length of a port that the system chose.
fn port(text: &str) -> usize {
    let length = digits(text);
    match text[..length].parse::<u16>() {
        Ok(port) if port >= LEAST_PORT => length,
        _ => 0,
    }
}

/// The length of a number like `0.5`.
fn decimal(text: &str) -> usize {
    let is_number = |c: char| c.is_ascii_digit() || c == '.';
    text.len() - text.trim_start_matches(is_number).len()
}

/// The length of a time like `0.5 ms`.
fn milliseconds(text: &str) -> usize {
    match decimal(text) {
        0 => 0,
        length if text[length..].starts_with(" ms") => length + 3,
        _ => 0,
    }
}

/// The length of a tag that is made of a file's age: 16 digits.
fn tag(text: &str) -> usize {
    let length = hexadecimal(text);
    match text[length..].starts_with('"') && length == TAG.len() {
        true => length,
        false => 0,
    }
}

/// The length of a request's id: such digits, and a number.
fn request(text: &str) -> usize {
    let length = hexadecimal(text);
    let number = text[length..].strip_prefix('-').map_or(0, digits);
    match length == TAG.len() && number > 0 {
        true => length + 1 + number,
        false => 0,
    }
}

/// The length of a session's id: 32 digits.
fn session(text: &str) -> usize {
    of_length(text, 32)
}

/// The length of a form's token: 64 digits.
fn csrf_token(text: &str) -> usize {
    of_length(text, 64)
}

fn of_length(text: &str, wanted: usize) -> usize {
    let length = hexadecimal(text);
    if length == wanted { length } else { 0 }
}

/// The length of a time like `0.53s`.
fn seconds(text: &str) -> usize {
    match decimal(text) {
        0 => 0,
        length if text[length..].starts_with('s') => length + 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normal(text: &str) -> String {
        let root = "/home/reader/gateway".into();
        let target = "/home/reader/gateway/target".into();
        normalize(text, &Project { root, target })
    }

    #[test]
    fn paths_are_those_of_the_repository() {
        assert_eq!(
            normal("at /home/reader/gateway/src/lib.rs:3\n"),
            "at src/lib.rs:3\n"
        );
        assert_eq!(
            normal("/home/reader/gateway/target/debug/ch01"),
            "target/debug/ch01"
        );
        assert_eq!(normal("in /home/reader/gateway"), "in .");
    }

    #[test]
    fn files_of_the_compiler_are_not_mentioned() {
        let told = "error: no\n   = note: the full name for the type \
                    has been written to '/tmp/a-17.txt'\n   = note: \
                    consider using `--verbose` to print the full type \
                    name to the console\nhelp: yes\n";
        assert_eq!(normal(told), "error: no\nhelp: yes\n");
    }

    #[test]
    fn the_standard_librarys_path_is_short() {
        assert_eq!(
            normal("at /rustc/59807616e1fa/library/std/src/io.rs:9"),
            "at /rustc/…/library/std/src/io.rs:9"
        );
    }

    #[test]
    fn a_scratch_copy_looks_like_the_repository() {
        let scratch = "/home/reader/gateway/target/book/scratch";
        let output = format!("({scratch}/chapters/ch02)");
        assert_eq!(normal(&output), "(chapters/ch02)");
    }

    #[test]
    fn dates_ports_and_ids_are_always_the_same() {
        assert_eq!(
            normal("Date: Mon, 23 Nov 2026 03:08:16 GMT\r\n"),
            "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
        );
        assert_eq!(
            normal("http://127.0.0.1:43210/x"),
            "http://127.0.0.1:8000/x"
        );
        assert_eq!(
            normal("thread 'main' (20375) panicked at"),
            "thread 'main' (4711) panicked at"
        );
    }

    #[test]
    fn a_taps_times_are_the_same_unless_somebody_waits() {
        for (row, wanted) in [
            (
                "  1      0.7 │◀─ 5 bytes ─│",
                "  1      0.1 │◀─ 5 bytes ─│",
            ),
            (
                " 12    304.2 │─ closes ─▶│",
                " 12    300.0 │─ closes ─▶│",
            ),
            ("             │ a 7.5 │", "             │ a 7.5 │"),
            ("  #       ms  client", "  #       ms  client"),
            (
                "     │     Date: Mon, 23 Nov 2026 03:08:16 GMT    │",
                "     │     Date: Sun, 06 Nov 1994 08:49:37 GMT    │",
            ),
        ] {
            assert_eq!(normal(row), wanted);
        }
    }

    #[test]
    fn a_debuggers_token_is_always_the_same() {
        let place = "see http://localhost/_debugger/";
        let line = format!("{place}{:032x}/3\n", 0xabc);
        assert_eq!(
            normal(&line),
            format!("{place}{}/3\n", SESSIONS[0])
        );
    }

    #[test]
    fn chunks_become_one() {
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\
                    Server: a\r\n\r\n";
        for (chunks, joined) in [
            ("3\r\nabc\r\n0\r\n\r\n", "3\r\nabc\r\n0\r\n\r\n"),
            (
                "3\r\nabc\r\na\r\n0123\r\n6789\r\n0\r\n\r\n",
                "d\r\nabc0123\r\n6789\r\n0\r\n\r\n",
            ),
            // One that is cut has no end afterwards either.
            ("1\r\na\r\n1\r\nb\r\n", "2\r\nab\r\n"),
            ("1\r\na\r\n9\r\nb", "1\r\na\r\n9\r\nb"),
            ("0\r\n\r\n", "0\r\n\r\n"),
            ("", ""),
        ] {
            let answer = format!("{head}{chunks}");
            let one = one_chunk(answer.as_bytes());
            let wanted = format!("{head}{joined}");
            assert_eq!(String::from_utf8(one).unwrap(), wanted);
        }
        let other = "HTTP/1.1 200 OK\r\n\r\n3\r\nabc\r\n1\r\nd\r\n";
        assert_eq!(one_chunk(other.as_bytes()), other.as_bytes());
        assert_eq!(one_chunk(b"HTTP"), b"HTTP");
    }

    #[test]
    fn a_log_and_an_environ_are_always_the_same() {
        let line = "127.0.0.1 - - [23/Nov/2026:03:44:32 +0000] \"GET";
        let same = "127.0.0.1 - - [06/Nov/1994:08:49:37 +0000] \"GET";
        assert_eq!(normal(line), same);
        assert_eq!(
            normal("REMOTE_PORT = 40123\nSERVER_PORT = 33001\n"),
            "REMOTE_PORT = 54321\nSERVER_PORT = 8000\n"
        );
    }

    #[test]
    fn times_are_always_the_same() {
        assert_eq!(
            normal("0 filtered out; finished in 1.53s\n"),
            "0 filtered out; finished in …\n"
        );
    }

    #[test]
    fn ids_and_tags_are_always_the_same() {
        let entry = "127.0.0.1 a4646daca285d34f-42 - [x] \"GET\n";
        let same =
            format!("127.0.0.1 {REQUEST} - [{LOG_DATE}] \"GET\n");
        assert_eq!(normal(entry), same);
        assert_eq!(
            normal("[a4646daca285d34f-42] GET /: no\n"),
            format!("[{REQUEST}] GET /: no\n")
        );
        assert_eq!(
            normal("ETag: \"8e542d25d2f5c670\"\r\n"),
            format!("ETag: \"{TAG}\"\r\n")
        );
        assert_eq!(
            normal("last-modified: Mon, 23 Nov 2026 03:08:16 GMT\r\n"),
            format!("last-modified: {DATE}\r\n")
        );
        assert_eq!(
            normal("GET /: head after 1.5 ms, end after 20.0 ms, 1\n"),
            "GET /: head after 0.1 ms, end after 0.2 ms, 1\n"
        );
    }

    #[test]
    fn sessions_are_always_the_same_and_told_apart() {
        let [one, two] = ["3cd4", "47af"].map(|id| id.repeat(8));
        let text = |one: &str, two: &str| {
            let name = "gateway_session=";
            format!("{name}{one}; Path=/\n{name}{two}\n{name}{one}\n")
        };
        let [first, second, ..] = SESSIONS;
        assert_eq!(normal(&text(&one, &two)), text(first, second));
        let field = "<input name=\"csrf\" value=\"";
        assert_eq!(
            normal(&format!("{field}{one}{two}\">")),
            format!("{field}{TOKEN}\">")
        );
    }

    #[test]
    fn prose_stays() {
        for text in [
            "ETag: \"dc8d40ec8f5a9afaabd3a44dfe2ad7f6\"\n",
            "[a4646daca285d34f] and 127.0.0.1 a4646daca285d34f\n",
            "gateway_session=3cd4b975; and gateway_session=\n",
            "the end after 3 lines, head after head\n",
            "the process starts; finished in style; Dates: 3\n",
            "each process 2 requests, pid 7 none\n",
            "the book at localhost:3000, a proxy at 127.0.0.1:8080\n",
            "a list (12) and 'a word' (13)\n",
        ] {
            assert_eq!(normal(text), text);
        }
    }
}
