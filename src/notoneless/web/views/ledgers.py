"""台账: all of a place with their numbers, one with its lines, as a file, and in an office's own workbook."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from urllib.parse import quote, urlencode

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET, require_http_methods

from notoneless.core.report_terms import LedgerKind
from notoneless.exchange.ledgers.layout import LIST, ONCE, ledger_layout
from notoneless.records.access import Fields, Thing, Verb
from notoneless.records.models import Person, Place
from notoneless.records.owing import LEVELS
from notoneless.records.packs import packs_at
from notoneless.records.scopes import place_for, visible_classes, visible_schools, whole_place_for
from notoneless.services.ledgers.entry import Entry
from notoneless.services.ledgers.exporting import LedgerFile, export_ledger
from notoneless.services.ledgers.opening import (
    LineState,
    Opened,
    Wanted,
    allowed,
    open_ledger,
    overview,
    years_of,
)
from notoneless.services.ledgers.templates import (
    forget_ledger_template,
    keep_ledger_template,
    may_keep_template,
    own_template,
    template_of,
)
from notoneless.services.paper_templates import MOST_BYTES, TemplateRefused
from notoneless.services.permissions import refusal
from notoneless.services.refusals import Refusal
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.read.lists import PAGE, Part
from notoneless.web.refused import sentence
from notoneless.web.said import say
from notoneless.web.signed_in import signed_in

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {
    LedgerFile.XLSX: XLSX,
    LedgerFile.OWN: XLSX,
    LedgerFile.CSV: "text/csv; charset=utf-8",
    LedgerFile.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
LINKED = "姓名"


class ShownLine(NamedTuple):
    """One line of the page: whether it still stands, whose page it leads to, and its cells."""

    entry: Entry
    cells: list[tuple[str, bool]]  # a text, and whether it leads to the child


class WorkbookForm(forms.Form):
    """An office's own .xlsx."""

    file = forms.FileField(label=gettext_lazy("本单位的 Excel 表格（.xlsx）"))


@never_cache
@require_GET
@gzip_page
@signed_in
def ledgers(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """The ledgers of a place that this person may open, with how many lines are open and were closed."""
    at = now()
    place = _place(person, place_id, at)
    rules = packs_at(place).ledger_rules(at.date())
    asked = [rule for rule in rules if rule.level == LEVELS.get(place.kind)]
    keepers = {rule.kind: rule.keeper for rule in asked}  # the policy's word goes before our usual one
    rows = [
        {
            "counted": each,
            "slug": slug(each.ledger.kind),
            "keeper": keepers.get(each.ledger.kind, each.ledger.keeper),
        }
        for each in overview(person, place, at)
    ]
    return page(request, person, "ledgers/ledgers", at, place=place, rows=rows, asked=asked)


@never_cache
@require_GET
@gzip_page
@signed_in
def ledger(request: HttpRequest, person: Person, place_id: int, kind: str) -> HttpResponse:
    """One ledger, filtered and page by page."""
    at, language = now(), get_language() or "zh"
    number = request.GET.get("page", "1")
    if not number.isdecimal() or int(number) < 1:
        raise Http404
    wanted = wanted_of(request.GET)
    opened = _open(person, _kind(kind), _place(person, place_id, at), at, wanted)
    first = (int(number) - 1) * PAGE
    lines = opened.lines[first : first + PAGE]
    return page(
        request,
        person,
        "ledgers/ledger",
        at,
        opened=opened,
        kind=opened.ledger.kind,
        slug=kind,
        place=opened.view.place,
        head=_head(opened, language),
        rows=_shown(opened, lines, language),
        part=Part(lines, len(opened.lines), int(number)),
        wanted=wanted,
        states=list(LineState),
        years=years_of(opened.ledger.kind, opened.view.place),
        schools=_schools(person, opened, at),
        query=_query(request.GET),
        filters=f"?{_query(request.GET)}".rstrip("&?"),
        may_export=refusal(person, Thing.LEDGER, Verb.EXPORT, opened.view.place, at.date()) is None,
        own=template_of(opened.view.place, opened.ledger.kind),
        may_template=may_keep_template(person, opened.view.place, at.date()) is None,
    )


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def export(request: HttpRequest, person: Person, place_id: int, kind: str, form: str) -> HttpResponse:
    """The ledger as a file; asked once more first, for a file is guarded by nobody."""
    at, language = now(), get_language() or "zh"
    wanted, found = wanted_of(request.GET), _kind(kind)
    place = _place(person, place_id, at, Verb.EXPORT)
    as_file = next((each for each in LedgerFile if each.value.lower() == form), None)
    if as_file is None:
        raise Http404
    opened = _open(person, found, place, at, wanted, Verb.EXPORT)
    problem = ""
    if request.method == "POST":
        try:
            given = export_ledger(
                by=person,
                kind=found,
                place=place,
                form=as_file,
                at=at,
                wanted=wanted,
                language=language,
                identity="identity" in request.POST,
            )
        except Refusal as no:
            problem = sentence(no)
        else:
            answer = HttpResponse(given.content, content_type=TYPES[as_file])
            answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(given.name)}"
            return answer
    return page(
        request,
        person,
        "ledgers/export",
        at,
        status=422 if problem else 200,
        opened=opened,
        place=place,
        slug=kind,
        kind=found,
        form=as_file,
        count=len(opened.lines),
        problem=problem,
        back=f"?{_query(request.GET)}".rstrip("&?"),
        asks=opened.names_identity and Fields.IDENTITY in opened.shown,
    )


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def template(request: HttpRequest, person: Person, place_id: int, kind: str) -> HttpResponse:
    """An office's own workbook for a ledger: the marks it may hold, the file to send, the one in use."""
    at, found = now(), _kind(kind)
    place = _template_place(person, place_id, at, Verb.CHANGE if request.method == "POST" else Verb.SEE)
    form = WorkbookForm(request.POST or None, request.FILES or None)
    problem, problems = "", []
    if request.method == "POST":
        try:
            if _keep(request, person, place, found, form, at):
                return redirect("web:ledger_template", place.pk, kind)
            problem = _("还没有保存：请看下面标出的地方。")
        except TemplateRefused as no:
            english = (get_language() or "zh").startswith("en")
            problem, problems = sentence(no), [each[english] for each in no.problems]
        except Refusal as no:
            problem = sentence(no)
    layout = ledger_layout(found)
    return page(
        request,
        person,
        "ledgers/template",
        at,
        status=422 if problem else 200,
        place=place,
        kind=found,
        slug=kind,
        form=form,
        problem=problem,
        problems=problems,
        used=template_of(place, found),
        own=own_template(place, found),
        once=[f"{{{{{name}}}}}" for name in ONCE],
        row_marks=[f"{{{{{LIST}.{name}}}}}" for name in ("序号", *layout.marks)],
        needed=[f"{{{{{LIST}.{name}}}}}" for name in sorted(layout.needed)],
    )


def slug(kind: LedgerKind) -> str:
    """The kind as an address writes it."""
    return kind.value.lower().replace("_", "-")


def wanted_of(query: QueryDict) -> Wanted:
    """Which lines an address asks for; what it does not understand it does not filter by."""
    state = query.get("state", "")
    year, school = query.get("year", ""), query.get("school", "")
    return Wanted(
        LineState[state] if state in LineState.__members__ else LineState.OPEN,
        int(year) if year.isdecimal() and len(year) == 4 else None,
        int(school) if school.isdecimal() and len(school) < 10 else None,
        query.get("q", "").strip()[:60],
    )


def _query(query: QueryDict) -> str:
    """The filters of an address, for the links to other pages of the same list."""
    kept = {name: query[name] for name in ("state", "year", "school", "q") if query.get(name)}
    return f"{urlencode(kept)}&" if kept else ""


def _head(opened: Opened, language: str) -> list[tuple[str, str]]:
    """The headings, each with how wide its column wants to be."""
    widths = ("wide" if c.width > 15 else "middling" if c.width > 9 else "narrow" for c in opened.columns)
    return list(zip(opened.headings(language), widths, strict=True))


def _shown(opened: Opened, lines: list[Entry], language: str) -> list[ShownLine]:
    marks = [column.mark for column in opened.columns]
    return [
        ShownLine(line, [(text, mark == LINKED) for mark, text in zip(marks, cells, strict=True)])
        for line, cells in zip(lines, opened.table(lines, language), strict=True)
    ]


def _schools(person: Person, opened: Opened, at: datetime) -> list[Place]:
    """The schools a larger place may be narrowed to."""
    place = opened.view.place
    seen = visible_schools(person, at.date(), Thing.LEDGER).filter(path__startswith=place.path or "/")
    return list(seen.exclude(pk=place.pk).order_by("path")[:500])


def _kind(name: str) -> LedgerKind:
    found = next((kind for kind in LedgerKind if slug(kind) == name), None)
    if found is None:
        raise Http404
    return found


def _open(
    person: Person, kind: LedgerKind, place: Place, at: datetime, wanted: Wanted, verb: Verb = Verb.SEE
) -> Opened:
    try:
        return open_ledger(person, kind, place, as_of=at.date(), at=at, wanted=wanted, verb=verb)
    except Refusal:
        raise Http404 from None


def _place(person: Person, place_id: int, at: datetime, verb: Verb = Verb.SEE) -> Place:
    """The place, as a whole or, for a class teacher, the school of the class."""
    try:
        return whole_place_for(person, place_id, at.date(), Thing.LEDGER, verb)
    except Place.DoesNotExist:
        classes = visible_classes(person, at.date(), Thing.LEDGER, verb).filter(school=place_id)
        group = classes.select_related("school").first()
        if group is None or allowed(person, group.school, at.date(), verb) is None:
            raise Http404 from None
        return group.school


def _template_place(person: Person, place_id: int, at: datetime, verb: Verb) -> Place:
    try:
        return place_for(person, place_id, at.date(), Thing.TEMPLATE, verb)
    except Place.DoesNotExist:
        raise Http404 from None


def _keep(
    request: HttpRequest, person: Person, place: Place, kind: LedgerKind, form: WorkbookForm, at: datetime
) -> bool:
    """Keep the file that was sent, or forget the one kept; whether either was done. Raises Refusal."""
    if "forget" in request.POST:
        forget_ledger_template(by=person, place=place, kind=kind, at=at)
        say(request, _("已不再用本单位的表格。"), "good")
        return True
    if not form.is_valid():
        return False
    file = form.cleaned_data["file"]
    content = file.read(MOST_BYTES + 1)
    keep_ledger_template(by=person, place=place, kind=kind, name=file.name or "", content=content, at=at)
    say(request, _("表格已保存，导出时按它逐格填写。"), "good")
    return True
