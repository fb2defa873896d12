"""走访统计: visits, person-times and children by kind and by school, and the list behind each figure."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET

from notoneless.core.case_terms import VisitKind
from notoneless.records.access import Thing
from notoneless.records.models import Person, Place
from notoneless.services.visit_counts import Period, VisitFigures, count_visits, figures_of, visits_of
from notoneless.web.codes import term
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.place_here import the_place
from notoneless.web.read.lists import PAGE
from notoneless.web.signed_in import signed_in
from notoneless.web.visit_form import PeriodForm

NONE = VisitFigures(0, 0, 0)


class Line(NamedTuple):
    """One line of the table: of what, its figures by column, and the list behind each."""

    name: object
    cells: list[tuple[VisitFigures, str]]


@never_cache
@require_GET
@gzip_page
@signed_in
def visit_counts(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """The figures of a place in a period, from the first of the month unless the address says otherwise."""
    at = now()
    place = the_place(person, place_id, at, Thing.SCHOOL_BOARD)
    period, form = _period(request, at)
    found = count_visits(place, period, person, at.date())
    schools = Place.objects.filter(pk__in=found.schools).order_by("path")
    kinds = list(found.kinds)
    return page(
        request,
        person,
        "visits/counts",
        at,
        place=place,
        form=form,
        period=period,
        total=found.total,
        total_url=_list(place, period),
        by_kind=[(kind, found.kinds[kind], _list(place, period, kind)) for kind in kinds],
        kinds=kinds,
        lines=[
            Line(
                school,
                [
                    (found.schools[school.pk], _list(place, period, None, school)),
                    *(
                        (found.both.get((school.pk, kind), NONE), _list(place, period, kind, school))
                        for kind in kinds
                    ),
                ],
            )
            for school in schools
        ],
    )


@never_cache
@require_GET
@gzip_page
@signed_in
def visit_list(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """The visits behind one figure, page by page."""
    at = now()
    place = the_place(person, place_id, at, Thing.SCHOOL_BOARD)
    period, _form = _period(request, at)
    try:
        kind = term(VisitKind, request.GET["kind"]) if request.GET.get("kind") else None
        school = int(request.GET["school"]) if request.GET.get("school") else None
        number = max(int(request.GET.get("page", "1")), 1)
    except ValueError:
        raise Http404 from None
    found = visits_of(place, period, person, at.date(), kind, school)
    rows, total = found.select_related("act__child", "act__by"), found.count()
    shown = list(rows[(number - 1) * PAGE : number * PAGE])
    if not shown and number > 1:
        raise Http404
    return page(
        request,
        person,
        "visits/list",
        at,
        place=place,
        period=period,
        kind=kind,
        school=Place.objects.filter(pk=school).first() if school else None,
        rows=shown,
        total=total,
        figures=figures_of(found),
        first=(number - 1) * PAGE + 1,
        next_page=_list(place, period, kind, school, number + 1) if number * PAGE < total else "",
        last_page=_list(place, period, kind, school, number - 1) if number > 1 else "",
    )


def _period(request: HttpRequest, at: datetime) -> tuple[Period, PeriodForm]:
    """The days asked for; this month up to today where the address names none, or none that fit."""
    today = at.date()
    month = Period(today.replace(day=1), today)
    form = PeriodForm(request.GET if "first" in request.GET else None, initial=month._asdict())
    if form.is_bound and form.is_valid():
        return Period(form.cleaned_data["first"], form.cleaned_data["last"]), form
    return month, form


def _list(
    place: Place,
    period: Period,
    kind: VisitKind | None = None,
    school: Place | int | None = None,
    number: int = 1,
) -> str:
    """The address of the list behind a figure."""
    asked: dict[str, Any] = {"first": period.first.isoformat(), "last": period.last.isoformat()}
    if kind is not None:
        asked["kind"] = kind.value
    if school is not None:
        asked["school"] = school if isinstance(school, int) else school.pk
    if number > 1:
        asked["page"] = number
    return f"{reverse('web:visit_list', args=(place.pk,))}?{urlencode(asked)}"
