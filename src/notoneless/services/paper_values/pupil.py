"""Who a child is and how its family is reached, as papers say it."""

from __future__ import annotations

from datetime import date

from notoneless.core.terms import HouseholdRegister, PlaceKind
from notoneless.records.access import Fields
from notoneless.records.models import Child, ClassGroup, Guardian, Place
from notoneless.services.finding import last_class
from notoneless.services.on_roll import school_of
from notoneless.services.paper_values.days import day_of
from notoneless.services.paper_values.value import Only, Text, contact
from notoneless.services.residence import home_of

NOT_KNOWN = "未登记"


def person(child: Child, on: date) -> dict[str, Text]:
    """姓名, 性别, 年级班级 …: what nearly every paper about a child begins with."""
    group = last_class(child, on)
    born = child.birth_on
    return {
        "学生姓名": child.name,
        "性别": child.sex.zh if child.sex else NOT_KNOWN,
        "民族": NOT_KNOWN,  # no part of the product needs it, so nobody is asked for it
        "出生年月": f"{born.year}年{born.month}月" if born else NOT_KNOWN,
        "出生日期": day_of(born) or NOT_KNOWN,
        "年级班级": group.name if group else NOT_KNOWN,
        "学校班级": f"{group.school.name} {group.name}" if group else NOT_KNOWN,
        "学校": school_name(child, on),
        "学籍号": child.enrolment_no or NOT_KNOWN,
        "身份证号": identity(child),
        "户籍地": _household(child),
        "现住址": contact(lives_in(child, on)),
        "监护人姓名": contact("、".join(each.name for each in guardians(child)) or NOT_KNOWN),
        "监护人关系": contact("、".join(each.relation for each in guardians(child) if each.relation)),
        "监护人电话": contact("、".join(each.phone for each in guardians(child) if each.phone) or NOT_KNOWN),
    }


def guardians(child: Child) -> list[Guardian]:
    """The guardians in the order in which they were noted."""
    return list(child.guardians.order_by("pk"))


def identity(child: Child) -> Text:
    """The whole identity number for those who may have it, the masked one for others."""
    number = child.identity_no()
    return Only(Fields.IDENTITY, number, child.identity_no_masked()) if number else NOT_KNOWN


def lives_in(child: Child, on: date) -> str:
    """The village, with its township."""
    home = home_of(child, on)
    if home is None:
        return NOT_KNOWN
    around = home.above(PlaceKind.TOWNSHIP)
    return f"{around.name}{home.name}" if around and around != home else home.name


def school_name(child: Child, on: date) -> str:
    """The school the child belongs to."""
    found = school_of(child, on)
    return found.name if found else NOT_KNOWN


def class_of(child: Child, on: date) -> ClassGroup | None:
    """The class the child is in, or was in last."""
    return last_class(child, on)


def school_year(on: date) -> str:
    """2025—2026."""
    first = on.year if on.month >= 9 else on.year - 1
    return f"{first}—{first + 1}"


def township_of(child: Child, on: date) -> Place | None:
    """The township that answers for the child: of its home, else of its school."""
    home = home_of(child, on)
    found = home.above(PlaceKind.TOWNSHIP) if home else None
    school = school_of(child, on)
    return found or (school.above(PlaceKind.TOWNSHIP) if school else None)


def _household(child: Child) -> str:
    known = child.household is not HouseholdRegister.UNKNOWN
    return f"（{child.household.zh}）" if known else NOT_KNOWN
