"""文书: what may be issued of a child or a place, seen first, drafted, then issued."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from urllib.parse import quote
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.db.models import Count, Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from notoneless.core.paper_terms import PaperFormat, PaperKind
from notoneless.core.terms import PlaceKind
from notoneless.records.access import Thing, Verb
from notoneless.records.models import PaperIssued, Person, Place
from notoneless.records.scopes import visible_papers
from notoneless.services.paper_files import PaperFile, draft, would_say
from notoneless.services.paper_issuing import DAYS_TO_RETURN, issue
from notoneless.services.paper_serving import overdue_notices
from notoneless.services.paper_values.about import (
    NOTICES,
    SUBJECTS,
    About,
    Subject,
    about_child,
    about_place,
    offers,
)
from notoneless.services.paper_values.about import (
    of_child as is_of_child,
)
from notoneless.services.paper_values.days import day_in_china
from notoneless.services.permissions import refusal
from notoneless.services.refusals import Refusal
from notoneless.web.codes import term
from notoneless.web.form_key import form_key
from notoneless.web.form_page import FormPage
from notoneless.web.found import child_or_404
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.paper_forms import PaperForm, PlacePaperForm, format_of
from notoneless.web.place_here import the_place
from notoneless.web.read.papers import choices_about, choices_at, kind_of, papers_of, sheet, slug
from notoneless.web.refused import sentence
from notoneless.web.said import say
from notoneless.web.signed_in import signed_in
from notoneless.web.templatetags.words import label

PAGE = 50
TYPES = {
    PaperFormat.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    PaperFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    PaperFormat.PDF: "application/pdf",
}


@never_cache
@require_GET
@signed_in
def of_child(request: HttpRequest, person: Person, child_id: UUID) -> HttpResponse:
    """The papers of a child: which may be issued now, which were."""
    at = now()
    child = child_or_404(person, child_id, at, Verb.SEE, Thing.PAPER)
    may, may_not = choices_about(person, child, at.date())
    issued = papers_of(visible_papers(person, at.date()), child)
    return page(request, person, "papers/of_child", at, child=child, may=may, may_not=may_not, papers=issued)


@never_cache
@require_GET
@signed_in
def of_place(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """The papers an office issued, by kind and year; the notices whose day has passed; what it may issue."""
    at = now()
    place = _place(person, place_id, at, Verb.SEE)
    rows = PaperIssued.objects.filter(place=place)
    counted = rows.values("kind", "year").annotate(many=Count("pk"), last=Max("number"))
    groups = list(counted.order_by("-year", "kind"))
    kind, year = kind_of(request.GET.get("kind", "")), request.GET.get("year", "")
    rows = rows.filter(kind=kind) if kind else rows
    rows = rows.filter(year=int(year)) if year.isdecimal() else rows
    rows = rows.select_related("child", "by", "served", "replaced_by").order_by("-at", "-number")
    town = place.kind is PlaceKind.TOWNSHIP
    return page(
        request,
        person,
        "papers/of_place",
        at,
        place=place,
        groups=[each | {"slug": slug(term(PaperKind, each["kind"]))} for each in groups],
        list=Paginator(rows, PAGE).get_page(request.GET.get("page")),
        kind=kind,
        may=choices_at(person, place, at.date()),
        overdue=list(overdue_notices(place, day_in_china(at))[:PAGE]) if town else [],
        may_keep=refusal(person, Thing.TEMPLATE, Verb.SEE, place, at.date()) is None,
    )


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def make(request: HttpRequest, person: Person, child_id: UUID, form: str) -> HttpResponse:
    """Issue a paper about a child: seen as it will be, then issued."""
    at = now()
    child = child_or_404(person, child_id, at, Verb.ISSUE, Thing.PAPER)
    kind = _kind(form, of_one=True)
    found = offers(kind, child)
    initial = {
        "of": request.GET.get("of", "") or (found[0].of if found else ""),
        "due_on": day_in_china(at) + timedelta(days=DAYS_TO_RETURN),
    }
    given = PaperForm(request.POST or None, initial=initial, offers=found, notice=kind in NOTICES)

    def about(said: dict[str, object]) -> About:
        return about_child(kind, child, str(said.get("of") or initial["of"]))

    back = reverse("web:papers", args=(child.pk,))
    shown = FormPage(_title(kind), _("签发"), "", back, child.name)
    return _make(request, person, shown, given, initial, about, at)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def make_at(request: HttpRequest, person: Person, place_id: int, form: str) -> HttpResponse:
    """Issue a paper about a place: of a day, a month, a school year."""
    at = now()
    place = _place(person, place_id, at, Verb.ISSUE)
    kind = _kind(form, of_one=False)
    below = _below(place) if SUBJECTS[kind] is Subject.YEAR else []
    initial = {"day": _day_asked(request) or day_in_china(at), "place": str(below[0].pk) if below else ""}
    given = PlacePaperForm(request.POST or None, initial=initial, subject=SUBJECTS[kind], places=below)

    def about(said: dict[str, object]) -> About:
        named = str(said.get("place") or initial["place"])
        other = next((each for each in below if str(each.pk) == named), place)
        day = said.get("day") or initial["day"]
        assert isinstance(day, date)
        return about_place(kind, other, day)

    back = reverse("web:papers_at", args=(place.pk,))
    shown = FormPage(_title(kind), _("签发"), "", back, place.name)
    return _make(request, person, shown, given, initial, about, at)


def handed(file: PaperFile, form: PaperFormat) -> HttpResponse:
    """A paper as a download."""
    answer = HttpResponse(file.content, content_type=TYPES[form])
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name)}"
    return answer


def _make(
    request: HttpRequest,
    person: Person,
    shown: FormPage,
    form: forms.Form,
    initial: dict[str, object],
    about_of: Callable[[dict[str, object]], About],
    at: datetime,
) -> HttpResponse:
    """Show what the paper will say, hand out a draft, or issue it and go to it."""
    posted, do = request.method == "POST", request.POST.get("do", "issue")
    key = form_key(request)
    preview, problem = None, ""
    if posted and not form.is_valid():
        problem = _("还没有签发：请看下面标出的地方。")
    said = form.cleaned_data if posted and not problem else initial
    due = said.get("due_on") if "due_on" in form.fields else None
    due = due if isinstance(due, date) else None
    try:
        about = about_of(said)
        if posted and not problem and do == "issue":
            made = issue(by=person, kind=about.kind, about=about, at=at, due_on=due, key=key)
            say(request, _("已签发。"), "good")
            return redirect("web:paper", made.pk)
        if posted and not problem and (kind := format_of(do)) is not None:
            return handed(draft(by=person, about=about, form=kind, at=at, due_on=due), kind)
        preview = sheet(about.kind, would_say(person, about, at, due))
    except Refusal as no:
        problem = problem or sentence(no)
    status = 422 if posted and problem else 200
    context = {"shown": shown, "form": form, "key": key, "problem": problem, "sheet": preview}
    return page(request, person, "papers/make", at, status=status, **context)


def _title(kind: PaperKind) -> str:
    return str(label(kind))


def _day_asked(request: HttpRequest) -> date | None:
    """The day that a link names, such as that of an inspection."""
    try:
        return date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return None


def _kind(form: str, *, of_one: bool) -> PaperKind:
    kind = kind_of(form)
    if kind is None or is_of_child(kind) is not of_one:
        raise Http404
    return kind


def _place(person: Person, place_id: int, at: datetime, verb: Verb) -> Place:
    return the_place(person, place_id, at, Thing.PAPER, verb=verb)


def _below(place: Place) -> list[Place]:
    """The offices with which this one may sign a statement."""
    kinds = (PlaceKind.TOWNSHIP, PlaceKind.CENTRAL_SCHOOL, PlaceKind.SCHOOL, PlaceKind.VILLAGE)
    rows = Place.objects.filter(path__startswith=place.path or "?", kind__in=kinds).exclude(pk=place.pk)
    return list(rows.order_by("path")[:500])
