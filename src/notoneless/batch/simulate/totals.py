"""The check figures: what the parameters should come to, beside what a county came to."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from notoneless.batch.simulate.county import ChildMade, County
from notoneless.core.terms import AbsenceReason, AttendanceStatus

PERSISTENT = 0.10  # share of the days absent from which a pupil counts as persistently absent


class Total(NamedTuple):
    """One check figure; `expected` is for a whole school year and a large county, None if none is given."""

    zh: str
    en: str
    expected: float | None
    simulated: float
    percent: bool = True


# What the specification's prototype came to with 60,000 pupils. It knew no long truancy, no spread between
# schools and no returns, so a county drawn with all parameters comes out a little under the first four.
_EXPECTED: dict[str, dict[str, float]] = {
    "today": {
        "absence": 0.018,
        "sick": 0.011,
        "leave": 0.003,
        "unexcused": 0.0045,
        "persistent": 0.006,
        "leavers": 86,
    },
    "poor2010": {"absence": 0.034, "leavers": 1551},
}
_PUPILS_OF_PROTOTYPE = 60_000


def totals(county: County) -> tuple[Total, ...]:
    """The figures for one county, without the children who had left before the year began."""
    pupils = _counted(county)
    said = _final_marks(county, pupils)
    days = Counter(said.values())
    away = Counter(child for (child, _), what in said.items() if what != "late")
    pupil_days = len(pupils) * len(county.days)
    persistent = sum(n >= PERSISTENT * len(county.days) for n in away.values())
    expected = _EXPECTED.get(county.scenario, {})
    leavers = expected.get("leavers")
    return (
        Total("日均缺勤", "daily absence", expected.get("absence"), sum(away.values()) / pupil_days),
        Total("其中因病", "of it sick", expected.get("sick"), days["sick"] / pupil_days),
        Total("其中事假", "of it personal leave", expected.get("leave"), days["leave"] / pupil_days),
        Total("其中旷课", "of it unexcused", expected.get("unexcused"), days["unexcused"] / pupil_days),
        Total(
            "缺勤一成以上的学生", "absent 10 % or more", expected.get("persistent"), persistent / len(pupils)
        ),
        Total(
            "本学年离校的学生",
            "left within the year",
            leavers * len(county.children) / _PUPILS_OF_PROTOTYPE if leavers is not None else None,
            len({gone.child for gone in county.gone if not gone.before_the_year}),
            percent=False,
        ),
        Total("按时上报的点名", "roll calls handed in at once", None, _in_time(county)),
    )


def _counted(county: County) -> dict[int, ChildMade]:
    gone_before = {gone.child for gone in county.gone if gone.before_the_year}
    return {child.no: child for child in county.children if child.no not in gone_before}


def _final_marks(county: County, pupils: dict[int, ChildMade]) -> dict[tuple[int, object], str]:
    """What was last said of each child and day; corrections come after what they correct."""
    return {(m.child, m.day): _kind(m.status, m.reason) for m in county.marks if m.child in pupils}


def _kind(status: AttendanceStatus, reason: AbsenceReason | None) -> str:
    if status is AttendanceStatus.LATE:
        return "late"
    if status is AttendanceStatus.ABSENT:
        return "unexcused"
    return "sick" if reason is AbsenceReason.SICK else "leave"


def _in_time(county: County) -> float:
    """The share of all roll calls that were handed in when they were taken."""
    return sum(c.recorded_at == c.taken_at for c in county.roll_calls) / (
        len(county.days) * len(county.classes)
    )
