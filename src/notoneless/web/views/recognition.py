"""评选: put forward with outcome and reporting side by side, decided by the county; no list of merit."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from notoneless.core.case_terms import Decision
from notoneless.core.figure_terms import Tally
from notoneless.core.report_terms import OnTime, RecognitionKind
from notoneless.records.access import Thing, Verb
from notoneless.records.calendars import county_calendar
from notoneless.records.models import ClassGroup, Person, Place, RecognitionAsked
from notoneless.records.scopes import visible_places
from notoneless.services.honesty.score import Ratio
from notoneless.services.permissions import refusal
from notoneless.services.supervision.recognition import (
    ask_recognition,
    decide_recognition,
    recognitions_in,
)
from notoneless.web.codes import term
from notoneless.web.form_key import given_key
from notoneless.web.form_page import FormPage, ask
from notoneless.web.honesty_forms import AskRecognitionForm, DecideRecognitionForm
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.place_here import the_place
from notoneless.web.signed_in import signed_in
from notoneless.web.templatetags.words import label

SHOWN = 200


@never_cache
@require_GET
@signed_in
def recognitions(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """What was put forward at a place and below."""
    at = now()
    place = the_place(person, place_id, at, Thing.RECOGNITION)
    rows = recognitions_in(place)
    return page(
        request,
        person,
        "supervision/recognitions",
        at,
        place=place,
        waiting=list(rows.filter(decided__isnull=True)),
        over=rows.filter(decided__isnull=False)[:SHOWN],
        may_ask=refusal(person, Thing.RECOGNITION, Verb.ASK, place, at.date()) is None,
    )


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def ask_for(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """申报评选."""
    at = now()
    place = the_place(person, place_id, at, Thing.RECOGNITION, verb=Verb.ASK)
    found = county_calendar().term_of(at.date())
    first = found.first_day if found else at.date() - timedelta(days=120)
    classes = _classes(place, at.date().year - (at.date().month < 8))
    names = {number: group.name for number, group in classes.items()}
    form = AskRecognitionForm(
        request.POST or None, initial={"first": first, "last": at.date()}, classes=names
    )

    def act(given: dict[str, Any]) -> object:
        group = classes.get(int(given["class_group"])) if given["class_group"] else None
        grade = int(given["grade"]) if given["grade"] else None
        kind = term(RecognitionKind, given["kind"])
        key = given_key(request)
        return ask_recognition(
            by=person,
            kind=kind,
            place=place,
            class_group=group,
            grade=grade,
            first=given["first"],
            last=given["last"],
            note=given["note"],
            at=at,
            key=key,
        )

    lead = _("有学生辍学、但及时如实报告并劝返的，一样可以申报；结果和报送情况分开列，由县里的人评定。")
    back = reverse("web:recognitions", args=(place.pk,))
    shown = FormPage(_("申报评选"), _("申报"), _("已申报，等县教育局评定。"), back, place.name, lead)
    return ask(request, person, shown, form, act, at)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def decide(request: HttpRequest, person: Person, asked_id: UUID) -> HttpResponse:
    """One of them with its facts; decided here by whoever may."""
    at = now()
    places = visible_places(person, at.date(), Thing.RECOGNITION)
    rows = RecognitionAsked.objects.select_related("place", "class_group", "by", "decided__by")
    row = rows.filter(place__in=places, pk=asked_id).first()
    if row is None:
        raise Http404
    form = DecideRecognitionForm(request.POST or None)

    def act(given: dict[str, Any]) -> object:
        decision = term(Decision, given["decision"])
        return decide_recognition(by=person, asked=row, decision=decision, note=given["note"], at=at)

    decided = getattr(row, "decided", None)
    back = reverse("web:recognitions", args=(row.place_id,))
    shown = FormPage(
        str(label(row.kind)),
        _("评定"),
        _("已评定。"),
        back,
        row.place.name,
        template="supervision/recognition",
    )
    may_not = None if decided else refusal(person, Thing.RECOGNITION, Verb.APPROVE, row.place, at.date())
    return ask(
        request,
        person,
        shown,
        form,
        act,
        at,
        may_not,
        asked=row,
        decided=decided,
        outcome=[(label(term(Tally, code)), number) for code, number in row.facts["outcome"].items()],
        reporting=_reporting(row.facts["reporting"]),
    )


def _reporting(facts: dict[str, Any]) -> list[tuple[str, str]]:
    names = (
        ("roll_calls", _("应点名的点了")),
        ("roll_calls_same_day", _("当天记下的点名")),
        ("duties", _("按时办结的应办事项")),
    )
    found = [(name, _ratio(Ratio(*facts[code]))) for code, name in names]
    sent = [f"{label(term(OnTime, code))} {n}" for code, n in facts["reports"].items() if n]
    return [*found, (_("应报的报表"), " · ".join(sent) or "0")]


def _ratio(ratio: Ratio) -> str:
    share = f"（{ratio.share}%）" if ratio.share is not None else ""
    return f"{ratio.part} / {ratio.of}{share}"


def _classes(place: Place, year: int) -> dict[int, ClassGroup]:
    rows = ClassGroup.objects.filter(
        school__path__startswith=place.path or "?", school_year__startswith=str(year)
    )
    return {group.pk: group for group in rows.order_by("grade", "name")}
