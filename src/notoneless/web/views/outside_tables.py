"""外来表: a table from another office uploaded, its columns settled, compared cell by cell."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from notoneless.core.figure_terms import Tally
from notoneless.exchange.outside_tables import CALLED, Found
from notoneless.exchange.problems import Unreadable
from notoneless.records.access import Thing, Verb
from notoneless.records.models import Contradiction, Person, Place
from notoneless.services.contradictions import CHECKS
from notoneless.services.contradictions.outside import COMPARED, look_at, tables_of, take_table
from notoneless.services.refusals import Refusal
from notoneless.web.contradiction_forms import OutsideTableForm
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.place_here import the_place
from notoneless.web.read.contradictions import told
from notoneless.web.refused import sentence
from notoneless.web.said import say
from notoneless.web.signed_in import signed_in
from notoneless.web.uploads import keep_upload, kept_upload

SALT = "notoneless.web.outside_tables"
SHOWN = 100  # differences on the page


class Shown(NamedTuple):
    """One table of the file on the preview: its columns each with a choice, and what was not recognised."""

    name: str
    places: int
    columns: list[tuple[str, str, str]]  # the field's name, the heading, the code it is taken for
    unknown: list[str]


@never_cache
@require_http_methods(["GET", "POST"])
@signed_in
def outside_tables(request: HttpRequest, person: Person, place_id: int) -> HttpResponse:
    """The tables so far and where they differ; the form; with a file its columns; then the comparison."""
    at = now()
    place = _place(person, place_id, at)
    if request.POST.get("token"):
        return _compare(request, person, place, at)
    form = OutsideTableForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data["file"]
        token = keep_upload(given, person, place, False, at)
        return _columns(request, person, place, at, token, form.kept())
    return _page(request, person, place, at, form=form)


def _columns(
    request: HttpRequest, person: Person, place: Place, at: datetime, token: str, about: dict[str, Any]
) -> HttpResponse:
    kept = kept_upload(token, person, place)
    assert kept is not None  # kept a moment ago
    try:
        found = look_at(kept.path, place, file=kept.file)
    except Unreadable as unreadable:
        kept.path.unlink()
        problems = [problem.sentence() for problem in unreadable.problems]
        return _page(request, person, place, at, form=OutsideTableForm(), problems=problems, status=422)
    if not found:
        kept.path.unlink()
        nothing = _("没有在表里认出本地单位和统计项；行首请写学校或乡镇全称，表头写“在校”“疑似辍学”等。")
        return _page(request, person, place, at, form=OutsideTableForm(), problem=nothing, status=422)
    return page(
        request,
        person,
        "contradictions/columns",
        at,
        place=place,
        token=token,
        about=signing.dumps(about, salt=SALT),
        file=kept.file,
        tables=[_shown(number, each) for number, each in enumerate(found)],
        tallies=_tallies(),
    )


def _shown(number: int, found: Found) -> Shown:
    columns = [
        (f"column-{number}-{c.at}", c.heading, c.tally.value if c.tally else "") for c in found.columns
    ]
    return Shown(found.sheet.name, len(found.rows), columns, list(found.unknown[:10]))


def _tallies() -> list[tuple[str, str]]:
    language = get_language() or "zh"
    return [(tally.value, tally.label(language)) for tally in CALLED]


def _compare(request: HttpRequest, person: Person, place: Place, at: datetime) -> HttpResponse:
    kept = kept_upload(request.POST["token"], person, place)
    if kept is None:
        gone = _("这份表已经核对过或已过期；请重新上传。")
        return _page(request, person, place, at, form=OutsideTableForm(), problem=gone, status=422)
    try:
        about = signing.loads(request.POST.get("about", ""), salt=SALT)
        table = take_table(
            by=person,
            place=place,
            path=kept.path,
            file=kept.file,
            office=about["office"],
            day=date.fromisoformat(about["day"]),
            at=at,
            chosen=dict(_chosen(request)),
            key=kept.path.name,
        )
    except (Refusal, signing.BadSignature) as no:
        problem = sentence(no) if isinstance(no, Refusal) else _("请重新上传。")
        return _page(request, person, place, at, form=OutsideTableForm(), problem=problem, status=422)
    kept.path.unlink()
    say(request, _("已核对 %(n)s 个数字。") % {"n": len(table.cells)}, "good")
    return redirect("web:outside_tables", place.pk)


def _chosen(request: HttpRequest) -> Iterator[tuple[tuple[int, int], Tally | None]]:
    for name, value in request.POST.items():
        parts = name.split("-")
        if parts[0] == "column" and len(parts) == 3 and parts[1].isdigit() and parts[2].isdigit():
            known = Tally.__members__.get(str(value))
            yield (int(parts[1]), int(parts[2])), known


def _page(
    request: HttpRequest,
    person: Person,
    place: Place,
    at: datetime,
    *,
    form: OutsideTableForm,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    wrong = Contradiction.objects.filter(
        check_id__in=COMPARED, closed_at=None, place__path__startswith=place.path or "/"
    ).select_related("place", "class_group", "child", "owed_at")
    status = 422 if form.is_bound and not form.is_valid() else status
    return page(
        request,
        person,
        "contradictions/outside",
        at,
        status=status,
        place=place,
        form=form,
        tables=tables_of(place)[:SHOWN],
        told=[told(row, at.date()) for row in wrong[:SHOWN] if row.check_id in CHECKS],
        **context,
    )


def _place(person: Person, place_id: int, at: datetime) -> Place:
    return the_place(person, place_id, at, Thing.CONTRADICTION, verb=Verb.IMPORT)
