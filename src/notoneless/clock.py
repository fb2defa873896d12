"""The one place that reads the clock; everything below takes the moment as an argument."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

from notoneless.core.facts import CHINA_TIME


def now() -> datetime:
    """This moment in China time; in the demo, shifted by the seconds that its clock file holds."""
    moment = datetime.now(CHINA_TIME)
    file = os.environ.get("NOTONELESS_DEMO_CLOCK_FILE")
    return moment + _shift(Path(file)) if file else moment


def set_demo_clock(file: Path, moment: datetime) -> None:
    """Make the demo's clock show `moment` now and run on from there."""
    shift = moment - datetime.now(CHINA_TIME)
    unfinished = file.with_suffix(".new")
    unfinished.write_text(f"{shift.total_seconds():.6f}\n")
    unfinished.replace(file)


def _shift(file: Path) -> timedelta:
    try:
        return timedelta(seconds=float(file.read_text()))
    except FileNotFoundError:
        return timedelta()
