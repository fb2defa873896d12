"""应入学名单: a list of children of school age beside those we have; who is in no school is asked after."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple

from notoneless.core.stages import SETTLED
from notoneless.exchange.rosters import Roster, RosterPupil
from notoneless.records.models import Case, Child, Person, Place
from notoneless.services.case_never_enrolled import find_never_enrolled, state_never_enrolled
from notoneless.services.child_record import Known, checked, refuse_too_young
from notoneless.services.doubles import Double, doubles_of_each
from notoneless.services.finding import the_person
from notoneless.services.refusals import Refusal
from notoneless.services.transactions import one_act

# What a row is: in a school we keep; written down as out of school already; perhaps one we have; new to us,
# or known and in no class; not of school age, or with a number that cannot be.
IN_SCHOOL, CASE_OPEN, ALIKE, NEW, NO_CLASS, UNFIT = (
    "IN_SCHOOL",
    "CASE_OPEN",
    "ALIKE",
    "NEW",
    "NO_CLASS",
    "UNFIT",
)
OFFERED = (NEW, NO_CLASS, ALIKE)


class Row(NamedTuple):
    """One row of the list: who, what it is, and the records it may be about."""

    number: int  # in the list, from 0
    cell: str  # where it stands, e.g. "Sheet1!A5"
    known: Known
    what: str
    doubles: tuple[Double, ...] = ()
    problem: Refusal | None = None


def compare_list(person: Person, roster: Roster, on: date) -> list[Row]:
    """Each row of the list beside what we have; a fixed number of queries."""
    fit: list[tuple[int, RosterPupil, Known]] = []
    rows: dict[int, Row] = {}
    for number, pupil in enumerate(roster.pupils):
        known = known_of(pupil)
        try:
            plain = checked(known, on)
            refuse_too_young(plain.birth_on, on)
        except Refusal as refusal:
            rows[number] = Row(number, pupil.cell, known, UNFIT, problem=refusal)
        else:
            fit.append((number, pupil, plain))
    found = doubles_of_each(person, [known for _, _, known in fit], on)
    cases = _open_cases([d.child for doubles in found for d in doubles])
    for (number, pupil, known), doubles in zip(fit, found, strict=True):
        rows[number] = Row(number, pupil.cell, known, _what(doubles, known, cases), tuple(doubles))
    return [rows[number] for number in sorted(rows)]


@one_act
def state_from_list(
    *,
    by: Person | int,
    rows: Sequence[Row],
    chosen: Collection[int],
    school: Place,
    village: Place | None,
    at: datetime,
    key: str,
) -> int:
    """State of the chosen rows that these children were never enrolled: all or none; how many there are.

    The same `key` again makes nothing twice. Raises Refusal that names the row.
    """
    person = the_person(by)
    done = [row for row in rows if row.number in chosen and row.what in OFFERED]
    for row in done:
        try:
            _state(person, row, school, village, at, f"{key[:60]}/{row.number}")
        except Refusal as refusal:
            zh, en = f"{row.cell}：{refusal.zh}", f"{row.cell}: {refusal.en}"
            raise Refusal(refusal.code, zh, en) from refusal
    return len(done)


def known_of(pupil: RosterPupil) -> Known:
    """What the row says of the child."""
    return Known(
        pupil.name,
        pupil.sex,
        pupil.birth_on,
        pupil.identity_no,
        pupil.enrolment_no,
        pupil.household,
        pupil.guardian_name,
        pupil.guardian_phone,
    )


def _state(person: Person, row: Row, school: Place, village: Place | None, at: datetime, key: str) -> None:
    if row.what == NO_CLASS:
        state_never_enrolled(
            by=person,
            child=row.doubles[0].child,
            school=school,
            village=village,
            found_at=at,
            at=at,
            key=key,
        )
        return
    find_never_enrolled(
        by=person,
        known=row.known,
        school=school,
        village=village,
        found_at=at,
        at=at,
        anyway=True,
        key=key,
    )


def _what(doubles: Sequence[Double], known: Known, cases: set[Child]) -> str:
    same = next((d for d in doubles if d.sure or _same_day(d.child, known)), None)
    if same is None:
        return ALIKE if doubles else NEW
    if same.child in cases:
        return CASE_OPEN
    if same.group is not None:
        return IN_SCHOOL
    return NO_CLASS if same is doubles[0] else ALIKE


def _same_day(child: Child, known: Known) -> bool:
    return child.birth_on is not None and child.birth_on == known.birth_on


def _open_cases(children: Sequence[Child]) -> set[Child]:
    rows = Case.objects.filter(child__in={child.pk for child in children}).exclude(stage__in=SETTLED)
    return {case.child for case in rows.select_related("child")}
