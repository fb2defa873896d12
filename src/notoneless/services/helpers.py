"""帮扶人: who may help a child of a school, by which post, and who has left every post meanwhile."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from notoneless.core.terms import PlaceKind, Post
from notoneless.records.access import Thing, Verb, posts_that
from notoneless.records.models import Child, Enrolment, OnRoll, Person, Place, PostHeld
from notoneless.records.packs import places_on
from notoneless.records.scopes import CLASS_POSTS, during, live
from notoneless.services.finding import last_class
from notoneless.services.on_roll import school_of
from notoneless.services.refusals import Refusal

# Whoever works with children; those who keep the system running are shown none.
HELPING_POSTS = posts_that(Thing.CHILD, Verb.SEE)
OVER_A_SCHOOL = (PlaceKind.CENTRAL_SCHOOL, PlaceKind.TOWNSHIP, PlaceKind.COUNTY)


def helpers_of(school: Place, on: date) -> QuerySet[Person]:
    """Who may help children of a school: its own people, its township's and villages', its county's."""
    path = school.path or "?"
    town = school.above(PlaceKind.TOWNSHIP)
    there = Q(class_group__school=school) | Q(place__path__startswith=path)
    there |= Q(place__in=places_on(path), place__kind__in=OVER_A_SCHOOL)
    if town is not None:
        there |= Q(place__kind=PlaceKind.VILLAGE, place__path__startswith=town.path)
    held = PostHeld.objects.filter(live(on), there, post__in=HELPING_POSTS)
    return Person.objects.filter(pk__in=held.values("person")).order_by("name", "pk")


def may_help(person: Person, child: Child, on: date) -> bool:
    """Whether the person holds a post near enough to the child's school to help there."""
    school = school_of(child, on)
    return school is not None and helpers_of(school, on).filter(pk=person.pk).exists()


def gone(pairs: Iterable[tuple[UUID, int]], on: date) -> set[tuple[UUID, int]]:
    """Those of these children and helpers (by number) of whom `may_help` is false; four queries for all."""
    wanted = set(pairs)
    schools = _schools([child for child, _ in wanted], on) if wanted else {}
    held: dict[int, list[PostHeld]] = defaultdict(list)
    rows = PostHeld.objects.filter(live(on), person__in=[each for _, each in wanted], post__in=HELPING_POSTS)
    for row in rows.select_related("place", "class_group") if wanted else ():
        held[row.person_id].append(row)
    return {
        (child, helper)
        for child, helper in wanted
        if child not in schools or not any(_near(row, schools[child]) for row in held[helper])
    }


def teachers_of(school: Place, on: date) -> QuerySet[Person]:
    """Who holds a post in a school or its classes."""
    there = Q(class_group__school=school) | Q(place__path__startswith=school.path or "?")
    held = PostHeld.objects.filter(live(on), there, post__in=HELPING_POSTS)
    return Person.objects.filter(pk__in=held.values("person")).order_by("name", "pk")


def post_of_helper(helper: Person, child: Child, on: date) -> Post:
    """The post by which somebody helps: in the child's class, at its school, or any. Raises Refusal."""
    rows = PostHeld.objects.filter(live(on), person=helper, post__in=HELPING_POSTS)
    held = list(rows.select_related("place").order_by("pk"))
    if not held:
        raise Refusal(
            "HELPER_NOT_IN_POST",
            f"{helper.name}在 {on} 没有任职，不能作帮扶人；请另选，或先办任命。",
            f"{helper.name} held no post on {on}; choose somebody else, or appoint first.",
        )
    group = last_class(child, on)
    path = (group.school.path if group else None) or ""
    nearest: Post = min(held, key=lambda row: _distance(row, group.pk if group else None, path)).post
    return nearest


def _schools(children: list[UUID], on: date) -> dict[UUID, Place]:
    """The school of each child, as `on_roll.school_of` finds it for one."""
    stays = Enrolment.objects.filter(child__in=children, from_day__lte=on).order_by("from_day")
    found = {row.child_id: row.class_group.school for row in stays.select_related("class_group__school")}
    rolls = OnRoll.objects.filter(during(on), child__in=children, school__isnull=False)
    return found | {row.child_id: row.school for row in rolls.select_related("school") if row.school}


def _near(row: PostHeld, school: Place) -> bool:
    """Whether a post is one of those of `helpers_of`."""
    path = school.path or "?"
    if row.class_group is not None:
        return row.class_group.school_id == school.pk
    if row.place is None or not row.place.path:
        return False
    around = row.place.path
    if row.place.kind == PlaceKind.VILLAGE:
        return path.startswith(around[: around.rstrip("/").rindex("/") + 1])
    return around.startswith(path) or (row.place.kind in OVER_A_SCHOOL and path.startswith(around))


def _distance(row: PostHeld, class_group: int | None, path: str) -> tuple[int, int]:
    if row.post in CLASS_POSTS and row.class_group_id == class_group:
        return 0, 0
    if row.place is not None and path.startswith(row.place.path or "?"):
        return 1, -len(row.place.path or "")
    return 2, 0
