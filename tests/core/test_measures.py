"""Formulas: shares as on paper, ends that are lists, and no figure that is just called a dropout rate."""

from __future__ import annotations

import re
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notoneless.core.figure_terms import Figure, Tally
from notoneless.core.measures import (
    FIGURES,
    Measure,
    Remark,
    Signed,
    mean_over_original,
    share_of,
    total_of,
    worked,
    written,
)

ROOT = Path(__file__).parents[2]
MOE, CONSOL = FIGURES[Figure.DR_MOE], FIGURES[Figure.CONSOL_SCH]


def test_every_figure_has_its_formula() -> None:
    assert list(FIGURES) == list(Figure)


@pytest.mark.parametrize("measure", FIGURES.values(), ids=str)
def test_a_worked_example_comes_out_as_it_says(measure: Measure) -> None:
    assert worked(measure).value == measure.example.share
    assert set(measure.example.numbers) <= set(measure.tallies)


@given(st.integers(-10_000, 10_000), st.integers(1, 100_000))
@settings(max_examples=100)
def test_a_share_is_the_fraction_rounded_half_up_to_the_cent(above: int, below: int) -> None:
    value = share_of(MOE, above, below).value
    assert value is not None
    exact, shown = Fraction(100 * above, below), Fraction(value)
    assert abs(exact - shown) <= Fraction(1, 200)
    if abs(exact - shown) == Fraction(1, 200):
        assert abs(shown) > abs(exact)


def test_half_a_cent_goes_up() -> None:
    assert share_of(MOE, 1, 800).value == Decimal("0.13")


@pytest.mark.parametrize("below", [0, -3])
def test_nothing_below_the_line_gives_no_share(below: int) -> None:
    assert share_of(MOE, 5, below).value is None


def test_a_capped_share_says_that_it_is() -> None:
    assert share_of(CONSOL, 185, 180) == (Decimal("100.00"), Remark.CAPPED)
    assert share_of(CONSOL, 180, 180) == (Decimal("100.00"), Remark.NONE)


def test_more_comers_than_leavers_stay_below_zero() -> None:
    assert share_of(MOE, -5, 1000) == (Decimal("-0.50"), Remark.NEGATIVE)


def test_a_sum_goes_by_its_signs() -> None:
    parts = (Signed(1, Tally.BASELINE), Signed(-1, Tally.TRANSFERRED_OUT))
    assert total_of(parts, {Tally.BASELINE: 40, Tally.TRANSFERRED_OUT: 3, Tally.DIED: 9}) == 37


def test_a_mean_is_over_those_who_were_there_at_first() -> None:
    assert mean_over_original(Decimal("3520.5"), 46) == Decimal("76.53")
    assert mean_over_original(Decimal("100"), 0) is None


def test_a_formula_in_words_names_every_list() -> None:
    for measure in FIGURES.values():
        for language in ("zh", "en"):
            assert all(each.label(language) in written(measure, language) for each in measure.tallies)


def test_the_page_of_formulas_is_up_to_date() -> None:
    check = [sys.executable, str(ROOT / "tools" / "generate_figures.py"), "--check"]
    assert subprocess.run(check, capture_output=True, check=False).returncode == 0


def test_no_figure_is_called_just_a_dropout_rate() -> None:
    whole = re.compile(r"学年辍学率（|时点辍学率|F-[A-Z]")
    files = [f for end in ("*.py", "*.html", "*.po", "*.js") for f in (ROOT / "src").rglob(end)]
    assert len(files) > 300
    bare = [
        f"{file.name}: {line.strip()}"
        for file in files
        for line in file.read_text("utf-8").splitlines()
        if "辍学率" in line and not whole.search(line)
    ]
    assert bare == []
