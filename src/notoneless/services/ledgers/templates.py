"""An office's own workbook for a ledger: checked before it is kept, filled cell by cell in its own styles."""

from __future__ import annotations

from datetime import date, datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from notoneless.core.paper_terms import PaperFormat
from notoneless.core.report_terms import LedgerKind
from notoneless.exchange.ledgers.layout import LIST, ONCE, LedgerLayout, ledger_layout
from notoneless.exchange.papers.filling import Filling, clean
from notoneless.exchange.papers.marks import NUMBER, Mark
from notoneless.exchange.papers.templates import TemplateProblem, check_marks, fill_marks
from notoneless.exchange.papers.wanted import Wanted
from notoneless.records.access import Thing, Verb
from notoneless.records.models import JournalEntry, LedgerTemplate, Person, Place
from notoneless.records.packs import places_on
from notoneless.services.finding import the_person
from notoneless.services.paper_templates import MOST_BYTES, TemplateRefused, short_name
from notoneless.services.permissions import refusal, require
from notoneless.services.refusals import Refusal
from notoneless.services.transactions import one_act

if TYPE_CHECKING:
    from notoneless.services.ledgers.opening import Opened

MOST_LINES = 1_000  # in somebody else's workbook, whose every cell is looked at


def wanted_marks(kind: LedgerKind) -> Wanted:
    """The marks a workbook for this ledger may hold; it needs only the one that says what a line is about."""
    layout = ledger_layout(kind)
    needed = frozenset(Mark(name, LIST) for name in layout.needed)
    return Wanted(frozenset(ONCE), {LIST: layout.marks}, needed)


def keep_ledger_template(
    *, by: Person | int, place: Place, kind: LedgerKind, name: str, content: bytes, at: datetime
) -> LedgerTemplate:
    """Keep an office's own .xlsx for a ledger. Raises Refusal; TemplateRefused names each wrong cell."""
    person = the_person(by)
    require(person, Thing.TEMPLATE, Verb.CHANGE, place, at.date())
    if len(content) > MOST_BYTES:
        raise Refusal(
            "TOO_LARGE",
            f"表格有 {len(content) // 1000} KB，最大 {MOST_BYTES // 1000} KB；请只保留表格本身。",
            f"The file has {len(content) // 1000} kB and may have {MOST_BYTES // 1000}; keep the form alone.",
        )
    # Read in a process of its own, and so before the transaction begins.
    if problems := check_marks(wanted_marks(kind), PaperFormat.XLSX, content):
        raise TemplateRefused(tuple((each.zh, each.en) for each in problems))
    return _keep(person, place, kind, short_name(name), content, at)


def forget_ledger_template(*, by: Person | int, place: Place, kind: LedgerKind, at: datetime) -> None:
    """From now on the workbook of the office above is filled, if there is one. Raises Refusal."""
    person = the_person(by)
    require(person, Thing.TEMPLATE, Verb.CHANGE, place, at.date())
    if own_template(place, kind) is not None:
        _keep(person, place, kind, "", None, at)


def may_keep_template(person: Person, place: Place, on: date) -> Refusal | None:
    """Why this person may not keep a workbook there, or None."""
    return refusal(person, Thing.TEMPLATE, Verb.CHANGE, place, on)


def own_template(place: Place, kind: LedgerKind) -> LedgerTemplate | None:
    """The workbook that the office itself keeps."""
    last = LedgerTemplate.objects.filter(place=place, ledger=kind).order_by("-at", "-pk").first()
    return last if last is not None and last.content is not None else None


def template_of(place: Place, kind: LedgerKind) -> LedgerTemplate | None:
    """The workbook an office fills: its own, else that of the nearest office above."""
    around = places_on(place.path or "")
    rows = LedgerTemplate.objects.filter(place__in=around, ledger=kind).order_by("at", "pk")
    last = {row.place_id: row for row in rows}
    kept = (last[each] for each in around if each in last)
    return next((row for row in kept if row.content is not None), None)


def fill_own(opened: Opened, rows: list[list[str]], marks: tuple[tuple[str, str], ...]) -> bytes:
    """The office's own workbook with a row for every line; none becomes a formula. Raises Refusal."""
    kind = opened.ledger.kind
    template = template_of(opened.view.place, kind)
    if template is None or template.content is None:
        raise Refusal(
            "NO_TEMPLATE",
            f"还没有上传本县自己的《{kind.zh}》；请先上传，或导出 Excel。",
            f"There is no workbook of your own for the {kind.en} yet; upload one, or take Excel.",
        )
    if len(rows) > MOST_LINES:
        raise Refusal(
            "TOO_LONG",
            f"有 {len(rows)} 行，本县自己的表格一次最多填 {MOST_LINES} 行；请先按学校或年份筛选。",
            f"There are {len(rows)} lines; a workbook of your own takes {MOST_LINES} at once. Filter first.",
        )
    filled = fill_marks(
        wanted_marks(kind), PaperFormat.XLSX, bytes(template.content), _filling(opened, rows, marks)
    )
    if isinstance(filled, TemplateProblem):
        raise Refusal("TEMPLATE_UNFIT", filled.zh, filled.en)
    return filled


def _filling(opened: Opened, rows: list[list[str]], marks: tuple[tuple[str, str], ...]) -> Filling:
    layout = ledger_layout(opened.ledger.kind)
    said = {"台账名称": opened.ledger.kind.zh, **dict(marks)}
    said["截至时间"] = said["截至"]
    lines = [_line(opened, layout, number, row) for number, row in enumerate(rows, 1)]
    return Filling(
        {name: clean(said[name]) for name in ONCE}, {LIST: lines or [_line(opened, layout, 0, [])]}
    )


def _line(opened: Opened, layout: LedgerLayout, number: int, row: list[str]) -> dict[str, str]:
    """A column that the reader may not have stays empty."""
    said = {column.mark: clean(text) for column, text in zip(opened.columns, row, strict=bool(row))}
    return {**dict.fromkeys(layout.marks, ""), **said, NUMBER: str(number) if number else ""}


@one_act
def _keep(
    person: Person, place: Place, kind: LedgerKind, name: str, content: bytes | None, at: datetime
) -> LedgerTemplate:
    digest = sha256(content).hexdigest() if content is not None else ""
    row = LedgerTemplate.objects.create(
        place=place, ledger=kind, name=name, content=content, digest=digest, by=person, at=at
    )
    act = "KEEP_TEMPLATE" if content is not None else "FORGET_TEMPLATE"
    body = {"template": str(row.pk), "ledger": kind.value, "digest": digest}
    JournalEntry.objects.create(
        at=at, by=person, act=act, subject_kind="place", subject_id=str(place.pk), body=body
    )
    return row
