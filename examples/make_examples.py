"""Makes the sample files beside it. Everybody in them is made up; area code 000000 belongs to no place.

    .venv/bin/python examples/make_examples.py

Running it again changes nothing: workbooks are written with fixed times, and the .xls that LibreOffice makes
is replaced only when its cells would differ.
"""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import tempfile
import zipfile
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from notoneless.exchange.identity import check_digit
from notoneless.exchange.workbooks import read_workbook

SCHOOL = "示范县云岭完小"
HERE = Path(__file__).parent
WRITTEN = datetime(2026, 11, 20, 9)  # noqa: DTZ001 - office files know no time zones
MONTH, LAST_DAY = date(2026, 11, 1), 20
WEEKDAYS = "一二三四五六日"
LEGEND = "图例：√到校 ×旷课 △病假 ○事假 ◇迟到 空白未记录"
WORDS = {"×": ("旷课", "无故"), "△": ("病假", ""), "○": ("事假", ""), "◇": ("迟到", ""), " ": ("未点名", "")}


class Pupil(NamedTuple):
    """A made-up pupil; `marks` are the days of November 2026 on which something other than √ stands."""

    name: str
    sex: str
    born: date
    guardian: str
    marks: dict[int, str] = {}
    numbers: str = "both"  # "temporary": an L number and no identity number; "local": a J number


CLASSES = {
    ("三年级", "2班"): (
        Pupil("云小朵", "女", date(2018, 3, 6), "云大山"),
        # Absent since Thursday the 12th: seven school days by the 20th, with a weekend between.
        Pupil("石小满", "男", date(2018, 5, 21), "石有田", dict.fromkeys((12, 13, 16, 17, 18, 19, 20), "×")),
        Pupil("林知春", "女", date(2018, 2, 4), "林望川"),
        Pupil("禾小苗", "女", date(2017, 11, 15), "禾满仓", numbers="temporary"),
        Pupil("江一舟", "男", date(2018, 7, 1), "江长流", dict.fromkeys((18, 19, 20), "×")),
        Pupil("白小桥", "男", date(2017, 10, 9), "白石桥"),
        Pupil("田小野", "男", date(2018, 8, 8), "田广袤", {20: "×"}),
        Pupil("程小路", "女", date(2017, 9, 28), "程万里", numbers="local"),
    ),
    ("六年级", "1班"): (
        Pupil("杜小鹃", "女", date(2015, 4, 5), "杜青山"),
        Pupil("叶知秋", "女", date(2014, 9, 23), "叶常青"),
        # Leave in the middle of an absence: it neither counts nor ends the spell.
        Pupil("岳小岭", "男", date(2015, 1, 12), "岳连峰", {17: "×", 18: "×", 19: "△", 20: "×"}),
        # A day nobody recorded in the middle of an absence: the spell is an interval.
        Pupil("罗小松", "男", date(2014, 12, 30), "罗长岭", {16: "×", 17: "×", 18: " ", 19: "×", 20: "×"}),
        Pupil("苏晚晴", "女", date(2015, 6, 18), "苏望晴", {10: "◇"}),
        Pupil("温小暖", "女", date(2015, 2, 14), "温如春", {5: "△", 6: "△"}),
        Pupil("方小圆", "男", date(2014, 11, 2), "方圆满", {13: "○"}),
        Pupil("钟小亮", "男", date(2015, 3, 3), "钟鸣谷"),
    ),
}
_COLUMNS = """
    序号 学校名称 年级 班级 姓名* 性别 出生日期 身份证件类型 身份证件号* 学籍号 现住址
    成员1姓名 成员1关系 成员1联系电话
"""
ROSTER_COLUMNS = _COLUMNS.split()


def numbers(pupil: Pupil, sequence: int) -> tuple[str, str]:
    """Identity and enrolment number, with the check digits the standard demands."""
    odd_for_boys = 2 * sequence + (1 if pupil.sex == "男" else 0)
    first_17 = f"000000{pupil.born:%Y%m%d}{odd_for_boys:03d}"
    identity = first_17 + check_digit(first_17)
    if pupil.numbers == "temporary":
        return "", f"L000000{pupil.born:%Y%m%d}{7000 + sequence}"
    if pupil.numbers == "local":
        return identity, f"J000000{pupil.born:%Y%m%d}{900 + sequence}X"
    return identity, f"G{identity}"


def roster_rows() -> list[list[str]]:
    """The roster under its title and headings, with the total that offices add."""
    rows: list[list[str]] = []
    for (grade, class_text), pupils in CLASSES.items():
        for pupil in pupils:
            order = len(rows) + 1
            identity, enrolment = numbers(pupil, order)
            kind = "居民身份证" if identity else ""
            birth, phone = f"{pupil.born:%Y%m%d}", f"1000000{order:04d}"
            who = [str(order), SCHOOL, grade, class_text, pupil.name, pupil.sex, birth]
            rows.append([*who, kind, identity, enrolment, "示范县云岭镇", pupil.guardian, "父亲", phone])
    return [[f"{SCHOOL}学生花名册"], ROSTER_COLUMNS, *rows, ["合计", "", "", "", f"{len(rows)} 人"]]


def roster_workbook() -> Workbook:
    """The roster as a workbook, its title merged over the headings."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "学生信息"
    for row in roster_rows():
        sheet.append(row)
    _dress(sheet, len(ROSTER_COLUMNS), heading=2)
    for column in range(1, len(ROSTER_COLUMNS) + 1):
        sheet.column_dimensions[get_column_letter(column)].width = 22 if column in (9, 10) else 12
    return book


def grid_workbook() -> Workbook:
    """The month grid, one class a sheet."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for (grade, class_text), pupils in CLASSES.items():
        _grid(book.create_sheet(grade + class_text), grade + class_text, pupils)
    return book


def _grid(sheet: Worksheet, name: str, pupils: tuple[Pupil, ...]) -> None:
    days = [MONTH + timedelta(days=offset) for offset in range(30)]
    sheet.append([f"{SCHOOL} 2026年11月 {name} 考勤表"])
    sheet.append(["序号", "姓名", *(day.day for day in days), "备注"])
    sheet.append([None, None, *(WEEKDAYS[day.weekday()] for day in days)])
    for order, pupil in enumerate(pupils, start=1):
        marks = [pupil.marks.get(day.day, "√").strip() if is_marked(day) else None for day in days]
        sheet.append([order, pupil.name, *(mark or None for mark in marks)])
    sheet.append([LEGEND])
    _dress(sheet, 33, heading=2)
    sheet.merge_cells("A2:A3")
    sheet.merge_cells("B2:B3")
    for column in range(3, 33):
        sheet.column_dimensions[get_column_letter(column)].width = 3.6


def is_marked(day: date) -> bool:
    """Whether the sample has a roll call that day: Monday to Friday until the 20th."""
    return day.day <= LAST_DAY and day.weekday() < 5


def _dress(sheet: Worksheet, columns: int, heading: int) -> None:
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=columns)
    sheet["A1"].font = Font(bold=True, size=14)
    sheet["A1"].alignment = Alignment(horizontal="center")
    for cell in sheet[heading]:
        cell.font = Font(bold=True)


def long_rows() -> list[list[str]]:
    """The same marks, one row each; the rest of each class and day in one row."""
    rows = [["日期", "班级", "学籍号", "姓名", "节次", "状态", "原因", "点名时间"]]
    for day in (MONTH + timedelta(days=offset) for offset in range(30)):
        if is_marked(day):
            rows += _rows_of(day, "08:05" if day.day == LAST_DAY else "")
    return rows


def _rows_of(day: date, taken: str) -> list[list[str]]:
    rows: list[list[str]] = []
    sequence = 0
    for (grade, class_text), pupils in CLASSES.items():
        for pupil in pupils:
            sequence += 1
            if mark := pupil.marks.get(day.day):
                who = [day.isoformat(), grade + class_text, numbers(pupil, sequence)[1], pupil.name]
                rows.append([*who, "晨检", *WORDS[mark], taken])
        rows.append([day.isoformat(), grade + class_text, "", "", "晨检", "其余到校", "", taken])
    return rows


def save(book: Workbook, path: Path) -> None:
    """Write the workbook so that the same content gives the same bytes."""
    book.properties.created = book.properties.modified = WRITTEN
    buffer = io.BytesIO()
    book.save(buffer)
    stamp = WRITTEN.timetuple()[:6]
    with zipfile.ZipFile(buffer) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":  # openpyxl puts the hour of saving in
                content = content.replace(_saved_at(content), f"{WRITTEN:%Y-%m-%dT%H:%M:%SZ}".encode())
            new.writestr(zipfile.ZipInfo(name, stamp), content, zipfile.ZIP_DEFLATED)


def _saved_at(core: bytes) -> bytes:
    return core.split(b"<dcterms:modified", 1)[1].split(b">", 1)[1].split(b"<", 1)[0]


def save_as_xls(source: Path, target: Path) -> None:
    """Have LibreOffice write the true binary format; leave the file alone if it says the same already."""
    with tempfile.TemporaryDirectory() as folder:
        profile = f"-env:UserInstallation=file://{folder}/profile"
        command = ["soffice", profile, "--headless", "--convert-to", "xls", "--outdir", folder, str(source)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        made = Path(folder) / f"{source.stem}.xls"
        if not target.exists() or read_workbook(made, file="x") != read_workbook(target, file="x"):
            shutil.copy(made, target)


def save_as_text(rows: list[list[str]], path: Path, encoding: str, separator: str, ending: str) -> None:
    """Comma- or tab-separated text."""
    with path.open("w", encoding=encoding, newline="") as out:
        csv.writer(out, delimiter=separator, lineterminator=ending).writerows(rows)


def quoted_digits(rows: list[list[str]]) -> list[list[str]]:
    """Long numbers with the quote that keeps a spreadsheet from rounding them."""
    return [
        [f"'{value}" if len(value) > 10 and value[-5:-1].isdecimal() else value for value in row]
        for row in rows
    ]


def main(folder: Path = HERE) -> None:
    """Write every sample into `folder`."""
    save(roster_workbook(), folder / "roster.xlsx")
    save_as_xls(folder / "roster.xlsx", folder / "roster.xls")
    save_as_text(quoted_digits(roster_rows()), folder / "roster-gbk.xls", "gbk", "\t", "\r\n")
    save(grid_workbook(), folder / "attendance-2026-11.xlsx")
    save_as_text(long_rows(), folder / "attendance-2026-11.csv", "utf-8-sig", ",", "\n")


if __name__ == "__main__":
    main()
