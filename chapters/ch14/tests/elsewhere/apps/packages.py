"""pypiserver, to which everybody may upload."""

import os
import pathlib

import pypiserver

root = pathlib.Path(os.environ["SITE"], "packages")
root.mkdir(exist_ok=True)
application = pypiserver.app(
    roots=[root],
    authenticate=[],
    password_file=".",
    disable_fallback=True,
)
