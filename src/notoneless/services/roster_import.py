"""花名册 in: looked at beside what stands, then taken in, each school whole or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

from notoneless.core.terms import PlaceKind
from notoneless.exchange.problems import Problem
from notoneless.exchange.rosters import Roster, RosterPupil, read_roster
from notoneless.records.models import FileImported, Person, Place, not_closed
from notoneless.services.assessments import Entry, follow_up, hold
from notoneless.services.finding import the_person
from notoneless.services.imported_once import digest_of, earlier, refuse_import, remember, remember_all
from notoneless.services.places import refuse_closed
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
from notoneless.services.roster_kept import Kept, keep_read, kept_read
from notoneless.services.roster_writing import (
    add_new,
    ask_after,
    bring_up_to_date,
    changed_children,
    make_classes,
)
from notoneless.services.transactions import one_act

KIND = "ROSTER"
AT_ONCE = 2000  # rows in one transaction, or one school's if it has more
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
        part = Part({place.name: place}, preview.roster, {place.pk: preview.digest}, place)
        return dict(_commit_part(person, place, part, preview.whole, at))
    total: Counter[str] = Counter()
    parts = list(_parts(preview, _schools(place, preview.roster.pupils, at.date())))
    for done, part in enumerate(parts):
        if progress is not None:
            progress(sum(len(each.schools) for each in parts[:done]), sum(len(p.schools) for p in parts))
        total.update(_commit_part(person, place, part, preview.whole, at))
    return _remember_county(person, place, preview, dict(total), at)


class Part(NamedTuple):
    """Some schools' rows, small enough for one transaction; `digests` name each school's for good."""

    schools: dict[str, Place]
    roster: Roster
    digests: dict[int, str]
    alone: Place | None = None


@one_act
def _commit_part(person: Person, place: Place, part: Part, whole: bool, at: datetime) -> Counter[str]:
    told = _told_before(part)
    schools = {name: each for name, each in part.schools.items() if each.pk not in told}
    total: Counter[str] = Counter()
    for said in told.values():
        total.update(said)
    if not schools:
        return total
    pupils = part.roster.pupils
    if told:
        pupils = tuple(pupil for pupil in pupils if pupil.school in schools)
    on, year = at.date(), school_year_of(at.date())
    # The schools may have changed since the preview was shown, so that they are compared again.
    found = compare(part.roster._replace(pupils=pupils), schools, year, on, whole=whole, alone=part.alone)
    refuse_import(person, place, found.problems, at)
    names = {each.pk: each.name for each in schools.values()}
    classes, made = make_classes(found.rows, names, year)
    hold({*changed_children(found.rows), *(each.child for each in found.gone)})
    add_new(found, classes, names, at)
    moved = bring_up_to_date(found.rows, classes, names, at)
    asked = ask_after(found.gone, person, at)
    results = _results(found, names, made)
    remember_all(
        {school: (part.digests[school], results[school]) for school in names}, part.roster.file, at, person
    )
    body: dict[str, object] = {"schools": {str(school): dict(said) for school, said in results.items()}}
    follow_up([*moved, *asked], as_of=at, entry=Entry("IMPORT_ROSTER", "place", str(place.pk), body, person))
    for said in results.values():
        total.update(said)
    return total


def _told_before(part: Part) -> dict[int, dict[str, int]]:
    """What schools of this part brought when the same rows were committed before."""
    rows = FileImported.objects.filter(school__in=part.digests, kind=KIND, digest__in=part.digests.values())
    return {row.school_id: row.result for row in rows}


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


def _parts(preview: RosterPreview, schools: Mapping[str, Place]) -> Iterator[Part]:
    """The county's rows, some schools at a time. Raises Refusal for a school it does not have."""
    rows: dict[str, list[RosterPupil]] = {}
    for pupil in preview.roster.pupils:
        rows.setdefault(pupil.school, []).append(pupil)
    if unknown := sorted(rows.keys() - schools.keys()):
        named = "、".join(unknown)
        raise Refusal(
            "NO_SUCH_SCHOOL",
            f"名册里写的“{named}”不是本县学校；请更正后重新上传。",
            f"The roster names schools that the county does not have: {named}.",
        )
    names: list[str] = []
    size = 0
    for name in rows:
        if names and size + len(rows[name]) > AT_ONCE:
            yield _part(preview, schools, names, rows)
            names, size = [], 0
        names.append(name)
        size += len(rows[name])
    if names:
        yield _part(preview, schools, names, rows)


def _part(
    preview: RosterPreview, schools: Mapping[str, Place], names: list[str], rows: dict[str, list[RosterPupil]]
) -> Part:
    these = {name: schools[name] for name in names}
    pupils = tuple(pupil for name in names for pupil in rows[name])
    digests = {each.pk: f"{preview.digest[:48]}/{each.pk}" for each in these.values()}
    return Part(these, preview.roster._replace(pupils=pupils), digests)
