"""The demo county in September, where one child will be lost and won back; time is put by the test.

one_child_server.py HOME serves it; each line on its standard input is an order, answered by the line "done":
"at MOMENT" puts the clock there and lets the worker look; "away UNTIL CHILD" calls the child's class on each
school morning before the day UNTIL that was not called, with the child away; "there UNTIL CHILD" the
same with everybody there.
"""

from __future__ import annotations

import sys
import traceback
from datetime import date, datetime, time, timedelta
from pathlib import Path
from threading import Thread

from serving import begin, serve

MONDAY = "2025-09-08T07:40:00+08:00"
WHO = ("teacher", "office", "principal", "enrolment", "cadre", "township", "county")


def main(home: Path) -> None:
    """Make the database, say which port was free, and serve until killed."""
    begin(home)
    fill(home)
    serve(ready=lambda _: Thread(target=obey, args=[home], daemon=True).start())


def fill(home: Path) -> None:
    """The small demo county on Monday; the story's school keeps to the township's policy."""
    from notoneless.batch.simulate import places, shipped_params, simulate
    from notoneless.core.calendar import default_calendar
    from notoneless.core.facts import CHINA_TIME
    from notoneless.services import demo
    from notoneless.services.due import tick

    places.SCHOOL_PACKS = places.SCHOOL_PACKS[::-1]  # day 2 visit, day 3 the township, day 7 suspected
    monday = datetime.fromisoformat(MONDAY)
    county = simulate(
        shipped_params(), seed=1, schools=3, pupils=360, until=monday, calendar=default_calendar()
    )
    demo.load(county, at=monday, passwords={name: f"{name}-for-the-journey" for name in WHO})
    assign_a_teacher()
    tick(now=monday)
    demo.set_clock(home / "clock", show=monday, real_now=datetime.now(CHINA_TIME))


def assign_a_teacher() -> None:
    """The policy wants the assigned teacher at a visit, so that the class has one: its subject teacher."""
    from notoneless.core.terms import Post
    from notoneless.records.models import PostHeld

    taught = PostHeld.objects.filter(
        post=Post.SUBJECT_TEACHER, class_group__name="三年级2班", class_group__school__name="云岭完小"
    )[0]
    PostHeld.objects.create(
        person=taught.person,
        post=Post.ASSIGNED_TEACHER,
        class_group=taught.class_group,
        held_from=taught.held_from,
    )


def obey(home: Path) -> None:
    """Do what the test says, one line after another."""
    for line in sys.stdin:
        word, *given = line.split()
        try:
            ORDERS[word](home, *given)
        except Exception:
            traceback.print_exc()
            print("failed", flush=True)
        else:
            print("done", flush=True)


def put_clock(home: Path, moment: str) -> None:
    """The clock shows the moment, and the worker has looked."""
    from notoneless.core.facts import CHINA_TIME
    from notoneless.services import demo
    from notoneless.services.due import tick

    shown = datetime.fromisoformat(f"{moment}+08:00")
    demo.set_clock(home / "clock", show=shown, real_now=datetime.now(CHINA_TIME))
    tick(now=shown)


def away(home: Path, until: str, child: str) -> None:
    """The class was called on each morning before `until`, with the child away."""
    call_mornings(date.fromisoformat(until), child, there=False)


def there(home: Path, until: str, child: str) -> None:
    """The class was called on each morning before `until`, with everybody there."""
    call_mornings(date.fromisoformat(until), child, there=True)


def call_mornings(until: date, child: str, *, there: bool) -> None:
    """The child's class called by its teacher on the school days since the last one that was called."""
    from uuid import UUID

    from notoneless.core.facts import CHINA_TIME
    from notoneless.core.terms import AbsenceReason, AttendanceStatus, Post
    from notoneless.records import constants
    from notoneless.records.models import Child, PostHeld, RollCall
    from notoneless.services import roll_calls
    from notoneless.services.finding import class_on
    from notoneless.services.roll_calls import MarkGiven

    group = class_on(Child.objects.get(pk=child), until - timedelta(days=1))
    calendar = constants.of_classes([group.pk])[group.pk].calendar
    teacher = PostHeld.objects.filter(class_group=group, post=Post.CLASS_TEACHER).order_by("-held_from")[0]
    last = RollCall.objects.filter(class_group=group).order_by("-day").values_list("day", flat=True)[0]
    marks = [] if there else [MarkGiven(UUID(child), AttendanceStatus.ABSENT, AbsenceReason.UNEXCUSED)]
    for day in calendar.school_days(last + timedelta(days=1), until):
        moment = datetime.combine(day, time(8, 5), CHINA_TIME)
        roll_calls.take(
            by=teacher.person_id,
            class_group=group,
            day=day,
            session="MORNING",
            marks=marks,
            taken_at=moment,
            at=moment,
            key=f"story/{day}",
        )


ORDERS = {"at": put_clock, "away": away, "there": there}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
