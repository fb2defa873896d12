"""Marks: the names in double braces that stand where a value is to come, `{{学生姓名}}`, `{{名单.姓名}}`."""

from __future__ import annotations

import re
from typing import NamedTuple

# Full-width braces and dots too, as a Chinese keyboard gives them; a mark is never longer than 60 characters.
_MARK = re.compile(r"(?:\{\{|｛｛)([^{}｛｝\n]{1,60})(?:\}\}|｝｝)")
_DOTS = str.maketrans("．。·", "...")
NUMBER = "序号"  # of a list's rows; counted here, never given


class Mark(NamedTuple):
    """A mark: its name, and the list it belongs to, "" for a mark that stands once."""

    name: str
    list: str = ""

    def __str__(self) -> str:
        return f"{self.list}.{self.name}" if self.list else self.name


class Found(NamedTuple):
    """A mark in a text, from its first brace to the place after its last."""

    start: int
    end: int
    mark: Mark


def found(text: str) -> tuple[Found, ...]:
    """The marks in a text, in order."""
    return tuple(Found(match.start(), match.end(), _mark(match[1])) for match in _MARK.finditer(text))


def named(text: str) -> tuple[Mark, ...]:
    """The marks in a text without their places."""
    return tuple(each.mark for each in found(text))


def only_mark(text: str) -> Mark | None:
    """The mark, if the text is one mark and nothing else."""
    whole = found(text.strip())
    return whole[0].mark if len(whole) == 1 and whole[0].end - whole[0].start == len(text.strip()) else None


def written(mark: Mark) -> str:
    """The mark as an office types it: `{{名单.姓名}}`."""
    return f"{{{{{mark}}}}}"


def _mark(inside: str) -> Mark:
    before, dot, after = "".join(inside.split()).translate(_DOTS).partition(".")
    return Mark(after, before) if dot else Mark(before)
