"""Of which grade a counted child is: that of its class, else of the class it was in last."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from notoneless.core.figure_terms import Tally
from notoneless.records.models import ClassGroup, Enrolment
from notoneless.services.counting import Asked, Line, lines

AT_ONCE = 500  # children whose last class is read in one go


def grade_counted(tally: Tally, grade: int) -> int:
    """The grade for which a class counts: a list of the year before speaks of the grade above it now."""
    return grade + 1 if tally is Tally.YEAR_BEFORE else grade


def in_grades(asked: Asked, tally: Tally, without: Collection[Tally], grades: Collection[int]) -> list[Line]:
    """The lines of a list whose children are of these grades."""
    found = lines(asked, tally, without=without)
    grade = grades_of(line.class_group for line in found)
    last = last_grades((line.child for line in found if line.class_group is None), asked)
    return [
        line
        for line in found
        if grade_counted(tally, grade[line.class_group] if line.class_group else last.get(line.child, 0))
        in grades
    ]


def grades_of(classes: Iterable[int | None]) -> dict[int, int]:
    """The grade of each of these classes."""
    numbers = {number for number in classes if number}
    return dict(ClassGroup.objects.filter(pk__in=numbers).values_list("pk", "grade"))


def last_grades(children: Iterable[UUID], asked: Asked) -> dict[UUID, int]:
    """The grade of the class that each child was in last by the last day asked for."""
    ids, found = list(children), dict[UUID, int]()
    for start in range(0, len(ids), AT_ONCE):
        stays = Enrolment.objects.filter(child__in=ids[start : start + AT_ONCE], from_day__lte=asked.last)
        rows = stays.order_by("from_day").values_list("child_id", "class_group__grade")
        found.update(rows)
    return found
