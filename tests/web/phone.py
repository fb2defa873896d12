"""A telephone with an authenticator, and the world's clock that it and the server share."""

from __future__ import annotations

import re
from base64 import b32decode
from types import SimpleNamespace

import pytest
from django.test import Client
from django_otp.oath import TOTP


class WorldClock:
    """Seconds that django-otp takes for now; telephones may be ahead of it or behind."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.seconds = 1_757_290_000.0
        patch.setattr("django_otp.oath.time", lambda: self.seconds)
        patch.setattr("django_otp.plugins.otp_totp.models.time", SimpleNamespace(time=lambda: self.seconds))

    def goes_on(self, seconds: float) -> None:
        """Let time pass."""
        self.seconds += seconds


class Phone:
    """An authenticator that holds one secret."""

    def __init__(self, clock: WorldClock, secret: bytes) -> None:
        self.clock, self.secret = clock, secret

    @classmethod
    def scanning(cls, clock: WorldClock, page: str) -> Phone:
        """A telephone into which the key on the page was typed."""
        key = re.search(r'<p class="key">([A-Z2-7 ]+)</p>', page)
        assert key, "the page shows no key"
        return cls(clock, b32decode(key[1].replace(" ", "")))

    def code(self, ahead: float = 0) -> str:
        """What it shows now, when its clock is some seconds ahead."""
        totp = TOTP(self.secret)
        totp.time = self.clock.seconds + ahead
        return f"{totp.token():06d}"


def sealed_key(page: str) -> str:
    """The hidden field of the set-up page."""
    found = re.search(r'name="key_of_factor" value="([^"]+)"', page)
    assert found
    return found[1]


def sets_up(client: Client, clock: WorldClock, **more: str) -> tuple[Phone, list[str]]:
    """Go through the set-up page; gives the telephone and the recovery codes."""
    page = client.get("/login/code/set-up/").content.decode()
    phone = Phone.scanning(clock, page)
    done = client.post(
        "/login/code/set-up/", {"key_of_factor": sealed_key(page), "code": phone.code(), **more}
    )
    codes = re.findall(r"<li>([a-z2-7]{4}-[a-z2-7]{4})</li>", done.content.decode())
    assert len(codes) == 10, done.content.decode()
    return phone, codes
