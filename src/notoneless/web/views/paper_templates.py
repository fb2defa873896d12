"""文书模板: which file an office prints each paper on, ours to start from, its own to keep."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from notoneless.core.paper_terms import PaperFormat, PaperKind
from notoneless.exchange.papers.rendering import blank
from notoneless.records.access import Thing, Verb
from notoneless.records.models import PaperTemplate, Person, Place
from notoneless.records.scopes import place_for
from notoneless.services.paper_templates import (
    FORMATS,
    MOST_BYTES,
    TemplateRefused,
    forget_template,
    keep_template,
    kinds_at,
    template_for,
)
from notoneless.services.refusals import Refusal
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.paper_forms import TemplateForm, format_of
from notoneless.web.read.papers import kind_of, slug
from notoneless.web.refused import sentence
from notoneless.web.said import say
from notoneless.web.signed_in import signed_in
from notoneless.web.views.papers import TYPES


class InUse(NamedTuple):
    """The file that holds for a format: an office's, or ours."""

    form: PaperFormat
    row: PaperTemplate | None
    own: bool


@never_cache
@require_GET
@signed_in
def templates(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """The papers of an office, each with the files it is printed on."""
    at = now()
    place = _place(person, place_id, at, Verb.SEE)
    rows = [{"kind": kind, "form": slug(kind), "used": _used(place, kind)} for kind in kinds_at(place)]
    return page(request, person, "papers/templates", at, place=place, rows=rows)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def template(request: HttpRequest, person: Person, place_id: int, form: str) -> HttpResponse:
    """One paper's templates: fetch ours or the one in use, send one's own, go back to ours."""
    at = now()
    posted = request.method == "POST"
    place = _place(person, place_id, at, Verb.CHANGE if posted else Verb.SEE)
    kind = kind_of(form)
    if kind is None or kind not in kinds_at(place):
        raise Http404
    if not posted and (wanted := format_of(request.GET.get("get", ""))) in FORMATS:
        assert wanted is not None  # None is no format
        return _fetched(place, kind, wanted, "own" in request.GET)
    given = TemplateForm(request.POST or None, request.FILES or None, initial={"format": "DOCX"})
    problem, problems = "", []
    if posted:
        try:
            if _done(request, person, place, kind, given, at):
                return redirect("web:paper_template", place.pk, form)
            problem = _("还没有保存：请看下面标出的地方。")
        except TemplateRefused as no:
            english = (get_language() or "zh").startswith("en")
            problem, problems = sentence(no), [each[english] for each in no.problems]
        except Refusal as no:
            problem = sentence(no)
    context = {
        "place": place,
        "kind": kind,
        "mark": "{{学生姓名}}",
        "used": _used(place, kind),
        "form": given,
        "problem": problem,
        "problems": problems,
    }
    return page(request, person, "papers/template", at, status=422 if problem else 200, **context)


def _done(
    request: HttpRequest, person: Person, place: Place, kind: PaperKind, given: TemplateForm, at: datetime
) -> bool:
    """Keep the file that was sent, or forget the one kept; whether either was done. Raises Refusal."""
    forget = format_of(request.POST.get("forget", ""))
    if forget is not None:
        forget_template(by=person, place=place, kind=kind, form=forget, at=at)
        say(request, _("已改回上级或系统的模板。"), "good")
        return True
    if not given.is_valid():
        return False
    file = given.cleaned_data["file"]
    wanted = format_of(given.cleaned_data["format"])
    assert wanted is not None  # one of the offered
    keep_template(
        by=person,
        place=place,
        kind=kind,
        form=wanted,
        name=file.name or "",
        content=file.read(MOST_BYTES + 1),
        at=at,
    )
    say(request, _("模板已保存，以后签发的文书用它。"), "good")
    return True


def _fetched(place: Place, kind: PaperKind, form: PaperFormat, own: bool) -> HttpResponse:
    kept = template_for(place, kind, form) if own else None
    content = bytes(kept.content) if kept and kept.content is not None else blank(kind, form)
    answer = HttpResponse(content, content_type=TYPES[form])
    name = f"模板-{kind.zh}.{form.value.lower()}"
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return answer


def _used(place: Place, kind: PaperKind) -> list[InUse]:
    found = ((form, template_for(place, kind, form)) for form in FORMATS)
    return [InUse(form, row, row is not None and row.place_id == place.pk) for form, row in found]


def _place(person: Person, place_id: int, at: datetime, verb: Verb) -> Place:
    try:
        return place_for(person, place_id, at.date(), Thing.TEMPLATE, verb)
    except Place.DoesNotExist:
        raise Http404 from None
