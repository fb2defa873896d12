"""飞书: a text in a group, by the group's robot, signed when the robot asks for it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from datetime import datetime

from notoneless.delivery.answers import posted, said_by_code
from notoneless.delivery.bots import HEADERS, robot
from notoneless.delivery.parcel import Outcome, Parcel
from notoneless.delivery.reach import Reach

BUSY = frozenset({9499, 11232, 11233})  # too many at once, too many a minute
_OPEN_ID = re.compile(r"ou_[0-9A-Za-z]+")


def send(parcel: Parcel, to: str, reach: Reach) -> Outcome:
    """Post to the robot whose web address `to` is, with secret=… when it signs; #ou_… calls upon one."""
    address = robot(to)
    called = f' <at user_id="{address.called}"></at>' if _OPEN_ID.fullmatch(address.called) else ""
    said: dict[str, object] = {"msg_type": "text", "content": {"text": parcel.text + called}}
    if address.secret:
        said |= signed(address.secret, parcel.at)
    body = json.dumps(said, ensure_ascii=False).encode()
    return posted(
        address.url, body, HEADERS, reach, at=parcel.at, read=lambda a: said_by_code(a, "code", BUSY)
    )


def signed(secret: str, at: datetime) -> dict[str, str]:
    """The two fields that prove who posts: the secret is part of the key, and nothing is signed with it."""
    stamp = str(int(at.timestamp()))
    proof = hmac.new(f"{stamp}\n{secret}".encode(), b"", hashlib.sha256).digest()
    return {"timestamp": stamp, "sign": base64.b64encode(proof).decode()}
