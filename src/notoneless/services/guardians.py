"""监护人: who looks after a child at home, and a telephone number that two people change at once."""

from __future__ import annotations

from datetime import datetime

from notoneless.records.access import Thing, Verb
from notoneless.records.models import Child, Guardian, JournalEntry, Person
from notoneless.services.assessments import hold
from notoneless.services.finding import the_person
from notoneless.services.people import wrote_phone
from notoneless.services.permissions import require
from notoneless.services.refusals import Refusal
from notoneless.services.transactions import one_act


@one_act
def add_guardian(
    *, by: Person | int, child: Child, name: str, relation: str = "", phone: str = "", at: datetime
) -> Guardian:
    """Write down a guardian; one of the same name is that one, given the number if it has none.

    Raises Refusal.
    """
    who = the_person(by)
    require(who, Thing.CHILD, Verb.CHANGE, child, at.date())
    name = " ".join(name.split())
    if not name:
        raise Refusal("NO_NAME", "请填写监护人姓名。", "Write the guardian's name.")
    hold([child.pk])
    known = Guardian.objects.filter(child=child, name=name).first()
    if known is not None:
        if phone.strip() and not known.phone:
            return change_guardian_phone(by=who, guardian=known, phone=phone, before="", at=at)
        return known
    made = Guardian.objects.create(
        child=child, name=name[:60], relation=relation.strip()[:30], phone=phone.strip()[:30]
    )
    _journal("ADD_GUARDIAN", who, made, at)
    return made


@one_act
def change_guardian_phone(
    *, by: Person | int, guardian: Guardian, phone: str, before: str, at: datetime
) -> Guardian:
    """Write a guardian's number; `before` is the one that was shown. Raises ChangedMeanwhile, Refusal."""
    who = the_person(by)
    require(who, Thing.CHILD, Verb.CHANGE, guardian.child, at.date())
    if wrote_phone(guardian, phone, before):
        _journal("CHANGE_GUARDIAN_PHONE", who, guardian, at)
    return guardian


def _journal(act: str, who: Person, guardian: Guardian, at: datetime) -> None:
    JournalEntry.objects.create(
        at=at,
        by=who,
        act=act,
        subject_kind="child",
        subject_id=str(guardian.child_id),
        body={"guardian": guardian.pk},
    )
