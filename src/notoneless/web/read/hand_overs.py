"""What a hand-over lists, as it stands now, for whoever still may see the children."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.db.models import F

from notoneless.records.models import Case, HandOver, Obligation, Person
from notoneless.records.scopes import visible_cases, visible_obligations


class HandedOver(NamedTuple):
    """The cases and duties that the person may see, and how many of each were handed over."""

    cases: tuple[Case, ...]
    obligations: tuple[Obligation, ...]
    cases_in_all: int
    obligations_in_all: int


def handed_over(person: Person, made: HandOver, on: date) -> HandedOver:
    """The list of a hand-over; who has left the post sees how many, not whose."""
    cases = visible_cases(person, on).filter(number__in=made.cases).select_related("child")
    owed = visible_obligations(person, on).filter(key__in=made.obligations)
    owed = owed.select_related("child", "class_group", "place")
    return HandedOver(
        tuple(cases.order_by("number")),
        tuple(owed.order_by(F("due_at").asc(nulls_last=True), "key")),
        len(made.cases),
        len(made.obligations),
    )
