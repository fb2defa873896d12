"""抽样回访: announced with its frozen list, drawn by a public number, drawn again by anybody, re-visited."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from notoneless.core.facts import CHINA_TIME
from notoneless.records.access import Thing, Verb
from notoneless.records.models import (
    ActRecord,
    Child,
    Person,
    SampleAnnounced,
    SampleDrawn,
    SampleVisited,
)
from notoneless.records.scopes import visible_children, visible_places
from notoneless.services.permissions import refusal
from notoneless.services.supervision.samples import (
    OF_WORDS,
    VISITS,
    announce_sample,
    draw_sample,
    recipe,
    record_revisit,
    result,
    samples_in,
)
from notoneless.web.form_key import given_key
from notoneless.web.form_page import FormPage, ask
from notoneless.web.honesty_forms import AnnounceForm, DrawForm, RevisitForm, in_words
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.place_here import the_place
from notoneless.web.signed_in import signed_in

SHOWN = 100


class Chosen(NamedTuple):
    """A line that was drawn: the child if the reader may see it, when, and what the re-visit found."""

    row: str
    child: Child | None
    when: str
    visited: SampleVisited | None


@never_cache
@require_GET
@signed_in
def samples(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """The samples of a place and below."""
    at = now()
    place = the_place(person, place_id, at, Thing.INSPECTION)
    found = [(each, in_words(OF_WORDS[each.of])) for each in samples_in(place)[:SHOWN]]
    may = refusal(person, Thing.INSPECTION, Verb.RECORD, place, at.date()) is None
    return page(request, person, "supervision/samples", at, place=place, samples=found, may_record=may)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def announce(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """公告抽样."""
    at = now()
    place = the_place(person, place_id, at, Thing.INSPECTION, verb=Verb.RECORD)
    form = AnnounceForm(request.POST or None, initial={"last": at.date(), "first": at.date().replace(day=1)})

    def act(given: dict[str, Any]) -> object:
        key = given_key(request)
        return announce_sample(by=person, place=place, at=at, key=key, **given)

    lead = _("名单在公告时定下来，以后补记的不在其中；抽哪几条，由公告以后才公布的号码决定，谁也不能挑。")
    back = reverse("web:samples", args=(place.pk,))
    shown = FormPage(_("公告抽样"), _("定下名单并公告"), _("已公告。"), back, place.name, lead)
    return ask(request, person, shown, form, act, at)


@never_cache
@require_GET
@signed_in
def sample(request: HttpRequest, person: Person, sample_id: UUID) -> HttpResponse:
    """One sample: the announcement, the recipe to draw it again, the lines and what was found."""
    at = now()
    row = _sample(person, sample_id, at, Verb.SEE)
    drawn = SampleDrawn.objects.filter(announced=row).select_related("by").first()
    told = recipe(row)
    return page(
        request,
        person,
        "supervision/sample",
        at,
        sample=row,
        of=in_words(OF_WORDS[row.of]),
        drawn=drawn,
        agrees=told.agrees if told else None,
        chosen=_chosen(person, row, drawn, at) if drawn else [],
        result=result(drawn) if drawn else None,
        may_record=refusal(person, Thing.INSPECTION, Verb.RECORD, row.place, at.date()) is None,
    )


@never_cache
@require_GET
@signed_in
def frame(request: HttpRequest, person: Person, sample_id: UUID) -> HttpResponse:
    """The frozen list as a text file, a line a row: numbers that name nobody to whoever may not see them."""
    row = _sample(person, sample_id, now(), Verb.SEE)
    answer = HttpResponse(row.frame, content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="sample-{row.frame_digest[:12]}.txt"'
    return answer


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def draw(request: HttpRequest, person: Person, sample_id: UUID) -> HttpResponse:
    """抽样."""
    at = now()
    row = _sample(person, sample_id, at, Verb.RECORD)
    form = DrawForm(request.POST or None)

    def act(given: dict[str, Any]) -> object:
        return draw_sample(by=person, announced=row, seed=given["seed"], at=at)

    lead = _("只能抽一次；号码写错就再也改不了，请对照公布的核对。")
    shown = FormPage(_("抽样"), _("用这个号码抽"), _("已抽出。"), *_back(row), lead)
    return ask(request, person, shown, form, act, at)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def revisit(request: HttpRequest, person: Person, sample_id: UUID, row: UUID) -> HttpResponse:
    """记回访结果."""
    at = now()
    announced = _sample(person, sample_id, at, Verb.RECORD)
    drawn = SampleDrawn.objects.filter(announced=announced).first()
    if drawn is None or str(row) not in drawn.chosen:
        raise Http404
    form = RevisitForm(request.POST or None)

    def act(given: dict[str, Any]) -> object:
        same = given["as_recorded"] == "yes"
        return record_revisit(
            by=person, sample=drawn, row=str(row), as_recorded=same, note=given["note"], at=at
        )

    lead = _("照看到的写；不符不等于有人作假，先写清楚哪里不符。")
    shown = FormPage(_("记回访结果"), _("记下"), _("已记下回访结果。"), *_back(announced), lead)
    return ask(request, person, shown, form, act, at)


def _sample(person: Person, number: UUID, at: datetime, verb: Verb) -> SampleAnnounced:
    places = visible_places(person, at.date(), Thing.INSPECTION, verb)
    row = SampleAnnounced.objects.filter(place__in=places, pk=number).select_related("place", "by").first()
    if row is None:
        raise Http404
    return row


def _chosen(person: Person, row: SampleAnnounced, drawn: SampleDrawn, at: datetime) -> list[Chosen]:
    acts = ActRecord.objects.filter(pk__in=drawn.chosen) if row.of == VISITS else ActRecord.objects.none()
    by_id: Mapping[str, ActRecord] = {str(act.pk): act for act in acts}
    children = {line: str(by_id[line].child_id) if line in by_id else line for line in drawn.chosen}
    rows = visible_children(person, at.date()).filter(pk__in=set(children.values()))
    seen = {str(child.pk): child for child in rows}
    visited = {each.row: each for each in drawn.visited.select_related("by")}
    return [
        Chosen(line, seen.get(children[line]), _when(by_id.get(line)), visited.get(line))
        for line in drawn.chosen
    ]


def _when(act: ActRecord | None) -> str:
    return f"{act.happened_at.astimezone(CHINA_TIME):%Y-%m-%d %H:%M}" if act else ""


def _back(row: SampleAnnounced) -> tuple[str, str]:
    return reverse("web:sample", args=(row.pk,)), _("抽样回访")
