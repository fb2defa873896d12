"""The pages anybody may open: a tip about a child out of school, how far it is, a questionnaire.

They set no cookie but the one against forged forms, note no address, and need no scripts.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from notoneless.core.terms import TipStage
from notoneless.services import feedback as feedbacks
from notoneless.services import tips
from notoneless.services.knocks import knock
from notoneless.services.refusals import Refusal
from notoneless.web.moment import now
from notoneless.web.public_forms import (
    FASTEST,
    LONGEST,
    FeedbackForm,
    Shown,
    StatusForm,
    TipForm,
    new_form,
    shown_form,
)
from notoneless.web.refused import sentence
from notoneless.web.throttle import address

# A poster is read by whoever passes, so that it says everything in both languages.
POSTER = (
    ("看到该上学的孩子没上学？请告诉我们", "Seen a child who should be in school? Tell us."),
    ("不用登录，可以不留姓名和电话。", "No sign-in; you need not leave name or telephone."),
    ("学校和乡镇不知道是谁反映的。", "School and township never learn who told us."),
    ("孩子正有危险，请马上打 110。", "If a child is in danger now, call 110."),
)


def public_page(
    request: HttpRequest, name: str, at: datetime, *, status: int = 200, **context: Any
) -> HttpResponse:
    """The page `name` in the frame of people without an account."""
    return render(request, f"web/public/{name}.html", {"now": at, **context}, status=status)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def tip(request: HttpRequest) -> HttpResponse:
    """The form for a tip; once it is kept, its receipt number. Sent twice it is one tip."""
    at = now()
    if request.method == "GET":
        return public_page(request, "tip", at, form=TipForm(), shown=new_form(at))
    form = TipForm(request.POST)
    text = request.POST.get("shown", "")
    shown = shown_form(text)
    problem = _too_hasty(request, shown, at)
    if not problem and not form.is_valid():
        problem = _("还没有提交：请看下面标出的地方。")
    if shown is None or problem:
        again = text if shown and at - shown.at < LONGEST else new_form(at)
        return public_page(request, "tip", at, status=422, form=form, shown=again, problem=problem)
    try:
        knock("tip", address(request), most=tips.AN_HOUR, at=at)
        sent = tips.send_tip(
            **{**form.cleaned_data, "place": int(form.cleaned_data["place"])}, at=at, key=shown.key
        )
    except Refusal as refusal:
        status = 429 if refusal.code == "TOO_MANY" else 422
        return public_page(
            request, "tip", at, status=status, form=form, shown=text, problem=sentence(refusal)
        )
    return public_page(request, "tip_sent", at, tip=sent)


def _too_hasty(request: HttpRequest, shown: Shown | None, at: datetime) -> str:
    """Why a form looks as if no person filled it in, or an empty text; a person loses nothing by it."""
    if request.POST.get("website"):
        return _("请把“网址”那一栏清空；它只给机器填。")
    if shown is None or at - shown.at > LONGEST:
        return _("这一页开得太久了；您写的还在，请再按一次“提交”。")
    if at - shown.at < FASTEST:
        return _("提交得太快了；请核对一遍，再按一次“提交”。")
    return ""


@never_cache
@require_http_methods(["GET", "POST"])
def tip_status(request: HttpRequest) -> HttpResponse:
    """How far a tip is, for whoever has its number; nothing of what it says."""
    at = now()
    form = StatusForm(request.POST or None)
    if request.method == "GET" or not form.is_valid():
        status = 200 if request.method == "GET" else 422
        return public_page(request, "tip_status", at, status=status, form=form)
    try:
        knock("status", address(request), most=tips.LOOKS_AN_HOUR, at=at)
    except Refusal as refusal:
        return public_page(request, "tip_status", at, status=429, form=form, problem=sentence(refusal))
    found = tips.progress_of(form.cleaned_data["receipt"])
    if found is None:
        problem = _("没有这个回执号；请照提交后显示的号码再填一次。")
        return public_page(request, "tip_status", at, status=404, form=form, problem=problem)
    return public_page(request, "tip_status", at, form=form, found=found, steps=tuple(TipStage))


@require_http_methods(["GET"])
def tip_poster(request: HttpRequest) -> HttpResponse:
    """A sheet for the wall of a village: where to tell, in both languages, with its code to scan."""
    url = f"{settings.BASE_URL}{reverse('web:tip')}"
    code = segno.make(url, error="q").svg_data_uri(scale=10, border=4)
    return public_page(request, "tip_poster", now(), url=url, code=code, asks=POSTER[0], says=POSTER[1:])


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def feedback(request: HttpRequest) -> HttpResponse:
    """The questionnaire; the slip's code answers once."""
    at = now()
    if request.method == "GET":
        return public_page(
            request, "feedback", at, form=FeedbackForm(initial={"code": request.GET.get("code", "")[:40]})
        )
    form = FeedbackForm(request.POST)
    if not form.is_valid():
        problem = _("还没有提交：请看下面标出的地方。")
        return public_page(request, "feedback", at, status=422, form=form, problem=problem)
    try:
        knock("feedback", address(request), most=feedbacks.AN_HOUR, at=at)
        answers = {name: value for name, value in form.cleaned_data.items() if name != "code"}
        feedbacks.give_feedback(code=form.cleaned_data["code"], answers=answers, at=at)
    except Refusal as refusal:
        status = 429 if refusal.code == "TOO_MANY" else 422
        return public_page(request, "feedback", at, status=status, form=form, problem=sentence(refusal))
    return public_page(request, "feedback_thanks", at)
