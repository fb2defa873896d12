"""The school calendar of a class or place: the county's, with the closures declared for it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from notoneless.core.calendar import Closure, SchoolCalendar, default_calendar
from notoneless.core.facts import CHINA_TIME
from notoneless.records.models import ClassGroup, ClosureDeclared, Place


def county_calendar() -> SchoolCalendar:
    """The calendar NOTONELESS_CALENDAR_FILE gives, or the default one; read once a process."""
    return _from_file(settings.CALENDAR_FILE) if settings.CALENDAR_FILE else default_calendar()


@lru_cache(maxsize=4)
def _from_file(file: str) -> SchoolCalendar:
    from notoneless.core.calendar_file import read_calendar

    return read_calendar(Path(file).read_text("utf-8"), file=Path(file).name, base=default_calendar())


def calendar_of(class_group: ClassGroup, declared: Iterable[ClosureDeclared]) -> SchoolCalendar:
    """The calendar of one class, given the closures declared at its school and the places around it."""
    base = county_calendar().for_class(class_group.school.code, str(class_group.grade), class_group.name)
    theirs = sorted((c for c in declared if _concerns(c, class_group)), key=lambda c: (c.from_day, c.pk))
    # Equal closures give the same object back, so classes share its tables and remembered due moments.
    return base.with_closures((*base.closures, *(_closure(c) for c in theirs)))


def calendar_at(place: Place, declared: Iterable[ClosureDeclared]) -> SchoolCalendar:
    """The calendar of a place as a whole; the closure of one grade or class leaves it as it is."""
    base = county_calendar().for_class(place.code)
    whole = (c for c in declared if c.grade is None and c.class_group_id is None)
    theirs = sorted(whole, key=lambda c: (c.from_day, c.pk))
    return base.with_closures((*base.closures, *(_closure(c) for c in theirs)))


def _concerns(closure: ClosureDeclared, class_group: ClassGroup) -> bool:
    return closure.grade in (None, class_group.grade) and closure.class_group_id in (None, class_group.pk)


def _closure(row: ClosureDeclared) -> Closure:
    return Closure(row.from_day, row.until, row.reason, row.declared_at.astimezone(CHINA_TIME))
