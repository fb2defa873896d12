"""The pages beside the daily ones that a person's posts open: people, gaps, tips, contests and the like."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from notoneless.records.access import ADDRESSES, Asked, posts_that
from notoneless.records.models import Person, PostHeld
from notoneless.records.scopes import live

DOORS = (
    ("web:search", _("找学生")),
    ("web:supports", _("帮扶")),
    ("web:close_outs", _("销号申请")),
    ("web:people", _("人员与任职")),
    ("web:gaps", _("岗位缺口")),
    ("web:break_glass", _("紧急查看")),
    ("web:sensitive_reads", _("敏感读取")),
    ("web:outbox", _("未送达的通知")),
    ("web:tips", _("群众监督线索")),
    ("web:passed_tips", _("县局转来核实")),
    ("web:contests", _("家长异议")),
    ("web:offline_checks", _("离线核对")),
    ("web:feedback_results", _("家长反馈")),
)


class Door(NamedTuple):
    """A page by its address and name."""

    url: str
    name: str


def doors(person: Person, on: date) -> list[Door]:
    """Those of these pages that the access table opens to the person; one query."""
    held = set(PostHeld.objects.filter(live(on), person=person).values_list("post", flat=True))
    return [Door(reverse(name), str(words)) for name, words in DOORS if held & _posts(name)]


def _posts(name: str) -> frozenset[str]:
    asked = ADDRESSES[name]
    return posts_that(asked.thing, asked.see) if isinstance(asked, Asked) else frozenset()
