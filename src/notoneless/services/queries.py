"""Small readings for pages that are about attendance itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from notoneless.core.terms import AttendanceStatus
from notoneless.records.models import AttendanceMark, Child, ClassGroup, RollCall, RollCallSettled


class Difference(NamedTuple):
    """One child of whom two accounts of a session say different things."""

    child: Child
    standing: AttendanceStatus
    competing: AttendanceStatus


class Conflict(NamedTuple):
    """Two accounts of one session, not yet settled between; empty `differences` if they agree."""

    standing: RollCall
    competing: RollCall
    differences: tuple[Difference, ...]


def conflicts(class_groups: Iterable[ClassGroup | int], day: date) -> list[Conflict]:
    """Every unsettled second account of a session in these classes on a day; a few queries however many."""
    calls = _calls(class_groups, day)
    stand = {(c.class_group_id, c.session): c for c in calls if c.standing}
    settled = set(RollCallSettled.objects.filter(other__in=calls).values_list("other", flat=True))
    settled |= set(RollCallSettled.objects.filter(chosen__in=calls).values_list("chosen", flat=True))
    rivals = [c for c in calls if not c.standing and c.pk not in settled]
    said = _said({c.pk for c in calls})
    names = Child.objects.in_bulk({child for marks in said.values() for child in marks})
    pairs = [(stand[c.class_group_id, c.session], c) for c in rivals]
    return [Conflict(a, b, tuple(_differences(said[a.pk], said[b.pk], names))) for a, b in pairs]


def _calls(class_groups: Iterable[ClassGroup | int], day: date) -> QuerySet[RollCall]:
    calls = RollCall.objects.filter(class_group__in=list(class_groups), day=day)
    return calls.select_related("class_group", "taken_by").order_by("class_group", "session", "recorded_at")


def _said(calls: set[UUID]) -> dict[UUID, dict[UUID, AttendanceStatus]]:
    """What each account itself said; corrections made since are not part of it."""
    said: dict[UUID, dict[UUID, AttendanceStatus]] = defaultdict(dict)
    for mark in AttendanceMark.objects.filter(roll_call__in=calls, supersedes__isnull=True):
        if mark.roll_call_id is not None:
            said[mark.roll_call_id].setdefault(mark.child_id, mark.status)
    return said


def _differences(
    standing: dict[UUID, AttendanceStatus],
    competing: dict[UUID, AttendanceStatus],
    names: dict[UUID, Child],
) -> Iterable[Difference]:
    for child in sorted(standing.keys() | competing.keys(), key=lambda each: names[each].name):
        one = standing.get(child, AttendanceStatus.PRESENT)
        other = competing.get(child, AttendanceStatus.PRESENT)
        if one is not other:
            yield Difference(names[child], one, other)
