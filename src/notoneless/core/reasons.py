"""Why a child stays away, and what is to be done about it: measures, who shares the work, where it stands.

The words are in `data/reasons.toml`, one table a reason.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from notoneless.core.case_terms import CaseReason
from notoneless.core.terms import Post


class Both(NamedTuple):
    """A sentence in both languages."""

    zh: str
    en: str

    def label(self, language: str = "zh") -> str:
        """The sentence in a language, Chinese unless it starts with "en"."""
        return self.en if language.startswith("en") else self.zh


@dataclass(frozen=True, slots=True)
class Advice:
    """What helps where this is the reason, and who shares the work with the school."""

    reason: CaseReason
    measures: tuple[Both, ...]
    posts: tuple[Post, ...]
    offices: tuple[Both, ...]
    source: Both
    sensitive: bool  # for whoever must know alone


@cache
def advice() -> Mapping[CaseReason, Advice]:
    """The advice for every reason. Raises KeyError when the file lacks one."""
    text = files("notoneless.core").joinpath("data/reasons.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    return {reason: _read(reason, tables[reason.value]) for reason in CaseReason}


@cache
def sensitive() -> frozenset[CaseReason]:
    """The reasons that are shown only to whoever must know."""
    return frozenset(reason for reason, each in advice().items() if each.sensitive)


def _read(reason: CaseReason, table: Mapping[str, Any]) -> Advice:
    known = {post.value: post for post in Post}
    return Advice(
        reason,
        tuple(Both(*each) for each in table["measures"]),
        tuple(known[code] for code in table["posts"]),
        tuple(Both(*each) for each in table["offices"]),
        Both(*table["source"]),
        bool(table.get("sensitive", False)),
    )
