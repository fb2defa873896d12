"""应入学未入学: those known, one more by hand, or a whole list beside the children we have."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET, require_http_methods

from notoneless.core.terms import PlaceKind
from notoneless.exchange.problems import Unreadable
from notoneless.exchange.rosters import Roster, read_roster
from notoneless.records.access import Verb
from notoneless.records.models import Person, Place
from notoneless.services.case_never_enrolled import find_never_enrolled
from notoneless.services.doubles import Double, doubles_of
from notoneless.services.never_enrolled_list import OFFERED, compare_list, state_from_list
from notoneless.services.refusals import Refusal
from notoneless.services.reviewing import last_review
from notoneless.web.entering_forms import ListForm, NeverEnrolledForm
from notoneless.web.form_key import given_key
from notoneless.web.form_page import FormPage, ask
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.read.never_enrolled import listed, may_open, schools_around, villages_around
from notoneless.web.refused import sentence
from notoneless.web.said import say
from notoneless.web.signed_in import signed_in
from notoneless.web.uploads import Upload, keep_upload, kept_upload

SHOWN = 300  # rows of a list that are offered at once


@never_cache
@require_GET
@gzip_page
@signed_in
def never_enrolled(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """The children of a place who were never enrolled, with who answers for each."""
    at = now()
    place = _place(person, place_id, at, Verb.SEE)
    may_record = may_open(person, place, at.date(), Verb.RECORD)
    review = last_review(place) if "new" in request.GET else None
    rows = listed(person, place, at, review.seen_at if review else None)
    return page(request, person, "entering/never_enrolled", at, place=place, rows=rows, may_record=may_record)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def find(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """登记一名: a name and the school that is to take the child in are enough."""
    at = now()
    place = _place(person, place_id, at, Verb.RECORD)
    schools, villages = schools_around(place), villages_around(place)
    form = NeverEnrolledForm(
        request.POST or None, initial=_initial(place, schools, at), schools=schools, villages=villages
    )
    found: list[Double] = []

    def act(given: dict[str, Any]) -> object:
        found.extend(doubles_of(person, form.known(), at.date()))
        return find_never_enrolled(
            by=person,
            known=form.known(),
            school=_of(schools, given["school"]),
            village=_village(place, villages, given["village"]),
            found_at=given["found_at"],
            note=given["note"][:300],
            at=at,
            anyway="anyway" in request.POST,
            key=given_key(request),
        )

    lead = _("年满六周岁、从来没有上过学的孩子。上过学又不来的，在学生页按缺课和辍学办理。")
    title = _("登记应入学未入学的孩子")
    shown = FormPage(title, _("登记"), _("已登记，已立案。"), _back(place), place.name, lead, "entering/form")
    return ask(request, person, shown, form, act, at, doubles=found)


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def from_list(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """从名单核对: the form; with a file its rows beside what we have; with its token the chosen rows."""
    at = now()
    place = _place(person, place_id, at, Verb.RECORD)
    schools, villages = schools_around(place), villages_around(place)
    initial = _initial(place, schools, at)
    if request.POST.get("token"):
        return _state(request, person, place, at)
    form = ListForm(
        request.POST or None, request.FILES or None, initial=initial, schools=schools, villages=villages
    )
    if request.method == "GET" or not form.is_valid():
        return _page(request, person, place, at, form=form)
    given: UploadedFile[bytes] = form.cleaned_data["file"]
    token = keep_upload(given, person, place, False, at)
    kept = kept_upload(token, person, place)
    assert kept is not None  # kept a moment ago
    chosen = {name: form.cleaned_data[name] for name in ("school", "village")}
    return _compared(request, person, place, at, kept, token=token, **chosen)


def _compared(
    request: HttpRequest, person: Person, place: Place, at: datetime, kept: Upload, **context: Any
) -> HttpResponse:
    try:
        roster = _roster(kept)
    except Unreadable as unreadable:
        kept.path.unlink()
        problems = [problem.sentence() for problem in unreadable.problems[:SHOWN]]
        return _page(request, person, place, at, form=_empty(place, at), problems=problems)
    rows = compare_list(person, roster, at.date())
    context.setdefault("problems", [problem.sentence() for problem in roster.problems[:SHOWN]])
    offered = [row for row in rows if row.what in OFFERED]
    counts = {what: sum(row.what == what for row in rows) for what in {row.what for row in rows}}
    unfit = [row for row in rows if row.what == "UNFIT"]
    told: dict[str, Any] = {
        "offered": offered[:SHOWN],
        "more": len(offered) - SHOWN,
        "counts": counts,
        "unfit": unfit[:SHOWN],
    }
    return _page(request, person, place, at, form=None, rows=rows, **told, **context)


def _state(request: HttpRequest, person: Person, place: Place, at: datetime) -> HttpResponse:
    kept = kept_upload(request.POST["token"], person, place)
    if kept is None:
        gone = _("这份名单已经登记或已过期；请重新上传。")
        return _page(request, person, place, at, form=_empty(place, at), problem=gone, status=422)
    chosen = {int(each) for each in request.POST.getlist("row") if each.isdecimal()}
    about = {name: request.POST.get(name, "") for name in ("school", "village")}
    schools, villages = schools_around(place), villages_around(place)
    try:
        stated = state_from_list(
            by=person,
            rows=compare_list(person, _roster(kept), at.date()),
            chosen=chosen,
            school=_of(schools, about["school"]),
            village=_village(place, villages, about["village"]),
            at=at,
            key=kept.path.name,
        )
    except Refusal as refusal:
        more = {"problem": sentence(refusal), "token": request.POST["token"], "status": 422, **about}
        return _compared(request, person, place, at, kept, **more)
    kept.path.unlink()
    say(request, _("已登记 %(n)s 名应入学未入学的孩子。") % {"n": stated}, "good")
    return redirect(_back(place))


def _roster(kept: Upload) -> Roster:
    """The list as a roster without classes, numbers that cannot be left out. Raises Unreadable."""
    roster = read_roster(kept.path, file=kept.file)
    if not roster.pupils:
        raise Unreadable(roster.problems)
    return roster


def _page(
    request: HttpRequest,
    person: Person,
    place: Place,
    at: datetime,
    *,
    form: ListForm | None,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    status = 422 if form is not None and form.is_bound and not form.is_valid() else status
    return page(request, person, "entering/from_list", at, status=status, place=place, form=form, **context)


def _empty(place: Place, at: datetime) -> ListForm:
    schools = schools_around(place)
    return ListForm(initial=_initial(place, schools, at), schools=schools, villages=villages_around(place))


def _initial(place: Place, schools: list[Place], at: datetime) -> dict[str, Any]:
    return {
        "found_at": at.replace(tzinfo=None),
        "school": schools[0].pk if len(schools) == 1 else "",
        "village": place.pk if place.kind == PlaceKind.VILLAGE else "",
    }


def _of(schools: list[Place], number: str) -> Place:
    """The chosen school; one that is not among them is none."""
    found = next((each for each in schools if str(each.pk) == str(number)), None)
    if found is None:
        raise Refusal("NO_SCHOOL", "请选应当接收这名孩子的学校。", "Choose the school that is to take it in.")
    return found


def _village(place: Place, villages: Any, number: str) -> Place | None:
    """The chosen village; whoever writes for a village writes of those who live there."""
    if place.kind == PlaceKind.VILLAGE:
        return place
    found: Place | None = villages.filter(pk=number or 0).first()
    return found


def _back(place: Place) -> str:
    return reverse("web:never_enrolled", args=(place.pk,))


def _place(person: Person, place_id: int, at: datetime, verb: Verb) -> Place:
    place = Place.objects.filter(pk=place_id).first()
    if place is None or not may_open(person, place, at.date(), verb):
        raise Http404
    return place
