"""The addresses of honest reporting and supervision: the arguments that lead to one target's row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from builders import at
from world import LATER, Target

from notoneless.core.report_terms import InspectionKind, QuestionKind, RecognitionKind
from notoneless.core.sampling import frame_digest
from notoneless.core.terms import Post
from notoneless.records.models import (
    FindingStepTaken,
    Inspection,
    InspectionFinding,
    Question,
    RecognitionAsked,
    SampleAnnounced,
    SampleDrawn,
)

Arguments = dict[str, Any]
NOBODY = UUID("00000000-0000-4000-8000-000000000000")
NOW, TODAY = at(LATER), at(LATER).date()


def _place(target: Target) -> Arguments:
    return {"place_id": target.school.pk}


def question_of(target: Target) -> Question:
    """A question about the target's school; made when it is first wanted."""
    child = str(target.child.pk)
    return Question.objects.get_or_create(
        key=f"IMPOSSIBLE/{target.no}",
        defaults={
            "kind": QuestionKind.IMPOSSIBLE,
            "place": target.school,
            "child": target.child,
            "facts": [["summary", "", {"n": 2, "day": "2025-09-05"}], ["act", child, {"child": child}]],
            "to_post": Post.PRINCIPAL,
            "to_place": target.school,
            "found_at": NOW,
            "due_on": TODAY,
        },
    )[0]


def inspection_of(target: Target) -> Inspection:
    """An inspection of the target's school; made when it is first wanted."""
    return Inspection.objects.get_or_create(
        key=f"target/{target.no}",
        defaults={
            "kind": InspectionKind.ROUTINE,
            "place": target.school,
            "day": TODAY,
            "inspectors": "督学",
            "subject": "点名",
            "by": target.teacher,
            "by_post": Post.SUPERVISION_OFFICE,
            "at": NOW,
        },
    )[0]


def finding_of(target: Target) -> InspectionFinding:
    """What it found, with the order to mend it."""
    finding, made = InspectionFinding.objects.get_or_create(
        inspection=inspection_of(target),
        number=1,
        defaults={
            "what": "漏点名",
            "ground": "第三条",
            "responsible": Post.PRINCIPAL,
            "place": target.school,
            "due_on": TODAY,
        },
    )
    if made:
        FindingStepTaken.objects.create(
            finding=finding,
            step="ORDERED",
            due_on=TODAY,
            by=target.teacher,
            by_post=Post.SUPERVISION_OFFICE,
            at=NOW,
        )
    return finding


def sample_of(target: Target) -> SampleAnnounced:
    """A sample of one child, drawn; made when it is first wanted."""
    row = str(target.child.pk)
    sample, made = SampleAnnounced.objects.get_or_create(
        key=f"target/{target.no}",
        defaults={
            "place": target.school,
            "seed_source": "公开号码",
            "seed_on": date(2025, 9, 5),
            "size": 1,
            "of": "PRESENT",
            "first": TODAY - timedelta(days=7),
            "last": TODAY,
            "frame_digest": frame_digest([row]),
            "frame_size": 1,
            "frame": row,
            "by": target.teacher,
            "at": NOW,
        },
    )
    if made:
        SampleDrawn.objects.create(announced=sample, seed="1", chosen=[row], by=target.teacher, at=NOW)
    return sample


def recognition_of(target: Target) -> RecognitionAsked:
    """A school put forward; made when it is first wanted."""
    ratio = [1, 1]
    reporting = {"roll_calls": ratio, "roll_calls_same_day": ratio, "duties": ratio, "reports": {}}
    return RecognitionAsked.objects.get_or_create(
        key=f"target/{target.no}",
        defaults={
            "kind": RecognitionKind.HONEST_REPORTING,
            "place": target.school,
            "first": TODAY,
            "last": TODAY,
            "facts": {"outcome": {"NEW_DROPOUTS": 1}, "reporting": reporting},
            "by": target.teacher,
            "by_post": Post.PRINCIPAL,
            "at": NOW,
        },
    )[0]


def _inspection(target: Target) -> Arguments:
    return {"inspection_id": inspection_of(target).pk}


def _finding(target: Target) -> Arguments:
    return {"finding_id": finding_of(target).pk}


def _sample(target: Target) -> Arguments:
    return {"sample_id": sample_of(target).pk}


HONESTY_TARGETS: Mapping[str, Callable[[Target], Arguments]] = {
    **dict.fromkeys(("web:honesty", "web:questions", "web:inspections", "web:samples"), _place),
    **dict.fromkeys(("web:record_inspection", "web:announce_sample"), _place),
    **dict.fromkeys(("web:recognitions", "web:ask_recognition"), _place),
    "web:question": lambda t: {"question_id": question_of(t).pk},
    **dict.fromkeys(("web:inspection", "web:add_finding", "web:take_measure"), _inspection),
    **dict.fromkeys(("web:report_rectified", "web:reinspect"), _finding),
    **dict.fromkeys(("web:sample", "web:sample_list", "web:draw_sample"), _sample),
    "web:record_revisit": lambda t: {**_sample(t), "row": t.child.pk},
    "web:decide_recognition": lambda t: {"asked_id": recognition_of(t).pk},
}
NOTHING_ASKED: Mapping[str, Any] = {
    "question_id": NOBODY,
    "inspection_id": NOBODY,
    "finding_id": NOBODY,
    "sample_id": NOBODY,
    "row": NOBODY,
    "asked_id": NOBODY,
}
