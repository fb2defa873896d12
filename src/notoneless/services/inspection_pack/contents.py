"""What an inspection pack consists of, volume by volume."""

from __future__ import annotations

from notoneless.services.inspection_pack.asked import Wish
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
RECORDS = (
    Piece(Volume.RECORDS, ("走访记录", "Visits"), tables(visits)),
    Piece(Volume.RECORDS, ("已签发文书", "Papers issued"), tables(papers)),
    Piece(Volume.RECORDS, ("佐证清单", "Evidence"), tables(kinds_of_evidence, evidence)),
    Piece(Volume.RECORDS, ("销号申请与复核", "Close-outs"), tables(close_outs)),
)
PICTURES = Piece(Volume.RECORDS, ("照片和扫描件", "Pictures and scans"), pictures)
CHECKS = (Piece(Volume.CHECKS, ("应办与逾期", "Obligations"), tables(duties_met, overdue)),)


def pieces_of(wish: Wish) -> tuple[Piece, ...]:
    """All pieces in their order; the pictures only when they are asked for."""
    return (*POLICY, *RECORDS, *((PICTURES,) if wish.pictures else ()), *CHECKS)
