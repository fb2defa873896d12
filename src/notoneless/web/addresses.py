"""How days stand in addresses: 2026-11-20; and the addresses of a long list, made quickly."""

from __future__ import annotations

from datetime import date
from functools import cache
from uuid import UUID

from django.urls import get_script_prefix, register_converter, reverse


class DayInAddress:
    """A day in an address; one that does not exist is not found."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        """The day; ValueError makes Django answer 404."""
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        """The day as an address writes it."""
        return value.isoformat()


register_converter(DayInAddress, "day")


def address(name: str, *ids: UUID) -> str:
    """As `reverse`, for an address that names nothing but ids: looked for once and not for each row."""
    first, *others = _parts(name, len(ids), get_script_prefix())
    return first + "".join(f"{each}{part}" for each, part in zip(ids, others, strict=True))


@cache
def _parts(name: str, ids: int, _prefix: str) -> tuple[str, ...]:
    """What stands around the ids."""
    some = UUID(int=0)
    return tuple(reverse(name, args=(some,) * ids).split(str(some)))
