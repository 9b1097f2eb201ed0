"""The same two pages on wsgiref's own server, or on bjoern."""

import sys
from wsgiref.simple_server import (
    WSGIRequestHandler,
    WSGIServer,
    make_server,
)


class Server(WSGIServer):
    request_queue_size = 128


class Quiet(WSGIRequestHandler):
    def log_message(self, *arguments):
        pass


def application(environ, start_response):
    body = page(environ)
    headers = [
        ("Content-Type", "text/html"),
        # bjoern would send chunks; wsgiref adds it in any case.
        ("Content-Length", str(len(body))),
    ]
    start_response("200 OK", headers)
    return [body]


def page(environ):
    if environ["PATH_INFO"] == "/hello":
        return b"<html><body>Hello World!</body></html>"
    lines = ["<h1>Keys in <tt>environ</tt></h1>\n"]
    lines += [key + "<br />\n" for key in sorted(environ)]
    return "".join(lines).encode()


def say_address(port):
    print("127.0.0.1:%d" % port, flush=True)


def serve_on_wsgiref():
    server = make_server("127.0.0.1", 0, application, Server, Quiet)
    say_address(server.server_port)
    server.serve_forever()


def serve_on_bjoern():
    import bjoern
    import socket

    listener = bjoern.listen(application, "127.0.0.1", 0)
    # Accepted sockets inherit it; ours have it too.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    say_address(listener.getsockname()[1])
    bjoern.run()


match sys.argv[1]:
    case "wsgiref":
        serve_on_wsgiref()
    case "bjoern":
        serve_on_bjoern()
