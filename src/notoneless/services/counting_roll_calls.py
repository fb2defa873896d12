"""点名 of a period: how many were due, how many were taken, and who is away without an explanation."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from django.db.models import Exists, Max, Min, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from notoneless.core.calendar import ONE_DAY, SchoolCalendar
from notoneless.core.terms import AttendanceStatus, PlaceKind
from notoneless.records import constants
from notoneless.records.calendars import county_calendar
from notoneless.records.models import AttendanceMark, ClassGroup, Enrolment, LeaveGranted, RollCall
from notoneless.records.scopes import during
from notoneless.services.counting_asked import Asked

FOREVER = date.max


class RollCalls(NamedTuple):
    """Roll calls of a place's classes in a period."""

    due: int
    taken: int
    unexplained: tuple[UUID, ...]  # children marked absent on the last day, without leave


def roll_calls(asked: Asked) -> RollCalls:
    """Counted as known then; a roll call is due from a class as long as it has pupils, once it has begun."""
    classes = _classes(asked)
    until = min(asked.last, asked.known_at.date())
    stays = list(_first_and_last(asked, classes))
    homes = constants.of_classes([class_group for class_group, _, _ in stays])
    due = sum(
        _due(homes[group].calendar, max(first, asked.first), min(ends, until), asked.known_at)
        for group, first, ends in stays
    )
    codes = [each.code for each in county_calendar().roll_call_sessions()]
    taken = RollCall.objects.filter(
        class_group__in=classes, session__in=codes, standing=True, recorded_at__lte=asked.known_at
    ).filter(day__gte=asked.first, day__lte=until)
    return RollCalls(due, taken.count(), tuple(_unexplained(asked, classes)))


def _classes(asked: Asked) -> QuerySet[ClassGroup]:
    found = ClassGroup.objects.filter(school__path__startswith=asked.path)
    if asked.kind is PlaceKind.GRADE:
        found = found.filter(grade=asked.place.grade or 0)
    if asked.kind is PlaceKind.TEACHING_POINT:
        found = found.filter(teaching_point=asked.place)
    return found


def _first_and_last(asked: Asked, classes: QuerySet[ClassGroup]) -> Iterable[tuple[int, date, date]]:
    """The classes with pupils in the period: since when, and the last day."""
    known = Q(recorded_at=None) | Q(recorded_at__lte=asked.known_at)
    stays = Enrolment.objects.filter(known, class_group__in=classes, from_day__lte=asked.last)
    theirs = stays.filter(Q(until=None) | Q(until__gt=asked.first)).values_list("class_group")
    spans = theirs.annotate(first=Min("from_day"), ends=Max(Coalesce("until", FOREVER)))
    return ((group, first, ends - ONE_DAY) for group, first, ends in spans)


def _due(calendar: SchoolCalendar, first: date, last: date, known_at: datetime) -> int:
    return _begun(calendar.as_known_at(known_at), first, last, known_at)


@lru_cache(maxsize=256)
def _begun(calendar: SchoolCalendar, first: date, last: date, known_at: datetime) -> int:
    """The sessions with a roll call on the school days of a span that had begun at a moment."""
    days = calendar.school_days(first, last + ONE_DAY)
    codes = [each.code for each in calendar.roll_call_sessions()]
    whole = sum(1 for day in days if day < known_at.date()) * len(codes)
    today = [day for day in days if day == known_at.date()]
    return whole + sum(calendar.session_start(day, code) <= known_at for day in today for code in codes)


def _unexplained(asked: Asked, classes: QuerySet[ClassGroup]) -> Iterable[UUID]:
    """Marked absent in some session of the last day, as known then, and not on leave."""
    marks = AttendanceMark.objects.filter(day=asked.last, recorded_at__lte=asked.known_at, speaks=True)
    later = marks.filter(child=OuterRef("child"), session=OuterRef("session"), supersedes=OuterRef("pk"))
    leave = LeaveGranted.objects.filter(during(asked.last), child=OuterRef("child"))
    in_class = Enrolment.objects.filter(during(asked.last), class_group__in=classes)
    away = marks.filter(
        ~Exists(later),
        ~Exists(leave.filter(recorded_at__lte=asked.known_at)),
        status=AttendanceStatus.ABSENT,
        child__in=in_class.values("child"),
    )
    return away.order_by("child").values_list("child", flat=True).distinct()
