"""例行工作: why a duty of the date is owed, and the form that says it was done."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from notoneless.core.time_limit import label as limit_label
from notoneless.records.models import LIVE, Obligation, Person, PlaceAct
from notoneless.services.place_acts import fulfil_duty, may_fulfil_duty
from notoneless.services.refusals import Refusal
from notoneless.web.form_key import form_key, given_key
from notoneless.web.forms import DutyForm
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.read.duties import duty_for, duty_reason, with_holders
from notoneless.web.refused import sentence
from notoneless.web.said import say
from notoneless.web.signed_in import signed_in
from notoneless.web.templatetags.words import pack_and_rule


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def duty(request: HttpRequest, person: Person, key: UUID) -> HttpResponse:
    """One duty: its clause and how its moment was counted, and 已办 for whoever may say so."""
    at = now()
    row = duty_for(person, key, at)
    if row is None:
        raise Http404
    if request.method == "GET":
        return _show(request, person, row, at, _blank(at))
    form = DutyForm(request.POST)
    if not form.is_valid():
        return _show(request, person, row, at, form, _("还没有记下：请看下面标出的地方。"))
    try:
        _record(request, person, row, form, at)
    except Refusal as refusal:
        return _show(request, person, row, at, form, sentence(refusal))
    say(request, _("已记下。"), "good")
    return redirect(f"{reverse('web:today')}#routine")


def _record(request: HttpRequest, person: Person, row: Obligation, form: DutyForm, at: datetime) -> None:
    fulfil_duty(
        by=person,
        obligation=row,
        happened_at=form.cleaned_data["happened_at"],
        note=form.cleaned_data["note"],
        at=at,
        key=given_key(request),
    )


def _blank(at: datetime) -> DutyForm:
    return DutyForm(initial={"happened_at": at.replace(tzinfo=None)})


def _show(
    request: HttpRequest, person: Person, row: Obligation, at: datetime, form: DutyForm, problem: str = ""
) -> HttpResponse:
    refusal = may_fulfil_duty(person, row, at.date())
    language = get_language() or "zh"
    why = duty_reason(row, as_of=at, language=language)
    found = pack_and_rule(row)
    return page(
        request,
        person,
        "duty",
        at,
        status=422 if problem else 200,
        o=row,
        nobody=with_holders([row], at)[0].nobody,
        form=form if row.state in LIVE and refusal is None else None,
        refusal=sentence(refusal) if refusal else "",
        problem=problem,
        key=form_key(request),
        acts=PlaceAct.objects.filter(obligation=row.pk).select_related("by").order_by("happened_at"),
        why=why,
        rule=found[1] if found else None,
        limit=limit_label(found[1].obliges[row.number].by, language) if found else "",
    )
