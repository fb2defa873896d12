"""说明去向: each child that a roster no longer has is accounted for, one by one."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from notoneless.core.terms import Act, EventKind, Whereabouts
from notoneless.records.access import Thing, Verb
from notoneless.records.models import LIVE, ActRecord, Child, EnrolmentChange, Obligation, Person
from notoneless.services.assessments import Entry, follow_up, hold
from notoneless.services.change_standing import last_step
from notoneless.services.enrolment_facts import answered, stated
from notoneless.services.finding import the_child, the_person
from notoneless.services.on_roll import school_of
from notoneless.services.permissions import require
from notoneless.services.refusals import Refusal
from notoneless.services.transactions import one_act


@one_act
def explain(
    *, by: Person | int, child: Child | UUID, found: Whereabouts, at: datetime, note: str
) -> ActRecord:
    """Say where a child is whom the roster no longer has; what waited for it is met.

    Nothing moves by it: who leaves has a change to be asked for first, who does not attend is stated so.
    Raises Refusal.
    """
    person, pupil = the_person(by), the_child(child)
    school = school_of(pupil, at.date())
    if school is None:
        raise Refusal(
            "NO_SCHOOL", f"{pupil.name}不在任何学校。", f"{pupil.name} is in no school that we keep."
        )
    post = require(person, Thing.CHANGE, Verb.ASK, school, at.date())
    hold([pupil.pk])
    if not Obligation.objects.filter(child=pupil, act=Act.EXPLAIN, state__in=LIVE).exists():
        raise Refusal("NOT_ASKED", f"{pupil.name}没有待说明的去向。", f"Nobody asked where {pupil.name} is.")
    if found is Whereabouts.CHANGING and not _changing(pupil):
        raise Refusal(
            "NO_CHANGE",
            f"{pupil.name}还没有申请异动；请先申请转学、休学等，再说明去向。",
            f"No change of {pupil.name} has been asked for; ask for it first.",
        )
    if not note.strip():
        raise Refusal("NO_REASON", "请写明怎样核实的。", "Write down how you found out.")
    act = answered(pupil, Act.EXPLAIN, person, post, at, f"{found.zh}：{note}")
    if found is Whereabouts.NOT_ATTENDING:
        stated(pupil, EventKind.ON_ROLL_NOT_ATTENDING, None, at, person, at, note=note)
    body: dict[str, object] = {"act": str(act.pk), "found": found.value}
    follow_up([pupil.pk], as_of=at, entry=Entry("EXPLAIN", "child", str(pupil.pk), body, person))
    return act


def _changing(child: Child) -> bool:
    changes = EnrolmentChange.objects.filter(child=child).prefetch_related("steps")
    return any(last_step(change).value not in ("REFUSED", "WITHDRAWN") for change in changes)
