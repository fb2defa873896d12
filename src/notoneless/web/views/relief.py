"""减免缓助补: asked for, decided, and listed by school and year for those who are shown hardship."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from notoneless.core.case_terms import Decision, ReliefKind
from notoneless.core.tuition import begun_in
from notoneless.records.access import Fields, Thing, Verb
from notoneless.records.models import Child, Person, ReliefAsked
from notoneless.services.relief import ask_relief, decide_relief, may_relieve
from notoneless.services.support_lists import relief_at, sums_of
from notoneless.web.codes import term
from notoneless.web.form_key import given_key
from notoneless.web.form_page import FormPage, ask
from notoneless.web.found import child_or_404
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.place_here import the_place
from notoneless.web.read.key_groups import fields_at
from notoneless.web.read.lists import PAGE, Part
from notoneless.web.signed_in import signed_in
from notoneless.web.support_forms import DecideForm, ReliefForm, in_fen

ONE_DAY = timedelta(days=1)
FIRST_YEAR = 2015  # lists are kept from then on; an address before it makes no sense


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def ask_for(request: HttpRequest, person: Person, child_id: UUID) -> HttpResponse:
    """申请减免."""
    at = now()
    child = child_or_404(person, child_id, at, Verb.ASK, Thing.SUPPORT)
    year = begun_in(at.date())
    form = ReliefForm(request.POST or None, initial={"school_year": year}, years=(year, year + 1))

    def act(given: dict[str, Any]) -> object:
        return ask_relief(
            by=person,
            child=child,
            kind=term(ReliefKind, given["kind"]),
            of=given["of"],
            fen=in_fen(given["yuan"]),
            reason=given["reason"],
            school_year=given["school_year"],
            at=at,
            key=given_key(request),
        )

    lead = _("由另一人审批；只有能看到困难情况的人看得到，不公示，不打印在班级名单上。")
    shown = FormPage(_("申请减免缓助补"), _("提出申请"), _("已申请，等审批。"), *_back(child), lead)
    return ask(request, person, shown, form, act, at, may_relieve(person, child, Verb.ASK, at.date()))


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def decide(request: HttpRequest, person: Person, child_id: UUID, relief_id: UUID) -> HttpResponse:
    """审批减免."""
    at = now()
    child = child_or_404(person, child_id, at, Verb.APPROVE, Thing.SUPPORT)
    asked = ReliefAsked.objects.filter(child=child, pk=relief_id).select_related("by").first()
    if asked is None:
        raise Http404
    refusal = may_relieve(person, child, Verb.APPROVE, at.date())
    form = DecideForm(request.POST or None, initial=_proposed(asked, at))
    if asked.fen is None:
        del form.fields["yuan"]

    def act(given: dict[str, Any]) -> object:
        last = given["last_day"]
        return decide_relief(
            by=person,
            asked=asked,
            decision=term(Decision, given["decision"]),
            fen=in_fen(given.get("yuan")),
            from_day=given["from_day"],
            until=last + ONE_DAY if last else None,
            note=given["note"],
            at=at,
        )

    lead = _("申请和审批由两个人办；同意的金额不多于申请的。")
    shown = FormPage(
        _("审批减免缓助补"), _("审批"), _("已审批。"), *_back(child), lead, template="support/decide"
    )
    return ask(request, person, shown, form, act, at, refusal, asked=asked if refusal is None else None)


@never_cache
@require_GET
@signed_in
def relief_list(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """减免台账 of a place and a school year, with sums of exactly its lines."""
    at = now()
    place = the_place(person, place_id, at, Thing.SUPPORT)
    if Fields.HARDSHIP not in fields_at(person, place, at.date()):
        raise Http404
    year = _year(request.GET.get("year", ""), begun_in(at.date()))
    rows = list(relief_at(place, year))
    part = _part(rows, request.GET.get("page", "1"))
    years = [each for each in (year - 1, year, year + 1) if FIRST_YEAR <= each <= begun_in(at.date()) + 1]
    return page(
        request,
        person,
        "support/relief",
        at,
        place=place,
        part=part,
        query=f"year={year}&",
        sums=sums_of(rows),
        year=year,
        years=years,
    )


def _part(rows: list[ReliefAsked], text: str) -> Part[ReliefAsked]:
    """One page of the list; an address beyond its end is not there."""
    number = int(text) if text.isdecimal() else 0
    part = Part(rows[(number - 1) * PAGE : number * PAGE], len(rows), number)
    if not 1 <= number <= part.pages:
        raise Http404
    return part


def _proposed(asked: ReliefAsked, at: datetime) -> dict[str, Any]:
    """What is asked for, until the usual last day of its school year."""
    end = date(asked.school_year + 1, 7, 15)
    yuan = None if asked.fen is None else Decimal(asked.fen) / 100
    return {"yuan": yuan, "from_day": at.date(), "last_day": max(end, at.date())}


def _year(text: str, otherwise: int) -> int:
    if not text:
        return otherwise
    if not text.isdecimal() or not FIRST_YEAR <= int(text) <= otherwise + 1:
        raise Http404
    return int(text)


def _back(child: Child) -> tuple[str, str]:
    return reverse("web:support", args=(child.pk,)), child.name
