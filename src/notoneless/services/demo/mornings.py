"""The next morning of the demo: everybody but the visitor goes on, and only the demo's clock moves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from notoneless.batch.simulate import shipped_params, simulate
from notoneless.batch.simulate.casework import acts_about
from notoneless.batch.simulate.county import County, LeaveMade, MarkMade, RollCallMade
from notoneless.batch.simulate.places import STORY_CLASS, STORY_SCHOOL
from notoneless.batch.simulate.reactions import gone_on
from notoneless.core.calendar import SchoolCalendar
from notoneless.core.facts import ActDone
from notoneless.core.stages import RETURNED
from notoneless.records import constants
from notoneless.records.calendars import county_calendar
from notoneless.records.histories import subjects
from notoneless.records.models import (
    LIVE,
    ActRecord,
    AttendanceMark,
    Case,
    ClassGroup,
    JournalEntry,
    LeaveGranted,
    Obligation,
    RollCall,
)
from notoneless.services.assessments import Entry, follow_up
from notoneless.services.demo.clock import clock_file, move_clock, next_school_morning
from notoneless.services.demo.close_outs import add_reviews
from notoneless.services.demo.facts import Facts, act_id, holders_now
from notoneless.services.demo.loading import LOADED
from notoneless.services.demo.logins import story_class
from notoneless.services.demo.routine import go_on_with_routine
from notoneless.services.due import tick
from notoneless.services.refusals import Refusal
from notoneless.services.transactions import one_act

MORNING_CAME = "DEMO_NEXT_MORNING"


def next_morning(*, at: datetime) -> datetime:
    """Go from `at`, what the demo's clock shows, to 08:05 on the next school day, and give that moment.

    The other classes' roll calls up to then are filled in and their people act, by the same simulation; the
    visitor's class is left to the visitor. Raises Refusal outside the demo, and at the end of its year.
    """
    file = clock_file()
    loaded = JournalEntry.objects.filter(act=LOADED).order_by("seq").first()
    if file is None or loaded is None:
        raise Refusal(
            "NOT_THE_DEMO",
            "只有演示系统可以拨动时钟；正式系统的时间就是真实时间。",
            "Only the demo can move its clock; everywhere else time is real.",
        )
    morning = next_school_morning(at, _visitors_calendar())
    _go_on(loaded, morning)
    tick(now=morning)  # the worker would do it in some seconds, but the next page is looked at now
    # After the transaction: a clock put forward over a morning that was rolled back would show untaken days.
    move_clock(file, by=morning - at)
    return morning


def _visitors_calendar() -> SchoolCalendar:
    """The calendar of the class that visitors teach, closures declared in the demo included."""
    group = ClassGroup.objects.get(school__name=STORY_SCHOOL, name=STORY_CLASS)
    return constants.of_classes([group.pk])[group.pk].calendar


@one_act
def _go_on(loaded: JournalEntry, morning: datetime) -> None:
    county = _made_again(loaded, morning)
    classes = _classes(county)
    holders = holders_now()
    facts = Facts(county, classes, holders)
    calls = _calls_to_add(county, classes)
    facts.add_roll_calls(calls)
    facts.add_marks(_corrections_to_add(county, facts, {call.id for call in calls}))
    facts.add_leaves(_leaves_to_add(county, facts))
    acts = list(_acts_to_add(county, morning))
    facts.add_acts(acts)
    visitors = story_class(county)
    routine = go_on_with_routine(
        at=morning, holders=holders, leave={classes[visitors].pk} if visitors is not None else set()
    )
    entry = Entry(
        MORNING_CAME,
        "place",
        loaded.subject_id,
        {"morning": str(morning.date()), "roll_calls": len(calls), "acts": len(acts), "routine": routine},
    )
    follow_up([child.id for child in county.children], as_of=morning, entry=entry)
    add_reviews(holders, morning)


def _made_again(loaded: JournalEntry, morning: datetime) -> County:
    """The demo's county as the simulation has it on that morning."""
    origin = loaded.body
    return simulate(
        shipped_params(),
        seed=origin["seed"],
        scenario=origin["scenario"],
        schools=origin["schools"],
        pupils=origin["pupils"],
        class_size=origin["class_size"],
        until=morning,
        calendar=county_calendar(),
        with_acts=False,
    )


def _classes(county: County) -> dict[int, ClassGroup]:
    """The county's class groups as rows."""
    rows = {(g.school.code, g.name): g for g in ClassGroup.objects.select_related("school")}
    return {g.no: rows[county.places[g.school].code, g.name] for g in county.classes}


def _calls_to_add(county: County, classes: dict[int, ClassGroup]) -> list[RollCallMade]:
    """Roll calls that by now somebody else has taken; those that a visitor took stay as they are."""
    there = set(RollCall.objects.filter(standing=True).values_list("class_group_id", "day"))
    visitors = story_class(county)
    homes = constants.of_classes({group.pk for group in classes.values()})
    return [
        call
        for call in county.roll_calls
        if call.class_group != visitors
        and (number := classes[call.class_group].pk, call.day) not in there
        and homes[number].calendar.is_school_day(call.day)
    ]


def _corrections_to_add(county: County, facts: Facts, new: set[UUID]) -> list[MarkMade]:
    """Corrections of roll calls that were there before; those of `new` ones came with them."""
    made = [mark for mark in county.marks if mark.corrects and mark.roll_call not in new]
    roll_calls = set(RollCall.objects.values_list("pk", flat=True))
    there = set(AttendanceMark.objects.filter(supersedes__isnull=False).values_list("pk", flat=True))
    return [m for m in made if m.roll_call in roll_calls and facts.correction_id(m) not in there]


def _leaves_to_add(county: County, facts: Facts) -> list[LeaveMade]:
    visitors = story_class(county)
    there = set(LeaveGranted.objects.values_list("pk", flat=True))
    theirs = (leave for leave in county.leaves if county.children[leave.child].class_group != visitors)
    return [leave for leave in theirs if facts.leave_id(leave) not in there]


def _acts_to_add(county: County, morning: datetime) -> Iterator[tuple[UUID, ActDone]]:
    """What people in the other classes did about what the database says they owe."""
    visitors = story_class(county)
    gone = gone_on(county.gone)
    numbers = {child.id: child.no for child in county.children if child.class_group != visitors}
    there = set(ActRecord.objects.values_list("pk", flat=True))
    for child, subject in subjects(_somebody_must_act(numbers), as_of=morning).items():
        done = acts_about(
            subject.history,
            subject.home.calendar,
            subject.home.packs,
            gone=gone[numbers[child]],
            seed=county.seed,
            params=shipped_params(),
            until=morning,
        )
        yield from ((child, act) for act in done if act_id(child, act) not in there)


def _somebody_must_act(numbers: dict[UUID, int]) -> set[UUID]:
    """Children with something owed, a case to settle, or an absence; about the others nobody need act."""
    owed = Obligation.objects.filter(state__in=LIVE, child__isnull=False).values_list("child_id", flat=True)
    back = Case.objects.filter(stage__in=RETURNED).values_list("child_id", flat=True)
    absent = AttendanceMark.objects.filter(status="ABSENT").values_list("child_id", flat=True)
    return {child for child in {*owed, *back, *absent} if child in numbers}
