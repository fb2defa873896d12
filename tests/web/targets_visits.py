"""The visits about one target, made when an address asks for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from builders import at
from drawn_pictures import drawn
from world import LATER, Target

from notoneless.core.case_terms import AttachmentKind, VisitKind
from notoneless.records.models import Attachment, Visit
from notoneless.services.attachments import attach
from notoneless.services.visits import record_visit

NOW = at(LATER)
Arguments = dict[str, Any]


def _visit(target: Target) -> Visit:
    """A private visit of the class teacher's."""
    return record_visit(
        by=target.teacher,
        child=target.child,
        kind=VisitKind.HOME,
        happened_at=NOW,
        at=NOW,
        findings=target.canaries["private"],
        private=True,
        key=f"v{target.no}",
    )


def _picture(target: Target) -> Arguments:
    """A picture that belongs to no private record, so that whoever sees the child sees it."""
    found = Attachment.objects.filter(child=target.child).first()
    if found is None:
        given = {"kind": AttachmentKind.DOOR, "name": "门.jpg", "content": drawn(20, 10)}
        found = attach(by=target.teacher, child=target.child, at=NOW, **given)
    return {"child_id": target.child.pk, "picture_id": found.pk}


VISIT_TARGETS: Mapping[str, Callable[[Target], Arguments]] = {
    "web:visit": lambda t: {"child_id": t.child.pk},
    "web:visit_record": lambda t: {"child_id": t.child.pk, "act_id": _visit(t).pk},
    "web:attachment": _picture,
    "web:group_visit": lambda t: {"class_id": t.class_group.pk},
    "web:visit_counts": lambda t: {"place_id": t.school.pk},
    "web:visit_list": lambda t: {"place_id": t.school.pk},
}
_NOBODY = UUID("00000000-0000-4000-8000-000000000000")
NOTHING_VISITED: Mapping[str, Any] = {"act_id": _NOBODY, "picture_id": _NOBODY}
