"""The lists behind the figures, page by page: 50 rows with the number of all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Generic, NamedTuple, TypeVar

from django.db.models import Count, QuerySet, Window

from notoneless.records.models import Enrolment, Obligation
from notoneless.web.read.rows import Rows, named

PAGE = 50
COUNTED = 10_000  # nobody reads on beyond, and counting a million would make everybody wait
T = TypeVar("T")


class Part(NamedTuple, Generic[T]):
    """One page of a list; `number` counts from 1."""

    rows: Sequence[T]
    total: int
    number: int

    @property
    def pages(self) -> int:
        """How many pages there are; an empty list has one."""
        return max(-(-self.total // PAGE), 1)

    @property
    def at_least(self) -> bool:
        """Whether there may be more than `total` says."""
        return self.total >= COUNTED

    @property
    def first(self) -> int:
        """The number of the first row shown, counted through all pages."""
        return (self.number - 1) * PAGE + 1


class NoSuchPage(LookupError):
    """A page beyond the end of its list."""


def page_of(rows: Rows, number: int) -> Part[Enrolment]:
    """One page of children with their classes and schools; the total comes in the same query."""
    counted = named(rows).annotate(total=Window(Count("pk")))
    found = list(counted[_from(number) : _from(number) + PAGE])
    return _part(found, found[0].total if found else 0, number)


def page_of_obligations(rows: QuerySet[Obligation], number: int) -> Part[Obligation]:
    """One page of what is owed; all are counted apart, up to COUNTED, which an index alone answers."""
    shown = rows.select_related("child", "class_group", "place").only(*_SHOWN)
    found = list(shown[_from(number) : _from(number) + PAGE])
    short = len(found) < PAGE and (found or number == 1)
    return _part(found, _from(number) + len(found) if short else rows.order_by()[:COUNTED].count(), number)


# Without what only an obligation's own page tells: the facts behind it, and what its time limit skipped.
_SHOWN = (
    *("act", "to_post", "who", "state", "late", "due_at", "occasion"),
    *("child__name", "class_group__name", "place__name"),
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
