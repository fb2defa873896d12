"""One look of the worker at what is to be told: found, then gathered into messages."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from notoneless.delivery.settings import DeliverySettings
from notoneless.services.telling_addressing import address
from notoneless.services.telling_watch import watch


class Prepared(NamedTuple):
    """What one look found to tell; counts only."""

    found: int  # things to tell that no act had queued
    addressed: int  # things that went into messages


def prepare(*, now: datetime, settings: DeliverySettings) -> Prepared:
    """Find what is to be told by `now` and gather it into messages; doing it twice changes nothing more."""
    found = watch(now=now, telling=settings.telling)
    addressed = 0
    while done := address(now=now, telling=settings.telling):
        addressed += done
    return Prepared(found, addressed)
