"""`notoneless serve`: the web server and the worker, started and stopped together."""

from __future__ import annotations

import argparse
import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

DONE, FAILED, UNUSABLE = 0, 1, 2
HOST, PORT = "127.0.0.1", 8000
PATIENCE = 30  # seconds the server may take to answer at first, and to finish its last requests
PR_SET_PDEATHSIG = 1  # from <linux/prctl.h>
WORKER = "import sys; from notoneless.cli.work import work; sys.exit(work())"


class PortTaken(RuntimeError):
    """Another program listens there; the message says which option to use."""


def add_parser(commands: Any) -> None:
    """Add `serve` to the command table."""
    parser = commands.add_parser("serve", help="启动网站和后台处理 / the web server and the worker")
    add_address(parser)
    parser.add_argument("--home", type=Path, help="数据和密钥所在的文件夹 / folder of data and keys")
    parser.add_argument("--processes", type=int, default=2, help="网站进程数 / web processes (2)")
    parser.add_argument("--threads", type=int, default=4, help="每个进程的线程数 / threads in each (4)")
    parser.set_defaults(run=run)


def add_address(parser: argparse.ArgumentParser) -> None:
    """The options that say where to listen."""
    parser.add_argument("--host", default=HOST, help=f"监听地址 / address ({HOST})")
    parser.add_argument("--port", type=int, default=PORT, help=f"端口 / port ({PORT})")


def run(args: argparse.Namespace) -> int:
    """Bring the database up to date and serve until told to stop."""
    if args.home:
        os.environ["NOTONELESS_HOME"] = str(args.home.absolute())
    prepare()
    address = f"http://{args.host}:{args.port}/"
    return serve(
        args.host,
        args.port,
        processes=args.processes,
        threads=args.threads,
        on_ready=lambda: print(f"已启动 / serving on {address}\n按 Ctrl-C 停止 / Ctrl-C to stop", flush=True),
    )


def prepare() -> None:
    """Set Django up and bring the database up to date."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "notoneless.site.settings")
    import django
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # or every web process warns that it is not
    call_command("migrate", verbosity=0, interactive=False)
    connections.close_all()


def serve(
    host: str,
    port: int,
    *,
    processes: int,
    threads: int,
    on_ready: Callable[[], None],
    now_and_then: Callable[[], None] = lambda: None,
) -> int:
    """Run server and worker until a signal comes or one of them ends; `now_and_then` is called meanwhile."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    try:
        refuse_taken_port(host, port)
    except PortTaken as taken:
        print(taken, file=sys.stderr)
        return UNUSABLE
    children = [_start(_server(host, port, processes, threads)), _start([sys.executable, "-c", WORKER])]
    try:
        if not _answers(host, port, children, stop):
            return DONE if stop.is_set() else _ended()
        on_ready()
        while not stop.wait(1):
            if any(child.poll() is not None for child in children):
                return _ended()
            now_and_then()
        return DONE
    finally:
        _end(children)


def refuse_taken_port(host: str, port: int) -> None:
    """Raise PortTaken when another program listens on the port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTaken(
                f"{host}:{port} 不能使用（{error.strerror}），可能已有程序在用；请先停掉它，或加 --port "
                f"换一个端口，例如 --port {port + 1}。"
            ) from None


def _server(host: str, port: int, processes: int, threads: int) -> list[str]:
    where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return [
        *(sys.executable, "-m", "gunicorn", "notoneless.site.wsgi:application"),
        *("--bind", where, "--worker-class", "gthread"),
        *("--workers", str(processes), "--threads", str(threads)),
        *("--config", "python:notoneless.site.web_server"),
        # Addresses hold the ids of children, so there is no access log; the control socket would be a file
        # in the home folder of whoever starts this.
        *("--log-level", "warning", "--no-control-socket"),
    ]


def _start(command: list[str]) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C and a closed terminal reach only us, and we stop them in order.
    return subprocess.Popen(
        command, stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=_end_with_its_parent
    )


def _end_with_its_parent() -> None:
    """On Linux, have the new process told to finish when we are killed outright and cannot tell it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _answers(host: str, port: int, children: list[subprocess.Popen[bytes]], stop: threading.Event) -> bool:
    """Whether the server listens within its patience, and everybody is still there."""
    there = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    for _ in range(PATIENCE * 10):
        if stop.wait(0.1) or any(child.poll() is not None for child in children):
            return False
        try:
            socket.create_connection((there, port), timeout=1).close()
        except OSError:
            continue
        return True
    return False


def _ended() -> int:
    print("网站或后台处理意外停止，已一并停下；原因见上面的输出。", file=sys.stderr)
    return FAILED


def _end(children: list[subprocess.Popen[bytes]]) -> None:
    """Ask everybody to finish, and insist after a while."""
    for child in children:
        if child.poll() is None:
            child.terminate()
    for child in children:
        try:
            child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
