"""统计: the one way to a number or a list; a count is always the length of the list behind it.

Everything is counted as known at a moment: what was learned later does not count, neither for a stage nor for
a stay in a class, so that a question asked again gives the same answer for ever. What each tally means stands
in docs/explanation/counting.md and beside its condition in `records.counting_sources` and `counting_years`.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from notoneless.core.figure_terms import Tally
from notoneless.records.counting import COUNTED, counts_sql, lines_sql, listed_sql, page_sql, within
from notoneless.records.models import Child
from notoneless.services.counting_asked import Asked as Asked
from notoneless.services.counting_asked import Line as Line
from notoneless.services.counting_asked import id_of, parameters, rows
from notoneless.services.counting_asked import school_year_of as school_year_of
from notoneless.services.counting_packed import lines_of as lines_of
from notoneless.services.counting_returns import COUNTED_IN_SCHOOL_DAYS, returned
from notoneless.services.counting_roll_calls import RollCalls as RollCalls
from notoneless.services.counting_roll_calls import roll_calls as roll_calls
from notoneless.services.counting_sums import sums as sums

Counts = dict[Tally, dict[int, int]]
NONE: Collection[Tally] = ()


def counts(
    asked: Asked, tallies: Iterable[Tally] | None = None, *, without: Collection[Tally] = NONE
) -> Counts:
    """Each tally by the id of the class, 0 for children in none; all tallies when none are named.

    `without` leaves out the children of other tallies.
    """
    return _keyed(asked, tallies, without, of_class=True)


def counts_by_school(
    asked: Asked, tallies: Iterable[Tally] | None = None, *, without: Collection[Tally] = NONE
) -> Counts:
    """Each tally by the id of the school, 0 for children of none."""
    return _keyed(asked, tallies, without, of_class=False)


def total(found: Mapping[int, int]) -> int:
    """How many children a tally has, all classes together."""
    return sum(found.values())


def lines(asked: Asked, tally: Tally, *, without: Collection[Tally] = NONE) -> list[Line]:
    """The children that a tally counts, ordered by school, class and id."""
    if tally in COUNTED_IN_SCHOOL_DAYS:
        return _left_in(asked, returned(asked)[tally], without)
    found = rows(lines_sql(tally, tuple(without)), asked)
    return [Line(id_of(child), class_group, school) for child, class_group, school in found]


def page_of(
    asked: Asked, tally: Tally, offset: int, many: int, *, without: Collection[Tally] = NONE
) -> tuple[int, list[Line]]:
    """How many lines a list has, and `many` of them from `offset` on (0 and none behind its end)."""
    if tally in COUNTED_IN_SCHOOL_DAYS:
        whole = lines(asked, tally, without=without)
        return len(whole), whole[offset : offset + many]
    found = list(rows(page_sql(tally, tuple(without)), asked, offset=offset, many=many))
    page = [Line(id_of(child), class_group, school) for _, child, class_group, school in found]
    return (found[0][0] if found else 0), page


def children_of(asked: Asked, tally: Tally, *, without: Collection[Tally] = NONE) -> QuerySet[Child]:
    """The same children as rows; pages narrow them to those that their reader may see."""
    if tally in COUNTED_IN_SCHOOL_DAYS:
        return Child.objects.filter(pk__in=[each.child for each in lines(asked, tally, without=without)])
    text = within(listed_sql(tally, tuple(without), "t.child"), asked.kind)
    return Child.objects.filter(pk__in=_raw(text, parameters(asked)))


def _keyed(
    asked: Asked, tallies: Iterable[Tally] | None, without: Collection[Tally], *, of_class: bool
) -> Counts:
    wanted = list(Tally if tallies is None else tallies)
    found: dict[Tally, dict[int, int]] = {tally: defaultdict(int) for tally in wanted}
    if by_statement := COUNTED.intersection(wanted):
        for tally, class_group, school, number in rows(counts_sql(by_statement, tuple(without)), asked):
            if number:
                found[Tally[tally]][(class_group if of_class else school) or 0] += number
    if COUNTED_IN_SCHOOL_DAYS.intersection(wanted):
        for tally, those in returned(asked).items():
            if tally in found:
                kept = _left_in(asked, those, without)
                found[tally] = Counter((each.class_group if of_class else each.school) or 0 for each in kept)
    return {tally: dict(numbers) for tally, numbers in found.items()}


def _left_in(asked: Asked, those: list[Line], without: Collection[Tally]) -> list[Line]:
    out: set[UUID] = {each.child for tally in without for each in lines(asked, tally)}
    return [each for each in those if each.child not in out]


def _raw(text: str, named: Mapping[str, Any]) -> RawSQL:
    """The statement with its parameters in their order, as a query set takes it."""
    names = re.findall(r"%\((\w+)\)s", text)
    return RawSQL(re.sub(r"%\(\w+\)s", "%s", text), [named[name] for name in names])
