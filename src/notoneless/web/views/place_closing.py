"""撤并、恢复、改隶属: the forms that close a place, take that back, or put it below another."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from notoneless.core.terms import PlaceKind
from notoneless.records.access import Thing, Verb
from notoneless.records.models import Person, Place, not_closed
from notoneless.records.scopes import visible_places
from notoneless.services.place_closing import close_place, may_close, may_move, move_place, reopen_place
from notoneless.services.places import BELOW
from notoneless.web.form_page import FormPage, ask
from notoneless.web.moment import now
from notoneless.web.people_forms import BasisForm, MergeForm, MoveForm
from notoneless.web.signed_in import signed_in
from notoneless.web.views.people import place_of


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def close(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """Close a place from tomorrow on, empty or with all that is in it going into another."""
    at = now()
    place = place_of(person, place_id, at, Thing.PLACE, Verb.CHANGE)
    others = _others(person, place, at)
    form = MergeForm(request.POST or None, places=others, none=_("不并入（里面已经没有人）"))

    def act(given: dict[str, Any]) -> Place:
        into = others.filter(pk=given["into"] or 0).first()
        return close_place(by=person, place=place, into=into, basis=given["basis"], at=at)

    lead = _("从明天起生效。并入时学生、班级、班主任和住宿一起过去，原单位的岗位结束；以前的记录都留着。")
    return ask(
        request, person, _shown(_("撤并"), place, lead), form, act, at, may_close(person, place, at.date())
    )


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def reopen(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """Take back that a place is closed."""
    at = now()
    place = place_of(person, place_id, at, Thing.PLACE, Verb.CHANGE)
    form = BasisForm(request.POST or None)

    def act(given: dict[str, Any]) -> Place:
        return reopen_place(by=person, place=place, basis=given["basis"], at=at)

    lead = _("恢复以后岗位要重新任命。")
    return ask(
        request, person, _shown(_("恢复"), place, lead), form, act, at, may_close(person, place, at.date())
    )


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def move(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """Put a place with all that lies in it below another."""
    at = now()
    place = place_of(person, place_id, at, Thing.PLACE, Verb.MERGE)
    around = _around(person, place, at)
    form = MoveForm(request.POST or None, places=around, none=_("请选"))

    def act(given: dict[str, Any]) -> Place:
        return move_place(
            by=person, place=place, parent=around.get(pk=given["into"]), basis=given["basis"], at=at
        )

    lead = _("立即生效：里面的学校、班级和村一起改由新的单位管，原来的上级不再看得到。")
    return ask(
        request, person, _shown(_("改隶属"), place, lead), form, act, at, may_move(person, place, at.date())
    )


def _others(person: Person, place: Place, at: datetime) -> QuerySet[Place]:
    """The places of its kind where this person may change things."""
    rows = visible_places(person, at.date(), Thing.PLACE, Verb.CHANGE)
    if place.kind == PlaceKind.GRADE:
        return rows.none()
    if place.kind in (PlaceKind.TEACHING_POINT, PlaceKind.BOARDING_HOUSE):
        rows = rows.filter(parent=place.parent)
    return rows.filter(not_closed(at.date()), kind=place.kind).exclude(pk=place.pk).order_by("path")


def _around(person: Person, place: Place, at: datetime) -> QuerySet[Place]:
    """The places below which this one may lie."""
    kinds = [kind for kind, below in BELOW.items() if place.kind in below]
    rows = visible_places(person, at.date(), Thing.PLACE, Verb.MERGE).filter(
        not_closed(at.date()), kind__in=kinds
    )
    return rows.exclude(pk=place.parent_id or 0).exclude(path__startswith=place.path or "?").order_by("path")


def _shown(title: str, place: Place, lead: str) -> FormPage:
    back = reverse("web:places", args=(place.pk,))
    return FormPage(title, title, _("已记下。"), back, place.name, f"{place.name} · {lead}")
