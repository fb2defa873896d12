"""Identity numbers (GB 11643) and enrolment numbers: can they be right? Messages never repeat them."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from itertools import starmap
from operator import mul
from typing import NamedTuple

from notoneless.exchange.cells import REMEMBERED, compact

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"
ZEROS = sum(WEIGHTS) * ord("0")
# The first digit is the region, the second the province in it.
PROVINCES = frozenset(
    region + province
    for region, provinces in {
        "1": "12345",
        "2": "123",
        "3": "1234567",
        "4": "123456",
        "5": "01234",
        "6": "12345",
        "7": "1",
        "8": "123",
    }.items()
    for province in provinces
)
IDENTITY_NO = re.compile(r"\d{17}[\dX]")
MADE_UP_AREA = "000000"  # no place has it: children made up for examples and tests do
NONE_WRITTEN = frozenset(("", "无", "暂无", "无证件", "没有", "未办", "-", "—", "/"))
ENROLMENT_NO = re.compile(r"[GJL]\d{17}[\dX]")
LOCAL_NO = re.compile(r"[0-9A-Z-]{2,30}")


class Checked(NamedTuple):
    """A number as it should be stored, and what is wrong (`error`) or worth a look (`warning`) about it."""

    value: str
    error: str = ""
    warning: str = ""


def check_digit(first_17: str) -> str:
    """The eighteenth character GB 11643 demands after these seventeen digits."""
    total = sum(starmap(mul, zip(WEIGHTS, map(int, first_17), strict=True)))
    return CHECK_DIGITS[total % 11]


def check_identity_no(text: str) -> str | None:
    """One sentence on why this cannot be an identity number; None if it can, or if there is none."""
    return identity_no(text).error or None


def identity_no(text: str) -> Checked:
    """The identity number in plain form; full-width digits, a small x and stray quotes are put right."""
    value = compact(text).upper().strip("'‘’`")
    if value in NONE_WRITTEN:
        return Checked("")
    if re.fullmatch(r"\d{15}", value):
        return _legacy(value)
    if not IDENTITY_NO.fullmatch(value):
        return Checked("", _shape(value))
    if error := _area_error(value) or _birth_error(value[6:14]):
        return Checked("", error)
    if check_digit(value[:17]) != value[17]:
        return Checked("", _check_error(value))
    return Checked(value)


def is_plain(text: str) -> bool:
    """Whether this is an identity number of eighteen characters that can be right, in plain form already."""
    if not text.isascii() or not IDENTITY_NO.fullmatch(text) or _area_error(text):
        return False
    if _birth_error(text[6:14]):
        return False
    total = sum(map(mul, WEIGHTS, text.encode())) - ZEROS  # of the codes of its first seventeen digits
    return CHECK_DIGITS[total % 11] == text[17]


def _legacy(value: str) -> Checked:
    if error := _area_error(value) or _birth_error("19" + value[6:12]):
        return Checked("", error)
    return Checked(value, warning="身份证件号是 15 位旧号码，请尽快换成 18 位。")


def _shape(value: str) -> str:
    if re.fullmatch(r"[\dX]+", value):
        return f"身份证件号是 {len(value)} 位，应当是 18 位。"
    return "身份证件号里有不该有的字符，应当是 17 位数字加一位数字或 X。"


def _area_error(value: str) -> str:
    if value.startswith(MADE_UP_AREA) or value[:2] in PROVINCES:
        return ""
    return "身份证件号前两位不是任何省份的代码，请核对。"


@lru_cache(maxsize=REMEMBERED)
def _birth_error(digits: str) -> str:
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return "身份证件号里的出生日期不存在，请核对。"
    return ""


def _check_error(value: str) -> str:
    if value.endswith("000"):
        return "身份证件号末三位是 000，像是被表格软件抹掉了，请把这一列设成文本后重新填写。"
    return "身份证件号的末位校验码不对，请核对是否抄错。"


def birth_of(value: str) -> date:
    """The day of birth a valid identity number states."""
    digits = value[6:14] if len(value) == 18 else "19" + value[6:12]
    return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))


def is_male(value: str) -> bool:
    """The sex a valid identity number states: odd is male."""
    return int(value[16] if len(value) == 18 else value[14]) % 2 == 1


def check_enrolment_no(text: str) -> str | None:
    """One sentence on why this cannot be an enrolment number; None if it can, or if there is none."""
    return enrolment_no(text).error or None


def enrolment_no(text: str) -> Checked:
    """The enrolment number in plain form. It is never taken for an identity number: J and L numbers are none,
    and a G number keeps the digits of the day it was given.
    """
    value = compact(text).upper().strip("'‘’`")
    if value in NONE_WRITTEN:
        return Checked("")
    if value[0] in "GJL" and not ENROLMENT_NO.fullmatch(value):
        return Checked("", f"学籍号应当是 {value[0]} 加 18 位，现在一共 {len(value)} 个字符，请核对。")
    if not LOCAL_NO.fullmatch(value):
        return Checked("", "学籍号里有不该有的字符，应当是字母 G、J 或 L 加 18 位数字。")
    return Checked(value)
