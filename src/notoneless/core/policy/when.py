"""The closed vocabulary of triggers: one reader a trigger word."""

from __future__ import annotations

import re
from collections.abc import Callable

from notoneless.core.calendar import default_calendar
from notoneless.core.policy.fields import Fields
from notoneless.core.policy.pack import (
    AbsenceTrigger,
    AfterTrigger,
    Amount,
    ChainTrigger,
    EventTrigger,
    EveryTrigger,
    LeaveOverrunTrigger,
    LeaveTrigger,
    Period,
    RollCallTrigger,
    StageTrigger,
    Trigger,
    Within,
)
from notoneless.core.terms import AbsenceReason, Act, ActOutcome, DayKind, EventKind, SessionKind, Stage

_UNITS = {
    "lesson": DayKind.LESSON,
    "session": DayKind.SESSION,
    "school day": DayKind.SCHOOL_DAY,
    "calendar day": DayKind.CALENDAR_DAY,
}
_AMOUNT = re.compile(r"^(\d+) ([a-z ]+?)s?$")
_SESSIONS = {kind.value: kind.value for kind in SessionKind} | {
    each.code: each.code for each in default_calendar().sessions
}
_PERIODS = {period.value: period for period in Period if period is not Period.MONTHS}
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_LEVELS = {level: level for level in ("class", "school", "township", "county", "city", "province")}


def read_amount(text: str) -> Amount:
    """`2 school days` as an amount; ValueError says what may be written."""
    match = _AMOUNT.match(text.strip())
    if match and match[2] == "day":
        s = "" if match[1] == "1" else "s"
        raise ValueError(
            f'“{text}”没有写明是哪一种日子；请写成 "{match[1]} school day{s}"（上课日）'
            f'或 "{match[1]} calendar day{s}"（日历日）'
        )
    if not match or match[2] not in _UNITS or int(match[1]) < 1:
        raise ValueError(f'“{text}”看不懂；可写 "4 lessons"、"1 session"、"2 school days"、"7 calendar days"')
    return Amount(int(match[1]), _UNITS[match[2]])


def read_trigger(fields: Fields) -> Trigger:
    """The one trigger a `when` table names; refuses none, two, or a word that is not in the vocabulary."""
    named = [word for word in _READERS if word in fields.table]
    if len(named) != 1:
        raise fields.error("", f"{_wrong(named, fields)}；可用：{'、'.join(_READERS)}")
    trigger = _READERS[named[0]](fields)
    fields.done()
    return trigger


def _wrong(named: list[str], fields: Fields) -> str:
    if named:
        return f"一条规则只能有一个触发条件，写了 {'、'.join(named)}"
    unknown = "、".join(sorted(fields.table))
    return f"不认识触发条件“{unknown}”" if unknown else "没有写触发条件"


def _absence(fields: Fields) -> AbsenceTrigger:
    amount = fields.parsed("absence", read_amount)
    within, window = fields.parsed("of", _read_within, "spell")
    if within is not Within.SPELL and amount.unit is not DayKind.SCHOOL_DAY:
        raise fields.error("of", "累计缺课只能按上课日计算；请把 absence 写成几个 school days")
    if fields.raw("each") and within is not Within.SPELL:
        raise fields.error("each", 'each 只用于连续缺课（of = "spell"）')
    return AbsenceTrigger(amount, within, window, fields.flag("each"), fields.terms("kind", AbsenceReason))


def _read_within(text: str) -> tuple[Within, int]:
    if text in ("spell", "term"):
        return Within(text), 0
    match = re.match(r"^(\d+) school days?$", text)
    if not match or int(match[1]) < 1:
        raise ValueError(
            f'“{text}”看不懂；可写 "spell"（连续）、"term"（本学期累计）'
            '或 "20 school days"（最近 20 个上课日）'
        )
    return Within.WINDOW, int(match[1])


def _school_days(text: str) -> int:
    amount = read_amount(text)
    if amount.unit is not DayKind.SCHOOL_DAY:
        raise ValueError(f'“{text}”应当用上课日，例如 "3 school days"')
    return amount.count


def _leave(fields: Fields) -> LeaveTrigger:
    inner = fields.inner(fields.raw("leave"), "leave")
    trigger = LeaveTrigger(
        inner.parsed("lasts", _school_days, "1 school day"), inner.terms("kind", AbsenceReason)
    )
    inner.done("lasts、kind")
    return trigger


def _after(fields: Fields) -> AfterTrigger:
    inner = fields.inner(fields.raw("after"), "after")
    trigger = AfterTrigger(
        inner.term("act", Act), inner.terms("outcome", ActOutcome), inner.number("times", 1)
    )
    inner.done("act、outcome、times")
    return trigger


def _stage(fields: Fields) -> StageTrigger:
    months = fields.parsed("for", _read_months) if "for" in fields.table else 0
    return StageTrigger(fields.term("stage", Stage), months)


def _read_months(text: str) -> int:
    match = re.match(r"^(\d+) months?$", text)
    if not match or int(match[1]) < 1:
        raise ValueError(f'“{text}”看不懂；请写 "1 month" 这样的月数')
    return int(match[1])


def _every(fields: Fields) -> EveryTrigger:
    level = fields.choice("owed_by", _LEVELS, "school")
    months = _months(fields.text("every"))
    if months:
        return EveryTrigger(Period.MONTHS, level, months)
    return EveryTrigger(fields.choice("every", _PERIODS), level)


def _months(text: str) -> tuple[int, ...]:
    """`March and September` as (3, 9); empty when the text names no months."""
    named = text.split(" and ")
    return tuple(_MONTHS.index(name) + 1 for name in named) if set(named) <= set(_MONTHS) else ()


_READERS: dict[str, Callable[[Fields], Trigger]] = {
    "absence": _absence,
    "leave": _leave,
    "leave_overrun": lambda f: LeaveOverrunTrigger(f.parsed("leave_overrun", _school_days)),
    "event": lambda f: EventTrigger(f.term("event", EventKind)),
    "after": _after,
    "missed": lambda f: ChainTrigger(f.text("missed"), missed=True),
    "done": lambda f: ChainTrigger(f.text("done"), missed=False),
    "stage": _stage,
    "roll_call": lambda f: RollCallTrigger(f.choice("roll_call", _SESSIONS)),
    "every": _every,
}
