//! The figures that can be sent again, and what a reader does to them.

use browser::command::{self, Program};
use browser::{Book, Reader, reading, reading_together};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::SocketAddr;

/// Where a reader is told that the chapters' servers are.
const CHAPTERS: &str = "127.0.0.1:8000";

// --- Copy as curl

/// What each exchange on a page says, and the command that its button
/// copies.
const COPIED: &str = "(async () => {
    let copied;
    navigator.clipboard.writeText = async (text) => { copied = text; };
    const all = [];
    for (const figure of document.querySelectorAll('figure.exchange')) {
        copied = null;
        [...figure.querySelectorAll('button')]
            .find((button) => button.textContent === 'Copy as curl').click();
        while (copied === null) await new Promise((done) => setTimeout(done));
        const { program, how } = figure.dataset;
        const texts = figure.querySelectorAll('.request code');
        all.push({
            program, how, command: copied,
            requests: [...texts].map(Message.textOf).join(''),
            printed: Message.textOf(figure.querySelector('.response code')),
        });
    }
    return JSON.stringify(all);
})()";

/// As the book prints it: without what changes from run to run, and
/// in how many chunks is a matter of the moment.
const NORMAL: &str = r"((text) => text
    .replace(/^(Date|Last-Modified): .*/gim, '$1: …')
    .replace(/^X-Request-Id: .*/gim, '')
    .replace(/(head;dur=)[\d.]+/g, '$1…')
    .replace(/(gateway_session=|name=.csrf. value=.)[\da-f]+/g, '$1…')
    .replace(/^(ETag: \x22)[\da-f]{16}\x22/gim, '$1…')
    .replace(/[\ufffd\uef80-\uefff]+/g, '(no text)')
    .replace(/((127\.0\.0\.1|localhost):|_PORT( = |=|: ))\d+/g, '$1…')
    .replace(/\r\n[0-9a-f]+\r\n/g, ''))";

const NONE: &str = "(the connection was closed without an answer)\n";

#[test]
fn each_copied_command_sends_the_figures_bytes_and_prints_its_answer() {
    let Some((book, reader)) = reading_together() else { return };
    let mut wrong = Vec::new();
    let mut count = 0;
    for page in book.pages() {
        reader.open(&format!("{}/{page}", book.address));
        let any = "!!document.querySelector(\
                   'figure:is([data-program], .pending)')";
        if reader.value(any) == false {
            continue;
        }
        reader.wait(
            "!document.querySelector('figure:is(.pending, .stale)')",
        );
        let figures: Vec<BTreeMap<String, String>> =
            serde_json::from_str(&reader.text(COPIED))
                .expect("figures");
        count += figures.len();
        for figure in figures {
            if let Err(error) = try_command(&reader, &figure) {
                wrong.push(format!("{page}: {error}"));
            }
        }
    }
    println!("{count} commands");
    assert!(count > 40, "{count} figures");
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

fn try_command(
    reader: &Reader,
    figure: &BTreeMap<String, String>,
) -> Result<(), String> {
    let command = &figure["command"];
    let ran = match &*figure["how"] {
        "cgi" => {
            let programs = format!("127.0.0.1:{}", programs(reader));
            let address: SocketAddr =
                programs.parse().expect("their address");
            command::run(command, &programs, address)
        }
        _ => {
            let program = Program::start(&figure["program"]);
            command::run(command, CHAPTERS, program.address)
        }
    };
    if ran.sent != figure["requests"].as_bytes() {
        let sent = String::from_utf8_lossy(&ran.sent);
        return Err(format!("{command}\nsends {sent:?}"));
    }
    let normal =
        |text: &str| reader.text(&format!("{NORMAL}({})", json!(text)));
    let printed = match &*figure["printed"] {
        NONE => "",
        printed => printed,
    };
    match normal(&ran.printed) == normal(printed) {
        true => Ok(()),
        false => Err(format!(
            "{command}\nprints {:?}\nand not {printed:?}",
            ran.printed
        )),
    }
}

/// The port where the programs are, as a page says.
fn programs(reader: &Reader) -> String {
    let served = "document.querySelector('meta[name=live-token]')";
    reader.text(&format!("{served}.dataset.programs"))
}

/// Requests that curl sends as they are, if it is told how.
fn plain_requests() -> Vec<String> {
    let all: String = ('!'..='~').filter(|&c| c != '#').collect();
    let body = "@it's {[\"$HOME\"]} `x` %41 \\x41 !!\n--\n'end'\nend\n";
    let long = "x".repeat(2000);
    let head = |line: &str, fields: &str| {
        format!("{line} HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n")
    };
    let with = |line: &str, body: &str| {
        let field = format!("Content-Length: {}\r\n", body.len());
        head(line, &field) + body
    };
    vec![
        head(&format!("GET /{all}"), ""),
        head("GET /a/../b/./c//d/.", ""),
        head("GET //evil.example/?", "X-Y: it's \"$HOME\"\r\n"),
        head("GET /", "User-Agent: me\r\nAccept: a\r\nAccept: b\r\n"),
        head("GET /", "Connection: close\r\nTE: trailers\r\n"),
        head("OPTIONS /", ""),
        head("DELETE /a", "Cookie: a=1\r\nCookie: b=2\r\n"),
        head("HEAD /", "Range: bytes=0-1\r\n"),
        head("POST /", "Content-Length: 0\r\n"),
        with("POST /", body),
        with("POST /", &long),
        with("PUT /", "Content-Type: text/plain"),
        with("GET /", "a=1"),
    ]
}

/// Requests, each a list over one connection, that it would change.
fn other_requests() -> Vec<Vec<Vec<u8>>> {
    let get = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let all: Vec<u8> = (0..=255).collect();
    let one = [
        get.replace("1.1", "1.0"),
        get.replace("1.1", "2.0"),
        get.replace("GET", "get"),
        get.replace("GET /", "GET"),
        get.replace("/ ", "/a b "),
        get.replace("/ ", "/#a "),
        get.replace("/ ", "http://localhost/ "),
        get.replace("/ ", "* "),
        get.replace("\r\n", "\n"),
        get.replace("Host: localhost\r\n", ""),
        get.replace("Host:", "A: b\r\nHost:"),
        get.replace("\r\n\r\n", "\r\nHost: b\r\n\r\n"),
        get.replace("\r\n\r\n", "\r\nX:\r\nY: \r\nZ:  z \r\n\r\n"),
        get.replace("\r\n\r\n", "\r\nX: André\r\n\r\n"),
        get.replace("\r\n\r\n", "\r\nX: a\r\n b\r\n\r\n"),
        get.replace("localhost\r\n\r\n", "loc"),
        get.replace("\r\n\r\n", "\r\nContent-Length: 9\r\n\r\nab"),
        get.replace("\r\n\r\n", "\r\nContent-Length: 02\r\n\r\nab"),
        get.replace("\r\n\r\n", "\r\nContent-Length: 2, 2\r\n\r\nab"),
        get.replace("\r\n\r\n", "\r\nContent-Length: 2\r\n\r\n\r\n"),
        get.replace("\r\n\r\n", "\r\nContent-Length: 2\r\n\r\n\t\0"),
        get.replace(
            "\r\n\r\n",
            "\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nHel",
        ),
        format!("{get}%s %% \\x41 \\0 it's 'end'\nend\n"),
        String::from("\\"),
    ];
    let mut requests: Vec<Vec<Vec<u8>>> =
        one.into_iter().map(|text| vec![text.into()]).collect();
    requests.push(vec![all]);
    requests.push(vec![get.into(), get.into()]);
    requests
}

#[test]
fn any_request_is_copied_byte_by_byte() {
    let Some((book, reader)) = reading_together() else { return };
    reader.open(&format!("{}/ch03.html", book.address));
    reader.wait("typeof Parts === 'object'");
    reader.value("Parts.load('command.js').then(() => true)");
    let try_one = |requests: &[Vec<u8>]| {
        let made = reader.text(&format!(
            "JSON.stringify(Command.of({}.map((bytes) => \
             Uint8Array.from(bytes)), 'http://{CHAPTERS}'))",
            json!(requests)
        ));
        let made: Value = serde_json::from_str(&made).expect("JSON");
        let command = made["text"].as_str().expect("a command");
        let bytes = requests.concat();
        let ran = command::run_for(command, CHAPTERS, bytes.len());
        let [sent, bytes] =
            [ran.sent, bytes].map(|b| b.escape_ascii().to_string());
        assert_eq!(sent, bytes, "{command}");
        made["isCurl"] == true
    };
    for request in plain_requests() {
        let is_curl = try_one(&[request.clone().into_bytes()]);
        assert!(is_curl, "{request:?}");
    }
    for requests in other_requests() {
        assert!(!try_one(&requests), "{requests:?}");
    }
}

// --- Editing

/// Has the page's questions answered here, and what it sends kept.
const ANSWERED_HERE: &str = "
    window.sent = [];
    window.reply = { answer: 'HTTP/1.1 200 OK\\r\\n\\r\\n', took: 1, log: '' };
    window.hold = null;
    window.checked = 0;
    // What is disabled loses the focus when it is drawn.
    window.drawn = () => new Promise((done) =>
        requestAnimationFrame(() => requestAnimationFrame(done)));
    window.fetch = ((real) => async (what, options) => {
        if (what.startsWith('/live/check')) {
            await drawn();
            checked++;
            return new Response('{\"solved\": true}');
        }
        if (!what.startsWith('/live/send')) return real(what, options);
        sent.push(Array.from(options.body));
        await drawn();
        await hold;
        return new Response(JSON.stringify({ normal: reply.answer, ...reply }));
    })(window.fetch);
    window.figure = document.querySelector('figure.exchange');
    window.button = (name, where = figure) =>
        [...where.querySelectorAll('button')]
            .find((button) => button.textContent === name);
    window.areas = () => [...figure.querySelectorAll('textarea')];
    window.type = (area, text) => {
        area.value = text;
        area.dispatchEvent(new Event('input', { bubbles: true }));
    };
    window.slips = () => [...figure.querySelectorAll('.slips')]
        .map((slips) => slips.textContent).join('|');
    window.state = () => figure.querySelector('.status').textContent;
    window.focused = () => document.activeElement.textContent;
";

fn open(reader: &Reader, book: &Book, page: &str) {
    reader.open(&format!("{}/{page}", book.address));
    reader.get_ready_to_edit();
    reader.run(ANSWERED_HERE);
}

/// What goes out when Send is pressed.
fn sent(reader: &Reader) -> Vec<u8> {
    reader.run("sent.length = 0; button('Send').click()");
    reader.wait("button('Send').ariaDisabled === 'false'");
    let sent = reader.text("JSON.stringify(sent)");
    let sent: Vec<Vec<u8>> =
        serde_json::from_str(&sent).expect("bytes");
    assert_eq!(sent.len(), 1);
    sent.concat()
}

fn sent_text(reader: &Reader) -> String {
    String::from_utf8(sent(reader)).expect("a text")
}

/// The first figure of this page has two requests.
const GUEST_BOOK: &str = "ch06.html";

#[test]
fn what_is_typed_is_what_is_sent() {
    let Some((book, reader)) = reading_together() else { return };
    open(&reader, &book, GUEST_BOOK);
    let printed = sent_text(&reader);
    assert_eq!(printed.matches(" HTTP/1.1\r\n").count(), 2);

    // Untouched, whether as text or as bytes.
    reader.run("button('Edit').click()");
    assert_eq!(reader.number("areas().length"), 2.0);
    assert_eq!(sent_text(&reader), printed);
    let toggle = "button('\\\\r\\\\n').click()";
    for _ in 0..3 {
        reader.run(toggle);
        assert_eq!(sent_text(&reader), printed);
    }
    reader.run(toggle);

    // No line of a body is told from the others.
    reader
        .run("type(areas()[0], 'POST / HTTP/1.1\\n\\nab\\n---\\ncd')");
    let (_, second) = printed.split_once("%21").expect("two");
    let expected =
        format!("POST / HTTP/1.1\r\n\r\nab\n---\ncd{second}");
    assert_eq!(sent_text(&reader), expected);

    // A body keeps the ends of its lines, whatever they are.
    let write = "type(areas()[0], 'POST / HTTP/1.1\\\\r\\n\\\\r\\n";
    reader.run(toggle);
    reader.run(&format!("{write}a\\\\r\\nb')"));
    reader.run(toggle);
    let text = reader.text("areas()[0].value");
    assert_eq!(text, "POST / HTTP/1.1\n\na\nb");
    let expected = format!("POST / HTTP/1.1\r\n\r\na\r\nb{second}");
    assert_eq!(sent_text(&reader), expected);
    reader.run(toggle);
    reader.run(&format!("{write}a\\\\r\\nb\\nc')"));
    reader.run(toggle);
    let expected = format!("POST / HTTP/1.1\r\n\r\na\r\nb\nc{second}");
    assert_eq!(sent_text(&reader), expected);
    reader.run(&format!("{write}ab\\n---\\ncd')"));

    // Bytes that are no text stay as they are.
    reader.run("type(areas()[1], 'A\\\\xff\\\\x00\\\\r\\\\\\\\\\nB')");
    let first = "POST / HTTP/1.1\r\n\r\nab\n---\ncd";
    let bytes = [first.as_bytes(), b"A\xff\0\r\\\nB"].concat();
    assert_eq!(sent(&reader), bytes);
    reader.run(toggle);
    assert_eq!(reader.text("button('\\\\r\\\\n').ariaPressed"), "true");
    let said = reader.text("state()");
    assert!(said.contains("would be other bytes"), "{said}");
    assert_eq!(sent(&reader), bytes);
    assert_eq!(reader.errors(), Vec::<String>::new());
}

#[test]
fn slips_are_told_while_one_types_and_mended_when_one_asks() {
    let Some((book, reader)) = reading_together() else { return };
    open(&reader, &book, GUEST_BOOK);
    reader.run("button('Edit').click()");
    assert_eq!(reader.text("slips()"), "|");
    let edit = |from: &str, to: &str| {
        reader.run(&format!(
            "type(areas()[0], areas()[0].value.replace({}, {}))",
            json!(from),
            json!(to)
        ));
    };
    edit("What+a+server%21", "Servers");
    let said = "36 bytes of body, Content-Length says 45 make it fit|";
    assert_eq!(reader.text("slips()"), said);
    assert!(sent_text(&reader).contains("Content-Length: 45\r\n"));
    reader.wait("/printed|as the request does/.test(state())");
    reader.run("button('make it fit').click()");
    let said = reader.text("state()");
    assert!(said.contains("the request was edited since"), "{said}");
    assert_eq!(reader.text("slips()"), "|");
    assert_eq!(
        reader.text("document.activeElement === areas()[0]"),
        "true"
    );
    assert!(sent_text(&reader).contains("Content-Length: 36\r\n"));

    edit("Content-Length: 36\n", "");
    let said = "36 bytes of body, and no Content-Length add it|";
    assert_eq!(reader.text("slips()"), said);
    reader.run("button('add it').click()");
    assert_eq!(reader.text("slips()"), "|");
    assert!(sent_text(&reader).contains("\r\nContent-Length: 36\r\n"));

    reader.run("type(areas()[1], 'GET / HTTP/1.1\\nHost: a\\n')");
    let said = "|the head does not end: a blank line is missing add it";
    assert_eq!(reader.text("slips()"), said);
    assert!(sent_text(&reader).ends_with("\r\nHost: a\r\n"));
    reader.run("button('add it').click()");
    assert_eq!(reader.text("slips()"), "|");
    assert!(sent_text(&reader).ends_with("\r\nHost: a\r\n\r\n"));
}

#[test]
fn the_focus_stays_where_something_is_replaced() {
    let Some((book, reader)) = reading_together() else { return };
    open(&reader, &book, GUEST_BOOK);
    reader.run("button('Send').focus()");
    for count in 1..=2 {
        reader.press("Enter");
        reader.wait(&format!("sent.length === {count}"));
        reader.wait("state().startsWith('not as printed')");
        assert_eq!(reader.text("focused()"), "Send");
        reader.run("figure.querySelector('.status').textContent = ''");
    }
    // While it is sent, nothing else is.
    reader.run(
        "hold = new Promise((done) => { window.letGo = done; });\
         button('Send').click(); button('Send').click()",
    );
    assert_eq!(reader.number("sent.length"), 3.0);
    // Who looks into an answer is there still when another one comes.
    reader.run("reply.environ = [['A', 'b']]; letGo(); hold = null");
    let summary = "figure.querySelector('.environ summary')";
    reader.wait(&format!("!!{summary}"));
    reader.run(&format!("window.before = {summary}; before.focus()"));
    reader.run("button('Send').click()");
    reader.wait("!before.isConnected");
    assert_eq!(
        reader.text("focused()"),
        "The environ that chapter 8's server makes of these bytes"
    );
    reader.run("reply.environ = null; button('Send').click()");
    reader.wait(&format!("!{summary}"));
    assert_eq!(reader.text("focused()"), "Send");

    reader.run("button('Edit').focus(); button('Edit').click()");
    reader.wait("document.activeElement === areas()[0]");
    reader.press("Escape");
    assert_eq!(reader.text("focused()"), "As printed");
    reader.press("Enter");
    assert_eq!(reader.text("focused()"), "Edit");

    // An answer to what was given up does not come.
    reader.run(
        "hold = new Promise((done) => { window.letGo = done; });\
         button('Edit').click(); button('Send').click();\
         button('As printed').click(); letGo()",
    );
    reader.wait("button('Send').ariaDisabled === 'false'");
    assert_eq!(
        reader.text("figure.classList.contains('sent')"),
        "false"
    );

    let exercises = "document.querySelectorAll('section.exercise')";
    let count = reader.number(&format!("{exercises}.length"));
    assert!(count > 0.0);
    for at in 0..count as usize {
        reader.run(&format!(
            "button('Check', {exercises}[{at}]).focus()"
        ));
        reader.press("Enter");
        reader.wait(&format!("checked === {}", at + 1));
        assert_eq!(reader.text("focused()"), "Check");
    }
    assert_eq!(reader.errors(), Vec::<String>::new());
}

#[test]
fn what_was_edited_and_answered_outlives_a_save_and_a_reload() {
    let Some((book, reader)) = reading() else { return };
    open(&reader, &book, GUEST_BOOK);
    reader.run(
        "reply.answer = 'HTTP/1.1 299 Mine\\r\\n\\r\\n';\
         button('Edit').click();\
         type(areas()[1], 'GET /mine HTTP/1.1\\nHost: a\\n\\n')",
    );
    let before = sent_text(&reader);
    reader.wait("state().includes(', as the request does, ')");
    reader
        .run("areas()[1].focus(); areas()[1].setSelectionRange(5, 9)");
    let is_back = || {
        reader.get_ready_to_edit();
        reader.run(ANSWERED_HERE);
        let answer = "figure.querySelector('.side.response').innerText";
        assert!(reader.text(answer).contains("299 Mine"));
        let said = reader.text("state()");
        assert!(
            said.contains("before the page was loaded anew"),
            "{said}"
        );
        // The focus comes last.
        reader.wait(
            "document.activeElement === areas()[1] \
             && areas()[1].selectionStart === 5",
        );
    };
    reader.reload();
    is_back();

    let text = book.read("book/text/ch06.md");
    book.write("book/text/ch06.md", &format!("{text}\nA new end.\n"));
    reader.wait(
        "document.querySelector('main').textContent\
                 .includes('A new end.')",
    );
    is_back();
    reader.run("type(areas()[1], areas()[1].value + 'x')");
    let said = reader.text("state()");
    assert!(said.contains("the request was edited since"), "{said}");
    assert_eq!(sent_text(&reader), before + "x");
    assert!(!reader.text("state()").contains(";"));

    // The printed exchange is what comes back from then on.
    reader.run("button('As printed').click()");
    reader.reload();
    reader.get_ready_to_edit();
    reader.run(ANSWERED_HERE);
    assert_eq!(reader.text("areas().length + state()"), "0");

    // Who has clicked a link is not held back by a save.
    let asked = "performance.getEntriesByType('resource')\
                 .filter(({ name }) => name.includes('/live/state')).length";
    reader.run(
        "window.stayed = true; dispatchEvent(new Event('beforeunload'))",
    );
    book.write("book/text/ch06.md", &text);
    reader.run(&format!("window.count = {asked}"));
    reader.wait(&format!("{asked} > count + 2"));
    assert_eq!(reader.text("stayed"), "true");
}

#[test]
fn a_megabyte_is_shown_in_a_box() {
    let Some((book, reader)) = reading_together() else { return };
    open(&reader, &book, GUEST_BOOK);
    let height = "document.documentElement.scrollHeight";
    let before = reader.number(height);
    reader.run(
        "reply.answer = 'HTTP/1.1 200 OK\\r\\n\\r\\n' \
         + 'a line of text\\n'.repeat(70_000)",
    );
    let took = reader.number(
        "(async () => { const start = performance.now();\
         await figure.live.run();\
         document.documentElement.scrollHeight;\
         return performance.now() - start; })()",
    );
    println!("a megabyte is shown after {took} ms");
    assert!(reader.number(height) < before + 900.0);
    let shown = reader.number(
        "figure.querySelector('.response code').textContent.length",
    );
    assert!(shown > 1_000_000.0, "{shown}");
    // What is not printed is marked, however much it is.
    let marked = "[...figure.querySelectorAll('.response ins')]\
                  .map((ins) => ins.textContent).join('').length";
    assert!(reader.number(marked) > 1_000_000.0);
}

#[test]
fn what_the_page_says_of_places_and_times_is_so() {
    let Some((book, reader)) = reading_together() else { return };
    open(&reader, &book, "ch01.html");
    // An answer of now is not from before the last change.
    let note = "getComputedStyle(figure, '::after').content";
    assert_eq!(reader.text(note), "none");
    reader.run("figure.classList.add('stale')");
    let said = reader.text(note);
    assert!(said.contains("before the last change"), "{said}");
    sent(&reader);
    assert_eq!(reader.text(note), "none");

    let text = reader.text("document.querySelector('main').innerText");
    let port = programs(&reader);
    let there = format!("http://127.0.0.1:{port}/cgi-bin/ch01");
    assert!(text.contains(&there), "{text}");
    assert!(!text.contains("127.0.0.1:3001/cgi-bin"), "{text}");
}
