"""群众监督线索: the county's queue and its one tip; what was passed on, for townships and schools."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from notoneless.core.terms import TipFinding
from notoneless.records.models import Person, Tip, TipForwarded
from notoneless.services import tips as acts
from notoneless.services.refusals import Refusal
from notoneless.web.codes import term
from notoneless.web.form_key import form_key
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.public_forms import FindingForm, ForwardForm, ReplyForm
from notoneless.web.refused import sentence
from notoneless.web.said import say
from notoneless.web.signed_in import signed_in

SHOWN = 200  # rows of what is over


@never_cache
@require_GET
@signed_in
def tips(request: HttpRequest, person: Person) -> HttpResponse:
    """The tips that wait, the soonest due first, and those that are answered."""
    at = now()
    over = acts.queue(person, at=at, answered=True).order_by("-answer__at")[:SHOWN]
    return page(request, person, "tips", at, waiting=acts.queue(person, at=at), over=over)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def tip(request: HttpRequest, person: Person, tip_id: UUID) -> HttpResponse:
    """One tip: taken up, passed on, answered."""
    at = now()
    row = _tip(person, tip_id, at)
    return _show(request, person, row, at) if request.method == "GET" else _act(request, person, row, at)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def reporter(request: HttpRequest, person: Person, tip_id: UUID) -> HttpResponse:
    """How the reporter can be reached; each look is in the journal."""
    at = now()
    row = _tip(person, tip_id, at)
    if request.method == "GET":
        return redirect("web:one_tip", row.pk)
    try:
        contact = acts.open_reporter(by=person, tip=row, at=at)
    except Refusal as refusal:
        return _show(request, person, row, at, problem=sentence(refusal))
    return _show(request, person, row, at, contact=contact)


def _act(request: HttpRequest, person: Person, row: Tip, at: datetime) -> HttpResponse:
    posted, what = request.POST, request.POST.get("what", "")
    passing = ForwardForm(list(acts.may_pass_to(person, at=at)), posted if what == "forward" else None)
    finding = FindingForm(posted if what == "answer" else None)
    form: forms.Form | None = {"forward": passing, "answer": finding}.get(what)
    if form is not None and not form.is_valid():
        problem = _("还没有记下：请看下面标出的地方。")
        return _show(request, person, row, at, passing=passing, finding=finding, problem=problem)
    try:
        if what == "forward":
            given = passing.cleaned_data
            key = form_key(request)
            acts.forward(by=person, tip=row, to=int(given["to"]), words=given["words"], at=at, key=key)
        elif what == "answer":
            given = finding.cleaned_data
            found = term(TipFinding, given["finding"])
            acts.answer(by=person, tip=row, finding=found, words=given["words"], at=at)
        else:
            acts.take_up(by=person, tip=row, at=at)
    except Refusal as refusal:
        return _show(request, person, row, at, passing=passing, finding=finding, problem=sentence(refusal))
    say(request, _("已记下。"), "good")
    return redirect("web:one_tip", row.pk)


def _show(
    request: HttpRequest,
    person: Person,
    row: Tip,
    at: datetime,
    *,
    passing: ForwardForm | None = None,
    finding: FindingForm | None = None,
    problem: str = "",
    contact: str | None = None,
) -> HttpResponse:
    return page(
        request,
        person,
        "tip",
        at,
        status=422 if problem else 200,
        tip=row,
        stage=acts.stage(row),
        answer=getattr(row, "answer", None),
        passed=row.forwarded.select_related("to", "by", "reply__by").order_by("at"),
        passing=passing or ForwardForm(list(acts.may_pass_to(person, at=at))),
        finding=finding or FindingForm(),
        may_open=bool(row.reporter_sealed) and acts.may_open_reporter(person, row, at.date()),
        contact=contact,
        problem=problem,
        key=form_key(request),
    )


def _tip(person: Person, number: UUID, at: datetime) -> Tip:
    for answered in (False, True):
        row = acts.queue(person, at=at, answered=answered).filter(pk=number).first()
        if row is not None:
            return row
    raise Http404


@never_cache
@require_GET
@signed_in
def passed_tips(request: HttpRequest, person: Person) -> HttpResponse:
    """What the county asks this township or school to check."""
    at = now()
    return page(request, person, "passed_tips", at, rows=acts.passed_on(person, at=at)[:SHOWN])


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def passed_tip(request: HttpRequest, person: Person, forwarded_id: UUID) -> HttpResponse:
    """One thing to check, in the county's words, and the reply."""
    at = now()
    row = acts.passed_on(person, at=at).filter(pk=forwarded_id).first()
    if row is None:
        raise Http404
    form, problem = ReplyForm(request.POST or None), ""
    if request.method == "POST":
        problem = _reply(request, person, row, form, at)
        if not problem:
            return redirect("web:passed_tips")
    return page(
        request, person, "passed_tip", at, status=422 if problem else 200, row=row, form=form, problem=problem
    )


def _reply(request: HttpRequest, person: Person, row: TipForwarded, form: ReplyForm, at: datetime) -> str:
    """Send the reply; why not, or an empty text."""
    if not form.is_valid():
        return _("还没有记下：请看下面标出的地方。")
    try:
        acts.reply(by=person, forwarded=row, words=form.cleaned_data["words"], at=at)
    except Refusal as refusal:
        return sentence(refusal)
    say(request, _("已回复县教育局。"), "good")
    return ""
