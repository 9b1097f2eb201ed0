"""What the exercises' answers are tried with: each page is one."""

import sys


def native(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    path = environ["PATH_INFO"].encode("latin-1")
    return [ascii(environ["PATH_INFO"]).encode(), b"\n", path, b"\n"]


def twice(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    try:
        start_response("404 Not Found", [])
    except AssertionError as error:
        return [str(error).encode()]
    return [b"both were taken"]


def instead(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    try:
        raise KeyError("tea")
    except KeyError:
        start_response("503 No Tea", [], sys.exc_info())
    return [b"no tea\n"]


def late(environ, start_response):
    """A generator, which starts when its first block is wanted."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    yield b"tea\n"
    try:
        raise KeyError("milk")
    except KeyError:
        try:
            start_response("500 No Milk", [], sys.exc_info())
        except KeyError as error:
            yield f"too late: {error!r}\n".encode()


def patient(environ, start_response):
    """Its head is there when its first block is, after an empty one."""
    yield b""
    start_response("200 OK", [("Content-Type", "text/plain")])
    yield b"tea\n"
    # Whoever has got that may say what else there is.
    yield environ["wsgi.input"].readline()


def broken(environ, start_response):
    """Fails, before there is a block or after it."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    yield environ["QUERY_STRING"].encode()
    raise KeyError("tea")


def lines(environ, start_response):
    file = environ["wsgi.input"]
    parts = [file.read(2), file.readline(1), file.readline()]
    parts += [*file.readlines(1), list(file), file.read()]
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [repr(parts).encode()]


def create_app():
    pages = {
        "/twice": twice,
        "/instead": instead,
        "/late": late,
        "/patient": patient,
        "/broken": broken,
        "/lines": lines,
    }

    def application(environ, start_response):
        page = pages.get(environ["PATH_INFO"], native)
        return page(environ, start_response)

    return application
