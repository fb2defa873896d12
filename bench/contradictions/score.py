"""What was found of what was put in: recall for each kind, and findings that nobody put in."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from typing import NamedTuple

import bench.contradictions.papers  # noqa: F401  (with days and pupils: puts its errors among INJECTIONS)
from bench.contradictions.ground import INJECTIONS, Ground, Subject
from notoneless.services.contradictions import Found


class Score(NamedTuple):
    """One kind: how many were put in, how many of them were found as it, and what else was found by it."""

    kind: str
    put: int
    found: int
    also: int  # of its kind, about children, classes or reports that carry another error
    false: int  # of its kind, about anything else


def put_errors(ground: Ground, each: int) -> dict[str, list[Subject]]:
    """Errors of every kind, `each` times; what a finding of each must be about."""
    return {kind: [inject(ground) for _ in range(each)] for kind, inject in INJECTIONS.items()}


def score(put: dict[str, list[Subject]], found: list[Found], touched: Callable[[Found], bool]) -> list[Score]:
    """Recall and false alarms; `touched` says whether a finding is about anything that was meddled with."""
    by_kind: dict[str, list[Found]] = defaultdict(list)
    for each in found:
        by_kind[each.check.id].append(each)
    return [_of(kind, put.get(kind, []), by_kind[kind], touched) for kind in sorted({*put, *by_kind})]


def _of(kind: str, subjects: list[Subject], found: list[Found], touched: Callable[[Found], bool]) -> Score:
    hits: Counter[int] = Counter()
    others = []
    for each in found:
        hit = [number for number, subject in enumerate(subjects) if is_about(each, subject)]
        hits.update(hit)
        if not hit:
            others.append(each)
    also = sum(touched(each) for each in others)
    return Score(kind, len(subjects), len(hits), also, len(others) - also)


def is_about(found: Found, subject: Subject) -> bool:
    """Whether a finding names the child, class, report or table."""
    if isinstance(subject, set):
        return any(is_about(found, each) for each in subject)
    ids = {row.id.partition(":")[0] for row in found.rows}
    return subject in (found.child, found.class_group) or str(subject) in ids


def about_any(subjects: set[Subject]) -> Callable[[Found], bool]:
    """Findings about one of these children, classes, reports or tables, or about a sum over them."""

    def touched(found: Found) -> bool:
        if found.check.id in ("COUNTS_DO_NOT_AGREE", "PARTS_DO_NOT_SUM"):
            return True
        return any(is_about(found, each) for each in subjects)

    return touched
