"""Values against marks: each has one, none is left over, none breaks the file it goes into."""

from __future__ import annotations

from typing import Any

import pytest
from paper_samples import KINDS, signature, values

from notoneless.core.paper_terms import PaperKind
from notoneless.exchange.papers.filling import LONGEST, PaperProblem, Picture, clean, filling

CARD, VISIT, REGISTER = PaperKind.FAMILY_CARD, PaperKind.VISIT_RECORD, PaperKind.ABSENCE_REGISTER


def problem(kind: PaperKind, given: dict[str, Any]) -> PaperProblem:
    """What is wrong with these values."""
    with pytest.raises(PaperProblem) as raised:
        filling(kind, given)
    return raised.value


@pytest.mark.parametrize("kind", KINDS)
def test_values_for_every_mark_fill_a_paper(kind: PaperKind) -> None:
    filled = filling(kind, values(kind))
    assert {*filled.once, *filled.lists} == values(kind).keys()


@pytest.mark.parametrize("kind", KINDS)
def test_a_value_that_is_missing_is_named(kind: PaperKind) -> None:
    given = values(kind)
    del given["截至时间"]
    found = problem(kind, given)
    assert (found.code, found.mark, found.kind) == ("missing", "截至时间", kind)
    assert "截至时间" in found.zh
    assert "截至时间" in found.en


@pytest.mark.parametrize("kind", KINDS)
def test_a_value_that_no_mark_asks_for_is_named(kind: PaperKind) -> None:
    assert problem(kind, values(kind, 星座="白羊")).mark == "星座"


def test_a_row_must_give_its_lists_columns_and_no_others() -> None:
    rows = [{"姓名": "甲", "关系": "父", "电话": "1"}, {"姓名": "乙", "关系": "母"}]
    found = problem(CARD, values(CARD, 监护人=rows))
    assert (found.code, found.mark) == ("missing", "监护人.电话")
    rows = [{"姓名": "甲", "关系": "父", "电话": "1", "收入": "2"}]
    assert problem(CARD, values(CARD, 监护人=rows)).mark == "监护人.收入"


@pytest.mark.parametrize("value", [None, 3, ["甲"], b"x"])
def test_a_value_is_a_text(value: Any) -> None:
    assert problem(CARD, values(CARD, 班主任=value)).code == "kind"


def test_a_list_is_not_a_text_and_a_text_is_not_a_list() -> None:
    assert problem(CARD, values(CARD, 监护人="甲")).code == "kind"


def test_a_signature_goes_only_where_somebody_signs() -> None:
    assert problem(VISIT, values(VISIT, 学生姓名=signature())).code == "kind"
    assert problem(VISIT, values(VISIT, 家长签名=Picture(b"GIF89a"))).code == "kind"
    assert filling(VISIT, values(VISIT, 家长签名="")).once["家长签名"] == ""


def test_a_text_longer_than_a_cell_is_refused() -> None:
    assert problem(CARD, values(CARD, 现住址="长" * (LONGEST + 1))).code == "too_long"


def test_rows_are_counted_from_one() -> None:
    assert [row["序号"] for row in filling(REGISTER, values(REGISTER, 3)).lists["名单"]] == ["1", "2", "3"]


def test_an_empty_list_says_so_in_one_row() -> None:
    (row,) = filling(REGISTER, values(REGISTER, 0)).lists["名单"]
    assert (row["序号"], row["班级"], row["姓名"]) == ("", "无", "")


def test_what_no_file_can_hold_is_shown_as_lost() -> None:
    assert clean("a\x00b\x0bc\ud800d\ufffe") == "a�b�c�d�"
    assert clean("a\r\nb\rc\td") == "a\nb\nc\td"
