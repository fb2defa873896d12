"""花名册 as views: a title, a filter and columns each; no copy is kept that could differ."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from notoneless.core.explain import stamp
from notoneless.core.terms import ChangeKind, ChangeStep, KeyGroup, Quadrant, RouteKind
from notoneless.exchange.lists_out import ListFile, csv_file, word_file
from notoneless.records.access import GROUP_FIELDS, Fields, Thing, Verb, fields_of
from notoneless.records.models import (
    Case,
    ChangeStepTaken,
    Child,
    Enrolment,
    InKeyGroup,
    JournalEntry,
    Person,
    Place,
)
from notoneless.records.scopes import during, reaches, visible_children, visible_schools
from notoneless.services import register_columns as c
from notoneless.services.finding import the_person
from notoneless.services.on_roll import GONE, live_routes, quadrants
from notoneless.services.permissions import require
from notoneless.services.refusals import Refusal
from notoneless.services.register_columns import Column, lines
from notoneless.services.transactions import one_act

Schools = QuerySet[Place]
Filter = Callable[[Schools, date, frozenset[Fields]], QuerySet[Child]]
Marks = tuple[tuple[str, str], ...]
FORMATS = {"csv": csv_file, "docx": word_file}
PRINT = "print"


class Register(NamedTuple):
    """One register; whoever lacks `needs` is not shown that it exists."""

    id: str
    zh: str
    en: str
    rows: Filter
    columns: tuple[Column, ...]
    needs: frozenset[Fields] = frozenset()

    def title(self, language: str) -> str:
        """The title in the reader's language."""
        return self.en if language.startswith("en") else self.zh


class Opened(NamedTuple):
    """A register as one person sees it in one place: the children, and the columns that person may have."""

    register: Register
    place: Place
    children: QuerySet[Child]
    columns: tuple[Column, ...]
    shown: frozenset[Fields]

    def table(self, on: date, language: str, children: list[Child]) -> list[list[str]]:
        """What the columns say of these of its children."""
        found = lines(children, on, self.shown)
        return [[column.says(line, language) for column in self.columns] for line in found]


# Filters.


def _in_quadrants(*which: Quadrant) -> Filter:
    def rows(schools: Schools, on: date, _: frozenset[Fields]) -> QuerySet[Child]:
        found = quadrants(schools, on)
        wanted = Q(pk__in=[])
        for each in which:
            wanted |= Q(pk__in=found[each].values("pk"))
        return Child.objects.filter(wanted)

    return rows


def _on_route(*kinds: RouteKind) -> Filter:
    def rows(schools: Schools, on: date, _: frozenset[Fields]) -> QuerySet[Child]:
        routes = live_routes(on).filter(kind__in=kinds, school__in=schools.values("pk"))
        return Child.objects.filter(pk__in=routes.values("child"))

    return rows


def _in_groups(*groups: KeyGroup) -> Filter:
    def rows(schools: Schools, on: date, shown: frozenset[Fields]) -> QuerySet[Child]:
        seen = [group for group in groups if GROUP_FIELDS[group] in shown]
        there = InKeyGroup.objects.filter(during(on), child=OuterRef("pk"), group__in=seen)
        return _of_schools(schools, on).filter(Exists(there))

    return rows


def _of_schools(schools: Schools, on: date) -> QuerySet[Child]:
    found = quadrants(schools, on)
    away, attending = found[Quadrant.ON_ROLL_AWAY], found[Quadrant.ATTENDING_OFF_ROLL]
    both = found[Quadrant.ON_ROLL_ATTENDING]
    return Child.objects.filter(
        Q(pk__in=both.values("pk")) | Q(pk__in=away.values("pk")) | Q(pk__in=attending.values("pk"))
    )


def _changed(*kinds: ChangeKind) -> Filter:
    """Children with such a change done in this school year, to or from these schools."""

    def rows(schools: Schools, on: date, _: frozenset[Fields]) -> QuerySet[Child]:
        since = date(on.year if on.month >= 9 else on.year - 1, 9, 1)
        mine = schools.values("pk")
        done = ChangeStepTaken.objects.filter(
            Q(change__school__in=mine) | Q(change__receiver__in=mine),
            step=ChangeStep.DONE,
            change__kind__in=kinds,
            change__from_day__gte=since,
        )
        return Child.objects.filter(pk__in=done.values("change__child"))

    return rows


def _lost(schools: Schools, on: date, _: frozenset[Fields]) -> QuerySet[Child]:
    """Suspected or confirmed dropouts of these schools, and whoever was in a class and is in none now."""
    found = quadrants(schools, on)
    gone = Case.objects.filter(child=OuterRef("pk"), stage__in=GONE)
    seated = Enrolment.objects.filter(
        child=OuterRef("pk"), class_group__school__in=schools.values("pk"), until__isnull=True
    )
    mine = Q(pk__in=found[Quadrant.ON_ROLL_AWAY].values("pk")) | Q(Exists(seated))
    once = Enrolment.objects.filter(child=OuterRef("pk"))
    nowhere = Q(pk__in=found[Quadrant.NEITHER].values("pk")) & Q(Exists(once))
    return Child.objects.filter((Q(Exists(gone)) & mine) | nowhere)


# The registers.

_WHO = (c.NAME, c.SEX, c.BIRTH, c.NUMBER)
_WHERE = (*_WHO, c.SCHOOL, c.CLASS)
_REACH = (c.GUARDIANS, c.PHONES, c.VILLAGE)
_ROUTE = (*_WHERE, c.ROUTE, c.APPROVED, *_REACH)
_IN_GROUPS = frozenset({Fields.HARDSHIP})  # most groups; the others are left out for whoever lacks them
_POOR = (KeyGroup.HARDSHIP, KeyGroup.POVERTY_RELIEVED, KeyGroup.LOW_INCOME, KeyGroup.ORPHAN)

REGISTERS: dict[str, Register] = {
    each.id: each
    for each in (
        Register(
            "attending",
            "在校学生花名册",
            "Register of pupils attending",
            _in_quadrants(Quadrant.ON_ROLL_ATTENDING, Quadrant.ATTENDING_OFF_ROLL),
            (*_WHERE, c.ROLL, c.HOUSEHOLD, *_REACH, c.IDENTITY),
        ),
        Register(
            "guests",
            "借读花名册",
            "Guest pupils",
            _in_quadrants(Quadrant.ATTENDING_OFF_ROLL),
            (*_WHERE, c.ROLL, c.HOUSEHOLD, *_REACH),
        ),
        Register(
            "mobile",
            "流动花名册",
            "Pupils who came or went",
            _changed(ChangeKind.TRANSFER_IN, ChangeKind.TRANSFER_OUT, ChangeKind.MOVED_ABROAD),
            (*_WHERE, c.ROLL, c.WHY, *_REACH),
        ),
        Register("lost", "流失花名册", "Pupils lost", _lost, (*_WHERE, c.STAGE, c.WHY, *_REACH)),
        Register(
            "suspended",
            "休学台账",
            "Suspensions",
            _changed(ChangeKind.SUSPENSION),
            (*_WHERE, c.ROLL, c.WHY, *_REACH),
        ),
        Register(
            "contacts",
            "家庭联系卡",
            "Family contact cards",
            _in_quadrants(Quadrant.ON_ROLL_ATTENDING, Quadrant.ATTENDING_OFF_ROLL),
            (c.NAME, c.CLASS, *_REACH),
            frozenset({Fields.CONTACT}),
        ),
        Register(
            "hardship",
            "困难学生档案",
            "Pupils in hardship",
            _in_groups(*_POOR),
            (*_WHERE, c.HARDSHIP, *_REACH),
            frozenset({Fields.HARDSHIP}),
        ),
        Register(
            "study",
            "学困学生档案",
            "Pupils in difficulty with learning",
            _in_groups(KeyGroup.STUDY_DIFFICULTY),
            (*_WHERE, c.STUDY, *_REACH),
            frozenset({Fields.NOTES}),
        ),
        Register(
            "key-groups",
            "重点对象花名册",
            "Children looked after with particular care",
            _in_groups(*KeyGroup),
            (*_WHERE, c.GROUPS, c.STAGE, *_REACH),
            _IN_GROUPS,
        ),
        Register("deferred", "延缓入学台账", "Deferred entry", _on_route(RouteKind.DEFERRED_ENTRY), _ROUTE),
    )
}


# Opening and taking out.


def shown_to(person: Person, on: date, verb: Verb = Verb.SEE) -> frozenset[Fields]:
    """The parts of a child's data that the person's registers may show."""
    found = reaches(person, on, Thing.REGISTER, verb)
    return frozenset(f for held, scope in found for f in fields_of(held.post, Thing.CHILD, scope))


def registers_for(person: Person, on: date) -> tuple[Register, ...]:
    """The registers this person may open somewhere."""
    shown = shown_to(person, on)
    return tuple(each for each in REGISTERS.values() if shown and each.needs <= shown)


def open_register(
    person: Person,
    register: Register,
    place: Place,
    on: date,
    verb: Verb = Verb.SEE,
    *,
    identity: bool = False,
) -> Opened:
    """The register of a place as this person may see it; a class teacher's holds the class alone.

    Whole identity numbers only for who may have them and asks. Raises Refusal where it may not be opened.
    """
    shown = shown_to(person, on, verb)
    if not shown or not register.needs <= shown:
        raise Refusal(
            "NOT_YOUR_REGISTER",
            f"{register.zh}由需要它的岗位查看。",
            f"{register.en}: only for the posts that need it.",
        )
    schools = Place.objects.filter(path__startswith=place.path or "/", kind="SCHOOL")
    children = register.rows(schools, on, shown)
    if not visible_schools(person, on, Thing.REGISTER, verb).filter(pk__in=schools.values("pk")).exists():
        children = children.filter(pk__in=visible_children(person, on, verb, Thing.REGISTER).values("pk"))
    given = shown if identity else shown - {Fields.IDENTITY}
    columns = tuple(column for column in register.columns if column.fields in given)
    ordered = children.order_by("name_pinyin", "name", "pk")
    return Opened(register, place, ordered, columns, shown)


class Printed(NamedTuple):
    """A register as it goes onto paper: how it is marked, its headings and all its lines."""

    marks: Marks
    head: tuple[str, ...]
    rows: list[list[str]]


class Exported(NamedTuple):
    """A register as a file."""

    name: str
    content: bytes
    rows: int


@one_act
def export_register(
    *,
    by: Person | int,
    register: Register,
    place: Place,
    form: str,
    at: datetime,
    language: str = "zh",
    identity: bool = False,
) -> Exported:
    """The register as "csv" or "docx", marked with who took it out, when, and how many children it names.

    The journal keeps who took what, whole identity numbers apart. Raises Refusal.
    """
    taken = _taken_out(the_person(by), register, place, form, at, language, identity)
    content = FORMATS[form](ListFile(register.title(language), taken.marks, taken.head, taken.rows))
    return Exported(f"{register.zh}-{at:%Y%m%d}.{form}", content, len(taken.rows))


@one_act
def print_register(
    *, by: Person | int, register: Register, place: Place, at: datetime, language: str = "zh"
) -> Printed:
    """The whole register for paper, marked and journalled like a file. Raises Refusal."""
    return _taken_out(the_person(by), register, place, PRINT, at, language, identity=False)


def _taken_out(
    person: Person, register: Register, place: Place, form: str, at: datetime, language: str, identity: bool
) -> Printed:
    require(person, Thing.REGISTER, Verb.EXPORT, place, at.date())
    opened = open_register(person, register, place, at.date(), Verb.EXPORT, identity=identity)
    rows = opened.table(at.date(), language, list(opened.children))
    marks = (
        ("单位", place.name),
        ("导出人", person.name),
        ("导出时间", stamp(at)),
        ("人数", str(len(rows))),
        ("用途", "仅限控辍保学工作使用，不得公开"),
    )
    body = {
        "register": register.id,
        "form": form,
        "rows": len(rows),
        "fields": sorted({column.fields.value for column in opened.columns}),
    }
    JournalEntry.objects.create(
        at=at, by=person, act="EXPORT", subject_kind="place", subject_id=str(place.pk), body=body
    )
    return Printed(marks, tuple(column.heading(language) for column in opened.columns), rows)
