"""The layouts: every paper has one, with the columns its form is known by, and nobody else's power in it."""

from __future__ import annotations

import pytest
from paper_samples import KINDS

from notoneless.core.paper_terms import PaperKind
from notoneless.core.terms import PlaceKind
from notoneless.exchange.papers.layout import (
    LAYOUTS,
    Grid,
    layout,
    lists,
    marks,
    may_issue,
    number_text,
    pictures,
)
from notoneless.exchange.papers.marks import Mark, found, named, only_mark

NOTICES = (PaperKind.NOTICE_TO_RETURN, PaperKind.ORDER_TO_SEND, PaperKind.ENROLMENT_NOTICE)
# What the forms in use ask for without fail.
REQUIRED = {
    PaperKind.ABSENCE_REGISTER: (
        "日期 名单.班级 名单.姓名 名单.是否请假 名单.原因 名单.联系人 名单.联系方式 名单.联系时间 "
        "名单.联系结果 名单.去向 名单.登记人"
    ),
    PaperKind.TRUANCY_REPORT: "旷课起 旷课止 旷课节数 旷课天数 已联系情况 家访情况",
    PaperKind.DROPOUT_REPORT: (
        "现住址 监护人姓名 监护人关系 监护人电话 辍学原因 去向 上报单位 上报日期 身份证号 学籍号 "
        "末次到校日 旷课天数 措施.时间 措施.人员 措施.方式 措施.结果"
    ),
    PaperKind.MONTHLY_LIST: (
        "名单.姓名 名单.家长姓名 名单.家庭住址 名单.联系电话 名单.辍学原因 名单.动员返校情况"
    ),
    PaperKind.VISIT_RECORD: (
        "走访人 预约 目的 事由 在校表现 在家情况 家庭情况 教育方法 亲子关系 情感交流 家长意见 达成措施"
    ),
    PaperKind.PERSUASION_RECORD: (
        "日期 参与人员.姓名 参与人员.单位 谈话要点 家长意见 结果 记录人签名 家长签名"
    ),
    PaperKind.PERSUASION_LEDGER: ("劝返.日期 劝返.参与人员及单位 劝返.谈话要点 劝返.家长意见 劝返.结果"),
    PaperKind.HOME_TUITION_FILE: (
        "评估 送教.日期 送教.教师 送教.课时 送教.内容 送教.反应 评估记录.评估与改进"
    ),
    PaperKind.PAIRING_LEDGER: (
        "结对.帮扶人 结对.学生姓名 结对.日期 结对.方式 结对.内容 结对.成效 结对.期末评价"
    ),
    PaperKind.ENROLMENT_CHANGE: (
        "学籍号 异动类别 异动日期 异动原因 异动说明 审批日期 审批文号 经办人 来源学校码 去向学校码"
    ),
    PaperKind.CLOSE_OUT: "销号类型 佐证.佐证 申请人 复核人 复核结论",
    PaperKind.NOTICE_TO_RETURN: ("学生姓名 监护人姓名 返校天数 返校期限 文号 出具单位 签发日期"),
    PaperKind.NIL_REPORT: "期别 截止日 在册学生数 报送人 回执号",
    PaperKind.SERVICE_RECEIPT: ("文书名称 文书文号 受送达人 送达地点 送达时间 受送达人签名 送达人签名"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_paper_has_its_layout(kind: PaperKind) -> None:
    assert layout(kind).parts
    assert "截至时间" in marks(kind)
    assert pictures(kind) <= marks(kind)
    assert not marks(kind) & lists(kind).keys()


def test_no_layout_lies_there_without_its_kind() -> None:
    assert {path.name for path in LAYOUTS.iterdir()} == {f"{kind.value}.toml" for kind in KINDS}


@pytest.mark.parametrize("kind", REQUIRED)
def test_a_form_has_the_columns_it_is_known_by(kind: PaperKind) -> None:
    there = {
        *marks(kind),
        *(f"{name}.{column}" for name, columns in lists(kind).items() for column in columns),
    }
    assert not set(REQUIRED[kind].split()) - there


@pytest.mark.parametrize("kind", KINDS)
def test_the_rows_of_a_grid_fill_its_columns(kind: PaperKind) -> None:
    for part in layout(kind).parts:
        if isinstance(part, Grid):
            assert {sum(cell.span for cell in row) for row in part.rows} == {len(part.widths)}


@pytest.mark.parametrize("kind", NOTICES)
@pytest.mark.parametrize("place", [PlaceKind.SCHOOL, PlaceKind.TEACHING_POINT, PlaceKind.CENTRAL_SCHOOL])
def test_a_school_cannot_issue_what_the_law_leaves_to_the_government(
    kind: PaperKind, place: PlaceKind
) -> None:
    assert not may_issue(kind, place)
    assert may_issue(kind, PlaceKind.TOWNSHIP)


def test_a_township_does_not_write_a_schools_reports() -> None:
    assert not may_issue(PaperKind.REPORT_TO_TOWNSHIP, PlaceKind.TOWNSHIP)
    assert may_issue(PaperKind.REPORT_TO_TOWNSHIP, PlaceKind.TEACHING_POINT)


def test_a_number_is_written_as_offices_write_it() -> None:
    number = number_text(PaperKind.NOTICE_TO_RETURN, place="清溪镇", year=2026, number=12)
    assert number == "义限通字〔2026〕12号"
    assert number_text(PaperKind.VISIT_RECORD, place="清溪镇", year=2026, number=12) == ""


def test_two_kinds_of_paper_never_share_a_number() -> None:
    numbers = [layout(kind).number for kind in KINDS if layout(kind).number]
    assert len(set(numbers)) == len(numbers)
    assert all("{year}" in number and "{number}" in number for number in numbers)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("word", ["罚款", "处罚", "拘留", "开除", "取消", "退学手续", "元以"])
def test_no_paper_threatens(kind: PaperKind, word: str) -> None:
    assert word not in (LAYOUTS / f"{kind.value}.toml").read_text("utf-8")


@pytest.mark.parametrize(
    "text",
    ["{{学生姓名}}", "{{ 学生姓名 }}", "｛｛学生姓名｝｝", "{{学生\u3000姓名}}"],
)
def test_a_mark_may_be_typed_with_any_keyboard(text: str) -> None:
    assert named(f"兹有{text}同学") == (Mark("学生姓名"),)
    assert only_mark(f" {text} ") == Mark("学生姓名")


@pytest.mark.parametrize("dot", [".", "．", "。", "·"])
def test_a_lists_mark_names_the_list_first(dot: str) -> None:
    assert named(f"{{{{名单{dot}姓名}}}}") == (Mark("姓名", "名单"),)


def test_words_beside_a_mark_keep_their_places() -> None:
    (first, second) = found("自{{旷课起}}至{{旷课止}}")
    assert (first.start, first.end, second.mark) == (1, 8, Mark("旷课止"))
    assert only_mark("自{{旷课起}}") is None
    assert only_mark("{{旷课起}}{{旷课止}}") is None
