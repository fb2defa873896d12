"""目录: every numbered piece with its files, how many lines it has, and how each number is opened."""

from __future__ import annotations

from collections.abc import Sequence

from notoneless.core.paper import Block, Heading, Items, Page, Pairs, Paragraph, Table, markdown
from notoneless.exchange.bundle import File
from notoneless.exchange.papers.page_pdf import pdf
from notoneless.exchange.word import word
from notoneless.services.inspection_pack.asked import PackAsked
from notoneless.services.inspection_pack.pieces import Made, Piece, Volume, children_in, marks_of, number_of
from notoneless.services.pack_sections import Words, said

NAME: Words = ("0 目录", "0 Contents")
READ: Words = ("0 说明.md", "0 Read first.md")
OPENED: tuple[Words, ...] = (
    (
        "每个数都是一份名单。“指标”一件中每行写明公式编号、分子、分母和截至时刻；在系统“指标”"
        "页点分子或分母，就是这些学生的名单。",
        "Every number is a list. Each row of the figures names its formula, numerator, denominator and "
        "moment; "
        "in the system, on the page of figures, numerator and denominator open their children.",
    ),
    (
        "报表的数在编制时连同名单一起冻结，校验码由名单算出；在系统“报表”页点任一格可看当时的名单，"
        "“当时上报／现在所知”列出差额的每一件事。",
        "A report's numbers are frozen with their lists, and the digest is made of them; each cell opens "
        "its list, "
        "and what was learned since is told event by event.",
    ),
    (
        "台账每行有立账号，已结的有销号；销号凭佐证，佐证在“佐证清单”，原件在系统内凭编号打开。",
        "Each line of a ledger has its number; a closed one was closed on evidence, which stands in its "
        "own list.",
    ),
    (
        "文书凭文号和校验码核对：同一文书在系统中重新打印，校验码相同即内容未改动。",
        "A paper is checked by its number and digest: printed again, the same digest means the same words.",
    ),
    (
        "没有名字、只有编号的学生，是导出人按岗位看不到的学生；由有权限的人在系统中打开。",
        "A child without a name is one whom the exporter's post may not see; whoever may opens it in the "
        "system.",
    ),
    (
        "本材料由导出时的记录生成，没有手工填写的数；同一时刻重新导出，内容相同。",
        "Everything here was made from the records of the stated moment; nothing was typed for it.",
    ),
)


def index_files(asked: PackAsked, pieces: Sequence[Piece], made: Sequence[Made]) -> list[File]:
    """The index as Word and PDF, and the same to read without either."""
    page = index_page(asked, pieces, made)
    name = said(NAME, asked.language)
    read = File(said(READ, asked.language), markdown(page).encode())
    return [File(f"{name}.docx", word(page)), File(f"{name}.pdf", pdf(page)), read]


def index_page(asked: PackAsked, pieces: Sequence[Piece], made: Sequence[Made]) -> Page:
    """The index as a page."""
    language = asked.language
    title = (f"{asked.place.name}控辍保学迎检材料", f"{asked.place.name}: inspection pack")
    head = ("一个都不能少 · 内部资料，不得公开", "Not One Less · for official use only")
    named = (("涉及学生（有姓名）", "children named"), str(len(children_in(made))))
    marks = (*marks_of(asked), (said(named[0], language), named[1]))
    blocks: list[Block] = [Pairs(marks), Heading(2, said(("目录", "Contents"), language))]
    for volume in Volume:
        blocks += _volume(volume, pieces, made, language)
    how = ("怎样打开每个数", "How each number is opened")
    blocks += [Heading(2, said(how, language)), Items(tuple(said(words, language) for words in OPENED))]
    return Page(said(title, language), said(head, language), tuple(blocks))


def _volume(volume: Volume, pieces: Sequence[Piece], made: Sequence[Made], language: str) -> list[Block]:
    rows = tuple(
        _row(piece, pieces, each, language)
        for piece, each in zip(pieces, made, strict=True)
        if piece.volume is volume
    )
    number = list(Volume).index(volume) + 1
    title = said((f"卷{'一二三四五'[number - 1]}　{volume.zh}", f"{number} {volume.en}"), language)
    head = (("件号", "no"), ("名称", "piece"), ("文件", "files"), ("行数", "rows"), ("涉及学生", "children"))
    if not rows:
        return [Heading(3, title), Paragraph(said(("没有。", "None."), language))]
    table = Table(tuple(said(words, language) for words in head), rows, (7, 24, 45, 9, 10))
    return [Heading(3, title), table]


def _row(piece: Piece, pieces: Sequence[Piece], made: Made, language: str) -> tuple[str, ...]:
    names = [file.name.rsplit("/", 1)[-1] for file in made.files]
    shown = "\n".join(names[:3]) + (f"\n… {len(names)}" if len(names) > 3 else "")
    shown = shown or said(made.note, language)
    number = number_of(piece, pieces)
    return number, said(piece.title, language), shown, str(made.rows), str(len(made.children))
