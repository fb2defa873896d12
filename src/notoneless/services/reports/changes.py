"""What has changed behind a report since it was drawn up: counted again, as known then and as known now."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from notoneless.core.figure_terms import Tally
from notoneless.core.policy.report_rules import Span
from notoneless.records.models import Place, ReportDrawn
from notoneless.services.counting import Asked, Line
from notoneless.services.counting_difference import Difference, difference
from notoneless.services.refusals import Refusal
from notoneless.services.reports.drafting import parts_of, rows_now
from notoneless.services.reports.rows import Rows, rows_in
from notoneless.services.reports.rules import rule_for


class Changed(NamedTuple):
    """One number of a report that is not the same any more: who left it and who came into it."""

    tally: Tally
    unit: int
    left: frozenset[UUID]
    joined: frozenset[UUID]


class Changes(NamedTuple):
    """All that is different: numbers with their children, or places whose report is another one now."""

    rows: tuple[Changed, ...] = ()
    places: tuple[Place, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.rows or self.places)


def changed(report: ReportDrawn, known_at: datetime) -> Changes:
    """What is different if the report is counted again as known at `known_at`."""
    if sums_others(report):
        return Changes(places=tuple(_other_parts(report)))
    rule, _ = rule_for(report.place, report.kind, report.last)
    now = rows_now(report.place, rule, Span(report.first, report.last), known_at)
    return Changes(tuple(_compared(rows_in(report), now)))


def has_changed(report: ReportDrawn, at: datetime) -> bool:
    """Whether the report would be another one if it were drawn up now."""
    return bool(changed(report, at))


def sums_others(report: ReportDrawn) -> bool:
    """Whether its numbers are those of the reports below."""
    return bool(report.parts or report.absent_parts)


def refuse_changed(report: ReportDrawn, at: datetime) -> None:
    """Refuse to go on when its rows, as known then or as known now, are not those that were frozen."""
    if found := changed(report, at):
        raise rows_changed(found)
    if not sums_others(report) and changed(report, report.at):
        raise Refusal(
            "ROWS_DIFFER",
            "按编制时已知的记录重新计数，与冻结的名单不一致；请报系统管理员核查，并重新编制。",
            "Counted again as known when it was drawn up, its rows are not those that were frozen; tell the "
            "system officer and draw it up anew.",
        )


def rows_changed(found: Changes) -> Refusal:
    """The sentence for a report whose rows are not what they were."""
    if found.places:
        names = "、".join(place.name for place in found.places[:3])
        return Refusal(
            "ROWS_CHANGED",
            f"编制以后，{names}等 {len(found.places)} 个单位的报表有变化；请重新编制。",
            f"Since it was drawn up the reports of {len(found.places)} places have changed ({names}); draw "
            "it up anew.",
        )
    names = "、".join(dict.fromkeys(each.tally.zh for each in found.rows))
    english = ", ".join(dict.fromkeys(each.tally.en for each in found.rows))
    return Refusal(
        "ROWS_CHANGED",
        f"编制以后记录有变化，“{names}”的名单已不同；没有办理，请看下面的变化，重新编制。",
        f"The records have changed since: {english}. Nothing was done; see the changes and draw it up anew.",
    )


def then_and_now(report: ReportDrawn, now: datetime) -> dict[Tally, Difference]:
    """Each number as it was reported and as known now, with the events that are between them, exactly."""
    before = {tally: list(_lines(units)) for tally, units in rows_in(report).items()}
    asked = Asked(report.place, report.first, report.last, now)
    return difference(before, asked, known_before=report.at)


def _lines(units: dict[int, frozenset[UUID]]) -> Iterable[Line]:
    for unit, children in units.items():
        for child in children:
            yield Line(child, unit or None, None)


def _compared(before: Rows, now: Rows) -> Iterable[Changed]:
    for tally in before:
        old, new = before[tally], now.get(tally, {})
        for unit in sorted(old.keys() | new.keys()):
            was, is_ = old.get(unit, frozenset()), new.get(unit, frozenset())
            if was != is_:
                yield Changed(tally, unit, was - is_, is_ - was)


def _other_parts(report: ReportDrawn) -> Iterable[Place]:
    """The places whose report is another one than the one that was summed."""
    rule, _ = rule_for(report.place, report.kind, report.last)
    summed = set(report.parts)
    for part in parts_of(report.place, rule, Span(report.first, report.last)):
        there = part.report is not None and str(part.report.pk) in summed
        if not there and (part.report is not None or part.place.pk not in report.absent_parts):
            yield part.place
