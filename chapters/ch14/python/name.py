def application(environ, start_response):
    name = environ["PATH_INFO"].strip("/")
    text = name.encode("latin-1").decode("utf-8")
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"{name!r} is {text!r}\n".encode()]
