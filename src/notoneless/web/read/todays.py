"""What one person must do today: roll calls, obligations of the posts held, routine, leave that ends."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from notoneless.core.terms import Act, AttendanceStatus
from notoneless.records.constants import of_classes
from notoneless.records.models import (
    LIVE,
    AttendanceMark,
    ClassGroup,
    LeaveGranted,
    Obligation,
    Person,
    RollCall,
)
from notoneless.records.scopes import visible_obligations
from notoneless.services.escalation import STEPS
from notoneless.services.own_duties import of_posts
from notoneless.services.permissions import TAKES_ROLL_CALLS, Held, held_by
from notoneless.web.read.duties import Duty, left_to, with_holders
from notoneless.web.read.quotas import Measured, quotas_of

UNFOUND = (AttendanceStatus.ABSENT, AttendanceStatus.LEAVE, AttendanceStatus.UNRECORDED)


class ClassToday(NamedTuple):
    """One class in one session of today."""

    class_group: ClassGroup
    session: str
    starts: datetime
    taken: RollCall | None
    away: int  # whom it did not find, corrections applied
    obligation: Obligation | None
    why_no_school: tuple[str, str] | None


class Today(NamedTuple):
    """The page of one person."""

    classes: tuple[ClassToday, ...]
    obligations: tuple[Obligation, ...]
    routine: tuple[Duty, ...]  # what dates brought, to the person's posts or to vacant ones below them
    escalated: tuple[Obligation, ...]  # overdue with others, told to this person's posts; latest first
    leaves: tuple[LeaveGranted, ...]
    quotas: tuple[Measured, ...]


def today(person: Person, *, as_of: datetime) -> Today:
    """What this person must do, soonest first."""
    held = held_by(person, as_of.date())
    posts = [each for each in held if each.class_group and each.post in TAKES_ROLL_CALLS]
    mine = list(dict.fromkeys(each.class_group for each in posts if each.class_group))
    visible = visible_obligations(person, as_of.date()).filter(state__in=LIVE)
    owed = visible.select_related("child", "class_group", "place")
    soonest = owed.order_by(F("due_at").asc(nulls_last=True), "key")
    live = list(soonest.filter(of_posts(held)))
    dated = [o for o in live if o.of_the_date]
    vacant = [o for o in left_to(held, as_of) if o not in dated]
    shown = [o.pk for o in (*live, *vacant)]
    return Today(
        tuple(_classes(mine, live, as_of)),
        tuple(o for o in live if not o.of_the_date and _is_not_shown_above(o, mine)),
        with_holders(sorted((*dated, *vacant), key=_soonest), as_of),
        tuple(owed.filter(_told(held)).exclude(pk__in=shown).order_by("-due_at", "key")),
        tuple(_ending(held, as_of.date())),
        tuple(quotas_of(person, held, as_of=as_of)),
    )


def _is_not_shown_above(owed: Obligation, mine: list[int]) -> bool:
    return owed.act != Act.TAKE_ROLL_CALL or owed.class_group_id not in mine


def _soonest(owed: Obligation) -> tuple[bool, float, str]:
    return (owed.due_at is None, owed.due_at.timestamp() if owed.due_at else 0.0, str(owed.key))


def _told(held: list[Held]) -> Q:
    """What was taken up a step to these posts."""
    found = Q(pk__in=[])
    for each in held:
        for step in STEPS:
            if each.path and each.post in step.told:
                found |= Q(place__path__startswith=each.path, escalation_level__gte=step.level)
    return found


def _classes(mine: list[int], live: list[Obligation], as_of: datetime) -> list[ClassToday]:
    groups = {each.pk: each for each in ClassGroup.objects.filter(pk__in=mine).select_related("school")}
    homes = of_classes(mine)
    day = as_of.date()
    taken = {
        (call.class_group_id, call.session): call
        for call in RollCall.objects.filter(class_group__in=mine, day=day, standing=True)
        .select_related("taken_by")
        .annotate(not_there=Coalesce(_not_there(), 0))
    }
    found = []
    for number in mine:
        calendar = homes[number].calendar.as_known_at(as_of)
        for session in calendar.roll_call_sessions():
            owed = next(
                (o for o in live if o.class_group_id == number and o.occasion == f"{day}/{session.code}"),
                None,
            )
            why, call = calendar.why_no_school(day), taken.get((number, session.code))
            found.append(
                ClassToday(
                    groups[number],
                    session.code,
                    calendar.session_start(day, session.code),
                    call,
                    call.not_there if call else 0,
                    owed,
                    (why[0], why[1]) if why else None,
                )
            )
    return found


def _not_there() -> Subquery:
    """How many marks of a roll call say that a pupil was not there, those corrected left out."""
    better = AttendanceMark.objects.filter(supersedes=OuterRef("pk"))
    marks = AttendanceMark.objects.filter(
        ~Exists(better), roll_call=OuterRef("pk"), speaks=True, status__in=UNFOUND
    )
    return Subquery(marks.order_by().values("roll_call").annotate(n=Count("pk")).values("n"))


def _ending(held: list[Held], day: date) -> list[LeaveGranted]:
    """Leave whose last day is today, of children whose class these posts look after."""
    classes = [each.class_group for each in held if each.class_group]
    granted = LeaveGranted.objects.filter(
        until=day + timedelta(days=1), child__enrolments__class_group__in=classes
    ).select_related("child")
    gone = LeaveGranted.objects.filter(supersedes__in=granted).values_list("supersedes_id", flat=True)
    return [leave for leave in granted if leave.pk not in set(gone)]
