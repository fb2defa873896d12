"""Loading the county into a database, and what its staff send; each function runs in its own process."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from bench.county.made import LOADED_AT, Size, county_until, days_ahead, evening
from bench.roll_call.product_site import Site, stored_since
from notoneless.batch.simulate import County

PASSWORD = "everybody-has-the-same-1"
Away = dict[UUID, tuple[str, str]]


class Said(NamedTuple):
    """What a teacher says of a class on one morning; `away` maps those not present to status and reason."""

    class_group: int
    teacher: int
    day: date
    away: Away


class Loaded(NamedTuple):
    """What the bench knows of a loaded county; plain values that can be kept."""

    children: int
    classes: int
    roll_calls: int
    marks: int
    mornings: list[list[Said]]


def set_up(site: Site) -> None:
    """Django with this installation's settings."""
    os.environ |= site.environment
    import django

    django.setup()


def migrate(site: Site) -> None:
    """Bring the database up to date."""
    set_up(site)
    from django.core.management import call_command

    (site.home / "static").mkdir(exist_ok=True)  # or every web process warns that it is not there
    call_command("migrate", verbosity=0, interactive=False)


def load(site: Site, size: Size) -> Loaded:
    """The facts of one term, the people with their logins, and what comes on the mornings after it."""
    migrate(site)
    from notoneless.services.demo.loading import load_facts

    county = county_until(size, LOADED_AT)
    load_facts(county, at=LOADED_AT, passwords={})
    _give_users()
    _give_homes(county)
    ahead = days_ahead(size)
    mornings = _mornings(county_until(size, evening(ahead[-1])), ahead)
    return Loaded(
        len(county.children), len(county.classes), len(county.roll_calls), len(county.marks), mornings
    )


def assess(site: Site, part: int, parts: int) -> int:
    """Derive what is owed for every child with a mark: this part of them all; how many were opened."""
    set_up(site)
    from notoneless.records.models import AttendanceMark
    from notoneless.services.assessments import reassess

    marked = AttendanceMark.objects.order_by("child_id").values_list("child_id", flat=True).distinct()
    children = list(marked)
    return reassess(
        children[len(children) * part // parts : len(children) * (part + 1) // parts], as_of=LOADED_AT
    )


def _give_users() -> None:
    """A login for everybody; one hash for all, or making them would take longer than all the rest."""
    from django.contrib.auth.hashers import make_password
    from django.contrib.auth.models import User

    from notoneless.records.models import Person

    kept, people = make_password(PASSWORD), list(Person.objects.filter(user=None))
    users = User.objects.bulk_create(
        [User(username=f"p{each.pk}", password=kept) for each in people], batch_size=1000
    )
    for person, user in zip(people, users, strict=True):
        person.user = user
    Person.objects.bulk_update(people, ["user"], batch_size=1000)


def _give_homes(county: County) -> None:
    """Every child lives in the village of its school."""
    from notoneless.records.models import ClassGroup, Enrolment, Residence

    if Residence.objects.exists():
        return
    village = dict(ClassGroup.objects.values_list("pk", "school__parent_id"))
    since = county.days[0]
    rows = Enrolment.objects.values_list("child_id", "class_group_id")
    Residence.objects.bulk_create(
        [Residence(child_id=child, place_id=village[group] or 0, from_day=since) for child, group in rows],
        batch_size=2000,
    )


def _mornings(county: County, days: Sequence[date]) -> list[list[Said]]:
    """Every class on every one of these days, whether or not the made-up county took that roll call."""
    from notoneless.core.terms import Post
    from notoneless.records.models import Enrolment, PostHeld
    from notoneless.records.scopes import live

    home = dict(Enrolment.objects.values_list("child_id", "class_group_id"))
    asked = set(days)
    away: dict[tuple[date, int], Away] = defaultdict(dict)
    for mark in county.marks:
        if not mark.corrects and mark.day in asked:
            child = county.children[mark.child].id
            reason = mark.reason.value if mark.reason else ""
            away[mark.day, home[child]][child] = (mark.status.value, reason)
    held = PostHeld.objects.filter(live(days[-1]), post=Post.CLASS_TEACHER, class_group__isnull=False)
    of_class = held.order_by("class_group_id", "-held_from").values_list("class_group_id", "person_id")
    teachers = {group or 0: by for group, by in of_class}  # a deputy stands beside whom they stand in for
    return [[Said(group, by, day, away[day, group]) for group, by in teachers.items()] for day in days]


def open_duties(site: Site, days: Sequence[date]) -> int:
    """What the worker does as the morning check begins: each class owes its roll call; how many do."""
    set_up(site)
    from datetime import datetime, time

    from notoneless.core.facts import CHINA_TIME
    from notoneless.services.roll_call_duties import open_roll_calls

    return sum(open_roll_calls(now=datetime.combine(day, time(8), CHINA_TIME)) for day in days)


def stored(site: Site) -> tuple[int, int]:
    """How many roll calls and marks of them were taken since LOADED_AT, and stand."""
    set_up(site)
    return stored_since(LOADED_AT)


def sent(mornings: Sequence[Sequence[Said]]) -> tuple[int, int]:
    """How many roll calls and marks these mornings should leave."""
    return sum(map(len, mornings)), sum(len(said.away) for morning in mornings for said in morning)


def requests(site: Site, mornings: Sequence[Sequence[Said]]) -> list[list[bytes]]:
    """Each roll call as the bytes a teacher's browser sends: the page's form, session cookie, CSRF token."""
    set_up(site)
    from bench.roll_call.product_site import signed_in

    # Each teacher has signed in once, on one telephone.
    teachers = {said.teacher for morning in mornings for said in morning}
    browsers = {teacher: signed_in(teacher) for teacher in teachers}
    return [[_request(said, *browsers[said.teacher]) for said in morning] for morning in mornings]


def _request(said: Said, headers: dict[str, str], token: str) -> bytes:
    from bench.roll_call.calls import CALLED_AT, SESSION

    fields = [
        ("csrfmiddlewaretoken", token),
        ("key", str(UUID(int=said.class_group << 64 | said.day.toordinal()))),
        ("taken_at", f"{said.day}T{CALLED_AT}+08:00"),
        *_answers(said.away),
        ("rest_present", "1"),
    ]
    body = urlencode(fields).encode()
    lines = [
        f"POST /roll-call/{said.class_group}/{said.day}/{SESSION}/ HTTP/1.1",
        "Host: 127.0.0.1",
        *(f"{name}: {value}" for name, value in headers.items()),
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def _answers(away: Away) -> Iterator[tuple[str, str]]:
    for child, (status, reason) in away.items():
        yield f"status-{child}", status
        if reason:
            yield f"reason-{child}", reason
