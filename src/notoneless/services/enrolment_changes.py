"""学籍异动: asked for, agreed to, confirmed, done; until it is done the child stays where it is.

A transfer never leaves a child between two schools: the old one keeps roll, class, case and clocks until the
very act by which the new one confirms, and each turn is an obligation of the school whose turn it is.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from notoneless.core.enrolment import (
    ACTS,
    FINAL,
    NO_LEAVING,
    RULES,
    SIDES,
    Clock,
    asks_to_leave,
    clock_of,
)
from notoneless.core.terms import ChangeKind, ChangeStep, EventKind, Paper, Post, TellKind
from notoneless.records.access import Thing, Verb
from notoneless.records.models import (
    ChangeStepTaken,
    Child,
    ClassGroup,
    EnrolmentChange,
    EventRecord,
    OnRoll,
    Person,
    Place,
)
from notoneless.records.scopes import during
from notoneless.services.assessments import Entry, follow_up, hold
from notoneless.services.change_effects import take_effect
from notoneless.services.change_refusals import (
    refuse_no_reason,
    refuse_unfit,
    refuse_without_letter,
    refuse_wrong_class,
)
from notoneless.services.change_standing import (
    VERBS,
    asking_place,
    at_an_end,
    class_named,
    last_taken,
    next_step,
    place_of,
)
from notoneless.services.enrolment_facts import answered, stated
from notoneless.services.finding import the_child, the_person
from notoneless.services.on_roll import school_of
from notoneless.services.permissions import require
from notoneless.services.refusals import Refusal
from notoneless.services.sent_once import key_used
from notoneless.services.telling import queue
from notoneless.services.transactions import one_act

_ENDED = {True: EventKind.TRANSFER_ENDED, False: EventKind.CHANGE_ENDED}


@one_act
def ask_change(
    *,
    by: Person | int,
    child: Child | UUID,
    kind: ChangeKind,
    from_day: date,
    at: datetime,
    until: date | None = None,
    receiver: Place | None = None,
    elsewhere: str = "",
    papers: Collection[Paper] = (),
    reason: str = "",
    key: str | None = None,
) -> EnrolmentChange:
    """Ask for a change; a transfer names its `receiver`, or `elsewhere`: a school that we do not keep.

    The same `key` again gives the first one. Raises Refusal, also for leaving school in grades 1 to 9.
    """
    person, pupil, rule = the_person(by), the_child(child), RULES[kind]
    _refuse_leaving(reason, elsewhere)
    school = school_of(pupil, at.date())
    if kind is ChangeKind.TRANSFER_IN and school is not None and school == receiver:
        school, elsewhere = None, elsewhere or _roll_elsewhere(pupil, at.date())
    change = EnrolmentChange(
        child=pupil,
        kind=kind,
        school=school,
        receiver=receiver,
        elsewhere=elsewhere.strip(),
        from_day=from_day,
        until=until if kind is ChangeKind.SUSPENSION else None,
        reason=reason,
        key=key,
    )
    post = require(person, Thing.CHANGE, Verb.ASK, asking_place(change), at.date())
    if key is not None and (first := EnrolmentChange.objects.filter(key=key).first()) is not None:
        return _the_same(first, change)
    hold([pupil.pk])
    refuse_unfit(rule, change, frozenset(papers), at)
    change.save(force_insert=True)
    taken = _take(change, ChangeStep.ASKED, person, post, at, papers)
    _follow_up(change, taken, person, at)
    return change


@one_act
def take_step(
    *,
    by: Person | int,
    change: EnrolmentChange | UUID,
    at: datetime,
    papers: Collection[Paper] = (),
    class_group: ClassGroup | None = None,
    note: str = "",
) -> EnrolmentChange:
    """Agree, confirm or approve: the step whose turn it is; the last one does what the change is for.

    Whoever puts the child into a class names it. Raises Refusal.
    """
    person, row = the_person(by), _held(change)
    step = _turn(row)
    post = require(person, Thing.CHANGE, VERBS[step], place_of(row, SIDES[step]), at.date())
    _refuse_leaving(note)
    refuse_without_letter(row, step, papers)
    refuse_wrong_class(row, class_group, at)
    taken = _take(row, step, person, post, at, papers, class_group, note)
    if RULES[row.kind].next_after(step) is None:
        _take(row, ChangeStep.DONE, person, post, at)
        take_effect(row, class_group or class_named(row), person, at)
    _follow_up(row, taken, person, at)
    return row


@one_act
def refuse_change(
    *, by: Person | int, change: EnrolmentChange | UUID, at: datetime, note: str
) -> EnrolmentChange:
    """Say no, with the reason, when it is one's turn; the child stays where it is. Raises Refusal."""
    person, row = the_person(by), _held(change)
    step = _turn(row)
    post = require(person, Thing.CHANGE, VERBS[step], place_of(row, SIDES[step]), at.date())
    refuse_no_reason(note)
    _answer(row, step, person, post, at, note)
    taken = _take(row, ChangeStep.REFUSED, person, post, at, note=note)
    _follow_up(row, taken, person, at)
    return row


@one_act
def withdraw_change(
    *, by: Person | int, change: EnrolmentChange | UUID, at: datetime, note: str
) -> EnrolmentChange:
    """Take the request back; what waited for an answer is owed no longer. Raises Refusal."""
    person, row = the_person(by), _held(change)
    _turn(row)
    post = require(person, Thing.CHANGE, Verb.ASK, asking_place(row), at.date())
    refuse_no_reason(note)
    taken = _take(row, ChangeStep.WITHDRAWN, person, post, at, note=note)
    _stop_clock(row, person, at, note)
    _follow_up(row, taken, person, at, why=note[:300])
    return row


# Steps.


def _held(change: EnrolmentChange | UUID) -> EnrolmentChange:
    """The change as it stands, with nobody else acting on its child meanwhile."""
    number = change.pk if isinstance(change, EnrolmentChange) else change
    hold([EnrolmentChange.objects.values_list("child_id", flat=True).get(pk=number)])
    return EnrolmentChange.objects.select_related("child", "school", "receiver").get(pk=number)


def _turn(change: EnrolmentChange) -> ChangeStep:
    step = next_step(change)
    if step is None:
        raise at_an_end(change)
    return step


def _take(
    change: EnrolmentChange,
    step: ChangeStep,
    person: Person,
    post: Post,
    at: datetime,
    papers: Collection[Paper] = (),
    class_group: ClassGroup | None = None,
    note: str = "",
) -> ChangeStepTaken:
    """Write the step, meet the duty that waited for it, and start the clock of the next one."""
    taken = ChangeStepTaken.objects.create(
        change=change,
        step=step,
        at=at,
        by=person,
        by_post=post,
        papers=sorted(paper.value for paper in papers),
        class_group=class_group,
        note=note,
    )
    if step in SIDES:
        _answer(change, step, person, post, at, note)
    if step in (ChangeStep.DONE, ChangeStep.REFUSED):
        _tell_asker(change, person, at)
    clock = None if step in FINAL else clock_of(RULES[change.kind], step)
    if clock is not None:
        _start(change, clock, person, at)
    return taken


def _tell_asker(change: EnrolmentChange, person: Person, at: datetime) -> None:
    """Whose turn it is hears of it by the obligation; whoever asked hears how it ended."""
    asker = change.steps.filter(step=ChangeStep.ASKED).values_list("by", flat=True).first()
    if asker is not None and asker != person.pk:
        queue(key=f"change/{change.pk}/ended", kind=TellKind.DECIDED, at=at, person=asker)


def _answer(
    change: EnrolmentChange, step: ChangeStep, person: Person, post: Post, at: datetime, note: str
) -> None:
    """The act by which the duty is met that waited for this answer."""
    act = ACTS.get((step, RULES[change.kind].between_schools))
    if act is not None:
        answered(change.child, act, person, post, at, note)


def _start(change: EnrolmentChange, clock: Clock, person: Person, at: datetime) -> None:
    stated(change.child, clock.event, place_of(change, clock.side), at, person, at)


def _stop_clock(change: EnrolmentChange, person: Person, at: datetime, note: str) -> None:
    """The event whose duty is still waiting gives way to the end of the request."""
    rule, last = RULES[change.kind], last_taken(change)
    clock = clock_of(rule, last.step)
    if clock is not None:
        waiting = EventRecord.objects.filter(child=change.child, kind=clock.event, happened_at=last.at).last()
        end = _ENDED[rule.between_schools]
        stated(change.child, end, None, at, person, at, supersedes=waiting, note=note)


def _follow_up(
    change: EnrolmentChange, taken: ChangeStepTaken, person: Person, at: datetime, why: str = ""
) -> None:
    body: dict[str, object] = {
        "change": str(change.pk),
        "kind": change.kind.value,
        "step": taken.step.value,
        "school": change.school_id,
        "receiver": change.receiver_id,
    }
    entry = Entry("ENROLMENT_CHANGE", "child", str(change.child_id), body, person)
    why = why or f"学籍异动（{change.kind.zh}）{taken.step.zh}"
    follow_up([change.child_id], as_of=at, entry=entry, why=why)


def _the_same(first: EnrolmentChange, asked: EnrolmentChange) -> EnrolmentChange:
    if (first.child_id, first.kind) != (asked.child_id, asked.kind):
        raise key_used()
    return first


def _roll_elsewhere(child: Child, on: date) -> str:
    """The school outside whose roll a guest pupil is on; Raises Refusal for one on ours already."""
    rolled = OnRoll.objects.filter(during(on), child=child).first()
    if rolled is not None and rolled.school is not None:
        raise Refusal(
            "SAME_SCHOOL",
            f"{child.name}的学籍就在{rolled.school.name}；校内换班请用调班。",
            f"{child.name} is on the roll of {rolled.school.name} already; move it to another class there.",
        )
    return rolled.elsewhere if rolled else ""


def _refuse_leaving(*texts: str) -> None:
    """Whatever it is called and wherever it is written. Raises Refusal."""
    if any(asks_to_leave(text) for text in texts):
        raise Refusal("NO_LEAVING", *NO_LEAVING)
