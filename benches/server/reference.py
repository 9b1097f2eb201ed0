"""The same two pages on wsgiref's own server."""

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
    start_response("200 OK", [("Content-Type", "text/html")])
    if environ["PATH_INFO"] == "/hello":
        return [b"<html><body>Hello World!</body></html>"]
    keys = sorted(environ)
    page = ["<h1>Keys in <tt>environ</tt></h1>\n"]
    page += [key + "<br />\n" for key in keys]
    return ["".join(page).encode()]


server = make_server("127.0.0.1", 0, application, Server, Quiet)
print("127.0.0.1:%d" % server.server_port, flush=True)
server.serve_forever()
