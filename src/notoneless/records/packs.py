"""Which packs bind a class, and which a child whose case began before its places adopted another.

A class is bound by what its school adopted, then its township, then its county, then by all that these extend
and by the law. A rule gives way only to a nearer one that names it: a school does not lift its county's rule
by having one of its own. An adoption reaches a child whose case is open only when the case ends or is
re-based.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from notoneless.core.facts import CHINA_TIME
from notoneless.core.policy.in_force import PacksInForce
from notoneless.core.policy.library import load
from notoneless.core.policy.pack import PolicyPack
from notoneless.core.stages import SETTLED
from notoneless.core.terms import Stage
from notoneless.records.models import PackAdopted, Place
from notoneless.records.pack_texts import chain_of, versions_text

# Bind everybody, whether or not what a place adopted says that it extends them.
LAWS = ("national/2024-15", "national/2025-1")
ONE_DAY = timedelta(days=1)


class Adopted(NamedTuple):
    """One adoption, as all classes in its place see it."""

    place: int
    pack_id: str
    versions: str  # "pack@version …", or empty for as shipped
    from_day: date
    order: int  # of two versions of one pack for the same day, the one adopted later counts


Adoptions = tuple[Adopted, ...]  # nearest place first; within a place by day


def adoptions_on(path: str) -> Adoptions:
    """The adoptions that bear on a place with this path."""
    return in_order(map(adopted_of, PackAdopted.objects.filter(place__in=places_on(path))), path)


def adopted_of(row: PackAdopted) -> Adopted:
    """The row as a value."""
    return Adopted(row.place_id, row.pack_id, row.versions, row.from_day, row.pk)


def in_order(adopted: Iterable[Adopted], path: str) -> Adoptions:
    """Those adopted by places on the path, nearest place first, within a place by day."""
    around = places_on(path)
    ours = [each for each in adopted if each.place in around]
    return tuple(sorted(ours, key=lambda each: (around.index(each.place), each.from_day)))


def places_on(path: str) -> list[int]:
    """The places on a path, nearest first."""
    return [int(part) for part in reversed(path.strip("/").split("/")) if part]


def packs_at(place: Place) -> PacksInForce:
    """The packs in force at a place: its own, those of the places around it, and all they extend."""
    return packs_of(adoptions_on(place.path or ""))


# Layers.


class _Claim(NamedTuple):
    """Days for which an adoption brings one version of a pack."""

    pack: PolicyPack
    from_day: date
    until: date | None
    order: int


@lru_cache(maxsize=1024)
def packs_of(adopted: Adoptions) -> PacksInForce:
    """The packs in force by these adoptions, each version on its own days."""
    own: list[_Claim] = []
    farther: list[_Claim] = []
    for each, until in _spans(adopted):
        packs = chain_of(each.pack_id, each.versions)
        claims = [_Claim(pack, each.from_day, until, each.order) for pack in packs]
        own.append(claims[0])
        farther += claims[1:]
    by_pack = _by_pack(own, farther)
    for law in LAWS:
        by_pack.setdefault(law, [_Claim(load(law), date.min, None, 0)])
    ordered = _farther_last(by_pack)
    return PacksInForce(layer for pack_id in ordered for layer in _layers(by_pack[pack_id]))


def _spans(adopted: Adoptions) -> list[tuple[Adopted, date | None]]:
    """Each adoption with the day on which its place's next one follows, the newest of a place first."""
    spans: list[tuple[Adopted, date | None]] = []
    for place in dict.fromkeys(each.place for each in adopted):
        theirs = [each for each in adopted if each.place == place]
        until = [each.from_day for each in theirs[1:]]
        spans += reversed(list(zip(theirs, [*until, None], strict=True)))
    return spans


def _by_pack(own: list[_Claim], farther: list[_Claim]) -> dict[str, list[_Claim]]:
    """All claims by pack id; what is extended, and the law, binds from its own first day."""
    by_pack: dict[str, list[_Claim]] = {}
    for claim in (*own, *farther):
        by_pack.setdefault(claim.pack.id, []).append(claim)
    for claims in by_pack.values():
        first = min(claims, key=lambda claim: (claim.from_day, claim.order))
        if first in farther or first.pack.id in LAWS:
            claims[claims.index(first)] = first._replace(from_day=date.min)
    return by_pack


def _farther_last(by_pack: Mapping[str, list[_Claim]]) -> list[str]:
    """The ids in order, except that a pack comes after every one that extends it."""
    waiting, placed = list(by_pack), []
    while waiting:
        free = [each for each in waiting if not _extended_by(each, waiting, by_pack)]
        placed.append((free or waiting)[0])
        waiting.remove(placed[-1])
    return placed


def _extended_by(pack_id: str, waiting: list[str], by_pack: Mapping[str, list[_Claim]]) -> bool:
    return any(claim.pack.extends == pack_id for other in waiting for claim in by_pack[other])


def _layers(claims: list[_Claim]) -> list[tuple[PolicyPack, date, date | None]]:
    """The claims to one pack without overlap, the newest first; each within the pack's own time."""
    cuts = sorted({day for c in claims for day in (c.from_day, c.until) if day is not None})
    layers: list[tuple[PolicyPack, date, date | None]] = []
    for start, end in zip(cuts, [*cuts[1:], None], strict=True):
        there = [c for c in claims if c.from_day <= start and (c.until is None or start < c.until)]
        if there:
            pack = max(there, key=lambda c: c.order).pack
            if layers and layers[0][0] is pack and layers[0][2] == start:
                start = layers.pop(0)[1]
            layers.insert(0, (pack, start, end))
    clipped = ((p, max(start, p.in_force_from), _earlier(end, p.in_force_until)) for p, start, end in layers)
    return [(pack, start, end) for pack, start, end in clipped if end is None or start < end]


def _earlier(one: date | None, other: date | None) -> date | None:
    return min((day for day in (one, other) if day is not None), default=None)


# Cases keep the packs they began with.


class CaseStep(NamedTuple):
    """A step of a child's case; one that leaves the stage as it was re-based the case."""

    at: datetime
    before: Stage
    after: Stage


class Period(NamedTuple):
    """The days on which a child's case was open; `last` is None while it is."""

    first: date
    last: date | None
    rebased: tuple[date, ...]


def periods(steps: Iterable[CaseStep]) -> list[Period]:
    """When the child's case was open, from its steps in the order in which they were written down."""
    found: list[Period] = []
    for step in steps:
        day = step.at.astimezone(CHINA_TIME).date()
        if step.before is step.after:
            if found:
                found[-1] = found[-1]._replace(rebased=(*found[-1].rebased, day))
        elif step.after in SETTLED:
            if found and found[-1].last is None:
                found[-1] = found[-1]._replace(last=max(day, found[-1].first))
        elif not found or found[-1].last is not None:
            found.append(Period(day, None, ()))
    return found


def adopted_for(adopted: Adoptions, steps: Sequence[CaseStep]) -> Adoptions:
    """The adoptions as they reach this child: one that came during a case waits for the case's end."""
    if not adopted or not steps:
        return adopted
    open_days = periods(steps)
    reached = ((each, _reaches(each.from_day, open_days)) for each in adopted)
    return _one_a_day(each._replace(from_day=day) for each, day in reached if day is not None)


def _reaches(from_day: date, open_days: Iterable[Period]) -> date | None:
    """The day from which an adoption bears on the child; None while its case keeps it out."""
    day = from_day
    for period in open_days:
        during = period.first < day and (period.last is None or day <= period.last)
        if during and not any(rebased >= from_day for rebased in period.rebased):
            if period.last is None:
                return None
            day = period.last + ONE_DAY
    return day


def _one_a_day(adopted: Iterable[Adopted]) -> Adoptions:
    """Of several that a place adopted during one case, the last."""
    return tuple({(each.place, each.from_day): each for each in adopted}.values())


# A look at one moment.


def binding(packs: PacksInForce, on: date) -> tuple[PolicyPack, ...]:
    """The packs that bind on a day, nearest first."""
    return tuple(pack for pack, start, end in packs.layers if start <= on and (end is None or on < end))


def versions_on(packs: PacksInForce, on: date) -> str:
    """ "pack@version …" of the packs that bind on a day; statistics carry it."""
    return versions_text(binding(packs, on))


@lru_cache(maxsize=1024)
def at_any_time(packs: tuple[PolicyPack, ...]) -> PacksInForce:
    """These packs as if they had always been in force, for trials on days gone by."""
    return PacksInForce((pack, date.min, None) for pack in packs)
