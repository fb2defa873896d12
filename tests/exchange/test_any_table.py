"""Whatever cells a file holds, the readers answer with marks and problems, never with a fall."""

from __future__ import annotations

from datetime import date

from drawings import FRIDAY_NINE, TWO_CLASSES
from hypothesis import find, given
from hypothesis import strategies as st

from notoneless.core.calendar import default_calendar
from notoneless.core.facts import CHINA_TIME
from notoneless.exchange.attendance import attendance_in
from notoneless.exchange.columns import NAMES
from notoneless.exchange.rosters import roster_in
from notoneless.exchange.workbooks import Cell, Fault, Sheet, Workbook
from notoneless.exchange.zipscan import position

HEADINGS = [names.split()[0] for names in NAMES.values()]
TITLES = [
    "2026年11月",
    "三年级2班",
    "2026年13月",
    "图例：√旷课",
    "图例：空白到校 ×旷课",
    "合计",
    "11/2",
    "2日",
    "一",
]
VALUES = [
    "云小朵",
    "叶知秋",
    "√",
    "×",
    "?",
    "三（2）班",
    "2026-11-02",
    "2026-11-31",
    "G1",
    "其余到校",
    "第3节",
    "08:05",
]
cells: st.SearchStrategy[Cell] = st.one_of(
    st.none(),
    st.sampled_from(HEADINGS),
    st.sampled_from(TITLES + VALUES),
    st.integers(0, 32),
    st.text(max_size=8),
    st.floats(allow_nan=False),
    st.dates(),
    st.times(),
    st.datetimes(timezones=st.just(CHINA_TIME)),
    st.builds(Fault, st.sampled_from(["", "#N/A"])),
)
tables = st.lists(st.lists(cells, max_size=8), max_size=8)
headings = st.lists(st.sampled_from([*HEADINGS, 2, 3, 7, 23, 31]), min_size=2, max_size=8)
sheets = st.builds(
    lambda name, titles, heading, rows: Sheet(name, [*titles, heading, *rows]),
    st.sampled_from(["", "三年级2班", "2026-11"]),
    st.lists(st.lists(st.sampled_from(TITLES), max_size=3), max_size=2),
    headings,
    tables,
)
books = st.builds(lambda sheets: Workbook("文件", tuple(sheets)), st.lists(sheets, max_size=2))

# Sheets that are nearly right, so that marks come of them.
names = st.sampled_from(["云小朵", "石小满", "江一舟", "云小朵 ", "叶知秋", ""])
signs = st.sampled_from(["√", "×", "△", "○", "◇", "病假", "缺勤", "☆", None])
grids = st.builds(
    lambda days, rows, legend: Sheet(
        "三年级2班", [["2026年11月"], ["姓名", *days], *([name, *given] for name, given in rows), legend]
    ),
    st.lists(st.integers(1, 31), min_size=1, max_size=5, unique=True),
    st.lists(st.tuples(names, st.lists(signs, max_size=5)), max_size=4),
    st.sampled_from([[], ["图例：○旷课 √到校"], ["图例：空白到校 ×旷课"]]),
)
november = st.dates(date(2026, 11, 1), date(2026, 11, 30))
long_forms = st.builds(
    lambda rows: Sheet(
        "表", [["日期", "班级", "姓名", "节次", "状态", "原因", "点名时间"], *map(list, rows)]
    ),
    st.lists(
        st.tuples(
            november,
            st.sampled_from(["三年级2班", "三（2）班", "五年级1班"]),
            names,
            st.sampled_from(["", "晨检", "第3节", 3, "第9节"]),
            st.one_of(signs, st.just("其余到校")),
            st.sampled_from([None, "病假", "不明", "别的"]),
            st.one_of(st.none(), st.times()),
        ),
        max_size=5,
    ),
)
nearly_right = st.builds(
    lambda *sheets: Workbook("文件", sheets), st.one_of(grids, long_forms), st.one_of(grids, sheets)
)


@given(books)
def test_any_table_gives_a_roster_and_every_problem_a_place_in_it(book: Workbook) -> None:
    roster = roster_in(book, as_of=FRIDAY_NINE)
    assert all(in_book(book, problem.sheet, problem.cell) for problem in roster.problems)
    assert roster == roster_in(book, as_of=FRIDAY_NINE)


@given(st.one_of(books, nearly_right))
def test_any_table_gives_attendance_and_every_problem_a_place_in_it(book: Workbook) -> None:
    read = attendance_in(book, roster=TWO_CLASSES, calendar=default_calendar(), as_of=FRIDAY_NINE)
    assert all(in_book(book, problem.sheet, problem.cell) for problem in read.problems)
    assert all(mark.at <= FRIDAY_NINE for mark in read.marks)
    assert all(default_calendar().is_school_day(mark.day) for mark in read.marks)
    covered = {(each.class_name, each.day, each.session) for each in read.covered}
    said = {(TWO_CLASSES.pupils[mark.pupil].class_name, mark.day, mark.session) for mark in read.marks}
    assert said <= covered


def in_book(book: Workbook, sheet: str, cell: str) -> bool:
    """Whether the place a problem names is one a person could find."""
    named = [each for each in book.sheets if each.name == sheet]
    if not cell:
        return sheet == "" or bool(named)
    row, column = position(cell)
    return any(row < len(each.rows) and column < 20 for each in named)


def test_the_draws_reach_marks_and_cover() -> None:
    drawn = find(
        nearly_right,
        lambda book: (
            len(attendance_in(book, roster=TWO_CLASSES, calendar=default_calendar(), as_of=FRIDAY_NINE).marks)
            > 1
        ),
    )
    assert len(drawn.sheets) == 2
