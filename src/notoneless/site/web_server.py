"""gunicorn's settings that have no option on its command line."""

from __future__ import annotations

import socket
import sys
from typing import Any

SILENT = 5  # seconds after which a connection that has said nothing is taken all the same


def when_ready(server: Any) -> None:
    """Have the system hold a connection back until it says something.

    Browsers open spare connections, and each would keep a thread of ours waiting for seconds: at eight
    o'clock a handful of telephones would hold up all others.
    """
    if sys.platform == "linux":
        for listener in server.LISTENERS:
            if listener.sock.family != socket.AF_UNIX:
                listener.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, SILENT)
