"""A good pack, and what is said when one place in it is written wrong."""

from __future__ import annotations

import pytest

from notoneless.core.policy.fields import PackError
from notoneless.core.policy.pack import PolicyPack
from notoneless.core.policy.read import read_pack

FILE = "policies/county/a.toml"
WHEN = 'absence = "2 school days"'
DUTY = 'act = "report", who = "principal", by = "same day"'
GOOD = f"""\
# A county's pack.
id = "county/a"
title = "题"
issuer = "县"
document = "文"
in_force_from = 2020-01-01

[counting]
leave = "pauses the spell"
unrecorded = "bridges the spell"

[[rule]]
id = "first"
clause = ["C1"]
pointer = "一"
says = "说"
reading = "读"
when = {{ {WHEN} }}
stage = "AT_RISK"
obliges = [{{ act = "verify", who = "principal", by = "1 working day" }}]

[[example]]
rule = "first"
about = "算例"
from = 2025-09-08
marks = "A A"
acts = [{{ act = "verify", at = "2025-09-09 16:00", by = "principal" }}]
at = "2025-09-09 17:00"
expect = [{{ act = "verify", who = "principal", due = "2025-09-10 23:59", state = "met" }}]

[[rule]]
id = "second"
clause = ["C2"]
pointer = "二"
says = "说"
reading = "读"
when = {{ missed = "first" }}
obliges = [{{ {DUTY} }}]

[[closing]]
kind = "STABLE_RETURN"
present_school_days = 5
clause = ["C1"]
reading = "读"
reviewer = ["PRINCIPAL"]
examples = [{{ present = 4, met = false }}, {{ present = 5, met = true }}]

[[closing]]
kind = "DEATH"
clause = ["C1"]
reading = "读"
evidence = ["DEATH_CERTIFICATE"]

[[placement]]
months_from = 0
months_until = 3
kind = "SAME_CLASS"
clause = ["C1"]
pointer = "一"
says = "说"
reading = "读"
examples = [{{ left = 2026-09-01, back = 2026-11-30 }}]

[[placement]]
months_from = 3
kind = "BY_AGE"
clause = ["C1"]
pointer = "一"
says = "说"
reading = "读"
examples = [{{ left = 2026-09-01, back = 2026-12-01 }}]

[[tuition]]
lessons_a_year = 216
times_a_week = 2
lessons_each = 3
clause = ["C1"]
pointer = "一"
says = "说"
reading = "读"
examples = [{{ lessons = 215, met = false }}, {{ lessons = 216, met = true }}, {{ week = 6 }}]

[[pairing]]
purpose = "RETURN_CARE"
contact = "7 calendar days"
clause = ["C1"]
pointer = "一"
says = "说"
reading = "读"
examples = [{{ contact = 2026-11-18, until = 2026-11-25 }}]

[[report]]
kind = "MONTHLY"
level = "school"
day = 20
by = "2 calendar days"
drawer = "SCHOOL_OFFICE"
checks = ["CLASS_TEACHER", "VICE_PRINCIPAL"]
signer = "PRINCIPAL"
to = "COUNTY_BUREAU"
also_to = ["SUPERVISION_OFFICE"]
nil = true
clause = ["C1"]
pointer = "一"
says = "说"
reading = "读"
examples = [{{ day = 2026-11-21, first = 2026-11-21, last = 2026-12-20, due = "2026-12-22 23:59" }}]

[[report]]
kind = "SPRING"
level = "school"
months = [3]
by = "month end"
drawer = "SCHOOL_OFFICE"
signer = "PRINCIPAL"
clause = ["C1"]
pointer = "一"
says = "说"
reading = "读"
examples = [{{ day = 2026-03-10, first = 2026-02-15, last = 2026-03-31, due = "2026-03-31 23:59" }}]

[[target]]
figure = "F-DR-CASE"
per = "school"
grades = "primary"
at_most = 0.6
clause = ["C1"]
pointer = "一"
says = "说"
reading = "读"
examples = [{{ value = 0.6, grade = 6, met = true }}, {{ value = 0.61, met = false }}]

[[target]]
figure = "F-LOSS-R21"
per = "grade"
grades = [7]
at_most = 2
below = true
clause = ["C1"]
pointer = "一"
says = "说"
reading = "读"
examples = [{{ value = 1.99, grade = 7, met = true }}, {{ value = 2, grade = 7, met = false }}]

[[excludes]]
figure = "F-LOSS-R21"
excludes = ["NORMAL_CHANGES"]
clause = ["C1"]
pointer = "一"
says = "说"
reading = "读"

[[ledger]]
kind = "AT_RISK"
level = "school"
keeper = "SCHOOL_OFFICE"
clause = ["C1"]
pointer = "一"
says = "说"
reading = "读"

[[clause]]
id = "C3"
pointer = "三"
kind = "ledger"
says = "说"
waits = "enrolment"
"""
# The heading, and which of its kind, that a refusal about each thing points at.
HEADINGS = {
    "规则“first”": ("[[rule]]", 1),
    "规则“1”": ("[[rule]]", 1),
    "规则“second”": ("[[rule]]", 2),
    "算例": ("[[example]]", 1),
    "销号条件“2”": ("[[closing]]", 2),
    "销号条件": ("[[closing]]", 1),
    "返校安置“2”": ("[[placement]]", 2),
    "返校安置": ("[[placement]]", 1),
    "送教要求": ("[[tuition]]", 1),
    "结对要求": ("[[pairing]]", 1),
    "报表要求“2”": ("[[report]]", 2),
    "报表要求": ("[[report]]", 1),
    "指标“2”": ("[[target]]", 2),
    "指标": ("[[target]]", 1),
    "剔除规定": ("[[excludes]]", 1),
    "台账要求": ("[[ledger]]", 1),
    "条款": ("[[clause]]", 1),
}


def read(text: str) -> PolicyPack:
    return read_pack(text, file=FILE, clauses={"C1", "C2", "C3"})


def spoiled(old: str, new: str, after: str = "") -> str:
    """The good pack with `old`, the first one behind `after`, written as `new`."""
    start = GOOD.index(old, GOOD.index(after))
    return GOOD[:start] + new + GOOD[start + len(old) :]


def refusal(text: str) -> PackError:
    """What is said of this pack: one sentence, in one line."""
    with pytest.raises(PackError) as refused:
        read(text)
    assert "\n" not in str(refused.value)
    return refused.value


def line_of(text: str, key: str) -> int:
    """The line of the heading under which `key` stands; the first line for the head of the file."""
    for thing, (heading, nth) in HEADINGS.items():
        if key.startswith(thing):
            starts = [n for n, line in enumerate(text.splitlines(), 1) if line.startswith(heading)]
            return starts[nth - 1]
    return 1


def assert_refused(text: str, key: str, says: str) -> None:
    """The refusal names file, line and key, and says what would be right."""
    sentence = str(refusal(text))
    assert sentence.startswith(f"{FILE} 第{line_of(text, key)}行，{key}：")
    assert says in sentence
