"""今日看板: a school's morning at a glance; it hangs on a wall and refreshes itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET

from notoneless.records.models import Person, Place
from notoneless.records.scopes import visible_schools
from notoneless.web.figures import link
from notoneless.web.moment import now
from notoneless.web.page import page
from notoneless.web.read.boards import Away, Board, morning_board
from notoneless.web.read.duties import with_holders
from notoneless.web.signed_in import signed_in
from notoneless.web.views.today import no_school


@never_cache
@require_GET
@gzip_page
@signed_in
def board(request: HttpRequest, person: Person, school_id: int | None = None) -> HttpResponse:
    """The board of the person's school; those above several schools choose one first."""
    at = now()
    schools = visible_schools(person, at.date()).order_by("path")
    if school_id is None:
        several = list(schools[:200])
        if len(several) != 1:
            return page(request, person, "schools", at, schools=several)
        return _board(request, person, several[0], at)
    school = schools.filter(pk=school_id).first()
    if school is None:
        raise Http404
    return _board(request, person, school, at)


def _board(request: HttpRequest, person: Person, school: Place, at: datetime) -> HttpResponse:
    found = morning_board(school, as_of=at)
    groups = _groups(found.away)
    why = no_school(found.why_no_school) if found.why_no_school else ""
    return page(
        request,
        person,
        "board",
        at,
        board=found,
        school=school,
        groups=groups,
        clocks=found.clocks,
        routine=with_holders(found.routine, at),
        figures=_figures(found, groups),
        no_school=why,
    )


def _groups(away: tuple[Away, ...]) -> list[dict[str, Any]]:
    """Those away on their first, second, and third or later day."""
    names = (_("第 1 天未到"), _("第 2 天未到"), _("第 3 天及以上"))
    return [
        {"number": n, "name": name, "rows": [each for each in away if min(each.spell.min_days, 3) == n]}
        for n, name in enumerate(names, start=1)
    ]


def _figures(found: Board, groups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    overdue, routine = found.counts.clocks_late, found.counts.routine_late
    late = "list_overdue", found.school
    counts = [(_("还没有点名的班"), len(found.not_called), "#not-called", "")]
    counts += [(g["name"], len(g["rows"]), f"#absent-{g['number']}", "") for g in groups]
    counts.append((_("逾期"), overdue, link(*late, about="children"), "overdue" if overdue else ""))
    counts.append((_("例行工作逾期"), routine, link(*late, about="dates"), "overdue" if routine else ""))
    return [{"name": name, "count": count, "url": url, "tone": tone} for name, count, url, tone in counts]
