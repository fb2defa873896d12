"""A place's charts, the children behind each figure, and each chart as a file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from urllib.parse import quote
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET

from notoneless.core.explain import stamp
from notoneless.core.figure_terms import Tally
from notoneless.core.terms import PlaceKind
from notoneless.records.access import Thing, Verb
from notoneless.records.models import Child, ClassGroup, Enrolment, Person, Place
from notoneless.records.scopes import belongs, visible_children
from notoneless.services.permissions import refusal
from notoneless.web.chart_export import TYPES, csv_of, png_file, svg_file
from notoneless.web.drawings import MONTHS, NAMES, Drawing, Wanted, drawings
from notoneless.web.figures import heat, said
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.place_here import the_place
from notoneless.web.read.charts import AWAY_THREE, AWAY_TODAY, listed
from notoneless.web.read.key_groups import fields_at
from notoneless.web.read.lists import PAGE, Part
from notoneless.web.read.seasons import turned_by_week
from notoneless.web.signed_in import signed_in

LONG = 12  # months, when they are asked for
WEEKS_SHOWN = 6


@never_cache
@require_GET
@gzip_page
@signed_in
def charts(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """All charts of a place, each with its table."""
    at = now()
    place = the_place(person, place_id, at, Thing.FIGURE)
    wanted = _wanted(request, person, place, at)
    return page(
        request,
        person,
        "charts/charts",
        at,
        place=place,
        drawings=drawings(wanted, _names(place)),
        season=heat(place, turned_by_week(place, as_of=at), "turned", WEEKS_SHOWN),
        long=wanted.months == LONG,
        files=[*TYPES] if refusal(person, Thing.FIGURE, Verb.EXPORT, place, at.date()) is None else [],
    )


@never_cache
@require_GET
@gzip_page
@signed_in
def listed_children(request: HttpRequest, person: Person, place_id: int, what: str) -> HttpResponse:
    """The children behind one figure, those of them whom the reader may see."""
    at, number = now(), request.GET.get("page", "1")
    place = the_place(person, place_id, at, Thing.FIGURE)
    first, last = _day(request, "first", at.date()), _day(request, "last", at.date())
    if first > last or last > at.date() or not number.isdecimal() or int(number) < 1:
        raise Http404
    try:
        behind = listed(place, what, first, last, at=at)
    except ValueError:
        raise Http404 from None
    shown = behind.filter(pk__in=visible_children(person, at.date()).values("pk"))
    total, seen, begin = behind.count(), shown.count(), (int(number) - 1) * PAGE
    rows = list(shown.select_related("case").order_by("name_pinyin", "name", "pk")[begin : begin + PAGE])
    classes = _classes(rows, at.date())
    if not rows and begin:
        raise Http404
    return page(
        request,
        person,
        "charts/children",
        at,
        place=place,
        title=_title(what),
        first=first,
        last=last,
        total=total,
        hidden=total - seen,
        part=Part([(child, classes.get(child.pk)) for child in rows], seen, int(number)),
        query=f"first={first}&last={last}&",
    )


@never_cache
@require_GET
@signed_in
def export(request: HttpRequest, person: Person, place_id: int, chart: str, form: str) -> HttpResponse:
    """One chart as SVG, PNG or CSV; it names nobody, so that nothing is journalled."""
    at = now()
    place = the_place(person, place_id, at, Thing.FIGURE, verb=Verb.EXPORT)
    if chart not in _names(place) or form not in TYPES:
        raise Http404
    (drawing,) = drawings(_wanted(request, person, place, at), [chart])
    answer = HttpResponse(_file(drawing, form, place, person, at), content_type=TYPES[form])
    name = quote(f"{drawing.title}-{place.name}-{at:%Y%m%d}.{form}")
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return answer


def _file(drawing: Drawing, form: str, place: Place, person: Person, at: datetime) -> bytes:
    marks = ((_("单位"), place.name), (_("截至"), stamp(at)), (_("导出人"), person.name))
    whose = f"{place.name} · {_('截至')} {stamp(at)} · {_('一个都不能少')}"
    if form == "csv":
        return csv_of(drawing, (*marks, (_("口径"), drawing.note)))
    return svg_file(drawing, whose) if form == "svg" else png_file(drawing, whose)


def _names(place: Place) -> tuple[str, ...]:
    """The map is for counties; everywhere else there are no townships to compare."""
    return tuple(name for name in NAMES if name != "townships" or place.kind == PlaceKind.COUNTY)


def _wanted(request: HttpRequest, person: Person, place: Place, at: datetime) -> Wanted:
    months = LONG if request.GET.get("months") == str(LONG) else MONTHS
    return Wanted(place, at, months, frozenset(fields_at(person, place, at.date())))


def _day(request: HttpRequest, name: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(request.GET.get(name, otherwise.isoformat()))
    except ValueError:
        raise Http404 from None


def _classes(children: Iterable[Child], on: date) -> dict[UUID, ClassGroup]:
    """The class each child is in today, with its school."""
    rows = Enrolment.objects.filter(belongs(on), child__in=list(children))
    return {row.child_id: row.class_group for row in rows.select_related("class_group__school")}


def _title(what: str) -> str:
    names = {AWAY_TODAY: _("今天无故缺课"), AWAY_THREE: _("连续3个上课日无故缺课")}
    return names.get(what) or said(Tally[what])
