"""The figures of a place as a file: each with its formula, its two numbers, the day and the moment known."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime
from typing import NamedTuple

from notoneless.core.explain import stamp
from notoneless.core.measures import FIGURES, Remark, written
from notoneless.core.policy.report_rules import TargetRule
from notoneless.exchange.lists_out import ListFile, csv_file
from notoneless.exchange.table_book import Sheet, table_book
from notoneless.records.access import Fields, Thing, Verb
from notoneless.records.models import JournalEntry, Person, Place
from notoneless.services.figures import FigureValue, Part, Target, asked_on, rules_at, values
from notoneless.services.figures_shown import shown, tells_all
from notoneless.services.finding import the_person
from notoneless.services.paper_authority import fields_at
from notoneless.services.permissions import require
from notoneless.services.transactions import one_act

HEAD_ZH = (
    *("编号", "指标", "公式", "口径", "时段", "分子", "分子各项", "分母", "分母各项", "比率（%）", "说明"),
    *("截止日", "所知截至", "目标", "达标"),
)
HEAD_EN = (
    *("Id", "Figure", "Formula", "Register", "Period", "Above", "Lists above", "Below", "Lists below"),
    *("Share (%)", "Remark", "As of", "As known at", "Target", "Met"),
)
HIDDEN = "<5"


class Exported(NamedTuple):
    """The figures as a file."""

    name: str
    content: bytes
    rows: int


@one_act
def export_figures(
    *,
    by: Person | int,
    place: Place,
    on: date,
    known_at: datetime,
    form: str,
    at: datetime,
    language: str = "zh",
) -> Exported:
    """All figures of a place for a day as "csv" or "xlsx", marked and kept in the journal. Raises Refusal."""
    person = the_person(by)
    require(person, Thing.FIGURE, Verb.EXPORT, place, at.date())
    asked = asked_on(place, on, known_at)
    found = values(asked, rules_at(place, on))
    rows = figure_rows(found.values(), fields_at(person, place, at.date()), language)
    marks = (
        ("单位", place.name),
        ("导出人", person.name),
        ("导出时间", stamp(at)),
        ("用途", "仅限控辍保学工作使用"),
    )
    head = HEAD_EN if language.startswith("en") else HEAD_ZH
    content = FORMATS[form](_title(place, on, language), marks, head, rows)
    body = {"figures": len(rows), "form": form, "on": on.isoformat(), "known_at": known_at.isoformat()}
    JournalEntry.objects.create(
        at=at, by=person, act="EXPORT", subject_kind="place", subject_id=str(place.pk), body=body
    )
    return Exported(f"指标-{place.name}-{on:%Y%m%d}.{form}", content, len(rows))


Rows = list[tuple[str | int, ...]]
Marks = tuple[tuple[str, str], ...]


def _csv(title: str, marks: Marks, head: tuple[str, ...], rows: Rows) -> bytes:
    return csv_file(ListFile(title, marks, head, [tuple(map(str, row)) for row in rows]))


def _xlsx(title: str, marks: Marks, head: tuple[str, ...], rows: Rows) -> bytes:
    return table_book([Sheet(title, (), head, rows)], marks)


FORMATS: dict[str, Callable[[str, Marks, tuple[str, ...], Rows], bytes]] = {"csv": _csv, "xlsx": _xlsx}


def _title(place: Place, on: date, language: str) -> str:
    return f"Figures of {place.name}, {on}" if language.startswith("en") else f"{place.name}指标（{on}）"


def figure_rows(
    found: Iterable[FigureValue], fields: Collection[Fields] = frozenset(Fields), language: str = "zh"
) -> Rows:
    """A row a figure, in the columns of HEAD_ZH; numbers a reader with these fields may not know are "<5"."""
    return [_row(each, fields, language) for each in found]


def _row(value: FigureValue, fields: Collection[Fields], language: str) -> tuple[str | int, ...]:
    measure, open_ = FIGURES[value.figure], tells_all(value, fields)
    share = value.share
    return (
        value.figure.value,
        value.figure.label(language),
        written(measure, language),
        measure.basis.label(language),
        measure.period.label(language),
        _whole(value, value.above, open_),
        _parts(value.numerator, fields, language),
        _whole(value, value.below, open_),
        _parts(value.denominator, fields, language),
        "" if share is None or not open_ else str(share),
        remark_of(value, language),
        value.asked.last.isoformat(),
        stamp(value.asked.known_at),
        "；".join(bound(each.rule, language) for each in value.targets),
        "；".join(met_word(each, language) for each in value.targets),
    )


def _whole(value: FigureValue, number: int, open_: bool) -> str | int:
    if value.not_here:
        return ""
    return number if open_ else HIDDEN


def _parts(parts: Iterable[Part], fields: Collection[Fields], language: str) -> str:
    return "; ".join(_part(each, shown(each, fields), language) for each in parts)


def _part(part: Part, count: int | None, language: str) -> str:
    sign = "" if part.sign > 0 else "−"
    typed = "" if part.given is None else f" ({part.given.source})"
    return f"{sign}{part.tally.label(language)} {HIDDEN if count is None else count}{typed}"


_REMARKS = {
    Remark.NONE: ("", ""),
    Remark.CAPPED: ("超过100，按100写", "more than 100, shown as 100"),
    Remark.NEGATIVE: ("转进多于转出，为负数", "more came than left, below zero"),
}


def remark_of(value: FigureValue, language: str = "zh") -> str:
    """What must be said beside the share, or why there is none."""
    said = _REMARKS[value.outcome.remark][language.startswith("en")]
    return said or value.why_none(language)


def bound(rule: TargetRule, language: str = "zh") -> str:
    """≤ 0.6 %, < 2 %, ≥ 98 %, with the grades when it is not for all."""
    less = "<" if rule.below else "≤"
    said = [f"{less} {rule.at_most.normalize():f} %"] if rule.at_most is not None else []
    said += [f"≥ {rule.at_least.normalize():f} %"] if rule.at_least is not None else []
    return " ".join(said) + grades_words(rule.grades, language)


def grades_words(grades: Collection[int], language: str = "zh") -> str:
    """（1—6年级）, or nothing when it is all nine."""
    if len(grades) == 9 or not grades:
        return ""
    first, last = min(grades), max(grades)
    span = str(first) if first == last else f"{first}–{last}"
    if len(grades) != last - first + 1:
        span = ", ".join(map(str, sorted(grades)))
    return f" (grades {span})" if language.startswith("en") else f"（{span}年级）"


def met_word(target: Target, language: str = "zh") -> str:
    """达标, 未达标, 没有数据."""
    words = {True: ("达标", "met"), False: ("未达标", "not met"), None: ("没有数据", "no data")}
    return words[target.met][language.startswith("en")]
