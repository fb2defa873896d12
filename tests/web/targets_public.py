"""The rows of guardians and the public about one target, made when an address asks for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from builders import at
from world import LATER, Target

from notoneless.core.terms import AbsenceReason, ContestKind, LinkPurpose, PlaceKind
from notoneless.records.models import FeedbackSlips, GuardianLink, Tip, TipForwarded
from notoneless.services import contests
from notoneless.services.guardian_links import explain, make_link

NOW = at(LATER)
Arguments = dict[str, Any]


def _link(target: Target) -> GuardianLink:
    by, guardian = target.teacher, target.guardian
    return make_link(by=by, guardian=guardian, purpose=LinkPurpose.WEEK, at=NOW, key=f"l{target.no}")


def _explained(target: Target) -> Arguments:
    row = explain(
        link=_link(target),
        reason=AbsenceReason.SICK,
        from_day=date(2025, 9, 22),
        last_day=date(2025, 9, 22),
        words=target.canaries["health"],
        at=NOW,
        key=f"e{target.no}",
    )
    return {"child_id": target.child.pk, "explained_id": row.pk}


def _contest(target: Target) -> Arguments:
    words, key = "记录不对", f"c{target.no}"
    row = contests.contest(link=_link(target), kind=ContestKind.RECORD, words=words, at=NOW, key=key)
    return {"contest_id": row.pk}


def _tip(target: Target) -> Tip:
    """A tip from the target's township whose reporter left the guardian's telephone."""
    if (found := Tip.objects.filter(key=f"t{target.no}").first()) is not None:
        return found
    town = target.school.above(PlaceKind.TOWNSHIP)
    tip = Tip(place=town, receipt=f"R{target.no}", seen="有孩子在打工", at=NOW, key=f"t{target.no}")
    tip.keep_reporter(target.canaries["reporter"])
    tip.save()
    return tip


def _forwarded(target: Target) -> Arguments:
    given = {"tip": _tip(target), "to": target.school, "words": "请核实", "by": target.teacher, "at": NOW}
    row, _ = TipForwarded.objects.get_or_create(key=f"f{target.no}", defaults=given)
    return {"forwarded_id": row.pk}


def _slips(target: Target) -> Arguments:
    given = {"many": 5, "made_by": target.teacher, "made_at": NOW, "until": NOW, "school": target.school}
    row, _ = FeedbackSlips.objects.get_or_create(key=f"s{target.no}", defaults=given)
    return {"slips_id": row.pk}


PUBLIC_TARGETS: Mapping[str, Callable[[Target], Arguments]] = {
    "web:guardian_links": lambda t: {"child_id": t.child.pk},
    "web:take_explained": _explained,
    "web:one_tip": lambda t: {"tip_id": _tip(t).pk},
    "web:reporter": lambda t: {"tip_id": _tip(t).pk},
    "web:passed_tip": _forwarded,
    "web:contest": _contest,
    "web:feedback_slips": _slips,
}
_NOBODY = UUID("00000000-0000-4000-8000-000000000000")
NOTHING_PUBLIC: Mapping[str, Any] = {
    **dict.fromkeys(("explained_id", "tip_id", "forwarded_id", "contest_id"), _NOBODY),
    "slips_id": 987654,
}
