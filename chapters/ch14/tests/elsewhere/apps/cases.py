"""What the applications of other servers' tests do, by path."""

import io


def echo(environ, start_response):
    """What was asked for, and its body."""
    body = environ["wsgi.input"].read()
    target = environ["PATH_INFO"]
    if environ["QUERY_STRING"]:
        target += "?" + environ["QUERY_STRING"]
    head = f"{environ['REQUEST_METHOD']} {target} "
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [head.encode("latin-1") + body]


def variable(environ, start_response):
    """A variable's value, as Python writes it."""
    name = environ["PATH_INFO"].removeprefix("/variable/")
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [ascii(environ.get(name)).encode()]


def answers(*blocks, length=None, status="200 OK", end=None):
    """An application that returns these blocks."""

    def application(environ, start_response):
        headers = [("Content-Type", "text/plain")]
        if length is not None:
            headers.append(("Content-Length", str(length)))
        start_response(status, headers)
        if end is None:
            return list(blocks)
        return generated(blocks, end)

    return application


def generated(blocks, end):
    yield from blocks
    end()


def nothing():
    pass


def fail():
    raise AssertionError("on purpose")


def writes(*written, length=None, blocks=(), end=nothing):
    """An application that calls write."""

    def application(environ, start_response):
        headers = [("Content-Type", "text/plain")]
        if length is not None:
            headers.append(("Content-Length", str(length)))
        write = start_response("200 OK", headers)
        for data in written:
            write(data)
        end()
        return list(blocks)

    return application


def not_started(environ, start_response):
    raise ValueError("on purpose")


def after_start(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    raise ValueError("on purpose")


def started_with(*arguments):
    def application(environ, start_response):
        start_response(*arguments)
        return [b"started"]

    return application


def file(kind, length=None):
    """A file by wsgi.file_wrapper."""

    def application(environ, start_response):
        headers = [("Content-Type", "text/plain")]
        if length is not None:
            headers.append(("Content-Length", str(length)))
        start_response("200 OK", headers)
        return environ["wsgi.file_wrapper"](kind(b"0123456789"), 4)

    return application


class Readable:
    """Has what a file wrapper needs, and no more."""

    def __init__(self, data):
        self.read = io.BytesIO(data).read


class CloseTold:
    """Tells the next request whether it was closed."""

    is_closed = False

    def __iter__(self):
        yield b"a block"
        raise AssertionError("on purpose")

    def close(self):
        CloseTold.is_closed = True


def crashy(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return CloseTold()


def was_closed(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(CloseTold.is_closed).encode()]


def reads(environ, start_response):
    """The input by the methods that a server must offer."""
    stream = environ["wsgi.input"]
    parts = [
        stream.read(3),
        stream.readline(),
        stream.readline(2),
        stream.readlines(1),
        list(stream),
        stream.read(),
        stream.readline(),
        stream.readlines(),
    ]
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [ascii(parts).encode()]


def bad_exc_info(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"twice"]


def exc_info(environ, start_response):
    import sys

    start_response("200 OK", [("Content-Type", "text/plain")])
    try:
        fail()
    except AssertionError:
        start_response(
            "503 Replaced", [("Content-Type", "text/plain")], sys.exc_info()
        )
    return [b"replaced"]


def late_exc_info(environ, start_response):
    import sys

    start_response("200 OK", [("Content-Type", "text/plain")])
    yield b"sent"
    try:
        fail()
    except AssertionError:
        start_response("503 Late", [], sys.exc_info())
    yield b"not sent"


letters = b"abcdefghijklmnopqrstuvwxyz"
plain = [("Content-Type", "text/plain")]
ROUTES = {
    "/short_body": answers(b"abcdefghi", length=10),
    "/long_body": answers(b"abcdefghi", length=8),
    "/long_blocks": answers(b"abcde", b"fghi", length=8),
    "/generator": answers(letters[:10], letters[10:], end=nothing),
    "/generator_fails": answers(b"abc", end=fail),
    "/generator_fails_at_once": answers(end=fail),
    "/generator_of_text": answers("abc", end=fail),
    "/list": answers(letters),
    "/list_of_two": answers(letters[:1], letters[1:]),
    "/list_of_none": answers(),
    "/list_of_empty": answers(b""),
    "/list_of_text": answers("abc"),
    "/not_ascii": answers("\u0442\u0435\u0441\u0442".encode()),
    "/length_alone": answers(length=12345),
    "/write_short": writes(b"abcdefgh", length=9),
    "/write_long": writes(b"abcdefghij", length=9),
    "/write_equal": writes(b"abcdefghi", length=9),
    "/write": writes(b"abcdefghi"),
    "/write_and_blocks": writes(b"abc", b"def", blocks=[b"ghi"]),
    "/write_text": writes("abc"),
    "/write_and_fail": writes(b"abc", end=fail),
    "/not_started": not_started,
    "/after_start": after_start,
    "/file": file(io.BytesIO, length=10),
    "/file_without_length": file(io.BytesIO),
    "/file_short_length": file(io.BytesIO, length=1),
    "/file_long_length": file(io.BytesIO, length=20),
    "/readable": file(Readable, length=10),
    "/readable_without_length": file(Readable),
    "/readable_short_length": file(Readable, length=1),
    "/readable_long_length": file(Readable, length=20),
    "/custom/204": answers(b"Code = 204", status="204 No Content"),
    "/custom/304": answers(b"Code = 304", status="304 Not Modified"),
    "/custom/204_length": answers(length=0, status="204 No Content"),
    "/one_megabyte": answers(*[b"a" * 1024] * 1024),
    "/crashy": crashy,
    "/was_closed": was_closed,
    "/reads": reads,
    "/start_twice": bad_exc_info,
    "/exc_info": exc_info,
    "/late_exc_info": late_exc_info,
    "/status_number": started_with(200, plain),
    "/status_bytes": started_with(b"200 OK", plain),
    "/status_short": started_with("200", plain),
    "/status_two_digits": started_with("20 OK", plain),
    "/status_no_space": started_with("200OK", plain),
    "/status_letters": started_with("two OK", plain),
    "/status_break": started_with("200 OK\nX: y", plain),
    "/header_break": started_with("200 OK", [("X", "a\r\nY: b")]),
    "/header_bytes": started_with("200 OK", [(b"X", b"y")]),
    "/header_number": started_with("200 OK", [("X", 1)]),
    "/headers_tuple": started_with("200 OK", (("X", "y"),)),
    "/headers_dict": started_with("200 OK", {"X": "y"}),
    "/header_connection": started_with(
        "200 OK", [("Connection", "close")]
    ),
    "/none": lambda environ, start_response: None,
}


def application(environ, start_response):
    path = environ["PATH_INFO"]
    if path.startswith("/variable/"):
        return variable(environ, start_response)
    return ROUTES.get(path, echo)(environ, start_response)
