"""The boards: county, township, principal, and where a person's day begins."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET, require_POST

from notoneless.core.terms import PlaceKind
from notoneless.records.access import Thing
from notoneless.records.models import Person
from notoneless.services.refusals import Refusal
from notoneless.services.reviewing import mark_reviewed
from notoneless.web.figures import (
    county_map,
    group_row,
    heat,
    holds_chart,
    overdue_rows,
    part_row,
    stage_figures,
    stock_chart,
    village_row,
    villages_chart,
    weeks_chart,
)
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.place_here import the_place
from notoneless.web.read.boards_county import county_board
from notoneless.web.read.boards_principal import principal_board
from notoneless.web.read.boards_township import township_board
from notoneless.web.read.key_groups import fields_at
from notoneless.web.read.seasons import absent_by_week, turned_by_week
from notoneless.web.refused import sentence
from notoneless.web.said import say
from notoneless.web.signed_in import signed_in
from notoneless.web.tabs import first_page
from notoneless.web.views.today import no_school

WEEKS_SHOWN = 6  # on the board itself; the page of the season has them all


@never_cache
@require_GET
@signed_in
def first(request: HttpRequest, person: Person) -> HttpResponse:
    """Where this person's day begins."""
    return redirect(first_page(person, now().date()))


@never_cache
@require_GET
@gzip_page
@signed_in
def county(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """A county at a glance, in its order of worry."""
    at = now()
    place = the_place(person, place_id, at, Thing.COUNTY_BOARD, PlaceKind.COUNTY)
    board = county_board(place, fields_at(person, place, at.date()), as_of=at)
    return page(
        request,
        person,
        "boards/county",
        at,
        board=board,
        place=place,
        no_school=no_school(board.morning.why_no_school) if board.morning.why_no_school else "",
        new=stage_figures(place, board.new, board.never_new, new=True),
        overdue=overdue_rows(place, board.overdue),
        overdue_total=sum(each.steps for each in board.overdue),
        stock=stock_chart(place, board.stock, len(board.never)),
        holds=holds_chart(place, board.holds),
        groups=[group_row(place, each) for each in board.groups],
        season=heat(place, board.season, "turned", WEEKS_SHOWN),
        weeks_shown=WEEKS_SHOWN,
        map=county_map(board.parts),
        parts=[
            part_row(each, sum(each.place.pk in around for around in board.never)) for each in board.parts
        ],
        seen_at=at.isoformat(),
    )


@never_cache
@require_POST
@signed_in
def reviewed(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """What is new on the board has been looked at, as it stood when the page was made."""
    at = now()
    place = the_place(person, place_id, at, Thing.COUNTY_BOARD, PlaceKind.COUNTY)
    try:
        seen_at = datetime.fromisoformat(request.POST.get("seen_at", ""))
        mark_reviewed(by=person, place=place, seen_at=seen_at, at=at)
    except Refusal as refusal:
        say(request, sentence(refusal), "refused")
    except (ValueError, TypeError):
        say(request, _("没有记下：请回到看板，再按一次“记为已看过”。"), "refused")
    else:
        say(request, _("已记为看过；以后新增的另列。"), "good")
    return redirect("web:county", place.pk)


@never_cache
@require_GET
@gzip_page
@signed_in
def township(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """A township or central school: cases by village, what is late, notices to issue, silent schools."""
    at = now()
    place = the_place(
        person, place_id, at, Thing.TOWNSHIP_BOARD, PlaceKind.TOWNSHIP, PlaceKind.CENTRAL_SCHOOL
    )
    board = township_board(place, as_of=at)
    return page(
        request,
        person,
        "boards/township",
        at,
        board=board,
        place=place,
        no_school=no_school(board.morning.why_no_school) if board.morning.why_no_school else "",
        villages=[village_row(place, each) for each in board.villages],
        chart=villages_chart(place, board.villages),
        cases=sum(each.cases for each in board.villages),
        overdue=overdue_rows(place, board.overdue),
        overdue_total=sum(each.steps for each in board.overdue),
        holds=holds_chart(place, board.holds),
    )


@never_cache
@require_GET
@gzip_page
@signed_in
def principal(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """A school as its principal must see it: exceptions, then what waits for a signature."""
    at = now()
    place = the_place(person, place_id, at, Thing.SCHOOL_BOARD, PlaceKind.SCHOOL, PlaceKind.TEACHING_POINT)
    board = principal_board(place, as_of=at)
    why = board.morning.why_no_school
    return page(
        request,
        person,
        "boards/principal",
        at,
        board=board,
        place=place,
        no_school=no_school(why) if why else "",
        overdue=overdue_rows(place, board.overdue),
        overdue_total=sum(each.steps for each in board.overdue),
        holds=holds_chart(place, board.holds),
    )


@never_cache
@require_GET
@gzip_page
@signed_in
def season(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """大小节点: the term by week and grade, once for new dropouts and suspected ones, once for absences."""
    at = now()
    place = the_place(person, place_id, at, Thing.SCHOOL_BOARD)
    turned = turned_by_week(place, as_of=at)
    # A whole county's absences of a term take their time to count, so they come when asked for.
    weeks = len(turned.weeks) if "all" in request.GET else min(WEEKS_SHOWN, len(turned.weeks))
    return page(
        request,
        person,
        "boards/season",
        at,
        place=place,
        term=turned.term,
        more=len(turned.weeks) > weeks,
        heats=[
            heat(place, turned, "turned"),
            heat(place, absent_by_week(place, weeks, as_of=at), "absent"),
        ],
        chart=weeks_chart(place, turned),
    )
