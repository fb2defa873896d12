"""All that one roll call needs to know, in one statement."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from notoneless.core.stages import OUT
from notoneless.core.terms import Act, ObligationState, Post, Stage
from notoneless.records.dialect import day_param, moment_of, moment_param, rows_of, spelled, uuid_list
from notoneless.records.reading import COLUMNS, Recorded, Stored, from_columns
from notoneless.records.statements import one_row
from notoneless.services.permissions import Held


class Situation(NamedTuple):
    """What stands in the database as a roll call arrives."""

    session_version: int | None  # of the person who takes it; None when there is none, or it was stopped
    sign_ins: int  # how many of the sign-ins asked about stand
    held: list[Held]
    expected: int  # pupils of the class on that day
    pupils: frozenset[str]  # those of the marked children who are among them, ids as the database writes them
    standing: UUID | None  # the roll call already taken of this session
    same_key: UUID | None  # the roll call that already has this key
    class_obligations: dict[UUID, Stored]  # live ones of the class to take roll calls
    recorded: Recorded  # of the children to look at


# Who is looked at: those marked now; those with a case that is under way, whose absence may have ended or
# whose return may have lasted long enough; and those with a mark on this day or later, which a roll call that
# comes late lies between. For any other child a roll call that does not mention it changes nothing owed.
_MAY_MOVE = ", ".join(f"'{stage}'" for stage in (*OUT, Stage.BACK))
_READ = f"""
WITH pupils AS MATERIALIZED (
  SELECT child_id FROM records_enrolment
  WHERE class_group_id = %(class)s AND from_day <= %(day)s AND (until IS NULL OR until > %(day)s)
), looked_at AS MATERIALIZED (
  SELECT child_id FROM pupils WHERE child_id «in_list:children»
  UNION SELECT child_id FROM records_case WHERE child_id «in:SELECT child_id FROM pupils»
    AND stage IN ({_MAY_MOVE})
  UNION SELECT child_id FROM records_attendancemark WHERE child_id «in:SELECT child_id FROM pupils»
    AND day = %(day)s
  UNION SELECT child_id FROM records_attendancemark WHERE child_id «in:SELECT child_id FROM pupils»
    AND day > %(day)s AND (SELECT max(day) FROM records_attendancemark) > %(day)s
)
SELECT
(SELECT p.session_version FROM records_person p LEFT JOIN auth_user u ON u.id = p.user_id
   WHERE p.id = %(person)s AND (u.id IS NULL OR u.is_active)),
(SELECT count(*) FROM records_signin WHERE id «in_list:sign_ins» AND ended_at IS NULL),
(SELECT «agg»(«arr»(h.post, h.class_group_id, p.path))«text» FROM records_postheld h
   LEFT JOIN records_place p ON p.id = h.place_id
   WHERE h.person_id = %(person)s AND h.held_from <= %(day)s
   AND (h.held_until IS NULL OR h.held_until > %(day)s)),
(SELECT count(*) FROM pupils),
(SELECT «agg»(«arr»(child_id))«text» FROM pupils WHERE child_id «in_list:children»),
(SELECT id FROM records_rollcall
   WHERE class_group_id = %(class)s AND day = %(day)s AND session = %(session)s AND standing),
(SELECT id FROM records_rollcall WHERE key = %(key)s),
(SELECT «agg»(«arr»(o.key, o.state, o.due_at, o.late, o.escalation_level))«text» FROM records_obligation o
   WHERE o.class_group_id = %(class)s AND o.child_id IS NULL AND o.act = '{Act.TAKE_ROLL_CALL}'
   AND o.state IN ('{ObligationState.OPEN}', '{ObligationState.OVERDUE}')),
{COLUMNS}
"""

_POST = {each.value: each for each in Post}
_STATE = {each.value: each for each in ObligationState}


def read_situation(
    *,
    person: int,
    class_group: int,
    day: date,
    session: str,
    key: str,
    children: Collection[UUID],
    as_of: datetime,
    sign_in: UUID | None = None,
) -> Situation:
    """What stands in the database about this class, this session, this sign-in and these marked children."""
    vendor = connection.vendor
    parameters = {
        "person": person,
        "class": class_group,
        "day": day_param(day, vendor),
        "session": session,
        "key": key,
        "children": uuid_list(children, vendor),
        "as_of": moment_param(as_of, vendor),
        "sign_ins": uuid_list([sign_in] if sign_in else [], vendor),
    }
    row = one_row(spelled(_READ, vendor), parameters)
    version, sign_ins, held, expected, pupils, standing, same_key, duties, *rest = row
    return Situation(
        version,
        sign_ins,
        [Held(_POST[post], in_class, path) for post, in_class, path in rows_of(held)],
        expected,
        frozenset(child for (child,) in rows_of(pupils)),
        _uuid(standing),
        _uuid(same_key),
        {stored.key: stored for stored in map(_stored, rows_of(duties))},
        from_columns(tuple(rest)),
    )


def _stored(row: list[Any]) -> Stored:
    key, state, due_at, late, level = row
    return Stored(UUID(key), _STATE[state], moment_of(due_at) if due_at else None, bool(late), level)


def _uuid(value: Any) -> UUID | None:
    return value if value is None or isinstance(value, UUID) else UUID(value)
