"""帮扶: one child's page, and a place's with what waits there; above schools, the counts of each."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET

from notoneless.core.terms import PlaceKind
from notoneless.records.access import Fields, Thing, Verb
from notoneless.records.models import Person, Place, ReliefAsked, SpecialRoute
from notoneless.records.scopes import visible_children, visible_places
from notoneless.services.finding import last_class
from notoneless.services.permissions import posts_in
from notoneless.services.support_lists import (
    by_school,
    children_of,
    home_routes,
    not_paired_after_return,
    pairings_of,
    relief_at,
    relief_of,
    routes_at,
    taught_at_home,
)
from notoneless.web.found import child_or_404
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.place_here import the_place
from notoneless.web.read.key_groups import fields_at
from notoneless.web.read.support import child_support
from notoneless.web.signed_in import signed_in


@never_cache
@require_GET
@signed_in
def support(request: HttpRequest, person: Person, child_id: UUID) -> HttpResponse:
    """Relief, pairings and teaching at home of one child, as far as the reader may know."""
    at = now()
    child = child_or_404(person, child_id, at, Verb.SEE, Thing.SUPPORT)
    return page(
        request,
        person,
        "support/child",
        at,
        child=child,
        class_group=last_class(child, at.date()),
        cards=bool(posts_in(person, Thing.REGISTER, Verb.SEE, child, at.date())),
        support=child_support(person, child, at),
    )


@never_cache
@require_GET
@signed_in
def supports(request: HttpRequest, person: Person) -> HttpResponse:
    """The support of the person's own place, or of the children of the person's classes."""
    at = now()
    widest = visible_places(person, at.date(), Thing.SUPPORT).order_by("path").first()
    if widest is not None:
        return redirect("web:support_at", widest.pk)
    children = visible_children(person, at.date(), Verb.SEE, Thing.SUPPORT)
    routes = home_routes(at.date()).filter(child__in=children)
    return _waiting(request, person, at, None, children, routes, relief_of(children), True)


@never_cache
@require_GET
@gzip_page
@signed_in
def support_at(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """Who is behind: contacts overdue, helpers gone, too few lessons at home, relief undecided."""
    at = now()
    place = the_place(person, place_id, at, Thing.SUPPORT)
    hardship = Fields.HARDSHIP in fields_at(person, place, at.date())
    if place.kind not in (PlaceKind.SCHOOL, PlaceKind.TEACHING_POINT):
        return _schools(request, person, at, place, hardship)
    children, routes = children_of(place, at.date()), routes_at(place, at.date())
    return _waiting(request, person, at, place, children, routes, relief_at(place), hardship)


def _schools(
    request: HttpRequest, person: Person, at: datetime, place: Place, hardship: bool
) -> HttpResponse:
    schools = Place.objects.filter(kind=PlaceKind.SCHOOL, path__startswith=place.path or "/").order_by("path")
    found = by_school(place, schools, at.date())
    waiting = [each for each in found if each.any]
    return page(
        request,
        person,
        "support/schools",
        at,
        place=place,
        schools=waiting,
        quiet=len(found) - len(waiting),
        hardship=hardship,
    )


def _waiting(
    request: HttpRequest,
    person: Person,
    at: datetime,
    place: Place | None,
    children: QuerySet[Any, Any],
    routes: QuerySet[SpecialRoute],
    relief: QuerySet[ReliefAsked],
    hardship: bool,
) -> HttpResponse:
    paired = pairings_of(children, at.date())
    return page(
        request,
        person,
        "support/school",
        at,
        place=place,
        hardship=hardship,
        overdue=[each for each in paired if each.overdue],
        without_helper=[each for each in paired if not each.helper_in_post],
        open=len(paired),
        taught=taught_at_home(routes, at.date()),
        undecided=list(relief.filter(decided__isnull=True)) if hardship else [],
        not_paired=not_paired_after_return(children, at.date()),
    )
