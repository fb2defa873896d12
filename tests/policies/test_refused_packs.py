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
        ("days = 5", "days = 0", "“1” present_school_days", "应当是不小于 1 的整数，写的是 0"),
        ("present_school_days = 5\n", "", "“1” present_school_days", "应当是不小于 1 的整数"),
        ('["PRINCIPAL"]', '["CLASS_TEACHER"]', "“1” reviewer", "“班主任”不能复核销号；可用："),
        ("present = 4", "present = -1", "“1” examples 第1项 present", "应当是不小于 0 的整数"),
        ("met = false", "met = 0", "“1” examples 第1项 met", "应当写 true 或 false"),
        ('["C1"]', '["C99"]', "“1” clause", "条款索引里没有“C99”；请核对编号"),
    ],
)
def test_a_wrong_closing(old: str, new: str, key: str, says: str) -> None:
    assert_refused(spoiled(old, new, after="[[closing]]"), f"销号条件{key}", says)


@pytest.mark.parametrize(
    ("old", "new", "key", "says"),
    [
        ('evidence = ["DEATH_CERTIFICATE"]\n', "", "“2” evidence", "“死亡”要凭佐证销号"),
        (
            'kind = "DEATH"\n',
            'kind = "DEATH"\npresent_school_days = 5\n',
            "“2” present_school_days",
            "只有“稳定返校”计到校天数；请去掉",
        ),
        ('"DEATH"', '"STABLE_RETURN"\npresent_school_days = 5', "“2” ", "已经写过 kind“稳定返校”"),
    ],
)
def test_a_wrong_closing_without_days(old: str, new: str, key: str, says: str) -> None:
    text = spoiled(old, new, after='"STABLE_RETURN"')
    sentence = str(refusal(text))
    assert sentence.startswith(f"{FILE} 第{line_of(text, '销号条件“2”')}行，销号条件{key}".strip())
    assert says in sentence


@pytest.mark.parametrize(
    ("old", "new", "key", "says"),
    [
        ("months_from = 0\n", "", "返校安置“1” months_from", "应当是不小于 0 的整数"),
        ("months_from = 0", "months_from = 1", "返校安置“1” months_from", "从 0 个月起；这一段应写 0"),
        ("months_from = 3", "months_from = 4", "返校安置“2” months_from", "各段应首尾相接"),
        ("months_from = 3", "months_from = 2", "返校安置“2” months_from", "这一段应写 3"),
        ("months_until = 3\n", "", "返校安置“1” months_until", "只有最后一段可以不写"),
        (
            "months_from = 3",
            "months_until = 12\nmonths_from = 3",
            "返校安置“2” months_until",
            "最后一段不写止",
        ),
        ('"BY_AGE"', '"AT_HOME"', "返校安置“2” kind", "不认识“AT_HOME”；可用：same_class（回原班）、"),
        ("left = 2026-09-01", 'left = "1 Sept"', "返校安置“1” examples 第1项 left", DAY.format("left")),
        ("lessons_a_year = 216\n", "", "送教要求“1” lessons_a_year", "应当是不小于 1 的整数"),
        ("times_a_week = 2\n", "", "送教要求“1” times_a_week", "写了每次几课时，就要写每周几次"),
        ("lessons = 215", "lessons = -1", "送教要求“1” examples 第1项 lessons", "应当是不小于 0 的整数"),
        (
            '"7 calendar days"',
            '"7 school days"',
            "结对要求“1” contact",
            '只能按日历日计，写作 "7 calendar days"',
        ),
        ('"7 calendar days"', '"7 days"', "结对要求“1” contact", "没有写明是哪一种日子"),
        ('"RETURN_CARE"', '"FUN"', "结对要求“1” purpose", "不认识“FUN”；可用：return_care（返校后一对一）、"),
        ("until = 2026-11-25", "due = 2026-11-25", "结对要求“1” examples 第1项 until", DAY.format("until")),
    ],
)
def test_a_wrong_placement_tuition_or_pairing(old: str, new: str, key: str, says: str) -> None:
    assert_refused(spoiled(old, new, after="[[placement]]"), key, says)


def test_a_second_minimum_of_teaching_at_home_is_refused() -> None:
    again = GOOD[GOOD.index("[[tuition]]") : GOOD.index("[[pairing]]")]
    assert "已经写过 tuition；请只留一个" in str(refusal(f"{GOOD}\n{again}"))


def test_a_clause_that_runs_somewhere_waits_for_nothing() -> None:
    text = spoiled('waits = "enrolment"', 'waits = "enrolment"\nruns_in = "papers"')
    assert_refused(text, "条款“C3” waits", "请去掉一个")
    assert read(spoiled('waits = "enrolment"', 'runs_in = "papers"')).other_clauses[0].state == "runs"
    text = spoiled('waits = "enrolment"', 'runs_in = "magic"')
    assert_refused(text, "条款“C3” runs_in", "不认识“magic”；可用：relief、")


@pytest.mark.parametrize(
    ("old", "new", "key", "says"),
    [
        ('"ledger"', '"book"', "“C3” kind", "不认识“book”；可用：target、formula、ledger、"),
        ('kind = "ledger"\n', "", "“C3” kind", "没有写；可用：target、formula、ledger、"),
        ('"enrolment"', '"later"', "“C3” waits", "不认识“later”；可用：papers、responsibility、"),
        ('waits = "enrolment"\n', "", "“C3” waits", "请写明等待哪项功能；可用：papers、responsibility、"),
        ("waits", 'figure = "F-X"\nwaits', "“C3” figure", "不认识“F-X”；可用：F-DR-MOE、"),
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
