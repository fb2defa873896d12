"""What a channel is given to send, and what it says became of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from notoneless.core.terms import SendProblem


class Parcel(NamedTuple):
    """One text to one person; its key, hex digits and dashes, stays the same when it is sent again."""

    key: str
    title: str
    text: str
    at: datetime  # the moment of sending, for signatures


class Sent(NamedTuple):
    """The other side has it; `accepted_as` is the number it gave, if it gives one."""

    accepted_as: str = ""


class Failed(NamedTuple):
    """The other side does not have it; unless that is `final`, to be tried again after `retry_after`."""

    problem: SendProblem
    final: bool = False
    retry_after: timedelta | None = None


class InDoubt(NamedTuple):
    """It left us, and nobody knows whether it arrived."""

    problem: SendProblem = SendProblem.NO_ANSWER


Outcome = Sent | Failed | InDoubt
