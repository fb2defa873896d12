"""What the signed session cookie carries between two pages: a sentence to say once, forms already sent."""

from __future__ import annotations

from typing import NamedTuple

from django.http import HttpRequest

SAID = "said"


class Said(NamedTuple):
    """A sentence and its tone: "" plain, "good", "refused"."""

    text: str
    tone: str = ""


def say(request: HttpRequest, text: str, tone: str = "") -> None:
    """Show `text` once on the next page."""
    request.session[SAID] = [text, tone]


def hear(request: HttpRequest) -> Said | None:
    """What is to be said on this page, once."""
    held = request.session.pop(SAID, None)
    return Said(*held) if held else None


SENT = "sent"
REMEMBERED = 5  # forms; more would make the cookie long


def already_sent(request: HttpRequest, key: str) -> bool:
    """Whether this form was accepted before in this session: the back button, or a page sent again."""
    return f"{request.path} {key}" in request.session.get(SENT, [])


def note_sent(request: HttpRequest, key: str) -> None:
    """Remember a form that was accepted."""
    sent = [*request.session.get(SENT, []), f"{request.path} {key}"]
    request.session[SENT] = sent[-REMEMBERED:]
