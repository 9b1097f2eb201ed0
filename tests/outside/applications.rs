//! The applications of `applications.py`, as they are written in Rust.
//!
//! One function is one application; the first part of the path names
//! it. Three of Python's mistakes are missing, since they do not
//! compile here: to return without a start, to start twice without an
//! error, and to write after the body was returned.

use gateway::{Block, Body, Environ, Response};
use gateway::{Result, StartResponse};
use std::fs::File;
use std::io::{BufRead, Read, Write};
use std::sync::atomic::{AtomicU32, Ordering};

const PLAIN: (&str, &str) = ("Content-Type", "text/plain");

/// Calls the application that the path names, else `show_environ`.
pub fn application(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let path = environ.get("PATH_INFO").unwrap_or_default();
    let name = path.split('/').find(|part| !part.is_empty());
    let found = match name.unwrap_or_default() {
        "echo" => echo,
        "read-all" => read_all,
        "read-lines" => read_lines,
        "read-nothing" => read_nothing,
        "hello" => hello,
        "array" => array,
        "stream" => stream,
        "empty-array" => empty_array,
        "empty-block" => empty_block,
        "empty-stream" => empty_stream,
        "empty-blocks-between" => empty_blocks_between,
        "large" => large,
        "large-stream" => large_stream,
        "file" => file,
        "write" => write,
        "write-only" => write_only,
        "write-nothing" => write_nothing,
        "exact" => exact,
        "short" => short,
        "long" => long,
        "long-write" => long_write,
        "zero" => zero,
        "status" => status,
        "no-content" => no_content,
        "no-content-with-body" => no_content_with_body,
        "not-modified" => not_modified,
        "not-modified-with-body" => not_modified_with_body,
        "not-modified-with-length" => not_modified_with_length,
        "redirect" => redirect,
        "cookies" => cookies,
        "header" => header,
        "snowman" => snowman,
        "complain" => complain,
        "error-at-once" => error_at_once,
        "error-after-start" => error_after_start,
        "error-in-the-first-block" => error_in_the_first_block,
        "error-after-an-empty-block" => error_after_an_empty_block,
        "error-after-a-block" => error_after_a_block,
        "error-before-the-length" => error_before_the_length,
        "error-after-write" => error_after_write,
        "restart" => restart,
        "restart-too-late" => restart_too_late,
        "closing" => closing,
        "closing-after-an-error" => closing_after_an_error,
        "closing-a-long-body" => closing_a_long_body,
        "closed" => closed,
        _ => show_environ,
    };
    found(environ, start_response)
}

// What a request says

fn show_environ(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let headers = [("Content-Type", "text/x-environ")];
    let started = start_response("200 OK", &headers)?;
    let mut lines = String::new();
    for key in environ.keys() {
        let value = match key {
            "wsgi.errors" | "wsgi.file_wrapper" | "wsgi.input" => {
                "there".to_string()
            }
            "wsgi.multiprocess" => python(environ.multiprocess),
            "wsgi.multithread" => python(environ.multithread),
            "wsgi.run_once" => python(environ.run_once),
            "wsgi.url_scheme" => environ.url_scheme.to_string(),
            "wsgi.version" => format!("{:?}", Environ::VERSION),
            _ => shown(environ.bytes(key).unwrap_or_default()),
        };
        lines += &format!("{key}={value}\n");
    }
    Ok(started.body(lines))
}

fn shown(value: &[u8]) -> String {
    let shown = |&byte: &u8| match byte {
        b' '..=b'~' if byte != b'\\' => char::from(byte).to_string(),
        _ => format!("\\x{byte:02x}"),
    };
    value.iter().map(shown).collect()
}

fn python(flag: bool) -> String {
    if flag { "True" } else { "False" }.to_string()
}

fn echo(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let length = environ.get("CONTENT_LENGTH").unwrap_or_default();
    let length = length.parse().unwrap_or(0);
    let started = start_response("200 OK", &[PLAIN])?;
    let mut body = vec![0; length];
    environ.input.read_exact(&mut body)?;
    Ok(started.body(body))
}

fn read_all(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let mut body = Vec::new();
    environ.input.read_to_end(&mut body)?;
    Ok(start_response("200 OK", &[PLAIN])?.body(body))
}

fn read_lines(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let mut lines = Vec::new();
    let mut line = String::new();
    while environ.input.read_line(&mut line)? > 0 {
        lines.push(std::mem::take(&mut line));
    }
    Ok(start_response("200 OK", &[PLAIN])?.body(lines.join("|")))
}

fn read_nothing(
    _: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    Ok(start_response("200 OK", &[PLAIN])?.body("unread"))
}

// What a body is made of

fn hello(
    _: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    Ok(start_response("200 OK", &[PLAIN])?.body("Hello World!"))
}

fn array(
    _: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let started = start_response("200 OK", &[PLAIN])?;
    Ok(started.body(["one\n", "two\n", "three\n"]))
}

fn stream(
    _: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let started = start_response("200 OK", &[PLAIN])?;
    Ok(started.body(streamed(["one\n", "two\n", "three\n"])))
}

fn empty_array(
    _: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let nothing: [&str; 0] = [];
    Ok(start_response("200 OK", &[PLAIN])?.body(nothing))
}

fn empty_block(
    _: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    Ok(start_response("200 OK", &[PLAIN])?.body(""))
}

fn empty_stream(
    _: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    Ok(start_response("200 OK", &[PLAIN])?.body(streamed([])))
}

fn empty_blocks_between(
    _: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let started = start_response("200 OK", &[PLAIN])?;
    Ok(started.body(streamed(["", "one\n", "", "two\n", ""])))
}

fn large(
    _: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let body = "0123456789abcdef".repeat(65536);
    Ok(start_response("200 OK", &[PLAIN])?.body(body))
}

fn large_stream(
    _: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let blocks =
        (0..64u8).map(|n| Ok(vec![b'a' + n % 26; 16384].into()));
    let started = start_response("200 OK", &[PLAIN])?;
    Ok(started.body(Body::blocks(blocks)))
}

fn file(
    _: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let root = env!("CARGO_MANIFEST_DIR");
    let page = File::open(format!("{root}/tests/outside/page.txt"))?;
    Ok(start_response("200 OK", &[PLAIN])?.body(page))
}

fn streamed<const N: usize>(blocks: [&'static str; N]) -> Body {
    let block = |text: &'static str| Block::from(text.as_bytes());
    Body::blocks(blocks.into_iter().map(move |text| Ok(block(text))))
}

// The write callable

fn write(
    _: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let mut started = start_response("200 OK", &[PLAIN])?;
    started.write_all(b"written\n")?;
    Ok(started.body("returned\n"))
}

fn write_only(
    _: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let mut started = start_response("200 OK", &[PLAIN])?;
    started.write_all(b"written\n")?;
    started.write_all(b"written again\n")?;
    Ok(started.body(""))
}

fn write_nothing(
    _: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let mut started = start_response("200 OK", &[PLAIN])?;
    assert_eq!(started.write(b"")?, 0);
    Ok(started.body("returned\n"))
}

// Content-Length

fn exact(
    _: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let headers = [PLAIN, ("Content-Length", "12")];
    let started = start_response("200 OK", &headers)?;
    Ok(started.body(streamed(["Hello ", "World!"])))
}

fn short(
    _: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let headers = [PLAIN, ("Content-Length", "20")];
    let started = start_response("200 OK", &headers)?;
    Ok(started.body(streamed(["Hello ", "World!"])))
}

fn long(
    _: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let headers = [PLAIN, ("Content-Length", "5")];
    let started = start_response("200 OK", &headers)?;
    Ok(started.body(streamed(["Hello ", "World!"])))
}

fn long_write(
    _: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let headers = [PLAIN, ("Content-Length", "5")];
    let mut started = start_response("200 OK", &headers)?;
    started.write_all(b"Hello World!")?;
    Ok(started.body(""))
}

fn zero(
    _: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let headers = [PLAIN, ("Content-Length", "0")];
    Ok(start_response("200 OK", &headers)?.body(""))
}

// Statuses and headers

fn status(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let status = environ.get("QUERY_STRING").unwrap_or_default();
    let status = status.replace('+', " ");
    Ok(start_response(&status, &[PLAIN])?.body("Hello World!"))
}

fn no_content(
    _: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    Ok(start_response("204 No Content", &[])?.body(""))
}

fn no_content_with_body(
    _: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    Ok(start_response("204 No Content", &[])?.body("Hello World!"))
}

fn not_modified(
    _: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let headers = [("ETag", "\"1\"")];
    Ok(start_response("304 Not Modified", &headers)?.body(""))
}

fn not_modified_with_body(
    _: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let headers = [("ETag", "\"1\"")];
    let started = start_response("304 Not Modified", &headers)?;
    Ok(started.body("Hello World!"))
}

fn not_modified_with_length(
    _: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let headers = [("ETag", "\"1\""), ("Content-Length", "12")];
    Ok(start_response("304 Not Modified", &headers)?.body(""))
}

fn redirect(
    _: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let headers = [("Location", "/hello"), PLAIN];
    let started = start_response("303 See Other", &headers)?;
    Ok(started.body("see /hello"))
}

fn cookies(
    _: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let headers = [("Set-Cookie", "a=1"), PLAIN, ("Set-Cookie", "b=2")];
    Ok(start_response("200 OK", &headers)?.body("two"))
}

fn header(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let path = environ.bytes("PATH_INFO").unwrap_or_default();
    let path: String = path.iter().map(|&b| char::from(b)).collect();
    let parts: Vec<&str> = path.split('/').collect();
    let headers = &[PLAIN, (parts[2], parts[3])];
    Ok(start_response("200 OK", headers)?.body("Hello World!"))
}

fn snowman(
    _: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let headers = [PLAIN, ("X-Weather", "\u{2603}")];
    Ok(start_response("200 OK", &headers)?.body("Hello World!"))
}

// Errors

fn complain(
    environ: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    writeln!(environ.errors, "a complaint, café")?;
    Ok(start_response("200 OK", &[PLAIN])?.body("complained"))
}

fn error_at_once(
    _: &mut Environ,
    _: StartResponse,
) -> Result<Response> {
    Err("at once".into())
}

fn error_after_start(
    _: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    start_response("200 OK", &[PLAIN, ("X-Started", "yes")])?;
    Err("after start_response".into())
}

fn error_in_the_first_block(
    _: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    Ok(start_response("200 OK", &[PLAIN])?.body(failing([])))
}

fn error_after_an_empty_block(
    _: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    Ok(start_response("200 OK", &[PLAIN])?.body(failing([""])))
}

fn error_after_a_block(
    _: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let started = start_response("200 OK", &[PLAIN])?;
    Ok(started.body(failing(["one\n"])))
}

fn error_before_the_length(
    _: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let headers = [PLAIN, ("Content-Length", "12")];
    let started = start_response("200 OK", &headers)?;
    Ok(started.body(failing(["Hello "])))
}

fn error_after_write(
    _: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let mut started = start_response("200 OK", &[PLAIN])?;
    started.write_all(b"written\n")?;
    Err("after write".into())
}

fn failing<const N: usize>(blocks: [&'static str; N]) -> Body {
    let error = [Err("instead of a block".into())];
    Body::blocks(streamed(blocks).chain(error))
}

fn restart(
    _: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let headers = [PLAIN, ("X-First", "yes")];
    let started = start_response("200 OK", &headers)?;
    let headers = [PLAIN, ("X-Second", "yes")];
    let error = "before a byte was sent";
    let status = "503 Service Unavailable";
    let started = started.restart(status, &headers, error)?;
    Ok(started.body("sorry"))
}

fn restart_too_late(
    _: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let mut started = start_response("200 OK", &[PLAIN])?;
    started.write_all(b"written\n")?;
    let error = "after a byte was sent";
    let status = "503 Service Unavailable";
    let started = started.restart(status, &[PLAIN], error)?;
    Ok(started.body("sorry"))
}

// close()

static CLOSED: AtomicU32 = AtomicU32::new(0);

struct Closing(Body);

impl Iterator for Closing {
    type Item = Result<Block>;

    fn next(&mut self) -> Option<Result<Block>> {
        self.0.next()
    }
}

impl Drop for Closing {
    fn drop(&mut self) {
        CLOSED.fetch_add(1, Ordering::SeqCst);
    }
}

fn closing(
    _: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let started = start_response("200 OK", &[PLAIN])?;
    let blocks = Closing(Body::from("closing"));
    Ok(started.body(Body::blocks(blocks)))
}

fn closing_after_an_error(
    _: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let started = start_response("200 OK", &[PLAIN])?;
    Ok(started.body(Body::blocks(Closing(failing(["one\n"])))))
}

fn closing_a_long_body(
    _: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let headers = [PLAIN, ("Content-Length", "3")];
    let started = start_response("200 OK", &headers)?;
    let blocks = Closing(streamed(["one\n", "two\n"]));
    Ok(started.body(Body::blocks(blocks)))
}

fn closed(
    _: &mut Environ,
    start_response: StartResponse,
) -> Result<Response> {
    let closed = CLOSED.load(Ordering::SeqCst);
    let page = format!("closed {closed} times");
    Ok(start_response("200 OK", &[PLAIN])?.body(page))
}
