//! What a reader is shown of a program that fails.

mod fixture;

use fixture::{Fixture, MAIN, Reader, Served, ask, assert_has, text};

const PANICS: &str = r#"fn main() {
    eprintln!("about to fail");
    let all: Vec<u32> = Vec::new();
    println!("{}", all[std::env::args().count()]);
}
"#;

const SAID: &str =
    "index out of bounds: the len is 0 but the index is 1";

const MAIN_FILE: &str = "chapters/ch01/src/main.rs";

fn reader(main: &str) -> Reader {
    let fixture = Fixture::new("# One\n");
    fixture.write(MAIN_FILE, main);
    let served = Served::start(&fixture, &["--port", "0"]);
    Reader::of(fixture, served)
}

const REQUEST: &str = "GET /cgi-bin/ch01 HTTP/1.1\r\nHost: a\r\n\r\n";

#[test]
fn what_is_sent_says_where_a_program_has_panicked() {
    let reader = reader(PANICS);
    let send = || reader.send("program=ch01&how=cgi", REQUEST);
    let sent = send();
    assert_has(text(&sent, "answer"), "HTTP/1.1 502 Bad Gateway\r\n");
    let report = text(&sent, "report");
    let start = format!(
        "{SAID}\n\nIt panicked at\n  {MAIN_FILE}:4:23\n     1  fn main"
    );
    assert!(report.starts_with(&start), "{report}");
    assert_has(report, "\n>    4      println!(\"{}\", all[std::env");
    let root = reader.fixture.root.canonicalize().unwrap();
    assert_eq!(text(&sent, "root"), root.to_str().unwrap());
    // Another state of the code is known by its print.
    let code = text(&sent, "code").to_string();
    reader.fixture.write(MAIN_FILE, MAIN);
    let sent = send();
    assert!(sent["report"].is_null(), "{sent}");
    assert_ne!(text(&sent, "code"), code);
}

/// Where the programs are.
fn programs(reader: &Reader) -> u16 {
    let led = reader.served.get("/cgi-bin/ch01");
    let (_, port) =
        led.split_once("Location: http://localhost:").unwrap();
    port.split('/').next().unwrap().parse().unwrap()
}

#[test]
fn a_program_that_panics_in_a_tab_is_tried_again_from_its_page() {
    let reader = reader(PANICS);
    let port = programs(&reader);
    let host = format!("HTTP/1.1\r\nHost: 127.0.0.1:{port}");
    let html = format!("{host}\r\nAccept: text/html");
    let page = ask(port, &format!("GET /cgi-bin/ch01 {html}"), "");
    assert_has(&page, "HTTP/1.1 502 Bad Gateway\r\n");
    assert_has(&page, "<h2>The program panicked at</h2>");
    assert_has(&page, &format!("{MAIN_FILE}:4:23\n"));
    assert_has(&page, "<mark>&gt;    4      println!(&quot;{}&quot;");
    assert_has(&page, "about to fail");
    assert!(!page.contains("edited since"), "{page}");

    // By a command, it is answered as the page has it printed.
    let printed = ask(port, &format!("GET /cgi-bin/ch01 {host}"), "");
    assert_has(&printed, "HTTP/1.1 502 Bad Gateway\r\n");
    assert!(
        printed.ends_with("\r\n\r\n502 Bad Gateway\n"),
        "{printed}"
    );

    let (_, form) = page.split_once("<form ").unwrap();
    let (_, action) = form.split_once("action=\"").unwrap();
    let action = action.split('"').next().unwrap();
    let post = |origin: &str| {
        let part = |name: &str, value: &str| {
            format!(
                "--x\r\nContent-Disposition: form-data; \
                 name=\"{name}\"\r\n\r\n{value}\r\n"
            )
        };
        let again = format!(
            "REQUEST_METHOD=GET\nSCRIPT_NAME=\nPATH_INFO=/cgi-bin/ch01\n\
             HTTP_HOST=127.0.0.1:{port}\nREMOTE_ADDR=127.0.0.1\n\
             HTTP_ACCEPT=text/html\n"
        );
        let body = part("last", "as it was")
            + &part("request", &again)
            + "--x--\r\n";
        let head = format!(
            "POST {action} {html}\r\n{origin}\
             Content-Type: multipart/form-data; boundary=x"
        );
        ask(port, &head, &body)
    };
    let own = format!("Origin: http://127.0.0.1:{port}\r\n");
    let failed = post(&own);
    assert_has(&failed, "HTTP/1.1 200 OK\r\n");
    assert_has(&failed, &format!("{MAIN_FILE}:4:23\n"));
    assert_has(&failed, "<mark>as it was</mark>");

    // It is built before.
    reader.fixture.write(MAIN_FILE, MAIN);
    let book = format!("Origin: http://{}\r\n", reader.host());
    let evil = "Origin: http://evil.example\r\n";
    for origin in [&*book, evil, "Origin: null\r\n"] {
        let refused = post(origin);
        assert_has(&refused, "HTTP/1.1 403 Forbidden\r\n");
        assert!(!refused.contains("Hello from"), "{refused}");
    }
    // A browser always says where a form is from.
    assert!(!post("").contains("Hello from"));
    let mended = post(&own);
    assert_has(&mended, "<h1>It is answered</h1>");
    assert_has(&mended, "Hello from Some(");
}
