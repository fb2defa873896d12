"""`notoneless demo` as a person starts it: ready in a moment, the same again, gone without a trace."""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from builders_db import a_place

from notoneless.cli import demo, serve
from notoneless.core.terms import PlaceKind

COMMAND = (
    "import argparse, sys; from notoneless.cli import demo; p = argparse.ArgumentParser(); "
    "demo.add_parser(p.add_subparsers()); a = p.parse_args(); sys.exit(a.run(a))"
)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def words(home: Path, port: int) -> list[str]:
    return ["demo", "--home", str(home), "--port", str(port), "--pupils", "90"]


@contextmanager
def running(home: Path, port: int) -> Iterator[str]:
    """The demo, running; gives what it printed, and asks it to stop afterwards."""
    kept_back = ("NOTONELESS_DATABASE_URL", "NOTONELESS_HOME")
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND, *words(home, port)],
        stdout=subprocess.PIPE,
        text=True,
        env={name: value for name, value in os.environ.items() if name not in kept_back},
    )
    assert process.stdout is not None
    said = ""
    try:
        for line in process.stdout:
            said += line
            if "Ctrl-C" in line:
                break
        yield said
    finally:
        process.send_signal(signal.SIGTERM)
        process.stdout.close()
        assert process.wait(timeout=60) == 0


def passwords_in(said: str) -> dict[str, str]:
    return dict(re.findall(r"^  (\w+) +([a-z]+(?:-[a-z]+){3}-\d\d) ", said, re.MULTILINE))


def test_it_is_ready_stops_when_asked_and_is_the_same_again(tmp_path: Path) -> None:
    port = free_port()
    with running(tmp_path / "demo", port) as said:
        assert f"http://127.0.0.1:{port}/" in said
        assert "演示时钟" in said
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/login/") as page:
            assert page.status == 200
        with pytest.raises(serve.PortTaken):
            serve.refuse_taken_port("127.0.0.1", port)
    serve.refuse_taken_port("127.0.0.1", port)
    first = passwords_in(said)
    assert {"teacher", "office", "principal", "county"} <= first.keys()
    kept = tmp_path / "demo" / "demo-logins.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert json.loads(kept.read_text()) == first
    stopped_at = (tmp_path / "demo" / "demo-stopped-at").read_text()
    with running(tmp_path / "demo", port) as said:
        assert passwords_in(said) == first
        assert stopped_at[:10] in said


def test_a_taken_port_is_named_with_another_to_try(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parser = argparse.ArgumentParser()
    demo.add_parser(parser.add_subparsers())
    with socket.create_server(("127.0.0.1", 0)) as server, pytest.MonkeyPatch.context() as patch:
        for name in ("NOTONELESS_HOME", "NOTONELESS_DEMO_CLOCK_FILE"):
            patch.setenv(name, "")  # put back afterwards
        port = server.getsockname()[1]
        args = parser.parse_args(words(tmp_path, port))
        assert args.run(args) == 2
    assert f"--port {port + 1}" in capsys.readouterr().err


def test_a_database_with_other_data_is_not_made_a_demo(
    db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serve, "prepare", lambda: None)  # the test's database is ready
    a_place(PlaceKind.COUNTY, "真实县")
    parser = argparse.ArgumentParser()
    demo.add_parser(parser.add_subparsers())
    with pytest.raises(demo.NotTheDemo, match="不是演示县"):
        demo._ready(parser.parse_args(words(tmp_path, 1)), demo.Folder(tmp_path))
    assert not list(tmp_path.iterdir())
