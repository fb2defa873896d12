"""未成年人信息合规材料 of a year: what it tells, and taking it out."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from notoneless.records.access import Thing, Verb
from notoneless.records.models import Person, Place
from notoneless.services.compliance_pack import compliance_pack, sections_of
from notoneless.services.pack_sections import said
from notoneless.services.refusals import Refusal
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.place_here import the_place
from notoneless.web.refused import sentence
from notoneless.web.signed_in import signed_in

YEARS = 3


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def compliance(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """The tables with how each was counted; asked for by POST, the pack as a file."""
    at, language = now(), get_language() or "zh"
    place = _place(person, place_id, at)
    year = _year(request, at)
    if request.method == "POST":
        try:
            given = compliance_pack(by=person, place=place, year=year, at=at, language=language)
        except Refusal as refusal:
            problem = sentence(refusal)
            return page(request, person, "packs/refused", at, place=place, problem=problem, status=422)
        answer = HttpResponse(given.content, content_type="application/zip")
        answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(given.name)}"
        return answer
    tables = [
        {"title": said(each.title, language), "how": said(each.how, language), "rows": len(each.rows)}
        for each in sections_of(place, year, at, language)
    ]
    years = range(at.year, at.year - YEARS, -1)
    return page(request, person, "packs/compliance", at, place=place, tables=tables, year=year, years=years)


def _year(request: HttpRequest, at: datetime) -> int:
    given = request.POST.get("year") or request.GET.get("year") or str(at.year)
    if not given.isdecimal() or len(given) > 4:
        raise Http404
    return int(given)


def _place(person: Person, place_id: int, at: datetime) -> Place:
    return the_place(person, place_id, at, Thing.COMPLIANCE_PACK, verb=Verb.EXPORT)
