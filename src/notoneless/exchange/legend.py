"""图例: what the symbols and words in an attendance sheet mean, and a sheet's own legend line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from notoneless.core.terms import AbsenceReason, AttendanceStatus
from notoneless.exchange.cells import Wrong, compact, shortened


class Meaning(NamedTuple):
    """What a mark says."""

    status: AttendanceStatus
    reason: AbsenceReason | None = None


PRESENT = Meaning(AttendanceStatus.PRESENT)
UNEXCUSED = Meaning(AttendanceStatus.ABSENT, AbsenceReason.UNEXCUSED)
UNKNOWN = Meaning(AttendanceStatus.ABSENT, AbsenceReason.UNKNOWN)
SICK = Meaning(AttendanceStatus.LEAVE, AbsenceReason.SICK)
PERSONAL = Meaning(AttendanceStatus.LEAVE, AbsenceReason.PERSONAL)
OFFICIAL = Meaning(AttendanceStatus.LEAVE, AbsenceReason.OFFICIAL)
SOME_LEAVE = Meaning(AttendanceStatus.LEAVE, AbsenceReason.UNKNOWN)
LATE = Meaning(AttendanceStatus.LATE)
UNRECORDED = Meaning(AttendanceStatus.UNRECORDED)

SYMBOLS = {"√": PRESENT, "×": UNEXCUSED, "△": SICK, "○": PERSONAL, "◇": LATE}
# Glyphs that nobody tells apart by hand.
SAME_GLYPH = str.maketrans(
    {**dict.fromkeys("✓✔☑", "√"), **dict.fromkeys("✕✖✗✘╳xX", "×"), **dict.fromkeys("〇◯", "○")}
)

WORDS_BY_MEANING = {
    PRESENT: "到校 出勤 到 全勤 正常 已到 在校 实到 按时到校",
    UNEXCUSED: "旷课 旷 无故缺勤 无故缺课 无故旷课 无故未到 旷到",
    UNKNOWN: "缺勤 缺课 缺席 缺 未到 未到校 未出勤",
    SICK: "病假 病 请病假 病休",
    PERSONAL: "事假 事 请事假",
    OFFICIAL: "公假 公 请公假 公差",
    SOME_LEAVE: "请假 假",
    LATE: "迟到 迟",
    UNRECORDED: "未点名 未记录 未登记 没点名",
}
WORDS = {word: meaning for meaning, words in WORDS_BY_MEANING.items() for word in words.split()}
# Words legends use for what a roll call does not record; a symbol for them can be explained but not read.
FOREIGN = ("早退", "休学", "转学", "转出", "退学", "辍学", "请长假", "其他", "其它")

_LONG_WORDS = sorted([word for word in (*WORDS, *FOREIGN) if len(word) > 1], key=len, reverse=True)
_SHORT_WORDS = "".join(word for word in WORDS if len(word) == 1)
# A short word may be a symbol (病=病假) or say what one means (△病): its neighbour tells.
TOKEN = re.compile(
    rf"(?P<blank>空白|空格|不填|空)|(?P<word>{'|'.join(_LONG_WORDS)})|(?P<link>表示|代表|记作|为|记|是)"
    rf"|(?P<short>[{_SHORT_WORDS}])|(?P<symbol>[^\s\w:=,;、。.()/|\-—~“”\"'…]|[A-Za-z])"
)
INTRODUCTION = re.compile(r"图例(?:说明)?|(?:考勤)?符号(?:说明)?|标记说明|^说明|^备?注")
ALLOWED = "√到校、×旷课、△病假、○事假、◇迟到，或写到校、缺勤、请假、公假、未点名"


class Legend(NamedTuple):
    """The symbols in use in one sheet; None for one that is explained but is nothing a roll call records."""

    symbols: dict[str, Meaning | None]
    blank: Meaning | None = None
    own: str = ""  # the sheet's legend line

    def meaning(self, text: str) -> Meaning:
        """What a mark means; raises Wrong with the legend in use."""
        mark = compact(text)
        glyph = mark.translate(SAME_GLYPH)
        if glyph in self.symbols:
            found = self.symbols[glyph]
            if found is None:
                raise Wrong(f"“{mark}”在图例里的意思不是点名能记的；能用的是：{ALLOWED}。")
            return found
        if mark in WORDS:
            return WORDS[mark]
        in_use = f"本表图例是“{shortened(self.own, 60)}”" if self.own else f"能用的是：{ALLOWED}"
        raise Wrong(f"看不懂“{shortened(mark)}”；{in_use}。")


STANDARD = Legend(dict(SYMBOLS))


def legend_of(lines: list[str]) -> Legend:
    """The legend that these lines of a sheet introduce; the standard one if none does."""
    for line in lines:
        if not INTRODUCTION.search(compact(line)):
            continue
        pairs, blank = _pairs(INTRODUCTION.sub("", compact(line), count=1))
        if len(pairs) > 1 or (pairs and "图例" in line):
            return Legend(_merged(pairs), blank, compact(line))
    return STANDARD


def _merged(pairs: dict[str, Meaning | None]) -> dict[str, Meaning | None]:
    """The sheet's symbols, and those standard ones whose meaning it has not given to another symbol."""
    given = set(pairs.values())
    return {glyph: meaning for glyph, meaning in SYMBOLS.items() if meaning not in given} | pairs


def _pairs(line: str) -> tuple[dict[str, Meaning | None], Meaning | None]:
    """Symbols with their words, whichever comes first in this line, and what a blank cell means."""
    tokens = [token for token in _tokens(line) if token[0] != "link"]
    backwards = _word_first(tokens)
    pairs: dict[str, Meaning | None] = {}
    blank: Meaning | None = None
    while len(tokens) > 1:
        first, second = tokens[:2]
        if backwards and first[0] != "blank":
            first, second = second, first
        if second[0] not in ("word", "short") or first[0] == "word":
            tokens = tokens[1:]
            continue
        tokens = tokens[2:]
        if first[0] == "blank":
            blank = WORDS.get(second[1])
        else:
            pairs[first[1].translate(SAME_GLYPH)] = WORDS.get(second[1])
    return pairs, None if blank == UNRECORDED else blank


def _word_first(tokens: list[tuple[str, str]]) -> bool:
    kinds = [kind for kind, _ in tokens]
    if kinds[:1] == ["blank"]:
        kinds = kinds[2:]
    return kinds[:1] == ["word"] or kinds[:2] == ["short", "symbol"]


def _tokens(line: str) -> Iterator[tuple[str, str]]:
    for found in TOKEN.finditer(line):
        yield found.lastgroup or "", found[0]
