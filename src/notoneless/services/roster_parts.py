"""A county's roster in parts: some schools each, in one transaction each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import NamedTuple

from notoneless.exchange.rosters import Roster, RosterPupil
from notoneless.records.models import FileImported, Person, Place
from notoneless.services.assessments import Entry, follow_up, hold
from notoneless.services.imported_once import refuse_errors, remember_all
from notoneless.services.refusals import Refusal
from notoneless.services.roster_diff import (
    BACK,
    ELSEWHERE,
    KNOWN,
    MOVED,
    NEW,
    OUT,
    Diff,
    RowPlan,
    compare,
)
from notoneless.services.roster_writing import (
    add_new,
    ask_after,
    bring_up_to_date,
    changed_children,
    make_classes,
)
from notoneless.services.transactions import one_act

KIND = "ROSTER"
# Rows in one transaction, or one school's if it has more. After a row that is not written just as planned a
# child may be assessed anew: it weighs as much as four.
AT_ONCE, WEIGHT = 4000, 4
COUNTED = (NEW, KNOWN, MOVED, BACK, OUT, ELSEWHERE)


class Part(NamedTuple):
    """Some schools' rows, small enough for one transaction; `digests` name each school's for good.

    `plans`: what the rows do, found out with those of all schools; none where that has to be asked anew.
    """

    schools: dict[str, Place]
    roster: Roster
    digests: dict[int, str]
    plans: list[Diff]
    alone: Place | None = None


def parts_of(
    roster: Roster, digest: str, schools: Mapping[str, Place], at: datetime, *, whole: bool
) -> list[Part]:
    """The county's rows, some schools at a time. Raises Refusal for a school it does not have and for errors.

    All are compared with what stands at once, for a part alone costs nearly as much.
    """
    rows = _by_school(roster.pupils, schools)
    digests = {school.pk: f"{digest[:48]}/{school.pk}" for school in schools.values()}
    told = _told_before(digests)
    left = {name: school for name, school in schools.items() if school.pk not in told}
    pupils = tuple(pupil for name in left for pupil in rows[name])
    year = school_year_of(at.date())
    found = compare(roster._replace(pupils=pupils), left, year, at.date(), whole=whole)
    refuse_errors(found.problems)
    plans = _plans(found, left)
    weights = {name: len(mine) * (1 if schools[name].pk in plans else WEIGHT) for name, mine in rows.items()}
    return [
        Part(
            {name: schools[name] for name in names},
            roster._replace(pupils=tuple(pupil for name in names for pupil in rows[name])),
            {schools[name].pk: digests[schools[name].pk] for name in names},
            _together([plans.get(schools[name].pk) for name in names]),
        )
        for names in _shared_out(weights)
    ]


def _by_school(pupils: Iterable[RosterPupil], schools: Mapping[str, Place]) -> dict[str, list[RosterPupil]]:
    rows: dict[str, list[RosterPupil]] = {}
    for pupil in pupils:
        rows.setdefault(pupil.school, []).append(pupil)
    if unknown := sorted(rows.keys() - schools.keys()):
        named = "、".join(unknown)
        raise Refusal(
            "NO_SUCH_SCHOOL",
            f"名册里写的“{named}”不是本县学校；请更正后重新上传。",
            f"The roster names schools that the county does not have: {named}.",
        )
    return rows


def _shared_out(weights: Mapping[str, int]) -> Iterator[list[str]]:
    """The schools' names, as many together as are not too much for one transaction."""
    names: list[str] = []
    size = 0
    for name, weight in weights.items():
        if names and size + weight > AT_ONCE:
            yield names
            names, size = [], 0
        names.append(name)
        size += weight
    if names:
        yield names


def _plans(found: Diff, schools: Mapping[str, Place]) -> dict[int, Diff]:
    """What each school's rows do, for the schools where it may be done as planned."""
    rows: dict[int, list[RowPlan]] = {school.pk: [] for school in schools.values()}
    for row in found.rows:
        rows[row.school].append(row)
    asked_after = {each.school for each in found.gone}
    return {
        school: Diff(tuple(mine), (), (), found.indexes)
        for school, mine in rows.items()
        if school not in asked_after and all(map(_sure, mine))
    }


def _sure(row: RowPlan) -> bool:
    """Whether the database itself refuses to do what the row says if that has become wrong meanwhile.

    A number belongs to one child; of who stands as the roster says, nothing is written but a roll, and each
    child is on one.
    """
    numbered = bool(row.pupil.enrolment_no or row.pupil.identity_no)
    return numbered if row.what == NEW else row.what == KNOWN and not row.changed


def _together(plans: list[Diff | None]) -> list[Diff]:
    """One plan of all these schools', if each has one."""
    sure = [plan for plan in plans if plan is not None]
    if not sure or len(sure) < len(plans):
        return []
    return [sure[0]._replace(rows=tuple(row for plan in sure for row in plan.rows))]


@one_act
def take_part_in(person: Person, place: Place, part: Part, whole: bool, at: datetime) -> Counter[str]:
    """Take these schools in, each whole, and say what came of them; those taken in before say it again."""
    told = _told_before(part.digests)
    total: Counter[str] = Counter()
    for said in told.values():
        total.update(said)
    schools = {name: each for name, each in part.schools.items() if each.pk not in told}
    if schools:
        for said in _take_in(person, place, part, schools, whole, at).values():
            total.update(said)
    return total


def _take_in(
    person: Person, place: Place, part: Part, schools: Mapping[str, Place], whole: bool, at: datetime
) -> dict[int, Counter[str]]:
    found = _found(part, schools, whole, at)
    names = {each.pk: each.name for each in schools.values()}
    classes, made = make_classes(found.rows, names, school_year_of(at.date()))
    hold({*changed_children(found.rows), *(each.child for each in found.gone)})
    add_new(found, classes, names, at)
    moved = bring_up_to_date(found.rows, classes, names, at)
    asked = ask_after(found.gone, person, at)
    results = _results(found, names, made)
    told = {school: (part.digests[school], results[school]) for school in names}
    remember_all(told, part.roster.file, at, person)
    body: dict[str, object] = {"schools": {str(school): dict(said) for school, said in results.items()}}
    follow_up([*moved, *asked], as_of=at, entry=Entry("IMPORT_ROSTER", "place", str(place.pk), body, person))
    return results


def _found(part: Part, schools: Mapping[str, Place], whole: bool, at: datetime) -> Diff:
    """What the rows do: as planned, once; else compared anew, for the schools may have changed since."""
    if part.plans and len(schools) == len(part.schools):
        return part.plans.pop()
    pupils = part.roster.pupils
    if len(schools) < len(part.schools):
        pupils = tuple(pupil for pupil in pupils if pupil.school in schools)
    on = at.date()
    rows = part.roster._replace(pupils=pupils)
    found = compare(rows, schools, school_year_of(on), on, whole=whole, alone=part.alone)
    refuse_errors(found.problems)
    return found


def _told_before(digests: Mapping[int, str]) -> dict[int, dict[str, int]]:
    """What these schools brought when the same rows were committed before."""
    rows = FileImported.objects.filter(school__in=digests, kind=KIND, digest__in=digests.values())
    return {row.school_id: row.result for row in rows}


def school_year_of(day: date) -> str:
    """ "2025-2026", from September to August."""
    first = day.year if day.month >= 9 else day.year - 1
    return f"{first}-{first + 1}"


def _results(found: Diff, schools: Iterable[int], made: Counter[int]) -> dict[int, Counter[str]]:
    """What came of each school's rows."""
    nothing = {**{what.lower(): 0 for what in COUNTED}, "changed": 0, "gone": 0}
    results = {school: Counter({**nothing, "classes": made[school]}) for school in schools}
    for row in found.rows:
        results[row.school][row.what.lower()] += 1
        results[row.school]["changed"] += bool(row.changed)
    for each in found.gone:
        results[each.school]["gone"] += 1
    return results
