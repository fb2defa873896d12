"""A ledger as a file: numbered first, marked with who took it out, told to the journal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import NamedTuple

from notoneless.core.explain import stamp
from notoneless.core.report_terms import LedgerKind
from notoneless.core.terms import Term
from notoneless.exchange.ledger_xlsx import ListSheet, workbook
from notoneless.exchange.lists_out import ListFile, csv_file, word_file
from notoneless.records.access import Fields, Thing, Verb
from notoneless.records.models import JournalEntry, Person, Place
from notoneless.services.finding import the_person
from notoneless.services.ledgers.numbering import all_numbered, post_lines
from notoneless.services.ledgers.opening import LineState, Opened, Wanted, county_of, open_ledger
from notoneless.services.ledgers.templates import fill_own
from notoneless.services.permissions import require
from notoneless.services.refusals import Refusal
from notoneless.services.transactions import one_act

MOST_IN_WORD = 500  # lines; a longer list is no document any more
USE = "仅限控辍保学工作使用，不得公开"


class LedgerFile(Term):
    """导出格式: as what a ledger may be taken out."""

    XLSX = "XLSX", "Excel 表格", "Excel workbook"
    CSV = "CSV", "CSV 表格", "CSV"
    DOCX = "DOCX", "Word 文档", "Word document"
    OWN = "OWN", "本县自己的表格", "the county's own workbook"


class Exported(NamedTuple):
    """A ledger as a file."""

    name: str
    content: bytes
    lines: int


Marks = tuple[tuple[str, str], ...]


@one_act
def export_ledger(
    *,
    by: Person | int,
    kind: LedgerKind,
    place: Place,
    form: LedgerFile,
    at: datetime,
    as_of: date | None = None,
    wanted: Wanted = Wanted(),  # noqa: B008  (frozen)
    language: str = "zh",
    identity: bool = False,
) -> Exported:
    """The lines of a ledger as a file, every one numbered; whole identity numbers for who may and asks.

    The journal keeps who took what. Raises Refusal.
    """
    person = the_person(by)
    require(person, Thing.LEDGER, Verb.EXPORT, place, at.date())
    as_of = as_of or at.date()
    opened = open_ledger(person, kind, place, as_of=as_of, at=at, wanted=wanted, verb=Verb.EXPORT)
    if (county := county_of(place)) is not None and _wants_numbers(opened, wanted):
        post_lines(county, at=at, kinds=(kind,))
        opened = open_ledger(person, kind, place, as_of=as_of, at=at, wanted=wanted, verb=Verb.EXPORT)
    rows = opened.table(opened.lines, language, identity=identity)
    marks = marks_of(person, place, as_of, at, len(rows))
    content = _WRITERS[form](opened, rows, marks, language)
    _journal(person, opened, form, len(rows), identity, at)
    ending = "xlsx" if form is LedgerFile.OWN else form.value.lower()
    return Exported(f"{kind.zh}-{at:%Y%m%d}.{ending}", content, len(rows))


def _wants_numbers(opened: Opened, wanted: Wanted) -> bool:
    """Whether a line that is taken out may lack a number; the worker gives most of them before anybody asks.

    What has closed meanwhile is only found by numbering the whole ledger anew.
    """
    return wanted.state is not LineState.OPEN or not all_numbered(
        opened.ledger.kind, [line.key for line in opened.lines]
    )


def marks_of(person: Person, place: Place, as_of: date, at: datetime, lines: int) -> Marks:
    """Whose copy it is, of what, and what it may be used for."""
    return (
        ("单位", place.name),
        ("截至", as_of.isoformat()),
        ("导出人", person.name),
        ("导出时间", stamp(at)),
        ("行数", str(lines)),
        ("用途", USE),
    )


def _xlsx(opened: Opened, rows: list[list[str]], marks: Marks, language: str) -> bytes:
    widths = tuple(column.width for column in opened.columns)
    title = opened.ledger.kind.label(language)
    return workbook([ListSheet(title, marks, tuple(opened.headings(language)), widths, rows)])


def _csv(opened: Opened, rows: list[list[str]], marks: Marks, language: str) -> bytes:
    return csv_file(_listed(opened, rows, marks, language))


def _docx(opened: Opened, rows: list[list[str]], marks: Marks, language: str) -> bytes:
    if len(rows) > MOST_IN_WORD:
        raise Refusal(
            "TOO_LONG_FOR_WORD",
            f"有 {len(rows)} 行，Word 文档最多 {MOST_IN_WORD} 行；请导出 Excel，或先按学校、年份筛选。",
            f"There are {len(rows)} lines and a Word document holds {MOST_IN_WORD}; take Excel, or filter.",
        )
    return word_file(_listed(opened, rows, marks, language))


def _own(opened: Opened, rows: list[list[str]], marks: Marks, language: str) -> bytes:
    return fill_own(opened, rows, marks)


def _listed(opened: Opened, rows: list[list[str]], marks: Marks, language: str) -> ListFile:
    return ListFile(opened.ledger.kind.label(language), marks, tuple(opened.headings(language)), rows)


_WRITERS: Mapping[LedgerFile, Callable[[Opened, list[list[str]], Marks, str], bytes]] = {
    LedgerFile.XLSX: _xlsx,
    LedgerFile.CSV: _csv,
    LedgerFile.DOCX: _docx,
    LedgerFile.OWN: _own,
}


def _journal(
    person: Person, opened: Opened, form: LedgerFile, lines: int, identity: bool, at: datetime
) -> None:
    fields = {field.value for field in opened.fields}
    if identity and Fields.IDENTITY in opened.shown and opened.names_identity:
        fields.add(Fields.IDENTITY.value)
    body = {"ledger": opened.ledger.kind.value, "form": form.value, "rows": lines, "fields": sorted(fields)}
    JournalEntry.objects.create(
        at=at, by=person, act="EXPORT", subject_kind="place", subject_id=str(opened.view.place.pk), body=body
    )
