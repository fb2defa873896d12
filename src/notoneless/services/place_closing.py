"""撤并: a place is put below another, closed, or merged into one of its kind; what was stays where it was.

All of it holds from the next day: today's roll calls are being taken where the children are today. A merged
place goes on lying in the one that took it, so that whoever took it sees its cases and its past.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Q

from notoneless.core.terms import PlaceKind, Post
from notoneless.records.access import Thing, Verb
from notoneless.records.models import (
    Boarding,
    Case,
    ClassGroup,
    Enrolment,
    JournalEntry,
    Person,
    Place,
    PostHeld,
    Residence,
    not_closed,
)
from notoneless.services.appointing import end
from notoneless.services.coverage_finding import NO_LONGER_OPEN
from notoneless.services.date_duties import hold_places
from notoneless.services.finding import the_person
from notoneless.services.permissions import refusal, require
from notoneless.services.place_seats import reseat
from notoneless.services.places import BELOW, refuse_closed
from notoneless.services.refusals import Refusal
from notoneless.services.transactions import one_act

_K = PlaceKind
ONE_DAY = timedelta(days=1)
OWN = (_K.GRADE, _K.BOARDING_HOUSE)  # what an office closes in its own school; all else the county does
CLOSABLE = (*OWN, _K.TEACHING_POINT, _K.SCHOOL, _K.CENTRAL_SCHOOL, _K.VILLAGE, _K.TOWNSHIP)
MOVABLE = (_K.TEACHING_POINT, _K.SCHOOL, _K.CENTRAL_SCHOOL, _K.VILLAGE, _K.TOWNSHIP)


def may_close(person: Person, place: Place, on: date) -> Refusal | None:
    """Why this person may not close or merge the place, or None."""
    if place.kind not in CLOSABLE or place.parent is None:
        return Refusal(
            "NEVER_CLOSED",
            f"{place.kind.zh}不在这里撤并。",
            f"A {place.kind.en} is not closed here.",
        )
    verb = Verb.CHANGE if place.kind in OWN else Verb.MERGE
    return refusal(person, Thing.PLACE, verb, place.parent, on)


def may_move(person: Person, place: Place, on: date) -> Refusal | None:
    """Why this person may not put the place below another, or None."""
    if place.kind not in MOVABLE or place.parent is None:
        return Refusal(
            "NEVER_MOVED",
            f"{place.kind.zh}不能改隶属。",
            f"A {place.kind.en} is not put below another place.",
        )
    return refusal(person, Thing.PLACE, Verb.MERGE, place.parent, on)


@one_act
def close_place(
    *, by: Person | int, place: Place, basis: str, into: Place | None = None, at: datetime
) -> Place:
    """Close a place from tomorrow on; with `into`, all that is in it goes there. Raises Refusal.

    Classes with their children and teachers, houses, villages and schools below go over; the posts of the
    place itself end. Without `into` it must be empty. `basis` is the paper that says so.
    """
    who = the_person(by)
    hold_places(sorted({place.pk, *([into.pk] if into else [])}))
    row = Place.objects.select_related("parent").get(pk=place.pk)
    if (no := may_close(who, row, at.date())) is not None:
        raise no
    if row.closed_on is not None and row.merged_into_id == (into.pk if into else None):
        return row
    refuse_closed(row, at.date() + ONE_DAY)
    basis = _basis(basis)
    day = at.date() + ONE_DAY
    if into is None:
        _refuse_full(row, day)
    else:
        require(who, Thing.PLACE, Verb.CHANGE, into, at.date())
        _refuse_unlike(row, into, day)
    closing = Closing(row, into, day, basis, who, at)
    moved = _go_over(closing) if into is not None else []
    _end_posts(closing)
    row.closed_on, row.merged_into = day, into
    row.save(update_fields=["closed_on", "merged_into"])
    if into is not None:
        put_below(row, into)
    body: dict[str, object] = {"into": into.pk if into else None, "from": str(day), "children": len(moved)}
    _journal("CLOSE_PLACE", closing, body)
    return row


@one_act
def reopen_place(*, by: Person | int, place: Place, basis: str, at: datetime) -> Place:
    """Take back that a place is closed; one that was merged stays merged. Raises Refusal."""
    who = the_person(by)
    hold_places([place.pk])
    row = Place.objects.select_related("parent").get(pk=place.pk)
    if (no := may_close(who, row, at.date())) is not None:
        raise no
    if row.merged_into is not None:
        raise Refusal(
            "MERGED",
            f"{row.name}已并入{row.merged_into.name}，不能恢复；要再办学请新增一个单位。",
            f"{row.name} was merged into {row.merged_into.name}; add a new place instead.",
        )
    if row.closed_on is None:
        return row
    was, row.closed_on = row.closed_on, None
    row.save(update_fields=["closed_on"])
    _journal("REOPEN_PLACE", Closing(row, None, was, _basis(basis), who, at), {"was": str(was)})
    return row


@one_act
def move_place(*, by: Person | int, place: Place, parent: Place, basis: str, at: datetime) -> Place:
    """Put a place with all that lies in it below another one, at once. Raises Refusal."""
    who = the_person(by)
    hold_places(sorted({place.pk, parent.pk}))
    row = Place.objects.select_related("parent").get(pk=place.pk)
    if (no := may_move(who, row, at.date())) is not None:
        raise no
    require(who, Thing.PLACE, Verb.MERGE, parent, at.date())
    if row.parent_id == parent.pk:
        return row
    refuse_closed(row, at.date())
    refuse_closed(parent, at.date())
    if row.kind not in BELOW[parent.kind] or row.contains(parent):
        raise Refusal(
            "NOT_BELOW_THAT",
            f"{row.kind.zh}不能设在{parent.kind.zh}（{parent.name}）下面。",
            f"A {row.kind.en} does not lie below a {parent.kind.en} ({parent.name}).",
        )
    was = row.parent_id
    put_below(row, parent)
    _journal("MOVE_PLACE", Closing(row, parent, at.date(), _basis(basis), who, at), {"was": was})
    return row


def put_below(place: Place, parent: Place) -> None:
    """Within an act's transaction: another parent for a place, and new paths for all that lies in it."""
    before = place.path or "?"
    place.parent = parent
    place.save(update_fields=["parent"])
    inside = list(Place.objects.filter(path__startswith=before).exclude(pk=place.pk))
    for each in inside:
        each.path = f"{place.path}{(each.path or '')[len(before) :]}"
    Place.objects.bulk_update(inside, ["path"])


class Closing(NamedTuple):
    """One closing: what, into what, from which day on, by which paper, by whom and when."""

    place: Place
    into: Place | None
    day: date
    basis: str
    who: Person
    at: datetime


# What goes over.


def _go_over(closing: Closing) -> list[object]:
    """Everything in the place goes into the other; gives the children whose class is another one now."""
    place, into = closing.place, closing.into
    assert into is not None
    moved = reseat(place, into, closing.day, by=closing.who, basis=closing.basis, at=closing.at)
    for each in Place.objects.filter(not_closed(closing.day), parent=place).exclude(kind=_K.GRADE):
        put_below(each, into)
    ClassGroup.objects.filter(teaching_point=place).update(teaching_point=into)
    _stays(Residence, "place", closing)
    _stays(Boarding, "house", closing)
    if place.kind == _K.VILLAGE:
        _carry_posts(closing, PostHeld.objects.filter(place=place, post=Post.VILLAGE_CADRE))
    return list(moved)


def _stays(rows: type[Residence] | type[Boarding], where: str, closing: Closing) -> None:
    """Whoever lives or sleeps in the place does so in the other from that day on."""
    there = rows._default_manager.filter(**{where: closing.place}, until=None)
    for number, child, since in list(there.values_list("pk", "child_id", "from_day")):
        row = rows._default_manager.filter(pk=number)
        if since >= closing.day:
            row.update(**{where: closing.into})
        else:
            row.update(until=closing.day)
            rows._default_manager.create(child_id=child, from_day=closing.day, **{where: closing.into})


def _carry_posts(closing: Closing, rows: Any) -> None:
    for row in rows.filter(_lasting(closing.day), deputising_for=None):
        PostHeld.objects.create(
            person_id=row.person_id,
            post=row.post,
            place=closing.into,
            held_from=max(closing.day, row.held_from),
            held_until=row.held_until,
            basis=closing.basis,
            by=closing.who,
            recorded_at=closing.at,
        )


def _end_posts(closing: Closing) -> None:
    """Nobody holds a post of a closed place, of its grades or of its classes from that day on."""
    here = Q(place=closing.place) | Q(place__parent=closing.place, place__kind=_K.GRADE)
    there = here | Q(class_group__school=closing.place)
    for row in PostHeld.objects.filter(there, _lasting(closing.day)).select_related("place", "class_group"):
        end(row, max(closing.day, row.held_from), closing.basis, closing.who, closing.at)


def _lasting(day: date) -> Q:
    return Q(held_until=None) | Q(held_until__gt=day)


# Refusals.


def _basis(basis: str) -> str:
    basis = " ".join(basis.split())
    if not basis:
        raise Refusal("NO_BASIS", "请填写依据（文号）。", "Write which paper says so.")
    return basis[:200]


def _refuse_unlike(place: Place, into: Place, day: date) -> None:
    refuse_closed(into, day)
    if into.pk == place.pk or into.kind != place.kind or place.kind == _K.GRADE:
        raise Refusal(
            "NOT_OF_ITS_KIND",
            f"{place.name}是{place.kind.zh}，只能并入另一个{place.kind.zh}。",
            f"{place.name} is a {place.kind.en}; it is merged into another {place.kind.en}.",
        )
    if place.kind in (_K.TEACHING_POINT, _K.BOARDING_HOUSE) and place.above(_K.SCHOOL) != into.above(
        _K.SCHOOL
    ):
        raise Refusal(
            "OF_ANOTHER_SCHOOL",
            f"{place.name}只能并入本校的另一个{place.kind.zh}。",
            f"{place.name} is merged into another {place.kind.en} of its own school.",
        )


def _refuse_full(place: Place, day: date) -> None:
    """Refuse to close what is not empty, and say what is still in it."""
    found = [(n, zh, en) for n, zh, en in _still_in(place, day) if n]
    if found:
        zh = "、".join(f"{n} {word}" for n, word, _ in found)
        en = ", ".join(f"{word}: {n}" for n, _, word in found)
        raise Refusal(
            "NOT_EMPTY",
            f"{place.name}还有{zh}；请先转出，或选并入哪个{place.kind.zh}。",
            f"{place.name} still has {en}; move them first, or choose into which {place.kind.en} it goes.",
        )


def _still_in(place: Place, day: date) -> list[tuple[int, str, str]]:
    """How much is in a place from a day on, by what it is."""
    later = Q(until=None) | Q(until__gt=day)
    classes = Q(class_group__school=place) | Q(class_group__teaching_point=place)
    below = Place.objects.filter(not_closed(day), parent=place).exclude(kind=_K.GRADE)
    left = Case.objects.exclude(stage__in=NO_LONGER_OPEN).filter(
        child__in=Enrolment.objects.filter(classes).values("child")
    )
    return [
        (Enrolment.objects.filter(classes, later).count(), "名学生", "pupils"),
        (left.exclude(child__in=_elsewhere(classes, day)).count(), "件未办结的个案", "open cases"),
        (Residence.objects.filter(later, place=place).count(), "名住在本村的学生", "resident children"),
        (Boarding.objects.filter(later, house=place).count(), "名住宿生", "boarders"),
        (below.count(), "个下级单位", "places below it"),
    ]


def _elsewhere(classes: Q, day: date) -> Any:
    """The children that are in another place's class by then."""
    later = Q(until=None) | Q(until__gt=day)
    return Enrolment.objects.filter(later).exclude(classes).values("child")


def _journal(act: str, closing: Closing, body: dict[str, object]) -> None:
    JournalEntry.objects.create(
        at=closing.at,
        by=closing.who,
        act=act,
        subject_kind="place",
        subject_id=str(closing.place.pk),
        body=body,
        reason=closing.basis[:300],
    )
