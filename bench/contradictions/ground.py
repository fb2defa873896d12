"""Where errors are put: ordinary children nothing is known against, their classes, teachers and schools."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID, uuid4

from notoneless.batch.simulate import County
from notoneless.core.facts import CHINA_TIME
from notoneless.core.terms import ChangeKind, ChangeStep, PlaceKind, Post, Stage
from notoneless.records.models import (
    Case,
    CaseChange,
    ChangeStepTaken,
    ClassGroup,
    Enrolment,
    EnrolmentChange,
    Person,
    Place,
    PostHeld,
    RollCall,
)
from notoneless.services.assessments import follow_up
from notoneless.services.demo.close_outs import add_reviews
from notoneless.services.demo.facts import holders_now
from notoneless.services.demo.loading import load_facts

DAY = timedelta(days=1)
Subject = object  # a child's id, a class's or a place's number: whom a finding must be about


def load_clean(county: County, at: datetime) -> None:
    """The made-up county and what is owed in it, without what the demo adds to be looked at."""
    entry = load_facts(county, at=at, passwords=dict.fromkeys(("teacher", "office", "county"), "x"))
    follow_up([child.id for child in county.children], as_of=at, entry=entry)
    add_reviews(holders_now(), at)


class Pupil(NamedTuple):
    """An ordinary child in its class."""

    id: UUID
    stay: Enrolment
    teacher: Person

    @property
    def group(self) -> ClassGroup:
        """Its class."""
        return self.stay.class_group

    @property
    def school(self) -> Place:
        """Its school."""
        return self.group.school


class Ground:
    """Gives out each child once, so that no error hides another."""

    def __init__(self, now: datetime) -> None:
        self.now, self.today = now, now.astimezone(CHINA_TIME).date()
        self.schools = list(Place.objects.filter(kind=PlaceKind.SCHOOL).order_by("pk"))
        self.county = Place.objects.get(kind=PlaceKind.COUNTY)
        self.township = Place.objects.filter(kind=PlaceKind.TOWNSHIP).order_by("pk")[0]
        self.villages = list(Place.objects.filter(kind=PlaceKind.VILLAGE).order_by("pk"))
        self.bureau = PostHeld.objects.filter(post=Post.COUNTY_BUREAU).order_by("pk")[0].person
        self.count = 0
        self.given: set[Subject] = set()  # the children that were given out
        self._pupils = self._ordinary()

    def _ordinary(self) -> Iterator[Pupil]:
        teachers = {
            held.class_group_id: held.person
            for held in PostHeld.objects.filter(
                post=Post.CLASS_TEACHER, deputising_for=None, class_group__isnull=False
            ).select_related("person")
        }
        quiet = Enrolment.objects.filter(
            until=None, child__case=None, child__marks=None, child__leaves=None, child__acts=None
        ).filter(child__key_groups=None, child__boarding=None, child__on_roll__until=None)
        rows = quiet.exclude(child__on_roll=None).select_related("class_group__school").order_by("child")
        for stay in list(rows):
            yield Pupil(stay.child_id, stay, teachers[stay.class_group_id])

    def pupil(self) -> Pupil:
        """The next ordinary child."""
        self.count += 1
        found = next(self._pupils)
        self.given.add(found.id)
        return found

    def at(self, days_ago: float, hour: int = 10) -> datetime:
        """A moment so many days ago."""
        return datetime.combine(self.today - timedelta(days=days_ago), time(hour), CHINA_TIME)

    def day(self, days_ago: int) -> date:
        """A day so many days ago."""
        return self.today - timedelta(days=days_ago)

    def other_school(self, pupil: Pupil) -> Place:
        """A school that is not the child's."""
        return next(school for school in self.schools if school.pk != pupil.school.pk)

    def other_class(self, pupil: Pupil) -> ClassGroup:
        """A class of another school."""
        return ClassGroup.objects.filter(school=self.other_school(pupil)).order_by("pk")[0]

    def calls(self, pupil: Pupil, many: int) -> list[RollCall]:
        """The last roll calls of the child's class."""
        return list(RollCall.objects.filter(class_group=pupil.group, standing=True).order_by("-day")[:many])

    def change(
        self,
        pupil: Pupil,
        kind: ChangeKind,
        from_ago: int,
        *,
        until: date | None = None,
        steps: tuple[tuple[ChangeStep, int], ...],
    ) -> EnrolmentChange:
        """An enrolment change with these steps, each so many days ago."""
        change = EnrolmentChange.objects.create(
            child_id=pupil.id, kind=kind, school=pupil.school, from_day=self.day(from_ago), until=until
        )
        for step, ago in steps:
            ChangeStepTaken.objects.create(
                change=change, step=step, at=self.at(ago), by=pupil.teacher, by_post=Post.ENROLMENT_OFFICER
            )
        return change

    def case(self, pupil: Pupil, stage: Stage, days_ago: int = 40, **more: object) -> Case:
        """A case at a stage, with the one step that led there."""
        case = Case.objects.create(
            number=f"错例-{uuid4().hex[:12]}",
            child_id=pupil.id,
            opened_at=self.at(days_ago),
            stage=stage,
            **more,
        )
        CaseChange.objects.create(
            case=case,
            at=self.at(days_ago),
            recorded_at=self.at(days_ago),
            stage_before=Stage.ATTENDING,
            stage=stage,
        )
        return case

    def leave_class(self, pupil: Pupil, days_ago: int) -> None:
        """Out of its class since so many days."""
        Enrolment.objects.filter(pk=pupil.stay.pk).update(until=self.day(days_ago))


Injection = Callable[[Ground], Subject]
INJECTIONS: dict[str, Injection] = {}


def error(kind: str) -> Callable[[Injection], Injection]:
    """Name the contradiction that the errors of this function are of."""

    def put(inject: Injection) -> Injection:
        assert kind not in INJECTIONS, kind
        INJECTIONS[kind] = inject
        return inject

    return put
