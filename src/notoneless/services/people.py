"""人员: somebody new, and a telephone number that two people change at once."""

from __future__ import annotations

from datetime import date, datetime

from notoneless.records.access import Thing, Verb
from notoneless.records.models import Guardian, JournalEntry, Person, Place, PostHeld
from notoneless.records.scopes import live
from notoneless.services.appointing import place_of, spot_of
from notoneless.services.finding import the_person
from notoneless.services.permissions import require
from notoneless.services.refusals import Refusal
from notoneless.services.transactions import one_act


class ChangedMeanwhile(Refusal):
    """Somebody else changed the number since it was shown; `now_is` is what stands there now."""

    def __init__(self, now_is: str) -> None:
        super().__init__(
            "CHANGED_MEANWHILE",
            "电话号码刚被别人改过；两个号码都在下面，请选定一个。",
            "Somebody has just changed this number; both are shown below, choose one.",
        )
        self.now_is = now_is


@one_act
def add_person(*, by: Person | int, place: Place, name: str, phone: str = "", at: datetime) -> Person:
    """A person for posts at a place. Somebody with the same name and telephone is that person.

    Raises Refusal where the number is another person's.
    """
    who = the_person(by)
    require(who, Thing.PEOPLE, Verb.APPOINT, place, at.date())
    name, phone = name.strip(), phone.strip()
    if not name:
        raise Refusal("NO_NAME", "请填写姓名。", "Write the name.")
    if phone and (known := Person.objects.filter(phone=phone).first()) is not None:
        if known.name == name:
            return known
        raise Refusal(
            "PHONE_TAKEN",
            "这个电话已登记在另一个人名下；请核对姓名和号码。",
            "This number is another person's; check the name and the number.",
        )
    person = Person.objects.create(name=name[:60], phone=phone[:30])
    _journal("ADD_PERSON", who, person, at, {"place": place.pk})
    return person


@one_act
def change_phone(*, by: Person | int, person: Person | int, phone: str, before: str, at: datetime) -> Person:
    """Write a telephone number; `before` is the one that was shown. Raises ChangedMeanwhile, Refusal."""
    who, whom = the_person(by), the_person(person)
    if (refusal := may_change(who, whom, at.date())) is not None:
        raise refusal
    if wrote_phone(whom, phone, before):
        _journal("CHANGE_PHONE", who, whom, at, {})
    return whom


def wrote_phone(row: Person | Guardian, phone: str, before: str) -> bool:
    """Write the number if `before` still stands; whether that changed it. Raises ChangedMeanwhile."""
    phone = phone.strip()[:30]
    changed = type(row).objects.filter(pk=row.pk, phone=before).update(phone=phone)
    row.refresh_from_db(fields=["phone"])
    if not changed and row.phone != phone:
        raise ChangedMeanwhile(row.phone)
    return bool(changed) and phone != before


def may_change(by: Person, person: Person, on: date) -> Refusal | None:
    """Why `by` may not change what is written of this person, or None: oneself, or whoever appoints there."""
    if by.pk == person.pk:
        return None
    held = PostHeld.objects.filter(live(on), person=person).select_related("place", "class_group__school")
    for place in (place_of(spot_of(row)) for row in held):
        try:
            require(by, Thing.PEOPLE, Verb.APPOINT, place, on)
        except Refusal:
            continue
        return None
    return Refusal(
        "NOT_YOUR_PERSON",
        f"{person.name}的登记由本人、本单位教导处或校长、上级部门修改。",
        f"What is written of {person.name} is changed by themselves, their school's office or those above.",
    )


def _journal(act: str, who: Person, person: Person, at: datetime, body: dict[str, object]) -> None:
    JournalEntry.objects.create(
        at=at, by=who, act=act, subject_kind="person", subject_id=str(person.pk), body=body
    )
