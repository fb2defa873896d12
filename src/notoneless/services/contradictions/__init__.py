"""数据打架: what contradicts what, found every night, mended or explained by whoever answers for it."""

from notoneless.services.contradictions import (  # noqa: F401  (each puts its checks among CHECKS)
    attendance,
    cases,
    changes,
    helping,
    reports,
    rolls,
    routes,
    sums,
    visits,
    who,
)
from notoneless.services.contradictions.answering import answer, may_answer
from notoneless.services.contradictions.checks import CHECKS, Check, Row, Seen
from notoneless.services.contradictions.keeping import Kept, keep_findings, keep_once_a_day
from notoneless.services.contradictions.running import Found, run_checks

__all__ = [
    "CHECKS",
    "Check",
    "Found",
    "Kept",
    "Row",
    "Seen",
    "answer",
    "keep_findings",
    "keep_once_a_day",
    "may_answer",
    "run_checks",
]
