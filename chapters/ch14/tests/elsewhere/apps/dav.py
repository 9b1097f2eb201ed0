"""WsgiDAV, with a folder that everybody may write to."""

import os

from wsgidav.wsgidav_app import WsgiDAVApp

share = os.path.join(os.environ["SITE"], "share")
os.makedirs(share, exist_ok=True)
application = WsgiDAVApp({
    "provider_mapping": {"/": share},
    "simple_dc": {"user_mapping": {"*": True}},
    "property_manager": True,
    "verbose": 1,
})
