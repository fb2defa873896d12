"""存疑事项: found every night, asked once, of a supervisor who is not the author; answered by a person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

from notoneless.core.calendar import BeyondCalendar
from notoneless.core.report_terms import QuestionOutcome
from notoneless.core.terms import Post, TellKind
from notoneless.records.access import Thing, Verb
from notoneless.records.calendars import county_calendar
from notoneless.records.models import JournalEntry, Person, Question, QuestionAnswered
from notoneless.services.assessments import Entry, keep
from notoneless.services.deriving import Changes
from notoneless.services.finding import the_person
from notoneless.services.honesty.addressing import Supervisors
from notoneless.services.honesty.found import Found, Night
from notoneless.services.honesty.of_acts import back_dated, cloned, impossible, same_picture
from notoneless.services.honesty.of_attendance import brief_return, everyone_present, reclassified, threshold
from notoneless.services.honesty.of_rolls import (
    handed_on_due_day,
    nil_with_signs,
    off_before_date,
    spring_leavers,
)
from notoneless.services.honesty.thresholds import SCHOOL_DAYS_TO_ANSWER
from notoneless.services.permissions import require
from notoneless.services.refusals import Refusal
from notoneless.services.telling import queue
from notoneless.services.transactions import one_act
from notoneless.services.written import written

FINDERS: tuple[Callable[[Night], Iterator[Found]], ...] = (
    back_dated,
    cloned,
    impossible,
    same_picture,
    threshold,
    everyone_present,
    reclassified,
    brief_return,
    off_before_date,
    nil_with_signs,
    handed_on_due_day,
    spring_leavers,
)


def patterns(*, now: datetime) -> list[Found]:
    """Every pattern that asks for a look, as known at `now`; a constant number of queries."""
    return [found for find in FINDERS for found in find(Night(now))]


def ask_questions(*, now: datetime) -> int:
    """Ask about every pattern that was not asked about before; how many. The same again asks nothing."""
    # Looking takes seconds in a county, and nobody should wait for the writer meanwhile.
    return _ask({each.key: each for each in patterns(now=now)}, now)


@one_act
def _ask(found: dict[str, Found], now: datetime) -> int:
    known = set(Question.objects.filter(key__in=found).values_list("key", flat=True))
    fresh = [each for key, each in found.items() if key not in known]
    if not fresh:
        return 0
    today = Night(now).today
    supervisors = Supervisors([each.about for each in fresh if each.about is not None], today)
    due = due_on(today)
    asked = Question.objects.bulk_create([_row(each, supervisors, now, due) for each in fresh])
    _tell(asked, now)
    body = {"asked": len(fresh), "kinds": sorted({each.kind.value for each in fresh})}
    JournalEntry.objects.create(
        at=now, act="ASK_QUESTIONS", subject_kind="day", subject_id=str(today), body=body
    )
    return len(fresh)


@one_act
def answer_question(
    *, by: Person | int, question: Question | UUID, outcome: QuestionOutcome, note: str, at: datetime
) -> QuestionAnswered:
    """Say what was found; nobody answers about records of their own. Raises Refusal."""
    person = the_person(by)
    number = question.pk if isinstance(question, Question) else question
    row = Question.objects.select_related("place", "to_place", "answered").get(pk=number)
    post = _may_answer(person, row, at.date())
    if (first := QuestionAnswered.objects.filter(question=row).first()) is not None:
        if (first.by_id, first.outcome, first.note) == (person.pk, outcome, note.strip()):
            return first
        raise Refusal("ANSWERED", "这一项已经有人答复；请刷新查看。", "This was answered already; reload.")
    words = written(note, 500, "核实情况", "What was found", needed=True)
    answered = QuestionAnswered.objects.create(
        question=row, outcome=outcome, note=words, by=person, by_post=post, at=at
    )
    body: dict[str, object] = {"question": str(row.pk), "outcome": outcome.value, "place": row.place_id}
    keep(Changes(), at=at, entry=Entry("ANSWER_QUESTION", "question", str(row.pk), body, person))
    return answered


def may_answer(person: Person, question: Question, on: date) -> Refusal | None:
    """Why this person may not answer, or None; what the page says instead of the form."""
    try:
        _may_answer(person, question, on)
    except Refusal as refusal:
        return refusal
    return None


def due_on(found_on: date) -> date:
    """The fifth school day after; the fifth day where the calendar ends before that."""
    try:
        return county_calendar().nth_school_day_after(found_on, SCHOOL_DAYS_TO_ANSWER)
    except BeyondCalendar:
        return found_on + timedelta(days=SCHOOL_DAYS_TO_ANSWER)


def _may_answer(person: Person, question: Question, on: date) -> Post:
    if question.about_id == person.pk:
        raise Refusal(
            "OWN_RECORDS",
            "这是您自己写的记录，由别人核实；您可以把情况告诉核实的人。",
            "These are records of your own; somebody else answers. Tell them what you know.",
        )
    post = require(person, Thing.QUESTION, Verb.ANSWER, question.to_place, on)
    return post


def _tell(asked: list[Question], now: datetime) -> None:
    for row in asked:
        key, posts = f"question/{row.pk}", (row.to_post,)
        about = {"question": str(row.pk)}
        queue(key=key, kind=TellKind.QUESTION, at=now, posts=posts, place=row.to_place_id, about=about)


def _row(found: Found, supervisors: Supervisors, now: datetime, due: date) -> Question:
    post, place = supervisors.for_(found)
    return Question(
        key=found.key,
        kind=found.kind,
        place_id=found.place,
        class_group_id=found.class_group,
        child_id=found.child,
        about_id=found.about,
        facts=found.as_kept(),
        to_post=post,
        to_place_id=place,
        found_at=now,
        due_on=due,
    )
