"""One step in a process of its own, on the database its environment names; run by the concurrency tests."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
PUPILS = 24


def prepare() -> object:
    """Migrate, make a school, and take a roll call with everybody absent at 08:05 on 8 September 2025."""
    from builders_db import a_school
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    school = a_school(pupils=PUPILS)
    school.roll_call("A" * PUPILS)
    return school.class_group.pk


def work() -> object:
    """Act on what fell due by 09:06, one obligation at a time, until nothing is left."""
    from builders_db import at

    from notoneless.services.due import act_on_due

    begin()
    acted = 0
    while done := act_on_due(now=at("2025-09-08 09:06"), limit=1):
        acted += done
    return acted


def dates() -> object:
    """Open what the date brings on 9 September and, a month later, look at what was not done; how many."""
    from builders_db import at

    from notoneless.services.date_duties import open_date_duties

    begin()
    return [open_date_duties(now=at(moment)) for moment in ("2025-09-09 08:00", "2025-10-09 08:00")]


def call() -> object:
    """Take the next twenty mornings' roll calls as a person of one's own; how many stood."""
    from builders_db import a_person, at

    from notoneless.core.calendar import default_calendar
    from notoneless.core.terms import Post
    from notoneless.records.models import ClassGroup
    from notoneless.services import roll_calls

    class_group = ClassGroup.objects.select_related("school").get()
    person = a_person("某人", Post.SCHOOL_OFFICE, class_group.school)
    days = default_calendar().school_days(at("2025-09-09 00:00").date(), at("2025-10-31 00:00").date())[:20]
    child = class_group.enrolments.order_by("child").first()
    begin()
    stood = 0
    for day in days:
        receipt = roll_calls.take(
            by=person,
            class_group=class_group,
            day=day,
            session="MORNING",
            marks=[roll_calls.MarkGiven(child.child_id, ABSENT)],
            taken_at=at(f"{day} 08:05"),
            at=at(f"{day} 08:05"),
            key=f"{person.pk}/{day}",
        )
        stood += not receipt.competing
    return stood


def settle() -> object:
    """As a person of one's own, ask that eight cases be closed and review what others asked: how many"""
    from builders_db import a_person, at

    from notoneless.core.case_terms import Decision
    from notoneless.core.terms import CloseOutKind, Evidence, Post
    from notoneless.records.models import Case, CloseOutAsked, Place
    from notoneless.services.closing import ask_close_out, review_close_out
    from notoneless.services.evidence import add_evidence
    from notoneless.services.refusals import Refusal

    moment = at("2025-09-08 12:00")
    county = Place.objects.get(kind="COUNTY")
    person = a_person("某人", Post.COUNTY_BUREAU, county)
    cases = list(Case.objects.order_by("pk")[:8])
    for case in cases:
        given = {"number": "7", "issuer": "派出所", "at": moment}
        add_evidence(by=person, child=case.child_id, evidence=Evidence.IDENTITY_PROOF, **given)
    begin()
    asked = reviewed = 0
    for case in cases:
        try:
            ask_close_out(by=person, case=case.pk, kind=CloseOutKind.DATA_ERROR, at=moment)
            asked += 1
        except Refusal:
            continue
    for row in CloseOutAsked.objects.order_by("pk"):
        try:
            review_close_out(by=person, asked=row.pk, decision=Decision.AGREED, at=moment)
            reviewed += 1
        except Refusal:
            continue
    return asked, reviewed


def settled() -> object:
    """What became of the cases."""
    from django.db.models import F

    from notoneless.records.models import ActRecord, Case, CloseOutAsked, CloseOutReviewed

    return {
        "asked": CloseOutAsked.objects.count(),
        "cases_asked": CloseOutAsked.objects.values("case").distinct().count(),
        "alone": CloseOutReviewed.objects.filter(by=F("asked__by")).count(),
        "reviewed": CloseOutReviewed.objects.count(),
        "acts": ActRecord.objects.filter(act="CLOSE_OUT").count(),
        "closed": Case.objects.filter(stage="CLOSED").count(),
    }


def count() -> object:
    """What is in the database at the end."""
    from django.db.models import Count

    from notoneless.records.models import Case, JournalEntry, Obligation, Outbox, RollCall

    told = JournalEntry.objects.filter(act="ESCALATE")
    calls = RollCall.objects.values("day", "session").annotate(many=Count("id"))
    return {
        "overdue": Obligation.objects.filter(state="OVERDUE").count(),
        "messages": Outbox.objects.count(),
        "told": told.count(),
        "told_of": told.values("subject_id").distinct().count(),
        "claims": Obligation.objects.exclude(claim_token="").count(),
        "standing": RollCall.objects.filter(standing=True).count(),
        "sessions": len(calls),
        "accounts": RollCall.objects.count(),
        "cases": Case.objects.count(),
        "dated": Obligation.objects.filter(child=None).exclude(occasion__contains="/").count(),
        "dates_told": sum(
            len(entry.body.get("opened", ())) for entry in JournalEntry.objects.filter(act="OPEN_DATE_DUTIES")
        ),
        "days_looked_at": JournalEntry.objects.filter(act="DATE_DUTIES").count(),
        "numbers": Case.objects.values("number").distinct().count(),
    }


def begin() -> None:
    """Say that we are ready and wait for the others."""
    print("ready", flush=True)
    sys.stdin.readline()


if __name__ == "__main__":
    django.setup()
    from notoneless.services.taking import ABSENT

    steps = {step.__name__: step for step in (prepare, work, dates, call, settle, settled, count)}
    print(json.dumps(steps[sys.argv[1]]()))
