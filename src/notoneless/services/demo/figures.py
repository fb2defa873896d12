"""The demo's numbers from paper: what each cohort was when it entered school, before this system began."""

from __future__ import annotations

from datetime import datetime

from notoneless.core.figure_terms import Tally
from notoneless.core.terms import PlaceKind, Post
from notoneless.records.models import Person, Place, PostHeld
from notoneless.records.scopes import live
from notoneless.services.counting import counts, total
from notoneless.services.counts_given import Typed, give_count
from notoneless.services.figures import asked_on

# Who types it, and what a cohort lost and won since it entered, as made up as everything else here.
_TYPED = {PlaceKind.SCHOOL: Post.PRINCIPAL, PlaceKind.COUNTY: Post.COUNTY_BUREAU}
_MOVED = {Tally.COHORT_IN: 1, Tally.COHORT_OUT: 2}
_LEFT = 2


def type_old_counts(*, at: datetime) -> int:
    """Let principals and the county type what the old returns say; how many numbers were typed."""
    places = Place.objects.filter(kind__in=_TYPED).order_by("path")
    return sum(_type(place, at) for place in places)


def _type(place: Place, at: datetime) -> int:
    by = _holder(place, at)
    asked = asked_on(place, at.date(), at)
    pupils, typed = total(counts(asked, [Tally.FINAL_CLASS])[Tally.FINAL_CLASS]), Typed(asked)
    if by is None or not pupils:
        return 0
    numbers = {Tally.INTAKE: pupils + _LEFT, **(_MOVED if place.kind == PlaceKind.SCHOOL else {})}
    for tally, number in numbers.items():
        year = typed.year_of(tally)
        paper = f"{year}年教育事业统计基层报表（虚构）"
        give_count(
            by=by, place=place, tally=tally, school_year=year, grade=None, number=number, source=paper, at=at
        )
    return len(numbers)


def _holder(place: Place, at: datetime) -> Person | None:
    held = PostHeld.objects.filter(live(at.date()), place=place, post=_TYPED[place.kind]).select_related(
        "person"
    )
    first = held.order_by("pk").first()
    return first.person if first else None
