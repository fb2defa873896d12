"""Correcting attendance by adding: a wrong mark, a late arrival, a choice between two roll calls."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from notoneless.core.explain import session_label
from notoneless.core.terms import AbsenceReason, AttendanceStatus
from notoneless.records import constants
from notoneless.records.access import Thing, Verb
from notoneless.records.models import AttendanceMark, Child, Person, RollCall, RollCallSettled
from notoneless.services.assessments import Entry, follow_up, hold
from notoneless.services.finding import class_on, refuse_future, the_child, the_person
from notoneless.services.permissions import require
from notoneless.services.refusals import Refusal
from notoneless.services.taking import refuse_wrong_session
from notoneless.services.transactions import one_act

PRESENT = AttendanceStatus.PRESENT


@one_act
def correct(
    *,
    by: Person | int,
    child: Child | UUID,
    day: date,
    session: str,
    status: AttendanceStatus,
    happened_at: datetime,
    at: datetime,
    reason: AbsenceReason | None = None,
    note: str = "",
) -> AttendanceMark:
    """Say what is right about one child in one session; the earlier mark stays and is pointed back at.

    Obligations whose facts are gone are withdrawn with the reason. Raises Refusal.
    """
    person, pupil = the_person(by), the_child(child)
    class_group = class_on(pupil, day)
    require(person, Thing.ROLL_CALL, Verb.CORRECT, class_group, at.date())
    home = constants.of_classes([class_group.pk])[class_group.pk]
    refuse_wrong_session(home, day, session, at)
    refuse_future(happened_at, at, "发生时间", "The moment")
    hold([pupil.pk])
    before = speaking(pupil.pk, day, session)
    call = RollCall.objects.filter(class_group=class_group, day=day, session=session, standing=True).first()
    _refuse_no_change(before, call, status, reason, pupil)
    mark = AttendanceMark.objects.create(
        roll_call=call,
        child=pupil,
        day=day,
        session=session,
        status=status,
        reason=reason or "",
        at=happened_at,
        recorded_at=at,
        note=note,
        supersedes=before,
    )
    label = session_label(home.calendar, session)
    why = f"更正：{day.month}月{day.day}日{label}改为{status.zh}"
    body: dict[str, object] = {
        "mark": str(mark.pk),
        "day": str(day),
        "session": session,
        "status": status.value,
        "supersedes": str(before.pk) if before else None,
    }
    entry = Entry("CORRECT_MARK", "child", str(pupil.pk), body, person, note)
    follow_up([pupil.pk], as_of=at, entry=entry, why=why)
    return mark


def speaking(child: UUID, day: date, session: str) -> AttendanceMark | None:
    """The mark that holds for a child in a session: the last one learned."""
    marks = AttendanceMark.objects.filter(child=child, day=day, session=session, speaks=True)
    return marks.order_by("-recorded_at", "-at", "-pk").first()


def _refuse(refusal: Refusal | None) -> None:
    if refusal is not None:
        raise refusal


def _refuse_no_change(
    before: AttendanceMark | None,
    call: RollCall | None,
    status: AttendanceStatus,
    reason: AbsenceReason | None,
    pupil: Child,
) -> None:
    same = before is not None and before.status is status and (before.reason or None) == reason
    if same or (before is None and call is not None and status is PRESENT):
        raise Refusal(
            "ALREADY_SO",
            f"{pupil.name}这一节已经是“{status.zh}”；不需要更正。",
            f"{pupil.name} is already marked {status.en} in this session.",
        )


@one_act
def settle(
    *, by: Person | int, chosen: RollCall | UUID, other: RollCall | UUID, reason: str, at: datetime
) -> None:
    """Decide that `chosen` is right; where `other` differs, corrections say what `chosen` says.

    Raises Refusal.
    """
    person = the_person(by)
    right, wrong = _call(chosen), _call(other)
    require(person, Thing.ROLL_CALL, Verb.SETTLE, right.class_group, at.date())
    _refuse_no_pair(right, wrong)
    RollCallSettled.objects.create(chosen=right, other=wrong, at=at, by=person, reason=reason)
    changed = _say_what_is_right(right, wrong, at, reason) if not right.standing else []
    body: dict[str, object] = {"chosen": str(right.pk), "other": str(wrong.pk), "corrected": len(changed)}
    entry = Entry("SETTLE_ROLL_CALLS", "class_group", str(right.class_group_id), body, person, reason)
    why = f"更正：{right.day.month}月{right.day.day}日两份点名已核实"
    follow_up(changed, as_of=at, entry=entry, why=why)


def _call(given: RollCall | UUID) -> RollCall:
    number = given.pk if isinstance(given, RollCall) else given
    return RollCall.objects.select_related("class_group__school").get(pk=number)


def _refuse_no_pair(right: RollCall, wrong: RollCall) -> None:
    same = (right.class_group_id, right.day, right.session) == (
        wrong.class_group_id,
        wrong.day,
        wrong.session,
    )
    settled = RollCallSettled.objects.filter(other__in=[right, wrong]).exists()
    if not same or settled or right.standing == wrong.standing:
        raise Refusal(
            "NOTHING_TO_SETTLE",
            "这两份点名不是同一班同一节，或已经核实过；请刷新后再选。",
            "These roll calls are not of the same session, or have been settled; reload and choose again.",
        )


def _say_what_is_right(right: RollCall, wrong: RollCall, at: datetime, reason: str) -> list[UUID]:
    said = {mark.child_id: mark for mark in right.marks.all()}
    stood = {mark.child_id for mark in wrong.marks.all()}
    hold(said.keys() | stood)
    changed = []
    for child in sorted(said.keys() | stood):
        before, now = speaking(child, right.day, right.session), said.get(child)
        status = now.status if now else PRESENT
        if before is None or before.status is not status or (now is not None and before.reason != now.reason):
            AttendanceMark.objects.create(
                roll_call=right,
                child_id=child,
                day=right.day,
                session=right.session,
                status=status,
                reason=now.reason if now else "",
                at=right.taken_at,
                recorded_at=at,
                note=reason,
                supersedes=before,
            )
            changed.append(child)
    return changed
