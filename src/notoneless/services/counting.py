"""统计: the one way to a number or a list; a count is always the length of the list behind it.

Everything is counted as known at a moment: what was learned later does not count, neither for a stage nor for
a stay in a class, so that a question asked again gives the same answer for ever.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from notoneless.core.figure_terms import Tally
from notoneless.core.terms import PlaceKind
from notoneless.records.counting import COUNTED, counts_sql, lines_sql, listed_sql, within
from notoneless.records.dialect import POSTGRESQL, day_param, moment_text
from notoneless.records.models import Child, Place
from notoneless.services.enrolment_facts import midnight

ONE_DAY = timedelta(days=1)


class Asked(NamedTuple):
    """Of which place and days is counted, as known at which moment; both days belong to the period.

    The period opens with the end of the day before `first` and closes with the end of `last`.
    """

    place: Place
    first: date
    last: date
    known_at: datetime


class Line(NamedTuple):
    """One counted child, with the class (None: in none) and the school it is counted in."""

    child: UUID
    class_group: int | None
    school: int | None


Counts = dict[Tally, dict[int, int]]


def counts(
    asked: Asked, tallies: Iterable[Tally] | None = None, *, without: Collection[Tally] = ()
) -> Counts:
    """Each tally by the id of the class, 0 for children in none; all tallies when none are named.

    `without` leaves out the children of other tallies.
    """
    return _keyed(asked, tallies, without, of_class=True)


def counts_by_school(
    asked: Asked, tallies: Iterable[Tally] | None = None, *, without: Collection[Tally] = ()
) -> Counts:
    """Each tally by the id of the school, 0 for children of none."""
    return _keyed(asked, tallies, without, of_class=False)


def total(found: Mapping[int, int]) -> int:
    """How many children a tally has, all classes together."""
    return sum(found.values())


def lines(asked: Asked, tally: Tally, *, without: Collection[Tally] = ()) -> list[Line]:
    """The children that a tally counts, ordered by school, class and id."""
    rows = _rows(lines_sql(tally, tuple(without)), asked)
    return [Line(_id_of(child), class_group, school) for child, class_group, school in rows]


def children_of(asked: Asked, tally: Tally, *, without: Collection[Tally] = ()) -> QuerySet[Child]:
    """The same children as rows; pages narrow them to those that their reader may see."""
    text = within(listed_sql(tally, tuple(without), "t.child"), _kind(asked.place))
    return Child.objects.filter(pk__in=_raw(text, _parameters(asked)))


def _keyed(
    asked: Asked, tallies: Iterable[Tally] | None, without: Collection[Tally], *, of_class: bool
) -> Counts:
    wanted = list(COUNTED if tallies is None else tallies)
    found: dict[Tally, dict[int, int]] = {tally: defaultdict(int) for tally in wanted}
    sql = counts_sql(frozenset(wanted), tuple(without))
    for tally, class_group, school, number in _rows(sql, asked):
        if number:
            found[Tally(tally)][(class_group if of_class else school) or 0] += number
    return {tally: dict(numbers) for tally, numbers in found.items()}


# The statement and its parameters.


def _rows(sql: str, asked: Asked) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(within(sql, _kind(asked.place)), _parameters(asked))
        yield from cursor.fetchall()


def _kind(place: Place) -> PlaceKind:
    return PlaceKind(place.kind)


def _parameters(asked: Asked) -> dict[str, Any]:
    vendor, before = connection.vendor, asked.first - ONE_DAY
    days = {"opening": before, "first": asked.first, "closing": asked.last}
    moments = {
        "known": asked.known_at,
        "opens_at": midnight(asked.first),
        "closes_at": midnight(asked.last + ONE_DAY),
        "last_begins_at": midnight(asked.last),
        "opening_begins_at": midnight(before),
    }
    return {
        **{name: day_param(day, vendor) for name, day in days.items()},
        **{name: _moment(moment) for name, moment in moments.items()},
        **_whose(asked.place),
    }


def _moment(moment: datetime) -> Any:
    return moment if connection.vendor == POSTGRESQL else moment_text(moment, connection.vendor)


def _whose(place: Place) -> dict[str, Any]:
    """The path whose classes are looked at; a part of a school and a village lie beside theirs."""
    path = place.path or "/"
    if _kind(place) in (PlaceKind.GRADE, PlaceKind.TEACHING_POINT, PlaceKind.VILLAGE):
        path = path.removesuffix(f"{place.pk}/")
    part = place.grade if _kind(place) is PlaceKind.GRADE else place.pk
    return {"path": f"{path}%", "part": part}


def _raw(text: str, named: Mapping[str, Any]) -> RawSQL:
    """The statement with its parameters in their order, as a query set takes it."""
    names = re.findall(r"%\((\w+)\)s", text)
    return RawSQL(re.sub(r"%\(\w+\)s", "%s", text), [named[name] for name in names])


def _id_of(value: UUID | str) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)
