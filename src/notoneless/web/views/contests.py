"""家长异议: the queue of the school office and the county, and the answer to one."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from notoneless.core.terms import AttendanceStatus, ContestOutcome
from notoneless.records.models import Contest, Person
from notoneless.services import contests as acts
from notoneless.services.refusals import Refusal
from notoneless.web.codes import term
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.public_forms import AnswerContestForm
from notoneless.web.refused import sentence
from notoneless.web.said import say
from notoneless.web.signed_in import signed_in

SHOWN = 200  # rows of what is over


@never_cache
@require_GET
@signed_in
def contests(request: HttpRequest, person: Person) -> HttpResponse:
    """What guardians contest or ask for, the soonest due first."""
    at = now()
    over = acts.queue(person, at=at, answered=True).order_by("-answer__at")[:SHOWN]
    return page(request, person, "contests", at, waiting=acts.queue(person, at=at), over=over)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def contest(request: HttpRequest, person: Person, contest_id: UUID) -> HttpResponse:
    """One of them: the record as it stands, the guardian's words, the answer."""
    at = now()
    row = _contest(person, contest_id, at)
    form, problem = AnswerContestForm(row.kind, request.POST or None), ""
    if request.method == "POST":
        problem = _answer(request, person, row, form, at)
        if not problem:
            return redirect("web:contests")
    return page(
        request,
        person,
        "contest",
        at,
        status=422 if problem else 200,
        contest=row,
        answer=getattr(row, "answer", None),
        form=form,
        problem=problem,
    )


def _answer(request: HttpRequest, person: Person, row: Contest, form: AnswerContestForm, at: datetime) -> str:
    """Answer it; why not, or an empty text."""
    if not form.is_valid():
        return _("还没有记下：请看下面标出的地方。")
    given: dict[str, Any] = form.cleaned_data
    status = given.get("status")
    try:
        acts.answer(
            by=person,
            contest=row,
            outcome=term(ContestOutcome, given["outcome"]),
            words=given["words"],
            status=term(AttendanceStatus, status) if status else None,
            at=at,
        )
    except Refusal as refusal:
        return sentence(refusal)
    say(request, _("已答复；家长打开链接就能看到。"), "good")
    return ""


def _contest(person: Person, number: UUID, at: datetime) -> Contest:
    for answered in (False, True):
        row = acts.queue(person, at=at, answered=answered).filter(pk=number).first()
        if row is not None:
            return row
    raise Http404
