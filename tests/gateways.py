"""Servers on this machine that stand for the other side: they check what arrives and can misbehave."""

from __future__ import annotations

import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

# How one request is answered, besides properly.
DIES = "dies"  # takes the request in and hangs up without a word
SILENT = "silent"  # takes it in and never answers
DRIPS = "drips"  # takes it in and answers a byte now and then, without end
Answer = tuple[int, dict[str, str], bytes]


class Request(NamedTuple):
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes


class HttpGateway(ThreadingHTTPServer):
    """Keeps what it took in; `moods` are how the next requests are answered, after that `usual`."""

    daemon_threads = True

    def __init__(self, usual: Callable[[Request], Answer]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.usual = usual
        self.moods: list[str | Answer] = []
        self.seen: list[Request] = []  # everything that reached us
        self.taken: list[Request] = []  # what we accepted, answered or not
        self.over = threading.Event()
        self.dripping = threading.Event()
        self.lock = threading.Lock()
        self.scheme = "http"

    @property
    def url(self) -> str:
        """Where to post."""
        return f"{self.scheme}://127.0.0.1:{self.server_address[1]}"

    def next_mood(self, request: Request) -> str | Answer | None:
        """How this request is to be answered; None is properly."""
        with self.lock:
            self.seen.append(request)
            mood = self.moods.pop(0) if self.moods else None
            if mood in (None, DIES, SILENT, DRIPS):
                self.taken.append(request)
            return mood

    def handle_error(self, *_: Any) -> None:
        """Whoever hangs up on us does so on purpose."""


class _Handler(BaseHTTPRequestHandler):
    server: HttpGateway

    def do_POST(self) -> None:
        """Take one request in."""
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        if len(body) < length:
            return  # its sender died before the end: nothing was taken in
        request = Request(self.path, dict(self.headers.items()), body)
        mood = self.server.next_mood(request)
        if mood == SILENT:
            self.server.over.wait(20)
        if mood == DRIPS:
            self._drip()
        if mood in (DIES, SILENT, DRIPS):
            with suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)
            return
        status, headers, said = mood if isinstance(mood, tuple) else self.server.usual(request)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def _drip(self) -> None:
        self.send_response(200)
        self.end_headers()
        with suppress(OSError):
            while not self.server.over.wait(0.01):
                self.wfile.write(b" ")
                self.server.dripping.set()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def http_gateway(
    usual: Callable[[Request], Answer] = lambda _: (200, {}, b"{}"), *, tls: ssl.SSLContext | None = None
) -> Iterator[HttpGateway]:
    """An HTTP server while the block runs."""
    server = HttpGateway(usual)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
        server.scheme = "https"
    with _serving(server):
        try:
            yield server
        finally:
            server.over.set()


class MailSink(socketserver.ThreadingTCPServer):
    """A mail server that keeps its mail; `moods`: a reply to the recipient such as "550 no", or DIES."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _MailHandler)
        self.moods: list[str] = []
        self.taken: list[EmailMessage] = []

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    def handle_error(self, *_: Any) -> None:
        """Whoever hangs up on us does so on purpose."""


class _MailHandler(socketserver.StreamRequestHandler):
    server: MailSink

    def handle(self) -> None:
        """One conversation."""
        self._say("220 sink")
        mood = ""
        while line := self.rfile.readline().decode("ascii").strip():
            verb = line[:4].upper()
            if verb == "MAIL":
                mood = self.server.moods.pop(0) if self.server.moods else ""
            if verb == "RCPT" and mood and mood != DIES:
                self._say(mood)
            elif verb == "DATA":
                self._say("354 go on")
                self.server.taken.append(self._mail())
                if mood == DIES:
                    return
                self._say("250 taken")
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _mail(self) -> EmailMessage:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        mail = message_from_bytes(b"".join(lines), policy=policy.default)
        assert isinstance(mail, EmailMessage)
        return mail

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@contextmanager
def mail_sink() -> Iterator[MailSink]:
    """A mail server while the block runs."""
    server = MailSink()
    with _serving(server):
        yield server


@contextmanager
def _serving(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def nobody_listens() -> int:
    """A port on this machine at which nobody answers."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
