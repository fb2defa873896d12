"""帮扶人: who may help a child of a school, by which post, and who has left every post meanwhile."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from notoneless.core.terms import PlaceKind, Post
from notoneless.records.access import Thing, Verb, posts_that
from notoneless.records.models import Child, Person, Place, PostHeld
from notoneless.records.packs import places_on
from notoneless.records.scopes import CLASS_POSTS, live
from notoneless.services.finding import last_class
from notoneless.services.refusals import Refusal

# Whoever works with children; those who keep the system running are shown none.
HELPING_POSTS = posts_that(Thing.CHILD, Verb.SEE)
OVER_A_SCHOOL = (PlaceKind.CENTRAL_SCHOOL, PlaceKind.TOWNSHIP, PlaceKind.COUNTY)


def in_post(on: date) -> Exists:
    """Whether a person (`helper` of the row) holds a post in which children are worked with."""
    held = PostHeld.objects.filter(live(on), person=OuterRef("helper"), post__in=HELPING_POSTS)
    return Exists(held)


def holds_a_post(person: Person, on: date) -> bool:
    """Whether the person works with children at all on a day."""
    return PostHeld.objects.filter(live(on), person=person, post__in=HELPING_POSTS).exists()


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


def _distance(row: PostHeld, class_group: int | None, path: str) -> tuple[int, int]:
    if row.post in CLASS_POSTS and row.class_group_id == class_group:
        return 0, 0
    if row.place is not None and path.startswith(row.place.path or "?"):
        return 1, -len(row.place.path or "")
    return 2, 0
