"""送教上门: a plan for each school year, every time a child was taught at home, and what it achieved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet, Sum

from notoneless.core.facts import CHINA_TIME
from notoneless.core.terms import RouteKind
from notoneless.core.tuition import begun_in, days_of
from notoneless.records.access import Thing, Verb
from notoneless.records.models import (
    Child,
    Person,
    SpecialRoute,
    TuitionGiven,
    TuitionPlan,
    TuitionReviewed,
)
from notoneless.services.assessments import Entry, hold, keep
from notoneless.services.deriving import Changes
from notoneless.services.finding import the_child, the_person
from notoneless.services.helpers import teachers_of
from notoneless.services.permissions import post_in, require
from notoneless.services.refusals import Refusal
from notoneless.services.sent_once import key_used
from notoneless.services.transactions import one_act
from notoneless.services.written import written

MOST_LESSONS = 8  # a day; a full school day has seven and an evening
HALF = Decimal("0.5")


@one_act
def plan_tuition(
    *,
    by: Person | int,
    child: Child | UUID,
    school_year: int,
    goals: str,
    content: str,
    times_a_week: Decimal,
    lessons_each: Decimal,
    teachers: Sequence[Person],
    at: datetime,
    assessment: str = "",
    agreed_by_guardian: str = "",
    key: str | None = None,
) -> TuitionPlan:
    """Plan a school year's teaching at home; the last plan of a year stands. Raises Refusal.

    Only for a child whose home tuition an authority approved: the school of that route answers for it.
    """
    person, pupil = the_person(by), the_child(child)
    require(person, Thing.SUPPORT, Verb.RECORD, pupil, at.date())
    if key is not None and (first := TuitionPlan.objects.filter(key=key).first()) is not None:
        if (first.child_id, first.school_year) != (pupil.pk, school_year):
            raise key_used()
        return first
    route = _the_route(pupil, school_year)
    _refuse_year(school_year, at.date())
    _refuse_amounts(times_a_week, lessons_each)
    _refuse_teachers(teachers, route, at.date())
    hold([pupil.pk])
    plan = TuitionPlan.objects.create(
        child=pupil,
        route=route,
        school=route.school,
        school_year=school_year,
        assessment=written(assessment, 2000, "评估", "Assessment"),
        goals=written(goals, 2000, "目标", "Goals", needed=True),
        content=written(content, 4000, "内容", "Content", needed=True),
        times_a_week=times_a_week,
        lessons_each=lessons_each,
        agreed_by_guardian=written(agreed_by_guardian, 60, "同意的家长", "The guardian who agreed"),
        by=person,
        at=at,
        key=key,
    )
    plan.teachers.set(teachers)
    _journal("PLAN_TUITION", plan, person, at, {})
    return plan


@one_act
def record_tuition(
    *,
    by: Person | int,
    plan: TuitionPlan | UUID,
    day: date,
    lessons: Decimal,
    content: str,
    at: datetime,
    teachers: str = "",
    response: str = "",
    guardian_there: bool = False,
    supersedes: TuitionGiven | UUID | None = None,
    key: str | None = None,
) -> TuitionGiven:
    """Record one time a child was taught at home, or (`supersedes`) correct what was recorded of one.

    By a teacher of the plan or whoever records support of the child. Raises Refusal.
    """
    person, under = the_person(by), _the_plan(plan)
    if (refusal := may_record_tuition(person, under, at.date())) is not None:
        raise refusal
    if key is not None and (first := TuitionGiven.objects.filter(key=key).first()) is not None:
        if (first.plan_id, first.day) != (under.pk, day):
            raise key_used()
        return first
    hold([under.child_id])
    before = _to_correct(under, supersedes)
    _refuse_day(under, day, at.date())
    _refuse_lessons(under, day, lessons, before)
    row = TuitionGiven.objects.create(
        plan=under,
        day=day,
        lessons=lessons,
        teachers=written(teachers, 100, "送教教师", "Teachers") or person.name,
        content=written(content, 2000, "送教内容", "What was taught", needed=True),
        response=written(response, 2000, "学生反应", "How the child took it"),
        guardian_there=guardian_there,
        by=person,
        at=at,
        key=key,
        supersedes=before,
    )
    _journal("RECORD_TUITION", under, person, at, {"given": str(row.pk)})
    return row


@one_act
def review_tuition(
    *, by: Person | int, plan: TuitionPlan | UUID, words: str, at: datetime
) -> TuitionReviewed:
    """Write what the teaching at home achieved and what changes; the last words again are the same row.

    Raises Refusal.
    """
    person, under = the_person(by), _the_plan(plan)
    require(person, Thing.SUPPORT, Verb.RECORD, under.child, at.date())
    hold([under.child_id])
    words = written(words, 2000, "评估", "Review", needed=True)
    last = under.reviews.order_by("-at", "-pk").first()
    if last is not None and (last.words, last.by_id) == (words, person.pk):
        return last
    row = TuitionReviewed.objects.create(plan=under, words=words, by=person, at=at)
    _journal("REVIEW_TUITION", under, person, at, {"review": row.pk})
    return row


# Reading.


def route_for(child: Child, school_year: int) -> SpecialRoute | None:
    """The child's approved home tuition that holds on some day of the school year, or None."""
    first, end = days_of(school_year)
    routes = SpecialRoute.objects.filter(
        child=child, kind=RouteKind.HOME_TUITION, superseded_by__isnull=True, from_day__lt=end
    )
    found = [each for each in routes.select_related("school") if each.until is None or each.until > first]
    return max(found, key=lambda each: each.from_day, default=None)


def taught_from(route: SpecialRoute) -> date:
    """The first day of a home tuition, over the routes that renewed or changed it."""
    first, row = route.from_day, route.supersedes
    while row is not None and row.kind is RouteKind.HOME_TUITION:
        first, row = min(first, row.from_day), row.supersedes
    return first


def standing_plan(child: Child, school_year: int) -> TuitionPlan | None:
    """The plan that stands for a school year: the last one made."""
    plans = TuitionPlan.objects.filter(child=child, school_year=school_year).order_by("-at", "-pk")
    return plans.select_related("child", "school", "route").first()


def given_in(child: Child, school_year: int) -> QuerySet[TuitionGiven]:
    """What was given in a school year, by whichever plan, corrections applied; latest first."""
    rows = TuitionGiven.objects.filter(plan__child=child, plan__school_year=school_year)
    return rows.filter(superseded_by__isnull=True).order_by("-day", "-at")


def may_record_tuition(person: Person, plan: TuitionPlan, on: date) -> Refusal | None:
    """Why this person may not record teaching under this plan, or None."""
    if teaches(person, plan, on) or post_in(person, Thing.SUPPORT, Verb.RECORD, plan.child, on):
        return None
    return Refusal(
        "NOT_YOUR_TUITION",
        "送教记录由方案里的送教教师填写，或由班主任、学校代记。",
        "Lessons at home are recorded by the teachers in the plan, the class teacher or the school.",
    )


def teaches(person: Person, plan: TuitionPlan, on: date) -> bool:
    """Whether the person is a teacher of the plan that stands for its year, and still at its school."""
    still_there = teachers_of(plan.school, on).filter(pk=person.pk).exists()
    if not still_there or not plan.teachers.filter(pk=person.pk).exists():
        return False
    return standing_plan(plan.child, plan.school_year) == plan


# What is refused.


def _the_plan(plan: TuitionPlan | UUID) -> TuitionPlan:
    number = plan.pk if isinstance(plan, TuitionPlan) else plan
    return TuitionPlan.objects.select_related("child", "school", "route").get(pk=number)


def _the_route(child: Child, school_year: int) -> SpecialRoute:
    route = route_for(child, school_year)
    if route is None:
        raise Refusal(
            "NO_ROUTE",
            f"{child.name}没有经批准的送教上门安置；请先在学籍页登记特殊安置，再订方案。",
            f"No home tuition was approved for {child.name}; enter it on the enrolment page first.",
        )
    return route


def _refuse_year(school_year: int, on: date) -> None:
    now = begun_in(on)
    if school_year not in (now, now + 1):
        raise Refusal(
            "BAD_YEAR",
            f"方案的学年应为 {now}-{now + 1} 或 {now + 1}-{now + 2}。",
            f"A plan is for {now}-{now + 1} or {now + 1}-{now + 2}.",
        )


def _refuse_amounts(times_a_week: Decimal, lessons_each: Decimal) -> None:
    if not HALF <= times_a_week <= 7 or not _in_halves(lessons_each) or not HALF <= lessons_each <= 8:
        raise Refusal(
            "BAD_AMOUNT",
            "每周次数应为 0.5 到 7（两周一次写 0.5），每次课时应为 0.5 到 8、以半课时为单位。",
            "From 0.5 (once a fortnight) to 7 times a week, each of 0.5 to 8 lessons in halves.",
        )


def _refuse_teachers(teachers: Sequence[Person], route: SpecialRoute, on: date) -> None:
    known = teachers_of(route.school, on).filter(pk__in=[each.pk for each in teachers]).count()
    if not teachers or known != len({each.pk for each in teachers}):
        raise Refusal(
            "NO_TEACHER",
            f"请选至少一名在{route.school.name}任职的送教教师。",
            f"Choose at least one teacher who holds a post at {route.school.name}.",
        )


def _to_correct(plan: TuitionPlan, supersedes: TuitionGiven | UUID | None) -> TuitionGiven | None:
    if supersedes is None:
        return None
    number = supersedes.pk if isinstance(supersedes, TuitionGiven) else supersedes
    before = TuitionGiven.objects.select_related("plan").get(pk=number)
    if before.plan.child_id != plan.child_id or before.plan.school_year != plan.school_year:
        raise Refusal("OTHER_CHILD", "这条送教记录不在本方案内。", "This lesson is not of this plan.")
    if TuitionGiven.objects.filter(supersedes=before).exists():
        raise Refusal(
            "CORRECTED", "这条送教记录已经更正过；请刷新查看。", "This was corrected already; reload."
        )
    return before


def _refuse_day(plan: TuitionPlan, day: date, on: date) -> None:
    if day > on:
        raise Refusal(
            "IN_FUTURE", "送教日期晚于今天；请在送教以后再记。", "The day is still to come; record it then."
        )
    first, end = days_of(plan.school_year)
    planned = TuitionPlan.objects.filter(child=plan.child_id, school_year=plan.school_year)
    began = max(first, _day_of(planned.order_by("at").values_list("at", flat=True)[0]))
    if day < began or day >= end:
        raise Refusal(
            "OUT_OF_PLAN",
            f"送教日期应在方案订立之后、本学年之内（{began} 起）；先有方案，再送教。",
            f"The day lies after the plan was made and within its school year (from {began}).",
        )
    route = route_for(plan.child, plan.school_year)
    if route is None or day < taught_from(route) or (route.until is not None and day >= route.until):
        raise Refusal(
            "NO_ROUTE",
            f"{day} 这天没有批准送教上门；请核对日期，或先在学籍页登记特殊安置。",
            f"No home tuition was approved for {day}; check the day, or enter the route first.",
        )


def _day_of(at: datetime) -> date:
    return at.astimezone(CHINA_TIME).date()


def _refuse_lessons(plan: TuitionPlan, day: date, lessons: Decimal, before: TuitionGiven | None) -> None:
    others = given_in(plan.child, plan.school_year).filter(day=day)
    if before is not None:
        others = others.exclude(pk=before.pk)
    whole = (others.aggregate(n=Sum("lessons"))["n"] or Decimal(0)) + lessons
    if not _in_halves(lessons) or lessons < HALF or whole > MOST_LESSONS:
        raise Refusal(
            "BAD_LESSONS",
            f"一天送教不超过 {MOST_LESSONS} 课时（含当天已记的），以半课时为单位；请核对。",
            f"At most {MOST_LESSONS} lessons a day with those recorded already, in halves.",
        )


def _in_halves(lessons: Decimal) -> bool:
    return (lessons * 2) % 1 == 0


def _journal(act: str, plan: TuitionPlan, person: Person, at: datetime, body: dict[str, object]) -> None:
    entry = Entry(act, "child", str(plan.child_id), {"plan": str(plan.pk), **body}, person)
    keep(Changes(), at=at, entry=entry)
