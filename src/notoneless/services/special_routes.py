"""特殊安置: 随班就读, 送教上门, 专门学校, 特殊教育学校, 延缓入学, as dated facts with who approved them."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from notoneless.core.terms import Act, EventKind, RouteKind
from notoneless.records.access import Thing, Verb
from notoneless.records.models import (
    LIVE,
    Child,
    ClassGroup,
    Obligation,
    OnRoll,
    Person,
    Place,
    SpecialRoute,
)
from notoneless.services.assessments import Entry, follow_up, hold
from notoneless.services.change_effects import ONE_DAY
from notoneless.services.enrolment_facts import answered, midnight, stated, to_come
from notoneless.services.finding import the_child, the_person
from notoneless.services.on_roll import join_class, join_roll, leave_class, live_routes
from notoneless.services.permissions import require
from notoneless.services.refusals import Refusal
from notoneless.services.sent_once import id_of, key_used
from notoneless.services.transactions import one_act

# Who is taught elsewhere sits in no class, so that no roll call asks for the child.
OUT_OF_CLASS = frozenset({RouteKind.HOME_TUITION, RouteKind.SPECIALISED_SCHOOL, RouteKind.SPECIAL_SCHOOL})
# Who is taught at home is the pupil of the school that sends the teachers.
ON_OUR_ROLL = frozenset({RouteKind.HOME_TUITION})
MUST_END = frozenset({RouteKind.DEFERRED_ENTRY})


@one_act
def approve_route(
    *,
    by: Person | int,
    child: Child | UUID,
    kind: RouteKind,
    school: Place,
    from_day: date,
    approved_by: str,
    at: datetime,
    until: date | None = None,
    paper: str = "",
    note: str = "",
    key: str | None = None,
) -> SpecialRoute:
    """Enter a route that an authority approved; `school` answers for the child meanwhile. Raises Refusal.

    It takes the place of the one that holds now, if there is one. Deferred entry names its last day. The same
    `key` again gives the first.
    """
    person, pupil = the_person(by), the_child(child)
    post = require(person, Thing.CHANGE, Verb.ASK, school, at.date())
    _refuse_unapproved(kind, approved_by, from_day, until)
    hold([pupil.pk])
    number = id_of(key)
    if (first := SpecialRoute.objects.filter(pk=number).first()) is not None:
        if first.child_id != pupil.pk:
            raise key_used()
        return first
    route = SpecialRoute.objects.create(
        pk=number,
        child=pupil,
        kind=kind,
        school=school,
        from_day=from_day,
        until=until,
        approved_by=approved_by.strip(),
        paper=paper,
        note=note,
        by=person,
        recorded_at=at,
        supersedes=live_routes(at.date()).filter(child=pupil).first(),
    )
    if kind in OUT_OF_CLASS:
        leave_class(pupil, max(from_day, at.date() + ONE_DAY), at)
        if kind in ON_OUR_ROLL and not OnRoll.objects.filter(child=pupil, until__isnull=True).exists():
            join_roll(pupil, school, max(from_day, at.date() + ONE_DAY), at)
    if _waits_to_be_taken_in(pupil):
        answered(pupil, Act.TAKE_IN, person, post, at, kind.zh)
    if kind is RouteKind.DEFERRED_ENTRY:
        _refuse_schooled(pupil)
        if route.supersedes is not None:
            _take_back(pupil, person, at)
        assert until is not None  # refused above
        stated(pupil, EventKind.DEFERRAL_ENDED, school, midnight(until), person, at)
    _follow_up(route, person, at)
    return route


@one_act
def end_route(
    *, by: Person | int, route: SpecialRoute | UUID, class_group: ClassGroup, at: datetime, note: str = ""
) -> SpecialRoute:
    """The route ends and the child comes into a class of the school, from tomorrow. Raises Refusal.

    The last day is a further row that stands in for the first; nothing is changed.
    """
    person = the_person(by)
    number = route.pk if isinstance(route, SpecialRoute) else route
    before = SpecialRoute.objects.select_related("child", "school").get(pk=number)
    post = require(person, Thing.CHANGE, Verb.ASK, before.school, at.date())
    hold([before.child_id])
    if SpecialRoute.objects.filter(supersedes=before).exists():
        raise Refusal("ROUTE_CHANGED", "这项安置已经改过；请刷新。", "This was changed already; reload.")
    if class_group.school_id != before.school_id:
        raise Refusal(
            "NO_CLASS", f"请选定{before.school.name}的一个班。", f"Choose a class of {before.school.name}."
        )
    tomorrow = at.date() + ONE_DAY
    after = SpecialRoute.objects.create(
        child=before.child,
        kind=before.kind,
        school=before.school,
        from_day=before.from_day,
        until=max(tomorrow, before.from_day),
        approved_by=before.approved_by,
        paper=before.paper,
        note=note,
        by=person,
        recorded_at=at,
        supersedes=before,
    )
    if before.kind is not RouteKind.INCLUSIVE_PLACEMENT:
        join_class(before.child, class_group, tomorrow, "特殊安置结束", at)
    if before.kind is RouteKind.DEFERRED_ENTRY:
        join_roll(before.child, before.school, tomorrow, at)
        answered(before.child, Act.TAKE_IN, person, post, at, note)
        _take_back(before.child, person, at)
    _follow_up(after, person, at)
    return after


def _waits_to_be_taken_in(child: Child) -> bool:
    """Whether somebody owes to take the child in: an approved way of schooling is what was asked for."""
    return Obligation.objects.filter(child=child, act=Act.TAKE_IN, state__in=LIVE).exists()


def _take_back(child: Child, by: Person, at: datetime) -> None:
    """The day fixed for the end of a deferral that is over sooner or put off."""
    for event in to_come(child, (EventKind.DEFERRAL_ENDED,), at):
        stated(child, EventKind.RESUMED, None, at, by, at, supersedes=event)


def _refuse_unapproved(kind: RouteKind, approved_by: str, from_day: date, until: date | None) -> None:
    if not approved_by.strip():
        raise Refusal(
            "NOT_APPROVED",
            f"{kind.zh}要有批准的部门（如乡镇人民政府、县教育局）；请写明。",
            f"Name the authority that approved this ({kind.en}).",
        )
    if until is not None and until <= from_day:
        raise Refusal("BAD_SPAN", "终止日应在起始日之后。", "The last day must come after the first.")
    if kind in MUST_END and until is None:
        raise Refusal(
            "NO_END", f"{kind.zh}要写明批准到哪一天；到期应当入学。", f"Say until when ({kind.en})."
        )


def _refuse_schooled(child: Child) -> None:
    if child.enrolments.filter(until__isnull=True).exists():
        raise Refusal(
            "IN_CLASS",
            f"{child.name}已经入学编班；因病不能上学的办休学，不办延缓入学。",
            f"{child.name} is in a class already; for illness ask for a suspension.",
        )


def _follow_up(route: SpecialRoute, person: Person, at: datetime) -> None:
    body: dict[str, object] = {
        "route": str(route.pk),
        "kind": route.kind.value,
        "school": route.school_id,
        "until": str(route.until) if route.until else None,
    }
    entry = Entry("SPECIAL_ROUTE", "child", str(route.child_id), body, person)
    follow_up([route.child_id], as_of=at, entry=entry, why=f"已登记{route.kind.zh}")
