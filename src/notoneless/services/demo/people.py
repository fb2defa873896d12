"""What the demo shows of people who come and go: a deputy, a vacant post, a hand-over that waits.

The holders of the posts that visitors sign in with stay the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from notoneless.batch.simulate.county import County
from notoneless.core.terms import PlaceKind, Post
from notoneless.records.models import (
    Assigned,
    ClassGroup,
    HandOver,
    Person,
    Place,
    PostHeld,
)
from notoneless.services.demo.logins import story_class
from notoneless.services.hand_over import cases_of, owed_by

DAY = timedelta(days=1)
LEFT = "贺守田"  # the cadre who has gone; as made up as everybody else


def people_come_and_go(
    county: County,
    places: Mapping[int, Place],
    classes: Mapping[int, ClassGroup],
    at: datetime,
) -> None:
    """A deputy in a class, a village committee without anybody, a new cadre, and who looks after whom."""
    villages = [places[place.no] for place in county.places if place.kind is PlaceKind.VILLAGE]
    others = [number for number in classes if number != story_class(county)]
    _deputy(classes[others[-1]], at.date())
    _new_cadre(villages[0], at.date())
    if len(villages) > 1:
        committee = PostHeld.objects.filter(place=villages[-1], post=Post.VILLAGE_COMMITTEE)
        committee.update(held_until=at.date() - 7 * DAY)
    _assign(county, {village.pk for village in villages}, places, at)


def hand_over_waits(at: datetime) -> None:
    """The hand-over of the cadre who has gone, with what is owed by now; the new one has not received it."""
    left = PostHeld.objects.select_related("place").get(person__name=LEFT)
    assert left.held_until is not None  # made so above
    taken = PostHeld.objects.get(place=left.place, post=left.post, held_from=left.held_until)
    bureau = PostHeld.objects.filter(post=Post.COUNTY_BUREAU).earliest("pk")
    HandOver.objects.create(
        left=left,
        taken=taken,
        at=at - DAY,
        by=bureau.person,
        cases=list(cases_of(taken, at.date()).order_by("number").values_list("number", flat=True)),
        obligations=[str(key) for key in owed_by(taken, at.date()).values_list("key", flat=True)],
        note="各户电话在工作本上，有两户要晚上才在家。",
    )


def _deputy(group: ClassGroup, today: date) -> None:
    """The other teacher of a class stands in for its class teacher for a fortnight."""
    holder = PostHeld.objects.get(class_group=group, post=Post.CLASS_TEACHER)
    other = PostHeld.objects.get(class_group=group, post=Post.SUBJECT_TEACHER)
    PostHeld.objects.create(
        person=other.person,
        post=Post.CLASS_TEACHER,
        class_group=group,
        held_from=today - DAY,
        held_until=today + 14 * DAY,
        deputising_for=holder,
        basis="班主任外出培训",
    )


def _new_cadre(village: Place, today: date) -> None:
    """Yesterday the village's cadre took over from somebody else."""
    taken = PostHeld.objects.get(place=village, post=Post.VILLAGE_CADRE)
    gone = Person.objects.create(name=LEFT)
    PostHeld.objects.create(
        person=gone,
        post=Post.VILLAGE_CADRE,
        place=village,
        held_from=taken.held_from,
        held_until=today - DAY,
    )
    PostHeld.objects.filter(pk=taken.pk).update(held_from=today - DAY)


def _assign(county: County, villages: set[int], places: Mapping[int, Place], at: datetime) -> None:
    """Each child that has left school is assigned to the cadre of its village."""
    held = PostHeld.objects.filter(place__in=villages, post=Post.VILLAGE_CADRE, held_until=None)
    cadres = {row.place_id: row.person_id for row in held}
    home = dict(county.homes)
    gone = sorted({each.child for each in county.gone})
    Assigned.objects.bulk_create(
        [
            Assigned(
                child_id=county.children[child].id,
                person_id=cadres[places[home[child]].pk],
                post=Post.VILLAGE_CADRE,
                from_day=at.date() - DAY,
                recorded_at=at,
            )
            for child in gone
        ]
    )
