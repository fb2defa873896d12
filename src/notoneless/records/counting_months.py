"""Every child's days of a period in one statement: marks, roll calls taken, stage, what is overdue."""

from __future__ import annotations

from notoneless.records.counting import with_facts
from notoneless.records.counting_facts import STAYS, Fact

_STAYED = f"""
SELECT k.child, k.class_group, c.school, k.from_day, k.until
FROM {STAYS} k JOIN classes c ON c.id = k.class_group
WHERE k.from_day <= %(closing)s AND (k.until IS NULL OR k.until > %(first)s) AND «resident:k»"""
# What the last word on each session says, as known then, by the class in which the child was that day.
_MARKS = """
SELECT d.child, s.class_group, sum(d.absent) AS absent, sum(d.on_leave) AS on_leave, sum(d.late) AS late,
  sum(d.unknown) AS unknown FROM (
  SELECT m.child_id AS child, m.day,
    max(CASE m.status WHEN 'ABSENT' THEN 1 ELSE 0 END) AS absent,
    max(CASE m.status WHEN 'LEAVE' THEN 1 ELSE 0 END) AS on_leave,
    max(CASE m.status WHEN 'LATE' THEN 1 ELSE 0 END) AS late,
    max(CASE m.status WHEN 'UNRECORDED' THEN 1 ELSE 0 END) AS unknown
  FROM records_attendancemark m
  WHERE m.day >= %(first)s AND m.day <= %(closing)s AND m.recorded_at <= %(known)s AND m.speaks
    AND NOT EXISTS (SELECT 1 FROM records_attendancemark n
                    WHERE n.supersedes_id = m.id AND n.day >= %(first)s AND n.day <= %(closing)s
                      AND n.supersedes_id IS NOT NULL AND n.recorded_at <= %(known)s)
  GROUP BY m.child_id, m.day
) d JOIN stayed s ON s.child = d.child AND s.from_day <= d.day AND (s.until IS NULL OR s.until > d.day)
GROUP BY d.child, s.class_group"""
_CALLS = """
SELECT r.class_group_id AS class_group, count(*) AS taken FROM records_rollcall r
WHERE r.day >= %(first)s AND r.day <= %(closing)s AND r.recorded_at <= %(known)s AND r.standing
GROUP BY r.class_group_id"""
# Of a child that came or went within the period, the roll calls while it was in the class.
_SOME_CALLS = """
(SELECT count(*) FROM records_rollcall r WHERE r.class_group_id = s.class_group AND r.standing
   AND r.day >= %(first)s AND r.day <= %(closing)s AND r.recorded_at <= %(known)s
   AND r.day >= s.from_day AND (s.until IS NULL OR r.day < s.until))"""
_OVERDUE = """
SELECT o.child_id AS child, count(*) AS overdue FROM records_obligation o
WHERE o.child_id IS NOT NULL AND o.opened_at <= %(known)s AND o.due_at < %(as_of)s
  AND (o.met_at IS NULL OR o.met_at >= %(as_of)s) AND (o.withdrawn_at IS NULL OR o.withdrawn_at >= %(as_of)s)
GROUP BY o.child_id"""


MONTH_FACTS = {"stayed": Fact(_STAYED, ("classes",))}


def months_sql() -> str:
    """Rows child, class_group, school, days absent, leave, late, unrecorded, sessions, stage, overdue.

    One for each class in which a child was. One more parameter: %(as_of)s is the end of the period, or the
    moment as known at if that is sooner.
    """
    return f"""{with_facts(("stayed", "stage_closing"), MONTH_FACTS)}
SELECT s.child, s.class_group, s.school, coalesce(m.absent, 0), coalesce(m.on_leave, 0), coalesce(m.late, 0),
  coalesce(m.unknown, 0),
  CASE WHEN s.from_day <= %(first)s AND s.until IS NULL THEN coalesce(r.taken, 0) ELSE {_SOME_CALLS} END,
  g.stage, coalesce(o.overdue, 0)
FROM stayed s
LEFT JOIN ({_MARKS}) m ON m.child = s.child AND m.class_group = s.class_group
LEFT JOIN ({_CALLS}) r ON r.class_group = s.class_group
LEFT JOIN stage_closing g ON g.child = s.child
LEFT JOIN ({_OVERDUE}) o ON o.child = s.child
ORDER BY s.school, s.class_group"""
