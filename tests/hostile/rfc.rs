//! More requests, from RFC 9110 and 9112, for the server that has no
//! debts. Not all are hostile; all are easy to get wrong.

use super::requests::{
    ANSWER, ANYTHING, REFUSAL, Request, Then, UNREAD, request,
};

const TARGET_LIMIT: usize = 8 * 1024;
const FIELD_LIMIT: usize = 100;
const FIELDS_LIMIT: usize = 64 * 1024;

requests! {
    // Where a message begins and ends
    "several empty lines before the request line", "2.2",
        "\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", ["200 200"],
        may(REFUSAL);
    "line breaks, and nothing else", "2.2",
        "…", ["400"], repeat("\r\n", 100), then(Then::Wait),
        may(ANYTHING);
    "a bare LF before the request line", "2.2",
        "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", ["400"],
        may(ANSWER);
    "a request line that ends in LF", "2.2",
        "GET / HTTP/1.1\nHost: a\r\n\r\n", ["400"],
        may(ANSWER);
    "one field that ends in LF", "2.2",
        get!("Host: a\nX: y"), ["400"],
        may(ANSWER);
    "a head that ends in LF", "2.2",
        "GET / HTTP/1.1\r\nHost: a\r\n\n", ["400"],
        may(ANSWER);
    "CR CR LF", "2.2",
        "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n", ["400"],
        may(ANSWER);
    "an empty line behind a body", "2.2",
        post!("/hello", "Content-Length: 5", "hello\r\n"), ["200 200"];
    "a head that is cut in the request line", "8",
        "GET / HT", [""], then(Then::HalfClose),
        may(ANYTHING);
    "a head that is cut in a name", "8",
        "GET / HTTP/1.1\r\nHo", [""], then(Then::HalfClose),
        may(ANYTHING);
    "a head that is cut before its last LF", "8",
        "GET / HTTP/1.1\r\nHost: a\r\n\r", [""],
        then(Then::HalfClose),
        may(ANYTHING);
    "a head, and no more", "9.6",
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n", ["200"],
        then(Then::HalfClose);

    // The request line
    "a trailing space", "3",
        "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", ["400"],
        may(ANSWER);
    "two spaces before the version", "3",
        "GET /  HTTP/1.1\r\nHost: a\r\n\r\n", ["400"],
        may(ANSWER);
    "no target", "3",
        "GET HTTP/1.1\r\nHost: a\r\n\r\n", ["400"];
    "an empty target", "3",
        "GET  HTTP/1.1\r\nHost: a\r\n\r\n", ["400"];
    "no method", "3",
        " / HTTP/1.1\r\nHost: a\r\n\r\n", ["400"];
    "HTTP/1.10", "2.3",
        "GET / HTTP/1.10\r\nHost: a\r\n\r\n", ["400"];
    "HTTP/1", "2.3",
        "GET / HTTP/1\r\nHost: a\r\n\r\n", ["400"];
    "HTTP/1,1", "2.3",
        "GET / HTTP/1,1\r\nHost: a\r\n\r\n", ["400"];
    "HTTPS/1.1", "2.3",
        "GET / HTTPS/1.1\r\nHost: a\r\n\r\n", ["400"];
    "HTTP/1.9", "9110 2.5",
        "GET / HTTP/1.9\r\nHost: a\r\n\r\n", ["200 200"];
    "HTTP/3.0", "9110 15.6.6",
        "GET / HTTP/3.0\r\nHost: a\r\n\r\n", ["505"];
    "an unknown method", "9110 9.1",
        "BREW / HTTP/1.1\r\nHost: a\r\n\r\n", ["200 200"],
        may(REFUSAL);
    "a method with token characters", "9110 9.1",
        "M-SEARCH~! / HTTP/1.1\r\nHost: a\r\n\r\n", ["200 200"],
        may(REFUSAL);
    "a method with a parenthesis", "9110 9.1",
        "G(ET / HTTP/1.1\r\nHost: a\r\n\r\n", ["400"];
    "the longest target", "3",
        "GET /… HTTP/1.1\r\nHost: a\r\n\r\n", ["200 200"],
        repeat("x", TARGET_LIMIT - 1),
        may(REFUSAL);
    "a target of one byte more", "9110 15.5.15",
        "GET /… HTTP/1.1\r\nHost: a\r\n\r\n", ["414"],
        repeat("x", TARGET_LIMIT),
        may(ANSWER);
    "a fragment in the target", "3.2.1",
        "GET /#a HTTP/1.1\r\nHost: a\r\n\r\n", ["400"];
    "a fragment in the query", "3.2.1",
        "GET /?a#b HTTP/1.1\r\nHost: a\r\n\r\n", ["400"];
    "a fragment in the absolute form", "3.2.2",
        "GET http://a/#b HTTP/1.1\r\nHost: a\r\n\r\n", ["400"];
    "an escaped fragment", "3.2.1",
        "GET /%23a HTTP/1.1\r\nHost: a\r\n\r\n", ["200 200"];
    "what browsers send raw in a query", "3.2.1",
        "GET /?^`{|}\"<> HTTP/1.1\r\nHost: a\r\n\r\n", ["200 200"],
        may(REFUSAL);
    "a backslash in the target", "3.2.1",
        "GET /\\..\\a HTTP/1.1\r\nHost: a\r\n\r\n",
        ["200 200"],
        may(REFUSAL);
    "two slashes", "3.2.1",
        "GET //a//b HTTP/1.1\r\nHost: a\r\n\r\n", ["200 200"];
    "dots that lead out", "3.2.1",
        "GET /../../etc HTTP/1.1\r\nHost: a\r\n\r\n", ["200 200"],
        may(REFUSAL);
    "an escaped line break", "3.2.1",
        "GET /a%0d%0ab HTTP/1.1\r\nHost: a\r\n\r\n", ["200 200"];
    "an absolute form with https, a port and a query", "3.2.2",
        "GET https://b:443?hello HTTP/1.1\r\nHost: a\r\n\r\n",
        ["200 200"];
    "an absolute form in capitals", "9110 4.2.3",
        "GET HTTP://b/ HTTP/1.1\r\nHost: a\r\n\r\n", ["200 200"];
    "an absolute form with an IPv6 address", "9110 4.2.1",
        "GET http://[::1]:80/ HTTP/1.1\r\nHost: a\r\n\r\n",
        ["200 200"];
    "an absolute form with half a bracket", "9110 4.2.1",
        "GET http://[::1/ HTTP/1.1\r\nHost: a\r\n\r\n", ["400"];
    "an absolute form with a false escape", "9110 4.2.1",
        "GET http://%zz/ HTTP/1.1\r\nHost: a\r\n\r\n", ["400"];
    "an absolute form of a port alone", "9110 4.2.1",
        "GET http://:80/ HTTP/1.1\r\nHost: a\r\n\r\n", ["400"];
    "an absolute form of another scheme", "3.2.2",
        "GET ftp://b/ HTTP/1.1\r\nHost: a\r\n\r\n", ["400"],
        may(ANSWER);
    "an authority without CONNECT", "3.2.3",
        "GET a:80 HTTP/1.1\r\nHost: a\r\n\r\n", ["400"];
    "POST *", "3.2.4",
        "POST * HTTP/1.1\r\nHost: a\r\n\r\n", ["400"];

    // Host
    "a Host with a port", "3.2", get!("Host: a:80"), ["200 200"];
    "a Host with an empty port", "3.2", get!("Host: a:"), ["200 200"];
    "a Host that is an IPv6 address", "3.2",
        get!("Host: [::1]:80"), ["200 200"];
    "a Host that is an IPv4 address in IPv6", "9110 7.2",
        get!("Host: [::ffff:192.0.2.7]"), ["200 200"];
    "a Host with an escape", "9110 7.2",
        get!("Host: caf%C3%A9"), ["200 200"];
    "a Host of a port alone", "9110 7.2",
        get!("Host: :80"), ["200 200"],
        may(REFUSAL);
    "a Host with half an escape", "9110 7.2",
        get!("Host: a%4"), ["400"];
    "a Host with a port that is no number", "9110 7.2",
        get!("Host: a:http"), ["400"];
    "a Host that is an IPv6 address without brackets", "9110 7.2",
        get!("Host: ::1"), ["400"];
    "a Host in brackets that is no address", "9110 7.2",
        get!("Host: [a]"), ["400"];
    "a Host that is an IPv4 address in brackets", "9110 7.2",
        get!("Host: [192.0.2.7]"), ["400"];
    "a Host with something behind the bracket", "9110 7.2",
        get!("Host: [::1]80"), ["400"];
    "a Host of a version to come", "9110 7.2",
        get!("Host: [v1.a]"), ["400"],
        may(ANSWER);
    "a Host with a zone", "9110 7.2",
        get!("Host: [fe80::1%25eth0]"), ["400"];
    "a Host with a quote", "9110 7.2",
        get!("Host: \"a\""), ["400"];
    "a Host in Latin-1", "9110 7.2",
        get!("Host: caf\u{e9}"), ["400"];
    "a Host with a space", "3.2", get!("Host: a b"), ["400"];
    "a Host with a comma", "3.2",
        get!("Host: a, b"), ["400"];
    "a Host with a query", "3.2", get!("Host: a?b"), ["400"];
    "no Host with an absolute form", "3.2.2",
        "GET http://b/ HTTP/1.1\r\n\r\n", ["400"];
    "HTTP/1.0 with two Hosts", "3.2",
        "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", ["400"];

    // Fields
    "white space around a value", "5.1",
        get!("Host: \t a \t "), ["200 200"];
    "no space before a value", "5.1", get!("Host:a"), ["200 200"];
    "an empty value", "5.1", get!("Host: a\r\nX:"), ["200 200"];
    "a tab before the colon", "5.1",
        get!("Host: a\r\nX\t: y"), ["400"];
    "a tab before a name", "5.2",
        get!("Host: a\r\n\tX: y"), ["400"],
        may(ANSWER);
    "a line of white space", "5.2",
        get!("Host: a\r\n \r\nX: y"), ["400"],
        may(ANSWER);
    "a tab in a value", "9110 5.5",
        get!("Host: a\r\nX: a\tb"), ["200 200"];
    "an escape character in a value", "9110 5.5",
        get!("Host: a\r\nX: \u{1b}[2J"), ["400"],
        may(ANSWER);
    "a name of all token characters", "9110 5.6.2",
        get!("Host: a\r\n!#$%&'*+-.^`|~09AZaz: y"), ["200 200"];
    "a byte outside ASCII in a name", "9110 5.1",
        get!("Host: a\r\nX\u{e9}: y"), ["400"];
    "the most fields", "9110 5.4",
        get!("Host: a…"), ["200 200"],
        repeat("\r\nX: y", FIELD_LIMIT - 1),
        may(REFUSAL);
    "the longest fields", "9110 5.4",
        get!("Host: a\r\nX: …"), ["200 200"],
        repeat("y", FIELDS_LIMIT - "HostaX".len()),
        may(REFUSAL);
    "fields of one byte more", "9110 5.4",
        get!("Host: a\r\nX: …"), ["431"],
        repeat("y", FIELDS_LIMIT - "HostaX".len() + 1),
        may(ANSWER);

    // Lengths
    "Content-Length: 5, 6", "6.3",
        post!("/hello", "Content-Length: 5, 6", "hello"), ["400"];
    "Content-Length: 5 5", "6.3",
        post!("/hello", "Content-Length: 5 5", "hello"), ["400"];
    "Content-Length: 00005", "9110 8.6",
        post!("/hello", "Content-Length: 00005", "hello"),
        ["200 200"];
    "Content-Length and white space", "5.1",
        post!("/hello", "Content-Length: \t5 ", "hello"), ["200 200"];
    "content-length", "9110 5.1",
        post!("/hello", "content-length: 5", "hello"), ["200 200"];
    "Content-Length: 5.0", "6.3",
        post!("/hello", "Content-Length: 5.0", "hello"), ["400"];
    "a Content-Length of full-width digits", "6.3",
        post!("/hello", "Content-Length: \u{b9}", "h"), ["400"];
    "a body with GET", "9110 9.3.1",
        "GET /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n\
         hello", ["200 200"];
    "a body with DELETE in chunks", "9110 9.3.5",
        "DELETE /hello HTTP/1.1\r\nHost: a\r\n\
         Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        ["200 200"];
    "POST without a length", "6.3",
        "POST / HTTP/1.1\r\nHost: a\r\n\r\n", ["200 200"];
    "Transfer-Encoding: Chunked", "9110 5.6.1",
        post!("/hello", "Transfer-Encoding: Chunked",
            "5\r\nhello\r\n0\r\n\r\n"),
        ["200 200"];
    "Transfer-Encoding: chunked,", "9110 5.6.1",
        post!("/hello", "Transfer-Encoding: chunked,",
            "5\r\nhello\r\n0\r\n\r\n"),
        ["400"],
        may(ANSWER);
    "Transfer-Encoding: gzip, chunked", "6.1",
        post!("/hello", "Transfer-Encoding: gzip, chunked",
            "5\r\nhello\r\n0\r\n\r\n"),
        ["501"],
        may(ANSWER);
    "Transfer-Encoding: chunked, gzip", "6.3",
        post!("/hello", "Transfer-Encoding: chunked, gzip",
            "5\r\nhello\r\n0\r\n\r\n"),
        ["400"];
    "an empty Transfer-Encoding", "6.3",
        smuggle!("Transfer-Encoding: "), ["400"];
    "Transfer_Encoding", "5.1",
        post!("/", "Transfer_Encoding: chunked", ""), ["200 200"];
    "Transfer-Encoding in HTTP/1.2", "6.1",
        "POST /hello HTTP/1.2\r\nHost: a\r\n\
         Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        ["200 200"];

    // Chunks
    "a last chunk of many zeros", "7.1",
        chunked!("/hello", "5\r\nhello\r\n00000\r\n\r\n"),
        ["200 200"];
    "a chunk size in capitals", "7.1",
        chunked!("/", "A\r\n0123456789\r\n0\r\n\r\n"), ["200 200"];
    "a space behind a chunk size", "7.1.1",
        chunked!("/hello", "5 \r\nhello\r\n0\r\n\r\n"), ["400"],
        may(UNREAD);
    "white space around a chunk extension", "7.1.1",
        chunked!("/hello",
            "5 ; a = b\t;c\r\nhello\r\n0\r\n\r\n"),
        ["200 200"];
    "a chunk extension without a name", "7.1.1",
        chunked!("/hello", "5;\r\nhello\r\n0\r\n\r\n"), ["400"],
        may(UNREAD);
    "a chunk extension without a value", "7.1.1",
        chunked!("/hello", "5;a=\r\nhello\r\n0\r\n\r\n"), ["400"],
        may(UNREAD);
    "a chunk extension with an open quote", "7.1.1",
        chunked!("/hello", "5;a=\"b\r\nhello\r\n0\r\n\r\n"),
        ["400"],
        may(UNREAD);
    "a chunk extension with an escaped quote", "7.1.1",
        chunked!("/hello",
            "5;a=\"b\\\"\"\r\nhello\r\n0\r\n\r\n"),
        ["200 200"];
    "a trailer that is no field", "7.1.2",
        chunked!("/hello", "5\r\nhello\r\n0\r\nXX1\r\nX\r\n\r\n"),
        ["400"],
        may(UNREAD);
    "a trailer with a space before its colon", "5.1",
        chunked!("/hello", "5\r\nhello\r\n0\r\nX : y\r\n\r\n"),
        ["400"],
        may(UNREAD);
    "a chunk that goes on, and silence", "7.1",
        chunked!("/hello", "5\r\nhelloX"), ["400"],
        then(Then::Wait),
        may(ANYTHING);
    "a space before a chunk size", "7.1",
        chunked!("/hello", " 5\r\nhello\r\n0\r\n\r\n"), ["400"],
        may(UNREAD);
    "a chunk extension in quotes", "7.1.1",
        chunked!("/hello", "5;a=\"b;\"\r\nhello\r\n0;c\r\n\r\n"),
        ["200 200"];
    "a chunk extension with LF in it", "7.1.1",
        chunked!("/hello", "5;a=\"\n\"\r\nhello\r\n0\r\n\r\n"),
        ["400"],
        may(UNREAD);
    "a bare CR behind a chunk size", "7.1",
        chunked!("/hello", "5\rhello\r\n0\r\n\r\n"), ["400"],
        may(UNREAD);
    "LF behind a chunk", "7.1",
        chunked!("/hello", "5\r\nhello\n0\r\n\r\n"), ["400"],
        may(UNREAD);
    "a trailer that would be a length", "6.5.1",
        chunked!("/hello",
            "5\r\nhello\r\n0\r\nContent-Length: 9\r\n\r\n"),
        ["200 200"];
    "a trailer that ends in LF", "7.1.2",
        chunked!("/hello", "5\r\nhello\r\n0\r\nX: y\n\r\n"), ["400"],
        may(ANSWER);
    "trailers without end", "7.1.2",
        chunked!("/hello", "5\r\nhello\r\n0\r\n…"),
        ["400"], repeat("X: y\r\n", 10_000),
        then(Then::Wait),
        may(ANYTHING);
    "chunks of one byte", "7.1",
        chunked!("/", "…0\r\n\r\n"), ["200 200"],
        repeat("1\r\nx\r\n", 5000);
    "empty lines between chunks", "7.1",
        chunked!("/hello", "5\r\nhello\r\n\r\n0\r\n\r\n"), ["400"],
        may(UNREAD);

    // The connection
    "Connection: keep-alive", "9.3",
        get!("Host: a\r\nConnection: keep-alive"), ["200 200"];
    "Connection: CLOSE", "9.6",
        get!("Host: a\r\nConnection: CLOSE"), ["200"];
    "Connection: x,, close ,", "9110 5.6.1",
        get!("Host: a\r\nConnection: x,, close ,"), ["200"];
    "Connection: closed", "9.6",
        get!("Host: a\r\nConnection: closed"), ["200 200"];
    "HTTP/1.0, keep-alive and close", "9.3",
        "GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n",
        ["200"];
    "a request after Connection: close", "9.6",
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n\
         GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n", ["200"];
    "HEAD and GET at once", "9110 9.3.2",
        "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n\
         GET / HTTP/1.1\r\nHost: a\r\n\r\n", ["200 200 200"];
    "three bodies at once", "9.3.2",
        "POST /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n\
         helloPOST /hello HTTP/1.1\r\nHost: a\r\n\
         Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n\
         POST /leave HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n\
         hello", ["200 200 200 200"];
    "a body that is left, of 100 000 bytes", "9.3",
        post!("/leave", "Content-Length: 100000", "…"), ["200"],
        repeat("x", 100_000),
        may(ANSWER);
    "a good request before a bad one", "9.3.2",
        "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\n\r\n",
        ["200 400"];
    "a panic between two requests", "9110 15.6.1",
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n\
         GET /panic HTTP/1.1\r\nHost: a\r\n\r\n", ["200 500 200"];
    "an answer that is cut, before another request", "8",
        "GET /short HTTP/1.1\r\nHost: a\r\n\r\n\
         GET / HTTP/1.1\r\nHost: a\r\n\r\n", ["200"];

    // Expectations
    "expect: 100-Continue", "9110 10.1.1",
        post!("/hello",
            "expect: 100-Continue\r\nContent-Length: 5", ""),
        ["100 200 200"], then(Then::Send("hello"));
    "Expect: 100-continue, and no body", "9110 10.1.1",
        get!("Host: a\r\nExpect: 100-continue"), ["200 200"],
        may(&["100 200 200"]);
    "Expect: 100-continue, and a body in chunks", "9110 10.1.1",
        post!("/hello",
            "Expect: 100-continue\r\nTransfer-Encoding: chunked", ""),
        ["100 200 200"],
        then(Then::Send("5\r\nhello\r\n0\r\n\r\n"));
    "Expect: 100-continue, and a body beyond the limit",
        "9110 10.1.1",
        post!("/hello",
            "Expect: 100-continue\r\nContent-Length: 9999999999", ""),
        ["413"], then(Then::HalfClose),
        may(&["200", "400", "", "100 200", "100 400"]);
    "an answer after the body has come unasked", "9110 10.1.1",
        post!("/hello",
            "Expect: 100-continue\r\nContent-Length: 5", "hello"),
        ["100 200 200"];
    "Expect: 100-continue among others", "9110 10.1.1",
        post!("/hello",
            "Expect: x=y, 100-Continue\r\nContent-Length: 5", ""),
        ["100 200 200"], then(Then::Send("hello"));
}
