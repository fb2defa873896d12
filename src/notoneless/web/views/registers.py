"""花名册: opened as a page, taken out as a file with a reason of record."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET, require_http_methods

from notoneless.records.access import Fields, Thing, Verb
from notoneless.records.models import Person, Place
from notoneless.records.scopes import visible_classes, visible_schools, whole_place_for
from notoneless.services.permissions import refusal
from notoneless.services.refusals import Refusal
from notoneless.services.registers import (
    FORMATS,
    PRINT,
    REGISTERS,
    Opened,
    Register,
    export_register,
    open_register,
    print_register,
    registers_for,
)
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.read.lists import PAGE, Part
from notoneless.web.signed_in import signed_in

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@never_cache
@require_GET
@gzip_page
@signed_in
def registers(request: HttpRequest, person: Person) -> HttpResponse:
    """The registers this person may open, for each of its schools."""
    at = now()
    whole = visible_schools(person, at.date(), Thing.REGISTER)
    mine = visible_classes(person, at.date(), Thing.REGISTER).values("school")
    schools = Place.objects.filter(pk__in=whole.values("pk")) | Place.objects.filter(pk__in=mine)
    chosen = schools.filter(pk=request.GET["at"]).first() if request.GET.get("at", "").isdecimal() else None
    several = list(schools.order_by("path")[:500])
    place = chosen or (several[0] if len(several) == 1 else None)
    may = registers_for(person, at.date())
    return page(request, person, "enrolment/registers", at, place=place, schools=several, registers=may)


@never_cache
@require_GET
@gzip_page
@signed_in
def register(request: HttpRequest, person: Person, place_id: int, name: str) -> HttpResponse:
    """One register of a school or of a whole place."""
    at, language = now(), get_language() or "zh"
    number = request.GET.get("page", "1")
    if not number.isdecimal() or int(number) < 1:
        raise Http404
    opened = _open(person, _register(name), _place(person, place_id, at), at, Verb.SEE)
    first = (int(number) - 1) * PAGE
    children = list(opened.children[first : first + PAGE])
    return page(
        request,
        person,
        "enrolment/register",
        at,
        opened=opened,
        title=opened.register.title(language),
        head=[column.heading(language) for column in opened.columns],
        rows=list(zip(children, opened.table(at.date(), language, children), strict=True)),
        part=Part(children, opened.children.count(), int(number)),
        query="",
        may_export=refusal(person, Thing.REGISTER, Verb.EXPORT, opened.place, at.date()) is None,
    )


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def export(request: HttpRequest, person: Person, place_id: int, name: str, form: str) -> HttpResponse:
    """The register as a file; asked once more first, for a file is guarded by nobody."""
    at, language = now(), get_language() or "zh"
    found, place = _register(name), _place(person, place_id, at, Verb.EXPORT)
    if form not in (*FORMATS, PRINT):
        raise Http404
    opened = _open(person, found, place, at, Verb.EXPORT)
    if request.method == "GET":
        count, title = opened.children.count(), found.title(language)
        template = "enrolment/export"
        asks = form != PRINT and any(
            column.fields is Fields.IDENTITY and Fields.IDENTITY in opened.shown for column in found.columns
        )
        return page(
            request, person, template, at, opened=opened, title=title, count=count, asks=asks, form=form
        )
    if form == PRINT:
        printed = print_register(by=person, register=found, place=place, at=at, language=language)
        title = found.title(language)
        return page(request, person, "enrolment/print", at, opened=opened, title=title, printed=printed)
    whole = "identity" in request.POST
    given = export_register(
        by=person, register=found, place=place, form=form, at=at, language=language, identity=whole
    )
    answer = HttpResponse(given.content, content_type=TYPES[form])
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(given.name)}"
    return answer


def _register(name: str) -> Register:
    if name not in REGISTERS:
        raise Http404
    return REGISTERS[name]


def _open(person: Person, found: Register, place: Place, at: datetime, verb: Verb) -> Opened:
    try:
        return open_register(person, found, place, at.date(), verb)
    except Refusal:
        raise Http404 from None


def _place(person: Person, place_id: int, at: datetime, verb: Verb = Verb.SEE) -> Place:
    """The place, as a whole or, for a class teacher, the school of the class."""
    try:
        return whole_place_for(person, place_id, at.date(), Thing.REGISTER, verb)
    except Place.DoesNotExist:
        classes = visible_classes(person, at.date(), Thing.REGISTER, verb).filter(school=place_id)
        group = classes.select_related("school").first()
        if group is None:
            raise Http404 from None
        return group.school
