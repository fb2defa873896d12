"""The demo county served on this machine, for a browser to walk through: demo_server.py HOME."""

from __future__ import annotations

import sys
from pathlib import Path

from serving import begin, serve

FIRST_MORNING = "2026-11-20T08:05:00+08:00"
PASSWORDS = {
    name: f"{name}-for-the-journey" for name in ("teacher", "teacher2", "office", "principal", "county")
}


def main(home: Path) -> None:
    """Make the database, say which port was free, and serve until killed."""
    begin(home)
    fill(home)
    serve()


def fill(home: Path) -> None:
    """The small demo county, on its first morning."""
    from datetime import datetime

    from notoneless.batch.simulate import shipped_params, simulate
    from notoneless.core.calendar import default_calendar
    from notoneless.core.facts import CHINA_TIME
    from notoneless.services import demo
    from notoneless.services.due import tick

    morning = datetime.fromisoformat(FIRST_MORNING)
    county = simulate(
        shipped_params(), seed=1, schools=3, pupils=360, until=morning, calendar=default_calendar()
    )
    demo.load(county, at=morning, passwords=PASSWORDS)
    tick(now=morning)
    demo.set_clock(home / "clock", show=morning, real_now=datetime.now(CHINA_TIME))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
