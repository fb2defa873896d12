"""The product's database and the requests made to it; each function runs in a process of its own."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from bench.roll_call.calls import CALLED_AT, SESSION, Call, Morning, Request
from notoneless.batch.simulate import County, shipped_params, simulate
from notoneless.core.calendar import default_calendar
from notoneless.core.facts import CHINA_TIME

SEED = 20251020
# The evening on which the county stands before the first measured morning: seven weeks into the term.
LOADED_AT = datetime(2025, 10, 20, 20, tzinfo=CHINA_TIME)
# The shipped parameters leave 2.1 % of pupils not present; the benchmark is held to 3 %.
MORE_AWAY = 1.63


class Size(NamedTuple):
    """A county all of whose classes have exactly 45 pupils."""

    schools: int
    pupils: int


# With these numbers every grade of every school divides into classes of 45: 720 of them, and 36.
FULL, QUICK = Size(20, 32_400), Size(4, 1_620)
CLASS_SIZE = 45


class Site(NamedTuple):
    """One installation of the product: its folder and the address of its database."""

    home: Path
    url: str

    @property
    def clock(self) -> Path:
        """The file that says how far the product's clock is ahead."""
        return self.home / "clock"

    @property
    def environment(self) -> dict[str, str]:
        """What its processes need to know."""
        return {
            "NOTONELESS_HOME": str(self.home),
            "NOTONELESS_DATABASE_URL": self.url,
            "NOTONELESS_DEMO_CLOCK_FILE": str(self.clock),
            "DJANGO_SETTINGS_MODULE": "notoneless.site.settings",
        }


def build(site: Site, size: Size, days: int) -> tuple[list[list[Call]], list[list[Request]]]:
    """The county as of LOADED_AT; the roll calls of the next `days` mornings, as values and as requests."""
    _set_up(site)
    from django.core.management import call_command

    from notoneless.services import demo

    (site.home / "static").mkdir(exist_ok=True)  # or every web process warns that it is not there
    call_command("migrate", verbosity=0, interactive=False)
    ahead = default_calendar().school_days(LOADED_AT.date() + timedelta(days=1), date(2026, 7, 1))[:days]
    demo.load(_county(size, LOADED_AT), at=LOADED_AT, passwords=_no_passwords())
    mornings = _mornings(_county(size, datetime.combine(ahead[-1], time(20), CHINA_TIME)), ahead)
    return mornings, [list(_requests(morning)) for morning in mornings]


def open_duties(site: Site, days: Sequence[date]) -> int:
    """What the worker does as the morning check begins: each class owes its roll call; how many do."""
    _set_up(site)
    from notoneless.services.roll_call_duties import open_roll_calls

    return sum(open_roll_calls(now=datetime.combine(day, time(8), CHINA_TIME)) for day in days)


def stored(site: Site) -> tuple[int, int]:
    """How many roll calls and marks of them were taken since LOADED_AT, and stand."""
    _set_up(site)
    return stored_since(LOADED_AT)


def stored_since(moment: datetime) -> tuple[int, int]:
    """How many roll calls recorded after the moment stand, and the marks of them that speak."""
    from notoneless.records.models import AttendanceMark, RollCall

    calls = RollCall.objects.filter(recorded_at__gt=moment, standing=True)
    marks = AttendanceMark.objects.filter(roll_call__in=calls, speaks=True, supersedes=None)
    return calls.count(), marks.count()


def statements(site: Site, requests: Sequence[Request]) -> list[int]:
    """How many SQL statements each of these roll calls takes in this process."""
    _set_up(site)
    from django.db import connection
    from django.test import Client

    from notoneless.clock import set_demo_clock

    counts = []
    for request in requests:
        set_demo_clock(site.clock, request.clock)
        counter = _Counter()
        with connection.execute_wrapper(counter):
            answer = Client(enforce_csrf_checks=True).post(
                request.path,
                request.body.decode(),
                content_type=request.headers["Content-Type"],
                headers={"cookie": request.headers["Cookie"], "host": "127.0.0.1"},
            )
        assert answer.status_code == 302, answer.content.decode()[:2000]
        counts.append(counter.count)
    return counts


class _Counter:
    """Counts the statements that pass; Django's own log of them would also write each one out."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Callable[..., Any], *args: Any) -> Any:
        """One more statement."""
        self.count += 1
        return execute(*args)


def _set_up(site: Site) -> None:
    os.environ |= site.environment
    import django

    django.setup()


def county_of(schools: int, pupils: int, *, seed: int, until: datetime) -> County:
    """A made-up county of classes of 45 as it stands at `until`, with 3 % of pupils not present."""
    shipped = shipped_params()
    params = replace(
        shipped,
        ill_daily=shipped.ill_daily * MORE_AWAY,
        leave_daily=shipped.leave_daily * MORE_AWAY,
        unex_daily=shipped.unex_daily * MORE_AWAY,
        late_daily=shipped.late_daily * MORE_AWAY,
    )
    return simulate(
        params,
        seed=seed,
        schools=schools,
        pupils=pupils,
        until=until,
        calendar=default_calendar(),
        class_size=CLASS_SIZE,
    )


def _county(size: Size, until: datetime) -> County:
    return county_of(*size, seed=SEED, until=until)


def _no_passwords() -> dict[str, str]:
    from notoneless.services.demo import LOGINS

    return {login.username: "nobody signs in with this" for login in LOGINS}


def _mornings(county: County, days: Sequence[date]) -> list[list[Call]]:
    """Every class on every one of these days, whether or not the made-up county took that roll call."""
    from notoneless.core.terms import Post
    from notoneless.records.models import Enrolment, PostHeld

    away: dict[date, dict[UUID, tuple[str, str]]] = defaultdict(dict)
    for mark in county.marks:
        if not mark.corrects:
            reason = mark.reason.value if mark.reason else ""
            away[mark.day][county.children[mark.child].id] = (mark.status.value, reason)
    pupils = defaultdict(list)
    for child, group in Enrolment.objects.order_by("child_id").values_list("child_id", "class_group_id"):
        pupils[group].append(child)
    held = PostHeld.objects.filter(post=Post.CLASS_TEACHER, class_group__isnull=False).order_by(
        "class_group_id"
    )
    teachers = dict(held.values_list("class_group_id", "person_id"))
    return [
        [
            Call(
                n, group, teachers[group], day, tuple(here), {c: away[day][c] for c in here if c in away[day]}
            )
            for n, (group, here) in enumerate(sorted(pupils.items()))
        ]
        for day in days
    ]


def _requests(morning: Morning) -> Iterator[Request]:
    """What the page sends: who is away, and that all others are there."""
    for call in morning:
        headers, token = signed_in(call.teacher)
        fields = [
            ("csrfmiddlewaretoken", token),
            ("key", call.key),
            ("taken_at", call.taken_at.isoformat()),
            *_answers(call),
            ("rest_present", "1"),
        ]
        shows = datetime.combine(call.day, CALLED_AT, CHINA_TIME) + timedelta(minutes=1)
        path = f"/roll-call/{call.class_group}/{call.day}/{SESSION}/"
        yield Request(path, headers, urlencode(fields).encode(), shows)


def _answers(call: Call) -> Iterator[tuple[str, str]]:
    for child, (status, reason) in call.away.items():
        yield f"status-{child}", status
        if reason:
            yield f"reason-{child}", reason


def signed_in(person: int) -> tuple[dict[str, str], str]:
    """The headers of a signed-in teacher's browser, and the token its forms carry."""
    from django.conf import settings
    from django.contrib.sessions.backends.signed_cookies import SessionStore
    from django.http import HttpRequest
    from django.middleware.csrf import get_token

    from notoneless.core.terms import DeviceKind
    from notoneless.records.models import SignIn
    from notoneless.web.session import put

    begun = datetime(2020, 1, 1, tzinfo=CHINA_TIME)
    own, until = DeviceKind.OWN, begun.replace(year=2100)
    row = SignIn.objects.create(person_id=person, device=own, second_factor=False, at=begun, until=until)
    session = SessionStore()
    put(session, row, 1)
    session.save()
    asked = HttpRequest()
    token = get_token(asked)
    cookies = f"{settings.SESSION_COOKIE_NAME}={session.session_key}; csrftoken={asked.META['CSRF_COOKIE']}"
    return {
        "Cookie": cookies,
        "Content-Type": "application/x-www-form-urlencoded",
        "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8",
    }, token
