"""销号: the page that closes a case, and until then says what is missing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from notoneless.core.terms import CloseOutKind, Evidence
from notoneless.records.models import Case, Person
from notoneless.records.scopes import visible_cases
from notoneless.services.casework import close_out, may_close_out
from notoneless.services.refusals import Refusal
from notoneless.web.forms import CloseForm
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.refused import sentence
from notoneless.web.said import say
from notoneless.web.signed_in import signed_in


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def close(request: HttpRequest, person: Person, number: str) -> HttpResponse:
    """The ways to close a case out; each is greyed with the sentence that says what is missing."""
    at = now()
    case = visible_cases(person, at.date()).select_related("child").filter(number=number).first()
    if case is None:
        raise Http404
    form = CloseForm(request.POST or None)
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            close_out(by=person, case=case, kind=form.kind, evidence=form.evidence, note=form.words, at=at)
        except Refusal as refusal:
            problem = sentence(refusal)
        else:
            say(request, _("个案 %(number)s 已销号。") % {"number": case.number}, "good")
            return redirect("web:child", case.child_id)
    elif request.method == "POST":
        problem = " ".join(str(error) for error in form.non_field_errors())
    ways = [way for kind in CloseOutKind if (way := _way(person, case, kind, at))]
    if {way["kind"] for way in ways} <= {CloseOutKind.STABLE_RETURN}:
        del form.fields["proof"]  # the register is its proof
    return page(
        request,
        person,
        "close",
        at,
        status=422 if problem else 200,
        case=case,
        child=case.child,
        ways=ways,
        possible=any(not way["missing"] for way in ways),
        form=form,
        problem=problem,
    )


def _way(person: Person, case: Case, kind: CloseOutKind, at: datetime) -> dict[str, Any] | None:
    """A way that the policy knows, with what is missing besides the evidence that the form asks for."""
    missing = may_close_out(person, case, kind, at=at, evidence=tuple(Evidence))
    if missing and missing.code == "NO_SUCH_CLOSING":
        return None
    return {"kind": kind, "missing": sentence(missing) if missing else ""}
