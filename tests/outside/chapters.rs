//! The programs of chapters 1 to 3 by CGI, under real web servers.

use crate::http::Answer;
use crate::web_servers::{Kind, WebServer};
use std::thread;

const HELLO: &str = "<html><body>Hello World!</body></html>";

/// The same tests for each web server.
macro_rules! under {
    ($module:ident, $kind:expr) => {
        mod $module {
            use super::*;

            under! { $kind =>
                the_hello_world_of_chapters_1_and_2_is_answered
                head_gets_the_head_alone
                the_query_string_reaches_the_program_as_it_was_sent
                the_path_reaches_the_program_decoded
                a_program_chooses_its_status
                chapter_3_shows_the_keys_of_the_environ
                chapter_3_shows_values_of_the_environ
                chapter_3_gets_the_length_and_type_of_a_body
                chapter_3_is_not_told_of_a_proxy
                a_body_reaches_the_program
                a_body_that_is_not_read_does_no_harm
                statuses_and_headers_reach_the_client
                a_redirect_is_left_to_the_client
                a_stream_reaches_the_client
                wsgi_errors_is_the_error_log
                an_error_is_answered_with_500_and_logged
                an_error_after_the_head_is_logged
                many_clients_are_answered_at_once
            }
        }
    };
    ($kind:expr => $($test:ident)*) => {$(
        #[test]
        fn $test() {
            if let Some(server) = WebServer::start($kind) {
                super::$test(&server);
            }
        }
    )*};
}

under! { apache, Kind::Apache }
under! { lighttpd, Kind::Lighttpd }

fn the_hello_world_of_chapters_1_and_2_is_answered(server: &WebServer) {
    for program in ["ch01", "ch02"] {
        let answer = server.get(&format!("/cgi-bin/{program}"));
        assert_eq!(answer.status, "200 OK", "{program}");
        let type_ = answer.get("Content-Type");
        assert_eq!(type_.unwrap(), "text/html", "{program}");
        assert_eq!(answer.text().trim_end(), HELLO, "{program}");
        assert!(answer.get("Status").is_none(), "{program}");
    }
}

fn head_gets_the_head_alone(server: &WebServer) {
    for program in ["ch01", "ch02", "ch03"] {
        let line = format!("HEAD /cgi-bin/{program} HTTP/1.1");
        let answer = server.ask(&[&line], "");
        assert_eq!(answer.status, "200 OK", "{program}");
        let type_ = answer.get("Content-Type").unwrap();
        assert!(type_.starts_with("text/html"), "{program}: {type_}");
        assert_eq!(answer.rest, b"", "{program}");
    }
}

fn the_query_string_reaches_the_program_as_it_was_sent(
    server: &WebServer,
) {
    for program in ["greet", "greeter"] {
        let target = format!("/cgi-bin/{program}?a%20b+c&d?e");
        let page = server.get(&target).text();
        assert!(page.contains("Hello a%20b+c&amp;d?e!"), "{page}");
    }
}

fn the_path_reaches_the_program_decoded(server: &WebServer) {
    let target = "/cgi-bin/variables/caf%C3%A9/a%20b+c?d=%26";
    let page = server.get(target).text();
    for line in [
        "REQUEST_METHOD=GET\n",
        "SCRIPT_NAME=/cgi-bin/variables\n",
        "PATH_INFO=/café/a b+c\n",
        "QUERY_STRING=d=%26\n",
        "SERVER_PROTOCOL=HTTP/1.1\n",
    ] {
        assert!(page.contains(line), "{line:?} in {page}");
    }
}

fn a_program_chooses_its_status(server: &WebServer) {
    let answer = server.get("/cgi-bin/missing");
    assert_eq!(answer.status, "404 Not Found");
    assert_eq!(answer.text(), "There is no such page.\n");
}

fn chapter_3_shows_the_keys_of_the_environ(server: &WebServer) {
    let answer = server.get("/cgi-bin/ch03/path?query");
    assert_eq!(answer.status, "200 OK");
    let page = answer.text();
    for key in [
        "PATH_INFO",
        "QUERY_STRING",
        "REMOTE_ADDR",
        "REQUEST_METHOD",
        "SCRIPT_NAME",
        "SERVER_NAME",
        "SERVER_PORT",
        "SERVER_PROTOCOL",
        "SERVER_SOFTWARE",
        "wsgi.errors",
        "wsgi.input",
    ] {
        let line = format!("{key}<br />\n");
        assert!(page.contains(&line), "{key} in {page}");
    }
}

fn chapter_3_shows_values_of_the_environ(server: &WebServer) {
    let keys = "PATH_INFO+QUERY+SCRIPT_NAME+SERVER_PROTOCOL+wsgi";
    let target = format!("/cgi-bin/values/caf%C3%A9%3Cb%3E?{keys}");
    let page = server.get(&target).text();
    for line in [
        "PATH_INFO = /café&lt;b&gt;",
        &format!("QUERY_STRING = {keys}"),
        "SCRIPT_NAME = /cgi-bin/values",
        "SERVER_PROTOCOL = HTTP/1.1",
        "wsgi.multiprocess = true",
        "wsgi.multithread = false",
        "wsgi.run_once = true",
        "wsgi.url_scheme = http",
    ] {
        assert!(page.contains(&format!("{line}\n")), "{line}: {page}");
    }
}

fn chapter_3_gets_the_length_and_type_of_a_body(server: &WebServer) {
    let lines = [
        "POST /cgi-bin/values?CONTENT_+REQUEST_M HTTP/1.1",
        "Content-Type: text/x-gateway",
        "Content-Length: 13",
    ];
    let page = server.ask(&lines, "Hello World!\n").text();
    for line in [
        "CONTENT_LENGTH = 13\n",
        "CONTENT_TYPE = text/x-gateway\n",
        "REQUEST_METHOD = POST\n",
    ] {
        assert!(page.contains(line), "{line:?} in {page}");
    }
}

fn chapter_3_is_not_told_of_a_proxy(server: &WebServer) {
    let lines = [
        "GET /cgi-bin/ch03 HTTP/1.1",
        "Proxy: http://evil.example/",
        "X-Good: value",
    ];
    let page = server.ask(&lines, "").text();
    assert!(page.contains("HTTP_X_GOOD"), "{page}");
    assert!(!page.contains("HTTP_PROXY"), "{page}");
}

fn a_body_reaches_the_program(server: &WebServer) {
    let answer = post(server, "echo", "Hello");
    assert_eq!(answer.text(), "Hello");
    let large = "0123456789abcdef".repeat(65536);
    for body in ["Hello", "\0\r\n\r\n\u{e9}", &large] {
        let answer = post(server, "applications/echo", body);
        assert_eq!(answer.status, "200 OK");
        assert!(answer.text() == body, "{} bytes", body.len());
    }
}

fn a_body_that_is_not_read_does_no_harm(server: &WebServer) {
    let large = "0123456789abcdef".repeat(65536);
    for program in ["ch03", "applications/read-nothing"] {
        for body in ["Hello", &large].repeat(5) {
            let answer = post(server, program, body);
            assert_eq!(answer.status, "200 OK", "{program}");
        }
    }
}

fn post(server: &WebServer, program: &str, body: &str) -> Answer {
    let line = format!("POST /cgi-bin/{program} HTTP/1.1");
    let length = format!("Content-Length: {}", body.len());
    server.ask(&[&line, &length], body)
}

fn statuses_and_headers_reach_the_client(server: &WebServer) {
    for (name, status, header, body) in [
        ("hello", "200 OK", "", "Hello World!"),
        ("no-content", "204 No Content", "", ""),
        ("not-modified", "304 Not Modified", "ETag: \"1\"", ""),
        ("status?599+Odder", "599", "", "Hello World!"),
        ("cookies", "200 OK", "Set-Cookie: a=1 and b=2", "two"),
        (
            "restart",
            "503 Service Unavailable",
            "X-Second: yes",
            "sorry",
        ),
        (
            "header/X-Name/caf%E9",
            "200 OK",
            "X-Name: café",
            "Hello World!",
        ),
    ] {
        let target = format!("/cgi-bin/applications/{name}");
        let answer = server.get(&target);
        assert!(answer.status.starts_with(status), "{name}");
        assert_eq!(answer.text(), body, "{name}");
        if let Some((header, value)) = header.split_once(": ") {
            assert_eq!(answer.get(header).unwrap(), value, "{name}");
        }
    }
}

/// A server that goes there itself does so when no Status is given
/// (RFC 3875, section 6.2.2).
fn a_redirect_is_left_to_the_client(server: &WebServer) {
    let answer = server.get("/cgi-bin/applications/redirect");
    assert_eq!(answer.status, "303 See Other");
    assert_eq!(answer.get("Location").unwrap(), "/hello");
    assert_eq!(answer.text(), "see /hello");
}

fn a_stream_reaches_the_client(server: &WebServer) {
    let answer = server.get("/cgi-bin/applications/stream");
    assert_eq!(answer.text(), "one\ntwo\nthree\n");
    let answer = server.get("/cgi-bin/applications/large-stream");
    assert_eq!(answer.body.len(), 1 << 20);
}

fn wsgi_errors_is_the_error_log(server: &WebServer) {
    let answer = server.get("/cgi-bin/applications/complain");
    assert_eq!(answer.text(), "complained");
    server.wait_for_error("a complaint");
}

fn an_error_is_answered_with_500_and_logged(server: &WebServer) {
    let path = "/cgi-bin/applications/error-at-once";
    let answer = server.get(path);
    assert_eq!(answer.status, "500 Internal Server Error");
    assert_eq!(answer.text(), "500 Internal Server Error\n");
    server.wait_for_error(&format!("GET {path}: at once"));
}

/// A client cannot tell: neither web server minds the exit code.
fn an_error_after_the_head_is_logged(server: &WebServer) {
    let path = "/cgi-bin/applications/error-after-a-block";
    let answer = server.get(path);
    assert_eq!(answer.status, "200 OK");
    assert_eq!(answer.text(), "one\n");
    server.wait_for_error(&format!("GET {path}: instead of a block"));
}

fn many_clients_are_answered_at_once(server: &WebServer) {
    thread::scope(|scope| {
        for client in 0..16 {
            scope.spawn(move || {
                let target = format!("/cgi-bin/greeter?{client}");
                let page = server.get(&target).text();
                assert!(
                    page.contains(&format!("Hello {client}!")),
                    "{page}"
                );
            });
        }
    });
}

/// What lighttpd answers hangs on how the program's output comes in.
#[test]
fn apache_answers_500_for_a_program_without_a_head_and_logs_why() {
    if let Some(server) = WebServer::start(Kind::Apache) {
        let answer = server.get("/cgi-bin/broken");
        assert_eq!(answer.status, "500 Internal Server Error");
        server.wait_for_error("malformed header from script 'broken'");
    }
}
