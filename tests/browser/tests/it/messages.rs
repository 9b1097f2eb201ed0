//! Messages: their parts, who wrote them, and what is not as printed.

use browser::{Book, Reader, reading, reading_together};
use serde_json::json;

/// Functions that look at the messages of a page.
const HELPERS: &str = r#"
    window.first = document.querySelector('figure.exchange');
    // Who wrote what, run by run: the first letter, and the text.
    window.runs = (code) => [...code.querySelectorAll('.by')]
        .map((run) => [run.classList[1] ?? '', Message.textOf(run)]);
    window.runsOf = (text, told) => JSON.stringify(
        runs(Message.made(text, told).querySelector('code')));
    window.lit = () => [...document.querySelectorAll('.lit')]
        .map(Message.textOf).join('');
"#;

fn open(reader: &Reader, book: &Book, page: &str) {
    reader.open(&format!("{}/{page}", book.address));
    reader.wait("!!document.querySelector('.live-bar')");
    reader.run(HELPERS);
}

fn runs_of(reader: &Reader, text: &str, told: &str) -> String {
    reader.text(&format!("runsOf({}, {told})", json!(text)))
}

#[test]
fn a_printed_message_shows_who_wrote_it() {
    let Some((book, reader)) = reading_together() else { return };
    open(&reader, &book, "ch01.html");
    let runs = reader.text(
        "JSON.stringify(runs(first.querySelector('.response code')))",
    );
    let server = "Transfer-Encoding: chunked\r\n\
                  Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n\
                  Server: gateway/0.1.0\r\n\r\n27\r\n";
    let page = "<html><body>Hello World!</body></html>\n";
    let expected = json!([
        ["server", "HTTP/1.1 200 OK\r\n"],
        ["application", "Content-Type: text/html\r\n"],
        ["server", server],
        ["application", page],
        ["server", "\r\n0\r\n\r\n"],
    ]);
    assert_eq!(runs, expected.to_string());
    let request = "first.querySelector('.request code .by')";
    let name = reader.text(&format!("{request}.ariaLabel"));
    assert_eq!(name, "written by the client");

    // All messages of a page have one stop of the Tab key at most.
    let most = "Math.max(...[...document.querySelectorAll('code')].map(\
                (code) => code.querySelectorAll('[tabindex=\"0\"]').length))";
    assert_eq!(reader.number(most), 1.0);

    // A size lights the bytes that it counts, and says so.
    let size = "first.querySelector('.response .size')";
    reader.run(&format!("{size}.focus()"));
    reader.wait("lit() !== ''");
    assert_eq!(reader.text("lit()"), page);
    let name = reader.text(&format!("{size}.ariaLabel"));
    assert_eq!(name, "27, a chunk size: 39 bytes follow");
    reader.press("ArrowRight");
    assert_eq!(reader.text("document.activeElement.textContent"), "0");
    assert_eq!(reader.text("lit()"), "");
    assert!(reader.text("location.pathname").ends_with("/ch01.html"));
    assert_eq!(reader.errors(), Vec::<String>::new());
}

#[test]
fn who_wrote_an_answer_is_told_by_the_call_or_by_a_rule() {
    let Some((book, reader)) = reading_together() else { return };
    open(&reader, &book, "ch01.html");
    let runs = |text: &str, told: &str| runs_of(&reader, text, told);
    let page = "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\n\
                Content-Length: 14\r\nDate: x\r\n\r\n404 Not Found\n";
    let all = json!([["server", page]]).to_string();
    assert_eq!(runs(page, "{}"), all);
    assert_eq!(runs(page, "{ isCgi: true, call: null }"), all);
    let called = "{ isCgi: true, call: { status: '404 Not Found', \
                  headers: [['Content-Type', 'text/plain']] } }";
    let other =
        "{ isCgi: true, call: { status: '200 OK', headers: [] } }";
    assert_eq!(runs(page, other), all);
    assert!(runs(page, called).contains(r#"["server","Content-Len"#));
    let rule = runs(page, "{ isCgi: true }");
    assert!(rule.contains(r#"["server","Date: x\r\n\r\n"]"#), "{rule}");

    // The length may be the application's last field.
    let answer = page.replace("404 Not Found", "200 OK");
    let unknown = runs(&answer, "{}");
    let length = r#"["","Content-Length: 14\r\n"]"#;
    assert!(unknown.contains(length), "{unknown}");
    let printed = runs(&answer, "{ isPrinted: true }");
    assert!(printed.contains(r#"["server","Content-Len"#), "{printed}");

    // Answers after one another; the second has come without a call.
    let first = "HTTP/1.1 100 Continue\r\n\r\n";
    let two = runs(&format!("{first}{answer}{page}"), called);
    assert!(two.starts_with(r#"[["server","HTTP/1.1 100"#), "{two}");
    // What is no answer stays plain.
    assert_eq!(runs("(the connection was closed)\n", "{}"), "[]");
}

/// What texts are put together from, to be hostile.
const WORDS: &str = r#"["HTTP/1.1 200 OK", "HTTP/1.1 204 No Content",
    "HTTP/1.1 100 Continue", "GET / HTTP/1.1", "\r\n", "\n", "\r", "\r\n\r\n",
    "Content-Length: ", "Content-Length: 5\r\n", "content-length:3\r\n",
    "Transfer-Encoding: chunked\r\n", "Date: x\r\n", "5\r\n", "3;a=b\r\n",
    "ffffffffffff\r\n", "0\r\n", "0\r\n\r\n", "hello", "é", "\ufffd", "😀",
    "\uef80", "\uefff\uefe9", "\uef8b\r\n".repeat(99),
    "\ud800", "\udc00", "\0", "\u001b", "\u2028", "\u0085", "\t", ":", " ",
    "\\r", "\\u{0}", "<b>", "502 Bad Gateway\n",
    "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 16\r\n\r\n"]"#;

#[test]
fn any_text_is_shown_as_it_is() {
    let Some((book, reader)) = reading_together() else { return };
    open(&reader, &book, "ch01.html");
    reader.value("Parts.load('compare.js').then(() => true)");
    let wrong = reader.text(&format!(
        "(() => {{
            const words = {WORDS};
            let seed = 7;
            const any = (count) =>
                (seed = (seed * 48271) % 2147483647) % count;
            const ways = [{{ isRequest: true }}, {{}}, {{ isCgi: true }},
                {{ isPrinted: true }}, {{ isCgi: true, call: null }}, undefined,
                {{ isCgi: true, call: {{ status: '200 OK', headers: [[]] }} }}];
            for (let count = 0; count < 1500; count++) {{
                const text = Array.from({{ length: any(24) }}, () =>
                    words[any(words.length)]).join('');
                for (const told of ways) {{
                    const pre = Message.made(text, told && {{ ...told }});
                    const sides = document.createElement('div');
                    sides.className = 'response';
                    sides.append(pre);
                    // Marked against another text, it is the same still.
                    if (text) Compare.mark({{
                        sides, before: () => text.replace('5', '6'),
                        result: {{ answer: text, normal: text }},
                    }});
                    if (Message.textOf(pre) !== text) {{
                        return JSON.stringify([text, told]);
                    }}
                }}
            }}
            return '';
        }})()"
    ));
    assert_eq!(wrong, "");
}

#[test]
fn what_differs_is_counted_and_marked() {
    let Some((book, reader)) = reading_together() else { return };
    open(&reader, &book, "ch01.html");
    reader.run(
        "window.state = () => first.querySelector('.status').textContent;
        window.marked = () => [...first.querySelectorAll('.response ins')]
            .map(Message.textOf).join('');
        window.printed = first.live.printedText('response');
        window.reply = (answer) => {
            const result = { answer, normal: answer, took: 9.6, log: '' };
            window.fetch = async (what) => new Response(JSON.stringify(
                what.includes('send?') ? result : {}));
            return first.live.run();
        };",
    );
    reader.value("reply(printed)");
    assert_eq!(reader.text("state()"), "as printed, 9.6 ms");
    assert_eq!(reader.text("marked()"), "");

    reader.value(
        "reply(printed.replace('World', 'Ferris').replace('27', '28'))",
    );
    assert_eq!(
        reader.text("state()"),
        "not as printed: 2 lines, 9.6 ms"
    );
    let page = "<html><body>Hello Ferris!</body></html>\n";
    assert_eq!(reader.text("marked()"), format!("28\r\n{page}"));
    // Below each is what is printed, and the other word is underlined.
    let shown = |what: &str| {
        reader.text(&format!(
            "JSON.stringify([...first.querySelectorAll('.response {what}')]\
             .map((line) => line.textContent.trim()))"
        ))
    };
    assert_eq!(
        shown("ins + del"),
        "[\"27\",\"<html><body>Hello World!</body></html>\"]"
    );
    let underlined = "[...CSS.highlights.get('differs')].map((range) =>
        range.startContainer.data.slice(range.startOffset, range.endOffset))
        .join()";
    assert_eq!(reader.text(underlined), "Ferris,World");

    let body = "getComputedStyle(first.querySelector('.response ins'))";
    let red = reader.text(&format!("{body}.backgroundColor"));

    // What is not there any more is shown as well.
    reader.value("reply(printed.replace(/^Server: .*\\r\\n/m, ''))");
    assert_eq!(shown("del"), "[\"Server: gateway/0.1.0\"]");
    assert_eq!(reader.text("marked()") + &reader.text(underlined), "");
    assert_eq!(
        reader.text("state()"),
        "not as printed: 1 line, 9.6 ms"
    );

    reader.value("first.live.enter().then(() => true)");
    reader.run(
        "const area = first.querySelector('textarea');
        area.value = area.value.replace('localhost', 'a');
        area.dispatchEvent(new Event('input', { bubbles: true }))",
    );
    reader.value("reply(printed.replace('World', 'you!!'))");
    let said = "1 line differs, as the request does, 9.6 ms";
    assert_eq!(reader.text("state()"), said);
    assert_ne!(reader.text(&format!("{body}.backgroundColor")), red);
    assert_eq!(reader.errors(), Vec::<String>::new());
}

/// A body that is hardly text: gzip's first bytes, a name in Latin-1
/// and in UTF-8, and twice each byte that is not in ASCII.
fn binary() -> Vec<u8> {
    let start = b"\x1f\x8b\x08\x01\x02Andr\xe9, Andr\xc3\xa9";
    let rest = (0x80..=0xff).chain((0x80..=0xff).rev());
    start.iter().copied().chain(rest).collect()
}

/// Such bytes in Markdown, and everywhere else where there is text.
fn written(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        let other = chunk.invalid().iter().copied();
        text.extend(
            other.map(|b| {
                char::from_u32(0xef00 + u32::from(b)).unwrap()
            }),
        );
    }
    text
}

const ECHO: &str = "document.querySelector(\
                    'figure[data-program=\"ch03/echo\"]')";

/// Adds an exchange, whose program answers with what it is sent.
fn open_echo(book: &Book, reader: &Reader, body: &[u8]) {
    let file = "book/text/ch03.md";
    let text = book.read(file);
    let figure = format!(
        "```exchange ch03/echo\nPOST /cgi-bin/ch03/echo HTTP/1.1\n\
         Host: localhost\nContent-Length: {}\n\n{}\n```\n",
        body.len(),
        written(body)
    );
    book.write(file, &format!("{text}\n{figure}"));
    reader.open(&format!("{}/ch03.html", book.address));
    // The page is loaded anew when the figure has been made.
    reader.wait(&format!(
        "!!{ECHO}?.live && !!{ECHO}.querySelector('.response .body') \
         && !document.querySelector('figure:is(.pending, .stale)')"
    ));
    open(reader, book, "ch03.html");
    reader.run(&format!(
        "window.first = {ECHO};
        window.state = () => first.querySelector('.status').textContent;
        window.code = () => first.querySelector('.response code');
        window.bytes = (text) =>
            JSON.stringify(Array.from(Wire.encode(text)));
        window.sized = (where) => {{
            const size = first.querySelector(`.${{where}} .size`);
            size.focus();
            return `${{size.ariaLabel}}: ${{bytes(lit())}}`;
        }};
        dispatchEvent(new Event('focusin'));"
    ));
    reader.wait("!!first.querySelector('.size').ariaLabel");
}

#[test]
fn bytes_that_are_no_text_are_shown_and_counted_as_they_are() {
    let Some((book, reader)) = reading() else { return };
    let body = binary();
    open_echo(&book, &reader, &body);
    let count = body.len();
    let bytes = json!(body).to_string();
    let as_it_is = || {
        let length = format!(
            "{count}, the length of a body: {count} bytes follow: {bytes}"
        );
        assert_eq!(reader.text("sized('request')"), length);
        let size = format!(
            "{count:x}, a chunk size: {count} bytes follow: {bytes}"
        );
        assert_eq!(reader.text("sized('response')"), size);
        let shown = reader.text("code().textContent");
        let start = r"\x1f\x8b\x08\x01\x02Andr\xe9, André\x80\x81";
        assert!(shown.contains(start), "{shown}");
        assert!(shown.contains("\\x82\\x81\\x80\n"), "{shown}");
        // Of the rest, the middle is counted: "é" is two of its bytes.
        let left = reader
            .text("code().querySelector('[data-left]').dataset.left");
        let expected = format!(" … {} bytes … ", count - 97 - 32);
        assert_eq!(left, expected);
    };
    as_it_is();

    reader.run("first.live.send.click()");
    reader.wait("state().includes('printed')");
    let said = reader.text("state()");
    assert!(said.starts_with("as printed, "), "{said}");
    let marks = "first.querySelectorAll('ins').length";
    assert_eq!(reader.number(marks), 0.0);
    as_it_is();
    // What was sent and what came are these bytes, in each of the steps.
    let sent = "JSON.stringify(Array.from(\
                Wire.fromLatin(first.live.result.sent)).slice(-COUNT))";
    let sent = sent.replace("COUNT", &count.to_string());
    assert_eq!(reader.text(&sent), bytes);
    let block = "bytes(first.live.result.steps.blocks[0].text)";
    assert_eq!(reader.text(block), bytes);
    reader.run("first.live.wire.click()");
    reader.wait("first.querySelectorAll('.card').length === 5");
    for (card, said) in [
        (1, r"\x1f\x8b\x08\x01\x02Andr\xe9, André\x80"),
        (4, &format!("{count} bytes at ")),
        (4, r"\x1f\x8b\x08\x01\x02Andr\xe9, André\x80"),
        (5, r"\x1f\x8b\x08\x01\x02Andr\xe9, André\x80"),
    ] {
        let card = reader.text(&format!(
            "first.querySelector('li:nth-child({card}) .card').textContent"
        ));
        assert!(card.contains(said), "{said} is not in {card}");
    }
    reader.run("first.live.wire.click()");

    // It is as wide as the page.
    reader.resize(390);
    let wide = "code().scrollWidth > code().clientWidth";
    assert_eq!(reader.text(wide), "false");

    // One byte makes a difference.
    reader.run(
        "const result = { ...first.live.result };
        for (const name of ['answer', 'normal']) {
            result[name] = result[name].replace('\\uef8b', '\\uef8c');
        }
        window.fetch = async (what) => new Response(JSON.stringify(
            what.includes('send?') ? result : {}))",
    );
    reader.value("first.live.run()");
    let said = reader.text("state()");
    assert!(said.starts_with("not as printed: 1 line, "), "{said}");
    assert_eq!(reader.errors(), Vec::<String>::new());
}
