"""What a telephone sent, in lines that a person can compare: one version beside the other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from notoneless.core.facts import CHINA_TIME
from notoneless.core.terms import Term
from notoneless.records.access import Fields
from notoneless.records.models import Child, Person
from notoneless.records.scopes import fields_for, visible_children
from notoneless.services.offline_bodies import RollCallSent, VisitSent
from notoneless.services.offline_checking import Account, Upload
from notoneless.web.templatetags.words import session_name
from notoneless.web.words import date_words


class Line(NamedTuple):
    """One thing that it says."""

    name: str
    value: str


class Shown(NamedTuple):
    """One version as a page shows it."""

    account: Account
    lines: tuple[Line, ...]


def versions(person: Person, upload: Upload, on: date) -> list[Shown]:
    """Every version with what this person may read of it."""
    return [Shown(each, tuple(_lines(person, upload, each, on))) for each in upload.accounts]


def subject(upload: Upload) -> str:
    """What it is about: a class or a child; "" where it cannot be read."""
    where = upload.class_group or upload.child
    return where.name if where else ""


def _lines(person: Person, upload: Upload, account: Account, on: date) -> Iterator[Line]:
    says = account.says
    if isinstance(says, RollCallSent):
        yield from _roll_call(person, upload, says, on)
    elif says is not None:
        yield from _visit(person, upload, says, on)
    claimed = account.sent.claimed_at
    yield Line(_("手机时间"), _stamp(claimed) if claimed else _("读不懂"))


def _roll_call(person: Person, upload: Upload, says: RollCallSent, on: date) -> Iterator[Line]:
    yield Line(_("班级"), upload.class_group.name if upload.class_group else "")
    yield Line(_("节次"), f"{date_words(says.day, with_year=True)} {session_name(says.session)}")
    yield Line(_("点名时间"), _stamp(says.taken_at))
    names = _names(person, {mark.child for mark in says.marks}, on)
    for mark in says.marks:
        reason = f" · {_label(mark.reason)}" if mark.reason else ""
        yield Line(
            names.get(mark.child, _("不在本校的学生")), f"{_label(mark.status)}{reason} {mark.note}".strip()
        )
    yield Line(_("没有提到的学生"), _("都在"))


def _visit(person: Person, upload: Upload, says: VisitSent, on: date) -> Iterator[Line]:
    child = upload.child
    yield Line(_("学生"), child.name if child else "")
    yield Line(_("方式"), _label(says.kind))
    if says.trigger:
        yield Line(_("事由"), _label(says.trigger))
    yield Line(_("走访时间"), _stamp(says.happened_at))
    yield Line(_("结果"), _label(says.outcome))
    yield from (Line(_("参加人员"), _participant(each.post, each.name, each.unit)) for each in says.people)
    if says.private and (child is None or Fields.NOTES not in fields_for(person, child, on)):
        yield Line(_("内容"), _("私密，只给班主任、教导处和校长看"))
        return
    yield from (Line(_label(item), words) for item, words in says.items.items())
    yield from (Line(name, words) for name, words in _words(says) if words)


def _words(says: VisitSent) -> Iterator[tuple[str, str]]:
    names = {
        "purpose": _("目的"),
        "where": _("地点"),
        "appointed_how": _("怎么约的"),
        "findings": _("走访情况"),
        "guardian_view": _("家长意见"),
        "child_view": _("学生意见"),
        "agreed": _("商定的做法"),
    }
    yield from ((name, says.words[code]) for code, name in names.items())
    yield _("答应返校"), date_words(says.promised_on, with_year=True) if says.promised_on else ""
    yield _("下次联系"), date_words(says.next_contact_on, with_year=True) if says.next_contact_on else ""
    yield _("签字"), _("、").join(each.signs_as for each in says.signatures)
    yield _("照片"), str(len(says.photos) or "")


def _participant(post: Term | None, name: str, unit: str) -> str:
    return " ".join(each for each in (_label(post) if post else "", name, unit) if each)


def _names(person: Person, numbers: set[UUID], on: date) -> dict[UUID, str]:
    rows: dict[UUID, Child] = visible_children(person, on).in_bulk(list(numbers))
    return {number: row.name for number, row in rows.items()}


def _label(term: Term) -> str:
    return term.label(get_language() or "zh")


def _stamp(at: datetime) -> str:
    return f"{at.astimezone(CHINA_TIME):%Y-%m-%d %H:%M}"
