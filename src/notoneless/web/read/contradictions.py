"""What contradicts as a person may see it: grouped by check, told in sentences, with where it is mended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from notoneless.core.terms import PlaceKind
from notoneless.records.access import Fields, Thing, Verb
from notoneless.records.models import Child, Contradiction, Person, ReportDrawn
from notoneless.records.scopes import CLASS_POSTS, fields_for, fields_through, reaches, visible_children
from notoneless.services.contradictions import CHECKS, Check, Row
from notoneless.services.contradictions.checks import KINDS, WORDS, said
from notoneless.services.permissions import Held

OF_A_CHECK = 20  # lines of one check on the page of all


class Told(NamedTuple):
    """One contradiction in a line."""

    row: Contradiction
    check: Check
    title: str
    sentence: str
    remedy: str
    late: bool


class Group(NamedTuple):
    """The contradictions of one check: the oldest of them, and how many there are."""

    id: str
    title: str
    remedy: str
    all: int
    late: int
    told: list[Told]

    @property
    def more(self) -> int:
        """How many are not among those shown."""
        return self.all - len(self.told)


class Cell(NamedTuple):
    """One of the rows side by side: what it is, what it says, and where it leads."""

    kind: str
    says: list[tuple[str, str]]
    url: str
    name: str


def open_ones(rows: QuerySet[Contradiction], fields: Collection[Fields]) -> QuerySet[Contradiction]:
    """Those not settled that give away nothing beyond these fields, the oldest first."""
    hidden = [check.id for check in CHECKS.values() if check.needs and check.needs not in fields]
    kept = rows.filter(closed_at=None, check_id__in=CHECKS).exclude(check_id__in=hidden)
    return kept.select_related("place", "class_group", "child", "owed_at").order_by("due_on", "pk")


def fields_anywhere(person: Person, on: date) -> frozenset[Fields]:
    """The parts of children's data that all of the person's posts are shown of whom they see."""
    found = list(reaches(person, on, Thing.CHILD, Verb.SEE))
    each = [fields_through([one]) for one in found]
    return frozenset.intersection(*each) if each else frozenset()


def owed_contradictions(held: Iterable[Held]) -> QuerySet[Contradiction]:
    """The open ones that these posts have to mend, those first due first."""
    mine = Q(pk__in=[])
    for each in held:
        if each.post in CLASS_POSTS and each.class_group is not None:
            mine |= Q(owed_by=each.post, class_group=each.class_group)
        elif each.path:
            mine |= Q(owed_by=each.post, owed_at__path=each.path)
    rows = Contradiction.objects.filter(mine, closed_at=None, check_id__in=CHECKS)
    return rows.select_related("place", "class_group", "child").order_by("due_on", "pk")


def grouped(rows: Iterable[Contradiction], on: date) -> list[Group]:
    """By check, those with the most that are late first."""
    kept: dict[str, list[Contradiction]] = defaultdict(list)
    for each in rows:
        kept[each.check_id].append(each)
    groups = [_group(CHECKS[name], listed, on) for name, listed in kept.items()]
    return sorted(groups, key=lambda group: (-group.late, -group.all, group.id))


def _group(check: Check, rows: list[Contradiction], on: date) -> Group:
    language = get_language() or "zh"
    late = sum(row.due_on < on for row in rows)
    shown = [told(row, on) for row in rows[:OF_A_CHECK]]
    return Group(check.id, check.label(language), check.remedy(language), len(rows), late, shown)


def told(row: Contradiction, on: date) -> Told:
    """One of them in the reader's language."""
    check, language = CHECKS[row.check_id], get_language() or "zh"
    return Told(
        row,
        check,
        check.label(language),
        check.sentence(rows_of(row), language),
        check.remedy(language),
        row.due_on < on and row.closed_at is None,
    )


def rows_of(row: Contradiction) -> list[Row]:
    """Its rows as they were kept."""
    return [Row(kind, number, says) for kind, number, says in row.rows]


def cells(person: Person, row: Contradiction, on: date) -> list[Cell]:
    """The rows side by side; a child beyond one's reach stays without name."""
    language = get_language() or "zh"
    found = rows_of(row)
    children = {UUID(each.id) for each in found if each.kind == "child"}
    seen = dict(visible_children(person, on).filter(pk__in=children).values_list("pk", "name"))
    return [_cell(each, seen, language) for each in found]


def _cell(row: Row, seen: dict[UUID, str], language: str) -> Cell:
    english = language.startswith("en")
    says = [
        (WORDS[word][english], said(value, language)) for word, value in row.says.items() if word in WORDS
    ]
    url = name = ""
    if row.kind == "child":
        child = UUID(row.id)
        name = seen.get(child, _("不在您的范围内"))
        url = reverse("web:child", args=(child,)) if child in seen else ""
    elif row.kind == "report" and ReportDrawn.objects.filter(pk=row.id).exists():
        url, name = reverse("web:report", args=(row.id,)), _("打开报表")
    return Cell(KINDS[row.kind][english], says, url, name)


def where_mended(row: Contradiction) -> tuple[str, str] | None:
    """The address and the name of the page on which it is put right."""
    check, child = CHECKS[row.check_id], row.child
    if check.leads == "outside":
        return reverse("web:outside_tables", args=(row.place_id,)), _("外来表")
    if check.leads == "places":
        return reverse("web:places", args=(row.place_id,)), _("单位与班级")
    if check.leads == "report":
        report = next((each[1] for each in row.rows if each[0] == "report"), None)
        return (reverse("web:report", args=(report,)), _("打开报表")) if report else None
    return _of_child(check, child) if child is not None else _of_place(row)


def _of_child(check: Check, child: Child) -> tuple[str, str]:
    if check.leads == "enrolment":
        return reverse("web:child_enrolment", args=(child.pk,)), _("学籍与异动")
    case = getattr(child, "case", None) if check.leads == "case" else None
    if case is not None:
        return reverse("web:case", args=(case.number,)), _("个案")
    return reverse("web:child", args=(child.pk,)), _("学生一页")


def _of_place(row: Contradiction) -> tuple[str, str] | None:
    if row.place.kind == PlaceKind.SCHOOL:
        return reverse("web:school_board", args=(row.place_id,)), _("学校看板")
    return None


def may_know(person: Person, row: Contradiction, on: date) -> bool:
    """Whether it gives away nothing of the child that the person is not shown."""
    needs = CHECKS[row.check_id].needs
    if needs is None:
        return True
    return row.child is not None and needs in fields_for(person, row.child, on)


def answers_of(row: Contradiction) -> Any:
    """What was said of it, the last first."""
    return row.answers.select_related("by").order_by("-at")
