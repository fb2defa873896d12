"""Figures as pages show them: each number with the address of its list, each bound with whether it is met."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from notoneless.core.measures import FIGURES, Measure, written
from notoneless.core.policy.report_rules import TargetRule
from notoneless.records.access import Fields
from notoneless.services.counting import Asked
from notoneless.services.figures import FigureValue, Part, Target, Unit
from notoneless.services.figures_out import bound, grades_words, met_word, remark_of
from notoneless.services.figures_shown import may_list, shown, tells_all

TONES = {True: "met", False: "overdue", None: "unknown"}


@dataclass(frozen=True, slots=True)
class Number:
    """One list of a sum: "− 9 转出", with the address of its list; `count` None is shown as "<5"."""

    minus: bool
    count: int | None
    name: str
    url: str
    source: str  # of a number typed from paper


class Side(NamedTuple):
    """What stands above or below the line: its sum, and the lists that have anybody."""

    total: int | None
    numbers: tuple[Number, ...]
    left_out: str

    @property
    def one(self) -> Number | None:
        """The only list, when there is one alone."""
        return self.numbers[0] if len(self.numbers) == 1 and not self.numbers[0].minus else None


class Bound(NamedTuple):
    """A target, what it is measured against, and whether it is met."""

    words: str
    share: str
    tone: str
    met: str
    rule: TargetRule


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of one unit."""

    value: FigureValue
    name: str
    measure: Measure
    above: Side
    below: Side
    share: str
    remark: str
    bounds: tuple[Bound, ...]
    url: str = ""

    @property
    def formula(self) -> str:
        """The formula in words."""
        return written(self.measure, language())

    @property
    def reading(self) -> str:
        """How it is counted."""
        return self.measure.text.reading(language())

    @property
    def source(self) -> str:
        """Where the formula comes from."""
        return self.measure.text.source(language())


def language() -> str:
    """The reader's language."""
    return get_language() or "zh"


def row_of(value: FigureValue, fields: Collection[Fields], name: str = "", url: str = "") -> Row:
    """A figure as this reader is shown it."""
    whole = tells_all(value, fields)
    share = value.share
    return Row(
        value,
        name or value.figure.label(language()),
        FIGURES[value.figure],
        _side(value, value.numerator, fields, whole),
        _side(value, value.denominator, fields, whole),
        f"{share} %" if share is not None and whole else "—",
        remark_of(value, language()) if whole else _("人数太少，不显示"),
        tuple(_bound(each) for each in value.targets) if whole else (),
        url,
    )


# Of what each level consists, as far as figures are shown by part.
PARTS = {"county": ("township",), "township": ("school",), "school": ("grade", "class")}


def bounds_of_parts(value: FigureValue, targets: Iterable[TargetRule]) -> Iterator[str]:
    """各班 ≥ 100 %: the bounds of a figure that are held against the parts of its place."""
    names = {"township": _("各乡镇"), "school": _("各校"), "grade": _("各年级"), "class": _("各班")}
    for rule in targets:
        if rule.figure is value.figure and rule.per in PARTS.get(value.unit.level, ()):
            yield f"{names[rule.per]} {bound(rule, language())}"


def unit_name(unit: Unit) -> str:
    """A place, 三年级, or a class."""
    if unit.class_group is not None:
        return unit.class_group.name
    if unit.grades:
        return " ".join(_("%(n)s年级") % {"n": grade} for grade in sorted(unit.grades))
    return unit.place.name


def list_url(asked: Asked, part: Part, unit: Unit) -> str:
    """The address of the list behind a number: its length is the number."""
    query: list[tuple[str, object]] = [
        ("tally", part.tally.value),
        ("first", asked.first.isoformat()),
        ("last", asked.last.isoformat()),
        ("known", asked.known_at.isoformat()),
        *(("without", each.value) for each in sorted(part.without)),
        *(("grade", grade) for grade in sorted(unit.grades)),
    ]
    if unit.class_group is not None:
        query.append(("class", unit.class_group.pk))
    return f"{reverse('web:figure_list', args=(asked.place.pk,))}?{urlencode(query)}"


def _side(value: FigureValue, parts: Iterable[Part], fields: Collection[Fields], whole: bool) -> Side:
    own = tuple(parts)
    numbers = tuple(_numbers(value, own, fields))
    left_out = {tally for part in own for tally in part.without}
    names = "、".join(each.label(language()) for each in sorted(left_out))
    total = sum(each.sign * each.count for each in own) if whole else None
    return Side(total, numbers, names)


def _numbers(value: FigureValue, parts: tuple[Part, ...], fields: Collection[Fields]) -> Iterator[Number]:
    for part in parts:
        count = shown(part, fields)
        if part.count or len(parts) == 1:
            listed = part.given is None and may_list(part.tally, fields)
            url = list_url(value.asked, part, value.unit) if listed else ""
            source = part.given.source if part.given else ""
            yield Number(part.sign < 0, count, part.tally.label(language()), url, source)


def _bound(target: Target) -> Bound:
    whole = target.actual.unit == Unit(target.actual.unit.place)
    actual = target.actual.share
    other = grades_words(target.actual.unit.grades, language()) if not whole else ""
    share = f"{actual} %{other}" if other and actual is not None else ""
    return Bound(
        bound(target.rule, language()), share, TONES[target.met], met_word(target, language()), target.rule
    )
