"""A village cadre's page: the few children about whom somebody there must find out something."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q

from notoneless.core.terms import Post
from notoneless.records.access import Thing, Verb
from notoneless.records.models import (
    LIVE,
    ActRecord,
    Child,
    ClassGroup,
    Enrolment,
    Guardian,
    Obligation,
    Person,
)
from notoneless.records.scopes import belongs, visible_children
from notoneless.web.read.rows import OPEN_STAGES

POSTS = (Post.VILLAGE_COMMITTEE, Post.VILLAGE_CADRE)
SHOWN = 200  # a cadre looks after a dozen or two


class OfVillage(NamedTuple):
    """One child with what a caller needs: whom to ring, what is owed here, what was last heard."""

    child: Child
    class_group: ClassGroup | None
    guardian: Guardian | None
    owed: Obligation | None  # the first thing owed about the child by the village
    last: ActRecord | None


class VillageBoard(NamedTuple):
    """A cadre's children: those in an open case or with something owed here, and how many others."""

    children: tuple[OfVillage, ...]
    others: int


def village_board(person: Person, *, as_of: datetime) -> VillageBoard:
    """The page of one cadre; six queries."""
    mine = visible_children(person, as_of.date(), Verb.SEE, Thing.VILLAGE_BOARD)
    all_mine = list(mine.values_list("pk", flat=True))
    owed = Obligation.objects.filter(state__in=LIVE, who__in=POSTS)
    worried = Q(case__stage__in=OPEN_STAGES) | Q(Exists(owed.filter(child=OuterRef("pk"))))
    shown = list(
        Child.objects.filter(worried, pk__in=all_mine).select_related("case").order_by("name", "pk")[:SHOWN]
    )
    numbers = [child.pk for child in shown]
    rows = owed.filter(child__in=numbers).order_by(F("due_at").desc(nulls_first=True), "-key")
    first = {row.child_id: row for row in rows}
    classes, guardians, last = _classes(numbers, as_of.date()), _guardians(numbers), _last(numbers)
    found = [
        OfVillage(c, classes.get(c.pk), guardians.get(c.pk), first.get(c.pk), last.get(c.pk)) for c in shown
    ]
    return VillageBoard(tuple(sorted(found, key=_pressing)), len(all_mine) - len(shown))


def _pressing(each: OfVillage) -> tuple[bool, float]:
    due = each.owed.due_at if each.owed else None
    return (due is None, due.timestamp() if due else 0.0)


def _classes(children: Collection[UUID], on: date) -> dict[UUID, ClassGroup]:
    rows = Enrolment.objects.filter(belongs(on), child__in=children)
    return {row.child_id: row.class_group for row in rows.select_related("class_group__school")}


def _guardians(children: Collection[UUID]) -> dict[UUID, Guardian]:
    rows = Guardian.objects.filter(child__in=children).exclude(phone="").order_by("-pk")
    return {row.child_id: row for row in rows}


def _last(children: Collection[UUID]) -> dict[UUID, ActRecord]:
    rows = ActRecord.objects.filter(child__in=children, private=False).select_related("by")
    return {row.child_id: row for row in rows.order_by("happened_at", "recorded_at")}
