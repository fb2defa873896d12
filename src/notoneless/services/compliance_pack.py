"""未成年人信息合规材料: one year's handling of minors' data as a .zip; no child is named in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple

from notoneless.core.facts import CHINA_TIME
from notoneless.core.paper import Block, Items, Page, Pairs, Paragraph, Signing
from notoneless.exchange.bundle import File, bundle
from notoneless.exchange.papers.page_pdf import pdf
from notoneless.exchange.word import word
from notoneless.records.access import Thing, Verb
from notoneless.records.models import JournalEntry, Person, Place
from notoneless.services.compliance.asked import YearAsked
from notoneless.services.compliance.duties import checklist
from notoneless.services.compliance.keeping import encryption, guardians, retention
from notoneless.services.compliance.people import access_table, devices, people_with_access, without_factor
from notoneless.services.compliance.reads import at_the_door, exports, incidents, sensitive_reads
from notoneless.services.finding import the_person
from notoneless.services.pack_sections import Marks, Section, blocks_of, book_of, csv_of, moment, said
from notoneless.services.permissions import require
from notoneless.services.refusals import Refusal
from notoneless.services.transactions import one_act

SECTIONS: tuple[Callable[[YearAsked], Section], ...] = (
    checklist,
    access_table,
    people_with_access,
    without_factor,
    sensitive_reads,
    exports,
    guardians,
    retention,
    encryption,
    devices,
    at_the_door,
    incidents,
)
ON_PAPER = 40  # rows of one table in the document; the workbook has them all
FIRST_YEAR = 2000


class Exported(NamedTuple):
    """The pack as a file, with how many tables and rows it has."""

    name: str
    content: bytes
    tables: int
    rows: int


@one_act
def compliance_pack(
    *, by: Person | int, place: Place, year: int, at: datetime, language: str = "zh"
) -> Exported:
    """The pack of a calendar year as .zip (docx, pdf, xlsx, csv), journalled as an export. Raises Refusal."""
    person = the_person(by)
    require(person, Thing.COMPLIANCE_PACK, Verb.EXPORT, place, at.date())
    _refuse_year(year, at)
    sections = sections_of(place, year, at, language)
    marks = _marks(person, place, year, at, language)
    content = bundle(_files(sections, marks, place, year, language))
    rows = sum(len(section.rows) for section in sections)
    JournalEntry.objects.create(
        at=at,
        by=person,
        act="EXPORT",
        subject_kind="place",
        subject_id=str(place.pk),
        body={"what": "COMPLIANCE_PACK", "year": year, "tables": len(sections), "children": 0, "lines": rows},
    )
    return Exported(f"{said(TITLE, language)}-{year}-{at:%Y%m%d}.zip", content, len(sections), rows)


TITLE = ("未成年人信息合规材料", "minors-data-compliance")


def sections_of(place: Place, year: int, at: datetime, language: str = "zh") -> list[Section]:
    """The tables of the pack; each says how its numbers were counted."""
    asked = YearAsked(place, year, at, language)
    return [section(asked) for section in SECTIONS]


def _refuse_year(year: int, at: datetime) -> None:
    this = at.astimezone(CHINA_TIME).year
    if not FIRST_YEAR <= year <= this:
        raise Refusal(
            "NO_SUCH_YEAR",
            f"没有 {year} 年的材料；请选 {FIRST_YEAR} 年到今年（{this} 年）。",
            f"There is no pack of {year}; choose a year from {FIRST_YEAR} to this one ({this}).",
        )


def _marks(person: Person, place: Place, year: int, at: datetime, language: str) -> Marks:
    words = (("单位", "office"), ("年度", "year"), ("导出人", "taken out by"), ("导出时间", "at"))
    values = (place.name, str(year), person.name, moment(at))
    named = ("涉及学生姓名", "children named"), ("无", "none")
    return (
        *((said(name, language), value) for name, value in zip(words, values, strict=True)),
        (said(named[0], language), said(named[1], language)),
    )


def _files(sections: list[Section], marks: Marks, place: Place, year: int, language: str) -> Iterator[File]:
    page = _page(sections, marks, place, year, language)
    name = said(TITLE, language)
    yield File(f"{name}.docx", word(page))
    yield File(f"{name}.pdf", pdf(page))
    yield File(f"{name}.xlsx", book_of(sections, marks, language))
    for number, section in enumerate(sections, 1):
        title = said(section.title, language).replace("/", "-")
        yield File(f"csv/{number:02}-{title}.csv", csv_of(section, marks, language))


def _page(sections: list[Section], marks: Marks, place: Place, year: int, language: str) -> Page:
    title = said(
        (f"{place.name}{year}年度未成年人信息合规材料", f"{place.name}: handling of minors' data in {year}"),
        language,
    )
    head = said(("一个都不能少 · 内部资料，不得公开", "Not One Less · for official use only"), language)
    intro = (
        "每张表下写明数字怎样得来；数字取自系统流水和各表，没有手工填写的数。表格文件内有全部行。",
        "Below each title stands how its numbers were counted, from the journal and the tables; none is "
        "typed.",
    )
    contents = tuple(f"{n}. {said(each.title, language)}" for n, each in enumerate(sections, 1))
    blocks: list[Block] = [Pairs(marks), Paragraph(said(intro, language)), Items(contents)]
    told = [block for each in sections for block in blocks_of(each, language, ON_PAPER)]
    signing = Signing(
        tuple(said(w, language) for w in (("审计人", "auditor"), ("负责人", "in charge"), ("日期", "date")))
    )
    return Page(title, head, (*blocks, *told, signing), dense=True)
