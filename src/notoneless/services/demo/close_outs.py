"""Who asked for and who agreed to the close-outs of the made-up county: two people, as the rule says."""

from __future__ import annotations

from datetime import datetime, timedelta

from notoneless.core.case_terms import Decision
from notoneless.core.terms import Act, CloseOutKind, Post, Stage
from notoneless.records.models import ActRecord, Case, CloseOutAsked, CloseOutReviewed, Enrolment
from notoneless.services.demo.facts import AT_ONCE, Holders

ASKED_BEFORE = timedelta(hours=2)


def add_reviews(holders: Holders, at: datetime) -> None:
    """The request and the principal's agreement behind every close-out that has none yet."""
    there = CloseOutReviewed.objects.exclude(act=None).values("act")
    acts = ActRecord.objects.filter(act=Act.CLOSE_OUT, happened_at__lte=at).exclude(pk__in=there)
    cases = {case.child_id: case for case in Case.objects.filter(stage=Stage.CLOSED)}
    rows = [act for act in acts.order_by("happened_at", "pk") if act.child_id in cases]
    stays = Enrolment.objects.filter(child__in=[act.child_id for act in rows], until=None)
    groups = {stay.child_id: stay.class_group for stay in stays.select_related("class_group__school")}
    asked = [_asked(cases[act.child_id], act) for act in rows]
    CloseOutAsked.objects.bulk_create(asked, batch_size=AT_ONCE)
    CloseOutReviewed.objects.bulk_create(
        [
            CloseOutReviewed(
                asked=each,
                decision=Decision.AGREED,
                by_id=holders.who(Post.PRINCIPAL, groups[act.child_id]),
                by_post=Post.PRINCIPAL,
                at=act.happened_at,
                act=act,
            )
            for each, act in zip(asked, rows, strict=True)
        ],
        batch_size=AT_ONCE,
    )


def _asked(case: Case, act: ActRecord) -> CloseOutAsked:
    return CloseOutAsked(
        case=case,
        kind=CloseOutKind.STABLE_RETURN,
        by_id=act.by_id,
        by_post=act.by_post,
        at=act.happened_at - ASKED_BEFORE,
        note="返校后连续到校，已满规定天数。",
    )
