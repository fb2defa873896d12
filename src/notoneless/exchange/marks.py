"""考勤标记 as one attendance file states them, gathered over its sheets and checked against each other."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import NamedTuple

from notoneless.core.calendar import SchoolCalendar, YearNotAnnounced
from notoneless.core.facts import CHINA_TIME
from notoneless.core.terms import AbsenceReason, AttendanceStatus
from notoneless.exchange.problems import Findings, Problem
from notoneless.exchange.pupils import ClassOf, Pupils

WEEKDAYS = "一二三四五六日"


class SheetMark(NamedTuple):
    """What the file says of one pupil in one session."""

    pupil: int  # an index into roster.pupils
    day: date
    session: str
    status: AttendanceStatus  # PRESENT is said outright; a blank cell gives no mark at all
    reason: AbsenceReason | None
    at: datetime  # when the roll call was taken: 点名时间, or else the session's start
    timed: bool  # whether 点名时间 was given
    cell: str  # e.g. "三年级2班!F7"


class Covered(NamedTuple):
    """A class, day and session the file speaks about; a pupil of the class without a mark is not recorded."""

    class_name: str
    day: date
    session: str
    at: datetime  # the earliest 点名时间 of its rows, or else the session's start
    timed: bool = False
    rest_present: bool = False  # the file says that everybody else was present
    school: str = ""


class Attendance(NamedTuple):
    """An attendance file read; marks and covered are to be used only if no problem is an ERROR."""

    file: str
    marks: tuple[SheetMark, ...]
    covered: tuple[Covered, ...]
    problems: tuple[Problem, ...]

    @property
    def usable(self) -> bool:
        """Whether nothing in the file keeps it out."""
        return all(problem.severity != "ERROR" for problem in self.problems)


class Gathering:
    """Marks as they are found in the sheets of one file."""

    def __init__(self, pupils: Pupils, calendar: SchoolCalendar, as_of: datetime, findings: Findings) -> None:
        self.pupils = pupils
        self.calendar = calendar
        self.as_of = as_of.astimezone(CHINA_TIME)
        self.findings = findings
        self.marks: dict[tuple[int, date, str], SheetMark] = {}
        self.covered: dict[tuple[ClassOf, date, str], Covered] = {}
        self._told: set[tuple[str, object]] = set()
        self._calendars: dict[ClassOf | None, SchoolCalendar] = {None: calendar}

    def moment(self, day: date, session: str, taken: time | None) -> datetime:
        """When the roll call was taken, as far as the file says."""
        if taken is None:
            return self.calendar.session_start(day, session)
        return datetime.combine(day, taken, CHINA_TIME)

    def is_over(self, day: date, at: datetime) -> bool:
        """Whether this roll call can have been taken by now."""
        return at <= self.as_of and day <= self.as_of.date()

    def check_over(self, sheet: str, cell: str, day: date, at: datetime) -> bool:
        """The same, with an error noted if it cannot."""
        if self.is_over(day, at):
            return True
        message = (
            f"{at:%Y-%m-%d %H:%M} 的点名还没有到时间（截至 {self.as_of:%Y-%m-%d %H:%M}），请删去这一格。"
        )
        self.findings.error(sheet, cell, message)
        return False

    def check_school_day(self, sheet: str, cell: str, day: date, of: ClassOf | None) -> bool:
        """Whether the class has school that day; if not, a warning once a day and sheet says why."""
        try:
            why = self._calendar_of(of).why_no_school(day)
        except YearNotAnnounced:
            self._year_unknown(sheet, cell, day)
            return False
        if why is not None and (sheet, day) not in self._told:
            self._told.add((sheet, day))
            said = (
                f"{day}（星期{WEEKDAYS[day.weekday()]}）不上课：{' '.join(filter(None, (why[0].zh, why[1])))}"
            )
            self.findings.warn(sheet, cell, f"{said}；这一天的记录没有读入，请核对日期或校历。")
        return why is None

    def is_school_day(self, sheet: str, cell: str, day: date, of: ClassOf | None) -> bool:
        """The same without the warning, for days the file leaves blank."""
        try:
            return self._calendar_of(of).is_school_day(day)
        except YearNotAnnounced:
            self._year_unknown(sheet, cell, day)
            return False

    def _calendar_of(self, of: ClassOf | None) -> SchoolCalendar:
        if of is not None and of not in self._calendars:
            self._calendars[of] = self.calendar.for_class(of.school, of.grade, of.name)
        return self._calendars[of]

    def _year_unknown(self, sheet: str, cell: str, day: date) -> None:
        if (sheet, day.year) not in self._told:
            self._told.add((sheet, day.year))
            message = (
                f"{day.year} 年的放假安排还没有载入，不能判断 {day} 是否上课；请核对年份，或先载入放假安排。"
            )
            self.findings.error(sheet, cell, message)

    def add(self, sheet: str, cell: str, mark: SheetMark) -> None:
        """Take up a mark; one that contradicts an earlier one for the same session is an error."""
        key = (mark.pupil, mark.day, mark.session)
        earlier = self.marks.setdefault(key, mark)
        if earlier is mark:
            return
        if (earlier.status, earlier.reason, earlier.at) == (mark.status, mark.reason, mark.at):
            self.findings.warn(sheet, cell, f"与 {earlier.cell} 重复，只算一次。")
        else:
            message = f"与 {earlier.cell} 说的是同一名学生的同一节，内容却不一样，请核对后只留一个。"
            self.findings.error(sheet, cell, message)

    def cover(self, of: ClassOf, day: date, session: str, taken: time | None, *, rest: bool = False) -> None:
        """Note that the file speaks about this class, day and session."""
        new = Covered(
            of.name, day, session, self.moment(day, session, taken), taken is not None, rest, of.school
        )
        old = self.covered.get((of, day, session), new)
        best = min(old, new, key=lambda covered: (not covered.timed, covered.at))
        self.covered[of, day, session] = best._replace(rest_present=old.rest_present or rest)
