"""Making a pack piece by piece, so that a long one can pause, and handing it out with an entry in the "
"journal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count

from notoneless.core.facts import CHINA_TIME
from notoneless.exchange.bundle import bundle
from notoneless.records.access import Fields, Thing, Verb
from notoneless.records.models import Attachment, JournalEntry, Person, Place
from notoneless.services.finding import the_person
from notoneless.services.inspection_pack.asked import FIRST_YEAR, PLAIN, PackAsked, Wish
from notoneless.services.inspection_pack.contents import PICTURES, pieces_of
from notoneless.services.inspection_pack.index import index_files
from notoneless.services.inspection_pack.pieces import Made, Piece, children_in, plain, stem_of
from notoneless.services.pack_sections import said
from notoneless.services.permissions import require
from notoneless.services.refusals import Refusal
from notoneless.services.transactions import one_act

A_CHILD = 700  # bytes that a child adds to a pack, as measured on the simulated county


class Exported(NamedTuple):
    """The pack as a file: its pieces, and how many children it names."""

    name: str
    content: bytes
    pieces: int
    children: int


class Expected(NamedTuple):
    """What a pack will come to, told before it is made."""

    pieces: int
    children: int  # at most so many are named
    pictures: int
    size: int  # bytes, about


def ask_for(
    *, by: Person | int, place: Place, year: int, at: datetime, language: str = "zh", wish: Wish = PLAIN
) -> PackAsked:
    """The pack of a school year, named by the year it begins in, before anything is made. Raises Refusal."""
    person = the_person(by)
    require(person, Thing.INSPECTION_PACK, Verb.EXPORT, place, at.date())
    asked = PackAsked(person, place, year, at, language, wish)
    if not year >= FIRST_YEAR or asked.first > asked.at.date():
        last = school_year(at)
        raise Refusal(
            "NO_SUCH_SCHOOL_YEAR",
            f"没有 {year} 学年的材料；请选 {FIRST_YEAR} 到本学年（{last}-{last + 1}）。",
            f"There is no school year {year}; choose one from {FIRST_YEAR} to this ({last}-{last + 1}).",
        )
    if wish.identity and Fields.IDENTITY not in asked.fields:
        raise Refusal(
            "MAY_NOT_READ_IDENTITY",
            "完整证件号由学籍管理员或县教育局导出；请去掉这一项再导出。",
            "Whole identity numbers are for the enrolment officer or the county bureau; leave them out.",
        )
    return asked


def school_year(at: datetime) -> int:
    """The year in which the school year of a moment began."""
    on = at.astimezone(CHINA_TIME).date()
    return on.year if on.month >= 9 else on.year - 1


def expected(asked: PackAsked) -> Expected:
    """How many pieces, children, pictures and bytes it will be, about."""
    children = asked.theirs().count()
    size = A_CHILD * children + 200_000
    found = Attachment.objects.filter(
        child__in=asked.theirs().values("pk"), at__gte=asked.begin, at__lte=asked.end
    )
    many = found.aggregate(n=Count("pk"))["n"] if asked.wish.pictures else 0
    if many:
        size += sum(found.values_list("size", flat=True))
    return Expected(len(work_of(asked)), children, many, size)


def work_of(asked: PackAsked) -> tuple[Piece, ...]:
    """The pieces to make, in their order."""
    return pieces_of(asked.wish)


def make(asked: PackAsked, number: int) -> Made:
    """One of the pieces, counted from 0."""
    pieces = work_of(asked)
    return pieces[number].make(asked, stem_of(pieces[number], pieces, asked.language))


@one_act
def hand_out(asked: PackAsked, made: Sequence[Made], *, at: datetime) -> Exported:
    """The finished pack as one file; that it was handed out, and how many children it names, is "
    "journalled."""
    pieces = work_of(asked)
    require(asked.person, Thing.INSPECTION_PACK, Verb.EXPORT, asked.place, at.date())
    files = [*index_files(asked, pieces, made), *(file for each in made for file in each.files)]
    children = children_in(made)
    JournalEntry.objects.create(
        at=at,
        by=asked.person,
        act="EXPORT",
        subject_kind="place",
        subject_id=str(asked.place.pk),
        body={
            "what": "INSPECTION_PACK",
            "school_year": asked.year,
            "as_of": asked.at.isoformat(),
            "pieces": len(pieces),
            "files": len(files),
            "children": len(children),
            "pictures": sum(len(m.files) for p, m in zip(pieces, made, strict=True) if p is PICTURES),
            "fields": sorted(
                each.value for each in asked.fields if each is not Fields.IDENTITY or asked.wish.identity
            ),
        },
    )
    title = said(("迎检材料", "inspection-pack"), asked.language)
    name = f"{title}-{plain(asked.place.name)}-{asked.year_name}-{asked.at:%Y%m%d}.zip"
    return Exported(name, bundle(files), len(pieces), len(children))


def inspection_pack(
    *,
    by: Person | int,
    place: Place,
    year: int,
    at: datetime,
    language: str = "zh",
    wish: Wish = PLAIN,
    progress: Callable[[int, int, str], None] | None = None,
) -> Exported:
    """The whole pack in one go; `progress` is told which piece of how many comes next. Raises Refusal."""
    asked = ask_for(by=by, place=place, year=year, at=at, language=language, wish=wish)
    made: list[Made] = []
    pieces = work_of(asked)
    for number, piece in enumerate(pieces):
        if progress is not None:
            progress(number + 1, len(pieces), said(piece.title, language))
        made.append(make(asked, number))
    return hand_out(asked, made, at=at)
