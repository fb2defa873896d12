"""A roster beside what stands: who is new, moved, changed, gone, or belongs to another school."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef

from notoneless.core.terms import ChangeKind, ChangeStep
from notoneless.exchange.classes import grade_of
from notoneless.exchange.problems import Problem
from notoneless.exchange.rosters import Roster, RosterPupil
from notoneless.records.models import ChangeStepTaken, Child, Enrolment, Guardian, OnRoll, Place
from notoneless.records.scopes import during
from notoneless.records.secrets import blind_index
from notoneless.services.on_roll import live_routes
from notoneless.services.special_routes import OUT_OF_CLASS

# What a row does: a child we have not had; as it stands; into another class; into a class again;
# out of class for a reason that goes on; in another school, to be asked for by transfer.
NEW, KNOWN, MOVED, BACK, OUT, ELSEWHERE = "NEW", "KNOWN", "MOVED", "BACK", "OUT", "ELSEWHERE"
CHANGED, GONE = "CHANGED", "GONE"
AT_ONCE = 10_000  # numbers a query
GRADES = {
    **{f"{numeral}年级": number for number, numeral in enumerate("一二三四五六七八九", 1)},
    **{f"初{numeral}": number for number, numeral in enumerate("一二三", 7)},
}


class Standing(NamedTuple):
    """A child as it stands: names and numbers, and the class it is in (no class: 0 and "")."""

    child: UUID
    name: str
    birth_on: date | None
    enrolment_no: str
    identity: bytes
    school: int
    class_name: str
    school_year: str


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
    known = _Known(roster.pupils, schools, on)
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
        row = known.plan(pupil, there, school, year)
        if there is not None:
            seen.add(there.child)
        if "姓名" in row.changed and there is not None:
            problems.append(_renamed(roster, pupil, there))
        rows.append(row)
    return Diff(tuple(rows), tuple(_missing(rows, known, seen, year, whole)), tuple(problems))


class _Known:
    """The children that rows may be about, read for all rows together."""

    def __init__(self, pupils: Sequence[RosterPupil], schools: Mapping[str, Place], on: date) -> None:
        self.names = {school.pk: school.name for school in schools.values()}
        inside = Enrolment.objects.filter(during(on), class_group__school__in=self.names)
        self.here = [Standing(*_plain(row)) for row in inside.values_list(*_IN_CLASS)]
        self.index = {p.identity_no: blind_index(p.identity_no) for p in pupils if p.identity_no}
        self.by_number: dict[str, Standing] = {}
        self.by_index: dict[bytes, Standing] = {}
        self._remember(self.here)
        listed = _listed_only(self.names, on)
        self._remember(listed)
        others = self._others(pupils, on)
        self._remember(others)
        self.by_name: dict[tuple[int, str, str], list[Standing]] = defaultdict(list)
        for each in self.here:
            self.by_name[each.school, each.class_name, each.name].append(each)
        rolls = _rolls(self.names, [*listed, *others], on)
        self.rolled = rolls
        for each in listed:
            self.by_name[rolls.get(each.child) or 0, "", each.name].append(each)
        self.phones = _phones(self.names)
        self.kept_out = _kept_out([each.child for each in (*listed, *others) if not each.school], on)

    def _remember(self, found: Iterable[Standing]) -> None:
        for each in found:
            if each.enrolment_no:
                self.by_number[each.enrolment_no] = each
            if each.identity:
                self.by_index[each.identity] = each

    def _others(self, pupils: Sequence[RosterPupil], on: date) -> list[Standing]:
        """Children with one of the roster's numbers who are in none of these schools."""
        numbers = [p.enrolment_no for p in pupils if p.enrolment_no and p.enrolment_no not in self.by_number]
        indexes = [index for index in self.index.values() if index not in self.by_index]
        found = {row[0]: row for row in (*_by(numbers, "enrolment_no"), *_by(indexes, "identity_index"))}
        held = Enrolment.objects.filter(during(on), child__in=list(found)).values_list(
            "child_id", "class_group__school_id", "class_group__name", "class_group__school_year"
        )
        classes: dict[UUID, tuple[Any, ...]] = {child: tuple(rest) for child, *rest in held}
        rows = (_plain((*row, *classes.get(child, (0, "", "")))) for child, row in found.items())
        return [Standing(*row) for row in rows]

    def child_of(self, pupil: RosterPupil, school: int) -> Standing | None:
        """By enrolment number, else identity number, else the only one of that name in the class.

        Whoever is on the roll and in no class is found by name alone.
        """
        if pupil.enrolment_no and pupil.enrolment_no in self.by_number:
            return self.by_number[pupil.enrolment_no]
        if pupil.identity_no and (same := self.by_index.get(self.index[pupil.identity_no])):
            return same
        named = self.by_name.get((school, pupil.class_name, pupil.name)) or self.by_name.get(
            (school, "", pupil.name), []
        )
        alone = named[0] if len(named) == 1 else None
        # A number that the file gives and the child does not have says that they are two children.
        if alone and pupil.enrolment_no and alone.enrolment_no not in ("", pupil.enrolment_no):
            return None
        return alone

    def plan(self, pupil: RosterPupil, there: Standing | None, school: Place, year: str) -> RowPlan:
        """What the row does."""
        if there is None:
            return RowPlan(pupil, NEW, None, school.pk)
        rolled = self.rolled.get(there.child) or 0
        holder = there.school or (0 if pupil.guest else rolled)
        if holder not in (0, school.pk):
            return RowPlan(pupil, ELSEWHERE, there.child, school.pk, held_by=_name_of(holder))
        changed = tuple(self._changed(pupil, there))
        if not there.school:
            what = OUT if there.child in self.kept_out else BACK
        else:
            what = KNOWN if (there.class_name, there.school_year) == (pupil.class_name, year) else MOVED
        return RowPlan(pupil, what, there.child, school.pk, changed, on_roll=there.child in self.rolled)

    def _changed(self, pupil: RosterPupil, there: Standing) -> Iterator[str]:
        if pupil.name != there.name:
            yield "姓名"
        if pupil.enrolment_no and pupil.enrolment_no != there.enrolment_no:
            yield "学籍号"
        if pupil.identity_no and self.index[pupil.identity_no] != there.identity:
            yield "身份证件号"
        phones = self.phones.get(there.child, {})
        if pupil.guardian_name and pupil.guardian_name not in phones:
            yield "监护人"
        elif pupil.guardian_phone and phones and pupil.guardian_phone not in phones.values():
            yield "监护人电话"


_OF_CHILD = ("child_id", "child__name", "child__birth_on", "child__enrolment_no", "child__identity_index")
_IN_CLASS = (
    *_OF_CHILD,
    "class_group__school_id",
    "class_group__name",
    "class_group__school_year",
)


def _plain(row: Sequence[Any]) -> Sequence[Any]:
    """No number is "" and b"", and an index is bytes on either database."""
    child, name, birth_on, number, index, *rest = row
    return (child, name, birth_on, number or "", bytes(index) if index else b"", *rest)


def _by(values: Collection[Any], column: str) -> Iterator[tuple[Any, ...]]:
    """Children with one of these numbers, some thousand numbers a query."""
    kept = list(values)
    for start in range(0, len(kept), AT_ONCE):
        found = Child.objects.filter(**{f"{column}__in": kept[start : start + AT_ONCE]})
        yield from found.values_list("pk", "name", "birth_on", "enrolment_no", "identity_index")


def _phones(schools: Collection[int]) -> dict[UUID, dict[str, str]]:
    """The guardians of each child in a class of these schools, by name, with their telephones."""
    inside = Enrolment.objects.filter(class_group__school__in=schools, until__isnull=True).values("child_id")
    found: dict[UUID, dict[str, str]] = defaultdict(dict)
    for child, name, phone in Guardian.objects.filter(child__in=inside).values_list(
        "child_id", "name", "phone"
    ):
        found[child][name] = phone
    return found


def _listed_only(schools: Collection[int], on: date) -> list[Standing]:
    """Children on the roll of these schools who sit in no class anywhere."""
    seated = Enrolment.objects.filter(during(on), child=OuterRef("child"))
    rolls = OnRoll.objects.filter(~Exists(seated), during(on), school__in=schools)
    return [Standing(*_plain((*row, 0, "", ""))) for row in rolls.values_list(*_OF_CHILD)]


def _rolls(schools: Collection[int], others: Iterable[Standing], on: date) -> dict[UUID, int | None]:
    """Whose roll each child is on that is in these schools or named in the file; None: of no school here."""
    inside = Enrolment.objects.filter(class_group__school__in=schools, until__isnull=True).values("child_id")
    rolls = OnRoll.objects.filter(during(on))
    named = [each.child for each in others]
    found: dict[UUID, int | None] = {}
    for rows in (rolls.filter(child__in=inside), rolls.filter(child__in=named)):
        found.update(rows.values_list("child_id", "school_id"))
    return found


def _kept_out(children: Collection[UUID], on: date) -> set[UUID]:
    """Those of these who sit in no class for a reason that goes on: suspended, or taught elsewhere."""
    taught = live_routes(on).filter(kind__in=OUT_OF_CLASS, child__in=children)
    done = ChangeStepTaken.objects.filter(step=ChangeStep.DONE, change__child__in=children).order_by("at")
    last = dict(done.values_list("change__child_id", "change__kind"))
    suspended = {child for child, kind in last.items() if kind == ChangeKind.SUSPENSION}
    return suspended | set(taught.values_list("child_id", flat=True))


def _name_of(school: int) -> str:
    return Place.objects.values_list("name", flat=True).get(pk=school)


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
    rows: Iterable[RowPlan], known: _Known, seen: Collection[UUID], year: str, whole: bool
) -> Iterator[Missing]:
    """Who stands in the roster's classes and in none of its rows, in order of class and name."""
    classes = {(row.school, row.pupil.class_name) for row in rows}
    schools = Counter(school for school, _ in classes)
    for each in sorted(known.here, key=lambda each: (each.school, each.class_name, each.name)):
        listed = each.school in schools if whole else (each.school, each.class_name) in classes
        if listed and each.child not in seen:
            yield Missing(each.child, each.name, each.school, each.class_name)
