//! Pages come at once, and as they are on the disk.

mod fixture;

use fixture::{Fixture, MAIN, Served, assert_has};
use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};
use std::{fs, thread};

const LISTING: &str =
    "# One\n\n```listing chapters/ch01/src/main.rs main\n```\n";

fn serve(fixture: &Fixture) -> Served {
    Served::start(fixture, &["--port", "0"])
}

#[test]
fn each_page_shows_what_was_saved_whichever_is_read_first() {
    let fixture = Fixture::new(LISTING);
    let summary = "# Summary\n\n- [One](ch01.md)\n- [Two](ch02.md)\n";
    fixture.write("book/text/SUMMARY.md", summary);
    fixture.write("book/text/ch02.md", &LISTING.replace("One", "Two"));
    let served = serve(&fixture);
    assert_has(&served.get("/ch02.html"), "Hello");
    let changed = MAIN.replace("Hello", "Goodbye");
    fixture.write("chapters/ch01/src/main.rs", &changed);
    for page in ["/ch01.html", "/ch02.html", "/", "/print.html"] {
        assert_has(&served.get(page), "Goodbye");
    }
    let page = served.get("/ch01.html");
    let index = page.split("\"searchindex").nth(1).unwrap();
    let index = index.split('"').next().unwrap();
    let path = format!("/searchindex{index}");
    fixture.write("book/text/ch02.md", "# Two\n\nPterodactyl.\n");
    assert_has(&served.get(&path), "Pterodactyl");
}

#[test]
fn a_page_that_is_added_or_removed_is_there_or_not() {
    let fixture = Fixture::new("# One\n");
    let served = serve(&fixture);
    assert_has(&served.get("/ch02.html"), " 404 Not Found\r\n");
    fixture.write("book/text/ch02.md", "# Two\n");
    let summary = "# Summary\n\n- [One](ch01.md)\n- [Two](ch02.md)\n";
    fixture.write("book/text/SUMMARY.md", summary);
    assert_has(&served.get("/ch02.html"), " 200 OK\r\n");
    fixture.write(
        "book/text/SUMMARY.md",
        "# Summary\n\n- [One](ch01.md)\n",
    );
    assert_has(&served.get("/ch02.html"), " 404 Not Found\r\n");
}

#[test]
fn a_book_that_cannot_be_built_is_read_as_it_was() {
    let fixture = Fixture::new("# One\n\nBefore.\n");
    let served = serve(&fixture);
    assert_has(&served.get("/ch01.html"), "Before.");
    let config = fixture.root.join("book/book.toml");
    let config = fs::read_to_string(config).unwrap();
    fixture.write("book/book.toml", "[book");
    fixture.write("book/text/ch01.md", "# One\n\nAfter.\n");
    assert_has(&served.get("/ch01.html"), "Before.");
    assert_has(&served.get("/print.html"), "HTTP/1.1 503 ");
    fixture.write("book/book.toml", &config);
    assert_has(&served.get("/ch01.html"), "After.");
    assert_has(&served.get("/print.html"), "After.");
}

#[test]
fn a_slash_behind_a_name_leads_nowhere() {
    let fixture = Fixture::new("# One\n");
    let served = serve(&fixture);
    for path in [
        "/ch01.html/",
        "/ch01.html%2f",
        "/ch01.html//",
        "/index.html/",
        "//ch01.html",
        "/./ch01.html",
        "/css/",
        "/css",
        "/css/../ch01.html",
        "/ch01.html%00",
        "/CH01.html",
    ] {
        let answer = served.get(path);
        let is_refused = answer.starts_with("HTTP/1.1 404")
            || answer.starts_with("HTTP/1.1 400");
        assert!(is_refused, "{path}: {answer}");
    }
    for path in ["/", "/index.html", "/ch01.html", "/ch01.html?a/"] {
        assert_has(&served.get(path), " 200 OK\r\n");
    }
}

/// A book with a style sheet of its own.
fn with_a_style_sheet() -> Fixture {
    let fixture = Fixture::new("# One\n");
    let config = "[book]\ntitle = \"T\"\nsrc = \"text\"\n\
                  [output.html]\n\
                  additional-css = [\"theme/own.css\"]\n";
    fixture.write("book/book.toml", config);
    fixture.write("book/theme/own.css", "a { top: 0 }");
    fixture
}

#[test]
fn style_sheets_are_never_missing_while_they_are_saved() {
    let fixture = with_a_style_sheet();
    let served = serve(&fixture);
    let names = || {
        let page = served.get("/ch01.html");
        let links = page.split(['"']).filter(|link| {
            link.ends_with(".css") || link.ends_with(".js")
        });
        links.map(String::from).collect::<Vec<_>>()
    };
    for number in 1..=3 {
        let open = names();
        assert!(open.len() > 10, "{open:?}");
        let text = format!("a {{ top: {number}px }}");
        fixture.write("book/theme/own.css", &text);
        let all_are_there = || {
            for name in &open {
                let answer = served.get(&format!("/{name}"));
                assert_has(&answer, " 200 OK\r\n");
            }
        };
        thread::scope(|scope| {
            // Who reads a page has it built.
            let reader = scope.spawn(names);
            while !reader.is_finished() {
                all_are_there();
            }
            assert_ne!(reader.join().unwrap(), open);
        });
        all_are_there();
    }
}

#[test]
fn only_what_changes_with_its_name_is_kept_by_browsers() {
    let fixture = with_a_style_sheet();
    // It has the digits of no hash.
    fixture.write("book/text/plain-12345.css", "a { top: 0 }");
    let served = serve(&fixture);
    let page = served.get("/ch01.html");
    let own = page.split('"').find(|link| link.contains("own-"));
    let is_kept = |name: &str| {
        let answer = served.get(&format!("/{name}"));
        assert_has(&answer, " 200 OK\r\n");
        answer
            .contains("\r\nCache-Control: max-age=31536000, immutable")
    };
    assert!(is_kept(own.expect("the style sheet")));
    // Whatever its hash is, the index of today is meant.
    for name in ["searchindex-01234567.js", "ch01.html"] {
        assert!(!is_kept(name), "{name}");
    }
    assert!(!is_kept("plain-12345.css"));
}

#[test]
fn a_page_waits_for_nobody_elses_body() {
    let fixture = Fixture::new("# One\n");
    let served = serve(&fixture);
    let half = |path: &str| {
        let address = ("127.0.0.1", served.port);
        let mut stream = TcpStream::connect(address).unwrap();
        write!(
            stream,
            "POST {path} HTTP/1.1\r\nHost: localhost\r\n\
             Content-Length: 1000\r\n\r\nhalf"
        )
        .unwrap();
        stream
    };
    let paths = ["/ch01.html", "/", "/live/send?program=ch01", "/no"];
    let halves: Vec<TcpStream> =
        (0..60).map(|at| half(paths[at % paths.len()])).collect();
    let start = Instant::now();
    assert_has(&served.get("/ch01.html"), " 200 OK\r\n");
    let took = start.elapsed();
    assert!(took < Duration::from_secs(5), "{took:?}");
    drop(halves);
}

#[cfg(target_os = "linux")]
#[test]
fn the_memory_does_not_grow_with_each_build() {
    let page = LISTING.replace("main.rs main", "large.rs f0");
    let fixture = Fixture::new(&page);
    let comments = "// A line of what is not printed.\n".repeat(20_000);
    let code = format!("fn f0() {{}}\n{comments}");
    fixture.write("chapters/ch01/src/large.rs", &code);
    let served = serve(&fixture);
    let rebuild = |times, readers| {
        for number in 0..times {
            let text = format!("{page}\nThe end of {number}.\n");
            fixture.write("book/text/ch01.md", &text);
            let end = format!("The end of {number}.");
            thread::scope(|scope| {
                for _ in 0..readers {
                    scope.spawn(|| {
                        assert_has(&served.get("/ch01.html"), &end);
                    });
                }
            });
        }
    };
    rebuild(5, 1);
    let before = memory(&served);
    rebuild(15, 8);
    let after = memory(&served);
    assert!(after < before + 6000, "{before} kB, then {after} kB");
}

/// The memory of the book's process that is in use, in kB.
#[cfg(target_os = "linux")]
fn memory(served: &Served) -> usize {
    let path = format!("/proc/{}/status", served.id);
    let status = fs::read_to_string(path).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS"));
    let digits = line.unwrap().split_whitespace().nth(1).unwrap();
    digits.parse().unwrap()
}
