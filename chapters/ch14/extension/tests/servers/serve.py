"""Serves module:application, and says where: two servers of Python's
that have no command for that, or none that says its port."""

import importlib
import sys
from wsgiref.simple_server import make_server
from wsgiref.validate import validator

server, name = sys.argv[1:]
module, name = name.split(":")
application = getattr(importlib.import_module(module), name)


def say(port):
    print(f"Listening at: http://127.0.0.1:{port}", flush=True)


if server == "waitress":
    from waitress import create_server

    server = create_server(application, host="127.0.0.1", port=0)
    say(server.effective_port)
    server.run()
else:
    if server == "wsgiref":
        application = validator(application)
    server = make_server("127.0.0.1", 0, application)
    # Its own 5 are not enough for the bench's clients.
    server.socket.listen(64)
    say(server.server_port)
    server.serve_forever()
