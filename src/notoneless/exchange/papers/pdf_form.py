"""A paper as a PDF file with its fonts in it."""

from __future__ import annotations

from typing import Any

from notoneless.core.paper_terms import PaperKind
from notoneless.exchange.papers.filling import Filling, Lookup, Picture
from notoneless.exchange.papers.layout import (
    FOOT,
    NUMBERED,
    Grid,
    Head,
    Layout,
    Listing,
    Note,
    Part,
    Seal,
    Signing,
    Text,
    To,
    layout,
)
from notoneless.exchange.papers.marks import found
from notoneless.exchange.papers.typesetting import typeset


def pdf_form(kind: PaperKind, filling: Filling) -> bytes:
    """The paper with these values."""
    return typeset("paper.typ", paper=_paper(layout(kind), filling))


def _paper(paper: Layout, filling: Filling) -> dict[str, Any]:
    once = filling.lookup()
    return {
        "title": paper.title,
        "number": filling.once[NUMBERED.name] if paper.number else "",
        "letter": paper.letter,
        "landscape": paper.landscape,
        "footer": said(FOOT, once),
        "parts": [_part(part, filling, once) for part in paper.parts],
    }


def said(text: str, lookup: Lookup) -> str:
    """The text with what stands for its marks; a picture stands for itself alone and leaves nothing here."""
    pieces, end = [], 0
    for each in found(text):
        value = lookup(each.mark)
        pieces += [text[end : each.start], value if isinstance(value, str) else ""]
        end = each.end
    return "".join([*pieces, text[end:]])


def _part(part: Part, filling: Filling, once: Lookup) -> dict[str, Any]:
    match part:
        case Head(texts):
            return {"head": [said(text, once) for text in texts]}
        case To(text):
            return {"to": said(text, once)}
        case Text(texts):
            return {"text": [said(text, once) for text in texts]}
        case Note(texts):
            return {"note": [said(text, once) for text in texts]}
        case Seal(lines):
            return {"seal": [said(line, once) for line in lines]}
        case Signing():
            return {"signing": _signing(part, filling)}
        case Grid():
            return {"grid": _grid(part, once)}
        case Listing():
            return {"list": _listing(part, filling)}


def _signing(part: Signing, filling: Filling) -> list[dict[str, Any]]:
    values = [filling.once[box.mark] if box.mark else "" for box in part.boxes]
    return [
        {"label": box.label, "value": list(value.png) if isinstance(value, Picture) else value}
        for box, value in zip(part.boxes, values, strict=True)
    ]


def _grid(part: Grid, once: Lookup) -> dict[str, Any]:
    rows = [
        [
            {"text": said(cell.text, once), "span": cell.span, "tall": cell.tall, "label": cell.is_label}
            for cell in row
        ]
        for row in part.rows
    ]
    return {"widths": part.widths, "rows": rows, "caption": part.caption}


def _listing(part: Listing, filling: Filling) -> dict[str, Any]:
    return {
        "widths": [column.width for column in part.columns],
        "heads": _heads(part),
        "rows": [[row[column.mark] for column in part.columns] for row in filling.lists[part.name]],
        "prose": [column.prose for column in part.columns],
        "caption": part.caption,
    }


def _heads(part: Listing) -> list[dict[str, Any]]:
    """The headings in reading order; the second row holds only those below a shared one."""
    single = iter(part.columns)
    upper, lower = [], []
    for group, span in part.groups():
        below = [column.head for _, column in zip(range(span), single, strict=False)]
        down = 2 if part.grouped and not group else 1
        upper.append({"text": group or below[0], "across": span, "down": down})
        lower += [{"text": head, "across": 1, "down": 1} for head in below] if group else []
    return upper + lower
