"""What is counted, as SQL: every tally is a condition on one of a few sources, and all share what they read.

A source gives children with the class and the school they are counted in; a count and its list are made from
the same source and the same condition, so that they cannot differ. Only what a question needs is read.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache

from notoneless.core.figure_terms import Tally
from notoneless.core.terms import PlaceKind
from notoneless.records.counting_facts import FACTS, GONE, Fact, holds_on
from notoneless.records.counting_sources import SOURCES as PERIOD_SOURCES
from notoneless.records.counting_sources import Source
from notoneless.records.counting_years import YEAR_FACTS, YEAR_SOURCES

__all__ = [
    "COUNTED",
    "GONE",
    "counts_sql",
    "lines_sql",
    "listed_sql",
    "packed_sql",
    "steps_sql",
    "summed_sql",
    "within",
]

SOURCES = (*PERIOD_SOURCES, *YEAR_SOURCES)
_ALL_FACTS = FACTS | YEAR_FACTS
_ORDER = "ORDER BY coalesce(t.school, 0), coalesce(t.class_group, 0), t.child"
NO_MORE: Mapping[str, Fact] = {}
_SOURCE_OF = {tally: source for source in SOURCES for tally in source.tallies}
# The tallies that are counted by a statement; the others are counted in Python, from few cases.
COUNTED = frozenset(_SOURCE_OF)


def counts_sql(tallies: Collection[Tally], without: Collection[Tally] = ()) -> str:
    """Rows tally, class_group, school, number: each tally's children by class and school."""
    sources = [source for source in SOURCES if not source.tallies.keys().isdisjoint(tallies)]
    counted = [_counted(each, [t for t in each.tallies if t in tallies], without) for each in sources]
    return f"{_facts([*sources, *_sources(without)])}\n" + "\nUNION ALL\n".join(counted)


def lines_sql(tally: Tally, without: Collection[Tally] = ()) -> str:
    """Rows child, class_group, school: the children of one tally, in a fixed order."""
    return f"{listed_sql(tally, without)}\n{_ORDER}"


def page_sql(tally: Tally, without: Collection[Tally] = ()) -> str:
    """Rows number of all, child, class_group, school: as `lines_sql`, from %(offset)s on %(many)s of them."""
    source = _SOURCE_OF[tally]
    return (
        f"{_facts([source, *_sources(without)])}, listed AS (SELECT t.child, t.class_group, "
        f"t.school FROM {_rows(source, without)} WHERE {source.tallies[tally]})\n"
        f"SELECT (SELECT count(*) FROM listed), t.child, t.class_group, t.school FROM listed t\n{_ORDER} "
        "LIMIT %(many)s OFFSET %(offset)s"
    )


def listed_sql(
    tally: Tally, without: Collection[Tally] = (), columns: str = "t.child, t.class_group, t.school"
) -> str:
    """As `lines_sql`, in no order; `columns` may say less."""
    source = _SOURCE_OF[tally]
    facts = _facts([source, *_sources(without)])
    return f"{facts}\nSELECT {columns} FROM {_rows(source, without)} WHERE {source.tallies[tally]}"


def packed_sql(tallies: Collection[Tally]) -> str:
    """Rows tally, class_group, school, ids: the ids of each tally's children by class, put together."""
    sources = [source for source in SOURCES if not source.tallies.keys().isdisjoint(tallies)]
    packed = (
        f"SELECT '{tally.value}' AS tally, t.class_group, t.school, «ids:t.child» AS ids "
        f"FROM {_table(source)} t WHERE {condition} GROUP BY t.class_group, t.school"
        for source in sources
        for tally, condition in source.tallies.items()
        if tally in tallies
    )
    return f"{_facts(sources)}\n" + "\nUNION ALL\n".join(packed)


def steps_sql() -> str:
    """Rows child, class_group, school, at, stage: the steps that stand by the end, in order.

    Of the cases in which anybody came back.
    """
    return (
        f"{with_facts(('standing', 'seat'), _OF_RETURNED)}\n"
        "SELECT s.child, p.class_group, p.school, s.at, s.stage "
        "FROM standing s JOIN seat p ON p.child = s.child WHERE s.at < %(closes_at)s ORDER BY s.at, s.id"
    )


_OF_RETURNED = {
    "step": FACTS["step"]._replace(
        sql=f"{FACTS['step'].sql} AND s.case_id IN "
        "(SELECT b.case_id FROM records_casechange b WHERE b.stage = 'BACK')"
    ),
}
# Children named one by one in %(listed)s, of those that have a case.
_LISTED = Source(
    "SELECT p.child, p.class_group, p.school FROM seat p WHERE p.child «in_list:listed»", ("seat",), {}
)


def summed_sql(tally: Tally, column: str, joins: str) -> str:
    """Rows value, number: the children of a tally by `column`, with what must be joined for it.

    Those of a tally that no statement counts are given in the parameter `listed`.
    """
    source = _SOURCE_OF.get(tally, _LISTED)
    return (
        f"{_facts([source])}\nSELECT {column}, count(*) FROM {_rows(source, ())} {joins} "
        f"WHERE {source.tallies.get(tally, 'TRUE')} GROUP BY 1"
    )


def _counted(source: Source, tallies: list[Tally], without: Collection[Tally]) -> str:
    """One pass over the source for all its tallies, and a row for each tally of what it gives."""
    sums = ", ".join(
        f"count(CASE WHEN {source.tallies[tally]} THEN 1 END) AS n{i}" for i, tally in enumerate(tallies)
    )
    names = " UNION ALL ".join(
        f"SELECT {i} AS i, '{tally.value}' AS tally" for i, tally in enumerate(tallies)
    )
    picked = " ".join(f"WHEN {i} THEN g.n{i}" for i in range(len(tallies)))
    return (
        f"SELECT v.tally, g.class_group, g.school, CASE v.i {picked} END AS n FROM "
        f"(SELECT t.class_group, t.school, {sums} FROM {_rows(source, without)} "
        "GROUP BY t.class_group, t.school) g "
        f"CROSS JOIN ({names}) v WHERE CASE v.i {picked} END > 0"
    )


def _rows(source: Source, without: Collection[Tally]) -> str:
    rows = f"{_table(source)} t"
    if not without:
        return rows
    left_out = " AND ".join(f"t.child NOT IN ({_who(tally)})" for tally in without)
    return f"(SELECT t.* FROM {rows} WHERE {left_out}) t"


def _who(tally: Tally) -> str:
    source = _SOURCE_OF[tally]
    return f"SELECT t.child FROM {_table(source)} t WHERE {source.tallies[tally]}"


def _table(source: Source) -> str:
    return source.rows if source.rows.isidentifier() else f"({source.rows})"


def _sources(tallies: Iterable[Tally]) -> Iterator[Source]:
    for tally in tallies:
        yield _SOURCE_OF[tally]


def _facts(sources: Iterable[Source]) -> str:
    return with_facts([name for source in sources for name in source.needs])


def with_facts(names: Iterable[str], more: Mapping[str, Fact] = NO_MORE) -> str:
    """WITH and the facts, each after those that it reads itself; `more` are facts of one statement's own."""
    facts, wanted = {**_ALL_FACTS, **more}, dict[str, None]()
    for name in names:
        _want(name, facts, wanted)
    parts = ",\n".join(f"{name} AS ({facts[name].sql})" for name in wanted)
    return f"WITH {parts}"


def _want(name: str, facts: Mapping[str, Fact], wanted: dict[str, None]) -> None:
    for need in facts[name].needs:
        _want(need, facts, wanted)
    wanted.setdefault(name)


# Which children a place of each kind has; «resident:x» and «in_place:x» speak of the child of an alias.
_LIVES = f"""EXISTS (SELECT 1 FROM records_residence h WHERE h.child_id = \\1.child
  AND {holds_on("h", "closing")} AND h.place_id"""
_HERE = f"""(\\1.school IN (SELECT id FROM places)
  OR \\1.school IS NULL AND {_LIVES} IN (SELECT id FROM places)))"""
_SEATED = "EXISTS (SELECT 1 FROM attend a WHERE a.child = \\1.child AND a.seated)"
_HAS_HOME_HERE = "h.place_id IN (SELECT id FROM places)"
_TAUGHT_HERE = "(a.child IS NOT NULL OR EXISTS (SELECT 1 FROM rolled r WHERE r.child = b.id))"
_OF_SCHOOL = {
    "within": "TRUE",
    "whole": "TRUE",
    r"resident:(\w+)": "TRUE",
    r"rolled:(\w+)": "TRUE",
    r"unseated:(\w+)": _HERE,
    "at_home": _TAUGHT_HERE,
}
_OF_AREA = _OF_SCHOOL | {"at_home": f"({_HAS_HOME_HERE} OR h.id IS NULL AND {_TAUGHT_HERE})"}
_OF_PART = _OF_SCHOOL | {"whole": "FALSE", r"rolled:(\w+)": _SEATED, r"unseated:(\w+)": "FALSE"}
_WORDS = {
    PlaceKind.PROVINCE: _OF_AREA,
    PlaceKind.CITY: _OF_AREA,
    PlaceKind.COUNTY: _OF_AREA,
    PlaceKind.TOWNSHIP: _OF_AREA,
    PlaceKind.VILLAGE: _OF_AREA
    | {
        "whole": f"{_LIVES} = %(part)s)".replace("\\1", "r"),
        r"resident:(\w+)": f"{_LIVES} = %(part)s)",
        r"rolled:(\w+)": f"{_LIVES} = %(part)s)",
        r"unseated:(\w+)": "TRUE",
        "at_home": "h.place_id = %(part)s",
    },
    PlaceKind.GRADE: _OF_PART | {"within": "g.grade = %(part)s"},
    PlaceKind.TEACHING_POINT: _OF_PART | {"within": "g.teaching_point_id = %(part)s"},
}


@cache
def within(sql: str, kind: PlaceKind) -> str:
    """The statement for a place of this kind; a part of a school names itself in %(part)s."""
    for word, own in _WORDS.get(kind, _OF_SCHOOL).items():
        sql = re.sub(f"«{word}»", own, sql)
    return sql
