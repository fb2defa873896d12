"""What is counted of a school year, of cohorts, and by household register and age.

More placeholders: %(year_begins)s is 1 September of the school year of the last day, %(year_opens_at)s the
moment it begins and %(before_year_at)s the same a day earlier; %(first_ends_at)s the end of the first day;
%(born_6)s the last birthday of whoever was 6 complete years old on that 1 September, and so on; %(entry)s and
%(final)s the lowest and highest grade of the place that year, %(cohort)s the year less the final grade,
%(counted_on)s the day on which the cohort's intake is counted; %(year)s the year that the school year begins
in; %(year_ago)s the day a year before the last, %(year_ago_ends_at)s its end.
"""

from __future__ import annotations

from notoneless.core.figure_terms import Tally
from notoneless.records.counting_facts import (
    ELSEWHERE_TAUGHT,
    GONE,
    LEAVES,
    ROLLS,
    STAYS,
    Fact,
    changes,
    effective,
    holds_on,
    listed,
    stage_at,
)
from notoneless.records.counting_sources import Source

_YEAR = "CAST(substr(g.school_year, 1, 4) AS integer)"
_IN_YEAR = effective("year_begins", "before_year_at")
_MOVES = "'TRANSFER_IN', 'TRANSFER_OUT'"


def _attending(day: str, gone: str) -> str:
    """Who attended the place's classes on a day."""
    return f"""
SELECT k.child, k.class_group, c.school, c.grade, c.year FROM {STAYS} k JOIN classes c ON c.id = k.class_group
WHERE {holds_on("k", day)} AND NOT EXISTS (SELECT 1 FROM {gone} o WHERE o.child = k.child) AND «resident:k»"""


def _gone(stage: str) -> str:
    return f"SELECT child FROM {stage} WHERE stage IN ({listed(GONE)})"


def _ever_in(grade: int) -> str:
    """That the child was in a class of this grade or a higher one by the last day."""
    return f"""t.child IN (SELECT e.child FROM {STAYS} e JOIN records_classgroup g ON g.id = e.class_group
  WHERE g.grade >= {grade} AND e.from_day <= %(closing)s)"""


def _done(kinds: str) -> str:
    """That a change of one of these kinds was done for the child."""
    return f"""t.child IN (SELECT c.child_id FROM records_changesteptaken d
  JOIN records_enrolmentchange c ON c.id = d.change_id
  WHERE d.step = 'DONE' AND d.at <= %(known)s AND c.from_day <= %(closing)s AND c.kind IN ({kinds}))"""


YEAR_FACTS: dict[str, Fact] = {
    "gone_first": Fact(
        f"SELECT child FROM ({stage_at('first_ends_at')}) s WHERE stage IN ({listed(GONE)})", ("step",)
    ),
    "gone_year_ago": Fact(
        f"SELECT child FROM ({stage_at('year_ago_ends_at')}) s WHERE stage IN ({listed(GONE)})", ("step",)
    ),
    "original": Fact(_attending("first", "gone_first"), ("classes", "gone_first")),
    "year_ago": Fact(_attending("year_ago", "gone_year_ago"), ("classes", "gone_year_ago")),
    "finals": Fact(_attending("closing", "gone_closing"), ("classes", "gone_closing")),
    # Schools of the place whose classes children left in the year.
    "ended": Fact(
        f"""
SELECT DISTINCT k.child, c.school FROM {STAYS} k JOIN classes c ON c.id = k.class_group
WHERE k.from_day <= %(closing)s AND k.until > %(year_begins)s AND k.until <= %(closing)s AND «resident:k»
  AND NOT EXISTS (SELECT 1 FROM attend a WHERE a.child = k.child AND a.school = c.school AND a.seated)""",
        ("classes", "attend"),
    ),
    # Whoever was a pupil of a school of the place in the year, in its last class there, or on its roll.
    "due": Fact(
        f"""
SELECT a.child, a.class_group, a.school, a.closed AS there FROM attend a WHERE a.seated
UNION ALL
SELECT e.child, (
    SELECT k.class_group FROM {STAYS} k JOIN classes c ON c.id = k.class_group
    WHERE k.child = e.child AND c.school = e.school AND k.from_day <= %(closing)s
    ORDER BY k.from_day DESC LIMIT 1), e.school, FALSE FROM ended e
UNION ALL
SELECT DISTINCT r.child, CAST(NULL AS integer), r.school, FALSE FROM {ROLLS} r
WHERE r.from_day <= %(closing)s AND (r.until IS NULL OR r.until > %(year_begins)s)
  AND r.school IN (SELECT id FROM places) AND «whole»
  AND NOT EXISTS (SELECT 1 FROM attend a WHERE a.child = r.child AND a.school = r.school AND a.seated)
  AND NOT EXISTS (SELECT 1 FROM ended e WHERE e.child = r.child AND e.school = r.school)""",
        ("attend", "ended", "places", "classes"),
    ),
    "left_in_year": Fact(changes("c.school_id", LEAVES, _IN_YEAR)),
    "routed_in_year": Fact(
        f"""
SELECT DISTINCT r.child_id AS child FROM records_specialroute r
WHERE r.recorded_at <= %(known)s AND r.kind IN ({listed(ELSEWHERE_TAUGHT)})
  AND r.from_day <= %(closing)s AND (r.until IS NULL OR r.until > %(year_begins)s)"""
    ),
    # Children who were dropouts at some moment of the year, or who are known to have been one ever.
    "dropped": Fact(
        """
SELECT s.child, max(CASE WHEN s.at >= %(year_opens_at)s OR EXISTS (
    SELECT 1 FROM stage_year y WHERE y.child = s.child AND y.stage = 'DROPOUT') THEN 1 ELSE 0 END) AS in_year
FROM standing s WHERE s.stage = 'DROPOUT' AND s.at < %(closes_at)s GROUP BY s.child""",
        ("standing", "stage_year"),
    ),
    "stage_year": Fact(stage_at("year_opens_at"), ("step",)),
    "settled": Fact(
        """
SELECT child, kind FROM (
  SELECT c.child_id AS child, a.kind, row_number() OVER (PARTITION BY c.child_id ORDER BY r.at DESC) AS latest
  FROM records_closeoutreviewed r JOIN records_closeoutasked a ON a.id = r.asked_id
  JOIN records_case c ON c.id = a.case_id
  WHERE r.decision = 'AGREED' AND r.at <= %(known)s AND r.at < %(closes_at)s
) x WHERE latest = 1"""
    ),
    "cohort_class": Fact("SELECT c.* FROM classes c WHERE c.year - c.grade = %(cohort)s", ("classes",)),
    "intake": Fact(
        f"""
SELECT k.child, k.class_group, c.school FROM {STAYS} k JOIN cohort_class c ON c.id = k.class_group
WHERE c.grade = %(entry)s AND {holds_on("k", "counted_on")} AND «resident:k»""",
        ("cohort_class",),
    ),
    "of_cohort": Fact(
        f"""
SELECT child, class_group, school FROM (
  SELECT k.child, k.class_group, c.school,
    row_number() OVER (PARTITION BY k.child ORDER BY k.from_day DESC, k.class_group) AS latest
  FROM {STAYS} k JOIN cohort_class c ON c.id = k.class_group WHERE k.from_day <= %(closing)s AND «resident:k»
) x WHERE latest = 1""",
        ("cohort_class",),
    ),
    # Transfers over the place's border since the intake was counted.
    "crossed": Fact(
        f"""
SELECT c.child_id AS child, CASE WHEN c.receiver_id IN (SELECT id FROM places) THEN 1 ELSE 0 END AS inward
FROM records_changesteptaken d JOIN records_enrolmentchange c ON c.id = d.change_id
WHERE d.step = 'DONE' AND d.at <= %(known)s AND d.at < %(last_begins_at)s AND c.kind IN ({_MOVES})
  AND c.from_day > %(counted_on)s AND c.from_day <= %(closing)s
  AND (coalesce(c.receiver_id, 0) IN (SELECT id FROM places))
   <> (coalesce(c.school_id, 0) IN (SELECT id FROM places))""",
        ("places",),
    ),
    # Who learns otherwise than in a class of the place: elsewhere, by another way, or has finished.
    "learning": Fact(
        f"""
SELECT k.child FROM {STAYS} k WHERE {holds_on("k", "closing")}
  AND k.class_group NOT IN (SELECT c.id FROM classes c)
  AND NOT EXISTS (SELECT 1 FROM gone_closing o WHERE o.child = k.child)
UNION ALL
SELECT r.child_id FROM records_specialroute r
WHERE r.recorded_at <= %(known)s AND r.kind IN ({listed(ELSEWHERE_TAUGHT)}) AND {holds_on("r", "closing")}
  AND NOT EXISTS (SELECT 1 FROM records_specialroute n
                  WHERE n.supersedes_id = r.id AND n.recorded_at <= %(known)s)
UNION ALL
SELECT r.child_id FROM records_onroll r
WHERE r.elsewhere <> '' AND (r.recorded_at IS NULL OR r.recorded_at <= %(known)s)
  AND r.from_day <= %(closing)s
  AND (r.until IS NULL OR r.until > %(closing)s OR r.end_recorded_at > %(known)s)
UNION ALL
SELECT c.child_id FROM records_changesteptaken d JOIN records_enrolmentchange c ON c.id = d.change_id
WHERE d.step = 'DONE' AND d.at <= %(known)s AND c.kind = 'GRADUATION' AND c.from_day <= %(closing)s""",
        ("gone_closing", "classes"),
    ),
}

# The children of the place by where they live; without a known home by where they are taught.
_HOMES = """
SELECT b.id AS child, b.birth_on, b.household, a.class_group, a.school, a.closed
FROM records_child b LEFT JOIN attend a ON a.child = b.id AND a.seated
LEFT JOIN records_residence h ON h.child_id = b.id AND h.from_day <= %(closing)s
  AND (h.until IS NULL OR h.until > %(closing)s)
WHERE b.birth_on <= %(born_6)s AND b.birth_on > %(born_18)s AND «at_home»"""
_LEARNS_OTHERWISE = "t.child IN (SELECT l.child FROM learning l)"
_LEARNS = f"(t.closed OR {_LEARNS_OTHERWISE})"
_BASELINE = f"""
SELECT r.child, s.class_group, r.school FROM {ROLLS} r
LEFT JOIN (SELECT k.child, k.class_group, c.school FROM {STAYS} k JOIN classes c ON c.id = k.class_group
           WHERE {holds_on("k", "year_begins")} AND «resident:k») s
  ON s.child = r.child AND s.school = r.school
WHERE {holds_on("r", "year_begins")} AND r.school IN (SELECT id FROM places)
  AND (s.child IS NOT NULL OR «whole»)"""
_REGULAR = """EXISTS (SELECT 1 FROM left_in_year c WHERE c.child = t.child AND c.school = t.school)
  OR t.child IN (SELECT r.child FROM routed_in_year r)"""
_STILL_ON_ROLL = "EXISTS (SELECT 1 FROM rolled r WHERE r.child = t.child AND r.school = t.school)"
_GUEST = f"(t.child IN (SELECT a.child FROM attend a WHERE a.closed) OR {_LEARNS_OTHERWISE})"
_REGISTERED_ELSEWHERE = "t.child IN (SELECT b.id FROM records_child b WHERE b.household = 'ELSEWHERE_HERE')"
_DROPPED = """
SELECT d.child, p.class_group, p.school, d.in_year, c.stage, s.kind FROM dropped d
JOIN seat p ON p.child = d.child JOIN stage_closing c ON c.child = d.child
LEFT JOIN settled s ON s.child = d.child"""
_ORIGINAL = """
SELECT o.child, o.class_group, o.school, a.child IS NOT NULL AS there FROM original o
LEFT JOIN attend a ON a.child = o.child AND a.school = o.school AND a.closed"""
_CROSSED = """
SELECT o.child, o.class_group, o.school,
  EXISTS (SELECT 1 FROM intake i WHERE i.child = o.child) AS taken_in,
  EXISTS (SELECT 1 FROM attend a JOIN cohort_class c ON c.id = a.class_group
          WHERE a.child = o.child AND a.seated) AS there,
  max(x.inward) AS inward, min(x.inward) AS outward
FROM of_cohort o JOIN crossed x ON x.child = o.child GROUP BY o.child, o.class_group, o.school"""
_PERSUADED = """
SELECT DISTINCT a.child_id AS child, p.class_group, p.school FROM records_actrecord a
JOIN seat p ON p.child = a.child_id
WHERE a.act = 'PERSUADE' AND a.recorded_at <= %(known)s
  AND a.happened_at >= %(opens_at)s AND a.happened_at < %(closes_at)s
  AND NOT EXISTS (SELECT 1 FROM records_actrecord n
                  WHERE n.supersedes_id = a.id AND n.recorded_at <= %(known)s)"""

_DROPOUT_SETTLED = "t.stage = 'CLOSED' AND t.kind"
_HERE = "t.household IN ('HERE_HERE', 'HERE_ELSEWHERE')"
_AGED = "t.birth_on <= %(born_{0})s AND t.birth_on > %(born_{1})s"
_OF_SCHOOL_AGE = _AGED.format(6, 15)
_AGED_15, _AGED_17 = (f"{_HERE} AND {_AGED.format(age, age + 1)}" for age in (15, 17))
_DISABLED = f"""{_OF_SCHOOL_AGE} AND t.child IN (SELECT k.child_id FROM records_inkeygroup k
  WHERE k.recorded_at <= %(known)s AND k."group" = 'DISABLED' AND {holds_on("k", "closing")})"""
_PRIMARY_DONE = f"""{_done("'GRADUATION', 'ADVANCEMENT'")} OR {_ever_in(7)}"""
_JUNIOR_DONE = f"""{_done("'GRADUATION'")} OR {_ever_in(10)}"""

YEAR_SOURCES: tuple[Source, ...] = (
    Source(_PERSUADED, ("seat",), {Tally.PERSUADED: "TRUE"}),
    Source(_BASELINE, ("places", "classes"), {Tally.BASELINE: "TRUE"}),
    Source(
        _DROPPED,
        ("dropped", "seat", "stage_closing", "settled"),
        {
            Tally.EVER_DROPPED: "t.in_year = 1",
            Tally.DATA_ERRORS: f"t.in_year = 1 AND {_DROPOUT_SETTLED} IN ('DATA_ERROR', 'DUPLICATE')",
            Tally.DROPPED_SO_FAR: "TRUE",
            Tally.RETURNED_STEADY: f"(t.stage = 'HELD' OR {_DROPOUT_SETTLED} = 'STABLE_RETURN')",
        },
    ),
    Source(
        "due",
        ("due", "left_in_year", "routed_in_year", "rolled", "learning"),
        {
            Tally.DUE: "TRUE",
            Tally.EVER_LOST: "NOT t.there",
            Tally.NORMAL_CHANGES: f"NOT t.there AND ({_REGULAR})",
            Tally.REGISTERED_ELSEWHERE: _REGISTERED_ELSEWHERE,
            Tally.GUESTS_ELSEWHERE: f"NOT t.there AND {_STILL_ON_ROLL} AND {_GUEST}",
        },
    ),
    Source(_ORIGINAL, ("attend", "original"), {Tally.ORIGINAL: "TRUE", Tally.ORIGINAL_PRESENT: "t.there"}),
    Source("intake", ("intake",), {Tally.INTAKE: "TRUE"}),
    Source(
        "finals",
        ("finals",),
        {
            Tally.FINAL_CLASS: "t.grade = %(final)s AND t.year = %(year)s",
            Tally.YEAR_AFTER: "t.year = %(year)s AND EXISTS (SELECT 1 FROM records_classgroup g "
            f"WHERE g.school_id = t.school AND g.grade = t.grade - 1 AND {_YEAR} = t.year - 1)",
        },
    ),
    Source(
        _CROSSED,
        ("attend", "intake", "of_cohort", "crossed"),
        {
            Tally.COHORT_IN: "NOT t.taken_in AND t.inward = 1",
            Tally.COHORT_OUT: "NOT t.there AND t.outward = 0",
        },
    ),
    Source(
        "year_ago",
        ("year_ago",),
        {
            Tally.YEAR_BEFORE: "t.year = %(year)s - 1 AND EXISTS (SELECT 1 FROM records_classgroup g "
            f"WHERE g.school_id = t.school AND g.grade = t.grade + 1 AND {_YEAR} = t.year + 1)"
        },
    ),
    Source(
        _HOMES,
        ("attend", "places", "rolled", "learning"),
        {
            Tally.SCHOOL_AGE: f"{_HERE} AND {_OF_SCHOOL_AGE}",
            Tally.SCHOOL_AGE_IN_SCHOOL: f"{_HERE} AND {_OF_SCHOOL_AGE} AND {_LEARNS}",
            Tally.AGED_15: _AGED_15,
            Tally.AGED_15_DONE: f"{_AGED_15} AND ({_PRIMARY_DONE})",
            Tally.AGED_17: _AGED_17,
            Tally.AGED_17_DONE: f"{_AGED_17} AND ({_JUNIOR_DONE})",
            Tally.DISABLED: _DISABLED,
            Tally.DISABLED_IN_SCHOOL: f"{_DISABLED} AND {_LEARNS}",
        },
    ),
)
