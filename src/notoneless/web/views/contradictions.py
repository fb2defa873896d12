"""数据核对: what contradicts in one's places, and one of them with its rows, its fix and its answer."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET, require_http_methods

from notoneless.core.report_terms import FindingAnswer
from notoneless.records.access import Thing, Verb
from notoneless.records.models import Contradiction, Person
from notoneless.records.scopes import visible_contradictions, visible_places
from notoneless.services.contradictions import CHECKS, answer, may_answer
from notoneless.services.permissions import posts_in
from notoneless.web.codes import term
from notoneless.web.contradiction_forms import AnswerForm
from notoneless.web.form_key import given_key
from notoneless.web.form_page import FormPage, ask
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.place_here import the_place
from notoneless.web.read.contradictions import (
    answers_of,
    cells,
    fields_anywhere,
    grouped,
    may_know,
    open_ones,
    told,
    where_mended,
)
from notoneless.web.read.key_groups import fields_at
from notoneless.web.signed_in import signed_in


@never_cache
@require_GET
@signed_in
def contradictions(request: HttpRequest, person: Person) -> HttpResponse:
    """Those of the person's own place, or of the person's classes."""
    at = now()
    widest = visible_places(person, at.date(), Thing.CONTRADICTION).order_by("path").first()
    if widest is not None:
        return redirect("web:contradictions_at", widest.pk)
    rows = open_ones(visible_contradictions(person, at.date()), fields_anywhere(person, at.date()))
    groups = grouped(rows, at.date())
    return page(
        request,
        person,
        "contradictions/list",
        at,
        groups=groups,
        place=None,
        checks=len(CHECKS),
        total=_total(groups),
    )


@never_cache
@require_GET
@gzip_page
@signed_in
def contradictions_at(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """All open ones at and below a place, by check; `?check=` shows every line of one."""
    at = now()
    place = the_place(person, place_id, at, Thing.CONTRADICTION)
    inside = visible_contradictions(person, at.date()).filter(place__path__startswith=place.path or "/")
    rows = open_ones(inside, fields_at(person, place, at.date()))
    if (only := request.GET.get("check")) in CHECKS:
        every = [told(row, at.date()) for row in rows.filter(check_id=only)]
        return page(
            request, person, "contradictions/of_check", at, place=place, told=every, check=CHECKS[only]
        )
    groups = grouped(rows, at.date())
    return page(
        request,
        person,
        "contradictions/list",
        at,
        groups=groups,
        place=place,
        checks=len(CHECKS),
        total=_total(groups),
        may_import=bool(posts_in(person, Thing.CONTRADICTION, Verb.IMPORT, place, at.date())),
    )


def _total(groups: list[Any]) -> int:
    return sum(group.all for group in groups)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def contradiction(request: HttpRequest, person: Person, contradiction_id: int) -> HttpResponse:
    """The rows side by side, why they cannot be, whose it is, how it is mended, and the answer."""
    at = now()
    row = _row(person, contradiction_id, at)
    one = told(row, at.date())
    form = AnswerForm(request.POST or None)

    def act(given: dict[str, Any]) -> object:
        chosen = term(FindingAnswer, given["answer"])
        key = given_key(request)
        return answer(by=person, contradiction=row, answer=chosen, note=given["note"], at=at, key=key)

    shown = FormPage(
        one.title,
        _("提交答复"),
        _("已答复。"),
        reverse("web:contradictions"),
        _("数据核对"),
        template="contradictions/one",
    )
    return ask(
        request,
        person,
        shown,
        form,
        act,
        at,
        may_answer(person, row, at),
        one=one,
        cells=cells(person, row, at.date()),
        mended=where_mended(row),
        answers=answers_of(row),
    )


def _row(person: Person, contradiction_id: int, at: Any) -> Contradiction:
    rows = visible_contradictions(person, at.date()).select_related(
        "place", "class_group", "owed_at", "child__case"
    )
    row = rows.filter(pk=contradiction_id, check_id__in=CHECKS).first()
    if row is None or not may_know(person, row, at.date()):
        raise Http404
    return row
