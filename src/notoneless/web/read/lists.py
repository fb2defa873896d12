"""The lists behind the figures, page by page: 50 rows with the number of all.

A row is read as plain values and not as records: fifty children with their cases, classes and schools would
be two hundred and fifty of those, of which the page shows a name each.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Generic, NamedTuple, TypeVar
from uuid import UUID

from django.db.models import Count, QuerySet, Window

from notoneless.core.terms import Act, ObligationState, Post, Stage
from notoneless.records.models import Child, ClassGroup, Obligation, Place
from notoneless.services.counting_asked import Line
from notoneless.web.read.rows import Rows, in_order

PAGE = 50
COUNTED = 2_000  # whoever reads on beyond may; counting a million would make everybody wait
T = TypeVar("T")


class Part(NamedTuple, Generic[T]):
    """One page of a list; `number` counts from 1."""

    rows: Sequence[T]
    total: int
    number: int
    at_least: bool = False  # whether there are more than `total` says, and another page

    @property
    def pages(self) -> int:
        """How many pages there are, or at least are; an empty list has one."""
        return max(-(-self.total // PAGE), self.number + 1 if self.at_least else 1)

    @property
    def first(self) -> int:
        """The number of the first row shown, counted through all pages."""
        return (self.number - 1) * PAGE + 1


class ChildLine(NamedTuple):
    """A child as a list shows it; `case` and `stage` are None where it has no case."""

    child: UUID
    name: str
    school: str
    class_group: str
    case: str | None
    stage: Stage | None


class OwedLine(NamedTuple):
    """Something owed as a list shows it; `child` is None where it is about none."""

    key: UUID
    child: UUID | None
    name: str | None
    class_group: str | None
    place: str
    act: Act
    to_post: Post | str
    who: Post
    state: ObligationState
    late: bool
    due_at: datetime | None
    occasion: str
    due_unknown: str

    @property
    def of_the_date(self) -> bool:
        """Whether a date brought it, not a child and not a session to call."""
        return self.child is None and "/" not in self.occasion


class NoSuchPage(LookupError):
    """A page beyond the end of its list."""


def page_of(rows: Rows, number: int) -> Part[ChildLine]:
    """One page of children with their classes and schools; the total comes in the same query."""
    counted = in_order(rows).annotate(total=Window(Count("pk"))).values_list(*_CHILD, "total")
    found = list(counted[_from(number) : _from(number) + PAGE])
    return _part([ChildLine(*row[:-1]) for row in found], found[0][-1] if found else 0, number)


def lines_of(rows: Rows) -> list[ChildLine]:
    """All of a list that is never long."""
    return [ChildLine(*row) for row in in_order(rows).values_list(*_CHILD)]


def page_of_lines(lines: Collection[Line], number: int) -> Part[ChildLine]:
    """One page of children that were counted one by one, each where it was counted; three queries."""
    groups = ClassGroup.objects.in_bulk([line.class_group for line in lines if line.class_group])
    schools = dict(Place.objects.filter(pk__in={line.school for line in lines}).values_list("pk", "name"))
    known = Child.objects.filter(pk__in=[line.child for line in lines]).values_list(*_KNOWN)
    children = {row[0]: row for row in known}
    found = []
    for line in lines:
        _, name, case, stage = children[line.child]
        school, group = schools.get(line.school or 0, ""), groups.get(line.class_group or 0)
        where = (line.school or 0, group.grade, group.name) if group else (line.school or 0, 0, "")
        shown = ChildLine(line.child, name, school, where[-1], case, stage)
        found.append(((*where, name, str(line.child)), shown))
    rows = [shown for _, shown in sorted(found)[_from(number) : _from(number) + PAGE]]
    return _part(rows, len(found), number)


_KNOWN = ("pk", "name", "case__number", "case__stage")
_CHILD = (
    *("child_id", "child__name", "class_group__school__name", "class_group__name"),
    *("child__case__number", "child__case__stage"),
)


def page_of_obligations(rows: QuerySet[Obligation], number: int) -> Part[OwedLine]:
    """One page of what is owed, in the order of `rows`.

    Which fifty they are an index answers alone, and how many there are too, up to COUNTED.
    """
    keys = rows.values("pk")[_from(number) : _from(number) + PAGE + 1]
    shown = Obligation.objects.filter(pk__in=keys).order_by(*rows.query.order_by)
    found = [OwedLine(*row) for row in shown.values_list(*_OWED)]
    if len(found) <= PAGE:
        return _part(found, _from(number) + len(found), number)
    total = rows.order_by()[:COUNTED].count()
    return Part(found[:PAGE], total, number, at_least=total == COUNTED)


_OWED = (
    *("key", "child_id", "child__name", "class_group__name", "place__name"),
    *("act", "to_post", "who", "state", "late", "due_at", "occasion", "due_unknown"),
)


def _from(number: int) -> int:
    return (number - 1) * PAGE


def _part(found: Sequence[T], total: int, number: int) -> Part[T]:
    if not found and number > 1:
        raise NoSuchPage
    return Part(found, total, number)


def week_from(text: str) -> date:
    """The Monday that an address names. Raises ValueError for another day."""
    day = date.fromisoformat(text)
    if day.weekday() != 0:
        raise ValueError(text)
    return day
