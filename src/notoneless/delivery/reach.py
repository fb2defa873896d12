"""Which hosts may be spoken to: those on the list, over TLS, and never the inside of our own network.

An address that somebody typed must not make the server fetch what only the server can reach. A host on the
private list is inside by intent (a county's own SMS gateway, a WeCom of the government cloud) and may go
without TLS.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
from functools import cache
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

# Addresses that stand for others: an IPv4 address behind a translator is as private as it is in itself.
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")


class Reach(NamedTuple):
    """The hosts a site speaks to, by exact name, and how many seconds it waits."""

    hosts: frozenset[str] = frozenset()
    private_hosts: frozenset[str] = frozenset()
    connect_seconds: float = 5.0
    answer_seconds: float = 15.0  # from the request to the end of the answer


@cache
def tls() -> ssl.SSLContext:
    """How all of us check certificates; made once, as reading the authorities takes longer than sending."""
    return ssl.create_default_context()


class Forbidden(ValueError):
    """An address that may not be spoken to; the message says what would be right and never the address."""


def allowed(url: str, reach: Reach) -> SplitResult:
    """The parts of an address that may be spoken to. Raises Forbidden."""
    if not url.isascii() or not url.isprintable() or " " in url:
        raise Forbidden("地址中有不允许的字符；应当是 https:// 开头的完整网址。")
    parts, host = _parts(url)
    if parts.username is not None or parts.password is not None:
        raise Forbidden("地址中不能写用户名和密码；请写在设置文件里。")
    if host not in reach.hosts | reach.private_hosts:
        raise Forbidden("对方主机不在设置文件的 hosts 名单中；请由系统管理员核实后加入。")
    if parts.scheme != "https" and not (parts.scheme == "http" and host in reach.private_hosts):
        raise Forbidden("地址应以 https:// 开头；只有 private_hosts 名单中的主机可以用 http://。")
    return parts


def _parts(url: str) -> tuple[SplitResult, str]:
    try:
        parts = urlsplit(url)
        _ = parts.port  # a port that is no number is found only when asked for
        return parts, parts.hostname or ""
    except ValueError:
        raise Forbidden("地址的主机或端口写法不对；应当像 https://主机/路径。") from None


def refuse_inside(host: str, reach: Reach) -> None:
    """Refuse a name that leads inside. Raises Forbidden, or OSError when the name is not known."""
    if host not in reach.private_hosts:
        for *_, address in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM):
            refuse_inside_address(str(address[0]))


def refuse_inside_address(text: str) -> None:
    """Refuse loopback, private, link-local and other addresses that are not of the open network."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        if address in _TRANSLATED:
            address = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        else:
            address = address.ipv4_mapped or address.sixtofour or address
    if not address.is_global or address.is_multicast:
        raise Forbidden("对方主机指向内部网络；确属本地服务的，请由系统管理员列入 private_hosts。")
