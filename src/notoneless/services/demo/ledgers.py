"""What fills the demo's ledgers beside its cases: relocations, placements, relief, pairings; and numbers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from notoneless.core.case_terms import Decision, PairingPurpose, ReliefKind
from notoneless.core.terms import KeyGroup, Post, RouteKind
from notoneless.records.models import (
    Case,
    ClassGroup,
    Enrolment,
    InKeyGroup,
    Pairing,
    ReliefAsked,
    ReliefDecided,
    SpecialRoute,
)
from notoneless.services.counting import school_year_of
from notoneless.services.demo.facts import Holders
from notoneless.services.ledgers import post_everywhere

WEEKS_AGO = timedelta(weeks=4)
EACH_SCHOOL = 6  # children of a school about whom something is noted


def fill_ledgers(holders: Holders, at: datetime) -> None:
    """A few children of every school with something of each, as it was noted weeks ago; then the numbers."""
    then = at - WEEKS_AGO
    for school, picked in _picked(at).items():
        if len(picked) == EACH_SCHOOL:
            _of_school(school, picked, holders, then)
    post_everywhere(now=at)


def _picked(at: datetime) -> dict[int, list[tuple[UUID, ClassGroup]]]:
    """The same few children of each school: in a class, with no case and in no key group."""
    taken = set(Case.objects.values_list("child_id", flat=True))
    taken |= set(InKeyGroup.objects.values_list("child_id", flat=True))
    stays = Enrolment.objects.filter(until=None).select_related("class_group__school")
    found: dict[int, list[tuple[UUID, ClassGroup]]] = {}
    for stay in stays.order_by("class_group__school_id", "child_id"):
        mine = found.setdefault(stay.class_group.school_id, [])
        if len(mine) < EACH_SCHOOL and stay.child_id not in taken:
            mine.append((stay.child_id, stay.class_group))
    return found


def _of_school(school: int, picked: list[tuple[UUID, ClassGroup]], holders: Holders, at: datetime) -> None:
    moved, other, placed, poor, refused, paired = picked
    InKeyGroup.objects.bulk_create(_groups([(moved, KeyGroup.RELOCATED), (other, KeyGroup.RELOCATED)], at))
    InKeyGroup.objects.bulk_create(_groups([(placed, KeyGroup.DISABLED), (poor, KeyGroup.LOW_INCOME)], at))
    SpecialRoute.objects.create(
        child_id=placed[0],
        kind=RouteKind.INCLUSIVE_PLACEMENT,
        school_id=school,
        from_day=at.date(),
        approved_by="县教育局",
        by_id=holders.who(Post.ENROLMENT_OFFICER, placed[1]),
        recorded_at=at,
    )
    _relief(school, poor, True, holders, at)
    _relief(school, refused, False, holders, at)
    teacher = holders.who(Post.CLASS_TEACHER, paired[1])
    Pairing.objects.create(
        child_id=paired[0],
        helper_id=teacher,
        helper_is="班主任",
        purpose=PairingPurpose.STUDY,
        goal="跟上语文和数学的进度。",
        from_day=at.date(),
        contact_days=60,
        by_id=teacher,
        at=at,
    )


def _groups(rows: list[tuple[tuple[UUID, ClassGroup], KeyGroup]], at: datetime) -> Iterator[InKeyGroup]:
    for (child, _), group in rows:
        yield InKeyGroup(child_id=child, group=group, from_day=at.date(), recorded_at=at)


def _relief(
    school: int, child: tuple[UUID, ClassGroup], agreed: bool, holders: Holders, at: datetime
) -> None:
    asked = ReliefAsked.objects.create(
        child_id=child[0],
        school_id=school,
        kind=ReliefKind.ASSIST,
        of="寄宿生生活补助",
        fen=62_500,
        reason="家庭收入低。",
        school_year=school_year_of(at.date()),
        by_id=holders.who(Post.CLASS_TEACHER, child[1]),
        by_post=Post.CLASS_TEACHER,
        at=at,
    )
    ReliefDecided.objects.create(
        asked=asked,
        decision=Decision.AGREED if agreed else Decision.REFUSED,
        fen=62_500 if agreed else None,
        from_day=at.date() if agreed else None,
        until=at.date().replace(year=at.year + 1, month=8, day=31) if agreed else None,
        by_id=holders.who(Post.PRINCIPAL, child[1]),
        by_post=Post.PRINCIPAL,
        at=at + timedelta(days=3),
        note="" if agreed else "材料不全，补齐后再申请。",
    )
