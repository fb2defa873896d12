"""The words of ledgers: why a line ended, where the reason is not a close-out of a case."""

from __future__ import annotations

from notoneless.core.terms import CloseOutKind, Term


class LineEnd(Term):
    """销号原因: why a line of a ledger is over; a case that was closed out has its own words for it."""

    TO_SUSPECTED = "TO_SUSPECTED", "转入疑似辍学台账", "now in the ledger of suspected dropouts"
    TO_DROPOUTS = "TO_DROPOUTS", "转入辍学台账", "now in the ledger of dropouts"
    TO_AT_RISK = "TO_AT_RISK", "转入临界台账", "now in the ledger of children at risk"
    CAME_BACK = "CAME_BACK", "已返校，个案继续跟踪", "back in school, the case goes on"
    ELSEWHERE = "ELSEWHERE", "在外就读", "at school elsewhere"
    CLOSED_OUT = "CLOSED_OUT", "个案已销号", "the case was closed out"
    CORRECTED = "CORRECTED", "事实已更正", "the facts were corrected"
    NO_LONGER = "NO_LONGER", "不再属于本台账", "no longer in this ledger"
    RUN_OUT = "RUN_OUT", "到期或已结束", "over"
    ANSWERED = "ANSWERED", "已办结", "answered"
    REFUSED = "REFUSED", "未批准", "refused"


def end_words(code: str, language: str = "zh") -> str:
    """The label of what closed a line, "" for a line that is open."""
    if not code:
        return ""
    known: Term = LineEnd[code] if code in LineEnd.__members__ else CloseOutKind[code]
    return known.label(language)
