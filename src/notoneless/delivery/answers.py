"""From what the other side said, or did not say, to what became of the message."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from notoneless.core.terms import SendProblem
from notoneless.delivery.parcel import Failed, InDoubt, Outcome, Sent
from notoneless.delivery.posting import Answer, NoAnswer, NotReached, post
from notoneless.delivery.reach import Forbidden, Reach

# A gateway that gave up waiting for the server behind it does not know what that server did.
_NOBODY_KNOWS = (502, 504)
_LATER = (408, 425, 429, 500, 503)
LONGEST_WAIT = timedelta(hours=6)  # a server may ask for patience, not for silence


def posted(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    reach: Reach,
    *,
    at: datetime,
    read: Callable[[Answer], Outcome] = lambda answer: Sent(),
) -> Outcome:
    """What became of a POST; `read` judges an answer of 2xx."""
    try:
        answer = post(url, body, headers, reach)
    except Forbidden:
        return Failed(SendProblem.FORBIDDEN_HOST, final=True)
    except NotReached:
        return Failed(SendProblem.NOT_REACHED)
    except NoAnswer:
        return InDoubt()
    return read(answer) if 200 <= answer.status < 300 else _refused(answer, at)


def _refused(answer: Answer, at: datetime) -> Outcome:
    if answer.status in _NOBODY_KNOWS:
        return InDoubt()
    if answer.status in _LATER:
        return Failed(SendProblem.BUSY, retry_after=retry_after(answer.headers.get("retry-after", ""), at))
    return Failed(SendProblem.REFUSED, final=True)  # a redirect too: nobody vouched for where it leads


def retry_after(text: str, at: datetime) -> timedelta | None:
    """How long a Retry-After asks us to wait, in seconds or until a date; None when it says neither."""
    if text.strip().isascii() and text.strip().isdigit():
        wait = timedelta(seconds=min(int(text), int(LONGEST_WAIT.total_seconds())))
    else:
        try:
            until = parsedate_to_datetime(text)
        except ValueError:
            return None
        if until.tzinfo is None:
            return None
        wait = until - at
    return min(max(wait, timedelta()), LONGEST_WAIT)


def said_by_code(answer: Answer, name: str, busy: frozenset[int]) -> Outcome:
    """The outcome as chat platforms tell it: always 200, and a code in the body that is 0 when accepted."""
    said = json_object(answer.body)
    code = said.get(name) if said else None
    if said is None or not isinstance(code, int) or isinstance(code, bool):
        return InDoubt(SendProblem.GARBLED)
    if code == 0:
        return Sent()
    # Their limits are so many a minute; a minute later there is room again.
    return (
        Failed(SendProblem.BUSY, retry_after=timedelta(minutes=1))
        if code in busy
        else Failed(SendProblem.REFUSED, final=True)
    )


def json_object(body: bytes) -> dict[str, Any] | None:
    """The object that a body holds; None when it holds no JSON object."""
    try:
        said = json.loads(body)
    except ValueError:
        return None
    return said if isinstance(said, dict) else None
