"""The question that is counted, and its statement's parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Max, Min

from notoneless.core.terms import PlaceKind
from notoneless.records.counting import within
from notoneless.records.dialect import POSTGRESQL, day_param, moment_text, spelled
from notoneless.records.models import ClassGroup, Place
from notoneless.services.enrolment_facts import midnight

ONE_DAY = timedelta(days=1)
INTAKE_COUNTED = (9, 20)  # the day of the education statistics
AGES = (6, 15, 16, 17, 18)  # complete years on 1 September that conditions speak of
# Places whose path lies beside that of the classes they have children of.
_PARTS = (PlaceKind.GRADE, PlaceKind.TEACHING_POINT, PlaceKind.VILLAGE)


class Asked(NamedTuple):
    """Of which place and days is counted, as known at which moment; both days belong to the period.

    The period opens with the end of the day before `first` and closes with the end of `last`.
    """

    place: Place
    first: date
    last: date
    known_at: datetime

    @property
    def kind(self) -> PlaceKind:
        """Of the place."""
        return PlaceKind[str(self.place.kind)]

    @property
    def path(self) -> str:
        """Where the classes lie whose children are counted."""
        path = self.place.path or "/"
        return path.removesuffix(f"{self.place.pk}/") if self.kind in _PARTS else path

    @property
    def year(self) -> int:
        """The year in which the school year of the last day begins."""
        return school_year_of(self.last)


class Line(NamedTuple):
    """One counted child, with the class (None: in none) and the school it is counted in."""

    child: UUID
    class_group: int | None
    school: int | None


def school_year_of(day: date) -> int:
    """The year in which the school year of a day begins, on 1 September."""
    return day.year if day.month >= 9 else day.year - 1


def rows(sql: str, asked: Asked, **more: Any) -> Iterator[tuple[Any, ...]]:
    """What a statement of `records.counting` gives for the question; `more` are further parameters."""
    with connection.cursor() as cursor:
        given = _plain(asked) | (_cohort(asked) if _of_cohorts(sql) else {})
        cursor.execute(spelled(within(sql, asked.kind), connection.vendor), given | more)
        yield from cursor.fetchall()


def id_of(value: UUID | str) -> UUID:
    """A child's id as either database gives it."""
    return value if isinstance(value, UUID) else UUID(value)


def parameters(asked: Asked) -> dict[str, Any]:
    """All that the statements may name; one query."""
    return _plain(asked) | _cohort(asked)


def _of_cohorts(sql: str) -> bool:
    """Whether a statement names what must be asked for first."""
    return any(f"%({name})s" in sql for name in ("entry", "final", "cohort", "counted_on"))


def _plain(asked: Asked) -> dict[str, Any]:
    days = _days(asked) | _birthdays(asked.year)
    moments = {
        "known": asked.known_at,
        "opening_begins_at": midnight(days["opening"]),
        "opens_at": midnight(asked.first),
        "first_ends_at": midnight(asked.first + ONE_DAY),
        "last_begins_at": midnight(asked.last),
        "closes_at": midnight(asked.last + ONE_DAY),
        "year_opens_at": midnight(days["year_begins"]),
        "before_year_at": midnight(days["year_begins"] - ONE_DAY),
        "year_ago_ends_at": midnight(days["year_ago"] + ONE_DAY),
    }
    return {
        "path": f"{asked.path}%",
        "part": asked.place.grade if asked.kind is PlaceKind.GRADE else asked.place.pk,
        "year": asked.year,
        **_ready({**days, **moments}),
    }


def _days(asked: Asked) -> dict[str, date]:
    return {
        "opening": asked.first - ONE_DAY,
        "first": asked.first,
        "closing": asked.last,
        "year_begins": date(asked.year, 9, 1),
        "year_ago": _a_year_before(asked.last),
    }


def _birthdays(year: int) -> dict[str, date]:
    return {f"born_{age}": date(year - age, 9, 1) for age in AGES}


def _a_year_before(day: date) -> date:
    leaps = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if leaps else day.day)


def _cohort(asked: Asked) -> dict[str, Any]:
    """The grades between which a cohort of the place goes through school, and when it began."""
    classes = ClassGroup.objects.filter(
        school__path__startswith=asked.path, school_year__startswith=f"{asked.year}-", grade__lte=9
    )
    ends = classes.aggregate(entry=Min("grade"), final=Max("grade"))
    entry, final = ends["entry"] or 0, ends["final"] or 0
    counted_on = date(asked.year - final + entry, *INTAKE_COUNTED)
    return {
        "entry": entry,
        "final": final,
        "cohort": asked.year - final,
        **_ready({"counted_on": counted_on}),
    }


def _ready(values: Mapping[str, date]) -> dict[str, Any]:
    """Days and moments as the database takes them."""
    return {name: _param(value) for name, value in values.items()}


def _param(value: date) -> Any:
    return moment_param(value) if isinstance(value, datetime) else day_param(value, connection.vendor)


def moment_param(moment: datetime) -> Any:
    """A moment as the database takes it."""
    return moment if connection.vendor == POSTGRESQL else moment_text(moment, connection.vendor)
