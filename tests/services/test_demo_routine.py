"""What the demo's people do about what dates bring: calm on the first morning, and it goes on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from builders_db import at
from django.db import transaction
from pytest_django import DjangoDbBlocker

from notoneless.batch.simulate import shipped_params, simulate
from notoneless.core.calendar import default_calendar
from notoneless.records.models import LIVE, JournalEntry, Obligation, PlaceAct, PostHeld
from notoneless.services import casework, demo
from notoneless.services.due import tick

MORNING = at("2026-11-20 08:05")  # a Friday
MONDAY, TUESDAY = at("2026-11-23 08:05"), at("2026-11-24 08:05")


@pytest.fixture(scope="module")
def standing_county(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The demo county on its first morning, looked at by the worker, once for all tests of the file."""
    county = simulate(
        shipped_params(), seed=1, schools=3, pupils=180, until=MORNING, calendar=default_calendar()
    )
    with django_db_blocker.unblock(), transaction.atomic():
        demo.load(county, at=MORNING, passwords={})
        tick(now=MORNING)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def loaded(standing_county: None, db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That county, and the demo's clock; what a test does to both is undone after the test."""
    file = tmp_path / "clock"
    demo.set_clock(file, show=MORNING, real_now=MORNING)
    monkeypatch.setenv("NOTONELESS_DEMO_CLOCK_FILE", str(file))


def routine() -> list[Obligation]:
    return [o for o in Obligation.objects.order_by("due_at", "key") if o.of_the_date]


def late(now: datetime) -> list[Obligation]:
    return [o for o in routine() if o.state in LIVE and o.due_at and o.due_at < now]


@pytest.mark.usefixtures("loaded")
def test_the_first_morning_is_calm() -> None:
    assert len(late(MORNING)) <= 3
    done = [o for o in routine() if o.state == "MET"]
    assert len(done) >= 30
    assert {o.state for o in routine()} <= {"OPEN", "OVERDUE", "MET"}
    today = sorted(o.rule for o in routine() if o.occasion == "2026-11-20")
    assert today == ["enrolment-system-daily", "school-daily-report"]


@pytest.mark.usefixtures("loaded")
def test_some_is_done_late_and_says_so() -> None:
    done = [o for o in routine() if o.state == "MET"]
    assert 0 < sum(o.late for o in done) < len(done) / 3


@pytest.mark.usefixtures("loaded")
def test_each_act_is_by_whoever_holds_the_post() -> None:
    acts = list(PlaceAct.objects.select_related("place"))
    assert acts
    for act in acts:
        assert PostHeld.objects.filter(person=act.by_id, post=act.by_post).exists()
        assert act.happened_at <= MORNING


@pytest.mark.usefixtures("loaded")
def test_the_next_mornings_find_yesterday_s_done() -> None:
    assert demo.next_morning(at=MORNING) == MONDAY
    friday = [o for o in routine() if o.occasion == "2026-11-20"]
    assert len(friday) == 2
    assert len([o for o in routine() if o.occasion == "2026-11-23"]) == 2
    demo.next_morning(at=MONDAY)
    assert len(late(TUESDAY)) <= 3
    told = JournalEntry.objects.filter(act="DEMO_NEXT_MORNING").order_by("seq")
    assert sum(entry.body["routine"] for entry in told) > 0


@pytest.mark.usefixtures("loaded")
def test_what_a_visitor_did_is_not_done_again() -> None:
    report = next(o for o in routine() if o.rule == "school-daily-report" and o.state == "OPEN")
    office = PostHeld.objects.get(post="SCHOOL_OFFICE", place=report.place).person
    casework.fulfil(by=office, obligation=report, happened_at=MORNING, at=MORNING, note="来访者办的")
    demo.next_morning(at=MORNING)
    assert [act.note for act in PlaceAct.objects.filter(obligation=report.pk)] == ["来访者办的"]
