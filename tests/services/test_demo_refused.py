"""The demo keeps away from a database in use, and its clock from everything that is no demo."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders_db import a_place, at

from notoneless.batch.simulate import shipped_params, simulate
from notoneless.core.calendar import default_calendar
from notoneless.core.terms import PlaceKind
from notoneless.records.models import Place
from notoneless.services import demo
from notoneless.services.refusals import Refusal

MORNING = at("2026-11-20 08:05")


def test_a_database_in_use_is_left_alone(db: None) -> None:
    county = simulate(
        shipped_params(), seed=1, schools=3, pupils=60, until=MORNING, calendar=default_calendar()
    )
    a_place(PlaceKind.COUNTY, "真实县")
    with pytest.raises(demo.AlreadyInUse, match="已有数据"):
        demo.load(county, at=MORNING, passwords={})
    assert Place.objects.count() == 1
    assert not demo.is_demo()


def test_a_clock_file_alone_makes_no_demo(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = tmp_path / "clock"
    demo.set_clock(clock, show=MORNING, real_now=MORNING)
    monkeypatch.setenv("NOTONELESS_DEMO_CLOCK_FILE", str(clock))
    before = clock.read_bytes()
    with pytest.raises(Refusal, match="只有演示系统"):
        demo.next_morning(at=MORNING)
    assert clock.read_bytes() == before
