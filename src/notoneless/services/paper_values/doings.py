"""What was done about a child, as the lines of a paper."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from notoneless.core.case_terms import AttachmentKind, CaseReason, RecordFlag, VisitKind
from notoneless.core.terms import Act, ActOutcome, Evidence, Post
from notoneless.records.access import Fields
from notoneless.records.models import (
    ActRecord,
    Attachment,
    Case,
    Child,
    Flagged,
    ReasonStated,
    Visit,
    VisitParticipant,
)
from notoneless.services.paper_values.days import day_in_china, day_of, short_moment
from notoneless.services.paper_values.value import HIDDEN, Only, Row, Text, joined

CONTACTS = (Act.CONTACT_GUARDIAN, Act.FOLLOW_UP_CALL)
VISITS = (Act.HOME_VISIT, Act.HOSPITAL_VISIT)
MEASURES = (*CONTACTS, *VISITS, Act.PERSUADE, Act.REPORT, Act.WRITTEN_REPORT, Act.NOTICE)
_WHEREABOUTS = {ActOutcome.ELSEWHERE, ActOutcome.UNREACHABLE}
_GONE_FOR = {CaseReason.WORKING, CaseReason.MOVED, CaseReason.LOST_CONTACT, CaseReason.EARLY_MARRIAGE}


def acts_of(child: Child, acts: Sequence[Act], since: date | None) -> list[ActRecord]:
    """Acts of these kinds since a day, in their order; what was corrected is left out."""
    gone = ActRecord.objects.filter(child=child, supersedes__isnull=False).values("supersedes")
    rows = ActRecord.objects.filter(child=child, act__in=acts).exclude(pk__in=gone)
    found = rows.select_related("by").order_by("happened_at", "pk")
    return [row for row in found if since is None or day_in_china(row.happened_at) >= since]


def visits_of(acts: Iterable[ActRecord]) -> dict[object, Visit]:
    """The visits that these acts were, by the act's id."""
    rows = Visit.objects.filter(act__in=[act.pk for act in acts])
    return {row.pk: row for row in rows.prefetch_related("people__person", "signatures")}


def measure(act: ActRecord, visit: Visit | None = None) -> Row:
    """时间, 人员, 方式, 结果."""
    return {
        "时间": short_moment(act.happened_at),
        "人员": who(act, visit),
        "方式": way(act, visit),
        "结果": guarded(act, found(act, visit)),
    }


def way(act: ActRecord, visit: Visit | None) -> str:
    """How it was done."""
    done: VisitKind | Act = visit.kind if visit else act.act
    return done.zh


def found(act: ActRecord, visit: Visit | None) -> str:
    """What came of it: the outcome, and what was noted."""
    words = (visit.findings or visit.agreed) if visit else ""
    said = words or act.note
    return f"{act.outcome.zh}：{said}" if said else act.outcome.zh


def guarded(act: ActRecord, text: str) -> Text:
    """The words of an act; of a private one only for whoever must know."""
    return Only(Fields.NOTES, text, f"{act.outcome.zh}{HIDDEN}") if act.private and text else text


def who(act: ActRecord, visit: Visit | None) -> str:
    """白老师（班主任）、王主任（村委会）."""
    first = f"{act.by.name}（{act.by_post.zh}）"
    if visit is not None:
        others = [participant(each) for each in visit.people.all() if each.person_id != act.by_id]
    else:
        others = [Post(code).zh for code in act.taking_part if code != act.by_post.value]  # type: ignore[call-arg]
    named = [act.participants] if act.participants else []
    return "、".join([first, *others, *named])


def participant(each: VisitParticipant) -> str:
    """王主任（村委会 云岭村）."""
    name = each.name or (each.person.name if each.person else "")
    role = " ".join(filter(None, (each.post.zh if each.post else "", each.unit)))
    return f"{name}（{role}）" if name and role else name or role


def flags_of(act: ActRecord) -> str:
    """存疑：补记、早于交办时间; empty where nothing is in doubt."""
    rows = Flagged.objects.filter(subject_kind="act", subject_id=str(act.pk)).order_by("at", "pk")
    flags: dict[RecordFlag, None] = dict.fromkeys(row.flag for row in rows)
    return f"存疑：{joined(flags)}" if flags else ""


def evidence_of(act: ActRecord) -> str:
    """劝返记录、照片 2 张."""
    kinds = [Evidence(code).zh for code in act.evidence]  # type: ignore[call-arg]
    given = list(Attachment.objects.filter(act=act).values_list("kind", flat=True))
    scans = sum(kind is AttachmentKind.PAPER for kind in given)
    pictures = len(given) - scans
    kinds += [f"照片 {pictures} 张"] if pictures else []
    kinds += [f"扫描件 {scans} 份"] if scans else []
    return "、".join(kinds)


def reason_of(case: Case | None) -> Text:
    """原因 as it was last stated, the chief one first; a private note stays out."""
    row = _stated(case)
    if row is None:
        return "尚未查明"
    named = joined(_reasons(row))
    if not row.note:
        return named
    return Only(Fields.NOTES, f"{named}；{row.note}", named) if row.private else f"{named}；{row.note}"


def whereabouts_of(child: Child, case: Case | None, since: date | None) -> str:
    """去向 as far as anybody found out: the last word of those who looked, else the reason that names it."""
    acts = [act for act in acts_of(child, MEASURES, since) if act.outcome in _WHEREABOUTS]
    if acts:
        last = acts[-1]
        return f"{last.outcome.zh}（{day_of(day_in_china(last.happened_at))}核实）"
    row = _stated(case)
    gone = [each for each in (_reasons(row) if row else ()) if each in _GONE_FOR]
    return joined(gone) or "尚未查明"


def case_of(child: Child) -> Case | None:
    """The child's case, if there is one."""
    return Case.objects.filter(child=child).first()


def _stated(case: Case | None) -> ReasonStated | None:
    return ReasonStated.objects.filter(case=case).order_by("-at", "-pk").first() if case else None


def _reasons(row: ReasonStated) -> list[CaseReason]:
    return [CaseReason(code) for code in row.reasons]  # type: ignore[call-arg]
