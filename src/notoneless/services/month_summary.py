"""月汇总: each child's days of a period in one line, as a class file and the child's own file show them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID

from notoneless.core.calendar import ONE_DAY
from notoneless.core.terms import Stage
from notoneless.records.counting_months import months_sql
from notoneless.services.counting_asked import Asked, id_of, moment_param, rows
from notoneless.services.enrolment_facts import midnight


class ChildMonth(NamedTuple):
    """One child in one class: school days with a mark of each kind, and what stands at the end."""

    child: UUID
    class_group: int
    school: int
    absent: int  # days with an absence in some session
    leave: int
    late: int
    unrecorded: int
    sessions: int  # roll calls taken of the class while the child was in it
    stage: Stage
    overdue: int  # obligations about the child past their moment at the end


def child_months(asked: Asked) -> Iterator[ChildMonth]:
    """Every child of the place's classes, in the order of schools and classes.

    A child that changed its class in the period has a line for each; counted as known then.
    """
    as_of = min(asked.known_at, midnight(asked.last + ONE_DAY))
    make, stage_of = ChildMonth._make, _STAGES.get  # looked up once, not for each child
    for row in rows(months_sql(), asked, as_of=moment_param(as_of)):
        yield make((id_of(row[0]), *row[1:8], stage_of(row[8], Stage.ATTENDING), row[9]))


_STAGES = {stage.value: stage for stage in Stage}
