"""A pack as a page: every clause is on it, in the order of the document, with reading and examples."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import pytest
from builders import CHINA, in_a_pack, pack, rule
from generators import load_tool

from notoneless.core.paper import Box, DayRow, Heading, Page, Table, markdown
from notoneless.core.policy import when
from notoneless.core.policy.describe import describe, page_of
from notoneless.core.policy.library import load, pack_ids, packs_in_force
from notoneless.core.policy.pack import CAPABILITIES, PARTS, ClauseKind
from notoneless.core.policy.say import trigger_line
from notoneless.core.terms import Act, ActOutcome, DayKind, EventKind, Post
from notoneless.core.time_limit import parse_limit

each_pack = pytest.mark.parametrize("pack_id", pack_ids())


def page_for(*rules: str, more: str = "") -> Page:
    """The page of a small pack; `more` is further TOML."""
    described = pack(*rules, more)
    return page_of(described, in_a_pack(*rules, more), CHINA)


EXAMPLE = (
    '[[example]]\nrule = "rule"\nabout = "例"\nfrom = {since}\nmarks = "{marks}"\n'
    'at = "{at} 12:00"\nexpect = []\nclosures = [{closure}]\n'
)


def drawn(marks: str, since: str, at: str, closure: str = "") -> list[str]:
    """The cells of the days that an example with these marks draws."""
    example = EXAMPLE.format(since=since, marks=marks, at=at, closure=closure)
    page = page_for(rule('absence = "1 session"'), more=example)
    (box,) = (block for block in page.blocks if isinstance(block, Box))
    row = box.blocks[0]
    assert isinstance(row, DayRow)
    return [f"{cell.when} {cell.mark}" for cell in row.cells]


# Every clause.


@each_pack
def test_every_rule_quota_and_clause_is_on_the_page_of_its_pack(pack_id: str) -> None:
    described = load(pack_id)
    page = describe(described, packs_in_force(pack_id), CHINA).replace("\\|", "|")
    for part in (*described.rules, *described.quotas):
        assert f"{part.pointer}（{'、'.join(part.clause)}）" in page
        assert part.says in page
        assert f"怎样算：{part.reading}" in page
    beside = (described.placements, described.tuitions, described.pairings, described.reports)
    for part in (*chain(*beside), *described.targets, *described.exclusions):
        assert f"{part.pointer}（{'、'.join(part.clause)}）" in page
        assert f"怎样算：{part.reading}" in page
    for closing in described.closings:
        assert f"| {closing.kind.zh} | " in page
        assert closing.reading in page
    for ledger in described.ledgers:
        assert f"| {ledger.says} | {ledger.kind.zh}，" in page
    for clause in described.other_clauses:
        assert f"| {clause.id} | {clause.pointer} | {clause.says}" in page
        assert clause.instead in page
    for example in (*described.examples, *described.quota_examples):
        assert example.about in page


@each_pack
def test_there_is_a_place_to_agree_beside_every_rule_and_quota(pack_id: str) -> None:
    described = load(pack_id)
    page = describe(described, packs_in_force(pack_id), CHINA)
    casework = (described.closings, described.placements, described.tuitions, described.pairings)
    targets = described.targets + described.exclusions
    beside = (*casework, described.reports, targets, described.ledgers)
    parts = len(described.rules) + len(described.quotas) + sum(map(bool, beside))
    assert page.count("审核：□ 同意　□ 应改为：") == parts


def clause(id: str) -> str:  # noqa: A002
    return f'[[clause]]\nid = "{id}"\npointer = "三"\nkind = "conduct"\nsays = "说"\n'


def test_clauses_stand_in_the_order_of_the_document_whatever_their_kind() -> None:
    rules = [
        rule('absence = "1 session"', id=name).replace('"C1"', f'"{name}"') for name in ("C5", "C2", "C4")
    ]
    page = page_for(*rules, more=clause("C3") + clause("C1"))
    shown = [
        [row[0] for row in block.rows] if isinstance(block, Table) else [block.text[2:4]]
        for block in page.blocks
        if isinstance(block, Table) or (isinstance(block, Heading) and block.text.startswith("一（"))
    ]
    assert shown == [["C1"], ["C2"], ["C3"], ["C4"], ["C5"]]


def test_a_chain_is_said_by_what_it_follows() -> None:
    chained = pack(rule('absence = "2 school days"', id="first"), rule('missed = "first"', id="second"))
    line = trigger_line(chained.rule("second").when, chained)
    assert line == "未请假缺课连续满 2 个上课日，所应办的“核实”逾期未办时"


@pytest.mark.parametrize(("session", "said"), [("MORNING", "晨检"), ("L3", "第3节课"), ("LESSON", "每节课")])
def test_sessions_are_said_as_people_call_them(session: str, said: str) -> None:
    called = pack(rule(f'roll_call = "{session}"'))
    assert trigger_line(called.rule("rule").when, called) == f"每个上课日{said}开始时，每个班"


def test_text_that_looks_like_markup_stays_text() -> None:
    text = "A|B <b> *c*"
    page = page_for(rule('absence = "1 session"'), more=clause("C9").replace('"说"', f"'{text}'"))
    assert "A\\|B &lt;b> \\*c\\*" in markdown(page)


# Days.


def test_a_weekend_is_one_cell_between_the_days() -> None:
    assert drawn("A | P", "2026-11-13", "2026-11-16") == [
        "11-13 五 ■ 旷课",
        "11-14–15 — 周末",
        "11-16 一 ● 到校",
    ]


def test_a_holiday_is_named_even_where_a_weekend_lies_in_it() -> None:
    assert drawn("A U", "2026-09-30", "2026-10-08")[1] == "10-01–07 — 国庆节"


def test_a_closure_gives_its_reason_to_the_days_without_school() -> None:
    snow = '{ from = 2026-11-16, until = 2026-11-18, reason = "暴雪", declared = "2026-11-12 09:00" }'
    assert drawn("A A", "2026-11-13", "2026-11-18", snow)[1:] == ["11-14–17 — 暴雪", "11-18 三 ■ 旷课"]


def test_leave_and_late_have_shapes_of_their_own() -> None:
    assert drawn("L T", "2026-11-19", "2026-11-20") == ["11-19 四 △ 请假", "11-20 五 ◎ 迟到"]


def test_facts_that_are_not_drawn_are_told() -> None:
    told = describe(load("seeds/shanshu-2014"), packs_in_force("seeds/shanshu-2014"), CHINA)
    assert "- 晨检 08:05 点名" in told
    assert "- 11-20 09:30 更正：11-20 迟到" in told
    assert "- 11-20 08:40 班主任向教导处报告" in told


def test_facts_are_told_in_the_order_in_which_they_happened() -> None:
    facts = (
        'acts = [{ act = "home_visit", at = "2026-11-20 11:00", by = "principal" }]\n'
        'events = [{ kind = "PROGRESS", at = "2026-11-20 10:00" }]\n'
    )
    example = EXAMPLE.format(since="2026-11-20", marks="A", at="2026-11-20", closure="") + facts
    told = markdown(page_for(rule('absence = "1 session"'), more=example))
    assert "- 11-20 10:00 记下“明显进步”\n- 11-20 11:00 校长家访\n" in told


# The generated pages.


def test_generated_pages_notice_a_change_a_stray_and_a_gap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = load_tool("generate_policies")
    monkeypatch.setattr(tool, "ROOT", tmp_path)
    monkeypatch.setattr(tool, "FOLDER", tmp_path / "policies")
    monkeypatch.setattr(tool, "pack_ids", lambda: ("national/2024-15",))

    def run(*arguments: str) -> int:
        monkeypatch.setattr("sys.argv", ["tool", *arguments])
        return int(tool.main())

    assert run("--check") == 1
    assert run() == run("--check") == 0
    page = tmp_path / "policies" / "national" / "2024-15.md"
    page.write_text(page.read_text("utf-8") + "。", "utf-8")
    assert run("--check") == 1
    assert run() == run("--check") == 0
    (tmp_path / "policies" / "national" / "2020.md").write_text("", "utf-8")
    assert run("--check") == 1
    assert run() == run("--check") == 0


# The language on one page.


@pytest.fixture(scope="module")
def language() -> str:
    """The page of the policy language as it would be written now."""
    return str(load_tool("generate_policy_language").page())


def test_every_trigger_word_is_on_the_page_of_the_language(language: str) -> None:
    assert [word for word in when._READERS if f"\n| `{word}` | " not in language] == []


def test_every_kind_of_day_is_on_the_page_of_the_language(language: str) -> None:
    words = load_tool("policy_words")
    assert [kind for kind in DayKind if f"\n| `{words.LIMITS[kind]}` | {kind.zh}：" not in language] == []


def test_every_kind_of_clause_and_capability_is_on_the_page_of_the_language(language: str) -> None:
    assert [kind for kind in ClauseKind if f"\n| `{kind.value}` | " not in language] == []
    assert [name for name in CAPABILITIES if f'\n| `waits = "{name}"` | ' not in language] == []
    assert [name for name in PARTS if f'\n| `runs_in = "{name}"` | ' not in language] == []


@pytest.mark.parametrize("kind", [Act, Post, ActOutcome, EventKind])
def test_every_code_is_on_the_page_of_the_language(
    kind: type[Act | Post | ActOutcome | EventKind], language: str
) -> None:
    rows = (f"\n| `{code.lower()}` | {code.zh} | {code.en} |" for code in kind)
    assert [row for row in rows if row not in language] == []


def test_an_example_on_the_page_of_the_language_is_taken_from_a_shipped_pack(language: str) -> None:
    assert '`when = { roll_call = "MORNING" }` (fujian/jianning-2024#roll-called-daily)' in language


@pytest.mark.parametrize("kind_of_word", ["TRIGGERS", "OPTIONS"])
def test_every_written_trigger_and_option_can_be_read(kind_of_word: str) -> None:
    words = getattr(load_tool("policy_words"), kind_of_word)
    chained = rule('absence = "2 school days"', id="visited-on-day-2")
    for name, word in words.items():
        assert f"{name} = " in word.example
        assert pack(chained, rule(word.example)).rule("rule").says == "说"


@pytest.mark.parametrize("kind", DayKind)
def test_the_written_form_of_every_limit_is_of_its_kind(kind: DayKind) -> None:
    assert parse_limit(load_tool("policy_words").LIMITS[kind]).kind is kind
