"""A place's charts as a page shows them: the picture, the same figures as a table, and a list behind each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from notoneless.core.figure_terms import Tally
from notoneless.records.access import Fields
from notoneless.records.models import Place
from notoneless.web import charts
from notoneless.web.charts_lines import Point, Series, lines
from notoneless.web.figures import children, county_map, link, said
from notoneless.web.read.boards_county import parts_of
from notoneless.web.read.case_reasons import by_reason
from notoneless.web.read.charts import AWAY_THREE, AWAY_TODAY, Month, Rung, Trend, ladder, trend, year_of
from notoneless.web.read.rows import rows_of

MONTHS = 6  # that a phone shows side by side; the address may ask for twelve


class Cell(NamedTuple):
    """A figure of a table and the list it opens."""

    says: str
    url: str = ""


class Drawing(NamedTuple):
    """A chart with its table; `note` says how it is counted."""

    id: str
    title: str
    svg: SafeString
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str


class Wanted(NamedTuple):
    """Of which place, as known when, how many months, for a reader with these fields."""

    place: Place
    at: datetime
    months: int
    fields: frozenset[Fields]


def attending(wanted: Wanted, found: Trend) -> Drawing:
    """How many children attend at the end of each month."""
    title = _("月末在校学生")
    return _months(wanted, found, "attending", title, (Tally.CLOSING,), {})


def away(wanted: Wanted, found: Trend) -> Drawing:
    """Suspected and confirmed dropouts at the end of each month."""
    title = _("月末疑似辍学和辍学")
    tones = {Tally.SUSPECTED: "pale"}
    return _months(wanted, found, "away", title, (Tally.SUSPECTED, Tally.DROPOUTS), tones)


def moves(wanted: Wanted, found: Trend) -> Drawing:
    """New dropouts and suspected ones, and who came back, month by month."""
    title = _("每月新增和返校")
    tones = {Tally.CAME_BACK: "good", Tally.NEW_SUSPECTED: "pale"}
    order = (Tally.NEW_SUSPECTED, Tally.NEW_DROPOUTS, Tally.CAME_BACK)
    return _months(wanted, found, "moves", title, order, tones)


def _months(
    wanted: Wanted,
    found: Trend,
    name: str,
    title: str,
    tallies: tuple[Tally, ...],
    tones: Mapping[Tally, str],
) -> Drawing:
    series = [_series(wanted, found, tally, tones.get(tally, "")) for tally in tallies]
    told = [tally for tally in tallies if any(v is not None for v in found.then.get(tally, ()))]
    series += [_reported(found, tally, tones.get(tally, "")) for tally in told]
    head = (_("月份"), *(each.name for each in series))
    rows = tuple(
        (Cell(_month(month)), *(Cell(each.points[n].says, each.points[n].url) for each in series))
        for n, month in enumerate(found.months)
    )
    note = _("实线是现在所知；虚线是当月报表签发时的数。") if told else _("按现在所知。")
    return Drawing(name, title, lines(title, tuple(series)), head, rows, note)


def _series(wanted: Wanted, found: Trend, tally: Tally, tone: str) -> Series:
    points = (
        Point(_label(month), value, str(value), _list(wanted.place, tally.value, month))
        for month, value in zip(found.months, found.now[tally], strict=True)
    )
    return Series(_capital(said(tally)), _short(tally), tuple(points), tone)


def _reported(found: Trend, tally: Tally, tone: str) -> Series:
    name = _("%(what)s（当时上报）") % {"what": said(tally)}
    points = (
        Point(_label(month), value, "—" if value is None else str(value))
        for month, value in zip(found.months, found.then[tally], strict=True)
    )
    short = _("上报%(what)s") % {"what": _short(tally)}
    return Series(_capital(name), short, tuple(points), tone, dashed=True)


def _short(tally: Tally) -> str:
    """What stands at the end of a line."""
    return {
        Tally.CLOSING: _("在校"),
        Tally.SUSPECTED: _("疑似"),
        Tally.DROPOUTS: _("辍学"),
        Tally.CAME_BACK: _("返校"),
        Tally.NEW_SUSPECTED: _("新增疑似"),
        Tally.NEW_DROPOUTS: _("新增辍学"),
    }[tally]


def rungs(wanted: Wanted) -> Drawing:
    """The ladder from today's absence to the close-out, each rung a bar that opens its children."""
    title = _("从缺课到销号")
    bars = tuple(_rung(wanted, each) for each in ladder(wanted.place, at=wanted.at))
    note = _("除销号外都是此刻的人数；销号是本学年以来。一名学生可能同时在前两级和后面某一级。")
    return _of_bars("ladder", title, bars, _("到哪一步"), note)


def _rung(wanted: Wanted, rung: Rung) -> charts.Bar:
    names = {AWAY_TODAY: _("今天无故缺课"), AWAY_THREE: _("连续3个上课日")}
    tones = {Tally.BACK.value: "good", Tally.HELD.value: "good"}
    name = names.get(rung.code) or _capital(said(Tally[rung.code]))
    if rung.code == Tally.CLOSED_OUT.value:
        asked = year_of(wanted.place, wanted.at)
        month, name = Month(asked.first, asked.last), _("本学年销号")
    else:
        month = Month(wanted.at.date(), wanted.at.date())
    url = _list(wanted.place, rung.code, month)
    return charts.Bar(name, rung.children, children(rung.children), url, tones.get(rung.code, ""))


def causes(wanted: Wanted) -> Drawing:
    """The open cases by the chief reason last stated; reasons not for the reader stand in one bar."""
    title = _("在办个案的原因")
    found = by_reason(rows_of(wanted.place, wanted.at.date()), wanted.fields)
    bars = tuple(
        charts.Bar(
            _capital(said(each.reason)) if each.reason else _("不公开的原因"),
            each.cases,
            children(each.cases),
            link("list_cases", wanted.place, reason=each.code),
        )
        for each in found
    )
    note = _("每件个案按最近一次认定的主要原因只计一次，各行相加等于在办个案数。")
    return _of_bars("causes", title, bars, _("原因"), note)


def townships(wanted: Wanted) -> Drawing:
    """The county's map of open cases by township."""
    found = county_map(parts_of(wanted.place, as_of=wanted.at))
    rows = tuple((Cell(each.name), Cell(each.says, each.url)) for each in found["areas"])
    head = (_("乡镇"), _("在办个案，每千名学生"))
    note = found["problem"] or (
        _("审图号：%(number)s") % {"number": found["approval"]}
        if found["approval"]
        else _("示意图，不表示实际位置和边界。")
    )
    return Drawing("townships", _("各乡镇在办个案，每千名学生"), found["svg"], head, rows, note)


def _of_bars(name: str, title: str, bars: tuple[charts.Bar, ...], what: str, note: str) -> Drawing:
    rows = tuple((Cell(bar.label), Cell(bar.says, bar.url)) for bar in bars)
    return Drawing(name, title, charts.bars(title, bars), (what, _("数")), rows, note)


# By the name an address gives; the three of the months share what they are drawn from.
_TRENDS: Mapping[str, Callable[[Wanted, Trend], Drawing]] = {
    "attending": attending,
    "away": away,
    "moves": moves,
}
_OTHERS: Mapping[str, Callable[[Wanted], Drawing]] = {
    "ladder": rungs,
    "causes": causes,
    "townships": townships,
}
NAMES = (*_TRENDS, *_OTHERS)


def drawings(wanted: Wanted, names: Iterable[str]) -> list[Drawing]:
    """The charts of these names in their order. Raises KeyError for another name."""
    asked = list(names)
    found = trend(wanted.place, wanted.months, at=wanted.at) if set(asked) & set(_TRENDS) else None
    return [_TRENDS[n](wanted, found) if found and n in _TRENDS else _OTHERS[n](wanted) for n in asked]


def _list(place: Place, code: str, month: Month) -> str:
    url = reverse("web:chart_list", args=(place.pk, code))
    return f"{url}?first={month.first}&last={month.last}"


def _label(month: Month) -> str:
    return _("%(n)s月") % {"n": month.first.month}


def _month(month: Month) -> str:
    return f"{month.first:%Y-%m}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:] if (get_language() or "zh").startswith("en") else text
