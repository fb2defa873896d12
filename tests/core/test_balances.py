"""What must agree is told from what does not, for each unit by itself."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from notoneless.core.balances import BALANCES, WAYS_IN, WAYS_OUT, Per, broken, uneven
from notoneless.core.figure_terms import Tally

CLASSES = st.dictionaries(st.integers(1, 6), st.integers(0, 50), max_size=6)
MOVED = st.fixed_dictionaries(dict.fromkeys((Tally.OPENING, *WAYS_IN, *WAYS_OUT), CLASSES))


def closing(moved: dict[Tally, dict[int, int]]) -> dict[int, int]:
    """What is left in each class, by walking through it one child at a time."""
    left = {number: 0 for counts in moved.values() for number in counts}
    for tally, counts in moved.items():
        for number, count in counts.items():
            left[number] += -count if tally in WAYS_OUT else count
    return left


@given(MOVED)
@settings(max_examples=50)
def test_counts_of_children_who_came_and_went_close_for_every_unit(
    moved: dict[Tally, dict[int, int]],
) -> None:
    counts = {**moved, Tally.CLOSING: closing(moved)}
    schools = {Per.SCHOOL: {number: number % 2 for number in range(7)}}
    assert [each.balance.id for each in broken(counts, schools) if each.balance.id.startswith("CLOSES")] == []


@given(MOVED, st.integers(1, 6), st.integers(1, 9))
@settings(max_examples=50)
def test_one_count_too_many_breaks_its_class_and_its_school_alone(
    moved: dict[Tally, dict[int, int]], number: int, more: int
) -> None:
    ends = closing(moved)
    counts = {**moved, Tally.CLOSING: {**ends, number: ends.get(number, 0) + more}}
    schools = {Per.SCHOOL: {each: f"school {each % 2}" for each in range(7)}}
    found = [each for each in broken(counts, schools) if each.balance.id.startswith("CLOSES")]
    assert {(each.balance.per, each.unit) for each in found} == {
        (Per.CLASS, number),
        (Per.GRADE, 0),
        (Per.SCHOOL, f"school {number % 2}"),
        (Per.COUNTY, 0),
    }
    assert {each.right - each.left for each in found} == {more}


def test_a_balance_is_passed_over_while_a_count_of_it_is_not_given() -> None:
    assert broken({Tally.ON_ROLL: {1: 40}}) == []


def test_two_classes_between_which_a_child_moved_agree_as_a_school_only_with_both_halves() -> None:
    assert broken({Tally.CLASS_IN: {1: 1}, Tally.CLASS_OUT: {2: 1}}) == []
    [half] = broken({Tally.CLASS_IN: {1: 1}, Tally.CLASS_OUT: {}})
    assert (half.balance.id, half.left, half.right) == ("BETWEEN_CLASSES", 1, 0)


def test_no_two_balances_have_one_name_and_each_has_two_sides() -> None:
    assert len({balance.id for balance in BALANCES}) == len(BALANCES)
    assert all(balance.left and balance.right for balance in BALANCES)


def test_parts_that_do_not_sum_to_the_whole_are_named_with_both_numbers() -> None:
    assert uneven({"男女": 5, "年龄": 5}, {"男女": [2, 3], "年龄": [4]}) == [("年龄", 5, 4)]
