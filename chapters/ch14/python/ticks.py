import time


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    for tick in range(3):
        time.sleep(0.1)
        yield b"tick\n"
