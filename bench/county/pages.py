"""The pages of those above the classes: what each costs the server, how long it takes, what it asks for."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from bench.county import client, site
from bench.county.client import Sent
from bench.measure import measure
from bench.postgresql import Durable
from bench.processes import cpu_of_trees
from bench.roll_call.client import percentile
from bench.roll_call.product_site import Site
from bench.roll_call.server import Running

WARM = 6  # requests of each page that are not counted
ABSENT, OVERDUE, OVERDUE_NEXT = "absentees of the day, county", "overdue, county", "overdue, county, page 7"
TEACHER = "class teacher's today"
LISTS = (ABSENT, OVERDUE, OVERDUE_NEXT)


class Page(NamedTuple):
    """A page as somebody asks for it."""

    name: str
    address: str
    data: bytes


class Asked(NamedTuple):
    """One page, asked for many times by one person at a time."""

    name: str
    p95_ms: float
    web_ms: float  # CPU of the web processes
    database_ms: float  # CPU of the database
    queries: int
    sql_p95_ms: float  # all statements of one request together
    kilobytes: float  # over the wire
    wrong: int  # answers other than 200

    @property
    def server_ms(self) -> float:
        """CPU of both."""
        return self.web_ms + self.database_ms


def run(installation: Site, server: Running, database: Durable, at: datetime, times: int) -> list[Asked]:
    """Each page so many times in turn, the moment standing at `at`."""
    found: list[Page] = measure(pages, installation).value
    counts = measure(counted, installation, found, at, times // 2).value
    return [_asked(installation, server, database, each, at, times, *counts[each.name]) for each in found]


def _asked(
    installation: Site,
    server: Running,
    database: Durable,
    page: Page,
    at: datetime,
    times: int,
    queries: int,
    sql: float,
) -> Asked:
    def ask(number: int) -> client.Driven:
        requests = [Sent(page.data, at)] * number
        given: client.Driven = measure(
            client.closed_loop, server.port, requests, 1, installation.clock, b"200"
        ).value
        return given

    ask(WARM)
    before = cpu_of_trees(server.pid), cpu_of_trees(database.pid)
    driven = ask(times)
    web, kept = (
        cpu_of_trees(each) - used for each, used in zip((server.pid, database.pid), before, strict=True)
    )
    return Asked(
        page.name,
        driven.wait_ms(0.95),
        1000 * web / times,
        1000 * kept / times,
        queries,
        sql,
        len(driven.answer) / 1000,
        len(driven.errors),
    )


def pages(installation: Site) -> list[Page]:
    """The boards of every post and the county's two long lists, each as its own person asks."""
    site.set_up(installation)
    from django.urls import reverse

    from notoneless.core.terms import PlaceKind, Post

    county, bureau = _holder(Post.COUNTY_BUREAU, PlaceKind.COUNTY)
    township, cadre = _holder(Post.TOWNSHIP, PlaceKind.TOWNSHIP)
    school, principal = _holder(Post.PRINCIPAL, PlaceKind.SCHOOL)
    _, duty_officer = _holder(Post.DUTY_OFFICER, PlaceKind.SCHOOL)
    _, enrolment_officer = _holder(Post.ENROLMENT_OFFICER, PlaceKind.SCHOOL)
    _, villager = _holder(Post.VILLAGE_CADRE, PlaceKind.VILLAGE)
    overdue = reverse("web:list_overdue", args=[county])
    return [
        _page(ABSENT, reverse("web:list_absent", args=[county]), bureau),
        _page(OVERDUE, overdue, bureau),
        _page(OVERDUE_NEXT, f"{overdue}?page=7", bureau),
        _page("board of the county", reverse("web:county", args=[county]), bureau),
        _page("board of a township", reverse("web:township", args=[township]), cadre),
        _page("board of a principal", reverse("web:principal", args=[school]), principal),
        _page("wall of a school", reverse("web:school_board", args=[school]), duty_officer),
        _page("enrolment officer", reverse("web:enrolment", args=[school]), enrolment_officer),
        _page("season, county", reverse("web:season", args=[county]), bureau),
        _page(TEACHER, reverse("web:today"), _holder_in_class(Post.CLASS_TEACHER)),
        _page("subject teacher", reverse("web:lessons"), _holder_in_class(Post.SUBJECT_TEACHER)),
        _page("village cadre", reverse("web:village"), villager),
    ]


def _holder(post: Any, kind: Any) -> tuple[int, int]:
    """A place of the kind and somebody who holds the post there."""
    from notoneless.records.models import PostHeld

    held = PostHeld.objects.filter(post=post, place__kind=kind, held_until=None).order_by("pk")[0]
    return held.place_id or 0, held.person_id


def _holder_in_class(post: Any) -> int:
    from notoneless.records.models import PostHeld

    held = PostHeld.objects.filter(post=post, class_group__isnull=False, held_until=None)
    return int(held.order_by("-pk").values_list("person_id", flat=True)[0])


def _page(name: str, address: str, person: int) -> Page:
    from bench.roll_call.product_site import signed_in

    headers, _ = signed_in(person)
    lines = [
        f"GET {address} HTTP/1.1",
        "Host: 127.0.0.1",
        "Accept-Encoding: gzip",
        *(f"{each}: {value}" for each, value in headers.items() if each != "Content-Type"),
    ]
    return Page(name, address, "\r\n".join(lines).encode() + b"\r\n\r\n")


def counted(
    installation: Site, asked: Sequence[Page], at: datetime, times: int
) -> dict[str, tuple[int, float]]:
    """The number of statements of each page, and the 95th percentile of what they take together in ms."""
    site.set_up(installation)
    from django.db import connection
    from django.test import Client

    from notoneless.clock import set_demo_clock

    set_demo_clock(installation.clock, at)
    found = {}
    for page in asked:
        cookie = page.data.split(b"Cookie: ")[1].split(b"\r\n")[0].decode()
        client_, timed = Client(headers={"cookie": cookie, "host": "127.0.0.1"}), []
        for _ in range(WARM + times):
            timer = _Timer()
            with connection.execute_wrapper(timer):
                client_.get(page.address)
            timed.append(timer)
        found[page.name] = timed[-1].count, percentile([each.ms for each in timed[WARM:]], 0.95)
    return found


class _Timer:
    """Counts the statements that pass and adds up what they take until their rows are there."""

    def __init__(self) -> None:
        self.count, self.ms = 0, 0.0

    def __call__(self, execute: Callable[..., Any], *args: Any) -> Any:
        """One more statement."""
        began = time.perf_counter()
        try:
            return execute(*args)
        finally:
            self.count += 1
            self.ms += 1000 * (time.perf_counter() - began)
