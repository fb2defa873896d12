"""What hardly ever changes and every roll call needs: the class, its places, its calendar and its packs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from threading import Lock

from notoneless.core.calendar import SchoolCalendar
from notoneless.core.policy.in_force import PacksInForce
from notoneless.core.terms import PlaceKind
from notoneless.records.calendars import calendar_of
from notoneless.records.models import ClassGroup, ClosureDeclared, ConstantsVersion, PackAdopted, Place
from notoneless.records.packs import (
    Adopted,
    Adoptions,
    CaseStep,
    adopted_for,
    adopted_of,
    in_order,
    packs_of,
    places_on,
)


@dataclass(frozen=True, slots=True)
class ClassConstants:
    """One class with all that its evaluation needs besides the facts."""

    id: int
    name: str
    grade: int
    school_year: str
    school_id: int
    school_name: str
    school_path: str
    county_id: int
    county_name: str
    calendar: SchoolCalendar
    packs: PacksInForce
    adopted: Adoptions = ()


class _Kept:
    """The constants one process keeps, all of one version."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.version: int | None = None
        self.classes: dict[int, ClassConstants] = {}

    def get(self, class_ids: Collection[int], version: int) -> dict[int, ClassConstants]:
        with self.lock:
            if version != self.version:
                self.version, self.classes = version, {}
            kept = {each: self.classes[each] for each in class_ids if each in self.classes}
        missing = set(class_ids) - kept.keys()
        if missing:
            loaded = _load(missing)
            with self.lock:
                # Another thread may have moved on to another version meanwhile.
                if self.version == version:
                    self.classes |= loaded
            kept |= {each: loaded[each] for each in missing if each in loaded}
        return kept


_kept = _Kept()


def of_classes(class_ids: Collection[int], *, version: int | None = None) -> dict[int, ClassConstants]:
    """The constants of these classes; `version` is the number read with the facts, or it is read here."""
    return _kept.get(class_ids, current_version() if version is None else version)


def any_class_of(schools: Collection[int]) -> dict[int, int]:
    """A class of each of these schools, the newest: its calendar and packs are the school's."""
    rows = ClassGroup.objects.filter(school__in=schools).order_by("school_year", "pk")
    return dict(rows.values_list("school_id", "pk"))


def current_version() -> int:
    """The number that changes whenever a constant does."""
    return ConstantsVersion.objects.values_list("version", flat=True).first() or 0


def for_case(home: ClassConstants, steps: Sequence[CaseStep]) -> ClassConstants:
    """The class as it binds a child whose case took these steps: an open case keeps its packs."""
    adopted = adopted_for(home.adopted, steps)
    return home if adopted == home.adopted else replace(home, adopted=adopted, packs=packs_of(adopted))


def _load(class_ids: Iterable[int]) -> dict[int, ClassConstants]:
    """The constants of these classes and of all others of their schools: at eight each is asked for."""
    schools = ClassGroup.objects.filter(pk__in=class_ids).values("school_id")
    classes = list(ClassGroup.objects.filter(school_id__in=schools).select_related("school"))
    around = {place for each in classes for place in places_on(each.school.path or "")}
    places = Place.objects.in_bulk(around)
    adopted = [adopted_of(row) for row in PackAdopted.objects.filter(place_id__in=around)]
    closures: dict[int, list[ClosureDeclared]] = defaultdict(list)
    for closure in ClosureDeclared.objects.filter(place_id__in=around):
        closures[closure.place_id].append(closure)
    return {each.pk: _constants(each, places, adopted, closures) for each in classes}


def _constants(
    each: ClassGroup,
    places: dict[int, Place],
    adopted: Iterable[Adopted],
    closures: dict[int, list[ClosureDeclared]],
) -> ClassConstants:
    around = places_on(each.school.path or "")
    county = next((places[i] for i in around if places[i].kind == PlaceKind.COUNTY), places[around[-1]])
    declared = [closure for place in around for closure in closures.get(place, ())]
    theirs = in_order(adopted, each.school.path or "")
    return ClassConstants(
        each.pk,
        each.name,
        each.grade,
        each.school_year,
        each.school_id,
        each.school.name,
        each.school.path or "",
        county.pk,
        county.name,
        calendar_of(each, declared),
        packs_of(theirs),
        theirs,
    )
