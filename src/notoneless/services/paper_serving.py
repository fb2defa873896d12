"""送达: how a notice reached the guardian; from then on its day counts, and once it has passed it shows."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from notoneless.core.paper_terms import ServedHow
from notoneless.core.terms import Evidence, Stage
from notoneless.records.access import Thing, Verb
from notoneless.records.models import (
    Attachment,
    Child,
    Enrolment,
    EvidencePiece,
    PaperIssued,
    PaperServed,
    Person,
    Place,
)
from notoneless.records.scopes import belongs
from notoneless.services.assessments import Entry, follow_up, hold
from notoneless.services.finding import refuse_future, the_person
from notoneless.services.paper_values.about import NOTICES, TO_RETURN
from notoneless.services.paper_values.days import day_in_china, day_of, moment_of
from notoneless.services.permissions import refusal
from notoneless.services.refusals import Refusal
from notoneless.services.transactions import one_act
from notoneless.services.written import written

# Where a case stands while a notice still waits for the child.
AWAY = (Stage.AT_RISK, Stage.SUSPECTED_DROPOUT, Stage.DROPOUT, Stage.NEVER_ENROLLED)
WHY = "通知书已送达，这项不再需要"


@one_act
def serve(
    *,
    by: Person | int,
    paper: PaperIssued | UUID,
    how: ServedHow,
    served_at: datetime,
    receiver: str,
    at: datetime,
    relation: str = "",
    where: str = "",
    witnesses: str = "",
    attachment: Attachment | None = None,
    note: str = "",
) -> PaperServed:
    """Record that a notice was served on the guardian; once for each notice. Raises Refusal.

    What is left at the door has a witness; by the day the notice gives it must have been served.
    """
    person, notice = the_person(by), _notice(paper)
    if (no := may_serve(person, notice, at.date())) is not None:
        raise no
    assert notice.child is not None  # notices are about a child
    hold([notice.child.pk])
    _refuse_moment(notice, served_at, at)
    row = PaperServed(
        paper=notice,
        how=how,
        served_at=served_at,
        receiver=written(receiver, 60, "受送达人", "Who received it", needed=how is not ServedHow.LEFT),
        relation=written(relation, 30, "与学生关系", "Relation"),
        where=written(where, 100, "送达地点", "Where", needed=how is ServedHow.LEFT),
        witnesses=written(witnesses, 100, "见证人", "Witnesses"),
        attachment=_own(attachment, notice),
        by=person,
        at=at,
        note=written(note, 300, "备注", "Note"),
    )
    _refuse_without_witness(row)
    row.save(force_insert=True)
    _keep_evidence(row, notice.child)
    body: dict[str, object] = {"paper": str(notice.pk), "how": how.value, "number": notice.numbered}
    entry = Entry("SERVE_PAPER", "child", str(notice.child.pk), body, person)
    follow_up([notice.child.pk], as_of=at, entry=entry, why=WHY)
    return row


def may_serve(person: Person, paper: PaperIssued, on: date) -> Refusal | None:
    """Why this person may not record the service of the paper, or None."""
    if paper.kind not in NOTICES or paper.child is None:
        return Refusal(
            "NOT_SERVED", f"《{paper.kind.zh}》不需要送达。", f"A “{paper.kind.en}” is not served on anybody."
        )
    if (no := refusal(person, Thing.PAPER, Verb.RECORD, paper.child, on)) is not None:
        return no
    if PaperIssued.objects.filter(replaces=paper).exists():
        return Refusal(
            "REPLACED",
            f"{paper.numbered}已换发；请送达换发的那一份。",
            f"{paper.numbered} was replaced; serve the one that replaced it.",
        )
    if PaperServed.objects.filter(paper=paper).exists():
        return Refusal(
            "SERVED", f"{paper.numbered}已登记送达。", f"{paper.numbered} has been served already."
        )
    return None


def overdue_notices(place: Place, on: date) -> QuerySet[PaperIssued]:
    """Served notices at and below a place whose day has passed while the child is not back, oldest first."""
    there = Enrolment.objects.filter(belongs(on), class_group__school__path__startswith=place.path or "?")
    waiting = PaperIssued.objects.filter(
        kind__in=TO_RETURN,
        due_on__lt=on,
        served__isnull=False,
        replaced_by__isnull=True,
        child__case__stage__in=AWAY,
        child__in=there.values("child"),
    )
    return waiting.select_related("child", "place", "served").order_by("due_on", "pk")


def _notice(paper: PaperIssued | UUID) -> PaperIssued:
    number = paper.pk if isinstance(paper, PaperIssued) else paper
    return PaperIssued.objects.select_related("child", "place").get(pk=number)


def _refuse_moment(notice: PaperIssued, served_at: datetime, at: datetime) -> None:
    refuse_future(served_at, at, "送达时间", "The moment of service")
    if served_at < notice.at.replace(second=0, microsecond=0):
        raise Refusal(
            "BEFORE_ISSUED",
            f"{notice.numbered}于 {moment_of(notice.at)}签发；送达时间应在其后。",
            f"{notice.numbered} was issued at {notice.at:%Y-%m-%d %H:%M}; it was served after that.",
        )
    if notice.due_on is not None and day_in_china(served_at) > notice.due_on:
        raise Refusal(
            "AFTER_ITS_DAY",
            f"{notice.numbered}的期限 {day_of(notice.due_on)}已过；请换发一份写明新期限的，再送达。",
            f"The day in {notice.numbered} ({notice.due_on}) has passed; replace it by one with a new day.",
        )


def _refuse_without_witness(row: PaperServed) -> None:
    if row.how is ServedHow.LEFT and not row.witnesses:
        raise Refusal(
            "NO_WITNESS",
            "留置送达要有见证人；请写明见证人的姓名和单位。",
            "What is left behind needs a witness; name the witness and where from.",
        )


def _own(attachment: Attachment | None, notice: PaperIssued) -> Attachment | None:
    if attachment is not None and attachment.child_id != notice.child_id:
        raise Refusal("OTHER_CHILD", "这张照片属于另一名学生。", "This picture belongs to another child.")
    return attachment


def _keep_evidence(row: PaperServed, child: Child) -> None:
    EvidencePiece.objects.create(
        child=child,
        evidence=Evidence.SERVICE_RECEIPT,
        paper=row.paper,
        attachment=row.attachment,
        number=row.paper.numbered,
        issuer=row.paper.place.name,
        by=row.by,
        at=row.at,
    )
