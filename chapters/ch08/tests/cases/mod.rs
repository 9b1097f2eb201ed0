//! Requests that are well meant and a little unusual.

/// A name, a request without its Host, and what its answer is or ends
/// with.
type Case = (&'static str, &'static str, &'static str);

const CASES: [Case; 27] = [
    ("a path", "GET /values?PATH HTTP/1.1\n\n", "= /values\n</pre>\n"),
    ("HEAD", "HEAD /values HTTP/1.1\n\n", "\n\n"),
    ("1.0", "GET /values?PATH HTTP/1.0\n\n", "= /values\n</pre>\n"),
    (
        "a URL as a target",
        "GET http://a/values?HTTP_HOST HTTP/1.1\n\n",
        "HTTP_HOST = a\n</pre>\n",
    ),
    (
        "a letter in UTF-8",
        "GET /values/caf%C3%A9?PATH HTTP/1.1\n\n",
        "= /values/café\n</pre>\n",
    ),
    (
        "an escaped slash",
        "GET /values/a%2Fb?PATH HTTP/1.1\n\n",
        "= /values/a/b\n</pre>\n",
    ),
    (
        "an escape that was escaped",
        "GET /values/%2541?PATH HTTP/1.1\n\n",
        "= /values/%41\n</pre>\n",
    ),
    (
        "a query",
        "GET /values?QUERY+%41 HTTP/1.1\n\n",
        "QUERY_STRING = QUERY+%41\n</pre>\n",
    ),
    (
        "a field",
        "GET /values?HTTP_X HTTP/1.1\nx-name:  two words \n\n",
        "HTTP_X_NAME = two words\n</pre>\n",
    ),
    (
        "a field twice",
        "GET /values?HTTP_X HTTP/1.1\nX: a\nX: b\n\n",
        "HTTP_X = a, b\n</pre>\n",
    ),
    (
        "two cookies",
        "GET /values?HTTP_C HTTP/1.1\nCookie: a=1\nCookie: b=2\n\n",
        "HTTP_COOKIE = a=1; b=2\n</pre>\n",
    ),
    (
        "an underscore",
        "GET /values?HTTP_X HTTP/1.1\nX-Y: good\nX_Y: bad\n\n",
        "<pre>\nHTTP_X_Y = good\n</pre>\n",
    ),
    (
        "Proxy",
        "GET /values?HTTP_P HTTP/1.1\nProxy: http://evil/\n\n",
        "<pre>\n</pre>\n",
    ),
    (
        "a byte outside ASCII",
        "GET /values?HTTP_X HTTP/1.1\nX: André\n\n",
        "HTTP_X = André\n</pre>\n",
    ),
    (
        "a type",
        "GET /values?CONTENT HTTP/1.1\nContent-Type: text/x\n\n",
        "CONTENT_TYPE = text/x\n</pre>\n",
    ),
    (
        "a body",
        "POST /upload HTTP/1.1\nContent-Length: 5\n\nHello",
        "5 bytes\n",
    ),
    (
        "no body",
        "POST /upload HTTP/1.1\nContent-Length: 0\n\n",
        "0 bytes\n",
    ),
    (
        "a POST without a length",
        "POST /upload HTTP/1.1\n\n",
        "0 bytes\n",
    ),
    (
        "a body that comes back",
        "POST /echo HTTP/1.0\nContent-Length: 6\n\nFerris",
        "\n\nFerris",
    ),
    (
        "a body that is left",
        "POST /values?REQUEST_M HTTP/1.1\nContent-Length: 2\n\nxy",
        "REQUEST_METHOD = POST\n</pre>\n",
    ),
    ("a stream", "GET /clock HTTP/1.1\n\n", "7\ntick 3\n\n0\n\n"),
    (
        "a stream for 1.0",
        "GET /clock HTTP/1.0\n\n",
        "\n\ntick 1\ntick 2\ntick 3\n",
    ),
    (
        "another method",
        "BREW /values?REQUEST_M HTTP/1.1\n\n",
        "REQUEST_METHOD = BREW\n</pre>\n",
    ),
    (
        "an error",
        "GET /title?x HTTP/1.1\n\n",
        "\n\n500 Internal Server Error\n",
    ),
    (
        "a second request",
        "GET /values?X HTTP/1.1\n\n\
         GET /values?PATH HTTP/1.1\nHost: a\n\n",
        "= /values\n</pre>\n",
    ),
    (
        "a body in chunks",
        "POST /upload HTTP/1.1\nTransfer-Encoding: chunked\n\n\
         5\nHello\n0\n\n",
        "5 bytes\n",
    ),
    (
        "permission to go on",
        "POST /upload HTTP/1.1\nExpect: 100-continue\n\
         Content-Length: 5\n\nHello",
        "HTTP/1.1 100 Continue\n\n",
    ),
];

/// The names of those that `ask` does not get the right answer to.
pub fn wrong(ask: impl Fn(&[u8]) -> String) -> Vec<&'static str> {
    let is_wrong = |&(name, request, right): &Case| {
        let request = request.replacen('\n', "\nHost: localhost\n", 1);
        let request = request.replace('\n', "\r\n");
        let answer = ask(request.as_bytes()).replace("\r\n", "\n");
        let is_right =
            answer.starts_with(right) || answer.ends_with(right);
        (!is_right).then(|| {
            println!("{name}: {answer}");
            name
        })
    };
    CASES.iter().filter_map(is_wrong).collect()
}
