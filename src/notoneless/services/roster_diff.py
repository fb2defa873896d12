"""A roster beside what stands: who is new, moved, changed, gone, or belongs to another school."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple
from uuid import UUID

from notoneless.exchange.classes import grade_of
from notoneless.exchange.problems import Problem
from notoneless.exchange.rosters import Roster, RosterPupil
from notoneless.records.models import Place
from notoneless.services.roster_standing import Known, Standing

# What a row does: a child we have not had; as it stands; into another class; into a class again;
# out of class for a reason that goes on; in another school, to be asked for by transfer.
NEW, KNOWN, MOVED, BACK, OUT, ELSEWHERE = "NEW", "KNOWN", "MOVED", "BACK", "OUT", "ELSEWHERE"
CHANGED, GONE = "CHANGED", "GONE"
GRADES = {
    **{f"{numeral}年级": number for number, numeral in enumerate("一二三四五六七八九", 1)},
    **{f"初{numeral}": number for number, numeral in enumerate("一二三", 7)},
}


class RowPlan(NamedTuple):
    """What one row of the roster will do."""

    pupil: RosterPupil
    what: str
    child: UUID | None
    school: int
    changed: tuple[str, ...] = ()  # which columns say otherwise than what stands
    held_by: str = ""  # the school of a child that is elsewhere
    on_roll: bool = False  # of any school


class Missing(NamedTuple):
    """A child in one of the roster's classes whom the roster does not have."""

    child: UUID
    name: str
    school: int
    class_name: str


class Diff(NamedTuple):
    """All of a roster beside what stands."""

    rows: tuple[RowPlan, ...]
    gone: tuple[Missing, ...]
    problems: tuple[Problem, ...]
    indexes: Mapping[str, bytes]  # by which each identity number of the roster is found


def compare(
    roster: Roster,
    schools: Mapping[str, Place],
    year: str,
    on: date,
    *,
    whole: bool,
    alone: Place | None = None,
) -> Diff:
    """The roster against what stands in these schools, by their names.

    `alone`: the one school whose roster it is, which needs no school column. `whole`: the roster has all
    classes of its schools, so that whoever is in none of its rows is missing; else only those it names.
    Reads a fixed number of times, however long the roster.
    """
    known = Known(roster.pupils, schools, on, whole=whole, alone=alone)
    rows: list[RowPlan] = []
    problems: list[Problem] = []
    seen: set[UUID] = set()
    for pupil in roster.pupils:
        school = schools.get(pupil.school) if pupil.school else alone
        there = known.child_of(pupil, school.pk) if school else None
        wrong = _no_such_school(pupil, alone) if school is None else _wrong(pupil, there, seen, year)
        if wrong or school is None:
            problems.append(_problem(roster, pupil, wrong))
            continue
        row = _plan(known, pupil, there, school, year)
        if there is not None:
            seen.add(there.child)
        if "姓名" in row.changed and there is not None:
            problems.append(_renamed(roster, pupil, there))
        rows.append(row)
    return Diff(tuple(rows), tuple(_missing(rows, known, seen, year, whole)), tuple(problems), known.indexes)


def _plan(known: Known, pupil: RosterPupil, there: Standing | None, school: Place, year: str) -> RowPlan:
    """What the row does."""
    if there is None:
        return RowPlan(pupil, NEW, None, school.pk)
    rolled = known.rolled.get(there.child) or 0
    holder = there.school or (0 if pupil.guest else rolled)
    if holder not in (0, school.pk):
        return RowPlan(pupil, ELSEWHERE, there.child, school.pk, held_by=known.name_of(holder))
    changed = tuple(_changed(known, pupil, there))
    if not there.school:
        what = OUT if there.child in known.kept_out else BACK
    else:
        what = KNOWN if (there.class_name, there.school_year) == (pupil.class_name, year) else MOVED
    return RowPlan(pupil, what, there.child, school.pk, changed, on_roll=there.child in known.rolled)


def _changed(known: Known, pupil: RosterPupil, there: Standing) -> Iterator[str]:
    if pupil.name != there.name:
        yield "姓名"
    if pupil.enrolment_no and pupil.enrolment_no != there.enrolment_no:
        yield "学籍号"
    if pupil.identity_no and known.indexes[pupil.identity_no] != there.identity:
        yield "身份证件号"
    if pupil.sex and not there.sex:
        yield "性别"
    if pupil.birth_on and not there.birth_on:
        yield "出生日期"
    if pupil.household and pupil.household != there.household:
        yield "户籍类型"
    phones = known.phones.get(there.child, {})
    if pupil.guardian_name and pupil.guardian_name not in phones:
        yield "监护人"
    elif pupil.guardian_phone and phones and pupil.guardian_phone not in phones.values():
        yield "监护人电话"


def _no_such_school(pupil: RosterPupil, alone: Place | None) -> str:
    if alone is not None:
        return f"学校写作“{pupil.school}”；本次导入的是{alone.name}，请分开导入或更正学校名称。"
    if not pupil.school:
        return "没有写学校；全县名册每行都要有“学校”一列。"
    return f"本县没有“{pupil.school}”；请更正学校名称，或先登记这所学校。"


def _wrong(pupil: RosterPupil, there: Standing | None, seen: Collection[UUID], year: str) -> str:
    if not pupil.class_name:
        return "没有班级；请填写如“三年级2班”。"
    if grade_of(pupil.class_name) not in GRADES:
        return f"班级“{pupil.class_name}”看不出年级；请写成如“三年级2班”或“初一1班”。"
    if there is None:
        return ""
    if there.child in seen:
        return f"{pupil.name}与前面一行是同一名学生；请核对后只留一行。"
    if there.name != pupil.name and not _same_but_for_name(pupil, there, year):
        return f"学籍号或身份证件号已属于“{there.name}”，这里写作“{pupil.name}”；请核对姓名或号码。"
    return ""


def _same_but_for_name(pupil: RosterPupil, there: Standing, year: str) -> bool:
    """A name may be put right in the same class for a child of the same birthday; else a number is wrong."""
    same_class = (there.class_name, there.school_year) == (pupil.class_name, year)
    return same_class and there.birth_on is not None and there.birth_on == pupil.birth_on


def _renamed(roster: Roster, pupil: RosterPupil, there: Standing) -> Problem:
    message = f"姓名由“{there.name}”改为“{pupil.name}”；请确认是更名，不是填错了号码。"
    return _problem(roster, pupil, message)._replace(severity="WARNING")


def _problem(roster: Roster, pupil: RosterPupil, message: str) -> Problem:
    sheet, _, cell = pupil.cell.rpartition("!")
    return Problem(pupil.file or roster.file, sheet, cell, message)


def _missing(
    rows: Iterable[RowPlan], known: Known, seen: Collection[UUID], year: str, whole: bool
) -> Iterator[Missing]:
    """Who stands in the roster's classes and in none of its rows, in order of class and name."""
    classes = {(row.school, row.pupil.class_name) for row in rows}
    schools = Counter(school for school, _ in classes)
    unseen = [each for each in known.here if each.child not in seen]
    for each in sorted(unseen, key=lambda each: (each.school, each.class_name, each.name)):
        if each.school in schools if whole else (each.school, each.class_name) in classes:
            yield Missing(each.child, each.name, each.school, each.class_name)
