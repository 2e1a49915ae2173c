"""Brings the connections of a Python process to hosts of real providers to brownout's
egress guard, also those of clients that read no proxy from the environment (aiohttp, by
itself). All others are left alone. Python imports this at its start by its name."""

import os
import re
import socket
import sys

GUARD = ("{{host}}", int("{{port}}"))
PROVIDERS = re.compile(r"{{pattern}}", re.IGNORECASE)

_getaddrinfo = socket.getaddrinfo


def _guarded(host, port, *args, **kwargs):
    name = host.decode("latin-1") if isinstance(host, (bytes, bytearray)) else host
    if isinstance(name, str) and PROVIDERS.match(name.rstrip(".")):
        host, port = GUARD
    return _getaddrinfo(host, port, *args, **kwargs)


socket.getaddrinfo = _guarded

# Another module of this name, the distribution's or the app's own, has its turn.
_here = os.path.dirname(os.path.abspath(__file__))
_path, _self = list(sys.path), sys.modules.pop(__name__)
sys.path[:] = [p for p in sys.path if os.path.abspath(p) != _here]
try:
    import sitecustomize  # noqa: F401
except ImportError:
    sys.modules[__name__] = _self
finally:
    sys.path[:] = _path
