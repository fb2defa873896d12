"""The answer to 'why this obligation?': the facts, the rule, the clause, and how its moment was counted."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from notoneless.core.calendar import SchoolCalendar
from notoneless.core.facts import ActDone, Event, Fact, Leave, Mark
from notoneless.core.obligations import Obligation
from notoneless.core.policy.pack import Duty
from notoneless.core.proof import Skipped
from notoneless.core.terms import ObligationState, SessionKind
from notoneless.core.time_limit import Due, label


class Why(NamedTuple):
    """Everything a person needs to check one obligation by hand, in one language."""

    owed: str  # who owes what to whom
    clause: str  # document and article
    says: str  # the clause in our words
    reading: str  # how we count, and why
    facts: tuple[str, ...]
    moment: str  # from when, which limit, until when
    skipped: tuple[str, ...]


def why(obligation: Obligation, calendar: SchoolCalendar, language: str = "zh") -> Why:
    """The whole derivation of one obligation; clause texts stay in Chinese, as they are documents."""
    rule, pack = obligation.bound.rule, obligation.bound.pack
    return Why(
        owed=owed_line(obligation.duty, language),
        clause=f"{pack.title} {rule.pointer}（{'、'.join(rule.clause)}）",
        says=rule.says,
        reading=rule.reading,
        facts=tuple(fact_line(fact, calendar, language) for fact in obligation.facts),
        moment=moment_line(obligation, language),
        skipped=tuple(skipped_line(each, language) for each in obligation.due.skipped),
    )


def owed_line(duty: Duty, language: str = "zh") -> str:
    """`班主任 家访（班主任、挂包教师参加）`: who owes what, to whom, with whom."""
    if language.startswith("en"):
        to = f" to the {duty.to.en}" if duty.to else ""
        return f"{duty.who.en}: {duty.act.en}{to}{_with(duty, language)}"
    to = f" 向{duty.to.zh}" if duty.to else ""
    return f"{duty.who.zh}{to} {duty.act.zh}{_with(duty, language)}"


def _with(duty: Duty, language: str) -> str:
    posts = sorted(post.label(language) for post in duty.taking_part)
    if not posts:
        return ""
    return f" (with {', '.join(posts)})" if language.startswith("en") else f"（{'、'.join(posts)}参加）"


def fact_line(fact: Fact, calendar: SchoolCalendar, language: str = "zh") -> str:
    """One fact as a line: day, what, and when it was taken or learned."""
    en = language.startswith("en")
    if isinstance(fact, Mark):
        reason = f"（{fact.reason.label(language)}）" if fact.reason else ""
        session = session_label(calendar, fact.session, language)
        return f"{fact.day} {session} {fact.status.label(language)}{reason}，{clock(fact.at, fact.day)}" + (
            " roll call" if en else " 点名"
        )
    if isinstance(fact, Leave):
        until = fact.until - timedelta(days=1)
        return f"{fact.from_day} – {until} {fact.reason.label(language)}"
    if isinstance(fact, ActDone):
        return f"{stamp(fact.at)} {fact.by.label(language)} {_found(fact, language)}"
    if isinstance(fact, Event):
        return f"{stamp(fact.at)} {fact.kind.label(language)}"


def _found(act: ActDone, language: str) -> str:
    return f"{act.act.label(language)}：{act.outcome.label(language)}"


def session_label(calendar: SchoolCalendar, code: str, language: str = "zh") -> str:
    """`晨检`, `第3节课`: a session as people call it."""
    kind = calendar.session(code).kind
    if kind is SessionKind.LESSON:
        number = code.lstrip("L")
        return f"lesson {number}" if language.startswith("en") else f"第{number}节课"
    return kind.label(language)


def moment_line(obligation: Obligation, language: str = "zh") -> str:
    """From when, which limit, until when: `自 2026-11-20 08:05 起，1小时内，至 2026-11-20 09:05`."""
    limit = label(obligation.duty.by, language)
    start = stamp(obligation.arose_at)
    if obligation.due.at is None:
        return f"{start}；{limit}；{obligation.due.unknown}"
    until = stamp(obligation.due.at)
    if language.startswith("en"):
        return f"from {start}, {limit}: by {until}"
    return f"自 {start} 起，{limit}，至 {until}"


def skipped_line(skipped: Skipped, language: str = "zh") -> str:
    """A stretch that was not counted: `2026-11-21 – 2026-11-22 周末`."""
    name = f" {skipped.name}" if skipped.name else ""
    return f"{_stretch(skipped)} {skipped.why.label(language)}{name}"


def _stretch(skipped: Skipped) -> str:
    start, end = skipped.from_at, skipped.until_at
    if start.hour == start.minute == end.hour == end.minute == 0:
        last = (end - timedelta(days=1)).date()
        return str(start.date()) if last == start.date() else f"{start.date()} – {last}"
    return f"{stamp(start)} – {clock(end, start.date())}"


def deadline(due: Due, now: datetime, language: str = "zh") -> str:
    """A deadline as people say it: `今天 09:05 前（还剩 42 分）`; how late it is once it has passed."""
    if due.at is None:
        return due.unknown
    en = language.startswith("en")
    moment = f"{_day(due.at.date(), now.date(), language)} {due.at:%H:%M}"
    left = _span(abs(due.at - now), language)
    if now > due.at:
        return f"due {moment} ({left} overdue)" if en else f"应于{moment}前（已逾期 {left}）"
    return f"by {moment} ({left} left)" if en else f"{moment} 前（还剩 {left}）"


def _day(day: date, today: date, language: str) -> str:
    en = language.startswith("en")
    near = {0: ("今天", "today"), 1: ("明天", "tomorrow"), -1: ("昨天", "yesterday")}
    if (day - today).days in near:
        return near[(day - today).days][en]
    return f"{day}" if en or day.year != today.year else f"{day.month}月{day.day}日"


def _span(span: timedelta, language: str) -> str:
    minutes = int(span.total_seconds() // 60)
    for size, zh, en in ((1440, "天", "d"), (60, "小时", "h"), (1, "分", "min")):
        if minutes >= size or size == 1:
            count = minutes // size
            return f"{count} {en}" if language.startswith("en") else f"{count} {zh}"
    return ""


def state_label(obligation: Obligation, language: str = "zh") -> str:
    """The state in words; what was done late stays late."""
    if obligation.state is ObligationState.MET and obligation.late:
        return "met late" if language.startswith("en") else "已办（迟）"
    return obligation.state.label(language)


def stamp(at: datetime) -> str:
    """`2026-11-20 09:05`."""
    return at.strftime("%Y-%m-%d %H:%M")


def clock(at: datetime, day: date) -> str:
    """The time alone where the day is plain, else day and time."""
    return at.strftime("%H:%M") if at.date() == day else stamp(at)
