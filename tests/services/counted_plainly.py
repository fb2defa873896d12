"""Small random histories of children, and the same numbers counted in plain Python from the rows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from builders_db import a_person, a_place
from hypothesis import strategies as st

from notoneless.core.facts import CHINA_TIME
from notoneless.core.figure_terms import Tally
from notoneless.core.stages import EVENT_TO
from notoneless.core.terms import ChangeKind, ChangeStep, PlaceKind, Post, RouteKind, Stage
from notoneless.records.models import (
    Case,
    CaseChange,
    ChangeStepTaken,
    Child,
    ClassGroup,
    Enrolment,
    EnrolmentChange,
    Person,
    Place,
    SpecialRoute,
    StayRetracted,
)
from notoneless.services.counting import Asked
from notoneless.services.on_roll import join_class, join_roll, leave_class

START, ONE_DAY = date(2025, 9, 1), timedelta(days=1)
GONE = {Stage.SUSPECTED_DROPOUT, Stage.DROPOUT, Stage.NEVER_ENROLLED, Stage.ENROLLED_ELSEWHERE}
STAGES = [
    Stage.AT_RISK,
    Stage.SUSPECTED_DROPOUT,
    Stage.DROPOUT,
    Stage.ENROLLED_ELSEWHERE,
    Stage.BACK,
    Stage.HELD,
    Stage.CLOSED,
    Stage.ATTENDING,  # taken back
]
MOVES = [*ChangeKind, "join", "leave", "route", "route_over", "roll"]
MARKED = {
    Stage.SUSPECTED_DROPOUT: Tally.MARKED_SUSPECTED,
    Stage.DROPOUT: Tally.MARKED_DROPOUT,
    Stage.ENROLLED_ELSEWHERE: Tally.MARKED_ELSEWHERE,
}
ACTS = st.tuples(
    st.integers(0, 5),  # which child
    st.sampled_from([*STAGES, *STAGES, *MOVES]),
    st.integers(0, 60),  # days after the start
    st.sampled_from([0, 0, 0, 20, 100, 500]),  # hours until it is learned
    st.integers(0, 5),  # which class
)
HISTORIES = st.lists(ACTS, min_size=3, max_size=18)
QUESTIONS = st.tuples(st.integers(1, 40), st.integers(0, 30), st.integers(0, 2000), st.integers(0, 2000))


def midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, CHINA_TIME)


@dataclass
class County:
    """Two schools with three classes each and six children, four of them in class since the term began."""

    county: Place
    schools: list[Place]
    classes: list[ClassGroup]
    by: Person

    @classmethod
    def made(cls) -> County:
        county = a_place(PlaceKind.COUNTY, "示范县")
        schools = [a_place(PlaceKind.SCHOOL, name, county) for name in ("云岭完小", "石桥完小")]
        classes = [
            ClassGroup.objects.create(school=school, grade=grade, name=name, school_year="2025-2026")
            for school in schools
            for grade, name in ((1, "一年级1班"), (3, "三年级1班"), (3, "三年级2班"))
        ]
        return cls(county, schools, classes, a_person("学籍员", Post.ENROLMENT_OFFICER, county))

    def live(self, acts: list[tuple[int, Any, int, int, int]]) -> list[Child]:
        """The children after these acts, carried out in the order in which they were learned."""
        children = [Child.objects.create(name=f"孩子{i}") for i in range(6)]
        for i, child in enumerate(children[:4]):
            Enrolment.objects.create(child=child, class_group=self.classes[i], from_day=START)
        told = [
            (midnight(START + ONE_DAY * days) + timedelta(hours=9 + late), number, act)
            for number, act in enumerate(acts)
            for days, late in [act[2:4]]
        ]
        for at, _, (who, what, days, _, where) in sorted(told, key=lambda each: each[:2]):
            day = START + ONE_DAY * days
            if isinstance(what, Stage):
                _step(children[who], what, midnight(day) + timedelta(hours=8), at)
            else:
                self._move(children[who], what, day, at, self.classes[where])
        return children

    def _move(self, child: Child, what: Any, day: date, at: datetime, group: ClassGroup) -> None:
        later = max(day, at.date() + ONE_DAY)
        if what == "join":
            join_class(child, group, day, "", at)
        elif what == "leave":
            leave_class(child, day, at)
        elif what == "roll":
            join_roll(child, group.school, day, at)
        elif what in ("route", "route_over"):
            self._route(child, what, day, at, group)
        else:
            here = Enrolment.objects.filter(child=child, until=None).select_related("class_group").first()
            self._change(child, what, day, at, here.class_group.school_id if here else None, group)
            if what in (ChangeKind.TRANSFER_OUT, ChangeKind.TRANSFER_IN, ChangeKind.ADVANCEMENT):
                join_class(child, group, later, "", at)
                join_roll(child, group.school, later, at)
            elif what in (ChangeKind.RESUMPTION, ChangeKind.REPEAT, ChangeKind.SKIP):
                join_class(child, group, later, "", at)
            else:
                leave_class(child, day if what is ChangeKind.DEATH else later, at)

    def _change(
        self, child: Child, kind: ChangeKind, day: date, at: datetime, school: int | None, group: ClassGroup
    ) -> None:
        moves = kind in (ChangeKind.TRANSFER_OUT, ChangeKind.TRANSFER_IN, ChangeKind.ADVANCEMENT)
        change = EnrolmentChange.objects.create(
            child=child,
            kind=kind,
            school_id=group.school_id if kind is ChangeKind.RESUMPTION else school,
            receiver=group.school if moves else None,
            from_day=day,
        )
        ChangeStepTaken.objects.create(
            change=change, step=ChangeStep.DONE, at=at, by=self.by, by_post=Post.ENROLMENT_OFFICER
        )

    def _route(self, child: Child, what: str, day: date, at: datetime, group: ClassGroup) -> None:
        later = max(day, at.date() + ONE_DAY)
        before = SpecialRoute.objects.filter(child=child, superseded_by=None).first()
        over = what == "route_over" and before is not None
        SpecialRoute.objects.create(
            child=child,
            kind=RouteKind.HOME_TUITION,
            school=group.school,
            from_day=before.from_day if over and before else day,
            until=max(later, before.from_day + ONE_DAY) if over and before else None,
            approved_by="乡政府",
            by=self.by,
            recorded_at=at,
            supersedes=before,
        )
        if over:
            join_class(child, group, later, "", at)
        else:
            leave_class(child, later, at)


def _step(child: Child, stage: Stage, at: datetime, recorded_at: datetime) -> None:
    case, _ = Case.objects.get_or_create(
        child=child, defaults={"number": str(child.pk), "opened_at": recorded_at, "stage": stage}
    )
    event = EVENT_TO[stage]
    CaseChange.objects.create(
        case=case,
        at=at if event else recorded_at,
        recorded_at=recorded_at,
        event=event or "",
        stage_before=case.stage,
        stage=stage,
    )
    Case.objects.filter(pk=case.pk).update(stage=stage)


@dataclass
class Known:
    """One child as known at a moment, in plain Python."""

    child: Child
    at: datetime

    def classes(self, day: date) -> dict[int, ClassGroup]:
        """The classes it was in on a day."""
        found = {}
        for stay in Enrolment.objects.filter(child=self.child).select_related("class_group"):
            until = stay.until
            if stay.end_recorded_at is not None and stay.end_recorded_at > self.at:
                until = None
            known = stay.recorded_at is None or stay.recorded_at <= self.at
            if known and stay.from_day <= day and (until is None or day < until):
                found[stay.class_group_id] = stay.class_group
        for stay in StayRetracted.objects.filter(child=self.child).select_related("class_group"):
            known = stay.recorded_at is None or stay.recorded_at <= self.at
            if stay.class_group and known and stay.retracted_at > self.at and stay.from_day <= day:
                found[stay.class_group.pk] = stay.class_group
        return found

    def was_in_class_before(self, day: date) -> bool:
        return any(self.classes(day - ONE_DAY * back) for back in range(1, 120))

    def steps(self) -> list[CaseChange]:
        rows = CaseChange.objects.filter(case__child=self.child).order_by("pk")
        return [step for step in rows if step.recorded_at <= self.at]

    def stage(self, moment: datetime) -> Stage:
        """Where its case stood just before a moment."""
        stage = Stage.ATTENDING
        for step in self.steps():
            if step.at < moment or not step.event:
                stage = step.stage
        return stage

    def standing(self) -> list[CaseChange]:
        """The steps that nothing learned later says never were."""
        steps = self.steps()
        return [
            step
            for i, step in enumerate(steps)
            if step.event and not any(_takes_back(later, step) for later in steps[i + 1 :])
        ]

    def attends(self, day: date) -> dict[int, ClassGroup]:
        return {} if self.stage(midnight(day + ONE_DAY)) in GONE else self.classes(day)

    def changes(self, asked: Asked) -> list[tuple[datetime, ChangeKind, int | None, int | None]]:
        """Changes that took effect in the period: when done, kind, from and to which school."""
        found = []
        for step in ChangeStepTaken.objects.filter(change__child=self.child).select_related("change"):
            change, done = step.change, step.at.astimezone(CHINA_TIME)
            day = change.from_day
            if change.kind is not ChangeKind.DEATH:
                day = max(day, done.date() + ONE_DAY)
            if done <= self.at and asked.first <= day <= asked.last:
                found.append((done, change.kind, change.school_id, change.receiver_id))
        return sorted(found, key=lambda each: each[0])

    def routes(self) -> list[SpecialRoute]:
        return [r for r in SpecialRoute.objects.filter(child=self.child) if r.recorded_at <= self.at]


def _takes_back(later: CaseChange, step: CaseChange) -> bool:
    same = later.at == step.at and later.recorded_at > step.recorded_at
    return not later.event or later.at < step.at or same


def counted(asked: Asked, children: list[Child]) -> dict[Tally, Counter[int]]:
    """Stocks, movements and stages by class, child by child."""
    found: dict[Tally, Counter[int]] = {tally: Counter() for tally in Tally}
    schools = set(Place.objects.filter(path__startswith=asked.place.path or "/").values_list("pk", flat=True))
    for child in children:
        _count(found, asked, Known(child, asked.known_at), schools)
    return found


def _count(found: dict[Tally, Counter[int]], asked: Asked, known: Known, schools: set[int]) -> None:
    before, after = known.attends(asked.first - ONE_DAY), known.attends(asked.last)
    for group in before.values():
        if group.school_id in schools:
            found[Tally.OPENING][group.pk] += 1
            if group.pk not in after:
                found[_why_out(asked, known, group, after)][group.pk] += 1
    for group in after.values():
        if group.school_id in schools:
            found[Tally.CLOSING][group.pk] += 1
            if group.pk not in before:
                found[_why_in(asked, known, group, before)][group.pk] += 1


def _why_in(asked: Asked, known: Known, group: ClassGroup, before: dict[int, ClassGroup]) -> Tally:
    kinds = (ChangeKind.TRANSFER_IN, ChangeKind.TRANSFER_OUT, ChangeKind.ADVANCEMENT, ChangeKind.RESUMPTION)
    done = [
        kind
        for _, kind, school, to in known.changes(asked)
        if kind in kinds and group.school_id == (school if kind is ChangeKind.RESUMPTION else to)
    ]
    last = done[-1] if done else None
    opens, closes = midnight(asked.first), midnight(asked.last + ONE_DAY)
    came_back = any(s.stage is Stage.BACK and opens <= s.at < closes for s in known.standing())
    superseded = {route.supersedes_id for route in known.routes()}
    over = any(
        r.pk not in superseded and r.until and asked.first <= r.until <= asked.last for r in known.routes()
    )
    if any(each.school_id == group.school_id for each in before.values()):
        return Tally.CLASS_IN
    if before:
        return Tally.ENTERED if last is ChangeKind.ADVANCEMENT else Tally.TRANSFERRED_IN
    if known.stage(opens) in GONE and came_back:
        return Tally.RETURNED
    if last in (ChangeKind.TRANSFER_IN, ChangeKind.TRANSFER_OUT):
        return Tally.TRANSFERRED_IN
    if last is ChangeKind.RESUMPTION:
        return Tally.RESUMED
    if last is ChangeKind.ADVANCEMENT:
        return Tally.ENTERED
    if over:
        return Tally.RESUMED
    fresh = group.grade == 1 and not known.was_in_class_before(asked.first)
    return Tally.ENTERED if fresh else Tally.OTHER_IN


def _why_out(asked: Asked, known: Known, group: ClassGroup, after: dict[int, ClassGroup]) -> Tally:
    not_out = (ChangeKind.RESUMPTION, ChangeKind.REPEAT, ChangeKind.SKIP)
    done = [
        kind
        for _, kind, school, _ in known.changes(asked)
        if kind not in not_out and school == group.school_id
    ]
    last = done[-1] if done else None
    stage = known.stage(midnight(asked.last + ONE_DAY))
    marked = MARKED.get(stage, Tally.OTHER_OUT)
    if any(each.school_id == group.school_id for each in after.values()):
        return Tally.CLASS_OUT
    if after:
        return Tally.GRADUATED if last is ChangeKind.ADVANCEMENT else Tally.TRANSFERRED_OUT
    if stage in GONE and known.classes(asked.last):
        return marked
    named = {
        ChangeKind.DEATH: Tally.DIED,
        ChangeKind.MOVED_ABROAD: Tally.MOVED_ABROAD,
        ChangeKind.SUSPENSION: Tally.SUSPENDED,
        ChangeKind.GRADUATION: Tally.GRADUATED,
        ChangeKind.ADVANCEMENT: Tally.GRADUATED,
        ChangeKind.TRANSFER_IN: Tally.TRANSFERRED_OUT,
        ChangeKind.TRANSFER_OUT: Tally.TRANSFERRED_OUT,
    }
    if last is not None:
        return named[last]
    if any(_begins_in(asked, route) for route in known.routes()):
        return Tally.ROUTED
    return marked


def _begins_in(asked: Asked, route: SpecialRoute) -> bool:
    learned = route.recorded_at.astimezone(CHINA_TIME).date() + ONE_DAY
    return asked.first <= max(route.from_day, learned) <= asked.last


def ids(rows: list[Any]) -> Counter[UUID]:
    """Each child as often as it is listed."""
    return Counter(row.child for row in rows)
