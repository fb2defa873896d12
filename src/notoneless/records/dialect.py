"""Where SQLite and PostgreSQL write the same thing differently, for the few statements written by hand."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from notoneless.core.facts import CHINA_TIME

POSTGRESQL = "postgresql"
_WORDS = {
    POSTGRESQL: {"agg": "json_agg", "arr": "json_build_array", "text": "::text", "in_list": "= ANY(%({0})s)"},
    "sqlite": {
        "agg": "json_group_array",
        "arr": "json_array",
        "text": "",
        "in_list": "IN (SELECT value FROM json_each(%({0})s))",
    },
}


@cache
def spelled(template: str, vendor: str) -> str:
    """The statement in the database's own words: «agg», «arr», «text» and «in_list:name»."""
    words = _WORDS[vendor]
    for name in ("agg", "arr", "text"):
        template = template.replace(f"«{name}»", words[name])
    while "«in_list:" in template:
        before, _, rest = template.partition("«in_list:")
        name, _, after = rest.partition("»")
        template = before + words["in_list"].format(name) + after
    return template


def uuid_list(ids: Iterable[UUID], vendor: str) -> Any:
    """Ids as the parameter that «in_list» expects."""
    return list(ids) if vendor == POSTGRESQL else json.dumps([each.hex for each in ids])


def day_param(day: date, vendor: str) -> Any:
    """A day as a parameter."""
    return day if vendor == POSTGRESQL else day.isoformat()


def moment_text(moment: datetime, vendor: str) -> str:
    """A moment as each database keeps it in text: SQLite's in UTC without saying so, as Django writes it."""
    if vendor == POSTGRESQL:
        return moment.isoformat()
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ")


def json_moment(moment: datetime, vendor: str) -> str:
    """A moment as it stands in an aggregated column; such texts compare as the moments do."""
    return moment.astimezone(UTC).isoformat() if vendor == POSTGRESQL else moment_text(moment, vendor)


def moment_of(text: str) -> datetime:
    """The moment in China time from either database's text."""
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(CHINA_TIME)


def rows_of(text: str | None) -> list[list[Any]]:
    """The rows of an aggregated column; none at all is an empty list."""
    return json.loads(text) if text else []
