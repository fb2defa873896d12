"""The demo county: every number of every figure, report and ledger is the count of the children behind it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from builders_db import at
from django.db import transaction
from pytest_django import DjangoDbBlocker

from notoneless.batch.simulate import shipped_params, simulate
from notoneless.core.calendar import default_calendar
from notoneless.core.figure_terms import Figure, Tally
from notoneless.core.report_terms import LedgerKind, ReportKind
from notoneless.core.reporting import COLUMNS, TALLIES, cell
from notoneless.core.terms import PlaceKind
from notoneless.records.models import Person, Place, PostHeld, ReportDrawn
from notoneless.services import demo, figures
from notoneless.services.counting import Asked, counts, lines
from notoneless.services.counting_difference import difference
from notoneless.services.ledgers import count_of
from notoneless.services.refusals import Refusal
from notoneless.services.reports.drawing import draw_up
from notoneless.services.reports.rows import counts_in, rows_in
from notoneless.services.reports.rules import reporters

NOW = at("2026-11-20 08:05")
PASSWORDS = {"teacher": "one", "office": "two", "county": "three"}
KINDS = (PlaceKind.COUNTY, PlaceKind.TOWNSHIP, PlaceKind.SCHOOL)
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[list[Place]]:
    """The places of the demo county that report, loaded once for all tests of the file."""
    made = simulate(shipped_params(), seed=1, schools=3, pupils=180, until=NOW, calendar=default_calendar())
    with django_db_blocker.unblock(), transaction.atomic():
        demo.load(made, at=NOW, passwords=PASSWORDS)
        yield list(Place.objects.filter(kind__in=KINDS).order_by("path"))
        transaction.set_rollback(True)


def asked(place: Place) -> Asked:
    return Asked(place, at("2026-11-01 00:00").date(), NOW.date(), NOW)


def test_every_count_of_every_place_is_the_length_of_its_list(loaded: list[Place]) -> None:
    for place in loaded:
        found = counts(asked(place))
        assert set(found) == set(Tally)
        for tally, numbers in found.items():
            behind = Counter(line.class_group or 0 for line in lines(asked(place), tally))
            assert {unit: n for unit, n in numbers.items() if n} == dict(behind), (place.name, tally)


def test_a_county_is_the_sum_of_its_townships_and_of_its_schools(loaded: list[Place]) -> None:
    by_kind: dict[PlaceKind, Counter[Tally]] = {kind: Counter() for kind in KINDS}
    for place in loaded:
        for tally in TALLIES[ReportKind.MONTHLY]:
            by_kind[PlaceKind(place.kind)][tally] += len(lines(asked(place), tally))
    assert by_kind[PlaceKind.COUNTY] == by_kind[PlaceKind.TOWNSHIP] == by_kind[PlaceKind.SCHOOL]
    assert by_kind[PlaceKind.COUNTY][Tally.CLOSING] > 100


def test_every_part_of_every_figure_is_the_length_of_its_list(loaded: list[Place]) -> None:
    shares = 0
    for place in loaded:
        year = figures.asked_on(place, NOW.date(), NOW)
        rules = figures.rules_at(place, NOW.date())
        for each in figures.values(year, rules).values():
            for part in (*each.numerator, *each.denominator):
                if part.given is not None:  # typed from paper: it has its paper and no list
                    assert part.count == part.given.number
                    continue
                behind = lines(each.asked, part.tally, without=part.without)
                assert part.count == len(behind), (place.name, each.figure, part.tally)
            shares += each.share is not None
    assert shares > len(Figure)


def test_every_cell_of_every_report_is_the_count_of_its_rows(loaded: list[Place]) -> None:
    drawn = [report for place in loaded for report in reports_of(place)]
    assert {report.kind for report in drawn} >= {
        ReportKind.DAILY,
        ReportKind.MONTHLY,
        ReportKind.QUARTERLY,
    }, drawn
    for report in ReportDrawn.objects.all():
        numbers, rows = counts_in(report), rows_in(report)
        for tally, units in numbers.items():
            assert units == {unit: len(children) for unit, children in rows[tally].items()}, report.kind
        for column in COLUMNS[report.kind]:
            behind = sum(len(children) for t in column.tallies for children in rows.get(t, {}).values())
            assert cell(numbers, column) == behind, (report.kind, column.code)


def reports_of(place: Place) -> Iterator[ReportDrawn]:
    """Every report that the place owes of some days before, drawn up now."""
    for reporter in reporters([place], NOW.date()):
        for kind, rule in reporter.rules.items():
            by = holder(place, rule.drawer)
            for back in (1, 7, 30, 60, 90, 400):
                try:
                    yield draw_up(
                        by=by, place=place, kind=kind, day=NOW.date() - timedelta(days=back), at=NOW
                    )
                    break
                except Refusal:
                    continue


def holder(place: Place, post: str) -> Person:
    return PostHeld.objects.filter(post=post, place__path__startswith=place.path).first().person


def test_open_lines_of_the_ledgers_are_the_reports_numbers(loaded: list[Place]) -> None:
    same = {
        LedgerKind.SUSPECTED: (Tally.SUSPECTED, Tally.NEVER_ENROLLED),
        LedgerKind.DROPOUTS: (Tally.DROPOUTS,),
        LedgerKind.AT_RISK: (Tally.AT_RISK,),
        LedgerKind.ON_ROLL_AWAY: (Tally.ON_ROLL_AWAY,),
    }
    for place in loaded:
        for kind, tallies in same.items():
            told = sum(len(lines(asked(place), tally)) for tally in tallies)
            assert count_of(kind, place, NOW.date(), NOW) == told, (place.name, kind)


def test_what_was_known_then_and_what_is_known_now_differ_by_what_was_learned(loaded: list[Place]) -> None:
    moved = 0
    for place in loaded:
        now = asked(place)
        then = now._replace(known_at=NOW - timedelta(days=5))
        before = {tally: lines(then, tally) for tally in TALLIES[ReportKind.MONTHLY]}
        for tally, found in difference(before, now).items():
            signs = sum(each.sign for each in found.moved)
            assert found.before == len(before[tally])
            assert found.now == len(lines(now, tally))
            assert found.before + signs == found.now, (place.name, tally)
            moved += len(found.moved)
    assert moved
