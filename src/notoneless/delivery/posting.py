"""One guarded POST: the list of hosts kept, TLS verified, no redirect followed, no proxy asked.

Written on http.client because it shows the one thing a message depends on: whether the request had left us
when things went wrong. Before that nothing was sent; after that nobody knows.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Timer
from typing import NamedTuple
from urllib.parse import SplitResult, urlunsplit

from notoneless.delivery.reach import Reach, allowed, refuse_inside, refuse_inside_address, tls

MOST = 64 * 1024  # bytes of an answer that are read; the rest is nobody's business


class NotReached(Exception):
    """No connection could be made, so nothing was sent."""


class NoAnswer(Exception):
    """The request was on its way when the connection failed or fell silent."""


class Answer(NamedTuple):
    """What the other side said."""

    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes


def post(url: str, body: bytes, headers: Mapping[str, str], reach: Reach) -> Answer:
    """The answer to a POST. Raises Forbidden, NotReached, NoAnswer."""
    parts = allowed(url, reach)
    connection = _connected(parts, reach)
    # A server that sends a byte now and then would never run into a limit on each read.
    patience = Timer(reach.answer_seconds, _hang_up, [connection.sock])
    patience.start()
    try:
        connection.request(
            "POST", urlunsplit(("", "", parts.path or "/", parts.query, "")), body, dict(headers)
        )
        answer = connection.getresponse()
        said = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, said, answer.read(MOST))
    except (OSError, HTTPException) as problem:
        raise NoAnswer from problem
    finally:
        patience.cancel()
        connection.close()


def _hang_up(line: socket.socket) -> None:
    with suppress(OSError):  # the other side may have hung up first
        # Past TLS's own way of ending, which the thread that reads is in the middle of.
        socket.socket.shutdown(line, socket.SHUT_RDWR)


def _connected(parts: SplitResult, reach: Reach) -> HTTPConnection:
    host = parts.hostname or ""
    connection = _connection(parts, host, reach.connect_seconds)
    try:
        refuse_inside(host, reach)
        connection.connect()
        if host not in reach.private_hosts:
            # The name may have led elsewhere between the two look-ups.
            refuse_inside_address(connection.sock.getpeername()[0])
        connection.sock.settimeout(reach.answer_seconds)
    except OSError as problem:
        connection.close()
        raise NotReached from problem
    except ValueError:
        connection.close()
        raise
    return connection


def _connection(parts: SplitResult, host: str, seconds: float) -> HTTPConnection:
    if parts.scheme == "https":
        return HTTPSConnection(host, parts.port, timeout=seconds, context=tls())
    return HTTPConnection(host, parts.port, timeout=seconds)
