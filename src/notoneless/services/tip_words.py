"""Words in which a tip is passed on must not be the reporter's own, nor say who the reporter is."""

from __future__ import annotations

import re
import unicodedata

from notoneless.services.refusals import Refusal

COPIED = 16  # characters in a row; so many are no coincidence
TELLING = 4  # characters of a name, number or account that lead to somebody


def refuse_leak(words: str, *, seen: str, reporter: str) -> None:
    """Refuse words that repeat the tip, or hold a part of how its reporter can be reached."""
    plain = _plain(words)
    if any(part in plain for part in _parts(reporter)):
        raise Refusal(
            "NAMES_REPORTER",
            "转办的话里有举报人的联系方式；请删去，举报人不能让学校和乡镇知道。",
            "These words hold the reporter's contact; take it out. School and township must not learn it.",
        )
    theirs = _plain(seen)
    if any(theirs[i : i + COPIED] in plain for i in range(len(theirs) - COPIED + 1)):
        raise Refusal(
            "COPIED_WORDS",
            "转办的话照抄了线索原文；请用自己的话写要核实什么，原文的口气会让人认出举报人。",
            "These words copy the tip; use your own: a way of writing tells who wrote it.",
        )


def _plain(text: str) -> str:
    """Letters and digits alone, as one reads them whatever their width or case."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def _parts(reporter: str) -> list[str]:
    """The numbers, accounts and names in what the reporter wrote; names are short, so two letters tell."""
    whole = unicodedata.normalize("NFKC", reporter).casefold()
    digits = ["".join(c for c in each if c.isdigit()) for each in re.findall(r"[\d][\d\s-]+", whole)]
    words = [_plain(each) for each in re.split(r"[\s,，、。;；:：/()（）]+", whole)]
    return [each for each in (*digits, *words) if len(each) >= TELLING or _is_name(each)]


def _is_name(part: str) -> bool:
    return 2 <= len(part) < TELLING and all("\u4e00" <= c <= "\u9fff" for c in part) and part not in COMMON


COMMON = ("电话", "手机", "微信", "邮箱", "匿名", "不用", "没有", "联系", "联系我", "晚上", "白天")
