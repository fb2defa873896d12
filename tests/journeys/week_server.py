"""The demo county as an installation that works: its people have accounts, time is put by the test.

week_server.py HOME serves it; each line on its standard input is an order, answered by the line "done":
"next" goes on to the next school morning, "tick" lets the worker look once.
"""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from threading import Thread
from typing import NamedTuple

from serving import begin, serve

MONDAY = "2026-11-16T08:05:00+08:00"


class Account(NamedTuple):
    """A user name, and whose it is: the holder of a post at a place, or of a class of that school."""

    username: str
    post: str
    place: str
    class_name: str = ""


ACCOUNTS = (
    Account("teacher", "CLASS_TEACHER", "云岭完小", "三年级2班"),
    Account("office", "SCHOOL_OFFICE", "云岭完小"),
    Account("enrolment", "ENROLMENT_OFFICER", "云岭完小"),
    Account("receiving", "ENROLMENT_OFFICER", "石桥完小"),
    Account("principal", "PRINCIPAL", "云岭完小"),
    Account("cadre", "VILLAGE_CADRE", "云岭村"),
    Account("township", "TOWNSHIP", "云岭镇"),
    Account("county", "COUNTY_BUREAU", "示范县"),
)


def main(home: Path) -> None:
    """Make the database, say which port was free, and serve until killed."""
    begin(home)
    from django.conf import settings

    settings.DEMO = False  # the clock can be put, but signing in asks for all that an installation asks for
    fill(home)
    serve(ready=obey_at)


def obey_at(address: str) -> None:
    """The links that people are sent lead to where it is served; from now on the test's word holds."""
    from django.conf import settings

    settings.BASE_URL = address
    Thread(target=obey, daemon=True).start()


def fill(home: Path) -> None:
    """The small demo county on Monday morning; the story's school keeps to the township's policy."""
    from notoneless.batch.simulate import places, shipped_params, simulate
    from notoneless.core.calendar import default_calendar
    from notoneless.core.facts import CHINA_TIME
    from notoneless.services import demo
    from notoneless.services.due import tick

    places.SCHOOL_PACKS = places.SCHOOL_PACKS[::-1]  # day 1 call, day 2 visit, day 3 the township is told
    monday = datetime.fromisoformat(MONDAY)
    county = simulate(
        shipped_params(), seed=1, schools=3, pupils=360, until=monday, calendar=default_calendar()
    )
    demo.load(county, at=monday, passwords={})
    for account in ACCOUNTS:
        let_in(account)
    tick(now=monday)
    demo.set_clock(home / "clock", show=monday, real_now=datetime.now(CHINA_TIME))


def let_in(account: Account) -> None:
    """Give the holder of the post a user name and a password."""
    from django.contrib.auth.models import User

    from notoneless.records.models import PostHeld

    where = {"place__name": account.place}
    if account.class_name:
        where = {"class_group__school__name": account.place, "class_group__name": account.class_name}
    person = PostHeld.objects.select_related("person").filter(post=account.post, **where)[0].person
    person.user = User.objects.create_user(account.username, password=f"{account.username}-for-the-week")
    person.save(update_fields=["user"])


def obey() -> None:
    """Do what the test says, one line after another."""
    from notoneless.clock import now
    from notoneless.services import demo
    from notoneless.services.due import tick

    for line in sys.stdin:
        if line.strip() == "next":
            demo.next_morning(at=now())
        else:
            tick(now=now())
        print("done", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
