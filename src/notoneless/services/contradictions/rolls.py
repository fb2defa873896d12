"""Checks of classes and rolls: in two at once, in one and not in the other, in a class of another year."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from notoneless.core.stages import OUT
from notoneless.core.terms import ChangeKind, ChangeStep, Post
from notoneless.records.models import Case, ChangeStepTaken, ClassGroup, Enrolment, EnrolmentChange, OnRoll
from notoneless.records.scopes import during
from notoneless.services.contradictions.checks import Moment, Seen, check, row
from notoneless.services.on_roll import live_routes

GUEST = "借读"
NEW_YEAR_SETTLED = (10, 1)  # month and day by which last year's classes have been moved up
_GRADES = "一二三四五六七八九"
_JUNIOR = re.compile(r"初([一二三1-3])")
_GRADE = re.compile(r"([一二三四五六七八九1-9])年级")
ENDED = (ChangeStep.DONE, ChangeStep.REFUSED, ChangeStep.WITHDRAWN)


@check(
    "TWO_CLASSES",
    ("同时在两个班", "in two classes at once"),
    ("{0[class]}（{0[from]}至{0[until]}）与{1[class]}（{1[from]}至{1[until]}）时间重叠。",
     "{0[class]} ({0[from]} to {0[until]}) and {1[class]} ({1[from]} to {1[until]}) overlap."),
    ("核对实际在哪个班，另一段在班记录按异动更正。", "Find out which class and correct the other stay."),
)  # fmt: skip
def two_classes(moment: Moment) -> Iterator[Seen]:
    """Two stays of a child that share a day."""
    found = Enrolment.objects.filter(
        Q(until=None) | Q(until__gt=F("child__enrolments__from_day")),
        Q(child__enrolments__until=None) | Q(child__enrolments__until__gt=F("from_day")),
        child__enrolments__pk__gt=F("pk"),
    )
    other = "child__enrolments"
    for each in found.values_list(
        *(
            "child",
            "pk",
            "class_group",
            "class_group__school__name",
            "class_group__name",
            "from_day",
            "until",
        ),
        *(f"{other}__pk", f"{other}__class_group__school__name", f"{other}__class_group__name"),
        *(f"{other}__from_day", f"{other}__until"),
    ):
        child, pk, group, school, name, from_day, until, pk2, school2, name2, from2, until2 = each
        first = row("enrolment", pk, class_=f"{school} {name}", from_=from_day, until=until)
        second = row("enrolment", pk2, class_=f"{school2} {name2}", from_=from2, until=until2)
        yield Seen((first, second), child, group)


@check(
    "TWO_ROLLS",
    ("学籍同时在两所学校", "on two rolls at once"),
    ("学籍在{0[school]}（{0[from]}至{0[until]}），又在{1[school]}（{1[from]}至{1[until]}）。",
     "On the roll of {0[school]} ({0[from]} to {0[until]}) and of {1[school]} ({1[from]} to {1[until]})."),
    ("一人只有一个学籍：核对后办转学或更正。", "A child has one roll: check, then transfer or correct."),
)  # fmt: skip
def two_rolls(moment: Moment) -> Iterator[Seen]:
    """Two stays on a roll that share a day."""
    found = OnRoll.objects.filter(
        Q(until=None) | Q(until__gt=F("child__on_roll__from_day")),
        Q(child__on_roll__until=None) | Q(child__on_roll__until__gt=F("from_day")),
        child__on_roll__pk__gt=F("pk"),
    )
    other = "child__on_roll"
    for each in found.values_list(
        *("child", "pk", "school", "school__name", "elsewhere", "from_day", "until"),
        *(f"{other}__pk", f"{other}__school__name", f"{other}__elsewhere"),
        *(f"{other}__from_day", f"{other}__until"),
    ):
        child, pk, school, name, away, from_day, until, pk2, name2, away2, from2, until2 = each
        first = row("roll", pk, school=name or away, from_=from_day, until=until)
        second = row("roll", pk2, school=name2 or away2, from_=from2, until=until2)
        yield Seen((first, second), child, place=school)


@check(
    "ROLL_ELSEWHERE",
    ("学籍与就读学校不一致", "on the roll of another school"),
    ("在{0[class]}就读，学籍在{1[school]}，没有在办的转学，也没有注明借读。",
     "In {0[class]} but on the roll of {1[school]}; no transfer under way and not noted as a guest."),
    ("办转学；如是借读，请在核对说明中写明。", "Transfer the child, or say here that it is a guest."),
)  # fmt: skip
def roll_elsewhere(moment: Moment) -> Iterator[Seen]:
    """In a class of one of our schools, on the roll of another of them."""
    ended = Q(steps__step__in=[step.value for step in ENDED])
    under_way = EnrolmentChange.objects.filter(child=OuterRef("child")).exclude(ended)
    roll = OnRoll.objects.filter(during(moment.on), child=OuterRef("child"), school__isnull=False)
    found = Enrolment.objects.annotate(
        roll=Subquery(roll.values("pk")[:1]),
        roll_school=Subquery(roll.values("school")[:1]),
        roll_name=Subquery(roll.values("school__name")[:1]),
    ).filter(~Exists(under_way), ~Q(roll_school=F("class_group__school")), roll_school__isnull=False)
    for child, pk, group, name, school, roll_pk, roll_name in found.filter(
        during(moment.on), ~Q(reason__contains=GUEST), until=None
    ).values_list(
        *("child", "pk", "class_group", "class_group__name", "class_group__school__name"),
        *("roll", "roll_name"),
    ):
        there = row("enrolment", pk, class_=f"{school} {name}")
        yield Seen((there, row("roll", roll_pk, school=roll_name)), child, group)


@check(
    "GUEST_ON_ROLL",
    ("借读生又有本校学籍", "a guest pupil on our own roll"),
    ("{0[class]}注明借读，学籍却在本校{1[school]}。",
     "A guest in {0[class]}, yet on the roll of {1[school]} itself."),
    ("核对是否借读：不是借读的去掉备注，是借读的更正学籍。", "Take away the note or correct the roll."),
)  # fmt: skip
def guest_on_roll(moment: Moment) -> Iterator[Seen]:
    """Noted as a guest in a class of the school whose roll it is on."""
    found = Enrolment.objects.filter(
        reason__contains=GUEST,
        until=None,
        child__on_roll__until=None,
        child__on_roll__school=F("class_group__school"),
    )
    for child, pk, group, name, school, roll in found.values_list(
        "child", "pk", "class_group", "class_group__name", "class_group__school__name", "child__on_roll__pk"
    ):
        there = row("enrolment", pk, class_=f"{school} {name}")
        yield Seen((there, row("roll", roll, school=school)), child, group)


@check(
    "ON_ROLL_NOWHERE",
    ("在籍却不在任何班，去向不明", "on the roll and nowhere to be found"),
    ("学籍在{0[school]}（{0[from]}起），不在任何班，也没有休学、特殊安置或个案。",
     "On the roll of {0[school]} since {0[from]}, in no class, not suspended, no special route, no case."),
    ("查明去向：编班、办异动，或登记为疑似辍学。", "Find the child: a class, a change, or a case."),
    Post.SCHOOL_OFFICE,
)  # fmt: skip
def on_roll_nowhere(moment: Moment) -> Iterator[Seen]:
    """On a roll of ours with nothing that says where the child is."""
    taught = live_routes(moment.on).filter(child=OuterRef("child"))
    out = Case.objects.filter(child=OuterRef("child"), stage__in=OUT)
    stays = Enrolment.objects.filter(child=OuterRef("child")).filter(Q(until=None) | Q(until__gt=moment.on))
    found = OnRoll.objects.filter(
        ~Exists(stays), ~Exists(taught), ~Exists(out), ~Exists(suspended_on(moment.on)), until=None
    ).filter(school__isnull=False, from_day__lte=moment.on)
    for child, pk, school, name, from_day in found.values_list(
        "child", "pk", "school", "school__name", "from_day"
    ):
        yield Seen((row("roll", pk, school=name, from_=from_day),), child, place=school)


@check(
    "PAST_YEAR_CLASS",
    ("还在上一学年的班里", "still in a class of a school year that is over"),
    ("至今在{0[class]}，这个班属于{0[what]}学年。",
     "Still in {0[class]}, a class of the school year {0[what]}."),
    ("升级编班，或办毕业。", "Move the child up to a class of this year, or graduate it."),
    Post.SCHOOL_OFFICE,
)  # fmt: skip
def past_year_class(moment: Moment) -> Iterator[Seen]:
    """An open stay in a class of a year before, once the new year has settled."""
    if moment.on < date(moment.since.year, *NEW_YEAR_SETTLED):
        return
    year = f"{moment.since.year}-{moment.since.year + 1}"
    found = Enrolment.objects.filter(until=None, class_group__school_year__lt=year)
    for child, pk, group, name, school, of in found.values_list(
        *("child", "pk", "class_group", "class_group__name", "class_group__school__name"),
        "class_group__school_year",
    ):
        yield Seen((row("enrolment", pk, class_=f"{school} {name}", what=of),), child, group)


@check(
    "CLASS_NAME_GRADE",
    ("班名与年级不符", "a class whose name says another grade"),
    ("“{0[class]}”登记为{0[grade]}年级。", "“{0[class]}” is entered as grade {0[grade]}."),
    ("更正班名或年级。", "Correct the name or the grade."),
    Post.SCHOOL_OFFICE,
    leads="places",
)  # fmt: skip
def class_name_grade(moment: Moment) -> Iterator[Seen]:
    """A class called by another grade than the one it is entered as."""
    current = ClassGroup.objects.filter(enrolments__until=None).distinct()
    for pk, school, school_name, name, grade in current.values_list(
        "pk", "school", "school__name", "name", "grade"
    ):
        named = grade_named(name)
        if named is not None and named != grade:
            yield Seen((row("class", pk, class_=f"{school_name} {name}", grade=grade),), None, pk, school)


def grade_named(name: str) -> int | None:
    """The grade that a class's name says, if it says one.

    >>> grade_named("三年级2班"), grade_named("初二1班"), grade_named("红领巾班")
    (3, 8, None)
    """
    if (junior := _JUNIOR.search(name)) is not None:
        return 6 + ("一二三".find(junior[1]) + 1 or int(junior[1]))
    if (grade := _GRADE.search(name)) is None:
        return None
    return _GRADES.find(grade[1]) + 1 or int(grade[1])


def suspended_on(day: date) -> QuerySet[ChangeStepTaken]:
    """Of the child in the outer column `child`: suspensions that are done and hold on a day."""
    return ChangeStepTaken.objects.filter(
        step=ChangeStep.DONE,
        change__child=OuterRef("child"),
        change__kind=ChangeKind.SUSPENSION,
        change__from_day__lte=day,
        change__until__gt=day,
    )
