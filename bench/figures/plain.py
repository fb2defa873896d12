"""The same numbers by hand-written SQL, as somebody would ask the tables for just this month; one county."""

from __future__ import annotations

# Stays and stages as known at %(known)s; the day before, the last day, and the ends of both.
_KNOWN = """
WITH stay AS MATERIALIZED (
  SELECT e.child_id, e.class_group_id, g.school_id, g.grade, e.from_day,
    CASE WHEN e.end_recorded_at > %(known)s THEN NULL ELSE e.until END AS until
  FROM records_enrolment e JOIN records_classgroup g ON g.id = e.class_group_id
  WHERE (e.recorded_at IS NULL OR e.recorded_at <= %(known)s) AND e.from_day <= %(closing)s
    AND (e.until IS NULL OR e.until > %(opening)s OR e.end_recorded_at > %(known)s)),
stage_before AS (
  SELECT DISTINCT ON (s.case_id) c.child_id, s.stage FROM records_casechange s
  JOIN records_case c ON c.id = s.case_id
  WHERE s.recorded_at <= %(known)s AND (s.at < %(opens_at)s OR s.event = '') ORDER BY s.case_id, s.id DESC),
stage_after AS (
  SELECT DISTINCT ON (s.case_id) c.child_id, s.stage FROM records_casechange s
  JOIN records_case c ON c.id = s.case_id
  WHERE s.recorded_at <= %(known)s AND (s.at < %(closes_at)s OR s.event = '') ORDER BY s.case_id, s.id DESC),
gone_before AS (SELECT child_id FROM stage_before
  WHERE stage IN ('SUSPECTED_DROPOUT', 'DROPOUT', 'NEVER_ENROLLED', 'ENROLLED_ELSEWHERE')),
gone_after AS (SELECT child_id FROM stage_after
  WHERE stage IN ('SUSPECTED_DROPOUT', 'DROPOUT', 'NEVER_ENROLLED', 'ENROLLED_ELSEWHERE')),
o AS MATERIALIZED (SELECT child_id, class_group_id, school_id FROM stay
  WHERE from_day <= %(opening)s AND (until IS NULL OR until > %(opening)s)
    AND child_id NOT IN (SELECT child_id FROM gone_before)),
c AS MATERIALIZED (SELECT child_id, class_group_id, school_id, grade FROM stay
  WHERE from_day <= %(closing)s AND (until IS NULL OR until > %(closing)s)
    AND child_id NOT IN (SELECT child_id FROM gone_after))"""

STOCKS = f"""{_KNOWN},
rolled AS MATERIALIZED (SELECT child_id, school_id FROM records_onroll
  WHERE (recorded_at IS NULL OR recorded_at <= %(known)s) AND from_day <= %(closing)s
    AND (until IS NULL OR until > %(closing)s OR end_recorded_at > %(known)s))
SELECT 'OPENING', school_id, count(*) FROM o GROUP BY 2
UNION ALL SELECT 'CLOSING', school_id, count(*) FROM c GROUP BY 2
UNION ALL SELECT 'ON_ROLL', school_id, count(*) FROM rolled GROUP BY 2
UNION ALL SELECT CASE WHEN c.child_id IS NULL THEN 'ON_ROLL_AWAY' ELSE 'ON_ROLL_ATTENDING' END,
  r.school_id, count(*) FROM rolled r LEFT JOIN c ON c.child_id = r.child_id GROUP BY 1, 2
UNION ALL SELECT 'ATTENDING_OFF_ROLL', c.school_id, count(*) FROM c
  LEFT JOIN rolled r ON r.child_id = c.child_id WHERE r.child_id IS NULL GROUP BY 2"""

MOVEMENTS = f"""{_KNOWN},
done AS (SELECT DISTINCT ON (e.child_id) e.child_id, e.kind FROM records_changesteptaken d
  JOIN records_enrolmentchange e ON e.id = d.change_id
  WHERE d.step = 'DONE' AND d.at <= %(known)s AND e.from_day BETWEEN %(first)s AND %(closing)s
  ORDER BY e.child_id, d.at DESC)
SELECT CASE WHEN o.school_id = c.school_id THEN 'CLASS_IN' WHEN o.child_id IS NOT NULL THEN 'TRANSFERRED_IN'
    WHEN b.child_id IS NOT NULL THEN 'RETURNED' WHEN d.kind = 'RESUMPTION' THEN 'RESUMED'
    ELSE 'OTHER_IN' END, c.school_id, count(*)
FROM c LEFT JOIN o ON o.child_id = c.child_id LEFT JOIN done d ON d.child_id = c.child_id
LEFT JOIN gone_before b ON b.child_id = c.child_id
WHERE o.child_id IS NULL OR o.class_group_id <> c.class_group_id GROUP BY 1, 2
UNION ALL
SELECT CASE WHEN o.school_id = c.school_id THEN 'CLASS_OUT' WHEN c.child_id IS NOT NULL THEN 'TRANSFERRED_OUT'
    WHEN a.stage = 'SUSPECTED_DROPOUT' THEN 'MARKED_SUSPECTED' WHEN a.stage = 'DROPOUT' THEN 'MARKED_DROPOUT'
    WHEN a.stage = 'ENROLLED_ELSEWHERE' THEN 'MARKED_ELSEWHERE'
    WHEN d.kind = 'SUSPENSION' THEN 'SUSPENDED' WHEN d.kind = 'DEATH' THEN 'DIED'
    WHEN d.kind IN ('TRANSFER_OUT', 'TRANSFER_IN') THEN 'TRANSFERRED_OUT'
    ELSE 'OTHER_OUT' END, o.school_id, count(*)
FROM o LEFT JOIN c ON c.child_id = o.child_id LEFT JOIN done d ON d.child_id = o.child_id
LEFT JOIN stage_after a ON a.child_id = o.child_id
WHERE c.child_id IS NULL OR o.class_group_id <> c.class_group_id GROUP BY 1, 2"""

CASES = f"""{_KNOWN},
seat AS MATERIALIZED (SELECT k.id AS case_id, k.child_id, s.school_id FROM records_case k
  JOIN stay s ON s.child_id = k.child_id
  WHERE s.from_day <= %(closing)s AND (s.until IS NULL OR s.until > %(closing)s)
  UNION ALL
  SELECT k.id, k.child_id, r.school_id FROM records_case k JOIN records_onroll r ON r.child_id = k.child_id
  WHERE r.from_day <= %(closing)s AND (r.until IS NULL OR r.until > %(closing)s)
    AND NOT EXISTS (SELECT 1 FROM stay s WHERE s.child_id = k.child_id
                    AND s.from_day <= %(closing)s AND (s.until IS NULL OR s.until > %(closing)s)))
SELECT CASE a.stage WHEN 'SUSPECTED_DROPOUT' THEN 'SUSPECTED' WHEN 'DROPOUT' THEN 'DROPOUTS'
    WHEN 'ENROLLED_ELSEWHERE' THEN 'ELSEWHERE' ELSE a.stage END, s.school_id, count(*)
FROM stage_after a JOIN seat s ON s.child_id = a.child_id WHERE a.stage NOT IN ('CLOSED', 'ATTENDING')
GROUP BY 1, 2
UNION ALL
SELECT CASE x.stage WHEN 'SUSPECTED_DROPOUT' THEN 'NEW_SUSPECTED' WHEN 'DROPOUT' THEN 'NEW_DROPOUTS'
    WHEN 'BACK' THEN 'CAME_BACK' ELSE 'CLOSED_OUT' END, s.school_id, count(DISTINCT s.child_id)
FROM records_casechange x JOIN seat s ON s.case_id = x.case_id
WHERE x.recorded_at <= %(known)s AND x.at >= %(opens_at)s AND x.at < %(closes_at)s
  AND x.stage IN ('SUSPECTED_DROPOUT', 'DROPOUT', 'BACK', 'CLOSED') AND x.event <> ''
  AND NOT EXISTS (SELECT 1 FROM records_casechange y WHERE y.case_id = x.case_id AND y.id > x.id
    AND y.recorded_at <= %(known)s AND (y.event = '' OR y.at < x.at))
GROUP BY 1, 2
UNION ALL
SELECT 'PERSUADED', s.school_id, count(DISTINCT s.child_id) FROM records_actrecord a
JOIN seat s ON s.child_id = a.child_id
WHERE a.act = 'PERSUADE' AND a.recorded_at <= %(known)s
  AND a.happened_at >= %(opens_at)s AND a.happened_at < %(closes_at)s
  AND NOT EXISTS (SELECT 1 FROM records_actrecord n
                  WHERE n.supersedes_id = a.id AND n.recorded_at <= %(known)s)
GROUP BY 2"""

MONTH = (STOCKS, MOVEMENTS, CASES)

CHILDREN = """
WITH stage_after AS (
  SELECT DISTINCT ON (s.case_id) c.child_id, s.stage FROM records_casechange s
  JOIN records_case c ON c.id = s.case_id
  WHERE s.recorded_at <= %(known)s AND (s.at < %(closes_at)s OR s.event = '') ORDER BY s.case_id, s.id DESC),
days AS (
  SELECT child_id, day, bool_or(status = 'ABSENT') AS absent, bool_or(status = 'LEAVE') AS on_leave,
    bool_or(status = 'LATE') AS late, bool_or(status = 'UNRECORDED') AS unknown
  FROM records_attendancemark m
  WHERE day BETWEEN %(first)s AND %(closing)s AND recorded_at <= %(known)s AND speaks
    AND NOT EXISTS (SELECT 1 FROM records_attendancemark n WHERE n.supersedes_id = m.id
                    AND n.supersedes_id IS NOT NULL AND n.day BETWEEN %(first)s AND %(closing)s
                    AND n.recorded_at <= %(known)s)
  GROUP BY child_id, day),
stay AS MATERIALIZED (
  SELECT e.child_id, e.class_group_id, g.school_id, e.from_day,
    CASE WHEN e.end_recorded_at > %(known)s THEN NULL ELSE e.until END AS until
  FROM records_enrolment e JOIN records_classgroup g ON g.id = e.class_group_id
  WHERE (e.recorded_at IS NULL OR e.recorded_at <= %(known)s) AND e.from_day <= %(closing)s
    AND (e.until IS NULL OR e.until > %(first)s OR e.end_recorded_at > %(known)s)),
marks AS (
  SELECT d.child_id, s.class_group_id, count(*) FILTER (WHERE absent) AS absent,
    count(*) FILTER (WHERE on_leave) AS on_leave, count(*) FILTER (WHERE late) AS late,
    count(*) FILTER (WHERE unknown) AS unknown
  FROM days d JOIN stay s ON s.child_id = d.child_id AND s.from_day <= d.day
    AND (s.until IS NULL OR s.until > d.day)
  GROUP BY 1, 2),
calls AS (SELECT class_group_id, count(*) AS taken FROM records_rollcall
  WHERE day BETWEEN %(first)s AND %(closing)s AND recorded_at <= %(known)s AND standing GROUP BY 1),
overdue AS (SELECT child_id, count(*) AS overdue FROM records_obligation
  WHERE opened_at <= %(known)s AND due_at < %(as_of)s AND (met_at IS NULL OR met_at >= %(as_of)s)
    AND (withdrawn_at IS NULL OR withdrawn_at >= %(as_of)s) GROUP BY 1)
SELECT s.child_id, s.class_group_id, s.school_id, coalesce(m.absent, 0), coalesce(m.on_leave, 0),
  coalesce(m.late, 0), coalesce(m.unknown, 0),
  CASE WHEN s.from_day <= %(first)s AND s.until IS NULL THEN coalesce(k.taken, 0) ELSE (
    SELECT count(*) FROM records_rollcall r WHERE r.class_group_id = s.class_group_id AND r.standing
      AND r.day BETWEEN %(first)s AND %(closing)s AND r.recorded_at <= %(known)s
      AND r.day >= s.from_day AND (s.until IS NULL OR r.day < s.until)) END,
  a.stage, coalesce(o.overdue, 0)
FROM stay s LEFT JOIN marks m ON m.child_id = s.child_id AND m.class_group_id = s.class_group_id
LEFT JOIN calls k ON k.class_group_id = s.class_group_id
LEFT JOIN stage_after a ON a.child_id = s.child_id LEFT JOIN overdue o ON o.child_id = s.child_id
ORDER BY s.school_id, s.class_group_id"""
