"""Every address through everything a request goes through: what the table says, and nothing else.

The expectation comes from the table and an oracle of who stands where (`world`); nothing here asks the door.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from conftest import Clock, Standing, signed_in
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from leaking import ON_REQUEST, leaks
from targets import NOTHING, TARGETS
from targets_reports import OF_PLACES
from world import LATER, Target, World, a_holder, reached

from notoneless.core.terms import Post
from notoneless.records.access import ADDRESSES, TABLE, Asked, Open, Thing, Verb, posts_that
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
PAGES_ALONE = [name for name in ADDRESSES if name in ALL and not name.startswith("api:")]
LISTS = [name for name in PAGES_ALONE if not NAMED.search(str(ALL[name].pattern))]


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
    *("api:roll_call", "api:child", "api:silent"),  # asked with tokens, in test_api_access
}


# Those who go through everything a request goes through; of the views themselves every post asks.
THROUGH = (
    Post.CLASS_TEACHER,
    Post.PRINCIPAL,
    Post.TOWNSHIP,
    Post.VILLAGE_COMMITTEE,
    Post.COUNTY_BUREAU,
    None,
)


def walked(world: World, seen: set[int]) -> list[Target]:
    """The nearest within a post's reach and the nearest beyond it.

    All posts and all five are asked in `test_access_whole`, of the views themselves.
    """
    within = [target for target in world.targets if target.no in seen]
    beyond = [target for target in world.targets if target.no not in seen]
    return [*within[:1], *beyond[:1]]


@pytest.mark.long
@pytest.mark.parametrize("name", ONE_ROW)
def test_a_row_is_there_for_whom_the_table_allows_and_for_nobody_else(
    name: str, world: World, standing_world: Standing
) -> None:
    asked = ASKED[name]
    for post, client in standing_world.browsers():
        if post not in THROUGH:
            continue
        seen = allowed(post, asked.thing, asked.see)
        done = allowed(post, asked.thing, asked.do or asked.see)
        for target in walked(world, seen):
            url, said = reverse(name, kwargs=TARGETS[name](target)), (name, post, target.no)
            answer = client.get(url)
            assert (answer.status_code != 404) == (target.no in seen), (*said, answer.status_code)
            assert leaks(answer, post, world) == [], said
            before = JournalEntry.objects.count()
            answer = client.post(url, {"key": "k", "reason": "r"})
            shown = [f"{what} of {target.no}" for what, page in ON_REQUEST.items() if page == name]
            assert leaks(answer, post, world) in ([], shown if target.no in done else []), said
            if target.no not in done:
                assert answer.status_code in (403, 404, 405, 422), (*said, answer.status_code)
                assert JournalEntry.objects.count() == before, said


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


def test_the_canaries_do_sing(world: World) -> None:
    page = signed_in(a_holder(world, Post.CLASS_TEACHER)).get(
        reverse("web:child", kwargs=TARGETS["web:child"](world.targets[0]))
    )
    words = page.content.decode()
    missing = {k for k, v in world.targets[0].canaries.items() if v not in words}
    assert missing == {"identity", "reporter"}


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
