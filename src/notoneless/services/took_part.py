"""参加走访: who took part, by posts that they truly held on the day where the child is."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from notoneless.core.terms import PlaceKind, Post
from notoneless.records.models import Assigned, Boarding, Child, ClassGroup, Person, PostHeld
from notoneless.records.scopes import during, live
from notoneless.services.refusals import Refusal
from notoneless.services.responsibility import Spot, spots_of

# Often held by people without an account here: cadres, and teachers whom no office ever appointed on paper.
# As long as nobody holds such a post around the child, somebody takes part in it by name and unit, which
# stand in the record for whoever inspects it. Once the post is held here, the name must be the holder's.
BY_NAME = (
    Post.VILLAGE_COMMITTEE,
    Post.VILLAGE_CADRE,
    Post.TOWNSHIP,
    Post.SUBJECT_TEACHER,
    Post.ASSIGNED_TEACHER,
    Post.VISITING_TEACHER,
)


class TookPart(NamedTuple):
    """One who took part: by a post, and by who they are or by name and unit.

    A post alone stands for whoever held it that day; a name alone is somebody without a post: a grandmother.
    """

    post: Post | None = None
    person: Person | int | None = None
    name: str = ""
    unit: str = ""


SEPARATORS = re.compile(r"[、，,；;\n]+")


def by_name_alone(text: str) -> list[TookPart]:
    """Those without a post here, from a line that lists them: "祖母、派出所民警"."""
    return [TookPart(name=name.strip()) for name in SEPARATORS.split(text) if name.strip()]


# Who goes to see a child; the rest of the posts work at desks or are the family.
GO = frozenset(Post) - {
    Post.SYSTEM_OFFICER,
    Post.SECURITY_OFFICER,
    Post.AUDIT_OFFICER,
    Post.CITY_BUREAU,
    Post.PROVINCE,
    Post.MINISTRY,
    Post.GUARDIAN,
}


class Around(NamedTuple):
    """A post that somebody held around a child on a day."""

    post: Post
    person: Person


class NotHeld(NamedTuple):
    """A post that could not be believed, with the sentence that says why."""

    part: TookPart
    why: Refusal


class Checked(NamedTuple):
    """Who took part, as it is kept, and what was not held: such people stay, without the post."""

    people: tuple[TookPart, ...]
    posts: frozenset[Post]  # that count
    not_held: tuple[NotHeld, ...]


def posts_around(child: Child | UUID, on: date) -> list[Around]:
    """Who held which post around the child on a day: class, school, home, house, above, or assigned to it.

    Deputies among them; in the order of the posts in our vocabulary.
    """
    number = child if isinstance(child, UUID) else child.pk
    return posts_around_each([number], on)[number]


def posts_around_each(children: Collection[UUID], on: date) -> dict[UUID, list[Around]]:
    """As `posts_around`, for several children; six queries however many."""
    spots = spots_of(children, on)
    groups = ClassGroup.objects.in_bulk({s.class_group for s in spots.values() if s.class_group is not None})
    boarding = Boarding.objects.filter(during(on), child__in=children).values_list("child", "house")
    houses: dict[UUID, set[int]] = {child: set() for child in children}
    for child, house in boarding:
        houses[child].add(house)
    places = {place for s in spots.values() for place in (*s.around_class, *s.around_home)}
    places |= {house for found in houses.values() for house in found}
    grades = Q(place__kind=PlaceKind.GRADE, place__parent__in={each.school_id for each in groups.values()})
    there = Q(place__in=places) | Q(class_group__in=groups) | grades
    rows = list(PostHeld.objects.filter(there, live(on)).select_related("person", "place"))
    assigned: dict[UUID, list[Around]] = {child: [] for child in children}
    for row in Assigned.objects.filter(during(on), child__in=children).select_related("person"):
        assigned[row.child_id].append(Around(row.post, row.person))
    return {
        child: _in_order(
            [Around(row.post, row.person) for row in rows if _is_around(row, spot, groups, houses[child])]
            + assigned[child]
        )
        for child, spot in spots.items()
    }


def _in_order(found: Iterable[Around]) -> list[Around]:
    order = list(Post)
    return sorted(dict.fromkeys(found), key=lambda each: (order.index(each.post), each.person.pk))


def _is_around(row: PostHeld, spot: Spot, groups: Mapping[int, ClassGroup], houses: Collection[int]) -> bool:
    """Whether the post is held in the child's class or grade, or at a place around its class, home or bed."""
    if row.class_group_id is not None and row.class_group_id == spot.class_group:
        return True
    if row.place is None:
        return False
    if row.place_id in (*spot.around_class, *spot.around_home, *houses):
        return True
    group = groups.get(spot.class_group) if spot.class_group is not None else None
    grade = (row.place.parent_id, row.place.grade) if row.place.kind is PlaceKind.GRADE else None
    return group is not None and grade == (group.school_id, group.grade)


def checked(parts: Iterable[TookPart], around: Sequence[Around], on: date) -> Checked:
    """Which of these took part as they say; whatever was not held counts for nothing."""
    people: list[TookPart] = []
    posts: set[Post] = set()
    not_held: list[NotHeld] = []
    for part in dict.fromkeys(parts):
        kept, why = _believed(part, around, on)
        if why is not None:
            not_held.append(NotHeld(part, why))
            kept = part._replace(post=None)
        elif kept.post is not None:
            posts.add(kept.post)
        if kept.post or kept.person or kept.name.strip():
            people.append(kept)
    return Checked(tuple(dict.fromkeys(people)), frozenset(posts), tuple(not_held))


def _believed(part: TookPart, around: Sequence[Around], on: date) -> tuple[TookPart, Refusal | None]:
    """The part as it is kept, and why its post does not count."""
    if part.post is None:
        return part, None if part.person or part.name.strip() else _nobody()
    holders = [each.person for each in around if each.post is part.post]
    if part.person is not None:
        return _by_person(part, part.person, holders, on)
    if part.name.strip():
        return _by_name(part, part.post, holders, on)
    if not holders:
        return part, _nobody_held(part.post, on)
    return part._replace(person=holders[0] if len(holders) == 1 else None), None


def _by_person(
    part: TookPart, person: Person | int, holders: list[Person], on: date
) -> tuple[TookPart, Refusal | None]:
    number = person if isinstance(person, int) else person.pk
    held = next((each for each in holders if each.pk == number), None)
    if held is not None:
        return part._replace(person=held), None
    # Known here by another post, or by none; a number that is nobody's says nothing.
    part = part._replace(person=Person.objects.filter(pk=number).first())
    return part, _did_not_hold(part, on)


def _by_name(part: TookPart, post: Post, holders: list[Person], on: date) -> tuple[TookPart, Refusal | None]:
    """Somebody without an account: the holder under that name, or believed where nobody holds the post."""
    named = next((each for each in holders if each.name == part.name.strip()), None)
    if named is not None:
        return part._replace(person=named, name="", unit=""), None
    if holders or post not in BY_NAME:
        return part, _did_not_hold(part, on) if holders else _nobody_held(post, on)
    return part, None if part.unit.strip() else _no_unit(post)


def _nobody() -> Refusal:
    return Refusal(
        "NOBODY", "参加人员要写姓名或选岗位。", "Somebody who took part needs a name, or a post to choose."
    )


def _did_not_hold(part: TookPart, on: date) -> Refusal:
    assert part.post is not None
    who = part.person.name if isinstance(part.person, Person) else part.name.strip()
    zh, en = (who, who) if who else ("这位参加人员", "This person")
    return Refusal(
        "POST_NOT_HELD_THAT_DAY",
        f"{zh}在 {on.month}月{on.day}日没有为这名学生担任“{part.post.zh}”；请从当天任职的人中选。",
        f"{en} did not hold the post of {part.post.en} for this child on {on}; choose who held it that day.",
    )


def _nobody_held(post: Post, on: date) -> Refusal:
    how_zh = "请写明姓名和单位" if post in BY_NAME else "请先在人员页任命，或者不选这个岗位"
    how_en = "give a name and a unit" if post in BY_NAME else "appoint somebody first, or leave the post out"
    return Refusal(
        "POST_NOT_HELD_THAT_DAY",
        f"{on.month}月{on.day}日没有人为这名学生担任“{post.zh}”；{how_zh}。",
        f"Nobody held the post of {post.en} for this child on {on}; {how_en}.",
    )


def _no_unit(post: Post) -> Refusal:
    return Refusal(
        "NO_UNIT",
        f"“{post.zh}”来的人没有账号，请同时写明单位（哪个村、哪个乡镇或哪所学校）。",
        f"Whoever came as {post.en} has no account here: give the unit too.",
    )
