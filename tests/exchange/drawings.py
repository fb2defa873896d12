"""Files drawn as text: a line a row, `|` between cells; whole numbers become numbers, the rest text."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from notoneless.core.calendar import default_calendar
from notoneless.core.facts import CHINA_TIME
from notoneless.exchange.attendance import Attendance, read_attendance
from notoneless.exchange.problems import Problem
from notoneless.exchange.rosters import Roster, RosterPupil

FRIDAY_NINE = datetime(2026, 11, 20, 9, tzinfo=CHINA_TIME)
BORN_2018 = "00000020180306002"  # the first seventeen characters of a made-up identity number


def rows(drawing: str) -> list[list[str]]:
    """The drawing's cells as text."""
    return [[cell.strip() for cell in line.split("|")] for line in drawing.strip().splitlines()]


def value(text: str) -> Any:
    """What a workbook's cell would hold."""
    if text.isdecimal() and len(text) < 10 and not text.startswith("0"):
        return int(text)
    return text or None


def workbook(path: Path, **sheets: str) -> Path:
    """An .xlsx of these drawings, one a sheet."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, drawing in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows(drawing):
            sheet.append([value(cell) for cell in row])
    book.save(path)
    return path


def text_file(path: Path, drawing: str, *, encoding: str = "utf-8", separator: str = "\t") -> Path:
    """A text file of this drawing."""
    path.write_bytes("\r\n".join(separator.join(row) for row in rows(drawing)).encode(encoding))
    return path


def roster(**classes: str) -> Roster:
    """A roster of classes of one school; a pupil is a name, or a name=enrolment number."""
    pupils = []
    for class_name, names in classes.items():
        for word in names.split():
            name, _, number = word.partition("=")
            pupils.append(pupil(name, class_name, number))
    return Roster("花名册", tuple(pupils), ())


def pupil(name: str, class_name: str, number: str = "", school: str = "示范完小") -> RosterPupil:
    """A pupil of whom the roster knows little."""
    return RosterPupil(number, name, None, None, school, class_name[:3], class_name, "", "", "", "A1", 1)


TWO_CLASSES = roster(三年级2班="云小朵 石小满 江一舟", 四年级1班="叶知秋=G000000201803060025 云小朵")


def read(path: Path, known: Roster = TWO_CLASSES, as_of: datetime = FRIDAY_NINE) -> Attendance:
    """The attendance in a drawn file."""
    return read_attendance(path, roster=known, calendar=default_calendar(), as_of=as_of)


def said(problems: tuple[Problem, ...]) -> list[tuple[str, str, str]]:
    """Sheet, cell and severity of each problem."""
    return [(problem.sheet, problem.cell, problem.severity) for problem in problems]


def marks(attendance: Attendance, known: Roster = TWO_CLASSES) -> list[str]:
    """Each mark as "name day session STATUS REASON"."""
    return [
        " ".join(
            filter(
                None,
                (known.pupils[mark.pupil].name, str(mark.day.day), mark.session, mark.status, mark.reason),
            )
        )
        for mark in attendance.marks
    ]
