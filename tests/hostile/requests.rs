//! Malformed and hostile requests, and what is right for each.
//!
//! An answer is written as the statuses that come back, in order.
//! After the request the client asks for `/after` on the same
//! connection; so `400` is a refusal and a close, and `400 200` one
//! that leaves the connection open. `!` marks a 1xx or 204 with a
//! Content-Length, and `...` a connection on which nothing more comes
//! and which is not closed either. `418` means that what was only a
//! body has been run as a request. `abort` is the server's end.

/// A request that nobody sends by accident, or should not.
pub struct Request {
    pub name: &'static str,
    /// The part of RFC 9112 that decides, unless 9110 is named.
    pub section: &'static str,
    /// One byte for each character; `…` stands for the repeated text.
    pub text: &'static str,
    pub repeat: (&'static str, usize),
    pub then: Then,
    /// Both servers' answer, or chapter 5's and chapter 8's.
    pub right: &'static [&'static str],
    /// What the section allows, too: of a server that makes another
    /// choice, or has another application.
    pub may: &'static [&'static str],
    pub debt: Option<Debt>,
}

/// What chapter 5's server does instead, and the number of the defect.
pub struct Debt {
    pub defect: u8,
    pub instead: &'static str,
}

/// What the client does when it has sent the request.
#[derive(Clone, Copy, PartialEq)]
pub enum Then {
    /// Asks for `/after`.
    Ask,
    /// Sends this when the first answer is there, and then asks.
    Send(&'static str),
    /// Sends no more, and says so.
    HalfClose,
    /// Waits.
    Wait,
    /// Goes away.
    Close,
    /// Goes away with a reset.
    Reset,
}

pub const fn request(
    name: &'static str,
    section: &'static str,
    text: &'static str,
    right: &'static [&'static str],
) -> Request {
    let then = Then::Ask;
    let (repeat, debt, may): (_, _, &[_]) = (("", 0), None, &[]);
    Request { name, section, text, repeat, then, right, may, debt }
}

impl Request {
    pub fn right_in_chapter_5(&self) -> &'static str {
        self.right[0]
    }

    pub fn right_in_chapter_8(&self) -> &'static str {
        self.right[self.right.len() - 1]
    }

    /// Does it end chapter 5's process, or one of its threads?
    pub fn is_deadly(&self) -> bool {
        self.debt.as_ref().is_some_and(|debt| debt.defect == 1)
    }

    /// Is it about what our application does, and no other?
    pub fn is_for_ours(&self) -> bool {
        let paths = ["/panic", "/short", "/stream"];
        paths.iter().any(|path| self.text.contains(path))
    }

    pub const fn may(mut self, may: &'static [&'static str]) -> Self {
        self.may = may;
        self
    }

    pub const fn debt(
        mut self,
        defect: u8,
        instead: &'static str,
    ) -> Self {
        self.debt = Some(Debt { defect, instead });
        self
    }

    pub const fn repeat(
        mut self,
        text: &'static str,
        n: usize,
    ) -> Self {
        self.repeat = (text, n);
        self
    }

    pub const fn then(mut self, then: Then) -> Self {
        self.then = then;
        self
    }

    /// The bytes on the wire.
    pub fn bytes(&self) -> Vec<u8> {
        let (text, count) = self.repeat;
        let text = self.text.replace('…', &text.repeat(count));
        text.chars().map(|c| c as u8).collect()
    }
}

macro_rules! requests {
    ($($name:literal, $section:literal, $text:expr, $right:expr
        $(, $method:ident($($argument:expr),*))*;)*) => {
        pub const REQUESTS: &[Request] = &[$(
            request($name, $section, $text, &$right)
                $(.$method($($argument),*))*
        ),*];
    };
}

/// A head that is right but for the field that is given.
macro_rules! post {
    ($path:literal, $fields:literal, $body:literal) => {
        concat!(
            "POST ",
            $path,
            " HTTP/1.1\r\nHost: a\r\n",
            $fields,
            "\r\n\r\n",
            $body
        )
    };
}

macro_rules! get {
    ($fields:literal) => {
        concat!("GET / HTTP/1.1\r\n", $fields, "\r\n\r\n")
    };
}

/// A body that would be a request if it were taken for one.
macro_rules! smuggle {
    ($fields:literal) => {
        concat!(
            "POST / HTTP/1.1\r\nHost: a\r\n",
            $fields,
            "\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
        )
    };
}

macro_rules! chunked {
    ($path:literal, $body:literal) => {
        post!($path, "Transfer-Encoding: chunked", $body)
    };
}

/// It may be answered, and so may what follows.
pub const ANSWER: &[&str] = &["200 200"];
/// It may be answered by who has not read the body, and then closes.
pub const UNREAD: &[&str] = &["200"];
pub const REFUSAL: &[&str] = &["400"];
/// Longer than some servers like; who closes at once resets.
pub const LONG: &[&str] = &["200 200", ""];
/// Anything, as long as nothing more is answered.
pub const ANYTHING: &[&str] = &["200", "400", "", "..."];

const MIB: usize = 1 << 20;
/// Chapter 5's server cannot close the connection.
const REFUSED: [&str; 2] = ["400 200", "400"];

requests! {
    // Content-Length
    "Content-Length: -1", "6.3",
        smuggle!("Content-Length: -1"), ["400"],
        debt(10, "400 418 200");
    "Content-Length: +5", "6.3",
        post!("/hello", "Content-Length: +5", "hello"), ["400"],
        debt(10, "400 200");
    "Content-Length: 5x", "6.3",
        smuggle!("Content-Length: 5x"), ["400"],
        debt(10, "400 418 200");
    "Content-Length: 0x5", "6.3",
        smuggle!("Content-Length: 0x5"), ["400"],
        debt(10, "400 418 200");
    "an empty Content-Length", "6.3",
        smuggle!("Content-Length: "), ["400"],
        debt(10, "400 418 200");
    "Content-Length: 5, 5", "6.3",
        post!("/hello", "Content-Length: 5, 5", "hello"),
        ["400"],
        debt(10, "400 200"),
        may(ANSWER);
    "two Content-Lengths that differ", "6.3",
        smuggle!("Content-Length: 0\r\nContent-Length: 35"), ["400"],
        debt(10, "400 418 200");
    "two Content-Lengths that agree", "6.3",
        post!("/hello", "Content-Length: 5\r\nContent-Length: 5",
            "hello"),
        ["400"],
        debt(10, "400 200"),
        may(ANSWER);
    "Content-Length of 21 digits", "6.3",
        smuggle!("Content-Length: 100000000000000000000"),
        ["400"],
        debt(10, "400 418 200");
    "Content-Length of 2^64 - 1", "6.3",
        post!("/leave", "Content-Length: 18446744073709551615", ""),
        ["413"],
        debt(1, "..."),
        may(ANYTHING);
    "Content-Length of 2^62", "6.3",
        post!("/leave", "Content-Length: 4611686018427387904", ""),
        ["413"], then(Then::HalfClose), debt(1, "abort"),
        may(ANYTHING);
    "Content-Length of 2 GB, and no body", "6.3",
        post!("/leave", "Content-Length: 2000000000", ""),
        ["413"], then(Then::HalfClose),
        may(ANYTHING);
    "a body of 10 bytes that says 5000", "6.3",
        post!("/", "Content-Length: 5000", "0123456789"),
        ["400"], then(Then::HalfClose),
        may(ANYTHING);
    "a body of 10 bytes that says 100", "6.3",
        post!("/", "Content-Length: 100", "0123456789"),
        ["", "400"], then(Then::HalfClose),
        may(ANYTHING);
    "a body that does not come", "9110 15.5.9",
        post!("/", "Content-Length: 5000", "0123456789"),
        ["408"], then(Then::Wait),
        debt(6, "..."),
        may(ANYTHING);
    "a body that does not come, left", "9110 15.5.9",
        post!("/leave", "Content-Length: 5000", "0123456789"),
        ["200"], then(Then::Wait),
        debt(6, "..."),
        may(ANYTHING);
    "a body that the application leaves", "9.3",
        smuggle!("X-Leave: yes\r\nContent-Length: 35"),
        ["200 200"];

    // Transfer-Encoding
    "a body in chunks", "7.1",
        chunked!("/hello", "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"),
        ["200 200"];
    "chunks and a trailer", "7.1.2",
        chunked!("/hello", "5\r\nhello\r\n0\r\nX: y\r\n\r\n"),
        ["200 200"],
        debt(10, "400 400");
    "Transfer-Encoding and Content-Length", "6.1",
        post!("/hello",
            "Content-Length: 3\r\nTransfer-Encoding: chunked",
            "5\r\nhello\r\n0\r\n\r\n"),
        ["400"],
        debt(10, "400 400"),
        may(UNREAD);
    "Transfer-Encoding: gzip", "6.3",
        smuggle!("Transfer-Encoding: gzip"), ["400"],
        debt(10, "400 418 200");
    "Transfer-Encoding: xchunked", "6.3",
        smuggle!("Content-Length: 0\r\nTransfer-Encoding: xchunked"),
        ["400"],
        debt(10, "400 418 200");
    "Transfer-Encoding: identity", "6.3",
        post!("/hello",
            "Content-Length: 5\r\nTransfer-Encoding: identity",
            "hello"),
        ["400"],
        debt(10, "400 200");
    "Transfer-Encoding: chunked, chunked", "6.3",
        post!("/hello", "Transfer-Encoding: chunked, chunked",
            "5\r\nhello\r\n0\r\n\r\n"),
        ["501"],
        debt(10, "501 400");
    "Transfer-Encoding: chunked, twice", "6.3",
        post!("/hello",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
            "5\r\nhello\r\n0\r\n\r\n"),
        ["400"],
        debt(10, "400 400");
    "Transfer-Encoding after a vertical tab", "6.3",
        smuggle!("Transfer-Encoding: \u{b}chunked"), ["400"],
        debt(10, "400 400");
    "Transfer-Encoding before a space", "5.1",
        smuggle!("Transfer-Encoding : chunked"), ["400"];
    "Transfer-Encoding in HTTP/1.0", "6.1",
        "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n\
         5\r\nhello\r\n0\r\n\r\n",
        ["400"],
        may(UNREAD);

    // Chunks
    "chunk size zz", "7.1",
        chunked!("/", "zz\r\nhello\r\n0\r\n\r\n"), ["400"],
        debt(11, "400 400"),
        may(UNREAD);
    "chunk size -1", "7.1",
        chunked!("/", "-1\r\nhello\r\n0\r\n\r\n"), ["400"],
        debt(11, "400 400"),
        may(UNREAD);
    "chunk size +5", "7.1",
        chunked!("/", "+5\r\nhello\r\n0\r\n\r\n"), ["400"],
        debt(10, "200 200"),
        may(UNREAD);
    "chunk size 0x5", "7.1",
        chunked!("/", "0x5\r\nhello\r\n0\r\n\r\n"), ["400"],
        debt(11, "400 400"),
        may(UNREAD);
    "an empty chunk size", "7.1",
        chunked!("/", "\r\nhello\r\n0\r\n\r\n"), ["400"],
        debt(11, "400 400"),
        may(UNREAD);
    "chunk size of 17 digits", "7.1",
        chunked!("/", "10000000000000000\r\nhello\r\n0\r\n\r\n"),
        ["400"],
        debt(11, "400 400"),
        may(UNREAD);
    "chunk size of 2^64 - 1", "7.1",
        chunked!("/", "ffffffffffffffff\r\nhello\r\n"),
        ["413"],
        debt(6, "..."),
        may(ANYTHING);
    "a chunk size that ends in LF", "7.1",
        chunked!("/", "5\nhello\r\n0\r\n\r\n"), ["400"],
        debt(11, "400 400"),
        may(UNREAD);
    "a chunk without its CR LF", "7.1",
        chunked!("/", "5\r\nhello0\r\n\r\n"), ["400"],
        debt(11, "400 400"),
        may(UNREAD);
    "a chunk longer than its size", "7.1",
        chunked!("/", "5\r\nhello!\r\n0\r\n\r\n"), ["400"],
        debt(11, "400 400"),
        may(UNREAD);
    "a chunk extension of 1 MiB", "7.1.1",
        chunked!("/hello", "5;…\r\nhello\r\n0\r\n\r\n"),
        ["200 200", "400"], repeat("x", MIB);
    "a chunk size with 1 MiB of zeros", "7.1",
        chunked!("/hello", "…5\r\nhello\r\n0\r\n\r\n"),
        ["200 200", "400"], repeat("0", MIB);
    "a chunk that is cut", "8",
        chunked!("/", "5\r\nhe"), ["400"],
        then(Then::HalfClose),
        debt(12, "200"),
        may(ANYTHING);
    "chunks without the last", "8",
        chunked!("/", "5\r\nhello\r\n"), ["400"],
        then(Then::HalfClose),
        may(ANYTHING);
    "chunks that do not come", "9110 15.5.9",
        chunked!("/", "5\r\nhe"), ["408"], then(Then::Wait),
        debt(6, "..."),
        may(ANYTHING);
    "chunks that the application leaves", "9.3",
        chunked!("/leave", "23\r\nGET /smuggled HTTP/1.1\r\n\
            Host: a\r\n\r\n\r\n0\r\n\r\n"),
        ["200 200"];
    "broken chunks that the application leaves", "7.1",
        chunked!("/leave", "zz\r\n\
            GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"),
        ["200"],
        debt(11, "200 418 200"),
        may(REFUSAL);

    // Fields
    "NUL in a value", "9110 5.5",
        get!("Host: a\r\nX: a\0b"), REFUSED,
        may(ANSWER);
    "a control character in a value", "9110 5.5",
        get!("Host: a\r\nX: a\u{7f}b"), REFUSED,
        may(ANSWER);
    "a bare CR in a value", "2.2",
        get!("Host: a\r\nX: a\rb"), ["400 200", "400"],
        may(ANSWER);
    "a bare CR before a value", "2.2",
        get!("Host: a\r\nX:\rTransfer-Encoding: chunked"),
        ["200 200", "400"];
    "a bare CR before a name", "2.2",
        post!("/hello", "\rTransfer-Encoding: chunked",
            "5\r\nhello\r\n0\r\n\r\n"),
        ["400"],
        debt(15, "200 200");
    "NUL in a name", "9110 5.1",
        get!("Host: a\r\nX\0Y: a"), REFUSED;
    "an empty name", "9110 5.1",
        get!("Host: a\r\n: a"), REFUSED;
    "a name that is no token", "9110 5.1",
        get!("Host: a\r\nX(@: a"), REFUSED;
    "a space before the colon", "5.1",
        get!("Host: a\r\nX : a"), ["400"];
    "a line without a colon", "5",
        get!("Host: a\r\nX"), ["400"];
    "a space before the first field", "2.2",
        get!(" X: y\r\nHost: a"), ["400"],
        debt(15, "200 200"),
        may(ANSWER);
    "a folded line", "5.2",
        get!("Host: a\r\nX: a\r\n b"), ["400"],
        may(ANSWER);
    "a folded line with a colon", "5.2",
        get!("Host: a\r\nX: a\r\n Host: b"),
        ["400 200", "400"],
        may(ANSWER);
    "lines that end in LF", "2.2",
        "GET / HTTP/1.1\nHost: a\nConnection: close\n\n",
        ["400"], then(Then::Wait),
        debt(15, "..."),
        may(UNREAD);
    "Latin-1 in a value", "9110 5.5",
        get!("Host: a\r\nX: caf\u{e9}"), ["200 200"],
        debt(14, "");
    "UTF-8 in a value", "9110 5.5",
        get!("Host: a\r\nX: caf\u{c3}\u{a9}"), ["200 200"],
        debt(14, "");
    "a name with an underscore", "9110 5.1",
        get!("Host: a\r\nX_Y: z"), ["200 200"];
    "101 fields", "9110 5.4",
        get!("Host: a…"),
        ["431 200", "431"], repeat("\r\nX: y", 100),
        may(LONG);
    "100 000 fields", "9110 5.4",
        get!("Host: a…"),
        ["431 200", "431"], repeat("\r\nX: y", 100_000),
        may(LONG);
    "a value of 1 MiB", "9110 5.4",
        get!("Host: a\r\nX: …"),
        ["431 200", "431"], repeat("y", MIB),
        may(LONG);
    "a name of 1 MiB", "9110 5.4",
        get!("Host: a\r\n…: y"),
        ["431 200", "431"], repeat("x", MIB),
        may(LONG);
    "a value that does not end", "9110 5.4",
        "GET / HTTP/1.1\r\nHost: a\r\nX: …",
        ["431"], repeat("y", MIB), then(Then::Wait),
        debt(7, "..."),
        may(ANYTHING);
    "fields that do not end", "9110 5.4",
        "GET / HTTP/1.1\r\nHost: a…",
        ["431"], repeat("\r\nX: y", MIB / 6), then(Then::Wait),
        debt(7, "..."),
        may(ANYTHING);

    // Host
    "no Host", "3.2", get!("X: y"), REFUSED;
    "two Hosts", "3.2", get!("Host: a\r\nHost: b"), REFUSED;
    "a Host with a path", "3.2", get!("Host: a/b"), REFUSED;
    "a Host with a user", "3.2", get!("Host: me@a"), REFUSED;
    "an empty Host", "3.2", get!("Host: "), ["200 200"];
    "a Host of three parts", "9110 7.2", get!("Host: a:b:c"), REFUSED;
    "a Host with two ports", "9110 7.2",
        get!("Host: a:80:80"), REFUSED;
    "a Host with half a bracket", "9110 7.2",
        get!("Host: [::1"), REFUSED;
    "a Host with a false escape", "9110 7.2",
        get!("Host: %zz"), REFUSED;

    // The request line
    "a target of 64 KiB", "3",
        "GET /… HTTP/1.1\r\nHost: a\r\n\r\n",
        ["414 200", "414"], repeat("x", 1 << 16),
        may(LONG);
    "a target that does not end", "3",
        "GET /…", ["414"], repeat("x", MIB),
        then(Then::Wait),
        debt(7, "..."),
        may(ANYTHING);
    "Latin-1 in the target", "3.2",
        "GET /caf\u{e9} HTTP/1.1\r\nHost: a\r\n\r\n", ["400"],
        debt(14, "");
    "a control character in the target", "3.2",
        "GET /\u{7f} HTTP/1.1\r\nHost: a\r\n\r\n", REFUSED;
    "CR LF before the request line", "2.2",
        "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", ["200 200"],
        debt(15, "400");
    "a space before the request line", "3",
        " GET / HTTP/1.1\r\nHost: a\r\n\r\n", ["400"],
        debt(15, "200 200"),
        may(ANSWER);
    "two spaces in the request line", "3",
        "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
        ["400"],
        may(ANSWER);
    "a fourth word in the request line", "3",
        "GET / HTTP/1.1 x\r\nHost: a\r\n\r\n", ["400"],
        debt(15, "200 200");
    "tabs in the request line", "3",
        "GET\t/\tHTTP/1.1\r\nHost: a\r\n\r\n",
        ["400"],
        may(ANSWER);
    "a method that is no token", "9110 9.1",
        "G\0E@T / HTTP/1.1\r\nHost: a\r\n\r\n", REFUSED;
    "a method in lower case", "9110 9.1",
        "get / HTTP/1.1\r\nHost: a\r\n\r\n",
        ["200 200"],
        may(REFUSAL);
    "a target in absolute form", "3.2.2",
        "GET http://b/hello HTTP/1.1\r\nHost: a\r\n\
         Content-Length: 5\r\n\r\nhello", ["200 200"];
    "an absolute form with a user", "9110 4.2.4",
        "GET http://me@b/ HTTP/1.1\r\nHost: a\r\n\r\n", REFUSED;
    "an absolute form without a host", "9110 4.2.1",
        "GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n", REFUSED;
    "an absolute form with two ports", "9110 4.2.1",
        "GET http://b:80:80/ HTTP/1.1\r\nHost: a\r\n\r\n", REFUSED;
    "OPTIONS *", "3.2.4",
        "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", ["200 200"],
        may(REFUSAL);
    "GET *", "3.2.4",
        "GET * HTTP/1.1\r\nHost: a\r\n\r\n", REFUSED;
    "CONNECT", "9110 9.3.6",
        "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n",
        ["501 200", "501"],
        may(ANSWER);
    "a target without a slash", "3.2",
        "GET x HTTP/1.1\r\nHost: a\r\n\r\n", REFUSED;
    "a path with escapes", "3.2.1",
        "GET /%00%zz%2 HTTP/1.1\r\nHost: a\r\n\r\n",
        ["200 200"],
        may(REFUSAL);

    // Versions
    "HTTP/0.9, which has no version", "3",
        "GET /\r\n", ["400"];
    "GET / HTTP/0.9", "9110 15.6.6",
        "GET / HTTP/0.9\r\n\r\n",
        ["505 200", "505"];
    "GET / HTTP/1.2", "9110 2.5",
        "GET / HTTP/1.2\r\nHost: a\r\n\r\n", ["200 200"],
        debt(15, "400");
    "GET / HTTP/2.0", "9110 15.6.6",
        "GET / HTTP/2.0\r\nHost: a\r\n\r\n", ["505"],
        debt(2, "...");
    "the start of HTTP/2", "9113 3.4",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", ["505"],
        debt(2, "..."),
        may(ANYTHING);
    "http/1.1", "2.3",
        "GET / http/1.1\r\nHost: a\r\n\r\n", ["400"];
    "HTTP/11.1", "2.3",
        "GET / HTTP/11.1\r\nHost: a\r\n\r\n",
        ["400"];
    "the start of TLS", "3",
        "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}\u{fc}\u{3}\u{3}\r\n",
        ["", "400"];
    "nothing at all", "9110 15.5.9", "", [""],
        then(Then::Wait),
        debt(6, "..."),
        may(ANYTHING);
    "half a request line", "9110 15.5.9", "GET / HT", ["408"],
        then(Then::Wait),
        debt(6, "..."),
        may(ANYTHING);

    // The connection
    "HEAD", "9110 9.3.2",
        "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", ["200 200"];
    "HTTP/1.0", "9.3", "GET / HTTP/1.0\r\n\r\n", ["200"];
    "HTTP/1.0 and keep-alive", "9.3",
        "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        ["200 200"];
    "HTTP/1.0, keep-alive, a body of unknown length", "9.3",
        "GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        ["200"],
        debt(13, "200 200");
    "Connection: close", "9.6",
        get!("Host: a\r\nConnection: close"), ["200"];
    "Connection: close in a second field", "9.6",
        get!("Host: a\r\nConnection: x\r\nConnection: close"),
        ["200"],
        debt(13, "200 200");
    "three requests at once", "9.3.2",
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n\
         GET / HTTP/1.1\r\nHost: a\r\n\r\n\
         GET / HTTP/1.1\r\nHost: a\r\n\r\n", ["200 200 200 200"];
    "Connection: upgrade", "9110 7.8",
        get!("Host: a\r\nConnection: upgrade\r\nUpgrade: x"),
        ["200", "200 200"];
    "Connection: upgrade and a body", "9110 7.8",
        post!("/hello",
            "Connection: upgrade\r\nUpgrade: x\r\nContent-Length: 5",
            "hello"),
        ["200", "200 200"];
    "Connection: upgrade and chunks", "7.1",
        post!("/hello", "Connection: upgrade\r\nUpgrade: x\r\n\
            Transfer-Encoding: chunked",
            "5\r\nhello\r\n0\r\n\r\n"),
        ["200 200"],
        debt(10, "501");
    "Expect: 100-continue", "9110 10.1.1",
        post!("/hello",
            "Expect: 100-continue\r\nContent-Length: 5", ""),
        ["100 200 200"], then(Then::Send("hello")),
        debt(17, "100! 200 200");
    "Expect: 100-continue, and the body is left", "9110 10.1.1",
        post!("/leave",
            "Expect: 100-continue\r\nContent-Length: 5", ""),
        ["200"], then(Then::Send("hello")),
        debt(17, "100! 200 200"),
        may(&["100 200 200", "200 200"]);
    "Expect: 100-continue, and chunks are left", "9110 10.1.1",
        post!("/leave",
            "Expect: 100-continue\r\nTransfer-Encoding: chunked", ""),
        ["200"],
        then(Then::Send("5\r\nhello\r\n0\r\n\r\n")),
        debt(17, "100! 200 200"),
        may(&["100 200 200", "200 200"]);
    "Expect: 100-continue in HTTP/1.0", "9110 10.1.1",
        "POST /hello HTTP/1.0\r\nExpect: 100-continue\r\n\
         Content-Length: 5\r\n\r\nhello", ["200"],
        debt(17, "100! 200");
    "another Expect", "9110 10.1.1",
        post!("/hello", "Expect: x\r\nContent-Length: 5", "hello"),
        ["417", "200 200"];
    "an application that panics", "9110 15.6.1",
        "GET /panic HTTP/1.1\r\nHost: a\r\n\r\n", ["500 200"];
    "an answer that is cut", "8",
        "GET /short HTTP/1.1\r\nHost: a\r\n\r\n", ["200"],
        debt(13, "200 200");
    "a client that goes", "9.5",
        get!("Host: a"), [""], then(Then::Close);
    "a client that resets", "9.5",
        get!("Host: a"), [""], then(Then::Reset);
    "a client that resets within a body", "9.5",
        post!("/", "Content-Length: 5000", "0123456789"),
        [""], then(Then::Reset);
}
