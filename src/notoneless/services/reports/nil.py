"""零报告: a signed statement, and what stands against it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from notoneless.core.calendar import SchoolCalendar
from notoneless.core.figure_terms import Tally
from notoneless.core.reporting import NOT_NIL
from notoneless.records.constants import of_classes
from notoneless.records.histories import expected
from notoneless.records.models import Child, ClassGroup, Enrolment, Place, RollCall
from notoneless.services.counting import Asked, lines_of, roll_calls
from notoneless.services.refusals import Refusal
from notoneless.services.reports.drafting import Draft

ONE_DAY = timedelta(days=1)


class Missing(NamedTuple):
    """A roll call that was due and is not there."""

    class_group: ClassGroup
    day: date
    session: str


class AgainstNil(NamedTuple):
    """The facts for which a nil report would not be true."""

    children: dict[Tally, list[UUID]]
    unexplained: list[UUID]
    missing: list[Missing]
    places: list[Place]  # of a sum: whose report is not nil, or not there

    def __bool__(self) -> bool:
        return bool(any(self.children.values()) or self.unexplained or self.missing or self.places)

    @property
    def ids(self) -> set[UUID]:
        """Every child of the list."""
        return {child for each in self.children.values() for child in each} | set(self.unexplained)


def against_nil(found: Draft, at: datetime) -> AgainstNil:
    """All that stands against a nil report of these days, as known at `at`."""
    if found.parts:
        others = [part.place for part in found.parts if part.report is None or not part.report.nil]
        return AgainstNil({}, [], [], others)
    asked = Asked(found.place, found.span.first, found.span.last, at)
    children = {tally: [line.child for line in rows] for tally, rows in lines_of(asked, NOT_NIL).items()}
    called = roll_calls(asked)
    missing = not_called(asked) if called.due > called.taken else []
    kept = {tally: each for tally, each in children.items() if each}
    return AgainstNil(kept, list(called.unexplained), missing, [])


def refusal_of(against: AgainstNil) -> Refusal | None:
    """The sentence that says what to do, or None when nothing stands against it."""
    if not against:
        return None
    if against.places:
        names = "、".join(place.name for place in against.places[:3])
        return Refusal(
            "NOT_NIL",
            f"下级还有 {len(against.places)} 个单位没有零报告（{names}等）；请按实际数字编制。",
            f"{len(against.places)} places below have not reported nil ({names} …); draw up the numbers.",
        )
    children, gone, missing = len(against.ids), len(against.unexplained), len(against.missing)
    return Refusal(
        "NOT_NIL",
        f"不能报零：有 {children} 名学生要先写明去向（其中 {gone} 名截止日未到校又没有说明），"
        f"{missing} 次点名没有补上；请逐项办好，或按实际数字编制。",
        f"Not nil: {children} children are to be accounted for ({gone} of them away on the last day without "
        f"a word) and {missing} roll calls are missing; settle each, or draw up the numbers.",
    )


def not_called(asked: Asked) -> list[Missing]:
    """The roll calls of these days that nobody has taken, in the order of classes and days."""
    classes = _classes(asked)
    homes = of_classes([each.pk for each in classes])
    taken = RollCall.objects.filter(class_group__in=classes, recorded_at__lte=asked.known_at)
    within = taken.filter(day__gte=asked.first, day__lte=asked.last)
    there = set(within.values_list("class_group", "day", "session"))
    return [
        Missing(each, day, session)
        for each in classes
        for day, session in _due(homes[each.pk].calendar, asked)
        if (each.pk, day, session) not in there
    ]


def children_named(ids: Iterable[UUID]) -> dict[UUID, Child]:
    """The children by id."""
    return Child.objects.in_bulk(list(ids))


def _classes(asked: Asked) -> list[ClassGroup]:
    inside = {"class_group__school__path__startswith": asked.place.path or "?"}
    seated = Enrolment.objects.filter(from_day__lte=asked.last, **inside).exclude(until__lte=asked.first)
    return list(ClassGroup.objects.filter(pk__in=seated.values("class_group")).order_by("grade", "name"))


def _due(calendar: SchoolCalendar, asked: Asked) -> Iterable[tuple[date, str]]:
    found = expected(calendar, asked.first, asked.last + ONE_DAY, asked.known_at)
    return ((day, session) for day, session, _ in found)
