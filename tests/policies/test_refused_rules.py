"""Rules written wrong: each is refused with file, line, key and remedy."""

from __future__ import annotations

import pytest
from spoiled_pack import DUTY, FILE, WHEN, assert_refused, refusal, spoiled

EMPTY = "应当写一段文字，例如 {} = "
TABLE = "应当是一个表，写作 { 键 = 值 }"


@pytest.mark.parametrize(
    ("when", "key", "says"),
    [
        ("", "", "没有写触发条件；可用：absence、leave、"),
        ('absense = "1 school day"', "", "不认识触发条件“absense”；可用：absence、leave、"),
        (
            WHEN + ', event = "PROGRESS"',
            "",
            "一条规则只能有一个触发条件，写了 absence、event；可用：absence、",
        ),
        (WHEN + ', off = "term"', "off", "不认识这个键；可用的键：absence、each、kind、of"),
        (
            'absence = "3 days"',
            "absence",
            '没有写明是哪一种日子；请写成 "3 school days"（上课日）或 "3 calendar days"（日历日）',
        ),
        ('absence = "1 day"', "absence", '请写成 "1 school day"（上课日）或 "1 calendar day"（日历日）'),
        ('absence = "2 weeks"', "absence", '“2 weeks”看不懂；可写 "4 lessons"、'),
        ('absence = "0 school days"', "absence", '“0 school days”看不懂；可写 "4 lessons"、'),
        ("absence = 2", "absence", EMPTY.format("absence")),
        (WHEN + ', of = "month"', "of", '“month”看不懂；可写 "spell"（连续）、"term"（本学期累计）'),
        (WHEN + ', of = "0 school days"', "of", '“0 school days”看不懂；可写 "spell"（连续）'),
        (
            'absence = "4 lessons", of = "term"',
            "of",
            "累计缺课只能按上课日计算；请把 absence 写成几个 school days",
        ),
        (WHEN + ', of = "term", each = true', "each", 'each 只用于连续缺课（of = "spell"）'),
        (WHEN + ', each = "yes"', "each", "应当写 true 或 false"),
        (WHEN + ', kind = "truant"', "kind", "不认识“truant”；可用：unexcused（无故）、"),
        (WHEN + ", kind = 3", "kind", '应当是列表，写作 kind = ["…"]'),
        ('leave = "3 school days"', "leave", TABLE),
        ('leave = { lasts = "3 calendar days" }', "leave lasts", '应当用上课日，例如 "3 school days"'),
        ('leave = { last = "3 school days" }', "leave last", "不认识这个键；可用的键：lasts、kind"),
        ('leave_overrun = "2 days"', "leave_overrun", '请写成 "2 school days"（上课日）'),
        ('event = "SAD"', "event", "不认识“SAD”；可用：came_back（返校）、"),
        ('after = "home_visit"', "after", TABLE),
        ("after = { times = 2 }", "after act", "没有写；可用：take_roll_call（点名）、"),
        ('after = { act = "persuade", outcome = "NO" }', "after outcome", "不认识“NO”；可用：done（已办）、"),
        ('after = { act = "persuade", times = 0 }', "after times", "应当是不小于 1 的整数，写的是 0"),
        (
            'after = { act = "persuade", time = 2 }',
            "after time",
            "不认识这个键；可用的键：act、outcome、times",
        ),
        ('stage = "GONE"', "stage", "不认识“GONE”；可用：attending（在校）、"),
        ('stage = "BACK", for = "30 days"', "for", '“30 days”看不懂；请写 "1 month" 这样的月数'),
        ('stage = "BACK", for = "0 months"', "for", '“0 months”看不懂；请写 "1 month" 这样的月数'),
        ('every = "fortnight"', "every", "不认识“fortnight”；可用：school day、working day、week、"),
        ('every = ["month"]', "every", EMPTY.format("every")),
        ('every = "March and Sept"', "every", "不认识“March and Sept”；可用：school day、"),
        ('every = "month", owed_by = "village"', "owed_by", "不认识“village”；可用：class、school、"),
        ("roll_call = true", "roll_call", "不认识“True”；可用：MORNING、LESSON、EVENING、"),
        ('roll_call = "MORNNG"', "roll_call", "不认识“MORNNG”；可用：MORNING、LESSON、EVENING、"),
        ('done = ""', "done", EMPTY.format("done")),
    ],
)
def test_a_wrong_trigger(when: str, key: str, says: str) -> None:
    assert_refused(spoiled(WHEN, when), f"规则“first” when {key}".strip(), says)


@pytest.mark.parametrize(
    ("old", "new", "key", "says"),
    [
        (f"when = {{ {WHEN} }}\n", "", "when", TABLE),
        (f"{{ {WHEN} }}", '"absence"', "when", TABLE),
        ('says = "说"', 'say = "说"\nsays = "说"', "say", "不认识这个键；可用的键：id、clause、pointer、"),
        ('clause = ["C1"]\n', "", "clause", '每条规则都要写明依据的条款，例如 clause = ["C072"]'),
        ('["C1"]', "[]", "clause", '每条规则都要写明依据的条款，例如 clause = ["C072"]'),
        ('["C1"]', "[1]", "clause", '每条规则都要写明依据的条款，例如 clause = ["C072"]'),
        (
            '["C1"]',
            '["C1", "C99"]',
            "clause",
            "条款索引里没有“C99”；请核对编号，本单位自己的文件请把条款编号写进 own_clauses",
        ),
        ('reading = "读"\n', "", "reading", EMPTY.format("reading")),
        ('pointer = "一"', 'pointer = " "', "pointer", EMPTY.format("pointer")),
        (WHEN, 'missed = "third"', "when", "没有规则“third”；missed/done 只能指本文件里的规则"),
        (WHEN, 'missed = "first"', "when", "规则互相等待：first → first；请断开其中一环"),
        (WHEN, 'done = "second"', "when", "规则互相等待：first → second → first；请断开其中一环"),
        (
            '"AT_RISK"',
            '"BACK"',
            "stage",
            "规则不能使学生进入“已返校”；可用：at_risk（临界）、suspected_dropout（疑似辍学）、dropout（辍学）",
        ),
        ('"AT_RISK"', '"GONE"', "stage", "不认识“GONE”；可用：attending（在校）、"),
        (WHEN, 'stage = "DROPOUT"', "stage", "由阶段引起的规则不能再改变阶段；请去掉 stage"),
    ],
)
def test_a_wrong_rule(old: str, new: str, key: str, says: str) -> None:
    assert_refused(spoiled(old, new, after="[[rule]]"), f"规则“first” {key}", says)


def test_a_rule_without_an_id_is_called_by_its_place() -> None:
    assert_refused(spoiled('id = "first"\n', ""), "规则“1” id", EMPTY.format("id"))


def test_a_second_rule_of_the_same_name() -> None:
    text = spoiled('id = "second"', 'id = "first"').replace('missed = "first"', WHEN)
    sentence = str(refusal(text))
    assert sentence.startswith(f"{FILE} 第31行，规则“first” id：")
    assert "本文件里已有同名规则；请换一个名字" in sentence


def test_a_rule_that_waits_for_a_stage_cannot_bring_one_about() -> None:
    text = spoiled(WHEN, 'stage = "DROPOUT"').replace('stage = "AT_RISK"\n', "")
    text = text.replace('when = { missed = "first" }', 'when = { missed = "first" }\nstage = "AT_RISK"')
    assert_refused(text, "规则“second” stage", "请去掉 stage，改由家访等动作的结果引起")


@pytest.mark.parametrize("when", ['roll_call = "MORNING"', 'every = "month"'])
def test_a_chain_cannot_follow_what_no_child_set_going(when: str) -> None:
    text = spoiled(WHEN, when).replace('stage = "AT_RISK"\n', "")
    assert_refused(
        text, "规则“second” when", "规则“first”不是因某个学生而起；missed/done 只能接在学生的规则之后"
    )


@pytest.mark.parametrize(
    ("obliges", "key", "says"),
    [
        ("", "", "规则既没有应办事项也没有阶段；请写 obliges = [{ act = …, who = …, by = … }]"),
        ("obliges = []", "", "规则既没有应办事项也没有阶段；请写 obliges = [{ act = …, who = …, by = … }]"),
        ('obliges = "report"', "", "应当是表的列表，写作 obliges = [{ … }]"),
        ('obliges = ["report"]', "", "应当是表的列表，写作 obliges = [{ … }]"),
    ],
)
def test_duties_that_are_no_list_of_tables(obliges: str, key: str, says: str) -> None:
    assert_refused(spoiled(f"obliges = [{{ {DUTY} }}]", obliges), "规则“second” obliges", says)


@pytest.mark.parametrize(
    ("old", "new", "key", "says"),
    [
        ('"report"', '"fine"', "act", "不认识“fine”；可用：take_roll_call（点名）、"),
        ('act = "report", ', "", "act", "没有写；可用：take_roll_call（点名）、"),
        (' who = "principal",', "", "who", "没有写；可用：class_teacher（班主任）、"),
        ('"principal"', '"king"', "who", "不认识“king”；可用：class_teacher（班主任）、"),
        ('"principal"', "3", "who", "不认识“3”；可用：class_teacher（班主任）、"),
        (', by = "same day"', "", "by", EMPTY.format("by")),
        (
            '"same day"',
            '"3 days"',
            "by",
            '“3 days”没有写明是哪一种日子；请写成 "3 school days"（上课日）或 "3 calendar days"（日历日）',
        ),
        ('"same day"', '"1 day"', "by", '请写成 "1 school day"（上课日）或 "1 calendar day"（日历日）'),
        ('"same day"', '"soon"', "by", '“soon”不是能识别的时限；可以写："1 hour"、'),
        ('"same day"', '"0 hours"', "by", "时限“0 hours”中的数应在 1 到 999 之间"),
        ('"same day"', '"by the 40th"', "by", "时限“by the 40th”中的数应在 1 到 31 之间"),
        (
            '"same day"',
            '"same day", from = "birth"',
            "from",
            "不认识“birth”；可用：trigger、spell start、term start",
        ),
        ('"same day"', '"same day", to = "king"', "to", "不认识“king”；可用：class_teacher（班主任）、"),
        (
            '"same day"',
            '"same day", with = ["king"]',
            "with",
            "不认识“king”；可用：class_teacher（班主任）、",
        ),
        (
            '"same day"',
            '"same day", needs = "SELFIE"',
            "needs",
            "不认识“SELFIE”；可用：visit_record（家访记录）、",
        ),
        ('"same day"', '"same day", times = 0', "times", "应当是不小于 1 的整数，写的是 0"),
        ('"same day"', '"same day", times = true', "times", "应当是不小于 1 的整数，写的是 True"),
        ('"same day"', '"same day", form = 7', "form", EMPTY.format("form")),
        ('"same day"', '"same day", fine = 50', "fine", "不认识这个键；可用的键：act、who、by、"),
    ],
)
def test_a_wrong_duty(old: str, new: str, key: str, says: str) -> None:
    text = spoiled(DUTY, DUTY.replace(old, new))
    assert_refused(text, f"规则“second” obliges 第1项 {key}", says)
