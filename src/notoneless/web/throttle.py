"""Slows down whoever guesses passwords, without locking out the teacher whose name is guessed with.

Counted are wrong passwords for a name from one address, and for a name from everywhere. A browser on which
the person has signed in before is counted by itself: it carries a signed mark, so that guesses from afar,
or from the pupil at the next desk behind the same address, do not close the door to it. Addresses alone are
not counted: at eight in the morning a whole county may come through one.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from notoneless.services import tries

FROM_ONE_PLACE = 10  # wrong passwords for one name from one address, or on one browser known for it
FROM_EVERYWHERE = 100  # wrong passwords for one name from browsers not known for it
KNOWN = "known"  # the cookie that marks a browser
KNOWN_FOR = 400 * 24 * 60 * 60  # seconds; as long as browsers keep a cookie


class Watch:
    """One try to sign in: what stands against it, and where its outcome is counted. One query."""

    def __init__(self, request: HttpRequest, name: str, at: datetime) -> None:
        self._at = at
        self._name = name.lower()
        mark = _mark(request, self._name)
        self._known = bool(mark)
        here = f"known|{self._name}|{mark}" if mark else f"here|{self._name}|{address(request)}"
        self._here, everywhere = here, f"everywhere|{self._name}"
        self._limits = {here: FROM_ONE_PLACE} | ({} if mark else {everywhere: FROM_EVERYWHERE})
        self._counted = tries.counted(self._limits, at=at)

    def too_many(self) -> bool:
        """Whether this name was tried too often."""
        return any(self._counted.get(what, 0) >= limit for what, limit in self._limits.items())

    def wrong(self) -> None:
        """Count a wrong password."""
        tries.count(self._limits, at=self._at)

    def right(self) -> None:
        """Forget the wrong ones from here; guesses from elsewhere go on being counted."""
        if self._counted.get(self._here):
            tries.forget(self._here)

    def remember(self, response: HttpResponse) -> None:
        """Mark this browser as one on which the person of this name has signed in."""
        if not self._known:
            response.set_cookie(
                _cookie(),
                _signer(self._name).sign(secrets.token_urlsafe(12)),
                max_age=KNOWN_FOR,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )


def address(request: HttpRequest) -> str:
    """Where the request comes from; of an IPv6 address the network, for a household has 2⁶⁴ of them.

    X-Forwarded-For is believed only as far as NOTONELESS_PROXIES says that our own proxies wrote it.
    """
    given = request.META.get("REMOTE_ADDR", "")
    if settings.PROXIES:
        hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        given = hops[-settings.PROXIES] if len(hops) >= settings.PROXIES else given
    try:
        found = ip_address(given)
    except ValueError:
        return str(given)
    return str(ip_network((found, 64), strict=False)) if isinstance(found, IPv6Address) else str(found)


def _mark(request: HttpRequest, name: str) -> str:
    """The mark of a browser on which this name has signed in, or nothing."""
    try:
        return _signer(name).unsign(request.COOKIES.get(_cookie(), ""), max_age=KNOWN_FOR)
    except signing.BadSignature:
        return ""


def _signer(name: str) -> signing.TimestampSigner:
    # The name is in the signature and not in the cookie: the mark says nothing to whoever finds it.
    return signing.TimestampSigner(salt=f"notoneless.web.throttle|{name}")


def _cookie() -> str:
    return f"__Host-{KNOWN}" if settings.SESSION_COOKIE_SECURE else KNOWN
