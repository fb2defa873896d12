"""A made-up county as plain values: places, people, roll calls, marks and what people did about them."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from notoneless.core.facts import ActDone
from notoneless.core.terms import AbsenceReason, AttendanceStatus, KeyGroup, PlaceKind, Post, Sex

SESSION = "MORNING"  # the one roll call a day that the made-up schools take


class PlaceMade(NamedTuple):
    """A place from the county down to a grade; `parent` numbers the place above it, None at the top."""

    no: int
    kind: PlaceKind
    name: str
    code: str
    parent: int | None
    pack: str = ""  # the policy pack it has adopted; empty: whatever the place above has
    grade: int | None = None  # of a place of kind GRADE


class ClassMade(NamedTuple):
    """A class group of a school, named as 三年级2班."""

    no: int
    school: int
    grade: int
    name: str
    school_year: str
    teaching_point: int | None = None  # the place where it is taught, when that is not the school


class StaffMade(NamedTuple):
    """Somebody who holds posts."""

    no: int
    name: str
    phone: str


class PostMade(NamedTuple):
    """A post held from the first school day on, at a place or for a class group."""

    staff: int
    post: Post
    place: int | None = None
    class_group: int | None = None


class ChildMade(NamedTuple):
    """A made-up child: the identity number has an area code that no place has."""

    no: int
    id: UUID
    name: str
    sex: Sex
    birth_on: date
    identity_no: str  # "" for a child who has none
    enrolment_no: str
    class_group: int
    guardian_name: str
    guardian_relation: str
    guardian_phone: str


class HomeMade(NamedTuple):
    """The village a child lives in."""

    child: int
    village: int


class BedMade(NamedTuple):
    """The boarding house a child sleeps in."""

    child: int
    house: int


class GroupMade(NamedTuple):
    """A key group a child belongs to."""

    child: int
    group: KeyGroup


class RollCallMade(NamedTuple):
    """One roll call taken; `recorded_at` is later where it was handed in late."""

    id: UUID
    class_group: int
    day: date
    taken_at: datetime
    recorded_at: datetime


class MarkMade(NamedTuple):
    """One mark that is not PRESENT; `corrects` is true for a second mark that replaces the roll call's."""

    roll_call: UUID
    child: int
    day: date
    status: AttendanceStatus
    reason: AbsenceReason | None
    at: datetime
    recorded_at: datetime
    corrects: bool = False


class LeaveMade(NamedTuple):
    """Leave granted for several days; `until` is the first day the child is expected again."""

    child: int
    from_day: date
    until: date
    reason: AbsenceReason
    granted_at: datetime


class ActMade(NamedTuple):
    """What somebody did about a child."""

    child: int
    done: ActDone


class Gone(NamedTuple):
    """The truth behind the marks: away from `from_day` to `until` (None = still away), having left school."""

    child: int
    from_day: date
    until: date | None
    before_the_year: bool = False  # left in an earlier school year: on the ledger from the first day


class County(NamedTuple):
    """All of it, as it stood at `until`."""

    seed: int
    scenario: str
    class_size: int
    until: datetime
    days: tuple[date, ...]  # the school days of the school year up to `until`'s day
    days_in_year: int  # as far as the calendar knows them
    places: tuple[PlaceMade, ...]
    classes: tuple[ClassMade, ...]
    staff: tuple[StaffMade, ...]
    posts: tuple[PostMade, ...]
    children: tuple[ChildMade, ...]
    roll_calls: tuple[RollCallMade, ...]
    marks: tuple[MarkMade, ...]
    leaves: tuple[LeaveMade, ...]
    acts: tuple[ActMade, ...]
    gone: tuple[Gone, ...]
    homes: tuple[HomeMade, ...] = ()
    beds: tuple[BedMade, ...] = ()
    groups: tuple[GroupMade, ...] = ()

    def pupils(self) -> dict[int, list[ChildMade]]:
        """The children of each class group, by its number."""
        found: dict[int, list[ChildMade]] = {group.no: [] for group in self.classes}
        for child in self.children:
            found[child.class_group].append(child)
        return found

    def pack_of(self, place: int) -> str:
        """The pack that holds at a place: its own, or the nearest one above."""
        here = self.places[place]
        if here.pack or here.parent is None:
            return here.pack
        return self.pack_of(here.parent)
