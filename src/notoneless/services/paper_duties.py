"""What issuing a paper does beside printing it: the report or notice is done, so its obligations end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from notoneless.core.paper_terms import PaperKind
from notoneless.core.policy.fields import PackError
from notoneless.core.terms import Act, Evidence, Post
from notoneless.records.models import (
    LIVE,
    ActRecord,
    Child,
    EvidencePiece,
    Obligation,
    PaperIssued,
    Person,
    Place,
)
from notoneless.records.pack_texts import pack_of
from notoneless.services.paper_values.about import TO_RETURN
from notoneless.services.place_acts import fulfil_duty, may_fulfil_duty

_K = PaperKind
_REPORTS = (Act.REPORT, Act.WRITTEN_REPORT)
# To whom a paper reports.
ADDRESSED: Mapping[PaperKind, frozenset[Post]] = {
    _K.TRUANCY_REPORT: frozenset({Post.SCHOOL_OFFICE, Post.VICE_PRINCIPAL, Post.PRINCIPAL}),
    _K.DROPOUT_REPORT: frozenset({Post.SCHOOL_OFFICE, Post.VICE_PRINCIPAL, Post.PRINCIPAL}),
    _K.REPORT_TO_TOWNSHIP: frozenset({Post.TOWNSHIP}),
    _K.REPORT_TO_BUREAU: frozenset({Post.COUNTY_BUREAU}),
}
# What is done even where no rule asked for it.
_ANYWAY: Mapping[PaperKind, tuple[Act, Post]] = {
    _K.REPORT_TO_TOWNSHIP: (Act.WRITTEN_REPORT, Post.TOWNSHIP),
    _K.REPORT_TO_BUREAU: (Act.WRITTEN_REPORT, Post.COUNTY_BUREAU),
}
# What policies call the forms that a month's paper is.
_FORMS: Mapping[PaperKind, tuple[str, ...]] = {
    _K.MONTHLY_LIST: ("月报告单", "零报告"),
    _K.NIL_REPORT: ("月报告单", "零报告"),
}


class _Done(NamedTuple):
    act: Act
    to: Post | None
    taking_part: tuple[str, ...] = ()


def record_acts(paper: PaperIssued) -> list[ActRecord]:
    """Within the issuing: the acts about the child that the paper is, with itself as their evidence."""
    child = paper.child
    assert child is not None  # of one child; places have duties of their own
    acts = [_record(paper, child, done) for done in dict.fromkeys(_done(paper))]
    if acts and paper.kind in ADDRESSED:
        EvidencePiece.objects.create(
            child=child,
            evidence=Evidence.WRITTEN_REPORT,
            paper=paper,
            number=paper.numbered,
            issuer=paper.place.name,
            by=paper.by,
            at=paper.at,
        )
    return acts


def meet_duties(paper: PaperIssued, school: Place, person: Person) -> None:
    """Within the issuing: the month's duties of the school that ask for this form, as far as it is theirs."""
    rows = Obligation.objects.filter(place=school, child=None, class_group=None, state__in=LIVE)
    for row in rows.select_related("place", "class_group"):
        if _asks_for(row, paper.kind) and may_fulfil_duty(person, row, paper.at.date()) is None:
            fulfil_duty(by=person, obligation=row, happened_at=paper.at, at=paper.at, note=title_of(paper))


def title_of(paper: PaperIssued) -> str:
    """限期返校通知书 义限通字〔2026〕12号."""
    return f"《{paper.kind.zh}》{paper.numbered}".strip()


def _done(paper: PaperIssued) -> Iterator[_Done]:
    if paper.kind in TO_RETURN:
        yield _Done(Act.NOTICE, None)
        return
    addressed = ADDRESSED.get(paper.kind)
    if not addressed:
        return
    owed = Obligation.objects.filter(child=paper.child, state__in=LIVE, act__in=_REPORTS)
    found = [row for row in owed if row.to_post in addressed]
    for row in found:
        yield _Done(row.act, row.to_post, tuple(row.taking_part))
    if not found and paper.kind in _ANYWAY:
        yield _Done(*_ANYWAY[paper.kind])


def _record(paper: PaperIssued, child: Child, done: _Done) -> ActRecord:
    evidence = [Evidence.WRITTEN_REPORT.value] if paper.kind in ADDRESSED else []
    return ActRecord.objects.create(
        child=child,
        act=done.act,
        happened_at=paper.at,
        recorded_at=paper.at,
        by=paper.by,
        by_post=paper.by_post,
        taking_part=list(done.taking_part),
        to_post=done.to or "",
        outcome="DONE",
        evidence=evidence,
        note=title_of(paper),
    )


def _asks_for(row: Obligation, kind: PaperKind) -> bool:
    try:
        duty = pack_of(row.pack_id, row.pack_version).rule(row.rule).obliges[row.number]
    except (PackError, KeyError, IndexError):
        return False  # of a pack that has the rule no more
    return any(form in duty.form for form in _FORMS[kind])
