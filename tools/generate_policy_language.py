"""Write docs/explanation/policy-language.md from the readers' own vocabulary; --check compares instead."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from policy_words import (
    ANCHORS,
    CAPABILITIES_EN,
    CLOSING_KEYS,
    COUNTING,
    DUTY_KEYS,
    EXCLUDES_KEYS,
    INTRO,
    KINDS,
    LEDGER_KEYS,
    LIMITS,
    OPTIONS,
    PAIRING_KEYS,
    PARTS_EN,
    PERIODS,
    PLACEMENT_KEYS,
    QUOTA_KEYS,
    REPORT_KEYS,
    RULE_KEYS,
    TARGET_KEYS,
    TRIGGERS,
    TUITION_KEYS,
    UNITS,
    Word,
)

from notoneless.core.case_terms import PairingPurpose, PlacementKind
from notoneless.core.figure_terms import Figure, Tally
from notoneless.core.policy import when
from notoneless.core.policy.draw import LETTERS
from notoneless.core.policy.library import pack_ids, pack_text
from notoneless.core.policy.pack import (
    CAPABILITIES,
    PARTS,
    Anchor,
    ClauseKind,
    OfLeave,
    OfUnrecorded,
    Period,
)
from notoneless.core.report_terms import LedgerKind, ReportKind
from notoneless.core.terms import (
    AbsenceReason,
    Act,
    ActOutcome,
    AttendanceStatus,
    CloseOutKind,
    DayKind,
    EventKind,
    Evidence,
    ObligationState,
    Post,
    Stage,
    Term,
)
from notoneless.core.time_limit import label, parse_limit

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "explanation" / "policy-language.md"
# Each kind of code with the keys it may stand under in a pack.
CODES: tuple[tuple[type[Term], str, str, str], ...] = (
    (Act, "应办动作", "acts", "act"),
    (Post, "岗位", "posts", "who to with by drawer checks signer also_to keeper"),
    (ActOutcome, "结果", "outcomes", "outcome"),
    (EventKind, "事件", "events", "event kind"),
    (Stage, "阶段", "stages", "stage"),
    (Evidence, "佐证", "evidence", "needs evidence"),
    (PlacementKind, "安置方式", "placements", "kind"),
    (PairingPurpose, "结对目的", "purposes of a pairing", "purpose"),
    (AbsenceReason, "原因", "reasons of an absence or a leave", "kind reason"),
    (CloseOutKind, "销号类型", "close-out types", "kind"),
    (ReportKind, "报表", "reports", "kind"),
    (Figure, "公式", "formulas", "figure"),
    (Tally, "统计项", "lists that a figure may leave out", "excludes"),
    (LedgerKind, "台账", "ledgers", "kind"),
    (ObligationState, "状态", "states of an expected obligation", "state"),
    (AttendanceStatus, "考勤标记", "marks in a correction", "status"),
)
BESIDE: tuple[tuple[str, str, dict[str, Word]], ...] = (
    ("销号条件 Close-out conditions", "closing", CLOSING_KEYS),
    ("返校安置 Placement on return", "placement", PLACEMENT_KEYS),
    ("送教要求 Teaching at home", "tuition", TUITION_KEYS),
    ("结对要求 Pairing", "pairing", PAIRING_KEYS),
    ("报表要求 Reports", "report", REPORT_KEYS),
    ("指标 Targets", "target", TARGET_KEYS),
    ("剔除规定 What a figure leaves out", "excludes", EXCLUDES_KEYS),
    ("台账要求 Ledgers", "ledger", LEDGER_KEYS),
)


class Used(NamedTuple):
    """A piece of a shipped pack: its text as it stands there, and whose it is."""

    text: str
    where: str

    def shown(self) -> str:
        """`code` and the pack it stands in."""
        return f"{_code(self.text)} ({self.where})"


# What the shipped packs say.


@cache
def parsed(pack_id: str) -> dict[str, Any]:
    """A shipped pack as TOML gives it."""
    return tomllib.loads(pack_text(pack_id))


@cache
def tables(kind: str) -> list[tuple[str, dict[str, Any], str]]:
    """Every `[[kind]]` of every shipped pack: the pack's id, the table, and its text."""
    found = []
    for pack_id in pack_ids():
        text = pack_text(pack_id)
        pieces = re.split(rf"^\[\[{kind}\]\]$", text, flags=re.MULTILINE)[1:]
        entries = parsed(pack_id).get(kind, [])
        found += [(pack_id, table, piece) for table, piece in zip(entries, pieces, strict=True)]
    return found


def _line(piece: str, key: str) -> str:
    """The line `key = …` of a table's text."""
    match = re.search(rf"^{key} = .*$", piece, re.MULTILINE)
    return match[0] if match else ""


def trigger_used(word: str) -> Used | None:
    """The first shipped rule that is set going by this trigger word."""
    for pack_id, table, piece in tables("rule"):
        if word in table["when"]:
            return Used(_line(piece, "when"), f"{pack_id}#{table['id']}")
    return None


def limits_used() -> dict[DayKind, Used]:
    """For each kind of day, the first time limit of a shipped rule."""
    found: dict[DayKind, Used] = {}
    for pack_id, table, _ in tables("rule"):
        for duty in table.get("obliges", []):
            used = Used(f'by = "{duty["by"]}"', f"{pack_id}#{table['id']}")
            found.setdefault(parse_limit(duty["by"]).kind, used)
    return found


WHERE_CODES_STAND = (
    *("rule", "quota", "closing", "placement", "pairing"),
    *("report", "target", "excludes", "ledger", "example"),
)


@cache
def written() -> list[tuple[str, str]]:
    """Every table in which codes stand, with the name under which people find it."""
    return [
        (f"{pack_id}#{table.get('id') or table.get('rule') or kind}", piece.split("\n[[")[0])
        for kind in WHERE_CODES_STAND
        for pack_id, table, piece in tables(kind)
    ]


@cache
def tables_with(code: str) -> list[tuple[str, str]]:
    """Those that may name the code, in whatever case."""
    either = (f'"{code}"', f'"{code.lower()}"')
    return [(name, text) for name, text in written() if either[0] in text or either[1] in text]


def code_used(code: str, keys: str) -> str:
    """The first rule, quota, word beside the rules or example that names the code, or a dash."""
    pattern = re.compile(rf'\b(?:{keys.replace(" ", "|")}) = (?:\[[^\]]*)?"{code}"', re.IGNORECASE)
    return next((name for name, text in tables_with(code) if pattern.search(text)), "—")


# The page.


def page() -> str:
    """The page as it should be."""
    sections = (
        *(_rule(), _triggers(), _amounts(), _limits(), _duties(), _quotas(), _counting()),
        *(_beside(heading, kind, keys) for heading, kind, keys in BESIDE),
        _clauses(),
    )
    lines = [INTRO, *(line for section in sections for line in (*section, ""))]
    return "\n".join([*lines, *_examples(), "", *_codes()]) + "\n"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    heads = list(head)
    return [_row(heads), "|" + "---|" * len(heads), *(_row(row) for row in rows)]


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _code(text: str) -> str:
    return f"`{text}`"


def _words(words: dict[str, Word]) -> Iterator[tuple[str, str, str, str]]:
    for key, word in words.items():
        yield _code(key), word.zh, word.en, _code(word.example)


def _rule() -> list[str]:
    head = ("写法 key", "中文", "English", "例 example")
    return ["## 规则 Rules: `[[rule]]`", "", *_table(head, _words(RULE_KEYS))]


def _triggers() -> list[str]:
    rows = []
    for word in when._READERS:
        told, used = TRIGGERS[word], trigger_used(word)
        example = used.shown() if used else _code(f"when = {{ {told.example} }}")
        rows.append((_code(word), told.zh, told.en, example))
    options = _table(("选项 option", "中文", "English", "例 example"), _words(OPTIONS))
    return [
        "## 何时发生 Triggers: `when`",
        "",
        "每条规则只有一个触发词。A rule has exactly one of these words.",
        "",
        *_table(("触发词 word", "中文", "English", "例 example"), rows),
        "",
        "触发词的选项。Options that some words take.",
        "",
        *options,
        "",
        "`every` 的周期。The periods of `every`.",
        "",
        *_table(("周期 period", "中文", "English"), (_period(period) for period in Period)),
    ]


def _period(period: Period) -> tuple[str, str, str]:
    words = PERIODS[period]
    written = 'every = "March and September"' if period is Period.MONTHS else f'every = "{period.value}"'
    return _code(written), *words


def _amounts() -> list[str]:
    rows = ((_code(f"2 {unit}s"), kind.zh, UNITS[kind]) for unit, kind in when._UNITS.items())
    return ["## 数量 Amounts of absence", "", *_table(("写法 written", "单位", "English"), rows)]


def _limits() -> list[str]:
    used = limits_used()
    rows = []
    for kind in DayKind:
        limit = parse_limit(LIMITS[kind])
        example = used[kind].shown() if kind in used else _code(f'by = "{LIMITS[kind]}"')
        rows.append((_code(LIMITS[kind]), f"{kind.zh}：{label(limit)}", label(limit, "en"), example))
    anchors = ((_code(f'from = "{anchor.value}"'), *ANCHORS[anchor]) for anchor in Anchor)
    return [
        "## 时限 Time limits: `by`",
        "",
        "时限必须写明是哪一种日子；只写“3 days”会被拒绝。A limit says which kind of day it counts, "
        "or it is refused.",
        "",
        *_table(("写法 written", "中文", "English", "例 example"), rows),
        "",
        "从何时起算。What a limit runs from.",
        "",
        *_table(("写法 written", "中文", "English"), anchors),
    ]


def _duties() -> list[str]:
    head = ("写法 key", "中文", "English", "例 example")
    return ["## 应办什么 Duties: `obliges`", "", *_table(head, _words(DUTY_KEYS))]


def _quotas() -> list[str]:
    head = ("写法 key", "中文", "English", "例 example")
    lines = ["## 数量要求 Quotas: `[[quota]]`", "", *_table(head, _words(QUOTA_KEYS))]
    return lines + _shipped("quota")


def _counting() -> list[str]:
    leave = ((_code(f'leave = "{each.value}"'), *COUNTING[each]) for each in OfLeave)
    unrecorded = ((_code(f'unrecorded = "{each.value}"'), *COUNTING[each]) for each in OfUnrecorded)
    head = ("写法 written", "中文", "English")
    return ["## 计算口径 Ways of counting: `[counting]`", "", *_table(head, [*leave, *unrecorded])]


def _beside(heading: str, kind: str, keys: dict[str, Word]) -> list[str]:
    head = ("写法 key", "中文", "English", "例 example")
    return [f"## {heading}: `[[{kind}]]`", "", *_table(head, _words(keys)), *_shipped(kind)]


def _shipped(kind: str) -> list[str]:
    """The first `[[kind]]` that ships, word for word."""
    for pack_id, _, piece in tables(kind)[:1]:
        text = re.split(r"^(?:\[\[|#)", piece, flags=re.MULTILINE)[0].strip()
        return ["", f"`{pack_id}`:", "", "```toml", f"[[{kind}]]", text, "```"]
    return []


def _clauses() -> list[str]:
    examples: dict[str, str] = {}
    for pack_id, table, _ in tables("clause"):
        examples.setdefault(table["kind"], f"{table['id']} {table['says']} ({pack_id})")
    kinds = ((_code(kind.value), *KINDS[kind], examples.get(kind.value, "—")) for kind in ClauseKind)
    waits: dict[str, str] = {}
    for pack_id, table, _ in tables("clause"):
        if "waits" in table:
            waits.setdefault(table["waits"], f"{table['id']} ({pack_id})")
    capabilities = (
        (_code(f'waits = "{name}"'), zh, CAPABILITIES_EN[name], waits.get(name, "—"))
        for name, zh in CAPABILITIES.items()
    )
    placed: dict[str, str] = {}
    for pack_id, table, _ in tables("clause"):
        if "runs_in" in table:
            placed.setdefault(table["runs_in"], f"{table['id']} ({pack_id})")
    parts = (
        (_code(f'runs_in = "{name}"'), zh, PARTS_EN[name], placed.get(name, "—"))
        for name, zh in PARTS.items()
    )
    return [
        "## 其他条款 Other clauses: `[[clause]]`",
        "",
        "没有规则计算的条款也要写明：告知读者、等待哪项功能，或者依法不执行。Every clause is accounted for: "
        "it runs (shown, or in a part of the product), waits for a capability, or is refused with the law.",
        "",
        *_table(("类别 kind", "中文", "English", "例 example"), kinds),
        "",
        "等待的功能。What a clause may wait for.",
        "",
        *_table(("写法 written", "中文", "English", "例 example"), capabilities),
        "",
        "已经建成的，写在哪里办。Where a clause runs that no rule counts.",
        "",
        *_table(("写法 written", "中文", "English", "例 example"), parts),
    ]


def _examples() -> list[str]:
    letters = (
        (_code(letter), f"{status.zh}{f'（{reason.zh}）' if reason else ''}", _en(status, reason))
        for letter, (status, reason) in LETTERS.items()
    )
    return [
        "## 算例 Worked examples: `[[example]]`, `[[quota_example]]`",
        "",
        "每条规则、每项数量要求至少一个；写进文件，就作为测试运行，也印在给人签字的那一页上。At least one "
        "for every rule and quota; each runs as a test and stands on the page that is signed.",
        *_shipped("example"),
        *_shipped("quota_example"),
        "",
        "`marks` 中的字母，一个上课日一个。The letters of `marks`, one a school day.",
        "",
        *_table(("字母 letter", "中文", "English"), letters),
    ]


def _en(status: Term, reason: Term | None) -> str:
    return f"{status.en} ({reason.en})" if reason else status.en


def _codes() -> list[str]:
    lines = ["## 代码 Codes", "", "文件里大小写都可以。Upper or lower case in the file.", ""]
    for kind, zh, en, keys in CODES:
        rows = ((_code(m.value.lower()), m.zh, m.en, code_used(m.value, keys)) for m in kind)
        head = ("代码 code", "中文", "English", "见于 used in")
        written = "、".join(_code(key) for key in keys.split())
        lines += [f"### {zh} · {en}：{written}", "", *_table(head, rows), ""]
    return lines[:-1]


def main() -> int:
    """0 when the page is as it should be, or has been written."""
    if "--check" in sys.argv:
        same = PAGE.exists() and PAGE.read_text("utf-8") == page()
        verdict = "is up to date" if same else "differs: run tools/generate_policy_language.py"
        print(PAGE.relative_to(ROOT), verdict)
        return 0 if same else 1
    PAGE.write_text(page(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
