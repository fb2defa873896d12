"""制度与责任: the policies in force as documents, who holds which post, and the rungs that stand empty."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q

from notoneless.core.calendar import default_calendar
from notoneless.core.policy.describe import page_of
from notoneless.core.policy.in_force import PacksInForce
from notoneless.core.policy.pack import PolicyPack
from notoneless.exchange.bundle import File
from notoneless.exchange.word import word
from notoneless.records.models import CoverageGap, Place, PostHeld
from notoneless.records.packs import binding, packs_at
from notoneless.records.scopes import live
from notoneless.services.inspection_pack.asked import PackAsked
from notoneless.services.inspection_pack.pieces import Made, plain
from notoneless.services.pack_sections import Section, day, label


def policies(asked: PackAsked, stem: str) -> Made:
    """Each policy that binds the place on the last day, as the document that is read and signed."""
    files = tuple(_documents(asked, stem))
    return Made(files, len(files))


def _documents(asked: PackAsked, stem: str) -> Iterator[File]:
    for number, (pack, packs) in enumerate(_in_force(asked), 1):
        content = word(page_of(pack, packs, default_calendar()))
        yield File(f"{stem}/{number:02} {plain(pack.title)}.docx", content)


def _in_force(asked: PackAsked) -> list[tuple[PolicyPack, PacksInForce]]:
    """What binds the place, then what places within it have adopted beyond that; each version once."""
    below = Place.objects.filter(path__startswith=asked.path, packs_adopted__from_day__lte=asked.last)
    found: dict[tuple[str, str], tuple[PolicyPack, PacksInForce]] = {}
    for place in (asked.place, *below.distinct().order_by("path")):
        packs = packs_at(place)
        for pack in binding(packs, asked.last):
            found.setdefault((pack.id, pack.version), (pack, packs))
    return list(found.values())


def posts(asked: PackAsked) -> Section:
    """Who holds which post at the place and below it, since when, and on what ground."""
    there = Q(place__path__startswith=asked.path) | Q(class_group__school__path__startswith=asked.path)
    rows = (
        PostHeld.objects.filter(there, live(asked.last))
        .select_related("person", "place", "class_group__school")
        .order_by("place__path", "class_group__school__path", "class_group__grade", "class_group__name", "pk")
    )
    return Section(
        "posts",
        ("责任人", "Who answers for what"),
        (
            "截至末日在任的全部岗位；岗位负责，人员在任期内担任，代理在备注列写明。",
            "Every post held on the last day; the post answers, a person holds it for a time.",
        ),
        (
            ("单位", "place"),
            ("班级", "class"),
            ("岗位", "post"),
            ("姓名", "name"),
            ("起", "since"),
            ("依据", "basis"),
            ("代理", "deputy"),
        ),
        [
            (
                row.class_group.school.name if row.class_group else row.place.name if row.place else "",
                row.class_group.name if row.class_group else "",
                label(row.post, asked.language),
                row.person.name,
                day(row.held_from),
                row.basis,
                "✓" if row.deputising_for_id else "",
            )
            for row in rows
        ],
    )


def gaps(asked: PackAsked) -> Section:
    """Rungs without their one answering person: found in the year, open or mended."""
    rows = (
        CoverageGap.objects.filter(place__path__startswith=asked.path, found_on__lte=asked.last)
        .filter(Q(closed_on=None) | Q(closed_on__gte=asked.first))
        .select_related("place", "class_group", "owed_at")
        .order_by("closed_on", "found_on", "pk")
    )
    return Section(
        "gaps",
        ("责任缺口", "Rungs without their one person"),
        (
            "每晚核对：每所学校、每个班、每名学生的每一级恰有一名责任人；缺或重的列在这里，由谁补、"
            "何时补上。",
            "Checked each night: exactly one live owner on every rung; what lacked one, and when it was "
            "mended.",
        ),
        (
            ("单位", "place"),
            ("班级", "class"),
            ("缺什么", "what lacks"),
            ("岗位", "post"),
            ("由谁补", "owed by"),
            ("发现", "found"),
            ("限期", "due"),
            ("补上", "mended"),
        ),
        [
            (
                row.place.name,
                row.class_group.name if row.class_group else "",
                label(row.kind, asked.language),
                label(row.post, asked.language),
                f"{row.owed_at.name} {label(row.owed_by, asked.language)}",
                day(row.found_on),
                day(row.due_on),
                day(row.closed_on),
            )
            for row in rows
        ],
    )
