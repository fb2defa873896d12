"""群众监督: a tip about a child out of school, from its receipt to the answer; its reporter stays sealed."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID, uuid4

from django.db.models import Case, F, Q, QuerySet, When
from django.db.models.functions import Coalesce

from notoneless.core.terms import PlaceKind, Post, TellKind, TipAnswer, TipFinding, TipStage
from notoneless.records.access import Fields, Scope, Thing, Verb, fields_of
from notoneless.records.calendars import county_calendar
from notoneless.records.models import (
    JournalEntry,
    Person,
    Place,
    Tip,
    TipAnswered,
    TipForwarded,
    TipReply,
)
from notoneless.records.scopes import visible_places
from notoneless.services.finding import the_person
from notoneless.services.permissions import may_not, posts_in, require
from notoneless.services.public_limits import ANSWER_TIP, TAKE_UP, due_at
from notoneless.services.refusals import Refusal
from notoneless.services.sent_once import key_used
from notoneless.services.telling import queue as queue_tell
from notoneless.services.tip_words import refuse_leak
from notoneless.services.transactions import one_act
from notoneless.services.written import written

WHERE, SEEN, REPORTER, WORDS = 300, 2000, 200, 2000  # characters
AN_HOUR = 20  # tips from one address in an hour; a school and its village may share one
LOOKS_AN_HOUR = 60  # receipts looked up
# Without letters and digits that are taken for each other on paper.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
RECEIPT = 10  # characters; some 49 bits
OF_TIPS = (PlaceKind.COUNTY, PlaceKind.TOWNSHIP, PlaceKind.VILLAGE)
# To whom a tip is passed on, and whose it then is.
ANSWERING = {
    PlaceKind.TOWNSHIP: (Post.TOWNSHIP,),
    PlaceKind.CENTRAL_SCHOOL: (Post.CENTRAL_SCHOOL,),
    PlaceKind.SCHOOL: (Post.SCHOOL_OFFICE, Post.PRINCIPAL),
}


# What is told says nothing of a child: whoever holds the number need not be whoever sent the tip.
ANSWERS = {
    TipFinding.FOUND_OUT: TipAnswer.SEEN_TO,
    TipFinding.IN_SCHOOL: TipAnswer.SEEN_TO,
    TipFinding.NOT_FOUND: TipAnswer.NOT_FOUND,
    TipFinding.OTHER: TipAnswer.ELSEWHERE,
}


class Progress(NamedTuple):
    """What whoever has the receipt number is told; the moments are the last ones in time."""

    stage: TipStage
    take_up_by: datetime | None
    answer_by: datetime | None
    answer: TipAnswer | None


@one_act
def send_tip(
    *, place: Place | int, seen: str, at: datetime, key: str, where: str = "", reporter: str = ""
) -> Tip:
    """Keep a tip from the public; the same `key` again gives the first. Raises Refusal.

    Who sent it is known only by `reporter`, if they wrote anything; it is sealed before it is kept.
    """
    if (first := Tip.objects.filter(key=key).first()) is not None:
        return first
    number = place.pk if isinstance(place, Place) else place
    there = Place.objects.filter(pk=number, kind__in=OF_TIPS).first()
    if there is None:
        raise Refusal(
            "NO_SUCH_PLACE", "请从列表里选乡镇或村。", "Choose a township or village from the list."
        )
    calendar = county_calendar()
    tip = Tip(
        pk=uuid4(),
        receipt="".join(secrets.choice(ALPHABET) for _ in range(RECEIPT)),
        place=there,
        where=written(where, WHERE, "具体在哪里", "Where exactly"),
        seen=written(seen, SEEN, "看到了什么", "What you saw", needed=True),
        at=at,
        take_up_by=due_at(TAKE_UP, at, calendar),
        answer_by=due_at(ANSWER_TIP, at, calendar),
        key=key,
    )
    tip.keep_reporter(written(reporter, REPORTER, "怎么联系您", "How to reach you"))
    tip.save(force_insert=True)
    _tell("sent", tip.pk, tip.place_id, (Post.COUNTY_BUREAU,), at)
    _journal("SEND_TIP", tip, at, None, {})
    return tip


def progress_of(receipt: str) -> Progress | None:
    """How far the tip with this receipt number is; None when there is none. Nothing else is told."""
    plain = "".join(receipt.upper().split()).replace("-", "")
    tip = Tip.objects.filter(receipt=plain).select_related("answer").first()
    if tip is None:
        return None
    found = getattr(tip, "answer", None)
    return Progress(stage(tip), tip.take_up_by, tip.answer_by, ANSWERS[found.finding] if found else None)


def stage(tip: Tip) -> TipStage:
    """How far a tip is."""
    if hasattr(tip, "answer"):
        return TipStage.ANSWERED
    return TipStage.CHECKED if tip.taken_up_at else TipStage.SENT


def queue(person: Person, *, at: datetime, answered: bool = False) -> QuerySet[Tip]:
    """The tips within the person's reach that are open, or answered; the soonest due first."""
    there = visible_places(person, at.date(), Thing.TIP, Verb.SEE)
    next_due = Case(When(taken_up_at=None, then=F("take_up_by")), default=F("answer_by"))
    rows = Tip.objects.filter(place__in=there, answer__isnull=not answered)
    return (
        rows.defer("reporter_sealed")
        .select_related("place__parent", "answer")
        .annotate(next_due=next_due)
        .order_by(Coalesce("next_due", "answer_by").asc(nulls_last=True), "at", "pk")
    )


def passed_on(person: Person, *, at: datetime) -> QuerySet[TipForwarded]:
    """What was passed on to the places within the person's reach; what waits for a reply first."""
    there = visible_places(person, at.date(), Thing.FORWARDED_TIP, Verb.SEE)
    rows = TipForwarded.objects.filter(to__in=there).select_related("to", "tip", "reply__by", "by")
    return rows.defer("tip__seen", "tip__where", "tip__reporter_sealed").order_by(
        F("reply__at").desc(nulls_first=True), F("tip__answer_by").asc(nulls_last=True), "pk"
    )


@one_act
def take_up(*, by: Person | int, tip: Tip | UUID, at: datetime) -> Tip:
    """受理: somebody of the county has read it; the first to say so stands. Raises Refusal."""
    person, row = the_person(by), _tip(tip)
    require(person, Thing.TIP, Verb.ANSWER, row.place, at.date())
    if Tip.objects.filter(pk=row.pk, taken_up_at=None).update(taken_up_at=at, taken_up_by=person):
        late = bool(row.take_up_by and at > row.take_up_by)
        _journal("TAKE_UP_TIP", row, at, person, {"late": late})
    row.refresh_from_db()
    return row


@one_act
def forward(
    *, by: Person | int, tip: Tip | UUID, to: Place | int, words: str, at: datetime, key: str
) -> TipForwarded:
    """转办: ask a township or school to check, in words of one's own. Raises Refusal.

    What the public wrote, and how to reach who wrote it, may not be copied into the words.
    """
    person, row = the_person(by), _tip(tip)
    require(person, Thing.TIP, Verb.FORWARD, row.place, at.date())
    if (first := TipForwarded.objects.filter(key=key).first()) is not None:
        if first.tip_id != row.pk:
            raise key_used()
        return first
    text = written(words, WORDS, "请对方核实什么", "What to check", needed=True)
    refuse_leak(text, seen=f"{row.where}\n{row.seen}", reporter=row.reporter())
    number = to.pk if isinstance(to, Place) else to
    there = may_pass_to(person, at=at).filter(pk=number).first()
    if there is None:
        raise Refusal("NO_SUCH_PLACE", "请选本县的乡镇或学校。", "Choose a township or school of the county.")
    _refuse_answered(row)
    take_up(by=person, tip=row, at=at)
    sent = TipForwarded.objects.create(tip=row, to=there, words=text, by=person, at=at, key=key)
    _tell("passed", sent.pk, there.pk, ANSWERING[there.kind], at)
    _journal("FORWARD_TIP", row, at, person, {"forwarded": str(sent.pk), "to": there.pk})
    return sent


def may_pass_to(person: Person, *, at: datetime) -> QuerySet[Place]:
    """The townships and schools to which this person may pass a tip on."""
    there = visible_places(person, at.date(), Thing.TIP, Verb.FORWARD)
    return there.filter(kind__in=tuple(ANSWERING)).order_by("path")


@one_act
def reply(*, by: Person | int, forwarded: TipForwarded | UUID, words: str, at: datetime) -> TipReply:
    """回复: what the township or school found; replying twice gives the first. Raises Refusal."""
    person = the_person(by)
    number = forwarded.pk if isinstance(forwarded, TipForwarded) else forwarded
    row = TipForwarded.objects.select_related("to").get(pk=number)
    post = require(person, Thing.FORWARDED_TIP, Verb.ANSWER, row.to, at.date())
    if (first := TipReply.objects.filter(forwarded=row).first()) is not None:
        return first
    text = written(words, WORDS, "核实情况", "What was found", needed=True)
    given = TipReply.objects.create(forwarded=row, words=text, by=person, by_post=post, at=at)
    queue_tell(key=f"tip/replied/{row.pk}", kind=TellKind.PUBLIC, at=at, person=row.by_id)
    body: dict[str, object] = {"forwarded": str(row.pk)}
    JournalEntry.objects.create(
        at=at, by=person, act="REPLY_TO_TIP", subject_kind="tip", subject_id=str(row.tip_id), body=body
    )
    return given


@one_act
def answer(
    *, by: Person | int, tip: Tip | UUID, finding: TipFinding, words: str, at: datetime
) -> TipAnswered:
    """办结: say what the tip led to; answering twice gives the first answer. Raises Refusal."""
    person, row = the_person(by), _tip(tip)
    require(person, Thing.TIP, Verb.ANSWER, row.place, at.date())
    if (first := TipAnswered.objects.filter(tip=row).first()) is not None:
        return first
    text = written(words, WORDS, "核实情况", "What was found", needed=True)
    take_up(by=person, tip=row, at=at)
    given = TipAnswered.objects.create(tip=row, finding=finding, words=text, by=person, at=at)
    late = bool(row.answer_by and at > row.answer_by)
    _journal("ANSWER_TIP", row, at, person, {"finding": finding.value, "late": late})
    return given


@one_act
def open_reporter(*, by: Person | int, tip: Tip | UUID, at: datetime) -> str:
    """How the reporter can be reached; the same transaction journals who looked. Raises Refusal."""
    person, row = the_person(by), _tip(tip)
    if not may_open_reporter(person, row, at.date()):
        raise may_not(Thing.TIP, Verb.ANSWER, row.place.name)
    _journal("OPEN_REPORTER", row, at, person, {})
    return row.reporter()


def may_open_reporter(person: Person, tip: Tip, on: date) -> bool:
    """Whether one of the person's posts is shown who sent this tip."""
    posts = posts_in(person, Thing.TIP, Verb.ANSWER, tip.place, on)
    return any(Fields.REPORTER in fields_of(post, Thing.TIP, Scope.PLACE) for post in posts)


def escalate(*, now: datetime) -> int:
    """Mark tips that nobody took up or answered in time for those above, once; how many were."""
    late = Q(taken_up_at=None, take_up_by__lt=now) | Q(answer_by__lt=now)
    raised = 0
    for row in Tip.objects.filter(late, escalated_at=None, answer=None).order_by("answer_by", "pk"):
        if Tip.objects.filter(pk=row.pk, escalated_at=None).update(escalated_at=now):
            _tell("late", row.pk, row.place_id, (Post.COUNTY_BUREAU, Post.SUPERVISION_OFFICE), now)
            _journal("ESCALATE", row, now, None, {"place": row.place_id})
            raised += 1
    return raised


def _tip(tip: Tip | UUID) -> Tip:
    number = tip.pk if isinstance(tip, Tip) else tip
    return Tip.objects.select_related("place").get(pk=number)


def _refuse_answered(row: Tip) -> None:
    if TipAnswered.objects.filter(tip=row).exists():
        raise Refusal("ANSWERED", "这条线索已经办结。", "This tip has been answered.")


def _tell(what: str, number: UUID, place: int, posts: tuple[Post, ...], at: datetime) -> None:
    key = f"tip/{what}/{number}"
    queue_tell(key=key, kind=TellKind.PUBLIC, at=at, posts=posts, place=place)


def _journal(act: str, row: Tip, at: datetime, by: Person | None, body: dict[str, object]) -> None:
    JournalEntry.objects.create(at=at, by=by, act=act, subject_kind="tip", subject_id=str(row.pk), body=body)
