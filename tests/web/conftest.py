"""A school with people who can sign in, and a clock that the test sets."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from builders_db import School, a_school, at
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

from notoneless.clock import set_demo_clock
from notoneless.core.terms import DeviceKind
from notoneless.records.models import Person, SignIn
from notoneless.web.session import SEEN, put

MONDAY = "2025-09-08 08:05"
Clock = Callable[[str], datetime]


@pytest.fixture
def clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Make the pages' clock show a moment: `clock("2025-09-08 08:05")`."""
    file = tmp_path / "clock"
    monkeypatch.setenv("NOTONELESS_DEMO_CLOCK_FILE", str(file))

    def show(moment: str) -> datetime:
        set_demo_clock(file, at(moment))
        return at(moment)

    show(MONDAY)
    return show


@pytest.fixture
def school(db: None, clock: Clock) -> School:
    """Four pupils, a class teacher, an office, a principal, on a Monday at 08:05."""
    return a_school()


def signed_in(person: Person) -> Client:
    """A browser in which this person is signed in."""
    if person.user is None:
        person.user = User.objects.create(username=f"user-{person.pk}")
        person.save()
    client = Client(headers={"accept-language": "zh-hans"})
    begun = datetime.fromisoformat("2020-01-01T00:00:00+08:00")  # and on, whatever the test's clock shows
    row = SignIn.objects.create(
        person=person, device=DeviceKind.OWN, second_factor=True, at=begun, until=begun.replace(year=2100)
    )
    session = client.session
    put(session, row, person.session_version)
    session[SEEN] = row.until.timestamp()  # never renewed
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key or ""
    return client


@pytest.fixture
def teacher(school: School) -> Client:
    """The class teacher's phone."""
    return signed_in(school.teacher)


@pytest.fixture
def office(school: School) -> Client:
    """The school office's computer."""
    return signed_in(school.office)
