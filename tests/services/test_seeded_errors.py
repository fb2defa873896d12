"""A clean county has no contradictions; each kind of error that is put into it is found as what it is."""

from __future__ import annotations

from datetime import datetime

import pytest
from builders import at

from bench.contradictions.ground import INJECTIONS, Ground, load_clean
from bench.contradictions.score import Score, about_any, put_errors, score
from notoneless.batch.simulate import shipped_params, simulate
from notoneless.core.calendar import default_calendar
from notoneless.services.contradictions import CHECKS, run_checks

pytestmark = pytest.mark.django_db
MORNING = at("2026-11-20 08:05")
# Broken only where the counting itself is: nothing that a row can say breaks them.
BY_COUNTING = {"COUNTS_DO_NOT_AGREE", "PARTS_DO_NOT_SUM"}


@pytest.fixture(scope="module")
def counted(django_db_setup: None, django_db_blocker: object) -> tuple[int, list[Score]]:
    """How many findings the clean county had, and what became of one error of each kind."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        load(MORNING)
        clean = run_checks(None, now=MORNING)
        ground = Ground(MORNING)
        put = put_errors(ground, 1)
        subjects = {
            each
            for those in put.values()
            for one in those
            for each in (one if isinstance(one, set) else {one})
        }
        scores = score(put, run_checks(None, now=MORNING), about_any(subjects | ground.given))
        transaction.set_rollback(True)
    return len(clean), scores


def load(moment: datetime) -> None:
    made = simulate(
        shipped_params(), seed=13, schools=3, pupils=600, until=moment, calendar=default_calendar()
    )
    load_clean(made, moment)


def test_a_clean_county_has_no_contradictions(counted: tuple[int, list[Score]]) -> None:
    assert counted[0] == 0


def test_every_kind_of_error_is_found_as_what_it_is(counted: tuple[int, list[Score]]) -> None:
    assert [each.kind for each in counted[1] if each.found < each.put] == []


def test_nothing_is_found_that_nobody_put_in(counted: tuple[int, list[Score]]) -> None:
    assert [each for each in counted[1] if each.false] == []


def test_every_check_has_an_error_that_tries_it() -> None:
    assert set(CHECKS) - set(INJECTIONS) == BY_COUNTING
    assert set(INJECTIONS) <= set(CHECKS)
