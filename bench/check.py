"""`notoneless check` on a school of 2,000 over a term, beside reading the same cells and doing nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random
from statistics import median
from typing import NamedTuple

from openpyxl import Workbook

from notoneless.core.calendar import default_calendar
from notoneless.exchange.identity import check_digit

PUPILS, CLASS_SIZE = 2_000, 45
FIRST, LAST = date(2025, 9, 1), date(2026, 1, 23)
AS_OF = "2026-01-23T17:00"
POLICY = "seeds/shanshu-2014"
SCHOOL = "示范县云岭完小"
GRADES = "一二三四五六"
SEED = 45
# 3 % of pupil-days: spells that begin on 1.5 % of days and go on with even chances.
BEGINS, GOES_ON = 0.015, 0.5
MARKS, WEIGHTS = "△○×◇", (5, 3, 3, 1)
_COLUMNS = "学校名称 年级 班级 姓名* 性别 出生日期 身份证件类型 身份证件号* 学籍号"
ROSTER = _COLUMNS.split()
# What it costs to have the cells at all; the same reader, without the child process that guards it.
READ = """
import sys
from python_calamine import CalamineWorkbook
for path in sys.argv[1:]:
    book = CalamineWorkbook.from_path(path)
    for name in book.sheet_names:
        book.get_sheet_by_name(name).to_python()
"""
# A small process starts the command: the peak of a child begins with the size of whoever started it.
STARTER = """
import json, resource, subprocess, sys, time
began = time.perf_counter()
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
wall, used = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([done.returncode, used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024]))
"""


class Command(NamedTuple):
    """What a command took: exit code, CPU and wall in seconds, the largest process in MiB."""

    code: int
    cpu: float
    wall: float
    peak: float


class Result(NamedTuple):
    """Medians of a few runs, by turns."""

    check: Command
    reading: Command
    marks: int  # that are not present
    share: float


class Pupil(NamedTuple):
    """A made-up pupil, and the marks of the days on which it was not simply there."""

    name: str
    class_name: str
    born: date
    number: str
    marks: dict[date, str]


def run(folder: Path, pupils: int = PUPILS, rounds: int = 3) -> Result:
    """Make the files, then check and read them by turns. Exits when the command refuses its input."""
    days = default_calendar().school_days(FIRST, LAST + timedelta(days=1))
    school = list(_school(pupils, days))
    roster = _roster(school, folder / "roster.xlsx")
    grids = [_grid(school, month, days, folder) for month in sorted({day.replace(day=1) for day in days})]
    check = [sys.executable, "-m", "notoneless.cli.main", "check", "--roster", str(roster)]
    check += ["--attendance", *map(str, grids), "--policy", POLICY, "--as-of", AS_OF, "--json"]
    reading = [sys.executable, "-c", READ, str(roster), *map(str, grids)]
    checks, readings = [], []
    for _ in range(rounds):
        checks.append(_timed(check))
        readings.append(_timed(reading))
    marks = sum(len(pupil.marks) for pupil in school)
    return Result(_middle(checks), _middle(readings), marks, marks / (len(days) * pupils))


def _timed(command: Sequence[str]) -> Command:
    done = subprocess.run(
        [sys.executable, "-S", "-c", STARTER, *command], stdout=subprocess.PIPE, check=True, text=True
    )
    result = Command(*json.loads(done.stdout))
    if result.code not in (0, 1):  # 1: something is overdue, as it should be
        sys.exit(f"bench: the command ended with {result.code}")
    return result


def _middle(runs: Sequence[Command]) -> Command:
    cpu, wall, peak = (median(getattr(each, name) for each in runs) for name in ("cpu", "wall", "peak"))
    return Command(runs[0].code, cpu, wall, peak)


def _school(pupils: int, days: Sequence[date]) -> Iterator[Pupil]:
    rng = Random(SEED)
    for n in range(pupils):
        nth = n // CLASS_SIZE
        grade, number = nth % len(GRADES), nth // len(GRADES) + 1
        born = date(2018 - grade, 9, 1) + timedelta(days=n % 365)
        odd = f"000000{born:%Y%m%d}{n // 365 % 1000:03d}"
        yield Pupil(
            f"学生{n:04d}".translate(str.maketrans("0123456789", "零一二三四五六七八九")),
            f"{GRADES[grade]}年级{number}班",
            born,
            odd + check_digit(odd),
            dict(_marks(rng, days)),
        )


def _marks(rng: Random, days: Sequence[date]) -> Iterator[tuple[date, str]]:
    mark = ""
    for day in days:
        if not (mark and rng.random() < GOES_ON):
            mark = rng.choices(MARKS, WEIGHTS)[0] if rng.random() < BEGINS else ""
        if mark:
            yield day, mark


def _roster(school: Sequence[Pupil], path: Path) -> Path:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("学生信息")
    sheet.append(ROSTER)
    for pupil in school:
        grade, class_text = pupil.class_name[:3], pupil.class_name[3:]
        identity = ["居民身份证", pupil.number, f"G{pupil.number}"]
        sheet.append([SCHOOL, grade, class_text, pupil.name, "女", f"{pupil.born:%Y%m%d}", *identity])
    book.save(path)
    return path


def _grid(school: Sequence[Pupil], month: date, days: Sequence[date], folder: Path) -> Path:
    """A month's workbook with a sheet a class, as offices fill it in by hand."""
    book = Workbook(write_only=True)
    numbers = range(1, monthrange(month.year, month.month)[1] + 1)
    called = {day for day in days if day.replace(day=1) == month}
    for name in dict.fromkeys(pupil.class_name for pupil in school):
        sheet = book.create_sheet(name)
        sheet.append([f"{SCHOOL} {month.year}年{month.month}月 {name} 考勤表"])
        sheet.append(["序号", "姓名", *numbers, "备注"])
        for order, pupil in enumerate((p for p in school if p.class_name == name), start=1):
            here = (month.replace(day=n) for n in numbers)
            marks = [pupil.marks.get(day, "√") if day in called else None for day in here]
            sheet.append([order, pupil.name, *marks])
        sheet.append(["图例：√到校 ×旷课 △病假 ○事假 ◇迟到 空白未记录"])
    path = folder / f"{month:%Y-%m}.xlsx"
    book.save(path)
    return path
