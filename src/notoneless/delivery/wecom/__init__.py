"""企业微信: a text in a group, by the group's robot."""

from __future__ import annotations

import json

from notoneless.delivery.answers import posted, said_by_code
from notoneless.delivery.bots import HEADERS, robot
from notoneless.delivery.parcel import Outcome, Parcel
from notoneless.delivery.reach import Reach

BUSY = frozenset({-1, 45009, 45033})  # the system, so many a minute, so many at once


def send(parcel: Parcel, to: str, reach: Reach) -> Outcome:
    """Post to the robot whose web address `to` is; a mobile number after # is called upon in the group."""
    address = robot(to)
    content: dict[str, object] = {"content": parcel.text}
    if address.called:
        content["mentioned_mobile_list"] = [address.called]
    body = json.dumps({"msgtype": "text", "text": content}, ensure_ascii=False).encode()
    return posted(
        address.url, body, HEADERS, reach, at=parcel.at, read=lambda a: said_by_code(a, "errcode", BUSY)
    )
