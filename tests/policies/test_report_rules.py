"""What packs say of reporting: refused when written wrong, tried by its examples, the nearest pack first."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from builders import CHINA, pack
from hypothesis import given
from hypothesis import strategies as st
from spoiled_pack import GOOD, assert_refused, read, spoiled

from notoneless.core.figure_terms import Figure, Tally
from notoneless.core.paper import markdown
from notoneless.core.policy.compare import compare
from notoneless.core.policy.describe import page_of
from notoneless.core.policy.fields import PackError
from notoneless.core.policy.floors import refuse_below_floors
from notoneless.core.policy.in_force import PacksInForce, in_force
from notoneless.core.policy.library import load, pack_ids, packs_in_force, run_examples
from notoneless.core.policy.pack import PolicyPack, TargetRule
from notoneless.core.policy.report_rules import ALL_GRADES
from notoneless.core.policy.say_report_rules import report_line, target_line
from notoneless.core.report_terms import LedgerKind, ReportKind
from notoneless.core.terms import Post

SAID = 'clause = "C1"\npointer = "一"\nsays = "说"\nreading = "读"\n'


# Written wrong.


@pytest.mark.parametrize(
    ("old", "new", "key", "says"),
    [
        ('"MONTHLY"', '"HOURLY"', "报表要求“1” kind", "不认识“HOURLY”；可用：daily（日报告）、"),
        ('"school"', '"class"', "报表要求“1” level", "不认识“class”；可用：school、township、county"),
        ("day = 20", "day = 32", "报表要求“1” day", "截止日应在 1 到 31 之间"),
        ("day = 20", "day = 0", "报表要求“1” day", "应当是不小于 1 的整数"),
        ("day = 20", "months = [3]", "报表要求“1” months", "只有春季、秋季报告写月份"),
        ('"MONTHLY"', '"WEEKLY"', "报表要求“1” day", "“周查表”的起止由日历定"),
        ('"2 calendar days"', '"2 days"', "报表要求“1” by", "没有写明是哪一种日子"),
        ('"2 calendar days"', '"1 hour"', "报表要求“1” by", "报表的时限自截止日当天结束起算"),
        (
            '["CLASS_TEACHER", "VICE_PRINCIPAL"]',
            '["PRINCIPAL"]',
            "报表要求“1” checks",
            "“校长”是签发人，不再列为核对人",
        ),
        ('"VICE_PRINCIPAL"', '"CLASS_TEACHER"', "报表要求“1” checks", "“班主任”写了两次"),
        ('to = "COUNTY_BUREAU"', 'to = "PRINCIPAL"', "报表要求“1” to", "“校长”不能既签发又接收"),
        ('to = "COUNTY_BUREAU"\n', "", "报表要求“1” also_to", "写了抄送，就要写明接收的岗位 to"),
        ('"SUPERVISION_OFFICE"', '"COUNTY_BUREAU"', "报表要求“1” also_to", "接收的岗位不再列为抄送"),
        ("months = [3]", "months = [13]", "报表要求“2” months", "应当是 1 到 12 的月份"),
        ("months = [3]\n", "", "报表要求“2” months", "“春季报告”要写明几月报"),
        ("last = 2026-12-20", 'last = "December"', "报表要求“1” examples 第1项 last", "应当是日期"),
        ('"F-DR-CASE"', '"dropout rate"', "指标“1” figure", "可用：F-DR-MOE、F-DR-CASE、"),
        ("at_most = 0.6", "at_most = 160", "指标“1” at_most", "应当是 0 到 100 之间的百分数"),
        ("at_most = 0.6", 'at_most = "0.6%"', "指标“1” at_most", "不加引号和百分号"),
        ("at_most = 0.6", "at_most = 0.6\nat_least = 0.1", "指标“1” at_most", "请写一个界限"),
        ("at_most = 0.6\n", "", "指标“1” at_most", "请写一个界限"),
        ('"primary"', '"infants"', "指标“1” grades", 'grades 应写 "all"、"primary"（小学）'),
        ("grades = [7]", "grades = [10]", "指标“2” grades", 'grades 应写 "all"、"primary"（小学）'),
        ("at_most = 2", "at_least = 2", "指标“2” below", "只与 at_most 同用"),
        ('per = "grade"', 'per = "pupil"', "指标“2” per", "可用：class、grade、school、township、county"),
        ('["NORMAL_CHANGES"]', "[]", "剔除规定“1” excludes", "没有写剔除哪几项"),
        ('["NORMAL_CHANGES"]', '["ANYBODY"]', "剔除规定“1” excludes", "不认识“ANYBODY”"),
        ('"AT_RISK"', '"NOTES"', "台账要求“1” kind", "不认识“NOTES”；可用：school_age（适龄儿童少年台账）、"),
        ("keeper", "keeps", "台账要求“1” keeper", "没有写；可用："),
    ],
)
def test_a_wrong_report_target_exclusion_or_ledger(old: str, new: str, key: str, says: str) -> None:
    assert_refused(spoiled(old, new, after="[[report]]"), key, says)


def test_a_report_or_ledger_is_said_once_and_a_grade_has_one_bound() -> None:
    twice = GOOD + GOOD[GOOD.index("[[ledger]]") : GOOD.index("[[clause]]")]
    with pytest.raises(ValueError, match="已经写过 school 的“临界辍学生劝返复学台账”；请只留一个"):
        read(twice)
    overlapping = spoiled('"F-LOSS-R21"\nper = "grade"\ngrades = [7]', '"F-DR-CASE"\nper = "school"')
    assert_refused(overlapping, "指标“2” grades", "按 school 已经定过 1 年级的界限；请只留一个")


# Examples, and the dated rules beside them.


def problems(text: str) -> str:
    found = read(text)
    return "；".join(each.problem for each in run_examples(found, in_force(found, load)) if each.problem)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "first = 2026-11-21",
            "first = 2026-12-01",
            "应为 2026-12-01 2026-12-20 2026-12-22 23:59；算得 2026-11-21",
        ),
        ("day = 2026-03-10", "day = 2026-08-10", "2026-08-10 不在任何一期之内"),
        ("value = 0.61, met = false", "value = 0.61, met = true", "应为 达到；算得 没有达到"),
        ("value = 0.6, grade = 6", "value = 0.6", "只算一部分年级的指标，算例要写明年级 grade"),
        ("value = 0.6, grade = 6", "value = 0.6, grade = 7", "7 年级不在这项指标之内"),
        ("value = 2, grade = 7, met = false", "value = 1, grade = 7, met = true", "请再写一个没有达到的"),
    ],
)
def test_an_example_of_reporting_that_comes_out_otherwise_is_told(old: str, new: str, says: str) -> None:
    assert says not in problems(GOOD)
    assert says in problems(spoiled(old, new))


RULE = (
    '[[rule]]\nid = "monthly"\n' + SAID + 'when = {{ every = "month", owed_by = "{level}" }}\n'
    'obliges = [{{ act = "draw_up", who = "principal", to = "{to}", by = "{by}" }}]\n'
)


@pytest.mark.parametrize(
    ("level", "to", "by", "says"),
    [
        ("school", "county_bureau", "by the 22nd", ""),
        (
            "school",
            "county_bureau",
            "month end",
            "规则要求 2026-12-31 23:59 前，报表写的是 2026-12-22 23:59 前",
        ),
        ("county", "county_bureau", "by the 22nd", "规则由 county 办，报表由 school 报"),
        ("school", "township", "by the 22nd", "规则要报乡镇政府，报表的 to、also_to 里没有"),
        ("class", "school_office", "month end", ""),
    ],
)
def test_a_report_agrees_with_the_rule_that_obliges_to_it(level: str, to: str, by: str, says: str) -> None:
    found = problems(GOOD + RULE.format(level=level, to=to, by=by))
    assert (says in found) if says else ("报表" not in found and "规则要" not in found)


# The nearest pack.


def extending(text: str) -> PacksInForce:
    near = pack(text)
    return in_force(near.__class__(**{**_fields(near), "extends": "national/2024-15"}), load)


def _fields(found: PolicyPack) -> dict[str, object]:
    return {name: getattr(found, name) for name in found.__class__.__dataclass_fields__}


def test_a_nearer_report_of_a_kind_stands_in_for_the_farther_and_leaves_the_others() -> None:
    packs = packs_in_force("guangxi/bobai")
    rules = {(rule.kind, rule.level): rule for rule in packs.report_rules()}
    monthly = rules[ReportKind.MONTHLY, "school"]
    assert (monthly.day, monthly.drawer) == (20, Post.REPORTING_OFFICER)
    assert rules[ReportKind.QUARTERLY, "county"].clause == ("N05",)
    assert rules[ReportKind.SPRING, "school"].also_to == (Post.SUPERVISION_OFFICE,)
    assert [rule.kind for rule in packs.report_rules()] == sorted(
        (rule.kind for rule in packs.report_rules()), key=list(ReportKind).index
    )


def test_a_rule_holds_on_the_days_of_its_pack() -> None:
    packs = PacksInForce(
        [(load("guangxi/bobai"), date(2026, 9, 1), None), (load("national/2024-15"), date(2024, 4, 28), None)]
    )
    monthly = {on: packs.report_rules(on)[0] for on in (date(2026, 8, 31), date(2026, 9, 1))}
    assert [rule.kind for rule in monthly.values()] == [ReportKind.MONTHLY, ReportKind.WEEKLY]
    assert packs.report_rules(date(2020, 1, 1)) == ()


def test_a_nearer_target_takes_its_grades_and_the_farther_keeps_the_rest() -> None:
    near = (
        '[[target]]\nfigure = "F-LOSS-R21"\nper = "school"\ngrades = [7, 8]\nat_most = 1\n'
        + SAID
        + "examples = [{ value = 1, grade = 7, met = true }]\n"
    )
    far = load("seeds/eight-rules")
    packs = PacksInForce([(pack(near), date.min, None), (far, date.min, None)])
    of_schools = [rule for rule in packs.target_rules() if rule.per == "school"]
    assert [rule.grades for rule in of_schools] == [{7, 8}, ALL_GRADES - {7, 8}]
    assert [rule.grades for rule in packs.target_rules() if rule.per == "grade"] == [{7}, {8}, {9}]


@pytest.mark.parametrize(
    ("report", "says"),
    [
        ('to = "county_bureau"\n', r"上位制度规定（N04）没有的也要报，写 nil = true"),
        ("nil = true\n", r"上位制度规定（N04）要报县教育局，请写明 to"),
        ('to = "central_school"\nnil = true\n', ""),
    ],
)
def test_a_nearer_pack_takes_no_report_back(report: str, says: str) -> None:
    monthly = (
        '[[report]]\nkind = "MONTHLY"\nlevel = "school"\nby = "month end"\n'
        'drawer = "school_office"\nsigner = "principal"\n'
    )
    packs = extending(monthly + report + SAID)
    if says:
        with pytest.raises(PackError, match=says):
            refuse_below_floors(packs, CHINA)
    else:
        refuse_below_floors(packs, CHINA)


def test_what_the_nation_asks_every_school_and_county_for() -> None:
    packs = packs_in_force("national/2024-15")
    assert [(rule.kind, rule.level, rule.nil) for rule in packs.report_rules()] == [
        (ReportKind.MONTHLY, "school", True),
        (ReportKind.QUARTERLY, "county", True),
        (ReportKind.TERMLY, "county", True),
        (ReportKind.YEARLY, "county", True),
    ]
    assert [rule.kind for rule in packs.ledger_rules()] == [
        LedgerKind.SCHOOL_AGE,
        LedgerKind.SUSPECTED,
        LedgerKind.DROPOUTS,
    ]
    assert packs.target_rules() == packs.exclusion_rules() == ()


def test_whoever_is_sent_home_is_never_left_out_of_a_figure() -> None:
    left_out = packs_in_force("seeds/eight-rules").exclusion_rules()
    assert [(rule.figure, rule.excludes) for rule in left_out] == [
        (Figure.LOSS_R21, {Tally.NORMAL_CHANGES, Tally.REGISTERED_ELSEWHERE, Tally.GUESTS_ELSEWHERE})
    ]


# Bounds.


def every_target() -> list[TargetRule]:
    return [rule for pack_id in pack_ids() for rule in load(pack_id).targets]


@given(st.sampled_from(every_target()), st.decimals(0, 100, places=2), st.decimals(0, 100, places=2))
def test_whoever_is_better_than_one_that_meets_a_target_meets_it_too(
    rule: TargetRule, one: Decimal, other: Decimal
) -> None:
    better, worse = sorted((one, other), reverse=rule.at_least is not None)
    assert rule.met_by(better) or not rule.met_by(worse)
    assert rule.met_by(Decimal(0 if rule.at_least is None else 100))


@pytest.mark.parametrize("rule", every_target(), ids=target_line)
def test_a_target_names_its_formula_and_its_bound_wherever_it_is_said(rule: TargetRule) -> None:
    bound = rule.at_most if rule.at_most is not None else rule.at_least
    assert f"（{rule.figure.value}）" in target_line(rule)
    assert f"{bound}%" in target_line(rule)


def test_a_report_is_said_in_one_line() -> None:
    (weekly, monthly, *_) = load("guangxi/bobai").reports
    assert report_line(weekly) == "学校：周一到周日，截止当日编好；教导处编制，校长签发，自存；没有的也要报"
    assert report_line(monthly) == (
        "学校：上月 21 日到本月 20 日，月底前报出；"
        "监测报告员编制，班主任、分管副校长核对，校长签发，报县教育局；没有的也要报"
    )


def test_what_farther_packs_ask_for_stands_on_the_page_as_well() -> None:
    packs = packs_in_force("guangxi/bobai")
    (farther,) = markdown(page_of(load("guangxi/bobai"), packs, CHINA)).split("## 同时有效的上位规定")[1:]
    assert "：季度复核，县：一个自然季，截止后10个工作日内报出；" in farther
    assert "：月报表，" not in farther
    assert "：疑似辍学台账（含失学），每个县一本，县教育局管" in farther


def test_packs_that_report_otherwise_are_told_apart_with_grades_alike_together() -> None:
    a, b = packs_in_force("seeds/eight-rules"), packs_in_force("seeds/county-two-percent")
    lines = [each.sentence for each in compare(a, b, CHINA)]
    assert "流失率（F-LOSS-R21）（每个学校）：甲 低于 2%；乙 不超过 2%" in lines
    assert "流失率（F-LOSS-R21）（每个年级，七年级）：甲 低于 1.5%；乙 没有规定" in lines
    assert not any("六年级" in line for line in lines)
