"""在籍 and 在校 as two facts that do not follow from each other, and the four lists they make."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from notoneless.core.enrolment import quadrant
from notoneless.core.terms import ChangeKind, ChangeStep, EventKind, Quadrant, RouteKind, Stage
from notoneless.records.counting_facts import GONE as GONE
from notoneless.records.models import (
    Case,
    ChangeStepTaken,
    Child,
    ClassGroup,
    Enrolment,
    EnrolmentChange,
    EventRecord,
    OnRoll,
    Place,
    SameChild,
    SpecialRoute,
    StayRetracted,
)
from notoneless.records.scopes import during

# Who left in one of these ways is nobody's to look for any more.
SETTLED = (ChangeKind.DEATH, ChangeKind.GRADUATION, ChangeKind.MOVED_ABROAD)


class Standing(NamedTuple):
    """Where one child stands on a day: whose roll, which class, and how the child is taught otherwise."""

    roll: OnRoll | None
    enrolment: Enrolment | None
    route: SpecialRoute | None


def quadrants(schools: QuerySet[Place], on: date) -> dict[Quadrant, QuerySet[Child]]:
    """The four lists of these schools together on a day; of all schools of a county, those of the county."""
    rolled, attends = _on_roll(schools, on), _attending(schools, on)
    return {
        Quadrant.ON_ROLL_ATTENDING: Child.objects.filter(rolled, attends),
        Quadrant.ON_ROLL_AWAY: Child.objects.filter(rolled, ~attends),
        Quadrant.ATTENDING_OFF_ROLL: Child.objects.filter(~rolled, attends),
        Quadrant.NEITHER: Child.objects.filter(_known_to(schools), ~rolled, ~attends, _nowhere_else(on)),
    }


def standings(children: Iterable[UUID], on: date) -> dict[UUID, Standing]:
    """Where each of these children stands; three queries."""
    ids = list(children)
    rolls = OnRoll.objects.filter(during(on), child__in=ids).select_related("school")
    classes = Enrolment.objects.filter(during(on), child__in=ids).select_related("class_group__school")
    routes = live_routes(on).filter(child__in=ids).select_related("school")
    by_roll = {row.child_id: row for row in rolls}
    by_class = {row.child_id: row for row in classes}
    by_route = {row.child_id: row for row in routes}
    return {each: Standing(by_roll.get(each), by_class.get(each), by_route.get(each)) for each in ids}


def quadrant_of(child: Child, stands: Standing) -> Quadrant:
    """Which of the four lists one child is in: on a roll of ours, and seen in a class of ours."""
    gone = Case.objects.filter(child=child, stage__in=GONE).exists()
    on_roll = stands.roll is not None and stands.roll.school is not None
    return quadrant(on_roll=on_roll, attending=stands.enrolment is not None and not gone)


def live_routes(on: date) -> QuerySet[SpecialRoute]:
    """The special routes that hold on a day, what was superseded left out."""
    return SpecialRoute.objects.filter(during(on), superseded_by__isnull=True)


def school_of(child: Child, on: date) -> Place | None:
    """The school a child belongs to: whose roll it is on, else whose class it is in or was in last."""
    roll = (
        OnRoll.objects.filter(during(on), child=child, school__isnull=False).select_related("school").first()
    )
    if roll is not None:
        return roll.school
    stays = Enrolment.objects.filter(child=child, from_day__lte=on).select_related("class_group__school")
    last = stays.order_by("-from_day").first()
    return last.class_group.school if last else None


# Changing the two facts; each within an act's transaction.


def leave_roll(child: Child, day: date, at: datetime) -> None:
    """Off the roll from `day` on; a stay that would begin then never was. `at` is when we learned of it."""
    for row in OnRoll.objects.filter(child=child, until__isnull=True):
        _end(row, day, at)


def join_roll(child: Child, school: Place | None, day: date, at: datetime, *, elsewhere: str = "") -> OnRoll:
    """On the roll of a school from `day`, or of one that we do not keep; off any other."""
    leave_roll(child, day, at)
    return OnRoll.objects.create(
        child=child, school=school, elsewhere=elsewhere, from_day=day, recorded_at=at
    )


def leave_class(child: Child, day: date, at: datetime) -> None:
    """In no class from `day` on."""
    for row in Enrolment.objects.filter(child=child, until__isnull=True):
        _end(row, day, at)


def join_class(child: Child, class_group: ClassGroup, day: date, reason: str, at: datetime) -> Enrolment:
    """In this class from `day` on, and in no other."""
    leave_class(child, day, at)
    return Enrolment.objects.create(
        child=child, class_group=class_group, from_day=day, reason=reason, recorded_at=at
    )


def move_stay(row: Enrolment, class_group: ClassGroup, day: date, reason: str, at: datetime) -> Enrolment:
    """The same stay in another class from `day` on, or from its own first day where that comes later."""
    begins, until = max(day, row.from_day), row.until
    _end(row, begins, at)
    return Enrolment.objects.create(
        child_id=row.child_id,
        class_group=class_group,
        from_day=begins,
        until=until,
        reason=reason,
        recorded_at=at,
    )


def retract(row: Enrolment | OnRoll, at: datetime) -> None:
    """Keep that a stay was written down and known until now which never was; its row goes or changes."""
    where = {"class_group": row.class_group} if isinstance(row, Enrolment) else {"school": row.school}
    StayRetracted.objects.create(
        child_id=row.child_id, from_day=row.from_day, recorded_at=row.recorded_at, retracted_at=at, **where
    )


def _end(row: Enrolment | OnRoll, day: date, at: datetime) -> None:
    if row.from_day >= day:
        retract(row, at)
        row.delete()
    else:
        row.until, row.end_recorded_at = day, at
        row.save()


# How the facts become conditions.


def _on_roll(schools: QuerySet[Place], on: date) -> Exists:
    return Exists(OnRoll.objects.filter(during(on), child=OuterRef("pk"), school__in=schools.values("pk")))


def _attending(schools: QuerySet[Place], on: date) -> Q:
    there = Enrolment.objects.filter(
        during(on), child=OuterRef("pk"), class_group__school__in=schools.values("pk")
    )
    gone = Case.objects.filter(child=OuterRef("pk"), stage__in=GONE)
    return Q(Exists(there)) & ~Q(Exists(gone))


def _known_to(schools: QuerySet[Place]) -> Q:
    """Children these schools once had, or wait for."""
    mine = schools.values("pk")
    once = Enrolment.objects.filter(class_group__school__in=mine)
    listed = OnRoll.objects.filter(school__in=mine)
    awaited = SpecialRoute.objects.filter(school__in=mine)
    waiting = EventRecord.objects.filter(
        kind=EventKind.NEVER_ENROLLED, place__in=mine, child__case__stage=Stage.NEVER_ENROLLED
    )
    # One list of children, and not four questions joined by OR about every child there is.
    others = (each.values("child") for each in (listed, awaited, waiting))
    return Q(pk__in=once.values("child").union(*others))


def _nowhere_else(on: date) -> Q:
    """On no other roll, in no class it attends, not gone in a way that settles it, no second record."""
    rolled = OnRoll.objects.filter(during(on), child=OuterRef("pk"))
    enrolled = Enrolment.objects.filter(during(on), child=OuterRef("pk"))
    gone = Case.objects.filter(child=OuterRef("pk"), stage__in=GONE)
    done = ChangeStepTaken.objects.filter(
        change__child=OuterRef("pk"), change__kind__in=SETTLED, step=ChangeStep.DONE
    )
    attends = Q(Exists(enrolled)) & ~Q(Exists(gone))
    second = SameChild.objects.filter(child=OuterRef("pk"))
    return ~Q(Exists(rolled)) & ~attends & ~Q(Exists(done)) & ~Q(Exists(second))


# Why a child on the roll is not there.


def why_away(children: Iterable[UUID], on: date) -> dict[UUID, tuple[str, str]]:
    """What explains each child's absence from class, as a Chinese and an English word; none is a question.

    A route, a change that is under way or done, a case; in this order.
    """
    ids = list(children)
    found = {
        case.child_id: (case.stage.zh, case.stage.en)
        for case in Case.objects.filter(child__in=ids, stage__in=GONE)
    }
    changes = (
        EnrolmentChange.objects.filter(child__in=ids).prefetch_related("steps").order_by("from_day", "pk")
    )
    for change in changes:
        last = max(change.steps.all(), key=lambda each: (each.at, each.step is ChangeStep.DONE), default=None)
        if last is not None and last.step not in (ChangeStep.REFUSED, ChangeStep.WITHDRAWN):
            until = f" – {change.until}" if change.until else ""
            found[change.child_id] = (f"{change.kind.zh}{until}", f"{change.kind.en}{until}")
    for route in live_routes(on).filter(child__in=ids).exclude(kind=RouteKind.INCLUSIVE_PLACEMENT):
        found[route.child_id] = (route.kind.zh, route.kind.en)
    return found
