"""Whether a place may adopt a pack from a day on, whoever asks: dates, cases that began since, floors."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple

from django.db.models import Q

from notoneless.core.facts import CHINA_TIME
from notoneless.core.policy.fields import PackError
from notoneless.core.policy.floors import refuse_below_floors
from notoneless.core.policy.pack import PolicyPack
from notoneless.core.stages import SETTLED
from notoneless.core.terms import PlaceKind
from notoneless.records.calendars import county_calendar
from notoneless.records.models import CaseChange, PackAdopted, Place
from notoneless.records.pack_texts import chain_as_shipped, versions_text
from notoneless.records.packs import (
    Adopted,
    adopted_of,
    at_any_time,
    binding,
    in_order,
    packs_of,
    places_on,
)
from notoneless.services.refusals import Refusal

ADOPTS = (PlaceKind.COUNTY, PlaceKind.TOWNSHIP, PlaceKind.SCHOOL)
NEWEST = 2**63 - 1  # an adoption not yet written comes after all that are
ONE_DAY = timedelta(days=1)


class Plan(NamedTuple):
    """An adoption that would be allowed."""

    place: Place
    packs: tuple[PolicyPack, ...]  # the pack and all it extends, nearest first, as shipped
    adopted: Adopted


def planned(place: Place, pack_id: str, from_day: date, *, at: datetime) -> Plan:
    """The adoption as it would be written at `at`. Raises Refusal."""
    if place.kind not in ADOPTS:
        raise Refusal(
            "PLACE_ADOPTS_NOTHING",
            f"{place.name}是{place.kind.zh}；制度由县、乡镇或学校采用。",
            f"{place.name} is a {place.kind.en}; packs are adopted by counties, townships and schools.",
        )
    packs = _shipped(pack_id)
    versions = versions_text(packs)
    _refuse_days_out_of_force(packs[0], from_day)
    _refuse_overlap(place, versions, from_day)
    _refuse_cases_since(place, from_day, at)
    plan = Plan(place, packs, Adopted(place.pk, pack_id, versions, from_day, NEWEST))
    _refuse_below_floors(plan)
    return plan


def _shipped(pack_id: str) -> tuple[PolicyPack, ...]:
    try:
        return chain_as_shipped(pack_id)
    except PackError as refusal:
        raise Refusal(
            "PACK_REFUSED", f"{refusal}。", f"The pack {pack_id} cannot be applied: {refusal}."
        ) from None


def _refuse_days_out_of_force(pack: PolicyPack, from_day: date) -> None:
    if from_day < pack.in_force_from:
        raise Refusal(
            "NOT_YET_IN_FORCE",
            f"《{pack.title}》自 {pack.in_force_from} 起施行，不能从 {from_day} 起采用；请选施行之日或之后。",
            f"{pack.id} is in force from {pack.in_force_from}; adopt it from that day or later.",
        )
    if pack.in_force_until is not None and from_day >= pack.in_force_until:
        raise Refusal(
            "NO_LONGER_IN_FORCE",
            f"《{pack.title}》到 {pack.in_force_until} 已失效，不能从 {from_day} 起采用；请改用现行制度。",
            f"{pack.id} ceased to be in force on {pack.in_force_until}; adopt one that is in force.",
        )


def _refuse_overlap(place: Place, versions: str, from_day: date) -> None:
    """A place has one pack at a time, and what was adopted is not rewritten behind its back."""
    last = PackAdopted.objects.filter(place=place).order_by("from_day").last()
    if last is None:
        return
    if from_day <= last.from_day:
        which = "与之重叠" if from_day == last.from_day else "早于已有的采用"
        raise Refusal(
            "ADOPTIONS_OVERLAP",
            f"{place.name}已自 {last.from_day} 起采用 {last.pack_id}，从 {from_day} 起{which}；"
            f"请选 {last.from_day + ONE_DAY} 或之后的日期。",
            f"{place.name} has adopted {last.pack_id} from {last.from_day}; choose a day after that.",
        )
    if last.versions == versions:
        raise Refusal(
            "ALREADY_ADOPTED",
            f"{place.name}自 {last.from_day} 起执行的就是 {last.pack_id} 的这个版本；不需要再次采用。",
            f"{place.name} has adopted this very version of {last.pack_id} from {last.from_day}.",
        )


def _refuse_cases_since(place: Place, from_day: date, at: datetime) -> None:
    """A case keeps the packs it began with, so none may be put underneath it afterwards."""
    began = CaseChange.objects.filter(
        at__gte=datetime.combine(from_day, time.min, CHINA_TIME),
        stage_before__in=SETTLED,
        case__child__enrolments__class_group__school__path__startswith=place.path or "/",
    ).exclude(stage__in=SETTLED)
    number = began.values("case").distinct().count()
    if number:
        free = max(at.date(), began.order_by("at").last().at.astimezone(CHINA_TIME).date()) + ONE_DAY  # type: ignore[union-attr]
        raise Refusal(
            "CASES_SINCE",
            f"{from_day} 以来已有 {number} 个个案按原制度立案，制度不能追溯；请从 {free} 或之后起采用。",
            f"{number} cases have begun since {from_day} under other packs; adopt from {free} on.",
        )


def _refuse_below_floors(plan: Plan) -> None:
    """No class of the place, now or at a later change, may come to stand below a floor."""
    place, from_day = plan.place, plan.adopted.from_day
    within = Q(place__path__startswith=place.path) | Q(place__in=places_on(place.path or ""))
    rows = list(PackAdopted.objects.filter(within).select_related("place"))
    adopted = [*map(adopted_of, rows), plan.adopted]
    paths = {place.path or "", *(row.place.path or "" for row in rows)}
    for path in sorted(each for each in paths if each.startswith(place.path or "")):
        theirs = in_order(adopted, path)
        for day in sorted({max(each.from_day, from_day) for each in theirs}):
            lacking = _below_floors(binding(packs_of(theirs), day))
            if lacking:
                raise Refusal(
                    "BELOW_FLOOR", f"{lacking}。", f"It would fall below a floor set by law: {lacking}."
                )


@lru_cache(maxsize=256)
def _below_floors(packs: tuple[PolicyPack, ...]) -> str:
    """The sentence that refuses these packs together, or nothing."""
    try:
        refuse_below_floors(at_any_time(packs), county_calendar())
    except PackError as refusal:
        return str(refusal)
    return ""
