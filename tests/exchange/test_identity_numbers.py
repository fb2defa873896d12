"""Identity and enrolment numbers: what is right, what is put right, what is refused."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notoneless.exchange.identity import (
    birth_of,
    check_digit,
    check_enrolment_no,
    check_identity_no,
    enrolment_no,
    identity_no,
    is_male,
)

births = st.dates(date(1900, 1, 1), date(2030, 12, 31))
made_up = st.builds(
    lambda born, sequence: (
        f"000000{born:%Y%m%d}{sequence:03d}" + check_digit(f"000000{born:%Y%m%d}{sequence:03d}")
    ),
    births,
    st.integers(1, 999),
)
VALID = "00000020180306002" + check_digit("00000020180306002")


def test_the_standard_s_own_example_checks() -> None:
    assert check_digit("11010519491231002") == "X"
    assert check_digit("44052418800101001") == "4"


@given(made_up)
def test_every_number_with_its_check_digit_is_accepted(number: str) -> None:
    assert check_identity_no(number) is None


@given(made_up, st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(number: str, at: int, by: int) -> None:
    if number[at] == "X":
        wrong = number[:at] + str(by)
    else:
        wrong = number[:at] + str((int(number[at]) + by) % 10) + number[at + 1 :]
    assert check_identity_no(wrong) is not None


@given(made_up, st.integers(0, 15))
def test_two_neighbours_exchanged_are_always_found(number: str, at: int) -> None:
    exchanged = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    assert (check_identity_no(exchanged) is None) == (exchanged == number)


@pytest.mark.parametrize(
    "written", [f"'{VALID}", f" {VALID}'", VALID.translate({ord(d): ord(d) + 0xFEE0 for d in "0123456789"})]
)
def test_quotes_spaces_and_full_width_digits_are_put_right(written: str) -> None:
    assert identity_no(written).value == VALID


def test_a_small_x_is_put_right() -> None:
    assert identity_no("11010519491231002x").value == "11010519491231002X"


@pytest.mark.parametrize("written", ["", "无", "  ", "无证件"])
def test_no_number_is_no_error(written: str) -> None:
    assert identity_no(written) == ("", "", "")


@pytest.mark.parametrize(
    ("written", "word"),
    [
        (VALID[:-1], "17 位"),
        (VALID[:-1] + "é", "字符"),
        ("990000" + VALID[6:], "省份"),
        ("000000" + "20180230" + "0020", "出生日期"),
        ("000000" + "20180306" + "0000", "000"),
    ],
)
def test_each_fault_has_its_own_sentence_which_does_not_repeat_the_number(written: str, word: str) -> None:
    sentence = check_identity_no(written)
    assert sentence is not None
    assert word in sentence
    assert written[6:14] not in sentence


def test_fifteen_digits_are_accepted_with_a_warning() -> None:
    read = identity_no("110105491231002")
    assert read.error == ""
    assert "15 位" in read.warning
    assert birth_of(read.value) == date(1949, 12, 31)
    assert not is_male(read.value)


@pytest.mark.parametrize("written", ["", "G" + VALID, "l00000020180306700x", "2018030601", "BJ-20180306"])
def test_national_and_older_local_enrolment_numbers_are_accepted(written: str) -> None:
    assert check_enrolment_no(written) is None


@pytest.mark.parametrize("written", ["G" + VALID[:-1], "G" + VALID + "1", "学籍", "J0000002018030670AB"])
def test_enrolment_numbers_that_cannot_be_are_refused(written: str) -> None:
    assert check_enrolment_no(written) is not None


def test_no_identity_number_comes_out_of_an_enrolment_number() -> None:
    assert enrolment_no("G" + VALID).value == "G" + VALID
    assert check_identity_no("G" + VALID) is not None
