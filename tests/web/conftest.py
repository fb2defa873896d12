"""A school with people who can sign in, and a clock that the test sets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import pytest
from builders_db import School, a_school, at
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from pytest_django import DjangoDbBlocker
from world import World, a_holder, spot_of, the_world

from notoneless.clock import set_demo_clock
from notoneless.core.terms import DeviceKind, Post
from notoneless.records.access import TABLE
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


@pytest.fixture(scope="module")
def standing_world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Standing]:
    """The world of `world.py`, made once a file; what a test does to it is undone after the test."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = the_world()
        cookies = [(post, cookie_of(signed_in(person))) for post, person in holders_of(made)]
        yield Standing(made, cookies)
        transaction.set_rollback(True)


class Standing(NamedTuple):
    """The world, and for each post that the table tells apart the cookie of somebody who holds it."""

    world: World
    cookies: list[tuple[Post | None, str]]

    def browsers(self) -> Iterator[tuple[Post | None, Client]]:
        """A fresh browser for each."""
        for post, cookie in self.cookies:
            client = Client(headers={"accept-language": "zh-hans"})
            client.cookies[settings.SESSION_COOKIE_NAME] = cookie
            yield post, client


def holders_of(world: World) -> Iterator[tuple[Post | None, Person]]:
    """Somebody for every post of which the table says something of its own, and one without any.

    Posts that stand in the same rows and are held in the same spot are one to the pages; that each reaches
    what it should is tested for all of them below the pages.
    """
    alike: dict[object, Post] = {}
    for post in Post:
        rows = frozenset(number for number, row in enumerate(TABLE) if post in row.posts)
        alike.setdefault((rows, str(spot_of(world, post))), post)
    for post in alike.values():
        yield post, a_holder(world, post)
    yield None, Person.objects.create(name="没有任职的人")


def cookie_of(client: Client) -> str:
    """What keeps a browser signed in."""
    return client.cookies[settings.SESSION_COOKIE_NAME].value


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
