"""A Flask application that streams, with what belongs to a thread."""

import threading

from flask import Flask, request, stream_with_context

app = Flask(__name__)
local = threading.local()


@app.get("/context")
def context():
    @stream_with_context
    def blocks():
        for name in request.args:
            yield f"{name}={request.args[name]}\n"

    return blocks(), {"Content-Type": "text/plain"}


@app.get("/local")
def thread_local():
    local.text = request.args["text"]

    def blocks():
        for number in range(3):
            yield f"{number}: {local.text}\n"

    return blocks(), {"Content-Type": "text/plain"}
