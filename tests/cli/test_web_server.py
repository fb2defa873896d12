"""The web server's own settings."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from urllib.request import urlopen

import pytest

THREADS = 2
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds connections back")


@pytest.fixture
def port() -> Iterator[int]:
    """gunicorn with two threads and our settings before an application that answers at once."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number = int(probe.getsockname()[1])
    command = [
        *(sys.executable, "-m", "gunicorn", "wsgiref.simple_server:demo_app", "--no-control-socket"),
        *("--bind", f"127.0.0.1:{number}", "--worker-class", "gthread", "--threads", str(THREADS)),
        *("--config", "python:notoneless.site.web_server", "--log-level", "warning"),
    ]
    server = subprocess.Popen(command)
    while server.poll() is None:
        try:
            urlopen(f"http://127.0.0.1:{number}/", timeout=10).close()
            break
        except OSError:
            time.sleep(0.05)
    yield number
    server.terminate()
    server.wait()


def test_connections_that_say_nothing_hold_nobody_up(port: int) -> None:
    # Each would keep a thread for five seconds, so that this answer took fifteen.
    spare = [socket.create_connection(("127.0.0.1", port)) for _ in range(3 * THREADS)]
    assert urlopen(f"http://127.0.0.1:{port}/", timeout=4).status == 200
    for each in spare:
        each.close()
