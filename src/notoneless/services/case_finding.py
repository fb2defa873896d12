"""Finding a case for an act, and the posts by which somebody may act on it."""

from __future__ import annotations

from datetime import date

from notoneless.core.stages import SETTLED
from notoneless.core.terms import Post
from notoneless.records.access import Thing, Verb
from notoneless.records.models import Case, EventRecord, Person, Place
from notoneless.services.finding import last_class
from notoneless.services.permissions import may_not, posts_in
from notoneless.services.refusals import Refusal


def the_case(case: Case | int) -> Case:
    """The case with its child, from the row or its id."""
    number = case if isinstance(case, int) else case.pk
    return Case.objects.select_related("child").get(pk=number)


def posts_for(
    person: Person, case: Case, verb: Verb, on: date, thing: Thing = Thing.CASE, *, refuse: bool = True
) -> list[Post]:
    """The posts by which the person may do this about the case, the nearest first. Raises Refusal."""
    found = posts_in(person, thing, verb, case.child, on)
    if refuse and not found:
        raise may_not(thing, verb, case.child.name)
    return found


def refuse_settled(case: Case) -> None:
    """Refuse to work on a case that is not open."""
    if case.stage in SETTLED:
        raise Refusal(
            "CASE_SETTLED",
            f"个案 {case.number} 现在没有在办；孩子再次缺课时会自动重开，沿用原号。",
            f"Case {case.number} is not open; it opens again by itself when the child stays away again.",
        )


def acting_as(posts: list[Post], case: Case, asked: Post | None) -> Post:
    """The post by which the person acts: the one they name, if they hold it, or their nearest."""
    if asked is None:
        return posts[0]
    if asked not in posts:
        raise Refusal(
            "POST_NOT_HELD",
            f"对{case.child.name}您没有担任“{asked.zh}”；请选择您担任的岗位。",
            f"You are not the {asked.en} of {case.child.name}; choose a post you hold.",
        )
    return asked


def school_of(case: Case, on: date) -> Place:
    """The school the child is in, was in last, or is awaited at. Raises Refusal."""
    home = last_class(case.child, on)
    if home is not None:
        return home.school
    awaited = EventRecord.objects.filter(child=case.child, place__isnull=False).select_related("place")
    event = awaited.order_by("happened_at").last()
    if event is None or event.place is None:
        raise Refusal(
            "NO_SCHOOL",
            f"还没有学校负责{case.child.name}；请先登记由哪所学校接收。",
            f"No school answers for {case.child.name} yet; say first which one is to take the child in.",
        )
    return event.place
