"""过程记录: visits, papers, evidence, close-outs and what is late, each as one table from the records."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from notoneless.core.terms import ObligationState, Post
from notoneless.records.models import (
    LIVE,
    Attachment,
    CloseOutAsked,
    EvidencePiece,
    Obligation,
    PaperIssued,
    SignatureGiven,
    Visit,
    VisitParticipant,
)
from notoneless.services.inspection_pack.asked import PackAsked
from notoneless.services.pack_sections import Section, Words, day, label, moment, said

CHILD: Words = ("学生", "child")
CLASS: Words = ("学校班级", "school and class")
YES: Words = ("是", "yes")


VISIT_COLUMNS: tuple[Words, ...] = (
    CHILD,
    CLASS,
    ("走访时间", "visited at"),
    ("记录时间", "written down at"),
    ("类型", "kind"),
    ("地点", "where"),
    ("记录人", "by"),
    ("岗位", "post"),
    ("同去", "with"),
    ("结果", "outcome"),
    ("签字", "signatures"),
    ("照片", "pictures"),
    ("编号", "id"),
)


def visits(asked: PackAsked) -> Section:
    """Every visit of the year: when it happened, when it was written down, who went, what came of it."""
    rows = list(_visits(asked))
    theirs = asked.theirs().values("pk")
    signed = _count(SignatureGiven.objects.filter(visit__act__child__in=theirs), "visit")
    seen = _count(Attachment.objects.filter(act__visit__isnull=False, act__child__in=theirs), "act")
    with_them = _taking_part(asked, {row.pk for row in rows})
    return Section(
        "visits",
        ("走访记录", "Visits"),
        (
            "本学年发生、截至导出时已记录的全部走访；谈话内容和私密记录不在表内，可在系统中逐条打开。",
            "All visits of the year recorded so far; what was said stays in the system, one click from its "
            "row.",
        ),
        VISIT_COLUMNS,
        [
            (
                *_went(row, asked, with_them.get(row.pk, "")),
                signed.get(row.pk, 0),
                seen.get(row.pk, 0),
                str(row.pk),
            )
            for row in rows
        ],
        asked.named(row.act.child_id for row in rows),
    )


def _visits(asked: PackAsked) -> QuerySet[Visit]:
    return (
        Visit.objects.filter(
            act__child__in=asked.theirs().values("pk"),
            act__happened_at__gte=asked.begin,
            act__happened_at__lt=asked.end,
            act__recorded_at__lte=asked.at,
        )
        .select_related("act__by", "village")
        .order_by("act__happened_at", "act")
    )


def _went(row: Visit, asked: PackAsked, with_them: str) -> tuple[str, ...]:
    return (
        asked.name(row.act.child_id),
        asked.class_of(row.act.child_id),
        moment(row.act.happened_at),
        moment(row.act.recorded_at),
        label(row.kind, asked.language),
        row.village.name if row.village else "",
        row.act.by.name,
        label(row.act.by_post, asked.language),
        with_them,
        label(row.act.outcome, asked.language),
    )


def _count(rows: QuerySet[Any], by: str) -> dict[UUID, int]:
    return dict(rows.order_by().values_list(by).annotate(Count("pk")))


def _taking_part(asked: PackAsked, visits: set[UUID]) -> dict[UUID, str]:
    """Who else went, by post, or by unit where they have none here; no names of families."""
    found: dict[UUID, list[str]] = {}
    rows = VisitParticipant.objects.filter(visit__act__child__in=asked.theirs().values("pk")).order_by("pk")
    for visit, post, unit in rows.values_list("visit", "post", "unit"):
        if visit in visits:
            found.setdefault(visit, []).append(label(post, asked.language) if post else unit)
    return {visit: "、".join(filter(None, those)) for visit, those in found.items()}


def papers(asked: PackAsked) -> Section:
    """The papers issued about children of the place, or by it; how and when each was served."""
    rows = (
        PaperIssued.objects.filter(
            Q(child__in=asked.theirs().values("pk")) | Q(place__path__startswith=asked.path),
            at__gte=asked.begin,
            at__lte=asked.end,
        )
        .select_related("place", "by", "served", "replaced_by")
        .defer("values_sealed")
        .order_by("at", "pk")
    )
    return Section(
        "papers",
        ("已签发文书", "Papers issued"),
        (
            "本学年签发的文书，含已被替换的；校验码是文书内容的 SHA-256，与系统中的一致即未改动。",
            "Papers issued in the year, replaced ones too; the digest is the SHA-256 of what each says.",
        ),
        (
            ("文书", "paper"),
            ("文号", "number"),
            ("签发单位", "issued by"),
            ("签发人", "signed by"),
            ("签发时间", "at"),
            CHILD,
            ("送达", "served"),
            ("送达方式", "how"),
            ("期限", "due"),
            ("已被替换", "replaced"),
            ("校验码", "digest"),
        ),
        [_paper(row, asked) for row in rows],
        asked.named(row.child_id for row in rows),
    )


def _paper(row: PaperIssued, asked: PackAsked) -> tuple[str, ...]:
    served = getattr(row, "served", None)
    replaced = getattr(row, "replaced_by", None)
    return (
        label(row.kind, asked.language),
        row.numbered,
        row.place.name,
        row.by.name,
        moment(row.at),
        asked.name(row.child_id),
        moment(served.served_at) if served else "",
        label(served.how, asked.language) if served else "",
        day(row.due_on),
        said(YES, asked.language) if replaced else "",
        row.digest,
    )


def evidence(asked: PackAsked) -> Section:
    """Every piece of evidence: its kind, what it rests on, its numbers; never the picture itself."""
    rows = (
        EvidencePiece.objects.filter(
            child__in=asked.theirs().values("pk"), at__gte=asked.begin, at__lte=asked.end
        )
        .select_related("attachment", "paper", "change", "by")
        .order_by("at", "pk")
    )
    return Section(
        "evidence",
        ("佐证清单", "Evidence"),
        (
            "逐件列出种类、所依据的文件编号和系统内编号；照片和扫描件留在系统内，凭编号打开并记入流水。",
            "Each piece with what it rests on; pictures stay in the system, opened by their id and "
            "journalled.",
        ),
        (
            CHILD,
            CLASS,
            ("种类", "kind"),
            ("依据", "rests on"),
            ("编号", "number"),
            ("出具单位", "issuer"),
            ("加入人", "added by"),
            ("加入时间", "at"),
            ("校验码", "digest"),
        ),
        [
            (
                asked.name(row.child_id),
                asked.class_of(row.child_id),
                label(row.evidence, asked.language),
                said(_rests_on(row), asked.language),
                row.number or (row.paper.numbered if row.paper else ""),
                row.issuer,
                row.by.name,
                moment(row.at),
                row.attachment.digest if row.attachment else row.paper.digest if row.paper else "",
            )
            for row in rows
        ],
        asked.named(row.child_id for row in rows),
    )


def _rests_on(row: EvidencePiece) -> Words:
    if row.attachment_id:
        return "扫描件或照片", "scan or picture"
    if row.paper_id:
        return "本系统签发的文书", "paper issued here"
    if row.change_id:
        return "学籍异动", "enrolment change"
    return "外部文件", "document from outside"


def close_outs(asked: PackAsked) -> Section:
    """What was asked to be closed, on which evidence, and what the second person decided."""
    rows = (
        CloseOutAsked.objects.filter(
            case__child__in=asked.theirs().values("pk"), at__gte=asked.begin, at__lte=asked.end
        )
        .select_related("case", "by", "reviewed__by")
        .order_by("at", "pk")
    )
    return Section(
        "close-outs",
        ("销号申请与复核", "Close-outs and their review"),
        (
            "每件申请一行；没有复核的仍在办理，不算销号。",
            "One row a request; one not reviewed yet is still open.",
        ),
        (
            ("个案", "case"),
            CHILD,
            ("类别", "kind"),
            ("申请人", "asked by"),
            ("申请时间", "at"),
            ("佐证件数", "pieces of evidence"),
            ("复核", "decision"),
            ("复核人", "reviewed by"),
            ("复核时间", "at"),
        ),
        [_close_out(row, asked) for row in rows],
        asked.named(row.case.child_id for row in rows),
    )


def _close_out(row: CloseOutAsked, asked: PackAsked) -> tuple[str | int, ...]:
    reviewed = getattr(row, "reviewed", None)
    return (
        row.case.number,
        asked.name(row.case.child_id),
        label(row.kind, asked.language),
        row.by.name,
        moment(row.at),
        len(row.evidence),
        label(reviewed.decision, asked.language) if reviewed else "",
        reviewed.by.name if reviewed else "",
        moment(reviewed.at) if reviewed else "",
    )


def overdue(asked: PackAsked) -> Section:
    """What is past its moment and still open, the longest first."""
    rows = (
        Obligation.objects.filter(state__in=LIVE, due_at__lt=asked.at, place__path__startswith=asked.path)
        .select_related("place", "class_group")
        .order_by("due_at", "key")
    )
    return Section(
        "overdue",
        ("逾期未办事项", "Overdue obligations"),
        (
            "截至导出时已过期限、仍未办的应办事项，最久的在前；条款为所依据的制度和条。",
            "What is past its time limit and still open, longest first, with the clause it rests on.",
        ),
        (
            ("应办", "act"),
            ("谁办", "who"),
            ("单位", "place"),
            ("班级", "class"),
            CHILD,
            ("期限", "due"),
            ("条款", "clause"),
            ("规则", "rule"),
        ),
        [
            (
                label(row.act, asked.language),
                label(row.who, asked.language),
                row.place.name,
                row.class_group.name if row.class_group else "",
                asked.name(row.child_id),
                moment(row.due_at),
                "、".join(row.clause),
                f"{row.pack_id} {row.rule}",
            )
            for row in rows
        ],
        asked.named(row.child_id for row in rows),
    )


def duties_met(asked: PackAsked) -> Section:
    """How many obligations fell due in the year, by post: met in time, met late, open, withdrawn."""
    rows = Obligation.objects.filter(
        place__path__startswith=asked.path, due_at__gte=asked.begin, due_at__lt=asked.end
    )
    counted: dict[Post, _Counts] = {}
    for who, state, late, many in rows.order_by().values_list("who", "state", "late").annotate(Count("pk")):
        counted.setdefault(who, Counter())[(state, late)] += many
    return Section(
        "duties",
        ("应办事项办理情况", "Obligations by post"),
        (
            "本学年到期的应办事项按岗位归并；迟办的始终算迟办，撤销的是事实更正后不再需要的。",
            "Obligations that fell due in the year by post; late stays late, withdrawn ones no longer "
            "needed.",
        ),
        (
            ("岗位", "post"),
            ("到期", "fell due"),
            ("按时办理", "met in time"),
            ("迟办", "met late"),
            ("未办", "open"),
            ("撤销", "withdrawn"),
        ),
        [_of_post(post, counts, asked) for post, counts in sorted(counted.items())],
    )


_Counts = Counter[tuple[ObligationState, bool]]  # by state and whether it was late
_MET, _GONE = ObligationState.MET, ObligationState.WITHDRAWN


def _of_post(post: Post, counts: _Counts, asked: PackAsked) -> tuple[str | int, ...]:
    met = (counts[_MET, False], counts[_MET, True])
    still, gone = (sum(n for (state, _), n in counts.items() if state in those) for those in (LIVE, (_GONE,)))
    return label(post, asked.language), counts.total(), *met, still, gone


def kinds_of_evidence(asked: PackAsked) -> Section:
    """How many pieces of each kind."""
    rows = EvidencePiece.objects.filter(
        child__in=asked.theirs().values("pk"), at__gte=asked.begin, at__lte=asked.end
    )
    counted = rows.order_by().values_list("evidence").annotate(Count("pk"))
    return Section(
        "evidence-kinds",
        ("佐证分类", "Evidence by kind"),
        (
            "佐证清单按种类归并，各行之和等于清单行数。",
            "The list of evidence by kind; the rows sum to the list.",
        ),
        (("种类", "kind"), ("件数", "pieces")),
        [(label(kind, asked.language), many) for kind, many in sorted(counted)],
    )
