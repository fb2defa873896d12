"""Some schools' part of a roster into the tables, in sets: some statements however many rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid4

from pypinyin import lazy_pinyin
from pypinyin.phrases_dict import phrases_dict

from notoneless.core.terms import Act, EventKind, HouseholdRegister
from notoneless.exchange.classes import grade_of
from notoneless.exchange.rosters import RosterPupil
from notoneless.records.among import Among
from notoneless.records.bulk import insert
from notoneless.records.calendars import county_calendar
from notoneless.records.models import (
    LIVE,
    Child,
    ClassGroup,
    Enrolment,
    EventRecord,
    Guardian,
    Obligation,
    OnRoll,
    Person,
)
from notoneless.records.models.people import SEALED
from notoneless.records.secrets import seal
from notoneless.services.on_roll import retract
from notoneless.services.roster_diff import BACK, ELSEWHERE, GRADES, MOVED, NEW, Diff, Missing, RowPlan

_CHILD = (
    "id",
    "name",
    "name_pinyin",
    "sex",
    "birth_on",
    "identity_no_sealed",
    "identity_index",
    "enrolment_no",
    "household",
)
_GUARDIAN = ("child_id", "name", "relation", "phone")
_STAY = ("child_id", "class_group_id", "from_day", "until", "reason", "recorded_at")
_ROLL = ("child_id", "school_id", "elsewhere", "from_day", "until", "recorded_at")


Classes = dict[tuple[int, str], ClassGroup]  # by school and name


def make_classes(
    rows: Iterable[RowPlan], schools: Collection[int], year: str
) -> tuple[Classes, Counter[int]]:
    """The classes that the rows name, made where they are missing, and how many were made in each school."""
    there = ClassGroup.objects.filter(school__in=schools, school_year=year)
    classes = {(each.school_id, each.name): each for each in there}
    named = {(row.school, row.pupil.class_name) for row in rows if row.what in (NEW, MOVED, BACK)}
    made = ClassGroup.objects.bulk_create(
        [
            ClassGroup(school_id=school, name=name, grade=GRADES[grade_of(name)], school_year=year)
            for school, name in sorted(named - classes.keys())
        ]
    )
    made_here = {(each.school_id, each.name): each for each in made}
    return classes | made_here, Counter(school for school, _ in made_here)


def add_new(found: Diff, classes: Classes, names: Mapping[int, str], at: datetime) -> None:
    """Children we have not had, with guardians, classes and, where it is known, whose roll they are on."""
    since = _first_day(at.date())
    new = [(uuid4(), row) for row in found.rows if row.what == NEW]
    insert(Child, _CHILD, (_child(child, row.pupil, found.indexes) for child, row in new))
    named = ((child, row.pupil) for child, row in new if row.pupil.guardian_name)
    insert(Guardian, _GUARDIAN, ((c, p.guardian_name, "", p.guardian_phone) for c, p in named))
    seats = ((c, classes[row.school, row.pupil.class_name].pk, since, None, "", at) for c, row in new)
    insert(Enrolment, _STAY, seats)
    insert(OnRoll, _ROLL, (roll for c, row in new if (roll := _roll(c, row, names, since, at))))


def bring_up_to_date(
    rows: Iterable[RowPlan], classes: Classes, names: Mapping[int, str], at: datetime
) -> list[UUID]:
    """Children we have: what the roster says and the row does not yet; who came into another class."""
    ours = [(row.child, row) for row in rows if row.child is not None and row.what != ELSEWHERE]
    _fill({child: row for child, row in ours if row.changed})
    moved = {
        child: classes[row.school, row.pupil.class_name] for child, row in ours if row.what in (MOVED, BACK)
    }
    _move(moved, at)
    unlisted = (_roll(child, row, names, at.date(), at) for child, row in ours if not row.on_roll)
    insert(OnRoll, _ROLL, (roll for roll in unlisted if roll))
    return list(moved)


def ask_after(gone: Iterable[Missing], by: Person, at: datetime) -> list[UUID]:
    """Note that these are on the roster no more; who waits for an explanation already is not noted twice.

    Nobody is taken off anything: the enrolment officer owes where each of them is.
    """
    missing = {each.child: each.school for each in gone}
    waiting = Obligation.objects.filter(child__in=missing, act=Act.EXPLAIN, state__in=LIVE)
    asked = set(waiting.values_list("child_id", flat=True))
    kind = EventKind.NOT_ON_ROSTER
    events = [
        EventRecord(child_id=child, kind=kind, place_id=school, happened_at=at, recorded_at=at, by=by)
        for child, school in missing.items()
        if child not in asked
    ]
    EventRecord.objects.bulk_create(events, batch_size=1000)
    return [event.child_id for event in events]


# Rows.


def _child(child: UUID, pupil: RosterPupil, indexes: Mapping[str, bytes]) -> tuple[Any, ...]:
    number = pupil.identity_no
    return (
        child,
        pupil.name,
        sound_of(pupil.name),
        pupil.sex.value if pupil.sex else "",
        pupil.birth_on,
        seal(number, **SEALED, row=child) if number else None,
        indexes[number] if number else None,
        pupil.enrolment_no or None,
        (pupil.household or HouseholdRegister.UNKNOWN).value,
    )


def _roll(
    child: UUID, row: RowPlan, names: Mapping[int, str], since: date, at: datetime
) -> tuple[Any, ...] | None:
    """Whose roll: of the school that the row names, else ours if there is a number; else nobody knows."""
    pupil = row.pupil
    if pupil.roll_at and pupil.roll_at != names[row.school]:
        return (child, None, pupil.roll_at, since, None, at)
    if pupil.guest or not pupil.enrolment_no:
        return None
    return (child, row.school, "", since, None, at)


def _fill(rows: Mapping[UUID, RowPlan]) -> None:
    children = Child.objects.filter(Among("id", rows)) if rows else ()
    for child in children:
        _fill_one(child, rows[child.pk])


def _fill_one(child: Child, row: RowPlan) -> None:
    pupil = row.pupil
    if "姓名" in row.changed:
        child.name, child.name_pinyin = pupil.name, sound_of(pupil.name)
    child.sex = child.sex or pupil.sex or ""
    child.birth_on = child.birth_on or pupil.birth_on
    child.enrolment_no = pupil.enrolment_no or child.enrolment_no
    child.household = pupil.household or child.household
    if "身份证件号" in row.changed:
        child.keep_identity_no(pupil.identity_no)
    child.save()
    if pupil.guardian_name and {"监护人", "监护人电话"} & set(row.changed):
        phone = {"phone": pupil.guardian_phone} if pupil.guardian_phone else {}
        Guardian.objects.update_or_create(child=child, name=pupil.guardian_name, defaults=phone)


def _move(moved: Mapping[UUID, ClassGroup], at: datetime) -> None:
    """Into other classes from today; a stay begun this very day is simply put right."""
    if not moved:
        return
    on = at.date()
    stays = Enrolment.objects.filter(Among("child_id", moved), until__isnull=True)
    begun = [stay for stay in stays.select_related("class_group") if stay.from_day >= on]
    for stay in begun:
        retract(stay, at)
        stay.class_group, stay.recorded_at = moved[stay.child_id], at
    Enrolment.objects.bulk_update(begun, ["class_group", "recorded_at"], batch_size=500)
    stays.filter(from_day__lt=on).update(until=on, end_recorded_at=at)
    already = {stay.child_id for stay in begun}
    new = ((child, to.pk, on, None, "名册编班", at) for child, to in moved.items() if child not in already)
    insert(Enrolment, _STAY, new)


def _first_day(on: date) -> date:
    """A pupil new to us was there since the term began, so that the term's earlier sheets can follow."""
    term = county_calendar().term_of(on)
    return term.first_day if term else on


def sound_of(name: str) -> str:
    """The name in pinyin without tones; read as a whole where it holds a phrase that reads otherwise."""
    return "".join(lazy_pinyin(name)) if _has_phrase(name) else "".join(map(_reading, name))


def _has_phrase(name: str) -> bool:
    for start in range(len(name) - 1):
        for end in range(start + 2, len(name) + 1):
            if name[start:end] in phrases_dict:
                return True
    return False


@lru_cache(maxsize=8192)
def _reading(character: str) -> str:
    return "".join(lazy_pinyin(character))


def changed_children(rows: Iterable[RowPlan]) -> Iterator[UUID]:
    """The children we have whose rows will be written, so that they can be held first."""
    for row in rows:
        if row.child is not None and (row.changed or row.what in (MOVED, BACK)):
            yield row.child
