"""现住, 寄宿, 重点对象 and the whole identity number: what is written of a child beside its class."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from notoneless.core.terms import KeyGroup, PlaceKind
from notoneless.records.access import Verb
from notoneless.records.models import Child, InKeyGroup, Person, Place, not_closed
from notoneless.records.scopes import during
from notoneless.services.finding import class_on
from notoneless.services.key_groups import may_group, put_in_group, shown_groups, take_from_group
from notoneless.services.reading_sensitive import may_read_identity_no, read_identity_no
from notoneless.services.refusals import Refusal
from notoneless.services.residence import board_in, home_of, house_of, live_in
from notoneless.services.transactions import one_act
from notoneless.web.codes import term
from notoneless.web.form_page import FormPage, ask
from notoneless.web.forms import choices
from notoneless.web.found import child_or_404
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.people_forms import GroupsForm, IdentityForm, WhereForm
from notoneless.web.refused import sentence
from notoneless.web.signed_in import signed_in


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def home(request: HttpRequest, person: Person, child_id: UUID) -> HttpResponse:
    """The village the child lives in."""
    at = now()
    child = child_or_404(person, child_id, at, Verb.CHANGE)
    villages = _villages(child, at.date())
    form = _where(request, home_of(child, at.date()), villages, _("不清楚住在哪个村"), at.date())

    def act(given: dict[str, Any]) -> object:
        place = villages.filter(pk=given["place"] or 0).first()
        return live_in(by=person, child=child, place=place, from_day=given["from_day"], at=at)

    return ask(request, person, _shown(_("现住村"), child), form, act, at)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def house(request: HttpRequest, person: Person, child_id: UUID) -> HttpResponse:
    """The boarding house the child sleeps in."""
    at = now()
    child = child_or_404(person, child_id, at, Verb.CHANGE)
    school = _class_path(child, at.date())
    houses = Place.objects.filter(
        not_closed(at.date()), kind=PlaceKind.BOARDING_HOUSE, path__startswith=school or "?"
    )
    form = _where(request, house_of(child, at.date()), houses, _("不寄宿"), at.date())

    def act(given: dict[str, Any]) -> object:
        place = houses.filter(pk=given["place"] or 0).first()
        return board_in(by=person, child=child, house=place, from_day=given["from_day"], at=at)

    return ask(request, person, _shown(_("寄宿"), child), form, act, at)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def groups(request: HttpRequest, person: Person, child_id: UUID) -> HttpResponse:
    """The key groups the child belongs to, as far as this person is shown them."""
    at = now()
    child = child_or_404(person, child_id, at, Verb.CHANGE)
    shown = shown_groups(person, child, at.date())
    rows = InKeyGroup.objects.filter(during(at.date()), child=child, group__in=shown)
    before = {row.group for row in rows}
    initial = {"groups": [each.value for each in before], "from_day": at.date()}
    form = GroupsForm(request.POST or None, initial=initial)
    form.fields["groups"].choices = choices(shown)  # type: ignore[attr-defined]

    @one_act
    def act(given: dict[str, Any]) -> None:
        after = {term(KeyGroup, code) for code in given["groups"]}
        when = given["from_day"]
        for group in shown:
            if group in after - before:
                put_in_group(by=person, child=child, group=group, from_day=when, note=given["note"], at=at)
            elif group in before - after:
                take_from_group(by=person, child=child, group=group, until=when, at=at)

    refusal = may_group(person, child, at.date())
    return ask(request, person, _shown(_("重点对象"), child), form, act, at, refusal)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def identity(request: HttpRequest, person: Person, child_id: UUID) -> HttpResponse:
    """The whole identity number, shown on the answer to a form and journalled; never in an address."""
    at = now()
    child = child_or_404(person, child_id, at, Verb.SEE)
    refusal = may_read_identity_no(person, child, at)
    number, problem = "", sentence(refusal) if refusal else ""
    if request.method == "POST" and refusal is None:
        number = read_identity_no(by=person, child=child, reason=request.POST.get("reason", ""), at=at)
        number = number or _("没有登记证件号")
    status = 422 if request.method == "POST" and problem else 200
    context = {"child": child, "number": number, "problem": problem, "form": IdentityForm()}
    return page(request, person, "people/identity", at, status=status, **context)


def _villages(child: Child, on: date) -> Any:
    """The villages of the county of the child's school."""
    counties = Place.objects.filter(kind=PlaceKind.COUNTY)
    around = _class_path(child, on) or ""
    county = next((each for each in counties if around.startswith(each.path or "?")), None)
    rows = Place.objects.filter(
        not_closed(on), kind=PlaceKind.VILLAGE, path__startswith=(county.path if county else None) or "?"
    )
    return rows.order_by("path")


def _class_path(child: Child, on: date) -> str | None:
    try:
        return class_on(child, on).school.path
    except Refusal:
        return None


def _where(request: HttpRequest, now_is: Place | None, places: Any, none: str, today: date) -> WhereForm:
    initial = {"place": str(now_is.pk) if now_is else "", "from_day": today}
    return WhereForm(request.POST or None, initial=initial, places=places, none=none)


def _shown(title: str, child: Child) -> FormPage:
    back = reverse("web:child", args=(child.pk,))
    return FormPage(title, _("记下"), _("已记下。"), back, child.name)
