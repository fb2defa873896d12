"""What an inspection pack consists of, volume by volume."""

from __future__ import annotations

from notoneless.core.report_terms import LedgerKind
from notoneless.services.inspection_pack.asked import Wish
from notoneless.services.inspection_pack.checks import (
    contradictions,
    contradictions_by_check,
    inspections,
    measures,
    questions,
    recognition,
    reporting,
)
from notoneless.services.inspection_pack.figures import (
    counts_given,
    figures,
    figures_by_place,
    on_time,
    report_steps,
    reports,
)
from notoneless.services.inspection_pack.ledgers import ledger_piece
from notoneless.services.inspection_pack.pictures import pictures
from notoneless.services.inspection_pack.pieces import Piece, Volume, tables
from notoneless.services.inspection_pack.policy import gaps, policies, posts
from notoneless.services.inspection_pack.records import (
    close_outs,
    duties_met,
    evidence,
    kinds_of_evidence,
    overdue,
    papers,
    visits,
)

POLICY = (
    Piece(Volume.POLICY, ("现行制度", "Policies in force"), policies),
    Piece(Volume.POLICY, ("责任人与责任缺口", "Who answers, and gaps"), tables(posts, gaps)),
)
LEDGERS = tuple(ledger_piece(kind) for kind in LedgerKind)
FIGURES = (
    Piece(Volume.FIGURES, ("指标", "Figures"), tables(figures, figures_by_place, counts_given)),
    Piece(Volume.FIGURES, ("报表", "Reports"), tables(reports, report_steps, on_time)),
)
RECORDS = (
    Piece(Volume.RECORDS, ("走访记录", "Visits"), tables(visits)),
    Piece(Volume.RECORDS, ("已签发文书", "Papers issued"), tables(papers)),
    Piece(Volume.RECORDS, ("佐证清单", "Evidence"), tables(kinds_of_evidence, evidence)),
    Piece(Volume.RECORDS, ("销号申请与复核", "Close-outs"), tables(close_outs)),
)
PICTURES = Piece(Volume.RECORDS, ("照片和扫描件", "Pictures and scans"), pictures)
CHECKS = (
    Piece(Volume.CHECKS, ("应办与逾期", "Obligations"), tables(duties_met, overdue)),
    Piece(Volume.CHECKS, ("数据核对", "Contradictions"), tables(contradictions_by_check, contradictions)),
    Piece(Volume.CHECKS, ("如实报送", "Honesty of reporting"), tables(reporting, questions)),
    Piece(Volume.CHECKS, ("督导与整改", "Inspections"), tables(inspections, measures, recognition)),
)


def pieces_of(wish: Wish) -> tuple[Piece, ...]:
    """All pieces in their order; the pictures only when they are asked for."""
    pictures_too = (PICTURES,) if wish.pictures else ()
    return (*POLICY, *LEDGERS, *FIGURES, *RECORDS, *pictures_too, *CHECKS)
