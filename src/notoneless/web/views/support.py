"""帮扶: one child's page, and a place's with what waits there; above schools, the counts of each."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET

from notoneless.core.terms import PlaceKind
from notoneless.core.tuition import begun_in
from notoneless.records.access import Fields, Thing, Verb
from notoneless.records.models import Person, Place
from notoneless.services.finding import last_class
from notoneless.services.support_lists import (
    by_school,
    not_paired_after_return,
    pairings_at,
    relief_at,
    routes_at,
    taught_at_home,
)
from notoneless.web.found import child_or_404
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.read.key_groups import fields_at
from notoneless.web.read.support import child_support
from notoneless.web.signed_in import signed_in
from notoneless.web.views.boards import the_place


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
        support=child_support(person, child, at),
    )


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
        schools = Place.objects.filter(kind=PlaceKind.SCHOOL, path__startswith=place.path).order_by("path")
        found = by_school(place, schools, at.date())
        waiting = [each for each in found if each.any]
        quiet = len(found) - len(waiting)
        return page(
            request,
            person,
            "support/schools",
            at,
            place=place,
            schools=waiting,
            quiet=quiet,
            hardship=hardship,
        )
    paired = pairings_at(place, at.date())
    return page(
        request,
        person,
        "support/school",
        at,
        place=place,
        hardship=hardship,
        year=begun_in(at.date()),
        overdue=[each for each in paired if each.overdue],
        without_helper=[each for each in paired if not each.helper_in_post],
        open=len(paired),
        taught=taught_at_home(routes_at(place, at.date()), at.date()),
        undecided=list(relief_at(place).filter(decided__isnull=True)) if hardship else [],
        not_paired=not_paired_after_return(place, at.date()),
    )
