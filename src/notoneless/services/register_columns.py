"""What a register says of a child, column by column, each with the part of a child's data it belongs to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from notoneless.core.terms import KeyGroup, Stage
from notoneless.records.access import GROUP_FIELDS, Fields
from notoneless.records.models import Case, Child, Guardian, InKeyGroup, Residence
from notoneless.records.scopes import during
from notoneless.services.on_roll import Standing, standings, why_away


class Line(NamedTuple):
    """One child of a register with all that its columns may say."""

    child: Child
    standing: Standing
    guardians: tuple[Guardian, ...]
    groups: tuple[KeyGroup, ...]
    village: str
    stage: Stage
    why: tuple[str, str]
    shown: frozenset[Fields]  # to whoever asks


class Column(NamedTuple):
    """One column: its headings, the field set without which nobody gets it, and what it says."""

    zh: str
    en: str
    fields: Fields
    says: Callable[[Line, str], str]

    def heading(self, language: str) -> str:
        """The heading in the reader's language."""
        return self.en if language.startswith("en") else self.zh


def lines(children: Sequence[Child], on: date, shown: frozenset[Fields]) -> list[Line]:
    """The children in their order with what columns say of them; a fixed number of queries."""
    ids = [child.pk for child in children]
    stands, why = standings(ids, on), why_away(ids, on)
    guardians: dict[UUID, list[Guardian]] = defaultdict(list)
    for guardian in Guardian.objects.filter(child__in=ids).order_by("pk"):
        guardians[guardian.child_id].append(guardian)
    groups: dict[UUID, list[KeyGroup]] = defaultdict(list)
    for row in InKeyGroup.objects.filter(during(on), child__in=ids).order_by("pk"):
        if GROUP_FIELDS[row.group] in shown:
            groups[row.child_id].append(row.group)
    lives = Residence.objects.filter(during(on), child__in=ids).values_list("child_id", "place__name")
    villages = dict(lives)
    stages = {case.child_id: case.stage for case in Case.objects.filter(child__in=ids)}
    return [
        Line(
            child,
            stands[child.pk],
            tuple(guardians[child.pk]),
            tuple(groups[child.pk]),
            villages.get(child.pk, ""),
            stages.get(child.pk, Stage.ATTENDING),
            why.get(child.pk, ("", "")),
            shown,
        )
        for child in children
    ]


def _class(line: Line, _: str) -> str:
    return line.standing.enrolment.class_group.name if line.standing.enrolment else ""


def _school(line: Line, _: str) -> str:
    if line.standing.enrolment:
        return line.standing.enrolment.class_group.school.name
    return line.standing.route.school.name if line.standing.route else ""


def _roll(line: Line, _: str) -> str:
    roll = line.standing.roll
    return "" if roll is None else (roll.school.name if roll.school else roll.elsewhere)


def _guardians(line: Line, _: str) -> str:
    return "；".join(f"{g.name}（{g.relation}）" if g.relation else g.name for g in line.guardians)


def _route(line: Line, language: str) -> str:
    route = line.standing.route
    if route is None:
        return ""
    until = f" – {route.until}" if route.until else ""
    return f"{route.kind.label(language)} {route.from_day}{until}"


def _joined(terms: Iterable[KeyGroup], language: str) -> str:
    return ("，" if language.startswith("zh") else ", ").join(each.label(language) for each in terms)


_B = Fields.BASIC
NAME = Column("姓名", "Name", _B, lambda line, _: line.child.name)
SEX = Column("性别", "Sex", _B, lambda line, lang: line.child.sex.label(lang) if line.child.sex else "")
BIRTH = Column("出生日期", "Born", _B, lambda line, _: str(line.child.birth_on or ""))
NUMBER = Column("学籍号", "Enrolment number", _B, lambda line, _: line.child.enrolment_no or "")
SCHOOL = Column("就读学校", "School", _B, _school)
CLASS = Column("班级", "Class", _B, _class)
ROLL = Column("学籍所在", "On the roll of", _B, _roll)
HOUSEHOLD = Column("户籍类型", "Household register", _B, lambda line, lang: line.child.household.label(lang))
STAGE = Column("阶段", "Stage", _B, lambda line, lang: line.stage.label(lang))
WHY = Column("说明", "Because", _B, lambda line, lang: line.why[lang.startswith("en")])
ROUTE = Column("安置", "Arrangement", _B, _route)
APPROVED = Column(
    "批准",
    "Approved by",
    _B,
    lambda line, _: line.standing.route.approved_by if line.standing.route else "",
)
GUARDIANS = Column("监护人", "Guardians", Fields.CONTACT, _guardians)
PHONES = Column(
    "联系电话",
    "Telephones",
    Fields.CONTACT,
    lambda line, _: "；".join(g.phone for g in line.guardians if g.phone),
)
VILLAGE = Column("现住", "Lives in", Fields.CONTACT, lambda line, _: line.village)
HARDSHIP = Column("困难类别", "Hardship", Fields.HARDSHIP, lambda line, lang: _joined(line.groups, lang))
STUDY = Column("类别", "Kind", Fields.NOTES, lambda line, lang: _joined(line.groups, lang))
GROUPS = Column("重点对象", "Key groups", _B, lambda line, lang: _joined(line.groups, lang))
IDENTITY = Column("身份证件号", "Identity number", Fields.IDENTITY, lambda line, _: line.child.identity_no())
