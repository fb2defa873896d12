"""One form for the name of a class, and classes named in the middle of a title."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from notoneless.exchange.cells import REMEMBERED, compact

NUMERALS = {numeral: number for number, numeral in enumerate("一二三四五六七八九十", start=1)}
_GRADE = r"(?<![初高])(?P<grade>[一二三四五六七八九]|(?<!\d)[1-9])"
_JUNIOR = r"(?P<stage>初|高)(?P<year>[一二三])"
_COHORT = r"(?P<cohort>20\d\d)级"
_NUMBER = r"(?P<number>\d{1,2}|[一二三四五六七八九十]{1,3})"
# With the word 年级 or with brackets the two numbers are told apart; "32班" alone is not, and stays as it is.
FORMS = tuple(
    re.compile(form)
    for form in (
        rf"{_GRADE}年级\(?{_NUMBER}\)?班",
        rf"{_GRADE}\({_NUMBER}\)班",
        r"(?<![初高])(?P<grade>[一二三四五六七八九])(?P<number>\d{1,2})班",
        r"(?<!\d)(?P<grade>[1-9])(?P<number>0[1-9]|1\d|2\d)班",
        rf"{_JUNIOR}(?:年级)?\(?{_NUMBER}\)?班",
        rf"{_COHORT}\(?{_NUMBER}\)?班",
    )
)
GRADES = (
    (re.compile(rf"(?:小学)?{_GRADE}(?:年级)?"), lambda found: _numeral(found["grade"]) + "年级"),
    (re.compile(rf"{_JUNIOR}(?:年级)?"), lambda found: found["stage"] + found["year"]),
    (re.compile(rf"(?:小学|初中|高中)?{_COHORT}?"), lambda found: found["cohort"] + "级"),
)
BARE_NUMBER = re.compile(rf"\(?{_NUMBER}\)?班?")


def normal_class(grade: str, class_text: str) -> str:
    """The class as 三年级2班, if grade and number can be told apart; else what was written, joined."""
    grade, class_text = compact(grade), compact(class_text)
    for form in FORMS:
        if found := form.fullmatch(class_text) or form.fullmatch(class_text + "班"):
            return _named(found)
    grade = normal_grade(grade)
    if not class_text or not grade:
        return class_text
    number = BARE_NUMBER.fullmatch(class_text)
    return f"{grade}{_number(number['number'])}班" if number else f"{grade}{class_text.removeprefix(grade)}"


def normal_grade(text: str) -> str:
    """The grade as 三年级, 初一 or 2024级; as written if it is none of these."""
    text = compact(text)
    for form, said in GRADES:
        if found := form.fullmatch(text):
            return said(found)
    return text


@lru_cache(maxsize=REMEMBERED)
def grade_of(class_name: str) -> str:
    """The grade in the normal form of a class; "" if the name does not tell."""
    found = re.match(r"[一二三四五六七八九]年级|[初高][一二三]|20\d\d级", class_name)
    return found[0] if found else ""


def classes_in(text: str, known: Iterable[str] = ()) -> set[str]:
    """The classes a title or sheet name speaks of: well-formed names, and names in `known` as they stand."""
    text = compact(text)
    named = {_named(found) for form in FORMS for found in form.finditer(text)}
    return named or {name for name in known if name and name in text}


def _named(found: re.Match[str]) -> str:
    parts = found.groupdict()
    if parts.get("cohort"):
        grade = f"{parts['cohort']}级"
    elif parts.get("stage"):
        grade = f"{parts['stage']}{parts['year']}"
    else:
        grade = _numeral(parts["grade"]) + "年级"
    return f"{grade}{_number(parts['number'])}班"


def _numeral(text: str) -> str:
    return "一二三四五六七八九"[int(text) - 1] if text.isdecimal() else text


def _number(text: str) -> int:
    """A class number, in digits or in Chinese up to 九十九."""
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    return (NUMERALS.get(tens, 1) * 10 if ten else 0) + NUMERALS.get(ones, 0)
