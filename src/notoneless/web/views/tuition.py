"""送教上门: the plan of a year, each time it was given, corrections, the review."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from notoneless.core.tuition import begun_in
from notoneless.records.access import Fields, Thing, Verb
from notoneless.records.models import Child, Person, TuitionGiven, TuitionPlan
from notoneless.records.scopes import fields_for
from notoneless.services.helpers import teachers_of
from notoneless.services.refusals import Refusal
from notoneless.services.tuition import (
    may_record_tuition,
    plan_tuition,
    record_tuition,
    review_tuition,
    route_for,
    standing_plan,
)
from notoneless.web.form_key import given_key
from notoneless.web.form_page import FormPage, ask
from notoneless.web.found import child_or_404
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.read.support import TuitionFile, named, tuition_file
from notoneless.web.signed_in import signed_in
from notoneless.web.support_forms import LessonForm, PlanForm, ReviewForm
from notoneless.web.templatetags.support import halves


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def plan(request: HttpRequest, person: Person, child_id: UUID) -> HttpResponse:
    """订送教方案; filled with the plan that stands, for whoever may read it."""
    at = now()
    child = child_or_404(person, child_id, at, Verb.RECORD, Thing.SUPPORT)
    year = begun_in(at.date())
    route = route_for(child, year)
    people = named(teachers_of(route.school, at.date()), at.date()) if route else []
    initial = _as_it_stands(person, child, year, at)
    form = PlanForm(request.POST or None, initial=initial, years=(year, year + 1), people=people)

    def act(given: dict[str, Any]) -> object:
        return plan_tuition(
            by=person,
            child=child,
            school_year=given["school_year"],
            assessment=given["assessment"],
            goals=given["goals"],
            content=given["content"],
            times_a_week=given["times_a_week"],
            lessons_each=given["lessons_each"],
            teachers=list(Person.objects.filter(pk__in=given["teachers"])),
            agreed_by_guardian=given["agreed_by_guardian"],
            at=at,
            key=given_key(request),
        )

    lead = _("一生一案：一个学年以最后订的方案为准，以前的方案留着。")
    back = reverse("web:support", args=(child.pk,))
    shown = FormPage(_("送教上门方案"), _("订下方案"), _("方案已订下。"), back, child.name, lead)
    return ask(request, person, shown, form, act, at, None if route else _no_route(child))


@never_cache
@require_GET
@signed_in
def tuition(request: HttpRequest, person: Person, plan_id: UUID) -> HttpResponse:
    """One child's teaching at home in a school year: for its teachers, and for whoever supports the child."""
    at = now()
    row, file = _file(person, plan_id, at)
    return page(request, person, "support/tuition", at, row=row, file=file)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def lesson(request: HttpRequest, person: Person, plan_id: UUID) -> HttpResponse:
    """记一次送教."""
    at = now()
    row, _file_shown = _file(person, plan_id, at)
    initial = {"day": at.date(), "lessons": halves(row.lessons_each), "teachers": person.name}
    return _lesson(request, person, row, at, initial, None)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def correct(request: HttpRequest, person: Person, plan_id: UUID, given_id: UUID) -> HttpResponse:
    """更正一次送教: a further record that stands in for the first."""
    at = now()
    row, file = _file(person, plan_id, at)
    before = next((each.given for each in file.lessons if each.given.pk == given_id), None)
    if before is None or not file.words:
        raise Http404
    fields = ("day", "lessons", "teachers", "content", "response", "guardian_there")
    initial = {name: getattr(before, name) for name in fields} | {"lessons": halves(before.lessons)}
    return _lesson(request, person, row, at, initial, before)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def review(request: HttpRequest, person: Person, child_id: UUID, plan_id: UUID) -> HttpResponse:
    """送教评估."""
    at = now()
    child = child_or_404(person, child_id, at, Verb.RECORD, Thing.SUPPORT)
    row = TuitionPlan.objects.filter(child=child, pk=plan_id).first()
    if row is None:
        raise Http404
    form = ReviewForm(request.POST or None)

    def act(given: dict[str, Any]) -> object:
        return review_tuition(by=person, plan=row, words=given["words"], at=at)

    shown = FormPage(_("送教评估"), _("记下"), _("已记下。"), _address(row), child.name)
    return ask(request, person, shown, form, act, at)


def _lesson(
    request: HttpRequest,
    person: Person,
    row: TuitionPlan,
    at: datetime,
    initial: dict[str, Any],
    before: TuitionGiven | None,
) -> HttpResponse:
    form = LessonForm(request.POST or None, initial=initial)

    def act(given: dict[str, Any]) -> object:
        key = given_key(request)
        return record_tuition(by=person, plan=row, **given, supersedes=before, at=at, key=key)

    title = _("更正送教记录") if before else _("记一次送教")
    shown = FormPage(title, _("记下"), _("已记下。"), _address(row), row.child.name)
    return ask(request, person, shown, form, act, at, may_record_tuition(person, row, at.date()))


def _as_it_stands(person: Person, child: Child, year: int, at: datetime) -> dict[str, Any]:
    before = standing_plan(child, year)
    if before is None or Fields.HEALTH not in fields_for(person, child, at.date()):
        return {"school_year": year}
    names = ("school_year", "assessment", "goals", "content", "times_a_week", "lessons_each")
    kept = {name: getattr(before, name) for name in (*names, "agreed_by_guardian")}
    amounts = {name: halves(kept[name]) for name in ("times_a_week", "lessons_each")}
    return kept | amounts | {"teachers": [str(each.pk) for each in before.teachers.all()]}


def _no_route(child: Child) -> Refusal:
    return Refusal(
        "NO_ROUTE",
        "没有经批准的送教上门安置；请先在学籍页登记特殊安置，再订方案。",
        "No home tuition was approved; enter it on the enrolment page first.",
    )


def _file(person: Person, plan_id: UUID, at: datetime) -> tuple[TuitionPlan, TuitionFile]:
    rows = TuitionPlan.objects.select_related("child", "school", "route").prefetch_related(
        "teachers", "reviews__by"
    )
    row = rows.filter(pk=plan_id).first()
    file = tuition_file(person, row, at) if row is not None else None
    if row is None or file is None:
        raise Http404
    return row, file


def _address(row: TuitionPlan) -> str:
    return reverse("web:tuition", args=(row.pk,))
