"""重复: records that may be of the child somebody is about to write down."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from notoneless.records.models import Child, ClassGroup, Enrolment, EventRecord, Person, SameChild
from notoneless.records.scopes import visible_children
from notoneless.records.secrets import blind_index
from notoneless.services.child_record import Known
from notoneless.services.refusals import Refusal

SHOWN = 10  # records of one name
AT_ONCE = 5000  # numbers a query


class Double(NamedTuple):
    """A record that is there: where the child is or was last, and how far it is the same."""

    child: Child
    group: ClassGroup | None
    where: str  # its school, or the one that awaits it
    sure: bool  # the same number
    seen: bool  # whoever asks may open it


def doubles_of(person: Person, known: Known, on: date, *, but: UUID | None = None) -> list[Double]:
    """The records that may be of this child, the surest first; `known` has been checked.

    Whose number is the same, or name and day of birth, is told wherever it is; the same name alone only
    among the children that the person sees anyway, so that nobody learns who lives elsewhere by trying.
    """
    return [each for each in doubles_of_each(person, [known], on)[0] if each.child.pk != but]


def doubles_of_each(person: Person, knowns: Sequence[Known], on: date) -> list[list[Double]]:
    """As `doubles_of`, for many; a fixed number of queries for some thousand."""
    index = {known.identity_no: blind_index(known.identity_no) for known in knowns if known.identity_no}
    by_index = {bytes(c.identity_index or b""): c for c in _rows("identity_index", index.values())}
    by_number = {c.enrolment_no: c for c in _rows("enrolment_no", {k.enrolment_no for k in knowns} - {""})}
    by_name: dict[str, list[Child]] = defaultdict(list)
    for child in _rows("name", {known.name for known in knowns}):
        by_name[child.name].append(child)
    ids = [c.pk for found in (by_index.values(), by_number.values(), *by_name.values()) for c in found]
    about = _About(person, ids, on)
    found = []
    for known in knowns:
        sure = [by_index.get(index.get(known.identity_no, b"")), by_number.get(known.enrolment_no)]
        same = {each.pk: each for each in sure if each is not None}
        alike = [c for c in by_name[known.name] if c.pk not in same and _alike(c, known, about)]
        told = [about.told(c, True) for c in same.values()]
        found.append(told + [about.told(c, False) for c in alike[:SHOWN]])
    return found


def refuse_known(found: Sequence[Double]) -> None:
    """Refuse to write a child down again whose number is here already. Raises Refusal."""
    same = next((each for each in found if each.sure), None)
    if same is not None:
        place = f"（{same.where}）" if same.where else ""
        raise Refusal(
            "NUMBER_KNOWN",
            f"这个号码在本系统已有记录：{same.child.name}{place}；不用另建，请核对号码，或从那条记录办理。",
            f"This number is here already: {same.child.name}{f', {same.where}' if same.where else ''}; "
            "check it, or go on from that record.",
        )


def refuse_alike(found: Sequence[Double]) -> None:
    """Ask once more where the name is here already. Raises Refusal."""
    if found:
        raise Refusal(
            "ALIKE",
            "已有姓名相同的记录，列在下面；是同一名孩子的从那条记录办理，确认不是的勾选后再提交。",
            "There are records of this name, listed below. Go on from there if it is the same child; if it "
            "is not, tick the box and send this again.",
        )


def _alike(child: Child, known: Known, about: _About) -> bool:
    if child.birth_on is not None and known.birth_on is not None:
        return child.birth_on == known.birth_on
    return child.pk in about.seen


def _rows(column: str, values: Collection[Any] | Iterable[Any]) -> Iterator[Child]:
    """The records, those that went into others left out."""
    gone = SameChild.objects.values("child")
    ordered = list(values)
    for start in range(0, len(ordered), AT_ONCE):
        rows = Child.objects.filter(**{f"{column}__in": ordered[start : start + AT_ONCE]})
        yield from rows.exclude(pk__in=gone).order_by("pk")


class _About:
    """Where these children are, and which of them the person sees."""

    def __init__(self, person: Person, ids: Sequence[UUID], on: date) -> None:
        self.seen: set[UUID] = set()
        self.groups: dict[UUID, ClassGroup] = {}
        self.awaited: dict[UUID, str] = {}
        for start in range(0, len(ids), AT_ONCE):
            self._read(person, ids[start : start + AT_ONCE], on)

    def _read(self, person: Person, ids: Sequence[UUID], on: date) -> None:
        self.seen |= set(visible_children(person, on).filter(pk__in=ids).values_list("pk", flat=True))
        stays = Enrolment.objects.filter(child__in=ids).select_related("class_group__school")
        for stay in sorted(stays, key=lambda row: (row.until is None, row.from_day)):
            self.groups[stay.child_id] = stay.class_group
        stated = EventRecord.objects.filter(child__in=ids, place__isnull=False).order_by("happened_at")
        self.awaited |= dict(stated.values_list("child", "place__name"))

    def told(self, child: Child, sure: bool) -> Double:
        """The record as it is told."""
        group = self.groups.get(child.pk)
        where = group.school.name if group else self.awaited.get(child.pk, "")
        return Double(child, group, where, sure, child.pk in self.seen)
