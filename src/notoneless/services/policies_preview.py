"""Before a place adopts a pack: what changes for open cases, and what it asks of each post a week."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from typing import NamedTuple

from notoneless.core.calendar import SchoolTerm
from notoneless.core.facts import CHINA_TIME
from notoneless.core.spells import exceptional_days, spells
from notoneless.core.stages import SETTLED
from notoneless.records.calendars import county_calendar
from notoneless.records.histories import Subject
from notoneless.records.models import Case, Place, RollCall
from notoneless.records.packs import adoptions_on, at_any_time, binding, periods
from notoneless.services.assessments import AT_ONCE
from notoneless.services.policies_effects import CaseEffect, effect
from notoneless.services.policies_loads import Load, Loads, Stacks, children_here, children_of
from notoneless.services.policies_plan import planned

Progress = Callable[[int, int], object]  # children looked at, of how many


class Preview(NamedTuple):
    """What adopting a pack would change."""

    place: Place
    pack_id: str
    from_day: date
    was: str  # "pack@version …" that bind the place on that day, nearest first
    now: str
    cases: tuple[CaseEffect, ...]  # open cases, those without any change included
    term: SchoolTerm  # the term that the weeks are of; its last day is the last one looked at
    weeks: tuple[date, ...]  # their Mondays
    loads: tuple[Load, ...]
    children: int  # looked at


def preview(
    place: Place,
    pack_id: str,
    from_day: date,
    *,
    at: datetime,
    progress: Progress = lambda done, of: None,
) -> Preview:
    """What it would change for a place to adopt the shipped pack; writes nothing. Raises Refusal.

    Each open case is shown as if it had begun under the packs of `from_day`. The weeks are those of the last
    term that is over, or of the present one where the place has no roll call older than that.
    """
    plan = planned(place, pack_id, from_day, at=at)
    stacks = Stacks(plan.adopted)
    term = _term(place, at)
    loads = Loads(term, stacks, at)
    children = children_of(place, term)
    for i in range(0, len(children), AT_ONCE):
        loads.add_children(place, children[i : i + AT_ONCE])
        progress(min(i + AT_ONCE, len(children)), len(children))
    loads.add_classes(place)
    loads.add_places(place)
    was, now = stacks.of(adoptions_on(place.path or ""), place.path or "")
    return Preview(
        place,
        pack_id,
        from_day,
        was.version,
        now.version,
        tuple(_cases(place, stacks, at)),
        term,
        loads.weeks,
        loads.by_post(),
        len(children),
    )


# Open cases.


def _cases(place: Place, stacks: Stacks, at: datetime) -> Iterator[CaseEffect]:
    ours = Case.objects.filter(child__enrolments__class_group__school__path__startswith=place.path or "/")
    cases = {case.child_id: case for case in ours.exclude(stage__in=SETTLED).distinct().order_by("number")}
    children = list(cases)
    for i in range(0, len(children), AT_ONCE):
        chunk = children_here(place, children[i : i + AT_ONCE], at)
        for child in (each for each in children[i : i + AT_ONCE] if each in chunk):
            subject, home = chunk[child]
            since = _since(subject, at)
            # The case may stand on older packs than its class: those it would leave.
            was = at_any_time(binding(subject.home.packs, at.date()))
            yield effect(cases[child], subject, was, stacks.of_class(home)[1], at, since)


def _since(subject: Subject, at: datetime) -> datetime:
    """When the case began: the first day of the absence that opened it."""
    began = periods(subject.record.case_steps)[-1].first
    view, calendar = subject.history.as_known_at(at), subject.home.calendar.as_known_at(at)
    days = exceptional_days(view, calendar, as_of=at)
    runs = spells(days, subject.home.packs.countings[0], calendar.school_day_number(at.date()))
    first = min((run.start for run in runs if run.start <= began <= run.last_day), default=began)
    return datetime.combine(first, time.min, CHINA_TIME)


# Weeks of a term.


def _term(place: Place, at: datetime) -> SchoolTerm:
    """The last term that is over if the place has roll calls of it, or else the present one so far."""
    calendar, today = county_calendar(), at.date()
    over = [term for term in calendar.terms if term.last_day < today]
    present = calendar.term_of(today)
    if over and (present is None or _called(place, over[-1])):
        return over[-1]
    term = present or calendar.terms[0]
    return term._replace(last_day=min(term.last_day, max(today, term.first_day)))


def _called(place: Place, term: SchoolTerm) -> bool:
    there = RollCall.objects.filter(class_group__school__path__startswith=place.path or "/")
    return there.filter(day__gte=term.first_day, day__lte=term.last_day).exists()
