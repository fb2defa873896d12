"""当时报、现在知: what a list had then and has now, child by child, with the events that explain each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from notoneless.core.figure_terms import Tally
from notoneless.core.terms import ChangeStep
from notoneless.records.models import (
    CaseChange,
    ChangeStepTaken,
    Enrolment,
    OnRoll,
    SpecialRoute,
    StayRetracted,
)
from notoneless.services.counting_asked import Asked, Line
from notoneless.services.counting_packed import Packed, packed
from notoneless.services.enrolment_facts import midnight

AT_ONCE = 500  # children whose events are read in one go


class EventSeen(NamedTuple):
    """Something learned about a child: what happened when, and when it was learned (None: nobody wrote)."""

    kind: str  # "stage", "change", "route", "stay", "stay_end", "roll", "roll_end", "stay_retracted"
    id: str
    happened_at: datetime
    learned_at: datetime | None
    says_zh: str
    says_en: str


class Moved(NamedTuple):
    """A child that is on the list now and was not (+1), or the other way round (-1), and why."""

    child: UUID
    sign: int
    events: list[EventSeen]


class Difference(NamedTuple):
    """One list then and now; `before` and the signs always make `now`."""

    before: int
    now: int
    moved: list[Moved]


def difference(
    before: Mapping[Tally, Collection[Line]], asked_now: Asked, *, known_before: datetime | None = None
) -> dict[Tally, Difference]:
    """What became of the lists of a report, asked anew; with `known_before`, events learned since."""
    now = packed(asked_now, before)
    signs = {tally: _signs(before[tally], now[tally]) for tally in before}
    children = {child for found in signs.values() for child, _ in found}
    events = events_of(children, asked_now, since=known_before)
    return {
        tally: Difference(
            len(before[tally]),
            sum(each.number for each in now[tally]),
            [Moved(child, sign, events.get(child, [])) for child, sign in signs[tally]],
        )
        for tally in before
    }


def _signs(before: Collection[Line], now: Collection[Packed]) -> list[tuple[UUID, int]]:
    """Each child with +1 or -1, as often as it is counted more or less; those that came first."""
    then = [each.child.bytes for each in before]
    there = [child for each in now for child in each.ids()]
    came, gone = _more(there, then), _more(then, there)
    return [(UUID(bytes=child), 1) for child in came] + [(UUID(bytes=child), -1) for child in gone]


def _more(some: list[bytes], others: list[bytes]) -> list[bytes]:
    """What `some` has more of than `others`, in order."""
    mine, theirs = set(some), set(others)
    if len(mine) == len(some) and len(theirs) == len(others):
        return sorted(mine - theirs)
    # A child in two classes is counted in both.
    return sorted((Counter(some) - Counter(others)).elements())


def events_of(
    children: Iterable[UUID], asked: Asked, *, since: datetime | None = None
) -> dict[UUID, list[EventSeen]]:
    """What was learned about each child by the moment asked for, that which was learned last first.

    Only what bears on the lists: steps of cases, changes done, routes, stays in classes and on rolls.
    """
    found: dict[UUID, list[EventSeen]] = {}
    ids = sorted(set(children))
    for start in range(0, len(ids), AT_ONCE):
        for child, event in _events(ids[start : start + AT_ONCE], asked, since):
            found.setdefault(child, []).append(event)
    for events in found.values():
        events.sort(key=lambda each: (each.learned_at or each.happened_at, each.happened_at), reverse=True)
    return found


def _events(ids: list[UUID], asked: Asked, since: datetime | None) -> Iterator[tuple[UUID, EventSeen]]:
    yield from _steps(ids, _learned("recorded_at", asked, since))
    yield from _changes(ids, _learned("at", asked, since))
    yield from _routes(ids, _learned("recorded_at", asked, since))
    yield from _stays(ids, asked, since)
    yield from _rolls(ids, asked, since)
    yield from _retracted(ids, _learned("retracted_at", asked, since))


def _learned(field: str, asked: Asked, since: datetime | None) -> Q:
    known = Q(**{f"{field}__lte": asked.known_at})
    return known if since is None else known & Q(**{f"{field}__gt": since})


def _steps(ids: list[UUID], learned: Q) -> Iterator[tuple[UUID, EventSeen]]:
    for row in CaseChange.objects.filter(learned, case__child__in=ids).select_related("case"):
        zh, en = (row.event.zh, row.event.en) if row.event else ("事实已更正", "facts were corrected")
        says = f"{zh}：{row.stage_before.zh}→{row.stage.zh}", f"{en}: {row.stage_before.en} → {row.stage.en}"
        yield row.case.child_id, EventSeen("stage", str(row.pk), row.at, row.recorded_at, *says)


def _changes(ids: list[UUID], learned: Q) -> Iterator[tuple[UUID, EventSeen]]:
    done = ChangeStepTaken.objects.filter(learned, step=ChangeStep.DONE, change__child__in=ids)
    for row in done.select_related("change"):
        change = row.change
        says = f"{change.kind.zh}{row.step.zh}", f"{change.kind.en} {row.step.en}"
        happened = midnight(change.from_day)
        yield change.child_id, EventSeen("change", str(change.pk), happened, row.at, *says)


def _routes(ids: list[UUID], learned: Q) -> Iterator[tuple[UUID, EventSeen]]:
    for row in SpecialRoute.objects.filter(learned, child__in=ids):
        until = ("", "") if row.until is None else (f"，至{row.until}", f" until {row.until}")
        says = f"{row.kind.zh}{until[0]}", f"{row.kind.en}{until[1]}"
        yield row.child_id, EventSeen("route", str(row.pk), midnight(row.from_day), row.recorded_at, *says)


def _stays(ids: list[UUID], asked: Asked, since: datetime | None) -> Iterator[tuple[UUID, EventSeen]]:
    for row in Enrolment.objects.filter(child__in=ids).select_related("class_group__school"):
        where = f"{row.class_group.school.name}{row.class_group.name}"
        for kind, day, learned, zh, en in (
            ("stay", row.from_day, row.recorded_at, "编入", "into"),
            ("stay_end", row.until, row.end_recorded_at, "离开", "out of"),
        ):
            if _counts(day, learned, asked, since):
                assert day is not None  # it would not count
                says = f"{zh}{where}", f"{en} {where}"
                yield row.child_id, EventSeen(kind, str(row.pk), midnight(day), learned, *says)


def _rolls(ids: list[UUID], asked: Asked, since: datetime | None) -> Iterator[tuple[UUID, EventSeen]]:
    for row in OnRoll.objects.filter(child__in=ids).select_related("school"):
        where = row.school.name if row.school else row.elsewhere
        for kind, day, learned, zh, en in (
            ("roll", row.from_day, row.recorded_at, "学籍转入", "onto the roll of"),
            ("roll_end", row.until, row.end_recorded_at, "学籍转出", "off the roll of"),
        ):
            if _counts(day, learned, asked, since):
                assert day is not None  # it would not count
                says = f"{zh}{where}", f"{en} {where}"
                yield row.child_id, EventSeen(kind, str(row.pk), midnight(day), learned, *says)


def _counts(day: date | None, learned: datetime | None, asked: Asked, since: datetime | None) -> bool:
    """Whether something that holds from a day had been learned, and after `since`."""
    if day is None or (learned is not None and learned > asked.known_at):
        return False
    return since is None or (learned is not None and learned > since)


def _retracted(ids: list[UUID], learned: Q) -> Iterator[tuple[UUID, EventSeen]]:
    rows = StayRetracted.objects.filter(learned, child__in=ids).select_related("class_group", "school")
    for row in rows:
        where = row.class_group.name if row.class_group else row.school.name if row.school else ""
        says = f"更正：没有编入{where}", f"corrected: never was in {where}"
        happened = midnight(row.from_day)
        yield row.child_id, EventSeen("stay_retracted", str(row.pk), happened, row.retracted_at, *says)
