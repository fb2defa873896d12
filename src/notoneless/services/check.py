"""The main job on files alone: a roster and attendance sheets in, what is owed out; no database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from os import PathLike
from typing import NamedTuple

from notoneless.core.calendar import SchoolCalendar
from notoneless.core.evaluate import evaluate
from notoneless.core.facts import Mark
from notoneless.core.history import History
from notoneless.core.obligations import Obligation
from notoneless.core.policy.in_force import PacksInForce
from notoneless.core.recurring import duties_of_the_date, roll_calls_owed
from notoneless.core.terms import AttendanceStatus, ObligationState
from notoneless.exchange.attendance import Attendance, read_attendance
from notoneless.exchange.problems import Problem
from notoneless.exchange.rosters import Roster, RosterPupil, read_rosters

Path = str | PathLike[str]
Progress = Callable[[Iterable[int], str], Iterable[int]]


class ClassKey(NamedTuple):
    """A class group as the files name it."""

    school: str
    grade: str
    name: str


class Owed(NamedTuple):
    """An obligation with the child it is about and where in the files its facts stand."""

    pupil: RosterPupil
    obligation: Obligation
    sources: tuple[str, ...]  # one a fact: "attendance.xlsx 三年级2班!F7"


class NotTaken(NamedTuple):
    """A roll call that the files do not show; `pupils` names the blanks when the class was called."""

    class_key: ClassKey
    day: date
    session: str
    pupils: tuple[RosterPupil, ...]  # empty: nobody in the class was recorded
    owed: Obligation | None  # the rule that asks for this roll call, if the policy has one


class CheckResult(NamedTuple):
    """What the files say is owed at one moment under one policy."""

    as_of: datetime
    packs: PacksInForce
    calendar: SchoolCalendar
    owed: tuple[Owed, ...]
    not_taken: tuple[NotTaken, ...]
    duties: tuple[Obligation, ...]  # of the school, because of the date; files cannot show whether done
    problems: tuple[Problem, ...]

    @property
    def anything_overdue(self) -> bool:
        """Whether a child's obligation or a roll call that a rule asks for is past its moment."""
        late = (o.obligation.state is ObligationState.OVERDUE for o in self.owed)
        silent = (n.owed is not None and n.owed.state is ObligationState.OVERDUE for n in self.not_taken)
        return any(late) or any(silent)


def check(
    rosters: Sequence[Path],
    attendance: Sequence[Path],
    *,
    packs: PacksInForce,
    calendar: SchoolCalendar,
    as_of: datetime,
    progress: Progress = lambda items, _: items,
) -> CheckResult:
    """What is owed for every child of the roster; raises Unreadable for a file nobody could read."""
    roster = read_rosters(rosters, as_of=as_of)
    sheets = [read_attendance(path, roster=roster, calendar=calendar, as_of=as_of) for path in attendance]
    register = _Register(roster, sheets, calendar, as_of)
    owed: list[Owed] = []
    for index in progress(range(len(roster.pupils)), "evaluate"):
        owed += _owed_for(register, index, packs)
    problems = [*roster.problems, *(p for sheet in sheets for p in sheet.problems)]
    return CheckResult(
        as_of,
        packs,
        calendar,
        tuple(sorted(owed, key=_order)),
        tuple(register.not_taken(packs)),
        _duties(calendar, packs, as_of),
        tuple(problems),
    )


def _order(owed: Owed) -> tuple[bool, str, str, str, str, str, int]:
    at = owed.obligation.due.at
    rule, number = owed.obligation.bound.ref, owed.obligation.number
    pupil = owed.pupil
    return (at is None, str(at or ""), pupil.enrolment_no, pupil.class_name, pupil.name, rule, number)


def _owed_for(register: _Register, index: int, packs: PacksInForce) -> Iterator[Owed]:
    history, cells = register.history(index)
    calendar = register.calendar_of(register.class_of(index))
    for obligation in evaluate(history, calendar, packs, as_of=register.as_of).obligations:
        if obligation.state is not ObligationState.MET:
            facts = obligation.facts
            sources = tuple(cells[f.id] for f in facts if isinstance(f, Mark))
            yield Owed(register.roster.pupils[index], obligation, sources)


def _duties(calendar: SchoolCalendar, packs: PacksInForce, as_of: datetime) -> tuple[Obligation, ...]:
    """The school's duties of the current period whose moment has not passed."""
    owed = duties_of_the_date("school", calendar, packs, level="school", as_of=as_of)
    return tuple(o for o in owed if o.state is ObligationState.OPEN)


class _Register:
    """Marks and silences of all sheets together, by pupil and by class."""

    def __init__(
        self, roster: Roster, sheets: Sequence[Attendance], calendar: SchoolCalendar, as_of: datetime
    ) -> None:
        self.roster = roster
        self.calendar = calendar
        self.as_of = as_of
        self.marks: dict[int, dict[tuple[date, str], tuple[Mark, str]]] = defaultdict(dict)
        self.taken: dict[ClassKey, dict[tuple[date, str], datetime]] = defaultdict(dict)
        self.rest: set[tuple[ClassKey, date, str]] = set()
        self.members: dict[ClassKey, list[int]] = defaultdict(list)
        self._calendars: dict[ClassKey, SchoolCalendar] = {}
        for index in range(len(roster.pupils)):
            self.members[self.class_of(index)].append(index)
        for sheet in sheets:
            self._take_up(sheet)
        days = [day for taken in self.taken.values() for day, _ in taken]
        self.first_day = min(days, default=None)

    def class_of(self, index: int) -> ClassKey:
        """The class group of a pupil."""
        pupil = self.roster.pupils[index]
        return ClassKey(pupil.school, pupil.grade, pupil.class_name)

    def calendar_of(self, key: ClassKey) -> SchoolCalendar:
        """The calendar with the closures of one class."""
        if key not in self._calendars:
            self._calendars[key] = self.calendar.for_class(key.school, key.grade, key.name)
        return self._calendars[key]

    def _take_up(self, sheet: Attendance) -> None:
        for mark in sheet.marks:
            fact = Mark(mark.day, mark.session, mark.status, mark.at, mark.at, mark.reason)
            fact = fact._replace(id=f"{mark.day}/{mark.session}")
            source = f"{sheet.file} {mark.cell}"
            self.marks[mark.pupil].setdefault((mark.day, mark.session), (fact, source))
            if mark.status is not AttendanceStatus.UNRECORDED:
                self._called(self.class_of(mark.pupil), mark.day, mark.session, mark.at)
        for covered in sheet.covered:
            if covered.rest_present:
                for key in self._named(covered.school, covered.class_name):
                    self.rest.add((key, covered.day, covered.session))
                    self._called(key, covered.day, covered.session, covered.at)

    def _named(self, school: str, class_name: str) -> list[ClassKey]:
        return [k for k in self.members if k.name == class_name and school in ("", k.school)]

    def _called(self, key: ClassKey, day: date, session: str, at: datetime) -> None:
        earlier = self.taken[key].get((day, session), at)
        self.taken[key][(day, session)] = min(at, earlier)

    def expected(self, key: ClassKey) -> Iterator[tuple[date, str, datetime]]:
        """Every roll call the calendar expects of a class since the files begin, as far as it has begun."""
        if self.first_day is None:
            return
        calendar = self.calendar_of(key)
        for day in calendar.school_days(self.first_day, self.as_of.date() + timedelta(days=1)):
            for session in calendar.roll_call_sessions():
                starts = calendar.session_start(day, session.code)
                if starts <= self.as_of:
                    yield day, session.code, starts

    def silent(self, index: int, day: date, session: str) -> bool:
        """Whether nothing is recorded of a pupil in a session."""
        found = self.marks[index].get((day, session))
        if found is None:
            return (self.class_of(index), day, session) not in self.rest
        return found[0].status is AttendanceStatus.UNRECORDED

    def history(self, index: int) -> tuple[History, dict[str, str]]:
        """One pupil's facts, silences included, and where each mark stands in the files."""
        facts = dict(self.marks[index])
        for day, session, starts in self.expected(self.class_of(index)):
            if self.silent(index, day, session):
                unknown = AttendanceStatus.UNRECORDED
                blank = Mark(day, session, unknown, starts, starts, id=f"{day}/{session}")
                facts[(day, session)] = (blank, "")
        marks = tuple(fact for fact, _ in facts.values())
        pupil = self.roster.pupils[index]
        child = pupil.enrolment_no or f"{pupil.school}/{pupil.class_name}/{pupil.name}"
        return History(child, marks), {fact.id: source for fact, source in facts.values()}

    def not_taken(self, packs: PacksInForce) -> Iterator[NotTaken]:
        """Roll calls the files do not show, in order of day and class: whole classes, or single children."""
        found = []
        for key, members in self.members.items():
            owed = self._roll_call_obligations(key, packs)
            for day, session, _ in self.expected(key):
                blank = [i for i in members if self.silent(i, day, session)]
                if blank:
                    whole = (day, session) not in self.taken[key]
                    pupils = () if whole else tuple(self.roster.pupils[i] for i in blank)
                    rule = owed.get((day, session)) if whole else None
                    found.append(NotTaken(key, day, session, pupils, rule))
        yield from sorted(found, key=lambda n: (n.day, n.session, n.class_key))

    def _roll_call_obligations(
        self, key: ClassKey, packs: PacksInForce
    ) -> dict[tuple[date, str], Obligation]:
        if self.first_day is None:
            return {}
        owed = roll_calls_owed(
            key.name,
            self.taken[key],
            self.calendar_of(key),
            packs,
            from_day=self.first_day,
            as_of=self.as_of,
        )
        named = ((o.occasion.split("/"), o) for o in owed)
        return {(date.fromisoformat(day), session): o for (day, session), o in named}
