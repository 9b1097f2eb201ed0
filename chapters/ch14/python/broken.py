def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return page(environ["QUERY_STRING"])


def page(query):
    yield b"The half of it is "
    yield b"%d\n" % (int(query) / 2)
