"""一生一档 and 一班一档: on the screen, and handed out as files, which the journal keeps."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods

from notoneless.core.paper import Page
from notoneless.exchange.ledger_xlsx import workbook
from notoneless.exchange.papers.page_pdf import pdf
from notoneless.exchange.word import word
from notoneless.records.access import Thing, Verb
from notoneless.records.models import ClassGroup, Person
from notoneless.records.scopes import class_for
from notoneless.services.ledgers.child_file import child_file as file_of_child
from notoneless.services.ledgers.child_file import take_child_file
from notoneless.services.ledgers.class_file import class_file as file_of_class
from notoneless.services.ledgers.class_file import take_class_file
from notoneless.services.permissions import refusal
from notoneless.web.found import child_or_404
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.signed_in import signed_in

TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@never_cache
@require_http_methods(["GET", "POST"])
@gzip_page
@signed_in
def child_file(request: HttpRequest, person: Person, child_id: UUID) -> HttpResponse:
    """All that is known of one child; asked for by POST it is handed out as PDF or Word."""
    at, language = now(), get_language() or "zh"
    posted = request.method == "POST"
    child = child_or_404(person, child_id, at, Verb.EXPORT if posted else Verb.SEE)
    if posted:
        form = "docx" if request.POST.get("form") == "docx" else "pdf"
        taken = take_child_file(by=person, child=child, at=at, form=form, language=language)
        return _answer(pdf(taken) if form == "pdf" else word(taken), form, f"child-file-{at:%Y%m%d}")
    shown = file_of_child(person, child, at, language)
    may = refusal(person, Thing.CHILD, Verb.EXPORT, child, at.date()) is None
    context: dict[str, Any] = {"child": child, "may_export": may, "forms": ("pdf", "docx")}
    return page(request, person, "ledgers/file", at, title=shown.title, blocks=blocks_of(shown), **context)


@never_cache
@require_http_methods(["GET", "POST"])
@gzip_page
@signed_in
def class_file(request: HttpRequest, person: Person, class_id: int) -> HttpResponse:
    """A class as it stands; asked for by POST it is handed out as PDF or as a workbook."""
    at, language = now(), get_language() or "zh"
    posted = request.method == "POST"
    group = _group(person, class_id, Verb.EXPORT if posted else Verb.SEE)
    if posted:
        form = "xlsx" if request.POST.get("form") == "xlsx" else "pdf"
        taken = take_class_file(by=person, group=group, at=at, form=form, language=language)
        content = workbook(taken.sheets()) if form == "xlsx" else pdf(taken.page())
        return _answer(content, form, f"class-file-{at:%Y%m%d}")
    shown = file_of_class(person, group, at, language).page()
    may = refusal(person, Thing.LEDGER, Verb.EXPORT, group, at.date()) is None
    context: dict[str, Any] = {
        "child": None,
        "may_export": may,
        "forms": ("pdf", "xlsx"),
        "place": group.school,
    }
    return page(request, person, "ledgers/file", at, title=shown.title, blocks=blocks_of(shown), **context)


def blocks_of(shown: Page) -> list[tuple[str, object]]:
    """The blocks with their kinds, as a template chooses by them."""
    return [(type(block).__name__.lower(), block) for block in shown.blocks]


def _group(person: Person, class_id: int, verb: Verb) -> ClassGroup:
    try:
        return class_for(person, class_id, now().date(), Thing.LEDGER, verb)
    except ClassGroup.DoesNotExist:
        raise Http404 from None


def _answer(content: bytes, form: str, name: str) -> HttpResponse:
    """No name in a list of downloads."""
    answer = HttpResponse(content, content_type=TYPES[form])
    answer["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return answer
