"""Attendance drawn as letters: "A A L A A | A A" from a day on, one letter a school day."""

from __future__ import annotations

from datetime import date, datetime, time

from notoneless.core.calendar import ONE_DAY, SchoolCalendar
from notoneless.core.facts import CHINA_TIME, Mark
from notoneless.core.terms import AbsenceReason, AttendanceStatus

LETTERS: dict[str, tuple[AttendanceStatus, AbsenceReason | None]] = {
    "P": (AttendanceStatus.PRESENT, None),
    "A": (AttendanceStatus.ABSENT, AbsenceReason.UNEXCUSED),
    "?": (AttendanceStatus.ABSENT, AbsenceReason.UNKNOWN),
    "S": (AttendanceStatus.LEAVE, AbsenceReason.SICK),
    "L": (AttendanceStatus.LEAVE, AbsenceReason.PERSONAL),
    "T": (AttendanceStatus.LATE, None),
    "U": (AttendanceStatus.UNRECORDED, None),
}


class DrawingError(ValueError):
    """A drawing of marks that cannot be read; the message says which letter and what would be right."""


def draw(
    letters: str, since: date, calendar: SchoolCalendar, *, at: time, session: str = "MORNING"
) -> list[Mark]:
    """The marks of one child, a letter a school day from `since`; "|" and spaces only please the eye."""
    marks: list[Mark] = []
    for letter in letters.replace("|", " ").split():
        # Looked for only when a letter needs it: the last day drawn may be the last day known.
        day = calendar.next_school_day(marks[-1].day + ONE_DAY if marks else since)
        status, reason = _meaning(letter)
        taken = datetime.combine(day, at, CHINA_TIME)
        marks.append(Mark(day, session, status, taken, taken, reason, id=f"{day}/{session}"))
    return marks


def _meaning(letter: str) -> tuple[AttendanceStatus, AbsenceReason | None]:
    try:
        return LETTERS[letter]
    except KeyError:
        allowed = "、".join(f"{k}={s.zh}" for k, (s, _) in LETTERS.items())
        raise DrawingError(f"不认识的考勤字母“{letter}”；可用：{allowed}") from None
