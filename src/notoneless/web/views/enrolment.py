"""学籍核对: the exceptions of a school or county, and the four lists."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET

from notoneless.core.terms import Quadrant
from notoneless.records.access import Thing, Verb
from notoneless.records.models import Person, Place
from notoneless.services.permissions import refusal
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.place_here import the_place
from notoneless.web.read.enrolment import Section, exceptions, in_quadrant
from notoneless.web.read.lists import PAGE, Part
from notoneless.web.signed_in import signed_in

SLUGS = {which.value.lower().replace("_", "-"): which for which in Quadrant}


@never_cache
@require_GET
@gzip_page
@signed_in
def enrolment(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """What the enrolment officer must look at today, and nothing else."""
    at = now()
    place = _place(person, place_id, at)
    found = exceptions(place, at)
    return page(
        request,
        person,
        "enrolment/exceptions",
        at,
        place=place,
        quadrants=[(slug, which, found.counts[which]) for slug, which in SLUGS.items()],
        sections=[_named(section) for section in found.sections],
        may_import=refusal(person, Thing.ROSTER, Verb.IMPORT, place, at.date()) is None,
        may_ask=refusal(person, Thing.CHANGE, Verb.ASK, place, at.date()) is None,
    )


@never_cache
@require_GET
@gzip_page
@signed_in
def quadrant(request: HttpRequest, person: Person, place_id: int, which: str) -> HttpResponse:
    """One of the four lists; its figure is its length."""
    at = now()
    place = _place(person, place_id, at)
    number = request.GET.get("page", "1")
    if which not in SLUGS or not number.isdecimal() or int(number) < 1:
        raise Http404
    rows, total = in_quadrant(place, SLUGS[which], at.date(), int(number), PAGE)
    part = Part(rows, total, int(number))
    name = "enrolment/quadrant"
    return page(request, person, name, at, place=place, which=SLUGS[which], part=part, query="")


def _named(section: Section) -> dict[str, Any]:
    names = {
        "roster": (_("名册上没有了，待说明去向"), _("名册和在籍在校对得上。")),
        "transfers": (_("转学和异动待办"), _("没有等着办的异动。")),
        "suspensions": (_("休学到期、等着入学"), _("没有到期的休学，也没有等着入学的孩子。")),
        "marks": (_("要在学籍系统里标记"), _("没有要标记的。")),
    }
    title, nothing = names[section.id]
    more = section.total - len(section.rows)
    return {"id": section.id, "title": title, "nothing": nothing, "rows": section.rows, "more": more} | {
        "total": section.total
    }


def _place(person: Person, place_id: int, at: datetime) -> Place:
    return the_place(person, place_id, at, Thing.ENROLMENT)
