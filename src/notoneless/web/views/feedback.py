"""家长反馈: what may be said of the answers, and the slips with their codes to print."""

from __future__ import annotations

from datetime import datetime

import segno
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET, require_http_methods

from notoneless.records.access import Thing, Verb
from notoneless.records.models import Person, Place
from notoneless.records.scopes import visible_schools
from notoneless.services import feedback as acts
from notoneless.services.questionnaire import QUESTIONS
from notoneless.services.refusals import Refusal
from notoneless.web.form_key import form_key
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.public_forms import SlipsForm
from notoneless.web.refused import sentence
from notoneless.web.signed_in import signed_in


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def feedback_results(request: HttpRequest, person: Person) -> HttpResponse:
    """The counts of each batch that is over; new slips, for whoever may hand them out."""
    at = now()
    schools = _may_hand_out(person, at)
    form = SlipsForm(schools, request.POST or None) if schools else None
    problem = ""
    if request.method == "POST":
        if form is None:
            raise Http404
        problem = _("还没有生成：请看下面标出的地方。")
        if form.is_valid():
            given, key = form.cleaned_data, form_key(request)
            try:
                made = acts.make_slips(
                    by=person, school=int(given["school"]), many=given["many"], at=at, key=key
                )
                return redirect("web:feedback_slips", made.pk)
            except Refusal as refusal:
                problem = sentence(refusal)
    return page(
        request,
        person,
        "feedback_results",
        at,
        status=422 if problem else 200,
        form=form,
        problem=problem,
        key=form_key(request),
        results=[_said(each) for each in acts.results(person, at=at)],
    )


def _may_hand_out(person: Person, at: datetime) -> list[Place]:
    return list(visible_schools(person, at.date(), Thing.FEEDBACK, Verb.EXPORT).order_by("path"))


def _said(counted: acts.Counted) -> dict[str, object]:
    english = (get_language() or "zh").startswith("en")
    questions = [
        {
            "text": question.en if english else question.zh,
            "answers": [
                {"text": each.en if english else each.zh, "count": counted.counts[question.code][each.code]}
                for each in question.choices
            ],
        }
        for question in QUESTIONS
        if question.code in counted.counts
    ]
    return {"slips": counted.slips, "open_until": counted.open_until, "questions": questions}


@never_cache
@require_GET
@gzip_page
@signed_in
def feedback_slips(request: HttpRequest, person: Person, slips_id: int) -> HttpResponse:
    """The slips of one batch, to print and cut."""
    at = now()
    slips = acts.batches(person, at=at, verb=Verb.EXPORT).filter(pk=slips_id).first()
    if slips is None:
        raise Http404
    address = f"{settings.BASE_URL}{reverse('web:feedback')}"
    codes = [
        {"code": code, "image": segno.make(f"{address}?{urlencode({'code': code})}").svg_data_uri(scale=2)}
        for code in acts.codes_of(slips)
    ]
    return page(request, person, "feedback_slips", at, slips=slips, codes=codes, address=address)
