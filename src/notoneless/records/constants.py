"""What hardly ever changes and every roll call needs: the class, its places, its calendar and its packs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from threading import Lock

from notoneless.core.calendar import SchoolCalendar
from notoneless.core.policy.in_force import PacksInForce, in_force
from notoneless.core.policy.library import load
from notoneless.core.terms import PlaceKind
from notoneless.records.calendars import calendar_of
from notoneless.records.models import ClassGroup, ClosureDeclared, ConstantsVersion, PackAdopted, Place

# What binds a school whose places have adopted nothing.
DEFAULT_PACK = "national/2024-15"


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
            kept |= loaded
        return kept


_kept = _Kept()


def of_classes(class_ids: Collection[int], *, version: int | None = None) -> dict[int, ClassConstants]:
    """The constants of these classes; `version` is the number read with the facts, or it is read here."""
    return _kept.get(class_ids, current_version() if version is None else version)


def current_version() -> int:
    """The number that changes whenever a constant does."""
    return ConstantsVersion.objects.values_list("version", flat=True).first() or 0


def packs_at(place: Place) -> PacksInForce:
    """The packs in force at a place: those it or the nearest place around it adopted."""
    around = _ids(place.path or "")
    rows = PackAdopted.objects.filter(place_id__in=around).order_by("from_day", "id")
    return _nearest_packs(around, _by_place(rows))


def _load(class_ids: Iterable[int]) -> dict[int, ClassConstants]:
    classes = list(ClassGroup.objects.filter(pk__in=class_ids).select_related("school"))
    around = {place for each in classes for place in _ids(each.school.path or "")}
    places = Place.objects.in_bulk(around)
    adopted = _by_place(PackAdopted.objects.filter(place_id__in=around).order_by("from_day", "id"))
    closures: dict[int, list[ClosureDeclared]] = defaultdict(list)
    for closure in ClosureDeclared.objects.filter(place_id__in=around):
        closures[closure.place_id].append(closure)
    return {each.pk: _constants(each, places, adopted, closures) for each in classes}


def _by_place(rows: Iterable[PackAdopted]) -> dict[int, list[tuple[str, date]]]:
    adopted: dict[int, list[tuple[str, date]]] = defaultdict(list)
    for row in rows:
        adopted[row.place_id].append((row.pack_id, row.from_day))
    return adopted


def _ids(path: str) -> list[int]:
    """The places on a path, nearest first."""
    return [int(part) for part in reversed(path.strip("/").split("/")) if part]


def _constants(
    each: ClassGroup,
    places: dict[int, Place],
    adopted: dict[int, list[tuple[str, date]]],
    closures: dict[int, list[ClosureDeclared]],
) -> ClassConstants:
    around = _ids(each.school.path or "")
    county = next((places[i] for i in around if places[i].kind == PlaceKind.COUNTY), places[around[-1]])
    declared = [closure for place in around for closure in closures.get(place, ())]
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
        _nearest_packs(around, adopted),
    )


def _nearest_packs(around: list[int], adopted: dict[int, list[tuple[str, date]]]) -> PacksInForce:
    found = next((tuple(adopted[place]) for place in around if adopted.get(place)), ())
    return _packs(found or ((DEFAULT_PACK, date.min),))


@lru_cache(maxsize=256)
def _packs(adopted: tuple[tuple[str, date], ...]) -> PacksInForce:
    """The last pack adopted with all it extends; each earlier one binds until the next was adopted."""
    pack_id, since = adopted[-1]
    newest = in_force(load(pack_id), load, since)
    earlier = []
    for (old_id, old_since), (_, until) in pairwise(adopted):
        old = load(old_id)
        start = max(old.in_force_from, old_since)
        if start < until:
            earlier.append((old, start, until))
    return PacksInForce((newest.layers[0], *reversed(earlier), *newest.layers[1:])) if earlier else newest
