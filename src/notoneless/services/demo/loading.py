"""A made-up county into an empty database; the one place where rows are inserted in bulk."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

from notoneless.batch.simulate.county import County
from notoneless.batch.simulate.days import first_of_school_year
from notoneless.core.policy.library import load as load_pack
from notoneless.core.terms import HouseholdRegister
from notoneless.records.models import (
    Child,
    ClassGroup,
    Enrolment,
    Guardian,
    JournalEntry,
    OnRoll,
    PackAdopted,
    Person,
    Place,
    PostHeld,
)
from notoneless.services.assessments import Entry, follow_up
from notoneless.services.demo.close_outs import add_reviews
from notoneless.services.demo.contradictions import add_outside_table
from notoneless.services.demo.facts import AT_ONCE, Facts, holders_now
from notoneless.services.demo.figures import type_old_counts
from notoneless.services.demo.homes import add_homes
from notoneless.services.demo.ledgers import fill_ledgers
from notoneless.services.demo.logins import make_users
from notoneless.services.demo.people import hand_over_waits, people_come_and_go
from notoneless.services.demo.reports import load_reports
from notoneless.services.demo.routine import load_routine
from notoneless.services.demo.supervision import add_calls, load_supervision
from notoneless.services.transactions import one_act

LOADED = "DEMO_LOADED"


class AlreadyInUse(RuntimeError):
    """A database that holds data other than the demo's; the message says what to do."""


class Rows(NamedTuple):
    """The county's numbers as rows of the database."""

    people: dict[int, Person]
    places: dict[int, Place]
    classes: dict[int, ClassGroup]


def is_demo() -> bool:
    """Whether the database holds the demo county."""
    return JournalEntry.objects.filter(act=LOADED).exists()


def is_empty() -> bool:
    """Whether nothing has been entered yet."""
    return not (Place.objects.exists() or Child.objects.exists() or Person.objects.exists())


@one_act
def load(county: County, *, at: datetime, passwords: Mapping[str, str]) -> None:
    """Put the county into an empty database, make its logins, and derive what is owed for everybody at `at`.

    `passwords` are by the usernames of `logins.LOGINS`. Raises AlreadyInUse.
    """
    entry = load_facts(county, at=at, passwords=passwords)
    add_calls(at, holders_now())
    follow_up([child.id for child in county.children], as_of=at, entry=entry)
    hand_over_waits(at)
    load_reports(at=at)
    type_old_counts(at=at)
    add_reviews(holders_now(), at)
    add_outside_table(holders_now(), at)
    fill_ledgers(holders_now(), at)
    load_supervision(at=at)


@one_act
def load_facts(county: County, *, at: datetime, passwords: Mapping[str, str]) -> Entry:
    """As `load`, with what is owed for children left to the caller, who keeps the entry in the journal."""
    if not is_empty():
        raise AlreadyInUse("数据库里已有数据，演示县没有载入；请换一个 --home 文件夹，或换一个空的数据库。")
    since = first_of_school_year(at.date())
    rows = Rows(_people(county), _places(county, at, since), {})
    rows.classes.update(_classes(county, rows))
    _posts(county, rows, since)
    _children(county, rows, since)
    add_homes(county, rows.places, since)
    make_users(county, rows.people, passwords)
    holders = holders_now()
    people_come_and_go(county, rows.places, rows.classes, at)
    facts = Facts(county, rows.classes, holders)
    facts.add_roll_calls(county.roll_calls)
    facts.add_leaves(county.leaves)
    facts.add_acts((county.children[act.child].id, act.done) for act in county.acts)
    routine = load_routine(at=at, holders=holders)
    return Entry(LOADED, "place", str(rows.places[0].pk), {**_origin(county), "routine": routine})


def _origin(county: County) -> dict[str, object]:
    """What the county can be made again from."""
    return {
        "seed": county.seed,
        "scenario": county.scenario,
        "schools": len({group.school for group in county.classes}),
        "pupils": len(county.children),
        "class_size": county.class_size,
        "roll_calls": len(county.roll_calls),
        "marks": len(county.marks),
        "acts": len(county.acts),
    }


def _people(county: County) -> dict[int, Person]:
    made = Person.objects.bulk_create(
        [Person(name=one.name, phone=one.phone) for one in county.staff], batch_size=AT_ONCE
    )
    return {one.no: person for one, person in zip(county.staff, made, strict=True)}


def _places(county: County, at: datetime, since: date) -> dict[int, Place]:
    found: dict[int, Place] = {}
    for place in county.places:
        parent = None if place.parent is None else found[place.parent]
        row = Place.objects.create(
            kind=place.kind, name=place.name, code=place.code, parent=parent, grade=place.grade
        )
        found[place.no] = row
        if place.pack:
            version = load_pack(place.pack).version
            PackAdopted.objects.create(
                place=row, pack_id=place.pack, pack_version=version, from_day=since, adopted_at=at
            )
    return found


def _classes(county: County, rows: Rows) -> dict[int, ClassGroup]:
    made = ClassGroup.objects.bulk_create(
        [
            ClassGroup(
                school=rows.places[g.school],
                grade=g.grade,
                name=g.name,
                school_year=g.school_year,
                teaching_point=None if g.teaching_point is None else rows.places[g.teaching_point],
            )
            for g in county.classes
        ],
        batch_size=AT_ONCE,
    )
    return {group.no: row for group, row in zip(county.classes, made, strict=True)}


def _posts(county: County, rows: Rows, since: date) -> None:
    PostHeld.objects.bulk_create(
        [
            PostHeld(
                person=rows.people[held.staff],
                post=held.post,
                place=None if held.place is None else rows.places[held.place],
                class_group=None if held.class_group is None else rows.classes[held.class_group],
                held_from=since,
            )
            for held in county.posts
        ],
        batch_size=AT_ONCE,
    )


def _household(number: int) -> HouseholdRegister:
    """One child in ten is registered in another county."""
    return HouseholdRegister.ELSEWHERE_HERE if number % 10 == 7 else HouseholdRegister.HERE_HERE


def _children(county: County, rows: Rows, since: date) -> None:
    children, guardians, enrolments = [], [], []
    for number, made in enumerate(county.children):
        child = Child(
            id=made.id,
            name=made.name,
            sex=made.sex,
            birth_on=made.birth_on,
            enrolment_no=made.enrolment_no or None,
            household=_household(number),
        )
        child.keep_identity_no(made.identity_no)
        children.append(child)
        guardians.append(
            Guardian(
                child=child,
                name=made.guardian_name,
                relation=made.guardian_relation,
                phone=made.guardian_phone,
            )
        )
        enrolments.append(Enrolment(child=child, class_group=rows.classes[made.class_group], from_day=since))
    Child.objects.bulk_create(children, batch_size=AT_ONCE)
    Guardian.objects.bulk_create(guardians, batch_size=AT_ONCE)
    Enrolment.objects.bulk_create(enrolments, batch_size=AT_ONCE)
    numbered = [each for each in enrolments if each.child.enrolment_no]
    OnRoll.objects.bulk_create(
        [OnRoll(child=e.child, school=e.class_group.school, from_day=since) for e in numbered],
        batch_size=AT_ONCE,
    )
