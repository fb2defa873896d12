"""报表 of a place: what is due, drawn and signed; drawing one up; who reported in time."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET, require_http_methods

from notoneless.core.report_terms import OnTime, ReportKind, ReportStep
from notoneless.core.reporting import due_of
from notoneless.records.access import Thing, Verb
from notoneless.records.models import ClassGroup, Person, Place, ReportDrawn
from notoneless.records.scopes import visible_children
from notoneless.services.permissions import refusal
from notoneless.services.refusals import Refusal
from notoneless.services.reports.drafting import Draft, draft
from notoneless.services.reports.drawing import draw_up, latest, may_draw_now, the_span
from notoneless.services.reports.nil import AgainstNil, against_nil, refusal_of
from notoneless.services.reports.posts import may_draw
from notoneless.services.reports.rules import kinds_owed, rule_for
from notoneless.services.reports.silence import Expected, expected, timeliness
from notoneless.services.reports.standing import standing_of
from notoneless.services.reports.waiting import waiting_for
from notoneless.web.form_key import form_key, given_key
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.place_here import the_place
from notoneless.web.read.reports import form_of, ticks
from notoneless.web.refused import sentence
from notoneless.web.report_forms import DrawForm
from notoneless.web.said import say
from notoneless.web.signed_in import signed_in

SHOWN = 40  # reports of a place on its page
PERIODS = 12  # periods on the page of timeliness
NAMED = 30  # children or roll calls named against a nil report


class Owed(NamedTuple):
    """A report that the place owes, as a line of its page."""

    expected: Expected
    standing: ReportStep | None
    slug: str
    may_draw: bool


@never_cache
@require_GET
@gzip_page
@signed_in
def reports(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """The reports of a place: its own, what waits for the reader, and how those below are doing."""
    at = now()
    place = the_place(person, place_id, at, Thing.REPORT)
    found = expected(place, at)[:SHOWN]
    waiting = [each for each in waiting_for(person, at) if place.contains(each.report.place)]
    return page(
        request,
        person,
        "reports/reports",
        at,
        place=place,
        owed=[_owed(each, at.date()) for each in found],
        waiting=waiting,
        missing=sum(each.missing for each in found),
    )


@never_cache
@require_GET
@gzip_page
@signed_in
def reporting(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """Who reported in time: per kind, level and period, with those that are missing by name."""
    at = now()
    place = the_place(person, place_id, at, Thing.REPORT)
    kind = kind_of(request.GET.get("kind", "monthly")) or ReportKind.MONTHLY
    found = timeliness(place, at, kind)[:PERIODS]
    return page(
        request,
        person,
        "reports/reporting",
        at,
        place=place,
        kind=kind,
        kinds=[(each, slug(each)) for each in kinds_owed(place, at.date()) or [kind]],
        lines=[(each, [each.counts[on_time] for on_time in OnTime]) for each in found],
        heads=list(OnTime),
    )


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def draw(request: HttpRequest, person: Person, place_id: int, kind: str, day: date) -> HttpResponse:
    """What a report would say; posted to, it is drawn up, as nil where nothing stands against that."""
    at = now()
    place = _place(person, place_id, at)
    found = kind_of(kind)
    if found is None:
        raise Http404
    problem = ""
    if request.method == "POST":
        try:
            made = _draw(request, person, place, found, day, at)
        except Refusal as no:
            problem = sentence(no)
        else:
            say(request, _("已编制。核对和签发以前，名单已经冻结。"), "good")
            return redirect("web:report", made.pk)
    return _draft(request, person, place, found, day, at, problem)


def slug(kind: ReportKind) -> str:
    """The word that stands for the kind in addresses."""
    return kind.value.lower()


def kind_of(word: str) -> ReportKind | None:
    """The kind that an address names; None when it names none."""
    return ReportKind.__members__.get(word.upper()) if word == word.lower() else None


def _place(person: Person, place_id: int, at: datetime) -> Place:
    place = Place.objects.filter(pk=place_id).first()
    if place is None or refusal(person, Thing.REPORT, Verb.DRAW_UP, place, at.date()) is not None:
        raise Http404
    return place


def _owed(each: Expected, today: date) -> Owed:
    report = each.report
    standing = standing_of(report) if report is not None else None
    ready = each.ready <= today and standing in (None, ReportStep.RETURNED)
    return Owed(each, standing, slug(each.rule.kind), ready)


def _draw(
    request: HttpRequest, person: Person, place: Place, kind: ReportKind, day: date, at: datetime
) -> ReportDrawn:
    nil, note = request.POST.get("nil") == "yes", request.POST.get("note", "")
    key = given_key(request)
    return draw_up(by=person, place=place, kind=kind, day=day, at=at, nil=nil, note=note, key=key)


def _draft(
    request: HttpRequest,
    person: Person,
    place: Place,
    kind: ReportKind,
    day: date,
    at: datetime,
    problem: str,
) -> HttpResponse:
    """The page before drawing up: the numbers with their balances, and what keeps it from being nil."""
    shown: dict[str, Any] = {}
    refused = ""
    try:
        rule, calendar = rule_for(place, kind, day)
        span = the_span(place, rule, day, calendar)
        shown = {"rule": rule, "span": span, "due": due_of(rule, span, calendar)}
        if (no := may_draw(person, place, rule.drawer, at.date())) is not None:
            raise no
        shown["before"] = latest(place, kind, span)
        if span.first <= at.date():
            shown |= _numbers(person, draft(place, rule, span, calendar, at), at)
        may_draw_now(place, rule, span, calendar, at)
    except Refusal as no:
        refused = sentence(no)
    return page(
        request,
        person,
        "reports/draw",
        at,
        status=422 if problem else 200,
        place=place,
        kind=kind,
        note=DrawForm(request.POST or None),
        key=form_key(request),
        problem=problem or refused,
        closed=bool(refused),
        **shown,
    )


def _numbers(person: Person, found: Draft, at: datetime) -> dict[str, Any]:
    against = against_nil(found, at)
    said = refusal_of(against)
    return {
        "form": form_of(found.rule.kind, found.counts, _named(found), None),
        "ticks": ticks(found.broken, found.counts),
        "absent": found.absent,
        "sums": bool(found.parts),
        "roll_calls": found.roll_calls,
        "against": _against(person, against, at),
        "not_nil": sentence(said) if said is not None else "",
    }


def _named(found: Draft) -> dict[int, str]:
    units = {unit for each in found.counts.values() for unit in each}
    if found.place.kind == "SCHOOL":
        rows = ClassGroup.objects.filter(pk__in=units).order_by("grade", "name")
        return {row.pk: row.name for row in rows} | ({0: _("未编班")} if 0 in units else {})
    return {row.pk: row.name for row in Place.objects.filter(pk__in=units).order_by("path")}


def _against(person: Person, found: AgainstNil, at: datetime) -> dict[str, Any]:
    """The list, by name as far as the reader may see them."""
    seen = visible_children(person, at.date()).filter(pk__in=found.ids).order_by("name")
    return {
        "children": list(seen[:NAMED]),
        "more": max(0, len(found.ids) - NAMED),
        "missing": found.missing[:NAMED],
        "more_missing": max(0, len(found.missing) - NAMED),
        "places": found.places,
    }
