"""Rows of a 花名册 in which nothing is unusual, read to the same effect as cell by cell, and much faster.

Cells that repeat (school, class, sex, day of birth …) say what they said in an earlier row that nothing was
wrong with; names and numbers that are plain already need no cleaning. Every other row is left to `pupil_in`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from datetime import date, datetime
from operator import itemgetter
from typing import NamedTuple, TypeGuard

from notoneless.core.terms import HouseholdRegister, Sex
from notoneless.exchange.cells import DIGITS_KEPT, compact
from notoneless.exchange.columns import Column
from notoneless.exchange.identity import ENROLMENT_NO, is_plain
from notoneless.exchange.problems import Findings
from notoneless.exchange.roster_rows import (
    LONGEST_GUARDIAN,
    LONGEST_NAME,
    LONGEST_PHONE,
    RosterPupil,
    place_of,
    pupil_in,
)
from notoneless.exchange.tables import FOOTER, Table
from notoneless.exchange.workbooks import Cell

_PLACE = (Column.SCHOOL, Column.GRADE, Column.CLASS)
_REST = (Column.SEX, Column.GUEST, Column.ROLL_AT, Column.HOUSEHOLD)
_PICKED = (
    Column.BIRTH,
    Column.ENROLMENT_NO,
    Column.IDENTITY_NO,
    Column.GUARDIAN_NAME,
    Column.GUARDIAN_PHONE,
    Column.PHONE,
)


class _Rest(NamedTuple):
    """What the cells say that only a few values stand in."""

    sex: Sex | None
    guest: bool
    roll_at: str
    household: HouseholdRegister | None


class _Born(NamedTuple):
    """A day of birth, and its digits as an identity number has them; "" if there is no day."""

    day: date | None
    digits: str


def pupils_of(table: Table, findings: Findings, as_of: datetime | None) -> Iterator[RosterPupil]:
    """The pupils of a table's lines, in their order; what is wrong with a line is noted."""
    reader = _Reader(table, findings, as_of)
    for row in range(table.first, len(table.sheet.rows)):
        pupil = reader.usual(row) or reader.plainly(row)
        if pupil is not None:
            yield pupil


class _Reader:
    """Reads one table and remembers what its cells meant.

    A whole number is never a float in a file that was read honestly, so that equal cells say the same.
    """

    def __init__(self, table: Table, findings: Findings, as_of: datetime | None) -> None:
        self.table, self.findings, self.as_of = table, findings, as_of
        columns = table.columns
        # A column that the table lacks is the empty cell after its last one.
        self.width = max(columns.values()) + 1
        self.name_at = columns[Column.NAME]
        self.place_cells = itemgetter(*(columns.get(each, self.width) for each in _PLACE))
        self.rest_cells = itemgetter(*(columns.get(each, self.width) for each in _REST))
        self.picked = itemgetter(*(columns.get(each, self.width) for each in _PICKED))
        name = table.sheet.address(0, self.name_at)[:-1]
        self.name_cell = place_of(table.sheet.name, name)
        self.heading = table.sheet.rows[table.headings][self.name_at]
        self.places: dict[Hashable, tuple[str, str, str]] = {}
        self.rests: dict[Hashable, _Rest] = {}
        self.days: dict[Cell, _Born] = {None: _Born(None, "")}
        self.no_footers: set[Cell] = set()

    def usual(self, row: int) -> RosterPupil | None:
        """The pupil of a row with nothing unusual; None for every other row."""
        cells = self._padded(row)
        name = cells[self.name_at]
        place = self.places.get(self.place_cells(cells))
        rest = self.rests.get(self.rest_cells(cells))
        if place is None or rest is None or not _plain_word(name, LONGEST_NAME):
            return None
        if name == self.heading or self._may_end(cells):
            return None
        birth, enrolment, identity, guardian, phone, own_phone = self.picked(cells)
        born, number = self.days.get(birth), _plain_enrolment_no(enrolment)
        telephone = _plain_phone(own_phone if phone is None else phone)
        if born is None or number is None or telephone is None or not _agree(identity, born, rest.sex):
            return None
        if not (guardian is None or _plain_word(guardian, LONGEST_GUARDIAN)):
            return None
        at = self.table.sheet.origin[0] + row + 1
        before = (number, name, rest.sex, born.day, *place, identity or "", guardian or "", telephone)
        after = (rest.guest, rest.roll_at, rest.household)
        return RosterPupil._make((*before, f"{self.name_cell}{at}", at, self.findings.file, *after))

    def plainly(self, row: int) -> RosterPupil | None:
        """The pupil of any row, read cell by cell; what its cells mean is remembered if nothing is wrong."""
        line = self.table.line(row)
        if line is None:
            return None
        noted = len(self.findings.problems)
        pupil = pupil_in(line, self.findings, self.as_of)
        if pupil is not None and len(self.findings.problems) == noted:
            self._remember(self._padded(row), pupil)
        return pupil

    def _remember(self, cells: list[Cell], pupil: RosterPupil) -> None:
        self.places[self.place_cells(cells)] = (pupil.school, pupil.grade, pupil.class_name)
        rest = _Rest(pupil.sex, pupil.guest, pupil.roll_at, pupil.household)
        self.rests[self.rest_cells(cells)] = rest
        digits = pupil.birth_on.isoformat().replace("-", "") if pupil.birth_on else ""
        self.days[self.picked(cells)[0]] = _Born(pupil.birth_on, digits)
        self.no_footers.add(_first(cells))

    def _padded(self, row: int) -> list[Cell]:
        cells = self.table.sheet.rows[row]
        short = self.width - len(cells)
        return [*cells, *[None] * (short + 1)] if short > 0 else [*cells[: self.width], None]

    def _may_end(self, cells: list[Cell]) -> bool:
        """Whether the row may be one of totals or signatures, which begin with certain words."""
        first = _first(cells)
        if first in self.no_footers or type(first) is int:
            return False
        return not (type(first) is str and first.isalnum() and FOOTER.match(compact(first)) is None)


def _first(cells: list[Cell]) -> Cell:
    return cells[0] if cells[0] is not None else next((cell for cell in cells if cell is not None), None)


def _plain_word(cell: Cell, longest: int) -> TypeGuard[str]:
    """Letters alone: nothing in it to clean, no stretching spaces, no dot to be made uniform."""
    return type(cell) is str and cell.isalnum() and len(cell) <= longest


def _plain_enrolment_no(cell: Cell) -> str | None:
    """The number if it is in plain form already or there is none; None if it has to be looked at."""
    if cell is None:
        return ""
    if type(cell) is not str or not cell.isascii():
        return None
    plain = ENROLMENT_NO.fullmatch(cell) is not None or (cell.isdigit() and 2 <= len(cell) <= 30)
    return cell if plain else None


def _plain_phone(cell: Cell) -> str | None:
    """As `_plain_enrolment_no`; workbooks store telephone numbers as whole numbers."""
    if cell is None:
        return ""
    if type(cell) is int:
        return str(cell) if 0 <= cell < DIGITS_KEPT else None
    if type(cell) is not str or not cell.isascii() or len(cell) > LONGEST_PHONE:
        return None
    return cell if cell.replace("-", "").isalnum() else None


def _agree(identity: Cell, born: _Born, sex: Sex | None) -> bool:
    """Whether there is no identity number, or one that is right and says what the cells beside it say.

    Such a number is kept as it stands whatever kind of paper it is of.
    """
    if identity is None:
        return True
    if type(identity) is not str or not is_plain(identity):
        return False
    same_day = not born.digits or identity[6:14] == born.digits
    return same_day and (sex is None or (identity[16] in "13579") == (sex is Sex.MALE))
