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
    LETTERS,
    NO_LEAVING,
    RULES,
    SIDES,
    ChangeRule,
    Clock,
    Effect,
    Side,
    asks_to_leave,
    clock_of,
    missing_papers,
    wrong_days,
    wrong_grade,
)
from notoneless.core.terms import ChangeKind, ChangeStep, EventKind, Paper, PlaceKind, Post
from notoneless.records.access import Thing, Verb
from notoneless.records.calendars import county_calendar
from notoneless.records.models import (
    ChangeStepTaken,
    Child,
    ClassGroup,
    Enrolment,
    EnrolmentChange,
    EventRecord,
    Person,
    Place,
)
from notoneless.records.scopes import during
from notoneless.services.assessments import Entry, follow_up, hold
from notoneless.services.change_effects import take_effect
from notoneless.services.enrolment_facts import answered, stated
from notoneless.services.finding import class_on, the_child, the_person
from notoneless.services.on_roll import school_of
from notoneless.services.permissions import refusal, require
from notoneless.services.refusals import Refusal
from notoneless.services.transactions import one_act

VERBS = {
    ChangeStep.ASKED: Verb.ASK,
    ChangeStep.SCHOOL_AGREED: Verb.CONFIRM,
    ChangeStep.RECEIVER_CONFIRMED: Verb.CONFIRM,
    ChangeStep.BUREAU_AGREED: Verb.APPROVE,
}
_ORDER = list(ChangeStep)
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
    if asks_to_leave(reason):
        raise Refusal("NO_LEAVING", *NO_LEAVING)
    school = school_of(pupil, at.date())
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
    post = require(person, Thing.CHANGE, Verb.ASK, _asking_place(change), at.date())
    if key is not None and (first := EnrolmentChange.objects.filter(key=key).first()) is not None:
        return _the_same(first, change)
    hold([pupil.pk])
    _refuse_unfit(rule, change, frozenset(papers), at)
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
    _refuse_without_letter(row, step, papers)
    _refuse_wrong_class(row, class_group, at)
    taken = _take(row, step, person, post, at, papers, class_group, note)
    if RULES[row.kind].next_after(step) is None:
        _take(row, ChangeStep.DONE, person, post, at)
        take_effect(row, class_group or _class_named(row), person, at)
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
    _refuse_no_reason(note)
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
    post = require(person, Thing.CHANGE, Verb.ASK, _asking_place(row), at.date())
    _refuse_no_reason(note)
    taken = _take(row, ChangeStep.WITHDRAWN, person, post, at, note=note)
    _stop_clock(row, person, at, note)
    _follow_up(row, taken, person, at, why=note[:300])
    return row


# Where a change stands.


def last_step(change: EnrolmentChange) -> ChangeStep:
    """How far it has come; a final step comes after all others."""
    steps = [taken.step for taken in change.steps.all()]
    final = [step for step in steps if step in FINAL]
    return final[0] if final else max(steps, key=_ORDER.index, default=ChangeStep.ASKED)


def next_step(change: EnrolmentChange) -> ChangeStep | None:
    """The step whose turn it is; None when the change is at an end."""
    return RULES[change.kind].next_after(last_step(change))


def place_of(change: EnrolmentChange, side: Side) -> Place:
    """The place of one side; for a school that we do not keep the other one speaks, by its letter."""
    ours = change.school or change.receiver
    assert ours is not None  # a change without any school of ours is refused
    if side is Side.RECEIVER:
        return change.receiver or ours
    if side is Side.BUREAU:
        return ours.above(PlaceKind.COUNTY) or ours
    return ours


def may_take_step(person: Person, change: EnrolmentChange, on: date) -> Refusal | None:
    """Why this person may not take the step whose turn it is, or None."""
    step = next_step(change)
    if step is None:
        return _at_an_end(change)
    return refusal(person, Thing.CHANGE, VERBS[step], place_of(change, SIDES[step]), on)


def may_withdraw(person: Person, change: EnrolmentChange, on: date) -> Refusal | None:
    """Why this person may not take the request back, or None."""
    if next_step(change) is None:
        return _at_an_end(change)
    return refusal(person, Thing.CHANGE, Verb.ASK, _asking_place(change), on)


def needs_class(change: EnrolmentChange) -> Place | None:
    """The school one of whose classes the step whose turn it is must name, or None."""
    effect, step = RULES[change.kind].effect, next_step(change)
    if effect is Effect.MOVES and step is ChangeStep.RECEIVER_CONFIRMED:
        return change.receiver
    enters = effect in (Effect.ENTERS_CLASS, Effect.CHANGES_CLASS)
    return change.school if enters and step is ChangeStep.SCHOOL_AGREED else None


def letter_needed(change: EnrolmentChange, step: ChangeStep) -> Paper | None:
    """The paper that speaks for a school we do not keep, where it is that school's turn."""
    side = SIDES.get(step)
    if not RULES[change.kind].between_schools or side not in LETTERS:
        return None
    absent = change.school is None if side is Side.SCHOOL else change.receiver is None
    return LETTERS[side] if absent else None


# Steps.


def _held(change: EnrolmentChange | UUID) -> EnrolmentChange:
    """The change as it stands, with nobody else acting on its child meanwhile."""
    number = change.pk if isinstance(change, EnrolmentChange) else change
    hold([EnrolmentChange.objects.values_list("child_id", flat=True).get(pk=number)])
    return EnrolmentChange.objects.select_related("child", "school", "receiver").get(pk=number)


def _turn(change: EnrolmentChange) -> ChangeStep:
    step = next_step(change)
    if step is None:
        raise _at_an_end(change)
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
    clock = None if step in FINAL else clock_of(RULES[change.kind], step)
    if clock is not None:
        _start(change, clock, person, at)
    return taken


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


def last_taken(change: EnrolmentChange) -> ChangeStepTaken:
    """The last step that was not an end."""
    steps = [taken for taken in change.steps.all() if taken.step not in FINAL]
    return max(steps, key=lambda taken: _ORDER.index(taken.step))


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


# Refusals.


def _asking_place(change: EnrolmentChange) -> Place:
    side = RULES[change.kind].asked_by
    if side is Side.RECEIVER and change.receiver is None:
        raise Refusal(
            "NO_RECEIVER",
            "转入由接收学校申请；请写明接收学校。",
            "The receiving school asks for a transfer in.",
        )
    if change.school is None and change.receiver is None:
        raise Refusal(
            "NO_SCHOOL",
            f"{change.child.name}不在本县任何学校的学籍或班级里；请由接收学校办理转入。",
            f"{change.child.name} is in no school here; the receiving school asks to take it in.",
        )
    return place_of(change, side)


def _refuse_unfit(rule: ChangeRule, change: EnrolmentChange, papers: frozenset[Paper], at: datetime) -> None:
    _refuse_second(change)
    _refuse_other_school(rule, change)
    _refuse_wrong_state(rule, change, at.date())
    if missing := missing_papers(rule, papers):
        zh, en = "、".join(each.zh for each in missing), ", ".join(each.en for each in missing)
        raise Refusal("PAPERS_MISSING", f"{rule.kind.zh}还缺材料：{zh}。", f"Papers are missing: {en}.")
    if change.school is None:
        return  # a child from elsewhere: neither grade nor year of ours
    group = class_on(change.child, at.date())
    wrong = wrong_grade(rule, group.grade)
    wrong = wrong or wrong_days(rule, change.from_day, change.until, year_ends(group.school_year))
    if wrong:
        raise Refusal("NOT_FOR_THIS_CHILD", *wrong)


def year_ends(school_year: str) -> date:
    """The last day of the spring term of "2025-2026"; the end of August where no term is planned."""
    first = int(school_year[:4])
    begins, ends = date(first, 9, 1), date(first + 1, 8, 31)
    planned = [t.last_day for t in county_calendar().terms if begins <= t.last_day <= ends]
    return max((day for day in planned if day.year == first + 1), default=ends)


def _refuse_second(change: EnrolmentChange) -> None:
    """One change at a time, so that two requests cannot pull a child two ways."""
    for other in EnrolmentChange.objects.filter(child=change.child).prefetch_related("steps"):
        if next_step(other) is not None:
            raise Refusal(
                "CHANGE_UNDER_WAY",
                f"{change.child.name}的{other.kind.zh}还没有办结；请先办结或撤回，再办{change.kind.zh}。",
                f"A change of {change.child.name} is under way ({other.kind.en}); settle it or take it back.",
            )


def _refuse_other_school(rule: ChangeRule, change: EnrolmentChange) -> None:
    if not rule.between_schools:
        return
    if change.receiver is None and not change.elsewhere:
        raise Refusal(
            "NO_RECEIVER",
            f"{rule.kind.zh}要写明接收学校；没有学校接收的，学生还在本校，责任不变。",
            "Name the receiving school; until one receives the child it stays here with all duties.",
        )
    if change.receiver is not None and change.receiver == change.school:
        raise Refusal(
            "SAME_SCHOOL",
            f"{change.child.name}就在{change.receiver.name}；校内换班请用调班。",
            f"{change.child.name} belongs to {change.receiver.name} already; move it to another class there.",
        )


def _refuse_wrong_state(rule: ChangeRule, change: EnrolmentChange, on: date) -> None:
    """Whoever is suspended resumes school first; whoever sits in a class has nothing to resume."""
    name, in_class = change.child.name, Enrolment.objects.filter(during(on), child=change.child).exists()
    suspended = not in_class and _suspended(change.child)
    if rule.effect is Effect.MOVES and suspended:
        raise Refusal(
            "SUSPENDED",
            f"{name}正在休学；请先办复学，再办{rule.kind.zh}。",
            f"{name} is suspended; resume school first.",
        )
    if rule.effect is Effect.ENTERS_CLASS and in_class:
        raise Refusal("IN_CLASS", f"{name}已经在班里；不用办复学。", f"{name} is in a class already.")


def _suspended(child: Child) -> bool:
    """Whether the last change that was done put the child out of class for a time."""
    done = ChangeStepTaken.objects.filter(change__child=child, step=ChangeStep.DONE).order_by("-at")
    last = done.select_related("change").first()
    return last is not None and last.change.kind is ChangeKind.SUSPENSION


def _refuse_without_letter(change: EnrolmentChange, step: ChangeStep, papers: Collection[Paper]) -> None:
    letter = letter_needed(change, step)
    if letter is not None and letter not in papers:
        raise Refusal(
            "NO_LETTER",
            f"“{change.elsewhere}”不在本系统；请凭{letter.zh}办理，证明到手以前学生还在原校。",
            f'"{change.elsewhere}" is not kept here; until its paper is there ({letter.en}) nothing moves.',
        )


def _class_named(change: EnrolmentChange) -> ClassGroup | None:
    """The class an earlier step named."""
    named = (
        change.steps.filter(class_group__isnull=False).select_related("class_group").order_by("-at").first()
    )
    return named.class_group if named else None


def _refuse_wrong_class(change: EnrolmentChange, class_group: ClassGroup | None, at: datetime) -> None:
    school = needs_class(change)
    if school is None:
        return
    if class_group is None or class_group.school_id != school.pk:
        raise Refusal(
            "NO_CLASS",
            f"请选定{school.name}的一个班，学生办结后就编在那里，不会没有班。",
            f"Choose a class of {school.name}; the child is in it once this is done.",
        )
    now = class_on(change.child, at.date()).grade if change.school else 0
    higher = class_group.grade > now
    if change.kind in (ChangeKind.SKIP, ChangeKind.REPEAT) and higher is not (change.kind is ChangeKind.SKIP):
        raise Refusal(
            "WRONG_CLASS",
            f"{change.kind.zh}不能编入{class_group.name}：学生现在在 {now} 年级。",
            f"{class_group.name} does not fit ({change.kind.en}): the child is in grade {now}.",
        )


def _refuse_no_reason(note: str) -> None:
    if not note.strip():
        raise Refusal("NO_REASON", "请写明原因。", "Write down why.")


def _at_an_end(change: EnrolmentChange) -> Refusal:
    step = last_step(change)
    return Refusal(
        "AT_AN_END",
        f"这项{change.kind.zh}{step.zh}；要再办请重新申请。",
        f"This change is at an end ({step.en}); ask again if it is still wanted.",
    )


def _the_same(first: EnrolmentChange, asked: EnrolmentChange) -> EnrolmentChange:
    if (first.child_id, first.kind) != (asked.child_id, asked.kind):
        raise Refusal(
            "KEY_USED",
            "这个提交编号已用于另一条记录；请刷新页面后重新提交。",
            "This submission key belongs to another record; reload the page and submit again.",
        )
    return first
