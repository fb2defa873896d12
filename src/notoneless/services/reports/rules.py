"""Which reports a place owes, and who below it owes the same."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from notoneless.core.calendar import SchoolCalendar
from notoneless.core.policy.report_rules import ReportRule
from notoneless.core.report_terms import ReportKind
from notoneless.records.models import Place
from notoneless.records.owing import LEVELS, Owing, owing_places
from notoneless.services.refusals import Refusal


class Reporter(NamedTuple):
    """A place with the reports that it draws up by the policies in force, and its school calendar."""

    place: Place
    calendar: SchoolCalendar
    rules: Mapping[ReportKind, ReportRule]


def reporters(places: Iterable[Place], on: date) -> list[Reporter]:
    """These places as those that report, in their order; those of a kind that owes none are left out."""
    rows = {place.pk: place for place in places}
    found = owing_places(list(rows))
    return [Reporter(rows[each.school_id], each.calendar, _rules(each, on)) for each in found]


def rule_for(place: Place, kind: ReportKind, on: date) -> tuple[ReportRule, SchoolCalendar]:
    """The rule by which the place draws up this report, and its calendar. Raises Refusal for none."""
    found = next(iter(reporters([place], on)), None)
    rule = found.rules.get(kind) if found else None
    if found is None or rule is None:
        raise Refusal(
            "NOT_OWED",
            f"现行制度没有要求{place.name}编制{kind.zh}。",
            f"The policies in force ask no {kind.en} of {place.name}.",
        )
    return rule, found.calendar


def owing_below(place: Place, kind: ReportKind, on: date) -> list[Place]:
    """The nearest places in this one that draw up the same report: what the place's own one sums."""
    within = Place.objects.filter(path__startswith=place.path or "?", kind__in=LEVELS).exclude(pk=place.pk)
    inside = list(within.order_by("path"))
    return list(_nearest(inside, {each.place.pk for each in reporters(inside, on) if kind in each.rules}))


def kinds_owed(place: Place, on: date) -> list[ReportKind]:
    """The kinds of report that the place or any within it draws up."""
    within = Place.objects.filter(path__startswith=place.path or "?", kind__in=LEVELS)
    owed = {kind for each in reporters(within, on) for kind in each.rules}
    return [kind for kind in ReportKind if kind in owed]


def _nearest(inside: Iterable[Place], owing: Collection[int]) -> Iterator[Place]:
    covered = ""
    for each in inside:  # by path, so whatever lies in another follows it
        if not (covered and (each.path or "").startswith(covered)) and each.pk in owing:
            covered = each.path or ""
            yield each


def _rules(owing: Owing, on: date) -> dict[ReportKind, ReportRule]:
    return {rule.kind: rule for rule in owing.packs.report_rules(on) if rule.level == owing.level}
