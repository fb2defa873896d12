"""单位与班级: what lies in a place, added and changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from notoneless.core.terms import PlaceKind
from notoneless.records.access import Thing, Verb
from notoneless.records.models import ClassGroup, Person, Place, not_closed
from notoneless.records.scopes import visible_places
from notoneless.services.place_closing import may_close, may_move
from notoneless.services.places import BELOW, add_class, add_place, change_class, change_place
from notoneless.services.roster_import import school_year_of
from notoneless.web.codes import term
from notoneless.web.form_page import FormPage, ask
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.people_forms import ChangePlaceForm, ClassForm, PlaceForm
from notoneless.web.read.people import classes_of
from notoneless.web.signed_in import signed_in
from notoneless.web.views.people import place_of


@never_cache
@require_GET
@signed_in
def places(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """What lies directly in a place, with its classes."""
    at = now()
    place = place_of(person, place_id, at, Thing.PLACE)
    closed = place.is_closed(at.date())
    inside = Place.objects.filter(parent=place).order_by("kind", "grade", "name")
    return page(
        request,
        person,
        "people/places",
        at,
        place=place,
        above=visible_places(person, at.date(), Thing.PLACE).filter(pk=place.parent_id or 0).first(),
        below=inside.filter(not_closed(at.date())),
        gone=inside.exclude(not_closed(at.date())).select_related("merged_into"),
        closed=closed,
        classes=classes_of(place, at.date()).select_related("teaching_point"),
        may_add=bool(BELOW[place.kind]) and not closed,
        may_close=may_close(person, place, at.date()) is None,
        may_move=may_move(person, place, at.date()) is None,
        is_school=place.kind == PlaceKind.SCHOOL and not closed,
    )


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def add(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """A new place below this one."""
    at = now()
    place = place_of(person, place_id, at, Thing.PLACE, Verb.CHANGE)
    form = PlaceForm(request.POST or None, kinds=BELOW[place.kind])

    def act(given: dict[str, Any]) -> Place:
        kind = term(PlaceKind, given.pop("kind"))
        return add_place(by=person, parent=place, kind=kind, at=at, **given)

    return ask(request, person, _shown(_("新增单位"), place), form, act, at)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def add_group(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """A new class of this school, in the school year of today."""
    at = now()
    place = place_of(person, place_id, at, Thing.PLACE, Verb.CHANGE)
    points = _points(place, at)
    form = ClassForm(request.POST or None, points=points)

    def act(given: dict[str, Any]) -> ClassGroup:
        return add_class(
            by=person,
            school=place,
            grade=given["grade"],
            name=given["name"],
            school_year=school_year_of(at.date()),
            teaching_point=points.filter(pk=given["teaching_point"] or 0).first(),
            at=at,
        )

    return ask(request, person, _shown(_("新增班级"), place), form, act, at)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def rename(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """Another name or code for a place."""
    at = now()
    place = place_of(person, place_id, at, Thing.PLACE, Verb.CHANGE)
    initial = {"name": place.name, "code": place.code, "grade": place.grade}
    form = ChangePlaceForm(request.POST or None, initial=initial, kind=place.kind)

    def act(given: dict[str, Any]) -> Place:
        return change_place(by=person, place=place, at=at, **given)

    return ask(request, person, _shown(_("修改"), place), form, act, at)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def rename_group(request: HttpRequest, person: Person, class_id: int) -> HttpResponse:
    """Another name, grade or teaching point for a class."""
    at = now()
    group = ClassGroup.objects.filter(pk=class_id).select_related("school").first()
    if group is None:
        raise Http404
    place_of(person, group.school_id, at, Thing.PLACE, Verb.CHANGE)
    points = _points(group.school, at)
    initial = {"name": group.name, "grade": group.grade, "teaching_point": group.teaching_point_id or ""}
    form = ClassForm(request.POST or None, initial=initial, points=points)

    def act(given: dict[str, Any]) -> ClassGroup:
        given["teaching_point"] = points.filter(pk=given["teaching_point"] or 0).first()
        return change_class(by=person, class_group=group, at=at, **given)

    return ask(request, person, _shown(_("修改"), group.school), form, act, at)


def _points(school: Place, at: datetime) -> QuerySet[Place]:
    """The teaching points of a school to choose from."""
    return Place.objects.filter(not_closed(at.date()), parent=school, kind=PlaceKind.TEACHING_POINT)


def _shown(title: str, place: Place) -> FormPage:
    back = reverse("web:places", args=(place.pk,))
    return FormPage(title, title, _("已记下。"), back, _("单位与班级"), place.name)
