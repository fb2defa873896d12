"""Checks of special routes, key groups and beds: taught in two ways at once, or in none."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from django.db.models import Exists, F, OuterRef, Q, Subquery

from notoneless.core.terms import ChangeKind, ChangeStep, KeyGroup, PlaceKind, Post, RouteKind
from notoneless.records.access import Fields
from notoneless.records.models import (
    Boarding,
    ChangeStepTaken,
    Enrolment,
    InKeyGroup,
    OnRoll,
    SpecialRoute,
)
from notoneless.records.scopes import during
from notoneless.services.contradictions.checks import Moment, Seen, check, row
from notoneless.services.contradictions.rolls import suspended_on
from notoneless.services.on_roll import live_routes

OVER_AGE = 16  # years; past them no school is owed any more
GONE = (ChangeKind.DEATH, ChangeKind.MOVED_ABROAD, ChangeKind.GRADUATION, ChangeKind.TRANSFER_OUT)


def _taught_and_in_class(kinds: Collection[RouteKind], on: date) -> Iterator[Seen]:
    found = live_routes(on).filter(kind__in=[kind.value for kind in kinds], child__enrolments__until=None)
    found = found.filter(child__enrolments__from_day__lte=on)
    for child, pk, kind, from_day, stay, group, name, school in found.values_list(
        *("child", "pk", "kind", "from_day", "child__enrolments__pk", "child__enrolments__class_group"),
        *("child__enrolments__class_group__name", "child__enrolments__class_group__school__name"),
    ):
        taught = row("route", pk, kind=RouteKind(kind), from_=from_day)  # type: ignore[call-arg]
        yield Seen((taught, row("enrolment", stay, class_=f"{school} {name}")), child, group)


_BOTH_SAYS = (
    "{0[from]}起{0[kind]}，同时又在{1[class]}。",
    "{0[kind]} since {0[from]}, and in {1[class]} at the same time.",
)
_BOTH_FIX = ("核对实际在哪里就读，另一项办结束。", "Find out which it is and end the other.")


@check("HOME_TUITION_IN_CLASS", ("送教上门又在班", "taught at home and in a class"), _BOTH_SAYS, _BOTH_FIX)
def home_tuition_in_class(moment: Moment) -> Iterator[Seen]:
    """Taught at home, and in a class that calls the child."""
    return _taught_and_in_class((RouteKind.HOME_TUITION,), moment.on)


@check(
    "OTHER_SCHOOL_IN_CLASS",
    ("在特校或专门学校又在班", "at a special school and in a class"),
    _BOTH_SAYS,
    _BOTH_FIX,
)
def other_school_in_class(moment: Moment) -> Iterator[Seen]:
    """At a special or specialised school, and in a class here."""
    return _taught_and_in_class((RouteKind.SPECIAL_SCHOOL, RouteKind.SPECIALISED_SCHOOL), moment.on)


@check("DEFERRED_IN_CLASS", ("延缓入学又在班", "deferred entry and in a class"), _BOTH_SAYS, _BOTH_FIX)
def deferred_in_class(moment: Moment) -> Iterator[Seen]:
    """Entry put off, and in a class."""
    return _taught_and_in_class((RouteKind.DEFERRED_ENTRY,), moment.on)


@check(
    "ROUTE_WITHOUT_PAPER",
    ("特殊安置没有批准文号", "a special route without the paper that approved it"),
    ("{0[kind]}（{0[from]}起）没有批准文号。", "{0[kind]} since {0[from]} names no paper that approved it."),
    ("补填批准部门和文号。", "Enter the authority and the number of its paper."),
)  # fmt: skip
def route_without_paper(moment: Moment) -> Iterator[Seen]:
    """A route in force that names no paper or no authority."""
    found = live_routes(moment.on).filter(Q(paper="") | Q(approved_by=""))
    for route in found:
        yield Seen(
            (row("route", route.pk, kind=route.kind, from_=route.from_day),),
            route.child_id,
            place=route.school_id,
        )


@check(
    "DEFERRAL_OVER",
    ("延缓入学已到期没有入学", "deferred entry over, not taken into school"),
    ("延缓入学到{0[until]}为止，至今没有入学。", "Entry was put off until {0[until]}; in no class since."),
    ("通知入学并编班，或按规定续批。", "Take the child into school, or have it put off again."),
)  # fmt: skip
def deferral_over(moment: Moment) -> Iterator[Seen]:
    """A deferral that has ended and a child in no class and no other route."""
    stays = Enrolment.objects.filter(child=OuterRef("child"), until=None)
    found = SpecialRoute.objects.filter(
        ~Exists(stays),
        ~Exists(live_routes(moment.on).filter(child=OuterRef("child"))),
        kind=RouteKind.DEFERRED_ENTRY,
        superseded_by__isnull=True,
        until__lt=moment.on,
    )
    for route in found:
        said = row("route", route.pk, kind=route.kind, until=route.until)
        yield Seen((said,), route.child_id, place=route.school_id)


@check(
    "TWO_ROUTES",
    ("两种特殊安置同时生效", "two special routes at once"),
    ("{0[kind]}（{0[from]}起）和{1[kind]}（{1[from]}起）同时生效。",
     "{0[kind]} since {0[from]} and {1[kind]} since {1[from]} are both in force."),
    ("核对实际安置，另一项办结束。", "Find out which it is and end the other."),
)  # fmt: skip
def two_routes(moment: Moment) -> Iterator[Seen]:
    """Two routes in force of one child."""
    kept: dict[object, list[SpecialRoute]] = {}
    for route in live_routes(moment.on).order_by("from_day", "pk"):
        kept.setdefault(route.child_id, []).append(route)
    for routes in kept.values():
        if len(routes) > 1:
            said = tuple(row("route", r.pk, kind=r.kind, from_=r.from_day) for r in routes[:2])
            yield Seen(said, routes[0].child_id, place=routes[0].school_id)


@check(
    "INCLUSIVE_NO_CLASS",
    ("随班就读却不在班", "placed in an ordinary class, and in none"),
    ("{0[from]}起随班就读，却不在任何班。", "Placed in an ordinary class since {0[from]}, yet in no class."),
    ("编入班级，或改办其他安置。", "Put the child into a class, or choose another route."),
)  # fmt: skip
def inclusive_no_class(moment: Moment) -> Iterator[Seen]:
    """A placement in an ordinary class without the class."""
    stays = Enrolment.objects.filter(during(moment.on), child=OuterRef("child"))
    for route in live_routes(moment.on).filter(~Exists(stays), kind=RouteKind.INCLUSIVE_PLACEMENT):
        said = row("route", route.pk, kind=route.kind, from_=route.from_day)
        yield Seen((said,), route.child_id, place=route.school_id)


@check(
    "DISABLED_NOWHERE",
    ("在残疾儿童名单上，却没有任何安置", "on the list of disabled children and schooled nowhere"),
    ("{0[from]}起列入残疾儿童名单，不在任何班，没有送教、特校等安置。",
     "On the list of disabled children since {0[from]}, in no class and on no special route."),
    ("落实一人一案：随班就读、特校或送教上门。",
     "Place the child: an ordinary class, a special school, home tuition."),
    Post.SCHOOL_OFFICE,
    needs=Fields.HEALTH,
)  # fmt: skip
def disabled_nowhere(moment: Moment) -> Iterator[Seen]:
    """Disabled, of an age for school, and schooled in no way that we know."""
    child = OuterRef("child")
    left = ChangeStepTaken.objects.filter(
        change__child=child, change__kind__in=[kind.value for kind in GONE], step=ChangeStep.DONE
    )
    found = InKeyGroup.objects.filter(
        ~Exists(Enrolment.objects.filter(during(moment.on), child=child)),
        ~Exists(live_routes(moment.on).filter(child=child)),
        ~Exists(OnRoll.objects.filter(during(moment.on), child=child, school=None)),
        ~Exists(suspended_on(moment.on)),
        ~Exists(left),
        during(moment.on),
        group=KeyGroup.DISABLED,
    ).exclude(child__birth_on__lt=moment.on.replace(day=1, year=moment.on.year - OVER_AGE))
    for pk, who, from_day in found.values_list("pk", "child", "from_day"):
        yield Seen((row("group", pk, kind=KeyGroup.DISABLED, from_=from_day),), who)


@check(
    "LEFT_BEHIND_TWICE",
    ("单亲留守又双亲留守", "left behind by one parent and by both"),
    ("同时登记为单亲留守（{0[from]}起）和双亲留守（{1[from]}起）。",
     "Noted as left behind by one parent (since {0[from]}) and by both (since {1[from]})."),
    ("核对后去掉其中一项。", "Keep the one that is so."),
    Post.CLASS_TEACHER,
    leads="child",
    needs=Fields.HARDSHIP,
)  # fmt: skip
def left_behind_twice(moment: Moment) -> Iterator[Seen]:
    """In both groups that exclude each other."""
    found = InKeyGroup.objects.filter(
        during(moment.on),
        group=KeyGroup.LEFT_BEHIND_ONE,
        child__key_groups__group=KeyGroup.LEFT_BEHIND_BOTH,
        child__key_groups__until=None,
    )
    for child, pk, from_day, pk2, from2 in found.values_list(
        "child", "pk", "from_day", "child__key_groups__pk", "child__key_groups__from_day"
    ):
        one = row("group", pk, kind=KeyGroup.LEFT_BEHIND_ONE, from_=from_day)
        yield Seen((one, row("group", pk2, kind=KeyGroup.LEFT_BEHIND_BOTH, from_=from2)), child)


@check(
    "BED_ELSEWHERE",
    ("住在别校的宿舍", "a bed in another school's boarding house"),
    ("住{0[school]}的宿舍，却在{1[class]}。", "Sleeps in a house of {0[school]}, yet is in {1[class]}."),
    ("更正住宿或班级。", "Correct the bed or the class."),
    Post.SCHOOL_OFFICE,
    leads="child",
)  # fmt: skip
def bed_elsewhere(moment: Moment) -> Iterator[Seen]:
    """A boarding house of a school that is not the class's."""
    stay = Enrolment.objects.filter(until=None, child=OuterRef("child"))
    found = Boarding.objects.annotate(
        stay=Subquery(stay.values("pk")[:1]),
        group=Subquery(stay.values("class_group")[:1]),
        class_name=Subquery(stay.values("class_group__name")[:1]),
        at_school=Subquery(stay.values("class_group__school")[:1]),
        school_name=Subquery(stay.values("class_group__school__name")[:1]),
    ).filter(~Q(house__parent=F("at_school")), house__parent__kind=PlaceKind.SCHOOL, until=None)
    for child, pk, house, stay_pk, group, name, school in found.filter(at_school__isnull=False).values_list(
        "child", "pk", "house__parent__name", "stay", "group", "class_name", "school_name"
    ):
        there = row("enrolment", stay_pk, class_=f"{school} {name}")
        yield Seen((row("bed", pk, school=house), there), child, group)
