"""Answers each line of environs, in hexadecimal, with what wsgiref
makes of it: the URL, the name, and the two paths after the shift.
What is not there is a hyphen."""

import sys
from wsgiref.util import request_uri, shift_path_info

NAMES = "HTTP_HOST SCRIPT_NAME PATH_INFO QUERY_STRING".split()


def text(field):
    return bytes.fromhex(field).decode("latin-1")


def field(text):
    return "-" if text is None else text.encode("latin-1").hex()


for line in sys.stdin:
    scheme, *values = line.strip().split(",")
    pairs = zip(NAMES, values)
    environ = {name: text(value) for name, value in pairs if value != "-"}
    environ["wsgi.url_scheme"] = scheme
    url = request_uri(environ)
    name = shift_path_info(environ)
    paths = environ.get("SCRIPT_NAME"), environ.get("PATH_INFO")
    print(",".join(map(field, (url, name, *paths))))
