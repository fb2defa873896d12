"""Where SQLite and PostgreSQL write the same thing differently, for the few statements written by hand."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from notoneless.core.facts import CHINA_TIME

POSTGRESQL = "postgresql"
_WORDS = {
    POSTGRESQL: {
        "agg": r"json_agg",
        "arr": r"json_build_array",
        "text": r"::text",
        # Given as an array, a handful is looked up by index; a subselect would have the table read whole.
        "in_list:([^»]+)": r"= ANY(%(\1)s)",
        "in:([^»]+)": r"= ANY(ARRAY(\1))",
        "ids:([^»]+)": r"string_agg(uuid_send(\1), ''::bytea)",
        "days:([^»]+)": r"string_agg(\1::text, ',')",
    },
    "sqlite": {
        "agg": r"json_group_array",
        "arr": r"json_array",
        "text": r"",
        "in_list:([^»]+)": r"IN (SELECT value FROM json_each(%(\1)s))",
        "in:([^»]+)": r"IN (\1)",
        "ids:([^»]+)": r"group_concat(\1, '')",
        "days:([^»]+)": r"group_concat(\1)",
    },
}


@cache
def spelled(template: str, vendor: str) -> str:
    """The statement in the database's own words.

    Written «agg», «arr», «text», «in_list:parameter», «in:SELECT …», «ids:column», «days:column».
    """
    for word, own in _WORDS[vendor].items():
        template = re.sub(f"«{word}»", own, template)
    return template


def uuid_list(ids: Iterable[UUID], vendor: str) -> Any:
    """Ids as the parameter that «in_list» expects."""
    return list(ids) if vendor == POSTGRESQL else json.dumps([each.hex for each in ids])


def id_text(number: UUID, vendor: str) -> str:
    """An id as it stands in an aggregated column."""
    return str(number) if vendor == POSTGRESQL else number.hex


def day_param(day: date, vendor: str) -> Any:
    """A day as a parameter."""
    return day if vendor == POSTGRESQL else day.isoformat()


def moment_param(moment: datetime, vendor: str) -> Any:
    """A moment as a parameter."""
    return moment if vendor == POSTGRESQL else moment_text(moment, vendor)


def moment_text(moment: datetime, vendor: str) -> str:
    """A moment as each database keeps it in text: SQLite's in UTC without saying so, as Django writes it."""
    if vendor == POSTGRESQL:
        return moment.isoformat()
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ")


def moment_of(text: str) -> datetime:
    """The moment in China time from either database's text."""
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(CHINA_TIME)


def rows_of(text: str | None) -> list[list[Any]]:
    """The rows of an aggregated column; none at all is an empty list."""
    return json.loads(text) if text else []
