"""A page as one HTML file that needs nothing else: for the screen, and for A4 paper."""

from __future__ import annotations

import re
from functools import cache
from html import escape
from importlib.resources import files

from notoneless.core.paper import (
    BLANK,
    Answer,
    Block,
    Box,
    DayCell,
    DayRow,
    Heading,
    Items,
    Page,
    Pairs,
    Paragraph,
    Signing,
    Table,
)

_CODE = re.compile(r"`([^`]+)`")


def html(page: Page) -> str:
    """The page as a whole HTML document with its style inside."""
    body = "\n".join(_block(block) for block in page.blocks)
    return (
        '<!doctype html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(page.running_head)}</title>\n<style>\n{_style()}{_running_head(page)}</style>\n</head>\n<body>\n"
        f"<h1>{escape(page.title)}</h1>\n{body}\n</body>\n</html>\n"
    )


@cache
def _style() -> str:
    return (files("notoneless.exchange") / "page.css").read_text("utf-8")


def _running_head(page: Page) -> str:
    """What stands at the head of every printed sheet."""
    text = re.sub(r'["\\<\n]', " ", page.running_head)
    return f'@page {{ @top-center {{ content: "{text}"; font-size: 9pt; }} }}\n'


def _block(block: Block) -> str:
    match block:
        case Heading(level, text):
            return f"<h{level}>{_text(text)}</h{level}>"
        case Paragraph(text, said):
            return f"<blockquote>{_text(text)}</blockquote>" if said else f"<p>{_text(text)}</p>"
        case Items(rows):
            return f"<ul>{''.join(f'<li>{_text(row)}</li>' for row in rows)}</ul>"
        case Pairs(pairs):
            return f"<dl>{''.join(f'<dt>{_text(a)}</dt><dd>{_text(b)}</dd>' for a, b in pairs)}</dl>"
        case Table():
            return _table(block)
        case DayRow(cells):
            return f'<ul class="days">{"".join(_day(cell) for cell in cells)}</ul>'
        case Answer(question, choices):
            ticks = "　".join(f"□ {escape(choice)}" for choice in choices)
            return f'<p class="answer"><b>{escape(question)}：</b>{ticks}{BLANK}</p>'
        case Signing(labels):
            return f'<div class="signing">{"".join(f"<div>{escape(each)}：</div>" for each in labels)}</div>'
        case Box(title, blocks):
            inner = "".join(_block(each) for each in blocks)
            return f'<section class="box"><p class="title">{_text(title)}</p>{inner}</section>'


def _table(table: Table) -> str:
    whole = sum(table.shares)
    columns = "".join(f'<col style="width:{100 * share / whole:.0f}%">' for share in table.shares)
    head = "".join(f'<th scope="col">{_text(cell)}</th>' for cell in table.head)
    rows = "".join(f"<tr>{''.join(f'<td>{_text(c)}</td>' for c in row)}</tr>" for row in table.rows)
    return f"<table><colgroup>{columns}</colgroup><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _day(cell: DayCell) -> str:
    return f'<li class="{cell.tone.value}"><span>{escape(cell.when)}</span><b>{escape(cell.mark)}</b></li>'


def _text(text: str) -> str:
    return _CODE.sub(r"<code>\1</code>", escape(text, quote=False))
