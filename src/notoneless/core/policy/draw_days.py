"""The days of an example as a row of cells: date, weekday, shape, word and tone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from notoneless.core.calendar import ONE_DAY, SchoolCalendar
from notoneless.core.paper import DayCell, DayRow, Tone
from notoneless.core.policy.pack import Example
from notoneless.core.terms import AttendanceStatus

# Shapes that every Chinese font has (GB 2312), so that the page reads the same in any office.
_DRAWN = {
    AttendanceStatus.PRESENT: ("●", Tone.SEEN),
    AttendanceStatus.LATE: ("◎", Tone.SEEN),
    AttendanceStatus.ABSENT: ("■", Tone.AWAY),
    AttendanceStatus.LEAVE: ("△", Tone.LEAVE),
    AttendanceStatus.UNRECORDED: ("？", Tone.UNKNOWN),
}
LEGEND = "，".join(f"{shape} {status.zh}" for status, (shape, _) in _DRAWN.items()) + "，— 不上课"


def day_row(example: Example, calendar: SchoolCalendar) -> DayRow:
    """The days that the example draws, with the stretches without school between them."""
    calendar = calendar.with_closures(example.closures)
    (first, status), *_ = example.drawn
    cells = [_cell(first, status)]
    for (earlier, _), (day, status) in pairwise(example.drawn):
        cells += [*_between(earlier + ONE_DAY, day, calendar), _cell(day, status)]
    return DayRow(tuple(cells))


def drawn(
    first: date, last: date, status: AttendanceStatus | None, word: str = "", english: bool = False
) -> DayCell:
    """A day or stretch of days of one kind, with a word after its own; None is a stretch without school."""
    if status is None:
        return DayCell(first, last, "—", word, Tone.OFF)
    shape, tone = _DRAWN[status]
    own = status.en if english else status.zh
    return DayCell(first, last, shape, f"{own} {word}".strip(), tone)


def _cell(day: date, status: AttendanceStatus) -> DayCell:
    return drawn(day, day, status)


def _between(first: date, until: date, calendar: SchoolCalendar) -> Iterator[DayCell]:
    """The days from `first` up to `until` as one cell, named by the first reason that is no weekend."""
    if first < until:
        days = [date.fromordinal(n) for n in range(first.toordinal(), until.toordinal())]
        reasons = [found for day in days if (found := calendar.why_no_school(day))]
        names = [name or reason.zh for reason, name in reasons]
        named = [name or reason.zh for reason, name in reasons if reason.name != "WEEKEND"]
        yield drawn(days[0], days[-1], None, (named or names or ["不上课"])[0])
