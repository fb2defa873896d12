"""如实报送: how completely and in time a place reports; beside the outcomes and never added to them.

A school that finds and reports many dropouts in time scores high. Nothing here counts children.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from notoneless.core.figure_terms import Tally
from notoneless.core.report_terms import OnTime, ReportStep
from notoneless.core.terms import Act, ObligationState, Post
from notoneless.records.models import (
    ActRecord,
    AttendanceMark,
    CaseChange,
    Obligation,
    Place,
    PostHeld,
    ReportStepTaken,
    RollCall,
)
from notoneless.records.scopes import live
from notoneless.services.counting import Asked, lines
from notoneless.services.counting_roll_calls import roll_calls
from notoneless.services.honesty.found import in_china, start_of
from notoneless.services.honesty.of_acts import WRITTEN
from notoneless.services.honesty.of_rolls import OUT
from notoneless.services.honesty.thresholds import DAYS_LATER
from notoneless.services.reports.silence import expected, expected_below

ONE_DAY = timedelta(days=1)
ABOVE = (Post.CENTRAL_SCHOOL, Post.TOWNSHIP, Post.COUNTY_BUREAU, Post.SUPERVISION_OFFICE)


class Ratio(NamedTuple):
    """So many of so many."""

    part: int
    of: int

    @property
    def share(self) -> Decimal | None:
        """In per cent with one place; None of nothing."""
        return (Decimal(100 * self.part) / self.of).quantize(Decimal("0.1")) if self.of else None


class Score(NamedTuple):
    """Timeliness and completeness of a place in a period, each apart; there is no sum of them."""

    roll_calls: Ratio  # taken, of those that were due
    roll_calls_same_day: Ratio  # written down on their day, of those taken
    duties: Ratio  # met in time, of those whose moment has passed
    reports: Mapping[OnTime, int]  # of the periods that end in it
    corrected_after_signing: int  # marks put right after the report of their days was signed
    late_entries: Ratio  # visits and calls written down three calendar days or more later, of all

    @property
    def reports_on_time(self) -> Ratio:
        """On time, of those that were due."""
        due = sum(self.reports.get(each, 0) for each in (OnTime.ON_TIME, OnTime.LATE, OnTime.MISSING))
        return Ratio(self.reports.get(OnTime.ON_TIME, 0), due)


class Discovery(NamedTuple):
    """Children newly out of school: those the school reported, and those that others found first."""

    reported: tuple[UUID, ...]
    found: tuple[UUID, ...]


def reporting_score(place: Place, first: date, last: date, known_at: datetime) -> Score:
    """How completely and in time the place reported from `first` to `last`, both included."""
    asked = Asked(place, first, last, known_at)
    called = roll_calls(asked)
    return Score(
        Ratio(called.taken, called.due),
        _same_day(asked),
        _duties(asked),
        _reports(asked),
        _corrected_after_signing(asked),
        _late_entries(asked),
    )


def discovery(place: Place, first: date, last: date, known_at: datetime) -> Discovery:
    """Who told first of each child that newly was out of school: the school, or somebody above it."""
    asked = Asked(place, first, last, known_at)
    new = {line.child for tally in (Tally.NEW_SUSPECTED, Tally.NEW_DROPOUTS) for line in lines(asked, tally)}
    changes = CaseChange.objects.filter(
        case__child__in=new, stage__in=OUT, at__gte=start_of(first), recorded_at__lte=known_at
    )
    told: dict[UUID, int | None] = {}
    for child, person in changes.order_by("at", "pk").values_list("case__child", "journal__by"):
        told.setdefault(child, person)
    above = _above_only({person for person in told.values() if person is not None}, last)
    found = tuple(sorted((child for child, person in told.items() if person in above), key=str))
    return Discovery(tuple(sorted(new - set(found), key=str)), found)


def _same_day(asked: Asked) -> Ratio:
    calls = RollCall.objects.filter(
        standing=True,
        class_group__school__path__startswith=asked.place.path or "?",
        day__gte=asked.first,
        day__lte=asked.last,
        recorded_at__lte=asked.known_at,
    )
    taken = calls.order_by().values("day").annotate(n=Count("pk"))
    of = sum(row["n"] for row in taken)
    late = sum(
        1
        for day, at in calls.filter(recorded_at__gt=F("taken_at")).values_list("day", "recorded_at")
        if in_china(at) > day
    )
    return Ratio(of - late, of)


def _duties(asked: Asked) -> Ratio:
    """All that fell due, whoever owed it; roll calls have their own line."""
    until = min(start_of(asked.last + ONE_DAY), asked.known_at)
    due = Obligation.objects.filter(
        place__path__startswith=asked.place.path or "?", due_at__gte=start_of(asked.first), due_at__lt=until
    ).exclude(state=ObligationState.WITHDRAWN)
    sums = due.exclude(act=Act.TAKE_ROLL_CALL).aggregate(
        of=Count("key"), met=Count("key", filter=Q(met_at__isnull=False, met_at__lte=F("due_at"), late=False))
    )
    return Ratio(sums["met"], sums["of"])


def _reports(asked: Asked) -> Mapping[OnTime, int]:
    found = (*expected(asked.place, asked.known_at), *expected_below(asked.place, asked.known_at))
    return Counter(each.on_time for each in found if asked.first <= each.span.last <= asked.last)


def _corrected_after_signing(asked: Asked) -> int:
    """Marks that were put right after a report of their place and day was signed."""
    signed = ReportStepTaken.objects.filter(
        step=ReportStep.SIGNED,
        at__lte=asked.known_at,
        report__place__path__startswith=asked.place.path or "?",
        report__last__gte=asked.first,
        report__last__lte=asked.last,
    )
    spans = list(signed.values_list("report__place__path", "report__first", "report__last", "at"))
    if not spans:
        return 0
    school = "supersedes__roll_call__class_group__school__path"
    rows = AttendanceMark.objects.filter(
        supersedes__isnull=False,
        recorded_at__lte=asked.known_at,
        day__gte=min(begun for _, begun, _, _ in spans),
        day__lte=asked.last,
        **{f"{school}__startswith": asked.place.path or "?"},
    ).values_list("pk", "day", "recorded_at", school)
    return sum(
        1
        for _, day, at, path in rows
        if any(
            first <= day <= last and at > then and path.startswith(where)
            for where, first, last, then in spans
        )
    )


def _late_entries(asked: Asked) -> Ratio:
    rows = _acts(asked).values_list("happened_at", "recorded_at")
    days = [(in_china(recorded_at) - in_china(happened_at)).days for happened_at, recorded_at in rows]
    return Ratio(sum(1 for each in days if each >= DAYS_LATER), len(days))


def _acts(asked: Asked) -> QuerySet[ActRecord]:
    return ActRecord.objects.filter(
        act__in=WRITTEN,
        happened_at__gte=start_of(asked.first),
        happened_at__lt=start_of(asked.last + ONE_DAY),
        recorded_at__lte=asked.known_at,
        child__enrolments__class_group__school__path__startswith=asked.place.path or "?",
    ).distinct()


def _above_only(people: set[int], on: date) -> set[int]:
    """Those of them who hold a post above schools and none in one."""
    held: dict[int, set[Post]] = {}
    for row in PostHeld.objects.filter(live(on), person__in=people):
        held.setdefault(row.person_id, set()).add(row.post)
    return {person for person, posts in held.items() if posts <= set(ABOVE)}
