"""The address of a group's robot as people copy it: web address, secret, and after # one to call upon."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

HEADERS = {"Content-Type": "application/json; charset=utf-8"}


class Robot(NamedTuple):
    """Where to post, with what secret to sign, and whom to call upon."""

    url: str
    secret: str
    called: str


def robot(text: str) -> Robot:
    """The parts of such an address; the secret is for us to sign with and does not travel."""
    try:
        parts = urlsplit(text.strip())
    except ValueError:
        return Robot(text, "", "")  # no address at all; the list of hosts refuses it
    query = parse_qsl(parts.query, keep_blank_values=True)
    secret = next((value for name, value in query if name == "secret"), "")
    others = urlencode([(name, value) for name, value in query if name != "secret"])
    return Robot(urlunsplit(parts._replace(query=others, fragment="")), secret, parts.fragment.strip())
