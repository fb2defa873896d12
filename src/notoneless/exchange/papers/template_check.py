"""The marks of a template beside those of its layout."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from notoneless.core.paper_terms import PaperFormat, PaperKind
from notoneless.exchange.papers.layout import lists, marks
from notoneless.exchange.papers.marks import NUMBER, Mark, found, named, written
from notoneless.exchange.papers.places import MarkedText
from notoneless.exchange.papers.sheet_form import formulas, list_rows_merged_downwards
from notoneless.exchange.papers.sheet_form import marked_texts as sheet_texts
from notoneless.exchange.papers.templates import TemplateProblem
from notoneless.exchange.papers.word_form import marked_texts as word_texts

_STRAY = re.compile(r".{0,10}(?:\{\{|\}\}|｛｛|｝｝|\{%|%\}|\{#|#\}).{0,10}", re.DOTALL)


def problems(kind: PaperKind, form: PaperFormat, content: bytes) -> tuple[TemplateProblem, ...]:
    """What must be put right, in the order of the file, what is missing at the end."""
    word = form is PaperFormat.DOCX
    texts = list(word_texts(content) if word else sheet_texts(content))
    wrong = [problem for text in texts for problem in _in_text(kind, text)]
    wrong += _mixed_rows(texts)
    if not word:
        wrong += [TemplateProblem("formula", "", each.zh, each.en) for each in formulas(content)]
        tall = list_rows_merged_downwards(content)
        wrong += [TemplateProblem("tall_row", each.text, each.zh, each.en) for each in tall]
    return (*wrong, *_missing(kind, texts))


def _in_text(kind: PaperKind, text: MarkedText) -> Iterator[TemplateProblem]:
    for mark in named(text.text):
        if mark not in _known(kind):
            yield TemplateProblem("unknown", written(mark), text.zh, text.en)
        elif mark.list and not text.row:
            yield TemplateProblem("not_in_row", written(mark), text.zh, text.en)
    if stray := _STRAY.search(_without_marks(text.text)):
        yield TemplateProblem("broken", stray[0], text.zh, text.en)


def _without_marks(text: str) -> str:
    for each in reversed(found(text)):
        text = text[: each.start] + " " + text[each.end :]
    return text


def _known(kind: PaperKind) -> frozenset[Mark]:
    rows = (Mark(name, of) for of, names in lists(kind).items() for name in (*names, NUMBER))
    return frozenset({*(Mark(name) for name in marks(kind)), *rows})


def _mixed_rows(texts: Sequence[MarkedText]) -> Iterator[TemplateProblem]:
    first: dict[str, str] = {}
    for text in texts:
        for mark in named(text.text):
            if mark.list and text.row and first.setdefault(text.row, mark.list) != mark.list:
                yield TemplateProblem("two_lists", written(mark), text.zh, text.en)


def _missing(kind: PaperKind, texts: Sequence[MarkedText]) -> Iterator[TemplateProblem]:
    there = {mark for text in texts for mark in named(text.text)}
    wanted = {mark for mark in _known(kind) if mark.name != NUMBER or not mark.list}
    for mark in sorted(wanted - there, key=str):
        yield TemplateProblem("missing", written(mark))
