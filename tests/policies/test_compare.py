"""Two packs compared: equal ones say nothing, and every difference names the child's day and both sides."""

from __future__ import annotations

from itertools import pairwise

import pytest
from builders import CHINA, in_a_pack, rule
from hypothesis import given
from hypothesis import strategies as st

from notoneless.core.policy.compare import Difference, Part, compare
from notoneless.core.policy.in_force import PacksInForce
from notoneless.core.policy.library import pack_ids, packs_in_force
from notoneless.core.policy.pack import PolicyPack
from notoneless.core.policy.read import read_pack

VISIT = '{ act = "home_visit", who = "class_teacher", by = "same day" }'
REPORT = '{ act = "report", who = "principal", to = "township", by = "1 working day" }'


def found(a: PacksInForce, b: PacksInForce, part: Part = Part.DAYS) -> list[str]:
    """The sentences of one part."""
    return [each.sentence for each in compare(a, b, CHINA) if each.part is part]


def swapped(differences: tuple[Difference, ...]) -> set[Difference]:
    """The same differences seen from the other side."""
    return {each._replace(a=each.b, b=each.a) for each in differences}


def visits(when: str, duty: str = VISIT) -> PacksInForce:
    """A pack with one rule."""
    return in_a_pack(rule(when, obliges=duty))


# Equal packs.


@pytest.mark.parametrize("pack_id", pack_ids())
def test_a_pack_does_not_differ_from_itself(pack_id: str) -> None:
    assert compare(packs_in_force(pack_id), packs_in_force(pack_id), CHINA) == ()


def test_names_order_and_wording_are_no_difference() -> None:
    two = [
        rule('absence = "2 school days"', obliges=VISIT, id="visit"),
        rule('event = "PROGRESS"', id="praise"),
    ]
    renamed = [each.replace('"visit"', '"go"').replace('"说"', '"讲"') for each in reversed(two)]
    assert compare(in_a_pack(*two), in_a_pack(*renamed, id="other/pack"), CHINA) == ()


# By trial.


def test_a_visit_that_only_one_pack_asks_for_names_the_day_and_the_hour() -> None:
    assert found(visits('absence = "2 school days"'), in_a_pack()) == [
        "连续旷课，第 2 个上课日（11-03 周二 旷课）：甲 要班主任家访（当日 23:59 前）；乙 不要求"
    ]


def test_neighbouring_days_with_the_same_difference_are_told_together() -> None:
    each_day = visits('absence = "1 school day", each = true')
    assert found(each_day, in_a_pack())[0] == (
        "连续旷课，第 1–15 个上课日：甲 要班主任家访（当日 23:59 前）；乙 不要求"
    )


@given(first=st.integers(1, 12), second=st.integers(1, 12))
def test_amounts_differ_on_exactly_the_days_they_name(first: int, second: int) -> None:
    a, b = (visits(f'absence = "{n} school day{"s" if n > 1 else ""}"') for n in (first, second))
    days = [line.split("（")[0] for line in found(a, b) if line.startswith("连续旷课，")]
    wanted = sorted({first, second}) if first != second else []
    assert days == [f"连续旷课，第 {n} 个上课日" for n in wanted]


@given(
    st.lists(
        st.sampled_from(["1 school day", "1 working day", "1 calendar day", "same day"]),
        min_size=2,
        max_size=2,
    )
)
def test_limits_differ_unless_they_are_the_same(limits: list[str]) -> None:
    a, b = (visits('absence = "2 school days"', VISIT.replace("same day", limit)) for limit in limits)
    text = found(a, b, Part.TEXT)
    assert [line.startswith("家访（期限不同）：甲") for line in text] == [True] * (limits[0] != limits[1])


def test_limits_that_part_only_at_a_weekend_are_found() -> None:
    a, b = (
        visits('absence = "5 school days"', VISIT.replace("same day", f"1 {kind} day"))
        for kind in ("school", "calendar")
    )
    assert found(a, b)[0] == (
        "连续旷课，第 5 个上课日（11-06 周五 旷课）："
        "甲 要班主任家访（1个上课日内）；乙 要班主任家访（1个日历日内）"
    )


@pytest.mark.parametrize(
    ("counting", "trial"),
    [
        ('leave = "counts"', "请一天假"),
        ('leave = "ends it"', "请一天假"),
        ('unrecorded = "ends it"', "一天没有点名"),
    ],
)
def test_ways_of_counting_show_on_the_days_inside_a_spell(counting: str, trial: str) -> None:
    three = rule('absence = "3 school days"', obliges=VISIT)
    a, b = in_a_pack(three), in_a_pack(three, counting=counting)
    assert any(line.startswith(f"旷课、{trial}、再旷课，第 ") for line in found(a, b))
    assert len(found(a, b, Part.TEXT)) == 1


CONFIRMED = 'after = { act = "home_visit", outcome = "CONFIRMED_DROPOUT" }'
REFUSED = 'after = { act = "persuade", outcome = "REFUSED" }'
REFUSED_TWICE = 'after = { act = "persuade", outcome = "REFUSED", times = 2 }'
UNREACHABLE = 'after = { act = "verify", outcome = "UNREACHABLE" }'


@pytest.mark.parametrize(
    ("when", "days"),
    [
        (CONFIRMED, "连续旷课，第 3 天家访（确认辍学），第 3 个上课日"),
        (REFUSED, "连续旷课，第 3 天劝返（拒绝返校），第 3 个上课日"),
        (REFUSED_TWICE, "连续旷课，自第 3 天起 2 天每天劝返（拒绝返校），第 4 个上课日"),
        (UNREACHABLE, "连续旷课，第 3 天核实（联系不上），第 3 个上课日"),
        ('leave = { lasts = "4 school days", kind = "SICK" }', "连续请病假，第 4 个上课日"),
        ('leave_overrun = "2 school days"', "病假三天期满仍未到校，第 5 个上课日"),
        ('event = "WEARY_OF_SCHOOL"', "记下“厌学”，第 1 个上课日"),
        ('absence = "4 lessons"', "一天里连着缺课，第 4 节课"),
        ('absence = "3 school days", of = "term"', "连续旷课，第 3 个上课日"),
        ('absence = "1 school day", kind = "UNKNOWN"', "原因不明的缺课，第 1 个上课日"),
    ],
)
def test_every_kind_of_trigger_has_a_child_who_shows_it(when: str, days: str) -> None:
    assert found(visits(when), in_a_pack())[0].startswith(days)


def test_chains_are_lived_through() -> None:
    first = rule('absence = "1 session"', obliges=VISIT, id="first")
    a = in_a_pack(first, rule('missed = "first"', obliges=REPORT, id="second"))
    b = in_a_pack(first, rule('done = "first"', obliges=REPORT, id="second"))
    assert {line.partition("：")[0].partition("（")[0] for line in found(a, b)} >= {
        "连续旷课，第 1 个上课日",
        "连续旷课，第 3 天家访，第 3 个上课日",
    }


def test_a_stage_held_for_months_is_waited_for() -> None:
    suspected = rule('absence = "3 school days"', id="suspected", more='stage = "SUSPECTED_DROPOUT"')
    held = rule('stage = "SUSPECTED_DROPOUT", for = "1 month"', obliges=REPORT, id="held")
    assert any("向乡镇政府报告" in line for line in found(in_a_pack(suspected, held), in_a_pack(suspected)))


def test_a_later_trial_does_not_repeat_the_plain_spell() -> None:
    assert len(found(visits('absence = "2 school days"'), visits('absence = "3 school days"'))) == 2


# By the text.


def test_rules_are_matched_by_what_they_ask_for_not_by_name() -> None:
    a = in_a_pack(rule('absence = "2 school days"', obliges=VISIT, id="a"))
    b = in_a_pack(rule('absence = "3 school days"', obliges=VISIT, id="b"))
    assert found(a, b, Part.TEXT) == [
        "家访（触发不同）：甲 未请假缺课连续满 2 个上课日，班主任 家访，当日〔一，C1〕；"
        "乙 未请假缺课连续满 3 个上课日，班主任 家访，当日〔一，C1〕"
    ]


def test_a_report_to_somebody_else_is_another_duty() -> None:
    a, b = (
        visits('absence = "2 school days"', REPORT.replace("township", to))
        for to in ("township", "county_bureau")
    )
    assert [line.split("：")[0] for line in found(a, b, Part.TEXT)] == [
        "报告（向乡镇政府）",
        "报告（向县教育局）",
    ]


def test_recurring_duties_quotas_and_close_out_conditions_are_compared() -> None:
    quota = (
        '[[quota]]\nid = "q"\nclause = "C2"\npointer = "二"\nsays = "说"\nreading = "读"\n'
        'act = "home_visit"\nwho = "class_teacher"\nleast = "50%"\nper = "term"\nof = "class"\n'
    )
    closing = '[[closing]]\nkind = "STABLE_RETURN"\npresent_school_days = 5\nclause = "C3"\nreading = "读"\n'
    monthly = rule('every = "month"', obliges=REPORT)
    lines = found(in_a_pack(monthly, quota, closing), in_a_pack(), Part.TEXT)
    assert lines == [
        "班主任家访的数量：甲 班主任每学期家访不少于 50% 的学生（按本班计）；乙 不要求",
        "按“稳定返校”销号：甲 要连续到校 5 个上课日；乙 没有规定",
        "报告（向乡镇政府）：甲 每月，由学校办，校长 向乡镇政府 报告，1个工作日内〔一，C1〕；乙 不要求",
    ]


def test_a_refined_rule_is_compared_as_the_nearer_one_has_it() -> None:
    township, base = packs_in_force("seeds/shanshu-2014"), packs_in_force("national/2024-15")
    verified = [line for line in found(township, base) if "班主任核实（当日 23:59 前）" in line]
    assert verified[0].endswith("甲 不要求；乙 要班主任核实（当日 23:59 前）")


def test_packs_are_tried_as_if_in_force_and_their_dates_are_a_difference_of_the_text() -> None:
    def starting(day: str) -> PacksInForce:
        visit = rule('absence = "2 school days"', obliges=VISIT)
        text = f'id = "t/p"\ntitle = "题"\nissuer = "县"\ndocument = "文"\nin_force_from = {day}\n{visit}'
        read: PolicyPack = read_pack(text, file="t.toml")
        return PacksInForce([(read, read.in_force_from, None)])

    (only,) = compare(starting("2020-01-01"), starting("2030-01-01"), CHINA)
    assert only.sentence == "生效：甲 2020-01-01 起；乙 2030-01-01 起"


@pytest.mark.parametrize("pair", list(pairwise(pack_ids()[:8])), ids=" and ".join)
def test_the_other_way_round_the_sides_change_places(pair: tuple[str, str]) -> None:
    a, b = (packs_in_force(pack_id) for pack_id in pair)
    forth, back = compare(a, b, CHINA), compare(b, a, CHINA)
    assert forth
    assert swapped(back) == set(forth)
