"""What the close-out pages read: the ways with what is missing, the evidence, the request and its review."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.urls import reverse

from notoneless.core.terms import CloseOutKind, Evidence, Post
from notoneless.records.access import Thing, Verb
from notoneless.records.models import Case, CloseOutAsked, EvidencePiece, Person, Placement
from notoneless.services.closing import STABLE, pieces_of, reviewing_post, stands_against
from notoneless.services.closing_grounds import Grounds
from notoneless.services.finding import answering_at
from notoneless.services.permissions import posts_in
from notoneless.services.placement import Advice, advice, may_place
from notoneless.web.refused import sentence


class Way(NamedTuple):
    """One type of close-out: what it asks for, who reviews it, and what is missing."""

    kind: CloseOutKind
    evidence: tuple[Evidence, ...]
    reviewers: tuple[Post, ...]
    days: int  # school days present in a row it asks for; 0 when none
    missing: str


class Part(NamedTuple):
    """Where the close-out of one case stands, as one person sees it."""

    ways: tuple[Way, ...]
    present: int
    pieces: tuple[EvidencePiece, ...]
    waiting: CloseOutAsked | None
    to_review: bool
    sent_back: CloseOutAsked | None  # the last request, where it was refused
    settled: CloseOutAsked | None  # the request by which the case was closed last
    may_add: bool

    @property
    def ready(self) -> tuple[Way, ...]:
        """What can be asked for now, or is what everybody waits for: the stable return."""
        return tuple(way for way in self.ways if not way.missing or way.kind is STABLE)

    @property
    def others(self) -> tuple[Way, ...]:
        """The types that something is missing for."""
        return tuple(way for way in self.ways if way.missing and way.kind is not STABLE)

    @property
    def possible(self) -> bool:
        """Whether any type can be asked for now."""
        return any(not way.missing for way in self.ways)


def close_out_part(person: Person, case: Case, at: datetime) -> Part:
    """Where the close-out stands."""
    known = Grounds(case, at)
    asked = CloseOutAsked.objects.filter(case=case).select_related("by", "reviewed__by").order_by("at", "pk")
    last = asked.last()
    decided = getattr(last, "reviewed", None)
    waiting = last if last is not None and decided is None else None
    refused = decided is not None and decided.act_id is None and not case.closed_at
    closed = decided is not None and decided.act_id is not None and case.closed_at
    return Part(
        _ways(person, case, known),
        known.present,
        known.pieces,
        waiting,
        waiting is not None
        and waiting.by_id != person.pk
        and reviewing_post(person, waiting, known) is not None,
        last if refused else None,
        last if closed else None,
        works_on(person, case, at),
    )


def _ways(person: Person, case: Case, known: Grounds) -> tuple[Way, ...]:
    found, against = [], stands_against(person, case, at=known.at)
    for kind in CloseOutKind:
        closing = known.closing(kind)
        if closing is not None:
            no = against or known.missing(kind, known.pieces)
            evidence = tuple(each for each in Evidence if each in closing.evidence)
            days = closing.present_school_days
            found.append(Way(kind, evidence, closing.nearest_reviewers, days, sentence(no) if no else ""))
    return tuple(found)


class Told(NamedTuple):
    """A request with what the second person looks at."""

    asked: CloseOutAsked
    pieces: tuple[EvidencePiece, ...]
    present: int
    days: int
    reviewers: tuple[Post, ...]
    missing: str  # by now
    full: bool  # whether this person works on the case and reads what the evidence says


def request_told(person: Person, asked: CloseOutAsked, at: datetime) -> Told:
    """The request, its evidence, the days counted anew, and what is missing by now."""
    known = Grounds(asked.case, at)
    kind, pieces = asked.kind, tuple(pieces_of(asked))
    closing = known.closing(kind)
    missing = known.missing(kind, pieces)
    posts = closing.nearest_reviewers if closing else ()
    days = closing.present_school_days if closing else 0
    said = sentence(missing) if missing else ""
    return Told(asked, pieces, known.present, days, posts, said, works_on(person, asked.case, at))


def works_on(person: Person, case: Case, at: datetime) -> bool:
    """Whether the person works on the case: adds to it, and reads what the evidence says."""
    return bool(posts_in(person, Thing.CASE, Verb.CHANGE, answering_at(case.child, at.date()), at.date()))


class Placed(NamedTuple):
    """Where a returned child sits, what is advised, and where this person may say so."""

    advice: Advice | None
    placements: tuple[Placement, ...]
    address: str


def placed(person: Person, case: Case, at: datetime) -> Placed:
    """The placement part of a case's page."""
    rows = Placement.objects.filter(case=case).select_related("class_group", "by").order_by("-at")
    address = "" if may_place(person, case, at=at) else reverse("web:placement", args=(case.number,))
    return Placed(advice(case, at=at), tuple(rows), address)
