"""A page as a PDF file with its fonts in it."""

from __future__ import annotations

import re
from typing import Any

from notoneless.core.paper import (
    Answer,
    Block,
    Box,
    DayRow,
    Heading,
    Items,
    Page,
    Pairs,
    Paragraph,
    Signing,
    Table,
    answer_text,
)
from notoneless.exchange.papers.filling import clean
from notoneless.exchange.papers.typesetting import typeset

_CODE = re.compile(r"(`[^`]+`)")


def pdf(page: Page) -> bytes:
    """The page on A4; the same page gives the same bytes."""
    blocks = [_block(block) for block in page.blocks]
    return typeset("page.typ", page={**_head(page), "blocks": blocks})


def _head(page: Page) -> dict[str, Any]:
    return {"title": clean(page.title), "running_head": clean(page.running_head), "dense": page.dense}


def _runs(text: str) -> list[dict[str, Any]]:
    """The text in pieces, those in backquotes told apart."""
    pieces = filter(None, _CODE.split(clean(text)))
    return [{"text": piece.strip("`"), "code": piece.startswith("`")} for piece in pieces]


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Heading(level, text):
            return {"heading": _runs(text), "level": level}
        case Paragraph(text, said):
            return {"paragraph": _runs(text), "stands-out": said}
        case Items(rows):
            return {"items": [_runs(row) for row in rows]}
        case Pairs(pairs):
            return {"pairs": [[name, _runs(text)] for name, text in pairs]}
        case Table():
            return {"table": _table(block)}
        case DayRow(cells):
            days = ({"when": cell.when, "mark": cell.mark, "tone": cell.tone.value} for cell in cells)
            return {"days": list(days)}
        case Answer(question, choices):
            return {"answer": _runs(f"{question}：{answer_text(choices)}")}
        case Signing(labels):
            return {"signing": list(labels)}
        case Box(title, blocks):
            return {"box": [_block(each) for each in blocks], "title": _runs(title)}


def _table(table: Table) -> dict[str, Any]:
    rows = [[_runs(cell) for cell in row] for row in table.rows]
    return {"head": [_runs(cell) for cell in table.head], "rows": rows, "shares": list(table.shares)}
