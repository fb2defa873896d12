"""What is written of a child itself: little is enough, and more is filled in once it is known."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple, TypeVar
from uuid import UUID

from notoneless.core.terms import HouseholdRegister, Sex
from notoneless.exchange.identity import Checked, birth_of, enrolment_no, identity_no, is_male
from notoneless.records.models import Child, Guardian, Place, Residence
from notoneless.services.refusals import Refusal
from notoneless.services.roster_writing import sound_of
from notoneless.services.written import written

T = TypeVar("T")
LONGEST_NAME = 50  # characters
SCHOOL_AGE = 6  # years, reached by the last day of August (义务教育法 第十一条)


class Known(NamedTuple):
    """What somebody knows of a child; "" and None where nobody knows."""

    name: str
    sex: Sex | None = None
    birth_on: date | None = None
    identity_no: str = ""
    enrolment_no: str = ""
    household: HouseholdRegister | None = None
    guardian_name: str = ""
    guardian_phone: str = ""


def checked(known: Known, on: date) -> Known:
    """The same in plain form; an identity number says birth and sex itself. Raises Refusal."""
    name = written(known.name, LONGEST_NAME, "姓名", "Name")
    if not name:
        raise Refusal(
            "NO_NAME", "请填写孩子姓名；别的可以以后补。", "Write the name; the rest can follow later."
        )
    identity = _right(identity_no(known.identity_no), "identity number")
    birth, sex = known.birth_on, known.sex
    if identity:
        birth = _agrees(birth, birth_of(identity), "出生日期", "date of birth")
        sex = _agrees(sex, Sex.MALE if is_male(identity) else Sex.FEMALE, "性别", "sex")
    if birth is not None and birth > on:
        raise Refusal("IN_FUTURE", "出生日期晚于今天；请核对。", "The date of birth is later than today.")
    return known._replace(
        name=" ".join(name.split()),
        sex=sex,
        birth_on=birth,
        identity_no=identity,
        enrolment_no=_right(enrolment_no(known.enrolment_no), "enrolment number"),
        guardian_name=written(known.guardian_name, 60, "监护人姓名", "Guardian's name"),
        guardian_phone=written(known.guardian_phone, 30, "监护人电话", "Guardian's telephone"),
    )


def refuse_too_young(birth_on: date | None, on: date) -> None:
    """Refuse a child who need not be in school yet: not six by the August in which this school year began."""
    if birth_on is None:
        return
    begins = on.year if on.month >= 9 else on.year - 1
    if (begins - SCHOOL_AGE, 8, 31) < (birth_on.year, birth_on.month, birth_on.day):
        raise Refusal(
            "TOO_YOUNG",
            f"这名孩子到 {begins} 年 8 月 31 日还不满 {SCHOOL_AGE} 周岁，今年不必入学；请核对出生日期。",
            f"The child was not {SCHOOL_AGE} by 31 August {begins}, so need not be in school this year.",
        )


def new_child(known: Known, number: UUID) -> Child:
    """The child's row with this id, with its guardian; `known` has been checked."""
    child = Child(pk=number, name=known.name, name_pinyin=sound_of(known.name))
    _fill(child, known)
    child.save(force_insert=True)
    _keep_guardian(child, known)
    return child


def fill_gaps(child: Child, known: Known) -> None:
    """Write what is known and does not stand there yet; what stands is not changed."""
    _fill(child, known)
    child.save()
    _keep_guardian(child, known)


def _fill(child: Child, known: Known) -> None:
    child.sex = child.sex or known.sex or ""
    child.birth_on = child.birth_on or known.birth_on
    child.enrolment_no = child.enrolment_no or known.enrolment_no or None
    if known.household and child.household in (HouseholdRegister.UNKNOWN, ""):
        child.household = known.household
    if known.identity_no and not child.identity_index:
        child.keep_identity_no(known.identity_no)


def _keep_guardian(child: Child, known: Known) -> None:
    if known.guardian_name and not Guardian.objects.filter(child=child, name=known.guardian_name).exists():
        Guardian.objects.create(child=child, name=known.guardian_name, phone=known.guardian_phone)


def settle_in(child: Child, village: Place | None, at: datetime) -> None:
    """Where the child lives, where that is known and nothing stands yet."""
    if village is not None and not Residence.objects.filter(child=child, until=None).exists():
        Residence.objects.create(child=child, place=village, from_day=at.date())


def _right(found: Checked, en: str) -> str:
    if found.error:
        raise Refusal("BAD_NUMBER", found.error, f"This cannot be the {en}; check it against the paper.")
    return found.value


def _agrees(said: T | None, proved: T, zh: str, en: str) -> T:
    if said is not None and said != proved:
        raise Refusal(
            "NUMBER_DISAGREES",
            f"{zh}和身份证件号说的不一样；请核对哪一个抄错了。",
            f"The {en} is not the one in the identity number; check which was copied wrongly.",
        )
    return proved
