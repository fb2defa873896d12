"""单位与班级: added and changed at and below one's own place, each kind where it belongs in the tree."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from notoneless.core.terms import PlaceKind
from notoneless.records.access import Thing, Verb
from notoneless.records.models import ClassGroup, JournalEntry, Person, Place, not_closed
from notoneless.services.finding import the_person
from notoneless.services.permissions import require
from notoneless.services.refusals import Refusal
from notoneless.services.transactions import one_act

_K = PlaceKind
# What may lie directly below what.
BELOW: Mapping[PlaceKind, tuple[PlaceKind, ...]] = {
    _K.PROVINCE: (_K.CITY, _K.COUNTY),
    _K.CITY: (_K.COUNTY,),
    _K.COUNTY: (_K.TOWNSHIP, _K.SCHOOL),
    _K.TOWNSHIP: (_K.VILLAGE, _K.CENTRAL_SCHOOL, _K.SCHOOL),
    _K.VILLAGE: (_K.SCHOOL,),
    _K.CENTRAL_SCHOOL: (_K.SCHOOL,),
    _K.SCHOOL: (_K.TEACHING_POINT, _K.GRADE, _K.BOARDING_HOUSE),
    _K.TEACHING_POINT: (_K.BOARDING_HOUSE,),
    _K.GRADE: (),
    _K.BOARDING_HOUSE: (),
}
GRADES = range(1, 10)


@one_act
def add_place(
    *,
    by: Person | int,
    parent: Place,
    kind: PlaceKind,
    name: str,
    code: str = "",
    grade: int | None = None,
    at: datetime,
) -> Place:
    """A place below another; the same name and kind there again is the same place. Raises Refusal.

    `grade` is for a place of kind GRADE alone; without a `code` one is made from the place above.
    """
    who = the_person(by)
    require(who, Thing.PLACE, Verb.CHANGE, parent, at.date())
    name = _name(name)
    _refuse_below(parent, kind)
    refuse_closed(parent, at.date())
    number = _grade(grade) if kind is PlaceKind.GRADE else None
    same = Place.objects.filter(not_closed(at.date()), parent=parent, kind=kind, name=name).first()
    if same is not None:
        return same
    code = _free_code(code) if code.strip() else _code(parent, kind)
    made = Place(parent=parent, kind=kind, name=name, code=code, grade=number)
    made.save()
    _journal("ADD_PLACE", who, "place", made.pk, at, {"kind": kind.value, "parent": parent.pk})
    return made


@one_act
def change_place(
    *, by: Person | int, place: Place, name: str, code: str = "", grade: int | None = None, at: datetime
) -> Place:
    """Write another name, and code or grade where one is given; as it is changes nothing. Raises Refusal."""
    who = the_person(by)
    require(who, Thing.PLACE, Verb.CHANGE, place, at.date())
    changed = Place.objects.select_for_update().get(pk=place.pk)
    was = {"was": changed.name, "code": changed.code, "grade": changed.grade}
    changed.name = _name(name)
    if code.strip() and code.strip() != changed.code:
        changed.code = _free_code(code)
    if changed.kind is PlaceKind.GRADE and grade is not None:
        changed.grade = _grade(grade)
    if was == {"was": changed.name, "code": changed.code, "grade": changed.grade}:
        return changed
    changed.save(update_fields=["name", "code", "grade"])
    _journal("RENAME_PLACE", who, "place", place.pk, at, {**was})
    return changed


@one_act
def add_class(
    *,
    by: Person | int,
    school: Place,
    grade: int,
    name: str,
    school_year: str,
    teaching_point: Place | None = None,
    at: datetime,
) -> ClassGroup:
    """A class of a school in a school year ("2026-2027"); again gives the first. Raises Refusal."""
    who = the_person(by)
    require(who, Thing.PLACE, Verb.CHANGE, school, at.date())
    if school.kind != PlaceKind.SCHOOL:
        raise Refusal("NO_CLASSES_HERE", "班级只设在学校里。", "Only schools have classes.")
    refuse_closed(school, at.date())
    _refuse_point(school, teaching_point, at.date())
    made, new = ClassGroup.objects.get_or_create(
        school=school,
        school_year=school_year,
        name=_name(name)[:60],
        defaults={"grade": _grade(grade), "teaching_point": teaching_point},
    )
    if new:
        _journal("ADD_CLASS", who, "class_group", made.pk, at, {"school": school.pk, "grade": grade})
    return made


@one_act
def change_class(
    *,
    by: Person | int,
    class_group: ClassGroup,
    name: str,
    grade: int,
    teaching_point: Place | None,
    at: datetime,
) -> ClassGroup:
    """Write another name, grade or teaching point. Raises Refusal where the year has a class of that name."""
    who = the_person(by)
    require(who, Thing.PLACE, Verb.CHANGE, class_group.school, at.date())
    name = _name(name)[:60]
    _refuse_point(class_group.school, teaching_point, at.date())
    there = ClassGroup.objects.filter(
        school=class_group.school, school_year=class_group.school_year, name=name
    )
    if there.exclude(pk=class_group.pk).exists():
        raise Refusal(
            "NAME_TAKEN",
            f"{class_group.school.name}本学年已有{name}；请换一个名称。",
            f"{class_group.school.name} has a class {name} this year; choose another name.",
        )
    was = _as_it_is(class_group)
    class_group.name, class_group.grade = name, _grade(grade)
    class_group.teaching_point = teaching_point
    if was == _as_it_is(class_group):
        return class_group
    class_group.save(update_fields=["name", "grade", "teaching_point"])
    _journal("RENAME_CLASS", who, "class_group", class_group.pk, at, was)
    return class_group


def _as_it_is(class_group: ClassGroup) -> dict[str, object]:
    return {
        "was": class_group.name,
        "grade": class_group.grade,
        "teaching_point": class_group.teaching_point_id,
    }


def refuse_closed(place: Place | None, on: date) -> None:
    """Refuse a place that is closed on a day, and say what took its place. Raises Refusal."""
    if place is None or not place.is_closed(on):
        return
    into = place.merged_into
    zh = f"，已并入{into.name}" if into else ""
    en = f" and merged into {into.name}" if into else ""
    raise Refusal(
        "PLACE_CLOSED",
        f"{place.name}自 {place.closed_on} 起已撤销{zh}；请另选单位。",
        f"{place.name} is closed from {place.closed_on}{en}; choose another place.",
    )


def _refuse_point(school: Place, teaching_point: Place | None, on: date) -> None:
    refuse_closed(teaching_point, on)
    if teaching_point is not None and not school.contains(teaching_point):
        raise Refusal(
            "NOT_OF_THIS_SCHOOL",
            f"{teaching_point.name}不是{school.name}的教学点。",
            f"{teaching_point.name} is no teaching point of {school.name}.",
        )


def _grade(grade: int | None) -> int:
    if grade not in GRADES:
        raise Refusal("NO_GRADE", "年级应为 1 到 9。", "A grade is one of 1 to 9.")
    assert grade is not None  # None is in no range
    return grade


def _free_code(code: str) -> str:
    code = code.strip()[:40]
    if Place.objects.filter(code=code).exists():
        raise Refusal(
            "CODE_TAKEN",
            f"代码 {code} 已用于另一个单位；请核对。",
            f"The code {code} belongs to another place; check it.",
        )
    return code


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise Refusal("NO_NAME", "请填写名称。", "Write the name.")
    return name[:100]


def _refuse_below(parent: Place, kind: PlaceKind) -> None:
    if kind not in BELOW[parent.kind]:
        zh = "、".join(each.zh for each in BELOW[parent.kind]) or "（没有）"
        en = ", ".join(each.en for each in BELOW[parent.kind]) or "nothing"
        raise Refusal(
            "NOT_BELOW_THAT",
            f"{parent.kind.zh}下面可以设：{zh}。",
            f"Below a {parent.kind.en} there may be: {en}.",
        )


def _code(parent: Place, kind: PlaceKind) -> str:
    """A code of our own for what has no official one: "3501210001-GRADE-2"."""
    prefix = f"{parent.code[:24]}-{kind.value}-"
    taken = set(Place.objects.filter(code__startswith=prefix).values_list("code", flat=True))
    return next(code for n in range(1, len(taken) + 2) if (code := f"{prefix}{n}") not in taken)


def _journal(act: str, who: Person, kind: str, number: int, at: datetime, body: dict[str, object]) -> None:
    JournalEntry.objects.create(at=at, by=who, act=act, subject_kind=kind, subject_id=str(number), body=body)
