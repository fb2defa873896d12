"""花名册 in: looked at beside what stands, then taken in, each school whole or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, datetime
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

from notoneless.core.terms import PlaceKind
from notoneless.exchange.problems import Problem
from notoneless.exchange.rosters import Roster, RosterPupil, read_roster
from notoneless.records.models import Person, Place, not_closed
from notoneless.services.assessments import Entry, follow_up
from notoneless.services.finding import the_person
from notoneless.services.imported_once import digest_of, earlier, refuse_import, remember
from notoneless.services.places import refuse_closed
from notoneless.services.roster_diff import CHANGED, GONE, Missing, RowPlan, compare
from notoneless.services.roster_kept import Kept, keep_read, kept_read
from notoneless.services.roster_parts import KIND, Part, parts_of, take_part_in
from notoneless.services.roster_parts import school_year_of as school_year_of
from notoneless.services.transactions import one_act

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
    schools, year = _schools(school, roster.pupils, at.date()), school_year_of(at.date())
    alone = school if school.kind == PlaceKind.SCHOOL else None
    found = compare(roster, schools, year, at.date(), whole=whole, alone=alone)
    problems = (*roster.problems, *found.problems)
    return RosterPreview(
        roster.file, school, roster, found.rows, found.gone, problems, _digest(roster), whole
    )


def read_to_commit(
    path: str | PathLike[str], school: Place, at: datetime, *, file: str = "", whole: bool = False
) -> RosterPreview:
    """The roster to be taken in, as it was kept at its preview or else read again.

    What the preview showed is left out: committing compares anew.
    """
    kept = kept_read(Path(path))
    if kept is None:
        roster = read_roster(path, file=file, as_of=at)
        kept = Kept(roster, _digest(roster))
    problems = kept.roster.problems
    return RosterPreview(kept.roster.file, school, kept.roster, (), (), problems, kept.digest, whole)


def keep_preview(preview: RosterPreview, path: str | PathLike[str]) -> None:
    """Keep what was read for the preview of the file at `path`, sealed, for `read_to_commit`."""
    keep_read(Kept(preview.roster, preview.digest), Path(path))


def commit_roster(
    *, by: Person | int, preview: RosterPreview, at: datetime, progress: Progress | None = None
) -> dict[str, Any]:
    """Take the roster in and say what came of it: {"new", "known", "moved", "classes", "changed", "gone" …}.

    A transaction holds some schools, each whole: a county's file never holds anybody up for longer than that,
    and one that broke off goes on where it stopped when it is handed in again. The same file again changes
    nothing and gives the same answer. Raises Refusal, and then nothing of those schools is taken in.
    """
    person, place = the_person(by), preview.school
    refuse_import(person, place, preview.problems, at)
    refuse_closed(place, at.date())
    if (before := earlier(place, KIND, preview.digest)) is not None:
        return before
    if place.kind == PlaceKind.SCHOOL:
        part = Part({place.name: place}, preview.roster, {place.pk: preview.digest}, [], place)
        return dict(take_part_in(person, place, part, preview.whole, at))
    total: Counter[str] = Counter()
    schools = _schools(place, preview.roster.pupils, at.date())
    parts = parts_of(preview.roster, preview.digest, schools, at, whole=preview.whole)
    for done, part in enumerate(parts):
        if progress is not None:
            progress(sum(len(each.schools) for each in parts[:done]), sum(len(p.schools) for p in parts))
        total.update(take_part_in(person, place, part, preview.whole, at))
    return _remember_county(person, place, preview, dict(total), at)


@one_act
def _remember_county(
    person: Person, county: Place, preview: RosterPreview, result: dict[str, Any], at: datetime
) -> dict[str, Any]:
    remember(county, KIND, preview.digest, preview.file, at, person, result)
    body: dict[str, object] = {"digest": preview.digest, **result}
    follow_up([], as_of=at, entry=Entry("IMPORT_ROSTER", "place", str(county.pk), body, person))
    return result


def _digest(roster: Roster) -> str:
    return digest_of(map(_said_of, roster.pupils))


def _said_of(pupil: RosterPupil) -> str:
    """Everything that a row says but where it stands."""
    birth = pupil.birth_on.isoformat() if pupil.birth_on else ""
    texts = (*pupil[:2], pupil.sex or "", birth, *pupil[4:10], "借读" if pupil.guest else "", pupil.roll_at)
    return "\t".join((*texts, pupil.household or ""))


def _schools(place: Place, pupils: Iterable[RosterPupil], on: date) -> dict[str, Place]:
    """The school itself, or those of a county that the rows name and that are not closed."""
    if place.kind == PlaceKind.SCHOOL:
        return {place.name: place}
    named = {pupil.school for pupil in pupils}
    within = Place.objects.filter(not_closed(on), path__startswith=place.path or "/", name__in=named)
    within = within.filter(kind=PlaceKind.SCHOOL)
    return {school.name: school for school in within}
