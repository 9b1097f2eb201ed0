from html import escape


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/html")])
    page = ["<html><body><h1>Keys in <tt>environ</tt></h1><p>"]
    page += [f"{escape(key)}<br />" for key in sorted(environ)]
    page += ["</p></body></html>"]
    return [line.encode("latin-1") for line in page]
