"""A fake LDAP server on this machine: it takes binds and searches, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import Any

SUCCESS, INVALID_CREDENTIALS = 0, 49
INTEGER, OCTETS, ENUMERATED, SEQUENCE, SET = 0x02, 0x04, 0x0A, 0x30, 0x31
BIND, BOUND, SEARCH, FOUND, SEARCHED = 0x60, 0x61, 0x63, 0x64, 0x65


class Directory(ThreadingTCPServer):
    """Names and passwords; `asked` keeps the names that somebody tried to bind as."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, people: dict[str, str]) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.people = people
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"ldap://127.0.0.1:{self.server_address[1]}"

    def takes(self, dn: str, password: str) -> bool:
        """Whether it lets this name in; like many directories, anybody without a password."""
        name = dn.partition(",")[0].removeprefix("uid=")
        self.asked.append(name)
        return not password or self.people.get(name) == password


@contextmanager
def a_directory(**people: str) -> Iterator[Directory]:
    """A directory that answers as long as it is needed."""
    with Directory(people) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()


class _Session(StreamRequestHandler):
    def handle(self) -> None:
        data = b""
        while chunk := self._more():
            data += chunk
            while len(data) >= 2 and len(data) >= 2 + _long(data) and len(data) >= _size(data):
                (message,), data = _read(data[: _size(data)]), data[_size(data) :]
                number, (kind, request) = message[1][0], message[1][1]
                for answer in self._answers(kind, request):
                    self.wfile.write(_tlv(SEQUENCE, _tlv(INTEGER, number[1]) + answer))

    def _more(self) -> bytes:
        try:
            return self.connection.recv(4096)
        except ConnectionError:
            return b""

    def _answers(self, kind: int, request: Any) -> Iterator[bytes]:
        server: Directory = self.server  # type: ignore[assignment]
        if kind == BIND:
            _, (_, name), (_, password) = request
            right = server.takes(name.decode(), password.decode())
            yield _done(BOUND, SUCCESS if right else INVALID_CREDENTIALS)
        elif kind == SEARCH:
            if (found := _named(request[6])) in server.people:
                name = found.encode()
                values = _tlv(OCTETS, b"uid") + _tlv(SET, _tlv(OCTETS, name))
                entry = _tlv(OCTETS, b"uid=" + name) + _tlv(SEQUENCE, _tlv(SEQUENCE, values))
                yield _tlv(FOUND, entry)
            yield _done(SEARCHED, SUCCESS)


def _named(wanted: Any) -> str:
    """The uid that a filter (&(uid=…)(objectClass=…)) asks for."""
    pairs = [(attribute[1], value[1]) for _, (attribute, value) in wanted[1]]
    return next((value.decode() for attribute, value in pairs if attribute == b"uid"), "")


def _done(kind: int, code: int) -> bytes:
    return _tlv(kind, _tlv(ENUMERATED, bytes([code])) + _tlv(OCTETS, b"") * 2)


# The encoding: a tag, a length, and bytes or what lies within.


def _tlv(tag: int, value: bytes) -> bytes:
    assert len(value) < 128
    return bytes([tag, len(value)]) + value


def _long(data: bytes) -> int:
    """How many more bytes the length has."""
    return data[1] & 0x7F if data[1] & 0x80 else 0


def _head(data: bytes) -> tuple[int, int]:
    """Where the value begins and where it ends."""
    begin = 2 + _long(data)
    return begin, begin + (int.from_bytes(data[2:begin]) if _long(data) else data[1])


def _size(data: bytes) -> int:
    return _head(data)[1]


def _read(data: bytes) -> list[tuple[int, Any]]:
    """Each value in the data with its tag; what is made of parts is read as its parts."""
    found = []
    while data:
        begin, end = _head(data)
        value = data[begin:end]
        found.append((data[0], _read(value) if data[0] & 0x20 else value))
        data = data[end:]
    return found
