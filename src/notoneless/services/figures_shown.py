"""Which numbers and lists of a figure a reader is shown; what tells of a child's health is kept back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import NamedTuple

from django.db.models import QuerySet

from notoneless.core.figure_terms import Tally
from notoneless.records.access import Fields
from notoneless.records.models import Child, Person
from notoneless.records.scopes import visible_children
from notoneless.services.counting import Asked, Line, children_of, counts, lines
from notoneless.services.figures import FigureValue, Part, in_order
from notoneless.services.figures_grades import in_grades

SMALLEST = 5  # a smaller count would tell of single children to those who may not see who they are
NEEDS: Mapping[Tally, Fields] = {Tally.DISABLED: Fields.HEALTH, Tally.DISABLED_IN_SCHOOL: Fields.HEALTH}


def may_list(tally: Tally, fields: Collection[Fields]) -> bool:
    """Whether a reader with these parts of children's data may open the list."""
    return tally not in NEEDS or NEEDS[tally] in fields


def shown(part: Part, fields: Collection[Fields]) -> int | None:
    """The number, or None where it would tell too much; none at all tells nothing."""
    told = may_list(part.tally, fields) or part.count == 0 or part.count >= SMALLEST
    return part.count if told else None


def tells_all(value: FigureValue, fields: Collection[Fields]) -> bool:
    """Whether each of its numbers may be shown; a share would give away the one that may not."""
    return all(shown(part, fields) is not None for part in (*value.numerator, *value.denominator))


class Listed(NamedTuple):
    """The list behind a number: its length, its children, and those of them whom a reader may open.

    A child that was a pupil of two schools of the place may stand in it twice, once for each.
    """

    total: int
    children: int
    visible: QuerySet[Child]


def listed(
    person: Person,
    asked: Asked,
    tally: Tally,
    on: date,
    *,
    without: Collection[Tally] = (),
    grades: Collection[int] = (),
    class_group: int | None = None,
) -> Listed:
    """The list behind one number, narrowed to the children that the person sees on a day."""
    left_out = in_order(frozenset(without))
    if grades or class_group:
        found = _part(asked, tally, left_out, grades, class_group)
        rows = Child.objects.filter(pk__in=[line.child for line in found])
        total = len(found)
    else:
        rows = children_of(asked, tally, without=left_out)
        total = sum(counts(asked, [tally], without=left_out)[tally].values())
    own = rows.filter(pk__in=visible_children(person, on).values("pk"))
    return Listed(total, rows.count(), own.order_by("name_pinyin", "name", "pk"))


def _part(
    asked: Asked, tally: Tally, without: tuple[Tally, ...], grades: Collection[int], class_group: int | None
) -> list[Line]:
    if not class_group:
        return in_grades(asked, tally, without, grades)
    return [line for line in lines(asked, tally, without=without) if line.class_group == class_group]
