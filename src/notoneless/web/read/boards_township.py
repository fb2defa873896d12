"""The board of a township: its cases by village with whoever answers there, what is late, what is silent."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Count, OuterRef, Subquery

from notoneless.core.hold import Held
from notoneless.core.terms import Act, PlaceKind, Post, Stage
from notoneless.records.models import LIVE, Obligation, Place, PostHeld, Residence
from notoneless.records.scopes import during, live
from notoneless.services.counting_asked import Line
from notoneless.services.schools_today import Morning, schools_today
from notoneless.web.read.boards_county import OverdueBy, open_gaps, overdue_by_post
from notoneless.web.read.holds import holds
from notoneless.web.read.rows import first_of, in_cases, path_of, rows_of

NOTICES_SHOWN = 20


class Village(NamedTuple):
    """A village with its open cases and who is assigned there; `place` is None where no village is known."""

    place: Place | None
    stages: Counter[Stage]
    cadres: tuple[str, ...]

    @property
    def cases(self) -> int:
        """Open cases of every stage."""
        return self.stages.total()


class TownshipBoard(NamedTuple):
    """A township at a moment."""

    place: Place
    morning: Morning
    villages: tuple[Village, ...]  # most cases first; those without any are left out
    quiet: int  # villages without a case
    overdue: tuple[OverdueBy, ...]
    notices: tuple[Obligation, ...]  # the most pressing
    notices_owed: int  # how many there are in all
    gaps: int
    holds: tuple[Held[Line], ...]


def township_board(place: Place, *, as_of: datetime) -> TownshipBoard:
    """The board of a township."""
    villages = _villages(place, as_of.date())
    notices = Obligation.objects.filter(
        place__path__startswith=path_of(place), state__in=LIVE, act=Act.NOTICE, who=Post.TOWNSHIP
    ).select_related("child", "place")
    return TownshipBoard(
        place,
        schools_today(place, as_of=as_of),
        tuple(each for each in villages if each.cases),
        sum(1 for each in villages if not each.cases),
        overdue_by_post(place, as_of),
        *first_of(notices.order_by("due_at", "key"), NOTICES_SHOWN),
        open_gaps(place),
        holds(place, as_of=as_of),
    )


def _villages(place: Place, day: date) -> list[Village]:
    home = Residence.objects.filter(during(day), child=OuterRef("child")).values("place")[:1]
    counted = (
        in_cases(rows_of(place, day))
        .annotate(village=Subquery(home))
        .values_list("village", "child__case__stage")
        .annotate(Count("pk"))
    )
    stages: dict[int | None, Counter[Stage]] = defaultdict(Counter)
    for village, stage, count in counted:
        stages[village][stage] += count
    rows = Place.objects.filter(kind=PlaceKind.VILLAGE, path__startswith=path_of(place)).order_by("path")
    places = {each.pk: each for each in rows}
    names = _cadres(list(places), day)
    found = [Village(each, stages.get(pk, Counter()), tuple(names[pk])) for pk, each in places.items()]
    # Whoever lives outside, or of whom it is not known, is somebody's child too.
    other = sum((count for pk, count in stages.items() if pk not in places), Counter[Stage]())
    if other:
        found.append(Village(None, other, ()))
    return sorted(found, key=lambda each: -each.cases)


def _cadres(villages: list[int], day: date) -> dict[int | None, list[str]]:
    held = PostHeld.objects.filter(
        live(day), place__in=villages, post__in=(Post.VILLAGE_CADRE, Post.VILLAGE_COMMITTEE)
    ).order_by("post", "pk")
    names: dict[int | None, list[str]] = defaultdict(list)
    for place, name in held.values_list("place", "person__name"):
        if name not in names[place]:
            names[place].append(name)
    return names
