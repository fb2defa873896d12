"""Patterns around reports, rolls and posts: off the roll for a day, nil beside signs, handed on late."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from notoneless.core.report_terms import QuestionKind, ReportKind, ReportStep
from notoneless.core.terms import ChangeStep, Stage, TipFinding
from notoneless.records.models import (
    Assigned,
    Case,
    CaseChange,
    ChangeStepTaken,
    Enrolment,
    EnrolmentChange,
    HandOff,
    Obligation,
    OnRoll,
    ReportDrawn,
    ReportStepTaken,
    SampleVisited,
    TipAnswered,
)
from notoneless.services.honesty.found import Fact, Found, Night, in_china, month_of, spots_of, start_of
from notoneless.services.honesty.thresholds import AROUND_REPORT, SPRING, SPRING_SHARE, THRESHOLDS

OUT = (Stage.SUSPECTED_DROPOUT, Stage.DROPOUT)
NINTH = 9
YEAR = timedelta(days=366)


def off_before_date(night: Night) -> Iterator[Found]:
    """报表截止前调出、其后调入: a child that was off class or roll over a report's day and came back."""
    days = _report_days(night)
    if not days:
        return
    gaps = dict.fromkeys((*_gaps(Enrolment, "class_group__school", night), *_gaps(OnRoll, "school", night)))
    near = [
        (child, school, left, back, day)
        for child, school, left, back in gaps
        for day in days
        if left <= day < back
    ]
    regular = _changes([each[0] for each in near])
    for child, school, left, back, day in sorted(near, key=str):
        if any(left - YEAR < changed < back for changed in regular[child]):
            continue
        facts: tuple[Fact, ...] = (
            ("child", str(child), {"child": str(child), "left": str(left), "back": str(back)}),
        )
        summary = {"day": str(day), "left": str(left), "back": str(back)}
        key = f"OFF_BEFORE_DATE/{child}/{day}"
        yield Found(QuestionKind.OFF_BEFORE_DATE, key, school, summary, facts, child=child)


def nil_with_signs(night: Night) -> Iterator[Found]:
    """零报告与线索不符: what became known of a nil report's time after it was signed."""
    signed = ReportStepTaken.objects.filter(
        step=ReportStep.SIGNED, report__nil=True, at__lte=night.now, report__last__gte=night.since
    )
    for step in signed.select_related("report__place").order_by("at"):
        report = step.report
        facts = tuple(_signs(report, step, night))
        if len(facts) >= THRESHOLDS[QuestionKind.NIL_WITH_SIGNS].least:
            summary: dict[str, str | int] = {
                "n": len(facts),
                "first": str(report.first),
                "last": str(report.last),
                "signed": str(in_china(step.at)),
            }
            key = f"NIL_WITH_SIGNS/{report.pk}"
            yield Found(QuestionKind.NIL_WITH_SIGNS, key, report.place_id, summary, facts)


def handed_on_due_day(night: Night) -> Iterator[Found]:
    """到期当日转手: cases handed off, or given to another person, on the day something was due."""
    moved = [*_handed_off(night), *_assigned_anew(night)]
    due = _due_days({child for child, *_ in moved})
    by_place: dict[int, list[Fact]] = defaultdict(list)
    for child, place, day, kind, number in sorted(moved, key=str):
        if day in due[child]:
            by_place[place].append((kind, number, {"child": str(child), "day": str(day)}))
    for place, facts in sorted(by_place.items()):
        if len(facts) >= THRESHOLDS[QuestionKind.HANDED_ON_DUE_DAY].least:
            key = f"HANDED_ON_DUE_DAY/{place}/{month_of(night.today)}"
            yield Found(QuestionKind.HANDED_ON_DUE_DAY, key, place, {"n": len(facts)}, tuple(facts))


def spring_leavers(night: Night) -> Iterator[Found]:
    """九年级春季集中离校: many of grade 9 who left a class with neither a transfer confirmed nor a case."""
    first, last = (date(night.today.year, *day) for day in SPRING)
    if not first <= night.today <= last:
        return
    here = Enrolment.objects.filter(class_group__grade=NINTH, from_day__lte=night.today)
    there = Q(until__isnull=True) | Q(until__gte=first)
    sizes = (
        here.filter(there).order_by().values("class_group__school").annotate(n=Count("child", distinct=True))
    )
    again = Enrolment.objects.filter(child=OuterRef("child"), from_day__gte=OuterRef("until"))
    confirmed = ChangeStepTaken.objects.filter(
        change__child=OuterRef("child"), step=ChangeStep.RECEIVER_CONFIRMED, change__from_day__gte=first
    )
    left = here.filter(
        ~Exists(again),
        ~Exists(confirmed),
        ~Exists(Case.objects.filter(child=OuterRef("child"))),
        until__gte=first,
        until__lte=night.today,
    )
    by_school: dict[int, list[Fact]] = defaultdict(list)
    for child, school, day in left.order_by("until").values_list("child_id", "class_group__school", "until"):
        by_school[school].append(("child", str(child), {"child": str(child), "day": str(day)}))
    sized = {row["class_group__school"]: row["n"] for row in sizes}
    for school, facts in sorted(by_school.items()):
        many = len(facts) >= THRESHOLDS[QuestionKind.SPRING_LEAVERS].least
        if many and len(facts) > SPRING_SHARE * sized[school]:
            summary = {"n": len(facts), "of": sized[school]}
            key = f"SPRING_LEAVERS/{school}/{first.year}"
            yield Found(QuestionKind.SPRING_LEAVERS, key, school, summary, tuple(facts))


# Off and on again.


def _report_days(night: Night) -> list[date]:
    """The last days of the monthly reports that were drawn up in the window."""
    rows = ReportDrawn.objects.filter(kind=ReportKind.MONTHLY, last__gte=night.since, last__lte=night.today)
    return sorted(set(rows.values_list("last", flat=True)))


def _gaps(
    model: type[Enrolment] | type[OnRoll], school: str, night: Night
) -> Iterator[tuple[UUID, int, date, date]]:
    """Children who left a school and were back in it within days: child, school, left, back."""
    rows = model._default_manager.filter(
        **{f"{school}__isnull": False}, until__gte=night.since - timedelta(days=AROUND_REPORT)
    )
    left: dict[tuple[UUID, int], list[date]] = defaultdict(list)
    for child, place, until in rows.values_list("child_id", school, "until"):
        left[child, place].append(until)
    begun = model._default_manager.filter(child__in={child for child, _ in left}, from_day__gte=night.since)
    for child, place, back in begun.values_list("child_id", school, "from_day"):
        for until in left.get((child, place), ()):
            if timedelta(0) < back - until <= timedelta(days=2 * AROUND_REPORT):
                yield child, place, until, back


def _changes(children: list[UUID]) -> Mapping[UUID, list[date]]:
    found: dict[UUID, list[date]] = defaultdict(list)
    for child, day in EnrolmentChange.objects.filter(child__in=children).values_list("child_id", "from_day"):
        found[child].append(day)
    return found


# Signs beside a nil report.


def _signs(report: ReportDrawn, signed: ReportStepTaken, night: Night) -> Iterator[Fact]:
    path = report.place.path or "/"
    first, after = start_of(report.first), start_of(report.last + timedelta(days=1))
    out = CaseChange.objects.filter(
        stage__in=OUT, at__gte=first, at__lt=after, recorded_at__gt=signed.at, recorded_at__lte=night.now
    )
    inside = _children_in(path, report.last)
    for child, at in out.filter(case__child__in=inside).values_list("case__child", "at"):
        yield "child", str(child), {"child": str(child), "day": str(in_china(at))}
    tips = TipAnswered.objects.filter(finding=TipFinding.FOUND_OUT, at__gt=signed.at, at__lte=night.now)
    about = tips.filter(tip__at__lt=after, tip__at__gte=first, tip__forwarded__to__path__startswith=path)
    for number, at in about.values_list("tip_id", "at").distinct():
        yield "tip", str(number), {"day": str(in_china(at))}
    wrong = SampleVisited.objects.filter(
        as_recorded=False, at__gt=signed.at, at__lte=night.now, drawn__announced__first__lte=report.last
    ).filter(drawn__announced__last__gte=report.first, drawn__announced__place__path__startswith=path)
    for visit in wrong.order_by("pk"):
        yield "sample", str(visit.pk), {"row": visit.row, "day": str(in_china(visit.at))}


def _children_in(path: str, on: date) -> QuerySet[Any, Any]:
    there = Q(until__isnull=True) | Q(until__gt=on - YEAR)
    rows = Enrolment.objects.filter(there, from_day__lte=on, class_group__school__path__startswith=path)
    return rows.values("child")


# Handed on.

_Moved = tuple[UUID, int, date, str, str]


def _handed_off(night: Night) -> Iterator[_Moved]:
    rows = HandOff.objects.filter(at__gte=start_of(night.since), at__lte=night.now)
    for number, child, place, at in rows.values_list("pk", "case__child", "from_place", "at"):
        yield child, place, in_china(at), "hand_off", str(number)


def _assigned_anew(night: Night) -> Iterator[_Moved]:
    before = Assigned.objects.filter(
        child=OuterRef("child"), post=OuterRef("post"), until=OuterRef("from_day")
    )
    rows = Assigned.objects.filter(
        Exists(before.exclude(person=OuterRef("person"))),
        from_day__gte=night.since,
        recorded_at__lte=night.now,
    )
    found = list(rows.values_list("pk", "child_id", "from_day"))
    spots = spots_of([child for _, child, _ in found])
    for number, child, day in found:
        if child in spots:
            yield child, spots[child].school, day, "assigned", str(number)


def _due_days(children: set[UUID]) -> Mapping[UUID, set[date]]:
    found: dict[UUID, set[date]] = defaultdict(set)
    rows = Obligation.objects.filter(child__in=children, due_at__isnull=False)
    for child, due_at in rows.values_list("child_id", "due_at"):
        if child is not None and due_at is not None:
            found[child].add(in_china(due_at))
    return found
