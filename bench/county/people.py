"""Signing in: what one costs, and how seldom a teacher who calls the roll every morning has to."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random
from statistics import median
from typing import NamedTuple, TypeVar

from bench.county import site
from bench.county.made import LOADED_AT
from bench.county.site import PASSWORD
from bench.roll_call.product_site import Site
from notoneless.core.calendar import default_calendar
from notoneless.core.facts import CHINA_TIME
from notoneless.core.terms import Post

T = TypeVar("T")
TIMES = 30
TEACHERS = 2_000
# Assumed: who calls the roll on what. The office's computer belongs to several, so it stands for nobody long.
OWN_TELEPHONE = 0.95
AWAY = 0.03  # of mornings somebody else calls
TERM = (date(2025, 9, 1), date(2026, 1, 16))


class SignIns(NamedTuple):
    """CPU-ms of the web process for one sign-in by password, and the share of roll calls that need none."""

    cpu_ms: float
    hash_ms: float  # of it the password's hash alone
    without: float  # in a term, first sign-in included
    own_only: float  # of those with a telephone of their own


def cost(installation: Site) -> tuple[float, float]:
    """CPU-ms of one sign-in over the real page, and of the hash alone."""
    site.set_up(installation)
    from django.contrib.auth.hashers import check_password, make_password
    from django.contrib.auth.models import User
    from django.test import Client

    from notoneless.records.models import PostHeld

    held = PostHeld.objects.filter(
        post=Post.CLASS_TEACHER, class_group__isnull=False, person__user__isnull=False
    )
    users = list(User.objects.filter(person__in=held.values("person")).order_by("pk")[: TIMES + 3])
    whole, hashed = [], []
    for user in users:
        user.password = make_password(PASSWORD)  # a kept county may have the hashes of older settings
        user.save(update_fields=["password"])
        browser = Client(headers={"host": "127.0.0.1"})
        browser.handler.load_middleware()  # a server does so once, and each test client anew
        before = time.process_time()
        answer = browser.post("/login/", {"name": user.username, "password": PASSWORD, "device": "OWN"})
        whole.append(time.process_time() - before)
        assert answer.status_code == 302, answer.content.decode()[:2000]
        before = time.process_time()
        assert check_password(PASSWORD, user.password)
        hashed.append(time.process_time() - before)
    return 1000 * median(whole[3:]), 1000 * median(hashed[3:])


def share_without(own: float = OWN_TELEPHONE) -> float:
    """The share of a term's roll calls for which nobody signs in, with the lengths the product has."""
    from notoneless.core.terms import DeviceKind
    from notoneless.services.accounts import lasts

    rng, days = Random(1), default_calendar().school_days(*TERM)
    calls = needed = 0
    for _ in range(TEACHERS):
        device = DeviceKind.OWN if rng.random() < own else DeviceKind.SHARED
        until: datetime | None = None
        for day in days:
            if rng.random() < AWAY:
                continue
            at = datetime(day.year, day.month, day.day, 8, rng.randrange(1, 18), tzinfo=CHINA_TIME)
            calls += 1
            if until is None or at >= until:
                needed += 1
                until = at + lasts(device, must_have_factor=False)
            elif device is DeviceKind.OWN:  # each use lets a telephone's sign-in reach further
                until = at + lasts(device, must_have_factor=False)
    return 1 - needed / calls


def sign_ins(installation: Site) -> SignIns:
    """Both."""
    cpu, hashed = cost(installation)
    return SignIns(cpu, hashed, share_without(), share_without(1.0))


class Spent(NamedTuple):
    """Wall and CPU seconds of the worker's process; what the database spends is in the wall alone."""

    seconds: float
    cpu: float


class Night(NamedTuple):
    """What the worker does on the whole county."""

    check: Spent  # who answers for whom
    gaps: int
    morning: Spent  # the first look of a school day
    opened: int
    again: Spent  # the look after it, with nothing new


def night(installation: Site, day: date) -> Night:
    """The nightly check of who answers for whom, and the worker's looks of the next morning."""
    site.set_up(installation)
    from notoneless.services.coverage import check_coverage
    from notoneless.services.due import tick

    # What had fallen due since the county was loaded is not this night's.
    tick(now=LOADED_AT)
    at = datetime.combine(day, datetime.min.time(), CHINA_TIME) + timedelta(hours=8)
    checked, check = _timed(lambda: check_coverage(now=at - timedelta(hours=6)))
    first, morning = _timed(lambda: tick(now=at))
    _, again = _timed(lambda: tick(now=at + timedelta(seconds=20)))
    return Night(check, checked.open, morning, first.opened + first.dated, again)


def _timed(act: Callable[[], T]) -> tuple[T, Spent]:
    """What the act gives, and what it took."""
    began, spent = time.perf_counter(), time.process_time()
    value = act()
    return value, Spent(time.perf_counter() - began, time.process_time() - spent)
