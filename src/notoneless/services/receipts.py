"""The signed receipt of a roll call: the same for the same roll call, however often it is asked for."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import NamedTuple
from uuid import UUID

from django.core.signing import BadSignature, Signer

from notoneless.core.facts import CHINA_TIME
from notoneless.records.models import RollCall
from notoneless.services.refusals import Refusal


class Receipt(NamedTuple):
    """What the taker gets back once the roll call is safely kept."""

    roll_call: UUID
    key: str
    class_group: int
    day: date
    session: str
    expected: int
    present: int  # late ones are present
    absent: int
    leave: int
    late: int
    unrecorded: int
    recorded_at: datetime
    competing: bool  # another account of the session stands; a person must settle between the two
    opened: int  # obligations that it opened
    token: str


@cache
def _signer() -> Signer:
    return Signer(salt="notoneless.receipt")


def receipt_of(
    *,
    roll_call: UUID,
    key: str,
    class_group: int,
    day: date,
    session: str,
    counts: tuple[int, int, int, int, int],
    recorded_at: datetime,
    competing: bool,
    opened: int,
) -> Receipt:
    """The receipt with its signature; `counts` are expected, absent, leave, late, unrecorded."""
    expected, absent, leave, late, unrecorded = counts
    on = day.isoformat().replace("-", "")
    said = f"{roll_call.hex}.{on}.{session}.{expected}.{absent}.{leave}.{late}.{unrecorded}"
    return Receipt(
        roll_call,
        key,
        class_group,
        day,
        session,
        expected,
        expected - absent - leave - unrecorded,
        absent,
        leave,
        late,
        unrecorded,
        recorded_at,
        competing,
        opened,
        _signer().sign(said),
    )


def receipt_from(row: RollCall) -> Receipt:
    """The receipt that was given for this roll call."""
    return receipt_of(
        roll_call=row.pk,
        key=row.key,
        class_group=row.class_group_id,
        day=row.day,
        session=row.session,
        counts=(row.expected, row.absent, row.leave, row.late, row.unrecorded),
        recorded_at=row.recorded_at.astimezone(CHINA_TIME),
        competing=not row.standing,
        opened=row.opened,
    )


def roll_call_of(token: str) -> UUID:
    """The roll call a receipt's token speaks of; refuses one that we did not sign."""
    try:
        return UUID(_signer().unsign(token).partition(".")[0])
    except BadSignature:
        raise Refusal(
            "NOT_OUR_RECEIPT",
            "这张回执不是本系统签发的，或已被改动；请核对原回执。",
            "This receipt was not signed here or has been altered; check the original.",
        ) from None
