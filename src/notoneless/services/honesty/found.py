"""What a finder hands on: a pattern with its facts, told by ids, days and counts alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from notoneless.core.facts import CHINA_TIME
from notoneless.core.report_terms import QuestionKind
from notoneless.records.models import Enrolment
from notoneless.services.honesty.thresholds import WINDOW

Fact = tuple[str, str, Mapping[str, str | int]]
AT_ONCE = 5_000  # children in one query
MOST_FACTS = 30  # listed with a question; the summary counts them all


class Found(NamedTuple):
    """A pattern that asks for a look. `about` wrote the records; None: they are the school's own."""

    kind: QuestionKind
    key: str  # what names the same pattern on another night
    place: int
    summary: Mapping[str, str | int]
    facts: tuple[Fact, ...]
    class_group: int | None = None
    child: UUID | None = None
    about: int | None = None

    def as_kept(self) -> list[object]:
        """The summary first, then the facts."""
        return [
            ["summary", "", dict(self.summary)],
            *([k, i, dict(v)] for k, i, v in self.facts[:MOST_FACTS]),
        ]


class Spot(NamedTuple):
    """The class and school of a child."""

    class_group: int
    school: int
    grade: int


class Night(NamedTuple):
    """The moment of a check; only what was recorded by then is looked at."""

    now: datetime

    @property
    def today(self) -> date:
        """The civil day in China."""
        return in_china(self.now)

    @property
    def since(self) -> date:
        """The first day of the window in which patterns are looked for."""
        return self.today - timedelta(days=WINDOW)

    @property
    def month(self) -> date:
        """The first day of the month before this one."""
        return (self.today.replace(day=1) - timedelta(days=1)).replace(day=1)


def in_china(moment: datetime) -> date:
    """The civil day of a moment in China."""
    return moment.astimezone(CHINA_TIME).date()


def start_of(day: date) -> datetime:
    """The first moment of a day in China."""
    return datetime(day.year, day.month, day.day, tzinfo=CHINA_TIME)


def month_of(day: date) -> str:
    """2026-11."""
    return f"{day:%Y-%m}"


def spots_of(children: Collection[UUID]) -> dict[UUID, Spot]:
    """The last class of each child; a query for every few thousand."""
    ids = sorted(set(children), key=str)
    found: dict[UUID, Spot] = {}
    for start in range(0, len(ids), AT_ONCE):
        rows = Enrolment.objects.filter(child__in=ids[start : start + AT_ONCE]).order_by("from_day")
        named = ("child_id", "class_group_id", "class_group__school_id", "class_group__grade")
        found |= {child: Spot(*spot) for child, *spot in rows.values_list(*named)}
    return found
