"""How days stand in addresses: 2026-11-20."""

from __future__ import annotations

from datetime import date

from django.urls import register_converter


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
