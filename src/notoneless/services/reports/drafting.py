"""What a report would say if it were drawn up now: its own numbers, or the sum of those below."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from notoneless.core.balances import Broken, Per, broken
from notoneless.core.calendar import SchoolCalendar
from notoneless.core.figure_terms import Tally
from notoneless.core.policy.report_rules import ReportRule, Span
from notoneless.core.report_terms import ReportStep
from notoneless.core.reporting import TALLIES
from notoneless.core.terms import PlaceKind
from notoneless.records.models import ClassGroup, Place, ReportDrawn
from notoneless.services.counting import Asked, roll_calls
from notoneless.services.reports.rows import Counts, Rows, by_unit, counted, counts_in, counts_of
from notoneless.services.reports.rules import owing_below, rule_for

_SCHOOLS = (PlaceKind.SCHOOL, PlaceKind.TEACHING_POINT)


class Part(NamedTuple):
    """A place below that owes the same report, with the one that counts, if there is one."""

    place: Place
    report: ReportDrawn | None


class Draft(NamedTuple):
    """A report before it is drawn up: nothing of it is kept yet."""

    place: Place
    rule: ReportRule
    span: Span
    calendar: SchoolCalendar
    rows: Rows  # empty for one that sums others
    counts: Counts
    roll_calls: Mapping[str, int]
    parts: tuple[Part, ...]
    broken: tuple[Broken, ...]

    @property
    def present(self) -> list[ReportDrawn]:
        """The reports that it sums."""
        return [part.report for part in self.parts if part.report is not None]

    @property
    def absent(self) -> list[Place]:
        """The places below whose report is not there."""
        return [part.place for part in self.parts if part.report is None]


def draft(place: Place, rule: ReportRule, span: Span, calendar: SchoolCalendar, at: datetime) -> Draft:
    """The report as known at `at`; where places below owe the same one, the sum of theirs."""
    parts = tuple(parts_of(place, rule, span)) if place.kind not in _SCHOOLS else ()
    rows: Rows = {}
    if parts:
        counts, called = sum_of(parts, rule), calls_of(parts)
    else:
        rows = rows_now(place, rule, span, at)
        counts, called = counts_of(rows), called_now(place, span, at)
    found = tuple(broken(counts, units_of(place, counts)))
    return Draft(place, rule, span, calendar, rows, counts, called, parts, found)


def rows_now(place: Place, rule: ReportRule, span: Span, at: datetime) -> Rows:
    """The children behind each number of the place's own count, as known at `at`."""
    asked = Asked(place, span.first, span.last, at)
    return by_unit(counted(asked, TALLIES[rule.kind], by_school=place.kind not in _SCHOOLS))


def called_now(place: Place, span: Span, at: datetime) -> dict[str, int]:
    """Roll calls due and taken, and how many children were away without a word on the last day."""
    found = roll_calls(Asked(place, span.first, span.last, at))
    return {"due": found.due, "taken": found.taken, "unexplained": len(found.unexplained)}


# Sums.


def parts_of(place: Place, rule: ReportRule, span: Span) -> Iterable[Part]:
    """The places below that owe the same report, each with the report that its receiver has accepted."""
    below = owing_below(place, rule.kind, span.last)
    sent = accepted(below, rule, span)
    return [Part(each, sent.get(each.pk)) for each in below]


def accepted(places: Iterable[Place], rule: ReportRule, span: Span) -> dict[int, ReportDrawn]:
    """The reports of these places for the same days: accepted, or signed where nobody receives them."""
    found = ReportDrawn.objects.filter(
        place__in=list(places), kind=rule.kind, last=span.last, replaced_by__isnull=True
    )
    return {report.place_id: report for report in _standing(found.prefetch_related("steps"))}


def _standing(reports: Iterable[ReportDrawn]) -> Iterable[ReportDrawn]:
    for report in reports:
        steps = {step.step for step in report.steps.all()}
        if ReportStep.RETURNED not in steps and (ReportStep.ACCEPTED in steps or _kept(report, steps)):
            yield report


def _kept(report: ReportDrawn, steps: set[ReportStep]) -> bool:
    """Whether it is complete because its place keeps it and sends it to nobody."""
    return ReportStep.SIGNED in steps and rule_for(report.place, report.kind, report.last)[0].to is None


def sum_of(parts: Iterable[Part], rule: ReportRule) -> dict[Tally, dict[int, int]]:
    """Each number by place: the whole of what the place's report says."""
    found: dict[Tally, dict[int, int]] = {tally: {} for tally in TALLIES[rule.kind]}
    for part in parts:
        if part.report is not None:
            for tally, units in counts_in(part.report).items():
                found.setdefault(tally, {})[part.place.pk] = sum(units.values())
    return found


def calls_of(parts: Iterable[Part]) -> dict[str, int]:
    """The roll calls of the reports together."""
    found: defaultdict[str, int] = defaultdict(int)
    for part in parts:
        for name, count in (part.report.roll_calls if part.report else {}).items():
            found[name] += count
    return dict(found)


def units_of(place: Place, counts: Counts) -> dict[Per, dict[int, Hashable]]:
    """Which grade and school the units of a report belong to; above schools each unit is a place."""
    units = {unit for each in counts.values() for unit in each}
    if place.kind not in _SCHOOLS:
        return {per: {unit: unit for unit in units} for per in (Per.GRADE, Per.SCHOOL)}
    classes = ClassGroup.objects.filter(pk__in=units).values_list("pk", "grade", "school")
    rows = list(classes)
    return {
        Per.GRADE: {pk: grade for pk, grade, _ in rows},
        Per.SCHOOL: {pk: school for pk, _, school in rows},
    }
