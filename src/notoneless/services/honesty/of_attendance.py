"""Patterns in roll calls: absences that end at a limit, a full house for weeks, absence turned into leave."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, Sum

from notoneless.core.calendar import BeyondCalendar, SchoolCalendar
from notoneless.core.policy.pack import AbsenceTrigger, Within
from notoneless.core.report_terms import QuestionKind
from notoneless.core.sampling import at_least_by_chance
from notoneless.core.terms import AttendanceStatus, DayKind, Post, Stage
from notoneless.records.calendars import county_calendar
from notoneless.records.models import (
    AttendanceMark,
    CaseChange,
    LeaveGranted,
    Place,
    PostHeld,
    RollCall,
)
from notoneless.records.packs import adoptions_on, packs_of
from notoneless.records.scopes import live
from notoneless.services.honesty.found import Found, Night, in_china, month_of, spots_of, start_of
from notoneless.services.honesty.thresholds import (
    DAYS_LATER,
    RARE,
    ROLL_CALLS,
    SOON_AGAIN,
    THRESHOLDS,
)

ABSENT, LEAVE = AttendanceStatus.ABSENT, AttendanceStatus.LEAVE
AWAY_AGAIN = (Stage.AT_RISK, Stage.SUSPECTED_DROPOUT, Stage.DROPOUT)


def threshold(night: Night) -> Iterator[Found]:
    """总在时限前一天返校: more absences of one day less than the limit than chance would bring."""
    calendar = county_calendar()
    term = calendar.term_of(night.today)
    if term is None:
        return
    try:
        lengths = _lengths(calendar, term.first_day, night)
    except BeyondCalendar:  # which days are school days is not announced yet, so nothing can be counted
        return
    paths = dict(Place.objects.filter(pk__in=lengths).values_list("pk", "path"))
    for school, counted in sorted(lengths.items()):
        for limit in _limits(paths[school] or "", night.today):
            short, close, full = (counted[limit - 2], counted[limit - 1], counted[limit])
            of = short + close + full
            if of < THRESHOLDS[QuestionKind.THRESHOLD].least or at_least_by_chance(close, of) > RARE:
                continue
            summary = {"n": close, "of": of, "limit": limit, "short": short, "full": full}
            key = f"THRESHOLD/{school}/{term.first_day}/{limit}"
            yield Found(QuestionKind.THRESHOLD, key, school, summary, ())


def everyone_present(night: Night) -> Iterator[Found]:
    """长期全勤: a class where nobody was ever away while others of the county were."""
    calls = RollCall.objects.filter(
        standing=True, day__gte=night.since, day__lte=night.today, recorded_at__lte=night.now
    )
    sums = {"n": Count("pk"), "of": Sum("expected"), "away": Sum(F("absent") + F("leave") + F("unrecorded"))}
    rows = calls.order_by().values("class_group", "class_group__school").annotate(**sums)
    classes: list[dict[str, Any]] = [dict(row) for row in rows]
    county = _rate(classes)
    full = [c for c in classes if not c["away"] and c["n"] >= ROLL_CALLS]
    expected = {c["class_group"]: int(_rate_around(c, classes, county) * c["of"]) for c in full}
    least = THRESHOLDS[QuestionKind.EVERYONE_PRESENT].least
    doubtful = [each for each in full if expected[each["class_group"]] >= least]
    teachers = _teachers([each["class_group"] for each in doubtful], night.today)
    for each in doubtful:
        group = each["class_group"]
        summary = {"n": each["n"], "expected": expected[group]}
        key = f"EVERYONE_PRESENT/{group}/{_half(night.today)}"
        school = each["class_group__school"]
        yield Found(QuestionKind.EVERYONE_PRESENT, key, school, summary, (), group, about=teachers.get(group))


def _rate(classes: Iterable[Mapping[str, Any]]) -> float:
    """Absences of all kinds for each child called, in classes where anybody was ever away."""
    kept = [each for each in classes if each["away"]]
    of = sum(each["of"] for each in kept)
    return sum(each["away"] for each in kept) / of if of else 0.0


def _rate_around(group: Mapping[str, Any], classes: Iterable[Mapping[str, Any]], county: float) -> float:
    """The lower of the county's and of the other classes of the school: some schools see little illness.

    Where nobody was ever away in the whole school, the county's alone.
    """
    same = [each for each in classes if each["class_group__school"] == group["class_group__school"]]
    return min(county, _rate(same) or county)


def reclassified(night: Night) -> Iterator[Found]:
    """旷课改为请假: absences that became leave days later, for several children of a class."""
    by_class: dict[int, dict[UUID, tuple[str, str, dict[str, str | int]]]] = defaultdict(dict)
    changed = [*_marks_changed(night), *_leave_for_days_gone(night)]
    spots = spots_of([child for child, *_ in changed])
    for child, kind, number, said in changed:
        if child in spots:
            by_class[spots[child].class_group].setdefault(child, (kind, number, said))
    schools = {spot.class_group: spot.school for spot in spots.values()}
    teachers = _teachers(by_class, night.today)
    for group, found in sorted(by_class.items()):
        if len(found) >= THRESHOLDS[QuestionKind.RECLASSIFIED].least:
            yield Found(
                QuestionKind.RECLASSIFIED,
                f"RECLASSIFIED/{group}/{month_of(night.today)}",
                schools[group],
                {"n": len(found)},
                tuple(found.values()),
                group,
                about=teachers.get(group),
            )


def brief_return(night: Night) -> Iterator[Found]:
    """返校即再离校: children of one school who were back and soon away again."""
    soon = timedelta(days=SOON_AGAIN)
    again = CaseChange.objects.filter(
        case=OuterRef("case"), at__gt=OuterRef("at"), at__lte=OuterRef("at") + soon, stage__in=AWAY_AGAIN
    )
    rows = CaseChange.objects.filter(
        Exists(again), stage=Stage.BACK, at__gte=start_of(night.since), recorded_at__lte=night.now
    )
    found = list(rows.order_by("at").values_list("case__child", "at"))
    spots = spots_of([child for child, _ in found])
    by_school: dict[int, list[tuple[UUID, date]]] = defaultdict(list)
    for child, at in found:
        if child in spots:
            by_school[spots[child].school].append((child, in_china(at)))
    for school, returns in sorted(by_school.items()):
        if len(returns) >= THRESHOLDS[QuestionKind.BRIEF_RETURN].least:
            facts = tuple(
                ("child", str(child), {"child": str(child), "day": str(day)}) for child, day in returns
            )
            key = f"BRIEF_RETURN/{school}/{month_of(returns[-1][1])}"
            yield Found(QuestionKind.BRIEF_RETURN, key, school, {"n": len(returns)}, facts)


# Absences and their lengths.


def _lengths(calendar: SchoolCalendar, since: date, night: Night) -> dict[int, Counter[int]]:
    """How many absences of how many school days in a row ended in each school since a day."""
    days: dict[UUID, set[int]] = defaultdict(set)
    corrected = AttendanceMark.objects.filter(supersedes=OuterRef("pk"), recorded_at__lte=night.now)
    marks = AttendanceMark.objects.filter(
        ~Exists(corrected), day__gte=since, day__lte=night.today, status=ABSENT, speaks=True
    )
    for child, day in marks.filter(recorded_at__lte=night.now).values_list("child_id", "day"):
        number = calendar.number_if_school_day(day)
        if number is not None:
            days[child].add(number)
    today = calendar.school_day_number(night.today)
    spots = spots_of(days)
    found: dict[int, Counter[int]] = defaultdict(Counter)
    for child, numbers in days.items():
        if child in spots:
            found[spots[child].school].update(_runs(numbers, today))
    return found


def _runs(numbers: Iterable[int], today: int) -> Iterator[int]:
    """The lengths of the runs that were over before today."""
    run = 0
    ordered = sorted(numbers)
    for number, following in zip(ordered, [*ordered[1:], None], strict=True):
        run += 1
        if following != number + 1:
            if number < today - 1:
                yield run
            run = 0


def _limits(path: str, today: date) -> list[int]:
    """The lengths in school days, from three on, at which a policy in force begins to ask for something."""
    rules = (bound.rule.when for bound in packs_of(adoptions_on(path)).rules if bound.binds_on(today))
    found = {
        when.amount.count
        for when in rules
        if isinstance(when, AbsenceTrigger)
        and when.within is Within.SPELL
        and when.amount.unit is DayKind.SCHOOL_DAY
    }
    return sorted(limit for limit in found if limit > 2)


# Absence that became leave.

_Changed = tuple[UUID, str, str, dict[str, str | int]]


def _marks_changed(night: Night) -> Iterator[_Changed]:
    rows = AttendanceMark.objects.filter(
        status=LEAVE,
        supersedes__status=ABSENT,
        recorded_at__gte=start_of(night.today.replace(day=1)),
        recorded_at__lte=night.now,
    )
    for number, child, day, recorded_at in rows.values_list("pk", "child_id", "day", "recorded_at"):
        if (in_china(recorded_at) - day).days >= DAYS_LATER:
            yield child, "mark", str(number), _days(child, day, in_china(recorded_at))


def _leave_for_days_gone(night: Night) -> Iterator[_Changed]:
    """Leave that was written down days after its first day, over a day on which the child was absent."""
    absent = AttendanceMark.objects.filter(
        child=OuterRef("child"),
        status=ABSENT,
        speaks=True,
        day__gte=OuterRef("from_day"),
        day__lt=OuterRef("until"),
    )
    rows = LeaveGranted.objects.filter(
        Exists(absent), recorded_at__gte=start_of(night.today.replace(day=1)), recorded_at__lte=night.now
    )
    for number, child, day, recorded_at in rows.values_list("pk", "child_id", "from_day", "recorded_at"):
        if (in_china(recorded_at) - day).days >= DAYS_LATER:
            yield child, "leave", str(number), _days(child, day, in_china(recorded_at))


def _days(child: UUID, day: date, recorded: date) -> dict[str, str | int]:
    return {"child": str(child), "day": str(day), "recorded": str(recorded)}


def _teachers(classes: Iterable[int], on: date) -> Mapping[int, int]:
    """Who is class teacher of each; one query."""
    rows = PostHeld.objects.filter(live(on), Q(class_group__in=list(classes)), post=Post.CLASS_TEACHER)
    return {row.class_group_id: row.person_id for row in rows.order_by("-pk") if row.class_group_id}


def _half(day: date) -> str:
    """The half year: what is asked about a class is asked once in it."""
    return f"{day.year}-{1 if day.month < 8 else 2}"
