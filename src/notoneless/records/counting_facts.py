"""The facts that counts rest on, each a named part of one statement, all as known at one moment.

Placeholders: %(known)s is that moment; %(opening)s the day before the first, %(first)s and %(closing)s the
first and the last day; %(opens_at)s and %(closes_at)s the moments at which the one begins and the other ends.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from notoneless.core.stages import GRAVE
from notoneless.core.terms import RouteKind, Stage, Term

# Whoever is held to have left does not attend, though the class has not let the child go.
GONE = (*GRAVE, Stage.ENROLLED_ELSEWHERE)
# Who is taught elsewhere sits in no class.
ELSEWHERE_TAUGHT = (RouteKind.HOME_TUITION, RouteKind.SPECIALISED_SCHOOL, RouteKind.SPECIAL_SCHOOL)


class Fact(NamedTuple):
    """A part of the statement, and the parts it reads."""

    sql: str
    needs: tuple[str, ...] = ()


def listed(terms: Iterable[Term]) -> str:
    """ "'A', 'B'": codes for IN (…)."""
    return ", ".join(f"'{each.value}'" for each in terms)


def holds_on(alias: str, day: str) -> str:
    """That a row with `from_day` and `until` holds on the day of a parameter."""
    return f"{alias}.from_day <= %({day})s AND ({alias}.until IS NULL OR {alias}.until > %({day})s)"


def _spans(table: str, of: str, retracted_of: str) -> str:
    """Spans as known: ends not yet learned of left out, what was written and never was put back."""
    return f"""(
  SELECT e.child_id AS child, e.{of} AS {retracted_of}, e.from_day,
    CASE WHEN e.end_recorded_at > %(known)s THEN NULL ELSE e.until END AS until
  FROM {table} e WHERE e.{of} IS NOT NULL AND (e.recorded_at IS NULL OR e.recorded_at <= %(known)s)
  UNION ALL
  SELECT w.child_id, w.{of}, w.from_day, CAST(NULL AS date) FROM records_stayretracted w
  WHERE w.{of} IS NOT NULL AND w.retracted_at > %(known)s
    AND (w.recorded_at IS NULL OR w.recorded_at <= %(known)s)
)"""


# Stays in classes and on rolls, each row child, class_group or school, from_day, until.
STAYS = _spans("records_enrolment", "class_group_id", "class_group")
ROLLS = _spans("records_onroll", "school_id", "school")


# A change whose first day lies in the period: as asked, but not before the day after it was done. A death
# holds from its day.
def effective(since: str, day_before_begins_at: str) -> str:
    """That change `c`, done by step `d`, took effect from the day `since` to the last day."""
    return f"""(
  c.kind = 'DEATH' AND c.from_day >= %({since})s AND c.from_day <= %(closing)s
  OR c.kind <> 'DEATH' AND c.from_day <= %(closing)s AND d.at < %(last_begins_at)s
    AND (c.from_day >= %({since})s OR d.at >= %({day_before_begins_at})s)
)"""


def changes(side: str, kinds: str, when: str) -> str:
    """The last change done by which a child came to, or left, a school."""
    return f"""
SELECT child, school, kind FROM (
  SELECT c.child_id AS child, {side} AS school, c.kind,
    row_number() OVER (PARTITION BY c.child_id, {side} ORDER BY d.at DESC, c.id) AS latest
  FROM records_changesteptaken d JOIN records_enrolmentchange c ON c.id = d.change_id
  WHERE d.step = 'DONE' AND d.at <= %(known)s AND {when} AND c.kind IN ({kinds})
) x WHERE latest = 1"""


_MARKED = (
    "CASE s.stage WHEN 'SUSPECTED_DROPOUT' THEN 'MARKED_SUSPECTED' WHEN 'DROPOUT' THEN 'MARKED_DROPOUT' "
    "WHEN 'ENROLLED_ELSEWHERE' THEN 'MARKED_ELSEWHERE' ELSE 'OTHER_OUT' END"
)
_COMES = "'TRANSFER_IN', 'TRANSFER_OUT', 'ADVANCEMENT', 'RESUMPTION'"
LEAVES = "'TRANSFER_IN', 'TRANSFER_OUT', 'ADVANCEMENT', 'SUSPENSION', 'MOVED_ABROAD', 'DEATH', 'GRADUATION'"
_TO = "CASE WHEN c.kind = 'RESUMPTION' THEN c.school_id ELSE c.receiver_id END"


def stage_at(moment: str) -> str:
    """Where each case stood: a step taken back holds for all time, any other from its moment on."""
    return f"""
SELECT s.child, s.stage FROM step s
JOIN (SELECT max(id) AS id FROM step WHERE at < %({moment})s OR event = '' GROUP BY child) m ON m.id = s.id"""


def _with_class(of: str, day: str, gone: str) -> str:
    """Where each of the children attended on a day, wherever that is."""
    return f"""
SELECT DISTINCT m.child, g.school_id AS school FROM {of} m
JOIN {STAYS} k ON k.child = m.child
JOIN records_classgroup g ON g.id = k.class_group
WHERE {holds_on("k", day)} AND NOT EXISTS (SELECT 1 FROM {gone} x WHERE x.child = m.child)"""


def _moved(this: str, that: str) -> str:
    """Who is in a class on the one day and was not in it on the other."""
    return f"""
SELECT DISTINCT a.child, a.class_group, a.school, a.grade FROM attend a
WHERE a.{this} AND NOT a.{that} AND NOT EXISTS (
  SELECT 1 FROM attend b WHERE b.child = a.child AND b.class_group = a.class_group AND b.{that})"""


FACTS: dict[str, Fact] = {
    "places": Fact("SELECT p.id FROM records_place p WHERE p.path LIKE %(path)s"),
    "classes": Fact(
        "SELECT g.id, g.school_id AS school, g.grade, "
        "CAST(substr(g.school_year, 1, 4) AS integer) AS year FROM records_classgroup g "
        "WHERE g.school_id IN (SELECT id FROM places) AND «within»",
        ("places",),
    ),
    "step": Fact(
        "SELECT s.id, s.case_id, c.child_id AS child, s.at, s.recorded_at, s.event, s.stage "
        "FROM records_casechange s JOIN records_case c ON c.id = s.case_id WHERE s.recorded_at <= %(known)s"
    ),
    "stage_opening": Fact(stage_at("opens_at"), ("step",)),
    "stage_closing": Fact(stage_at("closes_at"), ("step",)),
    "gone_opening": Fact(
        f"SELECT child FROM stage_opening WHERE stage IN ({listed(GONE)})", ("stage_opening",)
    ),
    "gone_closing": Fact(
        f"SELECT child FROM stage_closing WHERE stage IN ({listed(GONE)})", ("stage_closing",)
    ),
    # Steps that still stand: none later says that they never were, or begins before them.
    "standing": Fact(
        """
SELECT s.* FROM step s WHERE s.event <> '' AND NOT EXISTS (
  SELECT 1 FROM records_casechange y
  WHERE y.case_id = s.case_id AND y.id > s.id AND y.recorded_at <= %(known)s
    AND (y.event = '' OR y.at < s.at OR y.at = s.at AND y.recorded_at > s.recorded_at))""",
        ("step",),
    ),
    # Stays in the place's classes that touch the day before the period or its last day.
    "attend": Fact(
        f"""
SELECT k.child, k.class_group, c.school, c.grade,
  ({holds_on("k", "closing")}) AS seated,
  ({holds_on("k", "opening")}) AND o.child IS NULL AS opened,
  ({holds_on("k", "closing")}) AND g.child IS NULL AS closed
FROM {STAYS} k JOIN classes c ON c.id = k.class_group
LEFT JOIN gone_opening o ON o.child = k.child LEFT JOIN gone_closing g ON g.child = k.child
WHERE (({holds_on("k", "closing")}) OR ({holds_on("k", "opening")})) AND «resident:k»""",
        ("classes", "gone_opening", "gone_closing"),
    ),
    "rolled": Fact(
        f"SELECT r.child, r.school FROM {ROLLS} r "
        f"WHERE {holds_on('r', 'closing')} AND r.school IN (SELECT id FROM places) AND «rolled:r»",
        ("places", "attend"),
    ),
    # The class of each child with a case on the last day, looked up child by child: they are few.
    "stay": Fact(
        f"""
SELECT u.child, (SELECT k.class_group FROM {STAYS} k WHERE k.child = u.child AND {holds_on("k", "closing")}
  LIMIT 1) AS class_group FROM (SELECT DISTINCT child FROM step) u""",
        ("step",),
    ),
    # The place of a child with a case: its class; of one in no class anywhere, the school whose roll it is on
    # or whose class it was in last, or that is to take it in; else the village it lives in.
    "seat": Fact(
        f"""
SELECT k.child, k.class_group, c.school FROM stay k JOIN classes c ON c.id = k.class_group
WHERE «resident:k»
UNION ALL
SELECT w.child, CAST(NULL AS integer), w.school FROM (
  SELECT v.child, coalesce(
    (SELECT r.school FROM {ROLLS} r WHERE r.child = v.child AND {holds_on("r", "closing")} LIMIT 1),
    (SELECT g.school_id FROM {STAYS} k JOIN records_classgroup g ON g.id = k.class_group
     WHERE k.child = v.child AND k.from_day <= %(closing)s ORDER BY k.from_day DESC LIMIT 1),
    (SELECT n.place_id FROM records_eventrecord n WHERE n.child_id = v.child AND n.kind = 'NEVER_ENROLLED'
     AND n.recorded_at <= %(known)s ORDER BY n.recorded_at DESC, n.id LIMIT 1)
    ) AS school
  FROM stay v WHERE v.class_group IS NULL
) w
WHERE «unseated:w» AND «resident:w»""",
        ("stay", "classes", "places"),
    ),
    "came": Fact(_moved("closed", "opened"), ("attend",)),
    "went": Fact(_moved("opened", "closed"), ("attend",)),
    "before": Fact(_with_class("came", "opening", "gone_opening"), ("came", "gone_opening")),
    "after": Fact(_with_class("went", "closing", "gone_closing"), ("went", "gone_closing")),
    "change_in": Fact(changes(_TO, _COMES, effective("first", "opening_begins_at"))),
    "change_out": Fact(changes("c.school_id", LEAVES, effective("first", "opening_begins_at"))),
    "route_over": Fact(
        """
SELECT r.child_id AS child, min(CASE WHEN r.kind = 'DEFERRED_ENTRY' THEN 0 ELSE 1 END) AS taught
FROM records_specialroute r WHERE r.recorded_at <= %(known)s
  AND r.until >= %(first)s AND r.until <= %(closing)s AND r.kind <> 'INCLUSIVE_PLACEMENT'
  AND NOT EXISTS (SELECT 1 FROM records_specialroute n
                  WHERE n.supersedes_id = r.id AND n.recorded_at <= %(known)s)
GROUP BY r.child_id"""
    ),
    "route_begun": Fact(
        f"""
SELECT DISTINCT r.child_id AS child FROM records_specialroute r
WHERE r.recorded_at <= %(known)s AND r.kind IN ({listed(ELSEWHERE_TAUGHT)})
  AND r.from_day <= %(closing)s AND r.recorded_at < %(last_begins_at)s
  AND (r.from_day >= %(first)s OR r.recorded_at >= %(opening_begins_at)s)"""
    ),
    "moved_in": Fact(
        f"""
SELECT m.child, m.class_group, m.school, CASE
  WHEN EXISTS (SELECT 1 FROM before b WHERE b.child = m.child AND b.school = m.school) THEN 'CLASS_IN'
  WHEN EXISTS (SELECT 1 FROM before b WHERE b.child = m.child)
    THEN CASE WHEN c.kind = 'ADVANCEMENT' THEN 'ENTERED' ELSE 'TRANSFERRED_IN' END
  WHEN EXISTS (SELECT 1 FROM gone_opening o WHERE o.child = m.child)
   AND EXISTS (SELECT 1 FROM standing s WHERE s.child = m.child AND s.stage = 'BACK'
               AND s.at >= %(opens_at)s AND s.at < %(closes_at)s) THEN 'RETURNED'
  WHEN c.kind IN ('TRANSFER_IN', 'TRANSFER_OUT') THEN 'TRANSFERRED_IN'
  WHEN c.kind = 'RESUMPTION' THEN 'RESUMED'
  WHEN c.kind = 'ADVANCEMENT' OR r.taught = 0 THEN 'ENTERED'
  WHEN r.taught = 1 THEN 'RESUMED'
  WHEN m.grade IN (1, 7) AND NOT EXISTS (
    SELECT 1 FROM {STAYS} k WHERE k.child = m.child AND k.from_day < %(first)s) THEN 'ENTERED'
  ELSE 'OTHER_IN' END AS tally
FROM came m
LEFT JOIN change_in c ON c.child = m.child AND c.school = m.school
LEFT JOIN route_over r ON r.child = m.child""",
        ("came", "before", "gone_opening", "standing", "change_in", "route_over"),
    ),
    "moved_out": Fact(
        f"""
SELECT m.child, m.class_group, m.school, CASE
  WHEN EXISTS (SELECT 1 FROM after b WHERE b.child = m.child AND b.school = m.school) THEN 'CLASS_OUT'
  WHEN EXISTS (SELECT 1 FROM after b WHERE b.child = m.child)
    THEN CASE WHEN c.kind = 'ADVANCEMENT' THEN 'GRADUATED' ELSE 'TRANSFERRED_OUT' END
  WHEN s.stage IN ({listed(GONE)}) AND EXISTS (SELECT 1 FROM {STAYS} k WHERE k.child = m.child
    AND {holds_on("k", "closing")}) THEN {_MARKED}
  WHEN c.kind = 'DEATH' THEN 'DIED'
  WHEN c.kind = 'MOVED_ABROAD' THEN 'MOVED_ABROAD'
  WHEN c.kind = 'SUSPENSION' THEN 'SUSPENDED'
  WHEN c.kind IN ('GRADUATION', 'ADVANCEMENT') THEN 'GRADUATED'
  WHEN c.kind IN ('TRANSFER_IN', 'TRANSFER_OUT') THEN 'TRANSFERRED_OUT'
  WHEN EXISTS (SELECT 1 FROM route_begun r WHERE r.child = m.child) THEN 'ROUTED'
  WHEN s.stage IN ({listed(GONE)}) THEN {_MARKED}
  ELSE 'OTHER_OUT' END AS tally
FROM went m
LEFT JOIN change_out c ON c.child = m.child AND c.school = m.school
LEFT JOIN stage_closing s ON s.child = m.child""",
        ("went", "after", "change_out", "route_begun", "stage_closing"),
    ),
}
