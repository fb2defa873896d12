"""台账: each ledger of the place as a workbook, every line with its number; closed ones of the year stay "
"in."""

from __future__ import annotations

from notoneless.core.report_terms import LedgerKind
from notoneless.exchange.bundle import File
from notoneless.exchange.ledger_xlsx import ListSheet, workbook
from notoneless.records.access import Fields
from notoneless.services.inspection_pack.asked import PackAsked
from notoneless.services.inspection_pack.pieces import Made, Piece, Volume, marks_of
from notoneless.services.ledgers.numbering import post_lines
from notoneless.services.ledgers.opening import LineState, Opened, Wanted, county_of, open_ledger
from notoneless.services.ledgers.record_columns import ALL_CELLS
from notoneless.services.ledgers.sources import Sources
from notoneless.services.pack_sections import Words
from notoneless.services.refusals import Refusal

NOT_SEEN: Words = ("导出人的岗位看不到这本台账", "not for the exporter's post to see")


def ledger_piece(kind: LedgerKind) -> Piece:
    """The piece that one ledger is."""

    def make(asked: PackAsked, stem: str) -> Made:
        return _made(kind, asked, stem)

    return Piece(Volume.LEDGERS, (kind.zh, kind.en), make)


def _made(kind: LedgerKind, asked: PackAsked, stem: str) -> Made:
    """The ledger as a workbook; where the post may not see it the index says so and there is no file."""
    if (county := county_of(asked.place)) is not None:
        post_lines(county, at=asked.at, kinds=(kind,))
    try:
        opened = open_ledger(
            asked.person, kind, asked.place, as_of=asked.last, at=asked.at, wanted=Wanted(LineState.ALL)
        )
    except Refusal:
        return Made((), 0, note=NOT_SEEN)
    opened = _without_notes(opened)
    lines = [line for line in opened.lines if line.closed_on is None or line.closed_on >= asked.first]
    whole = asked.wish.identity and Fields.IDENTITY in opened.shown
    rows = opened.table(lines, asked.language, identity=whole)
    children = frozenset(line.child for line in lines if line.child is not None)
    return Made((File(f"{stem}.xlsx", _book(opened, rows, asked)),), len(lines), children)


def _without_notes(opened: Opened) -> Opened:
    """What is private stays in the system, also from whoever may read it there: a pack goes to others."""
    shown = opened.shown - {Fields.NOTES}
    columns = tuple(c for c in opened.columns if ALL_CELLS[c.mark].fields is not Fields.NOTES)
    lines = opened.lines
    if opened.ledger.kind is LedgerKind.KEY_CHILDREN:
        known = Sources(LedgerKind.KEY_CHILDREN, lines, opened.view, shown).groups
        lines = [line for line in lines if line.child in known]
    return opened._replace(shown=shown, columns=columns, lines=lines)


def _book(opened: Opened, rows: list[list[str]], asked: PackAsked) -> bytes:
    widths = tuple(column.width for column in opened.columns)
    title = opened.ledger.kind.label(asked.language)
    head = tuple(opened.headings(asked.language))
    return workbook([ListSheet(title, marks_of(asked), head, widths, rows)])
