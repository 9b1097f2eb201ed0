//! What a multipart body says, and what is none: a table, of which each
//! row is read in blocks of several sizes, and in several ways.
//!
//! In a row `⏎` is a CR LF, `D:` is `Content-Disposition: form-data;`,
//! `{a}` the delimiter and head of a field `a`, and `§` the delimiter
//! of the row's boundary. The outcome is the status of a refusal, or
//! each part: its name, the file's name in brackets, the type in
//! braces, and the content.

use super::blocks::Blocks;
use super::{environ, status};
use gateway::Result;
use std::io::Read;

const X: &str = "multipart/form-data; boundary=X";
const REFUSED: &str = "400 Bad Request";

macro_rules! table {
    ($($($cell:expr),*;)*) => { [$(($($cell),*)),*] };
}

/// How an application reads the parts.
#[derive(Debug, Clone, Copy)]
enum Reads {
    All,
    ByByte,
    Begin,
    Nothing,
}

/// What each part's head says, and what was read of its content.
fn read(
    kind: &str,
    body: &[u8],
    size: usize,
    reads: Reads,
) -> Result<Vec<(String, Vec<u8>)>> {
    let mut environ = environ(&[("CONTENT_TYPE", kind)]);
    environ.input = Box::new(Blocks::new(body, size));
    let mut parts = environ.parts(u64::MAX)?;
    let mut all = Vec::new();
    while let Some(mut part) = parts.next_part()? {
        let mut head = part.name.to_string();
        if let Some(name) = &part.file_name {
            head += &format!("[{name}]");
        }
        if let Some(kind) = &part.content_type {
            head += &format!("{{{kind}}}");
        }
        let mut content = Vec::new();
        let mut byte = [0];
        match reads {
            Reads::All => {
                let mut bounded = part.take(1 << 20);
                bounded.read_to_end(&mut content)?;
            }
            Reads::ByByte => {
                while part.read(&mut byte)? > 0 {
                    content.extend(byte);
                    assert!(content.len() < 1 << 20);
                    assert_eq!(part.read(&mut [])?, 0);
                }
            }
            Reads::Begin => drop(part.read(&mut [0; 3])?),
            Reads::Nothing => {}
        }
        all.push((head, content));
    }
    assert!(parts.next_part()?.is_none()); // and stays so
    Ok(all)
}

/// Reads it in all ways, and asserts the outcome.
#[track_caller]
fn check(row: &str, kind: &str, body: &[u8], outcome: &str) {
    for size in [1, 7, 100, 8192] {
        let read = |reads| read(kind, body, size, reads);
        let all = read(Reads::All).map_err(status);
        let text = all.as_ref().map(|parts| {
            let texts = parts.iter().map(|(head, content)| {
                let content = content.escape_ascii().to_string();
                format!("{head}={}", content.replace(r"\r\n", "⏎"))
            });
            texts.collect::<Vec<_>>().join(" & ")
        });
        let text = text.unwrap_or_else(String::clone);
        assert_eq!(text, outcome, "{row}, in blocks of {size}");
        let by_byte = read(Reads::ByByte).map_err(status);
        assert_eq!(by_byte, all, "{row}, in blocks of {size}, by byte");
        let heads = |parts: Vec<(String, _)>| {
            parts.into_iter().map(|part| part.0).collect::<Vec<_>>()
        };
        let all = all.map(heads);
        for reads in [Reads::Begin, Reads::Nothing] {
            let read = read(reads).map(heads).map_err(status);
            let how = format!("in blocks of {size}, {reads:?}");
            assert_eq!(read, all, "{row}, {how}");
        }
    }
}

fn bytes(text: &str) -> Vec<u8> {
    let text = text.replace("{a}", "--X⏎D: name=a⏎⏎");
    let text = text.replace("{b}", "--X⏎D: name=b⏎⏎");
    let text = text.replace("D:", "Content-Disposition: form-data;");
    text.replace('⏎', "\r\n").into()
}

#[test]
fn delimiters_are_lines_of_their_own() {
    let table = table! {
        "a part",
            "{a}1⏎--X--⏎", "a=1";
        "two",
            "{a}1⏎{b}2⏎--X--⏎", "a=1 & b=2";
        "the same name twice",
            "{a}1⏎{a}2⏎--X--", "a=1 & a=2";
        "no part",
            "--X--⏎", "";
        "no end of the last line",
            "{a}1⏎--X--", "a=1";
        "a preamble",
            "Hello⏎{a}1⏎--X--⏎", "a=1";
        "an empty line first",
            "⏎{a}1⏎--X--⏎", "a=1";
        "empty lines first",
            "⏎⏎⏎{a}1⏎--X--⏎", "a=1";
        "an epilogue",
            "{a}1⏎--X--⏎Bye⏎", "a=1";
        "a part in the epilogue",
            "{a}1⏎--X--⏎{b}2⏎--X--⏎", "a=1";
        "padding",
            "--X \t ⏎D: name=a⏎⏎1⏎--X\t⏎D: name=b⏎⏎2⏎\
             --X--  ⏎",
            "a=1 & b=2";
        "padding at the end of the body",
            "{a}1⏎--X-- \t", "a=1";
        "padding before the dashes",
            "{a}1⏎--X --⏎--X--", "a=1⏎--X --";
        "a longer boundary",
            "{a}1⏎--XY⏎--X--", "a=1⏎--XY";
        "one that goes on behind a blank",
            "{a}1⏎--X Y⏎--X--", "a=1⏎--X Y";
        "one that goes on behind a dash",
            "{a}1⏎--X-⏎--X-Y⏎--X--", "a=1⏎--X-⏎--X-Y";
        "one that goes on behind the dashes",
            "{a}1⏎--X--Y⏎--X---⏎--X--", "a=1⏎--X--Y⏎--X---";
        "a preamble with almost a delimiter",
            "--XY⏎a--X⏎ --X⏎{a}1⏎--X--⏎", "a=1";
        "a shorter boundary",
            "{a}1⏎--⏎-X⏎X⏎--X--", "a=1⏎--⏎-X⏎X";
        "another case",
            "{a}1⏎--x⏎--X--", "a=1⏎--x";
        "within a line",
            "{a}1--X--⏎--X--", "a=1--X--";
        "a blank before it",
            "{a}1⏎ --X--⏎--X--", "a=1⏎ --X--";
        "LF before it",
            "{a}1\n--X--⏎--X--", r"a=1\n--X--";
        "CR before it",
            "{a}1\r--X--⏎--X--", r"a=1\r--X--";
        "LF CR before it",
            "{a}1\n\r--X--⏎--X--", r"a=1\n\r--X--";
        "LF behind it",
            "{a}1⏎--X\n⏎--X--\n⏎--X--", r"a=1⏎--X\n⏎--X--\n";
        "CR behind it",
            "{a}1⏎--X\r\r⏎--X--\rY⏎--X--",
            r"a=1⏎--X\r\r⏎--X--\rY";
        "a form feed behind it",
            "{a}1⏎--X\x0c⏎--X--", r"a=1⏎--X\x0c";
        "a body within a body",
            "{a}--Y⏎⏎1⏎--Y--⏎⏎--X--",
            "a=--Y⏎⏎1⏎--Y--⏎";
        "nothing",
            "", REFUSED;
        "a line's end",
            "⏎", REFUSED;
        "no delimiter",
            "Hello⏎", REFUSED;
        "a blank before the first",
            " --X--⏎", REFUSED;
        "LF behind the first",
            "--X--\n", REFUSED;
        "half of the first",
            "--", REFUSED;
        "a first without an end",
            "--X", REFUSED;
        "one dash of two",
            "{a}1⏎--X-", REFUSED;
        "CR of CR LF",
            "{a}1⏎--X--\r", REFUSED;
        "a body that is cut",
            "{a}1⏎", REFUSED;
        "a last one within a line",
            "{a}1--X--", REFUSED;
        "two at once",
            "--X⏎{a}1⏎--X--", REFUSED;
    };
    for (row, body, outcome) in table {
        check(row, X, &bytes(body), outcome);
    }
}

#[test]
fn content_is_any_bytes() {
    // Between a head's last line, and the next delimiter's dashes.
    let table = table! {
        "no line for it", "⏎", "a= & b=2";
        "an empty line", "⏎⏎", "a= & b=2";
        "two", "⏎⏎⏎", "a=⏎ & b=2";
        "a line", "⏎1⏎", "a=1 & b=2";
        "a line and its end", "⏎1⏎⏎", "a=1⏎ & b=2";
        "an empty line first", "⏎⏎1⏎", "a=⏎1 & b=2";
        "LF at the end", "⏎1\n⏎", r"a=1\n & b=2";
        "CR at the end", "⏎1\r⏎", r"a=1\r & b=2";
        "LF CR at the end", "⏎1\n\r⏎", r"a=1\n\r & b=2";
        "LF only", "⏎\n\n\n⏎", r"a=\n\n\n & b=2";
        "CR only", "⏎\r\r\r⏎", r"a=\r\r\r & b=2";
        "dashes", "⏎--⏎--⏎", "a=--⏎-- & b=2";
        "NUL", "⏎\0⏎", r"a=\x00 & b=2";
        "above ASCII", "⏎ë⏎", r"a=\xc3\xab & b=2";
        "like a head", "⏎A: b⏎⏎⏎", "a=A: b⏎⏎ & b=2";
        "like a form", "⏎a=1&b=2⏎", "a=a=1&b=2 & b=2";
    };
    for (row, content, outcome) in table {
        let body = format!("--X⏎D: name=a⏎{content}{{b}}2⏎--X--⏎");
        check(row, X, &bytes(&body), outcome);
    }
    let body = b"--X\r\nContent-Disposition: form-data; name=a\r\n\r\n\
                 \xff\xfe\0\x80\r\n--X--";
    check("not UTF-8", X, body, r"a=\xff\xfe\x00\x80");
}

#[test]
fn a_head_names_its_part() {
    let table = table! {
        "any case of a field's name",
            "CONTENT-disposition: form-data; name=a⏎\
             content-TYPE: text/html⏎",
            "a{text/html}=1";
        "the type first",
            "Content-Type: text/html⏎D: name=a⏎", "a{text/html}=1";
        "a type with parameters",
            "D: name=a⏎\
             Content-Type: text/plain; charset=\"UTF-8\"; x=y⏎",
            "a{text/plain; charset=\"UTF-8\"; x=y}=1";
        "an empty type",
            "D: name=a⏎Content-Type:⏎", "a{}=1";
        "other fields",
            "Content-Transfer-Encoding: binary⏎D: name=a⏎X: y⏎\
             Content-Length: 7⏎",
            "a=1";
        "another field twice",
            "X: 1⏎D: name=a⏎X: 2⏎", "a=1";
        "fields that are named alike",
            "XContent-Type: a⏎D: name=a⏎Content-TypeX: b⏎\
             Content-Disposition2: form-data; name=b⏎",
            "a=1";
        "no blank",
            "Content-Disposition:form-data; name=a⏎\
             Content-Type:a/b⏎",
            "a{a/b}=1";
        "many blanks",
            "Content-Disposition: \t form-data; name=a \t ⏎\
             Content-Type:   a/b\t⏎",
            "a{a/b}=1";
        "a line that goes on",
            "D:⏎ name=a;⏎\tfilename=b⏎Content-Type:⏎ a/b⏎",
            "a[b]{a/b}=1";
        "a quoted string that goes on",
            "D: name=\"a⏎ b\"⏎", "a b=1";
        "a line that goes on with nothing",
            "D: name=a⏎ ⏎", "a=1";
        "bytes above ASCII in another field",
            "X: ë⏎D: name=a⏎", "a=1";
        "no field",
            "", REFUSED;
        "no disposition",
            "Content-Type: text/plain⏎", REFUSED;
        "a first line that goes on",
            " X: y⏎D: name=a⏎", REFUSED;
        "a disposition that goes on from nothing",
            " D: name=a⏎", REFUSED;
        "no colon",
            "D: name=a⏎Hello⏎", REFUSED;
        "no name of a field",
            "D: name=a⏎: Hello⏎", REFUSED;
        "a blank before the colon",
            "Content-Disposition : form-data; name=a⏎", REFUSED;
        "that in another field",
            "D: name=a⏎X : y⏎", REFUSED;
        "a blank in a field's name",
            "D: name=a⏎X Y: y⏎", REFUSED;
        "above ASCII in a field's name",
            "D: name=a⏎Ë: y⏎", REFUSED;
        "LF for a line's end",
            "D: name=a\nX: y⏎", REFUSED;
        "LF at a line's end",
            "D: name=a⏎X: y\n⏎", REFUSED;
        "LF CR LF",
            "X: y\n⏎D: name=a⏎", REFUSED;
        "CR for a line's end",
            "D: name=a\rX: y⏎", REFUSED;
        "CR CR LF",
            "D: name=a\r⏎", REFUSED;
        "CR before a field",
            "\rD: name=a⏎", REFUSED;
        "LF before a field",
            "\nD: name=a⏎", REFUSED;
        "NUL in a field",
            "D: name=a⏎X: \0⏎", REFUSED;
        "NUL in a field's name",
            "D: name=a⏎X\0: y⏎", REFUSED;
        "the disposition twice",
            "D: name=a⏎D: name=b⏎", REFUSED;
        "the same disposition twice",
            "D: name=a⏎X: y⏎\
             content-disposition: form-data; name=a⏎",
            REFUSED;
        "the type twice",
            "D: name=a⏎Content-Type: a/b⏎Content-type: a/b⏎",
            REFUSED;
    };
    for (row, head, outcome) in table {
        let body = format!("--X⏎{head}⏎1⏎--X--⏎");
        check(row, X, &bytes(&body), outcome);
    }
    let without_a_blank_line = bytes("--X⏎D: name=a⏎--X--⏎");
    check("no blank line", X, &without_a_blank_line, REFUSED);
    let no_end = bytes("--X⏎D: name=a⏎");
    check("no end", X, &no_end, REFUSED);
}

#[test]
fn a_disposition_is_read_by_its_grammar() {
    let table = table! {
        r#"form-data; name="a""#, "a=1";
        "form-data; name=a", "a=1";
        "form-data;name=a;filename=b", "a[b]=1";
        "form-data ; name=a ; filename=b", "a[b]=1";
        "form-data\t;\tname=a\t;\tfilename=b\t", "a[b]=1";
        "form-data; filename=b; name=a", "a[b]=1";
        r#"FORM-Data; NAME="a"; FileName="b.txt""#, "a[b.txt]=1";
        // An empty parameter: RFC 9110, section 5.6.6.
        "form-data; name=a;", "a=1";
        "form-data;; ; name=a; ;filename=b; ; ", "a[b]=1";
        // RFC 7578, section 4.2: `filename*` is not to be used.
        "form-data; name=a; filename*=UTF-8''x; filename=y", "a[y]=1";
        "form-data; name=a; filename=y; filename*=UTF-8''x", "a[y]=1";
        "form-data; filename*=UTF-8''x; name=a", "a=1";
        "form-data; name*=UTF-8''b; name=a", "a=1";
        "form-data; name*=UTF-8''a", REFUSED;
        // Whole names.
        "form-data; xname=b; name=a; namex=c", "a=1";
        "form-data; name=a; xfilename=b; filename.=c", "a=1";
        "form-data; filename=name; name=a", "a[name]=1";
        // What is quoted is a unit.
        r#"form-data; x="; name=b"; name="a""#, "a=1";
        r#"form-data; x="; filename=\"b\""; name="a""#, "a=1";
        r#"form-data; name="a"; filename="b; name=c""#,
            "a[b; name=c]=1";
        r#"form-data; name="a;b=c,d""#, "a;b=c,d=1";
        r#"form-data; name="filename=b""#, "filename=b=1";
        r#"form-data; name=" a ""#, " a =1";
        r#"form-data; name="a	b""#, "a\tb=1";
        "form-data; name='a'", "'a'=1";
        r#"form-data; name="'a b'""#, "'a b'=1";
        r#"form-data; name="a[]"; filename="(b).txt""#,
            "a[][(b).txt]=1";
        // What is escaped, and what is not.
        r#"form-data; name="a\"b""#, "a\"b=1";
        r#"form-data; name="a\\b""#, "a\\b=1";
        r#"form-data; name="\\\"""#, "\\\"=1";
        r#"form-data; name="a\b\;""#, "a\\b\\;=1";
        r#"form-data; name="a"; filename="C:\dir\file.txt""#,
            "a[C:\\dir\\file.txt]=1";
        r#"form-data; name="a"; filename="\\host\dir\ë.txt""#,
            "a[\\host\\dir\\ë.txt]=1";
        r#"form-data; name="a%22b%0D%0A%"; filename="50%.txt""#,
            "a%22b%0D%0A%[50%.txt]=1";
        "form-data; name=\"&#8364;\"", "&#8364;=1";
        // Empty names.
        r#"form-data; name="""#, "=1";
        r#"form-data; name="a"; filename="""#, "a[]=1";
        // UTF-8.
        r#"form-data; name="ë"; filename="日本.txt""#,
            "ë[日本.txt]=1";
        "form-data; name=\"🦀\"; filename=\"e\u{308}\"",
            "🦀[e\u{308}]=1";
        "form-data; name=\"a\u{feff}\"", "a\u{feff}=1";
        // No name, or nothing of a form.
        "form-data", REFUSED;
        "form-data;", REFUSED;
        "form-data; filename=b", REFUSED;
        "", REFUSED;
        "; name=a", REFUSED;
        "name=a", REFUSED;
        "attachment; name=a", REFUSED;
        "form-data2; name=a", REFUSED;
        "form-data name=a", REFUSED;
        "form-data, name=a", REFUSED;
        r#""form-data"; name=a"#, REFUSED;
        // A parameter twice.
        "form-data; name=a; name=b", REFUSED;
        "form-data; name=a; NAME=a", REFUSED;
        "form-data; name=a; filename=b; filename=b", REFUSED;
        "form-data; name=a; x=1; x=2", REFUSED;
        // Not by the grammar.
        "form-data; name", REFUSED;
        "form-data; name=", REFUSED;
        "form-data; name=a; filename=", REFUSED;
        "form-data; name=a; x", REFUSED;
        "form-data; name=a; =x", REFUSED;
        "form-data; name =a", REFUSED;
        "form-data; name= a", REFUSED;
        "form-data; name=a b", REFUSED;
        "form-data; name=a filename=b", REFUSED;
        "form-data; name=a, filename=b", REFUSED;
        "form-data; name=a/b", REFUSED;
        "form-data; name=a[]", REFUSED;
        "form-data; name=ë", REFUSED;
        r#"form-data; name=a; filename=b\c"#, REFUSED;
        r#"form-data; "name"=a"#, REFUSED;
        r#"form-data; name=a"b""#, REFUSED;
        r#"form-data; name="a"b"#, REFUSED;
        r#"form-data; name="a" "b""#, REFUSED;
        r#"form-data; name="a"#, REFUSED;
        r#"form-data; name=""#, REFUSED;
        r#"form-data; name="a\""#, REFUSED;
        r#"form-data; name=a; filename="b"#, REFUSED;
        // Control characters.
        "form-data; name=\"a\0\"", REFUSED;
        "form-data; name=a; filename=\"b\x1b[2J\"", REFUSED;
        "form-data; name=a; filename=\"b\x7f\"", REFUSED;
        "form-data; name=\"a\nb\"", REFUSED;
        "form-data; name=\"a\rb\"", REFUSED;
    };
    for (disposition, outcome) in table {
        let head = format!("Content-Disposition: {disposition}");
        let body = format!("--X⏎{head}⏎⏎1⏎--X--⏎");
        check(disposition, X, &bytes(&body), outcome);
    }
}

#[test]
fn what_is_not_utf_8_is_refused_and_never_no_name() {
    let ends: [&[u8]; 9] = [
        b"\xe4",                // Latin-1
        b"\x80",                // a byte that goes on
        b"\xc3",                // one that begins
        b"\xc0\xaf",            // overlong
        b"\xed\xa0\x80",        // half of a surrogate pair
        b"\xf4\x90\x80\x80",    // beyond U+10FFFF
        b"\xff\xfe",            // UTF-16
        b"\x83\x65\x83\x58",    // Shift JIS
        b"caf\xc3\xa9 caf\xe9", // right, then wrong
    ];
    for end in ends {
        for begin in [
            "D: name=a; filename=\"",
            "D: filename=\"",
            "D: name=\"",
            "D: name=a; filename=b; x=\"",
            "D: name=a⏎Content-Type: text/plain; x=\"",
            "D: name=a; filename=b⏎X: \"",
        ] {
            let begin = bytes(&format!("--X⏎{begin}"));
            let rest = bytes("\"; y=\"b\"⏎⏎1⏎--X--⏎");
            let body = [&begin, end, &rest].concat();
            let name = body.escape_ascii().to_string();
            check(&name, X, &body, REFUSED);
        }
    }
    for byte in 0x80..=0xff {
        let begin = bytes("--X⏎D: name=a; filename=\"b");
        let rest = bytes(".txt\"⏎⏎1⏎--X--⏎");
        let body = [&begin[..], &[byte], &rest].concat();
        check(&format!("{byte:x}"), X, &body, REFUSED);
    }
}

#[test]
fn what_browsers_and_clients_send_is_read() {
    let table = table! {
        "Chrome", "----WebKitFormBoundary7MA4YWxkTrZu0gW",
            "§⏎D: name=\"to\"⏎⏎Zoë⏎\
             §⏎D: name=\"content\"; filename=\"a%22b.txt\"⏎\
             Content-Type: text/plain⏎⏎Hi⏎⏎\
             §--⏎",
            r"to=Zo\xc3\xab & content[a%22b.txt]{text/plain}=Hi⏎";
        "Chrome, and no file was chosen", "----WebKitFormBoundaryA",
            "§⏎D: name=\"content\"; filename=\"\"⏎\
             Content-Type: application/octet-stream⏎⏎⏎§--⏎",
            "content[]{application/octet-stream}=";
        "Chrome, a form without a field", "----WebKitFormBoundaryA",
            "§--⏎", "";
        "Firefox", "----geckoformboundary9c3d1b",
            "§⏎D: name=\"a%0D%0Ab\"⏎⏎1⏎§--⏎", "a%0D%0Ab=1";
        "Firefox, two files", "---------------------------41184676334",
            "§⏎D: name=\"a[]\"; filename=\"x.png\"⏎\
             Content-Type: image/png⏎⏎PNG⏎\
             §⏎D: name=\"a[]\"; filename=\"y\"⏎\
             Content-Type: application/octet-stream⏎⏎⏎§--⏎",
            "a[][x.png]{image/png}=PNG & \
             a[][y]{application/octet-stream}=";
        "Firefox before 2021", "---------------------------1",
            "§⏎D: name=\"a\"; filename=\"say \\\"hi\\\".txt\"⏎\
             Content-Type: text/plain⏎⏎1⏎§--⏎",
            "a[say \"hi\".txt]{text/plain}=1";
        "Safari", "----WebKitFormBoundaryB",
            "§⏎D: name=\"a\"; filename=\"u\u{308}.heic\"⏎\
             Content-Type: image/heic⏎⏎1⏎§--⏎",
            "a[u\u{308}.heic]{image/heic}=1";
        "Internet Explorer 6", "---------------------------7d81e3",
            "§⏎D: name=\"a\"; filename=\"C:\\My Files\\new.txt\"⏎\
             Content-Type: text/plain⏎⏎1⏎§--⏎",
            "a[C:\\My Files\\new.txt]{text/plain}=1";
        "curl before 7.81", "------------------------d74496d66958873e",
            "§⏎D: name=\"a\"; filename=\"b\\\\c\\\".txt\"⏎\
             Content-Type: application/octet-stream⏎⏎1\n⏎§--⏎",
            "a[b\\c\".txt]{application/octet-stream}=1\\n";
        "curl", "------------------------RtXvdlX0tVqmw8Ci3yZVZT",
            "§⏎D: name=\"a\"; filename=\"b\\c%22.txt\"⏎\
             Content-Type: text/plain⏎⏎1\n⏎§--⏎",
            "a[b\\c%22.txt]{text/plain}=1\\n";
        "curl, files in a file", "------------------------1",
            "§⏎D: name=\"a\"⏎\
             Content-Type: multipart/mixed; boundary=2⏎⏎\
             --2⏎Content-Disposition: attachment; filename=\"b\"⏎⏎\
             1⏎--2--⏎⏎§--⏎",
            "a{multipart/mixed; boundary=2}=--2⏎\
             Content-Disposition: attachment; filename=\\\"b\\\"⏎⏎\
             1⏎--2--⏎";
        "Python's requests", "6f0cc4d3a1b74b5e8a1c2d3e4f5a6b7c",
            "§⏎D: name=\"to\"⏎⏎Ada⏎\
             §⏎D: name=\"file\"; filename=\"b.txt\"⏎⏎1⏎§--⏎",
            "to=Ada & file[b.txt]=1";
        "Python's requests with an old urllib3", "6f0cc4d3",
            "§⏎D: name=\"file\"; filename*=utf-8''b%C3%AB⏎⏎1⏎§--⏎",
            "file=1";
        "Python's aiohttp", "c6fe1d",
            "§⏎Content-Type: text/plain; charset=utf-8⏎\
             D: name=\"a\"⏎⏎1⏎§--⏎",
            "a{text/plain; charset=utf-8}=1";
        "Java, Apache's client", "r2CnWyJmxFp_JwPmcYGnF2hYRIeQhkhZ-6",
            "§⏎D: name=\"a\"⏎Content-Type: text/plain; charset=x⏎\
             Content-Transfer-Encoding: 8bit⏎⏎1⏎§--⏎",
            "a{text/plain; charset=x}=1";
        "Java, OkHttp", "58bb2b10-21be-4ae8-a1d1-7f9b2bfb23a3",
            "§⏎D: name=\"a\"⏎Content-Length: 1⏎⏎1⏎§--⏎", "a=1";
        ".NET", "\"4d4f4b2e-6a0e-4c5c\"",
            "§⏎Content-Type: a/b⏎D: name=a; filename=b.txt; \
             filename*=utf-8''b.txt⏎⏎1⏎§--⏎",
            "a[b.txt]{a/b}=1";
        "Go", "5d0d1b3f2c9a",
            "§⏎D: name=\"a\"; filename=\"b\\\\c\\\"\"⏎\
             Content-Type: application/octet-stream⏎⏎1⏎§--⏎",
            "a[b\\c\"]{application/octet-stream}=1";
        "Node's form-data", "--------------------------515890814546",
            "§⏎D: name=\"a\"⏎⏎1⏎§--⏎", "a=1";
        "RFC 2046, section 5.1.1", "\"gc0pJq0M:08jU534c0p\"",
            "§⏎D: name=\"a\"⏎⏎1⏎§--⏎", "a=1";
        "RFC 7578, section 4.5", "AaB03x",
            "§⏎content-disposition: form-data; name=\"field1\"⏎\
             content-type: text/plain;charset=UTF-8⏎\
             content-transfer-encoding: quoted-printable⏎⏎\
             Joe owes =E2=82=AC100.⏎§--",
            "field1{text/plain;charset=UTF-8}=Joe owes =E2=82=AC100.";
        "RFC 7578, section 4.6", "AaB03x",
            "§⏎content-disposition: form-data; name=\"_charset_\"⏎⏎\
             iso-8859-1⏎\
             §⏎content-disposition: form-data; name=\"field1\"⏎⏎\
             ...text encoded in iso-8859-1 ...⏎§--⏎",
            "_charset_=iso-8859-1 & \
             field1=...text encoded in iso-8859-1 ...";
    };
    for (row, boundary, body, outcome) in table {
        let kind = format!("multipart/form-data; boundary={boundary}");
        let boundary = boundary.trim_matches('"');
        let body = body.replace('§', &format!("--{boundary}"));
        check(row, &kind, &bytes(&body), outcome);
    }
}
