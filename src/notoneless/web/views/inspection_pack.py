"""迎检材料: what it will contain, making it piece by piece, and taking it out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from notoneless.records.access import Fields, Thing, Verb
from notoneless.records.models import Person, Place
from notoneless.services.inspection_pack import PackAsked, Wish, ask_for, expected, hand_out, work_of
from notoneless.services.inspection_pack.making import school_year
from notoneless.services.inspection_pack.pieces import Volume, children_in, number_of
from notoneless.services.pack_sections import said
from notoneless.services.refusals import Refusal
from notoneless.web import pack_work
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.place_here import the_place
from notoneless.web.refused import sentence
from notoneless.web.signed_in import signed_in

YEARS = 3  # that the form offers, this one first


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def inspection(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """The form; begun, the pack as far as it is; finished, what it holds and the button that takes it out."""
    at = now()
    place = _place(person, place_id, at)
    try:
        if "token" in request.POST:
            return _go_on(request, person, place, at)
        year = _year(request, at)
        wish = Wish("identity" in request.POST, "pictures" in request.POST)
        asked = ask_for(by=person, place=place, year=year, at=at, language=_language(), wish=wish)
    except Refusal as refusal:
        problem = sentence(refusal)
        return page(request, person, "packs/refused", at, place=place, problem=problem, status=422)
    if request.method == "POST":
        work = pack_work.begun(pack_work.begin(asked, at), person, place)
        assert work is not None  # begun a moment ago
        return _made(request, person, work, at)
    return _form(request, person, asked, at)


def _go_on(request: HttpRequest, person: Person, place: Place, at: datetime) -> HttpResponse:
    work = pack_work.begun(request.POST["token"], person, place)
    if work is None:
        gone = _("这份材料已经取走或已过期；请重新生成。")
        return page(request, person, "packs/refused", at, place=place, problem=gone, status=422)
    if "take" in request.POST and work.done == work.of:
        return _taken(work, at)
    return _made(request, person, work, at)


def _made(request: HttpRequest, person: Person, work: pack_work.Work, at: datetime) -> HttpResponse:
    pack_work.go_on(work)
    context: dict[str, Any] = {"place": work.asked.place, "work": work, "asked": work.asked}
    if work.done < work.of:
        coming = said(work_of(work.asked)[work.done].title, _language())
        return page(request, person, "packs/making", at, coming=coming, **context)
    made = pack_work.pieces(work)
    lines = _lines(work.asked, [(each.rows, len(each.children)) for each in made])
    named = len(children_in(made))
    size = pack_work.size(work)
    return page(request, person, "packs/made", at, volumes=lines, named=named, size=size, **context)


def _taken(work: pack_work.Work, at: datetime) -> HttpResponse:
    given = hand_out(work.asked, pack_work.pieces(work), at=at)
    pack_work.drop(work)
    answer = HttpResponse(given.content, content_type="application/zip")
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(given.name)}"
    return answer


def _form(request: HttpRequest, person: Person, asked: PackAsked, at: datetime) -> HttpResponse:
    this = school_year(at)
    return page(
        request,
        person,
        "packs/inspection",
        at,
        place=asked.place,
        asked=asked,
        expected=expected(asked),
        volumes=_lines(asked),
        years=[(year, f"{year}-{year + 1}") for year in range(this, this - YEARS, -1)],
        may_identity=Fields.IDENTITY in asked.fields,
    )


def _lines(asked: PackAsked, made: Sequence[tuple[int | None, int | None]] = ()) -> list[dict[str, Any]]:
    """The volumes with their pieces, and what each came to when it has been made."""
    pieces = work_of(asked)
    told = made or [(None, None)] * len(pieces)
    return [
        {
            "name": volume.label(_language()),
            "pieces": [
                {
                    "number": number_of(each, pieces),
                    "title": said(each.title, _language()),
                    "rows": rows,
                    "children": many,
                }
                for each, (rows, many) in zip(pieces, told, strict=True)
                if each.volume is volume
            ],
        }
        for volume in Volume
    ]


def _year(request: HttpRequest, at: datetime) -> int:
    given = request.POST.get("year") or request.GET.get("year") or str(school_year(at))
    if not given.isdecimal() or len(given) > 4:
        raise Http404
    return int(given)


def _language() -> str:
    return get_language() or "zh"


def _place(person: Person, place_id: int, at: datetime) -> Place:
    return the_place(person, place_id, at, Thing.INSPECTION_PACK, verb=Verb.EXPORT)
