"""合并: two records of one child become one; the one that goes keeps its facts, and owes nothing more.

Facts are added and never moved: what was recorded of the one that goes stays there, one step behind the
other. No case can be made to vanish by it: a record with an open case is the one that stays.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from notoneless.core.stages import SETTLED
from notoneless.core.terms import EventKind, Stage
from notoneless.records.access import Thing, Verb
from notoneless.records.models import (
    Assigned,
    Boarding,
    Case,
    Child,
    Enrolment,
    EnrolmentChange,
    Guardian,
    InKeyGroup,
    OnRoll,
    Person,
    Residence,
    SameChild,
)
from notoneless.services.assessments import Entry, follow_up, hold
from notoneless.services.change_effects import ONE_DAY
from notoneless.services.change_standing import next_step, suspended
from notoneless.services.child_record import Known, fill_gaps
from notoneless.services.enrolment_facts import stated
from notoneless.services.entering import waits_at
from notoneless.services.finding import the_child, the_person
from notoneless.services.on_roll import (
    join_class,
    join_roll,
    leave_class,
    leave_roll,
    live_routes,
)
from notoneless.services.permissions import may_not, posts_in
from notoneless.services.refusals import Refusal
from notoneless.services.transactions import one_act
from notoneless.services.written import written

WHY = "与另一条记录是同一名学生，已并入那条记录"


class Standing(NamedTuple):
    """What of a record decides which of two stays."""

    case: Case | None  # an open one
    in_class: bool
    facts: int  # attendance marks and acts


@one_act
def merge(*, by: Person | int, goes: Child | UUID, stays: Child | UUID, why: str, at: datetime) -> SameChild:
    """Make one record of two: `goes` is left, `stays` takes what it lacks. Again it is the same.

    Numbers, guardians, home, key groups and, where `stays` is in no class, class and roll. Raises Refusal.
    """
    person, gone, kept = the_person(by), the_child(goes), the_child(stays)
    for each in (gone, kept):
        _require(person, each, at.date())
    hold([gone.pk, kept.pk])
    gone.refresh_from_db()
    kept.refresh_from_db()
    if (before := SameChild.objects.filter(child=gone).first()) is not None and before.stays_id == kept.pk:
        return before
    if (no := may_merge(gone, kept, at)) is not None:
        raise no
    reason = written(why, 300, "怎样核实的", "How you know", needed=True)
    _take_over(gone, kept, at)
    row = SameChild.objects.create(child=gone, stays=kept, why=reason, by=person, at=at)
    stated(gone, EventKind.SAME_CHILD, None, at, person, at, note=reason)
    body: dict[str, object] = {"goes": str(gone.pk), "stays": str(kept.pk)}
    entry = Entry("SAME_CHILD", "child", str(kept.pk), body, person)
    follow_up([gone.pk, kept.pk], as_of=at, entry=entry, why=WHY)
    return row


def same_of(child: Child) -> list[SameChild]:
    """What this record went into, and what went into it; one query."""
    rows = SameChild.objects.filter(Q(child=child) | Q(stays=child)).select_related("child", "stays")
    return list(rows.order_by("at"))


def may_merge(gone: Child, kept: Child, at: datetime) -> Refusal | None:
    """Why these two cannot become one this way round, or None."""
    if gone.pk == kept.pk:
        return Refusal("ONE_RECORD", "这是同一条记录。", "This is one record.")
    if SameChild.objects.filter(child__in=(gone, kept)).exists():
        return Refusal(
            "GONE_ALREADY", "其中一条已经并入别的记录；请刷新。", "One of them is gone already; reload."
        )
    on = at.date()
    return _numbers_disagree(gone, kept) or _case_would_vanish(gone, kept, on) or _under_way(gone, kept, on)


def standing(child: Child, on: date) -> Standing:
    """What of a record decides whether it stays."""
    case = Case.objects.filter(child=child).exclude(stage__in=SETTLED).first()
    in_class = Enrolment.objects.filter(child=child, until__isnull=True).exists()
    return Standing(case, in_class, child.marks.count() + child.acts.count())


def stays_of(one: Child, other: Child, on: date) -> tuple[Child, Child]:
    """Which of two goes and which stays, as far as the records say: open case, class, more facts."""
    ranked = sorted((one, other), key=lambda each: _rank(standing(each, on)))
    return ranked[0], ranked[1]


def _rank(found: Standing) -> tuple[bool, bool, int]:
    grave = found.case is not None and found.case.stage is not Stage.NEVER_ENROLLED
    return (grave, found.in_class, found.facts)


def _require(person: Person, child: Child, on: date) -> None:
    place = waits_at(child, on)
    if place is None or not posts_in(person, Thing.SAME_CHILD, Verb.ASK, place, on):
        raise may_not(Thing.SAME_CHILD, Verb.ASK, child.name)


def _take_over(gone: Child, kept: Child, at: datetime) -> None:
    """What the record that stays lacks; dated facts go on there from tomorrow."""
    tomorrow = at.date() + ONE_DAY
    _move_class(gone, kept, tomorrow, at)
    _move_numbers(gone, kept)
    for guardian in Guardian.objects.filter(child=gone):
        Guardian.objects.get_or_create(
            child=kept, name=guardian.name, defaults={"relation": guardian.relation, "phone": guardian.phone}
        )
    _move_home(gone, kept, tomorrow, at)
    _move_groups(gone, kept, tomorrow, at)


def _move_class(gone: Child, kept: Child, day: date, at: datetime) -> None:
    sits = Enrolment.objects.filter(child=gone, until__isnull=True).select_related("class_group").first()
    rolled = OnRoll.objects.filter(child=gone, until__isnull=True).select_related("school").first()
    leave_class(gone, day, at)
    leave_roll(gone, day, at)
    if sits and not Enrolment.objects.filter(child=kept, until__isnull=True).exists():
        join_class(kept, sits.class_group, max(day, sits.from_day), "重复记录合并", at)
    if rolled and not OnRoll.objects.filter(child=kept, until__isnull=True).exists():
        join_roll(kept, rolled.school, max(day, rolled.from_day), at, elsewhere=rolled.elsewhere)


def _move_numbers(gone: Child, kept: Child) -> None:
    known = Known(
        kept.name,
        gone.sex or None,
        gone.birth_on,
        gone.identity_no(),
        gone.enrolment_no or "",
        gone.household,
    )
    gone.enrolment_no = None
    gone.keep_identity_no("")
    gone.save()
    fill_gaps(kept, known)


def _move_home(gone: Child, kept: Child, day: date, at: datetime) -> None:
    """Where it lives and sleeps, and who answers for it by name."""
    for home in Residence.objects.filter(child=gone, until=None):
        Residence.objects.filter(pk=home.pk).update(until=day)
        if not Residence.objects.filter(child=kept, until=None).exists():
            Residence.objects.create(child=kept, place=home.place, from_day=home.from_day)
    for bed in Boarding.objects.filter(child=gone, until=None):
        Boarding.objects.filter(pk=bed.pk).update(until=day)
        if not Boarding.objects.filter(child=kept, until=None).exists():
            Boarding.objects.create(child=kept, house=bed.house, from_day=bed.from_day)
    for named in Assigned.objects.filter(child=gone, until=None):
        Assigned.objects.filter(pk=named.pk).update(until=day)
        if not Assigned.objects.filter(child=kept, until=None, post=named.post).exists():
            Assigned.objects.create(
                child=kept, person=named.person, post=named.post, from_day=day, by=named.by, recorded_at=at
            )


def _move_groups(gone: Child, kept: Child, day: date, at: datetime) -> None:
    for row in InKeyGroup.objects.filter(child=gone, until=None):
        InKeyGroup.objects.filter(pk=row.pk).update(until=day)
        if not InKeyGroup.objects.filter(child=kept, until=None, group=row.group).exists():
            InKeyGroup.objects.create(
                child=kept, group=row.group, from_day=row.from_day, note=row.note, by=row.by, recorded_at=at
            )


# Refusals.


def _numbers_disagree(gone: Child, kept: Child) -> Refusal | None:
    # The number that stays is the only one anybody finds the child by: none is dropped unseen.
    known = (
        ("identity_index", "身份证件号", "identity numbers"),
        ("enrolment_no", "学籍号", "enrolment numbers"),
        ("birth_on", "出生日期", "dates of birth"),
    )
    for column, zh, en in known:
        one, other = getattr(gone, column), getattr(kept, column)
        if one and other and one != other:
            return Refusal(
                "NOT_THE_SAME",
                f"两条记录的{zh}不同；不是同一名学生，或有一条写错了：先核对更正，再合并。",
                f"The {en} differ: not one child, or one of them is wrong; put that right first.",
            )
    return None


def _case_would_vanish(gone: Child, kept: Child, on: date) -> Refusal | None:
    leaving, staying = standing(gone, on), standing(kept, on)
    if leaving.case is None:
        return None
    never = leaving.case.stage is Stage.NEVER_ENROLLED
    if never and (staying.in_class or staying.case is not None):
        return None
    return Refusal(
        "HAS_A_CASE",
        f"要并掉的记录有在办个案 {leaving.case.number}；请保留这一条，两条都有个案的先销号一件。",
        f"The record that would go has an open case, {leaving.case.number}; keep that one.",
    )


def _under_way(gone: Child, kept: Child, on: date) -> Refusal | None:
    changes = EnrolmentChange.objects.filter(child__in=(gone, kept)).prefetch_related("steps")
    going = any(next_step(change) is not None for change in changes)
    if going or live_routes(on).filter(child=gone).exists():
        return Refusal(
            "UNDER_WAY",
            "还有没办结的学籍异动或特殊安置；请先办结或撤回，再合并。",
            "An enrolment change or a special route is under way; settle it first.",
        )
    comes_into_class = standing(gone, on).in_class and not standing(kept, on).in_class
    if comes_into_class and (suspended(kept) or live_routes(on).filter(child=kept).exists()):
        return Refusal(
            "NOT_IN_CLASS_FOR_A_REASON",
            f"{kept.name}正在休学或另有安置，所以不在班里；请先办复学或结束安置，再合并。",
            f"{kept.name} is suspended or taught elsewhere; end that first.",
        )
    return None
