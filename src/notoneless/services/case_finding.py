"""Finding a case for an act, and the posts by which somebody may act on it."""

from __future__ import annotations

from datetime import date

from notoneless.core.stages import SETTLED
from notoneless.core.terms import Post
from notoneless.records.access import Thing, Verb
from notoneless.records.models import Case, Person
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
