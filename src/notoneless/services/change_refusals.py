"""What an enrolment change is refused for: papers, grade, days, a second one, a class that does not fit."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from notoneless.core.enrolment import ChangeRule, Effect, missing_papers, wrong_days, wrong_grade
from notoneless.core.terms import ChangeKind, ChangeStep, Paper
from notoneless.records.calendars import county_calendar
from notoneless.records.models import ClassGroup, Enrolment, EnrolmentChange
from notoneless.records.scopes import during
from notoneless.services.change_standing import letter_needed, needs_class, next_step, suspended
from notoneless.services.finding import class_on
from notoneless.services.places import refuse_closed
from notoneless.services.refusals import Refusal


def refuse_unfit(rule: ChangeRule, change: EnrolmentChange, papers: frozenset[Paper], at: datetime) -> None:
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
    refuse_closed(change.receiver, change.from_day)
    if change.receiver is not None and change.receiver == change.school:
        raise Refusal(
            "SAME_SCHOOL",
            f"{change.child.name}就在{change.receiver.name}；校内换班请用调班。",
            f"{change.child.name} belongs to {change.receiver.name} already; move it to another class there.",
        )


def _refuse_wrong_state(rule: ChangeRule, change: EnrolmentChange, on: date) -> None:
    """Whoever is suspended resumes school first; whoever sits in a class has nothing to resume."""
    name, in_class = change.child.name, Enrolment.objects.filter(during(on), child=change.child).exists()
    away = not in_class and suspended(change.child)
    if rule.effect is Effect.MOVES and away:
        raise Refusal(
            "SUSPENDED",
            f"{name}正在休学；请先办复学，再办{rule.kind.zh}。",
            f"{name} is suspended; resume school first.",
        )
    if rule.effect is Effect.ENTERS_CLASS and in_class:
        raise Refusal("IN_CLASS", f"{name}已经在班里；不用办复学。", f"{name} is in a class already.")


def refuse_without_letter(change: EnrolmentChange, step: ChangeStep, papers: Collection[Paper]) -> None:
    letter = letter_needed(change, step)
    if letter is not None and letter not in papers:
        raise Refusal(
            "NO_LETTER",
            f"“{change.elsewhere}”不在本系统；请凭{letter.zh}办理，证明到手以前学生还在原校。",
            f'"{change.elsewhere}" is not kept here; until its paper is there ({letter.en}) nothing moves.',
        )


def refuse_wrong_class(change: EnrolmentChange, class_group: ClassGroup | None, at: datetime) -> None:
    school = needs_class(change)
    if school is None:
        return
    refuse_closed(school, max(change.from_day, at.date()))
    if class_group is None or class_group.school_id != school.pk:
        raise Refusal(
            "NO_CLASS",
            f"请选定{school.name}的一个班，学生办结后就编在那里，不会没有班。",
            f"Choose a class of {school.name}; the child is in it once this is done.",
        )
    now = class_on(change.child, at.date()).grade if change.school else 0
    higher = class_group.grade > now
    goes_up = {ChangeKind.SKIP: True, ChangeKind.ADVANCEMENT: True, ChangeKind.REPEAT: False}.get(change.kind)
    if goes_up is not None and higher is not goes_up:
        raise Refusal(
            "WRONG_CLASS",
            f"{change.kind.zh}不能编入{class_group.name}：学生现在在 {now} 年级。",
            f"{class_group.name} does not fit ({change.kind.en}): the child is in grade {now}.",
        )


def refuse_no_reason(note: str) -> None:
    if not note.strip():
        raise Refusal("NO_REASON", "请写明原因。", "Write down why.")
