"""花名册 in: who is new, who is known, who changed class; committed whole or not at all."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from os import PathLike
from typing import Any, NamedTuple

from pypinyin import lazy_pinyin

from notoneless.exchange.classes import grade_of
from notoneless.exchange.problems import Problem
from notoneless.exchange.rosters import Roster, RosterPupil, read_roster
from notoneless.records.calendars import county_calendar
from notoneless.records.models import Child, ClassGroup, Enrolment, Guardian, Person, Place
from notoneless.records.secrets import blind_index
from notoneless.services.assessments import Entry, follow_up
from notoneless.services.finding import the_person
from notoneless.services.imported_once import digest_of, earlier, refuse_import, remember
from notoneless.services.transactions import one_act

KIND = "ROSTER"
NEW, KNOWN, MOVED = "NEW", "KNOWN", "MOVED"
GRADES = {
    **{f"{numeral}年级": number for number, numeral in enumerate("一二三四五六七八九", 1)},
    **{f"初{numeral}": number for number, numeral in enumerate("一二三", 7)},
}


class RowPlan(NamedTuple):
    """What one row of the roster will do."""

    pupil: RosterPupil
    what: str  # NEW, KNOWN or MOVED to another class
    child: Child | None


class RosterPreview(NamedTuple):
    """A roster as it would be taken in; commit only if nothing in it is an error."""

    file: str
    school: Place
    roster: Roster
    rows: tuple[RowPlan, ...]
    problems: tuple[Problem, ...]
    digest: str

    @property
    def usable(self) -> bool:
        """Whether nothing keeps the file out."""
        return all(problem.severity != "ERROR" for problem in self.problems)

    def count(self, what: str) -> int:
        """How many rows are NEW, KNOWN or MOVED."""
        return sum(row.what == what for row in self.rows)


def preview_roster(
    path: str | PathLike[str], school: Place, at: datetime, *, file: str = ""
) -> RosterPreview:
    """What a roster would bring to a school; writes nothing. Raises Unreadable if nobody could read it."""
    roster = read_roster(path, file=file, as_of=at)
    rows, found = _plan(roster, school, at.date())
    digest = digest_of(repr(pupil._replace(cell="", row=0, file="")) for pupil in roster.pupils)
    return RosterPreview(roster.file, school, roster, rows, (*roster.problems, *found), digest)


@one_act
def commit_roster(*, by: Person | int, preview: RosterPreview, at: datetime) -> dict[str, Any]:
    """Take the roster in: {"new": n, "known": n, "moved": n, "classes": n}.

    The same file again changes nothing and gives the same answer. Raises Refusal, and then nothing of the
    file is taken in.
    """
    person, school = the_person(by), preview.school
    # The school may have changed since the preview was shown, so that it is planned again.
    rows, found = _plan(preview.roster, school, at.date())
    refuse_import(person, school, (*preview.roster.problems, *found), at)
    if (before := earlier(school, KIND, preview.digest)) is not None:
        return before
    classes, made = _classes(rows, school, at.date())
    moved = _enrol(rows, classes, at.date())
    tally = Counter(row.what for row in rows)
    result = {"new": tally[NEW], "known": tally[KNOWN], "moved": tally[MOVED], "classes": made}
    remember(school, KIND, preview.digest, preview.file, at, person, result)
    body: dict[str, object] = {"digest": preview.digest, **result}
    follow_up(moved, as_of=at, entry=Entry("IMPORT_ROSTER", "place", str(school.pk), body, person))
    return result


def school_year_of(day: date) -> str:
    """ "2025-2026", from September to August."""
    first = day.year if day.month >= 9 else day.year - 1
    return f"{first}-{first + 1}"


# Planning.


class _Known:
    """The children that rows may be about."""

    def __init__(self, roster: Roster, school: Place, on: date) -> None:
        numbers = [p.enrolment_no for p in roster.pupils if p.enrolment_no]
        indexes = [blind_index(p.identity_no) for p in roster.pupils if p.identity_no]
        everybody = Child.objects.all()
        self.by_number = {c.enrolment_no: c for c in everybody.filter(enrolment_no__in=numbers)}
        self.by_index = {
            bytes(c.identity_index or b""): c for c in everybody.filter(identity_index__in=indexes)
        }
        here = Enrolment.objects.filter(class_group__school=school, until__isnull=True)
        self.by_name: dict[tuple[str, str], list[Child]] = defaultdict(list)
        for row in here.select_related("child", "class_group"):
            self.by_name[row.class_group.name, row.child.name].append(row.child)
        found = [
            *self.by_number.values(),
            *self.by_index.values(),
            *(c for named in self.by_name.values() for c in named),
        ]
        current = Enrolment.objects.filter(child__in=found, until__isnull=True)
        self.enrolled = {row.child_id: row for row in current.select_related("class_group__school")}

    def child_of(self, pupil: RosterPupil) -> Child | None:
        """By enrolment number, else identity number, else the only one of that name in the class."""
        if pupil.enrolment_no and pupil.enrolment_no in self.by_number:
            return self.by_number[pupil.enrolment_no]
        if pupil.identity_no and (same := self.by_index.get(blind_index(pupil.identity_no))):
            return same
        named = self.by_name.get((pupil.class_name, pupil.name), [])
        alone = named[0] if len(named) == 1 else None
        # A number that the file gives and the child does not have says that they are two children.
        if alone and pupil.enrolment_no and alone.enrolment_no not in (None, pupil.enrolment_no):
            return None
        return alone


def _plan(roster: Roster, school: Place, on: date) -> tuple[tuple[RowPlan, ...], list[Problem]]:
    known = _Known(roster, school, on)
    rows, problems = [], []
    for pupil in roster.pupils:
        child = known.child_of(pupil)
        wrong = _wrong(pupil, child, school, known)
        if wrong:
            sheet, _, cell = pupil.cell.rpartition("!")
            problems.append(Problem(pupil.file or roster.file, sheet, cell, wrong))
        rows.append(RowPlan(pupil, _what(pupil, child, known, on), child))
    return tuple(rows), problems


def _what(pupil: RosterPupil, child: Child | None, known: _Known, on: date) -> str:
    if child is None:
        return NEW
    there = known.enrolled.get(child.pk)
    same = there and (there.class_group.name, there.class_group.school_year) == (
        pupil.class_name,
        school_year_of(on),
    )
    return KNOWN if same else MOVED


def _wrong(pupil: RosterPupil, child: Child | None, school: Place, known: _Known) -> str:
    if pupil.school and pupil.school != school.name:
        return f"学校写作“{pupil.school}”；本次导入的是{school.name}，请分开导入或更正学校名称。"
    if not pupil.class_name:
        return "没有班级；请填写如“三年级2班”。"
    if grade_of(pupil.class_name) not in GRADES:
        return f"班级“{pupil.class_name}”看不出年级；请写成如“三年级2班”或“初一1班”。"
    if child is None:
        return ""
    if child.name != pupil.name:
        return f"学籍号或身份证件号已属于“{child.name}”，这里写作“{pupil.name}”；请核对姓名或号码。"
    there = known.enrolled.get(child.pk)
    if there is not None and there.class_group.school_id != school.pk:
        return f"{pupil.name}在{there.class_group.school.name}就读；请先办理转学，再编入本校。"
    return ""


# Committing.


def _classes(rows: Iterable[RowPlan], school: Place, on: date) -> tuple[dict[str, ClassGroup], int]:
    """The classes the roster names, made where they are missing, and how many were made."""
    year = school_year_of(on)
    classes = {c.name: c for c in ClassGroup.objects.filter(school=school, school_year=year)}
    missing = sorted({row.pupil.class_name for row in rows} - classes.keys())
    for name in missing:
        classes[name] = ClassGroup.objects.create(
            school=school, name=name, grade=GRADES[grade_of(name)], school_year=year
        )
    return classes, len(missing)


def _enrol(rows: Iterable[RowPlan], classes: dict[str, ClassGroup], on: date) -> list[Any]:
    """Write children, guardians and enrolments; who changed class."""
    since = _first_day(on)
    moved = []
    for row in rows:
        child = row.child or Child(name=row.pupil.name)
        _fill(child, row.pupil)
        child.save()
        if row.pupil.guardian_name:
            phone = {"phone": row.pupil.guardian_phone} if row.pupil.guardian_phone else {}
            Guardian.objects.update_or_create(child=child, name=row.pupil.guardian_name, defaults=phone)
        if row.what == NEW:
            Enrolment.objects.create(child=child, class_group=classes[row.pupil.class_name], from_day=since)
        elif row.what == MOVED:
            _move(child, classes[row.pupil.class_name], on)
            moved.append(child.pk)
    return moved


def _fill(child: Child, pupil: RosterPupil) -> None:
    """What the roster says and the child's row does not yet."""
    child.name_pinyin = child.name_pinyin or "".join(lazy_pinyin(pupil.name))
    child.sex = child.sex or pupil.sex or ""
    child.birth_on = child.birth_on or pupil.birth_on
    child.enrolment_no = child.enrolment_no or pupil.enrolment_no or None
    if pupil.identity_no and child.identity_index is None:
        child.keep_identity_no(pupil.identity_no)


def _move(child: Child, class_group: ClassGroup, on: date) -> None:
    """Into another class from `on`; an enrolment begun that very day is simply put right."""
    there = Enrolment.objects.filter(child=child, until__isnull=True).first()
    if there is not None and there.from_day >= on:
        there.class_group = class_group
        there.save()
        return
    if there is not None:
        there.until = on
        there.save()
    Enrolment.objects.create(child=child, class_group=class_group, from_day=on, reason="名册调班")


def _first_day(on: date) -> date:
    """A pupil new to us was there since the term began, so that the term's earlier sheets can follow."""
    term = county_calendar().term_of(on)
    return term.first_day if term else on
