"""Drawing by a public number: anybody draws the same, nobody chooses, and a share says how sure it is."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notoneless.core.sampling import at_least_by_chance, drawn, frame_digest, wilson

ROWS = st.sets(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8), max_size=30)


@given(ROWS, st.text(min_size=1, max_size=10), st.integers(0, 40), st.randoms())
@settings(max_examples=60)
def test_the_order_of_the_list_changes_nothing(rows: set[str], seed: str, size: int, rng: object) -> None:
    shuffled = sorted(rows, key=lambda row: sha256(f"{rng!r}{row}".encode()).digest())
    assert frame_digest(shuffled) == frame_digest(rows)
    chosen = drawn(seed, frame_digest(rows), rows, size)
    assert drawn(seed, frame_digest(shuffled), shuffled, size) == chosen
    assert len(set(chosen)) == min(size, len(rows))
    assert set(chosen) <= rows


@given(ROWS, st.text(min_size=1, max_size=10), st.integers(1, 20))
@settings(max_examples=60)
def test_a_larger_sample_holds_the_smaller_one(rows: set[str], seed: str, size: int) -> None:
    digest = frame_digest(rows)
    assert drawn(seed, digest, rows, size) == drawn(seed, digest, rows, size + 5)[:size]


def test_the_recipe_is_what_the_page_says_it_is() -> None:
    rows = [f"row{i}" for i in range(50)]
    digest = sha256("\n".join(sorted(rows)).encode()).hexdigest()
    assert frame_digest(rows) == digest
    by_hand = sorted(rows, key=lambda row: sha256(f"05 11 16\n{digest}\n{row}".encode()).hexdigest())
    assert drawn("05 11 16 ", digest, rows, 7) == by_hand[:7]


def test_another_number_draws_others() -> None:
    rows = [f"row{i}" for i in range(200)]
    samples = {tuple(drawn(str(seed), frame_digest(rows), rows, 10)) for seed in range(20)}
    assert len(samples) == 20


def test_every_line_is_as_likely_as_the_others() -> None:
    rows = [f"row{i}" for i in range(20)]
    digest = frame_digest(rows)
    hits = dict.fromkeys(rows, 0)
    for seed in range(1000):
        for row in drawn(str(seed), digest, rows, 5):
            hits[row] += 1
    assert all(190 < each < 310 for each in hits.values()), hits


@pytest.mark.parametrize(
    ("agreeing", "of", "low", "high"), [(10, 10, 0.7225, 1.0), (8, 10, 0.4902, 0.9433), (0, 0, 0, 1)]
)
def test_a_share_says_how_little_a_small_sample_tells(
    agreeing: int, of: int, low: float, high: float
) -> None:
    found = wilson(agreeing, of)
    assert (found.low, found.high) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


def test_a_share_of_more_than_all_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot agree"):
        wilson(3, 2)


def test_chance_is_counted_exactly() -> None:
    assert at_least_by_chance(0, 5) == 1
    assert at_least_by_chance(5, 5) == pytest.approx(1 / 32)
    assert at_least_by_chance(8, 10) == pytest.approx((45 + 10 + 1) / 1024)
