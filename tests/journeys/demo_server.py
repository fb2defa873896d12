"""The demo county served on this machine, for a browser to walk through: demo_server.py HOME."""

from __future__ import annotations

import os
import sys
from pathlib import Path

FIRST_MORNING = "2026-11-20T08:05:00+08:00"
PASSWORDS = {
    name: f"{name}-for-the-journey" for name in ("teacher", "teacher2", "office", "principal", "county")
}


def main(home: Path) -> None:
    """Make the database, say which port was free, and serve until killed."""
    os.environ["NOTONELESS_HOME"] = str(home)
    os.environ["NOTONELESS_DEMO_CLOCK_FILE"] = str(home / "clock")
    os.environ.pop("NOTONELESS_DATABASE_URL", None)
    os.environ["DJANGO_SETTINGS_MODULE"] = "notoneless.site.settings"
    import django

    django.setup()
    from django.core.management import call_command
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler

    from notoneless.site.wsgi import application

    call_command("migrate", verbosity=0)
    fill(home)
    server = ThreadedWSGIServer(("127.0.0.1", 0), WSGIRequestHandler)
    server.set_app(application)
    print(f"port {server.server_port}", flush=True)
    server.serve_forever()


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
