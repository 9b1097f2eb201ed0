"""Answers each line of environs, in hexadecimal, with what wsgiref
makes of it: the URL, the name, and the two paths after the shift."""

import sys
from wsgiref.util import request_uri, shift_path_info

NAMES = "HTTP_HOST SCRIPT_NAME PATH_INFO QUERY_STRING".split()

for line in sys.stdin:
    scheme, *values = line.split(",")
    values = [bytes.fromhex(v).decode("latin-1") for v in values]
    environ = dict(zip(NAMES, values))
    environ["wsgi.url_scheme"] = scheme
    url = request_uri(environ)
    name = shift_path_info(environ)
    answer = [url, name or "", environ["SCRIPT_NAME"], environ["PATH_INFO"]]
    print(",".join(a.encode("latin-1").hex() for a in answer))
