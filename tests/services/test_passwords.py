"""Which passwords will do."""

from __future__ import annotations

import pytest

from notoneless.records.models import Person
from notoneless.services.passwords import normal, refuse_weak
from notoneless.services.refusals import Refusal

BAI = Person(name="白云", phone="13000000000")


def why(password: str) -> str:
    """The code of the refusal, or nothing."""
    try:
        refuse_weak(normal(password), BAI, "baiyun")
    except Refusal as refusal:
        return refusal.code
    return ""


@pytest.mark.parametrize(
    "password",
    ["three kind words", "山高月小水落石出", "kp7-tram-linden-42", "x9!Qv2#mLp0z", "一二木头人 2 only"],
)
def test_long_ones_of_unrelated_parts_will_do(password: str) -> None:
    assert why(password) == ""


@pytest.mark.parametrize("password", ["", "kurz", "11 zeichen!", "山高月小水"])
def test_short_ones_are_refused_and_a_chinese_character_counts_as_two(password: str) -> None:
    assert why(password) == "PASSWORD_SHORT"


@pytest.mark.parametrize(
    "password",
    ["my name: baiyun!", "白云在天上飘呀飘", "call 13000000000", "zhangwei19880808", "19880808zhangwei"],
)
def test_ones_own_data_and_pinyin_with_a_date_are_refused(password: str) -> None:
    assert why(password) == "PASSWORD_OWN"


@pytest.mark.parametrize(
    "password",
    [
        "123456789012",
        "111111111111",
        "abcdefghijkl",
        "woaini5201314",
        "woaini1314520",
        "1qaz2wsx3edc",
        "qwertyuiop123",
        "password123456",
        "PASSWORD123456",
        "admin888admin888",
        "laoshilaoshi",
        "我爱你我爱你我爱你",
        "yigedoubunengshao",
        "ｗｏａｉｎｉ５２０１３１４",
    ],
)
def test_what_everybody_thinks_of_is_refused(password: str) -> None:
    assert why(password) == "PASSWORD_COMMON"


def test_a_password_of_many_thousand_characters_is_refused_before_it_is_hashed() -> None:
    assert why("long ago and far away " * 50) == "PASSWORD_LONG"
