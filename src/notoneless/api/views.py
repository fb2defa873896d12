"""What programs may ask and do: one query or one act each, within the posts of the token's person."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from notoneless.api import said
from notoneless.api.answers import answer
from notoneless.api.door import with_token
from notoneless.api.roll_call_body import RollCallBody, read_body
from notoneless.core.terms import AttendanceStatus
from notoneless.records.access import Thing
from notoneless.records.constants import of_classes
from notoneless.records.models import LIVE, ClassGroup, Person
from notoneless.records.scopes import (
    child_for,
    class_for,
    fields_for,
    place_for,
    posts_on,
    visible_classes,
    visible_obligations,
)
from notoneless.services.class_registers import class_register, unanswered
from notoneless.services.own_duties import owed_by
from notoneless.services.refusals import Refusal
from notoneless.services.schools_today import schools_today
from notoneless.services.taking import refuse_wrong_session, take

AT_ONCE = 500  # rows of one answer; `more` says that there are others
MOST_NAMED = 5  # pupils in a sentence


@with_token("GET")
def me(request: HttpRequest, person: Person, at: datetime) -> HttpResponse:
    """Who I am, and the posts I hold today."""
    posts = [said.post(held) for held in posts_on(person, at.date())]
    return answer({"name": person.name, "now": said.moment(at), "posts": posts})


@with_token("GET")
def classes(request: HttpRequest, person: Person, at: datetime) -> HttpResponse:
    """The classes whose roll calls I may see, by number; `after` goes on behind a number."""
    rows = visible_classes(person, at.date(), Thing.ROLL_CALL).filter(pk__gt=_after(request))
    found = list(rows.select_related("school").order_by("pk")[: AT_ONCE + 1])
    shown = [said.class_group(row) for row in found[:AT_ONCE]]
    return answer({"classes": shown, "more": len(found) > AT_ONCE})


@with_token("GET", "POST")
def roll_call(
    request: HttpRequest, person: Person, at: datetime, class_id: int, day: date, session: str
) -> HttpResponse:
    """The register of a class for a session; posted, the roll call is kept as the page keeps it."""
    group = class_for(person, class_id, at.date(), Thing.ROLL_CALL)
    if request.method == "POST":
        return _take(request, person, at, group, day, session)
    refuse_wrong_session(of_classes([class_id])[class_id], day, session, at)
    register = class_register(group, day, session)
    called = register.standing is not None
    return answer(
        {
            "class": said.class_group(group),
            "day": said.day(day),
            "session": session,
            "pupils": [said.pupil(line, called) for line in register.lines],
            "roll_call": said.roll_call(register.standing) if register.standing else None,
        }
    )


@with_token("GET")
def owed(request: HttpRequest, person: Person, at: datetime) -> HttpResponse:
    """What my posts owe and have not done, the soonest first."""
    rows = list(owed_by(person, as_of=at)[: AT_ONCE + 1])
    shown = [said.obligation(row, at) for row in rows[:AT_ONCE]]
    return answer({"obligations": shown, "more": len(rows) > AT_ONCE})


@with_token("GET")
def child(request: HttpRequest, person: Person, at: datetime, child_id: UUID) -> HttpResponse:
    """A child by the field sets of my posts, and what of what is owed about it I may see."""
    found = child_for(person, child_id, at.date())
    live = visible_obligations(person, at.date()).filter(child=found, state__in=LIVE)
    rows = live.select_related("child", "class_group", "place").order_by("due_at", "key")
    about = said.child(found, fields_for(person, found, at.date()), at.date())
    return answer({**about, "obligations": [said.obligation(row, at) for row in rows]})


@with_token("GET")
def silent(request: HttpRequest, person: Person, at: datetime, place_id: int) -> HttpResponse:
    """The schools at and below a place of which nothing is heard today, once a roll call could be there."""
    there = place_for(person, place_id, at.date(), Thing.TOWNSHIP_BOARD)
    morning = schools_today(there, as_of=at)
    shown = [said.silent(each) for each in morning.silent]
    return answer({"place": said.place(there), "asks": morning.asks, "silent": shown})


def _take(
    request: HttpRequest, person: Person, at: datetime, group: ClassGroup, day: date, session: str
) -> HttpResponse:
    body = read_body(request)
    if not body.rest_present:
        _refuse_silence(body, group, day, session)
    made = take(
        by=person,
        session_version=person.session_version,
        class_group=group,
        day=day,
        session=session,
        marks=[mark for mark in body.marks if mark.status is not AttendanceStatus.PRESENT],
        # As on the page, times have the resolution of a minute.
        taken_at=(body.taken_at or at).replace(second=0, microsecond=0),
        at=at,
        key=body.key,
    )
    return answer(said.receipt(made), 201)


def _refuse_silence(body: RollCallBody, group: ClassGroup, day: date, session: str) -> None:
    """Without `rest_present` every pupil needs a mark: silence is not presence."""
    silent = unanswered(group, day, session, {mark.child for mark in body.marks})
    if silent:
        names = "、".join(child.name for child in silent[:MOST_NAMED])
        raise Refusal(
            "SILENT_PUPILS",
            f"还有 {len(silent)} 名学生没有标记（{names}）；请逐个标记，或写 rest_present: true。",
            f"{len(silent)} pupils have no mark ({names}); mark each, or send rest_present: true.",
        )


def _after(request: HttpRequest) -> int:
    text = request.GET.get("after", "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0
