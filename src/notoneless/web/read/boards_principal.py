"""The principal's board: what is out of the ordinary today, and what waits for the principal's name."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db.models import F

from notoneless.core.hold import Held
from notoneless.core.stages import GRAVE, RETURNED
from notoneless.core.terms import CloseOutKind, Post
from notoneless.records.histories import subjects
from notoneless.records.models import LIVE, CoverageGap, Enrolment, Obligation, Place
from notoneless.services.closing import present_in_a_row
from notoneless.services.counting_asked import Line
from notoneless.web.read.boards import SHOWN, Away, Board, morning_board
from notoneless.web.read.boards_county import OverdueBy, overdue_by_post
from notoneless.web.read.holds import holds
from notoneless.web.read.lists import ChildLine, lines_of
from notoneless.web.read.rows import first_of, in_cases, in_order, path_of, rows_of

HEADS = (Post.PRINCIPAL, Post.VICE_PRINCIPAL)
LONG_AWAY = 3  # school days; from then on a child is the principal's own worry


class Back(NamedTuple):
    """A child who is back, and how far the return is from counting as stable."""

    row: Enrolment
    present: int
    asked: int  # school days the policy asks for; 0 when it names none

    @property
    def ready(self) -> bool:
        """Whether the days are there; the close-out page says what else is missing."""
        return bool(self.asked) and self.present >= self.asked


class PrincipalBoard(NamedTuple):
    """A school at a moment, as its principal must see it."""

    morning: Board
    long_away: tuple[Away, ...]
    grave: tuple[ChildLine, ...]  # suspected and out of school
    back: tuple[Back, ...]  # those ready to be closed out first
    to_sign: tuple[Obligation, ...]  # what the heads themselves owe, the most pressing of it
    owed: int  # how much that is in all
    overdue: tuple[OverdueBy, ...]
    gaps: tuple[CoverageGap, ...]
    holds: tuple[Held[Line], ...]


def principal_board(school: Place, *, as_of: datetime) -> PrincipalBoard:
    """The board of one school's principal."""
    morning, rows = morning_board(school, as_of=as_of), rows_of(school, as_of.date())
    owed = Obligation.objects.filter(place=school, who__in=HEADS, state__in=LIVE)
    soonest = owed.select_related("child", "class_group", "place").order_by(
        F("due_at").asc(nulls_last=True), "key"
    )
    gaps = CoverageGap.objects.filter(place__path__startswith=path_of(school), closed_on=None)
    return PrincipalBoard(
        morning,
        tuple(each for each in morning.away if each.spell.min_days >= LONG_AWAY),
        tuple(lines_of(in_cases(rows, GRAVE))),
        _back(list(in_order(in_cases(rows, RETURNED)).select_related("child__case", "class_group")), as_of),
        *first_of(soonest, SHOWN),
        overdue_by_post(school, as_of),
        tuple(gaps.select_related("class_group", "place").order_by("due_on", "pk")),
        holds(school, as_of=as_of),
    )


def _back(rows: list[Enrolment], as_of: datetime) -> tuple[Back, ...]:
    found = []
    known = subjects([row.child_id for row in rows], as_of=as_of)
    for row in rows:
        subject = known[row.child_id]
        closing = subject.home.packs.closing(CloseOutKind.STABLE_RETURN)
        asked = closing.present_school_days if closing else 0
        found.append(Back(row, present_in_a_row(subject, as_of), asked))
    return tuple(sorted(found, key=lambda each: (not each.ready, -each.present)))
