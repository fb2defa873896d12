"""The pages in a person's frame: 今天 and a board for each post held; the first is where the day begins."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notoneless.core.terms import PlaceKind, Post
from notoneless.records.models import Person, PostHeld
from notoneless.records.scopes import posts_on


class Board(NamedTuple):
    """A board, whose it is, and what kind of place it is about (none: the person's own)."""

    name: Promise
    address: str
    posts: frozenset[Post]
    about: frozenset[PlaceKind] = frozenset()


class Tab(NamedTuple):
    """A board of one person."""

    name: str
    url: str


_SCHOOLS = frozenset({PlaceKind.SCHOOL, PlaceKind.TEACHING_POINT})
_TOWNS = frozenset({PlaceKind.TOWNSHIP, PlaceKind.CENTRAL_SCHOOL})
# From the widest to the nearest: somebody with several posts begins with the one that must see the most.
BOARDS = (
    Board(
        _("全县"),
        "web:county",
        frozenset({Post.COUNTY_BUREAU, Post.SUPERVISION_OFFICE}),
        frozenset({PlaceKind.COUNTY}),
    ),
    Board(_("乡镇"), "web:township", frozenset({Post.TOWNSHIP, Post.CENTRAL_SCHOOL}), _TOWNS),
    Board(_("校长"), "web:principal", frozenset({Post.PRINCIPAL, Post.VICE_PRINCIPAL}), _SCHOOLS),
    Board(_("学籍"), "web:enrolment", frozenset({Post.ENROLMENT_OFFICER}), _SCHOOLS),
    Board(
        _("看板"),
        "web:school_board",
        frozenset(
            {
                Post.DUTY_OFFICER,
                Post.SCHOOL_OFFICE,
                Post.ENROLMENT_OFFICER,
                Post.REPORTING_OFFICER,
                Post.PRINCIPAL,
                Post.VICE_PRINCIPAL,
            }
        ),
        _SCHOOLS,
    ),
    Board(_("我的课"), "web:lessons", frozenset({Post.SUBJECT_TEACHER})),
    Board(_("本村"), "web:village", frozenset({Post.VILLAGE_COMMITTEE, Post.VILLAGE_CADRE})),
)


def tabs_of(person: Person, on: date) -> list[Tab]:
    """The boards of the posts that the person holds on a day; one query."""
    return list(dict.fromkeys(_tabs(posts_on(person, on))))


def first_page(person: Person, on: date) -> str:
    """Where the day begins: 今天 for a class teacher, the widest of the boards for others; one query."""
    held = posts_on(person, on)
    teaches = any(each.post == Post.CLASS_TEACHER for each in held)
    tabs = [] if teaches else list(_tabs(held))
    return tabs[0].url if tabs else reverse("web:today")


def _tabs(held: list[PostHeld]) -> Iterator[Tab]:
    for board in BOARDS:
        theirs = [each for each in held if each.post in board.posts]
        if not board.about:
            if theirs:
                yield Tab(str(board.name), reverse(board.address))
            continue
        places = [each.place for each in theirs if each.place and each.place.kind in board.about]
        for place in dict.fromkeys(places):
            name = f"{board.name} {place.name}" if len(set(places)) > 1 else str(board.name)
            yield Tab(name, reverse(board.address, args=(place.pk,)))
