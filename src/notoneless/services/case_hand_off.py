"""个案移送: a case is offered to another school or county, and stays with the sender until that confirms.

Where the work is done changes, not whose pupil the child is: obligations follow the enrolment, which only a
transfer moves. From the confirmation on the receiving place has the child in its scope for as long as the
case is open (`records.scopes`); the sender keeps it in its own.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from uuid import UUID

from notoneless.core.calendar import SchoolCalendar
from notoneless.core.case_terms import HandOffOutcome
from notoneless.core.policy.library import load
from notoneless.core.terms import PlaceKind, Post, TellKind
from notoneless.core.time_limit import TimeLimit, due
from notoneless.records.access import Thing, Verb
from notoneless.records.calendars import county_calendar
from notoneless.records.models import Case, HandOff, HandOffAnswered, Person, Place
from notoneless.services.assessments import Entry, hold, keep
from notoneless.services.case_finding import posts_for, refuse_settled, school_of, the_case
from notoneless.services.deriving import Changes
from notoneless.services.finding import the_person
from notoneless.services.permissions import posts_in, require
from notoneless.services.places import refuse_closed
from notoneless.services.refusals import Refusal
from notoneless.services.sent_once import key_used
from notoneless.services.telling import queue
from notoneless.services.transactions import one_act

# As long as the school that is to receive a pupil has to confirm it; the clause stands with the rule.
TO_ANSWER = ("national/2025-1", "transfer-confirmed")
RECEIVES = (PlaceKind.SCHOOL, PlaceKind.TOWNSHIP, PlaceKind.COUNTY)
_TOLD = {
    PlaceKind.SCHOOL: (Post.PRINCIPAL, Post.SCHOOL_OFFICE),
    PlaceKind.TOWNSHIP: (Post.TOWNSHIP,),
    PlaceKind.COUNTY: (Post.COUNTY_BUREAU,),
}


@one_act
def hand_off(
    *,
    by: Person | int,
    case: Case | int,
    to_place: Place | None = None,
    elsewhere: str = "",
    reason: str,
    at: datetime,
    key: str | None = None,
) -> HandOff:
    """Offer the case to a place here, or to a receiver outside named in words. Raises Refusal.

    The same `key` again gives the first.
    """
    person, found = the_person(by), the_case(case)
    posts_for(person, found, Verb.ASK, at.date(), Thing.CASE_HAND_OFF)
    if key is not None and (first := HandOff.objects.filter(key=key).first()) is not None:
        if first.case_id != found.pk:
            raise key_used()
        return first
    refuse_settled(found)
    hold([found.child_id])
    sender = school_of(found, at.date())
    refuse_closed(to_place, at.date())
    _refuse_bad(found, sender, to_place, elsewhere, reason)
    made = HandOff.objects.create(
        case=found,
        from_place=sender,
        to_place=to_place,
        elsewhere=elsewhere.strip()[:100],
        reason=reason.strip()[:300],
        by=person,
        at=at,
        key=key,
    )
    _journal("HAND_OFF_CASE", made, person, at, {"to": to_place.pk if to_place else None})
    if to_place is not None:
        _tell(made, to_place, _TOLD[to_place.kind], at)
    return made


@one_act
def answer_hand_off(
    *,
    by: Person | int,
    hand_off: HandOff | UUID,
    outcome: HandOffOutcome,
    number: str = "",
    note: str = "",
    at: datetime,
) -> HandOffAnswered:
    """The receiver confirms or refuses; for one outside, the county records its letter. Raises Refusal."""
    person, made = the_person(by), _locked(hand_off)
    if (no := may_answer(person, made, at.date())) is not None:
        raise no
    if (before := _answer_of(made)) is not None:
        return _the_same(before, outcome)
    if outcome is HandOffOutcome.WITHDRAWN:
        raise Refusal("TAKE_BACK", "收回移送由移出方办理。", "Only the sender takes a hand-off back.")
    if outcome is HandOffOutcome.REFUSED and not note.strip():
        raise Refusal("NO_NOTE", "不接收的，请写明理由。", "Say why the case is not received.")
    if outcome is HandOffOutcome.CONFIRMED and made.to_place is None and not number.strip():
        raise Refusal(
            "NO_LETTER",
            "对方不在本系统，请填写接收方回函的文号。",
            "The receiver is outside this system; give the number of its letter.",
        )
    if outcome is HandOffOutcome.CONFIRMED:
        refuse_settled(made.case)
    return _answer(made, outcome, person, at, number, note)


@one_act
def take_back(*, by: Person | int, hand_off: HandOff | UUID, note: str = "", at: datetime) -> HandOffAnswered:
    """The sender takes back what nobody has answered. Raises Refusal."""
    person, made = the_person(by), _locked(hand_off)
    require(person, Thing.CASE_HAND_OFF, Verb.ASK, made.from_place, at.date())
    if (before := _answer_of(made)) is not None:
        return _the_same(before, HandOffOutcome.WITHDRAWN)
    return _answer(made, HandOffOutcome.WITHDRAWN, person, at, "", note)


def answer_due(made: HandOff, calendar: SchoolCalendar | None = None) -> datetime | None:
    """The last minute in which an answer comes in time; None beyond the calendar's working days."""
    return due(made.at, time_to_answer(), calendar or county_calendar()).at


@cache
def time_to_answer() -> TimeLimit:
    """How long a receiver has, as the national pack says of a transfer."""
    pack, rule = TO_ANSWER
    return next(each.obliges[0].by for each in load(pack).rules if each.id == rule)


def may_answer(person: Person, made: HandOff, on: date) -> Refusal | None:
    """Why the person may not answer for the receiver, nor record what one outside wrote; or None."""
    if made.to_place is None:
        held = posts_in(person, Thing.CASE_HAND_OFF, Verb.CONFIRM, made.from_place, on)
        return None if Post.COUNTY_BUREAU in held else _county_answers()
    if posts_in(person, Thing.CASE_HAND_OFF, Verb.CONFIRM, made.to_place, on):
        return None
    return Refusal(
        "NOT_YOURS_TO_ANSWER",
        f"这份移送由{made.to_place.name}答复。",
        f"This hand-off is answered by {made.to_place.name}.",
    )


def _county_answers() -> Refusal:
    return Refusal(
        "COUNTY_ANSWERS",
        "移送到系统外的，由县教育局登记对方的回函。",
        "For a receiver outside this system the county bureau records the letter.",
    )


def _refuse_bad(case: Case, sender: Place, to_place: Place | None, elsewhere: str, reason: str) -> None:
    if not reason.strip():
        raise Refusal("NO_REASON", "请写明为什么移送。", "Say why the case is handed off.")
    if (to_place is None) == (not elsewhere.strip()):
        raise Refusal(
            "NO_RECEIVER",
            "请选一个接收单位；对方不在本系统的，写明是哪里，两样只填一样。",
            "Choose a receiver here, or name one outside, not both.",
        )
    if to_place is not None and (to_place.kind not in RECEIVES or to_place.pk == sender.pk):
        raise Refusal(
            "BAD_RECEIVER",
            "个案只能移送给另一所学校、乡镇或县；请重新选择。",
            "A case is handed off to another school, a township or a county.",
        )
    if HandOff.objects.filter(case=case, answered=None).exists():
        raise Refusal(
            "ALREADY_OFFERED",
            f"个案 {case.number} 已有一份移送在等答复；请先收回或等对方答复。",
            f"A hand-off of case {case.number} waits for an answer; take it back first.",
        )


def _locked(hand_off: HandOff | UUID) -> HandOff:
    number = hand_off if isinstance(hand_off, UUID) else hand_off.pk
    made = HandOff.objects.select_related("case__child", "to_place", "from_place").get(pk=number)
    hold([made.case.child_id])
    return made


def _answer_of(made: HandOff) -> HandOffAnswered | None:
    return HandOffAnswered.objects.filter(hand_off=made).first()


def _the_same(before: HandOffAnswered, outcome: HandOffOutcome) -> HandOffAnswered:
    """Sent twice is answered once; another answer than the first is refused."""
    if before.outcome is not outcome:
        raise Refusal(
            "ANSWERED",
            f"这份移送已有结果：{before.outcome.zh}。",
            f"This hand-off is answered already: {before.outcome.en}.",
        )
    return before


def _answer(
    made: HandOff, outcome: HandOffOutcome, person: Person, at: datetime, number: str, note: str
) -> HandOffAnswered:
    answered = HandOffAnswered.objects.create(
        hand_off=made,
        outcome=outcome,
        by=person,
        at=at,
        number=number.strip()[:100],
        note=note.strip()[:300],
    )
    _journal("ANSWER_HAND_OFF", made, person, at, {"outcome": outcome.value})
    if outcome is not HandOffOutcome.WITHDRAWN:
        key = f"case/hand-off/{made.pk}/answered"
        queue(key=key, kind=TellKind.CASE, at=at, person=made.by_id, about={"case": made.case_id})
    return answered


def _tell(made: HandOff, place: Place, posts: tuple[Post, ...], at: datetime) -> None:
    queue(
        key=f"case/hand-off/{made.pk}",
        kind=TellKind.CASE,
        at=at,
        posts=posts,
        place=place.pk,
        about={"case": made.case_id},
    )


def _journal(act: str, made: HandOff, person: Person, at: datetime, body: dict[str, object]) -> None:
    said = {"case": made.case.number, "hand_off": str(made.pk), **body}
    keep(Changes(), at=at, entry=Entry(act, "child", str(made.case.child_id), said, person))
