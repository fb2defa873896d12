"""gunicorn as the product ships it: threads, two processes of four, for whichever application."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PROCESSES, THREADS = 2, 4
PATIENCE = 60  # seconds a server may take to answer for the first time


class DidNotStart(RuntimeError):
    """A server that did not come up; the message is the end of what it said."""


class Running(NamedTuple):
    """A server that listens."""

    pid: int
    port: int


@contextmanager
def serving(application: str, environment: Mapping[str, str], log: Path) -> Iterator[Running]:
    """The application behind gunicorn for the length of the block. Raises DidNotStart."""
    port = _free_port()
    with log.open("w") as said:
        process = subprocess.Popen(
            _command(application, port),
            cwd=ROOT,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
    try:
        _await(process, port, log)
        yield Running(process.pid, port)
    finally:
        process.terminate()
        process.wait()


def _command(application: str, port: int) -> list[str]:
    return [
        *(sys.executable, "-m", "gunicorn", application),
        *("--bind", f"127.0.0.1:{port}", "--worker-class", "gthread"),
        *("--workers", str(PROCESSES), "--threads", str(THREADS)),
        *("--config", "python:notoneless.site.web_server"),
        *("--log-level", "warning", "--no-control-socket"),
    ]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    last_moment = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > last_moment:
                raise DidNotStart(log.read_text()[-2000:]) from None
            time.sleep(0.05)
