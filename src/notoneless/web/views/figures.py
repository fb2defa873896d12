"""指标: all figures of a place for a day, one of them by its parts, and all of them as a file."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET, require_http_methods

from notoneless.core.figure_terms import Figure
from notoneless.core.measures import FIGURES, mean_over_original
from notoneless.core.terms import PlaceKind
from notoneless.records.access import Fields, Thing, Verb
from notoneless.records.models import ClassGroup, Person, Place
from notoneless.services.counting import Asked, school_year_of
from notoneless.services.figures import (
    SCHOOLS,
    FigureValue,
    Rules,
    asked_on,
    by_class,
    by_grade,
    by_place,
    rules_at,
    values,
)
from notoneless.services.figures_out import FORMATS, export_figures
from notoneless.services.paper_authority import fields_at
from notoneless.services.permissions import refusal
from notoneless.web.codes import term
from notoneless.web.figure_forms import AskedForm, ScoresForm
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.place_here import the_place
from notoneless.web.read.figures import Row, bounds_of_parts, row_of, unit_name
from notoneless.web.signed_in import signed_in

KINDS = (PlaceKind.COUNTY, PlaceKind.TOWNSHIP, PlaceKind.CENTRAL_SCHOOL, *SCHOOLS)
FIRST = Figure.DR_CASE  # shown by its parts until another is chosen
MOST_YEARS = 9
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class Wanted(NamedTuple):
    """What the page is asked for: a day, as known now; and, to compare, as known at an earlier moment."""

    asked: Asked
    then: datetime | None
    form: AskedForm

    @property
    def query(self) -> str:
        """The same in an address."""
        known = {"known": f"{self.then:%Y-%m-%dT%H:%M}"} if self.then else {}
        return urlencode({"on": self.asked.last.isoformat(), **known})


@never_cache
@require_GET
@gzip_page
@signed_in
def figures(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """指标: every figure of a place, then one of them by its parts."""
    at = now()
    place = figures_place(person, place_id, at)
    wanted = _wanted(request, place, at)
    rules, fields = rules_at(place, wanted.asked.last), fields_at(person, place, at.date())
    chosen = _chosen(request.GET.get("by", FIRST.value))
    return page(
        request,
        person,
        "figures/figures",
        at,
        place=place,
        wanted=wanted,
        rows=_rows(wanted, rules, fields),
        parts=_parts(chosen, wanted, rules, fields),
        chosen=chosen,
        of_school=place.kind in SCHOOLS,
        years=_years(place, wanted.asked.last, at.date()),
        mean=_mean(request, chosen, wanted.asked, rules),
        may_export=refusal(person, Thing.FIGURE, Verb.EXPORT, place, at.date()) is None,
        may_type=refusal(person, Thing.FIGURE, Verb.RECORD, place, at.date()) is None,
    )


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def export(request: HttpRequest, person: Person, place_id: int, form: str) -> HttpResponse:
    """The figures as a file; asked once more first, as a file goes its own way."""
    at = now()
    place = figures_place(person, place_id, at, Verb.EXPORT)
    if form not in FORMATS:
        raise Http404
    wanted = _wanted(request, place, at)
    if request.method == "GET":
        return page(request, person, "figures/export", at, place=place, wanted=wanted, form=form)
    given = export_figures(
        by=person,
        place=place,
        on=wanted.asked.last,
        known_at=wanted.then or wanted.asked.known_at,
        form=form,
        at=at,
        language=get_language() or "zh",
    )
    answer = HttpResponse(given.content, content_type=TYPES[form])
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(given.name)}"
    return answer


def figures_place(person: Person, place_id: int, at: datetime, verb: Verb = Verb.SEE) -> Place:
    """The place, if the person may do this to its figures as a whole; else 404."""
    place = the_place(person, place_id, at, Thing.FIGURE, verb=verb)
    if place.kind not in KINDS:
        raise Http404
    return place


def _wanted(request: HttpRequest, place: Place, at: datetime) -> Wanted:
    """What was asked for; what makes no sense is said at its field, and today is shown."""
    form = AskedForm(request.GET if request.GET.keys() & {"on", "known"} else None, at=at)
    form.is_valid()
    given: dict[str, Any] = form.cleaned_data if form.is_bound else {}
    on = given.get("on") or at.date()
    return Wanted(asked_on(place, on, at), given.get("known"), form)


def _chosen(code: str) -> Figure:
    try:
        return term(Figure, code)
    except ValueError:
        raise Http404 from None


class Compared(NamedTuple):
    """A figure now and, when it is asked for, as it was known then."""

    row: Row
    then: Row | None
    by: str  # the address of its parts; empty where it has none
    known: str
    of_parts: tuple[str, ...]  # bounds that are held against its parts


def _rows(wanted: Wanted, rules: Rules, fields: Collection[Fields]) -> list[Compared]:
    found = values(wanted.asked, rules)
    before = values(wanted.asked._replace(known_at=wanted.then), rules) if wanted.then else {}
    return [_compared(each, before.get(each.figure), wanted, rules, fields) for each in found.values()]


def _compared(
    value: FigureValue, then: FigureValue | None, wanted: Wanted, rules: Rules, fields: Collection[Fields]
) -> Compared:
    place, figure = wanted.asked.place.pk, value.figure.value
    known = reverse("web:figure_known", args=(place, figure))
    by = f"{reverse('web:figures', args=(place,))}?{wanted.query}&by={figure}#parts"
    divided = wanted.asked.place.kind not in SCHOOLS or bool(FIGURES[value.figure].divides)
    old = row_of(then, fields) if then else None
    return Compared(
        row_of(value, fields),
        old,
        by if divided else "",
        f"{known}?{wanted.query}" if old else "",
        tuple(bounds_of_parts(value, rules.targets)),
    )


def _parts(figure: Figure, wanted: Wanted, rules: Rules, fields: Collection[Fields]) -> dict[str, Any]:
    """One figure by the parts of the place; of a school, by grade and class."""
    asked = wanted.asked
    if asked.place.kind not in SCHOOLS:
        found = [(each, _page_of(each.unit.place, wanted)) for each in by_place(figure, asked, rules)]
    else:
        grades = by_grade(figure, asked, rules)
        found = [(each, "") for each in (*grades, *by_class(figure, asked, rules))]
    rows = [row_of(value, fields, unit_name(value.unit), url) for value, url in found]
    return {"rows": rows, "targets": any(row.bounds for row in rows)}


def _page_of(place: Place, wanted: Wanted) -> str:
    return f"{reverse('web:figures', args=(place.pk,))}?{wanted.query}"


def _years(place: Place, on: date, today: date) -> list[dict[str, Any]]:
    """The school years with classes: this one as of today, those before as of their last day."""
    classes = ClassGroup.objects.filter(school__path__startswith=place.path or "/")
    named = classes.values_list("school_year", flat=True).distinct()
    years = sorted({int(name[:4]) for name in named if int(name[:4]) <= school_year_of(today)})
    ends = {year: min(date(year + 1, 8, 31), today) for year in years[-MOST_YEARS:]}
    return [{"year": y, "on": ends[y], "here": y == school_year_of(on)} for y in ends]


def _mean(request: HttpRequest, figure: Figure, asked: Asked, rules: Rules) -> dict[str, Any] | None:
    """按原有人数算平均分, for a class of a school; typed, shown and forgotten."""
    if figure is not Figure.DENOM_FIX or asked.place.kind not in SCHOOLS:
        return None
    found = by_class(figure, asked, rules)
    classes = [each.unit.class_group for each in found if each.unit.class_group]
    form = ScoresForm(request.GET if "scores" in request.GET else None, classes=classes)
    if not form.is_bound or not form.is_valid():
        return {"form": form, "result": ""}
    of = next(each for each in found if _is_class(each, form.cleaned_data["group"]))
    mean = mean_over_original(Decimal(form.cleaned_data["scores"]), of.below)
    values = {"scores": form.cleaned_data["scores"], "n": of.below, "mean": mean}
    return {"form": form, "result": _("%(scores)s ÷ 原有 %(n)s 人 = %(mean)s") % values}


def _is_class(value: FigureValue, number: str) -> bool:
    return value.unit.class_group is not None and str(value.unit.class_group.pk) == number
