"""督导: inspections of a place and below, their findings, orders and re-inspections, talks and circulars."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from notoneless.core.paper_terms import PaperKind
from notoneless.core.report_terms import InspectionKind, MeasureKind
from notoneless.core.terms import PlaceKind, Post
from notoneless.records.access import Thing, Verb
from notoneless.records.models import Inspection, InspectionFinding, Person, Place
from notoneless.records.scopes import visible_places
from notoneless.services.permissions import refusal
from notoneless.services.supervision.inspections import (
    add_finding,
    inspections_in,
    may_report,
    orders_at,
    record_inspection,
    reinspect,
    report_rectified,
    standing,
)
from notoneless.services.supervision.measures import measures_in, take_measure
from notoneless.web.codes import term
from notoneless.web.form_key import given_key
from notoneless.web.form_page import FormPage, ask
from notoneless.web.honesty_forms import (
    FindingForm,
    InspectionForm,
    MeasureForm,
    RectifiedForm,
    ReinspectForm,
)
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.place_here import the_place
from notoneless.web.read.papers import slug
from notoneless.web.signed_in import signed_in

SHOWN = 200
INSPECTED = (PlaceKind.COUNTY, PlaceKind.TOWNSHIP, PlaceKind.CENTRAL_SCHOOL, PlaceKind.SCHOOL)


@never_cache
@require_GET
@signed_in
def inspections(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """What is ordered and open, the inspections, and what was said to whom."""
    at = now()
    place = the_place(person, place_id, at, Thing.INSPECTION)
    return page(
        request,
        person,
        "supervision/inspections",
        at,
        place=place,
        orders=orders_at(Place.objects.filter(path__startswith=place.path or "?")),
        inspections=[
            (each, [standing(f) for f in each.findings.all()]) for each in inspections_in(place)[:SHOWN]
        ],
        measures=measures_in(place)[:SHOWN],
        may_record=refusal(person, Thing.INSPECTION, Verb.RECORD, place, at.date()) is None,
        today=at.date(),
    )


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def record(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """登记督导."""
    at = now()
    place = the_place(person, place_id, at, Thing.INSPECTION, verb=Verb.RECORD)
    inside = Place.objects.filter(path__startswith=place.path or "?", kind__in=INSPECTED).order_by("path")
    places = {each.pk: each for each in inside}
    names = [(each.pk, each.name) for each in places.values()]
    form = InspectionForm(request.POST or None, initial={"day": at.date(), "place": place.pk}, places=names)

    def act(given: dict[str, Any]) -> object:
        given = {**given, "kind": term(InspectionKind, given["kind"]), "place": places[given["place"]]}
        return record_inspection(by=person, at=at, key=_key(request), **given)

    back = reverse("web:inspections", args=(place.pk,))
    lead = _("先记去了哪里、看了什么；发现的问题在下一页逐条写。")
    shown = FormPage(_("登记督导"), _("记下督导"), _("已记下督导。"), back, place.name, lead)
    return ask(request, person, shown, form, act, at)


@never_cache
@require_GET
@signed_in
def inspection(request: HttpRequest, person: Person, inspection_id: UUID) -> HttpResponse:
    """One inspection with its findings and every step that followed."""
    at = now()
    row = _inspection(person, inspection_id, at, Verb.SEE)
    findings = row.findings.order_by("number").select_related("place").prefetch_related("steps__by")
    sheet = reverse("web:make_paper_at", args=(row.place_id, slug(PaperKind.INSPECTION_SHEET)))
    return page(
        request,
        person,
        "supervision/inspection",
        at,
        inspection=row,
        findings=[
            (
                standing(each),
                sorted(each.steps.all(), key=lambda step: step.at),
                may_report(person, each, at.date()),
            )
            for each in findings
        ],
        measures=measures_in(row.place).filter(finding__inspection=row),
        may_record=refusal(person, Thing.INSPECTION, Verb.RECORD, row.place, at.date()) is None,
        sheet=f"{sheet}?day={row.day}",
        may_print=refusal(person, Thing.PAPER, Verb.ISSUE, row.place, at.date()) is None,
        today=at.date(),
    )


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def finding(request: HttpRequest, person: Person, inspection_id: UUID) -> HttpResponse:
    """记一条问题."""
    at = now()
    row = _inspection(person, inspection_id, at, Verb.RECORD)
    form = FindingForm(request.POST or None)

    def act(given: dict[str, Any]) -> object:
        given = {**given, "responsible": term(Post, given["responsible"])}
        return add_finding(by=person, inspection=row, at=at, key=_key(request), **given)

    lead = _("写了整改期限的，会列在责任单位的看板上，到复查合格为止。")
    shown = FormPage(_("记一条问题"), _("记下问题"), _("已记下问题。"), *_back(row), lead)
    return ask(request, person, shown, form, act, at)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def measure(request: HttpRequest, person: Person, inspection_id: UUID) -> HttpResponse:
    """约谈、通报."""
    at = now()
    row = _inspection(person, inspection_id, at, Verb.RECORD)
    findings = [
        (str(each.pk), f"{each.number}. {each.what[:40]}") for each in row.findings.order_by("number")
    ]
    form = MeasureForm(request.POST or None, initial={"day": at.date()}, findings=findings)

    def act(given: dict[str, Any]) -> object:
        chosen = UUID(given["finding"]) if given["finding"] else None
        given = {**given, "kind": term(MeasureKind, given["kind"]), "finding": chosen}
        return take_measure(by=person, place=row.place, at=at, key=_key(request), **given)

    lead = _("由人决定，系统不自动产生；不涉及钱和职务。主动、及时报告的，不因此约谈、通报。")
    shown = FormPage(_("约谈、通报"), _("记下"), _("已记下。"), *_back(row), lead)
    return ask(request, person, shown, form, act, at)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def report(request: HttpRequest, person: Person, finding_id: UUID) -> HttpResponse:
    """报整改情况."""
    at = now()
    places = visible_places(person, at.date(), Thing.INSPECTION, Verb.ANSWER)
    row = _findings().filter(place__in=places, pk=finding_id).first()
    if row is None:
        raise Http404
    form = RectifiedForm(request.POST or None)

    def act(given: dict[str, Any]) -> object:
        return report_rectified(by=person, finding=row, note=given["note"], at=at, key=_key(request))

    shown = FormPage(_("报整改情况"), _("报送"), _("已报送，等复查。"), *_back(row.inspection), row.what)
    return ask(request, person, shown, form, act, at)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def again(request: HttpRequest, person: Person, finding_id: UUID) -> HttpResponse:
    """复查."""
    at = now()
    places = visible_places(person, at.date(), Thing.INSPECTION, Verb.RECORD)
    row = _findings().filter(inspection__place__in=places, pk=finding_id).first()
    if row is None:
        raise Http404
    form = ReinspectForm(request.POST or None)

    def act(given: dict[str, Any]) -> object:
        enough = given["enough"] == "yes"
        due = None if enough else given["due_on"]
        return reinspect(
            by=person, finding=row, enough=enough, note=given["note"], due_on=due, at=at, key=_key(request)
        )

    shown = FormPage(_("复查"), _("记下复查"), _("已记下复查。"), *_back(row.inspection), row.what)
    return ask(request, person, shown, form, act, at)


def _inspection(person: Person, number: UUID, at: datetime, verb: Verb) -> Inspection:
    places = visible_places(person, at.date(), Thing.INSPECTION, verb)
    row = Inspection.objects.filter(place__in=places, pk=number).select_related("place", "by").first()
    if row is None:
        raise Http404
    return row


def _findings() -> QuerySet[InspectionFinding]:
    return InspectionFinding.objects.select_related("inspection__place", "place")


def _back(row: Inspection) -> tuple[str, str]:
    return reverse("web:inspection", args=(row.pk,)), f"{row.place.name} {row.day}"


def _key(request: HttpRequest) -> str | None:
    return given_key(request)
