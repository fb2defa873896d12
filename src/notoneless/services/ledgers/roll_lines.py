"""适龄、在籍不在校、待核查入学: where on roll and attending part, and who is in no list of either."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from notoneless.core.terms import Act, ChangeStep, EventKind, Stage
from notoneless.records.models import (
    ActRecord,
    CaseChange,
    ChangeStepTaken,
    Child,
    Enrolment,
    EventRecord,
    OnRoll,
    SpecialRoute,
)
from notoneless.records.scopes import during
from notoneless.services.ledgers.case_lines import STAGES
from notoneless.services.ledgers.entry import View, Where, day_begins, day_ends, day_in_china
from notoneless.services.ledgers.homes import homes, known, places_within
from notoneless.services.ledgers.standing import Since
from notoneless.services.on_roll import GONE, SETTLED

FIRST_AGE, LAST_AGE = 6, 15  # full years at the start of the school year


def stages_on(view: View) -> dict[UUID, Stage]:
    """The stage of every case as of the day, as known at the moment of the view."""
    steps = CaseChange.objects.filter(recorded_at__lte=view.known_at, at__lt=day_ends(view.as_of))
    return {
        child: Stage(stage) for child, stage in steps.order_by("pk").values_list("case__child_id", "stage")
    }  # type: ignore[call-arg]


# 适龄儿童少年台账.


def of_school_age(view: View) -> dict[UUID, Since]:
    """Every known child of school age, at school or not; by birth, else by being in a class."""
    since = school_year_begins(view.as_of)
    ages = (since.replace(year=since.year - LAST_AGE - 1), since.replace(year=since.year - FIRST_AGE))
    aged = set(Child.objects.filter(birth_on__gt=ages[0], birth_on__lte=ages[1]).values_list("pk", flat=True))
    taught = Enrolment.objects.filter(known(view), during(view.as_of), child__birth_on=None)
    aged |= set(taught.values_list("child_id", flat=True))
    first = _first_known(view)
    gone = settled(view)
    return {
        child: Since(*first.get(child, (since, day_begins(since))), where)
        for child, where in homes(view).items()
        if child in aged and child not in gone
    }


def school_year_begins(on: date) -> date:
    """1 September of the school year of a day."""
    return date(on.year if on.month >= 9 else on.year - 1, 9, 1)


def _first_known(view: View) -> dict[UUID, tuple[date, datetime]]:
    """Since when we know of each child: the first class it was in."""
    found: dict[UUID, tuple[date, datetime]] = {}
    rows = Enrolment.objects.filter(known(view), from_day__lte=view.as_of).order_by("-from_day", "-pk")
    for child, day, recorded in rows.values_list("child_id", "from_day", "recorded_at"):
        found[child] = (day, recorded or day_begins(day))
    return found


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
    """On the roll of a school of the place and not attending, for whatever reason."""
    within = places_within(view.place)
    rolls = OnRoll.objects.filter(known(view), during(view.as_of), school__isnull=False)
    rows = rolls.values_list("child_id", "school_id", "from_day", "recorded_at")
    rolled = {child: (school, day, seen) for child, school, day, seen in rows if school in within}
    away = rolled.keys() - attending(view)
    left = _left(view, away)
    where = homes(view, away)
    found = {}
    for child in away:
        school, day, seen = rolled[child]
        last, learned = left.get(child, (day, seen or day_begins(day)))
        at_school = where.get(child, Where(school))
        place = at_school if at_school.place == school else Where(school)
        found[child] = Since(max(day, last), max(learned, seen or day_begins(day)), place)
    return found


def attending(view: View) -> set[UUID]:
    """Whoever is in a class and is not held to have left."""
    seated = Enrolment.objects.filter(known(view), during(view.as_of)).values_list("child_id", flat=True)
    gone = {child for child, stage in stages_on(view).items() if stage in GONE}
    return set(seated) - gone


def _left(view: View, children: Iterable[UUID]) -> dict[UUID, tuple[date, datetime]]:
    """Since when each attends no more: the end of the last class, or the step that says it is gone."""
    ids = list(children)
    found: dict[UUID, tuple[date, datetime]] = {}
    ended = Enrolment.objects.filter(known(view), child__in=ids, until__lte=view.as_of).order_by("until")
    for child, until, learned in ended.values_list("child_id", "until", "end_recorded_at"):
        found[child] = (until, learned or day_begins(until))
    steps = CaseChange.objects.filter(
        case__child__in=ids, stage__in=GONE, recorded_at__lte=view.known_at, at__lt=day_ends(view.as_of)
    ).exclude(stage_before__in=GONE)
    for child, at, learned in steps.order_by("pk").values_list("case__child_id", "at", "recorded_at"):
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
    rolled = set(OnRoll.objects.filter(known(view), during(view.as_of)).values_list("child_id", flat=True))
    routed = SpecialRoute.objects.filter(
        during(view.as_of), recorded_at__lte=view.known_at, superseded_by__isnull=True
    )
    there = rolled | attending(view) | set(routed.values_list("child_id", flat=True))
    once = Enrolment.objects.filter(known(view), from_day__lte=view.as_of).values_list("child_id", flat=True)
    listed = OnRoll.objects.filter(known(view), from_day__lte=view.as_of).values_list("child_id", flat=True)
    nowhere = (set(once) | set(listed)) - there
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
