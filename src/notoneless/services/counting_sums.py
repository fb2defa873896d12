"""分项: a list divided by sex, age, grade, reason or destination; every child is in one part."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from django.db import connection

from notoneless.core.case_terms import CaseReason
from notoneless.core.figure_terms import Destination, SumOver, Tally
from notoneless.core.terms import ChangeKind, RouteKind, Stage
from notoneless.records.counting import GONE, summed_sql
from notoneless.records.counting_facts import STAYS, holds_on, listed
from notoneless.records.dialect import uuid_list
from notoneless.services.counting_asked import Asked, rows
from notoneless.services.counting_returns import COUNTED_IN_SCHOOL_DAYS, returned

# What is held to be the reason, as known then: the last statement.
_REASONS = """(SELECT CAST(r.reasons AS text) FROM records_reasonstated r
  JOIN records_case c ON c.id = r.case_id
  WHERE c.child_id = t.child AND r.at <= %(known)s ORDER BY r.at DESC, r.id LIMIT 1)"""
_STAGE = """(SELECT s.stage FROM records_casechange s JOIN records_case c ON c.id = s.case_id
  WHERE c.child_id = t.child AND s.recorded_at <= %(known)s AND (s.at < %(closes_at)s OR s.event = '')
  ORDER BY s.id DESC LIMIT 1)"""
# How it left, by the last change that was done; a transfer to a school that we keep is no end of it.
_CHANGE = """(SELECT CASE WHEN x.kind IN ('SUSPENSION', 'MOVED_ABROAD', 'DEATH', 'GRADUATION')
    OR x.receiver_id IS NULL AND x.kind IN ('TRANSFER_OUT', 'ADVANCEMENT') THEN x.kind END
  FROM (SELECT c.kind, c.receiver_id FROM records_changesteptaken d
        JOIN records_enrolmentchange c ON c.id = d.change_id
        WHERE c.child_id = t.child AND d.step = 'DONE' AND d.at <= %(known)s AND c.from_day <= %(closing)s
        ORDER BY d.at DESC LIMIT 1) x)"""
_ROUTE = f"""(SELECT r.kind FROM records_specialroute r
  WHERE r.child_id = t.child AND r.recorded_at <= %(known)s AND {holds_on("r", "closing")}
    AND r.kind <> 'INCLUSIVE_PLACEMENT' AND NOT EXISTS (
      SELECT 1 FROM records_specialroute n WHERE n.supersedes_id = r.id AND n.recorded_at <= %(known)s)
  LIMIT 1)"""
_IN_CLASS = f"EXISTS (SELECT 1 FROM {STAYS} k WHERE k.child = t.child AND {holds_on('k', 'closing')})"
_WHERE_TO = f"""CASE WHEN {_IN_CLASS} AND coalesce({_STAGE}, '') NOT IN ({listed(GONE)}) THEN 'AT_SCHOOL'
  ELSE coalesce({_CHANGE}, {_ROUTE}, CASE {_STAGE} WHEN 'ENROLLED_ELSEWHERE' THEN 'ENROLLED_ELSEWHERE' END,
    {_REASONS}) END"""

_DESTINATIONS: dict[str, Destination] = {
    "AT_SCHOOL": Destination.AT_SCHOOL,
    ChangeKind.SUSPENSION.value: Destination.SUSPENDED,
    ChangeKind.MOVED_ABROAD.value: Destination.ABROAD,
    ChangeKind.DEATH.value: Destination.DIED,
    ChangeKind.GRADUATION.value: Destination.GRADUATED,
    ChangeKind.ADVANCEMENT.value: Destination.GRADUATED,
    ChangeKind.TRANSFER_OUT.value: Destination.TRANSFERRED,
    RouteKind.HOME_TUITION.value: Destination.TAUGHT_OTHERWISE,
    RouteKind.SPECIAL_SCHOOL.value: Destination.TAUGHT_OTHERWISE,
    RouteKind.SPECIALISED_SCHOOL.value: Destination.TAUGHT_OTHERWISE,
    RouteKind.DEFERRED_ENTRY.value: Destination.DEFERRED,
    Stage.ENROLLED_ELSEWHERE.value: Destination.SAID_ELSEWHERE,
}
# What the stated reasons tell of where a child is, the first of them that is among these.
_OF_REASON = {
    CaseReason.WORKING.value: Destination.WORKING,
    CaseReason.LOST_CONTACT.value: Destination.LOST_CONTACT,
    CaseReason.MOVED.value: Destination.MOVED_AWAY,
}


class _Way(NamedTuple):
    """How a list is divided: what is read of each child, and the code of its part."""

    column: str
    joins: str
    code: Callable[[Asked, Any], str]


def sums(asked: Asked, tally: Tally, over: SumOver) -> dict[str, int]:
    """How many of a tally's children are in each part, by code; "" where it is not known.

    Ages are complete years on 1 September of the school year of the last day.
    """
    way, found, more = _WAYS[over], Counter[str](), {}
    if tally in COUNTED_IN_SCHOOL_DAYS:
        children = [each.child for each in returned(asked)[tally]]
        more["listed"] = uuid_list(children, connection.vendor)
    for value, number in rows(summed_sql(tally, way.column, way.joins), asked, **more):
        found[way.code(asked, value)] += number
    return dict(found)


def _as_it_is(_: Asked, value: Any) -> str:
    return "" if value is None else str(value)


def _age(asked: Asked, birth_on: date | str | None) -> str:
    if birth_on is None:
        return ""
    born = date.fromisoformat(birth_on) if isinstance(birth_on, str) else birth_on
    return str(asked.year - born.year - ((born.month, born.day) > (9, 1)))


def _reason(_: Asked, stated: str | None) -> str:
    reasons = json.loads(stated) if stated else []
    return str(reasons[0]) if reasons else CaseReason.UNKNOWN.value


def _destination(_: Asked, told: str | None) -> str:
    if told in _DESTINATIONS:
        return _DESTINATIONS[told].value
    reasons = json.loads(told) if told else []
    telling = (_OF_REASON[each] for each in reasons if each in _OF_REASON)
    return next(telling, Destination.UNKNOWN).value


_CHILD = "JOIN records_child b ON b.id = t.child"
_WAYS: dict[SumOver, _Way] = {
    SumOver.SEX: _Way("b.sex", _CHILD, _as_it_is),
    SumOver.AGE: _Way("b.birth_on", _CHILD, _age),
    SumOver.GRADE: _Way("g.grade", "LEFT JOIN records_classgroup g ON g.id = t.class_group", _as_it_is),
    SumOver.REASON: _Way(_REASONS, "", _reason),
    SumOver.DESTINATION: _Way(_WHERE_TO, "", _destination),
}
