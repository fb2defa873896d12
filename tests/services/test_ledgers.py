"""台账: who is in one follows from the facts; numbers come once, without gaps, as we learned of the lines."""

from __future__ import annotations

import io
from datetime import date

import pytest
from builders_db import TOWNSHIP_PACK, School, a_person, a_pupil, a_school, at, day
from openpyxl import Workbook, load_workbook

from notoneless.core.ledger_terms import LineEnd
from notoneless.core.report_terms import LedgerKind
from notoneless.core.terms import KeyGroup, Post, RouteKind
from notoneless.exchange.ledgers.layout import ledger_layout
from notoneless.records.models import InKeyGroup, JournalEntry, LedgerLine, LedgerLineClosed, OnRoll
from notoneless.services.ledgers import count_of, entries, post_lines
from notoneless.services.ledgers.exporting import LedgerFile, export_ledger
from notoneless.services.ledgers.opening import LineState, Wanted, ledgers_for, open_ledger
from notoneless.services.ledgers.record_columns import ALL_CELLS
from notoneless.services.ledgers.templates import keep_ledger_template
from notoneless.services.paper_templates import TemplateRefused
from notoneless.services.refusals import Refusal
from notoneless.services.special_routes import approve_route

pytestmark = pytest.mark.django_db
SUSPECTED, AT_RISK, AWAY = LedgerKind.SUSPECTED, LedgerKind.AT_RISK, LedgerKind.ON_ROLL_AWAY
WAN = "000000201603010024"
SCHOOL_DAYS = ("09-08", "09-09", "09-10", "09-11", "09-12", "09-15", "09-16", "09-17")


@pytest.fixture
def school(db: None) -> School:
    return a_school(3, pack=TOWNSHIP_PACK)


def away(school: School, letters: str, days: tuple[str, ...] = SCHOOL_DAYS) -> None:
    school.calls(*(f"{each} {letters}" for each in days))


def states(school: School, kind: LedgerKind, on: str) -> list[tuple[str, str]]:
    names = {child.pk: child.name for child in school.pupils}
    found = entries(kind, school.county, day(on), at(f"2025-{on} 23:00"))
    return [(names[entry.child], entry.why) for entry in found if entry.child]


def numbers(kind: LedgerKind) -> list[int]:
    return list(LedgerLine.objects.filter(ledger=kind).order_by("pk").values_list("number", flat=True))


def test_every_ledger_has_a_layout_whose_columns_say_something() -> None:
    for kind in LedgerKind:
        layout = ledger_layout(kind)
        assert {column.mark for column in layout.columns} <= ALL_CELLS.keys(), kind
        assert layout.needed <= set(layout.marks), kind
    shorts = [ledger_layout(kind).short for kind in LedgerKind]
    assert len(set(shorts)) == len(shorts)


def test_a_suspected_dropout_opens_a_line_and_coming_back_closes_it(school: School) -> None:
    away(school, "A")
    ((name, why),) = states(school, SUSPECTED, "09-17")
    assert (name, why) == (school.pupils[0].name, "")
    assert count_of(SUSPECTED, school.county, day("09-17"), at("2025-09-17 23:00")) == 1
    school.calls("09-18", "09-19")
    assert states(school, SUSPECTED, "09-19") == [(name, LineEnd.CAME_BACK.value)]


def test_what_was_known_then_is_not_what_is_known_now(school: School) -> None:
    away(school, "A")
    assert states(school, SUSPECTED, "09-09") == []
    assert entries(SUSPECTED, school.county, day("09-17"), at("2025-09-09 12:00")) == []


def test_lines_are_numbered_once_in_the_order_they_were_learned(school: School) -> None:
    away(school, "A.A")
    first = post_lines(school.county, at=at("2025-09-18 01:00"), kinds=(SUSPECTED,))
    again = post_lines(school.county, at=at("2025-09-18 02:00"), kinds=(SUSPECTED,))
    assert (first[SUSPECTED].opened, again[SUSPECTED].opened) == (2, 0)
    away(school, ".A", ("09-18", "09-19", "09-22", "09-23", "09-24", "09-25", "09-26"))
    post_lines(school.county, at=at("2025-09-27 01:00"), kinds=(SUSPECTED,))
    assert numbers(SUSPECTED) == [1, 2, 3]
    assert LedgerLine.objects.get(number=3, ledger=SUSPECTED).child == school.pupils[1]
    closed = LedgerLineClosed.objects.filter(line__ledger=SUSPECTED).order_by("number")
    assert [(row.number, row.why) for row in closed] == [(1, "CAME_BACK"), (2, "CAME_BACK")]


def test_who_leaves_again_gets_a_new_line_that_points_to_the_old(school: School) -> None:
    OnRoll.objects.create(child=school.pupils[0], school=school.place, from_day=day("09-01"))
    away(school, "A")
    post_lines(school.county, at=at("2025-09-18 01:00"), kinds=(AWAY,))
    school.calls("09-18")
    post_lines(school.county, at=at("2025-09-18 12:00"), kinds=(AWAY,))
    assert LedgerLineClosed.objects.get(line__ledger=AWAY).why == LineEnd.NO_LONGER.value
    away(school, "A", ("09-19", "09-22", "09-23", "09-24", "09-25", "09-26", "09-28"))
    given = export_ledger(
        by=school.office, kind=AWAY, place=school.place, form=LedgerFile.XLSX, at=at("2025-09-29 10:00")
    )
    sheet = load_workbook(io.BytesIO(given.content)).active
    line = dict(zip([cell.value for cell in sheet[3]], [cell.value for cell in sheet[4]], strict=True))
    assert (line["编号"], line["前号"]) == ("在籍不在校〔2025〕0002号", "在籍不在校〔2025〕0001号")


def test_a_place_sees_its_lines_under_the_countys_numbers(school: School) -> None:
    other = a_school(1, name="石门完小", pack=TOWNSHIP_PACK)
    for each in (other, school):
        away(each, "A")
    post_lines(school.county, at=at("2025-09-18 01:00"), kinds=(SUSPECTED,))
    found = open_ledger(school.office, SUSPECTED, school.place, as_of=day("09-18"), at=at("2025-09-18 09:00"))
    (row,) = found.table(found.lines, "zh")
    said = dict(zip(found.headings("zh"), row, strict=True))
    assert said["学校"] == "云岭完小"
    assert said["编号"] == "疑似辍学〔2025〕0002号"
    assert len(entries(SUSPECTED, school.county, day("09-18"), at("2025-09-18 09:00"))) == 2


def test_a_route_is_a_line_from_its_approval_to_its_end(school: School) -> None:
    officer = a_person("学籍员", Post.ENROLMENT_OFFICER, school.place)
    approve_route(
        by=officer,
        child=school.pupils[0],
        kind=RouteKind.INCLUSIVE_PLACEMENT,
        school=school.place,
        from_day=day("09-08"),
        until=day("09-20"),
        approved_by="县教育局",
        at=at("2025-09-08 10:00"),
    )
    assert states(school, LedgerKind.INCLUSIVE, "09-19") == [(school.pupils[0].name, "")]
    assert states(school, LedgerKind.INCLUSIVE, "09-20") == [(school.pupils[0].name, "RUN_OUT")]


def test_home_tuition_says_who_approved_it_and_the_child_is_on_roll_and_away(school: School) -> None:
    OnRoll.objects.create(child=school.pupils[0], school=school.place, from_day=day("09-01"))
    approve_route(
        by=a_person("学籍员", Post.ENROLMENT_OFFICER, school.place),
        child=school.pupils[0],
        kind=RouteKind.HOME_TUITION,
        school=school.place,
        from_day=day("09-08"),
        approved_by="县教育局",
        at=at("2025-09-08 10:00"),
    )
    now = at("2025-09-10 09:00")
    opened = open_ledger(school.office, LedgerKind.HOME_TUITION, school.place, as_of=now.date(), at=now)
    (row,) = opened.table(opened.lines, "zh")
    assert dict(zip(opened.headings("zh"), row, strict=True))["批准单位"] == "县教育局"
    assert states(school, AWAY, "09-10") == [(school.pupils[0].name, "")]


def test_hardship_is_no_ledger_for_whoever_need_not_know(school: School) -> None:
    InKeyGroup.objects.create(
        child=school.pupils[0],
        group=KeyGroup.DISABLED,
        from_day=day("09-01"),
        recorded_at=at("2025-09-01 08:00"),
    )
    officer = a_person("学籍员", Post.ENROLMENT_OFFICER, school.place)
    town = a_person("镇干部", Post.TOWNSHIP, school.township)
    key, now = LedgerKind.KEY_CHILDREN, at("2025-09-10 09:00")
    assert key not in [each.kind for each in ledgers_for(officer, school.place, now.date())]
    with pytest.raises(Refusal):
        open_ledger(officer, key, school.place, as_of=now.date(), at=now)
    # The township knows of hardship and not of illness: a child listed for that alone is not in its list.
    assert open_ledger(town, key, school.place, as_of=now.date(), at=now).lines == []
    assert len(open_ledger(school.office, key, school.place, as_of=now.date(), at=now).lines) == 1


def test_no_school_opens_the_ledger_of_tips(school: School) -> None:
    kinds = [each.kind for each in ledgers_for(school.office, school.place, day("09-10"))]
    assert LedgerKind.TIPS not in kinds
    assert LedgerKind.TIPS in [each.kind for each in ledgers_for(school.bureau, school.county, day("09-10"))]


def test_a_class_teacher_sees_the_class_and_takes_nothing_out(school: School) -> None:
    away(school, "A")
    a_pupil("别班", a_school(0, name="云岭完小二部").class_group)
    now = at("2025-09-17 10:00")
    age = open_ledger(school.teacher, LedgerKind.SCHOOL_AGE, school.place, as_of=now.date(), at=now)
    assert {line.child for line in age.lines} == {child.pk for child in school.pupils}
    with pytest.raises(Refusal):
        export_ledger(by=school.teacher, kind=SUSPECTED, place=school.place, form=LedgerFile.CSV, at=now)


def test_a_whole_identity_number_leaves_only_with_who_may_have_it_and_asks(school: School) -> None:
    school.pupils[0].keep_identity_no(WAN)
    school.pupils[0].save()
    away(school, "A")
    officer = a_person("学籍员", Post.ENROLMENT_OFFICER, school.place)

    def holds(by: object, identity: bool) -> bool:
        given = export_ledger(
            by=by,  # type: ignore[arg-type]
            kind=SUSPECTED,
            place=school.place,
            form=LedgerFile.CSV,
            at=at("2025-09-17 10:00"),
            identity=identity,
        )
        return WAN in given.content.decode()

    found = (holds(officer, False), holds(officer, True), holds(school.office, True))
    assert found == (False, True, False)
    kept = JournalEntry.objects.filter(act="EXPORT").order_by("seq")
    assert ["IDENTITY" in entry.body["fields"] for entry in kept] == [False, True, False]


def test_years_schools_and_names_narrow_a_ledger(school: School) -> None:
    away(school, "AA")

    def found(wanted: Wanted) -> int:
        now = at("2025-09-17 10:00")
        return len(
            open_ledger(
                school.bureau, SUSPECTED, school.county, as_of=now.date(), at=now, wanted=wanted
            ).lines
        )

    assert found(Wanted()) == 2
    assert found(Wanted(LineState.CLOSED)) == 0
    assert found(Wanted(year=2024)) == 0
    assert found(Wanted(school=school.place.pk)) == 2
    assert found(Wanted(school=0)) == 0
    assert found(Wanted(words=school.pupils[0].name)) == 1


def own_book(*texts: str) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"] = "{{单位}}疑似辍学情况"
    for column, text in enumerate(texts, 1):
        sheet.cell(3, column, text)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_the_countys_own_workbook_is_filled_and_nothing_in_it_becomes_a_formula(school: School) -> None:
    school.pupils[0].name = "=1+1"
    school.pupils[0].save()
    away(school, "AA")
    keep_ledger_template(
        by=school.bureau,
        place=school.county,
        kind=SUSPECTED,
        name="本县表.xlsx",
        content=own_book("{{台账.序号}}", "{{台账.姓名}}", "{{台账.编号}}"),
        at=at("2025-09-16 10:00"),
    )
    given = export_ledger(
        by=school.office, kind=SUSPECTED, place=school.place, form=LedgerFile.OWN, at=at("2025-09-17 10:00")
    )
    sheet = load_workbook(io.BytesIO(given.content)).active
    assert sheet["A1"].value == "云岭完小疑似辍学情况"
    said = [[cell.value for cell in row] for row in sheet["A3:C4"]]
    assert [row[0] for row in said] == ["1", "2"]
    assert [row[2] for row in said] == ["疑似辍学〔2025〕0001号", "疑似辍学〔2025〕0002号"]
    assert {row[1] for row in said} == {"=1+1", school.pupils[1].name}
    assert {cell.data_type for cell in sheet["B"][2:4]} == {"s"}


def test_a_workbook_with_a_mark_that_is_missing_or_unknown_is_refused_with_its_cell(school: School) -> None:
    with pytest.raises(TemplateRefused) as refused:
        keep_ledger_template(
            by=school.bureau,
            place=school.county,
            kind=SUSPECTED,
            name="本县表.xlsx",
            content=own_book("{{台账.性名}}"),
            at=at("2025-09-16 10:00"),
        )
    said = "".join(zh for zh, _ in refused.value.problems)
    assert "工作表“Sheet”A3 格" in said
    assert "{{台账.性名}}" in said
    assert "没有标记 {{台账.姓名}}" in said


def test_school_age_is_by_birth_and_by_being_in_a_class(school: School) -> None:
    born = (date(2016, 3, 1), date(2024, 3, 1), None)
    for child, birth in zip(school.pupils, born, strict=True):
        child.birth_on = birth
        child.save()
    assert {name for name, _ in states(school, LedgerKind.SCHOOL_AGE, "09-10")} == {
        school.pupils[0].name,
        school.pupils[2].name,
    }
