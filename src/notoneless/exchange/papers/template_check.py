"""The marks of a template beside those that it may and must hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from notoneless.core.paper_terms import PaperFormat
from notoneless.exchange.papers.marks import found, named, written
from notoneless.exchange.papers.places import MarkedText
from notoneless.exchange.papers.sheet_form import formulas, list_rows_merged_downwards
from notoneless.exchange.papers.sheet_form import marked_texts as sheet_texts
from notoneless.exchange.papers.templates import TemplateProblem
from notoneless.exchange.papers.wanted import Wanted
from notoneless.exchange.papers.word_form import marked_texts as word_texts

_STRAY = re.compile(r".{0,10}(?:\{\{|\}\}|｛｛|｝｝|\{%|%\}|\{#|#\}).{0,10}", re.DOTALL)


def problems(wanted: Wanted, form: PaperFormat, content: bytes) -> tuple[TemplateProblem, ...]:
    """What must be put right, in the order of the file, what is missing at the end."""
    word = form is PaperFormat.DOCX
    texts = list(word_texts(content) if word else sheet_texts(content))
    wrong = [problem for text in texts for problem in _in_text(wanted, text)]
    wrong += _mixed_rows(texts)
    if not word:
        wrong += [TemplateProblem("formula", "", each.zh, each.en) for each in formulas(content)]
        tall = list_rows_merged_downwards(content)
        wrong += [TemplateProblem("tall_row", each.text, each.zh, each.en) for each in tall]
    return (*wrong, *_missing(wanted, texts))


def _in_text(wanted: Wanted, text: MarkedText) -> Iterator[TemplateProblem]:
    for mark in named(text.text):
        if mark not in wanted.known:
            yield TemplateProblem("unknown", written(mark), text.zh, text.en)
        elif mark.list and not text.row:
            yield TemplateProblem("not_in_row", written(mark), text.zh, text.en)
    if stray := _STRAY.search(_without_marks(text.text)):
        yield TemplateProblem("broken", stray[0], text.zh, text.en)


def _without_marks(text: str) -> str:
    for each in reversed(found(text)):
        text = text[: each.start] + " " + text[each.end :]
    return text


def _mixed_rows(texts: Sequence[MarkedText]) -> Iterator[TemplateProblem]:
    first: dict[str, str] = {}
    for text in texts:
        for mark in named(text.text):
            if mark.list and text.row and first.setdefault(text.row, mark.list) != mark.list:
                yield TemplateProblem("two_lists", written(mark), text.zh, text.en)


def _missing(wanted: Wanted, texts: Sequence[MarkedText]) -> Iterator[TemplateProblem]:
    there = {mark for text in texts for mark in named(text.text)}
    for mark in sorted(wanted.needed - there, key=str):
        yield TemplateProblem("missing", written(mark))
