"""销号: the pages that ask for a close-out with its evidence, and on which somebody else decides."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from notoneless.core.case_terms import AttachmentKind, Decision
from notoneless.records.access import Verb
from notoneless.records.models import Attachment, Case, CloseOutAsked, PaperIssued, Person
from notoneless.records.scopes import visible_cases
from notoneless.services.attachments import attach
from notoneless.services.close_out_lists import requests_seen, to_review
from notoneless.services.closing import ask_close_out, may_review, review_close_out
from notoneless.services.evidence import BASES, add_evidence, changes_that_prove, needed_words
from notoneless.services.refusals import Refusal
from notoneless.services.transactions import one_act
from notoneless.web.closing_forms import AskCloseOutForm, EvidenceForm, ReviewForm
from notoneless.web.codes import term
from notoneless.web.form_page import FormPage, ask
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.read.close_outs import close_out_part, request_told
from notoneless.web.refused import sentence
from notoneless.web.said import already_sent, note_sent, say
from notoneless.web.signed_in import signed_in


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def close(request: HttpRequest, person: Person, number: str) -> HttpResponse:
    """The ways to ask for a close-out; each is greyed with the sentence that says what is missing."""
    at = now()
    case = _case(person, number, at)
    form = AskCloseOutForm(request.POST or None)
    problem, key = "", request.POST.get("key", "")
    if request.method == "POST":
        problem = "" if already_sent(request, key) else _ask(form, person, case, key, at)
        if not problem:
            note_sent(request, key)
            said = _("个案 %(number)s 的销号申请已提交，等另一个人复核。")
            say(request, said % {"number": case.number}, "good")
            return redirect("web:close", case.number)
    part = close_out_part(person, case, at)
    status = 422 if problem else 200
    context = {"case": case, "child": case.child, "part": part, "form": form, "problem": problem}
    return page(request, person, "closing/ask", at, status=status, **context)


def _ask(form: AskCloseOutForm, person: Person, case: Case, key: str, at: datetime) -> str:
    if not form.is_valid():
        return " ".join(str(error) for error in form.non_field_errors()) or _(
            "还没有记下：请看下面标出的地方。"
        )
    try:
        ask_close_out(by=person, case=case, kind=form.kind, note=form.words, at=at, key=key or None)
    except Refusal as refusal:
        return sentence(refusal)
    return ""


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def evidence(request: HttpRequest, person: Person, number: str) -> HttpResponse:
    """A piece of evidence with what it rests on: an enrolment change, a paper, a picture, a number."""
    at = now()
    case = _case(person, number, at, Verb.CHANGE)
    form = EvidenceForm(
        request.POST or None,
        request.FILES or None,
        initial={"evidence": request.GET.get("for", "")},
        changes=[row for kind in BASES for row in changes_that_prove(case.child, kind)],
        papers=PaperIssued.objects.filter(child=case.child).order_by("-at")[:20],
    )
    key = request.POST.get("key", "")
    back = reverse("web:close", args=(case.number,))
    shown = FormPage(
        _("添加佐证"), _("记下"), _("佐证已记下。"), back, case.child.name, template="closing/evidence"
    )

    @one_act
    def act(given: dict[str, Any]) -> object:
        return _add(form, person, case, key, at)

    needed = [(kind, *needed_words(kind)) for kind in BASES]
    return ask(request, person, shown, form, act, at, case=case, child=case.child, needed=needed)


def _add(form: EvidenceForm, person: Person, case: Case, key: str, at: datetime) -> object:
    given = form.cleaned_data
    child = case.child
    change = next(
        (c for c in changes_that_prove(child, form.kind()) if str(c.pk) == given.get("change")), None
    )
    numbered = given.get("paper")
    paper = PaperIssued.objects.filter(child=child, pk=numbered).first() if numbered else None
    return add_evidence(
        by=person,
        child=child,
        evidence=form.kind(),
        at=at,
        attachment=_picture(form, person, case, at),
        paper=paper,
        change=change,
        number=given["number"],
        issuer=given["issuer"],
        note=given["note"],
        key=key or None,
    )


def _picture(form: EvidenceForm, person: Person, case: Case, at: datetime) -> Attachment | None:
    sent = form.cleaned_data.get("picture")
    if not sent:
        return None
    kind = AttachmentKind.PAPER
    return attach(by=person, child=case.child, kind=kind, name=sent.name, content=sent.read(), at=at)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def review(request: HttpRequest, person: Person, number: str, asked_id: UUID) -> HttpResponse:
    """The second person looks at the request, its evidence and days, and decides."""
    at = now()
    case = _case(person, number, at)
    asked = CloseOutAsked.objects.filter(pk=asked_id, case=case).select_related("case__child", "by").first()
    if asked is None:
        raise Http404
    form = ReviewForm(request.POST or None)
    shown = FormPage(
        _("销号复核"),
        _("提交复核"),
        _("已复核。"),
        reverse("web:child", args=(case.child_id,)),
        case.child.name,
        template="closing/review",
    )

    def act(given: dict[str, Any]) -> object:
        decision = term(Decision, given["decision"])
        return review_close_out(by=person, asked=asked, decision=decision, note=given["note"], at=at)

    refusal = may_review(person, asked, at=at)
    told = request_told(person, asked, at)
    return ask(request, person, shown, form, act, at, refusal, case=case, child=case.child, told=told)


@never_cache
@require_GET
@signed_in
def close_outs(request: HttpRequest, person: Person) -> HttpResponse:
    """The requests that wait for this person, and what became of those about children it works with."""
    at = now()
    mine = to_review(person, at)
    seen = [row for row in requests_seen(person, at) if row not in mine]
    return page(request, person, "closing/list", at, mine=mine, seen=seen)


def _case(person: Person, number: str, at: datetime, verb: Verb = Verb.SEE) -> Case:
    """The case, if this person may do it there. Raises Http404."""
    case = visible_cases(person, at.date(), verb).select_related("child").filter(number=number).first()
    if case is None:
        raise Http404
    return case
