"""如实报送: a place's panel, seen by the place itself first, and the questions about its records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from notoneless.core.report_terms import OnTime, QuestionOutcome
from notoneless.core.terms import PlaceKind
from notoneless.records.access import Thing
from notoneless.records.calendars import county_calendar
from notoneless.records.models import Child, Person, Place, Question
from notoneless.records.scopes import visible_children, visible_places, whole_place_for
from notoneless.services.honesty.asking import answer_question, may_answer
from notoneless.services.honesty.score import Ratio, Score, discovery, reporting_score
from notoneless.services.honesty.thresholds import THRESHOLDS
from notoneless.services.honesty.words import often, question_of
from notoneless.services.supervision.inspections import orders_at
from notoneless.web.codes import term
from notoneless.web.form_page import FormPage, ask
from notoneless.web.honesty_forms import AnswerForm, in_words
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.place_here import the_place
from notoneless.web.signed_in import signed_in

WITHOUT_TERM = timedelta(days=90)
SHOWN = 200  # answered questions on one page


class Line(NamedTuple):
    """One line of the score: what it is, how many of how many, and what it means."""

    name: str
    ratio: Ratio
    what: str


class Told(NamedTuple):
    """A fact of a question, with the child where the reader may see it."""

    kind: str
    child: Child | None
    said: str


class School(NamedTuple):
    """A school of a wider place, with what waits there."""

    place: Place
    questions: int
    orders: int
    overdue: int


@never_cache
@require_GET
@signed_in
def panel(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """Completeness and timeliness of this term, apart from outcomes; then what was found out by others."""
    at = now()
    place = the_place(person, place_id, at, Thing.FIGURE)
    first, last = _term(at.date())
    score = reporting_score(place, first, last, at)
    asked = _sees(person, place, Thing.QUESTION, at)
    orders = orders_at(Place.objects.filter(path__startswith=place.path or "?"))
    is_school = place.kind in (PlaceKind.SCHOOL, PlaceKind.TEACHING_POINT)
    return page(
        request,
        person,
        "honesty/panel",
        at,
        place=place,
        first=first,
        last=last,
        lines=_lines(score),
        score=score,
        reports={each: score.reports.get(each, 0) for each in (OnTime.ON_TIME, OnTime.LATE, OnTime.MISSING)},
        found=discovery(place, first, last, at),
        sees_questions=asked,
        open=_open(place).count() if asked else 0,
        orders=orders,
        inspected=_sees(person, place, Thing.INSPECTION, at),
        schools=[] if is_school else _schools(place, at, asked),
    )


@never_cache
@require_GET
@signed_in
def questions(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """What is asked about the records of a place, the first due first; what was answered below."""
    at = now()
    place = the_place(person, place_id, at, Thing.QUESTION)
    over = _all(place).filter(answered__isnull=False).order_by("-answered__at")[:SHOWN]
    return page(
        request,
        person,
        "honesty/questions",
        at,
        place=place,
        waiting=[_words(row) for row in _open(place).order_by("due_on", "found_at", "pk")],
        over=[_words(row) for row in over],
    )


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def question(request: HttpRequest, person: Person, question_id: UUID) -> HttpResponse:
    """One question with its facts, its threshold and its reason; answered here."""
    at = now()
    places = visible_places(person, at.date(), Thing.QUESTION)
    row = _rows().filter(place__in=places, pk=question_id).first()
    if row is None:
        raise Http404
    answered = getattr(row, "answered", None)
    form = AnswerForm(request.POST or None)

    def act(given: dict[str, Any]) -> object:
        outcome = term(QuestionOutcome, given["outcome"])
        return answer_question(by=person, question=row, outcome=outcome, note=given["note"], at=at)

    back = reverse("web:questions", args=(row.place_id,))
    lead = _("这是请您核实，不是结论；事情是怎样就怎样答。")
    shown = FormPage(
        _("请核实"), _("答复"), _("已记下核实情况。"), back, row.place.name, lead, "honesty/question"
    )
    threshold = THRESHOLDS[row.kind]
    return ask(
        request,
        person,
        shown,
        form,
        act,
        at,
        None if answered else may_answer(person, row, at.date()),
        question=row,
        words=question_of(row.kind, row.facts, get_language() or "zh"),
        often=often(row.kind, get_language() or "zh"),
        why=in_words((threshold.why_zh, threshold.why_en)),
        told=_told(person, row, at),
        answered=answered,
    )


# The panel.


def _term(today: date) -> tuple[date, date]:
    """From the first day of the running term to today; three months outside terms."""
    found = county_calendar().term_of(today)
    return (found.first_day if found else today - WITHOUT_TERM), today


def _lines(score: Score) -> list[Line]:
    return [
        Line(_("应点名的点了"), score.roll_calls, _("完整：没有点名就不知道谁没来。")),
        Line(_("当天记下的点名"), score.roll_calls_same_day, _("及时：后来补记的也算点了，只是不算当天。")),
        Line(_("按时办结的应办事项"), score.duties, _("及时：到期以前办结的；点名另算。")),
        Line(_("按时报送的报表"), score.reports_on_time, _("及时：连同下级应报的。")),
        Line(_("三天以后才补写的走访和电话"), score.late_entries, _("补录不是错误；太多说明当时记不了。")),
    ]


def _schools(place: Place, at: datetime, asked: bool) -> list[School]:
    """The schools in which something waits; three queries."""
    rows = _open(place).order_by().values_list("place").annotate(n=Count("pk")) if asked else ()
    waiting: Mapping[int, int] = dict(rows)
    orders = orders_at(Place.objects.filter(path__startswith=place.path or "?"))
    schools = Place.objects.filter(kind=PlaceKind.SCHOOL, path__startswith=place.path or "?").order_by("path")
    return [
        School(
            each,
            waiting.get(each.pk, 0),
            sum(1 for order in orders if order.finding.place_id == each.pk),
            sum(1 for order in orders if order.finding.place_id == each.pk and order.overdue(at.date())),
        )
        for each in schools
    ]


def _sees(person: Person, place: Place, thing: Thing, at: datetime) -> bool:
    try:
        whole_place_for(person, place.pk, at.date(), thing)
    except Place.DoesNotExist:
        return False
    return True


# Questions.


def _rows() -> QuerySet[Question]:
    return Question.objects.select_related("place", "to_place", "class_group", "about", "answered__by")


def _all(place: Place) -> QuerySet[Question]:
    return _rows().filter(place__path__startswith=place.path or "?")


def _open(place: Place) -> QuerySet[Question]:
    return _all(place).filter(answered__isnull=True)


def _words(row: Question) -> tuple[Question, str]:
    return row, question_of(row.kind, row.facts, get_language() or "zh")


def _told(person: Person, row: Question, at: datetime) -> list[Told]:
    """The facts behind a question; a child that the reader may not see stays without a name."""
    facts: Iterable[tuple[str, str, dict[str, str]]] = row.facts[1:]
    kept = list(facts)
    ids = {said["child"] for _kind, _id, said in kept if "child" in said}
    seen = {str(child.pk): child for child in visible_children(person, at.date()).filter(pk__in=ids)}
    return [Told(kind, seen.get(said.get("child", "")), _said(said)) for kind, _id, said in kept]


def _said(said: Mapping[str, str]) -> str:
    words = {
        "at": _("发生 %s"),
        "day": _("日期 %s"),
        "recorded": _("记下 %s"),
        "left": _("离开 %s"),
        "back": _("回来 %s"),
    }
    return " · ".join(text % said[name] for name, text in words.items() if name in said)
