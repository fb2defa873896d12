"""The list behind a number, and what lies between a figure as reported then and as known now."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET

from notoneless.core.facts import CHINA_TIME
from notoneless.core.figure_terms import Figure, Tally
from notoneless.records.models import Child, ClassGroup, Person, Place
from notoneless.records.scopes import visible_children
from notoneless.services.counting import Asked
from notoneless.services.figures import asked_on, rules_at
from notoneless.services.figures_known import ListChange, MovedBy, then_and_now
from notoneless.services.figures_shown import Listed, listed, may_list
from notoneless.services.on_roll import Standing, standings
from notoneless.services.paper_authority import fields_at
from notoneless.web.codes import term
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.read.figures import row_of
from notoneless.web.read.lists import PAGE, Part
from notoneless.web.signed_in import signed_in
from notoneless.web.views.figures import figures_place

SHOWN = 100  # children of one list that differ; more are counted
FIRST_DAY = date(1986, 7, 1)  # since compulsory schooling is law


class ListAsked(NamedTuple):
    """What an address asks for: one list, those of others left out, of some grades or one class."""

    asked: Asked
    tally: Tally
    without: tuple[Tally, ...]
    grades: tuple[int, ...]
    class_group: ClassGroup | None
    number: int  # of the page


class ChildRow(NamedTuple):
    """A child, and where it stands today."""

    child: Child
    standing: Standing


@never_cache
@require_GET
@gzip_page
@signed_in
def figure_list(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """The children behind one number; of those, the ones whom the reader may open."""
    at = now()
    place = figures_place(person, place_id, at)
    try:
        wanted = _list_asked(request.GET, place, at)
    except ValueError:
        raise Http404 from None
    if not all(
        may_list(each, fields_at(person, place, at.date())) for each in (wanted.tally, *wanted.without)
    ):
        raise Http404
    found = _listed(person, wanted, at)
    part = _part(found, wanted.number, at)
    return page(
        request,
        person,
        "figures/list",
        at,
        place=place,
        wanted=wanted,
        part=part,
        total=found.total,
        visible=part.total,
        query=_query(request.GET),
    )


@never_cache
@require_GET
@gzip_page
@signed_in
def figure_known(request: HttpRequest, person: Person, place_id: int, figure: str) -> HttpResponse:
    """当时上报 / 现在所知: the same day by what was known at two moments, child by child."""
    at = now()
    place = figures_place(person, place_id, at)
    fields = fields_at(person, place, at.date())
    try:
        which = term(Figure, figure)
        on = _day(request.GET.get("on", at.date().isoformat()), at)
        then = _moment(request.GET.get("known", at.isoformat()), at)
    except ValueError:
        raise Http404 from None
    rules = rules_at(place, on)
    found = then_and_now(which, asked_on(place, on, then), at, rules)
    lists = (*found.above, *found.below)
    if not all(may_list(each.tally, fields) for each in lists):
        raise Http404
    names = _names(person, lists, at)
    return page(
        request,
        person,
        "figures/known",
        at,
        place=place,
        figure=which,
        on=on,
        then_at=then,
        then=row_of(found.then, fields),
        today=row_of(found.now, fields),
        lists=[_change(each, names) for each in lists],
        moved=found.moved,
    )


def _list_asked(given: QueryDict, place: Place, at: datetime) -> ListAsked:
    """What an address gives, read. Raises ValueError for what makes no sense, or lies ahead."""
    last = _day(given.get("last", at.date().isoformat()), at)
    first = _day(given.get("first", asked_on(place, last, at).first.isoformat()), at)
    known = _moment(given.get("known", at.isoformat()), at)
    number = int(given.get("page", "1"))
    if first > last or number < 1:
        raise ValueError(first)
    return ListAsked(
        Asked(place, first, last, known),
        term(Tally, given.get("tally", Tally.CLOSING.value)),
        tuple(term(Tally, code) for code in given.getlist("without")),
        tuple(int(grade) for grade in given.getlist("grade")),
        _class(given.get("class", ""), place),
        number,
    )


def _class(number: str, place: Place) -> ClassGroup | None:
    if not number:
        return None
    group = ClassGroup.objects.filter(pk=int(number), school__path__startswith=place.path or "/").first()
    if group is None:
        raise ValueError(number)
    return group


def _day(text: str, at: datetime) -> date:
    day = date.fromisoformat(text)
    if not FIRST_DAY <= day <= at.date():
        raise ValueError(text)
    return day


def _moment(text: str, at: datetime) -> datetime:
    """A moment, in China time where it does not say; one that lies ahead makes no sense."""
    moment = datetime.fromisoformat(text)
    moment = moment.replace(tzinfo=CHINA_TIME) if moment.tzinfo is None else moment.astimezone(CHINA_TIME)
    if moment > at + timedelta(seconds=1):
        raise ValueError(text)
    return moment


def _listed(person: Person, wanted: ListAsked, at: datetime) -> Listed:
    return listed(
        person,
        wanted.asked,
        wanted.tally,
        at.date(),
        without=wanted.without,
        grades=wanted.grades,
        class_group=wanted.class_group.pk if wanted.class_group else None,
    )


def _part(found: Listed, number: int, at: datetime) -> Part[ChildRow]:
    first = (number - 1) * PAGE
    visible = found.visible.count()
    children = list(found.visible[first : first + PAGE])
    if not children and number > 1:
        raise Http404
    where = standings([each.pk for each in children], at.date())
    return Part([ChildRow(each, where[each.pk]) for each in children], visible, number)


def _names(person: Person, lists: tuple[ListChange, ...], at: datetime) -> dict[UUID, str]:
    """The names of those children that the reader may see."""
    wanted = {moved.child for each in lists for moved in each.moved[:SHOWN]}
    rows = visible_children(person, at.date()).filter(pk__in=wanted)
    return dict(rows.values_list("pk", "name"))


def _change(change: ListChange, names: dict[UUID, str]) -> dict[str, Any]:
    """One list with the children in between; of those whom the reader may not open, how many."""
    seen = [each for each in change.moved[:SHOWN] if each.child in names]
    others = [each for each in change.moved if each not in seen]
    return {
        "change": change,
        "minus": change.sign < 0,
        "moved": [_moved(each, names) for each in seen],
        "other_came": sum(each.sign > 0 for each in others),
        "other_went": sum(each.sign < 0 for each in others),
    }


def _moved(each: MovedBy, names: dict[UUID, str]) -> dict[str, Any]:
    return {"child": each.child, "name": names[each.child], "sign": each.sign, "events": each.events}


def _query(asked: QueryDict) -> str:
    kept = asked.copy()
    kept.pop("page", None)
    return f"{kept.urlencode()}&" if kept else ""
