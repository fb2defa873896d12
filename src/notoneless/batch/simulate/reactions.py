"""The made-up marks as histories, so that the county's own policies say what people had to do about them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime

from notoneless.batch.simulate.casework import IsGone, acts_about
from notoneless.batch.simulate.county import SESSION, ActMade, County, Gone, LeaveMade, MarkMade
from notoneless.batch.simulate.days import first_of_school_year
from notoneless.batch.simulate.params import Params
from notoneless.core.calendar import SchoolCalendar
from notoneless.core.facts import Leave, Mark
from notoneless.core.history import History
from notoneless.core.policy.library import packs_in_force
from notoneless.core.terms import AttendanceStatus


def acts_in(county: County, params: Params, calendar: SchoolCalendar) -> tuple[ActMade, ...]:
    """Everything people did about the county's children, in order of time."""
    gone = gone_on(county.gone)
    adopted_on = first_of_school_year(county.until.date())
    acts: list[ActMade] = []
    for no, history in histories(county, calendar).items():
        packs = packs_in_force(
            county.pack_of(county.classes[county.children[no].class_group].school), adopted_on
        )
        done = acts_about(
            history, calendar, packs, gone=gone[no], seed=county.seed, params=params, until=county.until
        )
        acts += [ActMade(no, act) for act in done]
    return tuple(sorted(acts, key=lambda made: (made.done.at, made.child, made.done.act)))


def gone_on(spans: tuple[Gone, ...]) -> defaultdict[int, IsGone]:
    """For each child, whether it has left on a day."""
    by_child: defaultdict[int, list[Gone]] = defaultdict(list)
    for span in spans:
        by_child[span.child].append(span)

    def asker(mine: list[Gone]) -> IsGone:
        return lambda day: any(g.from_day <= day and (g.until is None or day < g.until) for g in mine)

    found: defaultdict[int, IsGone] = defaultdict(lambda: lambda day: False)
    found.update({child: asker(mine) for child, mine in by_child.items()})
    return found


def histories(county: County, calendar: SchoolCalendar) -> dict[int, History]:
    """The history of each child who was ever called absent; about the others nobody owes anything."""
    marks: defaultdict[int, list[MarkMade]] = defaultdict(list)
    for mark in county.marks:
        marks[mark.child].append(mark)
    leaves: defaultdict[int, list[LeaveMade]] = defaultdict(list)
    for leave in county.leaves:
        leaves[leave.child].append(leave)
    silent = silent_days(county, calendar)
    found: dict[int, History] = {}
    for no, mine in sorted(marks.items()):
        if any(mark.status is AttendanceStatus.ABSENT for mark in mine):
            child = county.children[no]
            known = (*_marks(mine), *silent[child.class_group])
            found[no] = History(str(child.id), marks=known, leaves=tuple(map(_leave, leaves[no])))
    return found


def _marks(made: list[MarkMade]) -> Iterator[Mark]:
    for mark in made:
        first = f"{mark.roll_call}/{mark.child}"
        own, replaces = (f"{first}+", first) if mark.corrects else (first, "")
        yield Mark(
            mark.day,
            SESSION,
            mark.status,
            mark.at,
            mark.recorded_at,
            mark.reason,
            id=own,
            supersedes=replaces,
        )


def _leave(made: LeaveMade) -> Leave:
    return Leave(made.from_day, made.until, made.reason, made.granted_at, made.granted_at)


def silent_days(county: County, calendar: SchoolCalendar) -> dict[int, tuple[Mark, ...]]:
    """For each class, an UNRECORDED mark for every roll call that had begun by `until` and nobody has."""
    taken: defaultdict[int, set[date]] = defaultdict(set)
    for call in county.roll_calls:
        taken[call.class_group].add(call.day)
    begun = {day: calendar.session_start(day, SESSION) for day in county.days}
    return {
        group.no: tuple(
            _unrecorded(day, at)
            for day, at in begun.items()
            if at <= county.until and day not in taken[group.no]
        )
        for group in county.classes
    }


def _unrecorded(day: date, at: datetime) -> Mark:
    return Mark(day, SESSION, AttendanceStatus.UNRECORDED, at, at)
