"""名册导入: a file looked at, told apart row by row, and taken in; a county's school by school."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from time import monotonic
from typing import Any, NamedTuple

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from notoneless.exchange.problems import Problem, Unreadable
from notoneless.records.access import Thing, Verb
from notoneless.records.models import Person, Place
from notoneless.records.scopes import whole_place_for
from notoneless.services import imports
from notoneless.services.refusals import Refusal
from notoneless.services.roster_diff import BACK, CHANGED, ELSEWHERE, GONE, KNOWN, MOVED, NEW, OUT
from notoneless.services.roster_import import RosterPreview
from notoneless.web.enrolment_forms import RosterForm
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.place_here import the_place
from notoneless.web.refused import sentence
from notoneless.web.said import say
from notoneless.web.signed_in import signed_in
from notoneless.web.uploads import keep_upload, kept_upload

SHOWN = 100  # lines of one kind on the preview
SECONDS = 8.0  # of importing in one request; the page then goes on by itself


class Enough(Exception):
    """This request has worked long enough; the schools so far are in."""

    def __init__(self, done: int, of: int) -> None:
        super().__init__(f"{done}/{of}")
        self.done, self.of = done, of


class Lines(NamedTuple):
    """What one kind of row will do: its title, the first rows, and how many there are."""

    id: str
    title: str
    rows: list[tuple[str, str, str]]  # name, class, what else
    total: int


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def roster(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """The form; with a file its preview; with the preview's token the import."""
    at = now()
    place = _place(person, place_id, at)
    if request.POST.get("token"):
        return _commit(request, person, place, at)
    form = RosterForm(request.POST or None, request.FILES or None)
    if request.method == "GET" or not form.is_valid():
        return _page(request, person, place, at, form=form)
    given: UploadedFile[bytes] = form.cleaned_data["file"]
    token = keep_upload(given, person, place, form.cleaned_data["whole"], at)
    return _preview(request, person, place, at, token)


def _preview(request: HttpRequest, person: Person, place: Place, at: datetime, token: str) -> HttpResponse:
    kept = kept_upload(token, person, place)
    assert kept is not None  # kept a moment ago
    try:
        found = imports.preview_roster(kept.path, place, at, file=kept.file, whole=kept.whole)
    except Unreadable as unreadable:
        imports.forget_read(kept.path)
        return _page(request, person, place, at, form=RosterForm(), problems=_told(unreadable.problems))
    errors = [problem for problem in found.problems if problem.severity == "ERROR"]
    context: dict[str, Any] = {
        "preview": found,
        "counts": _counts(found),
        "lines": list(_lines(found)),
        "problems": _told(errors),
        "warnings": _told(p for p in found.problems if p.severity != "ERROR"),
        "errors": len(errors),
        "token": token if found.usable else "",
    }
    if found.usable:
        imports.keep_preview(found, kept.path)
    else:
        imports.forget_read(kept.path)
    return _page(request, person, place, at, form=None if found.usable else RosterForm(), **context)


def _commit(request: HttpRequest, person: Person, place: Place, at: datetime) -> HttpResponse:
    token = request.POST["token"]
    kept = kept_upload(token, person, place)
    if kept is None:
        gone = _("这份名册已经导入或已过期；请重新上传。")
        return _page(request, person, place, at, form=RosterForm(), problem=gone, status=422)
    began = monotonic()

    def stop(done: int, of: int) -> None:
        if monotonic() - began > SECONDS:
            raise Enough(done, of)

    try:
        found = imports.read_to_commit(kept.path, place, at, file=kept.file, whole=kept.whole)
        told = imports.commit_roster(by=person, preview=found, at=at, progress=stop)
    except Enough as enough:
        return page(request, person, "enrolment/importing", at, place=place, token=token, enough=enough)
    except Refusal as refusal:
        imports.forget_read(kept.path)
        problem = sentence(refusal)
        return _page(request, person, place, at, form=RosterForm(), problem=problem, status=422)
    imports.forget_read(kept.path)
    say(request, _("名册已导入：新增 %(new)s 人，调班 %(moved)s 人，待说明去向 %(gone)s 人。") % told, "good")
    return redirect(
        reverse("web:enrolment", args=(place.pk,)) if _may_check(person, place, at) else "web:today"
    )


def _page(
    request: HttpRequest,
    person: Person,
    place: Place,
    at: datetime,
    *,
    form: RosterForm | None,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    status = 422 if form is not None and form.is_bound and not form.is_valid() else status
    return page(request, person, "enrolment/roster", at, status=status, place=place, form=form, **context)


def _place(person: Person, place_id: int, at: datetime) -> Place:
    return the_place(person, place_id, at, Thing.ROSTER, verb=Verb.IMPORT)


def _may_check(person: Person, place: Place, at: datetime) -> bool:
    try:
        return whole_place_for(person, place.pk, at.date(), Thing.ENROLMENT) == place
    except Place.DoesNotExist:
        return False


def _told(problems: Iterable[Problem]) -> list[str]:
    return [problem.sentence() for problem in list(problems)[:SHOWN]]


def _counts(found: RosterPreview) -> list[tuple[str, int]]:
    return [(title, found.count(what)) for what, title in _titles().items()]


def _titles() -> dict[str, str]:
    return {
        NEW: _("新增"),
        KNOWN: _("没有变化"),
        MOVED: _("调班"),
        CHANGED: _("信息有变"),
        BACK: _("回到班里"),
        OUT: _("休学或送教，不编班"),
        ELSEWHERE: _("在别的学校，要办转入"),
        GONE: _("名册上没有了"),
    }


def _lines(found: RosterPreview) -> Iterable[Lines]:
    """The rows that change something, kind by kind."""
    titles = _titles()
    for what in (ELSEWHERE, NEW, MOVED, BACK, OUT):
        rows = [row for row in found.rows if row.what == what]
        said = [(row.pupil.name, row.pupil.class_name, row.held_by) for row in rows[:SHOWN]]
        if rows:
            yield Lines(what.lower(), titles[what], said, len(rows))
    changed = [row for row in found.rows if row.changed]
    if changed:
        said = [
            (row.pupil.name, row.pupil.class_name, _("、").join(map(_, row.changed)))
            for row in changed[:SHOWN]
        ]
        yield Lines("changed", titles[CHANGED], said, len(changed))
    if found.gone:
        said = [(each.name, each.class_name, "") for each in found.gone[:SHOWN]]
        yield Lines("gone", titles[GONE], said, len(found.gone))
