"""Rosters: what is read, and what is said about what cannot be."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from drawings import BORN_2018, FRIDAY_NINE, said, text_file, workbook
from openpyxl import Workbook

from notoneless.core.terms import HouseholdRegister, Sex
from notoneless.exchange.identity import check_digit
from notoneless.exchange.problems import Problem
from notoneless.exchange.rosters import Roster, read_roster, read_rosters

GIRL = BORN_2018 + check_digit(BORN_2018)


def drawn(tmp_path: Path, drawing: str) -> Roster:
    return read_roster(text_file(tmp_path / "花名册.txt", drawing), as_of=FRIDAY_NINE)


def only(roster: Roster) -> Problem:
    (problem,) = roster.problems
    return problem


def test_a_pupil_is_read_with_everything_the_sheet_says(tmp_path: Path) -> None:
    roster = drawn(
        tmp_path,
        f"""
        示范完小花名册
        学校名称|年级|班级|姓 名*|性别|出生日期|身份证号|学籍号|家长姓名|家长电话|借读|学籍所在学校|户籍类型
        示范完小|三年级|（2）班|云小朵|女|2018.3.6|'{GIRL}|'G{GIRL}|云大山|100 0000 0001|是|邻县三小|外在本
        合计 | | | 1人
        """,
    )
    assert roster.problems == ()
    (pupil,) = roster.pupils
    assert pupil == (
        "G" + GIRL, "云小朵", Sex.FEMALE, date(2018, 3, 6), "示范完小", "三年级", "三年级2班",
        GIRL, "云大山", "10000000001", "D3", 3, "花名册.txt", True, "邻县三小",
        HouseholdRegister.ELSEWHERE_HERE,
    )  # fmt: skip


@pytest.mark.parametrize(("column", "said"), [("借读", "也许"), ("户籍类型", "外省"), ("家长电话", "1" * 31)])
def test_what_nobody_can_read_or_keep_is_named_with_its_cell(tmp_path: Path, column: str, said: str) -> None:
    roster = drawn(tmp_path, f"姓名 | 班级 | {column}\n云小朵 | 三（2）班 | {said}")
    assert [problem.cell for problem in roster.problems] == ["C2"]


def test_children_without_any_number_are_first_class(tmp_path: Path) -> None:
    roster = drawn(tmp_path, "姓名 | 班级\n云小朵 | 三（2）班\n石小满 | 三（2）班")
    assert [(pupil.name, pupil.class_name, pupil.grade) for pupil in roster.pupils] == [
        ("云小朵", "三年级2班", "三年级"),
        ("石小满", "三年级2班", "三年级"),
    ]
    assert roster.usable


def test_two_unnumbered_children_of_one_name_in_a_class_are_reported_at_both_cells(tmp_path: Path) -> None:
    roster = drawn(tmp_path, "姓名 | 班级\n云小朵 | 三（2）班\n云小朵 | 三(2)班\n云小朵 | 四(1)班")
    assert said(roster.problems) == [("", "A2", "ERROR"), ("", "A3", "ERROR")]
    assert "A3" in roster.problems[0].message


@pytest.mark.parametrize("heading", ["身份证号", "学籍号"])
def test_one_number_in_two_rows_is_reported_at_both_cells_without_the_number(
    tmp_path: Path, heading: str
) -> None:
    path = workbook(
        tmp_path / "a.xlsx", 一=f"姓名 | {heading}\n云小朵 | {GIRL}", 二=f"姓名 | {heading}\n石小满 | {GIRL}"
    )
    roster = read_roster(path)
    assert said(roster.problems) == [("一", "A2", "ERROR"), ("二", "A2", "ERROR")]
    assert "二!A2" in roster.problems[0].message
    assert GIRL not in "".join(problem.sentence() for problem in roster.problems)
    assert not roster.usable


def test_one_child_in_two_files_is_reported_with_the_file(tmp_path: Path) -> None:
    drawing = f"姓名 | 学籍号\n云小朵 | {GIRL}"
    paths = [text_file(tmp_path / name, drawing) for name in ("一.txt", "二.txt")]
    roster = read_rosters(paths)
    assert [(problem.file, problem.cell) for problem in roster.problems] == [
        ("一.txt", "A2"),
        ("二.txt", "A2"),
    ]
    assert "二.txt A2" in roster.problems[0].message


@pytest.mark.parametrize(
    ("heading", "written", "cell", "words"),
    [
        ("身份证号", GIRL[:-1] + "1", "B2", "校验码"),
        ("身份证号", "3.30102E+17", "B2", "已经丢失"),
        ("学籍号", "G123", "B2", "18 位"),
        ("出生日期", "2018-02-30", "B2", "不存在"),
        ("出生日期", "2027-01-01", "B2", "不可能"),
        ("出生日期", "43165", "B2", "2026-11-02 这样"),
        ("性别", "甲", "B2", "“男”或“女”"),
    ],
)
def test_a_wrong_cell_is_named_with_what_would_be_right(
    tmp_path: Path, heading: str, written: str, cell: str, words: str
) -> None:
    problem = only(drawn(tmp_path, f"姓名 | {heading}\n云小朵 | {written}"))
    assert (problem.file, problem.cell, problem.severity) == ("花名册.txt", cell, "ERROR")
    assert words in problem.message
    assert problem.sentence().startswith("花名册.txt B2 格：")


def test_an_identity_number_stored_as_a_number_has_lost_its_digits(tmp_path: Path) -> None:
    book = Workbook()
    book.worksheets[0].append(["姓名", "身份证号"])
    book.worksheets[0].append(["云小朵", 330102201503074417])
    book.save(tmp_path / "a.xlsx")
    problem = only(read_roster(tmp_path / "a.xlsx"))
    assert (problem.sheet, problem.cell) == ("Sheet", "B2")
    assert "已经丢失" in problem.message


def test_a_formula_that_was_never_calculated_is_not_an_empty_cell(tmp_path: Path) -> None:
    book = Workbook()
    book.worksheets[0].append(["姓名", "学籍号"])
    book.worksheets[0].append(["云小朵", '="G"&"1"'])
    book.save(tmp_path / "a.xlsx")
    problem = only(read_roster(tmp_path / "a.xlsx"))
    assert problem.cell == "B2"
    assert "公式" in problem.message


def test_a_name_of_three_hundred_letters_is_refused(tmp_path: Path) -> None:
    problem = only(drawn(tmp_path, f"姓名\n{'长' * 300}"))
    assert (problem.cell, "300 个字" in problem.message) == ("A2", True)
    assert len(problem.message) < 60


def test_a_row_without_a_name_is_refused(tmp_path: Path) -> None:
    assert only(drawn(tmp_path, "姓名 | 学籍号\n | 2018030601")).cell == "A2"


def test_a_heading_that_stands_twice_is_refused(tmp_path: Path) -> None:
    problem = only(drawn(tmp_path, "姓名 | 学籍号 | 姓名\n云小朵 | 2018030601 | 石小满"))
    assert (problem.cell, "A1" in problem.message) == ("C1", True)


def test_family_members_under_a_shared_heading_are_not_the_pupil(tmp_path: Path) -> None:
    roster = drawn(
        tmp_path,
        """
        基本信息 | | 家庭成员1 | | 家庭成员2
        姓名 | 班级 | 姓名 | 联系电话 | 姓名
        云小朵 | 三(2)班 | 云大山 | 10000000001 | 云二山
        """,
    )
    (pupil,) = roster.pupils
    assert (pupil.name, pupil.guardian_name, pupil.guardian_phone) == ("云小朵", "云大山", "10000000001")


def test_grade_and_class_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    assert only(drawn(tmp_path, "姓名 | 年级 | 班级\n云小朵 | 二年级 | 302班")).cell == "C2"


def test_an_identity_number_that_says_otherwise_than_its_row_is_a_warning(tmp_path: Path) -> None:
    roster = drawn(tmp_path, f"姓名 | 性别 | 出生日期 | 身份证号\n云小朵 | 男 | 2018-03-07 | {GIRL}")
    assert said(roster.problems) == [("", "C2", "WARNING"), ("", "B2", "WARNING")]
    assert roster.usable


def test_a_passport_is_not_measured_as_an_identity_card(tmp_path: Path) -> None:
    roster = drawn(tmp_path, "姓名 | 身份证件类型 | 身份证件号\n云小朵 | 护照 | E12345678")
    assert roster.problems == ()
    assert roster.pupils[0].identity_no == "E12345678"


def test_columns_nobody_reads_are_mentioned_once(tmp_path: Path) -> None:
    problem = only(drawn(tmp_path, "姓名 | 民族 | 鞋码 | 校服\n云小朵 | 汉 | 33 | 130"))
    assert (problem.cell, problem.severity) == ("C1", "WARNING")
    assert "鞋码、校服" in problem.message


def test_a_sheet_without_headings_keeps_the_file_out_unless_it_holds_notes(tmp_path: Path) -> None:
    sheets = {"三年级": "姓名\n云小朵", "填表说明": "请填写姓名", "四年级": "石小满"}
    roster = read_roster(workbook(tmp_path / "a.xlsx", **sheets))
    assert said(roster.problems) == [("填表说明", "", "WARNING"), ("四年级", "", "ERROR")]


def test_a_workbook_with_nothing_in_it_says_so(tmp_path: Path) -> None:
    Workbook().save(tmp_path / "a.xlsx")
    assert "姓名" in only(read_roster(tmp_path / "a.xlsx")).message
