"""How the boards' figures look: each with its words, the list it opens, its chart and the table beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from notoneless.core.hold import Held
from notoneless.core.terms import PlaceKind, Stage, Term
from notoneless.records.models import Place
from notoneless.web import charts, maps
from notoneless.web.map_file import MapFileError, read_map
from notoneless.web.read.boards_county import OverdueBy, Part
from notoneless.web.read.boards_township import Village
from notoneless.web.read.key_groups import Coverage
from notoneless.web.read.rows import GRAVE_STAGES, OPEN_STAGES
from notoneless.web.read.seasons import Season, shade
from notoneless.web.words import term_words


def link(name: str, place: Place | int, **query: object) -> str:
    """The address of a list of a place."""
    url = reverse(f"web:{name}", args=(place if isinstance(place, int) else place.pk,))
    return f"{url}?{urlencode(query)}" if query else url


def said(term: Term) -> str:
    """A code's label in the reader's language."""
    return term.label(get_language() or "zh")


def children(count: int) -> str:
    """12 人."""
    return _("%(n)s 人") % {"n": count}


NEVER = Stage.NEVER_ENROLLED


def of_stage(place: Place, stage: Stage, **query: object) -> str:
    """The list of a stage; of children never enrolled, who are in no class, their own."""
    if stage is NEVER:
        return link("never_enrolled", place, **query)
    return link("list_cases", place, stage=stage.value, **query)


def stage_figures(
    place: Place, counts: Counter[Stage], never: int, *, new: bool = False
) -> list[dict[str, Any]]:
    """Suspected and out of school, each with its list."""
    return [
        {
            "name": said(stage),
            "count": never if stage is NEVER else counts[stage],
            "url": of_stage(place, stage, **({"new": 1} if new else {})),
        }
        for stage in GRAVE_STAGES
    ]


def overdue_rows(place: Place, rows: Iterable[OverdueBy]) -> list[dict[str, Any]]:
    return [
        {
            "name": said(each.post),
            "count": each.steps,
            "since": each.since,
            "url": link("list_overdue", place, who=each.post.value),
        }
        for each in rows
    ]


def _chart(drawn: SafeString, title: str, rows: Iterable[charts.Bar], what: str) -> dict[str, Any]:
    """A chart and the same figures as a table."""
    return {"svg": drawn, "title": title, "rows": list(rows), "what": what}


def stock_chart(place: Place, stock: Counter[Stage], never: int) -> dict[str, Any]:
    title = _("在办个案")
    counts = {**stock, NEVER: never}
    rows = tuple(
        charts.Bar(
            said(stage),
            counts.get(stage, 0),
            children(counts.get(stage, 0)),
            of_stage(place, stage),
            "grave" if stage in GRAVE_STAGES else "",
        )
        for stage in OPEN_STAGES
    )
    return _chart(charts.bars(title, rows), title, rows, _("阶段"))


def holds_chart(place: Place, holds: Iterable[Held[Any]]) -> dict[str, Any]:
    title = _("返校后留住")
    rows = tuple(
        charts.Bar(
            _("%(n)s 个上课日") % {"n": each.span},
            len(each.held) / len(each.returns) if each.returns else 0.0,
            f"{len(each.held)}/{len(each.returns)}" if each.returns else "—",
            link("list_returns", place, span=each.span) if each.returns else "",
            "good",
        )
        for each in holds
    )
    return _chart(charts.bars(title, rows, 1), title, rows, _("满多少天"))


def villages_chart(place: Place, villages: Iterable[Village]) -> dict[str, Any]:
    title = _("各村在办个案")
    rows = tuple(
        charts.Bar(_village_name(each), each.cases, children(each.cases), _village_url(place, each))
        for each in villages
    )
    return _chart(charts.bars(title, rows), title, rows, _("村"))


def weeks_chart(place: Place, found: Season) -> dict[str, Any]:
    title = _("每周新增疑似辍学和辍学")
    shown = tuple(reversed(found.weeks[:10]))
    rows = tuple(
        charts.Bar(
            str(number),
            found.total(monday),
            str(found.total(monday)),
            link("list_cases", place, week=monday.isoformat()),
        )
        for number, monday, _cells in shown
    )
    return _chart(charts.columns(title, rows), title, rows, _("周"))


def _village_name(village: Village) -> str:
    return village.place.name if village.place else _("住址未登记或在外")


def _village_url(place: Place, village: Village) -> str:
    return link("list_cases", village.place) if village.place else link("list_cases", place, home="other")


def village_row(place: Place, village: Village) -> dict[str, Any]:
    return {
        "name": _village_name(village),
        "url": _village_url(place, village),
        "cases": village.cases,
        "stages": [(stage, village.stages[stage]) for stage in OPEN_STAGES if village.stages[stage]],
        "cadres": village.cadres,
        "known": village.place is not None,
    }


def group_row(place: Place, each: Coverage) -> dict[str, Any]:
    """One key group; what would tell of single children stands as "<5"."""
    url = link("list_group", place, group=each.group.value) if each.may_list else ""
    counts = [each.shown(count) for count in (each.children, each.assigned, each.away)]
    keys = ("", "assigned", "away")
    return {
        "name": said(each.group),
        "figures": [
            {"count": count, "url": f"{url}&part={key}" if url and key else url}
            for count, key in zip(counts, keys, strict=True)
        ],
    }


def heat(place: Place, found: Season, what: str, weeks: int | None = None) -> dict[str, Any]:
    """A grid of week and grade; each cell opens its children."""
    names = {"turned": _("新增疑似辍学和辍学"), "absent": _("旷课的学生")}
    most = found.most
    address = {"turned": "list_cases", "absent": "list_absent"}[what]
    return {
        "what": what,
        "title": names[what],
        "term": term_words(found.term),
        "grades": found.grades,
        "weeks": [
            {
                "number": number,
                "monday": monday,
                "cells": [
                    {
                        "children": cell.children,
                        "shade": shade(cell.children, most),
                        "grade": cell.grade,
                        "url": link(address, place, week=monday.isoformat(), grade=cell.grade),
                    }
                    for cell in cells
                ],
            }
            for number, monday, cells in found.weeks[:weeks]
        ],
    }


def part_row(part: Part, never: int) -> dict[str, Any]:
    is_township = part.place.kind == PlaceKind.TOWNSHIP
    return {
        "name": part.place.name,
        "url": link("township", part.place) if is_township else "",
        "children": part.children,
        "silent": part.silent,
        "silent_url": link("list_schools", part.place),
        "new": part.new,
        "new_url": link("list_cases", part.place, stage="GRAVE", new=1),
        "stages": [
            {
                "name": said(stage),
                "count": never if stage is NEVER else part.stages[stage],
                "url": of_stage(part.place, stage),
            }
            for stage in OPEN_STAGES
        ],
        "rate": f"{1000 * part.cases / part.children:.1f}" if part.children else "—",
    }


def county_map(parts: Iterable[Part]) -> dict[str, Any]:
    """Tiles, or the county's own outlines when it has given an approved maps."""
    areas = tuple(_area(part) for part in parts if part.place.kind == PlaceKind.TOWNSHIP)
    title = _("各乡镇在办个案，每千名学生")
    drawn, problem, approval = maps.tiles(title, areas), "", ""
    if settings.MAP_FILE and not settings.MAP_APPROVAL:
        problem = _("地图文件没有审图号，先用示意图；请在 NOTONELESS_MAP_APPROVAL 写明审图号。")
    elif settings.MAP_FILE:
        try:
            drawn = maps.outlines(title, areas, read_map(settings.MAP_FILE))
            approval = settings.MAP_APPROVAL
        except MapFileError as error:
            problem = str(error)
    return {"svg": drawn, "problem": problem, "approval": approval, "areas": areas}


def _area(part: Part) -> maps.Area:
    rate = f"{1000 * part.cases / part.children:.1f}‰" if part.children else "—"
    return maps.Area(
        part.place.code,
        part.place.name,
        part.cases,
        part.children,
        f"{children(part.cases)} · {rate}",
        link("list_cases", part.place),
        part.place.map_column,
        part.place.map_row,
    )
