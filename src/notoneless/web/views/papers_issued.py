"""One issued paper: read, handed out, served, replaced."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from notoneless.core.paper_terms import PaperFormat, ServedHow
from notoneless.records.access import Thing, Verb
from notoneless.records.models import PaperIssued, Person
from notoneless.records.scopes import visible_papers
from notoneless.services.paper_authority import may_issue
from notoneless.services.paper_files import hand_out, may_hand_out, said_in
from notoneless.services.paper_issuing import DAYS_TO_RETURN, replace
from notoneless.services.paper_serving import may_serve, serve
from notoneless.services.paper_values.about import NOTICES, About, about_again
from notoneless.services.paper_values.days import day_in_china
from notoneless.services.permissions import refusal
from notoneless.services.refusals import Refusal
from notoneless.web.codes import term
from notoneless.web.form_key import given_key
from notoneless.web.form_page import FormPage, ask
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.paper_forms import ReplaceForm, ServeForm, format_of
from notoneless.web.read.papers import sheet, slug
from notoneless.web.refused import sentence
from notoneless.web.signed_in import signed_in
from notoneless.web.templatetags.words import label
from notoneless.web.views.papers import handed


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def paper(request: HttpRequest, person: Person, paper_id: UUID) -> HttpResponse:
    """An issued paper as its reader may read it; posted to, it is handed out as a file."""
    at = now()
    found = _paper(person, paper_id, at)
    problem = ""
    if request.method == "POST":
        form = format_of(request.POST.get("format", ""))
        try:
            if form is not None:
                return handed(hand_out(by=person, paper=found, form=form, at=at), form)
            problem = _("请选文件的格式。")
        except Refusal as no:
            problem = sentence(no)
    closed = may_hand_out(person, found, at.date())
    context = {
        "paper": found,
        "sheet": sheet(found.kind, said_in(person, found, at.date())),
        "served": getattr(found, "served", None),
        "later": getattr(found, "replaced_by", None),
        "receipt": slug(found.kind.SERVICE_RECEIPT),
        "formats": list(PaperFormat) if closed is None else [],
        "problem": problem or (sentence(closed) if closed else ""),
        "may_serve": may_serve(person, found, at.date()) is None,
        "may_replace": _may_replace(person, found, at) is None,
        "notice": found.kind in NOTICES,
    }
    return page(request, person, "papers/paper", at, status=422 if problem else 200, **context)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def serve_paper(request: HttpRequest, person: Person, paper_id: UUID) -> HttpResponse:
    """送达."""
    at = now()
    found = _paper(person, paper_id, at)
    if found.child is None or refusal(person, Thing.PAPER, Verb.RECORD, found.child, at.date()):
        raise Http404
    form = ServeForm(request.POST or None, initial={"served_at": at})

    def act(given: dict[str, Any]) -> object:
        given["how"] = term(ServedHow, given["how"])
        return serve(by=person, paper=found, at=at, **given)

    lead = _("送达以后期限开始计算；受送达人不肯收的，由见证人在场留置送达。")
    back = reverse("web:paper", args=(found.pk,))
    shown = FormPage(_("登记送达"), _("记下送达"), _("已记下送达。"), back, _name(found), lead)
    return ask(request, person, shown, form, act, at, may_serve(person, found, at.date()))


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def replace_paper(request: HttpRequest, person: Person, paper_id: UUID) -> HttpResponse:
    """换发: a corrected paper takes a new number, and the first stays."""
    at = now()
    found = _paper(person, paper_id, at)
    about = found.child or found.place
    if refusal(person, Thing.PAPER, Verb.ISSUE, about, at.date()) is not None:
        raise Http404
    soon = day_in_china(at) + timedelta(days=DAYS_TO_RETURN)
    form = ReplaceForm(request.POST or None, initial={"due_on": soon}, notice=found.kind in NOTICES)

    def act(given: dict[str, Any]) -> object:
        key = given_key(request)
        due = given.get("due_on")
        return replace(by=person, paper=found, why=given["why"], due_on=due, key=key, at=at)

    lead = _("内容按现在的记录重新填写，另编新号；原来的那一份保留，标明已换发。")
    back = reverse("web:paper", args=(found.pk,))
    shown = FormPage(_("换发"), _("换发"), _("已换发。"), back, _name(found), lead)
    return ask(request, person, shown, form, act, at, _may_replace(person, found, at))


def _may_replace(person: Person, paper: PaperIssued, at: datetime) -> Refusal | None:
    """Why this person may not replace it, or None."""
    if getattr(paper, "replaced_by", None) is not None:
        return Refusal("REPLACED", "这一份已经换发过。", "This paper was replaced already.")
    about = About(paper.kind, paper.child) if paper.child else about_again(paper)
    return may_issue(person, about, at.date())


def _paper(person: Person, paper_id: UUID, at: datetime) -> PaperIssued:
    rows = visible_papers(person, at.date()).select_related("child", "place", "by", "served", "replaced_by")
    found = rows.filter(pk=paper_id).first()
    if found is None:
        raise Http404
    return found


def _name(paper: PaperIssued) -> str:
    return f"{label(paper.kind)} {paper.numbered}".strip()
