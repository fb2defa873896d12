"""Quotas of a pack: read from the file, measured against the acts that were done."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from notoneless.core.calendar import SchoolCalendar
from notoneless.core.facts import CHINA_TIME
from notoneless.core.policy.fields import Fields
from notoneless.core.policy.pack import CountOf, Period, Quota, QuotaExample
from notoneless.core.recurring import first_day_of
from notoneless.core.terms import Act, DayKind, Post
from notoneless.core.time_limit import Due, TimeLimit, due

_PERIODS = {period.value: period for period in (Period.MONTH, Period.TERM, Period.SCHOOL_YEAR)}
_ENDS = {
    Period.MONTH: DayKind.MONTH_END,
    Period.TERM: DayKind.TERM_END,
    Period.SCHOOL_YEAR: DayKind.SCHOOL_YEAR_END,
}
_OF = {of: of for of in ("class", "teacher", "school", "case")}
_LEAST = re.compile(r"^(\d+)(%| times?| children| child)$")
_BEFORE = re.compile(r"^(\d+) calendar days? before (term|school year)$")


class Progress(NamedTuple):
    """How far a quota is: `done` and `needed` in children or times, and the last minute to reach it."""

    done: int
    needed: int
    due: Due

    @property
    def met(self) -> bool:
        """Whether enough has been done."""
        return self.done >= self.needed


def measure(
    quota: Quota,
    children: int,
    acts: Iterable[tuple[datetime, str]],
    calendar: SchoolCalendar,
    *,
    as_of: datetime,
) -> Progress | None:
    """The quota's progress in the period around `as_of`; None outside any period.

    `children` is how many the post answers for; `acts` are the moments of fitting acts with the child each
    was about. Acts after `as_of` and acts outside the period (less its days before) do not count.
    """
    first = _first_day(quota, as_of.date(), calendar)
    if first is None:
        return None
    begins = datetime.combine(first, time.min, CHINA_TIME)
    moment = due(begins, TimeLimit(1, _ENDS[quota.per]), calendar)
    opens = begins - timedelta(days=quota.days_before)
    seen = [child for at, child in acts if opens <= at <= as_of and (moment.at is None or at <= moment.at)]
    done = len(set(seen)) if quota.counts is CountOf.CHILDREN else len(seen)
    return Progress(done, needed(quota, children), moment)


def needed(quota: Quota, children: int) -> int:
    """Children or times that reach the quota; a share is rounded up, for half a child cannot be visited."""
    return -(-children * quota.share // 100) if quota.share else quota.count


def _first_day(quota: Quota, day: date, calendar: SchoolCalendar) -> date | None:
    """The period around `day`, or the next one when `day` lies in the days before it that count already."""
    first = first_day_of(quota.per, day, calendar)
    if first is None and quota.days_before:
        first = first_day_of(quota.per, day + timedelta(days=quota.days_before), calendar)
    return first


def read_quota(fields: Fields) -> Quota:
    """One `[[quota]]`; raises PackError with the key."""
    count, share, counts = fields.parsed("least", _least)
    quota = Quota(
        id=fields.text("id"),
        clause=read_clauses(fields),
        pointer=fields.text("pointer"),
        says=fields.text("says"),
        reading=fields.text("reading"),
        act=fields.term("act", Act),
        who=fields.term("who", Post),
        counts=counts,
        count=count,
        share=share,
        per=fields.choice("per", _PERIODS),
        of=fields.choice("of", _OF),
        days_before=fields.parsed("window", _before) if "window" in fields.table else 0,
    )
    fields.done("id、clause、pointer、says、reading、act、who、least、per、of、window")
    return quota


def read_clauses(fields: Fields) -> tuple[str, ...]:
    """The clauses a rule or quota rests on: one or more ids, never none."""
    value = fields.raw("clause", [])
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not values or not all(isinstance(v, str) for v in values):
        raise fields.error("clause", '每条规则都要写明依据的条款，例如 clause = ["C072"]')
    return tuple(values)


def _least(text: str) -> tuple[int, int, CountOf]:
    match = _LEAST.match(text)
    if not match or int(match[1]) < 1 or (match[2] == "%" and int(match[1]) > 100):
        raise ValueError(
            f'“{text}”看不懂；可写 "50%"（占学生的比例）、"10 times"（人次）或 "5 children"（不同的学生）'
        )
    number = int(match[1])
    if match[2] == "%":
        return 0, number, CountOf.CHILDREN
    return number, 0, CountOf.TIMES if "time" in match[2] else CountOf.CHILDREN


def _before(text: str) -> int:
    match = _BEFORE.match(text)
    if not match:
        raise ValueError(f'“{text}”看不懂；可写 "30 calendar days before term"')
    return int(match[1])


def read_quota_example(fields: Fields) -> QuotaExample:
    """One `[[quota_example]]`; raises PackError with the key."""
    expect = fields.inner(fields.raw("expect"), "expect")
    example = QuotaExample(
        quota=fields.text("quota"),
        about=fields.text("about"),
        children=fields.number("children", 1),
        done=tuple(_done(each) for each in fields.tables("done", "done")),
        at=str(fields.moment("at")),
        expect=(
            expect.whole("done"),
            expect.whole("needed"),
            expect.text("due"),
            expect.flag("met"),
        ),
    )
    expect.done("done、needed、due、met")
    fields.done("quota、about、children、done、at、expect")
    return example


def _done(fields: Fields) -> tuple[datetime, str]:
    done = (fields.moment("at"), str(fields.number("child", 1)))
    fields.done("at、child")
    return done


def compare_quota(quota: Quota, example: QuotaExample, calendar: SchoolCalendar) -> str:
    """Empty when the example comes out as written, else what was expected and what came out."""
    as_of = datetime.fromisoformat(example.at).astimezone(CHINA_TIME)
    progress = measure(quota, example.children, example.done, calendar, as_of=as_of)
    if progress is None:
        return f"{example.at} 不在任何周期内"
    until = progress.due.at.strftime("%Y-%m-%d %H:%M") if progress.due.at else "unknown"
    found = (progress.done, progress.needed, until, progress.met)
    return "" if found == example.expect else f"应为 {example.expect}；算得 {found}"
