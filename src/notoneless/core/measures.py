"""指标: what each formula divides by what, by which register and over which time, and what its share means.

A share has two ends that are lists of children (`core.figure_terms.Tally`); nothing here counts, and nothing
here is called just a dropout rate.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from typing import NamedTuple

from notoneless.core.figure_terms import Basis, Figure, Tally
from notoneless.core.measure_texts import TEXTS, Text
from notoneless.core.terms import Term

CENT = Decimal("0.01")
WHOLE = Decimal(100)


class Period(Term):
    """口径时段: which time a figure speaks of, seen from the day for which it is asked."""

    MOMENT = "MOMENT", "时点", "at a moment"
    SCHOOL_YEAR = "SCHOOL_YEAR", "学年", "school year so far"
    COHORT = "COHORT", "届", "a cohort"


class Remark(Enum):
    """What must be said beside a share."""

    NONE = ""
    CAPPED = "CAPPED"  # came to more than 100 and is shown as 100
    NEGATIVE = "NEGATIVE"  # more came than went


class Signed(NamedTuple):
    """A list in a sum: +1 adds its children, -1 takes them off."""

    sign: int
    tally: Tally


class Share(NamedTuple):
    """A share in per cent, half up to two decimals; None when nothing stands below the line."""

    value: Decimal | None
    remark: Remark = Remark.NONE


class Example(NamedTuple):
    """A worked example: the lengths of the lists, and the share that follows."""

    numbers: Mapping[Tally, int]
    share: Decimal


@dataclass(frozen=True, slots=True)
class Measure:
    """One formula."""

    figure: Figure
    numerator: tuple[Signed, ...]
    denominator: tuple[Signed, ...]
    basis: Basis
    period: Period
    example: Example
    excludes: frozenset[Tally] = frozenset()  # children left out above and below the line
    not_above: frozenset[Tally] = frozenset()  # children left out above the line only
    capped: bool = False  # never shown as more than 100
    may_be_negative: bool = False

    @property
    def tallies(self) -> tuple[Tally, ...]:
        """The lists above and below the line, each once."""
        return tuple(dict.fromkeys(each.tally for each in (*self.numerator, *self.denominator)))

    @property
    def divides(self) -> frozenset[str]:
        """Below a school, by what it makes sense: "grade", "class". A home has no grade, a cohort is one."""
        if self.figure is Figure.CONSOL_GRADE:
            return frozenset({"grade"})
        by_household = self.basis is Basis.HOUSEHOLD
        return frozenset() if by_household or self.period is Period.COHORT else frozenset({"grade", "class"})

    @property
    def text(self) -> Text:
        """What people read of it."""
        return TEXTS[self.figure]


def share_of(measure: Measure, numerator: int, denominator: int) -> Share:
    """The share of the two sums; nothing is divided by nothing, nor by less."""
    if denominator <= 0:
        return Share(None)
    value = rounded(WHOLE * numerator / Decimal(denominator))
    if measure.capped and value > WHOLE:
        return Share(WHOLE.quantize(CENT), Remark.CAPPED)
    return Share(value, Remark.NEGATIVE if value < 0 else Remark.NONE)


def rounded(value: Decimal) -> Decimal:
    """Half up to two decimals, as on paper: 0.125 is 0.13."""
    return value.quantize(CENT, ROUND_HALF_UP)


def total_of(parts: Iterable[Signed], numbers: Mapping[Tally, int]) -> int:
    """The sum of the lists by their signs; a list that is not named is empty."""
    return sum(each.sign * numbers.get(each.tally, 0) for each in parts)


def written(measure: Measure, language: str = "zh") -> str:
    """The formula in words: 疑似 + 辍学 − 转入 ÷ 学年初在籍, either side in brackets when it is a sum."""
    above, below = (_sum(parts, language) for parts in (measure.numerator, measure.denominator))
    less = _left_out(measure.not_above, language)
    return f"{above}{less} ÷ {below}{_left_out(measure.excludes, language)}"


def _sum(parts: tuple[Signed, ...], language: str) -> str:
    said = " ".join(f"{'+' if each.sign > 0 else '−'} {each.tally.label(language)}" for each in parts)
    return f"({said.removeprefix('+ ')})" if len(parts) > 1 else said.removeprefix("+ ")


def _left_out(tallies: frozenset[Tally], language: str) -> str:
    if not tallies:
        return ""
    names = [each.label(language) for each in Tally if each in tallies]
    return f" [without {', '.join(names)}]" if language.startswith("en") else f"〔不含{'、'.join(names)}〕"


def worked(measure: Measure) -> Share:
    """What the formula gives for its own example."""
    numbers = measure.example.numbers
    return share_of(measure, total_of(measure.numerator, numbers), total_of(measure.denominator, numbers))


def mean_over_original(total_scores: Decimal, original: int) -> Decimal | None:
    """学生掉头，分母不变: the scores of those who sat, divided by all who were there at first.

    We keep no marks of examinations: the sum is typed, shown to staff and forgotten. None without pupils.
    """
    return rounded(total_scores / original) if original > 0 else None


# The formulas.


def _plus(*tallies: Tally) -> tuple[Signed, ...]:
    return tuple(Signed(1, each) for each in tallies)


def _minus(*tallies: Tally) -> tuple[Signed, ...]:
    return tuple(Signed(-1, each) for each in tallies)


def _example(share: str, **numbers: int) -> Example:
    return Example({Tally[name]: number for name, number in numbers.items()}, Decimal(share))


def _hold(figure: Figure, returned: Tally, held: Tally, example: Example) -> Measure:
    return Measure(figure, _plus(held), _plus(returned), Basis.ENROLMENT, Period.SCHOOL_YEAR, example)


_T = Tally
_MEASURES = (
    Measure(
        Figure.DR_MOE,
        (
            *_plus(_T.SUSPENDED, _T.DIED, _T.TRANSFERRED_OUT, _T.MOVED_ABROAD, _T.MARKED_SUSPECTED),
            *_plus(_T.MARKED_DROPOUT, _T.MARKED_ELSEWHERE, _T.OTHER_OUT),
            *_minus(_T.TRANSFERRED_IN, _T.RETURNED, _T.OTHER_IN),
        ),
        _plus(_T.BASELINE),
        Basis.ENROLMENT,
        Period.SCHOOL_YEAR,
        _example("0.50", SUSPENDED=2, TRANSFERRED_OUT=9, MARKED_DROPOUT=3, TRANSFERRED_IN=8, BASELINE=1200),
        may_be_negative=True,
    ),
    Measure(
        Figure.DR_CASE,
        _plus(_T.EVER_DROPPED),
        (*_plus(_T.BASELINE, _T.TRANSFERRED_IN), *_minus(_T.TRANSFERRED_OUT)),
        Basis.ENROLMENT,
        Period.SCHOOL_YEAR,
        _example("0.25", EVER_DROPPED=3, BASELINE=1200, TRANSFERRED_IN=8, TRANSFERRED_OUT=9),
        not_above=frozenset({_T.DATA_ERRORS}),
    ),
    Measure(
        Figure.DROP_STOCK,
        _plus(_T.DROPOUTS),
        _plus(_T.ON_ROLL),
        Basis.ENROLMENT,
        Period.MOMENT,
        _example("0.17", DROPOUTS=2, ON_ROLL=1199),
    ),
    Measure(
        Figure.LOSS_R21,
        _plus(_T.EVER_LOST),
        _plus(_T.DUE),
        Basis.ENROLMENT,
        Period.SCHOOL_YEAR,
        _example("1.69", EVER_LOST=10, DUE=590),
        excludes=frozenset({_T.NORMAL_CHANGES, _T.REGISTERED_ELSEWHERE, _T.GUESTS_ELSEWHERE}),
    ),
    Measure(
        Figure.DENOM_FIX,
        _plus(_T.ORIGINAL_PRESENT),
        _plus(_T.ORIGINAL),
        Basis.ENROLMENT,
        Period.SCHOOL_YEAR,
        _example("95.65", ORIGINAL_PRESENT=44, ORIGINAL=46),
    ),
    Measure(
        Figure.CONSOL_9,
        _plus(_T.FINAL_CLASS),
        _plus(_T.INTAKE),
        Basis.ENROLMENT,
        Period.COHORT,
        _example("97.50", FINAL_CLASS=1950, INTAKE=2000),
    ),
    Measure(
        Figure.CONSOL_SCH,
        _plus(_T.FINAL_CLASS),
        (*_plus(_T.INTAKE, _T.COHORT_IN), *_minus(_T.COHORT_OUT)),
        Basis.ENROLMENT,
        Period.COHORT,
        _example("98.37", FINAL_CLASS=181, INTAKE=180, COHORT_IN=9, COHORT_OUT=5),
        capped=True,
    ),
    Measure(
        Figure.CONSOL_GRADE,
        _plus(_T.YEAR_AFTER),
        _plus(_T.YEAR_BEFORE),
        Basis.ENROLMENT,
        Period.COHORT,
        _example("101.67", YEAR_AFTER=183, YEAR_BEFORE=180),
    ),
    Measure(
        Figure.ENROL,
        _plus(_T.SCHOOL_AGE_IN_SCHOOL),
        _plus(_T.SCHOOL_AGE),
        Basis.HOUSEHOLD,
        Period.MOMENT,
        _example("99.88", SCHOOL_AGE_IN_SCHOOL=2446, SCHOOL_AGE=2449),
    ),
    Measure(
        Figure.COMPL_15,
        _plus(_T.AGED_15_DONE),
        _plus(_T.AGED_15),
        Basis.HOUSEHOLD,
        Period.MOMENT,
        _example("99.26", AGED_15_DONE=268, AGED_15=270),
    ),
    Measure(
        Figure.COMPL_17,
        _plus(_T.AGED_17_DONE),
        _plus(_T.AGED_17),
        Basis.HOUSEHOLD,
        Period.MOMENT,
        _example("96.88", AGED_17_DONE=248, AGED_17=256),
    ),
    Measure(
        Figure.DIS_ENROL,
        _plus(_T.DISABLED_IN_SCHOOL),
        _plus(_T.DISABLED),
        Basis.HOUSEHOLD,
        Period.MOMENT,
        _example("95.24", DISABLED_IN_SCHOOL=20, DISABLED=21),
    ),
    Measure(
        Figure.RETURN,
        _plus(_T.RETURNED_STEADY),
        _plus(_T.DROPPED_SO_FAR),
        Basis.ENROLMENT,
        Period.SCHOOL_YEAR,
        _example("66.67", RETURNED_STEADY=2, DROPPED_SO_FAR=3),
    ),
    _hold(Figure.HOLD30, _T.RETURNED_30, _T.HELD_30, _example("87.50", RETURNED_30=8, HELD_30=7)),
    _hold(Figure.HOLD60, _T.RETURNED_60, _T.HELD_60, _example("83.33", RETURNED_60=6, HELD_60=5)),
    _hold(Figure.HOLD90, _T.RETURNED_90, _T.HELD_90, _example("75.00", RETURNED_90=4, HELD_90=3)),
)
FIGURES: Mapping[Figure, Measure] = {each.figure: each for each in _MEASURES}
