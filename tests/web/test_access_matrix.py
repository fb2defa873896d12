"""Every address × every post × every relation to the row it names: what the table says, and nothing else.

The expectation comes from the table and an oracle of who stands where (`world`); nothing here asks the door.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from conftest import Clock, Standing, signed_in
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from targets import NOTHING, TARGETS
from targets_reports import OF_PLACES
from world import LATER, Target, World, a_holder, reached

from notoneless.core.terms import Post
from notoneless.records.access import ADDRESSES, TABLE, Asked, Fields, Open, Thing, Verb, posts_that
from notoneless.records.models import JournalEntry

NAMED = re.compile(r"<")
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')


def patterns(resolver: URLResolver, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address that the resolver knows, with the name by which the table calls it."""
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            yield from patterns(each, f"{each.namespace}:" if each.namespace else space)
        else:
            yield f"{space}{each.name}", each


ALL = dict(patterns(get_resolver()))
ASKED = {name: asked for name, asked in ADDRESSES.items() if isinstance(asked, Asked)}
ONE_ROW = [name for name in ASKED if name in TARGETS]
LISTS = [name for name in ADDRESSES if name in ALL and not NAMED.search(str(ALL[name].pattern))]


@pytest.fixture
def world(standing_world: Standing, db: None, clock: Clock) -> World:
    clock(LATER)
    return standing_world.world


def allowed(post: Post | None, thing: Thing, verb: Verb) -> set[int]:
    """The targets for which the table lets a post do it."""
    rows = [r for r in TABLE if r.thing is thing and verb in r.verbs and post in r.posts]
    return {no for row in rows if post for no in reached(post, row.scope)}


def test_every_address_has_its_row_and_every_row_its_address() -> None:
    assert set(ALL) == set(ADDRESSES)


def test_every_address_that_names_a_row_is_walked() -> None:
    named = {name for name in ASKED if name in ALL and NAMED.search(str(ALL[name].pattern))}
    assert named - TARGETS.keys() - OTHERWISE == set(), "give these a line in tests/web/targets.py"


# The one page that answers with a whole identity number: on request, to those who may, journalled.
WHOLE_NUMBER = "web:identity"
# Rows of a place or of a person and not of one of the five targets: walked in tests of their own.
OTHERWISE = {
    "web:duty",
    "web:invite",
    "web:sight",
    "web:township",
    "web:county",
    "web:reviewed",
    "web:list_cases",
    "web:list_returns",
    "web:list_reasons",
    "web:list_absent",
    "web:list_group",
    "web:list_overdue",
    "web:support_at",  # of a place; a class teacher supports children of the class alone
    "web:relief_list",
    "web:papers_at",  # of a place; a class teacher's are about children of the class
    "web:make_paper_at",
    "web:contradictions_at",  # of a place; a class teacher has a page of the class's
    "web:ledgers",  # of a place, as the next
    "web:ledger",
    "web:register",  # of a place; a class teacher's holds the class alone
    *OF_PLACES,
}


def walked(world: World, seen: set[int]) -> list[Target]:
    """Where a post's reach begins and ends: the nearest and farthest within it, and those beyond it.

    That the door is right for every post and all five is tried below the pages. A post that may not do it at
    all is turned away before anything is looked for. On PostgreSQL, where the same pages run once more, only
    the nearest of each.
    """
    within = [target for target in world.targets if target.no in seen]
    beyond = [target for target in world.targets if target.no not in seen]
    ends = [*within[:1], *beyond[:1]]
    if seen and connection.vendor == "sqlite":
        ends += [*within[-1:], *beyond[-1:]]
    return list({target.no: target for target in ends}.values())


@pytest.mark.long
@pytest.mark.parametrize("name", ONE_ROW)
def test_a_row_is_there_for_whom_the_table_allows_and_for_nobody_else(
    name: str, world: World, standing_world: Standing
) -> None:
    asked = ASKED[name]
    for post, client in standing_world.browsers():
        seen = allowed(post, asked.thing, asked.see)
        done = allowed(post, asked.thing, asked.do or asked.see)
        for target in walked(world, seen):
            url, what = reverse(name, kwargs=TARGETS[name](target)), (name, post, target.no)
            answer = client.get(url)
            assert (answer.status_code != 404) == (target.no in seen), (*what, answer.status_code)
            assert leaks(answer, post, world) == [], what
            before = JournalEntry.objects.count()
            answer = client.post(url, {"key": "k", "reason": "r"})
            shown = [f"identity of {target.no}"] if name == WHOLE_NUMBER and target.no in done else []
            assert leaks(answer, post, world) in ([], shown), what
            if target.no not in done:
                assert answer.status_code in (403, 404, 405, 422), (*what, answer.status_code)
                assert JournalEntry.objects.count() == before, what


@pytest.mark.parametrize("name", ONE_ROW)
def test_out_of_scope_looks_exactly_like_not_there(name: str, world: World) -> None:
    kwargs = TARGETS[name](world.targets[3])
    nothing = {key: NOTHING.get(key, value) for key, value in kwargs.items()}
    asked = ASKED[name]
    for post in (Post.CLASS_TEACHER, Post.PRINCIPAL, Post.VILLAGE_CADRE, Post.AUDIT_OFFICER):
        if 3 in allowed(post, asked.thing, asked.see):
            continue
        client = signed_in(a_holder(world, post))
        urls = [reverse(name, kwargs=k) for k in (kwargs, nothing)]
        far, none = (client.get(url) for url in urls)
        assert (far.status_code, none.status_code) == (404, 404)
        # The page says again which address was asked for, under a new token; nothing else may differ.
        said = [
            TOKEN.sub("", a.content.decode()).replace(url, "")
            for a, url in zip((far, none), urls, strict=True)
        ]
        assert said[0] == said[1]
        assert far.headers.keys() == none.headers.keys()


@pytest.mark.parametrize("name", LISTS)
def test_a_page_that_names_no_row_is_there_for_whoever_may_see_such_rows(
    name: str, world: World, standing_world: Standing
) -> None:
    asked = ADDRESSES[name]
    for post, client in standing_world.browsers():
        answer = client.get(reverse(name), {"q": "儿", "page": "1"})
        if isinstance(asked, Asked):
            may = post in posts_that(asked.thing, asked.see)
            assert (answer.status_code != 404) == may, (name, post, answer.status_code)
        assert leaks(answer, post, world) == [], (name, post)


@pytest.mark.parametrize("name", [n for n, a in ADDRESSES.items() if a != Open(False) and n in ALL])
def test_whoever_is_not_signed_in_is_asked_to(name: str, world: World) -> None:
    kwargs = TARGETS[name](world.targets[0]) if name in TARGETS else {}
    if NAMED.search(str(ALL[name].pattern)) and not kwargs:
        return
    answer = Client().get(reverse(name, kwargs=kwargs))
    assert answer.status_code in (302, 401, 405), name  # 401: a telephone, which takes no page
    if answer.status_code == 302:
        assert answer.headers["Location"].startswith(reverse("web:login"))


# What stands in an answer.

SEEN_BY = {
    "phone": Fields.CONTACT,
    "guardian": Fields.CONTACT,
    "hardship": Fields.HARDSHIP,
    "health": Fields.HEALTH,
    "private": Fields.NOTES,
}


def may_read(post: Post | None, what: str, target: int) -> bool:
    """Whether the table lets a post read this of a target's child."""
    if what == "identity":
        return False
    field = Fields.BASIC if what == "name" else SEEN_BY[what]
    rows = [r for r in TABLE if field in r.fields and post in r.posts and r.thing is Thing.CHILD]
    return any(post and target in reached(post, row.scope) for row in rows)


def leaks(answer: HttpResponse, post: Post | None, world: World) -> list[str]:
    """The words in an answer that this post may not read."""
    said = answer.content.decode(errors="replace") + str(dict(answer.headers))
    return [
        f"{what} of {target.no}"
        for target in world.targets
        for what, word in target.canaries.items()
        if word in said and not may_read(post, what, target.no)
    ]


def test_the_canaries_do_sing(world: World) -> None:
    page = signed_in(a_holder(world, Post.CLASS_TEACHER)).get(
        reverse("web:child", kwargs=TARGETS["web:child"](world.targets[0]))
    )
    words = page.content.decode()
    missing = {k for k, v in world.targets[0].canaries.items() if v not in words}
    assert missing == {"identity"}


@pytest.mark.parametrize("method", ["head", "options", "put", "patch", "delete"])
def test_no_other_method_opens_a_door(method: str, world: World) -> None:
    far = reverse("web:child", kwargs=TARGETS["web:child"](world.targets[3]))
    client = signed_in(a_holder(world, Post.PRINCIPAL))
    answer = getattr(client, method)(far)
    assert answer.status_code in (404, 405)
    assert leaks(answer, Post.PRINCIPAL, world) == []


def test_a_row_of_another_child_is_not_there_under_mine(world: World) -> None:
    near, far = world.targets[0], world.targets[3]
    client = signed_in(a_holder(world, Post.PRINCIPAL))
    mixed = {"child_id": near.child.pk, "key": far.obligation.pk}
    assert client.get(reverse("web:obligation", kwargs=mixed)).status_code == 404
    mixed = {"child_id": near.child.pk, "leave_id": far.leave.pk}
    assert client.get(reverse("web:end_leave", kwargs=mixed)).status_code == 404
