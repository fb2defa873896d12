"""A test that leaves this machine fails, and one that stays on it does not."""

from __future__ import annotations

import socket

import pytest

ELSEWHERE = "192.0.2.1"  # kept for documentation: no machine has it


@pytest.mark.parametrize("ask", [socket.create_connection, lambda to: socket.socket().connect_ex(to)])
def test_another_machine_is_refused(ask: object, strayed_to: list[str]) -> None:
    assert callable(ask)
    with pytest.raises(pytest.fail.Exception, match="not on this machine"):
        ask((ELSEWHERE, 9))
    assert strayed_to == [ELSEWHERE]
    strayed_to.clear()


def test_a_name_is_not_even_looked_up(strayed_to: list[str]) -> None:
    with pytest.raises(pytest.fail.Exception):
        socket.getaddrinfo("example.invalid", 80)
    strayed_to.clear()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_this_machine_answers(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection((host, server.getsockname()[1])).close()
