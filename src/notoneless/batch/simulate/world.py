"""The whole county from a seed: the same seed, the same county, however far it is looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from random import Random

from notoneless.batch.simulate.attendance import Away, Year, live
from notoneless.batch.simulate.county import (
    BedMade,
    ChildMade,
    ClassMade,
    County,
    Gone,
    GroupMade,
    HomeMade,
    LeaveMade,
    MarkMade,
    RollCallMade,
)
from notoneless.batch.simulate.days import YearDays, first_of_school_year, year_days
from notoneless.batch.simulate.params import Params
from notoneless.batch.simulate.places import STORY_CLASS, STORY_SCHOOL, Tree, grow
from notoneless.batch.simulate.pupils import Enroller, Risks, key_groups, school_factors, seats
from notoneless.batch.simulate.reactions import acts_in
from notoneless.batch.simulate.roll_calls import Habit, leaves_of, marks_of, roll_calls
from notoneless.batch.simulate.staff import appoint
from notoneless.core.calendar import SchoolCalendar

DEFAULT_CLASS_SIZE = 20
OF_ITS_OWN_VILLAGE = 0.7  # the share of a school's pupils who live in its own village for certain
Calls = dict[int, dict[int, RollCallMade]]  # by class group, then by the day's number


class BadScenario(ValueError):
    """A scenario the parameters do not have; the message lists those they have."""


class NoSchoolDays(ValueError):
    """A moment whose school year the calendar does not know."""


def simulate(
    params: Params,
    *,
    seed: int,
    schools: int,
    pupils: int,
    until: datetime,
    calendar: SchoolCalendar,
    class_size: int = DEFAULT_CLASS_SIZE,
    scenario: str = "today",
    with_acts: bool = True,
    progress: Callable[[int], object] = lambda children: None,
) -> County:
    """A made-up county of `pupils` in all, in the school year of `until`, as known at `until`.

    `progress` is told after each child that one more is done. Raises BadSize, BadScenario, NoSchoolDays.
    """
    if scenario not in params.scenarios:
        raise BadScenario(f"没有“{scenario}”这种情形；现有：{'、'.join(params.scenarios)}。")
    days = year_days(calendar, until.date(), params, Random(f"{seed}/days"))
    if not days.days or days.days[0] > until.date():
        raise NoSchoolDays(
            f"校历里 {until.date()} 之前没有本学年的上课日，无法生成；请换一个日期，或补充校历。"
        )
    school_year = first_of_school_year(until.date()).year
    tree = grow(schools=schools, pupils=pupils, class_size=class_size, school_year=school_year)
    world = _World(seed, scenario, class_size, params, days, tree, until)
    world.enrol(Enroller(seed, school_year, params), progress)
    county = world.county()
    return county._replace(acts=acts_in(county, params, calendar)) if with_acts else county


class _World:
    """The county while it is being made."""

    def __init__(
        self,
        seed: int,
        scenario: str,
        class_size: int,
        params: Params,
        days: YearDays,
        tree: Tree,
        until: datetime,
    ) -> None:
        self._seed, self._scenario, self._class_size = seed, scenario, class_size
        self._params = params
        self._days, self._tree, self._until = days, tree, until
        self._calls: Calls = {
            group.no: roll_calls(seed, group.no, habit, days, params, until)
            for group, habit in self._habits()
        }
        self._children: list[ChildMade] = []
        self._marks: list[MarkMade] = []
        self._leaves: list[LeaveMade] = []
        self._gone: list[Gone] = []
        self._homes: list[HomeMade] = []
        self._beds: list[BedMade] = []
        self._groups: list[GroupMade] = []

    def _habits(self) -> Iterator[tuple[ClassMade, Habit]]:
        """How each class keeps its register; forgetting belongs to a school, not to a day."""
        rng = Random(f"{self._seed}/habits")
        missing: dict[int, float] = {}
        for group in self._tree.classes:
            if group.school not in missing:
                missing[group.school] = _missing(rng, self._params)
            if group.name == STORY_CLASS and self._tree.places[group.school].name == STORY_SCHOOL:
                # The class that visitors of the demo teach: never forgotten, never called before they can.
                yield group, Habit(0.0, 6, 10)
            else:
                yield group, Habit(missing[group.school], 1, 17)

    def enrol(self, enroller: Enroller, progress: Callable[[int], object]) -> None:
        """Every child, with all that was written down about it by `until`."""
        risks = Risks(self._params, self._scenario)
        factors = school_factors(Random(f"{self._seed}/schools"), self._tree, self._params)
        for no, class_group, grade in seats(self._tree):
            rng = Random(f"{self._seed}/child/{no}")
            traits = risks.traits(rng)
            self._children.append(enroller.child(rng, no, class_group, grade, traits["overage"]))
            self._home(no, self._tree.classes[class_group].school, grade)
            self._groups += key_groups(self._seed, no, traits)
            school = self._tree.classes[class_group].school
            year = live(rng, risks.of(rng, grade, traits, factors[school]), self._days, self._params)
            self._write_down(no, year, self._calls[class_group], rng)
            progress(1)

    def _write_down(self, child: int, year: Year, calls: dict[int, RollCallMade], rng: Random) -> None:
        self._marks += marks_of(child, year, calls, rng, self._until)
        self._leaves += leaves_of(child, year, calls, self._days, self._until)
        self._gone += (
            self._truth(child, away) for away in year.away if self._day(away.start) <= self._until.date()
        )

    def _home(self, child: int, school: int, grade: int) -> None:
        """Where the child lives; who lives in another village than the school and is older boards."""
        rng = Random(f"{self._seed}/lives-in/{child}")
        villages = self._tree.villages[school]
        village = villages[0] if rng.random() < OF_ITS_OWN_VILLAGE else rng.choice(villages)
        self._homes.append(HomeMade(child, village))
        if village != villages[0] and school in self._tree.houses:
            self._beds.append(BedMade(child, self._tree.houses[school]))

    def _truth(self, child: int, away: Away) -> Gone:
        until = None if away.end is None else self._day(away.end)
        return Gone(child, self._day(away.start), until, away.before_the_year)

    def _day(self, number: int) -> date:
        return self._days.days[number]

    def county(self) -> County:
        """All that was made, in order of day, class and child."""
        staffing = appoint(Random(f"{self._seed}/staff"), self._tree.places, self._tree.classes)
        calls = [call for of_class in self._calls.values() for call in of_class.values()]
        return County(
            seed=self._seed,
            scenario=self._scenario,
            class_size=self._class_size,
            until=self._until,
            days=tuple(day for day in self._days.days if day <= self._until.date()),
            days_in_year=len(self._days.days),
            places=self._tree.places,
            classes=self._tree.classes,
            staff=tuple(staffing.staff),
            posts=tuple(staffing.posts),
            children=tuple(self._children),
            roll_calls=tuple(sorted(calls, key=lambda call: (call.day, call.class_group))),
            marks=tuple(sorted(self._marks, key=lambda mark: (mark.day, mark.child, mark.corrects))),
            leaves=tuple(sorted(self._leaves, key=lambda leave: (leave.from_day, leave.child))),
            acts=(),
            gone=tuple(self._gone),
            homes=tuple(self._homes),
            beds=tuple(self._beds),
            groups=tuple(self._groups),
        )


def _missing(rng: Random, params: Params) -> float:
    """The share of roll calls that nobody has by the evening, in one school."""
    drawn = rng.random()
    if drawn < params.miss_report_worst_share:
        return params.miss_report_worst
    if drawn < params.miss_report_worst_share + params.miss_report_bad_share:
        return params.miss_report_bad
    return params.miss_report
