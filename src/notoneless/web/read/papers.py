"""Papers as pages read them: the sheet in the order of its layout, and what may be issued of whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from notoneless.core.paper_terms import PaperKind
from notoneless.exchange.papers.layout import (
    Grid,
    Head,
    Layout,
    Listing,
    Note,
    Seal,
    Signing,
    Text,
    To,
    layout,
)
from notoneless.exchange.papers.marks import NUMBER, found
from notoneless.records.models import Child, PaperIssued, Person, Place
from notoneless.services.paper_authority import may_issue, may_issue_of
from notoneless.services.paper_values.about import SUBJECTS, Subject, about_child, about_place, of_child
from notoneless.services.refusals import Refusal

Said = Mapping[str, Any]


class Choice(NamedTuple):
    """A kind of paper on offer, and why it cannot be issued now, if so."""

    kind: PaperKind
    form: str
    refusal: Refusal | None


class Sheet(NamedTuple):
    """A paper for the screen: its title, its number, and its parts one after the other."""

    title: str
    numbered: str
    parts: tuple[dict[str, Any], ...]


def slug(kind: PaperKind) -> str:
    """The word that stands for the kind in addresses: notice-to-return."""
    return kind.value.lower().replace("_", "-")


def kind_of(form: str) -> PaperKind | None:
    """The kind that an address names; None when it names none."""
    return PaperKind.__members__.get(form.replace("-", "_").upper()) if form == form.lower() else None


def choices_about(person: Person, child: Child, on: date) -> tuple[list[Choice], list[Choice]]:
    """The papers this person may issue of the child now, and the others with what keeps them back."""
    may = may_issue_of(person, child, [kind for kind in PaperKind if of_child(kind)], on)
    every = [Choice(kind, slug(kind), no or _nothing(kind, child)) for kind, no in may.items()]
    return [each for each in every if each.refusal is None], [each for each in every if each.refusal]


def choices_at(person: Person, place: Place, on: date) -> list[Choice]:
    """The papers this person may issue of the place as a whole."""
    kinds = [each for each in PaperKind if not of_child(each) and SUBJECTS[each] is not Subject.REPORT]
    every = [Choice(each, slug(each), may_issue(person, about_place(each, place, on), on)) for each in kinds]
    return [each for each in every if each.refusal is None]


def sheet(kind: PaperKind, said: Said) -> Sheet:
    """The paper with these words."""
    paper = layout(kind)
    return Sheet(paper.title, str(said.get("文号", "")), tuple(_parts(paper, said)))


def _nothing(kind: PaperKind, child: Child) -> Refusal | None:
    """Without a record of the kind there is nothing to issue."""
    try:
        about_child(kind, child)
    except Refusal as refusal:
        return refusal
    return None


def _parts(paper: Layout, said: Said) -> Iterator[dict[str, Any]]:
    for part in paper.parts:
        match part:
            case Head(texts):
                yield {"head": [text for each in texts if (text := _filled(each, said))]}
            case To(text):
                yield {"to": _filled(text, said)}
            case Text(texts):
                yield {"text": [_filled(each, said) for each in texts]}
            case Note(texts):
                yield {"note": [_filled(each, said) for each in texts]}
            case Grid():
                yield {"grid": _pairs(part, said), "caption": part.caption}
            case Listing():
                yield _table(part, said)
            case Signing(boxes):
                yield {"signing": [(box.label, bool(box.mark and said.get(box.mark))) for box in boxes]}
            case Seal(lines):
                yield {"seal": [_filled(each, said) for each in lines]}


def _pairs(grid: Grid, said: Said) -> list[tuple[str, str]]:
    """Labels with what stands beside them: what is a table on paper is a list on a phone."""
    pairs: list[tuple[str, str]] = []
    label = ""
    for row in grid.rows:
        for cell in row:
            if cell.is_label:
                label = cell.text if not label else f"{label}、{cell.text}"
            else:
                pairs.append((label, _filled(cell.text, said)))
                label = ""
    return pairs


def _table(part: Listing, said: Said) -> dict[str, Any]:
    columns = [each for each in part.columns if each.mark != NUMBER]
    rows = [[row[each.mark] for each in columns] for row in said[part.name]]
    return {
        "caption": part.caption,
        "columns": [each.head for each in columns],
        "table": rows,
        "empty": part.empty,
    }


def _filled(text: str, said: Said) -> str:
    """The text with its marks filled in."""
    out, last = [], 0
    for each in found(text):
        out += [text[last : each.start], str(said[each.mark.name])]
        last = each.end
    return "".join([*out, text[last:]]).strip()


def papers_of(papers: Any, child: Child) -> list[PaperIssued]:
    """The papers about the child among these, the latest first."""
    rows = papers.filter(child=child).select_related("place", "by", "served", "replaced_by")
    return list(rows.order_by("-at", "-number"))
