"""The addresses of papers: the arguments that lead to one target's row, and to none at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from builders import at
from world import LATER, Target

from notoneless.core.paper_terms import PaperKind
from notoneless.core.terms import Post
from notoneless.records.models import PaperIssued
from notoneless.services.paper_values.value import to_text

Arguments = dict[str, Any]
NOBODY = UUID("00000000-0000-4000-8000-000000000000")


def _paper(target: Target) -> Arguments:
    """A notice about the target's child; made when it is first wanted."""
    paper = PaperIssued.objects.filter(child=target.child).first()
    if paper is None:
        paper = PaperIssued(
            kind=PaperKind.PERSUASION_NOTICE,
            place=target.school,
            child=target.child,
            about_kind="child",
            about_id=str(target.child.pk),
            year=2025,
            digest="",
            by=target.teacher,
            by_post=Post.SCHOOL_OFFICE,
            at=at(LATER),
        )
        paper.keep_values(to_text({"学生姓名": target.child.name}))
        paper.save()
    return {"paper_id": paper.pk}


def _form(name: str) -> Callable[[Target], Arguments]:
    return lambda target: {"child_id": target.child.pk, "form": name}


PAPER_TARGETS: Mapping[str, Callable[[Target], Arguments]] = {
    "web:papers": lambda t: {"child_id": t.child.pk},
    "web:make_paper": _form("family-card"),
    "web:paper_templates": lambda t: {"place_id": t.school.pk},
    "web:paper_template": lambda t: {"place_id": t.school.pk, "form": "family-card"},
    **dict.fromkeys(("web:paper", "web:serve_paper", "web:replace_paper"), _paper),
}
NOTHING_ON_PAPER: Mapping[str, Any] = {"paper_id": NOBODY}
