"""适龄、在籍不在校、待核查入学: where on roll and attending part, and who is in no list of either."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from notoneless.core.terms import Act, ChangeStep, EventKind, Stage
from notoneless.records.models import (
    ActRecord,
    CaseChange,
    ChangeStepTaken,
    Child,
    EventRecord,
    OnRoll,
    SpecialRoute,
)
from notoneless.records.scopes import during
from notoneless.services.ledgers.case_lines import STAGES, known_steps
from notoneless.services.ledgers.entry import View, Where, day_begins, day_ends, day_in_china
from notoneless.services.ledgers.homes import class_stays, homes, near, places_within, roll_stays
from notoneless.services.ledgers.standing import Since
from notoneless.services.on_roll import GONE, SETTLED

FIRST_AGE, OVER_AGE = 6, 15  # full years on 1 September


def stages_on(view: View) -> dict[UUID, Stage]:
    """The stage of every case as of the day, as known at the moment of the view."""
    steps = CaseChange.objects.filter(known_steps(view)).order_by("pk")
    return {child: Stage(stage) for child, stage in steps.values_list("case__child_id", "stage")}  # type: ignore[call-arg]


# 适龄儿童少年台账.


def of_school_age(view: View) -> dict[UUID, Since]:
    """Every known child of school age, at school or not; by birth, else by being in a class."""
    since = school_year_begins(view.as_of)
    ages = (since.replace(year=since.year - OVER_AGE), since.replace(year=since.year - FIRST_AGE))
    close = near(view)
    known = Child.objects.all() if close is None else Child.objects.filter(pk__in=close)
    born = known.filter(birth_on__gt=ages[0], birth_on__lte=ages[1])
    aged = set(born.values_list("pk", flat=True))
    stays = class_stays(view, close)
    unborn = set(known.filter(birth_on=None).values_list("pk", flat=True))
    aged |= {stay.child for stay in stays if stay.child in unborn and stay.holds_on(view.as_of)}
    first = {stay.child: (stay.from_day, stay.known_since) for stay in reversed(stays)}
    gone = settled(view)
    return {
        child: Since(*first.get(child, (since, day_begins(since))), where)
        for child, where in homes(view, classes=stays).items()
        if child in aged and child not in gone
    }


def school_year_begins(on: date) -> date:
    """1 September of the school year of a day."""
    return date(on.year if on.month >= 9 else on.year - 1, 9, 1)


def settled(view: View) -> set[UUID]:
    """Whoever died, graduated or moved abroad: nobody's to look for any more."""
    done = ChangeStepTaken.objects.filter(
        change__kind__in=SETTLED,
        step=ChangeStep.DONE,
        at__lte=view.known_at,
        change__from_day__lte=view.as_of,
    )
    return set(done.values_list("change__child_id", flat=True))


# 在籍不在校台账.


def on_roll_away(view: View) -> dict[UUID, Since]:
    """On the roll of a school of the place and attending none of the place, for whatever reason."""
    within = places_within(view.place)
    return _away(view, within, attending(view, within))


def away_from_own_school(view: View) -> dict[UUID, Since]:
    """The same with whoever attends another school of the place: the own school's list has them too."""
    within = places_within(view.place)
    return _away(view, within, attending_own(view))


def _away(view: View, within: frozenset[int], there: Collection[UUID]) -> dict[UUID, Since]:
    on, stays = view.as_of, roll_stays(view)
    rolled = {r.child: r for r in stays if r.school in within and r.holds_on(on) and r.child not in there}
    seats = {stay.child: stay for stay in class_stays(view, rolled) if stay.holds_on(on)}
    left = _left(view, rolled)
    found = {}
    for child, roll in rolled.items():
        seat = seats.get(child)
        where = Where(roll.school, seat.class_group if seat and seat.school == roll.school else None)
        day, learned = left.get(child, (roll.from_day, roll.known_since))
        found[child] = Since(max(day, roll.from_day), max(learned, roll.known_since), where)
    return found


def attending(view: View, within: Collection[int] | None = None) -> set[UUID]:
    """Whoever is in a class, of these schools if they are named, and is not held to have left."""
    seated = (stay for stay in class_stays(view) if stay.holds_on(view.as_of))
    return {stay.child for stay in seated if within is None or stay.school in within} - _gone(view)


def attending_own(view: View) -> set[UUID]:
    """Whoever attends the school whose roll it is on."""
    rolled = {stay.child: stay.school for stay in roll_stays(view) if stay.holds_on(view.as_of)}
    seated = (stay for stay in class_stays(view) if stay.holds_on(view.as_of))
    return {stay.child for stay in seated if rolled.get(stay.child) == stay.school} - _gone(view)


def _gone(view: View) -> set[UUID]:
    return {child for child, stage in stages_on(view).items() if stage in GONE}


def _left(view: View, children: Iterable[UUID]) -> dict[UUID, tuple[date, datetime]]:
    """Since when each attends no more: the end of the last class, or the step that says it is gone."""
    ids = list(children)
    found = {
        stay.child: (stay.until, stay.end_learned_at or day_begins(stay.until))
        for stay in class_stays(view, ids)
        if stay.until is not None and stay.until <= view.as_of
    }
    steps = CaseChange.objects.filter(known_steps(view), case__child__in=ids, stage__in=GONE)
    rows = steps.exclude(stage_before__in=GONE).order_by("pk")
    for child, at, learned in rows.values_list("case__child_id", "at", "recorded_at"):
        found[child] = (day_in_china(at), learned)
    return found


# 待核查入学台账.


def to_verify(view: View) -> dict[UUID, Since]:
    """Off every roll and in no class, said to be elsewhere, or gone from a roster: nobody confirmed where.

    Whoever a case already follows as a suspected or confirmed dropout is not asked for twice.
    """
    stages = stages_on(view)
    followed = {child for child, stage in stages.items() if any(stage in each for each in STAGES.values())}
    found = {**_neither(view), **_said_elsewhere(view, stages), **_off_roster(view)}
    done = followed | settled(view)
    return {child: since for child, since in found.items() if child not in done}


def _neither(view: View) -> dict[UUID, Since]:
    rolled = set(OnRoll.objects.filter(during(view.as_of)).values_list("child_id", flat=True))  # anywhere
    routed = SpecialRoute.objects.filter(
        during(view.as_of), recorded_at__lte=view.known_at, superseded_by__isnull=True
    )
    there = rolled | attending(view) | set(routed.values_list("child_id", flat=True))
    stays = (*class_stays(view), *roll_stays(view))
    nowhere = {stay.child for stay in stays} - there
    left = _left(view, nowhere)
    begin = school_year_begins(view.as_of)
    return {
        child: Since(*left.get(child, (begin, day_begins(begin))), where)
        for child, where in homes(view, nowhere).items()
    }


def _said_elsewhere(view: View, stages: dict[UUID, Stage]) -> dict[UUID, Since]:
    children = {child for child, stage in stages.items() if stage is Stage.ENROLLED_ELSEWHERE}
    steps = CaseChange.objects.filter(
        case__child__in=children, stage=Stage.ENROLLED_ELSEWHERE, recorded_at__lte=view.known_at
    )
    where = homes(view, children)
    rows = steps.order_by("pk").values_list("case__child_id", "at", "recorded_at")
    return {
        child: Since(day_in_china(at), learned, where[child]) for child, at, learned in rows if child in where
    }


def _off_roster(view: View) -> dict[UUID, Since]:
    """No longer on a school's roster, and nobody has said since where the child is."""
    seen = Q(recorded_at__lte=view.known_at, happened_at__lt=day_ends(view.as_of))
    events = EventRecord.objects.filter(seen, kind=EventKind.NOT_ON_ROSTER).order_by("happened_at")
    asked = {
        child: (at, learned)
        for child, at, learned in events.values_list("child_id", "happened_at", "recorded_at")
    }
    acts = ActRecord.objects.filter(seen, act=Act.EXPLAIN, child__in=asked)
    answered = {child for child, at in acts.values_list("child_id", "happened_at") if at >= asked[child][0]}
    where = homes(view, asked)
    return {
        child: Since(day_in_china(at), learned, where[child])
        for child, (at, learned) in asked.items()
        if child in where and child not in answered
    }
