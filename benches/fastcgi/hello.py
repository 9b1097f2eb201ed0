"""The same page from flup."""

import sys

from flup.server.fcgi import WSGIServer


def application(environ, start_response):
    start_response("200 OK", [
        ("Content-Type", "text/html"),
        ("Content-Length", "38"),
    ])
    return [b"<html><body>Hello World!</body></html>"]


WSGIServer(application, bindAddress=sys.argv[1]).run()
