"""补全: what is written of a child put right or filled in, each column by whoever may see it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from notoneless.core.terms import HouseholdRegister, Sex
from notoneless.records.access import Fields, Thing, Verb
from notoneless.records.models import Child, Enrolment, JournalEntry, OnRoll, Person
from notoneless.records.scopes import fields_for
from notoneless.services.assessments import hold
from notoneless.services.child_record import Known, checked
from notoneless.services.doubles import doubles_of
from notoneless.services.finding import the_child, the_person
from notoneless.services.on_roll import join_roll
from notoneless.services.permissions import refusal, require
from notoneless.services.refusals import Refusal
from notoneless.services.roster_writing import sound_of
from notoneless.services.transactions import one_act

Written = Mapping[str, str]  # by column, as text; what a page showed, or what somebody wrote
COLUMNS: Mapping[str, tuple[str, str]] = {
    "name": ("姓名", "name"),
    "sex": ("性别", "sex"),
    "birth_on": ("出生日期", "date of birth"),
    "enrolment_no": ("学籍号", "enrolment number"),
    "household": ("户籍类型", "household register"),
}


def as_written(child: Child) -> dict[str, str]:
    """What stands now, as `before` carries it."""
    return {
        "name": child.name,
        "sex": child.sex or "",
        "birth_on": str(child.birth_on or ""),
        "enrolment_no": child.enrolment_no or "",
        "household": str(child.household),
    }


@one_act
def complete(
    *,
    by: Person | int,
    child: Child | UUID,
    values: Written,
    before: Written,
    at: datetime,
    identity_no: str = "",
) -> tuple[str, ...]:
    """Write the columns that differ from `before`, what was shown; which these were. Raises Refusal.

    What somebody else wrote meanwhile in another column stays; in the same one both are told. An identity
    number comes only from whoever is shown them, and only where it was not known or is put right.
    """
    person, pupil = the_person(by), the_child(child)
    require(person, Thing.CHILD, Verb.CHANGE, pupil, at.date())
    hold([pupil.pk])
    pupil.refresh_from_db()
    stands = as_written(pupil)
    mine = {name: values[name].strip() for name in COLUMNS if values[name].strip() != before[name]}
    _refuse_crossed(mine, before, stands)
    if identity_no.strip() and Fields.IDENTITY not in fields_for(person, pupil, at.date()):
        raise Refusal(
            "NOT_YOUR_FIELDS",
            "身份证件号由学籍管理员登记。",
            "The enrolment officer enters the identity number.",
        )
    plain = _checked({**stands, **mine}, identity_no or pupil.identity_no(), at.date())
    _refuse_taken(person, pupil, plain, at.date())
    changed = _write(pupil, plain, stands)
    if "enrolment_no" in changed:
        _on_our_roll(person, pupil, at)
    if changed:
        JournalEntry.objects.create(
            at=at,
            by=person,
            act="COMPLETE_CHILD",
            subject_kind="child",
            subject_id=str(pupil.pk),
            body={"columns": list(changed)},
        )
    return changed


def _on_our_roll(person: Person, child: Child, at: datetime) -> None:
    """Whose enrolment number has come is on the roll of the school it attends, if on none so far."""
    sits = (
        Enrolment.objects.filter(child=child, until__isnull=True)
        .select_related("class_group__school")
        .first()
    )
    listed = OnRoll.objects.filter(child=child, until__isnull=True).exists()
    if sits is None or listed or not child.enrolment_no:
        return
    school = sits.class_group.school
    if refusal(person, Thing.CHANGE, Verb.ASK, school, at.date()) is None:
        join_roll(child, school, at.date(), at)


def _checked(values: Written, identity_no: str, on: date) -> Known:
    known = Known(
        values["name"],
        Sex(values["sex"]) if values["sex"] else None,  # type: ignore[call-arg]
        date.fromisoformat(values["birth_on"]) if values["birth_on"] else None,
        identity_no,
        values["enrolment_no"],
        HouseholdRegister(values["household"]),  # type: ignore[call-arg]
    )
    return checked(known, on)


def _write(child: Child, known: Known, stands: Written) -> tuple[str, ...]:
    child.name, child.name_pinyin = known.name, sound_of(known.name)
    child.sex, child.birth_on = known.sex or "", known.birth_on
    child.enrolment_no = known.enrolment_no or None
    child.household = known.household or HouseholdRegister.UNKNOWN
    index = child.identity_index
    child.keep_identity_no(known.identity_no)
    child.save()
    changed = [name for name, value in as_written(child).items() if value != stands[name]]
    return (*changed, *(["identity_no"] if child.identity_index != index else []))


# Refusals.


def _refuse_crossed(mine: Written, before: Written, stands: Written) -> None:
    crossed = [name for name in mine if stands[name] not in (before[name], mine[name])]
    if crossed:
        zh = "；".join(
            f"{COLUMNS[n][0]}：现在是“{stands[n] or '空'}”，您写的是“{mine[n] or '空'}”" for n in crossed
        )
        en = "; ".join(f"{COLUMNS[n][1]}: now {stands[n] or '—'}, yours {mine[n] or '—'}" for n in crossed)
        raise Refusal(
            "CROSSED",
            f"别人刚改过同一处。{zh}。请核对，再提交一次就按您写的记。",
            f"Somebody has just changed the same. {en}. Check; sent again, yours is kept.",
        )


def _refuse_taken(person: Person, child: Child, known: Known, on: date) -> None:
    found = doubles_of(person, known, on, but=child.pk)
    same = next((each for each in found if each.sure), None)
    if same is not None:
        place = f"（{same.where}）" if same.where else ""
        raise Refusal(
            "NUMBER_TAKEN",
            f"这个号码已在另一条记录上：{same.child.name}{place}。是同一名学生的，请合并重复记录；不是的请核对号码。",
            f"Another record has this number: {same.child.name}{f', {same.where}' if same.where else ''}. "
            "If it is the same child, make one record of the two; if not, check the number.",
        )
