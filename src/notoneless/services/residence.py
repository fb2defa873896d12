"""现住与寄宿: the village a child lives in and the house it sleeps in, each for a time."""

from __future__ import annotations

from datetime import date, datetime

from notoneless.core.terms import PlaceKind
from notoneless.records.access import Thing, Verb
from notoneless.records.models import Boarding, Child, JournalEntry, Person, Place, Residence
from notoneless.records.scopes import during
from notoneless.services.assessments import hold
from notoneless.services.finding import the_person
from notoneless.services.permissions import require
from notoneless.services.refusals import Refusal
from notoneless.services.transactions import one_act


@one_act
def live_in(
    *, by: Person | int, child: Child, place: Place | None, from_day: date, at: datetime
) -> Residence | None:
    """The child lives in a village (None: nobody knows where) from a day on. Raises Refusal."""
    who = the_person(by)
    require(who, Thing.CHILD, Verb.CHANGE, child, at.date())
    _refuse_kind(place, PlaceKind.VILLAGE, "现住地", "home")
    hold([child.pk])
    before = Residence.objects.filter(child=child, until=None).first()
    if before is not None and place is not None and before.place_id == place.pk:
        return before
    if before is not None:
        _end(before, from_day)
    _journal("LIVE_IN", who, child, at, place, from_day)
    if place is None:
        return None
    return Residence.objects.create(child=child, place=place, from_day=from_day)


@one_act
def board_in(
    *, by: Person | int, child: Child, house: Place | None, from_day: date, at: datetime
) -> Boarding | None:
    """The child sleeps in a boarding house (None: no longer boards) from a day on. Raises Refusal."""
    who = the_person(by)
    require(who, Thing.CHILD, Verb.CHANGE, child, at.date())
    _refuse_kind(house, PlaceKind.BOARDING_HOUSE, "宿舍", "boarding house")
    hold([child.pk])
    before = Boarding.objects.filter(child=child, until=None).first()
    if before is not None and house is not None and before.house_id == house.pk:
        return before
    if before is not None:
        _end(before, from_day)
    _journal("BOARD_IN", who, child, at, house, from_day)
    if house is None:
        return None
    return Boarding.objects.create(child=child, house=house, from_day=from_day)


def home_of(child: Child, on: date) -> Place | None:
    """The village the child lives in on a day."""
    row = Residence.objects.filter(during(on), child=child).select_related("place").first()
    return row.place if row else None


def house_of(child: Child, on: date) -> Place | None:
    """The boarding house the child sleeps in on a day."""
    row = Boarding.objects.filter(during(on), child=child).select_related("house").first()
    return row.house if row else None


def _end(row: Residence | Boarding, until: date) -> None:
    if until < row.from_day:
        raise Refusal(
            "BEFORE_THE_LAST",
            f"日期早于上一次登记的 {row.from_day}；请改为当日或以后。",
            f"The last one was noted from {row.from_day}; give that day or a later one.",
        )
    row.until = until
    row.save(update_fields=["until"])


def _refuse_kind(place: Place | None, kind: PlaceKind, zh: str, en: str) -> None:
    if place is not None and place.kind != kind:
        raise Refusal(
            "WRONG_KIND_OF_PLACE",
            f"{zh}应选一个{kind.zh}；{place.name}是{place.kind.zh}。",
            f"Choose a {kind.en} as the {en}; {place.name} is a {place.kind.en}.",
        )


def _journal(act: str, who: Person, child: Child, at: datetime, place: Place | None, day: date) -> None:
    body = {"place": place.pk if place else None, "from": str(day)}
    JournalEntry.objects.create(
        at=at, by=who, act=act, subject_kind="child", subject_id=str(child.pk), body=body
    )
