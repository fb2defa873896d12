"""A county's or school's own calendar: a TOML file that overrides any part of another calendar.

    name = "甲县2026-2027学年校历"
    noon = "12:00"
    weekdays = ["MON", "TUE", "WED", "THU", "FRI"]
    extra_school_days = [2026-11-07]
    days_off = [{ first_day = 2026-11-05, last_day = 2026-11-06, name = "校运会" }]

    [[term]]                 # both days belong to the term
    name = "2026-2027学年秋季学期"
    first_day = 2026-08-31
    last_day = 2027-01-22

    [[session]]              # if any, then all of them, in order
    code = "L1"
    kind = "LESSON"          # MORNING, LESSON or EVENING
    starts = "08:20"
    ends = "09:00"
    roll_call = false        # may be left out

    [[year]]                 # as the State Council's notice says; last_day belongs to the holiday
    year = 2027
    holidays = [{ first_day = 2027-01-01, last_day = 2027-01-03, name = "元旦" }]
    make_up = [{ first_day = 2027-01-09, name = "元旦" }]

    [[closure]]              # `until` is the day school goes on; scope may be left out
    from = 2026-12-14
    until = 2026-12-16
    reason = "暴雪"
    declared_at = 2026-12-13T20:00:00+08:00
    school = "甲镇中心小学"

A term takes the place of those of the base calendar that it overlaps, sessions and weekdays of all of them, a
year of that year; days and closures are added. A moment or time without an offset is Beijing time.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

from notoneless.core.calendar import (
    CalendarError,
    Closure,
    SchoolCalendar,
    SchoolTerm,
    Session,
    Workdays,
)
from notoneless.core.facts import CHINA_TIME
from notoneless.core.terms import SessionKind
from notoneless.core.workdays import SATURDAY

WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
LONGEST_DAYS = 366  # of one named stretch of days; more is a slip of the year

T = TypeVar("T")

_WANTED: dict[type, str] = {
    str: '带引号的文字，如 "暴雪"',
    bool: "true 或 false",
    int: "整数，如 2027",
    date: "日期，如 2026-09-01",
    datetime: "时刻，如 2026-12-13T20:00:00+08:00",
    time: '时间，如 "08:20"',
    list: "用方括号括起来的列表",
}


class CalendarFileError(ValueError):
    """A calendar file that cannot be read; one sentence names the file, the place and what would be right."""


def read_calendar(text: str, *, file: str, base: SchoolCalendar) -> SchoolCalendar:
    """The calendar that the TOML `text` makes of `base`; CalendarFileError names `file` and the place."""
    try:
        content = tomllib.loads(text.removeprefix("\ufeff"))  # as Windows Notepad saves it
    except tomllib.TOMLDecodeError as error:
        raise CalendarFileError(
            f"{file}：不是正确的 TOML（{error}）；请检查这一处的引号、括号和日期写法"
        ) from error
    table = _Table(content, file, "")
    table.allow(
        "name", "noon", "weekdays", "extra_school_days", "days_off", "term", "session", "year", "closure"
    )
    try:
        return _calendar(table, base)
    except CalendarError as error:
        raise CalendarFileError(f"{file}：{error}") from error


class _Table:
    """One table of the file: hands out its values by key, each of the type asked for."""

    def __init__(self, values: Mapping[str, Any], file: str, place: str) -> None:
        self.values = values
        self.file = file
        self.place = place

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def allow(self, *known: str) -> None:
        """Refuse keys other than these."""
        for key in self.values:
            if key not in known:
                raise self.error(key, f"不是校历文件中的项目；可以写：{'、'.join(known)}")

    def get(self, key: str, kind: type[T], default: T | None = None) -> T:
        """The value of `key`; without a default it must be there."""
        if key not in self.values:
            if default is None:
                raise self.error(key, f"没有写；应为{_WANTED[kind]}")
            return default
        value = self.checked(key, self.values[key], kind)
        if value == "" and default is None:
            raise self.error(key, f"是空的；应为{_WANTED[kind]}")
        return value

    def checked(self, key: str, value: Any, kind: type[T]) -> T:
        """`value` as `kind`; a time may also be text, a moment without an offset is China time."""
        if kind is time and isinstance(value, str):
            value = _time(value)
        if isinstance(value, datetime) and value.tzinfo is None:
            value = value.replace(tzinfo=CHINA_TIME)
        # In Python every datetime is a date and every bool an int; in a calendar they are not.
        if not isinstance(value, kind) or (type(value) in (datetime, bool) and type(value) is not kind):
            raise self.error(key, f"写成了 {value}；应为{_WANTED[kind]}")
        return value

    def items(self, key: str, kind: type[T]) -> Iterator[T]:
        """The members of a list, none if it is not there."""
        for number, value in enumerate(self.get(key, list, []), start=1):
            yield self.checked(f"{key} 第{number}项", value, kind)

    def tables(self, key: str) -> Iterator[_Table]:
        """The tables of a list of tables, none if it is not there."""
        for number, value in enumerate(self.get(key, list, []), start=1):
            place = f"{self.place}{key} 第{number}项"
            if not isinstance(value, dict):
                raise CalendarFileError(f"{self.file}：{place} 写成了 {value}；应为花括号括起来的项目")
            yield _Table(value, self.file, f"{place} 的 ")

    def error(self, key: str, what: str) -> CalendarFileError:
        return CalendarFileError(f"{self.file}：{self.place}{key} {what}")


def _time(text: str) -> time | str:
    """`text` as a time if it is written HH:MM, else as it stands, for the refusal to quote."""
    try:
        return time.fromisoformat(text) if len(text) == len("08:20") else text
    except ValueError:
        return text


def _calendar(table: _Table, base: SchoolCalendar) -> SchoolCalendar:
    days_off = _named_days(table, "days_off")
    extra = frozenset(table.items("extra_school_days", date))
    for day in sorted(extra & days_off.keys()):
        raise table.error("extra_school_days", f"中的 {day} 在 days_off 中又写成放假；请只留一种")
    return replace(
        base,
        name=table.get("name", str, base.name),
        noon=table.get("noon", time, base.noon),
        weekdays=_weekdays(table) or base.weekdays,
        terms=_with_terms(base.terms, [_term(each) for each in table.tables("term")]),
        sessions=tuple(_session(each) for each in table.tables("session")) or base.sessions,
        workdays=_with_years(base.workdays, table),
        closures=(*base.closures, *(_closure(each) for each in table.tables("closure"))),
        days_off={day: name for day, name in base.days_off.items() if day not in extra} | days_off,
        extra_school_days=(base.extra_school_days - days_off.keys()) | extra,
    )


def _weekdays(table: _Table) -> frozenset[int]:
    named = list(table.items("weekdays", str))
    for name in named:
        if name not in WEEKDAYS:
            raise table.error("weekdays", f"中的“{name}”不是星期；可以写：{'、'.join(WEEKDAYS)}")
    if "weekdays" in table and not named:
        raise table.error("weekdays", '是空的；至少要有一天上课，如 ["MON", "TUE", "WED", "THU", "FRI"]')
    return frozenset(WEEKDAYS.index(name) for name in named)


def _term(table: _Table) -> SchoolTerm:
    table.allow("name", "first_day", "last_day")
    term = SchoolTerm(table.get("name", str), table.get("first_day", date), table.get("last_day", date))
    if (term.last_day - term.first_day).days > LONGEST_DAYS:
        raise table.error("last_day", f"{term.last_day} 离第一天超过一年；请检查年份")
    return term


def _with_terms(base: Iterable[SchoolTerm], own: list[SchoolTerm]) -> tuple[SchoolTerm, ...]:
    kept = [
        term
        for term in base
        if all(term.last_day < mine.first_day or mine.last_day < term.first_day for mine in own)
    ]
    return tuple(sorted([*kept, *own], key=lambda term: (term.first_day, term.last_day)))


def _session(table: _Table) -> Session:
    table.allow("code", "kind", "starts", "ends", "roll_call")
    kind = table.get("kind", str)
    kinds = {each.value: each for each in SessionKind}
    if kind not in kinds:
        raise table.error("kind", f"写成了“{kind}”；应为 {'、'.join(kinds)} 之一")
    return Session(
        table.get("code", str),
        kinds[kind],
        table.get("starts", time),
        table.get("ends", time),
        table.get("roll_call", bool, False),
    )


def _closure(table: _Table) -> Closure:
    table.allow("from", "until", "reason", "declared_at", "school", "grade", "class")
    return Closure(
        from_day=table.get("from", date),
        until=table.get("until", date),
        reason=table.get("reason", str),
        declared_at=table.get("declared_at", datetime),
        school=table.get("school", str, ""),
        grade=table.get("grade", str, ""),
        class_group=table.get("class", str, ""),
    )


def _named_days(table: _Table, key: str) -> dict[date, str]:
    """Every day of the stretches listed under `key`; one day alone needs no last_day."""
    named: dict[date, str] = {}
    for stretch in table.tables(key):
        stretch.allow("first_day", "last_day", "name")
        first = stretch.get("first_day", date)
        last = stretch.get("last_day", date, first)
        if not 0 <= (last - first).days <= LONGEST_DAYS:
            raise stretch.error("last_day", f"写成了 {last}；应在 {first} 当天或之后的一年内")
        name = stretch.get("name", str)
        named |= {first + timedelta(days=offset): name for offset in range((last - first).days + 1)}
    return named


def _with_years(workdays: Workdays, table: _Table) -> Workdays:
    seen: set[int] = set()
    for notice in sorted(table.tables("year"), key=lambda notice: notice.get("year", int)):
        year = notice.get("year", int)
        if year in seen:
            raise notice.error("year", f"{year} 出现了不止一次；每年应只写一个 [[year]]")
        seen.add(year)
        workdays = _with_year(workdays, year, notice)
    return workdays


def _with_year(workdays: Workdays, year: int, table: _Table) -> Workdays:
    """`workdays` with one year's notice; a notice may also name days of the December before."""
    table.allow("year", "holidays", "make_up")
    if not workdays.first_year <= year <= workdays.last_year + 1:
        raise table.error(
            "year", f"{year} 接不上已载入的 {workdays.first_year}–{workdays.last_year} 年；请逐年补齐"
        )
    holidays, make_up = _notice(table, "holidays", year), _notice(table, "make_up", year)
    if not holidays:
        raise table.error("holidays", f"没有写；应列出 {year} 年全部放假日期")
    for day in sorted(make_up):
        if day.weekday() < SATURDAY or day in holidays:
            raise table.error("make_up", f"中的 {day} 不是调休上班日；应为不放假的星期六或星期日")
    return Workdays(
        workdays.first_year,
        max(workdays.last_year, year),
        _nearest(workdays.holidays, holidays, make_up, year),
        _nearest(workdays.make_up_days, make_up, holidays, year),
    )


def _notice(table: _Table, key: str, year: int) -> dict[date, str]:
    days = _named_days(table, key)
    for day in sorted(days):
        if not date(year - 1, 12, 1) <= day <= date(year, 12, 31):
            raise table.error(key, f"中的 {day} 不在 {year} 年；请写到它自己那一年的 [[year]] 里")
    return days


def _nearest(
    known: Mapping[date, str], own: Mapping[date, str], opposite: Mapping[date, str], year: int
) -> dict[date, str]:
    """`own` days, and those `known` that the notice of `year` does not replace or contradict."""
    kept = {day: name for day, name in known.items() if day.year != year and day not in opposite}
    return kept | dict(own)
