"""Every address × every post × every relation to what it names, asked of the views themselves; none left out.

A view is called as the resolver finds it, past middleware and session, which `test_access_matrix` walks:
what is not there then costs a moment, so that all of it can be asked. What is said is searched at the ends of
each reach.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import date
from typing import Any, NamedTuple

import pytest
from builders_db import TERM_START
from conftest import Clock, Standing, cookie_of, signed_in
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.template import loader
from django.test import RequestFactory
from django.urls import resolve, reverse
from leaking import leaks, may_read
from targets import TARGETS
from targets_support import pairing_of, plan_of
from test_access_matrix import ALL, ASKED, ONE_ROW, allowed
from test_place_pages import WHOLE, lies_in
from world import LATER, NEAR, Target, World, a_holder, reached, spot_of

from notoneless.core.terms import PlaceKind, Post
from notoneless.records.access import TABLE, Fields, Scope, Thing, Verb
from notoneless.records.models import JournalEntry, Person, Place, PostHeld
from notoneless.records.scopes import posts_read_once

TODAY = date(2025, 9, 8)
PAGES = [name for name in ASKED if name.startswith("web:")]  # programs are let in by another door
ARGUMENTS = {name: each.pattern.converters for name, each in ALL.items()}


class Asker(NamedTuple):
    """Somebody who holds a post, or none; `alike`: another asker's post stands in the same rows."""

    post: Post | None
    person: Person
    cookie: str  # for the one view that finds out by itself who asks
    who: str
    alike: bool = False

    def ask(self, method: str, url: str, fields: Mapping[str, str] | None = None) -> HttpResponse | None:
        """What the view of this address answers; None when there is no such page."""
        request = getattr(RequestFactory(), method)(url, fields or {})
        request.session, request.asker = SessionStore(self.cookie), self.person
        request.resolver_match = match = resolve(request.path_info)
        try:
            answer = match.func(request, *match.args, **match.kwargs)
        except (Http404, PermissionDenied):
            return None
        return answer if answer.status_code != 404 else None

    def __repr__(self) -> str:
        return self.who


@pytest.fixture(scope="module")
def askers(standing_world: Standing) -> list[Asker]:
    """A holder of every post, one whose posts ended this morning, and somebody without any."""
    world = standing_world.world
    gone = Person.objects.create(name="今早离任的人")
    for post in Post:
        spot = spot_of(world, post)
        PostHeld.objects.create(person=gone, post=post, held_from=TERM_START, held_until=TODAY, **spot)
    nobody = Person.objects.create(name="没有任职的人")
    told_apart = {post for post, _ in standing_world.cookies}
    return [
        *(_asker(post, a_holder(world, post), post.value, post not in told_apart) for post in Post),
        _asker(None, gone, "whose posts have ended"),
        _asker(None, nobody, "who has no post"),
    ]


def _asker(post: Post | None, person: Person, who: str, alike: bool = False) -> Asker:
    return Asker(post, person, cookie_of(signed_in(person)), who, alike)


@pytest.fixture
def unsaid(monkeypatch: pytest.MonkeyPatch) -> Callable[[], AbstractContextManager[object]]:
    """Within it pages are decided and not written out, which is most of what they cost."""

    @contextmanager
    def quietly() -> Iterator[None]:
        with monkeypatch.context() as patch:
            patch.setattr(loader, "render_to_string", lambda *_args, **_more: "")
            yield

    return quietly


@pytest.fixture
def world(
    standing_world: Standing, db: None, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    """The world, in which a request says who asks, and nobody's posts change."""
    clock(LATER)
    monkeypatch.setattr("notoneless.web.signed_in.person_of", lambda request: request.asker)
    with posts_read_once():
        yield standing_world.world


@pytest.mark.long
@pytest.mark.parametrize("name", ONE_ROW)
def test_each_row_is_there_for_whom_the_table_allows_and_for_nobody_else(
    name: str, world: World, askers: list[Asker], unsaid: Callable[[], AbstractContextManager[object]]
) -> None:
    asked = ASKED[name]
    urls = {target.no: reverse(name, kwargs=TARGETS[name](target)) for target in world.targets}
    for asker in askers:
        seen = allowed(asker.post, asked.thing, asked.see)
        done = allowed(asker.post, asked.thing, asked.do or asked.see)
        read = set() if asker.alike else {min(seen, default=-1), max(seen, default=-1)}
        for no, url in urls.items():
            with nullcontext() if no in read else unsaid():
                answer = asker.ask("get", url)
            assert (answer is not None) == (no in seen), (name, asker, no)
            if answer is not None:
                assert leaks(answer, asker.post, world) == [], (name, asker, no)
        before = JournalEntry.objects.count()
        with unsaid():
            for no in urls.keys() - done:
                answer = asker.ask("post", urls[no], {"key": "k", "reason": "r"})
                assert answer is None or answer.status_code in (403, 405, 422), (name, asker, no)
        assert JournalEntry.objects.count() == before, (name, asker)


# Pages of a place, with what else their addresses take.
PLAIN = [name for name in PAGES if name not in TARGETS and set(ARGUMENTS[name]) == {"place_id"}]
OF_A_PLACE: Mapping[str, dict[str, Any]] = {
    **{name: {} for name in PLAIN},
    "web:make_paper_at": {"form": "monthly-list"},
    "web:ledger": {"kind": "school-age"},
    "web:register": {"name": "hardship"},
    "web:draw_report": {"kind": "monthly", "day": date(2025, 9, 1)},
}


# Of a person, a duty, a report or an hour's sight: each has tests of its own.
OF_ONE_ROW = {"web:invite", "web:duty", "web:report", "web:sight"}


def test_every_address_is_asked() -> None:
    named = {name for name in PAGES if ARGUMENTS[name]}
    assert named == set(ONE_ROW) | set(OF_A_PLACE) | OF_ONE_ROW


@pytest.mark.long
@pytest.mark.parametrize("name", OF_A_PLACE)
def test_each_page_of_a_place_is_there_only_for_whom_the_table_allows(
    name: str, world: World, askers: list[Asker], unsaid: Callable[[], AbstractContextManager[object]]
) -> None:
    opened = 0
    for asker in askers:
        if asker.alike:
            continue
        open_to = [place for place in places(world) if may_open(world, asker.post, name, place)]
        for place in places(world):
            url = reverse(name, kwargs={"place_id": place.pk, **OF_A_PLACE[name]})
            with nullcontext() if place in (*open_to[:1], *open_to[-1:]) else unsaid():
                answer = asker.ask("get", url, {"group": "LOW_INCOME"})
            if answer is None or answer.status_code == 405:
                continue
            opened += 1
            assert place in open_to, (name, asker, place.name)
            assert leaks(answer, asker.post, world) == [], (name, asker, place.name)
    assert opened or name == "web:reviewed", "nobody could open it anywhere"


def places(world: World) -> list[Place]:
    """The places of the world that have pages, near and far."""
    return list(Place.objects.exclude(kind__in=(PlaceKind.GRADE, PlaceKind.BOARDING_HOUSE)).order_by("path"))


def may_open(world: World, post: Post | None, name: str, place: Place) -> bool:
    """Whether the table lets the post see the page of a place from where it is held."""
    asked = ASKED[name]
    spot = spot_of(world, post) if post else {}
    at_place, in_class = spot.get("place"), spot.get("class_group")
    rows = [r for r in TABLE if r.thing is asked.thing and asked.see in r.verbs and post in r.posts]
    whole = any(row.scope in WHOLE and at_place is not None and lies_in(place, at_place) for row in rows)
    # A class teacher opens the school's page for the own class alone; whose children are in it is searched.
    return whole or any(row.scope is Scope.CLASS and in_class and in_class.school == place for row in rows)


# Pages of one's own about a row: for whom the row is, or whoever may see such rows about the child.
OWN_ROWS: Mapping[str, tuple[Thing, Callable[[Target], dict[str, Any]]]] = {
    "web:pairing": (Thing.SUPPORT, lambda t: {"pairing_id": pairing_of(t).pk}),
    "web:record_help": (Thing.SUPPORT, lambda t: {"pairing_id": pairing_of(t).pk}),
    "web:tuition": (Thing.SUPPORT, lambda t: {"plan_id": plan_of(t).pk}),
    "web:record_tuition": (Thing.SUPPORT, lambda t: {"plan_id": plan_of(t).pk}),
    "web:person": (Thing.PEOPLE, lambda t: {"person_id": t.teacher.pk}),
}


@pytest.mark.long
@pytest.mark.parametrize("name", OWN_ROWS)
def test_a_row_that_is_ones_own_is_no_strangers(name: str, world: World, askers: list[Asker]) -> None:
    thing, arguments = OWN_ROWS[name]
    urls = {target.no: reverse(name, kwargs=arguments(target)) for target in world.targets}
    for asker in askers:
        theirs = allowed(asker.post, thing, Verb.SEE)
        for no, url in urls.items():
            answer = asker.ask("get", url)
            assert answer is None or no in theirs, (name, asker, no)
            assert answer is None or leaks(answer, asker.post, world) == [], (name, asker, no)
            if no not in theirs:
                answer = asker.ask("post", url, {"key": "k"})
                assert answer is None or answer.status_code == 405, (name, asker, no)


# Files: the address, what it takes beside the target's place, class or child, and what is posted.
FILES: tuple[tuple[str, dict[str, str], dict[str, str]], ...] = (
    ("web:export_register", {"name": "hardship", "form": "csv"}, {}),
    ("web:export_register", {"name": "contacts", "form": "docx"}, {}),
    ("web:export_register", {"name": "attending", "form": "csv"}, {"identity": "1"}),
    ("web:export_ledger", {"kind": "school-age", "form": "csv"}, {}),
    ("web:export_ledger", {"kind": "suspected", "form": "xlsx"}, {}),
    ("web:export_figures", {"form": "csv"}, {}),
    ("web:child_file", {}, {"form": "docx"}),
    ("web:class_file", {}, {"form": "xlsx"}),
    ("web:compliance_pack", {}, {}),
)


@pytest.mark.long
@pytest.mark.parametrize(("name", "more", "fields"), FILES, ids=lambda given: str(given))
def test_a_file_holds_no_more_than_its_reader_may_read_and_is_journalled(
    name: str, more: dict[str, str], fields: dict[str, str], world: World, askers: list[Asker]
) -> None:
    asked, near, taken = ASKED[name], world.targets[NEAR], 0
    whole = {"place_id": near.school.pk, "class_id": near.class_group.pk, "child_id": near.child.pk}
    takes = {key: value for key, value in whole.items() if key in ARGUMENTS[name]}
    for asker in askers:
        may = NEAR in allowed(asker.post, asked.thing, asked.do or asked.see)
        if more.get("name") == "hardship":  # of which nothing is left without its field
            may = may and may_read(asker.post, "hardship", NEAR)
        before = JournalEntry.objects.count()
        answer = asker.ask("post", reverse(name, kwargs=takes | more), fields)
        assert (answer is not None and answer.status_code == 200) == may, (name, asker)
        if answer is not None and may:
            taken += 1
            assert "attachment" in answer.headers["Content-Disposition"], (name, asker)
            assert JournalEntry.objects.count() > before, (name, asker)
            numbers = (
                {f"identity of {t.no}" for t in world.targets if _numbers(asker, t.no)} if fields else set()
            )
            assert set(leaks(answer, asker.post, world)) <= numbers, (name, asker)
    assert taken, "nobody could take it"


def _numbers(asker: Asker, target: int) -> bool:
    """Whether the table lets the asker read a child's whole number."""
    rows = [r for r in TABLE if r.thing is Thing.CHILD and Fields.IDENTITY in r.fields]
    return any(asker.post in r.posts and asker.post and target in reached(asker.post, r.scope) for r in rows)
