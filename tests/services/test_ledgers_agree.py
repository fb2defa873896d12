"""The lines of ledgers and the lists of figures are found in two ways and are the same children."""

from __future__ import annotations

from uuid import UUID

import pytest
from builders_db import TOWNSHIP_PACK, School, a_person, a_school, at, day

from notoneless.core.figure_terms import Tally
from notoneless.core.report_terms import LedgerKind
from notoneless.core.terms import AttendanceStatus, ChangeKind, EventKind, Post
from notoneless.records.models import (
    AttendanceMark,
    Child,
    Enrolment,
    EnrolmentChange,
    EventRecord,
    OnRoll,
    Place,
)
from notoneless.services.assessments import reassess
from notoneless.services.corrections import correct
from notoneless.services.counting import Asked, lines
from notoneless.services.ledgers import count_of, entries

pytestmark = pytest.mark.django_db
SAME = {
    LedgerKind.AT_RISK: (Tally.AT_RISK,),
    LedgerKind.SUSPECTED: (Tally.SUSPECTED, Tally.NEVER_ENROLLED),
    LedgerKind.DROPOUTS: (Tally.DROPOUTS,),
    LedgerKind.ON_ROLL_AWAY: (Tally.ON_ROLL_AWAY,),
}
DAYS = ("09-08", "09-09", "09-10", "09-11", "09-12", "09-15", "09-16", "09-17", "09-18")


@pytest.fixture
def county(db: None) -> Place:
    """Two schools: children at risk, suspected, back, corrected, moved, on another school's roll."""
    first, second = (a_school(4, pack=TOWNSHIP_PACK, name=name) for name in ("云岭完小", "石门完小"))
    for school in (first, second):
        for child in school.pupils[:3]:
            OnRoll.objects.create(child=child, school=school.place, from_day=day("09-01"))
    # The fourth of the first is on the second's roll and sits in the first.
    OnRoll.objects.create(child=first.pupils[3], school=second.place, from_day=day("09-01"))
    first.calls(*(f"{each} {'AA' if each < '09-17' else 'A.'}" for each in DAYS))
    second.calls(*(f"{each} A" for each in DAYS))
    _take_back(second, 0)
    _leave(second, 1)
    _found_never_enrolled(second)
    return first.county


def _take_back(school: School, pupil: int) -> None:
    """The marks of the first days were wrong: the child was there."""
    for mark in AttendanceMark.objects.filter(child=school.pupils[pupil], day__lte=day("09-12")):
        correct(
            by=school.teacher,
            child=school.pupils[pupil],
            day=mark.day,
            session=mark.session,
            status=AttendanceStatus.PRESENT,
            happened_at=mark.at,
            at=at("2025-09-19 10:00"),
            note="点错名。",
        )


def _leave(school: School, pupil: int) -> None:
    """Out of its class, known a day later; still on the roll."""
    child = school.pupils[pupil]
    EnrolmentChange.objects.create(
        child=child, kind=ChangeKind.SUSPENSION, school=school.place, from_day=day("09-15")
    )
    stay = Enrolment.objects.get(child=child)
    stay.until, stay.end_recorded_at = day("09-15"), at("2025-09-16 09:00")
    stay.save()


def _found_never_enrolled(school: School) -> None:
    child = Child.objects.create(name="失学儿")
    EventRecord.objects.create(
        child=child,
        kind=EventKind.NEVER_ENROLLED,
        place=school.place,
        happened_at=at("2025-09-16 10:00"),
        recorded_at=at("2025-09-16 10:00"),
        by=a_person("镇干部", Post.TOWNSHIP, school.township),
    )
    reassess([child.pk], as_of=at("2025-09-16 10:00"))


def by_ledger(kind: LedgerKind, place: Place, on: str, known: str) -> set[UUID | None]:
    found = entries(kind, place, day(on), at(f"2025-{known} 23:00"))
    return {entry.child for entry in found if entry.is_open}


def by_count(kind: LedgerKind, place: Place, on: str, known: str) -> set[UUID | None]:
    asked = Asked(place, day("09-01"), day(on), at(f"2025-{known} 23:00"))
    return {line.child for tally in SAME[kind] for line in lines(asked, tally)}


def test_the_open_lines_are_the_children_of_the_figures(county: Place) -> None:
    seen: set[tuple[LedgerKind, int]] = set()
    places = list(Place.objects.filter(kind__in=("COUNTY", "SCHOOL")))
    for kind in SAME:
        for place in places:
            for on, known in (("09-09", "09-09"), ("09-16", "09-16"), ("09-16", "09-20"), ("09-20", "09-20")):
                listed = by_ledger(kind, place, on, known)
                assert listed == by_count(kind, place, on, known), (kind, place.name, on, known)
                assert count_of(kind, place, day(on), at(f"2025-{known} 23:00")) == len(listed)
                seen.add((kind, len(listed)))
    assert {kind for kind, many in seen if many} >= SAME.keys() - {LedgerKind.DROPOUTS}


def test_a_place_has_the_lines_of_its_schools(county: Place) -> None:
    schools = Place.objects.filter(kind="SCHOOL")
    for kind in (LedgerKind.SUSPECTED, LedgerKind.AT_RISK):
        parts = [count_of(kind, school, day("09-18"), at("2025-09-18 23:00")) for school in schools]
        assert sum(parts) == count_of(kind, county, day("09-18"), at("2025-09-18 23:00"))
