"""A ledger as one person sees it in one place: which lines, and which columns of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from notoneless.core.report_terms import LedgerKind
from notoneless.core.terms import PlaceKind, Term
from notoneless.exchange.ledgers.layout import Column, ledger_layout
from notoneless.records.access import GROUP_FIELDS, Fields, Scope, Thing, Verb, fields_of
from notoneless.records.models import Child, LedgerLine, Person, Place
from notoneless.records.scopes import Reach, reaches, visible_children, visible_places
from notoneless.services.ledgers.entry import Entry, Ledger, View
from notoneless.services.ledgers.homes import places_within
from notoneless.services.ledgers.kinds import LEDGERS
from notoneless.services.ledgers.record_columns import ALL_CELLS
from notoneless.services.ledgers.sources import Sources
from notoneless.services.refusals import Refusal

IDENTITY = "身份证件号"


class LineState(Term):
    """台账范围: which lines of a ledger are looked at."""

    OPEN = "OPEN", "在册", "open"
    CLOSED = "CLOSED", "已销号", "closed"
    ALL = "ALL", "全部", "all"


class Wanted(NamedTuple):
    """Which lines are looked at: open or closed, of which year, of which school, with which words."""

    state: LineState = LineState.OPEN
    year: int | None = None  # in which the line opened
    school: int | None = None
    words: str = ""  # a part of a child's name, or a whole enrolment number


class Opened(NamedTuple):
    """The lines that were asked for, in the order of their numbers, with the columns the reader may have."""

    ledger: Ledger
    view: View
    lines: list[Entry]
    columns: tuple[Column, ...]
    shown: frozenset[Fields]

    def table(self, lines: Sequence[Entry], language: str, *, identity: bool = False) -> list[list[str]]:
        """What the columns say of these lines; whole identity numbers only where the reader may have them."""
        whole = identity and Fields.IDENTITY in self.shown
        sources = Sources(self.ledger.kind, lines, self.view, self.shown, whole_identity=whole)
        cells = [ALL_CELLS[column.mark] for column in self.columns]
        return [[cell.says(sources, line, language) for cell in cells] for line in lines]

    @property
    def fields(self) -> frozenset[Fields]:
        """The parts of a child's data that the columns hold."""
        return frozenset(ALL_CELLS[column.mark].fields for column in self.columns)

    @property
    def names_identity(self) -> bool:
        """Whether a column holds identity numbers, which pages always mask."""
        return any(column.mark == IDENTITY for column in self.columns)

    def headings(self, language: str) -> list[str]:
        """The headings in the reader's language."""
        if language.startswith("en"):
            return [ALL_CELLS[column.mark].en for column in self.columns]
        return [column.head for column in self.columns]


class Allowed(NamedTuple):
    """How far one sees the ledgers of a place: the fields, and the classes if not all of it."""

    shown: frozenset[Fields]
    classes: frozenset[int] | None
    children: frozenset[UUID] = frozenset()  # of the classes, where it is only theirs


def allowed(person: Person, place: Place, on: date, verb: Verb = Verb.SEE) -> Allowed | None:
    """What this person may see of the ledgers of a place; None for nothing at all."""
    found = [each for each in reaches(person, on, Thing.LEDGER, verb) if _touches(each, place)]
    if not found:
        return None
    shown = frozenset(f for held, scope in found for f in fields_of(held.post, Thing.CHILD, scope))
    if any(scope is Scope.PLACE for _, scope in found):
        return Allowed(shown, None)
    children = visible_children(person, on, verb, Thing.LEDGER).values_list("pk", flat=True)
    return Allowed(shown, frozenset(held.class_group_id or 0 for held, _ in found), frozenset(children))


def _touches(reach: Reach, place: Place) -> bool:
    held, scope = reach
    if scope is Scope.CLASS:
        return held.class_group is not None and held.class_group.school_id == place.pk
    return held.place is not None and (place.path or "").startswith(held.place.path or "/")


def ledgers_for(person: Person, place: Place, on: date, verb: Verb = Verb.SEE) -> list[Ledger]:
    """The ledgers of a place that this person may open."""
    sight = allowed(person, place, on, verb)
    return [each for each in LEDGERS.values() if sight and _refusal(each, person, place, sight, on) is None]


def open_ledger(
    person: Person,
    kind: LedgerKind,
    place: Place,
    *,
    as_of: date,
    at: datetime,
    wanted: Wanted = Wanted(),  # noqa: B008  (frozen)
    verb: Verb = Verb.SEE,
) -> Opened:
    """The ledger as this person may see it; a class teacher's holds the class alone. Raises Refusal."""
    ledger, sight = LEDGERS[kind], allowed(person, place, at.date(), verb)
    if sight is None:
        raise _not_yours(ledger)
    if (no := _refusal(ledger, person, place, sight, at.date())) is not None:
        raise no
    view = View(place, as_of, at)
    lines = [line for line in ledger.entries(view) if _is_wanted(line, sight, wanted)]
    lines = list(_of_school(_with_words(lines, wanted), wanted))
    if kind is LedgerKind.KEY_CHILDREN:
        lines = _of_groups(lines, view, sight)
    lines.sort(key=lambda line: (line.learned_at, line.opened_on, line.key))
    columns = tuple(c for c in ledger_layout(kind).columns if ALL_CELLS[c.mark].fields in sight.shown)
    return Opened(ledger, view, lines, columns, sight.shown)


def _refusal(ledger: Ledger, person: Person, place: Place, sight: Allowed, on: date) -> Refusal | None:
    if not ledger.needs <= sight.shown:
        return _not_yours(ledger)
    if ledger.also and not visible_places(person, on, ledger.also).filter(pk=place.pk).exists():
        return _not_yours(ledger)
    return None


def _not_yours(ledger: Ledger) -> Refusal:
    return Refusal(
        "NOT_YOUR_LEDGER",
        f"{ledger.kind.zh}由需要它的岗位查看。",
        f"The {ledger.kind.en} is only for the posts that need it.",
    )


# Which lines.


def _is_wanted(line: Entry, sight: Allowed, wanted: Wanted) -> bool:
    if sight.classes is not None and not _of_class(line, sight.classes, sight.children):
        return False
    if wanted.state is not LineState.ALL and line.is_open is not (wanted.state is LineState.OPEN):
        return False
    return wanted.year is None or line.opened_on.year == wanted.year


def _of_class(line: Entry, classes: frozenset[int], children: frozenset[UUID]) -> bool:
    return line.child in children if line.child else line.where.class_group in classes


def _of_school(lines: list[Entry], wanted: Wanted) -> Iterator[Entry]:
    if wanted.school is None:
        yield from lines
        return
    school = Place.objects.filter(pk=wanted.school).first()
    within = places_within(school) if school else frozenset()
    yield from (line for line in lines if line.where.place in within)


def _with_words(lines: list[Entry], wanted: Wanted) -> list[Entry]:
    words = wanted.words.strip()
    if not words:
        return lines
    named = Child.objects.filter(Q(name__icontains=words) | Q(enrolment_no=words))
    found: set[UUID] = set(named.values_list("pk", flat=True))
    return [line for line in lines if line.child in found]


def _of_groups(lines: list[Entry], view: View, sight: Allowed) -> list[Entry]:
    """Without whoever is there for a group of which the reader may not know."""
    if frozenset(GROUP_FIELDS.values()) <= sight.shown:
        return lines
    known = Sources(LedgerKind.KEY_CHILDREN, lines, view, sight.shown).groups
    return [line for line in lines if line.child in known]


# Overviews.


class Counted(NamedTuple):
    """One ledger of a place: how many lines are open, and how many were closed in the year."""

    ledger: Ledger
    open: int
    closed: int


def overview(person: Person, place: Place, at: datetime) -> list[Counted]:
    """The ledgers of a place that this person may open, with their numbers."""
    year = at.year
    found = []
    for ledger in ledgers_for(person, place, at.date()):
        wanted = Wanted(LineState.ALL)
        opened = open_ledger(person, ledger.kind, place, as_of=at.date(), at=at, wanted=wanted)
        closed = sum(1 for line in opened.lines if line.closed_on and line.closed_on.year == year)
        found.append(Counted(ledger, sum(line.is_open for line in opened.lines), closed))
    return found


def years_of(kind: LedgerKind, place: Place) -> list[int]:
    """The years in which lines of the county's ledger were opened, the last first."""
    county = county_of(place)
    rows = LedgerLine.objects.filter(ledger=kind, county=county).values_list("year", flat=True)
    return sorted(set(rows.distinct()), reverse=True)


def county_of(place: Place) -> Place | None:
    """The county a place lies in."""
    return place.above(PlaceKind.COUNTY)
