"""单位与班级: added and renamed at and below one's own place, each kind where it belongs in the tree."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from notoneless.core.terms import PlaceKind
from notoneless.records.access import Thing, Verb
from notoneless.records.models import ClassGroup, JournalEntry, Person, Place
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
    if kind is PlaceKind.GRADE and grade not in GRADES:
        raise Refusal("NO_GRADE", "年级应为 1 到 9。", "A grade is one of 1 to 9.")
    same = Place.objects.filter(parent=parent, kind=kind, name=name).first()
    if same is not None:
        return same
    code = code.strip() or _code(parent, kind)
    if Place.objects.filter(code=code).exists():
        raise Refusal(
            "CODE_TAKEN",
            f"代码 {code} 已用于另一个单位；请核对。",
            f"The code {code} belongs to another place; check it.",
        )
    number = grade if kind is PlaceKind.GRADE else None
    made = Place(parent=parent, kind=kind, name=name, code=code[:40], grade=number)
    made.save()
    _journal("ADD_PLACE", who, "place", made.pk, at, {"kind": kind.value, "parent": parent.pk})
    return made


@one_act
def rename_place(*, by: Person | int, place: Place, name: str, at: datetime) -> Place:
    """Write another name. Raises Refusal."""
    who = the_person(by)
    require(who, Thing.PLACE, Verb.CHANGE, place, at.date())
    changed = Place.objects.select_for_update().get(pk=place.pk)
    before, changed.name = changed.name, _name(name)
    changed.save(update_fields=["name"])
    _journal("RENAME_PLACE", who, "place", place.pk, at, {"was": before})
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
    if grade not in GRADES:
        raise Refusal("NO_GRADE", "年级应为 1 到 9。", "A grade is one of 1 to 9.")
    if teaching_point is not None and not school.contains(teaching_point):
        raise Refusal(
            "NOT_OF_THIS_SCHOOL",
            f"{teaching_point.name}不是{school.name}的教学点。",
            f"{teaching_point.name} is no teaching point of {school.name}.",
        )
    made, new = ClassGroup.objects.get_or_create(
        school=school,
        school_year=school_year,
        name=_name(name)[:60],
        defaults={"grade": grade, "teaching_point": teaching_point},
    )
    if new:
        _journal("ADD_CLASS", who, "class_group", made.pk, at, {"school": school.pk, "grade": grade})
    return made


@one_act
def rename_class(*, by: Person | int, class_group: ClassGroup, name: str, at: datetime) -> ClassGroup:
    """Write another name. Raises Refusal where the school has a class of that name this year."""
    who = the_person(by)
    require(who, Thing.PLACE, Verb.CHANGE, class_group.school, at.date())
    name = _name(name)[:60]
    there = ClassGroup.objects.filter(
        school=class_group.school, school_year=class_group.school_year, name=name
    )
    if there.exclude(pk=class_group.pk).exists():
        raise Refusal(
            "NAME_TAKEN",
            f"{class_group.school.name}本学年已有{name}；请换一个名称。",
            f"{class_group.school.name} has a class {name} this year; choose another name.",
        )
    before, class_group.name = class_group.name, name
    class_group.save(update_fields=["name"])
    _journal("RENAME_CLASS", who, "class_group", class_group.pk, at, {"was": before})
    return class_group


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
