"""Heads, examples and closings written wrong: each is refused with file, line, key and remedy."""

from __future__ import annotations

import pytest
from spoiled_pack import FILE, GOOD, assert_refused, line_of, read, refusal, spoiled

from notoneless.core.policy.read import read_pack

DAY = "应当是日期，写作 {} = 2026-09-01（不加引号）"
MARKS = 'marks = "A A"'


def test_the_pack_that_the_tests_spoil_is_good() -> None:
    assert [rule.id for rule in read(GOOD).rules] == ["first", "second"]


@pytest.mark.parametrize("text", ["id = ", "[[rule]\n", "id = 'a\n", '= "x"'])
def test_what_is_not_toml(text: str) -> None:
    sentence = str(refusal(text))
    assert sentence.startswith(f"{FILE}：不是合格的 TOML 文件：")
    assert "(at line 1" in sentence or "(at end of document" in sentence
    assert sentence.endswith("；请检查引号、括号和等号")


@pytest.mark.parametrize(
    ("old", "new", "key", "says"),
    [
        ("title", 'titel = "题"\ntitle', "titel", "不认识这个键；可用的键：id、title、regime、"),
        ('id = "county/a"\n', "", "id", "应当写一段文字，例如 id = "),
        ('"题"', '" "', "title", "应当写一段文字，例如 title = "),
        ('"题"', "7", "title", "应当写一段文字，例如 title = "),
        ("in_force_from = 2020-01-01\n", "", "in_force_from", DAY.format("in_force_from")),
        ("2020-01-01", '"2020-01-01"', "in_force_from", DAY.format("in_force_from")),
        ("2020-01-01", "2020-01-01T08:00:00", "in_force_from", DAY.format("in_force_from")),
        (
            "2020-01-01",
            "2020-01-01\nin_force_until = 2020-01-01",
            "in_force_until",
            "应当晚于 in_force_from",
        ),
        ("2020-01-01", "2020-01-01\nin_force_until = 2021", "in_force_until", DAY.format("in_force_until")),
        ("2020-01-01", "2020-01-01\nextends = 7", "extends", "应当写一段文字，例如 extends = "),
        ('"pauses the spell"', '"pauses"', "counting leave", "可用：pauses the spell、ends it、counts"),
        ('"bridges the spell"', '"counts"', "counting unrecorded", "可用：bridges the spell、ends it"),
        ("leave =", "absent = 1\nleave =", "counting absent", "不认识这个键；可用的键：leave、unrecorded"),
        ("[counting]", 'counting = "usual"\n[other]', "counting", "应当是一个表，写作 { 键 = 值 }"),
    ],
)
def test_a_wrong_head(old: str, new: str, key: str, says: str) -> None:
    assert_refused(spoiled(old, new), key, says)


@pytest.mark.parametrize("rules", ['rule = "first"', "rule = [1]", 'rule = { id = "first" }'])
def test_rules_that_are_no_list_of_tables(rules: str) -> None:
    assert_refused(rules, "rule", "应写作 [[rule]]")


@pytest.mark.parametrize(
    ("old", "new", "key", "says"),
    [
        ("about", "now = 1\nabout", "now", "不认识这个键；可用的键：rule、about、"),
        ('at = "2025-09-09 17:00"\n', "", "at", "应当写一段文字，例如 at = "),
        (
            '"2025-09-09 17:00"',
            '"9 Sept"',
            "at",
            '时刻应写作 "2026-11-20 09:05"，写的是 "9 Sept"',
        ),
        ("expect =", "expects =", "expect", "请写明应有的事项；没有就写 expect = []"),
        ("from = 2025-09-08\n", "", "from", DAY.format("from")),
        (MARKS + "\n", "", "from", "没有 marks 就不必写 from；请写上 marks，或去掉 from"),
        (MARKS, 'marks = "A X"', "marks", "不认识的考勤字母“X”；可用：P=到校、A=旷课、"),
        ("2025-09-08", "2027-03-01", "marks", "请在校历文件中补充 2027 年的放假和调休日期。"),
        (MARKS, MARKS + '\nroll_call = "early"', "roll_call", '时刻应写作 "08:05"，写的是 "early"'),
        (MARKS, MARKS + '\nsession = "NOON"', "session", "没有节次“NOON”；已有的节次是：MORNING、L1、"),
        (
            'by = "principal"',
            'by = "principal", whom = 1',
            "acts 第1项 whom",
            "不认识这个键；可用的键：act、at、",
        ),
        (', by = "principal"', "", "acts 第1项 by", "没有写；可用：class_teacher（班主任）、"),
        ('"2025-09-09 16:00"', '"today"', "acts 第1项 at", '时刻应写作 "2026-11-20 09:05"，写的是 "today"'),
        (
            MARKS,
            MARKS + '\ncorrections = [{ learned = "2025-09-09 10:00" }]',
            "corrections 第1项 day",
            DAY.format("day"),
        ),
        (
            MARKS,
            MARKS + '\nevents = [{ kind = "SAD", at = "2025-09-09 10:00" }]',
            "events 第1项 kind",
            "不认识“SAD”；可用：came_back（返校）、",
        ),
        (
            MARKS,
            MARKS + '\nleaves = [{ from = 2025-09-08, until = 2025-09-09, granted = "2025-09-08 07:00" }]',
            "leaves 第1项 reason",
            "没有写；可用：unexcused（无故）、",
        ),
        (
            MARKS,
            MARKS + '\nclosures = [{ from = 2025-09-08, until = 2025-09-09, reason = "雪" }]',
            "closures 第1项 declared",
            "应当写一段文字，例如 declared = ",
        ),
        ("state =", "status =", "expect 第1项 status", "不认识这个键；可用的键：act、who、due、state、to"),
        ('"met"', '"late"', "expect 第1项 state", "不认识“late”；可用：open（待办）、"),
    ],
)
def test_a_wrong_example(old: str, new: str, key: str, says: str) -> None:
    assert_refused(spoiled(old, new, after="[[example]]"), f"算例“first” {key}", says)


def test_an_example_of_an_unknown_rule() -> None:
    text = spoiled('rule = "first"', 'rule = "third"')
    assert_refused(text, "算例“third” rule", "没有这条规则；本文件的规则有：first、second")


@pytest.mark.parametrize(
    ("old", "new", "key", "says"),
    [
        (
            '"STABLE_RETURN"',
            '"FORGOTTEN"',
            "“1” kind",
            "不认识“FORGOTTEN”；可用：stable_return（稳定返校）、",
        ),
        ("days = 5", "days = -5", "“1” present_school_days", "应当是不小于 1 的整数，写的是 -5"),
        ("days = 5\n", "days = 5\ndays = 5\n", "“1” days", "不认识这个键；可用的键：kind、"),
        ('["C1"]', '["C99"]', "“1” clause", "条款索引里没有“C99”；请核对编号"),
    ],
)
def test_a_wrong_closing(old: str, new: str, key: str, says: str) -> None:
    assert_refused(spoiled(old, new, after="[[closing]]"), f"销号条件{key}", says)


@pytest.mark.parametrize(
    ("old", "new", "key", "says"),
    [
        ('"ledger"', '"book"', "“C3” kind", "不认识“book”；可用：target、formula、ledger、"),
        ('kind = "ledger"\n', "", "“C3” kind", "没有写；可用：target、formula、ledger、"),
        ('"ledgers"', '"later"', "“C3” waits", "不认识“later”；可用：figures、ledgers、"),
        ('waits = "ledgers"\n', "", "“C3” waits", "请写明等待哪项功能；可用：figures、ledgers、"),
        ('"ledger"', '"refused"', "“C3” law", "不执行的条款要写明违反哪条法律（law）和产品怎么做（instead）"),
        ('"C3"', '"C99"', "“C99” clause", "条款索引里没有“C99”；请核对编号"),
        ("waits", 'when = "now"\nwaits', "“C3” when", "不认识这个键；可用的键：id、pointer、kind、says、"),
    ],
)
def test_a_wrong_clause(old: str, new: str, key: str, says: str) -> None:
    assert_refused(spoiled(old, new, after="[[clause]]"), f"条款{key}", says)


@pytest.mark.parametrize("heading", ["[[rule]]  # the second", "  [[ rule ]]", "[[rule]]\t"])
def test_a_refusal_finds_its_line_however_the_heading_is_written(heading: str) -> None:
    text = spoiled('[[rule]]\nid = "second"', f'{heading}\nid = "second"').replace('"same day"', '"3 days"')
    assert refusal(text).line == line_of(GOOD, "规则“second”")


def test_without_an_index_any_clause_may_be_cited() -> None:
    text = spoiled('["C2"]', '"C99"')
    assert read_pack(text, file=FILE).rule("second").clause == ("C99",)
