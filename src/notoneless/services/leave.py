"""请假 and 销假: leave granted, and the moment the child is expected again brought forward or put off."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from notoneless.core.terms import AbsenceReason
from notoneless.records.access import Thing, Verb
from notoneless.records.models import Child, LeaveGranted, Person
from notoneless.services.assessments import Entry, follow_up, hold
from notoneless.services.finding import class_on, refuse_future, the_child, the_person
from notoneless.services.permissions import require
from notoneless.services.refusals import Refusal
from notoneless.services.sent_once import id_of, key_used
from notoneless.services.transactions import one_act

LONGEST = 366  # days; longer than that is 休学, which is no leave
REASONS = (AbsenceReason.SICK, AbsenceReason.PERSONAL, AbsenceReason.OFFICIAL)


@one_act
def grant_leave(
    *,
    by: Person | int,
    child: Child | UUID,
    from_day: date,
    until: date,
    reason: AbsenceReason,
    granted_at: datetime,
    at: datetime,
    note: str = "",
    key: str | None = None,
) -> LeaveGranted:
    """Grant leave; `until` is the first day the child is expected again. Raises Refusal.

    The same `key` again gives the leave that it granted first.
    """
    person, pupil = the_person(by), the_child(child)
    require(person, Thing.CHILD, Verb.GRANT_LEAVE, class_on(pupil, from_day), at.date())
    if key is not None and (first := LeaveGranted.objects.filter(pk=id_of(key)).first()) is not None:
        if first.child_id != pupil.pk:
            raise key_used()
        return first
    refuse_future(granted_at, at, "批假时间", "The moment leave was granted")
    _refuse_bad_span(from_day, until)
    if reason not in REASONS:
        raise Refusal(
            "NO_REASON_FOR_LEAVE",
            f"“{reason.zh}”不是请假原因；请选病假、事假或公假。",
            f'"{reason.en}" is no reason for leave; choose sick, personal or school business.',
        )
    hold([pupil.pk])
    leave = LeaveGranted.objects.create(
        id=id_of(key),
        child=pupil,
        from_day=from_day,
        until=until,
        reason=reason,
        granted_at=granted_at,
        recorded_at=at,
        by=person,
        note=note,
    )
    _follow_up("GRANT_LEAVE", leave, person, at, note, f"{from_day.month}月{from_day.day}日起已准假")
    return leave


@one_act
def end_leave(
    *, by: Person | int, leave: LeaveGranted | UUID, until: date, at: datetime, note: str = ""
) -> LeaveGranted:
    """The child is expected from `until` on, earlier (销假) or later (续假) than granted. Raises Refusal."""
    person = the_person(by)
    number = leave.pk if isinstance(leave, LeaveGranted) else leave
    before = LeaveGranted.objects.select_related("child").get(pk=number)
    there = class_on(before.child, before.from_day)
    require(person, Thing.CHILD, Verb.GRANT_LEAVE, there, at.date())
    _refuse_bad_span(before.from_day, until)
    hold([before.child_id])
    if LeaveGranted.objects.filter(supersedes=before).exists():
        raise Refusal(
            "LEAVE_CHANGED",
            "这次请假已经销假或续假；请刷新后修改最新的一条。",
            "This leave has been changed already; reload and change the latest one.",
        )
    after = LeaveGranted.objects.create(
        child=before.child,
        from_day=before.from_day,
        until=until,
        reason=before.reason,
        granted_at=at,
        recorded_at=at,
        by=person,
        note=note,
        supersedes=before,
    )
    _follow_up("END_LEAVE", after, person, at, note, f"请假改为至{until.month}月{until.day}日")
    return after


def _refuse_bad_span(from_day: date, until: date) -> None:
    if not 0 < (until - from_day).days <= LONGEST:
        raise Refusal(
            "BAD_SPAN",
            f"请假从 {from_day} 起，应到校日填成了 {until}；应到校日应在其后，且不超过一年。",
            f"Leave from {from_day} until {until}: the child must be expected later, and within a year.",
        )


def _follow_up(act: str, leave: LeaveGranted, person: Person, at: datetime, note: str, why: str) -> None:
    body: dict[str, object] = {
        "leave": str(leave.pk),
        "from_day": str(leave.from_day),
        "until": str(leave.until),
        "supersedes": str(leave.supersedes_id) if leave.supersedes_id else None,
    }
    entry = Entry(act, "child", str(leave.child_id), body, person, note)
    follow_up([leave.child_id], as_of=at, entry=entry, why=why)
