"""评选: facts of outcome and of reporting, each apart; asked by a school's heads, decided by the county.

A class that had a dropout and reported it in time may be put forward like any other: people decide.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from notoneless.core.case_terms import Decision
from notoneless.core.figure_terms import Tally
from notoneless.core.report_terms import OnTime, RecognitionKind
from notoneless.core.terms import Post, TellKind
from notoneless.records.access import Thing, Verb
from notoneless.records.models import ClassGroup, Person, Place, RecognitionAsked, RecognitionDecided
from notoneless.services.assessments import Entry, keep
from notoneless.services.counting import Asked, counts
from notoneless.services.deriving import Changes
from notoneless.services.finding import the_person
from notoneless.services.honesty.score import reporting_score
from notoneless.services.permissions import require
from notoneless.services.refusals import Refusal
from notoneless.services.sent_once import key_used
from notoneless.services.telling import queue
from notoneless.services.transactions import one_act
from notoneless.services.written import written

OUTCOMES = (Tally.CLOSING, Tally.NEW_SUSPECTED, Tally.NEW_DROPOUTS, Tally.CAME_BACK, Tally.DROPOUTS)
_K = RecognitionKind


@one_act
def ask_recognition(
    *,
    by: Person | int,
    kind: RecognitionKind,
    place: Place,
    first: date,
    last: date,
    at: datetime,
    class_group: ClassGroup | None = None,
    grade: int | None = None,
    note: str = "",
    key: str | None = None,
) -> RecognitionAsked:
    """Put a class, a grade or a school forward with the facts of this moment. Raises Refusal."""
    person = the_person(by)
    post = require(person, Thing.RECOGNITION, Verb.ASK, place, at.date())
    if key is not None and (before := RecognitionAsked.objects.filter(key=key).first()) is not None:
        if (before.place_id, before.kind) != (place.pk, kind):
            raise key_used()
        return before
    _refuse_subject(kind, place, class_group, grade)
    if first > last or last > at.date():
        raise Refusal(
            "BAD_SPAN",
            "请写已经过去的起止日期，起不晚于止。",
            "Name days that are over, the first not after the last.",
        )
    made = RecognitionAsked.objects.create(
        kind=kind,
        place=place,
        class_group=class_group if kind is _K.CLASS_WITHOUT_DROPOUT else None,
        grade=grade if kind is _K.GRADE_WITHOUT_DROPOUT else None,
        first=first,
        last=last,
        facts=facts_for(place, first, last, at, class_group=class_group, grade=grade),
        note=written(note, 300, "推荐理由", "Why"),
        by=person,
        by_post=post,
        at=at,
        key=key,
    )
    _journal("ASK_RECOGNITION", made, person, at, {"kind": kind.value})
    about = {"recognition": str(made.pk)}
    posts, spot = (Post.COUNTY_BUREAU,), place.pk
    queue(key=f"recognition/{made.pk}", kind=TellKind.ASKED, at=at, posts=posts, place=spot, about=about)
    return made


@one_act
def decide_recognition(
    *, by: Person | int, asked: RecognitionAsked | UUID, decision: Decision, at: datetime, note: str = ""
) -> RecognitionDecided:
    """The county decides; what is not agreed says why. Raises Refusal."""
    person = the_person(by)
    number = asked.pk if isinstance(asked, RecognitionAsked) else asked
    row = RecognitionAsked.objects.select_for_update(of=("self",)).select_related("place").get(pk=number)
    post = require(person, Thing.RECOGNITION, Verb.APPROVE, row.place, at.date())
    if RecognitionDecided.objects.filter(asked=row).exists():
        raise Refusal("DECIDED", "这项申报已经评定；请刷新查看。", "This was decided already; reload.")
    if row.by_id == person.pk:
        raise Refusal("OWN_ASKING", "申报和评定要由两个人办。", "Whoever asked does not decide.")
    words = written(note, 300, "评定意见", "What was said", needed=decision is Decision.REFUSED)
    made = RecognitionDecided.objects.create(
        asked=row, decision=decision, note=words, by=person, by_post=post, at=at
    )
    _journal("DECIDE_RECOGNITION", row, person, at, {"decision": decision.value})
    queue(key=f"recognition/{row.pk}/decided", kind=TellKind.DECIDED, at=at, person=row.by_id)
    return made


def facts_for(
    place: Place,
    first: date,
    last: date,
    known_at: datetime,
    *,
    class_group: ClassGroup | None = None,
    grade: int | None = None,
) -> dict[str, Any]:
    """What was counted for them in the period: `outcome` and `reporting`, never one sum of both."""
    found = counts(Asked(place, first, last, known_at), OUTCOMES)
    within = _classes(place, class_group, grade)
    outcome = {tally.value: _sum(found.get(tally, {}), within) for tally in OUTCOMES}
    score = reporting_score(place, first, last, known_at)
    reporting: dict[str, object] = {
        "roll_calls": list(score.roll_calls),
        "roll_calls_same_day": list(score.roll_calls_same_day),
        "duties": list(score.duties),
        "reports": {each.value: score.reports.get(each, 0) for each in OnTime},
    }
    return {"outcome": outcome, "reporting": reporting}


def recognitions_in(place: Place) -> QuerySet[RecognitionAsked]:
    """What was put forward in the place, the latest first; never in an order of merit."""
    rows = RecognitionAsked.objects.filter(place__path__startswith=place.path or "?")
    return rows.select_related("place", "class_group", "by", "decided__by").order_by("-at")


def _classes(place: Place, class_group: ClassGroup | None, grade: int | None) -> Collection[int] | None:
    """The classes that are counted; None for the whole place."""
    if class_group is not None:
        return {class_group.pk}
    if grade is None:
        return None
    rows = ClassGroup.objects.filter(school__path__startswith=place.path or "?", grade=grade)
    return set(rows.values_list("pk", flat=True))


def _sum(found: Mapping[int, int], within: Collection[int] | None) -> int:
    return sum(n for group, n in found.items() if within is None or group in within)


def _refuse_subject(
    kind: RecognitionKind, place: Place, class_group: ClassGroup | None, grade: int | None
) -> None:
    of_class = class_group is not None and class_group.school_id == place.pk
    if kind is _K.CLASS_WITHOUT_DROPOUT and not of_class:
        raise Refusal("NO_CLASS", f"请选{place.name}的一个班。", f"Choose a class of {place.name}.")
    if kind is _K.GRADE_WITHOUT_DROPOUT and grade not in range(1, 10):
        raise Refusal("NO_GRADE", "请填年级，1 到 9。", "Name a grade from 1 to 9.")


def _journal(
    act: str, asked: RecognitionAsked, person: Person, at: datetime, body: dict[str, object]
) -> None:
    entry = Entry(act, "place", str(asked.place_id), {"recognition": str(asked.pk), **body}, person)
    keep(Changes(), at=at, entry=entry)
