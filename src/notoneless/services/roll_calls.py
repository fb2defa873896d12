"""点名: everything people can do with roll calls, marks and leave."""

from __future__ import annotations

from notoneless.services.corrections import correct, settle
from notoneless.services.leave import end_leave, grant_leave
from notoneless.services.receipts import Receipt, roll_call_of
from notoneless.services.taking import MarkGiven, refuse_wrong_session, take

__all__ = [
    "MarkGiven",
    "Receipt",
    "correct",
    "end_leave",
    "grant_leave",
    "refuse_wrong_session",
    "roll_call_of",
    "settle",
    "take",
]
