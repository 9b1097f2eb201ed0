"""Makes a wheel of nearly nothing: `python wheel.py FOLDER`."""

import pathlib
import sys
import zipfile

METADATA = """Metadata-Version: 2.1
Name: tiny-thing
Version: 1.2
Summary: A module of one line
"""
WHEEL = """Wheel-Version: 1.0
Generator: by hand
Root-Is-Purelib: true
Tag: py3-none-any
"""
RECORD = """tiny_thing.py,,
tiny_thing-1.2.dist-info/METADATA,,
tiny_thing-1.2.dist-info/WHEEL,,
tiny_thing-1.2.dist-info/RECORD,,
"""
file = pathlib.Path(sys.argv[1], "tiny_thing-1.2-py3-none-any.whl")
with zipfile.ZipFile(file, "w") as wheel:
    wheel.writestr("tiny_thing.py", "answer = 42\n")
    for name, text in [
        ("METADATA", METADATA),
        ("WHEEL", WHEEL),
        ("RECORD", RECORD),
    ]:
        wheel.writestr(f"tiny_thing-1.2.dist-info/{name}", text)
