"""Checks of who a child is: entered twice, without sex or birth, born too late or too early for its class."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from uuid import UUID

from django.db.models import Case, Count, F, Q, Value, When
from django.db.models.functions import Replace, Substr, Upper

from notoneless.core.terms import Post
from notoneless.records.models import Child, Enrolment, Guardian
from notoneless.services.contradictions.checks import Moment, Row, Seen, check, row

AGE_ON_ENTRY = 6  # full years on the first of September of grade 1
YEARS_OFF = 4  # more than so many years from the usual age of the grade is a slip of the pen
MANY_CHILDREN, MANY_GUARDIANS = 8, 3  # a telephone number with more children than that is somebody else's


@check(
    "SAME_NUMBER",
    ("同一学籍号建了两份", "one enrolment number entered twice"),
    ("两份学生资料的学籍号写法不同，实为同一个号（出生日期{0[birth]}与{1[birth]}）。",
     "Two records have the same enrolment number, written differently (born {0[birth]} and {1[birth]})."),
    ("核对是否同一名学生，保留一份，另一份办更正。", "See whether it is one child; keep one record."),
)  # fmt: skip
def same_number(moment: Moment) -> Iterator[Seen]:
    """Enrolment numbers that differ in their letter, in case or in blanks only."""
    plain = Upper(Replace("enrolment_no", Value(" "), Value("")))
    lettered = Q(plain__startswith="G") | Q(plain__startswith="J") | Q(plain__startswith="L")
    numbered = (
        Child.objects.exclude(enrolment_no=None)
        .annotate(plain=plain)
        .annotate(body=Case(When(lettered, then=Substr("plain", 2)), default=F("plain")))
    )
    twice = numbered.values("body").order_by().annotate(children=Count("pk")).filter(children__gt=1)
    for body in list(twice.values_list("body", flat=True)):
        yield from _pairs([list(numbered.filter(body=body).values_list("pk", "birth_on"))])


@check(
    "SAME_CHILD",
    ("疑似同一名学生建了两份", "what looks like one child entered twice"),
    ("两份学生资料姓名、出生日期（{0[birth]}）和家长电话都相同。",
     "Two records with the same name, date of birth ({0[birth]}) and guardian's telephone."),
    ("核对是否同一名学生，保留一份，另一份办更正。", "See whether it is one child; keep one record."),
)  # fmt: skip
def same_child(moment: Moment) -> Iterator[Seen]:
    """Equal name, birth and guardian's telephone."""
    same = ("child__name", "child__birth_on", "phone")
    full = Guardian.objects.exclude(phone="").exclude(child__birth_on=None).order_by()
    twice = full.values(*same).annotate(children=Count("child", distinct=True)).filter(children__gt=1)
    for each in list(twice):
        children = full.filter(**{word: each[word] for word in same}).values_list("child", flat=True)
        yield from _pairs([[(child, each["child__birth_on"]) for child in set(children)]])


def _pairs(groups: Iterable[list[tuple[UUID, date | None]]]) -> Iterator[Seen]:
    """Each further record beside the first of its group."""
    for group in groups:
        first, *others = sorted(group, key=lambda each: str(each[0]))
        for child, birth in others:
            yield Seen((row("child", first[0], birth=first[1]), row("child", child, birth=birth)), child)


@check(
    "SHARED_PHONE",
    ("多个家庭共用一个家长电话", "one telephone for many families"),
    ("一个电话号码登记为{0[count]}名学生、{0[other]}位家长的联系电话。",
     "One telephone number stands for {0[count]} children and {0[other]} guardians."),
    ("逐户核对家长电话。", "Ask each family for its own telephone."),
    Post.CLASS_TEACHER,
    leads="child",
)  # fmt: skip
def shared_phone(moment: Moment) -> Iterator[Seen]:
    """A telephone of more children and guardians than one family has."""
    many = Guardian.objects.exclude(phone="").values("phone").order_by()
    many = many.annotate(children=Count("child", distinct=True), names=Count("name", distinct=True))
    counted = {
        each["phone"]: each for each in many.filter(children__gt=MANY_CHILDREN, names__gte=MANY_GUARDIANS)
    }
    children: dict[str, list[UUID]] = defaultdict(list)
    for phone, child in (
        Guardian.objects.filter(phone__in=counted).values_list("phone", "child").order_by("child")
    ):
        children[phone].append(child)
    for phone, theirs in children.items():
        said = counted[phone]
        told = [row("child", theirs[0], count=said["children"], other=said["names"])]
        yield Seen((*told, *(row("child", each) for each in theirs[1:])), theirs[0])


@check(
    "NO_SEX",
    ("在班学生没有性别", "enrolled, sex not entered"),
    ("在{0[class]}，性别没有填。", "In {0[class]}; the sex is not entered."),
    ("补填性别。", "Enter it."),
)  # fmt: skip
def no_sex(moment: Moment) -> Iterator[Seen]:
    """In a class, without a sex."""
    return _enrolled(Q(child__sex=""))


@check(
    "NO_BIRTH",
    ("在班学生没有出生日期", "enrolled, date of birth not entered"),
    ("在{0[class]}，出生日期没有填。", "In {0[class]}; the date of birth is not entered."),
    ("补填出生日期。", "Enter it."),
)  # fmt: skip
def no_birth(moment: Moment) -> Iterator[Seen]:
    """In a class, without a date of birth."""
    return _enrolled(Q(child__birth_on=None))


@check(
    "BORN_AFTER",
    ("出生日期晚于入班日期", "born after it entered a class"),
    ("{0[birth]}出生，{0[from]}已在{0[class]}。", "Born on {0[birth]}, in {0[class]} since {0[from]}."),
    ("更正出生日期或在班日期。", "Correct the date of birth or of the stay."),
)  # fmt: skip
def born_after(moment: Moment) -> Iterator[Seen]:
    """Born on or after the first day in a class."""
    return _enrolled(Q(child__birth_on__gte=F("from_day")))


@check(
    "AGE_GRADE",
    ("年龄与年级相差四年以上", "more than four years from the usual age of the grade"),
    ("{0[birth]}出生，在{0[class]}。", "Born on {0[birth]}, in {0[class]}."),
    ("核对出生日期和年级；属实的写明情况。", "Check birth and grade; where true, say why."),
)  # fmt: skip
def age_grade(moment: Moment) -> Iterator[Seen]:
    """Too young or too old for the grade by more than four years."""
    off = Q(pk__in=[])
    for grade in range(1, 10):
        usual = moment.since.year - AGE_ON_ENTRY - (grade - 1)  # the year of the usual birth
        too_old = Q(child__birth_on__lt=date(usual - YEARS_OFF - 1, 9, 1))
        too_young = Q(child__birth_on__gte=date(usual + YEARS_OFF, 9, 1))
        off |= Q(class_group__grade=grade) & (too_old | too_young)
    return _enrolled(off & Q(child__birth_on__lt=F("from_day")))


def _enrolled(condition: Q) -> Iterator[Seen]:
    found = Enrolment.objects.filter(condition, until=None)
    for child, pk, group, name, school, from_day, birth in found.values_list(
        *("child", "pk", "class_group", "class_group__name", "class_group__school__name"),
        *("from_day", "child__birth_on"),
    ):
        there: Row = row("enrolment", pk, class_=f"{school} {name}", from_=from_day, birth=birth)
        yield Seen((there,), child, group)
