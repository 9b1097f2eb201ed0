"""Serves applications.py by wsgiref at a free port, and prints it.

Ends when its standard input does, so that it never outlives the test.
"""

import os
import threading

# wsgiref passes the process's environment on: let that be the same
# on every machine, and let it be seen.
os.environ.clear()
os.environ["HTTP_OPERATOR"] = "exported before the server was started"

import socketserver
import sys
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

sys.dont_write_bytecode = True
from applications import application


class Server(WSGIServer):
    # HTTPServer asks the resolver for the name of its address.
    def server_bind(self):
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address
        self.setup_environ()


def end_with_standard_input():
    sys.stdin.read()
    os._exit(0)


threading.Thread(target=end_with_standard_input, daemon=True).start()
with Server(("127.0.0.1", 0), WSGIRequestHandler) as server:
    server.set_app(application)
    print(server.server_port, flush=True)
    server.serve_forever()
