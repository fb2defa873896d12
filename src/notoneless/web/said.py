"""One sentence carried over a redirect: what the last act led to. It sits in the signed session cookie."""

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
