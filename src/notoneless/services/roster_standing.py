"""Who stands where before a roster comes in: the children that its rows may be about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from notoneless.core.terms import ChangeKind, ChangeStep
from notoneless.exchange.rosters import RosterPupil
from notoneless.records.among import Among
from notoneless.records.models import ChangeStepTaken, Child, ClassGroup, Enrolment, Guardian, OnRoll, Place
from notoneless.records.scopes import during
from notoneless.records.secrets import blind_index
from notoneless.services.on_roll import live_routes
from notoneless.services.special_routes import OUT_OF_CLASS


class Standing(NamedTuple):
    """A child as it stands: names and numbers, and the class it is in (no class: 0 and "")."""

    child: UUID
    name: str
    birth_on: date | None
    enrolment_no: str
    identity: bytes
    sex: str
    household: str
    school: int
    class_name: str
    school_year: str


class Known:
    """The children that rows may be about, read for all rows together: a fixed number of times.

    `here` are those in the classes that the rows name; with `whole`, in all classes of the schools.
    """

    def __init__(
        self,
        pupils: Sequence[RosterPupil],
        schools: Mapping[str, Place],
        on: date,
        *,
        whole: bool,
        alone: Place | None,
    ) -> None:
        ids = {school.pk for school in schools.values()}
        classes = _classes(ids) if whole else _classes_named(pupils, schools, alone)
        self.here = [Standing(*_plain(row)) for row in _seated(classes, on).values_list(*_IN_CLASS)]
        self.indexes = {p.identity_no: blind_index(p.identity_no) for p in pupils if p.identity_no}
        self.by_number: dict[str, Standing] = {}
        self.by_index: dict[bytes, Standing] = {}
        self._remember(self.here)
        listed = _listed_only(ids, on)
        self._remember(listed)
        others = self._others(pupils, on)
        self._remember(others)
        found = [each.child for each in (*self.here, *listed, *others)]
        # Whose roll each is on that was found; None: of no school here.
        self.rolled = dict(_of(OnRoll.objects.filter(during(on)), found, "child_id", "school_id"))
        self.by_name: dict[tuple[int, str, str], list[Standing]] = defaultdict(list)
        for each in self.here:
            self.by_name[each.school, each.class_name, each.name].append(each)
        for each in listed:
            self.by_name[self.rolled.get(each.child) or 0, "", each.name].append(each)
        self.phones: dict[UUID, dict[str, str]] = defaultdict(dict)
        for child, name, phone in _of(Guardian.objects.all(), found, "child_id", "name", "phone"):
            self.phones[child][name] = phone
        self.names: dict[int, str] = {}
        self.kept_out = _kept_out([each.child for each in (*listed, *others) if not each.school], on)

    def _remember(self, found: Iterable[Standing]) -> None:
        for each in found:
            if each.enrolment_no:
                self.by_number[each.enrolment_no] = each
            if each.identity:
                self.by_index[each.identity] = each

    def _others(self, pupils: Sequence[RosterPupil], on: date) -> list[Standing]:
        """Children with one of the roster's numbers who have not been found yet."""
        numbers = [p.enrolment_no for p in pupils if p.enrolment_no and p.enrolment_no not in self.by_number]
        indexes = [index for index in self.indexes.values() if index not in self.by_index]
        children = {
            row[0]: row
            for column, values in (("enrolment_no", numbers), ("identity_index", indexes))
            for row in _with(Child.objects.all(), column, values, *_CHILD)
        }
        stays = _of(Enrolment.objects.filter(during(on)), list(children), "child_id", *_CLASS)
        classes = {child: rest for child, *rest in stays}
        return [
            Standing(*_plain((*row, *classes.get(child, (0, "", ""))))) for child, row in children.items()
        ]

    def child_of(self, pupil: RosterPupil, school: int) -> Standing | None:
        """By enrolment number, else identity number, else the only one of that name in the class.

        Whoever is on the roll and in no class is found by name alone.
        """
        if pupil.enrolment_no and pupil.enrolment_no in self.by_number:
            return self.by_number[pupil.enrolment_no]
        if pupil.identity_no and (same := self.by_index.get(self.indexes[pupil.identity_no])):
            return same
        named = self.by_name.get((school, pupil.class_name, pupil.name)) or self.by_name.get(
            (school, "", pupil.name), []
        )
        alone = named[0] if len(named) == 1 else None
        # A number that the file gives and the child does not have says that they are two children.
        if alone and pupil.enrolment_no and alone.enrolment_no not in ("", pupil.enrolment_no):
            return None
        return alone

    def name_of(self, school: int) -> str:
        """The name of any school."""
        if school not in self.names:
            self.names[school] = Place.objects.values_list("name", flat=True).get(pk=school)
        return self.names[school]


_CHILD = ("pk", "name", "birth_on", "enrolment_no", "identity_index", "sex", "household")
_CLASS = ("class_group__school_id", "class_group__name", "class_group__school_year")
_OF_CHILD = ("child_id", *(f"child__{column}" for column in _CHILD[1:]))
_IN_CLASS = (*_OF_CHILD, *_CLASS)


def _plain(row: Sequence[Any]) -> Sequence[Any]:
    """No number is "" and b"", and an index is bytes on either database."""
    child, name, birth_on, number, index, *rest = row
    return (child, name, birth_on, number or "", bytes(index) if index else b"", *rest)


def _with(rows: QuerySet[Any], column: str, values: Collection[Any], *columns: str) -> Iterable[Any]:
    """These columns of the rows that have one of the values; nothing is asked for none."""
    return rows.filter(Among(column, values)).values_list(*columns) if values else ()


def _of(rows: QuerySet[Any], children: Collection[UUID], *columns: str) -> Iterable[Any]:
    return _with(rows, "child_id", children, *columns)


def _classes(schools: Collection[int]) -> QuerySet[ClassGroup]:
    return ClassGroup.objects.filter(school__in=schools)


def _classes_named(
    pupils: Iterable[RosterPupil], schools: Mapping[str, Place], alone: Place | None
) -> QuerySet[ClassGroup]:
    """The classes that the rows name, of any year: who sits in last year's is to be found there."""
    named = {(pupil.school, pupil.class_name) for pupil in pupils}
    there = {
        (school.pk, name) for of, name in named if (school := schools.get(of) if of else alone) is not None
    }
    rows = _classes({school for school, _ in there}).values_list("pk", "school_id", "name")
    return ClassGroup.objects.filter(pk__in=[pk for pk, *of in rows if tuple(of) in there])


def _seated(classes: QuerySet[ClassGroup], on: date) -> QuerySet[Enrolment]:
    return Enrolment.objects.filter(during(on), class_group__in=classes)


def _listed_only(schools: Collection[int], on: date) -> list[Standing]:
    """Children on the roll of these schools who sit in no class anywhere."""
    seated = Enrolment.objects.filter(during(on), child=OuterRef("child"))
    rolls = OnRoll.objects.filter(~Exists(seated), during(on), school__in=schools)
    return [Standing(*_plain((*row, 0, "", ""))) for row in rolls.values_list(*_OF_CHILD)]


def _kept_out(children: Collection[UUID], on: date) -> set[UUID]:
    """Those of these who sit in no class for a reason that goes on: suspended, or taught elsewhere."""
    taught = _of(live_routes(on).filter(kind__in=OUT_OF_CLASS), children, "child_id")
    done = ChangeStepTaken.objects.filter(step=ChangeStep.DONE).order_by("at")
    last = dict(_with(done, "change__child_id", children, "change__child_id", "change__kind"))
    suspended = {child for child, kind in last.items() if kind == ChangeKind.SUSPENSION}
    return suspended | {child for (child,) in taught}
