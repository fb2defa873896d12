"""钉钉: a text in a group, by the group's robot, signed when the robot asks for it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import datetime
from urllib.parse import urlencode

from notoneless.delivery.answers import posted, said_by_code
from notoneless.delivery.bots import HEADERS, robot
from notoneless.delivery.parcel import Outcome, Parcel
from notoneless.delivery.reach import Reach

BUSY = frozenset({-1, 130101, 410100, 660026})  # the system, too many a minute


def send(parcel: Parcel, to: str, reach: Reach) -> Outcome:
    """Post to the robot whose web address `to` is, with secret=… when it signs; #mobile calls upon one."""
    address = robot(to)
    url = f"{address.url}&{urlencode(signed(address.secret, parcel.at))}" if address.secret else address.url
    text = parcel.text + (f" @{address.called}" if address.called else "")
    called = {"atMobiles": [address.called] if address.called else [], "isAtAll": False}
    body = json.dumps(
        {"msgtype": "text", "text": {"content": text}, "at": called}, ensure_ascii=False
    ).encode()
    return posted(url, body, HEADERS, reach, at=parcel.at, read=lambda a: said_by_code(a, "errcode", BUSY))


def signed(secret: str, at: datetime) -> dict[str, str]:
    """The two parameters that prove who posts."""
    stamp = str(int(at.timestamp() * 1000))
    proof = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()
    return {"timestamp": stamp, "sign": base64.b64encode(proof).decode()}
