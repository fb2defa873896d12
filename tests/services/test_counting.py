"""统计: opening + in − out = closing, parts sum, and every number is the one that plain Python counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from counted_plainly import HISTORIES, ONE_DAY, QUESTIONS, START, County, counted, ids, midnight
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings

from notoneless.core.figure_terms import SumOver, Tally
from notoneless.core.terms import PlaceKind, Quadrant
from notoneless.records.counting_sources import IN, OUT
from notoneless.records.models import Place
from notoneless.services.counting import (
    Asked,
    children_of,
    counts,
    counts_by_school,
    lines,
    lines_of,
    sums,
    total,
)
from notoneless.services.counting_difference import difference
from notoneless.services.on_roll import quadrants

pytestmark = pytest.mark.django_db
FEW = settings(
    max_examples=20, phases=(Phase.generate,), suppress_health_check=[HealthCheck.function_scoped_fixture]
)
MOVEMENTS = (Tally.OPENING, Tally.CLOSING, *IN, *OUT)
STOCKS = (Tally.ON_ROLL, Tally.ON_ROLL_ATTENDING, Tally.ON_ROLL_AWAY, Tally.ATTENDING_OFF_ROLL)
AFTER_ALL = midnight(START + ONE_DAY * 120)


@pytest.fixture
def county(db: None) -> County:
    return County.made()


@contextmanager
def undone() -> Iterator[None]:
    """What happens within leaves nothing behind."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def ask(place: Place, question: tuple[int, int, int, int]) -> tuple[Asked, Asked]:
    """The same period as known at two moments, the earlier one first."""
    first = START + ONE_DAY * question[0]
    early, late = sorted(midnight(START) + timedelta(hours=hours) for hours in question[2:])
    asked = Asked(place, first, first + ONE_DAY * question[1], early)
    return asked, asked._replace(known_at=late)


@FEW
@given(acts=HISTORIES, question=QUESTIONS)
def test_every_movement_is_the_one_that_plain_python_counts(
    county: County, acts: list[Any], question: Any
) -> None:
    with undone():
        children = county.live(acts)
        for asked in ask(county.county, question):
            found, plainly = counts(asked, MOVEMENTS), counted(asked, children)
            for tally in MOVEMENTS:
                assert found[tally] == plainly[tally], tally


@FEW
@given(acts=HISTORIES, question=QUESTIONS)
def test_opening_and_in_and_out_make_closing_in_every_class_and_school(
    county: County, acts: list[Any], question: Any
) -> None:
    with undone():
        county.live(acts)
        asked, _ = ask(county.county, question)
        found = counts(asked, MOVEMENTS)
        for group in county.classes:
            came = sum(found[tally].get(group.pk, 0) for tally in IN)
            went = sum(found[tally].get(group.pk, 0) for tally in OUT)
            opening, closing = (found[each].get(group.pk, 0) for each in (Tally.OPENING, Tally.CLOSING))
            assert opening + came - went == closing
        whole, parts = counts_by_school(asked, MOVEMENTS), Counter[Tally]()
        for school in county.schools:
            part = counts(asked._replace(place=school), MOVEMENTS)
            assert total(part[Tally.CLASS_IN]) == total(part[Tally.CLASS_OUT])
            for tally in MOVEMENTS:
                assert total(part[tally]) == whole[tally].get(school.pk, 0)
                parts[tally] += total(part[tally])
        assert {tally: total(found[tally]) for tally in MOVEMENTS} == {t: parts[t] for t in MOVEMENTS}


@FEW
@given(acts=HISTORIES, question=QUESTIONS)
def test_each_count_is_the_length_of_its_list_and_the_difference_sums(
    county: County, acts: list[Any], question: Any
) -> None:
    with undone():
        county.live(acts)
        then, now = ask(county.county, question)
        found, lists = counts(then), lines_of(then, list(Tally))
        assert {t: len(rows) for t, rows in lists.items()} == {t: total(found[t]) for t in Tally}
        reported = {tally: lists[tally] for tally in (*MOVEMENTS, *STOCKS, Tally.DROPOUTS, Tally.CAME_BACK)}
        for tally, what in difference(reported, now).items():
            assert what.before + sum(each.sign for each in what.moved) == what.now
            changed = ids(lists[tally])
            for each in what.moved:
                changed[each.child] += each.sign
            assert +changed == ids(lines(now, tally))


@FEW
@given(acts=HISTORIES)
def test_the_four_quadrants_are_those_of_the_enrolment_page(county: County, acts: list[Any]) -> None:
    with undone():
        county.live(acts)
        day = AFTER_ALL.date()
        for place in (county.county, *county.schools):
            schools = Place.objects.filter(kind=PlaceKind.SCHOOL, path__startswith=place.path or "/")
            found, asked = quadrants(schools, day), Asked(place, day, day, AFTER_ALL + ONE_DAY)
            for quadrant in set(Quadrant) - {Quadrant.NEITHER}:
                listed = {each.child for each in lines(asked, Tally(quadrant.value))}
                assert listed == set(found[quadrant].values_list("pk", flat=True)), quadrant


@settings(parent=FEW, max_examples=3)
@given(acts=HISTORIES, question=QUESTIONS)
def test_parts_sum_to_the_whole_and_the_list_is_the_query_set(
    county: County, acts: list[Any], question: Any
) -> None:
    with undone():
        county.live(acts)
        _, asked = ask(county.county, question)
        found = counts(asked)
        for tally in Tally:
            listed = lines(asked, tally)
            assert {each.child for each in listed} == set(
                children_of(asked, tally).values_list("pk", flat=True)
            )
            for over in SumOver:
                assert sum(sums(asked, tally, over).values()) == total(found[tally]), (tally, over)
