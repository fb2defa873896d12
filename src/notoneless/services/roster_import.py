"""花名册 in: looked at beside what stands, then taken in school by school, each whole or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from os import PathLike
from typing import Any, NamedTuple

from notoneless.core.terms import PlaceKind
from notoneless.exchange.problems import Problem
from notoneless.exchange.rosters import Roster, RosterPupil, read_roster
from notoneless.records.models import Person, Place
from notoneless.services.assessments import Entry, follow_up, hold
from notoneless.services.finding import the_person
from notoneless.services.imported_once import digest_of, earlier, refuse_import, remember
from notoneless.services.refusals import Refusal
from notoneless.services.roster_diff import (
    BACK,
    CHANGED,
    ELSEWHERE,
    GONE,
    KNOWN,
    MOVED,
    NEW,
    OUT,
    Diff,
    Missing,
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
COUNTED = (NEW, KNOWN, MOVED, BACK, OUT, ELSEWHERE)
Progress = Callable[[int, int], None]


class RosterPreview(NamedTuple):
    """A roster as it would be taken in; commit only if nothing in it is an error."""

    file: str
    school: Place  # or the county, for a roster of all its schools
    roster: Roster
    rows: tuple[RowPlan, ...]
    gone: tuple[Missing, ...]
    problems: tuple[Problem, ...]
    digest: str
    whole: bool

    @property
    def usable(self) -> bool:
        """Whether nothing keeps the file out."""
        return all(problem.severity != "ERROR" for problem in self.problems)

    def count(self, what: str) -> int:
        """How many rows do this (NEW, MOVED …), say something CHANGED, or how many children are GONE."""
        if what == GONE:
            return len(self.gone)
        if what == CHANGED:
            return sum(bool(row.changed) for row in self.rows)
        return sum(row.what == what for row in self.rows)


def preview_roster(
    path: str | PathLike[str], school: Place, at: datetime, *, file: str = "", whole: bool = False
) -> RosterPreview:
    """What a roster would bring to a school or a county; writes nothing.

    `whole`: it has everybody of its schools, else of the classes it names. Raises Unreadable.
    """
    return preview_of(read_roster(path, file=file, as_of=at), school, at, whole=whole)


def preview_of(roster: Roster, school: Place, at: datetime, *, whole: bool = False) -> RosterPreview:
    """The same of a roster that has been read."""
    schools, year = _schools(school, roster.pupils), school_year_of(at.date())
    alone = school if school.kind == PlaceKind.SCHOOL else None
    found = compare(roster, schools, year, at.date(), whole=whole, alone=alone)
    problems = (*roster.problems, *found.problems)
    return RosterPreview(
        roster.file, school, roster, found.rows, found.gone, problems, _digest(roster), whole
    )


def read_to_commit(
    path: str | PathLike[str], school: Place, at: datetime, *, file: str = "", whole: bool = False
) -> RosterPreview:
    """The roster read again to be taken in, without what its preview showed: committing compares anew."""
    roster = read_roster(path, file=file, as_of=at)
    return RosterPreview(roster.file, school, roster, (), (), roster.problems, _digest(roster), whole)


def commit_roster(
    *, by: Person | int, preview: RosterPreview, at: datetime, progress: Progress | None = None
) -> dict[str, Any]:
    """Take the roster in and say what came of it: {"new", "known", "moved", "classes", "changed", "gone" …}.

    Each school is one transaction: a county's file never holds anybody up for longer than one school's rows,
    and one that broke off goes on where it stopped when it is handed in again. The same file again changes
    nothing and gives the same answer. Raises Refusal, and then nothing of that school is taken in.
    """
    person, place = the_person(by), preview.school
    refuse_import(person, place, preview.problems, at)
    if (before := earlier(place, KIND, preview.digest)) is not None:
        return before
    if place.kind == PlaceKind.SCHOOL:
        return _commit_school(person, place, preview.roster, preview.digest, preview.whole, at)
    total: Counter[str] = Counter()
    parts = list(_by_school(preview.roster, _schools(place, preview.roster.pupils)).items())
    for done, (school, part) in enumerate(parts):
        if progress is not None:
            progress(done, len(parts))
        digest = f"{preview.digest[:48]}/{school.pk}"
        total.update(_commit_school(person, school, part, digest, preview.whole, at))
    return _remember_county(person, place, preview, dict(total), at)


@one_act
def _commit_school(
    person: Person, school: Place, roster: Roster, digest: str, whole: bool, at: datetime
) -> dict[str, Any]:
    if (before := earlier(school, KIND, digest)) is not None:
        return before
    on, year = at.date(), school_year_of(at.date())
    # The school may have changed since the preview was shown, so that it is compared again.
    found = compare(roster, {school.name: school}, year, on, whole=whole, alone=school)
    refuse_import(person, school, found.problems, at)
    classes, made = make_classes(found.rows, school, year)
    hold({*changed_children(found.rows), *(each.child for each in found.gone)})
    add_new(found.rows, classes, school, on)
    moved = bring_up_to_date(found.rows, classes, school, on)
    asked = ask_after(found.gone, school, person, at)
    result = _result(found, made)
    remember(school, KIND, digest, roster.file, at, person, result)
    entry = Entry("IMPORT_ROSTER", "place", str(school.pk), {"digest": digest, **result}, person)
    follow_up([*moved, *asked], as_of=at, entry=entry)
    return result


@one_act
def _remember_county(
    person: Person, county: Place, preview: RosterPreview, result: dict[str, Any], at: datetime
) -> dict[str, Any]:
    remember(county, KIND, preview.digest, preview.file, at, person, result)
    body: dict[str, object] = {"digest": preview.digest, **result}
    follow_up([], as_of=at, entry=Entry("IMPORT_ROSTER", "place", str(county.pk), body, person))
    return result


def school_year_of(day: date) -> str:
    """ "2025-2026", from September to August."""
    first = day.year if day.month >= 9 else day.year - 1
    return f"{first}-{first + 1}"


def _result(found: Diff, made: int) -> dict[str, Any]:
    tally = Counter(row.what for row in found.rows)
    counted = {what.lower(): tally[what] for what in COUNTED}
    changed = sum(bool(row.changed) for row in found.rows)
    return {**counted, "classes": made, "changed": changed, "gone": len(found.gone)}


def _digest(roster: Roster) -> str:
    return digest_of(repr(pupil._replace(cell="", row=0, file="")) for pupil in roster.pupils)


def _schools(place: Place, pupils: Iterable[RosterPupil]) -> dict[str, Place]:
    """The school itself, or those of a county that the rows name."""
    if place.kind == PlaceKind.SCHOOL:
        return {place.name: place}
    named = {pupil.school for pupil in pupils}
    within = Place.objects.filter(path__startswith=place.path or "/", kind=PlaceKind.SCHOOL, name__in=named)
    return {school.name: school for school in within}


def _by_school(roster: Roster, schools: Mapping[str, Place]) -> dict[Place, Roster]:
    """Each school's own rows."""
    parts: dict[str, list[RosterPupil]] = {}
    for pupil in roster.pupils:
        parts.setdefault(pupil.school, []).append(pupil)
    known = [name for name in parts if name in schools]
    if len(known) < len(parts):
        named = "、".join(sorted(parts.keys() - set(known)))
        raise Refusal(
            "NO_SUCH_SCHOOL",
            f"名册里写的“{named}”不是本县学校；请更正后重新上传。",
            f"The roster names schools that the county does not have: {named}.",
        )
    return {schools[name]: roster._replace(pupils=tuple(parts[name])) for name in known}
