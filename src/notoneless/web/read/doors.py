"""The pages beside the daily ones that a person's posts open: people, gaps, tips, contests and the like."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from notoneless.records.access import ADDRESSES, Asked, posts_that
from notoneless.services.permissions import Held

DOORS = (
    ("web:search", _("找学生")),
    ("web:supports", _("帮扶")),
    ("web:close_outs", _("销号申请")),
    ("web:hand_offs", _("个案移送")),
    ("web:people", _("人员与任职")),
    ("web:gaps", _("岗位缺口")),
    ("web:contradictions", _("数据核对")),
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


def doors(held: Iterable[Held]) -> list[Door]:
    """Those of these pages that the access table opens to whoever holds these posts."""
    posts = {each.post.value for each in held}
    return [Door(reverse(name), str(words)) for name, words in DOORS if posts & _posts(name)]


def _posts(name: str) -> frozenset[str]:
    asked = ADDRESSES[name]
    return posts_that(asked.thing, asked.see) if isinstance(asked, Asked) else frozenset()
