"""移交: the form that passes a post on, and the page on which its new holder confirms."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from notoneless.records.models import HandOver, HandOverReceipt, HandOverSigned, Person
from notoneless.services.appointing import place_of, spot_of
from notoneless.services.hand_over import cases_of, hand_over, hand_over_for, owed_by, receive, sign
from notoneless.services.refusals import Refusal
from notoneless.web.form_page import FormPage, ask
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.people_forms import HandOverForm
from notoneless.web.read.hand_overs import handed_over
from notoneless.web.read.people import colleagues
from notoneless.web.refused import sentence
from notoneless.web.said import say
from notoneless.web.signed_in import signed_in
from notoneless.web.views.appointing import back_to, chosen, not_theirs, post_for


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def pass_on(request: HttpRequest, person: Person, held_id: int) -> HttpResponse:
    """Hand a post over to the next holder, with what it owes."""
    at = now()
    held = post_for(person, held_id, at)
    place = place_of(spot_of(held))
    people = colleagues(place).exclude(pk__in=[person.pk, held.person_id])
    form = HandOverForm(request.POST or None, initial={"from_day": at.date()}, people=people)
    words = {
        "where": spot_of(held),
        "post": held.post.label(get_language() or "zh"),
        "name": held.person.name,
        "cases": cases_of(held, at.date()).count(),
        "owed": owed_by(held, at.date()).count(),
    }
    lead = _("%(where)s %(post)s：%(name)s，现有个案 %(cases)s 件、待办 %(owed)s 项，时限照旧") % words
    shown = FormPage(_("移交"), _("移交"), _("已移交，等接任者接收。"), back_to(place), _("人员与任职"), lead)

    def act(given: dict[str, Any]) -> HandOver:
        return hand_over(
            by=person,
            held=held,
            to=chosen(person, place, given, at),
            from_day=given["from_day"],
            basis=given["basis"],
            note=given["note"],
            at=at,
        )

    return ask(request, person, shown, form, act, at, not_theirs(person, held, at), held=held)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def receipt(request: HttpRequest, person: Person, number: UUID) -> HttpResponse:
    """What is handed over and when each is owed; its new holder confirms, the others look."""
    at = now()
    try:
        made = hand_over_for(person, number)
    except HandOver.DoesNotExist:
        raise Http404 from None
    problem = ""
    if request.method == "POST":
        act, done = (sign, _("已签字。")) if "sign" in request.POST else (receive, _("已接收。"))
        try:
            act(by=person, hand_over=made, note=request.POST.get("note", ""), at=at)
        except Refusal as refusal:
            problem = sentence(refusal)
        else:
            say(request, done, "good")
            return redirect("web:today")
    return _show(request, person, made, at, problem)


def _show(request: HttpRequest, person: Person, made: HandOver, at: datetime, problem: str) -> HttpResponse:
    given = HandOverReceipt.objects.filter(hand_over=made).first()
    signed = HandOverSigned.objects.filter(hand_over=made).first()
    return page(
        request,
        person,
        "people/hand_over",
        at,
        status=422 if problem else 200,
        made=made,
        spot=spot_of(made.taken),
        found=handed_over(person, made, at.date()),
        given=given,
        signed=signed,
        may_sign=signed is None and made.left.person_id == person.pk,
        may_receive=given is None and made.taken.person_id == person.pk,
        problem=problem,
    )
