"""The lists behind the boards' figures: children, schools, obligations, each of one place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET

from notoneless.core.case_terms import CaseReason
from notoneless.core.hold import SPANS
from notoneless.core.terms import KeyGroup, Post, Stage
from notoneless.records.access import GROUP_FIELDS, Thing
from notoneless.records.models import Person, Place
from notoneless.services.reviewing import last_review
from notoneless.services.schools_today import schools_today
from notoneless.web.codes import term
from notoneless.web.figures import said
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.place_here import the_place
from notoneless.web.read.boards import OF_THE_DATE
from notoneless.web.read.case_reasons import KEPT, by_reason, with_reason
from notoneless.web.read.holds import holds
from notoneless.web.read.key_groups import fields_at
from notoneless.web.read.lists import (
    ChildLine,
    NoSuchPage,
    Part,
    page_of,
    page_of_lines,
    page_of_obligations,
    week_from,
)
from notoneless.web.read.rows import (
    GRAVE_STAGES,
    OPEN_STAGES,
    WEEK,
    Rows,
    absent_within,
    in_cases,
    in_group,
    living_elsewhere,
    overdue,
    rows_of,
    turned_since,
    turned_within,
    with_helper,
)
from notoneless.web.signed_in import signed_in
from notoneless.web.views.today import no_school
from notoneless.web.words import date_words

T = TypeVar("T")
# What dates brought is a school's routine; all else is about children and roll calls.
_OVERDUE_ABOUT = {"children": ~OF_THE_DATE, "dates": OF_THE_DATE}
ONE_DAY = timedelta(days=1)


@never_cache
@require_GET
@gzip_page
@signed_in
def cases(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """Children in open cases: of a stage, new since the last review, or that reached it in one week."""
    at = now()
    place, asked = the_place(person, place_id, at, Thing.CASE), request.GET
    rows = _of_grade(rows_of(place, at.date()), asked)
    if asked.get("home") == "other":
        rows = living_elsewhere(rows, place, at.date())
    if "week" in asked:
        monday = _given(week_from, asked["week"])
        title = _("%(week)s 一周新增疑似辍学和辍学") % {"week": date_words(monday)}
        found = turned_within(rows, GRAVE_STAGES, monday, monday + WEEK)
        return _children(request, person, at, place, title, found)
    if "reason" in asked:
        fields, code = fields_at(person, place, at.date()), asked["reason"]
        found = _given(lambda given: with_reason(rows, given, fields), code)
        reason = _("只给需要知道的人看的原因") if code == KEPT else said(term(CaseReason, code))
        return _children(request, person, at, place, _("在办个案：%(why)s") % {"why": reason}, found)
    name, stages = _stages(asked)
    if "new" in asked:
        review = last_review(place)
        title = _("新增：%(stage)s") % {"stage": name}
        found = turned_since(rows, stages, review.seen_at if review else None)
        return _children(request, person, at, place, title, found)
    return _children(request, person, at, place, name, in_cases(rows, stages))


@never_cache
@require_GET
@gzip_page
@signed_in
def reasons(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """The open cases of a place by chief reason, each row with its list."""
    at = now()
    place = the_place(person, place_id, at, Thing.CASE)
    found = by_reason(rows_of(place, at.date()), fields_at(person, place, at.date()))
    total = sum(each.cases for each in found)
    return page(request, person, "cases/reasons", at, place=place, reasons=found, total=total)


@never_cache
@require_GET
@gzip_page
@signed_in
def absent(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """Children marked absent without leave: today, or in one week."""
    at = now()
    place, asked = the_place(person, place_id, at, Thing.CHILD), request.GET
    rows = _of_grade(rows_of(place, at.date()), asked)
    if "week" in asked:
        monday = _given(week_from, asked["week"])
        title = _("%(week)s 一周旷课的学生") % {"week": date_words(monday)}
        return _children(request, person, at, place, title, absent_within(rows, monday, monday + WEEK))
    found = absent_within(rows, at.date(), at.date() + ONE_DAY)
    return _children(request, person, at, place, _("今天旷课的学生"), found)


@never_cache
@require_GET
@gzip_page
@signed_in
def returns(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """Children behind a rate of returns: those whose return did not hold, then those whose did."""
    at = now()
    place, asked = the_place(person, place_id, at, Thing.CASE), request.GET
    span = _given(int, asked.get("span", "30"))
    if span not in SPANS:
        raise Http404
    held = next(each for each in holds(place, as_of=at) if each.span == span)
    kept = "held" in asked
    lines = held.held if kept else tuple(set(held.returns) - set(held.held))
    words = _("返校满 %(n)s 个上课日，留住了") if kept else _("返校满 %(n)s 个上课日，没有留住")
    other = {"url": f"?span={span}" if kept else f"?span={span}&held=1", "held": not kept}
    other["count"] = len(held.returns) - len(lines)
    return _lines(
        request, person, at, place, words % {"n": span}, _page(page_of_lines, lines, asked), other=other
    )


@never_cache
@require_GET
@gzip_page
@signed_in
def group(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """Children of one key group, for those who may know that they belong to it."""
    at = now()
    place, asked = the_place(person, place_id, at, Thing.CHILD), request.GET
    which: KeyGroup = _given(lambda code: term(KeyGroup, code), asked.get("group", ""))
    if GROUP_FIELDS[which] not in fields_at(person, place, at.date()):
        raise Http404
    rows = in_group(rows_of(place, at.date()), which, at.date())
    title = _("重点对象：%(group)s") % {"group": said(which)}
    part = asked.get("part")
    if part == "assigned":
        title, rows = _("%(title)s，有包保人") % {"title": title}, with_helper(rows, at.date())
    elif part == "away":
        title, rows = _("%(title)s，疑似或辍学") % {"title": title}, in_cases(rows, GRAVE_STAGES)
    return _children(request, person, at, place, title, rows)


@never_cache
@require_GET
@gzip_page
@signed_in
def overdue_steps(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """What is past its moment at and below a place, of one post or of all, the longest overdue first."""
    at = now()
    place, asked = the_place(person, place_id, at, Thing.OBLIGATION), request.GET
    rows = overdue(place, at)
    who: Post | None = _given(lambda code: term(Post, code), asked.get("who", "")) if "who" in asked else None
    if who is not None:
        rows = rows.filter(who=who)
    about = _given(_OVERDUE_ABOUT.__getitem__, asked["about"]) if "about" in asked else None
    if about is not None:
        rows = rows.filter(about)
    return page(
        request,
        person,
        "boards/overdue",
        at,
        place=place,
        who=who,
        about=asked.get("about", ""),
        part=_page(page_of_obligations, rows, asked),
        query=_query(asked),
    )


@never_cache
@require_GET
@gzip_page
@signed_in
def schools(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """The schools of a place: silent ones first, then those that have called in part, then the others."""
    at = now()
    place = the_place(person, place_id, at, Thing.SCHOOL_BOARD)
    morning = schools_today(place, as_of=at)
    heard = [each for each in morning.schools if each not in morning.silent and each not in morning.partly]
    return page(
        request,
        person,
        "boards/schools",
        at,
        place=place,
        morning=morning,
        heard=heard,
        no_school=no_school(morning.why_no_school) if morning.why_no_school else "",
    )


def _children(
    request: HttpRequest,
    person: Person,
    at: datetime,
    place: Place,
    title: str,
    rows: Rows,
) -> HttpResponse:
    return _lines(request, person, at, place, title, _page(page_of, rows, request.GET))


def _lines(
    request: HttpRequest,
    person: Person,
    at: datetime,
    place: Place,
    title: str,
    part: Part[ChildLine],
    **more: Any,
) -> HttpResponse:
    return page(
        request,
        person,
        "boards/children",
        at,
        place=place,
        title=title,
        part=part,
        query=_query(request.GET),
        **more,
    )


def _page(read: Callable[[Any, int], Part[T]], rows: object, asked: QueryDict) -> Part[T]:
    number = _given(int, asked.get("page", "1"))
    if number < 1:
        raise Http404
    try:
        return read(rows, number)
    except NoSuchPage:
        raise Http404 from None


def _of_grade(rows: Rows, asked: QueryDict) -> Rows:
    return rows.filter(class_group__grade=_given(int, asked.get("grade", ""))) if "grade" in asked else rows


def _stages(asked: QueryDict) -> tuple[str, tuple[Stage, ...]]:
    """The stages an address asks for, and how they are called."""
    code = asked.get("stage", "")
    if code == "GRAVE":
        return _("疑似辍学和辍学"), GRAVE_STAGES
    if not code:
        return _("在办个案"), OPEN_STAGES
    stage: Stage = _given(lambda given: term(Stage, given), code)
    return said(stage), (stage,)


def _given(read: Callable[[str], T], text: str) -> T:
    """What an address gives, read; an address that makes no sense is not there."""
    try:
        return read(text)
    except (KeyError, ValueError):
        raise Http404 from None


def _query(asked: QueryDict) -> str:
    """The address's own questions but for the page, for the links between pages."""
    kept = asked.copy()
    kept.pop("page", None)
    return f"{kept.urlencode()}&" if kept else ""
