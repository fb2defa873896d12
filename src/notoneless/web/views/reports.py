"""报表: one report with its form, chain and rows, and a class of it for its class teacher."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET, require_http_methods

from notoneless.core.paper_terms import PaperFormat
from notoneless.core.report_terms import ReportStep
from notoneless.core.reporting import COLUMNS
from notoneless.records.access import Thing, Verb
from notoneless.records.models import ClassGroup, Person, Place, ReportDrawn
from notoneless.records.scopes import class_for, visible_children
from notoneless.services.permissions import refusal
from notoneless.services.refusals import Refusal
from notoneless.services.reports.chain import give_back, open_turns, take_step, the_report
from notoneless.services.reports.changes import changed, sums_others, then_and_now
from notoneless.services.reports.files import hand_out, may_hand_out, units_named
from notoneless.services.reports.rows import counts_in, rows_in
from notoneless.services.reports.rules import reporters
from notoneless.services.reports.standing import standing_of, turns
from notoneless.web.codes import term
from notoneless.web.form_key import form_key, given_key
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.paper_forms import format_of
from notoneless.web.place_here import the_place
from notoneless.web.read.reports import ALL, chain_lines, differences, form_of, rows_link, ticks
from notoneless.web.refused import sentence
from notoneless.web.report_forms import StepForm
from notoneless.web.said import say
from notoneless.web.signed_in import signed_in
from notoneless.web.views.papers import handed

DONE = {
    ReportStep.CHECKED: gettext_lazy("已记下核对。"),
    ReportStep.REVIEWED: gettext_lazy("已记下复核。"),
    ReportStep.SIGNED: gettext_lazy("已签发并报送。"),
    ReportStep.ACCEPTED: gettext_lazy("已接收。"),
    ReportStep.RETURNED: gettext_lazy("已退回，等重新编制。"),
}


@never_cache
@require_http_methods(["GET", "POST"])
@gzip_page
@signed_in
def report(request: HttpRequest, person: Person, report_id: UUID) -> HttpResponse:
    """A report as on paper; posted to, its next step is taken or it is handed out as a file."""
    at = now()
    found = _report(person, report_id, at)
    problem = ""
    if request.method == "POST":
        try:
            if "format" in request.POST:
                return _file(request, person, found, at)
            _step(request, person, found, None, at)
            return redirect("web:report", found.pk)
        except Refusal as no:
            problem = sentence(no)
    return _shown(request, person, found, at, problem)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def class_check(request: HttpRequest, person: Person, report_id: UUID, class_id: int) -> HttpResponse:
    """One class of a school's report, for its class teacher to check."""
    at = now()
    found, group = _of_class(person, report_id, class_id, at)
    problem = ""
    if request.method == "POST":
        try:
            _step(request, person, found, group, at)
            return redirect("web:today")
        except Refusal as no:
            problem = sentence(no)
    named = {unit: name for unit, name in units_named(found).items() if unit == group.pk}
    form = form_of(found.kind, counts_in(found), named, rows_link(found))
    mine = [turn for turn in open_turns(person, found, at) if turn.class_group == group]
    return page(
        request,
        person,
        "reports/class_check",
        at,
        status=422 if problem else 200,
        report=found,
        standing=standing_of(found),
        class_group=group,
        pairs=list(zip(COLUMNS[found.kind], form.lines[0].cells, strict=True)),
        turn=mine[0] if mine else None,
        checked=next((s for s in found.steps.all() if s.class_group_id == group.pk), None),
        comment=StepForm(request.POST or None),
        key=form_key(request),
        problem=problem,
        changes=_of_unit_changed(found, group, at) if problem else [],
    )


@never_cache
@require_GET
@gzip_page
@signed_in
def rows(request: HttpRequest, person: Person, report_id: UUID, column: str, unit: str) -> HttpResponse:
    """The children behind one cell, frozen when the report was drawn up; by name those the reader may see."""
    at = now()
    found, group = _of_unit(person, report_id, unit, at)
    columns = {each.code: each for each in COLUMNS[found.kind]}
    if column not in columns:
        raise Http404
    if sums_others(found):
        return _parts(request, person, found, columns[column], unit, at)
    units = rows_in(found)
    lists = [ids for t in columns[column].tallies for u, ids in units.get(t, {}).items() if _within(unit, u)]
    wanted = {child for ids in lists for child in ids}
    seen = visible_children(person, at.date()).filter(pk__in=wanted).order_by("name", "pk")
    return page(
        request,
        person,
        "reports/rows",
        at,
        report=found,
        column=columns[column],
        unit=group.name if group else _("合计") if unit == ALL else units_named(found).get(int(unit), ""),
        back_to_class=group if group and not _whole(person, found, at) else None,
        total=sum(map(len, lists)),
        children=list(seen),
    )


def _parts(
    request: HttpRequest, person: Person, found: ReportDrawn, column: Any, unit: str, at: datetime
) -> HttpResponse:
    """Behind a sum stand the reports that it sums."""
    parts = ReportDrawn.objects.filter(pk__in=found.parts).select_related("place").order_by("place__path")
    counts = counts_in(found)
    lines = [
        (part, sum(counts.get(t, {}).get(part.place_id, 0) for t in column.tallies))
        for part in parts
        if _within(unit, part.place_id)
    ]
    name = _("合计") if unit == ALL else ""
    context = {"report": found, "column": column, "unit": name, "parts": lines}
    return page(request, person, "reports/rows", at, total=sum(n for _, n in lines), **context)


def _shown(
    request: HttpRequest, person: Person, found: ReportDrawn, at: datetime, problem: str
) -> HttpResponse:
    rule = next(iter(reporters([found.place], found.last))).rules.get(found.kind)
    mine = open_turns(person, found, at) if rule else []
    compare = bool(problem) or "known" in request.GET
    moved = differences(then_and_now(found, at)) if compare and not sums_others(found) else []
    return page(
        request,
        person,
        "reports/report",
        at,
        status=422 if problem else 200,
        report=found,
        standing=standing_of(found),
        rule=rule,
        form=form_of(found.kind, counts_in(found), units_named(found), rows_link(found)),
        ticks=ticks((), counts_in(found)),
        chain=chain_lines(found, rule),
        turn=mine[0] if mine else None,
        whose=turns(found, rule),
        redraw=_redraw(person, found, at, problem),
        absent=Place.objects.filter(pk__in=found.absent_parts).order_by("path"),
        sums=sums_others(found),
        later=getattr(found, "replaced_by", None),
        compare=compare,
        changed=moved,
        comment=StepForm(request.POST or None),
        formats=list(PaperFormat) if may_hand_out(person, found, at.date()) is None else [],
        key=form_key(request),
        problem=problem,
    )


def _redraw(person: Person, found: ReportDrawn, at: datetime, problem: str) -> str:
    """The way to draw it up anew, for whoever may: it was returned, or a step was refused."""
    if standing_of(found) is not ReportStep.RETURNED and not problem:
        return ""
    if refusal(person, Thing.REPORT, Verb.DRAW_UP, found.place, at.date()) is not None:
        return ""
    return reverse("web:draw_report", args=(found.place_id, found.kind.value.lower(), found.last))


def _step(
    request: HttpRequest, person: Person, found: ReportDrawn, group: ClassGroup | None, at: datetime
) -> None:
    """Take the step whose button was pressed. Raises Refusal."""
    given = {
        "by": person,
        "report": found,
        "digest": request.POST.get("digest", ""),
        "comment": request.POST.get("comment", ""),
        "key": given_key(request),
        "at": at,
    }
    if request.POST.get("do") == "return":
        give_back(**given)  # type: ignore[arg-type]
        say(request, str(DONE[ReportStep.RETURNED]), "good")
        return
    step = _wanted(request.POST.get("step", ""))
    take_step(**given, step=step, class_group=group or _class_named(request, found))  # type: ignore[arg-type]
    say(request, str(DONE[step]), "good")


def _wanted(code: str) -> ReportStep:
    try:
        step = term(ReportStep, code)
    except ValueError:
        step = ReportStep.DRAWN
    if step not in DONE:
        raise Refusal("NO_STEP", "请按页面上的按钮办理。", "Use the buttons of the page.")
    return step


def _class_named(request: HttpRequest, found: ReportDrawn) -> ClassGroup | None:
    """The class that somebody checks in its teacher's stead."""
    number = request.POST.get("class", "")
    rows = ClassGroup.objects.filter(school__path__startswith=found.place.path or "?")
    return rows.filter(pk=int(number)).first() if number.isdecimal() and len(number) < 10 else None


def _file(request: HttpRequest, person: Person, found: ReportDrawn, at: datetime) -> HttpResponse:
    form = format_of(request.POST.get("format", ""))
    if form is None:
        raise Refusal("NO_FORMAT", "请选文件的格式。", "Choose a kind of file.")
    file = hand_out(by=person, report=found, form=form, at=at, nil_form="nil" in request.POST)
    return handed(file, form)


# Whose report it is.


def _report(person: Person, report_id: UUID, at: datetime) -> ReportDrawn:
    """The report, if the person sees the reports of its whole place; else 404."""
    try:
        found = the_report(report_id)
    except ReportDrawn.DoesNotExist:
        raise Http404 from None
    the_place(person, found.place_id, at, Thing.REPORT)
    return found


def _of_class(person: Person, report_id: UUID, class_id: int, at: datetime) -> tuple[ReportDrawn, ClassGroup]:
    """A class and the report of its school that counts it; else 404."""
    try:
        group = class_for(person, class_id, at.date(), Thing.REPORT)
        found = the_report(report_id)
    except (ClassGroup.DoesNotExist, ReportDrawn.DoesNotExist):
        raise Http404 from None
    if group.school_id != found.place_id or group.pk not in units_named(found):
        raise Http404
    return found, group


def _of_unit(
    person: Person, report_id: UUID, unit: str, at: datetime
) -> tuple[ReportDrawn, ClassGroup | None]:
    """The report and, where the unit is a class of a school, that class; else 404."""
    if not (unit == ALL or (unit.isdecimal() and len(unit) < 10)):
        raise Http404
    try:
        found = the_report(report_id)
    except ReportDrawn.DoesNotExist:
        raise Http404 from None
    if unit != ALL and unit != "0" and not sums_others(found) and _is_class(found, int(unit)):
        return _of_class(person, report_id, int(unit), at)
    return _report(person, report_id, at), None


def _of_unit_changed(found: ReportDrawn, group: ClassGroup, at: datetime) -> list[tuple[str, int, int]]:
    """The numbers of one class that are not the same any more: how many left each, how many joined."""
    return [
        (each.tally.label(get_language() or "zh"), len(each.left), len(each.joined))
        for each in changed(found, at).rows
        if each.unit == group.pk
    ]


def _is_class(found: ReportDrawn, number: int) -> bool:
    return ClassGroup.objects.filter(pk=number, school=found.place_id).exists()


def _whole(person: Person, found: ReportDrawn, at: datetime) -> bool:
    try:
        the_place(person, found.place_id, at, Thing.REPORT)
    except Http404:
        return False
    return True


def _within(unit: str, number: int) -> bool:
    return unit == ALL or int(unit) == number
