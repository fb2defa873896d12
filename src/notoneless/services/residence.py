"""现住与寄宿: the village a child lives in and the house it sleeps in, each for a time."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple, TypeVar

from notoneless.core.terms import PlaceKind
from notoneless.records.access import Thing, Verb
from notoneless.records.models import Boarding, Child, JournalEntry, Person, Place, Residence
from notoneless.records.scopes import during
from notoneless.services.assessments import hold
from notoneless.services.finding import the_person
from notoneless.services.permissions import require
from notoneless.services.places import refuse_closed
from notoneless.services.refusals import Refusal
from notoneless.services.transactions import one_act

Row = TypeVar("Row", Residence, Boarding)


@one_act
def live_in(
    *, by: Person | int, child: Child, place: Place | None, from_day: date, at: datetime
) -> Residence | None:
    """The child lives in a village (None: nobody knows where) from a day on. Raises Refusal."""
    who = _whoever_may(by, child, at)
    _refuse_kind(place, PlaceKind.VILLAGE, "现住地", "home")
    refuse_closed(place, from_day)
    return _move(Residence, "place", child, place, from_day, Entry("LIVE_IN", who, at))


@one_act
def board_in(
    *, by: Person | int, child: Child, house: Place | None, from_day: date, at: datetime
) -> Boarding | None:
    """The child sleeps in a boarding house (None: no longer boards) from a day on. Raises Refusal."""
    who = _whoever_may(by, child, at)
    _refuse_kind(house, PlaceKind.BOARDING_HOUSE, "宿舍", "boarding house")
    refuse_closed(house, from_day)
    return _move(Boarding, "house", child, house, from_day, Entry("BOARD_IN", who, at))


class Entry(NamedTuple):
    """What the journal will say: the act, who did it, when."""

    act: str
    who: Person
    at: datetime


def _whoever_may(by: Person | int, child: Child, at: datetime) -> Person:
    who = the_person(by)
    require(who, Thing.CHILD, Verb.CHANGE, child, at.date())
    return who


def _move(
    rows: type[Row], where: str, child: Child, to: Place | None, from_day: date, entry: Entry
) -> Row | None:
    """End what stands and begin anew at `to`; where it stands already, nothing happens."""
    hold([child.pk])
    before = rows._default_manager.filter(child=child, until=None).first()
    if before is not None and to is not None and getattr(before, f"{where}_id") == to.pk:
        return before
    if before is not None:
        _end(before, from_day)
    _journal(entry.act, entry.who, child, entry.at, to, from_day)
    return rows._default_manager.create(child=child, from_day=from_day, **{where: to}) if to else None


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
