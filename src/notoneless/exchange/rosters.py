"""花名册: the pupils of a school, from the national enrolment system's sheets and the offices' own lists."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from operator import attrgetter
from os import PathLike
from typing import NamedTuple

from notoneless.exchange.cells import text_in
from notoneless.exchange.columns import Column
from notoneless.exchange.limits import Limits
from notoneless.exchange.problems import Findings, Problem, Unreadable
from notoneless.exchange.roster_rows import RosterPupil
from notoneless.exchange.tables import Table, read_table
from notoneless.exchange.usual_rows import pupils_of
from notoneless.exchange.workbooks import LIMITS, Sheet, Workbook, read_workbook

NOTES_SHEET = re.compile(r"说明|图例|封面|目录|代码|字典|示例|填写")


class Roster(NamedTuple):
    """A roster read; `pupils` are to be used only if no problem is an ERROR."""

    file: str
    pupils: tuple[RosterPupil, ...]
    problems: tuple[Problem, ...]

    @property
    def usable(self) -> bool:
        """Whether nothing in the file keeps it out."""
        return all(problem.severity != "ERROR" for problem in self.problems)


def read_roster(
    path: str | PathLike[str], *, file: str = "", as_of: datetime | None = None, limits: Limits = LIMITS
) -> Roster:
    """The pupils in every sheet of one file; raises Unreadable if nobody could read it.

    With `as_of` a birth after that day is an error too. `file` is the name people know the file by.
    """
    return roster_in(read_workbook(path, file=file, limits=limits), as_of=as_of)


def roster_in(book: Workbook, *, as_of: datetime | None = None) -> Roster:
    """The pupils in every sheet of a workbook that has been read."""
    if as_of is not None and as_of.tzinfo is None:
        raise ValueError("as_of needs a time zone")
    findings = Findings(book.file)
    for name in book.hidden:
        findings.warn(name, "", "这张工作表是隐藏的，没有读取；要导入请先取消隐藏。")
    pupils: list[RosterPupil] = []
    read = 0
    for sheet in book.sheets:
        table = _table(sheet, findings)
        if table is not None:
            read += 1
            pupils += pupils_of(table, findings, as_of)
    if not read and not findings.failed:
        findings.error("", "", "没有找到花名册；表头里要有“姓名”一列。")
    _check_duplicates(pupils, findings)
    return Roster(book.file, tuple(pupils), tuple(findings.problems))


def read_rosters(
    paths: Iterable[str | PathLike[str]], *, as_of: datetime | None = None, limits: Limits = LIMITS
) -> Roster:
    """Several files as one roster; a child in two of them is reported like a child in two rows."""
    rosters = [read_roster(path, as_of=as_of, limits=limits) for path in paths]
    pupils = [pupil for roster in rosters for pupil in roster.pupils]
    problems = [problem for roster in rosters for problem in roster.problems]
    across = Findings("、".join(roster.file for roster in rosters))
    _check_duplicates(pupils, across)
    known = {(problem.file, problem.sheet, problem.cell) for problem in problems}
    problems += [new for new in across.problems if (new.file, new.sheet, new.cell) not in known]
    return Roster(across.file, tuple(pupils), tuple(problems))


def _table(sheet: Sheet, findings: Findings) -> Table | None:
    if not any(text_in(cell) for row in sheet.rows for cell in row):
        return None
    table = read_table(sheet, {Column.NAME}, findings)
    if table is None:
        report = findings.warn if NOTES_SHEET.search(sheet.name) else findings.error
        report(sheet.name, "", "前十行里没有找到表头；表头里要有“姓名”一列，不是花名册的工作表请删去。")
    return table


def _check_duplicates(pupils: Sequence[RosterPupil], findings: Findings) -> None:
    """Report every pair of rows that say to be the same child, at both cells."""
    _report_twins(pupils, findings, attrgetter("enrolment_no"), "学籍号")
    _report_twins(pupils, findings, attrgetter("identity_no"), "身份证件号")
    keyed = {_class_key(pupil) for pupil in pupils if not pupil.enrolment_no and not pupil.identity_no}
    ambiguous = [pupil for pupil in pupils if _class_key(pupil) in keyed] if keyed else []
    _report_twins(ambiguous, findings, _class_key, "姓名和班级")


def _class_key(pupil: RosterPupil) -> str:
    return f"{pupil.school}\0{pupil.class_name}\0{pupil.name}"


def _report_twins(
    pupils: Sequence[RosterPupil], findings: Findings, key: Callable[[RosterPupil], str], what: str
) -> None:
    often = {said for said, times in Counter(filter(None, map(key, pupils))).items() if times > 1}
    groups: dict[str, list[RosterPupil]] = {}
    for pupil in pupils if often else ():
        if key(pupil) in often:
            groups.setdefault(key(pupil), []).append(pupil)
    for group in groups.values():
        for pupil in group:
            others = "、".join(_far_place(other, pupil) for other in group if other is not pupil)
            _report_at(findings, pupil, f"{what}与 {others} 的相同，请核对后只留一个，或补上能区分的号码。")


def _far_place(other: RosterPupil, pupil: RosterPupil) -> str:
    return other.cell if other.file == pupil.file else f"{other.file} {other.cell}"


def _report_at(findings: Findings, pupil: RosterPupil, message: str) -> None:
    sheet, _, cell = pupil.cell.rpartition("!")
    findings.problems.append(Problem(pupil.file or findings.file, sheet, cell, message))


__all__ = ["Roster", "RosterPupil", "Unreadable", "read_roster", "read_rosters", "roster_in"]
