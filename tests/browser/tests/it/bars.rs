//! How quick the served book is, and how large. These are figures of a
//! machine, so they are printed, and the limits are generous; on one
//! that has nothing else to do:
//!
//! ```sh
//! cargo test -p browser bars -- \
//!     --ignored --nocapture --test-threads 1
//! ```

use browser::{Book, LIMIT, Reader, reading};
use std::fmt::Debug;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

const TEXT: &str = "book/text/ch02.md";
const CODE: &str = "chapters/ch03/src/lib.rs";

/// What takes a middle place in the order of size, and the last.
fn median_and_most<T: Copy + PartialOrd>(all: &[T]) -> (T, T) {
    let mut all = all.to_vec();
    all.sort_by(|a, b| a.partial_cmp(b).expect("an order"));
    (all[all.len() / 2], all[all.len() - 1])
}

fn report<T: Copy + PartialOrd + Debug>(what: &str, all: &[T]) -> T {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let (median, most) = median_and_most(all);
    println!(
        "{what}: median of {} {median:.2?}, most {most:.2?} (load {})",
        all.len(),
        load.split(' ').next().unwrap_or_default()
    );
    median
}

/// Saves a file, with something new in it each time, and measures how
/// soon a page that is open shows it.
fn saves(
    (book, reader): (&Book, &Reader),
    file: &str,
    change: impl Fn(u64) -> (String, String),
) -> Vec<Duration> {
    (1..=20).map(|number| {
        // At some moment between two looks of the page.
        sleep(Duration::from_millis(700 + 37 * number));
        let (text, shown) = change(number);
        let start = Instant::now();
        book.write(file, &text);
        reader.wait(&format!(
            "document.querySelector('main').textContent.includes('{shown}')"
        ));
        start.elapsed()
    })
    .collect()
}

#[test]
#[ignore = "measures"]
fn what_is_saved_is_shown_at_once() {
    let Some((book, reader)) = reading() else { return };
    let both = (&book, &reader);
    reader.open(&format!("{}/ch02.html", book.address));
    let text = book.read(TEXT);
    let took = saves(both, TEXT, |number| {
        let end = format!("The end of {number}.");
        (format!("{text}\n{end}\n"), end)
    });
    let median = report("a text that is saved is shown after", &took);
    assert!(median < Duration::from_secs(10), "{median:?}");

    reader.open(&format!("{}/ch03.html", book.address));
    let code = book.read(CODE);
    let took = saves(both, CODE, |number| {
        let title = format!("<h1>{number} keys in");
        (code.replace("<h1>Keys in", &title), title)
    });
    let median = report("code that is saved is shown after", &took);
    assert!(median < Duration::from_secs(10), "{median:?}");
}

/// A function that sends a request to a program, in JavaScript.
const SEND: &str = "(async () => {
    const page = await (await fetch('/ch01.html')).text();
    const [, token] = page.match(/live-token\" content=\"(\\w+)/);
    window.send = (query, path) => fetch('/live/send?' + query, {
        method: 'POST', headers: { 'X-Live-Token': token },
        body: `GET ${path} HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n`,
    }).then((answer) => answer.json());
})()";

/// Opens a page that is never loaded anew, and may send requests.
fn open_for_good(reader: &Reader, book: &Book) {
    reader.open(&format!("{}/none.html", book.address));
    reader.value(SEND);
}

#[test]
#[ignore = "measures"]
fn the_memory_of_a_day_is_bounded() {
    let Some((book, reader)) = reading() else { return };
    open_for_good(&reader, &book);
    let at_first = book.memory();
    let text = book.read(TEXT);
    let mut after = Vec::new();
    for number in 1..=20 {
        book.write(TEXT, &format!("{text}\nThe end of {number}.\n"));
        // The page to print has all of them built, but comes as it
        // was where that takes too long.
        reader.wait(&format!(
            "fetch('/print.html').then((page) => page.text())\
             .then((text) => text.includes('The end of {number}.'))"
        ));
        after.push(book.memory());
    }
    let load = report("kB after rebuilds", &after);
    let sends = "(async () => { for (let at = 0; at < 1000; at++) {\
                 const sent = await send('program=ch03&how=cgi',\
                 '/cgi-bin/ch03/' + at);\
                 if (!sent.answer.includes('<h1>')) return at; }\
                 return 1000; })()";
    assert_eq!(reader.number(sends), 1000.0);
    let now = book.memory();
    println!("{at_first} kB, {load} kB, after 1,000 sends {now} kB");
    assert!(now < 400_000, "{now} kB");
}

/// Arms of chapter 5's application that no page has.
const UNRULY: &str = r#"
        "/flood" => {
            thread::spawn(|| loop { eprintln!("tick") });
            clock(environ, start_response)
        }
        "/hang" => loop { thread::sleep(TICK) },
        "/clock" =>"#;

#[test]
#[ignore = "measures"]
fn a_page_comes_at_once_whatever_programs_and_clients_do() {
    let Some((book, reader)) = reading() else { return };
    let file = "chapters/ch05/src/lib.rs";
    let code =
        book.read(file).replacen("\n        \"/clock\" =>", UNRULY, 1);
    book.write(file, &code);
    open_for_good(&reader, &book);
    let pages = book.pages();
    // Not by the browser, which has six connections at a time.
    let times = |at: usize| get(&book, &pages[at % pages.len()]);
    let first: Vec<Duration> = (0..pages.len()).map(times).collect();
    report("a page that has to be built comes after", &first);
    let idle: Vec<Duration> = (0..100).map(times).collect();
    report("a page comes after", &idle);

    let before = (book.memory(), book.files());
    let flood = "send('program=ch05&how=', '/flood').then((sent) =>\
                 sent.answer.includes('tick 3'))";
    assert_eq!(reader.value(flood), true);
    reader.run(
        "window.over = 0; for (let at = 0; at < 10; at++) \
         send('program=ch05&how=', '/hang').finally(() => { over++; })",
    );
    let half_sent: Vec<TcpStream> =
        (0..60).map(|_| half_a_body(&book)).collect();
    let mut during = Vec::new();
    while reader.number("over") < 10.0 {
        during.extend((0..20).map(times));
    }
    report("a page comes meanwhile after", &during);
    println!("kB: {}, then {}", before.0, book.memory());
    let most = median_and_most(&during).1;
    assert!(most < Duration::from_secs(10), "{most:?}");
    drop(half_sent);
    // And then all of it is gone.
    book.write(file, &code.replace("eprintln!(\"tick\")", "break"));
    let send = "send('program=ch05&how=', '/clock').then(() => true)";
    assert_eq!(reader.value(send), true);
    let deadline = Instant::now() + LIMIT;
    while book.files() > before.1 + 8 {
        let now = Instant::now();
        assert!(now < deadline, "{} of {before:?}", book.files());
        sleep(Duration::from_millis(50));
    }
}

/// How long it takes to get a page.
fn get(book: &Book, page: &str) -> Duration {
    let start = Instant::now();
    let request = format!("GET /{page} HTTP/1.1\r\nConnection: close");
    let mut answer = String::new();
    let mut stream = begin(book, &request);
    stream.write_all(b"\r\n").expect("the end of a head");
    stream.read_to_string(&mut answer).expect("a page");
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    start.elapsed()
}

fn half_a_body(book: &Book) -> TcpStream {
    let head = "POST /ch01.html HTTP/1.1\r\nContent-Length: 1000";
    let mut stream = begin(book, head);
    stream.write_all(b"\r\nhalf").expect("half a body");
    stream
}

/// Sends a request's first lines.
fn begin(book: &Book, lines: &str) -> TcpStream {
    let host = book.address.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).expect("the book");
    write!(stream, "{lines}\r\nHost: localhost\r\n").expect("lines");
    stream
}

/// Scrolls down the page, so many points a frame, and lists how many
/// milliseconds each frame took.
const SCROLL: &str = "(async () => { const frames = [];\
    const next = () => new Promise((go) => requestAnimationFrame(go));\
    let last = await next();\
    for (let at = 0; at < 300; at++) { scrollBy(0, 60);\
    const now = await next(); frames.push(now - last); last = now; }\
    return JSON.stringify(frames); })()";

#[test]
#[ignore = "measures"]
fn a_long_page_is_scrolled_without_a_dropped_frame() {
    let Some((book, reader)) = reading() else { return };
    reader.open(&format!("{}/ch05.html", book.address));
    let json = reader.text(SCROLL);
    let frames: Vec<f64> = serde_json::from_str(&json).expect("frames");
    let median = report("ms for a frame of chapter 5", &frames);
    let late = frames.iter().filter(|ms| **ms > 1.5 * median).count();
    println!("{late} of {} frames are late", frames.len());
    assert!(late < frames.len() / 4, "{frames:?}");
}

/// What vim and Emacs do beside a file while somebody types in it.
fn type_in_two_editors(file: &Path, at: u64) {
    let name = file.file_name().expect("a name").to_string_lossy();
    let beside = |name: String| file.with_file_name(name);
    let typed = format!("What is typed, {at}").repeat(100);
    let swap = beside(format!(".{name}.swp"));
    fs::write(swap, &typed).expect("a swap file");
    let lock = beside(format!(".#{name}"));
    let _ = fs::remove_file(&lock);
    std::os::unix::fs::symlink("me@here.1:2", lock).expect("a lock");
    let saved = beside(format!("#{name}#"));
    fs::write(&saved, &typed).expect("an auto-save");
    if at % 4 == 3 {
        fs::remove_file(saved).expect("an auto-save");
    }
}

/// Saves as vim does: where it tries, beside, and in the file's place.
fn save_as_vim(file: &Path, text: &str) {
    let beside = |name: &str| file.with_file_name(name);
    fs::write(beside("4913"), "").expect("a trial");
    fs::remove_file(beside("4913")).expect("a trial");
    let backup = beside("lib.rs~");
    fs::rename(file, &backup).expect("a backup");
    fs::write(file, text).expect("the file");
    fs::remove_file(backup).expect("a backup");
}

#[test]
#[ignore = "measures"]
fn who_types_for_a_minute_has_saved_nothing() {
    let Some((book, reader)) = reading() else { return };
    reader.open(&format!("{}/ch03.html", book.address));
    let stale = "document.querySelectorAll(\
                 'figure.stale, figure.pending').length";
    assert_eq!(reader.number(stale), 0.0);
    reader.run("window.isStillHere = true");
    let file = book.folder.join(CODE);
    let start = Instant::now();
    for at in 0.. {
        if start.elapsed() > Duration::from_secs(60) {
            break;
        }
        type_in_two_editors(&file, at);
        sleep(Duration::from_millis(200));
        assert_eq!(reader.value("isStillHere"), true, "{at}");
        let page = reader.number(&format!(
            "fetch('').then((page) => page.text()).then((text) =>\
             new DOMParser().parseFromString(text, 'text/html'))\
             .then((document) => {stale})"
        ));
        assert_eq!(page, 0.0, "{at}");
    }
    let code = book.read(CODE).replace("<h1>Keys in", "<h1>My keys in");
    let start = Instant::now();
    save_as_vim(&file, &code);
    reader.wait(
        "document.querySelector('main').textContent\
         .includes('<h1>My keys in')",
    );
    report("a save is seen after", &[start.elapsed()]);
}
