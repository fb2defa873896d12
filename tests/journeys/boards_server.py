"""A county in which every board has something to show, with a session for each post: boards_server.py HOME.

Says on its first line the port; on its second, as JSON, the name of the session cookie and its value by post.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from serving import begin, serve

# A few classes have still to call.
MORNING = "2026-11-20T08:12:00+08:00"
OFTENER = 4  # times the usual absences, or eight schools would have hardly anybody to worry about
TERM_START = date(2026, 9, 1)
POSTS = (
    "CLASS_TEACHER",
    "SUBJECT_TEACHER",
    "DUTY_OFFICER",
    "SCHOOL_OFFICE",
    "ENROLMENT_OFFICER",
    "PRINCIPAL",
    "CENTRAL_SCHOOL",
    "TOWNSHIP",
    "VILLAGE_CADRE",
    "COUNTY_BUREAU",
    "SUPERVISION_OFFICE",
    "AUDIT_OFFICER",
    "SYSTEM_OFFICER",
    "SECURITY_OFFICER",
)


def main(home: Path) -> None:
    """Make the database, say where it is served, and serve until killed."""
    begin(home)
    fill(home)
    serve(json.dumps(sessions()))


def fill(home: Path) -> None:
    """Two townships, with cases of every stage, villages whose children they are, and key groups."""
    from notoneless.batch.simulate import shipped_params, simulate
    from notoneless.core.calendar import default_calendar
    from notoneless.core.facts import CHINA_TIME
    from notoneless.services import demo
    from notoneless.services.due import tick

    morning, usual = datetime.fromisoformat(MORNING), shipped_params()
    oftener = replace(usual, unex_daily=OFTENER * usual.unex_daily)
    county = simulate(oftener, seed=1, schools=8, pupils=900, until=morning, calendar=default_calendar())
    demo.load(county, at=morning, passwords={})
    tick(now=morning)
    add_worries(morning)
    add_absences(morning)
    demo.set_clock(home / "clock", show=morning, real_now=datetime.now(CHINA_TIME))


def add_worries(morning: datetime) -> None:
    """What a small simulated county seldom has: every stage, villages, key groups, an assigned person."""
    from notoneless.core.stages import EVENT_TO
    from notoneless.core.terms import GapKind, KeyGroup, PlaceKind, Post, Stage
    from notoneless.records.models import (
        Assigned,
        Case,
        CaseChange,
        Child,
        ClassGroup,
        CoverageGap,
        InKeyGroup,
        Place,
        PostHeld,
        Residence,
    )

    stages = (Stage.SUSPECTED_DROPOUT, Stage.DROPOUT, Stage.AT_RISK, Stage.BACK)
    story = ClassGroup.objects.get(name="三年级2班", school__name="云岭完小")
    quiet = Child.objects.filter(case=None).order_by("enrolment_no")
    children = [*quiet.filter(enrolments__class_group=story)[:4], *quiet[: 12 * 40 : 40]]
    for number, child in enumerate(dict.fromkeys(children)):
        at = morning - timedelta(days=7 * (number % 9))
        stage = stages[number % len(stages)]
        case = Case.objects.create(number=f"示例-{number}", child=child, opened_at=at, stage=stage)
        CaseChange.objects.create(
            case=case,
            at=at,
            recorded_at=at,
            stage_before=Stage.ATTENDING,
            stage=stage,
            event=EVENT_TO[stage] or "",
        )
    villages = list(Place.objects.filter(kind=PlaceKind.VILLAGE).order_by("path"))
    Residence.objects.filter(child__case__isnull=False).delete()
    for number, case in enumerate(Case.objects.order_by("pk")):
        home = villages[0] if number % 3 == 0 else villages[number % len(villages)]
        Residence.objects.create(child=case.child, place=home, from_day=TERM_START)
    for number, child in enumerate(Child.objects.order_by("enrolment_no")[:60]):
        group = (KeyGroup.LOW_INCOME, KeyGroup.LEFT_BEHIND_BOTH, KeyGroup.DISABLED)[min(number // 25, 2)]
        if number < 53:
            InKeyGroup.objects.get_or_create(
                child=child, group=group, until=None,
                defaults={"from_day": TERM_START, "recorded_at": morning},
            )  # fmt: skip
    cadre = PostHeld.objects.filter(post=Post.VILLAGE_CADRE, place=villages[0]).first()
    if cadre is not None:
        for case in Case.objects.order_by("pk")[:5]:
            Assigned.objects.get_or_create(
                child=case.child, post=Post.VILLAGE_CADRE, until=None,
                defaults={"person": cadre.person, "from_day": TERM_START, "recorded_at": morning},
            )  # fmt: skip
    school = story.school
    CoverageGap.objects.get_or_create(
        key="example", closed_on=None,
        defaults={
            "kind": GapKind.VACANT, "post": Post.ASSIGNED_TEACHER, "place": school, "class_group": story,
            "owed_by": Post.PRINCIPAL, "owed_at": school, "found_on": morning.date(),
            "due_on": morning.date() + timedelta(days=3),
        },
    )  # fmt: skip


def add_absences(morning: datetime) -> None:
    """In the story's class, which has called, pupils away for the first, the second and the third day."""
    from notoneless.core.terms import AbsenceReason, AttendanceStatus
    from notoneless.records.models import Child, PostHeld, RollCall
    from notoneless.services.corrections import correct

    story = {"class_group__name": "三年级2班", "class_group__school__name": "云岭完小"}
    calls = RollCall.objects.filter(standing=True, session="MORNING", **story).order_by("-day")[:3]
    office = PostHeld.objects.filter(post="SCHOOL_OFFICE", place__name="云岭完小")[0].person
    pupils = Child.objects.filter(case=None, enrolments__class_group=calls[0].class_group)
    for number, child in enumerate(pupils.order_by("-enrolment_no")[:3], start=1):
        for call in reversed(calls[:number]):
            correct(
                by=office, child=child, day=call.day, session=call.session, happened_at=call.taken_at,
                status=AttendanceStatus.ABSENT, reason=AbsenceReason.UNKNOWN, at=morning,
            )  # fmt: skip


def sessions() -> dict[str, str]:
    """A session key for the first holder of each post, at the story's school where there is one."""
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.test import Client

    from notoneless.core.terms import DeviceKind
    from notoneless.records.models import AttendanceMark, PostHeld, SignIn
    from notoneless.web.session import SEEN, put

    keys = {"": settings.SESSION_COOKIE_NAME}
    away = AttendanceMark.objects.filter(day=datetime.fromisoformat(MORNING).date(), status="ABSENT")
    worried = away.filter(roll_call__class_group__school__name="云岭完小").order_by("pk")
    class_group = worried[0].roll_call.class_group if worried else None
    begun = datetime.fromisoformat("2020-01-01T00:00:00+08:00")
    for post in POSTS:
        rows = PostHeld.objects.filter(post=post, held_until=None).select_related("person")
        held = (
            (class_group and rows.filter(class_group=class_group).first())
            or rows.filter(class_group__name="三年级2班").first()
            or rows.filter(place__name__startswith="云岭").first()
            or rows.first()
        )
        if held is None:
            continue
        person = held.person
        if person.user is None:
            person.user = User.objects.create(username=f"board-{post.lower()}")
            person.save(update_fields=["user"])
        row = SignIn.objects.create(
            person=person, device=DeviceKind.OWN, second_factor=True, at=begun, until=begun.replace(year=2100)
        )
        session = Client().session
        put(session, row, person.session_version)
        session[SEEN] = row.until.timestamp()
        session.save()
        keys[post] = session.session_key or ""
    return keys


if __name__ == "__main__":
    main(Path(sys.argv[1]))
