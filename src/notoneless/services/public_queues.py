"""What the worker does once a day for guardians and the public: late answers go up, old knocks go."""

from __future__ import annotations

from datetime import datetime

from notoneless.services import contests, knocks, tips


def look_over(*, now: datetime) -> int:
    """Hand up what was not answered in its time; how many were. Doing it twice changes nothing more."""
    knocks.forget_old(at=now)
    return contests.escalate(now=now) + tips.escalate(now=now)
