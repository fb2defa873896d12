"""家长异议: what a guardian contests or asks for, whose turn it is, and the answer the guardian reads."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from notoneless.core.calendar import SchoolCalendar
from notoneless.core.terms import AttendanceStatus, ContestKind, ContestOutcome, Post, TellKind
from notoneless.records.access import Thing, Verb
from notoneless.records.calendars import county_calendar
from notoneless.records.models import (
    AttendanceMark,
    Contest,
    ContestAnswered,
    GuardianLink,
    JournalEntry,
    Person,
)
from notoneless.records.scopes import visible_places
from notoneless.services.corrections import correct
from notoneless.services.finding import school_answering, the_person
from notoneless.services.permissions import require
from notoneless.services.public_limits import ANSWER_CONTEST, ANSWER_CONTEST_ABOVE, due_at
from notoneless.services.refusals import Refusal
from notoneless.services.sent_once import key_used
from notoneless.services.telling import queue as queue_tell
from notoneless.services.transactions import one_act
from notoneless.services.written import written

WORDS = 2000  # characters of a contest or an answer
SHOWN_FOR = timedelta(days=30)  # how far back a guardian sees marks, and so can contest them
OUTCOMES = {
    ContestKind.MARK: (ContestOutcome.CORRECTED, ContestOutcome.KEPT),
    ContestKind.RECORD: (ContestOutcome.CORRECTED, ContestOutcome.KEPT),
    ContestKind.COPY: (ContestOutcome.GIVEN,),
}


@one_act
def contest(
    *,
    link: GuardianLink,
    kind: ContestKind,
    at: datetime,
    key: str,
    words: str = "",
    mark: UUID | None = None,
) -> Contest:
    """Keep what a guardian contests or asks for; the same `key` again gives the first row.

    It changes no record; the school of the day in question owes an answer. Raises Refusal.
    """
    child = link.guardian.child
    first = Contest.objects.filter(key=key).first()
    if first is not None:
        if first.guardian_id != link.guardian_id or first.kind is not kind:
            raise key_used()
        return first
    text = written(words, WORDS, "哪里不对", "What is wrong", needed=kind is not ContestKind.COPY)
    about = _mark(child.pk, mark) if kind is ContestKind.MARK else None
    day = about.day if about else at.date()
    row = Contest.objects.create(
        child=child,
        guardian=link.guardian,
        school=school_answering(child, day),
        kind=kind,
        mark=about,
        day=about.day if about else None,
        session=about.session if about else "",
        words=text,
        at=at,
        due_at=due_at(ANSWER_CONTEST, at, county_calendar()),
        key=key,
    )
    _tell("new", row, ANSWER_CONTEST.who, at)
    _journal("CONTEST", row, at, None, {"kind": kind.value, "mark": str(about.pk) if about else None})
    return row


@one_act
def answer(
    *,
    by: Person | int,
    contest: Contest | UUID,
    outcome: ContestOutcome,
    words: str,
    at: datetime,
    status: AttendanceStatus | None = None,
) -> ContestAnswered:
    """Answer the guardian; where a mark was wrong, correct it to `status` by the ordinary act and link it.

    Answering twice gives the first answer. Raises Refusal.
    """
    person = the_person(by)
    number = contest.pk if isinstance(contest, Contest) else contest
    row = Contest.objects.select_for_update(of=("self",)).select_related("school", "child").get(pk=number)
    post = require(person, Thing.CONTEST, Verb.ANSWER, row.school, at.date())
    if (first := ContestAnswered.objects.filter(contest=row).first()) is not None:
        return first
    text = written(words, WORDS, "给家长的答复", "Answer to the guardian", needed=True)
    if outcome not in OUTCOMES[row.kind]:
        raise Refusal("NO_SUCH_OUTCOME", "请选一个结果。", "Choose what came of it.")
    right = outcome is ContestOutcome.CORRECTED and row.kind is ContestKind.MARK
    correction = _put_right(person, row, status, at) if right else None
    given = ContestAnswered.objects.create(
        contest=row, outcome=outcome, correction=correction, words=text, by=person, by_post=post, at=at
    )
    body: dict[str, object] = {
        "outcome": outcome.value,
        "correction": str(correction.pk) if correction else None,
        "late": bool(row.due_at and at > row.due_at),
    }
    _journal("ANSWER_CONTEST", row, at, person, body)
    return given


def queue(person: Person, *, at: datetime, answered: bool = False) -> QuerySet[Contest]:
    """Contests within the person's reach that wait for an answer, or have one; the soonest due first."""
    there = visible_places(person, at.date(), Thing.CONTEST, Verb.SEE)
    rows = Contest.objects.filter(school__in=there, answer__isnull=not answered)
    return rows.select_related("child", "guardian", "school", "mark", "answer__by").order_by(
        Coalesce("county_due_at", "due_at").asc(nulls_last=True), "at", "pk"
    )


def escalate(*, now: datetime, calendar: SchoolCalendar | None = None) -> int:
    """Hand what a school has not answered in its time to the county, once; how many were."""
    days = calendar or county_calendar()
    late = Contest.objects.filter(due_at__lt=now, escalated_at=None, answer=None)
    raised = 0
    for row in late.order_by("due_at", "pk"):
        until = due_at(ANSWER_CONTEST_ABOVE, now, days)
        # Compare and swap: of two workers one raises it.
        mine = Contest.objects.filter(pk=row.pk, escalated_at=None)
        if mine.update(escalated_at=now, county_due_at=until):
            _tell("late", row, ANSWER_CONTEST_ABOVE.who, now)
            _journal("ESCALATE", row, now, None, {"place": row.school_id})
            raised += 1
    return raised


def _mark(child: UUID, mark: UUID | None) -> AttendanceMark:
    found = AttendanceMark.objects.filter(child=child, pk=mark).first() if mark else None
    if found is None:
        raise Refusal("NO_SUCH_MARK", "请从上面的记录里选一条。", "Choose one of the records shown above.")
    return found


def _put_right(person: Person, row: Contest, status: AttendanceStatus | None, at: datetime) -> AttendanceMark:
    if status is None or row.mark is None or row.day is None:
        raise Refusal(
            "NO_STATUS", "请选实际情况，系统按它更正。", "Choose what is right; the mark follows it."
        )
    return correct(
        by=person,
        child=row.child,
        day=row.day,
        session=row.session,
        status=status,
        happened_at=row.mark.at,
        at=at,
        note="家长提出异议，核实后更正",
    )


def _tell(what: str, row: Contest, post: Post, at: datetime) -> None:
    key = f"contest/{what}/{row.pk}"
    queue_tell(key=key, kind=TellKind.PUBLIC, at=at, posts=(post,), place=row.school_id)


def _journal(act: str, row: Contest, at: datetime, by: Person | None, body: dict[str, object]) -> None:
    JournalEntry.objects.create(
        at=at, by=by, act=act, subject_kind="contest", subject_id=str(row.pk), body=body
    )
