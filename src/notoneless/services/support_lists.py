"""帮扶台账: whose contacts are overdue, who is taught too little at home, what waits for a decision.

Every list is of the children of a place, so that what a county counts is what its schools list.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from notoneless.core.case_terms import PairingPurpose
from notoneless.core.facts import CHINA_TIME
from notoneless.core.policy.case_rules import Tuition
from notoneless.core.terms import RouteKind, Stage
from notoneless.core.tuition import Progress, begun_in, progress
from notoneless.records.constants import any_class_of, of_classes
from notoneless.records.models import (
    Case,
    Child,
    Enrolment,
    Pairing,
    Person,
    Place,
    ReliefAsked,
    SpecialRoute,
    TuitionGiven,
    TuitionPlan,
)
from notoneless.records.scopes import belongs, during
from notoneless.services.helpers import gone
from notoneless.services.tuition import taught_from


class Paired(NamedTuple):
    """An open pairing and its contact duty; days are calendar days, of vacations too."""

    pairing: Pairing
    last_on: date | None  # the last contact
    due_on: date  # the last day on which the next one is in time
    overdue: bool
    helper_in_post: bool


class Taught(NamedTuple):
    """A child taught at home in a school year: the plan that stands, if any, and how far it is."""

    child: Child
    route: SpecialRoute
    plan: TuitionPlan | None
    rule: Tuition | None  # the policy's yearly minimum
    progress: Progress


class SchoolSupport(NamedTuple):
    """The figures of one school; each is the length of its list."""

    school: Place
    overdue: int
    without_helper: int
    behind: int
    unplanned: int
    undecided: int
    not_paired: int

    @property
    def any(self) -> bool:
        """Whether something waits there."""
        return any(self[1:])


# Pairings.


def open_pairings(on: date) -> QuerySet[Pairing]:
    """The pairings that are not over on a day."""
    return all_pairings().filter(Q(ended__isnull=True) | Q(ended__until__gt=on))


def all_pairings() -> QuerySet[Pairing]:
    """Pairings with their last contact."""
    rows = Pairing.objects.annotate(last_at=Max("contacts__act__happened_at"))
    return rows.select_related("child", "helper").order_by("from_day", "pk")


def with_duty(rows: Iterable[Pairing], on: date) -> list[Paired]:
    """Rows of `all_pairings` with the contact that is due next; the longest overdue first."""
    listed = list(rows)
    left = gone([(row.child_id, row.helper_id) for row in listed], on)
    found = [_paired(row, (row.child_id, row.helper_id) not in left, on) for row in listed]
    return sorted(found, key=lambda each: (each.due_on, str(each.pairing.pk)))


def next_contact(from_day: date, last_on: date | None, contact_days: int) -> date:
    """The last day on which the next contact is in time; calendar days, vacations count."""
    return max(last_on or from_day, from_day) + timedelta(days=contact_days)


def mine(person: Person, on: date) -> list[Paired]:
    """The open pairings in which the person is the helper and still has a post nearby."""
    return [each for each in with_duty(open_pairings(on).filter(helper=person), on) if each.helper_in_post]


def helps_at_all(person: Person, on: date) -> bool:
    """Whether the person has an open pairing or a plan of this school year; one query."""
    paired = Pairing.objects.filter(Q(ended__isnull=True) | Q(ended__until__gt=on), helper=OuterRef("pk"))
    plans = TuitionPlan.objects.filter(teachers=OuterRef("pk"), school_year=begun_in(on))
    return Person.objects.filter(Exists(paired) | Exists(plans), pk=person.pk).exists()


def pairings_of(children: QuerySet[Any, Any], on: date) -> list[Paired]:
    """The open pairings of these children (or their numbers)."""
    return with_duty(open_pairings(on).filter(child__in=children), on)


def not_paired_after_return(children: QuerySet[Any, Any], on: date) -> list[Case]:
    """Those of the children who are back and have nobody beside them: a pairing is offered for them."""
    beside = Pairing.objects.filter(purpose=PairingPurpose.RETURN_CARE)
    beside = beside.filter(Q(ended__isnull=True) | Q(ended__until__gt=on))
    rows = Case.objects.filter(stage=Stage.BACK, child__in=children).exclude(child__in=beside.values("child"))
    return list(rows.select_related("child").order_by("child__name", "pk"))


def _paired(row: Pairing, posted: bool, on: date) -> Paired:
    last: datetime | None = row.last_at  # type: ignore[attr-defined]  # annotated
    last_on = last.astimezone(CHINA_TIME).date() if last else None
    due_on = next_contact(row.from_day, last_on, row.contact_days)
    return Paired(row, last_on, due_on, due_on < on, posted)


# Home tuition.


def taught_at_home(routes: QuerySet[SpecialRoute], on: date) -> list[Taught]:
    """How far each of these routes' children is in the school year of a day; a few queries for all."""
    year = begun_in(on)
    found = list(routes.select_related("child", "school", "supersedes"))
    plans = _plans([each.child_id for each in found], year)
    given = _given([each.child_id for each in found], year)
    classes = any_class_of({each.school_id for each in found})
    homes = of_classes(classes.values())
    taught = []
    for route in found:
        home = homes.get(classes.get(route.school_id, 0))
        terms = home.calendar.terms if home else ()
        rule = home.packs.tuition() if home else None
        minimum = rule.lessons_a_year if rule else None
        begun = taught_from(route)
        done = progress(given[route.child_id], minimum, year, begun, route.until, terms, on=on)
        taught.append(Taught(route.child, route, plans.get(route.child_id), rule, done))
    return sorted(taught, key=lambda each: (-each.progress.missing, each.child.name))


def routes_at(place: Place, on: date) -> QuerySet[SpecialRoute]:
    """The home tuition for which schools of a place answer on a day."""
    return home_routes(on).filter(school__path__startswith=place.path or "/")


def home_routes(on: date) -> QuerySet[SpecialRoute]:
    """The home tuition that holds on a day."""
    return SpecialRoute.objects.filter(
        during(on), kind=RouteKind.HOME_TUITION, superseded_by__isnull=True
    ).order_by("school_id", "pk")


def my_teaching(person: Person, on: date) -> list[TuitionPlan]:
    """The plans that stand for the school year and name the person as a teacher."""
    year = begun_in(on)
    rows = TuitionPlan.objects.filter(teachers=person, school_year=year).values_list("child_id", flat=True)
    taught = set(home_routes(on).filter(child__in=list(rows)).values_list("child_id", flat=True))
    standing = _plans(taught, year)
    named = TuitionPlan.objects.filter(teachers=person, pk__in=[each.pk for each in standing.values()])
    return list(named.select_related("child", "school").order_by("child__name", "pk"))


def _plans(children: Collection[UUID], year: int) -> dict[UUID, TuitionPlan]:
    rows = TuitionPlan.objects.filter(child__in=children, school_year=year).order_by("at", "pk")
    return {row.child_id: row for row in rows}


def _given(children: Collection[UUID], year: int) -> dict[UUID, list[Decimal]]:
    rows = TuitionGiven.objects.filter(
        plan__child__in=children, plan__school_year=year, superseded_by__isnull=True
    )
    found: dict[UUID, list[Decimal]] = defaultdict(list)
    for child, lessons in rows.values_list("plan__child_id", "lessons"):
        found[child].append(lessons)
    return found


# Relief.


class ReliefSums(NamedTuple):
    """How many lines a list has in each state, and the sums of them in fen; they add up to the list."""

    asked: int
    agreed: int
    refused: int
    open: int
    fen_asked: int
    fen_agreed: int


def relief_at(place: Place, school_year: int | None = None) -> QuerySet[ReliefAsked]:
    """What was asked for at the schools of a place, of one school year or of all, latest first."""
    rows = _relief().filter(school__path__startswith=place.path or "/")
    if school_year is not None:
        rows = rows.filter(school_year=school_year)
    return rows


def relief_of(children: QuerySet[Any, Any]) -> QuerySet[ReliefAsked]:
    """What was asked for these children, latest first."""
    return _relief().filter(child__in=children)


def _relief() -> QuerySet[ReliefAsked]:
    return ReliefAsked.objects.select_related("child", "school", "by", "decided__by").order_by("-at", "pk")


def sums_of(rows: Iterable[ReliefAsked]) -> ReliefSums:
    """The sums of the lines as they stand in the list."""
    lines = list(rows)
    decided = [row.decided for row in lines if hasattr(row, "decided")]
    agreed = [each for each in decided if each.from_day is not None]
    return ReliefSums(
        len(lines),
        len(agreed),
        len(decided) - len(agreed),
        len(lines) - len(decided),
        sum(row.fen or 0 for row in lines),
        sum(each.fen or 0 for each in agreed),
    )


def granted(child: Child, on: date) -> list[ReliefAsked]:
    """The relief that holds for a child on a day."""
    span = Q(decided__from_day__lte=on, decided__until__gt=on)
    return list(ReliefAsked.objects.filter(span, child=child).select_related("decided").order_by("at", "pk"))


# A place with several schools.


def by_school(place: Place, schools: Iterable[Place], on: date) -> list[SchoolSupport]:
    """The figures of each of these schools of a place; the same number of queries for one or a hundred."""
    where = _school_of(place, on)
    overdue, without, undecided, behind, unplanned, bare = (defaultdict[int, int](int) for _ in range(6))
    children = children_of(place, on)
    for each in pairings_of(children, on):
        school = where.get(each.pairing.child_id, 0)
        overdue[school] += each.overdue
        without[school] += not each.helper_in_post
    for row in relief_at(place).filter(decided__isnull=True):
        undecided[row.school_id] += 1
    for taught in taught_at_home(routes_at(place, on), on):
        behind[taught.route.school_id] += taught.progress.behind
        unplanned[taught.route.school_id] += taught.plan is None
    for case in not_paired_after_return(children, on):
        bare[where.get(case.child_id, 0)] += 1
    counted = (overdue, without, behind, unplanned, undecided, bare)
    return [SchoolSupport(each, *(count[each.pk] for count in counted)) for each in schools]


def _school_of(place: Place, on: date) -> dict[UUID, int]:
    """The school of each child of a place who is paired or back: the only ones that are asked for."""
    asked = Q(child__in=Pairing.objects.values("child")) | Q(child__case__stage=Stage.BACK)
    rows = Enrolment.objects.filter(
        belongs(on), asked, class_group__school__path__startswith=place.path or "/"
    )
    return dict(rows.order_by("until").values_list("child_id", "class_group__school_id"))


def children_of(place: Place, on: date) -> QuerySet[Any, Any]:
    """The numbers of the children of a place's classes."""
    rows = Enrolment.objects.filter(belongs(on), class_group__school__path__startswith=place.path or "/")
    return rows.values("child_id")
