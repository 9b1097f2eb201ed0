BODY = b"Hello World!\n"


def application(environ, start_response):
    headers = [
        ("Content-Type", "text/plain"),
        ("Content-Length", str(len(BODY))),
    ]
    start_response("200 OK", headers)
    return [BODY]
