"""Who may issue which paper: whoever holds a post that issues, at a place of the kind the paper names."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from notoneless.core.paper_terms import PaperKind
from notoneless.core.terms import PlaceKind, Post
from notoneless.exchange.papers.layout import layout
from notoneless.records.access import Fields, Scope, Thing, Verb, fields_of, posts_that
from notoneless.records.models import Child, Person, Place
from notoneless.records.scopes import Reach, fields_for, reach_to, reaches
from notoneless.services.paper_values.about import About
from notoneless.services.permissions import may_not
from notoneless.services.refusals import Refusal

_LEVELS = (PlaceKind.SCHOOL, PlaceKind.TOWNSHIP, PlaceKind.COUNTY)
# Posts by the kind of place at which they issue.
_POSTS = {
    PlaceKind.TOWNSHIP: frozenset({Post.TOWNSHIP}),
    PlaceKind.COUNTY: frozenset({Post.COUNTY_BUREAU}),
}


class Issuer(NamedTuple):
    """An office by one of its posts."""

    place: Place
    post: Post


def authority(kind: PaperKind) -> frozenset[PlaceKind]:
    """The kinds of place that issue this paper."""
    return frozenset(layout(kind).authority)


def issuer_of(person: Person, about: About, on: date, place: Place | None = None) -> Issuer:
    """The office for which this person issues the paper, `place` where several may. Raises Refusal."""
    return _among(_reaching(person, about, on), about, place)


def may_issue(person: Person, about: About, on: date) -> Refusal | None:
    """Why this person may not issue the paper, or None; what the greyed button says."""
    return _refusal(_reaching(person, about, on), about)


def may_issue_of(
    person: Person, child: Child, kinds: Iterable[PaperKind], on: date
) -> dict[PaperKind, Refusal | None]:
    """Of each kind, why this person may not issue it about the child, or None; asked of the posts once."""
    found = reach_to(person, child, on, Thing.PAPER, Verb.ISSUE)
    return {kind: _refusal(found, About(kind, child)) for kind in kinds}


def fields_about(person: Person, about: About, on: date) -> frozenset[Fields]:
    """Which parts of the data of those a paper names this person is shown."""
    if about.child is not None:
        return fields_for(person, about.child, on)
    assert about.place is not None
    return fields_at(person, about.place, on)


def fields_at(person: Person, place: Place, on: date) -> frozenset[Fields]:
    """Which parts of the data of the children of a whole place this person is shown."""
    return frozenset(
        each
        for held, scope in reaches(person, on, Thing.CHILD, Verb.SEE)
        if scope is Scope.PLACE and held.place is not None and held.place.contains(place)
        for each in fields_of(held.post, Thing.CHILD, scope)
    )


def offices(kinds: Iterable[PlaceKind], language: str) -> str:
    """乡镇、县: the kinds of place that issue a paper."""
    wanted = set(kinds)
    words = [kind.label(language) for kind in _LEVELS if kind in wanted]
    return (", " if language.startswith("en") else "、").join(words)


def _reaching(person: Person, about: About, on: date) -> list[Reach]:
    if about.child is not None:
        return reach_to(person, about.child, on, Thing.PAPER, Verb.ISSUE)
    assert about.place is not None
    found = reaches(person, on, Thing.PAPER, Verb.ISSUE)
    return [each for each in found if each.held.place is not None and each.held.place.contains(about.place)]


def _among(found: list[Reach], about: About, place: Place | None = None) -> Issuer:
    """The first office among these that may issue it. Raises Refusal."""
    if not found:
        raise may_not(Thing.PAPER, Verb.ISSUE, about.name)
    issuers = [each for reach in found if (each := _issuer(reach, about)) is not None]
    chosen = [each for each in issuers if place is None or each.place == place]
    if not chosen:
        raise _not_your_office(about.kind, found)
    return chosen[0]


def _refusal(found: list[Reach], about: About) -> Refusal | None:
    try:
        _among(found, about)
    except Refusal as refusal:
        return refusal
    return None


def _issuer(reach: Reach, about: About) -> Issuer | None:
    """The office a reach speaks for; a numbered paper is the office's own, no class teacher's."""
    held = reach.held
    place = held.place or (held.class_group.school if held.class_group else None)
    if place is None or place.kind not in authority(about.kind):
        return None
    if held.class_group is not None and layout(about.kind).number:
        return None
    return Issuer(place, held.post)


def _not_your_office(kind: PaperKind, found: list[Reach]) -> Refusal:
    issuing = authority(kind)
    posts = frozenset().union(*(_POSTS.get(level, frozenset()) for level in issuing))
    if PlaceKind.SCHOOL in issuing:
        posts |= posts_that(Thing.PAPER, Verb.ISSUE) - {Post.TOWNSHIP, Post.COUNTY_BUREAU, Post.CLASS_TEACHER}
    ordered = [post for post in Post if post in posts]
    zh, en = "、".join(post.zh for post in ordered), ", ".join(post.en for post in ordered)
    mine = "、".join(dict.fromkeys(reach.held.post.zh for reach in found))
    mine_en = ", ".join(dict.fromkeys(reach.held.post.en for reach in found))
    return Refusal(
        "NOT_YOUR_OFFICE",
        f"《{kind.zh}》由{offices(issuing, 'zh')}签发（{zh}）；您的岗位是{mine}，不能代签。",
        f"“{kind.en}” is issued by the {offices(issuing, 'en')} ({en}); you are {mine_en}.",
    )
