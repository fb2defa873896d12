"""责任链 as data: the rungs of the two lines, where each stands in the tree, and who fills a vacant one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from notoneless.core.terms import PlaceKind, Post, ResponsibilityLine
from notoneless.records.scopes import CLASS_POSTS

SCHOOLS = frozenset({PlaceKind.SCHOOL, PlaceKind.TEACHING_POINT})
_SCHOOL = frozenset({PlaceKind.SCHOOL})
_TOWN, _COUNTY = frozenset({PlaceKind.TOWNSHIP}), frozenset({PlaceKind.COUNTY})
_CENTRAL = frozenset({PlaceKind.CENTRAL_SCHOOL, PlaceKind.TOWNSHIP})
_VILLAGE = frozenset({PlaceKind.VILLAGE})


class Rung(NamedTuple):
    """One rung: its post, its line, the kinds of place it belongs to (none: the class itself).

    `by_home`: it is looked for around where the child lives; else around its class. A rung that is not
    `always` there has no gap where the tree has no such place: a school that the county runs itself has no
    central school above it.
    """

    post: Post
    line: ResponsibilityLine
    kinds: frozenset[PlaceKind] = frozenset()
    by_home: bool = False
    always: bool = True


_EDUCATION, _ADMINISTRATION = ResponsibilityLine.EDUCATION, ResponsibilityLine.ADMINISTRATION
RUNGS: tuple[Rung, ...] = (
    Rung(Post.CLASS_TEACHER, _EDUCATION),
    Rung(Post.SCHOOL_OFFICE, _EDUCATION, _SCHOOL),
    Rung(Post.PRINCIPAL, _EDUCATION, _SCHOOL),
    Rung(Post.CENTRAL_SCHOOL, _EDUCATION, _CENTRAL, always=False),
    Rung(Post.VILLAGE_CADRE, _ADMINISTRATION, _VILLAGE, by_home=True),
    Rung(Post.VILLAGE_COMMITTEE, _ADMINISTRATION, _VILLAGE, by_home=True),
    Rung(Post.TOWNSHIP, _ADMINISTRATION, _TOWN, by_home=True),
    Rung(Post.COUNTY_BUREAU, _EDUCATION, _COUNTY),
)
RUNG_POSTS = frozenset(rung.post for rung in RUNGS)

# Who sees to it that a rung is filled; the first of these that somebody holds, from there upward.
_OF_CLASSES = (
    Post.PRINCIPAL,
    Post.CENTRAL_SCHOOL,
    Post.COUNTY_BUREAU,
    Post.SECURITY_OFFICER,
    Post.CITY_BUREAU,
    Post.PROVINCE,
)
_OF_SCHOOLS = (Post.CENTRAL_SCHOOL, Post.TOWNSHIP, *_OF_CLASSES[2:])
_OF_VILLAGES = (Post.TOWNSHIP, *_OF_CLASSES[2:])
OWED_BY: Mapping[Post, tuple[Post, ...]] = {
    **dict.fromkeys(CLASS_POSTS, _OF_CLASSES),
    Post.SCHOOL_OFFICE: _OF_CLASSES,
    Post.PRINCIPAL: _OF_SCHOOLS,
    Post.CENTRAL_SCHOOL: _OF_CLASSES[2:],
    Post.VILLAGE_CADRE: _OF_VILLAGES,
    Post.VILLAGE_COMMITTEE: _OF_VILLAGES,
    Post.TOWNSHIP: _OF_CLASSES[2:],
    Post.COUNTY_BUREAU: _OF_CLASSES[3:],
}


def fillers(post: Post) -> tuple[Post, ...]:
    """The posts that see to it that `post` is held, nearest first."""
    return OWED_BY.get(post, _OF_CLASSES)
