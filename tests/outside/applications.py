"""The applications of applications.rs, as they are written in Python.

One function is one application; the first part of the path names it.
"""

import pathlib
import sys

PLAIN = ("Content-Type", "text/plain")
PAGE = pathlib.Path(__file__).with_name("page.txt")


def application(environ, start_response):
    """Calls the application that the path names, else `environ`."""
    parts = environ["PATH_INFO"].split("/")
    name = next((part for part in parts if part), "")
    found = APPLICATIONS.get(name, show_environ)
    return found(environ, start_response)


# What a request says


def show_environ(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/x-environ")])
    lines = [
        f"{key}={shown(environ[key])}\n" for key in sorted(environ)
    ]
    return ["".join(lines).encode("ascii")]


def shown(value):
    if isinstance(value, str):
        return "".join(
            c if " " <= c <= "~" and c != "\\" else f"\\x{ord(c):02x}"
            for c in value
        )
    return str(value) if isinstance(value, (bool, tuple)) else "there"


def echo(environ, start_response):
    length = int(environ.get("CONTENT_LENGTH") or 0)
    start_response("200 OK", [PLAIN])
    return [environ["wsgi.input"].read(length)]


def read_all(environ, start_response):
    body = environ["wsgi.input"].read()
    start_response("200 OK", [PLAIN])
    return [body]


def read_lines(environ, start_response):
    lines = list(environ["wsgi.input"])
    start_response("200 OK", [PLAIN])
    return [b"|".join(lines)]


def read_nothing(environ, start_response):
    start_response("200 OK", [PLAIN])
    return [b"unread"]


# What a body is made of


def hello(environ, start_response):
    start_response("200 OK", [PLAIN])
    return [b"Hello World!"]


def array(environ, start_response):
    start_response("200 OK", [PLAIN])
    return [b"one\n", b"two\n", b"three\n"]


def stream(environ, start_response):
    start_response("200 OK", [PLAIN])
    return iter([b"one\n", b"two\n", b"three\n"])


def empty_array(environ, start_response):
    start_response("200 OK", [PLAIN])
    return []


def empty_block(environ, start_response):
    start_response("200 OK", [PLAIN])
    return [b""]


def empty_stream(environ, start_response):
    start_response("200 OK", [PLAIN])
    return iter([])


def empty_blocks_between(environ, start_response):
    start_response("200 OK", [PLAIN])
    return iter([b"", b"one\n", b"", b"two\n", b""])


def large(environ, start_response):
    start_response("200 OK", [PLAIN])
    return [b"0123456789abcdef" * 65536]


def large_stream(environ, start_response):
    start_response("200 OK", [PLAIN])
    return (bytes([97 + n % 26]) * 16384 for n in range(64))


def file(environ, start_response):
    start_response("200 OK", [PLAIN])
    return environ["wsgi.file_wrapper"](PAGE.open("rb"))


# The write callable


def write(environ, start_response):
    write = start_response("200 OK", [PLAIN])
    write(b"written\n")
    return [b"returned\n"]


def write_only(environ, start_response):
    write = start_response("200 OK", [PLAIN])
    write(b"written\n")
    write(b"written again\n")
    return []


def write_nothing(environ, start_response):
    write = start_response("200 OK", [PLAIN])
    write(b"")
    return [b"returned\n"]


# Content-Length


def exact(environ, start_response):
    start_response("200 OK", [PLAIN, ("Content-Length", "12")])
    return iter([b"Hello ", b"World!"])


def short(environ, start_response):
    start_response("200 OK", [PLAIN, ("Content-Length", "20")])
    return iter([b"Hello ", b"World!"])


def long(environ, start_response):
    start_response("200 OK", [PLAIN, ("Content-Length", "5")])
    return iter([b"Hello ", b"World!"])


def long_write(environ, start_response):
    headers = [PLAIN, ("Content-Length", "5")]
    write = start_response("200 OK", headers)
    write(b"Hello World!")
    return []


def zero(environ, start_response):
    start_response("200 OK", [PLAIN, ("Content-Length", "0")])
    return []


# Statuses and headers


def status(environ, start_response):
    start_response(environ["QUERY_STRING"].replace("+", " "), [PLAIN])
    return [b"Hello World!"]


def no_content(environ, start_response):
    start_response("204 No Content", [])
    return []


def no_content_with_body(environ, start_response):
    start_response("204 No Content", [])
    return [b"Hello World!"]


def not_modified(environ, start_response):
    start_response("304 Not Modified", [("ETag", '"1"')])
    return []


def not_modified_with_body(environ, start_response):
    start_response("304 Not Modified", [("ETag", '"1"')])
    return [b"Hello World!"]


def not_modified_with_length(environ, start_response):
    headers = [("ETag", '"1"'), ("Content-Length", "12")]
    start_response("304 Not Modified", headers)
    return []


def redirect(environ, start_response):
    headers = [("Location", "/hello"), PLAIN]
    start_response("303 See Other", headers)
    return [b"see /hello"]


def cookies(environ, start_response):
    headers = [("Set-Cookie", "a=1"), PLAIN, ("Set-Cookie", "b=2")]
    start_response("200 OK", headers)
    return [b"two"]


def header(environ, start_response):
    name, value = environ["PATH_INFO"].split("/")[2:4]
    start_response("200 OK", [PLAIN, (name, value)])
    return [b"Hello World!"]


def snowman(environ, start_response):
    start_response("200 OK", [PLAIN, ("X-Weather", "\u2603")])
    return [b"Hello World!"]


# Errors


def complain(environ, start_response):
    environ["wsgi.errors"].write("a complaint, caf\u00e9\n")
    start_response("200 OK", [PLAIN])
    return [b"complained"]


def error_at_once(environ, start_response):
    raise RuntimeError("at once")


def error_after_start(environ, start_response):
    start_response("200 OK", [PLAIN, ("X-Started", "yes")])
    raise RuntimeError("after start_response")


def error_in_the_first_block(environ, start_response):
    start_response("200 OK", [PLAIN])
    return failing([])


def error_after_an_empty_block(environ, start_response):
    start_response("200 OK", [PLAIN])
    return failing([b""])


def error_after_a_block(environ, start_response):
    start_response("200 OK", [PLAIN])
    return failing([b"one\n"])


def error_before_the_length(environ, start_response):
    start_response("200 OK", [PLAIN, ("Content-Length", "12")])
    return failing([b"Hello "])


def error_after_write(environ, start_response):
    write = start_response("200 OK", [PLAIN])
    write(b"written\n")
    raise RuntimeError("after write")


def failing(blocks):
    yield from blocks
    raise RuntimeError("instead of a block")


def restart(environ, start_response):
    start_response("200 OK", [PLAIN, ("X-First", "yes")])
    try:
        raise RuntimeError("before a byte was sent")
    except RuntimeError:
        headers = [PLAIN, ("X-Second", "yes")]
        status = "503 Service Unavailable"
        start_response(status, headers, sys.exc_info())
    return [b"sorry"]


def restart_too_late(environ, start_response):
    write = start_response("200 OK", [PLAIN])
    write(b"written\n")
    try:
        raise RuntimeError("after a byte was sent")
    except RuntimeError:
        status = "503 Service Unavailable"
        start_response(status, [PLAIN], sys.exc_info())
    return [b"sorry"]


# close()


class Closing:
    closed = 0

    def __init__(self, blocks):
        self.blocks = blocks

    def __iter__(self):
        return iter(self.blocks)

    def close(self):
        Closing.closed += 1


def closing(environ, start_response):
    start_response("200 OK", [PLAIN])
    return Closing([b"closing"])


def closing_after_an_error(environ, start_response):
    start_response("200 OK", [PLAIN])
    return Closing(failing([b"one\n"]))


def closing_a_long_body(environ, start_response):
    start_response("200 OK", [PLAIN, ("Content-Length", "3")])
    return Closing([b"one\n", b"two\n"])


def closed(environ, start_response):
    start_response("200 OK", [PLAIN])
    return [b"closed %d times" % Closing.closed]


APPLICATIONS = {
    function.__name__.replace("_", "-"): function
    for function in [
        echo,
        read_all,
        read_lines,
        read_nothing,
        hello,
        array,
        stream,
        empty_array,
        empty_block,
        empty_stream,
        empty_blocks_between,
        large,
        large_stream,
        file,
        write,
        write_only,
        write_nothing,
        exact,
        short,
        long,
        long_write,
        zero,
        status,
        no_content,
        no_content_with_body,
        not_modified,
        not_modified_with_body,
        not_modified_with_length,
        redirect,
        cookies,
        header,
        snowman,
        complain,
        error_at_once,
        error_after_start,
        error_in_the_first_block,
        error_after_an_empty_block,
        error_after_a_block,
        error_before_the_length,
        error_after_write,
        restart,
        restart_too_late,
        closing,
        closing_after_an_error,
        closing_a_long_body,
        closed,
    ]
}
