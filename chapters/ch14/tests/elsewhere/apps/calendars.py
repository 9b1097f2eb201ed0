"""Radicale, which takes everybody for whom they say they are."""

import os
import pathlib

site = pathlib.Path(os.environ["SITE"])
config = site / "radicale"
config.write_text(f"""
[auth]
type = none
[storage]
filesystem_folder = {site}/collections
""")
os.environ["RADICALE_CONFIG"] = str(config)

from radicale import application  # noqa: E402, F401
