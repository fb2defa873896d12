"""结对帮扶: a new pairing, each contact of it, its end, and what a helper has to do."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from notoneless.core.case_terms import HelpWay, PairingPurpose
from notoneless.records.access import PURPOSE_FIELDS, Thing, Verb
from notoneless.records.models import Child, Pairing, Person
from notoneless.records.scopes import fields_for
from notoneless.services.finding import last_class
from notoneless.services.helpers import helpers_of
from notoneless.services.on_roll import school_of
from notoneless.services.pairings import (
    contact_days_of,
    end_pairing,
    may_pair,
    may_record_help,
    pair,
    record_help,
)
from notoneless.services.support_lists import mine, my_teaching
from notoneless.web.codes import term
from notoneless.web.form_key import given_key
from notoneless.web.form_page import FormPage, ask
from notoneless.web.forms import choices, in_china
from notoneless.web.found import child_or_404
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.read.support import PairingFile, named, pairing_file, to_point_to
from notoneless.web.signed_in import signed_in
from notoneless.web.support_forms import EndPairingForm, HelpForm, PairingForm


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def add(request: HttpRequest, person: Person, child_id: UUID) -> HttpResponse:
    """结对."""
    at = now()
    child = child_or_404(person, child_id, at, Verb.RECORD, Thing.SUPPORT)
    fields = fields_for(person, child, at.date())
    purposes = [each for each in PairingPurpose if PURPOSE_FIELDS[each] <= fields]
    school = school_of(child, at.date())
    people = named(helpers_of(school, at.date()), at.date()) if school else []
    initial = {"from_day": at.date(), "purpose": request.GET.get("purpose", "")}
    days = _policy_days(child, purposes, at)
    form = PairingForm(request.POST or None, initial=initial, purposes=purposes, people=people, days=days)

    def act(given: dict[str, Any]) -> object:
        return pair(
            by=person,
            child=child,
            helper=int(given["helper"]),
            purpose=term(PairingPurpose, given["purpose"]),
            from_day=given["from_day"],
            contact_days=given["contact_days"],
            goal=given["goal"],
            helper_is=given["helper_is"],
            at=at,
            key=given_key(request),
        )

    lead = _("帮扶人在“我的帮扶”里看到这名学生的姓名、班级和自己的记录，别的看不到。")
    back = reverse("web:support", args=(child.pk,))
    shown = FormPage(_("结对帮扶"), _("结对"), _("已结对。"), back, child.name, lead)
    refusal = None if purposes else may_pair(person, child, PairingPurpose.RETURN_CARE, at.date())
    return ask(request, person, shown, form, act, at, refusal)


@never_cache
@require_GET
@signed_in
def pairing(request: HttpRequest, person: Person, pairing_id: UUID) -> HttpResponse:
    """One pairing with its contacts: for the helper, and for whoever supports the child."""
    at = now()
    row, file = _file(person, pairing_id, at)
    group = last_class(row.child, at.date())
    return page(request, person, "support/pairing", at, row=row, file=file, class_group=group)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def help_once(request: HttpRequest, person: Person, pairing_id: UUID) -> HttpResponse:
    """记一次帮扶."""
    at = now()
    row, _file_shown = _file(person, pairing_id, at)
    initial = {"happened_at": in_china(at)}
    form = HelpForm(request.POST or None, initial=initial, acts=to_point_to(row, at))

    def act(given: dict[str, Any]) -> object:
        return record_help(
            by=person,
            pairing=row,
            way=term(HelpWay, given["way"]),
            happened_at=given["happened_at"],
            content=given["content"],
            effect=given["effect"],
            act=given["record"],
            at=at,
            key=given_key(request),
        )

    lead = _("写在这里的话只给帮扶人和能看私密记录的人看；在别处记过的走访选上就行，不用再写一遍。")
    back = reverse("web:pairing", args=(row.pk,))
    shown = FormPage(_("记一次帮扶"), _("记下"), _("已记下。"), back, row.child.name, lead)
    return ask(request, person, shown, form, act, at, may_record_help(person, row, at.date()))


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def end(request: HttpRequest, person: Person, child_id: UUID, pairing_id: UUID) -> HttpResponse:
    """结束结对."""
    at = now()
    child = child_or_404(person, child_id, at, Verb.RECORD, Thing.SUPPORT)
    row = Pairing.objects.filter(child=child, pk=pairing_id).first()
    if row is None:
        raise Http404
    form = EndPairingForm(request.POST or None, initial={"until": at.date()})

    def act(given: dict[str, Any]) -> object:
        return end_pairing(
            by=person, pairing=row, until=given["until"], evaluation=given["evaluation"], at=at
        )

    back = reverse("web:support", args=(child.pk,))
    shown = FormPage(_("结束结对"), _("结束结对"), _("结对已结束。"), back, child.name)
    return ask(request, person, shown, form, act, at, may_pair(person, child, row.purpose, at.date()))


@never_cache
@require_GET
@signed_in
def my_pairings(request: HttpRequest, person: Person) -> HttpResponse:
    """我的帮扶: the children whom the person helps or teaches at home, the longest without contact first."""
    at = now()
    found = [(each, last_class(each.pairing.child, at.date())) for each in mine(person, at.date())]
    plans = my_teaching(person, at.date())
    return page(request, person, "support/my", at, found=found, plans=plans)


def _file(person: Person, pairing_id: UUID, at: datetime) -> tuple[Pairing, PairingFile]:
    row = Pairing.objects.filter(pk=pairing_id).select_related("child", "helper", "ended").first()
    file = pairing_file(person, row, at) if row is not None else None
    if row is None or file is None:
        raise Http404
    return row, file


def _policy_days(child: Child, purposes: list[PairingPurpose], at: datetime) -> str:
    """What the policy says of contact for these purposes, for the words beside the field."""
    rules = contact_days_of(child, at.date())
    lines = [f"{choices([purpose])[0][1]} {rules[purpose]}" for purpose in purposes if purpose in rules]
    always = _("日历日，寒暑假也算。")
    if not lines:
        return always + _("本地制度没有规定，请填写。")
    return always + _("不填就按制度：%(days)s。") % {"days": _("、").join(lines)}
