"""What every test runs under: repeatable Hypothesis draws, and no network beyond this machine."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# A busy machine draws slowly; that says nothing about the code under test.
settings.register_profile(
    "default", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("ci", settings.get_profile("default"), derandomize=False, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

HERE = {"", "localhost", socket.gethostname()}


def stays_here(host: object) -> bool:
    """Whether a connection to `host`, a name or an address, cannot leave this machine."""
    if isinstance(host, bytes):
        host = host.decode()
    if host is None or host in HERE:
        return True
    try:
        address = ipaddress.ip_address(str(host).partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


@pytest.fixture(scope="session")
def strayed_to() -> Iterator[list[str]]:
    """Hosts off this machine that were asked for; the guard below is in place for the whole session."""
    strayed: list[str] = []
    connect, connect_ex, getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def refuse(host: object) -> None:
        if not stays_here(host):
            strayed.append(str(host))
            pytest.fail(f"a test asked for {host}, which is not on this machine", pytrace=True)

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            refuse(address[0])
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            refuse(address[0])
        return connect_ex(self, address)

    def guarded_getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        refuse(host)
        return getaddrinfo(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        patch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)
        yield strayed


@pytest.fixture(autouse=True)
def stay_on_this_machine(strayed_to: list[str]) -> Iterator[None]:
    """Fail a test that asked for another machine, even if a thread did and nothing else noticed."""
    strayed_to.clear()
    yield
    assert not strayed_to, f"asked for {', '.join(strayed_to)}, which is not on this machine"
