"""One row of a 花名册: what each of its cells says, checked, and what contradicts what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import NamedTuple

from notoneless.core.facts import CHINA_TIME
from notoneless.core.terms import HouseholdRegister, Sex
from notoneless.exchange.cells import Wrong, compact, day_in, name_in, shortened
from notoneless.exchange.classes import grade_of, normal_class, normal_grade
from notoneless.exchange.columns import Column
from notoneless.exchange.identity import Checked, birth_of, enrolment_no, identity_no, is_male
from notoneless.exchange.problems import Findings
from notoneless.exchange.tables import Line, number_text, sound_text

LONGEST_NAME = 50
SEXES = {
    "男": Sex.MALE,
    "1": Sex.MALE,
    "男性": Sex.MALE,
    "女": Sex.FEMALE,
    "2": Sex.FEMALE,
    "女性": Sex.FEMALE,
}
YES = ("是", "1", "借读", "√", "Y", "有")
NO = ("", "否", "0", "×", "N", "无")
HOUSEHOLDS = {each.zh: each for each in HouseholdRegister}
LONGEST_GUARDIAN, LONGEST_PHONE = 60, 30
RESIDENT_CARD = ("", "1", "居民身份证", "身份证")


class RosterPupil(NamedTuple):
    """One pupil as the roster has them; "" and None where it says nothing."""

    enrolment_no: str
    name: str
    sex: Sex | None
    birth_on: date | None
    school: str
    grade: str  # 三年级
    class_name: str  # 三年级2班
    identity_no: str
    guardian_name: str
    guardian_phone: str
    cell: str  # where the name stands, e.g. "Sheet1!A5"
    row: int  # as people count
    file: str = ""
    guest: bool = False  # 借读: in class here, on the roll elsewhere
    roll_at: str = ""  # the school whose roll it is on, where the roster says
    household: HouseholdRegister | None = None


def pupil_in(line: Line, findings: Findings, as_of: datetime | None) -> RosterPupil | None:
    """The pupil of one line; None, with an error noted, if it names nobody."""
    name = _name(line, findings)
    if name is None:
        return None
    number = _checked(line, Column.ENROLMENT_NO, enrolment_no, findings)
    identity = _identity(line, findings)
    sex, birth = _sex(line, findings), _birth(line, findings, as_of)
    _compare(line, identity, sex, birth, findings)
    grade, class_name = _class(line, findings)
    return RosterPupil(
        enrolment_no=number,
        name=name,
        sex=sex,
        birth_on=birth,
        school=sound_text(line, Column.SCHOOL, findings) or "",
        grade=grade,
        class_name=class_name,
        identity_no=identity,
        guardian_name=_short(
            line, Column.GUARDIAN_NAME, _guardian(line, findings), LONGEST_GUARDIAN, findings
        ),
        guardian_phone=_short(line, Column.GUARDIAN_PHONE, _phone(line, findings), LONGEST_PHONE, findings),
        cell=place_of(line.sheet.name, line.address(Column.NAME)),
        row=line.sheet.origin[0] + line.row + 1,
        file=findings.file,
        guest=_guest(line, findings),
        roll_at=(sound_text(line, Column.ROLL_AT, findings) or "") if line.text(Column.ROLL_AT) else "",
        household=_household(line, findings),
    )


def _guardian(line: Line, findings: Findings) -> str:
    return name_in(sound_text(line, Column.GUARDIAN_NAME, findings))


def _short(line: Line, column: Column, text: str, most: int, findings: Findings) -> str:
    """The text, or "" with an error noted where it is too long to be one."""
    if len(text) <= most:
        return text
    message = f"{column.value}有 {len(text)} 个字，最多 {most} 个字，请核对。"
    findings.error(line.sheet.name, line.address(column), message)
    return ""


def _guest(line: Line, findings: Findings) -> bool:
    """Whether the row says that the pupil is a guest here."""
    text = compact(line.text(Column.GUEST))
    if text not in (*YES, *NO):
        message = f"借读“{shortened(text)}”看不懂，请写“是”或“否”。"
        findings.error(line.sheet.name, line.address(Column.GUEST), message)
    return text in YES


def _household(line: Line, findings: Findings) -> HouseholdRegister | None:
    text = compact(line.text(Column.HOUSEHOLD))
    if text and text not in HOUSEHOLDS:
        said = "、".join(HOUSEHOLDS)
        message = f"户籍类型“{shortened(text)}”看不懂，请写：{said}。"
        findings.error(line.sheet.name, line.address(Column.HOUSEHOLD), message)
    return HOUSEHOLDS.get(text)


def place_of(sheet: str, cell: str) -> str:
    """A cell with its sheet, as a pupil keeps it."""
    return f"{sheet}!{cell}" if sheet else cell


def _name(line: Line, findings: Findings) -> str | None:
    """The name; None, with an error noted, if it cannot be one."""
    if sound_text(line, Column.NAME, findings) is None:
        return None
    name = name_in(line.cell(Column.NAME))
    sheet, cell = line.sheet.name, line.address(Column.NAME)
    if not name:
        findings.error(sheet, cell, "姓名是空的，而这一行别处有内容，请填上姓名或删去这一行。")
        return None
    if len(name) > LONGEST_NAME:
        findings.error(sheet, cell, f"姓名有 {len(name)} 个字，最多 {LONGEST_NAME} 个字，请核对。")
        return None
    return name


def _checked(line: Line, column: Column, check: Callable[[str], Checked], findings: Findings) -> str:
    text = number_text(line, column, findings)
    if not text:
        return ""
    checked = check(text)
    if checked.error:
        findings.error(line.sheet.name, line.address(column), checked.error)
    if checked.warning:
        findings.warn(line.sheet.name, line.address(column), checked.warning)
    return checked.value


def _identity(line: Line, findings: Findings) -> str:
    """The identity number, checked as one only if it is that of a resident's card."""
    if compact(line.text(Column.IDENTITY_KIND)) in RESIDENT_CARD:
        return _checked(line, Column.IDENTITY_NO, identity_no, findings)
    return compact(number_text(line, Column.IDENTITY_NO, findings) or "")


def _sex(line: Line, findings: Findings) -> Sex | None:
    text = compact(line.text(Column.SEX))
    if text and text not in SEXES:
        message = f"性别“{shortened(text)}”看不懂，请写“男”或“女”。"
        findings.error(line.sheet.name, line.address(Column.SEX), message)
    return SEXES.get(text)


def _birth(line: Line, findings: Findings, as_of: datetime | None) -> date | None:
    if not line.text(Column.BIRTH):
        return None
    try:
        birth = day_in(line.cell(Column.BIRTH))
        if birth.year < 1900 or (as_of is not None and birth > as_of.astimezone(CHINA_TIME).date()):
            raise Wrong(f"出生日期 {birth} 不可能，请核对。")
    except Wrong as wrong:
        findings.error(line.sheet.name, line.address(Column.BIRTH), str(wrong))
        return None
    return birth


def _compare(line: Line, identity: str, sex: Sex | None, birth: date | None, findings: Findings) -> None:
    """Warn where the identity number contradicts the columns beside it; nobody knows which is right."""
    if len(identity) not in (15, 18) or compact(line.text(Column.IDENTITY_KIND)) not in RESIDENT_CARD:
        return
    if birth is not None and birth_of(identity) != birth:
        message = "出生日期与身份证件号里的不一致，请核对是哪一个写错了。"
        findings.warn(line.sheet.name, line.address(Column.BIRTH), message)
    if sex is not None and is_male(identity) != (sex is Sex.MALE):
        message = "性别与身份证件号里的不一致，请核对是哪一个写错了。"
        findings.warn(line.sheet.name, line.address(Column.SEX), message)


def _class(line: Line, findings: Findings) -> tuple[str, str]:
    """Grade and class in normal form; an error where the two columns contradict each other."""
    grade = normal_grade(sound_text(line, Column.GRADE, findings) or "")
    class_name = normal_class(grade, sound_text(line, Column.CLASS, findings) or "")
    said = grade_of(class_name)
    if grade_of(f"{grade}1班") and said and said != grade:
        message = f"年级写的是“{grade}”，班级却是“{class_name}”，请改成一致。"
        findings.error(line.sheet.name, line.address(Column.CLASS), message)
    return grade or said, class_name


def _phone(line: Line, findings: Findings) -> str:
    """The guardian's telephone number, or else the one the roster gives for the pupil."""
    column = Column.GUARDIAN_PHONE if line.text(Column.GUARDIAN_PHONE) else Column.PHONE
    return compact(number_text(line, column, findings) or "")
