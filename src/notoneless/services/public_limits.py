"""How long an office has to answer guardians and the public: each limit with its source and how we read it.

The laws say 及时 (in good time) and name no number; the numbers here are ours until a county's own document
says otherwise, and stand in this one place.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from notoneless.core.calendar import SchoolCalendar
from notoneless.core.terms import DayKind, Post
from notoneless.core.time_limit import TimeLimit, due


class PublicLimit(NamedTuple):
    """时限: who must do it within how long, by which article, and how we read it."""

    who: Post
    within: TimeLimit
    clause: str
    says: str
    reading: str


TAKE_UP = PublicLimit(
    Post.COUNTY_BUREAU,
    TimeLimit(1, DayKind.WORKING_DAY),
    "《未成年人保护法》第十一条",
    "Whoever receives a report about a minor takes it up in good time.",
    "及时 is read as the next working day: a child may be at home while the tip lies.",
)
ANSWER_TIP = PublicLimit(
    Post.COUNTY_BUREAU,
    TimeLimit(10, DayKind.WORKING_DAY),
    "《未成年人保护法》第十一条",
    "What came of a report is told in a fitting way.",
    "Ten working days: two visits and a talk with the village fit into them.",
)
ANSWER_CONTEST = PublicLimit(
    Post.SCHOOL_OFFICE,
    TimeLimit(5, DayKind.WORKING_DAY),
    "《个人信息保护法》第四十五条、第四十六条；《未成年人网络保护条例》第三十四条",
    "A guardian may see, copy and have corrected what is recorded of the child; it is checked in good time.",
    "Five working days: the roll call is the school's own and its teachers are in the house.",
)
ANSWER_CONTEST_ABOVE = PublicLimit(
    Post.COUNTY_BUREAU,
    TimeLimit(5, DayKind.WORKING_DAY),
    ANSWER_CONTEST.clause,
    ANSWER_CONTEST.says,
    "What the school has not answered in its time is the county's for as long again.",
)
LIMITS = (TAKE_UP, ANSWER_TIP, ANSWER_CONTEST, ANSWER_CONTEST_ABOVE)


def due_at(limit: PublicLimit, start: datetime, calendar: SchoolCalendar) -> datetime | None:
    """The last minute in time; None while next year's working days are not announced."""
    return due(start, limit.within, calendar).at
